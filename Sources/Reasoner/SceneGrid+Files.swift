import Files
import Foundation
import Scenes
import Tensors

/// `look.json` of a reasoner's folder.
private struct LookFile: Codable {
    var model_type = "atelier-look"
    var look: LookConfig
    var world: World
}

extension SceneGrid {
    private static let limit = 1 << 20

    /// Reads the eye of a reasoner's folder: `look.json`, `look.safetensors`.
    /// - Throws: `ReasonerError.badEye` for a description that is none or weights that do not fit it; `SafeTensorsError` for damaged weights.
    public convenience init(folder: URL) throws {
        let path = folder.appendingPathComponent("look.json")
        guard let handle = try? FileHandle(forReadingFrom: path), let data = try handle.read(upToCount: Self.limit), !data.isEmpty else {
            throw ReasonerError.badEye(path: path.path, reason: "cannot be read")
        }
        let file: LookFile
        do { file = try JSONDecoder().decode(LookFile.self, from: data) } catch {
            throw ReasonerError.badEye(path: path.path, reason: "is no description of an eye (\(error.place))")
        }
        let values = file.world.domain.attributes.map(\.values.count)
        guard file.model_type == "atelier-look", 1...32 ~= values.count, values.allSatisfy({ 1...1_000 ~= $0 }), file.look.cell % (8 * Self.perCell) == 0,
              file.look.colorless.allSatisfy({ file.world.domain.values(of: $0) != nil }) else {
            throw ReasonerError.badEye(path: path.path, reason: "has another model_type, no attributes, unknown ones in colorless, or cells that are no multiple of 16 pixels")
        }
        let weights = folder.appendingPathComponent("look.safetensors"), stored = try SafeTensors.read(weights).tensors
        // Before anything of the stated size is made: the file must be of that size.
        let byName = Dictionary(stored.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        guard byName["look.positions"]?.shape == [file.look.cells, file.look.features] else {
            throw ReasonerError.badEye(path: weights.path, reason: "has no look.positions of the shape that look.json states")
        }
        self.init(config: file.look, world: file.world, seed: nil)
        for parameter in parameters {
            guard let found = byName[parameter.name], found.shape == parameter.tensor.shape, found.isFinite else {
                throw ReasonerError.badEye(path: weights.path, reason: "has no \(parameter.name) of shape \(parameter.tensor.shape)")
            }
            parameter.tensor.copy(from: found.array())
        }
    }

    /// Writes `look.json` and `look.safetensors` (bf16) into a folder.
    public func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(LookFile(look: look.config, world: world)).write(to: folder.appendingPathComponent("look.json"), options: .atomic)
        try SafeTensors.write(parameters, to: folder.appendingPathComponent("look.safetensors"), format: .bf16)
    }
}

extension Error {
    /// Where a decoder stopped, in a word.
    fileprivate var place: String {
        switch self as? DecodingError {
        case .keyNotFound(let key, _)?: "no key \"\(key.stringValue)\""
        case .dataCorrupted(let context)? where !context.codingPath.isEmpty:
            context.codingPath.map(\.stringValue).joined(separator: ".") + ": expected " + context.debugDescription
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?, .dataCorrupted(let context)?:
            (context.codingPath.map(\.stringValue).joined(separator: ".") + " " + context.debugDescription).trimmingCharacters(in: .whitespaces)
        default: "not JSON"
        }
    }
}
