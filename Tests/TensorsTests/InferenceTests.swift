import CKernels
import Tensors
import Testing

@Suite("Inference kernels") struct InferenceTests {
    @Test("Each level agrees with double precision", arguments: [0, 1, 2], [1, 5, 16, 33, 256, 705])
    func linearLevels(level: Int32, inputs: Int) {
        guard level <= ck_level() else { return }      // this machine has no such kernel
        let rows = 6, outputs = 13
        let x = values([rows, inputs], seed: 1).array(), w = values([outputs, inputs], seed: 2).array(), b = values([outputs], seed: 3).array()
        var y = [Float](repeating: .nan, count: rows * outputs)
        ck_linear_rows(level, x, rows, w, b, inputs, outputs, 0, outputs, &y)
        for r in 0..<rows {
            for o in 0..<outputs {
                var sum = Double(b[o]), size = 1.0      // Σ|x·w|: cancellation cannot fail the test by chance
                for i in 0..<inputs {
                    let product = Double(x[r * inputs + i]) * Double(w[o * inputs + i])
                    sum += product
                    size += abs(product)
                }
                #expect(abs(Double(y[r * outputs + o]) - sum) <= 1e-6 * size)
            }
        }
    }

    @Test("A row has the same bits alone, in a batch, in parts and for any number of threads", arguments: [0, 1, 2])
    func linearRows(level: Int32) {
        guard level <= ck_level() else { return }
        let rows = 11, outputs = 90, inputs = 75
        let x = values([rows, inputs], seed: 1).array(), w = values([outputs, inputs], seed: 2).array(), b = values([outputs], seed: 3).array()
        var all = [Float](repeating: 0, count: rows * outputs), one = all
        ck_linear_rows(level, x, rows, w, b, inputs, outputs, 0, outputs, &all)
        x.withUnsafeBufferPointer { x in
            one.withUnsafeMutableBufferPointer { y in
                guard let x = x.baseAddress, let y = y.baseAddress else { return }
                for r in 0..<rows {
                    ck_linear_rows(level, x + r * inputs, 1, w, b, inputs, outputs, 0, 31, y + r * outputs)
                    ck_linear_rows(level, x + r * inputs, 1, w, b, inputs, outputs, 31, outputs, y + r * outputs)
                }
            }
        }
        #expect(all == one)
    }

    @Test func decodingHasTheBitsOfPrefill() {
        let (rows, heads, shared, width, inputs) = (70, 4, 2, 16, 64)
        let x = values([rows, inputs], seed: 1), w = values([heads * width, inputs], seed: 2), k = values([rows, shared * width], seed: 3)
        let v = values([rows, shared * width], seed: 4), norm = values([inputs], seed: 5), table = RotaryTable(headWidth: width, base: 1e4, positions: 100)
        func run(_ first: Int, _ n: Int) -> [Float] {
            let q = Tensor(zeros: [n, heads * width]), y = Tensor(zeros: [n, heads * width]), h = Tensor(zeros: [n, inputs])
            x.withUnsafePointer { x in norm.withUnsafePointer { norm in h.withUnsafeMutablePointer { h in q.withUnsafeMutablePointer { q in
            y.withUnsafeMutablePointer { y in w.withUnsafePointer { w in k.withUnsafePointer { k in v.withUnsafePointer { v in
                Inference.rmsNorm(x + first * inputs, rows: n, width: inputs, weight: norm, epsilon: 1e-6, into: h)
                Inference.linear(h, rows: n, weight: w, bias: nil, inputs: inputs, outputs: heads * width, into: q)
                Inference.rotate(q, rows: n, heads: heads, table: table, first: first)
                Inference.attendCached(query: q, rows: n, first: first, keyCache: k, valueCache: v, heads: heads, keyValueHeads: shared, headWidth: width, into: y)
                Inference.siluMultiply(gate: y, up: q, count: n * heads * width, into: y)
                Inference.add(q, count: n * heads * width, into: y)
            } } } } } } } }
            return y.array()
        }
        let all = run(0, rows)
        #expect(all.allSatisfy { $0.isFinite })
        #expect((0..<rows).flatMap { run($0, 1) } == all)
        #expect(run(0, 64) + run(64, 6) == all)
    }

    @Test(arguments: [12, 16, 32, 48, 64]) func cachedAttentionAgreesWithTraining(width: Int) {
        let (rows, heads, shared) = (100, 4, 2)
        let q = values([rows, heads * width], seed: 1), k = values([rows, shared * width], seed: 2), v = values([rows, shared * width], seed: 3)
        let expected = attention(query: q, key: k, value: v, batch: 1, length: rows, heads: heads, keyValueHeads: shared, mask: .causal, rotary: nil).array()
        let y = Tensor(zeros: q.shape)
        q.withUnsafePointer { q in k.withUnsafePointer { k in v.withUnsafePointer { v in y.withUnsafeMutablePointer { y in
            Inference.attendCached(query: q, rows: rows, first: 0, keyCache: k, valueCache: v, heads: heads, keyValueHeads: shared, headWidth: width, into: y)
        } } } }
        #expect(difference(y.array(), expected) < 1e-5)
    }
}
