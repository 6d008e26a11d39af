import CKernels
import Foundation
import Tensors
import Testing

@Suite("Kernels against plain references") struct KernelTests {
    @Test func expIsAccurateOverItsRange() {
        let x: [Float] = stride(from: -87, through: 88, by: 0.0137).map { Float($0) } + [0, -0.0, 1e-8, -1e-8]
        var y = x
        ck_exp(x, &y, x.count)
        for (a, b) in zip(x, y) { #expect(abs(Double(b) / Foundation.exp(Double(a)) - 1) < 3e-7, "e^\(a)") }
        let edge: [Float] = [-.infinity, -200, .nan]
        var z = edge
        ck_exp(edge, &z, 3)
        #expect(z[0] == 0 && z[1] == 0 && z[2].isNaN)
    }

    @Test(arguments: [1, 7, 8, 15, 16, 17, 31, 64, 100]) func softmaxAndLoss(width: Int) {
        let x = values([width], seed: 5, deviation: 4).array()
        var y = x
        #expect(ck_softmax(&y, width) == x.max())
        let total = x.reduce(0.0) { $0 + Foundation.exp(Double($1)) }
        for (a, b) in zip(x, y) { #expect(abs(Double(b) - Foundation.exp(Double(a)) / total) < 1e-6) }
        let loss = crossEntropy(Tensor(x, shape: [1, width]), targets: [Int32(width / 2)]).item
        #expect(abs(Double(loss) - (log(total) - Double(x[width / 2]))) < 1e-5)
    }

    @Test func lossOfNothingIsZeroAndNaNIsSeen() {
        #expect(crossEntropy(values([2, 3], seed: 1), targets: [-1, -1]).item == 0)
        #expect(crossEntropy(Tensor([.nan, 1, 2], shape: [1, 3]), targets: [1]).item.isNaN)
    }

    @Test func geluIsExact() {
        let x: [Float] = stride(from: -6, through: 6, by: 0.01).map { Float($0) }
        let y = Tensor(x, shape: [x.count]).gelu().array()
        for (a, b) in zip(x, y) { #expect(abs(Double(b) - Double(a) * 0.5 * erfc(-Double(a) / 2.0.squareRoot())) < 1e-6) }
    }

    /// Attention in double precision, straight from its definition.
    static func plainAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, batch: Int, length: Int, heads: Int, shared: Int, rotary: RotaryTable?,
        sees: (Int, Int, Int) -> Bool
    ) -> [Float] {
        let width = q.shape[1] / heads, group = heads / shared
        func row(_ x: Tensor, _ heads: Int, _ b: Int, _ t: Int, _ h: Int, turned: Bool) -> [Double] {
            let all = x.array(), at = ((b * length + t) * heads + h) * width
            var result = (0..<width).map { Double(all[at + $0]) }
            guard turned, rotary != nil else { return result }
            for j in 0..<width / 2 {
                let angle = Double(t) * pow(100, -2 * Double(j) / Double(width)), (a, c) = (result[j], result[j + width / 2])
                result[j] = a * cos(angle) - c * sin(angle)
                result[j + width / 2] = c * cos(angle) + a * sin(angle)
            }
            return result
        }
        var out = [Float](repeating: 0, count: q.count)
        for b in 0..<batch {
            for h in 0..<heads {
                let keys = (0..<length).map { row(k, shared, b, $0, h / group, turned: true) }
                let rows = (0..<length).map { row(v, shared, b, $0, h / group, turned: false) }
                for t in 0..<length {
                    let query = row(q, heads, b, t, h, turned: true)
                    let weights = (0..<length).map { (s: Int) -> Double in
                        var score = 0.0
                        for j in 0..<width { score += query[j] * keys[s][j] }
                        return sees(b, t, s) ? Foundation.exp(score / Double(width).squareRoot()) : 0
                    }
                    let total = weights.reduce(0, +)
                    for j in 0..<width {
                        var sum = 0.0
                        for s in 0..<length { sum += weights[s] * rows[s][j] }
                        out[((b * length + t) * heads + h) * width + j] = total > 0 ? Float(sum / total) : 0
                    }
                }
            }
        }
        return out
    }

    @Test(arguments: [1, 63, 64, 65, 140]) func attentionOfSeveralTiles(length: Int) {
        let (batch, heads, shared, width) = (2, 2, 1, 8)
        let q = values([batch * length, heads * width], seed: 1), k = values([batch * length, shared * width], seed: 2)
        let v = values([batch * length, shared * width], seed: 3), rotary = RotaryTable(headWidth: width, base: 100, positions: 200)
        let first = (0..<batch * length).map { Int32($0 % length / 50 * 50) }
        let given = (0..<length * length).map { $0 % 7 < 3 && $0 % length < 70 && $0 / length != 9 }
        func run(_ mask: AttentionMask) -> [Float] {
            attention(query: q, key: k, value: v, batch: batch, length: length, heads: heads, keyValueHeads: shared, mask: mask, rotary: rotary).array()
        }
        func plain(_ sees: (Int, Int, Int) -> Bool) -> [Float] {
            Self.plainAttention(q, k, v, batch: batch, length: length, heads: heads, shared: shared, rotary: rotary, sees: sees)
        }
        #expect(difference(run(.full), plain { _, _, _ in true }) < 2e-5)
        #expect(difference(run(.causal), plain { _, t, s in s <= t }) < 2e-5)
        #expect(difference(run(.causalFrom(first)), plain { b, t, s in s <= t && s >= Int(first[b * length + t]) }) < 2e-5)
        #expect(difference(run(.given(given)), plain { _, t, s in given[t * length + s] }) < 2e-5)
    }

    @Test func convolutionByItsDefinition() {
        let x = values([1, 2, 5, 4], seed: 1), w = values([3, 2, 3, 3], seed: 2)
        let y = conv2d(x, w, bias: nil, stride: 2, padding: 1)
        #expect(y.shape == [1, 3, 3, 2])
        let xs = x.array(), ws = w.array(), ys = y.array()
        for c in 0..<3 {
            for oy in 0..<3 {
                for ox in 0..<2 {
                    var sum: Float = 0
                    for i in 0..<18 {
                        let (channel, ky, kx) = (i / 9, i / 3 % 3, i % 3), (iy, ix) = (oy * 2 + ky - 1, ox * 2 + kx - 1)
                        if (0..<5).contains(iy), (0..<4).contains(ix) { sum += ws[c * 18 + i] * xs[(channel * 5 + iy) * 4 + ix] }
                    }
                    #expect(abs(sum - ys[(c * 3 + oy) * 2 + ox]) < 1e-5)
                }
            }
        }
    }

    @Test func adamWFollowsItsFormula() {
        let p = Tensor([1, -2], shape: [1, 2]), b = Tensor([3], shape: [1]), idle = Tensor([4], shape: [1])
        var optimiser = AdamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.5)
        var want: [Double] = [1, -2, 3], m = [0.0, 0, 0], v = [0.0, 0, 0]
        for step in 1...3 {
            p.gradient = Tensor([0.5, -1], shape: [1, 2])
            b.gradient = Tensor([2], shape: [1])
            optimiser.step(parameters: [p, b, idle], learningRate: 0.1, gradientScale: 0.5)
            for (i, g) in [0.25, -0.5, 1.0].enumerated() {
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.99 * v[i] + 0.01 * g * g
                if i < 2 { want[i] *= 1 - 0.1 * 0.5 }      // a bias is not decayed
                want[i] -= 0.1 * (m[i] / (1 - pow(0.9, Double(step)))) / ((v[i] / (1 - pow(0.99, Double(step)))).squareRoot() + 1e-8)
            }
        }
        #expect(difference(p.array() + b.array(), want.map(Float.init)) < 1e-5)
        #expect(idle.array() == [4] && optimiser.steps == 3)
        #expect(globalGradientNorm([p, b, idle]) == Float(5.25.squareRoot()))
    }

    @Test func exampleOfTheModuleLearns() {
        var random = RandomSource(seed: 1)
        let weight = Tensor.normal([1, 2], deviation: 0.1, using: &random)
        weight.requiresGradient = true
        var optimiser = AdamW()
        let x = Tensor([1, 2, 3, 4], shape: [2, 2]), wanted = Tensor([-3, -7], shape: [2, 1])
        var last: Float = .infinity
        for _ in 0..<100 {
            let error = linear(x, weight) + wanted
            let loss = (error * error).mean()
            loss.backward()
            last = loss.item
            optimiser.step(parameters: [weight], learningRate: 0.05)
            weight.zeroGradient()
        }
        #expect(last < 0.05)
    }

    @Test func memoryIsReused() {
        // A tensor given back and one of its size asked for: the free list hands out a block, it does not grow by steps.
        func work() { _ = (values([64, 64], seed: 1) * values([64, 64], seed: 2)).sum().item }
        work()
        Compute.trimMemory()
        work()
        let first = Compute.trimMemory()
        work()
        for _ in 0..<20 { work() }
        #expect(first > 0)
        #expect(Compute.trimMemory() <= first + 256_000_000)      // other tests run beside this one
    }
}

@Suite("bf16 products") struct BF16Tests {
    /// Rounds to bf16, nearest even.
    static func rounded(_ x: [Float]) -> [Float] {
        var bits = [UInt16](repeating: 0, count: x.count), back = x
        ck_f32_to_bf16(x, &bits, x.count)
        ck_bf16_to_f32(bits, &back, x.count)
        return back
    }

