import CKernels
import Foundation

/// Which positions a query may attend to, within its own batch entry.
public enum AttentionMask: Sendable {
    /// All of them.
    case full
    /// Itself and those before it.
    case causal
    /// Itself and those before it down to the given position in its row (packed documents); one a position, B·T.
    case causalFrom([Int32])
    /// true = may attend: [T·S] (queries by keys) for all batch entries alike, or [B·T·S].
    case given([Bool])

    var isCausal: Bool {
        switch self {
        case .causal, .causalFrom: true
        case .full, .given: false
        }
    }
}

/// Cosines and sines of rotary position embeddings (Su et al. 2021), in Hugging Face's Llama convention: channel j is
/// paired with channel j + D/2 and turned by position · base^(-2j/D).
public struct RotaryTable: Sendable {
    /// D, and the number of positions there are turns for.
    public let headWidth: Int, positions: Int
    package let cosines: [Float], sines: [Float]          // [positions, D/2]

    /// A table for positions 0..<`positions`.
    /// - Precondition: `headWidth` is even.
    public init(headWidth: Int, base: Float, positions: Int) {
        precondition(headWidth > 0 && headWidth % 2 == 0, "rotary embeddings need an even head width, not \(headWidth)")
        self.headWidth = headWidth
        self.positions = positions
        let half = headWidth / 2
        // Frequencies rounded to Float first, as transformers does: at long positions the rounding shows in the angle.
        let frequencies = (0..<half).map { Float(pow(Double(base), -2 * Double($0) / Double(headWidth))) }
        var cosines = [Float](repeating: 0, count: positions * half), sines = cosines
        for t in 0..<positions {
            for j in 0..<half {
                let angle = Double(Float(t) * frequencies[j])
                cosines[t * half + j] = Float(cos(angle))
                sines[t * half + j] = Float(sin(angle))
            }
        }
        self.cosines = cosines
        self.sines = sines
    }

    /// A table that turns nothing, for positions without an order.
    package static func unturned(headWidth: Int, positions: Int) -> RotaryTable {
        let count = positions * headWidth / 2
        return RotaryTable(headWidth: headWidth, positions: positions, cosines: [Float](repeating: 1, count: count), sines: [Float](repeating: 0, count: count))
    }

    private init(headWidth: Int, positions: Int, cosines: [Float], sines: [Float]) {
        (self.headWidth, self.positions, self.cosines, self.sines) = (headWidth, positions, cosines, sines)
    }
}

/// softmax(Q·Kᵀ / √D + mask) · V by heads, with grouped key-value heads and rotary embeddings of Q and K.
///
/// Scores are made by tiles and never stored, forward or backward; wholly masked tiles are skipped. A query that may
/// attend to nothing gives zeros.
/// - Parameters:
///   - query: [B·T, H·D]; key, value: [B·S, Hkv·D] with Hkv dividing H. The result is [B·T, H·D].
///   - length: T.
///   - keyLength: S, where queries ask something else than themselves (cross-attention); T by default. Another S than T goes with
///     the masks `full` and `given` only, and without `rotary`.
///   - rotary: nil for none; positions are 0..<T in each batch entry.
public func attention(
    query: Tensor, key: Tensor, value: Tensor, batch: Int, length: Int, keyLength: Int? = nil, heads: Int, keyValueHeads: Int,
    mask: AttentionMask, rotary: RotaryTable?
) -> Tensor {
    let rows = batch * length, keyLength = keyLength ?? length, keyRows = batch * keyLength
    precondition(heads > 0 && keyValueHeads > 0 && heads % keyValueHeads == 0, "attention: \(heads) heads over \(keyValueHeads)")
    let width = query.width / heads
    precondition(query.count == rows * heads * width && key.count == keyRows * keyValueHeads * width && value.count == key.count,
                 "attention: query \(query.shape), key \(key.shape), value \(value.shape) for batch \(batch), lengths \(length) and \(keyLength), \(heads) heads")
    precondition(width <= CK_MAX_HEAD, "attention: head width \(width), at most \(CK_MAX_HEAD)")
    precondition(rotary.map { $0.headWidth == width && $0.positions >= length } ?? true,
                 "attention: rotary table for other heads or fewer positions")
    precondition(keyLength == length || rotary == nil && !mask.isCausal, "attention: \(length) queries of \(keyLength) keys have no common positions")
    let plan = AttentionPlan(
        batch: batch, length: length, keyLength: keyLength, heads: heads, keyValueHeads: keyValueHeads, width: width, mask: mask, rotary: rotary)
    let y = Tensor(uninitialized: query.shape)
    let saved = plan.forward(query, key, value, into: y)
    y.record([query, key, value]) { [unowned y] dy in plan.backward(query, key, value, result: y, saved: saved, dy: dy) }
    return y
}

