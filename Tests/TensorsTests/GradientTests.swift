import Foundation
import Tensors
import Testing

@Suite("Gradients against finite differences") struct GradientTests {
    @Test func linearWithBias() {
        let x = values([5, 7], seed: 1), w = values([3, 7], seed: 2), b = values([3], seed: 3)
        #expect(gradientError(of: [x, w, b]) { probe(linear(x, w, bias: b)) } < 2e-3)
        #expect(gradientError(of: [x, w]) { probe(linear(x, w)) } < 2e-3)
    }

    @Test func linearOfSeveralTilesAgreesWithItsParts() {
        // 300 rows are more than a tile; the gradient of the weight must be the sum of those of two halves.
        let x = values([300, 20], seed: 1), w = values([290, 20], seed: 2)
        w.requiresGradient = true
        let y = linear(x, w)
        probe(y).backward()
        let whole = w.gradient?.array() ?? []
        var expected = [Float](repeating: 0, count: 290 * 20)
        let dy = values([300, 290], seed: 99).array(), xs = x.array(), ws = w.array(), ys = y.array()
        for r in 0..<300 {
            for o in 0..<290 {
                var s: Float = 0
                for i in 0..<20 {
                    expected[o * 20 + i] += dy[r * 290 + o] * xs[r * 20 + i]
                    s += xs[r * 20 + i] * ws[o * 20 + i]
                }
                #expect(abs(s - ys[r * 290 + o]) < 1e-4)
            }
        }
        #expect(difference(whole, expected) < 1e-3)
    }

    @Test func embeddingAddsRowsOfOneId() {
        let table = values([6, 70], seed: 1)
        #expect(gradientError(of: [table]) { probe(embedding(table, ids: [2, 5, 2, 0])) } < 2e-3)
    }

    @Test("The divergence from a teacher's law, its gradient, and rows and tokens that do not count") func distillation() {
        let x = values([5, 7], seed: 1), w = values([6, 7], seed: 2), teacher = values([5, 4], seed: 3), known = values([4, 4], seed: 4), weights: [Float] = [1, 0, 2, 0.5, 1]
        #expect(gradientError(of: [x, w]) { linearDistillation(x, w, teacher: teacher, known, weights: weights) } < 2e-3)
        func laws(_ x: Tensor, _ w: Tensor) -> [[Double]] {
            let logits = withoutGradients { linear(x, w).array() }, width = w.shape[0]
            return (0..<x.shape[0]).map { row -> [Double] in
                let all = logits[row * width..<(row + 1) * width].map { exp(Double($0)) }
                return all.map { $0 / all.reduce(0, +) }
            }
        }
        let own = laws(x, w), theirLaws = laws(teacher, known)
        var expected = 0.0
        for row in 0..<5 {
            for token in 0..<4 { expected += Double(weights[row]) / 4.5 * theirLaws[row][token] * log(theirLaws[row][token] / own[row][token]) }
        }
        #expect(abs(Double(linearDistillation(x, w, teacher: teacher, known, weights: weights).item) - expected) < 1e-5)
        #expect(abs(linearDistillation(x, w, teacher: x, w, weights: weights).item) < 1e-6, "nothing is to be learnt of oneself")
        #expect(linearDistillation(x, w, teacher: teacher, known, weights: [0, 0, 0, 0, 0]).item == 0)
        // Many blocks of rows, in bf16 too.
        let tall = values([1_100, 64], seed: 5), head = values([340, 64], seed: 6), other = values([1_100, 64], seed: 7), theirs = values([300, 64], seed: 8)
        let some = (0..<1_100).map { Float($0 % 3) }
        for precision in Compute.Precision.allCases {
            Compute.withPrecision(precision) {
                let together = linearDistillation(tall, head, teacher: other, theirs, weights: some).item
                let apart = (0..<11).reduce(Float(0)) { sum, part in
                    func cut(_ t: Tensor) -> Tensor { Tensor(Array(t.array()[part * 6_400..<(part + 1) * 6_400]), shape: [100, 64]) }
                    let own = Array(some[part * 100..<(part + 1) * 100])
                    return sum + own.reduce(0, +) / some.reduce(0, +) * linearDistillation(cut(tall), head, teacher: cut(other), theirs, weights: own).item
                }
                #expect(abs(together - apart) < (precision == .float32 ? 1e-4 : 2e-2) * together)
            }
        }
    }

