import Foundation
import Tensors

/// A figure that is no plain share of trials, with its 95 % interval.
public struct Estimate: Codable, Sendable, Equatable, CustomStringConvertible {
    /// The figure.
    public var value: Double
    /// The ends of its 95 % interval.
    public var low, high: Double

    /// A figure, certain where no interval is given.
    public init(_ value: Double = 0, low: Double? = nil, high: Double? = nil) { (self.value, self.low, self.high) = (value, low ?? value, high ?? value) }

    /// As tables show it: three places, interval.
    public var description: String {
        func three(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
        return "\(three(value)) [\(three(low))–\(three(high))]"
    }

    /// Percentile bootstrap over independent units (Efron and Tibshirani 1993, section 13.3).
    /// - Parameters:
    ///   - count: units: drawings, classes or prompts.
    ///   - figure: of the units at these places, the same place several times over; all of them in order give the value.
    package static func bootstrap(over count: Int, resamples: Int = 1_000, seed: UInt64, _ figure: ([Int]) -> Double) -> Estimate {
        let value = figure(Array(0..<count))
        guard count > 0, resamples > 0 else { return Estimate(value) }
        var random = RandomSource(seed: seed)
        let sorted = (0..<resamples).map { _ in figure((0..<count).map { _ in random.int(below: count) }) }.sorted()
        return Estimate(value, low: sorted[Int(0.025 * Double(resamples))], high: sorted[min(resamples - 1, Int(0.975 * Double(resamples)))])
    }

    /// Delete-a-group jackknife for a smooth figure that is dear to compute (Kott 2001): the variance is (G − 1)/G Σ (θ_g − mean θ)².
    /// - Parameter replicates: the figure without one group of the drawings, for each of G equal groups.
    package static func jackknife(_ value: Double, replicates: [Double]) -> Estimate {
        guard replicates.count > 1 else { return Estimate(value) }
        let groups = Double(replicates.count), mean = replicates.reduce(0, +) / groups
        let variance = (groups - 1) / groups * replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let half = 1.96 * variance.squareRoot()
        return Estimate(value, low: value - half, high: value + half)
    }

    /// The same for a ratio of positive figures, on its logarithm, so that the interval stays above 0; certain where one is 0.
    package static func jackknife(ratio: Double, replicates: [Double]) -> Estimate {
        guard ratio > 0, replicates.allSatisfy({ $0 > 0 }) else { return Estimate(ratio) }
        let logarithm = jackknife(log(ratio), replicates: replicates.map { log($0) })
        return Estimate(ratio, low: exp(logarithm.low), high: exp(logarithm.high))
    }
}
