import Foundation
import Sketches
import Testing

@Suite struct SceneTests {
    /// The example at the top of the module.
    @Test func moduleExample() throws {
        var scene = Scene(width: 256, height: 256)
        scene.strokes = [Stroke([Point(x: 20, y: 60), Point(x: 90, y: 60)]), Stroke([Point(x: 150, y: 40), Point(x: 220, y: 90)])]
        scene.objects = [
            SceneObject(className: "line", box: try #require(scene.strokes[0].box), strokes: [0]),
            SceneObject(className: "zigzag", box: try #require(scene.strokes[1].box), strokes: [1]),
        ]
        #expect(scene.holds(.leftOf, subject: 0, object: 1))
        let svg = try SketchFile.write([scene], format: .svg)
        #expect(try SketchFile.read(svg, name: "two.svg")[0] == scene)
    }

    struct RelationCase: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(kind.rawValue): \(name)" }
        let name: String, kind: RelationKind
        let a: (Double, Double, Double), b: (Double, Double, Double)      // left, top, side
        let holds: Bool
    }

    // The canvas is 256 wide: 5 % are 12.8 px, 15 % are 38.4 px.
    @Test(arguments: [
        RelationCase(name: "13 px between centres", kind: .leftOf, a: (50, 0, 20), b: (63, 0, 20), holds: true),
        RelationCase(name: "12 px between centres", kind: .leftOf, a: (50, 0, 20), b: (62, 0, 20), holds: false),
        RelationCase(name: "the other way", kind: .rightOf, a: (50, 0, 20), b: (63, 0, 20), holds: false),
        RelationCase(name: "y grows downwards", kind: .above, a: (50, 0, 20), b: (50, 100, 20), holds: true),
        RelationCase(name: "below", kind: .below, a: (50, 100, 20), b: (50, 0, 20), holds: true),
        RelationCase(name: "ring in ring", kind: .inside, a: (60, 60, 20), b: (50, 50, 60), holds: true),
        RelationCase(name: "half out", kind: .inside, a: (40, 60, 20), b: (50, 50, 60), holds: false),
        RelationCase(name: "the outer one", kind: .inside, a: (50, 50, 60), b: (60, 60, 20), holds: false),
        RelationCase(name: "exactly 1.15", kind: .larger, a: (0, 0, 115), b: (120, 0, 100), holds: true),
        RelationCase(name: "1.14", kind: .larger, a: (0, 0, 114), b: (120, 0, 100), holds: false),
        RelationCase(name: "smaller", kind: .smaller, a: (0, 0, 10), b: (120, 0, 100), holds: true),
        RelationCase(name: "38 px", kind: .nextTo, a: (0, 0, 20), b: (58, 0, 20), holds: true),
        RelationCase(name: "39 px", kind: .nextTo, a: (0, 0, 20), b: (59, 0, 20), holds: false),
    ])
    func relations(_ c: RelationCase) {
        let scene = squares([("a", c.a.0, c.a.1, c.a.2), ("b", c.b.0, c.b.1, c.b.2)])
        #expect(scene.holds(c.kind, subject: 0, object: 1) == c.holds)
        if let inverse = c.kind.inverse { #expect(scene.holds(inverse, subject: 1, object: 0) == c.holds) }
        #expect(scene.measuredRelations().contains(Relation(c.kind, subject: 0, object: 1)) == c.holds)
    }

    @Test func relationsOfWhatIsNotThere() {
        let scene = squares([("a", 0, 0, 20)])
        #expect(!scene.holds(.leftOf, subject: 0, object: 1) && !scene.holds(.nextTo, subject: 0, object: 0) && !scene.holds(.above, subject: -1, object: 0))
    }

    @Test func insideMeasuresInkNotBoxes() {
        // An L whose long arm is in the box: 100 of 105 px of its path.
        var scene = squares([("l", 0, 0, 1), ("box", 0, 0, 100)])
        scene.strokes[0] = line(0, 0, 100, 0, 105, 0)
        #expect(scene.holds(.inside, subject: 0, object: 1))
        scene.strokes[0] = line(0, 0, 100, 0, 120, 0)
        #expect(!scene.holds(.inside, subject: 0, object: 1))
    }

    @Test func removingStrokes() {
        let scene = sampleScene()
        let left = scene.removing(strokes: [0])
        #expect(left.strokes == Array(scene.strokes[1...]))
        #expect(left.objects.map(\.className) == ["cat", "cell phone"])
        #expect(left.objects[0].strokes == [1] && left.objects[1].strokes == [0])
        #expect(left.objects[0].box == Box(x0: 30, y0: 70, x1: 40.5, y1: 75))
        #expect(left.relations == scene.relations)
        let phone = scene.removing(strokes: [0, 2])
        #expect(phone.objects.map(\.className) == ["cell phone"] && phone.objects[0].strokes == [0])
        #expect(phone.relations.isEmpty && phone.extra == scene.extra && phone.objects[0].extra == scene.objects[1].extra)
        #expect(scene.removing(strokes: []) == scene)
        #expect(scene.removing(strokes: [99, -1]) == scene)
    }

    @Test func looseStrokes() {
        #expect(sampleScene().looseStrokes == [3])
    }
}
