import Foundation
import Language
import Tensors
import Testing

/// Frozen decoders with something trained beside them.
struct AdapterTests {
    private static let base = DecoderConfig(
        width: 32, layers: 4, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: 260, positions: 128, endTokens: [2])
    /// 258 tokens of text, then two more.
    private static let tokenizer = Tokenizer.train(
        on: Array(repeating: "a cat left of a house", count: 4), vocabularySize: 258, addedTokens: []).extended(with: ["<begin>", "<end>"])

    private static func config() -> AdapterConfig {
        var config = AdapterConfig()
        (config.rank, config.alpha, config.targets) = (3, 6, ["q_proj", "v_proj", "down_proj"])
        config.crossAttention = CrossAttentionConfig(every: 2, sourceWidth: 10)
        config.addedTokens = ["<look>", "<o1>", "<o2>"]
        return config
    }

    /// An adapter whose every weight matters.
    private static func stirredAdapter(_ base: Decoder) throws -> Adapter {
        let adapter = try Adapter(base: base, config(), seed: 3)
        for (i, parameter) in adapter.parameters.enumerated() {
            var random = RandomSource(seed: UInt64(i) + 900)
            parameter.tensor.copy(from: parameter.tensor.array().map { $0 + 0.1 * Float(random.normal()) })
        }
        return adapter
    }

    @Test("A fresh adapter changes nothing: old tokens' logits are the base's, whatever it is shown")
    func fresh() throws {
        let base = stirred(Self.base), ids = tokens(40, below: 260).map(Int32.init)
        let before = withoutGradients { base.logits(ids: ids, batch: 1, length: 40).array() }
        let adapter = try Adapter(base: base, Self.config(), seed: 3)
        let after = withoutGradients { adapter.decoder().logits(ids: ids, batch: 1, length: 40, source: CrossAttentionTests.source(length: 9)).array() }
        for row in 0..<40 { #expect(Array(after[row * 263..<row * 263 + 260]) == Array(before[row * 260..<(row + 1) * 260])) }
        let names = adapter.parameters.map(\.name)
        #expect(names.count { $0.hasSuffix("lora_A.weight") } == 12 && names.count { $0.contains("cross_attn") } == 10 && names.last == "model.embed_tokens.added")
        #expect(adapter.parameters.first { $0.name == "model.layers.1.mlp.down_proj.lora_A.weight" }?.tensor.shape == [3, 48])
    }

    @Test("Gradients flow to the adapter's weights, and none to the base's")
    func gradients() throws {
        let base = stirred(Self.base), adapter = try Self.stirredAdapter(base)
        let ids = (tokens(20, below: 260) + [260, 261, 262, 260]).map(Int32.init), targets = Array(ids.dropFirst()) + [262], source = CrossAttentionTests.source(length: 5)
        func loss() -> Tensor { adapter.decoder().loss(ids: ids, targets: targets, batch: 1, length: 24, source: source) }
        loss().backward()
        #expect(base.parameters.allSatisfy { $0.tensor.gradient == nil })
        for (i, parameter) in adapter.parameters.enumerated() {
            let gradient = try #require(parameter.tensor.gradient?.array()), values = parameter.tensor.array()
            let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(length > 1e-4, "\(parameter.name)")
            // Along the gradient, and along directions that have nothing to do with it.
            for way in 0..<3 {
                var random = RandomSource(seed: UInt64(10 * i + way)), direction = gradient.map(Double.init)
                if way > 0 { direction = direction.map { _ in random.normal() } }
                let size = direction.reduce(0.0) { $0 + $1 * $1 }.squareRoot(), step = 5e-3
                func moved(_ by: Double) -> Double {
                    parameter.tensor.copy(from: zip(values, direction).map { $0 + Float(by / size * $1) })
                    return Double(withoutGradients { loss() }.item)
                }
                let slope = (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step)
                let expected = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * $1.1 } / size
                parameter.tensor.copy(from: values)
                #expect(abs(slope - expected) < 0.02 * length + 1e-4, "\(parameter.name): slope \(slope), gradient \(expected)")
            }
        }
    }

