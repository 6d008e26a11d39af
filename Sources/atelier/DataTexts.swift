import ArgumentParser
import Distillation
import Files
import Foundation
import Language
import Painter
import Sketches
import Tensors

extension DataCommand {
    struct Texts: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "texts",
            abstract: "Lets a language model write texts of its own, for an adapter beside it or a draft to learn from.",
            discussion: """
                Instructions of many kinds, each answered at one of some temperatures, many side by side; one text a line, as \
                {"instruction":…,"temperature":…,"text":…}; then, with --running, running texts that go on from openings, as \
                {"opening":…,"temperature":1,"text":…}. An adapter that is trained on them too goes on writing as its base does; a draft learns what the model will write. The file is written whole \
                or not at all. A tenth of the instructions and openings, told by their hash, is never trained on.

                Example:  atelier data texts --model models/base --count 1200 --running 1000 -o data/texts.ndjson --seed 0
                """)

        @Option(help: ArgumentHelp("Model folder or GGUF file, or the name of an installed model.", valueName: "dir")) var model = "models/base"
        @Option(help: ArgumentHelp("Answers to instructions to write.", valueName: "n")) var count = 2_000
        @Option(help: ArgumentHelp("Running texts to write beside them.", valueName: "n")) var running = 0
        @Option(help: ArgumentHelp("Temperatures of answers, from 0 to 4.", valueName: "t,…")) var temperatures = "0.3,0.7,1"
        @Option(help: ArgumentHelp("At most so many tokens of a text.", valueName: "n")) var maxTokens = 256
        @Option(name: [.short, .customLong("output")], help: ArgumentHelp("File to write; - is standard output.", valueName: "file")) var output = "data/texts.ndjson"
        @Option(help: ArgumentHelp("Same seed, same texts.", valueName: "n")) var seed: UInt64 = 0
        @Option(help: ArgumentHelp("Weights as f32, bf16, int8 or int4; else as the model has them.", valueName: "format")) var precision: WeightFormat?
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print the counts as JSON.") var json = false

        struct Report: Encodable {
            let file: String, texts: Int, heldOut: Int, cut: Int, characters: Int
        }

        func validate() throws {
            guard 1...1_000_000 ~= count else { throw ValidationError("--count takes 1 to 1000000, not \(count)") }
            guard 0...1_000_000 ~= running else { throw ValidationError("--running takes 0 to 1000000, not \(running)") }
            _ = try parsedTemperatures()
            guard 1...4_096 ~= maxTokens else { throw ValidationError("--max-tokens takes 1 to 4096, not \(maxTokens)") }
            if output.isEmpty { throw ValidationError("-o needs a file name; - is standard output") }
            if output == "-", json { throw ValidationError("--json and -o - both want standard output; give -o a file") }
        }

        private func parsedTemperatures() throws -> [Double] {
            let all = temperatures.split(separator: ",").map { Double($0) }
            guard !all.isEmpty, all.allSatisfy({ $0.map { 0...4 ~= $0 } ?? false }) else { throw ValidationError("--temperatures takes numbers from 0 to 4 with commas, as in 0,0.7, not \(temperatures)") }
            return all.compactMap { $0 }
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let file = try ModelFile.open(ModelLibrary.folder(model)), progress = CountProgress(of: count + running)
                // Long work shall not end in a folder that is not there.
                if output != "-" {
                    let folder = URL(fileURLWithPath: output).deletingLastPathComponent()
                    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
                        throw OutputError.cannotCreate(path: output, reason: sentence(of: error))
                    }
                    guard !ModelLibrary.isFolder(URL(fileURLWithPath: output)) else { throw OutputError.cannotCreate(path: output, reason: "it is a folder") }
                }
                let texts = try BaseText.written(by: file, count: count, running: running, limit: maxTokens, temperatures: parsedTemperatures(), seed: seed, format: precision) { progress.show(done: $0) }
                progress.clear()
                guard !texts.isEmpty else { throw CommandError.data("\(model): wrote nothing but empty texts; is it a model that follows instructions?") }
                try SketchFile.writeAtomically(Data((texts.map(\.line).joined(separator: "\n") + "\n").utf8), to: output)
                if output == "-" { return }
                let report = Report(
                    file: output, texts: texts.count, heldOut: texts.count { $0.isHeldOut }, cut: texts.count { $0.isCut }, characters: texts.reduce(0) { $0 + $1.text.count })
                if json { return try printJSON(report) }
                try say("\(counted(report.texts, "text")) in \(output): \(report.heldOut) held out, \(report.cut) cut at \(maxTokens) tokens, \(report.characters) characters")
            }
        }
    }
}
