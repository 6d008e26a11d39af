import ArgumentParser
import Distillation
import Files
import Foundation
import Language

extension DataCommand {
    struct States: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "states",
            abstract: "Lets a language model read texts and keeps its states, from which a draft learns its laws.",
            discussion: """
                For texts that `atelier data texts` wrote: what the model's head reads before each token, 1.2 KB a token for SmolLM2-135M, in a folder of \
                safetensors files, one for every 64 texts. A folder that was not finished is gone on with. The recipe of a draft names both the texts and the folder.

                Example:  atelier data states data/texts.ndjson --model models/base -o data/states
                """)

        @Argument(help: "Texts, one a line.") var texts: String
        @Option(help: ArgumentHelp("Model folder or GGUF file, or the name of an installed model.", valueName: "dir")) var model = "models/base"
        @Option(help: ArgumentHelp("At most so many tokens of a text; the recipe's data.length.", valueName: "n")) var length = 512
        @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Folder to write.", valueName: "dir")) var output = "data/states"
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print the counts as JSON.") var json = false

        struct Report: Encodable {
            let folder: String, texts: Int, tokens: Int
        }

        func validate() throws {
            guard 16...8_192 ~= length else { throw ValidationError("--length takes 16 to 8192, not \(length)") }
            if output.isEmpty || output == "-" { throw ValidationError("-o needs a folder") }
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let all = try BaseText.read(URL(fileURLWithPath: texts)), file = try ModelFile.open(ModelLibrary.folder(model))
                guard length <= file.config.positions else { throw CommandError.usage("--length \(length): the model has \(file.config.positions) positions") }
                let folder = URL(fileURLWithPath: output)
                do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
                    throw OutputError.cannotCreate(path: output, reason: sentence(of: error))
                }
                let documents = try DraftJob.documents(of: all, InstructionForm(file), length: length), progress = CountProgress(of: documents.count)
                guard !documents.isEmpty else { throw CommandError.data("\(texts): nothing to learn in it") }
                try TargetStates.write(documents, by: file.decoder(), to: folder, length: length) { progress.show(done: $0) }
                progress.clear()
                let report = Report(folder: output, texts: documents.count, tokens: documents.reduce(0) { $0 + $1.learntInputs.count })
                if json { return try printJSON(report) }
                try say("the states before \(report.tokens) tokens of \(counted(report.texts, "text")) in \(output)")
            }
        }
    }
}
