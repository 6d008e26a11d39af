import Tensors

/// Sequences that are decoded together: a pass over the weights serves all their rows.
///
/// Each sequence has a slot with a KV cache of its own. Tokens of several slots are worked through in chunks of rows; a row has
/// the bits that it has alone, whatever stands beside it and however many threads work. After `init` nothing is allocated, but with the first tree room for its logits and states.
///
/// ```swift
/// let batch = DecodingBatch(model, slots: 8, capacity: 512)
/// try batch.extend([(0, prompt), (1, other)])
/// let next = sampler.pick(batch.logits(0))
/// batch.truncate(1, to: 0)                            // slot 1 takes another sequence
/// ```
///
/// Not thread-safe.
public final class DecodingBatch {
    /// The model whose weights are read.
    public let model: DecodingModel
    /// The most tokens a slot has room for: what was asked for, at most the model's positions.
    public let capacity: Int
    /// The number of sequences there is room for.
    public let slots: Int

    /// Rows worked through together.
    private static let chunk = 256

    /// The most rows that a slot's source may have; 0 where the model asks none.
    public let sourceCapacity: Int

    var positionOf: [Int]
    private var sourceLength: [Int]                   // rows of each slot's source; 0: none, its cross-attention is passed over
    var hasLogits: [Bool]
    let shape: Inference.Heads
    private let caches: Buffer                        // [slots, L, 2, shape.cacheSize], keys rotated
    private let sourceShape: Inference.Heads
    private let sources: Buffer                       // [slots, L, 2, sourceShape.cacheSize], of blocks with cross-attention
    private let rows, sourceRows: Inference.Rows
    private let prepared: PreparedRows
    let x, normed: Buffer                             // [chunk, C]
    let hintRow: HintRow?
    private let mixing: Buffer                        // [chunk, (H + 2·H_kv)·D]
    private let mixed: Buffer                         // [chunk, H·D]
    private let gated: Buffer                         // [chunk, F]
    let scores: Buffer                        // [slots, V]
    private let fresh: Buffer                         // [slots, V]: logits of one pass, before they go to their slots
    /// What is tried behind each slot's tokens, not decided yet: node i lies i places behind them in the cache.
    var trees: [TokenTree]
    /// [slots, largestTree, V], once there is a tree.
    private(set) lazy var treeScores = Buffer(slots * Self.largestTree * model.config.vocabularySize)
    /// Whether trees keep what the head reads after each node, for `state(_:node:)`.
    package var keepsStates = false
    private(set) lazy var treeStates = Buffer(slots * Self.largestTree * model.config.width)     // [slots, largestTree, C]
    private var chunkSlots: [Int] = []                // the slot of each row of the chunk
    private var wanted: [(row: Int, slot: Int)] = []

    /// - Parameter sourceCapacity: rows there shall be room for in each slot's source.
    /// - Precondition: `capacity` and `slots` are 1 or more.
    public init(_ model: DecodingModel, slots: Int = 1, capacity: Int, sourceCapacity: Int = 0) {
        precondition(capacity > 0 && slots > 0, "\(slots) slots of \(capacity) positions")
        let config = model.config, capacity = min(capacity, model.positions), rowCount = min(Self.chunk, max(slots * capacity, 1))
        (self.model, self.capacity, self.slots) = (model, capacity, slots)
        positionOf = [Int](repeating: 0, count: slots)
        hasLogits = [Bool](repeating: false, count: slots)
        trees = [TokenTree](repeating: TokenTree(), count: slots)
        shape = Inference.Heads(heads: config.heads, keyValueHeads: config.keyValueHeads, width: config.headWidth, capacity: capacity)
        caches = Buffer(slots * config.layers * 2 * shape.cacheSize)
        self.sourceCapacity = config.crossAttention == nil ? 0 : max(0, sourceCapacity)
        sourceLength = [Int](repeating: 0, count: slots)
        sourceShape = Inference.Heads(heads: config.heads, keyValueHeads: config.keyValueHeads, width: config.headWidth, capacity: self.sourceCapacity)
        sources = Buffer(slots * config.layers * 2 * sourceShape.cacheSize)
        rows = Inference.Rows(capacity: rowCount)
        sourceRows = Inference.Rows(capacity: max(rowCount, self.sourceCapacity))
        hintRow = model.hint.map { HintRow($0, epsilon: config.epsilon) }
        prepared = PreparedRows(rows: max(rowCount, slots), for: model.matrices)
        x = Buffer(max(rowCount, slots) * config.width)
        normed = Buffer(max(rowCount, slots) * config.width)
        mixing = Buffer(rowCount * shape.rowWidth)
        mixed = Buffer(rowCount * config.heads * config.headWidth)
        gated = Buffer(rowCount * config.hiddenWidth)
        scores = Buffer(slots * config.vocabularySize)
        fresh = Buffer(slots == 1 ? 0 : slots * config.vocabularySize)
        chunkSlots.reserveCapacity(rowCount)
        wanted.reserveCapacity(slots)
    }

