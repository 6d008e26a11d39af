import Painter
import Sketches
import Testing

@Suite("A description is true of its scene")
struct SceneDescriptionTests {
    private func scene(_ objects: [(String, Double, Double)]) -> Scene {
        var scene = Scene(width: 256, height: 256)
        for (index, (name, x, y)) in objects.enumerated() {
            scene.strokes.append(Stroke([Point(x: x, y: y), Point(x: x + 20, y: y + 20)]))
            scene.objects.append(scene.object(name, strokes: [index], confidence: nil))
        }
        return scene
    }

    @Test func saysWhatIsThereAndWhere() throws {
        let one = try #require(SceneDescription(scene([("house", 150, 150), ("cat", 10, 150), ("owl", 150, 20)])))
        #expect(one.text == "A house, a cat and an owl. The cat is to the left of the house. The owl is above the cat.")
        let group = try #require(SceneDescription(scene([("tree", 100, 200), ("bird", 20, 20), ("bird", 200, 20)])))
        #expect(group.text == "A tree and two birds. The birds are above the tree." && group.relations.count == 2)
        // On both sides: nothing is true of all of them.
        #expect(SceneDescription(scene([("tree", 100, 100), ("bird", 20, 100), ("bird", 200, 100)]))?.text == "A tree and two birds.")
        #expect(SceneDescription(Scene(width: 9, height: 9)) == nil)
    }

    @Test func everyRelationToldHolds() throws {
        var random = PainterFixture.random(41), told = 0
        for round in 0..<200 {
            let composed = PainterFixture.composer.compose(count: 1 + round % 6, relationCount: 0, &random)
            var scene = Scene(width: 256, height: 256)
            for object in composed.objects {
                let first = scene.strokes.count
                scene.strokes += object.strokes
                scene.objects.append(scene.object(PainterFixture.drawings.classes[object.classIndex], strokes: Array(first..<scene.strokes.count), confidence: nil))
            }
            let description = try #require(SceneDescription(scene))
            told += description.relations.count
            #expect(description.relations.allSatisfy(scene.holds))
            for object in scene.objects { #expect(description.text.lowercased().contains(object.className.prefix(3))) }
        }
        #expect(told > 150)
    }
}
