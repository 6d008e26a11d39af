/// How far a law q is from a teacher's p, and by which gradient it comes nearer.
///
/// Speculative decoding keeps a guess of q with probability Σ min(q, p) = 1 − their total variation distance: what a draft should have least of.
public enum Divergence: Sendable, Equatable {
    /// Σ p ln(p / q).
    case kullbackLeibler
    /// ½ Σ |q − p|, by its own gradient; standardised, by that over the spread of its costs: TVD++ with all tokens looked at. A token costs 1 where q has more
    /// of it than p, else 0, and TVD is the mean cost of a token of q.
    ///
    /// Subtracting the mean of the costs changes nothing when all tokens are looked at, so that TVD++ is then TVD with another step length.
    case totalVariation(standardized: Bool = false)
    /// ½ Σ |q − p|, by the policy gradient of tokens drawn from q, their costs standardised over all that were drawn (over some hundred rows or more, where logits of
    /// all would take over 256 MiB): TVD++ (Goel et al. 2024, "Direct Alignment of
    /// Draft Model for Speculative Decoding with Chat-Fine-Tuned LLMs", section 3).
    /// - Parameters:
    ///   - samples: tokens drawn after each.
    ///   - seed: of these.
    case policy(samples: Int, seed: UInt64)
}
