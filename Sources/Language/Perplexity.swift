import Foundation

/// How well a model foretells a text, beside what the text's own token frequencies would give.
///
/// The text is cut into windows that do not overlap; each begins from nothing (no begin token), and its first token is not
/// scored. A last, shorter window counts.
public struct Perplexity: Codable, Sendable, Equatable {
    /// Mean negative log likelihood of a token, in nats.
    public let meanNats: Double
    /// e to that.
    public let perplexity: Double
    /// Tokens of the text, those of them that were scored, and windows.
    public let tokens, scored, windows: Int
    /// The baseline: the entropy of the text's own token frequencies, in nats, and e to that.
    public let unigramNats, unigramPerplexity: Double

    /// Measures a model.
    /// - Parameters:
    ///   - ids: two tokens or more.
    ///   - window: tokens of a window, 2 to the model's positions.
    ///   - onWindow: called with the tokens done after each window; false ends the work early, and the result is nil.
    public static func measure(
        _ model: DecodingModel, ids: [Int], window: Int, onWindow: ((_ done: Int) -> Bool)? = nil
    ) throws(DecodingError) -> Perplexity? {
        precondition(ids.count > 1 && window > 1, "\(ids.count) tokens in windows of \(window)")
        let session = DecodingSession(model, capacity: window)
        var sum = 0.0, scored = 0, windows = 0
        for start in stride(from: 0, to: ids.count - 1, by: window) {
            let end = min(ids.count, start + window)
            sum += try session.nats(of: Array(ids[start..<end]))
            scored += end - start - 1
            windows += 1
            if let onWindow, !onWindow(end) { return nil }
        }
        var counts: [Int: Int] = [:]
        for id in ids { counts[id, default: 0] += 1 }
        let entropy = counts.values.sorted().reduce(0.0) { $0 - Double($1) / Double(ids.count) * log(Double($1) / Double(ids.count)) }
        let mean = sum / Double(scored)
        return Perplexity(meanNats: mean, perplexity: exp(mean), tokens: ids.count, scored: scored, windows: windows,
                          unigramNats: entropy, unigramPerplexity: exp(entropy))
    }

    /// −log softmax(logits)[id].
    fileprivate static func loss(_ logits: UnsafeBufferPointer<Float>, of id: Int) -> Double {
        var highest = -Float.infinity, total: Double = 0
        for x in logits { highest = max(highest, x) }
        for x in logits { total += Double(exp(x - highest)) }
        return Double(highest) + log(total) - Double(logits[id])
    }
}

extension DecodingSession {
    /// Negative log likelihood, in nats, of a text's tokens from the place `first` on, each after all before it. The session begins anew.
    /// - Precondition: `first` is 1 or more, and below the number of tokens.
    package func nats(of tokens: [Int], from first: Int = 1) throws(DecodingError) -> Double {
        precondition(first > 0 && first < tokens.count, "tokens from \(first) on of \(tokens.count)")
        truncate(to: 0)
        if first > 1 { try extend(with: Array(tokens[..<(first - 1)])) }
        var sum = 0.0, next = first
        try extendEach(with: Array(tokens[(first - 1)..<(tokens.count - 1)])) { logits in
            sum += Perplexity.loss(logits, of: tokens[next])
            next += 1
        }
        return sum
    }
}
