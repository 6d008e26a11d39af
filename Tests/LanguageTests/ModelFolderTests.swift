import Foundation
import Language
import Tensors
import Testing

struct ModelFolderTests {
    let tokenizer = Tokenizer.train(on: ["a cat"], vocabularySize: 256, addedTokens: ["<end>"])
    let config = DecoderConfig(
        width: 16, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 24, vocabularySize: 257, positions: 32, endTokens: [256])

    @Test("A folder comes back: f32 bit by bit, bf16 to 8 bits", arguments: Shapes.all)
    func roundTrip(config: DecoderConfig) throws {
        let decoder = stirred(config)
        try withFolder { folder in
            for type in [SafeTensors.Format.f32, .bf16] {
                let url = folder.appending(path: "\(type)")
                try ModelFolder(decoder: decoder).write(to: url, format: type)
                let read = try ModelFolder.read(url)
                #expect(read.config == config && read.tokenizer == nil && read.card == nil)
                #expect(read.decoder.parameters.map(\.name) == decoder.parameters.map(\.name))
                for (a, b) in zip(read.decoder.parameters, decoder.parameters) {
                    let found = a.tensor.array(), wanted = b.tensor.array()
                    if type == .f32 { #expect(found == wanted) }
                    else { #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= abs($1) / 256 }) }
                }
                try read.write(to: url, format: type)                        // a second time changes nothing any more
                #expect(try Decoder.load(url).parameters.map { $0.tensor.array() } == read.decoder.parameters.map { $0.tensor.array() })
            }
        }
    }

    @Test("Tokenizer and card come back; a card that is there is kept")
    func card() throws {
        try withFolder { folder in
            try ModelFolder(decoder: stirred(config), tokenizer: tokenizer, card: "# A model\n").write(to: folder)
            let read = try ModelFolder.read(folder)
            #expect(read.tokenizer == tokenizer && read.card == "# A model\n")
            try ModelFolder(decoder: stirred(config), tokenizer: tokenizer).write(to: folder)
            #expect(try ModelFolder.read(folder).card == "# A model\n")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(left == ["README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
        }
    }

    @Test("Shards and their index are read; an index that leads elsewhere is refused")
    func shards() throws {
        try withFolder { folder in
            let decoder = stirred(config)
            try ModelFolder(decoder: decoder).write(to: folder, format: .f32)
            let weights = folder.appending(path: "model.safetensors"), index = folder.appending(path: "model.safetensors.index.json")
            try FileManager.default.removeItem(at: weights)
            var map: [String: String] = [:]
            for (part, range) in [0..<4, 4..<decoder.parameters.count].enumerated() {
                let name = "model-0000\(part + 1)-of-00002.safetensors", tensors = Array(decoder.parameters[range])
                try SafeTensors.write(tensors, to: folder.appending(path: name), format: .f32)
                for tensor in tensors { map[tensor.name] = name }
            }
            func write(_ map: [String: String]) throws { try JSONEncoder().encode(["weight_map": map]).write(to: index) }
            try write(map)
            #expect(try Decoder.load(folder).parameters.map { $0.tensor.array() } == decoder.parameters.map { $0.tensor.array() })
            for name in ["../model.safetensors", "/etc/passwd", "weights.bin"] {
                try write(map.mapValues { _ in name })
                #expect(throws: ModelFolderError.self) { try Decoder.load(folder) }
            }
            try write(map.mapValues { _ in "gone.safetensors" })
            #expect(throws: ModelFolderError.missing(
                path: folder.appending(path: "gone.safetensors").path, remedy: "the index names it; fetch all shards")) { try Decoder.load(folder) }
            try Data("{}".utf8).write(to: index)
            #expect(throws: ModelFolderError.index(
                path: index.path, problem: "expected a \"weight_map\" from tensor names to file names")) { try Decoder.load(folder) }
        }
    }

    @Test("Weights that are no numbers are refused by name", arguments: [Float.nan, .infinity])
    func weightsThatAreNoNumbers(_ value: Float) throws {
        try withFolder { folder in
            let decoder = stirred(config)
            let broken = decoder.parameters[3]
            var values = broken.tensor.array()
            values[values.count / 2] = value
            broken.tensor.copy(from: values)
            try ModelFolder(decoder: decoder).write(to: folder)
            #expect(throws: ModelFolderError.notFinite(path: folder.path, name: broken.name)) { try ModelFolder.read(folder) }
        }
    }

    struct BadConfig: Sendable, CustomTestStringConvertible {
        let key: String, value: String, problem: String
        var testDescription: String { "\(key) = \(value)" }
    }

    @Test("A hostile config gives an error with the key", arguments: [
        BadConfig(key: "hidden_size", value: "0", problem: "from 1"), BadConfig(key: "hidden_size", value: "-16", problem: "from 1"),
        BadConfig(key: "hidden_size", value: "99999999999", problem: "from 1"), BadConfig(key: "hidden_size", value: "\"16\"", problem: "Int"),
        BadConfig(key: "hidden_size", value: "16.5", problem: "expected an integer, found 16.5"), BadConfig(key: "num_hidden_layers", value: "1e9", problem: "from 1"),
        BadConfig(key: "vocab_size", value: "1e300", problem: "expected an integer"), BadConfig(key: "num_key_value_heads", value: "3", problem: "share"),
        BadConfig(key: "head_dim", value: "7", problem: "even"), BadConfig(key: "model_type", value: "\"mamba\"", problem: "mamba"),
        BadConfig(key: "rms_norm_eps", value: "-1", problem: "between"), BadConfig(key: "hidden_act", value: "\"gelu\"", problem: "silu"),
        BadConfig(key: "mlp_bias", value: "true", problem: "not supported"),
        BadConfig(key: "rope_scaling", value: "{\"rope_type\": \"yarn\", \"factor\": 4}", problem: "yarn"),
        BadConfig(key: "rope_parameters", value: "{\"rope_theta\": -5}", problem: "above 0"),
    ])
    func hostileConfig(_ bad: BadConfig) throws {
        try withFolder { folder in
            try ModelFolder(decoder: stirred(config)).write(to: folder)
            let file = folder.appending(path: "config.json")
            var object = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            object[bad.key] = try JSONSerialization.jsonObject(with: Data(bad.value.utf8), options: .fragmentsAllowed)
            try JSONSerialization.data(withJSONObject: object).write(to: file)
            let error = #expect(throws: ModelFolderError.self) { try ModelFolder.readConfig(folder) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(file.path) && text.contains(bad.problem), "\(text)")
            #expect(text.contains(bad.key) || bad.key == "rope_parameters", "\(text)")
        }
    }

    @Test("Both spellings of RoPE are read, and lists of end tokens")
    func spellings() throws {
        let base = #""model_type":"llama","hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":24,"vocab_size":50"#
        func read(_ rest: String) throws -> DecoderConfig {
            try JSONDecoder().decode(DecoderConfig.self, from: Data("{\(base)\(rest)}".utf8))
        }
        #expect(try read("").ropeBase == 10_000)
        #expect(try read(#","rope_theta":5e5,"rope_scaling":null"#).ropeBase == 500_000)
        #expect(try read(#","rope_parameters":{"rope_type":"default","rope_theta":5e5}"#).ropeBase == 500_000)
        #expect(try read("").keyValueHeads == 2 && read("").headWidth == 8 && !read("").tied)
        #expect(try read(#","eos_token_id":[4,5]"#).endTokens == [4, 5])
        #expect(try read(#","eos_token_id":4,"head_dim":null"#).endTokens == [4])
        for config in Shapes.all {
            #expect(try JSONDecoder().decode(DecoderConfig.self, from: JSONEncoder().encode(config)) == config)
        }
    }

    @Test("Files that do not belong together are named")
    func mismatches() throws {
        try withFolder { folder in
            let weights = folder.appending(path: "model.safetensors")
            #expect(throws: ModelFolderError.missing(
                path: folder.appending(path: "config.json").path, remedy: "is this a model folder?")) { try ModelFolder.read(folder) }
            #expect(throws: ModelFolderError.notAFolder(path: weights.path)) { try ModelFolder.read(weights) }

            try ModelFolder(decoder: stirred(config), tokenizer: tokenizer).write(to: folder)
            func store(_ change: (inout DecoderConfig) -> Void) throws {
                var other = config
                change(&other)
                try JSONEncoder().encode(other).write(to: folder.appending(path: "config.json"))
            }
            try store { $0.layers = 2 }
            #expect(throws: ModelFolderError.missingWeight(path: folder.path, name: "model.layers.1.input_layernorm.weight")) {
                try ModelFolder.read(folder)
            }
            try store { $0.hiddenWidth = 25 }
            #expect(throws: ModelFolderError.weightShape(
                path: folder.path, name: "model.layers.0.mlp.gate_proj.weight", expected: [25, 16], found: [24, 16])) { try ModelFolder.read(folder) }
            try store { $0.vocabularySize = 200 }
            #expect(throws: ModelFolderError.vocabulary(path: folder.path, tokens: 257, vocabularySize: 200)) { try ModelFolder.read(folder) }
            // A config that promises far more than the file holds fails at the first weight, before any memory is taken.
            try store { $0.width = 100_000; $0.layers = 1_000; $0.vocabularySize = 4_000_000; $0.heads = 1_000; $0.keyValueHeads = 1_000 }
            #expect(throws: ModelFolderError.self) { try ModelFolder.read(folder) }
            try store { _ in }
            try SafeTensors.write(
                stirred(config).parameters + [NamedTensor(name: "extra", tensor: Tensor(zeros: [2]))], to: weights, format: .f32)
            #expect(throws: ModelFolderError.unexpectedWeight(path: folder.path, name: "extra")) { try ModelFolder.read(folder) }
        }
    }

    @Test("What a file only promises takes no memory: names and shapes are compared before a value is read")
    func hollowTensors() throws {
        try withFolder { folder in
            let decoder = stirred(config), whole = folder.appending(path: "model.safetensors")
            try ModelFolder(decoder: decoder).write(to: folder, format: .f32)
            try FileManager.default.moveItem(at: whole, to: folder.appending(path: "a.safetensors"))
            let index = ["weight_map": ["": "a.safetensors", "promised": "b.safetensors"]]
            try JSONEncoder().encode(index).write(to: folder.appending(path: "model.safetensors.index.json"))
            /// A second shard with one tensor of 2^38 values, a file of 1 TiB without a block on the disk.
            func promise(_ name: String) throws {
                let file = folder.appending(path: "b.safetensors"), bytes: UInt64 = 1 << 40
                let header = Data(#"{"\#(name)":{"dtype":"F32","shape":[\#(bytes / 4)],"data_offsets":[0,\#(bytes)]}}"#.utf8)
                try (withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header).write(to: file)
                let handle = try FileHandle(forUpdating: file)
                try handle.truncate(atOffset: 8 + UInt64(header.count) + bytes)
                try handle.close()
            }
            try promise("extra")
            #expect(throws: ModelFolderError.unexpectedWeight(path: folder.path, name: "extra")) { try ModelFolder.read(folder) }
            try promise("model.norm.weight")
            #expect(throws: ModelFolderError.weightShape(
                path: folder.path, name: "model.norm.weight", expected: [16], found: [1 << 38])) { try ModelFolder.read(folder) }
            // What has a place and is never wanted is not read either.
            try promise("model.layers.0.self_attn.rotary_emb.inv_freq")
            #expect(try Decoder.load(folder).parameters.map { $0.tensor.array() } == decoder.parameters.map { $0.tensor.array() })
        }
    }

    @Test("A model that is larger than the memory is refused before it is read")
    func tooLargeForTheMemory() throws {
        try withFolder { folder in
            try ModelFolder(decoder: stirred(config)).write(to: folder)
            let bytes = UInt64(4 * config.parameterCount)
            #expect(throws: ModelFolderError.tooLarge(path: folder.path, bytes: bytes, memory: bytes - 1)) {
                try ModelFolder.readDecoder(folder, config, memory: bytes - 1)
            }
            #expect(try ModelFolder.readDecoder(folder, config, memory: bytes).config == config)
        }
    }

    @Test("Truncated and damaged weights give an error")
    func truncatedWeights() throws {
        try withFolder { folder in
            try ModelFolder(decoder: stirred(config)).write(to: folder)
            let file = folder.appending(path: "model.safetensors"), whole = try Data(contentsOf: file)
            for length in [0, 4, 8, 100, whole.count / 2, whole.count - 1] {
                try whole.prefix(length).write(to: file)
                #expect(throws: ModelFolderError.self) { try ModelFolder.read(folder) }
            }
            try (Data([255, 255, 255, 255, 255, 255, 255, 127]) + whole.dropFirst(8)).write(to: file)
            #expect(throws: ModelFolderError.self) { try ModelFolder.read(folder) }
        }
    }
}
