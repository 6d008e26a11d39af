import CKernels
import Tensors
import Testing

/// f32 products and attention straight from the kernels, at every level that this machine has.
@Suite("f32 kernels") struct MatrixTests {
    @Test("Each layout and level agrees with double precision", arguments: [0, 1, 2] as [Int32], [
        (0, 3, 2), (1, 1, 1), (5, 15, 7), (6, 16, 8), (7, 17, 9), (12, 32, 257), (13, 33, 0), (37, 129, 40), (133, 67, 301), (24, 530, 19),
    ])
    func products(level: Int32, size: (m: Int, n: Int, k: Int)) {
        guard level <= ck_level() else { return }
        let (m, n, k) = size, wide = n + 3                          // C is part of a wider matrix
        let a = values([max(1, m * k)], seed: 1).array(), b = values([max(1, k * n)], seed: 2).array(), c = values([m * wide + 1], seed: 3).array()
        let at = transposed(a, m, k), bt = transposed(b, k, n)
        for accumulate in [false, true] {
            var results: [[Float]] = []
            for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
                var y = c
                ck_sgemm(level, ta ? 1 : 0, tb ? 1 : 0, m, n, k, ta ? at : a, ta ? m : k, tb ? bt : b, tb ? k : n, accumulate ? 1 : 0, &y, wide)
                results.append(y)
            }
            #expect(results.allSatisfy { $0 == results[0] })
            var wrong = 0, touched = 0
            for i in 0..<m {
                for j in 0..<n {
                    var sum = accumulate ? Double(c[i * wide + j]) : 0, total = abs(sum) + 1
                    for p in 0..<k {
                        let product = Double(a[i * k + p]) * Double(b[p * n + j])
                        sum += product
                        total += abs(product)
                    }
                    if !(abs(Double(results[0][i * wide + j]) - sum) < 2e-6 * total) { wrong += 1 }
                }
                for j in n..<wide where results[0][i * wide + j] != c[i * wide + j] { touched += 1 }
            }
            #expect(wrong == 0 && touched == 0)
        }
    }

    /// One head of `width` channels over `length` positions, causal, forward and backward.
    private static func attention(level: Int32, length: Int, width: Int) -> [[Float]] {
        let tile = Int(CK_TILE), padded = (width + 15) / 16 * 16, long = (length + tile - 1) / tile * tile, size = padded * long
        var a = ck_attention()
        (a.batch, a.length, a.key_length, a.heads, a.key_heads, a.width, a.padded, a.padded_length, a.mask, a.scale) = (1, length, length, 1, 1, width, padded, long, 1, 1)
        let inputs = (1...4).map { values([length, width], seed: $0).array() }
        var q = [Float](repeating: .nan, count: size), k = q, v = q, dout = q, kColumns = q, vColumns = q
        ck_attention_pack(&a, inputs[0], 1, 0, 0, 0, 0.2, &q, nil)
        ck_attention_pack(&a, inputs[1], 1, 0, 0, 0, 1, &k, &kColumns)
        ck_attention_pack(&a, inputs[2], 1, 0, 0, 0, 1, &v, &vColumns)
        ck_attention_pack(&a, inputs[3], 1, 0, 0, 0, 1, &dout, nil)
        var y = [Float](repeating: .nan, count: length * width), lse = [Float](repeating: 0, count: length), delta = lse
        for index in 0..<long / tile { ck_attention_tile(level, &a, 0, 0, index, q, kColumns, v, &y, &lse) }
        ck_attention_delta(&a, 0, 0, y, inputs[3], &delta)
        var dq = [Float](repeating: 0, count: size), dk = dq, dv = dq
        ck_attention_backward(level, &a, 0, q, k, kColumns, vColumns, dout, lse, delta, &dq, &dk, &dv)
        return [y, lse, dq, dk, dv, kColumns]
    }

    @Test("Attention at every level is that of the plainest", arguments: [(1, 16), (64, 64), (65, 5), (130, 72)])
    func attentionLevels(length: Int, width: Int) {
        let plain = Self.attention(level: 0, length: length, width: width)
        #expect(plain.allSatisfy { $0.allSatisfy(\.isFinite) })
        for level in 0...ck_level() {
            for (fast, slow) in zip(Self.attention(level: level, length: length, width: width), plain) { #expect(difference(fast, slow) < 2e-5) }
        }
    }

    @Test("A probe's backward pass is the operation's", arguments: [Compute.Precision.float32, .bfloat16])
    func probe(precision: Compute.Precision) throws {
        try Compute.withPrecision(precision) {
            let x = values([70, 64], seed: 1), w = values([96, 64], seed: 2)
            (x.requiresGradient, w.requiresGradient) = (true, true)
            let run = Probe.backward(of: linear(x, w))
            run()
            run()
            let probed = try [#require(x.gradient?.array()), #require(w.gradient?.array())]
            (x.gradient, w.gradient) = (nil, nil)
            linear(x, w).sum().backward(scale: 0.5)
            #expect(try probed == [#require(x.gradient?.array()), #require(w.gradient?.array())])
        }
    }
}
