import Language
import Tensors

/// The shape of a draft: how many guesses hang below each.
public enum DraftShape: Sendable, Equatable {
    /// So many guesses below each node, level by level; drawn without replacement (RSD-C, Jeon et al. 2024) or independently
    /// (SpecInfer's trees; with 1 below the first level, independent chains). `[1, 1, 1]` is a chain.
    case branching([Int], replacement: Bool = false)
    /// The `width` best of each level by stochastic beam search, so many levels deep (RSD-S, Jeon et al. 2024).
    case beam(width: Int, depth: Int)

    /// A chain.
    public static func chain(_ length: Int) -> DraftShape { .branching([Int](repeating: 1, count: length)) }

    /// How many guesses follow each other at most.
    public var depth: Int {
        switch self {
        case .branching(let counts, _): counts.count
        case .beam(_, let depth): depth
        }
    }

    /// The most guesses of a tree.
    public var guesses: Int {
        let most = 1 << 20                                           // larger numbers are alike, and their products no numbers
        switch self {
        case .branching(let counts, _):
            return counts.reduce((level: 1, all: 0)) {
                let level = min($0.level * min($1, most), most)
                return (level, min($0.all + level, most))
            }.all
        case .beam(let width, let depth): return min(min(width, most) * min(depth, most), most)
        }
    }

    /// Whether it has one guess after another.
    public var isChain: Bool {
        if case .branching(let counts, _) = self { counts.allSatisfy { $0 == 1 } } else { false }
    }

    /// What is wrong with it, as a sentence for the user; nil when nothing is.
    public var problem: String? {
        let most = DecodingBatch.largestTree - 1
        switch self {
        case .branching(let counts, _):
            guard let bad = counts.first(where: { $0 < 1 }) else { break }
            return "each level of a draft has 1 guess or more below a node, not \(bad)"
        case .beam(let width, let depth):
            if width < 1 || depth < 0 { return "a beam is 1 wide or more, not \(width), and 0 deep or more, not \(depth)" }
        }
        return guesses > most ? "a draft of \(guesses) guesses; there may be \(most)" : nil
    }
}

extension TokenLaw {
    /// Draws tokens one after the other without replacement, fewer where the law has fewer. The same law as the `count` largest of Gumbel-perturbed
    /// log-probabilities (Vieira 2014), without a number for each token of the vocabulary.
    func draw(withoutReplacement count: Int, _ random: inout RandomSource) -> [Int] {
        guard count > 1 else { return [draw(&random)] }
        var left = self, drawn: [Int] = []
        for _ in 0..<min(count, probabilities.lazy.filter { $0 > 0 }.count) {
            let token = left.draw(&random)
            drawn.append(token)
            left.remove(token)
        }
        return drawn
    }
}
