/// Why there are no drawings between two drawings.
public enum InterpolationError: Error, Equatable, CustomStringConvertible {
    /// Which of the two.
    public enum Drawing: String, Sendable { case first, second }

    /// It has no strokes with points.
    case noStrokes(Drawing)
    /// It has more strokes than can be matched.
    case tooManyStrokes(Drawing, count: Int, limit: Int)
    /// It has a size or coordinate that is not a finite number, or is too large to reckon with.
    case notFinite(Drawing)

    /// The sentence for the user: which drawing, what is wrong with it and what to do.
    public var description: String {
        switch self {
        case .noStrokes(let drawing): "the \(drawing.rawValue) drawing has no strokes: nothing lies between it and the other; give two drawings with ink"
        case .tooManyStrokes(let drawing, let count, let limit):
            "the \(drawing.rawValue) drawing has \(count) strokes, at most \(limit) can be matched; give a simpler one, or one object of it"
        case .notFinite(let drawing): "the \(drawing.rawValue) drawing has a size or coordinate beyond all measure"
        }
    }
}