/// The sizes, mask and tables of one attention call, and its two passes.
private struct AttentionPlan {
    struct Saved { let queries: Storage?, lse: Storage }    // f32 only: [B, H, T', D'] rotated and scaled; [B, H, T]

    let batch, length, keyLength, heads, keyValueHeads, width, padded, paddedLength, paddedKeyLength: Int
    let mask: AttentionMask
    let rotary: RotaryTable?
    let bf16: Bool
    var scale: Float { 1 / Float(width).squareRoot() }
    /// Floats of one packed head, of queries and of keys.
    var packed: Int { paddedLength * padded }
    var packedKeys: Int { paddedKeyLength * padded }

    init(batch: Int, length: Int, keyLength: Int, heads: Int, keyValueHeads: Int, width: Int, mask: AttentionMask, rotary: RotaryTable?) {
        (self.batch, self.length, self.keyLength) = (batch, length, keyLength)
        (self.heads, self.keyValueHeads, self.width) = (heads, keyValueHeads, width)
        (self.mask, self.rotary) = (mask, rotary)
        bf16 = Compute.precision == .bfloat16
        padded = bf16 ? (width + 31) / 32 * 32 : (width + 15) / 16 * 16
        paddedLength = (length + Int(CK_TILE) - 1) / Int(CK_TILE) * Int(CK_TILE)
        paddedKeyLength = (keyLength + Int(CK_TILE) - 1) / Int(CK_TILE) * Int(CK_TILE)
        switch mask {
        case .full, .causal: break
        case .causalFrom(let first):
            precondition(first.count == batch * length, "attention: \(first.count) first positions for \(batch) x \(length)")
        case .given(let allowed):
            precondition(allowed.count == length * keyLength || allowed.count == batch * length * keyLength,
                         "attention: \(allowed.count) mask values for \(length) queries of \(keyLength) keys")
        }
    }

    /// The C descriptions, valid inside `body` only: of the call, which packs queries, and of keys and values as if they were queries.
    func withDescriptions(_ body: (_ call: UnsafePointer<ck_attention>, _ keys: UnsafePointer<ck_attention>) -> Void) {
        var a = ck_attention()
        (a.batch, a.length, a.heads, a.key_heads, a.width) = (batch, length, heads, keyValueHeads, width)
        a.key_length = keyLength
        a.amx = hasMatrixTiles ? 1 : 0
        (a.padded, a.padded_length, a.scale) = (padded, paddedLength, scale)
        func withMask(_ next: () -> Void) {
            switch mask {
            case .full: a.mask = 0; next()
            case .causal: a.mask = 1; next()
            case .causalFrom(let first):
                a.mask = 2
                first.withUnsafeBufferPointer { a.first = $0.baseAddress; next() }
            case .given(let allowed):
                a.mask = 3
                a.given_stride = allowed.count == length * keyLength ? 0 : length * keyLength
                allowed.withUnsafeBytes { a.given = $0.baseAddress?.assumingMemoryBound(to: UInt8.self); next() }
            }
        }
        func call() {
            var keys = a
            (keys.length, keys.padded_length) = (keyLength, paddedKeyLength)
            body(&a, &keys)
        }
        withMask {
            if let rotary {
                rotary.cosines.withUnsafeBufferPointer { cosines in
                    rotary.sines.withUnsafeBufferPointer { sines in
                        (a.cosines, a.sines) = (cosines.baseAddress, sines.baseAddress)
                        call()
                    }
                }
            } else {
                call()
            }
        }
    }

