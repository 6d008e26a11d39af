/// A share of trials with its 95 % confidence interval (Wilson 1927).
public struct Rate: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Trials that came out right.
    public var hits: Int
    /// All trials.
    public var trials: Int

    /// A rate of trials so far.
    public init(hits: Int = 0, trials: Int = 0) { (self.hits, self.trials) = (hits, trials) }
    public mutating func record(_ hit: Bool) { hits += hit ? 1 : 0; trials += 1 }
    /// Hits over trials, 0 where there are none.
    public var value: Double { trials == 0 ? 0 : Double(hits) / Double(trials) }

    /// Wilson's 95 % interval; everything from 0 to 1 where there are no trials.
    public var interval: ClosedRange<Double> {
        guard trials > 0 else { return 0...1 }
        let n = Double(trials), z = 1.96, p = value
        let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, middle - half)...min(1, middle + half)
    }

    /// As tables show it: per cent, interval, trials.
    public var description: String {
        func percent(_ value: Double) -> String { "\((value * 1_000).rounded() / 10)" }
        return "\(percent(value)) % [\(percent(interval.lowerBound))–\(percent(interval.upperBound))] of \(trials)"
    }

    enum CodingKeys: CodingKey { case hits, trials, rate, low, high }
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(hits: try keys.decode(Int.self, forKey: .hits), trials: try keys.decode(Int.self, forKey: .trials))
    }
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(hits, forKey: .hits)
        try keys.encode(trials, forKey: .trials)
        try keys.encode(value, forKey: .rate)
        try keys.encode(interval.lowerBound, forKey: .low)
        try keys.encode(interval.upperBound, forKey: .high)
    }
}