    /// How many slots there may be where their KV caches shall take at most so many bytes: at least one, at most `most`.
    package static func slots(of config: DecoderConfig, capacity: Int, within bytes: Int, atMost most: Int) -> Int {
        let shape = Inference.Heads(heads: config.heads, keyValueHeads: config.keyValueHeads, width: config.headWidth, capacity: capacity)
        return max(1, min(most, bytes / (config.layers * 2 * shape.cacheSize * MemoryLayout<Float>.stride)))
    }

    /// Tokens in a slot's cache.
    public func position(_ slot: Int) -> Int { positionOf[slot] }
    /// Whether a slot has logits: after an append, until a truncation.
    public func isReady(_ slot: Int) -> Bool { hasLogits[slot] }

    /// Forgets a slot's tokens from a position on. There are no logits until the next token.
    /// - Precondition: `position` is at most the slot's.
    public func truncate(_ slot: Int, to position: Int) {
        precondition(position >= 0 && position <= positionOf[slot], "truncating \(positionOf[slot]) tokens to \(position)")
        if position < positionOf[slot] { hasLogits[slot] = false }
        positionOf[slot] = position
        trees[slot] = TokenTree()
    }

    /// Gives another slot what a slot holds: tokens, source, logits; no tree. Both then go on by themselves, each with the bits that it would have alone.
    /// - Precondition: they are two slots.
    public func copy(_ slot: Int, to other: Int) {
        precondition(slot != other, "copying slot \(slot) to itself")
        for layer in model.layers.indices {
            for half in 0..<2 {                       // keys, values
                let at = half * shape.cacheSize, sourceAt = half * sourceShape.cacheSize
                shape.copyCache(cache(slot, layer: layer) + at, to: cache(other, layer: layer) + at, positions: positionOf[slot])
                sourceShape.copyCache(sourceCache(slot, layer: layer) + sourceAt, to: sourceCache(other, layer: layer) + sourceAt, positions: sourceLength[slot])
            }
        }
        (positionOf[other], sourceLength[other], hasLogits[other], trees[other]) = (positionOf[slot], sourceLength[slot], hasLogits[slot], TokenTree())
        let V = model.config.vocabularySize
        if hasLogits[slot] { (scores.start + other * V).update(from: scores.start + slot * V, count: V) }
    }

    /// The logits [V] after a slot's last token, where they lie: valid until the next call.
    package func logits(_ slot: Int) -> UnsafeBufferPointer<Float> {
        precondition(hasLogits[slot], "\(DecodingError.noLogits)")
        let size = model.config.vocabularySize
        return UnsafeBufferPointer(start: scores.start + slot * size, count: size)
    }

    // MARK: Sources

    /// Gives a slot what its cross-attention asks, [S, G], in place of what it had; its tokens are forgotten, since they asked that.
    /// - Parameter source: no rows: cross-attention is passed over.
    /// - Precondition: the model has cross-attention, S is at most `sourceCapacity`.
    public func setSource(_ slot: Int, _ source: Tensor) {
        guard let G = model.config.crossAttention?.sourceWidth else { preconditionFailure("the model has no cross-attention") }
        let S = source.count / G, width = 2 * model.config.keyValueHeads * model.config.headWidth
        precondition(source.count == S * G && S <= sourceCapacity, "a source of \(source.shape), there is room for \(sourceCapacity) rows of \(G)")
        truncate(slot, to: 0)
        sourceLength[slot] = S
        let made = Buffer(S * width), keyValues = Inference.Heads(
            heads: 0, keyValueHeads: sourceShape.keyValueHeads, width: sourceShape.width, capacity: sourceShape.capacity)
        let input = PreparedRows(rows: S, for: model.layers.compactMap(\.cross?.keyValue)), unturned = RotaryTable.unturned(
            headWidth: sourceShape.width, positions: S)
        for (index, layer) in model.layers.enumerated() {
            guard let cross = layer.cross, S > 0 else { continue }
            let keys = sourceCache(slot, layer: index)
            for row in 0..<S {
                sourceRows.set(row, position: row)
                sourceRows.setCache(row, keys: keys, values: keys + sourceShape.cacheSize)
            }
            source.withUnsafePointer { input.prepare($0, rows: S, stride: G, for: cross.keyValue) }
            cross.keyValue.multiply(input, rows: S, into: made.start, stride: width)        // [S, k | v]
            Inference.rotateAndStore(made.start, sourceRows, count: S, shape: keyValues, table: unturned)
        }
    }

