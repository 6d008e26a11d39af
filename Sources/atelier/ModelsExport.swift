import ArgumentParser
import Foundation
import Language
import Sketches

extension ModelFile.ExportType: ExpressibleByArgument {}

extension ModelsCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a decoder-only model as a GGUF file, which llama.cpp loads too.",
            discussion: "Of a painter this is its sketcher; planner/ and reader/ in it are folders of their own.\n\nExample:  atelier models export models/painter-small -o sketcher.gguf --type q8_0")
        @Argument(help: "Model folder, adapter or GGUF file, or the name of an installed model.") var folder: String
        @Option(name: [.short, .customLong("output")], help: ArgumentHelp("File to write; - is standard output.", valueName: "file")) var output: String
        @Option(help: "How matrices are stored; norms and biases stay f32.") var type: ModelFile.ExportType = .bf16

        func validate() throws {
            if output.isEmpty { throw ValidationError("-o needs a file name; - is standard output") }
        }

        func run() throws {
            try exitCleanly {
                let data = try ModelFile.open(ModelLibrary.folder(folder)).gguf(as: type)
                try SketchFile.writeAtomically(data, to: output)
                if output != "-" { note("wrote \(output): \(String(format: "%.1f MB", Double(data.count) / 1e6)), \(type.rawValue)") }
            }
        }
    }
}
