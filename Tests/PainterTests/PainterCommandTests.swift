import Language
import Painter
import Sketches
import Testing

@Suite("A command changes what it names and nothing else, whatever the model writes")
struct PainterCommandTests {
    /// A sun, a fish, a house and a stroke of nobody's.
    private func told() -> Scene {
        var scene = Scene(width: 512, height: 300)
        for (index, name) in ["sun", "fish", "house"].enumerated() {
            let x = 10 + 150 * Double(index), first = scene.strokes.count
            scene.strokes += [Stroke([Point(x: x, y: 20), Point(x: x + 60, y: 90)]), Stroke([Point(x: x + 60, y: 20), Point(x: x, y: 90)])]
            scene.objects.append(scene.object(name, strokes: [first, first + 1], confidence: nil))
        }
        scene.strokes.append(Stroke([Point(x: 5, y: 290), Point(x: 500, y: 290)]))
        scene.relations = [Relation(.leftOf, subject: 0, object: 2)]
        return scene
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func everythingElseStays(seed: UInt64) throws {
        let painter = PainterFixture.painter(seed: seed), scene = told()
        var one = DrawingOptions()
        one.candidates = 2
        let edited: Painter.Edited
        // These weights know nothing, and may say that a thing of that name is not there.
        do { edited = try painter.edit("move the fish to the left and add a tree", of: scene, seed: seed, options: one) } catch let error as PainterError {
            switch error {
            case .nothingNamed, .notUnderstood, .noRoom: return
            default: throw error
            }
        }
        #expect(edited.scene == scene.applying(edited.edits) && !edited.steps.isEmpty)
        let touched = Set(edited.steps.flatMap(\.strokes))
        let kept = scene.strokes.indices.filter { !touched.contains($0) }.map { scene.strokes[$0] }
        // In their order among what the scene holds now.
        var at = 0
        for stroke in edited.scene.strokes where at < kept.count && stroke == kept[at] { at += 1 }
        #expect(at == kept.count)
        #expect(edited.scene.relations.allSatisfy(edited.scene.holds))
        for step in edited.steps {
            #expect(0...1 ~= step.confidence && (step.verb == "add") == step.strokes.isEmpty)
            if step.verb == "add" || step.verb == "replace" { #expect(["fish", "tree"].contains(step.className)) }     // only what the words name
        }
        // The loose stroke may have been taken for a thing: it is no object before, and one after if something was drawn in its place.
        let loose = scene.strokes.count - 1
        let gained = edited.steps.filter { $0.verb == "add" || (["replace", "redraw"].contains($0.verb) && $0.strokes.contains(loose)) }.count
        let lost = edited.steps.filter { $0.verb == "erase" && !$0.strokes.contains(loose) }.count
        #expect(edited.scene.objects.count == 3 + gained - lost)
        #expect(try painter.edit("move the fish to the left and add a tree", of: scene, seed: seed, options: one).scene == edited.scene)
    }

    @Test func whatIsNotSureIsNotDone() throws {
        #expect(throws: PainterError.self) { try PainterFixture.painter().edit("erase the fish", of: told(), seed: 1, sureness: 1) }
        do { _ = try PainterFixture.painter().edit("erase the fish", of: told(), seed: 1, sureness: 1) } catch PainterError.unsure(let command, let guess, let confidence) {
            #expect(command == "erase the fish" && !guess.isEmpty && 0..<1 ~= confidence)
        }
    }

    @Test func objectsWithoutInkAndStrokesOfTwoAreNoHindrance() throws {
        var scene = told()
        scene.objects.append(SceneObject(className: "tree", box: Box(x0: 0, y0: 0, x1: 5, y1: 5), strokes: []))
        scene.objects[1].strokes = [1, 2, 3]                    // a stroke of the sun too
        for seed in UInt64(1)...12 {
            do { let edited = try PainterFixture.painter(seed: seed).edit("erase the sun and redraw the fish", of: scene, seed: seed)
                #expect(edited.scene.strokes.contains(scene.strokes[6]) || edited.steps.contains { $0.strokes.contains(6) })
            } catch PainterError.nothingNamed {}
        }
    }

    @Test func whatIsNamedAsALandmarkNeedNotGo() throws {
        // The words name a house; all other things may be meant.
        for seed in UInt64(1)...6 {
            let erased = try PainterFixture.painter(seed: seed).erase("everything left of the house", from: told())
            #expect(!erased.strokes.isEmpty && erased.steps.allSatisfy { ["sun", "fish", "house"].contains($0.className) })
        }
        let kept = try PainterFixture.painter().erase("everything except the house in the picture", from: told())
        #expect(kept.strokes == [0, 1, 2, 3, 6] && Set(kept.classes) == ["sun", "fish"])
    }

    @Test func anEmptyDrawingCanOnlyBeAddedTo() throws {
        let empty = Scene(width: 10, height: 10)
        for seed in UInt64(1)...4 {
            do { #expect(try PainterFixture.painter(seed: seed).edit("erase the fish", of: empty, seed: seed).steps.allSatisfy { $0.verb == "add" }) } catch is PainterError {}
        }
        // What speaks of nothing is not even asked about.
        for text in ["hello", "undo", "zoom in"] { #expect(throws: PainterError.noSubject(command: text)) { try PainterFixture.painter().edit(text, of: told(), seed: 1) } }
    }
}
