import Files
import Foundation
import Sketches

/// A small generator for tests: the same numbers on every run (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

func line(_ coordinates: Double...) -> Stroke {
    Stroke(stride(from: 0, to: coordinates.count, by: 2).map { Point(x: coordinates[$0], y: coordinates[$0 + 1]) })
}

/// A scene of objects, each one square given by left, top and side.
func squares(_ squares: [(name: String, x: Double, y: Double, side: Double)]) -> Scene {
    var scene = Scene(width: 256, height: 256)
    for (i, s) in squares.enumerated() {
        scene.strokes.append(line(s.x, s.y, s.x + s.side, s.y, s.x + s.side, s.y + s.side, s.x, s.y + s.side, s.x, s.y))
        scene.objects.append(SceneObject(className: s.name, box: Box(x0: s.x, y0: s.y, x1: s.x + s.side, y1: s.y + s.side), strokes: [i]))
    }
    return scene
}

/// Two objects, a loose dot, a relation and every optional key.
func sampleScene() -> Scene {
    var scene = squares([("cat", 20, 60, 50), ("cell phone", 150, 80.25, 30)])
    scene.prompt = "a \"cat\" left of a cell phone — 고양이\n"
    scene.seed = .max
    scene.model = "painter-small"
    scene.relations = [Relation(.leftOf, subject: 0, object: 1)]
    scene.strokes.append(line(30, 70, 40.5, 75))
    scene.strokes.append(Stroke([Point(x: 200, y: 200)]))
    scene.objects[0].strokes = [0, 2]
    scene.objects[1].confidence = 0.75
    scene.objects[1].extra = ["id": .integer(9_007_199_254_740_993)]
    scene.extra = ["huge": .digits("123456789012345678901234567890"), "nested": .array([.null, .bool(true), .number(1.5), .object(["a": .string("b")])])]
    return scene
}

extension Scene {
    var json: String { String(decoding: (try? SketchFile.write([self], format: .ndjson)) ?? Data(), as: UTF8.self) }
}

func read(_ text: String, name: String = "in") throws(FileError) -> [Scene] {
    try SketchFile.read(Data(text.utf8), name: name)
}
