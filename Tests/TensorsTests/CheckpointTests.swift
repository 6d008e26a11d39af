import Tensors
import Testing

/// `checkpoint`: the same bits, less memory.
@Suite("Checkpointing") struct CheckpointTests {
    /// Three blocks with parameters of their own, the second used twice, and an input that is read after them again.
    private static func step(_ checkpoints: Bool, precision: Compute.Precision = .float32) -> [[Float]] {
        let rows = 64, width = 48
        let x = values([rows, width], seed: 1), last = values([width, width], seed: 9, deviation: 0.2)
        let weights = (0..<4).map { values([width, width], seed: UInt64(2 + $0), deviation: 0.2) }
        for p in [x, last] + weights { p.requiresGradient = true }
        let loss = Compute.withPrecision(precision) {
            let start = x.scaled(by: 0.5)
            var y = start
            for (a, b) in [(0, 1), (2, 3), (2, 3)] {
                let body = { (t: [Tensor]) in t[0] + linear(gelu(linear(t[0], weights[a])) * t[1], weights[b]) }
                y = checkpoints ? checkpoint([y, start], body) : body([y, start])
            }
            let z = linear(y + start, last)
            return probe(z)
        }
        loss.backward()
        return [[loss.item]] + ([x, last] + weights).map { $0.gradient?.array() ?? [] }
    }

    @Test(arguments: Compute.Precision.allCases) func bitsAreTheSame(precision: Compute.Precision) {
        let kept = Self.step(false, precision: precision), again = Self.step(true, precision: precision)
        #expect(kept == again && kept.allSatisfy { !$0.isEmpty })
    }

    @Test func parametersGetGradientsWhereNoInputWantsOne() {
        let x = values([4, 8], seed: 1), w = values([8, 8], seed: 2)
        w.requiresGradient = true
        checkpoint([x]) { linear($0[0], w) }.sum().backward()
        let again = w.gradient?.array()
        w.zeroGradient()
        linear(x, w).sum().backward()
        #expect(again != nil && again == w.gradient?.array() && x.gradient == nil)
    }

    @Test func nothingIsRecordedWithoutGradients() {
        let x = values([4, 8], seed: 1)
        x.requiresGradient = true
        var runs = 0
        let y = withoutGradients {
            checkpoint([x]) { inputs in
                runs += 1
                return inputs[0].scaled(by: 2)
            }
        }
        #expect(!y.requiresGradient && runs == 1)
    }

    /// One input for two places, a body that hands its input on, and a checkpoint in a checkpoint.
    @Test func inputsMayBeSharedAndPiecesNested() {
        func gradient(_ checkpoints: Bool) -> [Float]? {
            func piece(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor) -> Tensor {
                checkpoints ? checkpoint(inputs, body) : body(inputs)
            }
            let x = values([5, 8], seed: 3)
            x.requiresGradient = true
            let y = piece([x, x]) { outer in piece([outer[0], outer[1]]) { $0[0] * $0[1] } + outer[0] }
            probe(piece([y]) { $0[0] }).backward()
            return x.gradient?.array()
        }
        #expect(gradient(true) == gradient(false) && gradient(true) != nil)
    }

    @Test func lessMemoryIsTakenAtATime() {
        func peak(_ checkpoints: Bool) -> Int {
            let x = values([256, 64], seed: 1), w = values([256, 64], seed: 2), back = values([64, 256], seed: 3)
            for p in [x, w, back] { p.requiresGradient = true }
            return Compute.measuringMemory {
                var y = x
                for _ in 0..<8 {
                    let body = { (t: [Tensor]) in t[0] + linear(gelu(linear(t[0], w)), back) }
                    y = checkpoints ? checkpoint([y], body) : body([y])
                }
                y.mean().backward()
            }.use.peak
        }
        let kept = peak(false), again = peak(true)
        #expect(again * 2 < kept, "\(again) of \(kept) bytes")
    }

    /// Other suites share the free list and may take a block that this one has given back: so several steps have their chance.
    @Test func laterTrainingStepsTakeNothingFromTheSystem() {
        let x = values([256, 64], seed: 1), w = values([256, 64], seed: 2), back = values([64, 256], seed: 3)
        var optimizer = AdamW()
        for p in [w, back] { p.requiresGradient = true }
        func step() -> Int {
            Compute.measuringMemory {
                for p in [w, back] { p.zeroGradient() }
                (x + linear(gelu(linear(x, w)), back)).mean().backward()
                optimizer.step(parameters: [w, back], learningRate: 1e-3)
            }.use.blocksFromSystem
        }
        _ = step()
        #expect((0..<20).contains { _ in step() == 0 })
    }
}
