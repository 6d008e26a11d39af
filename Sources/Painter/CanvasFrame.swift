import Sketches

/// How a user's canvas of any size maps onto the square standard canvas that the model knows, and back.
package struct CanvasFrame: Sendable {
    package let scale, dx, dy: Double

    /// The whole canvas and all ink fit; a drawing that fills little of its canvas is enlarged, as small ink says nothing about small objects.
    /// - Parameter enlarges: false: the whole canvas always, as commands about places mean it.
    package init(width: Double, height: Double, strokes: [Stroke], enlarges: Bool = true) {
        let side = SketchCodec.canvasSide
        var frame = Box(x0: 0, y0: 0, x1: max(width, 1), y1: max(height, 1))
        if let ink = Box.of(strokes) {
            frame = frame.union(ink)
            // Ink too small for arithmetic is a dot.
            if enlarges, ink.longestSide > 1e-6 * frame.longestSide, ink.longestSide < 0.4 * frame.longestSide {
                let whole = frame, margin = 0.3 * ink.longestSide
                frame = ink.expanded(by: margin)
                // What is drawn beside the ink shall be on the canvas too, where there is room.
                let dx = max(whole.x0 - frame.x0, 0) - max(frame.x1 - whole.x1, 0), dy = max(whole.y0 - frame.y0, 0) - max(frame.y1 - whole.y1, 0)
                frame = Box(x0: frame.x0 + dx, y0: frame.y0 + dy, x1: frame.x1 + dx, y1: frame.y1 + dy)
            }
        }
        scale = side / frame.longestSide
        dx = (side - frame.width * scale) / 2 - frame.x0 * scale
        dy = (side - frame.height * scale) / 2 - frame.y0 * scale
    }

    package func standard(_ stroke: Stroke) -> Stroke { Stroke(stroke.points.map { Point(x: $0.x * scale + dx, y: $0.y * scale + dy) }) }
    package func original(_ point: Point) -> Point { Point(x: (point.x - dx) / scale, y: (point.y - dy) / scale) }
}
