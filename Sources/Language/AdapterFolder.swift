import Foundation
import Tensors

/// An adapter on disk, as `peft` lays it out: `adapter_config.json`, which names the base (it is not in the folder), and `adapter_model.safetensors`.
///
/// An adapter of low rank alone is `peft`'s; cross-attention and rows of new tokens are under names of their own (`cross_attn`, `embed_tokens.added`),
/// which `peft` passes over. `base_sample`, some of the base's values, tells another base of the same shape.
public struct AdapterFolder {
    /// What is trained beside the base.
    public let config: AdapterConfig
    /// The base's folder or GGUF file.
    public let base: URL
    /// Its path as the folder names it.
    let basePath: String
    /// The folder.
    public let url: URL
    private let sample: [Float]?

    static let configName = "adapter_config.json", weightsName = "adapter_model.safetensors"
    private static let prefix = "base_model.model.", limit = 1 << 24

    /// What the file says of the base.
    private struct Base: Codable {
        var base: String, sample: [Float]?
        private enum CodingKeys: String, CodingKey { case base = "base_model_name_or_path", sample = "base_sample" }
    }

    /// Whether a folder holds an adapter.
    public static func isAdapter(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.appending(path: configName).path) }

    /// Reads the config, and finds the base: where its path leads from the folder's parent, from that one's (`models/base/…` of `models/NAME`), or from here.
    init(_ url: URL) throws(ModelFolderError) {
        let file = url.appending(path: Self.configName), base: Base
        do {
            let handle = try FileHandle(forReadingFrom: file), data = try handle.read(upToCount: Self.limit) ?? Data()
            config = try JSONDecoder().decode(AdapterConfig.self, from: data)
            base = try JSONDecoder().decode(Base.self, from: data)
        } catch let error as Swift.DecodingError {
            guard case .config(_, let key, let problem) = ModelFolderError.config(path: file.path, error) else { throw .unreadable(path: file.path, reason: "\(error)") }
            if case .dataCorrupted(let context) = error, !context.codingPath.isEmpty { throw .adapter(path: file.path, problem: "\(key): expected \(problem)") }
            throw .adapter(path: file.path, problem: "\(key): \(problem)")
        } catch {
            throw .unreadable(path: file.path, reason: error.localizedDescription)
        }
        guard !FileManager.default.fileExists(atPath: url.appending(path: "config.json").path) else {
            throw .adapter(path: url.path, problem: "it holds a model (config.json) and an adapter; remove one of them")
        }
        let place = url.standardizedFileURL.resolvingSymlinksInPath().deletingLastPathComponent()
        let starts = base.base.hasPrefix("/") ? [] : [place, place.deletingLastPathComponent()]
        let candidates = starts.map { $0.appending(path: base.base) } + [URL(fileURLWithPath: base.base)]
        guard !base.base.isEmpty, let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw .missing(path: base.base, remedy: "it is the base that \(url.lastPathComponent) was trained beside; `tools/base-model` fetches SmolLM2-135M-Instruct")
        }
        (self.base, basePath, self.url, sample) = (found, base.base, url, base.sample)
    }

    /// Reads the adapter's weights beside those of its base.
    /// - Parameter alpha: in place of its own: a smaller one lies between the base and what was learnt.
    func adapter(base: Decoder, alpha: Double? = nil) throws(ModelFolderError) -> Adapter {
        var config = config
        config.alpha = alpha ?? config.alpha
        if let sample, !base.isAlike(sample) {
            throw .adapter(path: url.path, problem: "\(self.base.path) has the shape of its base, but other weights; give the one that it was trained beside")
        }
        let file = url.appending(path: Self.weightsName), path = file.path, stored: [NamedTensor]
        do throws(SafeTensorsError) { stored = try SafeTensors.read(file).tensors } catch { throw .weights(error) }
        var rest = Dictionary(stored.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        let adapter = try Adapter(base: base, config, path: url.path) { (name, shape) throws(ModelFolderError) in
            guard let tensor = rest.removeValue(forKey: Self.prefix + name) else { throw .missingWeight(path: path, name: Self.prefix + name) }
            guard tensor.shape == shape else { throw .weightShape(path: path, name: Self.prefix + name, expected: shape, found: tensor.shape) }
            guard tensor.isFinite else { throw .notFinite(path: path, name: Self.prefix + name) }
            return tensor
        }
        if let name = rest.keys.min() { throw .unexpectedWeight(path: path, name: name) }
        return adapter
    }

    /// Writes an adapter (bf16), each file whole or not at all.
    /// - Parameter base: the path of its base that the folder names.
    public static func write(_ adapter: Adapter, base: String, to url: URL) throws(ModelFolderError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            struct Both: Encodable {
                let config: AdapterConfig, base: Base
                func encode(to encoder: any Encoder) throws {
                    try config.encode(to: encoder)
                    try base.encode(to: encoder)
                }
            }
            let stored = try encoder.encode(Both(config: adapter.config, base: Base(base: base, sample: adapter.base.sample)))
            let tensors = adapter.parameters.map { NamedTensor(name: prefix + $0.name, tensor: $0.tensor) }
            try SafeTensors.write(tensors, to: url.appending(path: weightsName), format: .bf16, metadata: ["format": "pt"])
            try stored.write(to: url.appending(path: configName), options: .atomic)
        } catch let error as SafeTensorsError {
            throw .weights(error)
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }
}
