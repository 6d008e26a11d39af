import Painter
import Sketches
import Testing

@Suite("Parts that a file labels go alone")
struct LabelledPartTests {
    /// Two suns with rays, the left one of strokes 0 to 2, a fish with a fin and a left eye of two strokes, and a house without labels.
    private func told() -> Scene {
        var scene = Scene(width: 512, height: 300)
        let parts: [(String, [String?])] = [("sun", [nil, "rays", "rays"]), ("fish", [nil, "fin", "left eye", "Left Eye"]), ("sun", [nil, "rays"]), ("house", [nil, nil])]
        for (index, (name, parts)) in parts.enumerated() {
            let x = 10 + 120 * Double(index), first = scene.strokes.count
            scene.strokes += parts.enumerated().map { step, part in Stroke([Point(x: x, y: 20 + 20 * Double(step)), Point(x: x + 60, y: 90)], part: part) }
            scene.objects.append(scene.object(name, strokes: Array(first..<scene.strokes.count), confidence: nil))
        }
        return scene
    }

    @Test("Erasing takes the labelled strokes, of what the words say", arguments: [
        ("the fin", [[4]]), ("erase the fins of the fish", [[4]]), ("remove the fin and the left eye from the fish", [[4, 5, 6]]), ("the rays of both suns", [[1, 2, 8]]),
        ("the fish's left eye", [[5, 6]]), ("the rays of the left sun", [[1, 2], [8], [1, 2, 8]]), ("erase the rays", [[1, 2], [8], [1, 2, 8]]),
    ] as [(String, [[Int]])])
    func partsGoAlone(_ command: String, _ answers: [[Int]]) throws {
        // Which of two suns is meant the model says, here an untrained one.
        let erased = try PainterFixture.painter().erase(command, from: told())
        #expect(answers.contains(erased.strokes.sorted()), "\(erased.strokes.sorted())")
        #expect(erased.steps.allSatisfy { $0.className.contains(" of the ") && erased.strokes.isSuperset(of: $0.strokes) })
    }

    @Test("What is not labelled is not guessed", arguments: [
        "the chimney of the house", "the rays of the house", "everything except the fin", "the fin and the house", "the fin and the tail of the fish",
    ])
    func othersAreRefused(_ command: String) {
        #expect { try PainterFixture.painter().erase(command, from: told()) } throws: { error in
            if case PainterError.partOnly? = error as? PainterError { true } else { false }
        }
    }

    @Test func labelsAreForTheEyeToo() throws {
        // Strokes alone are looked at, or a thing has the word: no label counts.
        #expect(throws: PainterError.self) { try PainterFixture.painter().erase("the fin", from: told(), trustsObjects: false) }
        var scene = told()
        scene.strokes[9].part = "Fish"
        #expect(try PainterFixture.painter().erase("the fish", from: scene).strokes == [3, 4, 5, 6])
        // "The big fish" is the fish, whatever a stroke is called.
        scene.strokes[9].part = "big fish"
        #expect(try PainterFixture.painter().erase("the big fish", from: scene).strokes == [3, 4, 5, 6])
        // Marks, articles and many words are no matter.
        scene.strokes[9].part = "The \"front\" door of old oak"
        #expect(try PainterFixture.painter().erase("erase the front door of old oak", from: scene).strokes == [9])
        // A word that nobody knows is explained by the file.
        scene.strokes[9].part = "gizmo"
        #expect(try PainterFixture.painter().erase("erase the gizmo of the house", from: scene).strokes == [9])
        #expect(throws: PainterError.self) { try PainterFixture.painter().erase("erase the gizmo of the house", from: told()) }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func editingErasesThePartAlone(seed: UInt64) throws {
        var scene = told()
        scene.objects.remove(at: 2)                             // one sun, and a loose stroke of another
        let edited: Painter.Edited
        do { edited = try PainterFixture.painter(seed: seed).edit("erase the fin of the fish", of: scene, seed: seed) } catch is PainterError { return }
        // What else such weights may do, the body stays.
        #expect(!edited.steps.contains { $0.verb == "erase" && $0.strokes.contains(3) } && edited.scene.strokes.contains(scene.strokes[3]))
        for step in edited.steps where step.className.contains("fin") { #expect(step.strokes == [4] && step.verb == "erase" && !edited.scene.strokes.contains(scene.strokes[4])) }
    }
}
