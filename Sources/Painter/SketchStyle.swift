/// How a sketch is drawn: as people doodle, or as the strokes of an icon.
public enum SketchStyle: String, CaseIterable, Sendable, Codable {
    /// QuickDraw's drawings.
    case doodle
    /// Stroke icons of interfaces.
    case icon
}

/// How well a drawing shows its class, as a label of training drawings: what is drawn is asked to be `good`.
package enum SketchQuality: String, CaseIterable, Sendable, Codable {
    case good, fair
}

/// How much a sketch is simplified: 1, a few strokes of few points, to 5, every bend.
public enum SketchDetail: Int, CaseIterable, Sendable, Codable {
    case least = 1, less, usual, more, most

    /// Tolerance of the simplified copy as a share of the longest side; `usual` is about a step of the grid that points are on.
    package var tolerance: Double {
        switch self {
        case .least: 0.05
        case .less: 0.028
        case .usual: 0.014
        case .more: 0.010
        case .most: 0.007
        }
    }

    /// The most strokes that are kept, the longest ones.
    package var strokeLimit: Int { self == .least ? 4 : 40 }
}
