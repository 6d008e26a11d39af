import Tensors

/// The probabilities from which the next token is drawn: of the model's logits, what mask, temperature and cuts leave.
public struct TokenLaw: Sendable, Equatable {
    /// The probability of each token, [V]; their sum is 1 but for rounding.
    public private(set) var probabilities: [Float]

    /// - Parameter weights: [V], none negative, not all 0; in any unit.
    public init(weights: [Float]) {
        probabilities = weights
        scale()
    }

    private init(probabilities: [Float]) { self.probabilities = probabilities }

    /// One token for sure.
    public init(certain token: Int, of count: Int) {
        precondition(token >= 0 && token < count, "token \(token) of a vocabulary of \(count)")
        probabilities = [Float](repeating: 0, count: count)
        probabilities[token] = 1
    }

    /// Of logits [V] as they are, divided by a temperature.
    /// - Precondition: their largest is finite, the temperature above 0.
    init(_ logits: UnsafeBufferPointer<Float>, temperature: Float) {
        probabilities = [Float](unsafeUninitializedCapacity: logits.count) { buffer, count in
            count = logits.count
            if let target = buffer.baseAddress { Inference.softmax(logits, temperature: temperature, into: target) }
        }
    }

    /// Every token that a mask allows is as likely as the others.
    package init(evenOver mask: TokenMask) { self.init(weights: (0..<mask.count).map { mask.isAllowed($0) ? 1 : 0 }) }

    /// The law of the same tokens where they have other ids and stand among others: `tokens` are the new ids, −1 for those that have none and no probability.
    package func spread(over tokens: [Int32], of count: Int) -> TokenLaw {
        var spread = [Float](repeating: 0, count: count)
        for (id, token) in tokens.enumerated() where token >= 0 { spread[Int(token)] = probabilities[id] }
        return TokenLaw(probabilities: spread)
    }

    /// The probability of a token.
    public subscript(_ token: Int) -> Float { probabilities[token] }

    /// In nats: −Σ p ln p.
    public var entropy: Double { max(0, Double(probabilities.withUnsafeBufferPointer(Inference.entropy))) }

    /// The likeliest token's probability.
    public var confidence: Float { probabilities.max() ?? 0 }

    /// The `count` likeliest tokens of those that can be, the likeliest first, the lower id first among equals.
    public func likeliest(_ count: Int) -> [Int] {
        var best: [Int] = []
        var floor: Float = 0
        for token in probabilities.indices where probabilities[token] > floor || (best.count < count && probabilities[token] > 0) {
            best.insert(token, at: best.firstIndex { probabilities[$0] < probabilities[token] } ?? best.count)
            if best.count > count { best.removeLast() }
            if best.count == count, let last = best.last { floor = probabilities[last] }
        }
        return best
    }

    /// Draws a token.
    public func draw(_ random: inout RandomSource) -> Int {
        var rest = random.uniform() * probabilities.reduce(0.0) { $0 + Double($1) }, last = 0
        for (token, probability) in probabilities.enumerated() where probability > 0 {
            last = token
            rest -= Double(probability)
            if rest < 0 { break }
        }
        return last
    }

    /// What is left when a token cannot come: the others' probabilities in proportion. A law of that token alone stays as it is.
    public mutating func remove(_ token: Int) {
        let removed = probabilities[token]
        probabilities[token] = 0
        guard scale() else { return probabilities[token] = max(removed, 1) }
    }

    /// The residual law: what this one has more than another, max(0, p − other), in proportion (Leviathan et al. 2023, section 2.3). Where it has nowhere more,
    /// the two are the same but for rounding, and it stays as it is.
    /// - Precondition: the laws are of one vocabulary.
    public mutating func subtract(_ other: TokenLaw) {
        precondition(other.probabilities.count == probabilities.count, "laws of \(probabilities.count) and \(other.probabilities.count) tokens")
        let before = probabilities
        for token in probabilities.indices { probabilities[token] = max(0, probabilities[token] - other.probabilities[token]) }
        if !scale() { probabilities = before }
    }

    /// Makes the sum 1; false where it is 0.
    @discardableResult
    private mutating func scale() -> Bool {
        let total = probabilities.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return false }
        // Divided in Double: what is left may be so small that its inverse is no Float.
        for token in probabilities.indices { probabilities[token] = Float(Double(probabilities[token]) / total) }
        return true
    }
}
