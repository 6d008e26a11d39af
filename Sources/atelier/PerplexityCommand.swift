import ArgumentParser
import Foundation
import Language
import Tensors

extension EvalCommand {
    struct PerplexityFigures: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "perplexity",
            abstract: "How well a language model foretells a text, beside the text's own token frequencies.",
            discussion: """
                The text is cut into windows that do not overlap, each read from nothing (no begin token); all tokens but the first of a window are \
                scored. The baseline is the entropy of the same tokens' frequencies.

                Example:  atelier eval perplexity models/base --text book.txt --json
                """)

        @Argument(help: "Model folder, adapter or GGUF file, or the name of an installed model.") var model: String
        @Option(help: ArgumentHelp("UTF-8 text; - is standard input.", valueName: "file")) var text: String
        @Option(help: ArgumentHelp("Tokens of a window.", valueName: "n")) var window = 512
        @Option(help: ArgumentHelp("Weights as f32, bf16, int8 or int4; else as the model has them.", valueName: "format")) var precision: WeightFormat?
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document.") var json = false

        struct Report: Encodable {
            let model: String, window: Int
            let mean_nats, perplexity: Double
            let tokens, scored, windows: Int
            let unigram_nats, unigram_perplexity: Double
        }

        func validate() throws {
            guard window > 1 else { throw ValidationError("--window takes 2 or more, not \(window)") }
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let name = text == "-" ? "standard input" : text
                guard let content = String(validating: try InputFile.data(text, limit: InputFile.textLimit), as: UTF8.self) else {
                    throw CommandError.data("\(name): is not UTF-8 text; save it as UTF-8")
                }
                let file = try ModelFile.open(ModelLibrary.folder(model)), tokenizer = try file.ownTokenizer(), positions = file.config.positions
                guard window <= positions else { throw CommandError.usage("--window \(window) is more than the model's \(positions) positions") }
                let ids = tokenizer.encode(content)
                guard ids.count > 1 else { throw CommandError.data("\(name): \(ids.count) tokens; give a text of two or more") }
                let progress = CountProgress(of: ids.count)
                let figures = try Perplexity.measure(file.decoding(format: precision, positions: window), ids: ids, window: window) { progress.show(done: $0); return true }
                progress.clear()
                if let figures { try report(figures, file) }
            }
        }

        private func report(_ figures: Perplexity, _ file: ModelFile) throws {
            if json {
                try printJSON(Report(model: file.url.lastPathComponent, window: window, mean_nats: figures.meanNats, perplexity: figures.perplexity, tokens: figures.tokens,
                                     scored: figures.scored, windows: figures.windows, unigram_nats: figures.unigramNats, unigram_perplexity: figures.unigramPerplexity))
                return
            }
            try say("""
                \(file.url.lastPathComponent): \(figures.scored) of \(figures.tokens) tokens scored, \(figures.windows) windows of \(window)
                perplexity                     \(String(format: "%.3f", figures.perplexity)) (\(String(format: "%.4f", figures.meanNats)) nats a token)
                  the text's token frequencies \(String(format: "%.3f", figures.unigramPerplexity)) (\(String(format: "%.4f", figures.unigramNats)) nats)
                """)
        }
    }
}
