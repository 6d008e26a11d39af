import Foundation

/// The geometric mean of ratios, each of one thing measured two ways, with its 95 % interval over the things.
struct PairedRatio: Codable {
    let mean: Double, low: Double, high: Double

    /// - Parameter logarithms: of the ratios, one a thing.
    init(logarithms: [Double]) {
        let count = Double(max(logarithms.count, 1)), middle = logarithms.reduce(0, +) / count
        let deviation = (logarithms.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(max(logarithms.count - 1, 1))).squareRoot()
        let half = Self.studentT(logarithms.count - 1) * deviation / count.squareRoot()
        (mean, low, high) = (exp(middle), exp(middle - half), exp(middle + half))
    }

    /// The 97.5th percentile of Student's t, to 1 % from two degrees of freedom on (Cornish and Fisher's expansion).
    private static func studentT(_ freedom: Int) -> Double {
        guard freedom > 1 else { return 12.706 }
        let z = 1.96, n = Double(freedom)
        return z + (pow(z, 3) + z) / (4 * n) + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * n * n) + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / (384 * n * n * n)
    }
}