    func cache(_ slot: Int, layer: Int) -> UnsafeMutablePointer<Float> {
        caches.start + (slot * model.config.layers + layer) * 2 * shape.cacheSize
    }

    private func sourceCache(_ slot: Int, layer: Int) -> UnsafeMutablePointer<Float> {
        sources.start + (slot * model.config.layers + layer) * 2 * sourceShape.cacheSize
    }

    // MARK: Appending

    /// Appends tokens to several slots, each named once; `logits` then tells what comes next in each. On an error nothing is appended.
    public func extend(_ additions: [(slot: Int, tokens: [Int])]) throws(DecodingError) {
        for (slot, tokens) in additions { try check(slot, tokens) }
        beginChunk()
        for (slot, tokens) in additions {
            for (index, token) in tokens.enumerated() { add(token, to: slot, wantsLogits: index == tokens.count - 1) }
        }
        finishChunk()
    }

    /// Appends one token to a slot.
    func extend(_ slot: Int, with token: Int) throws(DecodingError) {
        guard token >= 0, token < model.config.vocabularySize else { throw .unknownToken(id: token, vocabularySize: model.config.vocabularySize) }
        guard positionOf[slot] < capacity else { throw .full(position: positionOf[slot], adding: 1, capacity: capacity) }
        beginChunk()
        add(token, to: slot, wantsLogits: true)
        finishChunk()
    }

    /// Appends tokens to a slot and calls `body` with the logits [V] after each.
    func extendEach(_ slot: Int, _ tokens: [Int], _ body: (UnsafeBufferPointer<Float>) -> Void) throws(DecodingError) {
        try check(slot, tokens)
        let size = model.config.vocabularySize, projected = 16, some = Buffer(projected * size)
        for start in stride(from: 0, to: tokens.count, by: rowsAtOnce) {
            beginChunk()
            for token in tokens[start..<min(start + rowsAtOnce, tokens.count)] { add(token, to: slot, wantsLogits: false) }
            let count = chunkSlots.count
            forward()
            for row in stride(from: 0, to: count, by: projected) {
                let n = min(projected, count - row)
                project(row: row, count: n, into: some.start)
                for i in 0..<n { body(UnsafeBufferPointer(start: some.start + i * size, count: size)) }
                (scores.start + slot * size).update(from: some.start + (n - 1) * size, count: size)
            }
            hasLogits[slot] = true
        }
        beginChunk()
    }

    func check(_ slot: Int, _ tokens: [Int]) throws(DecodingError) {
        guard !tokens.isEmpty || hasLogits[slot] else { throw .noLogits }
        guard tokens.count <= capacity - positionOf[slot] else {
            throw .full(position: positionOf[slot], adding: tokens.count, capacity: capacity)
        }
        let size = model.config.vocabularySize
        if let token = tokens.first(where: { $0 < 0 || $0 >= size }) { throw .unknownToken(id: token, vocabularySize: size) }
    }

    // MARK: Chunks of rows

    func beginChunk() {
        chunkSlots.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
    }

    /// Rows that one chunk holds.
    var rowsAtOnce: Int { min(Self.chunk, slots * capacity) }

    /// A tree that the slot had is forgotten.
    func add(_ token: Int, to slot: Int, wantsLogits: Bool) {
        if chunkSlots.count == rowsAtOnce { finishChunk() }
        if wantsLogits { wanted.append((chunkSlots.count, slot)) }
        rows.set(chunkSlots.count, position: positionOf[slot])
        addRow(token, of: slot)
        positionOf[slot] += 1
        hasLogits[slot] = false
        trees[slot] = TokenTree()
    }

    /// A node of a tree, behind the slot's tokens.
    /// - Precondition: the chunk has room.
    func add(_ node: Int, of tree: TokenTree, to slot: Int) {
        let start = positionOf[slot]
        rows.set(chunkSlots.count, trunk: start, branch: tree.path(to: node).map { start + $0 })
        addRow(tree.tokens[node], of: slot)
    }

    private func addRow(_ token: Int, of slot: Int) {
        model.embedding.copyRow(token, into: x.start + chunkSlots.count * model.config.width)
        chunkSlots.append(slot)
    }

