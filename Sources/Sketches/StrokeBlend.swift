/// Where ink stands and how large it is: what is inside is told from its middle, in its longer sides.
struct InkFrame: Sendable {
    let center: Point
    /// The longer side, canvas pixels; 0 for a dot.
    let side: Double

    /// The frame of an ink box.
    init(_ ink: Box) { (center, side) = (ink.center, ink.longestSide) }

    /// From canvas pixels into the frame: −½…½ for what is inside.
    func normal(_ point: Point) -> Point {
        side > 0 ? Point(x: (point.x - center.x) / side, y: (point.y - center.y) / side) : Point(x: 0, y: 0)
    }

    /// From the frame to canvas pixels.
    func canvas(_ point: Point) -> Point { Point(x: center.x + point.x * side, y: center.y + point.y * side) }
}

/// A stroke on its way from one drawing to another: shape, place and size change evenly.
struct StrokeBlend: Sendable {
    /// The stroke at each end, in the frame there, with the same places.
    let first, second: MeasuredStroke
    let firstFrame, secondFrame: InkFrame

    /// The stroke `share` of the way, 0…1, in canvas pixels rounded to `1 / unit`.
    func stroke(at share: Double, unit: Double) -> Stroke {
        let center = firstFrame.center.interpolated(to: secondFrame.center, share), side = firstFrame.side + (secondFrame.side - firstFrame.side) * share
        func rounded(_ value: Double) -> Double {
            let steps = (value * unit).rounded()
            return steps.isFinite ? steps / unit : value
        }
        return Stroke(zip(first.points, second.points).map { from, to in
            let point = from.interpolated(to: to, share)
            return Point(x: rounded(center.x + point.x * side), y: rounded(center.y + point.y * side))
        })
    }

    /// `steps` + 1 points at even places of each end, canvas pixels.
    func evenPoints(_ steps: Int) -> (first: [Point], second: [Point]) {
        (first.evenPoints(steps).map(firstFrame.canvas), second.evenPoints(steps).map(secondFrame.canvas))
    }
}
