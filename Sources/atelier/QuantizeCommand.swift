import ArgumentParser
import Foundation
import Language
import Painter
import Tensors

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Writes a model folder with its weights as decoding reads them: smaller, faster, mapped at once.",
        discussion: """
            The folder can be drawn with, not trained, and other software does not read it. A painter's planner and reader are written with it. `atelier eval painter --model` tells what it costs.

            Example:  atelier models quantize models/painter-small --to int8 -o painter-int8
            """)

    @Argument(help: "Model folder, or the name of an installed model.") var folder: String
    @Option(help: "f32, bf16, int8 or int4.") var to = WeightFormat.int8
    @Option(name: .shortAndLong, help: ArgumentHelp("The new folder; else the old name with the format behind it, here.", valueName: "dir")) var output: String?
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Print one JSON document.") var json = false

    struct Report: Encodable {
        let folder, precision: String
        /// Of all files, before and after; of the weights that one token reads.
        let bytesBefore, bytes, weightBytes: Int
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let source = try ModelLibrary.folder(folder)
            let target = URL(fileURLWithPath: output ?? "\(source.standardizedFileURL.lastPathComponent)-\(to.rawValue)")
            guard target.standardizedFileURL.path != source.standardizedFileURL.path else {
                throw CommandError.usage("-o \(target.path) is the model itself; give another folder")
            }
            if FileManager.default.fileExists(atPath: target.appendingPathComponent("model.safetensors").path) {
                throw CommandError.usage("\(target.path) holds another model already; give another folder")
            }
            var weights = 0
            // A painter's other decoders lie in folders of its own.
            for part in [""] + PainterRole.allCases.compactMap({ Painter.folder(of: $0, in: source)?.lastPathComponent }) {
                weights += try quantize(part.isEmpty ? source : source.appendingPathComponent(part), to: part.isEmpty ? target : target.appendingPathComponent(part))
            }
            let card = "# \(target.lastPathComponent)\n\n\(source.lastPathComponent) with \(to.rawValue) weights, made by `atelier models quantize`. Data and licence are the original's.\n"
            try? Data(card.utf8).write(to: target.appendingPathComponent("README.md"), options: .atomic)
            let report = Report(
                folder: target.path, precision: to.rawValue, bytesBefore: ModelLibrary.size(of: source), bytes: ModelLibrary.size(of: target),
                weightBytes: weights)
            if json { return try printJSON(report) }
            note("wrote \(target.path): \(to.rawValue), \(String(format: "%.1f MB, was %.1f MB", Double(report.bytes) / 1e6, Double(report.bytesBefore) / 1e6))")
        }
    }

    /// Writes one decoder's folder.
    /// - Returns: bytes of the weights that one token reads.
    private func quantize(_ source: URL, to target: URL) throws -> Int {
        let file = try ModelFile.open(source), model = try file.decoding(format: to)
        try model.write(to: target)
        // A GGUF file and an adapter have no tokenizer.json of their own.
        if file.form != .folder, let tokenizer = file.tokenizer {
            do { try tokenizer.write(to: target.appendingPathComponent("tokenizer.json")) } catch {
                throw ModelFolderError.unwritable(path: target.path, reason: error.localizedDescription)
            }
        }
        for name in ["tokenizer.json", "tokenizer_config.json", StyleTable.fileName, ShapeTable.fileName] {
            let file = source.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            do { try Data(contentsOf: file).write(to: target.appendingPathComponent(name), options: .atomic) } catch {
                throw ModelFolderError.unwritable(path: target.appendingPathComponent(name).path, reason: error.localizedDescription)
            }
        }
        return model.byteCount
    }
}
