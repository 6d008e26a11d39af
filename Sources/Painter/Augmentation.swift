import Foundation
import Sketches
import Tensors

/// Small changes of a drawing's shape that leave it a drawing of the same thing: turned, sheared, stretched, bent, its strokes shifted, now and
/// then mirrored or without its smallest stroke. The fewer drawings a class has, the stronger.
package struct Augmentation: Sendable {
    /// 1: as for a class of some 200 drawings.
    package var strength: Double
    /// How often left and right change places: people draw most things one way round.
    package var flip: Double
    /// How often a small stroke goes.
    package var drop = 0.1

    /// For a class of `count` drawings of a style.
    package init(count: Int, style: SketchStyle) {
        strength = min(max((200 / Double(max(count, 1))).squareRoot(), 0.7), 2.5)
        flip = style == .icon ? 0 : count >= 400 ? 0.1 : count >= 80 ? 0.25 : 0.5
        if style == .icon { (strength, drop) = (min(strength, 1.5), 0) }
    }

    package init(strength: Double, flip: Double, drop: Double = 0.1) { (self.strength, self.flip, self.drop) = (strength, flip, drop) }

    /// Least share of the ink that a stroke must have not to be dropped.
    private static let droppedInk = 0.1

    /// The drawing changed, normalised again.
    package func callAsFunction(_ drawing: [Stroke], _ r: inout RandomSource) -> [Stroke] {
        func between(_ reach: Double) -> Double { (2 * r.uniform() - 1) * reach * strength }
        var strokes = drawing
        if strokes.count > 2, r.uniform() < drop {
            let ink = strokes.reduce(0) { $0 + $1.length }
            let small = strokes.indices.filter { strokes[$0].length < Self.droppedInk * ink }
            if !small.isEmpty { strokes.remove(at: small[r.int(below: small.count)]) }
        }
        let mirror = r.uniform() < flip ? -1.0 : 1.0
        let angle = between(4 * .pi / 180), shear = between(0.06), stretch = exp(between(0.08))
        let (c, s) = (cos(angle), sin(angle))
        // Half a wave to a wave and a half across the drawing, in both directions.
        let waves = (0..<2).map { _ in (length: 0.5 + r.uniform(), phase: 2 * Double.pi * r.uniform(), height: between(0.015) * 255) }
        return normalized(strokes.map { stroke in
            let shift = Point(x: between(0.01) * 255, y: between(0.01) * 255)
            return Stroke(stroke.points.map { point in
                let x = (point.x - 127.5) * mirror * stretch + shift.x, y = point.y - 127.5 + shift.y
                let bentX = x + shear * y + waves[0].height * sin(2 * .pi * waves[0].length * y / 255 + waves[0].phase)
                let bentY = y + waves[1].height * sin(2 * .pi * waves[1].length * x / 255 + waves[1].phase)
                return Point(x: c * bentX - s * bentY, y: s * bentX + c * bentY)
            })
        })
    }
}
