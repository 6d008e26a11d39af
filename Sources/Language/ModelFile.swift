import Foundation
import Tensors

/// A language model from disk in any form: a Hugging Face folder, a GGUF file, or an adapter beside one of these.
///
/// ```swift
/// let file = try ModelFile.open(URL(filePath: "models/base"))           // a folder, a GGUF file, or a folder that holds one
/// let session = DecodingSession(try file.decoding(), capacity: 512)
/// let prompt = try file.chat().prompt([.user("Name three colours.")], tokenizer)
/// ```
public struct ModelFile {
    /// Where models come from.
    public enum Form: String, Sendable { case folder, gguf, adapter }

    /// The folder or file that was read.
    public let url: URL
    /// Which of these it is.
    public let form: Form
    /// The model's shape.
    public let config: DecoderConfig
    /// Nil when there is none.
    public let tokenizer: Tokenizer?
    /// The chat template's source; nil when there is none.
    public let chatTemplate: String?
    /// Whether a text begins with the begin token.
    public let startsWithBegin: Bool
    /// What an adapter stands beside; nil for other models.
    public var base: URL? {
        if case .adapter(let folder, _) = source { folder.base } else { nil }
    }
    private let source: Source

    /// What a text begins with: the begin token where the model has it so, else nothing.
    public var beginTokens: [Int] { startsWithBegin ? config.beginToken.map { [$0] } ?? [] : [] }

    /// The tokenizer, where the work cannot do without.
    /// - Throws: `ModelFolderError.missing`.
    public func ownTokenizer() throws(ModelFolderError) -> Tokenizer {
        guard let tokenizer else {
            throw .missing(path: url.appendingPathComponent("tokenizer.json").path, remedy: "this model has no tokenizer of its own")
        }
        return tokenizer
    }

    /// What the weights are read from.
    private indirect enum Source {
        case folder, gguf(GGUFModel), adapter(AdapterFolder, base: ModelFile)
    }

    /// Reads everything but the weights.
    /// - Parameter url: a model folder, an adapter's, a GGUF file, or a folder with one GGUF file and no `config.json`.
    public static func open(_ url: URL) throws(ModelFolderError) -> ModelFile {
        if AdapterFolder.isAdapter(url) { return try openAdapter(url) }
        guard let file = ggufFile(at: url) else {
            let config = try ModelFolder.readConfig(url), tokenizer = try ModelFolder.readTokenizer(url), hints = FolderHints(url)
            if let tokenizer, tokenizer.count > config.vocabularySize {
                throw .vocabulary(path: url.path, tokens: tokenizer.count, vocabularySize: config.vocabularySize)
            }
            return ModelFile(url: url, form: .folder, config: config, tokenizer: tokenizer, chatTemplate: hints.template,
                             startsWithBegin: hints.addsBegin, source: .folder)
        }
        let model = try GGUFModel(file), tokenizer = try readTokenizer(model.file)
        try check(tokenizer, model.config, file)
        return ModelFile(url: file, form: .gguf, config: model.config, tokenizer: tokenizer,
                         chatTemplate: model.file["tokenizer.chat_template"]?.text, startsWithBegin: model.startsWithBegin, source: .gguf(model))
    }

    private static func openAdapter(_ url: URL) throws(ModelFolderError) -> ModelFile {
        let folder = try AdapterFolder(url)
        guard !AdapterFolder.isAdapter(folder.base) else { throw .adapter(path: url.path, problem: "its base \(folder.base.path) is an adapter too") }
        let base = try open(folder.base)
        let tokenizer = base.tokenizer?.extended(with: folder.config.addedTokens, after: base.config.vocabularySize)
        let config = try folder.config.config(of: base.config, path: url.path)
        guard (tokenizer?.count ?? 0) <= config.vocabularySize, folder.config.addedTokens.allSatisfy({ base.tokenizer?.id(ofAdded: $0) == nil }) else {
            throw .adapter(path: url.path, problem: "it adds tokens that its base has already")
        }
        return ModelFile(url: url, form: .adapter, config: config, tokenizer: tokenizer, chatTemplate: base.chatTemplate,
                         startsWithBegin: base.startsWithBegin, source: .adapter(folder, base: base))
    }

    /// The model in its differentiable form, all weights as f32. Of an adapter, its base with what was learnt in its weights: to be read, as its
    /// weights ask for no gradients.
    public func decoder() throws(ModelFolderError) -> Decoder {
        switch source {
        case .folder: return try ModelFolder.readDecoder(url, config)
        case .gguf(let model): return try Self.decoder(model)
        case .adapter(let folder, let base):
            let adapter = try folder.adapter(base: base.decoder())
            return withoutGradients { adapter.decoder() }
        }
    }

