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
    /// true = may attend: [T·T] (queries by keys) for all batch entries alike, or [B·T·T].
    case given([Bool])
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
}

/// softmax(Q·Kᵀ / √D + mask) · V by heads, with grouped key-value heads and rotary embeddings of Q and K.
///
/// Scores are made by tiles and never stored, forward or backward; wholly masked tiles are skipped. A query that may
/// attend to nothing gives zeros.
/// - Parameters:
///   - query: [B·T, H·D]; key, value: [B·T, Hkv·D] with Hkv dividing H. The result is [B·T, H·D].
///   - rotary: nil for none; positions are 0..<T in each batch entry.
public func attention(
    query: Tensor, key: Tensor, value: Tensor, batch: Int, length: Int, heads: Int, keyValueHeads: Int,
    mask: AttentionMask, rotary: RotaryTable?
) -> Tensor {
    let rows = batch * length
    precondition(heads > 0 && keyValueHeads > 0 && heads % keyValueHeads == 0, "attention: \(heads) heads over \(keyValueHeads)")
    let width = query.width / heads
    precondition(query.count == rows * heads * width && key.count == rows * keyValueHeads * width && value.count == key.count,
                 "attention: query \(query.shape), key \(key.shape), value \(value.shape) for batch \(batch), length \(length), \(heads) heads")
    precondition(width <= CK_MAX_HEAD, "attention: head width \(width), at most \(CK_MAX_HEAD)")
    precondition(rotary.map { $0.headWidth == width && $0.positions >= length } ?? true,
                 "attention: rotary table for other heads or fewer positions")
    let plan = AttentionPlan(batch: batch, length: length, heads: heads, keyValueHeads: keyValueHeads, width: width, mask: mask, rotary: rotary)
    let y = Tensor(uninitialized: query.shape)
    let saved = plan.forward(query, key, value, into: y)
    y.record([query, key, value]) { [unowned y] dy in plan.backward(query, key, value, result: y, saved: saved, dy: dy) }
    return y
}

/// The sizes, mask and tables of one attention call, and its two passes.
private struct AttentionPlan {
    struct Saved { let queries, lse: Storage }      // [B, H, T', D'] rotated and scaled; [B, H, T]

    let batch, length, heads, keyValueHeads, width, padded, paddedLength: Int
    let mask: AttentionMask
    let rotary: RotaryTable?
    var scale: Float { 1 / Float(width).squareRoot() }
    /// Floats of one packed head.
    var packed: Int { paddedLength * padded }

    init(batch: Int, length: Int, heads: Int, keyValueHeads: Int, width: Int, mask: AttentionMask, rotary: RotaryTable?) {
        (self.batch, self.length, self.heads, self.keyValueHeads, self.width) = (batch, length, heads, keyValueHeads, width)
        (self.mask, self.rotary) = (mask, rotary)
        padded = (width + 15) / 16 * 16
        paddedLength = (length + Int(CK_TILE) - 1) / Int(CK_TILE) * Int(CK_TILE)
        switch mask {
        case .full, .causal: break
        case .causalFrom(let first):
            precondition(first.count == batch * length, "attention: \(first.count) first positions for \(batch) x \(length)")
        case .given(let allowed):
            precondition(allowed.count == length * length || allowed.count == batch * length * length,
                         "attention: \(allowed.count) mask values for length \(length)")
        }
    }

