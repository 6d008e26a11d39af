import Sketches

/// Single drawings by class: what scenes are composed from.
///
/// Strokes are normalised: the ink box starts at (0, 0), its longest side is 255 (or the drawing is a point), y down.
public protocol DrawingSource: Sendable {
    /// Class words, in the order of the model's class tokens.
    var classes: [String] { get }
    /// Drawings of a class; 0 is allowed.
    func count(of classIndex: Int) -> Int
    /// - Precondition: `index < count(of: classIndex)`.
    func drawing(_ classIndex: Int, _ index: Int) -> [Stroke]
}

extension DrawingSource {
    /// Drawings of all classes.
    public var total: Int { classes.indices.reduce(0) { $0 + count(of: $1) } }
}

/// Moves strokes so that their ink box starts at (0, 0) and its longest side is `size`.
func normalized(_ strokes: [Stroke], longestSide size: Double = 255) -> [Stroke] {
    guard let box = Box.of(strokes) else { return strokes }
    let scale = box.longestSide > 0 ? size / box.longestSide : 1
    return strokes.map { Stroke($0.points.map { Point(x: ($0.x - box.x0) * scale, y: ($0.y - box.y0) * scale) }) }
}
