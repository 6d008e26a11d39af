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

    /// The loss is log Σ e^x - x[target], its gradient softmax(x), less 1 at the target.
    /// Compilers build each kernel for several instruction sets; which one runs shows in whether products are rounded before they
    /// are added: (1 + 2⁻¹²)² - (1 + 2⁻¹¹) is 2⁻²⁴ with FMA and 0 without.
    @Test func kernelsAreThoseOfThisMachine() {
        let factor = 1 + Float(sign: .plus, exponent: -12, significand: 1), x = [Float](repeating: factor, count: 100)
        var y = [Float](repeating: -(1 + Float(sign: .plus, exponent: -11, significand: 1)), count: 100)
        ck_scale(x, factor, &y, 100, 1)
        #expect(y == [Float](repeating: ck_level() > 0 ? Float(sign: .plus, exponent: -24, significand: 1) : 0, count: 100))
    }

    @Test(arguments: [1, 7, 8, 15, 16, 17, 31, 64, 100]) func lossAndItsGradient(width: Int) {
        let x = values([width], seed: 5, deviation: 4).array(), target = width / 2
        let total = x.reduce(0.0) { $0 + Foundation.exp(Double($1)) }
        let logits = Tensor(x, shape: [1, width])
        logits.requiresGradient = true
        let loss = crossEntropy(logits, targets: [Int32(target)])
        #expect(abs(Double(loss.item) - (log(total) - Double(x[target]))) < 1e-5)
        loss.backward()
        let gradient = logits.gradient?.array() ?? []
        #expect(gradient.count == width)
        for (i, g) in gradient.enumerated() {
            #expect(abs(Double(g) - (Foundation.exp(Double(x[i])) / total - (i == target ? 1 : 0))) < 2e-6)
        }
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

    /// Cross-attention is self-attention over the longer of the two lengths, cut: keys that nobody sees, queries that nobody reads.
    @Test("Attention to other positions is that over both, cut", arguments: [(1, 64), (1, 65), (70, 3), (65, 130), (3, 1)])
    func crossAttention(length: Int, keyLength: Int) {
        let (batch, heads, shared, width) = (2, 2, 1, 8), most = max(length, keyLength)
        let q = values([batch * most, heads * width], seed: 1), k = values([batch * most, shared * width], seed: 2)
        let v = values([batch * most, shared * width], seed: 3)
        func cut(_ x: Tensor, to rows: Int) -> Tensor {
            let all = x.array(), width = all.count / (batch * most)
            return Tensor((0..<batch).flatMap { all[$0 * most * width..<($0 * most + rows) * width] }, shape: [batch * rows, width])
        }
        let given = (0..<length * keyLength).map { $0 % 7 < 3 && $0 / keyLength != 2 }
        for mask in [AttentionMask.full, .given(given)] {
            let wide = AttentionMask.given((0..<most * most).map { at in
                let (t, s) = (at / most, at % most)
                guard t < length, s < keyLength else { return false }
                if case .given(let allowed) = mask { return allowed[t * keyLength + s] }
                return true
            })
            let whole = attention(query: q, key: k, value: v, batch: batch, length: most, heads: heads, keyValueHeads: shared, mask: wide, rotary: nil)
            let found = attention(
                query: cut(q, to: length), key: cut(k, to: keyLength), value: cut(v, to: keyLength), batch: batch, length: length,
                keyLength: keyLength, heads: heads, keyValueHeads: shared, mask: mask, rotary: nil)
            #expect(difference(found.array(), cut(whole, to: length).array()) < 1e-6)
        }
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
        // 92 MiB, a size class that nothing else in the tests asks for: what runs beside this one cannot take the block.
        let shape = [24_000, 1_000]
        var places = Set<UnsafePointer<Float>>()
        for _ in 0..<5 { places.insert(Tensor(zeros: shape).withUnsafePointer { $0 }) }
        #expect(places.count == 1, "a block that was given back is handed out again")
        #expect(Compute.trimMemory() >= 96_000_000, "and stays in the free list until it is trimmed")
        #expect(ck_allocate(1 << 60) == nil, "no memory is an answer")
    }
}