    @Test("Training lowers the loss and leaves the base as it was")
    func training() throws {
        let base = stirred(Self.base), weights = base.parameters.map { $0.tensor.array() }, adapter = try Adapter(base: base, Self.config(), seed: 3)
        let ids = (tokens(20, below: 260) + [260, 261, 262, 260]).map(Int32.init), targets = Array(ids.dropFirst()) + [262], source = CrossAttentionTests.source(length: 5)
        var optimizer = AdamW(), losses: [Float] = []
        for _ in 0..<60 {
            for parameter in adapter.parameters { parameter.tensor.zeroGradient() }
            let loss = adapter.decoder().loss(ids: ids, targets: targets, batch: 1, length: 24, source: source)
            losses.append(loss.item)
            loss.backward()
            optimizer.step(parameters: adapter.parameters.map(\.tensor), learningRate: 0.02)
        }
        #expect(losses[59] < 0.3 * losses[0], "from \(losses[0]) to \(losses[59])")
        #expect(base.parameters.map { $0.tensor.array() } == weights)
    }

    @Test("An adapter's folder with its base is one model")
    func folder() throws {
        try withFolder { folder in
            let base = stirred(Self.base), place = folder.appending(path: "base"), url = folder.appending(path: "adapter")
            try ModelFolder(decoder: base, tokenizer: Self.tokenizer).write(to: place, format: .f32)
            let adapter = try Self.stirredAdapter(base)
            for parameter in adapter.parameters { parameter.tensor.copy(from: parameter.tensor.array().map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }) }
            try AdapterFolder.write(adapter, base: place.path, to: url)
            let file = try ModelFile.open(url), ids = [1, 200, 262, 7]
            #expect(Self.tokenizer.count == 260)
            #expect(file.form == .adapter && file.config.vocabularySize == 263 && file.config.crossAttention?.every == 2)
            #expect(file.tokenizer?.id(ofAdded: "<o2>") == 262 && file.tokenizer?.encode("a cat") == Self.tokenizer.encode("a cat"))
            let source = CrossAttentionTests.source(length: 5)
            func logits(_ decoder: Decoder) -> [Float] { withoutGradients { decoder.logits(ids: ids.map(Int32.init), batch: 1, length: 4, source: source).array() } }
            let expected = logits(adapter.decoder())
            #expect(try logits(file.decoder()) == expected)
            let session = DecodingSession(try file.decoding(format: .float32), capacity: 8, sourceCapacity: 5)
            session.setSource(source.rows)
            #expect(distance(try session.appendEach(ids), expected) < 1e-4 * expected.reduce(0) { max($0, abs($1)) })
            // The base beside the adapter's folder, by its name alone, or from one folder further up.
            for path in ["base", folder.lastPathComponent + "/base"] {
                try AdapterFolder.write(adapter, base: path, to: url)
                let found = try ModelFile.open(url)
                #expect(found.config == file.config && found.base?.lastPathComponent == "base" && found.config.parameterCount > base.config.parameterCount)
            }
            #expect(try ModelFile.readTokenizer(url)?.count == 263)
            // Another base of the same shape is told from it.
            try ModelFolder(decoder: Decoder(config: Self.base, seed: 6), tokenizer: Self.tokenizer).write(to: place)
            #expect(throws: ModelFolderError.self) { try ModelFile.open(url).decoder() }
            // Two models in one folder: neither is meant.
            try ModelFolder(decoder: base, tokenizer: Self.tokenizer).write(to: url)
            #expect(throws: ModelFolderError.self) { try ModelFile.open(url) }
        }
    }

    @Test("New tokens come after all rows of a base that has more rows than tokens; a base with a head of its own takes none")
    func padded() throws {
        try withFolder { folder in
            var shape = Self.base, config = Self.config()
            shape.vocabularySize = 272
            let base = stirred(shape), url = folder.appending(path: "adapter")
            try ModelFolder(decoder: base, tokenizer: Self.tokenizer).write(to: folder.appending(path: "base"))
            try AdapterFolder.write(Self.stirredAdapter(base), base: "base", to: url)
            let file = try ModelFile.open(url)
            #expect(file.config.vocabularySize == 275 && file.tokenizer?.id(ofAdded: "<look>") == 272 && file.tokenizer?.count == 275)
            shape.tied = false
            #expect(throws: ModelFolderError.self) { try Adapter(base: stirred(shape), config, seed: 1) }
            config.addedTokens = []
            #expect(try Adapter(base: stirred(shape), config, seed: 1).decoder().config.vocabularySize == 272)
        }
    }

    @Test("Blocks that are not named keep the base's matrices, in files too")
    func someBlocks() throws {
        try withFolder { folder in
            let base = stirred(Self.base), url = folder.appending(path: "adapter")
            var recipe = AdapterRecipe()
            (recipe.rank, recipe.upper) = (3, 2)
            #expect(recipe.config(layers: 4).layers == [2, 3] && recipe.config(layers: 2).layers == nil && AdapterRecipe().config(layers: 4).layers == nil)
            let adapter = try Adapter(base: base, recipe.config(layers: 4), seed: 3)
            #expect(Set(adapter.parameters.map { $0.name.split(separator: ".")[2] }) == ["2", "3"] && adapter.parameters.count == 2 * 2 * 2 && adapter.addedRows == nil)
            for parameter in adapter.parameters { parameter.tensor.copy(from: parameter.tensor.array().map { _ in 0.25 }) }
            func weight(_ decoder: Decoder, _ block: Int) -> [Float] {
                decoder.parameters.first { $0.name == "model.layers.\(block).self_attn.v_proj.weight" }?.tensor.array() ?? []
            }
            try ModelFolder(decoder: base, tokenizer: Self.tokenizer).write(to: folder.appending(path: "base"), format: .f32)
            try AdapterFolder.write(adapter, base: "base", to: url)
            let read = try ModelFile.open(url).decoder()
            #expect(weight(read, 1) == weight(base, 1) && weight(read, 2) != weight(base, 2) && weight(read, 2) == weight(withoutGradients { adapter.decoder() }, 2))
        }
    }

    @Test("What is wrong with an adapter's folder is said", arguments: [
        (#""r": 3"#, #""r": 0"#, "r: expected an integer from 1 to 1024"), (#""r": 3"#, #""r": 4"#, "lora_A.weight: expected [4, 32]"),
        (#""peft_type": "LORA""#, #""peft_type": "IA3""#, "peft_type"), (#""q_proj""#, #""embed""#, "target_modules"), (#""bias": "none""#, #""bias": "all""#, "bias"),
        (#""every": 2"#, #""every": 9"#, "its base has 4"), (#""<o2>""#, #""<o1>""#, "added_tokens"), (#""<o2>""#, #""<end>""#, "has already"),
        (#""every": 2"#, #""every": 0"#, "every"), (#""every": 2"#, #""every": -1"#, "every"), (#""every": 2"#, #""every": 2.5"#, "every: expected an integer"),
        (#""source_width": 10"#, #""source_width": 9223372036854775807"#, "source_width"), (#""source_width": 10"#, #""source_width": 0"#, "source_width"),
        (#""r": 3"#, #""r": 2.5"#, "r: expected an integer"), (#""bias": "none""#, #""use_rslora": true"#, "use_rslora"), (#""bias": "none""#, #""alpha_pattern": {"q_proj": 2}"#, "alpha_pattern"),
        (#""bias": "none""#, #""layers_to_transform": [1, 4]"#, "its base has 4"), (#""bias": "none""#, #""layers_to_transform": [1, 1]"#, "layers_to_transform: expected blocks"),
        (#""bias": "none""#, #""layers_to_transform": []"#, "layers_to_transform"), (#""bias": "none""#, #""layers_to_transform": -1"#, "layers_to_transform"), (#""bias": "none""#, #""layers_to_transform": 1"#, "has no place"),
        (#""bias": "none""#, #""init_lora_weights": "pissa""#, "init_lora_weights"), (#""q_proj""#, #""v_proj""#, "target_modules"),
        (#""base_model_name_or_path": "base""#, #""base_model_name_or_path": "nowhere""#, "tools/base-model"), (#""r": 3"#, "", "adapter_config.json"),
    ])
    func badFolder(_ old: String, _ new: String, _ problem: String) throws {
        try withFolder { folder in
            let base = stirred(Self.base), url = folder.appending(path: "adapter"), file = url.appending(path: "adapter_config.json")
            try ModelFolder(decoder: base, tokenizer: Self.tokenizer).write(to: folder.appending(path: "base"))
            try AdapterFolder.write(Self.stirredAdapter(base), base: "base", to: url)
            let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(of: "\" : ", with: "\": ")
            #expect(text.contains(old))
            try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: true, encoding: .utf8)
            do {
                _ = try ModelFile.open(url).decoder()
                Issue.record("\(new) was taken")
            } catch {
                #expect("\(error)".contains(problem), "\(error)")
            }
        }
    }
}
