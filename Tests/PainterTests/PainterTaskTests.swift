import Language
import Painter
import Sketches
import Testing

@Suite("A painter's tasks keep their promises whatever the model writes")
struct PainterTaskTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func whatIsDrawnIsAScene(seed: UInt64) throws {
        let painter = PainterFixture.painter(seed: seed)
        for prompt in ["a sun", "two fish and a tree", "a house to the left of a big moon"] {
            let drawn = try painter.draw(prompt, seed: seed)
            let scene = drawn.scene
            #expect(!scene.objects.isEmpty && !scene.strokes.isEmpty)
            #expect(scene.objects.flatMap(\.strokes) == Array(scene.strokes.indices))
            for (index, object) in scene.objects.enumerated() { #expect(object.box == scene.inkBox(ofObject: index)) }
            for point in scene.strokes.flatMap(\.points) { #expect(0...256 ~= point.x && 0...256 ~= point.y) }
            #expect(scene.relations.allSatisfy(scene.holds))
            #expect(drawn.seed == seed && scene.seed == seed && scene.prompt == prompt)
        }
    }

    @Test func sameSeedSameSceneAndALineAloneGivesTheSame() throws {
        let painter = PainterFixture.painter()
        let first = try painter.draw("a sun above a house", seed: 9)
        #expect(try painter.draw("a sun above a house", seed: 9).scene == first.scene)
        #expect(try painter.draw("a sun above a house", seed: 10).scene != first.scene)
        let third = try painter.draw("a fish", seed: 9, line: 2)
        #expect(try painter.draw("a fish", seed: third.seed).scene == third.scene)
        let best = try painter.draw("a fish", seed: 9, candidates: 3)
        #expect(try painter.draw("a fish", seed: best.seed).scene == best.scene)
    }

    private func canvas(_ seed: UInt64, objects: Int) -> Scene {
        var random = PainterFixture.random(seed)
        let composed = PainterFixture.composer.compose(count: objects, relationCount: 0, &random)
        return Scene(width: 256, height: 256, strokes: ShuffledCanvas(composed, &random).strokes)
    }

    @Test func detectionsShareNoStroke() throws {
        let painter = PainterFixture.painter()
        for seed in 1...6 as ClosedRange<UInt64> {
            let scene = canvas(seed, objects: 3)
            let found = try painter.detect(scene).objects
            let strokes = found.flatMap(\.strokes)
            #expect(Set(strokes).count == strokes.count)
            #expect(strokes.allSatisfy(scene.strokes.indices.contains))
            for object in found {
                #expect(object.box == Box.of(object.strokes.map { scene.strokes[$0] }))
                #expect(0...1 ~= (object.confidence ?? -1))
            }
        }
    }

    @Test func aCanvasTooLargeForOneContextIsReadInWindows() throws {
        let painter = PainterFixture.painter()
        var strokes: [Stroke] = []
        for row in 0..<20 {
            for column in 0..<20 {
                let x = Double(column) * 50, y = Double(row) * 50
                strokes.append(Stroke([Point(x: x, y: y), Point(x: x + 30, y: y + 10), Point(x: x + 5, y: y + 30)]))
            }
        }
        let found = try painter.detect(Scene(width: 1_000, height: 1_000, strokes: strokes)).objects
        #expect(found.count >= 4)
        #expect(found.flatMap(\.strokes).allSatisfy { $0 < 400 })
    }

    @Test func erasingNamesWholeObjectsOrNothing() throws {
        let painter = PainterFixture.painter()
        let drawn = try painter.draw("a sun and a fish", seed: 3).scene
        do {
            let erased = try painter.erase("the \(drawn.objects[0].className)", from: drawn)
            let owners = Set(drawn.objects.indices.filter { !Set(drawn.objects[$0].strokes).isDisjoint(with: erased.strokes) })
            #expect(erased.strokes == Set(owners.flatMap { drawn.objects[$0].strokes }))
        } catch PainterError.nothingNamed {}                       // an untrained model may refuse
        #expect(throws: PainterError.emptyCanvas) { try painter.erase("the sun", from: Scene(width: 10, height: 10)) }
    }

    @Test func completionKeepsWhatWasGiven() throws {
        let painter = PainterFixture.painter()
        for seed in 1...5 as ClosedRange<UInt64> {
            var scene = Scene(width: 640, height: 480, strokes: [
                Stroke([Point(x: 100.25, y: 80), Point(x: 300, y: 90.5), Point(x: 280, y: 300)]), Stroke([Point(x: 120, y: 100), Point(x: 130, y: 220)]),
            ])
            scene.extra = ["key_id": .string("mine")]
            let completed = try painter.complete(scene, prompt: "a house", seed: seed)
            #expect(Array(completed.scene.strokes.prefix(2)) == scene.strokes)
            #expect(completed.newStrokes >= 1 && completed.scene.strokes.count == 2 + completed.newStrokes)
            #expect(completed.scene.extra == scene.extra)
            #expect(completed.scene.objects.last?.strokes == Array(completed.scene.strokes.indices))
        }
    }

    @Test func aCanvasFrameGoesThereAndBack() {
        let stroke = Stroke([Point(x: 13, y: 700), Point(x: -40, y: 12)])
        for (width, height) in [(100.0, 900.0), (2_000, 30), (0, 0)] {
            let frame = CanvasFrame(width: width, height: height, strokes: [stroke])
            for point in stroke.points {
                let there = frame.standard(Stroke([point])).points[0], back = frame.original(there)
                #expect(abs(back.x - point.x) < 1e-6 && abs(back.y - point.y) < 1e-6)
                #expect(-1e-6...256.001 ~= there.x && -1e-6...256.001 ~= there.y)
            }
        }
    }
}
