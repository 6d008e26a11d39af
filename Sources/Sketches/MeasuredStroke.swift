/// A line with a place for each of its points, from 0 at its beginning to 1 at its end, so that what lies between them can be found.
struct MeasuredStroke: Sendable {
    /// One or more.
    let points: [Point]
    /// One a point, never falling. By the length up to there, unless another line's are shared.
    let places: [Double]

    /// By the length; a line without length is its first point alone.
    /// - Precondition: there is a point.
    init(_ points: [Point]) {
        precondition(!points.isEmpty, "a line without points")
        var places = [0.0]
        for i in points.indices.dropFirst() { places.append(places[i - 1] + points[i - 1].distance(to: points[i])) }
        let length = places[places.count - 1]
        guard length > 0 else {
            (self.points, self.places) = ([points[0]], [0])
            return
        }
        (self.points, self.places) = (points, places.map { $0 / length })
    }

    /// Points with the places that something else gives them.
    init(_ points: [Point], places: [Double]) { (self.points, self.places) = (points, places) }

    /// Whether it ends where it begins, as people draw circles: within a tenth of its longer side.
    var isClosed: Bool {
        guard points.count > 2, let first = points.first, let last = points.last, let box = Box.of(points) else { return false }
        return first.distance(to: last) <= box.longestSide / 10
    }

    /// The points at places that never fall; beyond the ends, the ends.
    func points(at wanted: [Double]) -> [Point] {
        var next = 0
        return wanted.map { place in
            while next < points.count - 1, places[next] < place { next += 1 }
            guard next > 0, places[next] > place else { return points[next] }
            return points[next - 1].interpolated(to: points[next], (place - places[next - 1]) / (places[next] - places[next - 1]))
        }
    }

    /// `steps` + 1 points at even places, both ends among them.
    func evenPoints(_ steps: Int) -> [Point] { points(at: (0...steps).map { Double($0) / Double(steps) }) }

    /// Drawn from its end to its beginning.
    var reversed: MeasuredStroke { MeasuredStroke(points.reversed(), places: places.reversed().map { 1 - $0 }) }

    /// A closed line drawn from another place on, 0…1, and closed for good: a gap between its ends is drawn over.
    func turned(to place: Double) -> MeasuredStroke {
        guard place > 0, place < 1, points.count > 1 else { return self }
        let start = points(at: [place])
        let after = points.indices.filter { places[$0] > place }, before = points.indices.filter { places[$0] < place }
        return MeasuredStroke(start + after.map { points[$0] } + before.map { points[$0] } + start)
    }
}
