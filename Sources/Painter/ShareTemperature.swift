import Foundation

/// One temperature that makes shares as sure as they are right, without changing their order (Guo et al. 2017, "On Calibration of Modern Neural
/// Networks", section 4.2).
package enum ShareTemperature {
    /// What a fit may find.
    package static let range = 0.05...20.0

    /// Shares at another temperature, 1 in sum: flatter above 1.
    /// - Precondition: `temperature` is above 0.
    package static func applied(_ temperature: Double, to shares: [Double]) -> [Double] {
        precondition(temperature > 0, "temperature \(temperature)")
        guard temperature != 1, !shares.isEmpty else { return shares }
        let logs = logarithms(shares).map { $0 / temperature }, top = logs.max() ?? 0
        let weights = logs.map { exp($0 - top) }, sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The temperature that makes the true labels likeliest: the one minimum over 1 / temperature, by golden sections of its logarithm (Kiefer 1953).
    /// - Parameter examples: shares, and which of them is the true one.
    /// - Returns: within `range`; 1 where there are no examples.
    package static func fitted(_ examples: [(shares: [Double], label: Int)]) -> Double {
        guard !examples.isEmpty else { return 1 }
        let known = examples.map { (logs: logarithms($0.shares), label: $0.label) }
        func loss(_ logTemperature: Double) -> Double {
            let inverse = exp(-logTemperature)
            return known.reduce(0) { total, example in
                let top = example.logs.max() ?? 0, sum = example.logs.reduce(0) { $0 + exp(($1 - top) * inverse) }
                return total + log(sum) + (top - example.logs[example.label]) * inverse
            }
        }
        let golden = (5.0.squareRoot() - 1) / 2
        var low = log(range.lowerBound), high = log(range.upperBound)
        var left = high - golden * (high - low), right = low + golden * (high - low)
        var leftLoss = loss(left), rightLoss = loss(right)
        while high - low > 1e-5 {
            if leftLoss <= rightLoss {
                (high, right, rightLoss) = (right, left, leftLoss)
                left = high - golden * (high - low)
                leftLoss = loss(left)
            } else {
                (low, left, leftLoss) = (left, right, rightLoss)
                right = low + golden * (high - low)
                rightLoss = loss(right)
            }
        }
        return exp((low + high) / 2)
    }

    private static func logarithms(_ shares: [Double]) -> [Double] { shares.map { log(max($0, 1e-30)) } }
}
