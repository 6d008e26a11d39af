import Foundation
import Language

/// Stops where another guess costs more than it brings, by measured costs and by the acceptance seen so far.
///
/// Tokens a unit of time over many rounds are greatest where each guess is added if and only if its chance to be accepted, over what it adds to the time, is more than the best
/// rate that can be had (renewal reward). That rate is the one of the rounds so far, and 1 at least: plain decoding always can be had. A guess's chance is the product of those on its path, each
/// learnt from guesses of like entropy; that of the next, whose law is not known yet, is the one learnt for its depth.
///
/// Where guessing does not pay it is left off, and tried again now and then, if that costs little beside what went by: the drafter must first read all that it missed.
public struct CostRule: Sendable {
    /// What it reckons with.
    public let costs: DraftCosts
    /// Tokens a unit of time over the last rounds with a draft.
    public var rate: Double { tokens / time }

    private var byEntropy: [Share]
    private var byDepth: [Share] = []
    private var chance = 1.0                      // that all guesses of the chain so far are accepted
    private var path: [Int] = []                  // their classes of entropy
    private var skipped = 0                       // rounds without a draft
    private var tokens = CostRule.memory, time = CostRule.memory     // of the last rounds, forgotten slowly

    /// Rounds without a draft after which one is made, to see whether it pays now, and the most that this may take of the time of those rounds.
    static let patience = 32, trialShare = 0.02
    /// How many rounds the rate remembers.
    static let memory = 32.0
    private static let classes = 10

    /// A share of what happened, that begins with a guess and forgets slowly.
    private struct Share {
        var hits: Double, all: Double
        var value: Double { hits / all }
        init(prior: Double) { (hits, all) = (2 * prior, 2) }
        mutating func note(_ hit: Bool) {
            (hits, all) = (0.995 * hits + (hit ? 1 : 0), 0.995 * all + 1)
        }
    }

    /// Knows nothing of the drafter yet: AdaEDL's bound stands for what is to be learnt.
    /// - Parameter costs: for one row more than the longest chain has guesses.
    public init(_ costs: DraftCosts) {
        self.costs = costs
        byEntropy = (0..<Self.classes).map { Share(prior: max(0.05, 1 - (AdaEDL.gamma * Self.entropy(of: $0)).squareRoot())) }
    }

    /// Classes are even in the root of the entropy, up to 4.5 nats.
    private static func classOf(_ entropy: Double) -> Int { min(classes - 1, Int((max(entropy, 0) / 4.5).squareRoot() * Double(classes - 1) + 0.5)) }
    private static func entropy(of index: Int) -> Double { 4.5 * Double(index * index) / Double((classes - 1) * (classes - 1)) }

    /// The chance that the guess at a depth (from 0) is accepted if those above it are, its law unknown.
    private func prospect(_ depth: Int) -> Double { depth < byDepth.count ? byDepth[depth].value : byDepth.last?.value ?? 0.8 }

    /// What a guess at a depth adds to the time.
    private func price(_ depth: Int) -> Double { costs.draft + costs.target(rows: depth + 2) - costs.target(rows: depth + 1) }

    /// Expected tokens a unit of time of the best chain, by what is known of depths; chains are as long as costs are known for.
    public var foretold: Double {
        var best = 1.0, chance = 1.0, tokens = 1.0, time = 1.0
        for depth in 0..<(costs.target.count - 1) {
            chance *= prospect(depth)
            tokens += chance
            time += price(depth)
            best = max(best, tokens / time)
        }
        return best
    }

    mutating func drafts() -> Bool {
        (chance, path) = (1, [])
        let trial = Double(skipped) * costs.reading + price(0)
        if foretold > 1 || (skipped >= Self.patience && trial <= Self.trialShare * Double(skipped)) {
            skipped = 0
            return true
        }
        skipped += 1
        return false
    }

    mutating func ends(with law: TokenLaw, depth: Int) -> Bool {
        let index = Self.classOf(law.entropy)
        path.append(index)
        chance *= byEntropy[index].value
        return chance * prospect(depth) <= max(rate, 1) * price(depth)
    }

    mutating func note(drafted: Int, accepted: Int) {
        guard drafted > 0 else { return }
        for depth in 0..<min(accepted + 1, drafted) {
            if depth < path.count { byEntropy[path[depth]].note(depth < accepted) }
            while byDepth.count <= depth { byDepth.append(Share(prior: byDepth.last?.value ?? 0.8)) }
            byDepth[depth].note(depth < accepted)
        }
        let kept = 1 - 1 / Self.memory
        tokens = kept * tokens + Double(accepted + 1)
        time = kept * time + Double(drafted) * costs.draft + costs.target(rows: drafted + 1)
    }
}
