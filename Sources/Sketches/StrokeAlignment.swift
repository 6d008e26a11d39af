/// Which point of one line becomes which of another: as both are drawn, with the second from its end, and a closed one begun elsewhere, whichever
/// lets their points travel least. A circle drawn the other way round would else turn itself inside out.
struct StrokeAlignment: Sendable {
    /// Even points of a line, and what its costs need.
    struct Samples: Sendable {
        /// One more than there are steps; of a closed line the last stands where the first does.
        let points: [Point]
        let isClosed: Bool
        let center: Point
        var steps: Int { points.count - 1 }

        init(_ stroke: MeasuredStroke, steps: Int) {
            points = stroke.evenPoints(steps)
            isClosed = stroke.isClosed
            let once = points.prefix(isClosed ? steps : steps + 1), count = Double(once.count)
            center = Point(x: once.reduce(0) { $0 + $1.x } / count, y: once.reduce(0) { $0 + $1.y } / count)
        }
    }

    /// Whether the second is drawn from its end.
    private(set) var isReversed = false
    /// Where the closed line begins (the second, if both are), in steps of the samples.
    private(set) var start = 0
    /// The mean square of how far the points travel.
    private(set) var travel = Double.infinity
    private let steps: Int
    private let turnsSecond: Bool

    /// Tries both directions, and every beginning of a closed line. The samples have the same number of steps.
    init(_ first: Samples, _ second: Samples) {
        let n = first.steps, isCyclic = first.isClosed || second.isClosed, count = first.isClosed && second.isClosed ? n : n + 1
        steps = n
        turnsSecond = second.isClosed
        for reversed in [false, true] {
            for start in 0..<(isCyclic ? n : 1) {
                var sum = 0.0
                let most = travel * Double(count)
                for i in 0..<count {
                    if sum >= most { break }
                    let a, b: Int
                    if second.isClosed { (a, b) = (i, Self.wrapped(reversed ? start - i : start + i, n)) } else {
                        (a, b) = (first.isClosed ? Self.wrapped(start + i, n) : i, reversed ? n - i : i)
                    }
                    let dx = first.points[a].x - second.points[b].x, dy = first.points[a].y - second.points[b].y
                    sum += dx * dx + dy * dy
                }
                if sum / Double(count) < travel { (isReversed, self.start, travel) = (reversed, start, sum / Double(count)) }
            }
        }
    }

    /// An index from −n to 2n − 1 as one from 0 to n − 1.
    private static func wrapped(_ index: Int, _ n: Int) -> Int { index < 0 ? index + n : index >= n ? index - n : index }

    /// What a match of two lines costs: how far its points travel, and half as much again for what is left of that once one is laid on the other.
    static func cost(_ first: Samples, _ second: Samples) -> Double {
        let travel = StrokeAlignment(first, second).travel, shift = first.center.distance(to: second.center)
        return travel + max(0, travel - shift * shift) / 2
    }

    /// Both lines with one list of places: each keeps all its corners.
    func applied(_ first: MeasuredStroke, _ second: MeasuredStroke) -> (first: MeasuredStroke, second: MeasuredStroke) {
        let place = Double(start) / Double(steps)
        let a = turnsSecond ? first : first.turned(to: place)
        let b = (isReversed ? second.reversed : second).turned(to: turnsSecond ? (isReversed ? 1 - place : place) : 0)
        var places: [Double] = []
        for place in (a.places + b.places).sorted() where places.last.map({ place - $0 > 1e-9 }) ?? true { places.append(place) }
        return (MeasuredStroke(a.points(at: places), places: places), MeasuredStroke(b.points(at: places), places: places))
    }
}
