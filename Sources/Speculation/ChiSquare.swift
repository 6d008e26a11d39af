import Foundation

/// Pearson's test of counts against the law that they should have.
public struct ChiSquare: Sendable, Codable, Equatable {
    /// Σ (found − expected)² / expected, cells of fewer than five expected put together.
    public let statistic: Double
    /// Cells less one.
    public let freedom: Int
    /// The chance of a statistic as large, were the law right.
    public let probability: Double

    /// - Parameters:
    ///   - counts: of each outcome; one that the law does not have at all makes the probability 0.
    ///   - law: of the outcomes.
    package init<Outcome: Hashable>(_ counts: [Outcome: Int], law: [Outcome: Double]) {
        let all = Double(counts.values.reduce(0, +))
        // From the rarest up, cells are put together until five are expected.
        var cells: [(found: Double, expected: Double)] = [], rest = (found: 0.0, expected: 0.0)
        for (outcome, probability) in law.sorted(by: { $0.value < $1.value }) {
            rest = (rest.found + Double(counts[outcome] ?? 0), rest.expected + all * probability)
            guard rest.expected >= 5 else { continue }
            cells.append(rest)
            rest = (0, 0)
        }
        statistic = cells.reduce(0) { $0 + ($1.found - $1.expected) * ($1.found - $1.expected) / $1.expected }
        freedom = max(cells.count - 1, 0)
        probability = counts.keys.contains { law[$0] == nil } ? 0 : freedom == 0 ? 1 : Self.upperGamma(Double(freedom) / 2, statistic / 2)
    }

    /// The regularised upper incomplete gamma function Q(a, x): by its series below a + 1, else by its continued fraction (Lentz), as Press et al., "Numerical recipes", section 6.2.
    static func upperGamma(_ a: Double, _ x: Double) -> Double {
        guard x > 0 else { return 1 }
        let scale = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            var term = 1 / a, sum = term, n = a
            while abs(term) > 1e-15 * abs(sum) {
                n += 1
                term *= x / n
                sum += term
            }
            return max(0, 1 - sum * scale)
        }
        let tiny = 1e-300
        var b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d
        for i in 1..<1_000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            if abs(d) < tiny { d = tiny }
            c = b + an / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            h *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return scale * h
    }
}
