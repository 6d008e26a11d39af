import ArgumentParser
import Foundation
import Language
import Painter
import Tensors

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Lists installed models, looks into one, makes one smaller, chooses its styles.",
        discussion: """
            Models are looked for in ATELIER_MODELS, beside the executable, in ../share/atelier/models from there, and in ./models.

            Example:  atelier models info models/painter-small
            """,
        subcommands: [List.self, Info.self, QuantizeCommand.self, Export.self, Styles.self, Logits.self, Tokens.self], defaultSubcommand: List.self)

    // MARK: list

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the models found, and where.", discussion: "Example:  atelier models list --json")
        @Flag(help: "Print one JSON document.") var json = false

        struct Entry: Encodable {
            let name, type, path: String
            /// Bytes of all files.
            let bytes: Int
            let isDefault: Bool
        }
        struct Report: Encodable {
            let models: [Entry]
            let searched: [String]
        }

        func run() throws {
            try exitCleanly {
                let chosen = try? ModelLibrary.folder(nil)
                var seen: Set<String> = []
                let entries = ModelLibrary.roots.flatMap(ModelLibrary.models).compactMap { folder -> Entry? in
                    guard seen.insert(folder.path).inserted else { return nil }
                    return Entry(name: folder.lastPathComponent, type: ModelLibrary.type(of: folder) ?? "unknown", path: folder.path,
                                 bytes: ModelLibrary.size(of: folder), isDefault: folder.path == chosen?.path)
                }
                if json { try printJSON(Report(models: entries, searched: ModelLibrary.roots.map(\.path))); return }
                guard !entries.isEmpty else {
                    note("no models; looked in \(ModelLibrary.roots.map(\.path).joined(separator: ", "))")
                    return
                }
                let width = entries.map(\.name.count).max() ?? 0
                for entry in entries {
                    let name = entry.name.padding(toLength: width, withPad: " ", startingAt: 0)
                    try say("\(entry.isDefault ? "*" : " ") \(name)  \(String(format: "%6.1f MB", Double(entry.bytes) / 1e6))  \(entry.type)  \(entry.path)")
                }
            }
        }
    }

    // MARK: info

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shape, size and vocabulary of a model (of a painter its sketcher's, and the sizes of its planner and reader); the classes that a painter knows.",
            discussion: "Example:  atelier models info models/painter-small --json")
        @Argument(help: "Model folder, adapter or GGUF file, or the name of an installed model; else the default painter.") var folder: String?
        @Flag(help: "Print one JSON document.") var json = false

        struct Report: Encodable {
            let name, path, type: String
            /// Values of all weights, and bytes of all files.
            let parameters, bytes: Int
            let config: DecoderConfig?
            let vocabulary, textTokens: Int?
            /// What an adapter stands beside; nil for other models.
            let base: String?
            /// Class words of a painter; nil for other models.
            let classes: [String]?
            /// Weights of a painter's other decoders, by role.
            var parts: [String: Int] = [:]
        }

        func run() throws {
            try exitCleanly {
                let report = try Self.report(ModelLibrary.folder(folder))
                if json { try printJSON(report); return }
                try say("\(report.name): \(report.type), \(report.parameters) parameters, \(String(format: "%.1f MB", Double(report.bytes) / 1e6)), \(report.path)")
                if let config = report.config {
                    try say("\(config.layers) layers, width \(config.width), \(config.heads) heads (\(config.keyValueHeads) for keys and values), "
                        + "hidden width \(config.hiddenWidth), \(config.positions) positions, vocabulary \(config.vocabularySize), head \(config.tied ? "tied" : "of its own")")
                }
                for (role, parameters) in report.parts.sorted(by: { $0.key < $1.key }) { try say("with a \(role) of \(parameters) parameters") }
                if let base = report.base { try say("an adapter beside \(base); parameters are those of both") }
                if let vocabulary = report.vocabulary, let text = report.textTokens { try say("\(vocabulary) tokens, \(text) of them pieces of text") }
                if let classes = report.classes { try say("\(classes.count) classes: \(classes.map { singleLine($0) }.joined(separator: ", "))") }
            }
        }

        private static func report(_ folder: URL) throws -> Report {
            let type = ModelLibrary.type(of: folder)
            let name = folder.standardizedFileURL.lastPathComponent, path = folder.standardizedFileURL.path, bytes = ModelLibrary.size(of: folder)
            if let type, type.hasPrefix("atelier-") {
                let weights = try SafeTensors.read(folder.appendingPathComponent("model.safetensors"))
                return Report(name: name, path: path, type: type, parameters: weights.reduce(0) { $0 + $1.tensor.count }, bytes: bytes, config: nil,
                              vocabulary: nil, textTokens: nil, base: nil, classes: nil)
            }
            let model = try ModelFile.open(folder), config = model.config
            let sketch = model.tokenizer.flatMap { try? SketchVocabulary($0) }
            let parts = try PainterRole.allCases.compactMap { role in try Painter.folder(of: role, in: folder).map { (role.rawValue, try ModelFile.open($0).config.parameterCount) } }
            return Report(name: name, path: path, type: type ?? "unknown", parameters: config.parameterCount, bytes: bytes, config: config,
                          vocabulary: model.tokenizer?.count, textTokens: model.tokenizer?.textCount, base: model.base?.path, classes: sketch?.classes, parts: Dictionary(uniqueKeysWithValues: parts))
        }
    }

    // MARK: logits

    struct Logits: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the logits after the last of some token ids.",
            discussion: "Of a painter these are its sketcher's; planner/ and reader/ in it are folders of their own.\n\nExample:  atelier models logits models/painter-small/planner --ids 1,2,3 --json")
        @Argument(help: "Model folder, adapter or GGUF file, or the name of an installed model.") var folder: String
        @Option(help: ArgumentHelp("Token ids.", valueName: "1,2,3")) var ids: String
        @Option(help: ArgumentHelp("Weights as f32, bf16, int8 or int4.", valueName: "format")) var precision = WeightFormat.float32
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document: ids and logits.") var json = false

        struct Report: Encodable {
            let ids: [Int]
            let logits: [Float]
        }

        func run() throws {
            try exitCleanly {
                let ids = try ids.split(separator: ",", omittingEmptySubsequences: false).map { part -> Int in
                    guard let id = Int(part.trimmingCharacters(in: .whitespaces)), id >= 0 else {
                        throw CommandError.usage("--ids takes token ids with commas between, as in 1,2,3; \"\(part)\" is none")
                    }
                    return id
                }
                compute.apply()
                let model = try ModelFile.open(ModelLibrary.folder(folder)).decoding(format: precision, positions: max(ids.count, 1))
                guard ids.count <= model.config.positions else {
                    throw CommandError.data("\(ids.count) ids are more than the model's \(model.config.positions) positions")
                }
                if let bad = ids.first(where: { $0 >= model.config.vocabularySize }) {
                    throw CommandError.data("token \(bad) is not of the vocabulary of \(model.config.vocabularySize)")
                }
                let logits = try DecodingSession(model, capacity: ids.count).append(ids)
                guard logits.allSatisfy(\.isFinite) else { throw CommandError.data("\(folder): the model's logits are not all finite numbers; are its weights whole?") }
                if json {
                    try printJSON(Report(ids: ids, logits: logits))
                    return
                }
                for (id, logit) in logits.enumerated().sorted(by: { ($1.element, $0.offset) < ($0.element, $1.offset) }).prefix(20) { try say("\(id)\t\(logit)") }
            }
        }
    }

    // MARK: tokens

    struct Tokens: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the token ids of a text.", discussion: "Example:  atelier models tokens models/painter-small/planner --text \"a cat\" --json")
        @Argument(help: "Model folder, adapter or GGUF file, or the name of an installed model.") var folder: String
        @Option(help: "The text, taken as it is.") var text: String
        @Flag(help: "Print one JSON document: ids.") var json = false

        struct Report: Encodable { let ids: [Int] }

        func run() throws {
            try exitCleanly {
                let ids = try ModelLibrary.tokenizer(ModelLibrary.folder(folder)).encode(text)
                if json { try printJSON(Report(ids: ids)) } else { try say(ids.map(String.init).joined(separator: ",")) }
            }
        }
    }
}

extension ModelLibrary {
    /// `model_type` of a folder's config, "gguf" for a GGUF file; nil where there is neither.
    static func type(of folder: URL) -> String? {
        if AdapterFolder.isAdapter(folder) { return "adapter" }
        if ModelFile.ggufFile(at: folder) != nil { return "gguf" }
        struct Config: Decodable { let model_type: String }
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("config.json")) else { return nil }
        return try? JSONDecoder().decode(Config.self, from: data).model_type
    }

    /// Bytes of the files in a folder, or of a file.
    static func size(of folder: URL) -> Int {
        if !isFolder(folder) { return (try? folder.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0 }
        // With the folders in it.
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return files.reduce(0) { sum, name in
            let file = folder.appendingPathComponent(name)
            return sum + (isFolder(file) ? 0 : (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0)
        }
    }
}
