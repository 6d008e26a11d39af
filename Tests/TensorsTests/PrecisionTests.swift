import CKernels
import Tensors
import Testing

@Suite("bf16 products") struct BF16Tests {
    @Test("Each layout agrees with double precision on rounded inputs", .enabled(if: ck_bf16_available() != 0), arguments: [
        (1, 1, 1), (5, 33, 31), (12, 32, 256), (29, 70, 257), (45, 15, 513), (68, 17, 1), (192, 64, 600), (7, 49, 1_031),
    ])
    func products(m: Int, n: Int, k: Int) {
        let a = values([m, k], seed: 1).array(), b = values([k, n], seed: 2).array(), c = values([m, n], seed: 3).array()
        let ra = roundedToBF16(a), rb = roundedToBF16(b)
        let at = transposed(a, m, k), bt = transposed(b, k, n)
        let panels = (n + Int(CK_BF16_PANEL) - 1) / Int(CK_BF16_PANEL), pairs = (k + 1) / 2, strip = Int(CK_BF16_STRIP)
        var results: [[Float]] = [], onTiles: [[Float]] = [], packings: [[UInt32]] = []
        for bIsTransposed in [false, true] {
            var packed = [UInt32](repeating: 0xFFFF_FFFF, count: panels * Int(CK_BF16_PANEL) * pairs), again = packed
            for p in 0..<panels { ck_bf16_pack(bIsTransposed ? bt : b, bIsTransposed ? k : n, bIsTransposed ? 1 : 0, k, n, p, &packed) }
            ck_bf16_pack_panels(b, n, k, n, 0, pairs / 3, &again)
            ck_bf16_pack_panels(b, n, k, n, pairs / 3, pairs, &again)
            packings += [packed, again]
            var y = c, twice = c                                     // two products at once, one over half the columns
            packed.withUnsafeBufferPointer { packed in
                y.withUnsafeMutableBufferPointer { y in
                    twice.withUnsafeMutableBufferPointer { twice in
                        let list = [ck_bf16_product(panels: packed.baseAddress, c: y.baseAddress, n: n, ldc: n, accumulate: 1),
                                    ck_bf16_product(panels: packed.baseAddress, c: twice.baseAddress, n: n, ldc: n, accumulate: 1)]
                        ck_bf16_multiply_rows(a, k, m, k, list, 2)
                    }
                }
            }
            results += [y, twice]
            if ck_amx_available() != 0 {
                var y = c
                packed.withUnsafeBufferPointer { packed in
                    y.withUnsafeMutableBufferPointer { y in
                        let list = [ck_bf16_product(panels: packed.baseAddress, c: y.baseAddress, n: n, ldc: n, accumulate: 1)]
                        ck_amx_multiply_rows(a, k, m, k, list, 1)
                    }
                }
                var left = [UInt32](repeating: 0xFFFF_FFFF, count: ck_amx_left_words(m, k)), z = c
                let half = pairs / 2 / 16 * 16
                ck_amx_pack_columns(at, m, m, k, half, pairs, &left)
                ck_amx_pack_columns(at, m, m, k, 0, half, &left)
                for i in stride(from: 0, to: m, by: 48) {
                    for j in stride(from: 0, to: n, by: 32) { ck_amx_multiply(left, packed, i, min(m, i + 48), j, min(n, j + 32), k, &z, n, 1) }
                }
                onTiles += [y, z]
            }
            var strips = [UInt32](repeating: 0xFFFF_FFFF, count: (m + strip - 1) / strip * strip * pairs)
            ck_bf16_pack_columns(at, m, m, k, pairs / 2, pairs, &strips)
            ck_bf16_pack_columns(at, m, m, k, 0, pairs / 2, &strips)
            var z = c
            for i in stride(from: 0, to: m, by: 24) {
                for j in stride(from: 0, to: n, by: 32) { ck_bf16_multiply(strips, packed, i, min(m, i + 24), j, min(n, j + 32), k, &z, n, 1) }
            }
            results.append(z)
        }
        #expect(packings.allSatisfy { $0 == packings[0] })
        #expect(results.allSatisfy { $0 == results[0] })
        #expect(onTiles.allSatisfy { $0 == onTiles[0] })
        for i in 0..<m {
            for j in 0..<n {
                var sum = Double(c[i * n + j]), size = 1.0
                for kk in 0..<k {
                    let product = Double(ra[i * k + kk]) * Double(rb[kk * n + j])
                    sum += product
                    size += abs(product)
                }
                for y in [results[0]] + onTiles.prefix(1) { #expect(abs(Double(y[i * n + j]) - sum) < 2e-6 * size) }
            }
        }
    }
}

/// The sizes of a `linear`: x [rows, inputs], weight [outputs, inputs].
struct LinearSize: CustomTestStringConvertible, Sendable {
    let rows, inputs, outputs: Int
    init(_ rows: Int, _ inputs: Int, _ outputs: Int) { (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs) }
    var testDescription: String { "\(rows) x \(inputs) x \(outputs)" }
}

/// `linear` with bf16 inputs. The precision is set around the calls only, so suites that run beside this one keep theirs; the
/// number of threads is the process's, and `withThreads` gives each its turn.
@Suite("bf16 in linear", .serialized, .enabled(if: ck_bf16_available() != 0)) struct PrecisionTests {
    /// y, dx, dweight, dbias; the gradients of two backward passes, one overwriting and one adding.
    static func run(_ size: LinearSize) -> [[Float]] {
        let x = values([size.rows, size.inputs], seed: 1), w = values([size.outputs, size.inputs], seed: 2), b = values([size.outputs], seed: 3)
        for tensor in [x, w, b] { tensor.requiresGradient = true }
        let y = linear(x, w, bias: b)
        probe(y).backward()                        // dy = the values of seed 99
        probe(linear(x, w, bias: b)).backward()
        return [y.array()] + [x, w, b].map { $0.gradient?.array() ?? [] }
    }

    /// A[m, k]·B[k, n] in double precision, of the inputs as `gemm` reads them, and Σ|a·b| of each sum: cancellation cannot
    /// fail a test by chance.
    static func product(_ a: [Float], _ b: [Float], _ m: Int, _ n: Int, _ k: Int) -> (sums: [Double], sizes: [Double]) {
        let rounds = m >= 12 && m * n * k >= 262_144          // smaller ones stay in f32
        let a = rounds ? roundedToBF16(a) : a, b = rounds ? roundedToBF16(b) : b
        var sums = [Double](repeating: 0, count: m * n), sizes = sums
        for i in 0..<m {
            for l in 0..<k {
                let factor = Double(a[i * k + l])
                for j in 0..<n {
                    let term = factor * Double(b[l * n + j])
                    sums[i * n + j] += term
                    sizes[i * n + j] += abs(term)
                }
            }
        }
        return (sums, sizes)
    }

    /// The largest difference between values and `times` the products, as a share of the sums' sizes.
    static func error(_ found: [Float], _ expected: (sums: [Double], sizes: [Double]), times: Double) -> Double {
        guard found.count == expected.sums.count else { return .infinity }
        var worst = 0.0
        for i in found.indices {
            let miss = abs(Double(found[i]) - times * expected.sums[i])
            worst = max(worst, miss / (1 + times * expected.sizes[i]))
        }
        return worst
    }

    @Test("Forward and backward are products of rounded inputs", arguments: [
        LinearSize(64, 64, 64), LinearSize(63, 65, 65), LinearSize(65, 63, 130), LinearSize(130, 65, 64), LinearSize(130, 130, 16),
        LinearSize(15, 130, 140), LinearSize(16, 129, 130), LinearSize(17, 130, 131), LinearSize(12, 160, 150), LinearSize(11, 160, 150),
        LinearSize(1, 515, 520), LinearSize(520, 1, 515), LinearSize(515, 520, 1), LinearSize(130, 15, 140), LinearSize(200, 257, 15),
        LinearSize(33, 16, 500), LinearSize(400, 17, 193), LinearSize(2_500, 17, 15), LinearSize(17, 31, 2_400),
    ])
    func linearOfRoundedInputs(_ size: LinearSize) {
        let (rows, inputs, outputs) = (size.rows, size.inputs, size.outputs)
        let x = values([rows, inputs], seed: 1).array(), w = values([outputs, inputs], seed: 2).array()
        let b = values([outputs], seed: 3).array(), dy = values([rows, outputs], seed: 99).array()
        let found = Compute.withPrecision(.bfloat16) { Self.run(size) }
        var y = Self.product(x, transposed(w, outputs, inputs), rows, outputs, inputs)
        for i in y.sums.indices { y.sums[i] += Double(b[i % outputs]) }
        #expect(Self.error(found[0], y, times: 1) < 2e-6)
        #expect(Self.error(found[1], Self.product(dy, w, rows, inputs, outputs), times: 2) < 2e-6)
        #expect(Self.error(found[2], Self.product(transposed(dy, rows, outputs), x, outputs, inputs, rows), times: 2) < 2e-6)
    }

    @Test("One thread and two give the same bits, and not those of float32", arguments: [
        LinearSize(130, 65, 64), LinearSize(400, 17, 193), LinearSize(2_500, 17, 15), LinearSize(1_030, 70, 300),
    ])
    func threads(_ size: LinearSize) {
        func run(_ threads: Int, _ precision: Compute.Precision) -> [[Float]] {
            Compute.withThreads(threads) { Compute.withPrecision(precision) { Self.run(size) } }
        }
        let one = run(1, .bfloat16)
        #expect(run(2, .bfloat16) == one && run(3, .bfloat16) == one)
        let plain = run(2, .float32)
        #expect(one[0] != plain[0] && one[1] != plain[1] && one[2] != plain[2])
        #expect(one[3] == plain[3], "the gradient of a bias is no product")
    }
}

/// bf16 paths of attention and of the loss against those of f32: errors are those of rounded inputs, of 1/256 a value.
@Suite("bf16 in attention and loss", .enabled(if: ck_bf16_available() != 0)) struct PrecisionOfLayersTests {
    /// The largest difference as a share of the largest value, or of `least`: some gradients are 0 but for rounding.
    static func share(_ a: [Float], _ b: [Float], least: Float = 1e-6) -> Float { difference(a, b) / max(least, b.map(abs).max() ?? 0) }

    @Test("Attention and its gradients", arguments: [(1, 64), (63, 32), (64, 64), (65, 6), (140, 48), (200, 128)])
    func attentionAgrees(length: Int, width: Int) {
        let (batch, heads, shared) = (2, 4, 2), rotary = RotaryTable(headWidth: width, base: 100, positions: 200)
        let given = (0..<length * length).map { $0 % 7 < 3 && $0 / length != 9 }       // query 9 sees nothing
        let first = (0..<batch * length).map { Int32($0 % length / 50 * 50) }
        for mask in [AttentionMask.full, .causal, .causalFrom(first), .given(given)] {
            func run() -> [[Float]] {
                let q = values([batch * length, heads * width], seed: 1), k = values([batch * length, shared * width], seed: 2)
                let v = values([batch * length, shared * width], seed: 3)
                for x in [q, k, v] { x.requiresGradient = true }
                let y = attention(query: q, key: k, value: v, batch: batch, length: length, heads: heads, keyValueHeads: shared, mask: mask, rotary: rotary)
                probe(y).backward()
                return [y.array()] + [q, k, v].map { $0.gradient?.array() ?? [] }
            }
            let found = Compute.withPrecision(.bfloat16, run), plain = Compute.withPrecision(.float32, run)
            for (a, b) in zip(found, plain) { #expect(a.count == b.count && Self.share(a, b, least: 1) < 0.02) }
            #expect(length == 1 || found[0] != plain[0])
        }
    }

    @Test("Attention to other positions", arguments: [(1, 300), (70, 20), (65, 130)]) func crossAttentionAgrees(length: Int, keyLength: Int) {
        let (batch, heads, shared, width) = (2, 4, 2, 48)
        func run() -> [[Float]] {
            let q = values([batch * length, heads * width], seed: 1), k = values([batch * keyLength, shared * width], seed: 2)
            let v = values([batch * keyLength, shared * width], seed: 3)
            for x in [q, k, v] { x.requiresGradient = true }
            let y = attention(query: q, key: k, value: v, batch: batch, length: length, keyLength: keyLength, heads: heads, keyValueHeads: shared,
                              mask: .full, rotary: nil)
            probe(y).backward()
            return [y.array()] + [q, k, v].map { $0.gradient?.array() ?? [] }
        }
        let found = Compute.withPrecision(.bfloat16, run), plain = Compute.withPrecision(.float32, run)
        for (a, b) in zip(found, plain) { #expect(a.count == b.count && Self.share(a, b, least: 1) < 0.02) }
        #expect(found[0] != plain[0])
    }

    @Test("Linear maps of one input are those of each", arguments: [Compute.Precision.float32, .bfloat16])
    func mapsTogether(_ precision: Compute.Precision) {
        Compute.withPrecision(precision) {
            let x = values([150, 70], seed: 1), w = [90, 64, 3].map { values([$0, 70], seed: UInt64($0)) }, b = values([64], seed: 4)
            let all = [x] + w + [b]
            for tensor in all { tensor.requiresGradient = true }
            let y = linear(x, [(w[0], nil), (w[1], b), (w[2], nil)])
            (probe(y[0]) + probe(y[2]) + probe(y[1])).backward()
            let together = y.map { $0.array() } + all.map { $0.gradient?.array() ?? [] }
            for tensor in all { tensor.zeroGradient() }
            let z = [linear(x, w[0]), linear(x, w[1], bias: b), linear(x, w[2])]
            (probe(z[0]) + probe(z[2]) + probe(z[1])).backward()
            let apart = z.map { $0.array() } + all.map { $0.gradient?.array() ?? [] }
            for (a, b) in zip(together, apart) { #expect(!a.isEmpty && Self.share(a, b) < 1e-5) }
        }
    }

    @Test("The loss of a linear map is that of its logits", arguments: [Compute.Precision.float32, .bfloat16], [1, 13, 700])
    func lossOfBlocks(_ precision: Compute.Precision, rows: Int) {
        Compute.withPrecision(precision) {
            let x = values([rows, 30], seed: 1), w = values([301, 30], seed: 2)
            let all = (0..<rows).map { Int32($0 * 37 % 301) }, some = all.enumerated().map { $0 % 3 == 1 ? -1 : $1 }
            let weights = (0..<rows).map { Float($0 % 4) }
            for tensor in [x, w] { tensor.requiresGradient = true }
            for (targets, weights) in [(all, nil), (some, nil), (all, weights), (some, weights), (all.map { _ in -1 }, nil)] as [([Int32], [Float]?)] {
                func run(_ loss: () -> Tensor) -> [[Float]] {
                    for tensor in [x, w] { tensor.zeroGradient() }
                    let y = loss()
                    y.backward(scale: 3)
                    #expect(y.item == withoutGradients { loss() }.item)
                    return [[y.item]] + [x, w].map { $0.gradient?.array() ?? [] }
                }
                let found = run { linearCrossEntropy(x, w, targets: targets, weights: weights) }
                let plain = run { crossEntropy(linear(x, w), targets: targets, weights: weights) }
                let bound: Float = precision == .float32 ? 1e-5 : 0.02
                for (a, b) in zip(found, plain) { #expect(a.count == b.count && Self.share(a, b) < bound) }
            }
        }
    }
}

/// Also where the machine has no bf16: what was asked for and what is in force.
@Suite("Precision") struct PrecisionScopeTests {
    @Test func holdsInsideOnly() {
        let before = Compute.precision, best: Compute.Precision = ck_bf16_available() != 0 ? .bfloat16 : .float32
        struct Stop: Error {}
        Compute.withPrecision(.bfloat16) {
            #expect(Compute.precision == best && Compute.summary.contains(best.rawValue))
            Compute.withPrecision(.float32) { #expect(Compute.precision == .float32) }
            Compute.withPrecision(nil) { #expect(Compute.precision == best) }
            #expect(throws: Stop.self) { try Compute.withPrecision(.float32) { throw Stop() } }
            #expect(Compute.precision == best)
        }
        #expect(Compute.precision == before)
    }

    @Test func othersKeepTheirs() async {
        let before = Compute.precision
        await withTaskGroup(of: Bool.self) { group in
            for i in 0..<8 {
                group.addTask {
                    guard i % 2 == 0 else { return (0..<1_000).allSatisfy { _ in Compute.precision == before } }
                    let wanted: Compute.Precision = before == .float32 ? .bfloat16 : .float32
                    return Compute.withPrecision(wanted) { (0..<1_000).allSatisfy { _ in Compute.precision == wanted || ck_bf16_available() == 0 } }
                }
            }
            for await kept in group { #expect(kept) }
        }
    }
}
