import Tensors

/// How somebody writes: which liberties a sentence takes.
struct SentenceStyle {
    enum Manner { case plain, everyday, terse, polite, chatty, learner }

    var manner: Manner
    /// Probabilities, of a noun, a sentence or a word as the name says.
    var synonym = 0.42, describing = 0.05, inverting = 0.25, listing = 0.2, fillers = 0.25, noise = 0.0
    /// Articles of things that come up first are left out, or are "the".
    var isBare = false, isDefinite = false

    var isPlain: Bool { manner == .plain }

    /// The share of plain sentences: short ones, as most people write them.
    static let plainShare = 0.25

    init(_ r: inout RandomSource) {
        let place = r.uniform()
        switch place {
        case ..<Self.plainShare:
            manner = .plain
            (synonym, describing, inverting, listing, fillers) = (0.15, 0.02, 0.08, 0.05, 0.04)
        case ..<0.55: manner = .everyday
        case ..<0.66:
            manner = .terse
            (describing, inverting, listing, fillers, noise) = (0.02, 0.15, 0.08, 0.06, 0.01)
            isBare = r.uniform() < 0.6
        case ..<0.78:
            manner = .polite
            (fillers, listing) = (0.7, 0.3)
        case ..<0.9:
            manner = .chatty
            (describing, fillers, noise, listing) = (0.15, 0.75, 0.012, 0.3)
        default:
            manner = .learner
            (describing, fillers, noise) = (0.06, 0.3, 0.02)
            isBare = r.uniform() < 0.5
        }
        if !isBare, !isPlain { isDefinite = r.uniform() < 0.12 }
        if manner == .everyday, r.uniform() < 0.15 { noise = 0.02 }
    }
}
