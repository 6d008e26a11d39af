import ArgumentParser
import Foundation
import Painter
import Tensors

extension PainterEvaluation.Part: ExpressibleByArgument {}

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "eval", abstract: "Measures models on data they have never seen.",
        discussion: "Example:  atelier eval painter --quick", subcommands: [PainterFigures.self, ReasonerFigures.self, RefusalFigures.self, QuestionFigures.self, PerplexityFigures.self, LanguageKept.self])

    struct PainterFigures: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "painter",
            abstract: "Recognition, prompts followed, erase, detect, complete and novelty of a painter, beside baselines.",
            discussion: """
                Needs the prepared drawings (`atelier data quickdraw`), a judge (models/judge-small) and, for plans, --requests. The best of eight and the second opinion \
                on classes are the ranker's, where one is installed (models/ranker-small). With --report, what stands behind the figures is \
                shown on a page: every class with its drawings, scenes, erasures and detections, failures first.

                Examples:  atelier eval painter --json > figures.json
                           atelier eval painter --report report
                           atelier eval painter --only editing --readings 1
                """)

        @OptionGroup var model: ModelOptions
        @Option(help: "Folder of the judge network.") var judge = "models/judge-small"
        @Option(help: "Folder that `atelier data quickdraw` prepared.") var data = "data/quickdraw"
        @Option(help: ArgumentHelp("Requests for drawings with what they ask for, one a line.", valueName: "file")) var requests = "datasets/paraphrases.ndjson"
        @Option(help: "Same seed, same figures.") var seed: UInt64 = 0
        @Option(help: "Measure one part only: recognition, likeness, scenes, spec, prompts, editing, commands, completion or loss.") var only: PainterEvaluation.Part?
        @OptionGroup var reading: ReadOptions
        @Option(help: ArgumentHelp("Draw at this temperature, as `draw` has it.", valueName: "t")) var temperature = Painter.defaultSampling.temperature
        @Option(help: ArgumentHelp("Draw under this guidance, as `draw` has it.", valueName: "w")) var guidance: Float?
        @Flag(help: "Draw as freely as people do, as `draw` has it.") var free = false
        @Flag(help: "A quick look: fewer drawings, wider intervals.") var quick = false
        @Option(help: ArgumentHelp("Also write a page of the figures and of the drawings behind them, index.html in this folder, and every judgement, a line each, judgements.ndjson.", valueName: "dir")) var report: String?
        @Flag(help: "Print one JSON document.") var json = false

        func validate() throws {
            guard 0...4 ~= temperature else { throw ValidationError("--temperature takes 0 to 4, not \(temperature)") }
            if let guidance, !(1...4 ~= guidance) { throw ValidationError("--guidance takes 1 to 4, not \(guidance)") }
            if report == "" { throw ValidationError("--report takes a folder to write, as in --report report") }
        }

        func run() throws {
            try exitCleanly {
                if let report { try EvaluationPage.check(folder: report) }
                let painter = try model.loadPainter(ranks: true)
                let parts = only.map { [$0] } ?? PainterEvaluation.Part.allCases
                var drawing = free ? DrawingOptions.free : DrawingOptions()
                (drawing.sampling.temperature, drawing.guidance) = (temperature, guidance ?? drawing.guidance)
                let evaluation = try PainterEvaluation(
                    painter: painter, judge: Judge(folder: URL(fileURLWithPath: judge)), data: URL(fileURLWithPath: data),
                    requests: parts.contains(.spec) ? SpecRequest.read(URL(fileURLWithPath: requests)) : [], size: quick ? .small : .init(), reading: reading.options(seed: seed), drawing: drawing,
                    seed: seed)
                var samples = report.map { _ in EvaluationSamples() }
                let figures = try evaluation.run(parts, keeping: &samples) { note($0 + " …") }
                if let report, let samples {
                    let page = EvaluationPage(figures, samples, parts: parts, command: command, facts: [
                        ("CPU", BenchMachine.processor), ("kernels", Compute.kernels.rawValue), ("threads", String(Compute.threads)), ("atelier", Atelier.configuration.version),
                    ])
                    note("wrote \(try page.write(to: report))")
                }
                if json { try printJSON(figures) } else { try say(Self.table(figures, parts)) }
            }
        }

        /// The command that gives the same figures, all parts of them.
        private var command: String {
            var words = ["atelier", "eval", "painter"]
            if let folder = model.model { words += ["--model", folder] }
            if let planner = model.planner { words += ["--planner", planner] }
            if let precision = model.precision { words += ["--precision", precision.rawValue] }
            for (name, value, usual) in [("--judge", judge, "models/judge-small"), ("--data", data, "data/quickdraw"), ("--requests", requests, "datasets/paraphrases.ndjson")] where value != usual {
                words += [name, value]
            }
            if reading.readings != ReadingOptions().readings { words += ["--readings", String(reading.readings)] }
            if temperature != Painter.defaultSampling.temperature { words += ["--temperature", String(temperature)] }
            if let guidance { words += ["--guidance", String(guidance)] }
            if free { words.append("--free") }
            if seed != 0 { words += ["--seed", String(seed)] }
            if quick { words.append("--quick") }
            return words.map(Self.shellWord).joined(separator: " ")
        }

        /// A word as a shell reads it back.
        private static func shellWord(_ word: String) -> String {
            let isPlain = !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,@".contains($0)) }
            return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
        }

        /// The parts that were measured.
        static func table(_ r: PainterEvaluation.Report, _ parts: [PainterEvaluation.Part]) -> String {
            func number(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
            var blocks = ["\(r.model), \(r.judge), seed \(r.seed) (95 % intervals)"]
            if parts.contains(.recognition) {
                blocks.append("""
                    recognised by the judge      \(r.recognition.painter), of \(r.recognition.classes) classes
                      best of eight              \(r.recognition.best)
                      people's held-out drawings \(r.recognition.human)
                      shares of that ceiling     \(number(r.recognition.shareOfCeiling)), \(number(r.recognition.bestShareOfCeiling))
                      1-NN on pixels, drawn      \(r.recognition.nearestNeighbourOnPainter)
                      1-NN on pixels, people's   \(r.recognition.nearestNeighbourOnHumans)
                      chance                     \(number(r.recognition.chance))
                      hardest                    \(r.recognition.worst.joined(separator: ", "))
                    distance to training, median \(number(r.novelty.painterMedian)) (people's held-out: \(number(r.novelty.humanMedian)))
                      near copies                \(r.novelty.nearCopies)
                    """)
            }
            if let likeness = r.likeness { blocks.append(likeness.description) }
            blocks += r.scenes.map(\.description)
            if let spec = r.spec { blocks.append(spec.description) }
            if parts.contains(.prompts) {
                blocks.append("""
                    asked objects present        \(r.prompts.objects)
                    relations right              \(r.prompts.relations)
                      dealt at random            \(r.prompts.relationsAtRandom)
                      swapped pairs              \(r.prompts.swapped)
                    whole prompts followed       \(r.prompts.whole)
                    """)
            }
            if parts.contains(.editing) {
                blocks.append("""
                    erased exactly               \(r.editing.erasedExactly)
                      a found object at random   \(r.editing.erasedAtRandom)
                      objects told by the file   \(r.editing.erasedExactlyWithObjects)
                      not there, and refused     \(r.editing.absentRefused); where it is sure alone \(r.editing.absentRefusedByDefault)
                    detection mAP@0.5            \(number(r.editing.meanAveragePrecision))
                      strokes joined by touch    \(number(r.editing.meanAveragePrecisionTouching))
                      one box, commonest class   \(number(r.editing.meanAveragePrecisionOneBox))
                    objects grouped exactly      \(r.editing.objectsGroupedExactly)
                      strokes joined by touch    \(r.editing.groupedByTouching)
                    class right, grouped ones    \(r.editing.classRight)
                      one of the three likeliest \(r.editing.classRightInThree)
                      calibration error          \(number(r.editing.reliability.error)); per cent sure : right, by tenths \(r.editing.reliability)
                      temperature that would fit \(number(r.editing.fittedTemperature))
                    erased, of \(r.editing.readings) reading\(r.editing.readings == 1 ? "" : "s")
                    \(r.editing.erasures)
                    erased where boxes overlap
                    \(r.editing.overlapping)
                    """)
            }
            if parts.contains(.commands) {
                blocks.append("""
                    commands done, rest as it was \(r.commands.all)
                      add                        \(r.commands.add)
                      move                       \(r.commands.move)
                      resize                     \(r.commands.resize)
                      replace                    \(r.commands.replace)
                      two changes of one thing   \(r.commands.twice)
                      new things recognised      \(r.commands.newRecognised)
                      on the right object        \(r.commands.rightObject)
                      an object at random        \(r.commands.objectAtRandom)
                      rest of the file untouched \(r.commands.untouched)
                      from strokes alone         \(r.commands.fromStrokes)
                    """)
            }
            if parts.contains(.completion) {
                blocks.append("""
                    completed from half, judged  \(r.completion.completed)
                      class named                \(r.completion.completedWhenNamed)
                      best ending                \(r.completion.best); class named \(r.completion.bestWhenNamed)
                      half the strokes alone     \(r.completion.partial)
                      people's whole drawing     \(r.completion.human)
                    """)
            }
            if parts.contains(.loss) {
                blocks.append("""
                    nats a token: sketch         \(number(r.loss.sketch)) (\(r.precision), \(r.loss.tokens) tokens)
                      plan, canvas, name         \(number(r.loss.plan)), \(number(r.loss.canvas)), \(number(r.loss.name))
                      command, complete          \(number(r.loss.command)), \(number(r.loss.complete))
                      without any knowledge      \(number(r.loss.uniform))
                    """)
            }
            return (blocks + ["\(number(r.seconds)) s"]).joined(separator: "\n")
        }
    }
}