    func forward(_ query: Tensor, _ key: Tensor, _ value: Tensor, into y: Tensor) -> Saved {
        if bf16 { return forwardBF16(query, key, value, into: y) }
        let queries = Storage(uninitialized: batch * heads * packed), lse = Storage(uninitialized: batch * heads * length)
        let keys = Storage(uninitialized: batch * keyValueHeads * packedKeys), values = Storage(uninitialized: keys.count)
        let q = queries.pointer, k = keys.pointer, v = values.pointer, z = lse.pointer
        let group = heads / keyValueHeads, tiles = paddedLength / Int(CK_TILE)
        withDescriptions { a, keys in
            parallelFor(batch * heads) { i in
                let (b, h) = (i / heads, i % heads)
                ck_attention_pack(a, query.pointer, heads, b, h, 1, scale, q + i * packed, nil)
                guard h < keyValueHeads else { return }
                let j = b * keyValueHeads + h
                ck_attention_pack(keys, key.pointer, keyValueHeads, b, h, 1, 1, nil, k + j * packedKeys)
                ck_attention_pack(keys, value.pointer, keyValueHeads, b, h, 0, 1, v + j * packedKeys, nil)
            }
            parallelFor(batch * heads * tiles) { unit in
                let i = unit / tiles, (b, h) = (i / heads, i % heads), j = b * keyValueHeads + h / group
                ck_attention_tile(-1, a, b, h, unit % tiles, q + i * packed, k + j * packedKeys, v + j * packedKeys, y.pointer, z + i * length)
            }
        }
        withExtendedLifetime((keys, values)) {}
        return Saved(queries: queries, lse: lse)
    }

    /// As `forward`; one unit is a key-value head with its query heads, whose packed forms stay in the cache.
    private func forwardBF16(_ query: Tensor, _ key: Tensor, _ value: Tensor, into y: Tensor) -> Saved {
        let lse = Storage(uninitialized: batch * heads * length), z = lse.pointer
        let group = heads / keyValueHeads, size = packed / 2, keySize = packedKeys / 2
        withDescriptions { a, keys in
            parallelFor(batch * keyValueHeads) { unit in
                let (b, shared) = (unit / keyValueHeads, unit % keyValueHeads)
                let scratch = Storage(uninitialized: size + 2 * keySize), q = words(scratch), k = q + size, v = k + keySize
                ck_attention_bf16_pack(keys, key.pointer, keyValueHeads, b, shared, 1, 1, nil, k, nil)
                ck_attention_bf16_pack(keys, value.pointer, keyValueHeads, b, shared, 0, 1, nil, nil, v)
                for h in shared * group..<(shared + 1) * group {
                    ck_attention_bf16_pack(a, query.pointer, heads, b, h, 1, scale, q, nil, nil)
                    for tile in 0..<paddedLength / Int(CK_TILE) {
                        ck_attention_bf16_tile(a, b, h, tile, q, k, v, y.pointer, z + (b * heads + h) * length)
                    }
                }
                withExtendedLifetime(scratch) {}
            }
        }
        return Saved(queries: nil, lse: lse)
    }

