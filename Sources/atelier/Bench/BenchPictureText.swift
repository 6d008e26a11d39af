import ArgumentParser
import Foundation
import Language
import Reasoner
import Scenes
import Speculation
import Tensors

struct BenchPictureText: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "picture-text",
        abstract: "What a language model writes of pictures, drafted without and with the picture: tokens a pass, guesses kept, speed.",
        discussion: """
            The model lists the objects of pictures that no model has seen, writes the steps to answers, and captions; the likeliest tokens, so that every method must write the same text. \
            Methods take turns in an order that rotates; speeds are compared text by text with plain decoding of the same weights in the same loop, as ratios with 95 % intervals over pictures. \
            The eye, the model's reading of prompts and its first token are not counted; a draft's reading of them is. Guesses kept are told apart: of tokens that state a fact (values, places, \
            numbers; what a list or caption says of them only the picture tells, what a rationale says mostly the list before it), and of the others, which follow from the form.

            Methods: plain, plain:int8, lookup:4, table:8 (an n-gram table of other pictures' texts), text:chain:8 and picture:chain:8 (the two drafts; with a stop rule as in \
            text:chain:8:cost, or trees as `atelier bench speculation` names them).

            Example:  atelier bench picture-text runs/reasoner-smollm2/model --text-draft runs/draft-text/model --picture-draft runs/draft-picture/model
            """)

    @Argument(help: "The reasoner that writes: a folder, or the name of an installed model.") var model: String
    @Option(help: ArgumentHelp("A draft that knows the text alone.", valueName: "dir")) var textDraft: String?
    @Option(help: ArgumentHelp("A draft that asks the picture.", valueName: "dir")) var pictureDraft: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("What to compare; else plain decoding and a choice of all.", valueName: "method")) var methods: [PictureTextMethod] = []
    @Option(help: ArgumentHelp("Pictures, 2 to 200.", valueName: "n")) var pictures = 8
    @Option(help: ArgumentHelp("Questions about each picture.", valueName: "n")) var questions = 2
    @Option(help: "Turns.") var repeats = 3
    @Option(help: ArgumentHelp("Texts that the n-gram table is counted in: of so many other pictures.", valueName: "n")) var tablePictures = 1_000
    @Option(help: "Of the pictures and questions.") var seed: UInt64 = 0
    @Option(help: ArgumentHelp("Weights of the model as f32, bf16, int8 or int4; else bf16.", valueName: "format")) var precision = WeightFormat.bfloat16
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Print one JSON document.") var json = false

    /// One method at one kind of text.
    struct Row: Codable {
        let text: String, method: String
        /// Texts, and tokens of each in the mean.
        let texts: Int
        let tokens: Double
        let block_efficiency: Double
        /// Kept of the guesses that were looked at: all, where tokens state facts, elsewhere; nil where there was none.
        let acceptance: Double?, acceptance_facts: Double?, acceptance_form: Double?
        /// A guess in steps of the model, by the time that drafts took but the first of each text, and τ / (c·L + 1).
        let draft_cost: Double, memory_bound_speedup: Double
        let tokens_per_second: Double
        /// Over plain decoding of the same weights.
        let speedup: PairedRatio
        /// Whether each text is plain decoding's; not there for other weights.
        let same_text: Bool?
    }

    struct Report: Codable {
        let machine: String, threads: Int, model: String, text_draft: String?, picture_draft: String?
        let pictures, repeats: Int
        let seed: UInt64
        /// Share of tokens that state facts, by text.
        let facts: [String: Double]
        let rows: [Row]
    }

    func validate() throws {
        guard 2...200 ~= pictures else { throw ValidationError("--pictures takes 2 to 200") }
        guard 1...20 ~= questions else { throw ValidationError("--questions takes 1 to 20") }
        guard 1...1_000 ~= repeats else { throw ValidationError("--repeats takes 1 to 1,000") }
        guard 1...5_000 ~= tablePictures else { throw ValidationError("--table-pictures takes 1 to 5,000") }
        for method in methods {
            if case .draft(let sight, _) = method.kind, drafts[sight] == nil { throw ValidationError("\(method) needs --\(sight.rawValue)-draft") }
        }
    }

    private var drafts: [PictureTextMethod.Sight: String] { [.text: textDraft, .picture: pictureDraft].compactMapValues { $0 } }

    private var chosen: [PictureTextMethod] {
        func named(_ names: [String]) -> [PictureTextMethod] { names.compactMap { PictureTextMethod(argument: $0) } }
        guard methods.isEmpty else { return methods.contains(where: \.isBaseline) ? methods : named(["plain"]) + methods }
        return named(["plain", "plain:int8", "lookup:4", "table:4", "table:8"])
            + PictureTextMethod.Sight.allCases.filter { drafts[$0] != nil }.flatMap { sight in named(["chain:4", "chain:8", "chain:8:confidence", "chain:16:cost"].map { "\(sight.rawValue):\($0)" }) }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let folder = try ModelLibrary.folder(model, family: .reasoner, option: nil), bench = try PictureTextBench(
                folder: folder, precision: precision, drafts: drafts, methods: chosen, tablePictures: tablePictures, seed: seed)
            let items = try bench.items(pictures: pictures, questions: questions), progress = CountProgress(of: repeats * chosen.count)
            var done = 0
            for turn in 0..<repeats {
                for place in chosen.indices {
                    try bench.run((place + turn) % chosen.count, items)
                    done += 1
                    progress.show(done: done)
                }
            }
            progress.clear()
            let report = Report(
                machine: "\(BenchMachine.processor), \(Compute.kernels.rawValue)", threads: Compute.threads, model: model, text_draft: textDraft, picture_draft: pictureDraft, pictures: pictures,
                repeats: repeats, seed: seed, facts: bench.facts(items), rows: bench.rows(items))
            if json { try printJSON(report) } else { try say(table(report)) }
        }
    }

    private func table(_ report: Report) -> String {
        func percent(_ share: Double?) -> String { share.map { String(format: "%.0f", 100 * $0) } ?? "–" }
        func cells(_ row: Row) -> String {
            "\(String(format: "%.2f", row.block_efficiency)) | \(percent(row.acceptance)) | \(percent(row.acceptance_facts)) | \(percent(row.acceptance_form)) | "
                + String(format: "%.3f | %.2f | %.1f | ", row.draft_cost, row.memory_bound_speedup, row.tokens_per_second) + row.speedup.shown
        }
        let kinds = report.facts.sorted { $0.key < $1.key }.map { "\($0.key) \(percent($0.value)) %" }.joined(separator: ", ")
        return """
            \(report.machine), \(counted(report.threads, "thread")); \(report.model), \(precision.rawValue); \(report.pictures) pictures (seed \(report.seed)), \(counted(report.repeats, "turn"))
            tokens that state facts: \(kinds)

            | text | method | tokens a pass | kept of tested, % | of facts | of the form | a guess costs | MBSU | tokens/s | beside plain |
            |---|---|---|---|---|---|---|---|---|---|
            \(report.rows.map { "| \($0.text) (\(Int($0.tokens.rounded())) tokens) | \($0.method)\($0.same_text == false ? " (ANOTHER TEXT)" : "") | \(cells($0)) |" }.joined(separator: "\n"))
            """
    }
}
