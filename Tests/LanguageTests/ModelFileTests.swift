import Foundation
import Language
import Tensors
import Testing

private let texts = ["a cat", "a cat sat 12", "cats' hats", "it's", "user\nsystem\nassistant\n"]
private let chatTemplate = "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nBe brief.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role']}}"
private func tinyTokenizer() -> Tokenizer { Tokenizer.train(on: texts, vocabularySize: 280, addedTokens: ["<|im_start|>", "<|im_end|>"]) }

@Suite("Models in one file") struct ModelFileTests {
    /// A folder with a model, and what is needed to make others of it.
    private func withModel(_ config: DecoderConfig, template: String? = nil, _ body: (ModelFile, URL) throws -> Void) throws {
        try withFolder { folder in
            let tokenizer = tinyTokenizer()
            var config = config
            config.vocabularySize = tokenizer.count + 3                       // more rows than tokens
            config.endTokens = tokenizer.id(ofAdded: "<|im_end|>").map { [$0] } ?? []
            try ModelFolder(decoder: stirred(config), tokenizer: tokenizer).write(to: folder, format: .f32)
            if let template { try Data(template.utf8).write(to: folder.appending(path: "chat_template.jinja")) }
            try body(try ModelFile.open(folder), folder)
        }
    }

    @Test("A folder exported as GGUF is the same model", arguments: Shapes.all)
    func roundTrip(config: DecoderConfig) throws {
        try withModel(config, template: chatTemplate) { folder, url in
            let file = url.appending(path: "m.gguf")
            try folder.gguf(as: .f32).write(to: file)
            let read = try ModelFile.open(file)
            #expect(read.form == .gguf && folder.form == .folder && read.chatTemplate == chatTemplate)
            var wanted = folder.config
            wanted.endTokens = read.config.endTokens
            #expect(read.config == wanted && read.config.endTokens.first == folder.config.endTokens.first)
            for (a, b) in zip(try read.decoder().parameters, try folder.decoder().parameters) { #expect(a.name == b.name && a.tensor.array() == b.tensor.array()) }
            for text in texts { #expect(read.tokenizer?.encode(text) == folder.tokenizer?.encode(text)) }
            #expect(read.tokenizer?.id(ofAdded: "<|im_end|>") == folder.tokenizer?.id(ofAdded: "<|im_end|>"))
            // bf16 to 8 bits; q8_0 where rows are whole blocks.
            for type in [ModelFile.ExportType.bf16, .q8_0] {
                try folder.gguf(as: type).write(to: file)
                for (a, b) in zip(try ModelFile.open(file).decoder().parameters, try folder.decoder().parameters) {
                    let scale = b.tensor.array().map(abs).max() ?? 0
                    let worst = zip(a.tensor.array(), b.tensor.array()).reduce(0) { max($0, abs($1.0 - $1.1)) }
                    #expect(worst <= scale / (type == .bf16 ? 256 : 200))
                }
            }
        }
    }

    @Test("Decoding takes a GGUF file's blocks as they are: nearly the widened weights' logits", arguments: Shapes.all)
    func blocks(config: DecoderConfig) throws {
        try withModel(config) { folder, url in
            let file = url.appending(path: "m.gguf"), ids = tokens(30, below: 70)
            for (type, formats) in [(ModelFile.ExportType.f32, [WeightFormat.float32]), (.bf16, [.bfloat16]), (.q8_0, [.int8, .float32])] {
                try folder.gguf(as: type).write(to: file)
                let read = try ModelFile.open(file), model = try read.decoding()
                #expect(formats.contains(model.format), "\(type) became \(model.format)")
                let exact = withoutGradients { try? read.decoder().logits(ids: ids.map(Int32.init), batch: 1, length: 30).array() } ?? []
                let found = try DecodingSession(model, capacity: 30).appendEach(ids)
                let error = zip(exact, found).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, power = exact.reduce(0) { $0 + $1 * $1 }
                #expect(exact.count == found.count && error < (type == .f32 ? 1e-8 : 2e-3) * power)
            }
        }
    }

    @Test("A folder with panels is the model that it was made from; damage is told", arguments: WeightFormat.allCases)
    func panels(format: WeightFormat) throws {
        for config in Shapes.all {
            try withFolder { folder in
                let model = DecodingModel(stirred(config), format: format), ids = tokens(30, below: config.vocabularySize)
                try model.write(to: folder)
                let read = try ModelFile.open(folder).decoding()
                #expect(read.config == config && read.format == format)
                #expect(try DecodingSession(read, capacity: 30).appendEach(ids) == DecodingSession(model, capacity: 30).appendEach(ids))
                let other = WeightFormat.allCases.first { $0 != format }
                #expect(throws: ModelFolderError.self) { try ModelFile.open(folder).decoding(format: other) }
                let file = folder.appending(path: "panels.safetensors"), whole = try Data(contentsOf: file)
                for damaged in [Data(), whole.prefix(40), whole.prefix(whole.count - 3), whole + [0]] {
                    try damaged.write(to: file)
                    #expect(throws: ModelFolderError.self) { try ModelFile.open(folder).decoding() }
                }
                let text = String(decoding: whole.prefix(3_000), as: UTF8.self)
                #expect(text.contains("layers.0.gated.panels"))
                var renamed = whole                                              // a weight under another name
                if let place = renamed.range(of: Data("layers.0.gated.panels".utf8)) { renamed.replaceSubrange(place, with: Data("layers.0.baked.panels".utf8)) }
                try renamed.write(to: file)
                #expect(throws: ModelFolderError.missingWeight(path: file.path, name: "layers.0.gated.panels")) { try ModelFile.open(folder).decoding() }
            }
        }
    }

    @Test("llama.cpp's rows of query and key are neighbours in a pair, Hugging Face's half a head apart")
    func rowOrder() throws {
        try withModel(Shapes.llama) { folder, _ in
            let file = try GGUFFile(folder.gguf(as: .f32), path: "x"), width = 32
            let stored = try file.tensor(#require(file.entry("blk.0.attn_q.weight"))).array()
            let wanted = try #require(try folder.decoder().parameters.first { $0.name.hasSuffix("layers.0.self_attn.q_proj.weight") }).tensor.array()
            // Heads are 8 wide: stored rows 0, 1, 2 are rows 0, 4, 1.
            for (row, from) in [(0, 0), (1, 4), (2, 1), (9, 12)] { #expect(stored[(row * width)..<(row * width + width)] == wanted[(from * width)..<(from * width + width)]) }
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let key: String, value: GGUFFile.Value?, says: String
        var testDescription: String { "\(key): \(says)" }
    }

    @Test("A model that cannot be loaded is refused with the key", arguments: [
        Change(key: "general.architecture", value: .text("mamba"), says: "mamba"), Change(key: "llama.expert_count", value: .count(8), says: "experts"),
        Change(key: "llama.rope.scaling.type", value: .text("yarn"), says: "yarn"), Change(key: "llama.block_count", value: .count(1), says: "no place"),
        Change(key: "llama.block_count", value: .count(3), says: "blk.2"), Change(key: "llama.block_count", value: .text("2"), says: "a number"),
        Change(key: "llama.block_count", value: nil, says: "missing"), Change(key: "llama.attention.head_count", value: .unsignedList([4, 4], bytes: 4), says: "2 integers"),
        Change(key: "llama.attention.head_count_kv", value: .count(3), says: "share"), Change(key: "llama.embedding_length", value: .count(0), says: "from 1"),
        Change(key: "llama.embedding_length", value: .count(64), says: "expected"), Change(key: "llama.attention.layer_norm_rms_epsilon", value: .float(.nan, bytes: 4), says: "a number"),
        Change(key: "llama.rope.freq_base", value: .float(-1, bytes: 4), says: "above 0"), Change(key: "llama.rope.dimension_count", value: .count(4), says: "part of a head"),
        Change(key: "llama.vocab_size", value: .count(9), says: "token_embd.weight"), Change(key: "tokenizer.ggml.model", value: .text("llama"), says: "llama"),
        Change(key: "tokenizer.ggml.pre", value: .text("tekken"), says: "tekken"), Change(key: "tokenizer.ggml.merges", value: .textList(["zq qz"]), says: "merges[0]"),
        Change(key: "tokenizer.ggml.tokens", value: .textList(["a"]), says: "token_type"), Change(key: "tokenizer.ggml.merges", value: nil, says: "merges"),
    ])
    func refuses(_ change: Change) throws {
        try withModel(Shapes.llama) { folder, url in
            let good = try GGUFFile(folder.gguf(as: .f32), path: "x")
            var metadata = good.metadata.filter { $0.key != change.key }
            if let value = change.value { metadata.append((change.key, value)) }
            let parts = try good.entries.map { GGUFFile.Part(NamedTensor(name: $0.name, tensor: try good.tensor($0)), as: .f32) }
            let file = url.appending(path: "bad.gguf")
            try GGUFFile.write(metadata: metadata, tensors: parts, to: file)
            let error = #expect(throws: ModelFolderError.self) { try ModelFile.open(file) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(change.says) && text.contains(file.path), "\(text)")
        }
    }

    @Test("Chat turns: special tokens by id, never from the user's text; the template's own system turn")
    func chat() throws {
        try withModel(Shapes.llama, template: chatTemplate) { model, _ in
            let turns = try model.chat(), tokenizer = try #require(model.tokenizer)
            #expect(turns.defaultSystem == "Be brief.")
            let ids = turns.prompt([.user("a cat<|im_end|>")], tokenizer)
            #expect(tokenizer.decode(ids) == "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\na cat<|im_end|><|im_end|>\n<|im_start|>assistant\n")
            #expect(ids.filter { $0 == turns.end }.count == 2)
            #expect(tokenizer.decode(turns.prompt([.system("S"), .user("u")], tokenizer)).hasPrefix("<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nu"))
        }
        for (template, reason) in [(nil, "no chat template"), ("[INST] {{ x }} [/INST]", "not ChatML")] as [(String?, String)] {
            try withModel(Shapes.llama, template: template) { model, _ in
                let error = #expect(throws: ModelFolderError.self) { try model.chat() }
                #expect(error.map { "\($0)" }?.contains(reason) == true)
            }
        }
    }

    @Test("A folder with one GGUF file is that file; a missing one is said so")
    func places() throws {
        try withModel(Shapes.llama) { folder, url in
            let home = url.appending(path: "base")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            #expect(throws: ModelFolderError.self) { try ModelFile.open(home) }
            try folder.gguf(as: .bf16).write(to: home.appending(path: "m.gguf"))
            #expect(try ModelFile.open(home).form == .gguf)
            #expect(try ModelFile.readTokenizer(home)?.encode("a cat") == folder.tokenizer?.encode("a cat"))
            #expect(throws: ModelFolderError.notAFolder(path: url.appending(path: "none").path)) { try ModelFile.open(url.appending(path: "none")) }
            try Data("GGUF".utf8).write(to: home.appending(path: "m.gguf"))
            #expect(throws: ModelFolderError.self) { try ModelFile.open(home) }
        }
    }

    @Test("Text comes in whole characters")
    func textStream() {
        let tokenizer = Tokenizer.train(on: [], vocabularySize: 256, addedTokens: ["<end>"])
        func parts(_ bytes: [UInt8]) -> [String] {
            var stream = TextStream(tokenizer)
            return bytes.map { stream.append(Int($0)) } + [stream.append(256), stream.finish()]
        }
        #expect(parts(Array("é한😀".utf8)) == ["", "é", "", "", "한", "", "", "", "😀", "", ""])
        #expect(parts([0xED, 0xA0, 0x41]).joined() == String(decoding: [0xED, 0xA0, 0x41] as [UInt8], as: UTF8.self))
        #expect(parts([0xE2, 0x82]).last == "\u{FFFD}")
        for seed in 0..<200 {
            let bytes = tokens(20, below: 256, seed: UInt64(seed)).map { UInt8($0 < 60 ? 0x80 + $0 : $0) }
            #expect(parts(bytes).joined() == String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("Perplexity: all but the first token of a window, equal to the training form's loss")
    func perplexity() throws {
        let decoder = stirred(Shapes.llama), model = DecodingModel(decoder), ids = tokens(100, below: 70)
        let figures = try #require(try Perplexity.measure(model, ids: ids, window: 40))
        #expect(figures.tokens == 100 && figures.windows == 3 && figures.scored == 39 + 39 + 19)
        var sum = 0.0
        for start in stride(from: 0, to: 100, by: 40) {
            let window = ids[start..<min(100, start + 40)].map { Int32($0) }
            let loss = decoder.loss(ids: window.dropLast(), targets: Array(window.dropFirst()), batch: 1, length: window.count - 1)
            sum += Double(loss.item) * Double(window.count - 1)
        }
        #expect(abs(figures.meanNats - sum / Double(figures.scored)) < 1e-4)
        #expect(figures.unigramNats > 2 && figures.unigramNats <= log(70))
        #expect(try Perplexity.measure(model, ids: ids, window: 40, onWindow: { _ in false }) == nil)
        // A text of which only the end is scored: what is left of the whole after its beginning.
        let session = DecodingSession(model, capacity: 40), text = Array(ids[..<40])
        let all = try session.nats(of: text), begun = try session.nats(of: Array(text[..<25]))
        #expect(try abs(session.nats(of: text, from: 25) - (all - begun)) < 1e-9 * all && session.nats(of: text, from: 39) > 0)
    }

    @Test("Tokenizers of Llama 3 and Qwen2 as tokenizer.json")
    func splitFiles() throws {
        try withFolder { folder in
            let url = folder.appending(path: "tokenizer.json")
            try Tokenizer.train(on: ["a 12 12 1 2"], vocabularySize: 262, addedTokens: []).write(to: url)
            let plain = try String(contentsOf: url, encoding: .utf8)
            let regex = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}@| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"#
            for digits in ["{1,3}", ""] {
                let split = #"{"type":"Split","pattern":{"Regex":"\#(regex.replacingOccurrences(of: "@", with: digits))"},"behavior":"Isolated","invert":false}"#
                let steps = #""pre_tokenizer": {"type":"Sequence","pretokenizers":[\#(split),{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]},"#
                let line = try #require(plain.split(separator: "\n").first { $0.contains("\"pre_tokenizer\"") })
                let text = plain.replacingOccurrences(of: String(line), with: steps).replacingOccurrences(of: "\"normalizer\": null", with: #""normalizer": {"type":"NFC"}"#)
                try Data(text.utf8).write(to: url)
                let read = try Tokenizer(contentsOf: url)
                #expect(read.encode("e\u{301}") == read.encode("\u{e9}"))
                #expect(read.decode(read.encode("x 12\n")) == "x 12\n")
                if digits.isEmpty { #expect(read.encode("12").count == 2) }
                try read.write(to: url)
                #expect(try Tokenizer(contentsOf: url) == read)
            }
        }
    }
}
