import ArgumentParser
import Distillation
import Foundation
import Language
import Painter
import Tensors

extension EvalCommand {
    struct LanguageKept: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "language",
            abstract: "How much of its base's language an adapter has kept: perplexities before and after.",
            discussion: """
                Reads an English text (any UTF-8 file, in windows that do not overlap) and, of a file of `atelier data texts`, what the base wrote on \
                instructions that no adapter is trained on; with the base alone, then with the adapter, in one number format. Intervals of the ratio are \
                a paired bootstrap over windows and texts.

                Example:  atelier eval language models/painter-lm --text book.txt --texts data/texts.ndjson --json
                """)

        @Argument(help: "Folder of an adapter, or the name of an installed one.") var model: String
        @Option(help: ArgumentHelp("An English text; - is standard input.", valueName: "file")) var text: String?
        @Option(help: ArgumentHelp("Texts that the base wrote.", valueName: "file")) var texts: String?
        @Option(help: ArgumentHelp("Tokens of a window.", valueName: "n")) var window = 512
        @Option(help: ArgumentHelp("At most so many windows, and so many texts.", valueName: "n")) var count = 100
        @Option(help: ArgumentHelp("Weights as f32, bf16, int8 or int4, of both models.", valueName: "format")) var precision = WeightFormat.bfloat16
        @Option(help: "Same seed, same intervals.") var seed: UInt64 = 0
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document.") var json = false

        func validate() throws {
            guard text != nil || texts != nil else { throw ValidationError("nothing to read: give --text, --texts or both") }
            guard window > 1 else { throw ValidationError("--window takes 2 or more, not \(window)") }
            guard 1...1_000_000 ~= count else { throw ValidationError("--count takes 1 to 1000000, not \(count)") }
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let adapter = try ModelFile.open(ModelLibrary.folder(model)), form = try InstructionForm(adapter)
                guard window <= adapter.config.positions else { throw CommandError.usage("--window \(window) is more than the model's \(adapter.config.positions) positions") }
                let sources = try [english(form), written(form, limit: min(1_024, adapter.config.positions))].compactMap { $0 }
                let progress = CountProgress(of: 2 * sources.reduce(0) { $0 + $1.count })
                let figures = try LanguageFigures.measure(adapter, on: sources, format: precision, seed: seed) { progress.show(done: $0) }
                progress.clear()
                if json { try printJSON(figures) } else { try say(figures.description) }
            }
        }

        private func english(_ form: InstructionForm) throws -> LanguageFigures.Source? {
            guard let text else { return nil }
            let name = text == "-" ? "standard input" : text
            guard let content = String(validating: try InputFile.data(text, limit: InputFile.textLimit), as: UTF8.self) else {
                throw CommandError.data("\(name): is not UTF-8 text; save it as UTF-8")
            }
            let source = LanguageFigures.Source(name, text: content, tokenizer: form.tokenizer, window: window, count: count)
            guard source.count > 0 else { throw CommandError.data("\(name): has fewer than two tokens; give a longer text") }
            return source
        }

        private func written(_ form: InstructionForm, limit: Int) throws -> LanguageFigures.Source? {
            guard let texts else { return nil }
            let source = LanguageFigures.Source(texts, written: try BaseText.read(URL(fileURLWithPath: texts)), form: form, limit: limit, count: count)
            guard source.count > 0 else { throw CommandError.data("\(texts): none of its texts is held out; let the base write more, with `atelier data texts --count`") }
            return source
        }
    }
}
