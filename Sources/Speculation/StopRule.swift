import Foundation
import Language

/// When a chain of guesses ends before its full length.
public enum StopRule: Sendable {
    /// At its full length.
    case fixed
    /// Where the drafter's likeliest token has less than so much probability.
    case confidence(Float)
    /// Where the drafter's entropy says that the next guess will be refused.
    case adaEDL(AdaEDL)
    /// Where another guess costs more than it brings.
    case cost(CostRule)

    /// Whether a chain ends with a guess that was drawn from a law. That guess stays, since its law has been paid for.
    /// - Parameter depth: guesses so far, this one too.
    mutating func ends(with law: TokenLaw, depth: Int) -> Bool {
        switch self {
        case .fixed: return false
        case .confidence(let least): return law.confidence < least
        case .adaEDL(let rule): return rule.ends(with: law)
        case .cost(var rule):
            defer { self = .cost(rule) }
            return rule.ends(with: law, depth: depth)
        }
    }

    /// Whether it is better not to guess at all.
    mutating func drafts() -> Bool {
        guard case .cost(var rule) = self else { return true }
        defer { self = .cost(rule) }
        return rule.drafts()
    }

    /// Takes note of a round.
    mutating func note(drafted: Int, accepted: Int) {
        switch self {
        case .fixed, .confidence: break
        case .adaEDL(var rule):
            rule.note(drafted: drafted, accepted: accepted)
            self = .adaEDL(rule)
        case .cost(var rule):
            rule.note(drafted: drafted, accepted: accepted)
            self = .cost(rule)
        }
    }
}

/// Early draft stopping by a lower bound of the acceptance that only the drafter's entropy H tells, 1 − √(γ H), with a threshold that follows the acceptance: Agrawal et al.,
/// "AdaEDL" (2024), with its constants.
public struct AdaEDL: Sendable, Equatable {
    /// γ, entropy in nats.
    public static let gamma = 0.2
    /// The acceptance that the threshold aims at, α.
    public static let target = 0.9
    /// How fast the acceptance is forgotten, and the threshold, and its step: β₁, β₂, ε.
    public static let acceptanceMemory = 0.5, thresholdMemory = 0.9, step = 0.01

    /// λ: a chain ends where the bound is below.
    public private(set) var threshold: Double
    /// The acceptance, averaged over rounds.
    public private(set) var acceptance: Double

    /// - Parameter threshold: to begin with; our choice, a law of 1.8 nats.
    public init(threshold: Double = 0.4) { (self.threshold, acceptance) = (threshold, Self.target) }

    /// The least probability with which a guess of a law is accepted, as the bound has it.
    public static func bound(_ law: TokenLaw) -> Double { 1 - (gamma * max(law.entropy, 0)).squareRoot() }

    func ends(with law: TokenLaw) -> Bool { Self.bound(law) < threshold }

    mutating func note(drafted: Int, accepted: Int) {
        guard drafted > 0 else { return }
        acceptance = Self.acceptanceMemory * acceptance + (1 - Self.acceptanceMemory) * Double(accepted) / Double(drafted)
        let moved = threshold + (acceptance < Self.target ? Self.step : -Self.step)
        threshold = min(max(Self.thresholdMemory * threshold + (1 - Self.thresholdMemory) * moved, 0), 1)     // beyond, it would only come back late
    }
}
