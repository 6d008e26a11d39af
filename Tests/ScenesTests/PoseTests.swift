import Foundation
import Scenes
import Testing

@Suite("Scenes made to fit an answer")
struct PoseTests {
    static let asked = [
        program("scene", "filter_shape:cube", "count", "scene", "filter_shape:sphere", "count", "greater_than@2,5"),
        program("scene", "filter_color:red", "exist"),
        program("scene", "filter_size:large", "filter_shape:sphere", "unique", "relate:left", "filter_material:metal", "count"),
        program("scene", "filter_size:small", "filter_shape:cylinder", "unique", "query_color"),
    ]

    @Test("Scenes have the answer, twins differ by one edit and in the answer, both obey the rules", arguments: [(0, "yes"), (0, "no"), (1, "no"), (2, "2"), (3, "purple")])
    func pairs(index: Int, wanted: String) throws {
        let pose = QuestionPose(Self.asked[index])
        var random = Dice(UInt64(index) + 3)
        for _ in 0..<12 {
            let (scene, twin) = try #require(pose.pair(answering: wanted, using: &random))
            #expect(try Self.asked[index].run(on: scene).answer.text == wanted && pose.sampler.obeysRules(scene))
            #expect(twin.answer != wanted && pose.sampler.obeysRules(twin.scene))
            #expect(try Self.asked[index].run(on: twin.scene).answer.text == twin.answer)
            #expect(twin.edit.applied(to: scene) == twin.scene)
            // One object differs, or one is more or less.
            let before = Set(scene.objects), after = Set(twin.scene.objects)
            #expect(before.symmetricDifference(after).count == (scene.objects.count == twin.scene.objects.count ? 2 : 1))
        }
    }

    @Test("An edit that makes another answer true, or none")
    func whyNot() throws {
        let pose = QuestionPose(program("scene", "filter_color:green", "count"))
        var random = Dice(4)
        let twin = try #require(pose.twin(of: row, answering: "1", using: &random))
        guard case .changed(_, "color", "green") = twin.edit else { Issue.record("\(twin.edit)"); return }
        #expect(pose.twin(of: row, answering: "3", using: &random) == nil)
    }

    @Test("Edits are named, and one that cannot be made is none")
    func edits() {
        #expect(SceneEdit.changed(2, attribute: "color", value: "red").description == "make the color of object 2 red")
        #expect(SceneEdit.added(row.objects[1]).description.hasPrefix("add a small red rubber sphere at ("))
        #expect(SceneEdit.removed(9).applied(to: row) == nil && SceneEdit.changed(0, attribute: "weight", value: "x").applied(to: row) == nil)
        #expect(SceneEdit.removed(0).applied(to: row)?.objects.count == 3)
        #expect(SceneEdit.changed(0, attribute: "size", value: "small").applied(to: row)?.objects[0].position?.z == 0.35)
    }

    @Test("CoGenT's colours hold in twins too")
    func colors() throws {
        var sampler = SceneSampler(), random = Dice(6)
        sampler.colors = .cogentA
        let pose = QuestionPose(Self.asked[1], sampler: sampler)
        for _ in 0..<10 {
            let scene = try #require(pose.scene(answering: "no", using: &random)), twin = try #require(pose.twin(of: scene, using: &random))
            for object in twin.scene.objects { #expect(sampler.colors.colors(of: object.attributes["shape"] ?? "").contains(object.attributes["color"] ?? "")) }
        }
    }
}
