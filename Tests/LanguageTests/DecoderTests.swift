import Foundation
import Language
import Tensors
import Testing

struct DecoderTests {
    @Test("Parameters have Hugging Face names in a fixed order, and the config counts them", arguments: Shapes.all)
    func parameters(config: DecoderConfig) {
        let decoder = Decoder(config: config, seed: 1)
        let names = decoder.parameters.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.first == "model.embed_tokens.weight")
        #expect(names.contains("model.layers.0.self_attn.q_proj.bias") == config.attentionBias)
        #expect(names.contains("model.layers.0.self_attn.o_proj.bias") == (config.attentionBias && config.modelType == .llama))
        #expect(names.contains("lm_head.weight") == !config.tied)
        #expect(decoder.parameters.reduce(0) { $0 + $1.tensor.count } == config.parameterCount)
    }

    @Test("The seed fixes the weights")
    func seeds() {
        func weights(_ seed: UInt64) -> [Float] {
            Decoder(config: Shapes.llama, seed: seed).parameters.flatMap { $0.tensor.array() }
        }
        #expect(weights(3) == weights(3))
        #expect(weights(3) != weights(4))
    }

    @Test("A causal model does not see what comes later; packed documents do not see each other")
    func masks() {
        let config = Shapes.llama, decoder = stirred(config), V = config.vocabularySize
        let a = tokens(12, below: V, seed: 1), b = tokens(12, below: V, seed: 2)
        func logits(_ ids: [Int], _ mask: AttentionMask = .causal) -> [Float] {
            withoutGradients { decoder.logits(ids: ids.map(Int32.init), batch: 1, length: ids.count, mask: mask).array() }
        }
        let plain = logits(a)
        #expect(distance(logits(Array(a[..<6]) + Array(b[6...]))[..<(6 * V)], plain[..<(6 * V)]) < 1e-5)
        let packed = logits(Array(b[..<5]) + Array(a[..<7]), .causalFrom([Int32](repeating: 0, count: 5) + [Int32](repeating: 5, count: 7)))
        // The same document further right: only differences of positions matter to RoPE.
        #expect(distance(packed[(5 * V)...], plain[..<(7 * V)]) < 2e-4)
    }

    @Test("One batch is learned by heart")
    func overfit() {
        let config = Shapes.llama, decoder = Decoder(config: config, seed: 2)
        let ids = tokens(2 * 17, below: config.vocabularySize, seed: 9)
        var inputs: [Int32] = [], targets: [Int32] = []
        for row in 0..<2 {
            inputs += ids[(row * 17)..<(row * 17 + 16)].map(Int32.init)
            targets += ids[(row * 17 + 1)..<(row * 17 + 17)].map(Int32.init)
        }
        let parameters = decoder.parameters.map(\.tensor)
        var optimiser = AdamW(weightDecay: 0)
        var first: Float = 0, last: Float = 0
        for step in 0..<150 {
            for parameter in parameters { parameter.zeroGradient() }
            let loss = decoder.loss(ids: inputs, targets: targets, batch: 2, length: 16)
            if step == 0 { first = loss.item }
            last = loss.item
            loss.backward()
            optimiser.step(parameters: parameters, learningRate: 1e-2)
        }
        #expect(abs(first - log(Float(config.vocabularySize))) < 0.5, "an untrained model guesses")
        #expect(last < 0.01, "loss \(last) after 150 steps")
    }

    @Test("Computing blocks again in the backward pass changes no bit and takes less memory")
    func checkpointing() {
        let config = DecoderConfig(width: 32, layers: 6, heads: 4, keyValueHeads: 2, headWidth: 8, hiddenWidth: 96, vocabularySize: 50, positions: 64)
        let ids = tokens(128, below: 50, seed: 3).map(Int32.init), targets = tokens(128, below: 50, seed: 4).map(Int32.init)
        func step(_ checkpointing: Bool) -> (bits: [[Float]], peak: Int) {
            let decoder = Decoder(config: config, seed: 5)
            let (loss, use) = Compute.measuringMemory {
                let loss = decoder.loss(ids: ids, targets: targets, batch: 2, length: 64, checkpointing: checkpointing)
                loss.backward()
                return loss
            }
            return ([[loss.item]] + decoder.parameters.map { $0.tensor.gradient?.array() ?? [] }, use.peak)
        }
        let kept = step(false), again = step(true)
        #expect(kept.bits == again.bits && kept.bits.allSatisfy { !$0.isEmpty })
        #expect(again.peak * 3 < kept.peak * 2, "\(again.peak) of \(kept.peak) bytes")
    }

    @Test("Weights of 0 and negative targets are left out of the loss")
    func weights() {
        let decoder = stirred(Shapes.llama), ids: [Int32] = [4, 9, 1, 30]
        func loss(_ targets: [Int32], _ weights: [Float]?) -> Float {
            withoutGradients { decoder.loss(ids: ids, targets: targets, weights: weights, batch: 1, length: 4).item }
        }
        let only = loss([9, -1, -1, 2], nil)
        #expect(abs(loss([9, 1, 30, 2], [1, 0, 0, 1]) - only) < 1e-5)
        #expect(abs(loss([9, 1, 30, 2], nil) - only) > 1e-3)
    }

    @Test("A target among a few tokens is told from these alone, any other from all, and gradients are those of that loss", arguments: [Shapes.llama, Shapes.untied])
    func narrow(config: DecoderConfig) throws {
        let decoder = stirred(config), V = config.vocabularySize, few = 20..<31
        let ids = tokens(10, below: V).map(Int32.init), targets: [Int32] = [21, 3, 30, -1, 20, 19, 31, 25, 0, 22], weights: [Float] = [1, 2, 0.5, 1, 0, 3, 1, 1, 1, 2]
        func loss(_ targets: [Int32], _ narrow: Range<Int>?) -> Tensor { decoder.loss(ids: ids, targets: targets, weights: weights, batch: 1, length: 10, among: narrow) }
        let logits = withoutGradients { decoder.logits(ids: ids, batch: 1, length: 10).array() }
        var sum = 0.0, mass = 0.0
        for (row, target) in targets.enumerated() where target >= 0 {
            let others = few.contains(Int(target)) ? few : 0..<V
            let total = others.reduce(0.0) { $0 + exp(Double(logits[row * V + $1])) }
            sum += Double(weights[row]) * (log(total) - Double(logits[row * V + Int(target)]))
            mass += Double(weights[row])
        }
        #expect(abs(Double(withoutGradients { loss(targets, few).item }) - sum / mass) < 1e-5)
        // All, none, and nothing at all.
        let whole = withoutGradients { loss(targets, nil).item }
        #expect(withoutGradients { loss(targets, 0..<V).item } == whole && withoutGradients { loss(targets, 0..<0).item } == whole && loss(targets.map { _ in -1 }, few).item == 0)

        loss(targets, few).backward()
        for name in ["model.embed_tokens.weight", config.tied ? "model.norm.weight" : "lm_head.weight", "model.layers.0.self_attn.q_proj.weight"] {
            let tensor = try #require(decoder.parameters.first { $0.name == name }).tensor, values = tensor.array()
            let gradient = try #require(tensor.gradient?.array()), size = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot(), step = 5e-3
            #expect(size > 1e-3)
            func moved(_ by: Double) -> Double {
                tensor.copy(from: zip(values, gradient).map { $0 + Float(by / size) * $1 })
                defer { tensor.copy(from: values) }
                return Double(withoutGradients { loss(targets, few) }.item)
            }
            #expect(abs((moved(step) - moved(-step)) / (2 * step) - size) < 0.02 * size + 1e-4, "\(name)")
        }
    }
}

func distance(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
