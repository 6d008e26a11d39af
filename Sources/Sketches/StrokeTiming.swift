/// How far a drawing is: strokes before `whole` are there, the one at `whole` up to `part` of its length.
public struct StrokeProgress: Hashable, Sendable, Comparable {
    /// The number of strokes that are drawn to their ends.
    public let whole: Int
    /// 0 up to 1, of the length of the stroke under the pen; 0 where the pen is up.
    public let part: Double

    /// Nothing is drawn yet.
    public static let none = StrokeProgress(whole: 0, part: 0)

    /// The progress with so many whole strokes, and `part` of the next.
    public init(whole: Int, part: Double) { (self.whole, self.part) = (whole, part) }

    /// Less is drawn.
    public static func < (a: StrokeProgress, b: StrokeProgress) -> Bool { (a.whole, a.part) < (b.whole, b.part) }
}

/// When each stroke of a scene is drawn: one after the other in the scene's order, as long as its length asks, within ten seconds altogether.
/// Animated SVG, GIF and video share it.
struct StrokeTiming: Sendable {
    /// Seconds from the beginning. A dot has no length.
    struct Span: Sendable {
        let begin, duration: Double
        let isDot: Bool
        var end: Double { begin + duration }
    }

    /// One a stroke, each after the one before.
    let spans: [Span]

    /// The seconds after which everything is drawn; 0 for a scene without strokes.
    var end: Double { spans.last?.end ?? 0 }

    init(_ scene: Scene) {
        var clock = 0.0
        var spans: [Span] = []
        for stroke in scene.strokes {
            // The lengths of coordinates near the largest number are infinite.
            let share = min(stroke.length / scene.longestSide, 1e6)
            let duration = max(0.08, share * 0.8)
            spans.append(Span(begin: clock, duration: duration, isDot: share == 0))
            clock += duration + 0.08
        }
        let pace = clock > 10 ? 10 / clock : 1
        self.spans = pace == 1 ? spans : spans.map { Span(begin: $0.begin * pace, duration: $0.duration * pace, isDot: $0.isDot) }
    }

    /// How far the drawing is after so many seconds; a dot counts as begun as soon as the pen is down.
    func progress(at time: Double) -> StrokeProgress {
        // The first stroke that has not ended, by bisection: ends are in order.
        var low = 0, high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].end <= time { low = middle + 1 } else { high = middle }
        }
        guard low < spans.count, time > spans[low].begin else { return StrokeProgress(whole: low, part: 0) }
        return StrokeProgress(whole: low, part: min((time - spans[low].begin) / spans[low].duration, 1.nextDown))
    }
}

extension Stroke {
    /// The beginning of the stroke, up to `part` (0…1) of its length; its last point may lie between two. A dot is there once it is begun.
    func beginning(_ part: Double) -> Stroke {
        let length = length
        guard part > 0, let first = points.first else { return Stroke([]) }
        guard part < 1, length > 0, length.isFinite else { return Stroke(points) }
        var drawn = [first], left = part * length
        for point in points.dropFirst() {
            let last = drawn[drawn.count - 1], step = last.distance(to: point)
            guard step < left else {
                drawn.append(last.interpolated(to: point, step > 0 ? left / step : 1))
                break
            }
            drawn.append(point)
            left -= step
        }
        return Stroke(drawn)
    }
}