    /// Runs what has been added through the model and puts the logits that are wanted into their slots.
    func finishChunk() {
        guard !chunkSlots.isEmpty else { return }
        forward()
        let C = model.config.width, V = model.config.vocabularySize
        if let only = wanted.first, wanted.count == 1 {
            project(row: only.row, count: 1, into: scores.start + only.slot * V)
        } else if !wanted.isEmpty {
            for (index, place) in wanted.enumerated() where index != place.row {          // rows rise, so none is overwritten too early
                (x.start + index * C).update(from: x.start + place.row * C, count: C)
            }
            project(row: 0, count: wanted.count, into: fresh.start)
            for (index, place) in wanted.enumerated() { (scores.start + place.slot * V).update(from: fresh.start + index * V, count: V) }
        }
        for place in wanted { hasLogits[place.slot] = true }
        beginChunk()
    }

    /// Runs the chunk's rows, embedded in `x`, through all blocks.
    func forward() {
        let config = model.config, count = chunkSlots.count
        let C = config.width, F = config.hiddenWidth, W = shape.rowWidth, H = config.heads * config.headWidth
        for (index, layer) in model.layers.enumerated() {
            for (row, slot) in chunkSlots.enumerated() {
                let keys = cache(slot, layer: index)
                rows.setCache(row, keys: keys, values: keys + shape.cacheSize)
            }
            Inference.rmsNorm(x.start, rows: count, width: C, weight: layer.inputNorm, epsilon: config.epsilon, into: normed.start)
            prepared.prepare(normed.start, rows: count, stride: C, for: layer.attention)
            layer.attention.multiply(prepared, rows: count, into: mixing.start, stride: W)          // [n, q | k | v]
            Inference.rotateAndStore(mixing.start, rows, count: count, shape: shape, table: model.rotary)
            Inference.attend(mixing.start, rows, count: count, shape: shape, into: mixed.start)     // [n, H·D]
            prepared.prepare(mixed.start, rows: count, stride: H, for: layer.output)
            layer.output.multiply(prepared, rows: count, adds: true, into: x.start, stride: C)      // [n, C]
            if let cross = layer.cross { ask(cross, layer: index, count: count) }
            Inference.rmsNorm(x.start, rows: count, width: C, weight: layer.hiddenNorm, epsilon: config.epsilon, into: normed.start)
            prepared.prepare(normed.start, rows: count, stride: C, for: layer.gated)
            layer.gated.multiply(prepared, rows: count, into: gated.start, stride: F)               // [n, F]
            prepared.prepare(gated.start, rows: count, stride: F, for: layer.down)
            layer.down.multiply(prepared, rows: count, adds: true, into: x.start, stride: C)
        }
    }

    /// Cross-attention of one block for the chunk's rows; those of slots without a source stay as they are.
    private func ask(_ cross: DecodingModel.CrossLayer, layer: Int, count: Int) {
        let C = model.config.width, W = sourceShape.rowWidth, H = model.config.heads * model.config.headWidth
        var from = 0
        while from < count {                          // runs of rows that have a source
            var to = from
            while to < count, sourceLength[chunkSlots[to]] > 0 {
                let slot = chunkSlots[to], keys = sourceCache(slot, layer: layer)
                sourceRows.set(to - from, position: sourceLength[slot] - 1)
                sourceRows.setCache(to - from, keys: keys, values: keys + sourceShape.cacheSize)
                to += 1
            }
            let n = to - from, own = x.start + from * C
            if n > 0 {
                Inference.rmsNorm(own, rows: n, width: C, weight: cross.norm, epsilon: model.config.epsilon, into: normed.start)
                prepared.prepare(normed.start, rows: n, stride: C, for: cross.query)
                cross.query.multiply(prepared, rows: n, into: mixing.start, stride: W)      // [n, q | …]
                Inference.attend(mixing.start, sourceRows, count: n, shape: sourceShape, into: mixed.start)
                prepared.prepare(mixed.start, rows: n, stride: H, for: cross.output)
                cross.output.multiply(prepared, rows: n, adds: true, into: own, stride: C)
            }
            from = to + 1
        }
    }

    /// The logits [count, V] of rows of `x`.
    func project(row: Int, count: Int, into target: UnsafeMutablePointer<Float>) {
        let C = model.config.width
        Inference.rmsNorm(x.start + row * C, rows: count, width: C, weight: model.norm, epsilon: model.config.epsilon, into: normed.start)
        prepared.prepare(normed.start, rows: count, stride: C, for: model.head)
        model.head.multiply(prepared, rows: count, into: target, stride: model.config.vocabularySize)
    }
}

/// Memory of a batch, cache-line aligned; the system gives pages of it as they are touched.
final class Buffer {
    let start: UnsafeMutablePointer<Float>

    init(_ count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { start.deallocate() }
}
