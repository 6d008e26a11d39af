import Foundation
import Sketches

/// A box on the 64-step place grid of the canvas; both ends are steps that the ink reaches.
package struct GridBox: Hashable, Sendable {
    package var x0, y0, x1, y1: Int

    package var width: Int { x1 - x0 }
    package var height: Int { y1 - y0 }
    package var longestSide: Int { max(width, height) }

    /// Pixels of a step's centre on the standard canvas of `SketchCodec.canvasSide` pixels.
    package static func pixel(_ step: Int) -> Double { (Double(step) + 0.5) * SketchCodec.canvasSide / Double(SketchVocabulary.gridSteps) }
    package static func step(_ pixel: Double) -> Int {
        let step = pixel * Double(SketchVocabulary.gridSteps) / SketchCodec.canvasSide
        return step > 0 ? Int(min(step.rounded(.down), Double(SketchVocabulary.gridSteps - 1))) : 0
    }

    package init(x0: Int, y0: Int, x1: Int, y1: Int) { (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1) }
    package init(_ box: Box) { self.init(x0: Self.step(box.x0), y0: Self.step(box.y0), x1: Self.step(box.x1), y1: Self.step(box.y1)) }
    /// At least a step wide and high, as the grammar of plans has boxes: what is drawn with one straight stroke may be less.
    package var widened: GridBox {
        func end(_ start: Int, _ end: Int) -> Int { max(end, start + 1) }
        let last = SketchVocabulary.gridSteps - 1, x0 = min(x0, last - 1), y0 = min(y0, last - 1)
        return GridBox(x0: x0, y0: y0, x1: end(x0, x1), y1: end(y0, y1))
    }
    /// By its middle; of two in one column the upper one.
    package func isFartherLeft(than other: GridBox) -> Bool { (x0 + x1, y0 + y1) < (other.x0 + other.x1, other.y0 + other.y1) }
    package var box: Box { Box(x0: Self.pixel(x0), y0: Self.pixel(y0), x1: Self.pixel(x1), y1: Self.pixel(y1)) }
}

extension RelationKind {
    /// About sizes, not about where things are.
    package var isComparison: Bool { self == .larger || self == .smaller }
    /// Whether it speaks of left and right; false: of up and down; nil: of neither.
    package var isAcross: Bool? {
        switch self {
        case .leftOf, .rightOf: true
        case .above, .below: false
        case .inside, .larger, .smaller, .nextTo: nil
        }
    }

    /// Whether two boxes show it at a glance: nobody calls left of a house what is a little left and far above it.
    package func isClear(_ a: GridBox, _ b: GridBox) -> Bool {
        let across = abs(a.x0 + a.x1 - b.x0 - b.x1), down = abs(a.y0 + a.y1 - b.y0 - b.y1)
        return switch isAcross {
        case true: across >= down
        case false: 4 * down >= 3 * across                       // a sun above a house may stand in the corner
        case nil: true
        }
    }
}

/// A relation that a plan may state; `subject` and `object` are places in the plan.
package struct PlannedRelation: Hashable, Sendable {
    package var kind: RelationKind
    package var subject, object: Int

    /// Steps by which centres must differ: 5 % of the canvas is 3.2 steps; 4 leave room for nothing to go wrong.
    package static let centreMargin = 4
    /// Ratio of longest sides in a plan: the definition's 1.15 and room for rounding.
    package static let sizeRatio = 1.25

    /// Steps between two boxes, 0 where they meet; 15 % of the canvas is 9.6 steps.
    private static func gap(_ a: GridBox, _ b: GridBox) -> Double {
        let dx = Double(max(b.x0 - a.x1, a.x0 - b.x1, 0)), dy = Double(max(b.y0 - a.y1, a.y0 - b.y1, 0))
        return (dx * dx + dy * dy).squareRoot()
    }

    /// Whether two planned boxes satisfy the relation with the margins above, so that exact ink boxes satisfy its definition.
    package func holds(_ a: GridBox, _ b: GridBox) -> Bool {
        switch kind {
        case .leftOf: a.x0 + a.x1 + 2 * Self.centreMargin <= b.x0 + b.x1
        case .rightOf: a.x0 + a.x1 >= b.x0 + b.x1 + 2 * Self.centreMargin
        case .above: a.y0 + a.y1 + 2 * Self.centreMargin <= b.y0 + b.y1
        case .below: a.y0 + a.y1 >= b.y0 + b.y1 + 2 * Self.centreMargin
        case .inside: a.x0 >= b.x0 && a.y0 >= b.y0 && a.x1 <= b.x1 && a.y1 <= b.y1 && a.longestSide < b.longestSide
        case .larger: Double(a.longestSide) >= Self.sizeRatio * Double(b.longestSide)
        case .smaller: Double(a.longestSide) * Self.sizeRatio <= Double(b.longestSide)
        case .nextTo: Self.gap(a, b) <= 8.5
        }
    }
}

/// How large or of what shape an object is asked to be.
package enum SizeWord: String, CaseIterable, Sendable, Codable {
    case tiny, small, big, wide, tall
}

/// Where on the canvas an object is asked to be: one of 3 × 3 fields.
package enum PlaceWord: String, CaseIterable, Sendable, Codable {
    case topLeft = "top left", top, topRight = "top right"
    case left, middle, right
    case bottomLeft = "bottom left", bottom, bottomRight = "bottom right"

    /// −1 left or top, 0, 1 right or bottom.
    package var column: Int { (PlaceWord.allCases.firstIndex(of: self) ?? 0) % 3 - 1 }
    package var row: Int { (PlaceWord.allCases.firstIndex(of: self) ?? 0) / 3 - 1 }

    /// Twice the centre's steps where the fields begin and end; the middle leaves a fifth of the canvas on each side.
    static let bounds = [4, 3, 7, 6].map { 2 * (SketchVocabulary.gridSteps - 1) * $0 / 10 }

    private static func holds(_ centre: Int, _ side: Int) -> Bool {
        switch side {
        case -1: centre <= bounds[0]
        case 1: centre >= bounds[3]
        default: centre >= bounds[1] && centre <= bounds[2]
        }
    }

    /// Whether a box lies there: its centre, and for a word of one direction only that direction.
    package func holds(_ box: GridBox) -> Bool {
        let isMiddle = self == .middle
        return (column == 0 && !isMiddle || Self.holds(box.x0 + box.x1, column)) && (row == 0 && !isMiddle || Self.holds(box.y0 + box.y1, row))
    }
}

/// A scene put together from single drawings: everything about it is known exactly.
package struct ComposedScene: Sendable {
    package struct Object: Sendable {
        package var classIndex: Int
        package var size: SizeWord?
        package var place: PlaceWord?
        package var box: GridBox
        /// Canvas pixels; the ink box is `box.box`.
        package var strokes: [Stroke]
    }

    package var objects: [Object]
    package var relations: [PlannedRelation]
    /// All objects stand side by side in one row.
    package var isRow = false
    /// The sentence that asks for it.
    package var prompt: String
}

/// Moves strokes so that their ink box is exactly `box` (a side without extent stays in the middle of it).
package func fitted(_ strokes: [Stroke], to box: Box) -> [Stroke] {
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
