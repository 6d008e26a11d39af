import Foundation
import Tensors

/// The model with a KV cache: appends tokens and gives the logits of what comes next, without a graph.
///
/// Several tokens at once are worked through in chunks of rows; the bits are those of one token at a time, and do not
/// depend on the thread count. After `init` nothing is allocated.
///
/// ```swift
/// let session = DecodingSession(decoder, capacity: 512)
/// try session.extend(with: prompt)
/// let next = sampler.pick(session.lastLogits)
/// try session.extend(with: next)
/// session.truncate(to: prompt.count)                  // another continuation of the same prompt
/// ```
///
/// One slot of a `DecodingBatch`. Not thread-safe; several sessions may share one model.
public final class DecodingSession {
    private let batch: DecodingBatch

    /// - Precondition: `capacity` is 1 or more.
    public convenience init(_ model: DecodingModel, capacity: Int, sourceCapacity: Int = 0) {
        self.init(DecodingBatch(model, capacity: capacity, sourceCapacity: sourceCapacity))
    }

    /// Slot 0 of a batch that others may use too, in turn.
    package init(_ batch: DecodingBatch) { self.batch = batch }

    /// A session of a decoder's weights as they are now.
    public convenience init(_ decoder: Decoder, format: WeightFormat = .float32, capacity: Int) {
        precondition(capacity > 0, "a session of \(capacity) positions")
        self.init(DecodingModel(decoder, format: format, positions: capacity), capacity: capacity)
    }

    /// The model whose weights are read.
    public var model: DecodingModel { batch.model }
    /// The most tokens there is room for: what was asked for, at most the model's positions.
    public var capacity: Int { batch.capacity }
    /// Tokens in the cache.
    public var position: Int { batch.position(0) }

    /// Gives what cross-attention asks, [S, G], and forgets all tokens: `DecodingBatch.setSource`.
    public func setSource(_ source: Tensor) { batch.setSource(0, source) }

    // MARK: Appending

    /// Appends tokens; `lastLogits` then tells what comes next. On an error nothing is appended.
    public func extend(with tokens: [Int]) throws(DecodingError) { try batch.extend([(0, tokens)]) }

    /// Appends one token.
    public func extend(with token: Int) throws(DecodingError) { try batch.extend(0, with: token) }

    /// Appends tokens and gives the logits [V] after the last one, copied.
    @discardableResult
    public func append(_ tokens: [Int]) throws(DecodingError) -> [Float] {
        try extend(with: tokens)
        return lastLogits
    }

    /// Appends tokens and gives the logits after each, [n·V].
    public func appendEach(_ tokens: [Int]) throws(DecodingError) -> [Float] {
        var all: [Float] = []
        all.reserveCapacity(tokens.count * model.config.vocabularySize)
        try extendEach(with: tokens) { all.append(contentsOf: $0) }
        return all
    }

    /// Appends tokens and calls `body` with the logits [V] after each, without copying.
    public func extendEach(with tokens: [Int], _ body: (UnsafeBufferPointer<Float>) -> Void) throws(DecodingError) {
        try batch.extendEach(0, tokens, body)
    }

    /// Forgets the tokens from a position on. There are no logits until the next token.
    /// - Precondition: `position` is at most the session's.
    public func truncate(to position: Int) { batch.truncate(0, to: position) }

    // MARK: Logits

    /// The logits [V] after the last token, where they lie: valid until the next call.
    package var logits: UnsafeBufferPointer<Float> { batch.logits(0) }

    /// Whether there are logits: after an append, until a truncation.
    public var isReady: Bool { batch.isReady(0) }

    /// The logits [V] after the last token, copied; empty when there are none.
    public var lastLogits: [Float] { isReady ? Array(logits) : [] }

    /// Calls `body` with the logits [V] after the last token, without copying.
    public func withLogits<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) throws -> R {
        guard isReady else { throw DecodingError.noLogits }
        return try body(logits)
    }
}

extension DecodingSession {
    /// The likeliest allowed token and the logarithm of its probability among the allowed ones; nil where none is allowed.
    /// - Precondition: there are logits.
    package func likeliest(of mask: TokenMask) -> (token: Int, logProbability: Double)? {
        let all = logits
        var best: Int?, sum = 0.0
        mask.forEachAllowed { if best.map({ all[$0] }) ?? -.infinity < all[$0] || best == nil { best = $0 } }
        guard let best else { return nil }
        mask.forEachAllowed { sum += exp(Double(all[$0] - all[best])) }
        return (best, -log(sum))
    }
}
