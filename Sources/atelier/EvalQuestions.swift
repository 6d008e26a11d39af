import ArgumentParser
import Foundation
import Language
import Painter
import Reasoner
import Scenes
import Tensors

extension EvalCommand {
    struct QuestionFigures: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "questions",
            abstract: "How many questions a reasoner reads into the right program, and refuses where there is none.",
            discussion: """
                Questions of our own families and, with --templates, of every wording of the public generator's (its folder of JSON files), with fresh \
                parameters; with --questions those of a file with programs. Right means the same steps, in whatever order they are written.

                Example:  atelier eval questions --templates clevr-templates --count 2000 --json
                """)

        @Option(help: ArgumentHelp("Folder of the public generator's templates.", valueName: "dir")) var templates: String?
        @Option(help: ArgumentHelp("A question file with programs.", valueName: "file")) var questions: String?
        @Option(help: "Questions of each source.") var count = 1_000
        @Option(help: "Same seed, same questions.") var seed: UInt64 = 0
        @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document.") var json = false

        struct Part: Encodable { let source: String, right: Rate, wrong: [String] }

        func validate() throws {
            guard 1...1_000_000 ~= count else { throw ValidationError("--count takes 1 to 1000000, not \(count)") }
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let reader = try QuestionReader(folder: ModelLibrary.folder(model, family: .reasoner))
                var parts = [try measure("own families", OwnQuestions.templates.map { ($0, OwnQuestions.domain) }, reader)]
                parts.append(try measure("own families, colloquial", OwnQuestions.templates.map { ($0, OwnQuestions.domain) }, reader, colloquial: true))
                if let templates { parts.append(try measure("public families", QuestionJob.publicTemplates(in: URL(fileURLWithPath: templates)), reader)) }
                if let questions {
                    let asked = try Question.read(InputFile.data(questions, limit: 1 << 30), name: questions)
                    parts.append(try measure(questions, asked.compactMap { question in question.program.map { (question.text, $0) } }, reader))
                }
                var random = RandomSource(seed: RandomSource.derive(seed, 0x0FF))
                parts.append(try measure("to be refused", (0..<count).map { _ in (UnanswerableQuestions.sample(using: &random), nil) }, reader))
                if json { return try printJSON(["parts": parts]) }
                for part in parts {
                    try say("\(part.source): \(part.right)")
                    for text in part.wrong.prefix(5) { try say("  wrong: \(text)") }
                }
            }
        }

        /// Every wording in turn, with fresh parameters.
        private func measure(_ source: String, _ templates: [(template: QuestionTemplate, domain: Domain)], _ reader: QuestionReader, colloquial: Bool = false) throws -> Part {
            var random = RandomSource(seed: RandomSource.derive(seed, 0xF2E5)), asked: [(String, Program?)] = []
            let wordings = templates.flatMap { entry in entry.template.texts.indices.map { (entry.template, entry.domain, $0) } }
            guard !wordings.isEmpty else { throw CommandError.data("\(source): there are no templates") }
            var place = 0
            while asked.count < count {
                let (template, domain, wording) = wordings[place % wordings.count]
                if let filled = template.filled(domain, wording: wording, using: &random) {
                    asked.append((colloquial ? Colloquial.form(of: filled.text, using: &random) : filled.text, filled.program))
                    place += 1
                }
            }
            return try measure(source, asked, reader)
        }

        private func measure(_ source: String, _ asked: [(String, Program?)], _ reader: QuestionReader) throws -> Part {
            let progress = CountProgress(of: asked.count)
            var right = Rate(), wrong: [String] = []
            for (place, (text, program)) in asked.enumerated() {
                let found = try reader.read(text).program
                let isRight = found.flatMap(reader.vocabulary.tokens) == program.flatMap(reader.vocabulary.tokens)
                right.record(isRight)
                if !isRight, wrong.count < 50 { wrong.append(text) }
                progress.show(done: place + 1)
            }
            progress.clear()
            return Part(source: source, right: right, wrong: wrong)
        }
    }
}
