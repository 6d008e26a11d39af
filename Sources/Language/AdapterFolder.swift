import Foundation
import Tensors

/// An adapter on disk, as `peft` lays it out: `adapter_config.json` and `adapter_model.safetensors` beside the name of its base, which is not in
/// the folder. Cross-attention and rows of new tokens, which `peft` does not have, are under names of their own.
public struct AdapterFolder {
    /// What is trained beside the base.
    public let config: AdapterConfig
    /// The base's folder or GGUF file.
    public let base: URL
    /// The folder.
    public let url: URL

    static let configName = "adapter_config.json", weightsName = "adapter_model.safetensors"
    private static let prefix = "base_model.model.", limit = 1 << 24

    /// Where the base is, in the file.
    private struct Base: Codable {
        var base: String
        private enum CodingKeys: String, CodingKey { case base = "base_model_name_or_path" }
    }

    /// Whether a folder holds an adapter.
    public static func isAdapter(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.appending(path: configName).path) }

    /// Reads the config, and finds the base: where the path leads from here, or from beside the adapter's folder.
    init(_ url: URL) throws(ModelFolderError) {
        let file = url.appending(path: Self.configName), base: Base
        do {
            let handle = try FileHandle(forReadingFrom: file), data = try handle.read(upToCount: Self.limit) ?? Data()
            config = try JSONDecoder().decode(AdapterConfig.self, from: data)
            base = try JSONDecoder().decode(Base.self, from: data)
        } catch let error as Swift.DecodingError {
            throw .config(path: file.path, error)
        } catch {
            throw .unreadable(path: file.path, reason: error.localizedDescription)
        }
        let candidates = [URL(filePath: base.base), url.appending(path: "../..").appending(path: base.base), url.appending(path: "..").appending(path: base.base)]
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw .missing(path: base.base, remedy: "it is the base that \(url.lastPathComponent) was trained beside; `tools/base-model` fetches SmolLM2-135M-Instruct")
        }
        (self.base, self.url) = (found.standardizedFileURL, url)
    }

    /// Reads the adapter's weights beside those of its base.
    func adapter(base: Decoder, tokens: Int) throws(ModelFolderError) -> Adapter {
        let file = url.appending(path: Self.weightsName), path = file.path, stored: [NamedTensor]
        do throws(SafeTensorsError) { stored = try SafeTensors.read(file).tensors } catch { throw .weights(error) }
        var rest = Dictionary(stored.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        let adapter = try Adapter(base: base, config, tokens: tokens, path: url.path) { (name, shape) throws(ModelFolderError) in
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
            let stored = try encoder.encode(Both(config: adapter.config, base: Base(base: base)))
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