    private func words(_ storage: Storage) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(storage.pointer).bindMemory(to: UInt32.self, capacity: storage.count)
    }

    func backward(_ query: Tensor, _ key: Tensor, _ value: Tensor, result y: Tensor, saved: Saved, dy: Tensor) {
        let group = heads / keyValueHeads, size = packed, keySize = packedKeys
        let gradients = 2 * keySize + group * size              // of one unit: dk, dv, dq of each head
        // One unit is a key-value head with its query heads: all sums into dk and dv stay in one thread, in order.
        let scratch = Storage(uninitialized: batch * keyValueHeads * gradients), base = scratch.pointer
        withDescriptions { a, keys in
            parallelFor(batch * keyValueHeads) { unit in
                let (b, shared) = (unit / keyValueHeads, unit % keyValueHeads), dk = base + unit * gradients, dv = dk + keySize, dq = dv + keySize
                ck_fill(dk, 0, gradients)
                let own = Storage(uninitialized: 3 * keySize + 2 * size + length), delta = own.pointer + 3 * keySize + 2 * size, z = saved.lse.pointer
                if let queries = saved.queries {
                    let k = own.pointer, kColumns = k + keySize, vColumns = k + 2 * keySize, dout = k + 3 * keySize
                    ck_attention_pack(keys, key.pointer, keyValueHeads, b, shared, 1, 1, k, kColumns)
                    ck_attention_pack(keys, value.pointer, keyValueHeads, b, shared, 0, 1, nil, vColumns)
                    for g in 0..<group {
                        let h = shared * group + g, i = b * heads + h
                        ck_attention_pack(a, dy.pointer, heads, b, h, 0, 1, dout, nil)
                        ck_attention_delta(a, b, h, y.pointer, dy.pointer, delta)
                        ck_attention_backward(-1, a, b, queries.pointer + i * size, k, kColumns, vColumns, dout, z + i * length, delta, dq + g * size, dk, dv)
                    }
                } else {
                    let half = size / 2, keyHalf = keySize / 2, w = words(own), (k, kPairs, v) = (w, w + keyHalf, w + 2 * keyHalf)
                    let q = v + keyHalf, (qPairs, d, dPairs) = (q + half, q + 2 * half, q + 3 * half)
                    ck_attention_bf16_pack(keys, key.pointer, keyValueHeads, b, shared, 1, 1, nil, k, kPairs)
                    ck_attention_bf16_pack(keys, value.pointer, keyValueHeads, b, shared, 0, 1, nil, v, nil)
                    var inputs = ck_attention_inputs(q_rows: q, q_pairs: qPairs, k_columns: k, k_pairs: kPairs, v_columns: v, dy_rows: d, dy_pairs: dPairs)
                    for g in 0..<group {
                        let h = shared * group + g, i = b * heads + h
                        ck_attention_bf16_pack(a, query.pointer, heads, b, h, 1, scale, q, nil, qPairs)
                        ck_attention_bf16_pack(a, dy.pointer, heads, b, h, 0, 1, d, nil, dPairs)
                        ck_attention_delta(a, b, h, y.pointer, dy.pointer, delta)
                        ck_attention_bf16_backward(a, b, &inputs, z + i * length, delta, dq + g * size, dk, dv)
                    }
                }
                withExtendedLifetime(own) {}
            }
            query.accumulate { dx, adds in
                parallelFor(batch * heads) { i in
                    let (b, h) = (i / heads, i % heads), unit = b * keyValueHeads + h / group
                    ck_attention_unpack(a, base + unit * gradients + 2 * keySize + h % group * size, heads, b, h, 1, scale, dx, adds ? 1 : 0)
                }
            }
            for (tensor, offset, rotates) in [(key, 0, Int32(1)), (value, 1, 0)] {
                tensor.accumulate { dx, adds in
                    parallelFor(batch * keyValueHeads) { unit in
                        ck_attention_unpack(keys, base + unit * gradients + offset * keySize, keyValueHeads, unit / keyValueHeads,
                                            unit % keyValueHeads, rotates, 1, dx, adds ? 1 : 0)
                    }
                }
            }
        }
        withExtendedLifetime((scratch, saved.queries, saved.lse)) {}
    }
}
