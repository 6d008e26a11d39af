import Language
import Tensors

/// What passes take, in units of one plain step of the target.
public struct DraftCosts: Sendable, Codable, Equatable {
    /// A step of the drafter.
    public let draft: Double
    /// What it takes the drafter to read a token among many, as it must after rounds without a draft.
    public let reading: Double
    /// A pass of the target over 1, 2, 3, … rows; the first is 1.
    public let target: [Double]

    /// - Precondition: a row or more.
    public init(draft: Double, reading: Double = 0, target: [Double]) {
        precondition(!target.isEmpty, "no rows measured")
        (self.draft, self.reading, self.target) = (draft, reading, target)
    }

    /// A pass of the target over so many rows; beyond those measured, in proportion.
    public func target(rows: Int) -> Double {
        rows <= target.count ? target[max(rows, 1) - 1] : target[target.count - 1] * Double(rows) / Double(target.count)
    }
}

extension DraftCosts {
    /// Measures a target, and a drafter that is a model or none, by what a round does with them: passes, laws, draws.
    /// - Parameters:
    ///   - sampling: how tokens are drawn.
    ///   - rows: the most rows of a pass that are measured; those between a few are reckoned from their neighbours.
    ///   - context: positions before them.
    ///   - source: what those with cross-attention ask, [S, G].
    public static func measure(target: DecodingModel, drafter: DraftModel?, sampling: Sampling, rows: Int, context: Int = 64, source: Tensor? = nil) throws -> DraftCosts {
        let most = max(1, min(rows, DecodingBatch.largestTree, target.positions)), some = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64].filter { $0 < most } + [most]
        let seconds = try measure(DraftModel(target), sampling, rows: some, context: context, source, draws: false), plain = seconds[0]
        let all = (1...most).map { row -> Double in
            let above = some.firstIndex { $0 >= row } ?? 0
            guard some[above] > row else { return seconds[above] / plain }
            let share = Double(row - some[above - 1]) / Double(some[above] - some[above - 1])
            return (seconds[above - 1] + share * (seconds[above] - seconds[above - 1])) / plain
        }
        let free = Sampling(temperature: sampling.temperature == 0 ? 1 : sampling.temperature, topK: sampling.topK, topP: sampling.topP, minP: sampling.minP)
        let many = max(1, min(32, drafter?.model.positions ?? 1)), drafts = try drafter.map { try measure($0, free, rows: [1, many], context: context, source, draws: true).map { $0 / plain } } ?? [0, 0]
        return DraftCosts(draft: drafts[0], reading: drafts[1] / Double(many), target: all)
    }

    /// Seconds of a pass over so many rows and of a law after one of them, the least of three.
    /// - Parameter draws: with what a drafter does: the law's entropy, and a token of it.
    private static func measure(_ drafter: DraftModel, _ sampling: Sampling, rows: [Int], context: Int, _ source: Tensor?, draws: Bool) throws -> [Double] {
        let context = max(0, min(context, drafter.model.positions - (rows.max() ?? 1))), clock = ContinuousClock()
        var laws = drafter.laws(capacity: context + (rows.max() ?? 1), sampling: sampling, source: source), mask = TokenMask(count: laws.vocabularySize), random = RandomSource(seed: 0)
        mask.allowAll()
        try laws.begin([Int](repeating: 0, count: context)[...])
        return try rows.map { count in
            let chain = TokenTree(chain: [Int](repeating: 0, count: count))
            return try (0..<4).map { _ in
                defer { laws.forgetTree() }
                return try clock.measure {
                    laws.take(state: [Float](repeating: 0, count: drafter.model.config.hintWidth ?? 0))
                    try laws.grow(to: chain)
                    let law = try laws.law(after: count - 1, mask: mask)
                    if draws { _ = (law.entropy, law.draw(&random)) }
                } / .seconds(1)
            }.dropFirst().min() ?? 0                                  // the first reads the context
        }
    }
}