    @Test("Each layout agrees with double precision on rounded inputs", arguments: [(1, 1, 1), (5, 33, 31), (12, 32, 256), (29, 70, 257), (192, 64, 600)])
    func products(m: Int, n: Int, k: Int) {
        guard ck_bf16_available() != 0 else { return }
        let a = values([m, k], seed: 1).array(), b = values([k, n], seed: 2).array(), c = values([m, n], seed: 3).array()
        let ra = Self.rounded(a), rb = Self.rounded(b)
        func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
            (0..<columns).flatMap { j in (0..<rows).map { x[$0 * columns + j] } }
        }
        let at = transposed(a, m, k), bt = transposed(b, k, n)
        let panels = (n + Int(CK_BF16_PANEL) - 1) / Int(CK_BF16_PANEL)
        var results: [[Float]] = []
        for aIsTransposed in [false, true] {
            for bIsTransposed in [false, true] {
                var packed = [UInt32](repeating: 0xFFFF_FFFF, count: panels * Int(CK_BF16_PANEL) * ((k + 1) / 2)), y = c
                for p in 0..<panels { ck_bf16_pack(bIsTransposed ? bt : b, bIsTransposed ? k : n, bIsTransposed ? 1 : 0, k, n, p, &packed) }
                ck_bf16_multiply(aIsTransposed ? at : a, aIsTransposed ? m : k, aIsTransposed ? 1 : 0, m, k, packed, n, &y, n, 1)
                results.append(y)
            }
        }
        #expect(results.allSatisfy { $0 == results[0] })
        for i in 0..<m {
            for j in 0..<n {
                var sum = Double(c[i * n + j]), size = 1.0
                for kk in 0..<k {
                    let product = Double(ra[i * k + kk]) * Double(rb[kk * n + j])
                    sum += product
                    size += abs(product)
                }
                #expect(abs(Double(results[0][i * n + j]) - sum) < 2e-6 * size)
            }
        }
    }
}