    /// The C description, valid inside `body` only.
    func withDescription(_ body: (UnsafePointer<ck_attention>) -> Void) {
        var a = ck_attention()
        (a.batch, a.length, a.heads, a.key_heads, a.width) = (batch, length, heads, keyValueHeads, width)
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
                a.given_stride = allowed.count == length * length ? 0 : length * length
                allowed.withUnsafeBytes { a.given = $0.baseAddress?.assumingMemoryBound(to: UInt8.self); next() }
            }
        }
        withMask {
            if let rotary {
                rotary.cosines.withUnsafeBufferPointer { cosines in
                    rotary.sines.withUnsafeBufferPointer { sines in
                        (a.cosines, a.sines) = (cosines.baseAddress, sines.baseAddress)
                        body(&a)
                    }
                }
            } else {
                body(&a)
            }
        }
    }

    func forward(_ query: Tensor, _ key: Tensor, _ value: Tensor, into y: Tensor) -> Saved {
        let queries = Storage(uninitialized: batch * heads * packed), lse = Storage(uninitialized: batch * heads * length)
        let keys = Storage(uninitialized: batch * keyValueHeads * packed), values = Storage(uninitialized: keys.count)
        let q = queries.pointer, k = keys.pointer, v = values.pointer, z = lse.pointer
        let group = heads / keyValueHeads, tiles = paddedLength / Int(CK_TILE)
        withDescription { a in
            parallelFor(batch * heads) { i in
                let (b, h) = (i / heads, i % heads)
                ck_attention_pack(a, query.pointer, heads, b, h, 1, scale, q + i * packed, nil)
                guard h < keyValueHeads else { return }
                let j = b * keyValueHeads + h
                ck_attention_pack(a, key.pointer, keyValueHeads, b, h, 1, 1, nil, k + j * packed)
                ck_attention_pack(a, value.pointer, keyValueHeads, b, h, 0, 1, v + j * packed, nil)
            }
            parallelFor(batch * heads * tiles) { unit in
                let i = unit / tiles, (b, h) = (i / heads, i % heads), j = b * keyValueHeads + h / group
                ck_attention_tile(a, b, h, unit % tiles, q + i * packed, k + j * packed, v + j * packed, y.pointer, z + i * length)
            }
        }
        withExtendedLifetime((keys, values)) {}
        return Saved(queries: queries, lse: lse)
    }

    func backward(_ query: Tensor, _ key: Tensor, _ value: Tensor, result y: Tensor, saved: Saved, dy: Tensor) {
        let group = heads / keyValueHeads, size = packed
        // One unit is a key-value head with its query heads: all sums into dk and dv stay in one thread, in order.
        let perUnit = (6 + group) * size + length
        let scratch = Storage(uninitialized: batch * keyValueHeads * perUnit), base = scratch.pointer
        let q = saved.queries.pointer, z = saved.lse.pointer
        withDescription { a in
            parallelFor(batch * keyValueHeads) { unit in
                let (b, shared) = (unit / keyValueHeads, unit % keyValueHeads)
                let own = base + unit * perUnit
                let k = own, kColumns = own + size, vColumns = own + 2 * size, dk = own + 3 * size, dv = own + 4 * size
                let dout = own + 5 * size, dq = own + 6 * size, delta = own + (6 + group) * size
                ck_attention_pack(a, key.pointer, keyValueHeads, b, shared, 1, 1, k, kColumns)
                ck_attention_pack(a, value.pointer, keyValueHeads, b, shared, 0, 1, nil, vColumns)
                ck_fill(dk, 0, 2 * size)
                ck_fill(dq, 0, group * size)
                for g in 0..<group {
                    let h = shared * group + g, i = b * heads + h
                    ck_attention_pack(a, dy.pointer, heads, b, h, 0, 1, dout, nil)
                    ck_attention_delta(a, b, h, y.pointer, dy.pointer, delta)
                    ck_attention_backward(a, b, h, q + i * size, k, kColumns, vColumns, dout, z + i * length, delta, dq + g * size, dk, dv)
                }
            }
            query.accumulate { dx, adds in
                parallelFor(batch * heads) { i in
                    let (b, h) = (i / heads, i % heads), unit = b * keyValueHeads + h / group
                    ck_attention_unpack(a, base + unit * perUnit + (6 + h % group) * size, heads, b, h, 1, scale, dx, adds ? 1 : 0)
                }
            }
            for (tensor, offset, rotates) in [(key, 3, Int32(1)), (value, 4, 0)] {
                tensor.accumulate { dx, adds in
                    parallelFor(batch * keyValueHeads) { unit in
                        ck_attention_unpack(a, base + unit * perUnit + offset * size, keyValueHeads, unit / keyValueHeads,
                                            unit % keyValueHeads, rotates, 1, dx, adds ? 1 : 0)
                    }
                }
            }
        }
        withExtendedLifetime((scratch, saved.queries, saved.lse)) {}
    }
}
