import Foundation
import Tensors

/// A model on disk, as Hugging Face `transformers` has it: `config.json`, `tokenizer.json`, `model.safetensors`, `README.md`.
///
/// ```swift
/// let folder = try ModelFolder.read(URL(filePath: "models/painter-small"))
/// try ModelFolder(decoder: folder.decoder, tokenizer: folder.tokenizer).write(to: other)     // bf16
/// ```
public struct ModelFolder {
    /// The model with its weights.
    public var decoder: Decoder
    /// Nil when the folder has no `tokenizer.json`.
    public var tokenizer: Tokenizer?
    /// The model card, `README.md`.
    public var card: String?

    /// Puts together what is to be written.
    public init(decoder: Decoder, tokenizer: Tokenizer? = nil, card: String? = nil) {
        self.decoder = decoder
        self.tokenizer = tokenizer
        self.card = card
    }

    /// The decoder's shape.
    public var config: DecoderConfig { decoder.config }

    static let weightsName = "model.safetensors", indexName = "model.safetensors.index.json"

    // MARK: Reading

    /// Reads a folder written here or by `transformers`, in one file or in shards; weights become f32.
    public static func read(_ url: URL) throws(ModelFolderError) -> ModelFolder {
        let config = try readConfig(url)
        let tokenizer = try readTokenizer(url)
        if let tokenizer, tokenizer.count > config.vocabularySize {
            throw .vocabulary(path: url.path, tokens: tokenizer.count, vocabularySize: config.vocabularySize)
        }
        let decoder = try readDecoder(url, config)
        return ModelFolder(
            decoder: decoder, tokenizer: tokenizer, card: try? String(contentsOf: url.appending(path: "README.md"), encoding: .utf8))
    }