    @Test("Total variation: its value, its gradient, the standardised one in proportion, and that of samples alike in the mean") func totalVariation() {
        let x = values([5, 7], seed: 1), w = values([6, 7], seed: 2), teacher = values([5, 4], seed: 3), known = values([4, 4], seed: 4), weights: [Float] = [1, 0, 2, 0.5, 1]
        func loss(_ divergence: Divergence) -> Tensor { linearDistillation(x, w, teacher: teacher, known, weights: weights, by: divergence) }
        #expect(gradientError(of: [x, w]) { loss(.totalVariation()) } < 2e-3)
        func law(_ x: Tensor, _ w: Tensor, _ row: Int) -> [Double] {
            let all = withoutGradients { linear(x, w).array() }[row * w.shape[0]..<(row + 1) * w.shape[0]].map { exp(Double($0)) }
            return all.map { $0 / all.reduce(0, +) }
        }
        let expected = (0..<5).reduce(0.0) { sum, row in
            let q = law(x, w, row), p = law(teacher, known, row) + [0, 0]
            return sum + Double(weights[row]) / 4.5 * zip(q, p).reduce(0) { $0 + abs($1.0 - $1.1) / 2 }
        }
        for divergence in [Divergence.totalVariation(), .totalVariation(standardized: true), .policy(samples: 3, seed: 1)] { #expect(abs(Double(loss(divergence).item) - expected) < 1e-5) }
        #expect(abs(linearDistillation(x, w, teacher: x, w, weights: weights, by: .totalVariation()).item) < 1e-6)
        func gradients(_ divergence: Divergence) -> [Float] {
            for tensor in [x, w] {
                tensor.requiresGradient = true
                tensor.zeroGradient()
            }
            loss(divergence).backward()
            return [x, w].flatMap { $0.gradient?.array() ?? [] }
        }
        let own = gradients(.totalVariation()), scaled = gradients(.totalVariation(standardized: true))
        let factor = zip(own, scaled).reduce(Float(0)) { $0 + $1.0 * $1.1 } / own.reduce(0) { $0 + $1 * $1 }
        #expect(factor >= 2 && zip(own, scaled).allSatisfy { abs(factor * $0.0 - $0.1) < 1e-5 })        // the spread of costs of 0 and 1 is a half at most
        // 4 rows count; with many samples the mean is near, in direction above all: it is divided by the spread of the costs drawn.
        let drawn = gradients(.policy(samples: 40_000, seed: 7)), same = gradients(.policy(samples: 40_000, seed: 7))
        func size(_ a: [Float]) -> Float { a.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let cosine = zip(own, drawn).reduce(Float(0)) { $0 + $1.0 * $1.1 } / (size(own) * size(drawn))
        #expect(drawn == same && cosine > 0.999 && size(drawn) > 2 * size(own))
    }

    @Test func weightsOfAdapters() {
        let w = values([5, 7], seed: 1), up = values([5, 2], seed: 2), down = values([2, 7], seed: 3), rows = values([3, 7], seed: 4)
        #expect(gradientError(of: [w, up, down]) { probe(adapted(w, up: up, down: down)) } < 2e-3)
        #expect(gradientError(of: [down]) { probe(adapted(w, up: up, down: down) + adapted(w, up: up, down: down)) } < 2e-3)
        #expect(gradientError(of: [w, rows]) { probe(stacked(w, rows)) } < 2e-3)
        // A frozen table above: the rows below learn the same.
        w.requiresGradient = false
        let x = values([6, 7], seed: 5), targets: [Int32] = [0, 7, 5, 6, 2, 7]
        #expect(gradientError(of: [x, rows]) { linearCrossEntropy(x, stacked(w, rows), targets: targets) } < 2e-3)
        let whole = Tensor(w.array() + rows.array(), shape: [8, 7])
        whole.requiresGradient = true
        linearCrossEntropy(x, whole, targets: targets).backward()
        rows.requiresGradient = true
        rows.zeroGradient()
        linearCrossEntropy(x, stacked(w, rows), targets: targets).backward()
        #expect(difference(rows.gradient?.array() ?? [], Array(whole.gradient?.array()[35...] ?? [])) < 1e-6)
        // Blocks of rows, in bf16, with rows that do not count.
        let tall = values([1_100, 64], seed: 6), above = values([300, 64], seed: 7), below = values([40, 64], seed: 8)
        let many = (0..<1_100).map { Int32($0 % 7 == 0 ? -1 : $0 % 340) }
        for precision in Compute.Precision.allCases {
            Compute.withPrecision(precision) {
                let all = Tensor(above.array() + below.array(), shape: [340, 64])
                all.requiresGradient = true
                linearCrossEntropy(tall, all, targets: many).backward()
                below.requiresGradient = true
                below.zeroGradient()
                linearCrossEntropy(tall, stacked(above, below), targets: many).backward()
                let expected = Array(all.gradient?.array()[(300 * 64)...] ?? []), found = below.gradient?.array() ?? []
                #expect(expected.contains { abs($0) > 1e-4 } && difference(found, expected) < 1e-6)
            }
        }
        let sum = adapted(w, up: up, down: down).array(), u = up.array(), d = down.array()
        for o in 0..<5 { for i in 0..<7 { #expect(abs(sum[o * 7 + i] - w.array()[o * 7 + i] - u[o * 2] * d[i] - u[o * 2 + 1] * d[7 + i]) < 1e-6) } }
        #expect(stacked(w, rows).array() == w.array() + rows.array())
    }

    @Test func sumsAndProducts() {
        let a = values([4, 6], seed: 1), b = values([4, 6], seed: 2), c = values([6], seed: 3)
        #expect(gradientError(of: [a, b]) { probe(a + b) } < 2e-3)
        #expect(gradientError(of: [a, b]) { probe(a * b) } < 2e-3)
        #expect(gradientError(of: [a, c]) { probe(a + c) } < 2e-3)
        #expect(gradientError(of: [a, c]) { probe(a * c) } < 2e-3)
        #expect(gradientError(of: [a]) { probe(a * a + a) } < 2e-3)
        #expect(gradientError(of: [a]) { (a * b).mean() } < 2e-3)
        #expect(gradientError(of: [a]) { probe(a.scaled(by: -3)) } < 2e-3)
        #expect(gradientError(of: [a]) { probe(a.reshaped([3, 8]) + b.reshaped([3, 8])) } < 2e-3)
    }

    @Test func activations() {
        // Values away from 0, where relu has a corner.
        let x = Tensor((0..<40).map { 0.1 + 0.07 * Float($0) * ($0 % 2 == 0 ? 1 : -1) }, shape: [40])
        #expect(gradientError(of: [x]) { probe(relu(x)) } < 2e-3)
        #expect(gradientError(of: [x]) { probe(gelu(x)) } < 2e-3)
        let gate = values([3, 9], seed: 1), up = values([3, 9], seed: 2)
        #expect(gradientError(of: [gate, up]) { probe(swiGLU(gate: gate, up: up)) } < 2e-3)
        #expect(gradientError(of: [up]) { probe(swiGLU(gate: gate, up: up)) } < 2e-3)
        #expect(gradientError(of: [gate]) { probe(swiGLU(gate: gate, up: gate)) } < 2e-3)
    }

    @Test func norms() {
        let x = values([4, 19], seed: 1), w = values([19], seed: 2), b = values([19], seed: 3)
        #expect(gradientError(of: [x, w]) { probe(rmsNorm(x, w, epsilon: 1e-5)) } < 3e-3)
        #expect(gradientError(of: [x, w, b]) { probe(layerNorm(x, w, b, epsilon: 1e-5)) } < 3e-3)
        let image = values([2, 6, 3, 2], seed: 4), scale = values([6], seed: 5), shift = values([6], seed: 6)
        #expect(gradientError(of: [image, scale, shift]) { probe(groupNorm(image, scale, shift, groups: 3)) } < 3e-3)
        #expect(gradientError(of: [scale, shift]) { probe(groupNorm(image, scale, shift, groups: 2)) } < 3e-3)
    }

    @Test func crossEntropyOfWeightedRows() {
        let logits = values([5, 33], seed: 1)
        #expect(gradientError(of: [logits]) { crossEntropy(logits, targets: [3, 0, -1, 32, 7]) } < 3e-3)
        #expect(gradientError(of: [logits]) {
            crossEntropy(logits, targets: [3, 0, -1, 32, 7], weights: [1, 0.25, 4, 2, 0])
        } < 3e-3)
    }

    @Test func convolutionAndPooling() {
        let x = values([3, 2, 6, 5], seed: 1), w = values([4, 2, 3, 3], seed: 2), b = values([4], seed: 3)
        #expect(gradientError(of: [x, w, b]) { probe(conv2d(x, w, bias: b, stride: 1, padding: 1)) } < 3e-3)
        #expect(gradientError(of: [x, w, b]) { probe(conv2d(x, w, bias: b, stride: 2, padding: 1)) } < 3e-3)
        #expect(gradientError(of: [x, w]) { probe(conv2d(x, w, bias: nil, stride: 2, padding: 0)) } < 3e-3)
        // Values 0.05 apart, so that a step never changes which of a window is the largest.
        let apart = Tensor((0..<60).map { Float($0 * 37 % 60) * 0.05 }, shape: [1, 2, 6, 5])
        #expect(gradientError(of: [apart], step: 5e-3) { probe(maxPool2d(apart, size: 2)) } < 3e-3)
        #expect(gradientError(of: [x]) { probe(averagePoolGlobal(x)) } < 3e-3)
    }

    @Test(arguments: ["full", "causal", "causalFrom", "given", "given a batch"])
    func attentionWithMask(_ name: String) {
        let (batch, length, heads, shared, width) = (2, 7, 4, 2, 6)
        var mask: AttentionMask
        switch name {
        case "full": mask = .full
        case "causal": mask = .causal
        case "causalFrom": mask = .causalFrom([0, 0, 0, 3, 3, 3, 6, 0, 1, 1, 1, 1, 5, 5])
        case "given": mask = .given((0..<49).map { $0 % 3 != 1 })
        default: mask = .given((0..<98).map { $0 % 5 != 1 && $0 / 7 != 3 })      // query 3 of entry 0 sees nothing
        }
        let q = values([batch * length, heads * width], seed: 1)
        let k = values([batch * length, shared * width], seed: 2), v = values([batch * length, shared * width], seed: 3)
        for rotary in [nil, RotaryTable(headWidth: width, base: 100, positions: 8)] {
            #expect(gradientError(of: [q, k, v]) {
                probe(attention(query: q, key: k, value: v, batch: batch, length: length, heads: heads, keyValueHeads: shared, mask: mask, rotary: rotary))
            } < 4e-3)
        }
    }

