/// The pen's path between pen down and pen up, in canvas pixels and in the order in which it was drawn.
public struct Stroke: Hashable, Sendable {
    /// Where the pen was, in drawing order; a single point is a dot.
    public var points: [Point]
    /// Milliseconds since the drawing began, one a point, where the source has them (raw QuickDraw).
    public var times: [Double]?
    /// Which part of its object it is ("wings"), where the file says so.
    public var part: String?

    /// A stroke through the points, in pixels, with a time for each (milliseconds) or none. The counts are not checked here.
    public init(_ points: [Point], times: [Double]? = nil, part: String? = nil) {
        self.points = points
        self.times = times
        self.part = part
    }

    /// The ink box, or `nil` for a stroke without points.
    public var box: Box? { Box.of(points) }

    /// The length of the path in pixels.
    public var length: Double {
        var sum = 0.0
        for i in points.indices.dropFirst() { sum += points[i - 1].distance(to: points[i]) }
        return sum
    }

    /// The same stroke moved by `(dx, dy)` after scaling by `scale` about the origin.
    public func transformed(scale: Double = 1, dx: Double = 0, dy: Double = 0) -> Stroke {
        Stroke(points.map { Point(x: $0.x * scale + dx, y: $0.y * scale + dy) }, times: times, part: part)
    }
}