    /// Reads `config.json` alone.
    public static func readConfig(_ url: URL) throws(ModelFolderError) -> DecoderConfig {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw .notAFolder(path: url.path)
        }
        let file = url.appending(path: "config.json")
        let data = try contents(file, remedy: "is this a model folder?")
        do { return try JSONDecoder().decode(DecoderConfig.self, from: data) } catch {
            throw .config(path: file.path, error)
        }
    }

    /// Reads `tokenizer.json` alone; nil when there is none.
    public static func readTokenizer(_ url: URL) throws(ModelFolderError) -> Tokenizer? {
        let file = url.appending(path: "tokenizer.json")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do throws(TokenizerError) { return try Tokenizer(contentsOf: file) } catch { throw .tokenizer(error) }
    }

    private static func contents(_ file: URL, remedy: String) throws(ModelFolderError) -> Data {
        do { return try Data(contentsOf: file) } catch {
            guard FileManager.default.fileExists(atPath: file.path) else { throw .missing(path: file.path, remedy: remedy) }
            throw .unreadable(path: file.path, reason: "not a readable file")
        }
    }

    /// Reads the weights: names, shapes and the memory they need are checked before the first takes any, tensors without a
    /// place are never read.
    package static func readDecoder(
        _ url: URL, _ config: DecoderConfig, memory: UInt64 = ProcessInfo.processInfo.physicalMemory
    ) throws(ModelFolderError) -> Decoder {
        let weights = try StoredWeights(url, config, memory: memory)
        return try Decoder(config: config) { (name, _) throws(ModelFolderError) in try weights.tensor(name) }
    }

    /// The weight files of a folder, names and shapes checked; a tensor is read when it is asked for.
    struct StoredWeights {
        private let path: String
        private let stored: [String: (file: SafeTensors.File, entry: SafeTensors.Entry)]

        init(_ url: URL, _ config: DecoderConfig, memory: UInt64 = ProcessInfo.processInfo.physicalMemory) throws(ModelFolderError) {
            path = url.path
            var stored: [String: (file: SafeTensors.File, entry: SafeTensors.Entry)] = [:]
            for url in try ModelFolder.weightFiles(url) {
                do throws(SafeTensorsError) {
                    let file = try SafeTensors.File(url)
                    for entry in file.header.entries { stored[entry.name] = (file, entry) }
                } catch { throw .weights(error) }
            }
            try ModelFolder.check(stored.mapValues(\.entry.shape), against: config, path: path)
            let bytes = UInt64(config.parameterCount) * UInt64(MemoryLayout<Float>.stride)
            guard bytes <= memory else { throw .tooLarge(path: path, bytes: bytes, memory: memory) }
            self.stored = stored
        }

        /// bf16 where the files hold such numbers, else f32.
        var format: WeightFormat { stored.values.allSatisfy { $0.entry.format == .bf16 } ? .bfloat16 : .float32 }

        func tensor(_ name: String) throws(ModelFolderError) -> Tensor {
            guard let (file, entry) = stored[name] else { throw .missingWeight(path: path, name: name) }
            let tensor: Tensor
            do throws(SafeTensorsError) { tensor = try file.tensor(entry) } catch { throw .weights(error) }
            guard tensor.isFinite else { throw .notFinite(path: path, name: name) }
            return tensor
        }
    }

    /// Compares names and shapes with what the config describes.
    private static func check(_ stored: [String: [Int]], against config: DecoderConfig, path: String) throws(ModelFolderError) {
        var rest = stored
        for (name, shape) in Decoder.weights(of: config) {
            guard let found = rest.removeValue(forKey: name) else { throw .missingWeight(path: path, name: name) }
            guard found == shape else { throw .weightShape(path: path, name: name, expected: shape, found: found) }
        }
        // Older files repeat a tied head and keep RoPE's frequencies, both of which follow from the rest.
        let unknown = rest.keys.filter { !$0.hasSuffix("rotary_emb.inv_freq") && !(config.tied && $0 == "lm_head.weight") }
        if let name = unknown.min() { throw .unexpectedWeight(path: path, name: name) }
    }

    /// `model.safetensors`, or the shards that `model.safetensors.index.json` names.
    static func weightFiles(_ url: URL) throws(ModelFolderError) -> [URL] {
        let whole = url.appending(path: weightsName), index = url.appending(path: indexName)
        let manager = FileManager.default
        if manager.fileExists(atPath: whole.path) { return [whole] }
        guard manager.fileExists(atPath: index.path) else {
            throw .missing(path: whole.path, remedy: "save the model as safetensors (older .bin files cannot be read)")
        }
        let data = try contents(index, remedy: "")
        struct Index: Decodable { let weight_map: [String: String] }
        guard let map = try? JSONDecoder().decode(Index.self, from: data).weight_map, !map.isEmpty else {
            throw .index(path: index.path, problem: "expected a \"weight_map\" from tensor names to file names")
        }
        let names = Set(map.values).sorted()
        for name in names where name.contains("/") || name.hasPrefix(".") || !name.hasSuffix(".safetensors") {
            throw .index(path: index.path, problem: "\"\(name)\" is not a safetensors file of this folder")
        }
        for name in names where !manager.fileExists(atPath: url.appending(path: name).path) {
            throw .missing(path: url.appending(path: name).path, remedy: "the index names it; fetch all shards")
        }
        return names.map { url.appending(path: $0) }
    }

    // MARK: Writing

    /// Writes the folder, each file whole or not at all; a `README.md` that is there stays unless `card` is set.
    ///
    /// - Parameter format: how weights are stored; `.bf16` halves the file and rounds to 8 bits.
    public func write(to url: URL, format: SafeTensors.Format = .bf16) throws(ModelFolderError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let stored = try encoder.encode(StoredConfig(config: config, format: format))
            try SafeTensors.write(decoder.parameters, to: url.appending(path: Self.weightsName), format: format, metadata: ["format": "pt"])
            if let tokenizer {
                try tokenizer.write(to: url.appending(path: "tokenizer.json"))
                let hint = TokenizerHint(model_max_length: config.positions)
                try encoder.encode(hint).write(to: url.appending(path: "tokenizer_config.json"), options: .atomic)
            }
            try stored.write(to: url.appending(path: "config.json"), options: .atomic)
            if let card { try Data(card.utf8).write(to: url.appending(path: "README.md"), options: .atomic) }
        } catch let error as SafeTensorsError {
            throw .weights(error)
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }

    /// The config with the weights' number format under its old and its new key.
    private struct StoredConfig: Encodable {
        let config: DecoderConfig, format: SafeTensors.Format
        private enum Key: String, CodingKey { case type = "torch_dtype", newType = "dtype" }

        func encode(to encoder: any Encoder) throws {
            try config.encode(to: encoder)
            let type = switch format { case .f32: "float32"; case .bf16: "bfloat16"; case .f16: "float16"; case .u8: "uint8" }
            var keys = encoder.container(keyedBy: Key.self)
            try keys.encode(type, forKey: .type)
            try keys.encode(type, forKey: .newType)
        }
    }

    /// `tokenizer_config.json`: has `AutoTokenizer` take tokenizer.json as it is.
    private struct TokenizerHint: Encodable {
        var tokenizer_class = "PreTrainedTokenizerFast"
        var clean_up_tokenization_spaces = false
        let model_max_length: Int
    }
}

extension Decoder {
    /// Loads the model of a folder; see `ModelFolder.read`.
    public static func load(_ url: URL) throws(ModelFolderError) -> Decoder {
        try ModelFolder.readDecoder(url, ModelFolder.readConfig(url))
    }
}

extension ModelFolderError {
    /// Unfolds what `JSONDecoder` has to say.
    static func config(path: String, _ error: any Error) -> ModelFolderError {
        func place(_ context: Swift.DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath.map(\.stringValue) + (last.map { [$0.stringValue] } ?? [])
            return keys.isEmpty ? "(whole file)" : keys.joined(separator: ".")
        }
        switch error as? Swift.DecodingError {
        case .keyNotFound(let key, let context): return .config(path: path, key: place(context, key), problem: "missing")
        case .typeMismatch(let type, let context): return .config(path: path, key: place(context), problem: "expected \(type)")
        case .valueNotFound(let type, let context): return .config(path: path, key: place(context), problem: "expected \(type), found null")
        case .dataCorrupted(let context): return .config(path: path, key: place(context), problem: context.debugDescription)
        default: return .config(path: path, key: "(whole file)", problem: "expected a JSON object")
        }
    }
}
