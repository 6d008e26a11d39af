import Tensors

/// The model with a KV cache: appends tokens and gives the logits of what comes next, without a graph.
///
/// Several tokens at once are worked through in chunks of rows; the bits are those of one token at a time, and do not
/// depend on the thread count. After `init` nothing is allocated. Weights are read where the decoder has them, so a
/// session of a decoder in training sees the weights of the moment (keys and values in the cache stay as they were).
///
/// ```swift
/// let session = DecodingSession(decoder, capacity: 512)
/// try session.extend(with: prompt)
/// let next = sampler.pick(session.lastLogits)
/// try session.extend(with: next)
/// session.truncate(to: prompt.count)                  // another continuation of the same prompt
/// ```
///
/// Not thread-safe; several sessions may share one decoder.
public final class DecodingSession {
    /// The model whose weights are read.
    public let decoder: Decoder
    /// The most tokens there is room for: what was asked for, at most the model's positions.
    public let capacity: Int
    /// Tokens in the cache.
    public private(set) var position = 0

    /// Rows worked through together.
    private static let chunk = 64

    private var hasLogits = false
    private let keys, values: Buffer                  // [L, capacity, H_kv·D], keys rotated
    private let rotary: RotaryTable
    private let x, normed: Buffer                     // [chunk, C]
    private let query, mixed: Buffer                  // [chunk, H·D]
    private let gate, up: Buffer                      // [chunk, F]
    private let scores: Buffer                        // [V]

    /// - Precondition: `capacity` is 1 or more.
    public init(_ decoder: Decoder, capacity: Int) {
        precondition(capacity > 0, "a session of \(capacity) positions")
        let config = decoder.config
        let capacity = min(capacity, config.positions)
        let rows = min(Self.chunk, capacity), cache = config.layers * capacity * config.keyValueHeads * config.headWidth
        self.decoder = decoder
        self.capacity = capacity
        keys = Buffer(cache)
        values = Buffer(cache)
        x = Buffer(rows * config.width)
        normed = Buffer(rows * config.width)
        query = Buffer(rows * config.heads * config.headWidth)
        mixed = Buffer(rows * config.heads * config.headWidth)
        gate = Buffer(rows * config.hiddenWidth)
        up = Buffer(rows * config.hiddenWidth)
        scores = Buffer(config.vocabularySize)
        rotary = decoder.rotary(positions: capacity)
    }

    // MARK: Appending

    /// Appends tokens; `lastLogits` then tells what comes next. On an error nothing is appended.
    public func extend(with tokens: [Int]) throws(DecodingError) {
        try check(tokens.count) { tokens[$0] }
        var done = 0
        while done < tokens.count {
            let rows = min(Self.chunk, tokens.count - done)
            let first = done
            forward(rows) { tokens[first + $0] }
            done += rows
            if done == tokens.count { project(row: rows - 1) }
        }
    }

    /// Appends one token.
    public func extend(with token: Int) throws(DecodingError) {
        try check(1) { _ in token }
        forward(1) { _ in token }
        project(row: 0)
    }

    /// Appends tokens and gives the logits [V] after the last one, copied.
    @discardableResult
    public func append(_ tokens: [Int]) throws(DecodingError) -> [Float] {
        try extend(with: tokens)
        return lastLogits
    }

    /// Appends tokens and gives the logits after each, [n·V].
    public func appendEach(_ tokens: [Int]) throws(DecodingError) -> [Float] {
        try check(tokens.count) { tokens[$0] }
        let V = decoder.config.vocabularySize
        var all: [Float] = []
        all.reserveCapacity(tokens.count * V)
        var done = 0
        while done < tokens.count {
            let rows = min(Self.chunk, tokens.count - done), first = done
            forward(rows) { tokens[first + $0] }
            for row in 0..<rows {
                project(row: row)
                all.append(contentsOf: logits)
            }
            done += rows
        }
        return all
    }

    /// Forgets the tokens from a position on. There are no logits until the next token.
    /// - Precondition: `position` is at most the session's.
    public func truncate(to position: Int) {
        precondition(position >= 0 && position <= self.position, "truncating \(self.position) tokens to \(position)")
        if position < self.position { hasLogits = false }
        self.position = position
    }

    // MARK: Logits

    /// The logits [V] after the last token, where they lie: valid until the next call.
    package var logits: UnsafeBufferPointer<Float> {
        precondition(hasLogits, "\(DecodingError.noLogits)")
        return UnsafeBufferPointer(start: scores.start, count: decoder.config.vocabularySize)
    }

