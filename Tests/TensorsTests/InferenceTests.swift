import Tensors
import Testing

@Suite("Inference kernels") struct InferenceTests {
    /// Attention of `rows` rows from position `first` on, over caches of one sequence, with their keys and values stored on the way.
    private func attend(_ x: [Float], from first: Int, rows: Int, keys: Tensor, values: Tensor, shape: Inference.Heads, table: RotaryTable) -> [Float] {
        let queries = Tensor(Array(x[first * shape.rowWidth..<(first + rows) * shape.rowWidth]), shape: [rows, shape.rowWidth])
        let y = Tensor(zeros: [rows, shape.heads * shape.width]), places = Inference.Rows(capacity: rows)
        queries.withUnsafeMutablePointer { q in keys.withUnsafeMutablePointer { k in values.withUnsafeMutablePointer { v in
        y.withUnsafeMutablePointer { y in
            for row in 0..<rows {
                places.set(row, position: first + row)
                places.setCache(row, keys: k, values: v)
            }
            Inference.rotateAndStore(q, places, count: rows, shape: shape, table: table)
            Inference.attend(q, places, count: rows, shape: shape, into: y)
        } } } }
        return y.array()
    }

    @Test("Attention over the cache agrees with training", arguments: [12, 16, 32, 48, 64, 80, 128])
    func agreesWithTraining(width: Int) {
        let (rows, heads, shared) = (100, 4, 2), shape = Inference.Heads(heads: heads, keyValueHeads: shared, width: width, capacity: 110)
        let q = values([rows, heads * width], seed: 1), k = values([rows, shared * width], seed: 2), v = values([rows, shared * width], seed: 3)
        let table = RotaryTable(headWidth: width, base: 1e4, positions: 110)
        let expected = attention(query: q, key: k, value: v, batch: 1, length: rows, heads: heads, keyValueHeads: shared, mask: .causal, rotary: table)
        func row(_ t: Tensor, _ r: Int) -> ArraySlice<Float> { t.array()[r * t.shape[1]..<(r + 1) * t.shape[1]] }
        let x = (0..<rows).flatMap { Array(row(q, $0) + row(k, $0) + row(v, $0)) }
        // What lies beyond the positions so far must not matter.
        func caches() -> (Tensor, Tensor) { (.filled(.nan, shape: [shape.cacheSize]), .filled(.nan, shape: [shape.cacheSize])) }
        let (keys, values) = caches(), together = attend(x, from: 0, rows: rows, keys: keys, values: values, shape: shape, table: table)
        #expect(difference(together, expected.array()) < 1e-5)
        let (otherKeys, otherValues) = caches()
        let single = (0..<rows).flatMap { attend(x, from: $0, rows: 1, keys: otherKeys, values: otherValues, shape: shape, table: table) }
        #expect(single == together, "a row has the same bits alone")
        let (thirdKeys, thirdValues) = caches()
        let parts = [0..<3, 3..<10, 10..<35, 35..<100].flatMap {
            attend(x, from: $0.lowerBound, rows: $0.count, keys: thirdKeys, values: thirdValues, shape: shape, table: table)
        }
        #expect(parts == together)
    }

    @Test func rootMeanSquareNormOfARowDoesNotDependOnOthers() {
        let x = values([70, 33], seed: 1), weight = values([33], seed: 2)
        func run(_ first: Int, _ n: Int) -> [Float] {
            let y = Tensor(zeros: [n, 33])
            x.withUnsafePointer { x in y.withUnsafeMutablePointer { y in
                Inference.rmsNorm(x + first * 33, rows: n, width: 33, weight: weight, epsilon: 1e-6, into: y)
            } }
            return y.array()
        }
        #expect((0..<70).flatMap { run($0, 1) } == run(0, 70))
        #expect(difference(run(0, 70), rmsNorm(x, weight, epsilon: 1e-6).array()) < 1e-6)
    }
}
