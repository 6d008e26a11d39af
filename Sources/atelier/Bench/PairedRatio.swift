import Foundation

/// The geometric mean of ratios, each of one thing measured two ways, with its 95 % interval over the things.
struct PairedRatio: Codable {
    let mean: Double
    /// Not there for fewer than two things.
    let low: Double?, high: Double?

    /// - Parameter logarithms: of the ratios, one a thing.
    init(logarithms: [Double]) {
        let count = Double(max(logarithms.count, 1)), middle = logarithms.reduce(0, +) / count
        mean = exp(middle)
        guard logarithms.count > 1 else {
            (low, high) = (nil, nil)
            return
        }
        let deviation = (logarithms.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / (count - 1)).squareRoot(), half = Self.studentT(logarithms.count - 1) * deviation / count.squareRoot()
        (low, high) = (exp(middle - half), exp(middle + half))
    }

    /// As in a table: `1.24 (1.10–1.40)`.
    var shown: String { Self.shown(mean, low, high) }

    static func shown(_ mean: Double, _ low: Double?, _ high: Double?) -> String {
        let interval = low.flatMap { low in high.map { String(format: " (%.2f–%.2f)", low, $0) } }
        return String(format: "%.2f", mean) + (interval ?? "")
    }

    /// The 97.5th percentile of Student's t, to 1 % from two degrees of freedom on (Cornish and Fisher's expansion).
    private static func studentT(_ freedom: Int) -> Double {
        guard freedom > 1 else { return 12.706 }
        let z = 1.96, n = Double(freedom)
        return z + (pow(z, 3) + z) / (4 * n) + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * n * n) + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / (384 * n * n * n)
    }
}