    /// An adapter with its base, to train it on; nil for other models.
    /// - Parameter alpha: in place of its own: a smaller one lies between the base and what was learnt.
    package func adapter(alpha: Double? = nil) throws(ModelFolderError) -> (adapter: Adapter, base: String)? {
        guard case .adapter(let folder, let base) = source else { return nil }
        return (try folder.adapter(base: base.decoder(), alpha: alpha), folder.basePath)
    }

    /// The model for decoding.
    /// - Parameters:
    ///   - format: how weights are kept; nil: as the file has them, a GGUF file's blocks without rounding; bf16 beside an adapter.
    ///   - positions: how far sequences may go; nil: as far as the config allows, at most 8,192.
    public func decoding(format: WeightFormat? = nil, positions: Int? = nil) throws(ModelFolderError) -> DecodingModel {
        switch source {
        case .folder: return try DecodingModel.load(url, format: format, positions: positions)
        case .gguf(let model):
            return try DecodingModel(config: config, format: format, positions: positions, path: model.file.path) { (name, shape) throws(ModelFolderError) in
                model.weight(name, shape)
            }
        case .adapter: return DecodingModel(try decoder(), format: format ?? .bfloat16, positions: positions)
        }
    }

    /// Reads the tokenizer alone; nil when there is none.
    public static func readTokenizer(_ url: URL) throws(ModelFolderError) -> Tokenizer? {
        if AdapterFolder.isAdapter(url) { return try open(url).tokenizer }
        guard let file = ggufFile(at: url) else { return try ModelFolder.readTokenizer(url) }
        let opened: GGUFFile
        do throws(GGUFError) { opened = try GGUFFile(file) } catch { throw .gguf(error) }
        return try readTokenizer(opened)
    }

    /// The GGUF file that a path means; nil where it means a model folder (or nothing).
    public static func ggufFile(at url: URL) -> URL? {
        var isFolder: ObjCBool = false
        let manager = FileManager.default
        guard manager.fileExists(atPath: url.path, isDirectory: &isFolder) else { return nil }
        if !isFolder.boolValue { return url }
        guard !manager.fileExists(atPath: url.appending(path: "config.json").path) else { return nil }
        let files = ((try? manager.contentsOfDirectory(atPath: url.path)) ?? []).filter { $0.hasSuffix(".gguf") }
        return files.count == 1 ? url.appending(path: files[0]) : nil
    }

    private static func readTokenizer(_ file: GGUFFile) throws(ModelFolderError) -> Tokenizer? {
        guard file["tokenizer.ggml.model"] != nil else { return nil }
        do throws(TokenizerError) { return try Tokenizer(gguf: file) } catch { throw .tokenizer(error) }
    }

    private static func check(_ tokenizer: Tokenizer?, _ config: DecoderConfig, _ file: URL) throws(ModelFolderError) {
        if let tokenizer, tokenizer.count > config.vocabularySize {
            throw .ggufModel(path: file.path, key: "tokenizer.ggml.tokens", problem: "\(tokenizer.count) tokens, token_embd.weight has \(config.vocabularySize)")
        }
    }

    /// Widens all weights to f32, if there is memory for them.
    private static func decoder(_ model: GGUFModel) throws(ModelFolderError) -> Decoder {
        let path = model.file.path, bytes = UInt64(model.config.parameterCount) * UInt64(MemoryLayout<Float>.stride)
        let memory = ProcessInfo.processInfo.physicalMemory
        guard bytes <= memory else { throw .tooLarge(path: path, bytes: bytes, memory: memory) }
        return try Decoder(config: model.config) { (name, shape) throws(ModelFolderError) in
            let tensor: Tensor
            do throws(GGUFError) { tensor = try model.weight(name, shape).tensor() } catch { throw .gguf(error) }
            guard tensor.isFinite else { throw .notFinite(path: path, name: GGUFModel.name(of: name)) }
            return tensor
        }
    }

    /// The chat turns of this model.
    /// - Throws: `ModelFolderError.noChat` with the reason.
    public func chat() throws(ModelFolderError) -> ChatTurns {
        let path = url.path
        guard let tokenizer else { throw .noChat(path: path, reason: "the model has no tokenizer") }
        do throws(ChatTurns.Missing) { return try ChatTurns(template: chatTemplate, tokenizer: tokenizer) } catch {
            throw .noChat(path: path, reason: error.reason)
        }
    }

    /// What `tokenizer_config.json` and `chat_template.jinja` of a folder say.
    private struct FolderHints {
        var template: String?
        var addsBegin = false

        init(_ url: URL) {
            template = try? String(contentsOf: url.appending(path: "chat_template.jinja"), encoding: .utf8)
            guard let data = try? Data(contentsOf: url.appending(path: "tokenizer_config.json")),
                  let file = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else { return }
            template = template ?? file["chat_template"] as? String
            addsBegin = file["add_bos_token"] as? Bool ?? false
        }
    }
}
