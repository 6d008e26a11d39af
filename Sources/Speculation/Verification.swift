import Language
import Tensors

/// Whether guesses may stand: the token that comes out has the target's law, whatever the guesses were.
///
/// Recursive rejection sampling (Jeon et al. 2024): a guess x is accepted with probability min(1, q(x) / p(x)). Where it is refused, the target's law q becomes the
/// residual max(0, q − p) in proportion, and x is taken out of the law p of the next guess, which was drawn without replacement. With one guess it is the rule of Leviathan et al. 2023; guesses
/// drawn with replacement keep p as it is (SpecInfer, Miao et al. 2024); of a guess that was chosen without chance p is 1, so that it is accepted with q(x). Greedy decoding is the case of a
/// target that is sure.
public enum Verification {
    /// The token that comes.
    public enum Outcome: Sendable, Equatable {
        /// One of the guesses, by its index.
        case accepted(Int)
        /// None of them; drawn from what they left of the target's law.
        case given(Int)
    }

    /// - Parameters:
    ///   - guesses: in the order in which they were drawn; none: the token is drawn from the target's law.
    ///   - drawn: how they were found.
    ///   - law: the target's.
    public static func verify(_ guesses: [Int], drawn: DraftTree.Drawing, from law: TokenLaw, random: inout RandomSource) -> Outcome {
        var q = law, p: TokenLaw?
        switch drawn {
        case .chosen: p = nil
        case .withoutReplacement(let law), .withReplacement(let law): p = law
        }
        for (index, guess) in guesses.enumerated() {
            if random.uniform() * Double(p?[guess] ?? 1) < Double(q[guess]) { return .accepted(index) }
            if let p { q.subtract(p) } else { q.remove(guess) }
            if case .withoutReplacement = drawn { p?.remove(guess) }
        }
        return .given(q.draw(&random))
    }
}
