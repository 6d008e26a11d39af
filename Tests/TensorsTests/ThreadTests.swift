import CKernels
import Synchronization
import Tensors
import Testing

/// The number of threads is the process's: `Compute.withThreads` gives each test its turn, in this suite and in others. What
/// runs beside them meets a changing number, which is the point: no result may depend on it.
@Suite("Threads", .serialized) struct ThreadTests {
    /// Loss and all gradients of a small decoder-like step on sizes that are no multiples of any tile.
    static func step() -> [[Float]] {
        let (batch, length, width, heads, shared, vocabulary) = (3, 150, 48, 4, 2, 300)
        let inner = 130
        let table = values([vocabulary, width], seed: 1), n = values([width], seed: 2)
        let q = values([width, width], seed: 3, deviation: 0.2), k = values([width / 2, width], seed: 4, deviation: 0.2)
        let v = values([width / 2, width], seed: 5), gate = values([inner, width], seed: 6), up = values([inner, width], seed: 7)
        let down = values([width, inner], seed: 8), bias = values([width], seed: 9)
        let parameters = [table, n, q, k, v, gate, up, down, bias]
        for p in parameters { p.requiresGradient = true }
        let ids = (0..<batch * length).map { Int32($0 * 7919 % vocabulary) }
        let first = (0..<batch * length).map { Int32($0 % length / 70 * 70) }
        let x = embedding(table, ids: ids)
        let h = rmsNorm(x, n, epsilon: 1e-5)
        let a = attention(query: linear(h, q), key: linear(h, k), value: linear(h, v), batch: batch, length: length, heads: heads,
                          keyValueHeads: shared, mask: .causalFrom(first), rotary: RotaryTable(headWidth: width / heads, base: 1e4, positions: length))
        let y = x + a
        let z = y + linear(swiGLU(gate: linear(y, gate), up: linear(y, up)), down, bias: bias)
        let loss = crossEntropy(linear(z, table), targets: ids) + linearCrossEntropy(z, table, targets: ids)
        loss.backward()
        return [[loss.item, globalGradientNorm(parameters)]] + parameters.map { $0.gradient?.array() ?? [] }
    }

    @Test func sameBitsForAnyNumberOfThreads() {
        let results = [1, 2, 3].map { Compute.withThreads($0) { Self.step() } }
        #expect(results[0].allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isFinite } })
        #expect(results[1] == results[0] && results[2] == results[0])
        let rounded = [1, 2, 3].map { threads in Compute.withThreads(threads) { Compute.withPrecision(.bfloat16, Self.step) } }
        #expect(rounded[1] == rounded[0] && rounded[2] == rounded[0])
    }

    @Test func convolutionHasTheSameBits() {
        func run() -> [[Float]] {
            let x = values([20, 3, 12, 12], seed: 1), w = values([8, 3, 3, 3], seed: 2), s = values([8], seed: 3), b = values([8], seed: 4)
            for p in [x, w, s, b] { p.requiresGradient = true }
            let y = maxPool2d(relu(groupNorm(conv2d(x, w, bias: b, stride: 1, padding: 1), s, b, groups: 2)), size: 2)
            probe(averagePoolGlobal(y)).backward()
            return [x, w, s, b].map { $0.gradient?.array() ?? [] }
        }
        #expect(Compute.withThreads(2, run) == Compute.withThreads(1, run))
    }

    @Test func theNumberIsPutBack() {
        let before = Compute.threads, other = before + 1
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try Compute.withThreads(other) {
                #expect(Compute.threads == other)
                throw Stop()
            }
        }
        Compute.withThreads(other) { #expect(Compute.threads == other) }      // its turn has come back, too
    }

    @Test func poolCallsEveryIndexOnceAlsoWhenNested() {
        final class Counts: Sendable { let inner = Atomic<Int>(0), outer = Atomic<Int>(0) }
        let counts = Counts()
        Compute.withThreads(3) {
            for _ in 0..<200 {
                ck_parallel_for(10, { i, context in
                    guard let context else { return }
                    let counts = Unmanaged<Counts>.fromOpaque(context).takeUnretainedValue()
                    counts.outer.add(i, ordering: .relaxed)
                    ck_parallel_for(5, { j, context in
                        guard let context else { return }
                        Unmanaged<Counts>.fromOpaque(context).takeUnretainedValue().inner.add(j + 1, ordering: .relaxed)
                    }, context)
                }, Unmanaged.passUnretained(counts).toOpaque())
            }
        }
        #expect(counts.outer.load(ordering: .relaxed) == 200 * 45)
        #expect(counts.inner.load(ordering: .relaxed) == 200 * 10 * 15)
        withExtendedLifetime(counts) {}
    }

    @Test func concurrentTasksGetTheirOwnResults() async {
        let expected = Self.step()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { Self.step() == expected } }
            for await same in group { #expect(same) }
        }
    }
}