    @Test("Attention to other positions than its own", arguments: [false, true]) func crossAttention(masked: Bool) {
        let (batch, length, keyLength, heads, shared, width) = (2, 5, 9, 4, 2, 6)
        let q = values([batch * length, heads * width], seed: 1)
        let k = values([batch * keyLength, shared * width], seed: 2), v = values([batch * keyLength, shared * width], seed: 3)
        let mask = masked ? AttentionMask.given((0..<batch * length * keyLength).map { $0 % 5 != 1 && $0 / keyLength != 3 }) : .full
        #expect(gradientError(of: [q, k, v]) {
            probe(attention(query: q, key: k, value: v, batch: batch, length: length, keyLength: keyLength, heads: heads, keyValueHeads: shared,
                            mask: mask, rotary: nil))
        } < 4e-3)
    }

    @Test func gradientsOfSharedInputsAddUp() {
        // y = Σ (x + x)·x with x = 3: dy/dx = 4x = 12; the gradient given to both sides of + must not be one memory.
        let x = Tensor([3], shape: [1])
        x.requiresGradient = true
        ((x + x) * x).sum().backward()
        #expect(x.gradient?.array() == [12])
        let a = Tensor([1, 2], shape: [2]), b = Tensor([5, 6], shape: [2])
        a.requiresGradient = true
        b.requiresGradient = true
        let s = a + b
        (s + a.scaled(by: 2)).sum().backward()
        #expect(a.gradient?.array() == [3, 3] && b.gradient?.array() == [1, 1])
        a.zeroGradient()
        #expect(a.gradient == nil)
    }

    @Test func noGraphWithoutGradients() {
        let x = values([2, 2], seed: 1)
        x.requiresGradient = true
        #expect(!withoutGradients { x * x }.requiresGradient)
        #expect((x * x).requiresGradient && !(x * x).detached().requiresGradient)
    }
}
