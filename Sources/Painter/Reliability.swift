/// Whether answers are right as often as they are sure: in bins of as many answers each, the least sure first.
public struct Reliability: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Answers that are about as sure as one another.
    public struct Bin: Codable, Sendable, Equatable {
        /// Answers in it.
        public var count: Int
        /// How sure they are in the mean, and how many of them are right, 0…1.
        public var confidence, accuracy: Double
    }

    /// The least sure first; fewer where there are fewer answers.
    public var bins: [Bin] = []
    /// The expected calibration error, 0…1: how far accuracy is from confidence, in the mean of all answers (Naeini, Cooper and Hauskrecht 2015, with
    /// the bins of Nguyen and O'Connor 2015).
    public var error = 0.0

    /// Of no answers.
    public init() {}

    /// - Parameter count: bins, 1 or more; they differ by one answer at most.
    package init(_ answers: [(confidence: Double, isRight: Bool)], bins count: Int = 10) {
        let order = answers.indices.sorted { (answers[$0].confidence, $0) < (answers[$1].confidence, $1) }
        for bin in 0..<count {
            let some = order[bin * order.count / count..<(bin + 1) * order.count / count]
            guard !some.isEmpty else { continue }
            let size = Double(some.count)
            bins.append(Bin(
                count: some.count, confidence: some.reduce(0) { $0 + answers[$1].confidence } / size, accuracy: Double(some.count { answers[$0].isRight }) / size))
        }
        error = bins.reduce(0) { $0 + Double($1.count) * abs($1.accuracy - $1.confidence) } / Double(max(answers.count, 1))
    }

    /// Each bin as per cent sure and per cent right.
    public var description: String {
        func percent(_ value: Double) -> Int { Int((100 * value).rounded()) }
        return bins.map { "\(percent($0.confidence)):\(percent($0.accuracy))" }.joined(separator: " ")
    }
}
