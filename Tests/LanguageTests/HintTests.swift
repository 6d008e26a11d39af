import Foundation
import Language
import Tensors
import Testing

/// Decoders that may be told a row of numbers beside a token.
struct HintTests {
    static let config = DecoderConfig(width: 32, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: 60, positions: 128, hintWidth: 20, endTokens: [2])

    /// Hints beside some of so many tokens, [count, 20], zeros beside the others.
    static func hints(_ count: Int, beside places: [Int], seed: UInt64 = 1) -> Tensor {
        var random = RandomSource(seed: seed)
        let all = Tensor.normal([count, 20], deviation: 1, using: &random).array()
        return Tensor(all.enumerated().map { places.contains($0 / 20) ? $1 : 0 }, shape: [count, 20])
    }

    @Test("Its weights are counted and named, its config kept") func parameters() throws {
        let decoder = Decoder(config: Self.config, seed: 1), names = decoder.parameters.map(\.name)
        #expect(names.contains("model.hint_norm.weight") && names.contains("model.hint_proj.weight"))
        #expect(decoder.parameters.reduce(0) { $0 + $1.tensor.count } == Self.config.parameterCount)
        #expect(try JSONDecoder().decode(DecoderConfig.self, from: JSONEncoder().encode(Self.config)) == Self.config)
        var object = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.config)) as? [String: Any])
        for bad: Any in [0, -3, "wide", 1 << 40] {
            object["hint_width"] = bad
            let data = try JSONSerialization.data(withJSONObject: object)
            #expect(throws: Swift.DecodingError.self) { try JSONDecoder().decode(DecoderConfig.self, from: data) }
        }
    }

    @Test("A token without a hint is read as it is, one with a hint tells what follows too, and gradients are those of differences") func training() {
        let decoder = stirred(Self.config), ids = tokens(9, below: 60).map(Int32.init)
        func logits(_ hints: Tensor?) -> [Float] { withoutGradients { decoder.logits(ids: ids, batch: 1, length: 9, hints: hints).array() } }
        let plain = logits(nil), told = logits(Self.hints(9, beside: [4]))
        #expect(logits(Self.hints(9, beside: [])) == plain)
        #expect(Array(told.prefix(4 * 60)) == Array(plain.prefix(4 * 60)), "nothing before it changes")
        for place in 4..<9 { #expect(distance(Array(told[place * 60..<(place + 1) * 60]), Array(plain[place * 60..<(place + 1) * 60])) > 1e-3) }
        let targets = tokens(9, below: 60, seed: 5).map(Int32.init), hints = Self.hints(9, beside: [2, 5])
        func loss() -> Tensor { linearCrossEntropy(decoder.states(ids: ids, batch: 1, length: 9, hints: hints), decoder.parameters[0].tensor, targets: targets) }
        for name in ["model.hint_norm.weight", "model.hint_proj.weight"] {
            let weight = decoder.parameters.first { $0.name == name }?.tensor ?? Tensor(zeros: [1])
            weight.zeroGradient()
            loss().backward()
            let gradient = weight.gradient?.array() ?? [], values = weight.array(), step: Float = 1e-2
            for index in [0, 7, values.count - 1] {
                let (up, down) = withoutGradients { () -> (Float, Float) in
                    var moved = values
                    moved[index] = values[index] + step
                    weight.copy(from: moved)
                    let up = loss().item
                    moved[index] = values[index] - step
                    weight.copy(from: moved)
                    return (up, loss().item)
                }
                weight.copy(from: values)
                #expect(abs(gradient[index] - (up - down) / (2 * step)) < 2e-3 + 0.03 * abs(gradient[index]), "\(name)[\(index)]")
            }
        }
    }

    @Test("Decoding gives the logits of the training path, whatever else the slots do", arguments: [0, 3, 200]) func sameAsTraining(lag: Int) throws {
        let decoder = stirred(DecoderConfig(width: 32, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: 60, positions: 300, hintWidth: 20))
        let before = tokens(5, below: 60), after = tokens(lag, below: 60, seed: 3), chain = tokens(4, below: 60, seed: 4), all = before + after + chain, root = before.count + after.count
        let hints = Self.hints(all.count, beside: [root], seed: 7), hint = Array(hints.array()[root * 20..<(root + 1) * 20])
        let whole = withoutGradients { decoder.logits(ids: all.map(Int32.init), batch: 1, length: all.count, hints: hints).array() }
        let batch = DecodingBatch(DecodingModel(decoder), slots: 2, capacity: 220)
        try batch.extend([(0, tokens(7, below: 60, seed: 9)), (1, before)])
        try batch.grow(1, after: after, to: TokenTree(chain: chain.prefix(2)), hint: hint)
        try batch.grow(1, to: TokenTree(chain: chain))
        let size = whole.reduce(0) { max($0, abs($1)) }
        for node in chain.indices { #expect(distance(Array(batch.logits(1, node: node)), Array(whole[(root + node) * 60..<(root + node + 1) * 60])) < 1e-4 * size) }
    }

    @Test("What the head read after a node gives the node's logits", arguments: [WeightFormat.float32, .bfloat16]) func states(format: WeightFormat) throws {
        let decoder = stirred(Self.config), batch = DecodingBatch(DecodingModel(decoder, format: format), slots: 2, capacity: 60), chain = tokens(6, below: 60)
        batch.keepsStates = true
        try batch.extend([(1, tokens(5, below: 60, seed: 2))])
        try batch.grow(1, to: TokenTree(chain: chain.prefix(4)))
        try batch.grow(1, to: TokenTree(chain: chain))
        for node in chain.indices {
            let logits = withoutGradients { linear(Tensor(batch.state(1, node: node), shape: [1, 32]), decoder.head).array() }, own = Array(batch.logits(1, node: node))
            #expect(distance(logits, own) < (format == .float32 ? 1e-4 : 0.03) * (1 + own.reduce(0) { max($0, abs($1)) }))
        }
    }

    @Test("A folder and a quantised folder keep them") func folders() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hints-\(UUID().uuidString)"), decoder = stirred(Self.config)
        defer { try? FileManager.default.removeItem(at: folder) }
        func logits(_ model: DecodingModel) throws -> [Float] {
            let batch = DecodingBatch(model, capacity: 20)
            try batch.grow(0, after: tokens(4, below: 60), to: TokenTree(chain: [7]), hint: Self.hints(1, beside: [0]).array())
            return Array(batch.logits(0, node: 0))
        }
        try ModelFolder(decoder: decoder).write(to: folder.appending(path: "plain"), format: .f32)
        #expect(try logits(DecodingModel.load(folder.appending(path: "plain"))) == logits(DecodingModel(decoder)))
        let model = DecodingModel(decoder, format: .int8)
        try model.write(to: folder.appending(path: "panels"))
        #expect(try logits(DecodingModel.load(folder.appending(path: "panels"))) == logits(model))
    }
}
