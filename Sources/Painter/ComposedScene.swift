import Foundation
import Sketches

/// A box on the 64-step place grid of the canvas; both ends are steps that the ink reaches.
struct GridBox: Hashable, Sendable {
    var x0, y0, x1, y1: Int

    var width: Int { x1 - x0 }
    var height: Int { y1 - y0 }
    var longestSide: Int { max(width, height) }

    /// Pixels of a step's centre on the standard canvas of `SketchCodec.canvasSide` pixels.
    static func pixel(_ step: Int) -> Double { (Double(step) + 0.5) * SketchCodec.canvasSide / Double(SketchVocabulary.gridSteps) }
    static func step(_ pixel: Double) -> Int {
        let step = pixel * Double(SketchVocabulary.gridSteps) / SketchCodec.canvasSide
        return Int(min(max(step.rounded(.down), 0), Double(SketchVocabulary.gridSteps - 1)))
    }

    init(x0: Int, y0: Int, x1: Int, y1: Int) { (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1) }
    init(_ box: Box) { self.init(x0: Self.step(box.x0), y0: Self.step(box.y0), x1: Self.step(box.x1), y1: Self.step(box.y1)) }
    var box: Box { Box(x0: Self.pixel(x0), y0: Self.pixel(y0), x1: Self.pixel(x1), y1: Self.pixel(y1)) }
}

/// A relation that a plan may state; `subject` and `object` are places in the plan.
struct PlannedRelation: Hashable, Sendable {
    var kind: RelationKind
    var subject, object: Int

    /// Steps by which centres must differ: 5 % of the canvas is 3.2 steps; 4 leave room for nothing to go wrong.
    static let centreMargin = 4
    /// Ratio of longest sides in a plan: the definition's 1.15 and room for rounding.
    static let sizeRatio = 1.25

    /// Whether two planned boxes satisfy the relation with the margins above, so that exact ink boxes satisfy its definition.
    func holds(_ a: GridBox, _ b: GridBox) -> Bool {
        switch kind {
        case .leftOf: a.x0 + a.x1 + 2 * Self.centreMargin <= b.x0 + b.x1
        case .rightOf: a.x0 + a.x1 >= b.x0 + b.x1 + 2 * Self.centreMargin
        case .above: a.y0 + a.y1 + 2 * Self.centreMargin <= b.y0 + b.y1
        case .below: a.y0 + a.y1 >= b.y0 + b.y1 + 2 * Self.centreMargin
        case .inside: a.x0 >= b.x0 && a.y0 >= b.y0 && a.x1 <= b.x1 && a.y1 <= b.y1 && a.longestSide < b.longestSide
        case .larger: Double(a.longestSide) >= Self.sizeRatio * Double(b.longestSide)
        case .smaller: Double(a.longestSide) * Self.sizeRatio <= Double(b.longestSide)
        case .nextTo: max(max(b.x0 - a.x1, a.x0 - b.x1), max(b.y0 - a.y1, a.y0 - b.y1)) <= 8
        }
    }
}

/// A scene put together from single drawings: everything about it is known exactly.
struct ComposedScene: Sendable {
    enum Size: String, Sendable { case small, big }

    struct Object: Sendable {
        var classIndex: Int
        var size: Size?
        var box: GridBox
        /// Canvas pixels; the ink box is `box.box`.
        var strokes: [Stroke]
    }

    var objects: [Object]
    var relations: [PlannedRelation]
    /// The sentence that asks for it.
    var prompt: String
}

/// Moves strokes so that their ink box is exactly `box` (a side without extent stays in the middle of it).
func fitted(_ strokes: [Stroke], to box: Box) -> [Stroke] {
    guard let ink = Box.of(strokes) else { return strokes }
    func placed(_ value: Double, _ low: Double, _ high: Double, _ to0: Double, _ to1: Double) -> Double {
        high > low ? to0 + (value - low) / (high - low) * (to1 - to0) : (to0 + to1) / 2
    }
    return strokes.map { stroke in
        Stroke(stroke.points.map {
            Point(x: placed($0.x, ink.x0, ink.x1, box.x0, box.x1), y: placed($0.y, ink.y0, ink.y1, box.y0, box.y1))
        })
    }
}
