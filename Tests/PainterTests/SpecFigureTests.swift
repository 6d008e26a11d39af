import Foundation
import Painter
import Sketches
import Testing

@Suite("Plans are compared with what requests ask for")
struct SpecFigureTests {
    private func request(_ json: String) throws -> SpecRequest { try JSONDecoder().decode(SpecRequest.self, from: Data(json.utf8)) }

    @Test func theHeldOutRequestsAreRead() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let requests = try SpecRequest.read(root.appending(path: "datasets/paraphrases.ndjson"))
        #expect(requests.count >= 150 && requests.allSatisfy { !$0.text.isEmpty })
    }

    @Test func equalWishesAreEqual() throws {
        let truth = try request(#"{"text":"two birds above a tiny tree","objects":[{"class":"bird","count":2},{"class":"tree","count":1,"size":"tiny"}],"relations":[["above",0,1]]}"#)
        func plan(_ names: [String], tiny: Int? = nil, _ relations: [Relation]) -> Scene {
            var scene = Scene(width: 256, height: 256)
            scene.objects = names.enumerated().map { index, name in
                SceneObject(className: name, box: Box(x0: 0, y0: 0, x1: 1, y1: 1), strokes: [], extra: index == tiny ? ["size": .string("tiny")] : [:])
            }
            scene.relations = relations
            return scene
        }
        let above = [Relation(.above, subject: 0, object: 2), Relation(.above, subject: 1, object: 2)]
        #expect(truth.isMet(by: plan(["bird", "bird", "tree"], tiny: 2, above)))
        // In another order, and the other way round.
        #expect(truth.isMet(by: plan(["tree", "bird", "bird"], tiny: 0, [Relation(.below, subject: 0, object: 1), Relation(.below, subject: 0, object: 2)])))
        #expect(!truth.isMet(by: plan(["bird", "bird", "tree"], tiny: 2, [above[0]])))
        #expect(!truth.isMet(by: plan(["bird", "bird", "tree"], above)))
        #expect(!truth.isMet(by: plan(["bird", "tree"], tiny: 1, [Relation(.above, subject: 0, object: 1)])))
        #expect(!truth.isMet(by: plan(["bird", "bird", "tree"], tiny: 2, [above[0], Relation(.leftOf, subject: 1, object: 2)])))
        let beside = try request(#"{"text":"a cat near a dog","objects":[{"class":"cat","count":1},{"class":"dog","count":1}],"relations":[["next to",0,1]]}"#)
        #expect(beside.isMet(by: plan(["dog", "cat"], [Relation(.nextTo, subject: 0, object: 1)])))
    }

    @Test(arguments: [#"{"text":"a","objects":[],"relations":[["above",0,1]]}"#, #"{"text":"a","objects":[{"class":"cat","count":1}],"relations":[["astride",0,0]]}"#, #"{"objects":[]}"#])
    func aRequestThatIsNoneIsRefused(json: String) {
        #expect(throws: (any Error).self) { try request(json) }
    }
}
