import Foundation
import Sketches
import Tensors

/// A dozen parametric objects, each drawing a pure function of (seed, class, index): ground truth for tests and for runs without any data set.
public struct ProceduralDrawings: DrawingSource {
    /// Class words, sorted.
    public let classes = ["box", "bowl", "chair", "fish", "flag", "flower", "house", "kite", "ladder", "moon", "sun", "tree"]
    /// Drawings of each class.
    public let drawingsPerClass: Int
    /// All drawings follow from it.
    public let seed: UInt64

    /// Another seed, other drawings of the same classes.
    public init(seed: UInt64 = 0, drawingsPerClass: Int = 500) {
        self.seed = seed
        self.drawingsPerClass = drawingsPerClass
    }

    /// `drawingsPerClass`, for every class.
    public func count(of classIndex: Int) -> Int { drawingsPerClass }

    /// A drawing in a frame of 256.
    public func drawing(_ classIndex: Int, _ index: Int) -> [Stroke] {
        var random = RandomSource(seed: RandomSource.derive(seed &+ 1, UInt64(classIndex + 1), UInt64(index)))
        return normalized(Self.strokes(of: classes[classIndex], &random))
    }

    private static func strokes(of name: String, _ r: inout RandomSource) -> [Stroke] {
        func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * r.uniform() }
        func line(_ numbers: Double...) -> Stroke {
            Stroke(stride(from: 0, to: numbers.count, by: 2).map { Point(x: numbers[$0], y: numbers[$0 + 1]) })
        }
        func arc(_ cx: Double, _ cy: Double, _ rx: Double, _ ry: Double, from a: Double = 0, to b: Double = 2 * .pi, steps: Int = 14) -> Stroke {
            Stroke((0...steps).map { step in
                let angle = a + (b - a) * Double(step) / Double(steps)
                return Point(x: cx + rx * cos(angle), y: cy + ry * sin(angle))
            })
        }
        let w = between(0.7, 1.4), h = between(0.7, 1.4)
        switch name {
        case "box":
            let d = between(0.15, 0.4)
            return [line(0, d, w, d, w, d + h, 0, d + h, 0, d), line(0, d, d, 0, w + d, 0, w, d), line(w + d, 0, w + d, h, w, d + h)]
        case "bowl":
            return [arc(0, 0, w, 0.2 * h), arc(0, 0, w, h, from: 0, to: .pi)]
        case "chair":
            return [line(0, 0, 0, 2 * h), line(0, h, w, h), line(w, h, w, 2 * h), line(0, 0, 0.15, 0)]
        case "fish":
            let tail = between(0.3, 0.6)
            return [arc(0, 0, w, 0.5 * h), line(w, 0, w + tail, -tail, w + tail, tail, w, 0), arc(-0.6 * w, -0.1, 0.06, 0.06, steps: 5)]
        case "flag":
            return [line(0, 0, 0, 2 * h), line(0, 0, w, 0, w, 0.8 * h, 0, 0.8 * h)]
        case "flower":
            let petals = 4 + r.int(below: 4)
            return (0..<petals).map { petal in
                let angle = 2 * Double.pi * Double(petal) / Double(petals)
                return arc(0.45 * cos(angle), 0.45 * sin(angle), 0.25, 0.25, steps: 8)
            } + [arc(0, 0, 0.2, 0.2, steps: 8), line(0, 0.7, 0, 0.7 + h)]
        case "house":
            let roof = between(0.4, 0.9), door = between(0.15, 0.3)
            return [line(0, 0, w, 0, w, h, 0, h, 0, 0), line(0, 0, w / 2, -roof, w, 0),
                    line(w / 2 - door / 2, h, w / 2 - door / 2, h / 2, w / 2 + door / 2, h / 2, w / 2 + door / 2, h)]
        case "kite":
            return [line(0, -h, 0.6 * w, 0, 0, 1.3 * h, -0.6 * w, 0, 0, -h), line(0, -h, 0, 1.3 * h), line(-0.6 * w, 0, 0.6 * w, 0),
                    line(0, 1.3 * h, 0.15, 1.7 * h, -0.1, 2 * h, 0.1, 2.3 * h)]
        case "ladder":
            let rungs = 3 + r.int(below: 4)
            return [line(0, 0, 0, 2 * h), line(0.5 * w, 0, 0.5 * w, 2 * h)]
                + (1...rungs).map { line(0, 2 * h * Double($0) / Double(rungs + 1), 0.5 * w, 2 * h * Double($0) / Double(rungs + 1)) }
        case "moon":
            let depth = between(0.3, 0.7)
            return [Stroke(arc(0, 0, 1, 1, from: 0.5 * .pi, to: 1.5 * .pi).points + arc(0, 0, depth, 1, from: 1.5 * .pi, to: 0.5 * .pi).points)]
        case "sun":
            let rays = 6 + r.int(below: 6), length = between(0.4, 0.8)
            return [arc(0, 0, 1, 1)] + (0..<rays).map { ray in
                let a = 2 * Double.pi * Double(ray) / Double(rays)
                return line(1.2 * cos(a), 1.2 * sin(a), (1.2 + length) * cos(a), (1.2 + length) * sin(a))
            }
        default:    // tree
            let trunk = between(0.15, 0.35)
            return [arc(0, 0, 0.8 * w, 0.7 * h), line(-trunk / 2, 0.7 * h, -trunk / 2, 1.7 * h, trunk / 2, 1.7 * h, trunk / 2, 0.7 * h)]
        }
    }
}