    /// Whether there are logits: after an append, until a truncation.
    public var isReady: Bool { hasLogits }

    /// The logits [V] after the last token, copied; empty when there are none.
    public var lastLogits: [Float] { hasLogits ? Array(logits) : [] }

    /// Calls `body` with the logits [V] after the last token, without copying.
    public func withLogits<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) throws -> R {
        guard hasLogits else { throw DecodingError.noLogits }
        return try body(logits)
    }

    // MARK: Forward

    private func check(_ count: Int, _ token: (Int) -> Int) throws(DecodingError) {
        guard count > 0 || hasLogits else { throw .noLogits }
        guard count <= capacity - position else { throw .full(position: position, adding: count, capacity: capacity) }
        let size = decoder.config.vocabularySize
        for i in 0..<count where token(i) < 0 || token(i) >= size {
            throw .unknownToken(id: token(i), vocabularySize: size)
        }
    }

    /// Runs rows of tokens through all blocks into `x`, and moves the position on.
    private func forward(_ rows: Int, _ token: (Int) -> Int) {
        let config = decoder.config
        let C = config.width, F = config.hiddenWidth, D = config.headWidth, H = config.heads
        let queryWidth = H * D, cacheWidth = config.keyValueHeads * D
        for row in 0..<rows { Inference.embed(token(row), table: decoder.embedding.start, width: C, into: x.start + row * C) }
        for (index, layer) in decoder.layers.enumerated() {
            let keyCache = keys.start + index * capacity * cacheWidth, valueCache = values.start + index * capacity * cacheWidth
            let newKeys = keyCache + position * cacheWidth, newValues = valueCache + position * cacheWidth
            Inference.rmsNorm(x.start, rows: rows, width: C, weight: layer.inputNorm.start, epsilon: config.epsilon, into: normed.start)
            linear(normed, layer.query, layer.queryBias, rows, C, queryWidth, query.start)
            linear(normed, layer.key, layer.keyBias, rows, C, cacheWidth, newKeys)
            linear(normed, layer.value, layer.valueBias, rows, C, cacheWidth, newValues)
            Inference.rotate(query.start, rows: rows, heads: H, table: rotary, first: position)
            Inference.rotate(newKeys, rows: rows, heads: config.keyValueHeads, table: rotary, first: position)
            Inference.attendCached(
                query: query.start, rows: rows, first: position, keyCache: keyCache, valueCache: valueCache, heads: H,
                keyValueHeads: config.keyValueHeads, headWidth: D, into: mixed.start)
            linear(mixed, layer.output, layer.outputBias, rows, queryWidth, C, normed.start)
            Inference.add(normed.start, count: rows * C, into: x.start)
            Inference.rmsNorm(x.start, rows: rows, width: C, weight: layer.hiddenNorm.start, epsilon: config.epsilon, into: normed.start)
            linear(normed, layer.gate, nil, rows, C, F, gate.start)
            linear(normed, layer.up, nil, rows, C, F, up.start)
            Inference.siluMultiply(gate: gate.start, up: up.start, count: rows * F, into: gate.start)
            linear(gate, layer.down, nil, rows, F, C, normed.start)
            Inference.add(normed.start, count: rows * C, into: x.start)
        }
        position += rows
        hasLogits = false
    }

    /// The logits of one row of the last chunk.
    private func project(row: Int) {
        let config = decoder.config, C = config.width
        Inference.rmsNorm(x.start + row * C, rows: 1, width: C, weight: decoder.norm.start, epsilon: config.epsilon, into: normed.start)
        linear(normed, decoder.head, nil, 1, C, config.vocabularySize, scores.start)
        hasLogits = true
    }

    private func linear(
        _ input: Buffer, _ weight: Tensor, _ bias: Tensor?, _ rows: Int, _ inputs: Int, _ outputs: Int,
        _ output: UnsafeMutablePointer<Float>
    ) {
        Inference.linear(
            input.start, rows: rows, weight: weight.start, bias: bias?.start, inputs: inputs, outputs: outputs, into: output)
    }
}

extension Tensor {
    /// Where the values lie; the decoder keeps them alive.
    fileprivate var start: UnsafePointer<Float> { withUnsafePointer { $0 } }
}

/// Memory of a session, cache-line aligned.
private final class Buffer {
    let start: UnsafeMutablePointer<Float>

    init(_ count: Int) {
        let bytes = count * MemoryLayout<Float>.stride
        start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(to: Float.self, capacity: count)
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
}
