import ArgumentParser
import Foundation
import Painter

extension PainterEvaluation.Part: ExpressibleByArgument {}

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "eval", abstract: "Measures models on data they have never seen.",
        discussion: "Example:  atelier eval painter --quick", subcommands: [PainterFigures.self, ReasonerFigures.self, RefusalFigures.self, QuestionFigures.self, PerplexityFigures.self, LanguageKept.self])

    struct PainterFigures: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "painter",
            abstract: "Recognition, prompts followed, erase, detect, complete and novelty of a painter, beside baselines.",
            discussion: """
                Needs the prepared drawings (`atelier data quickdraw`) and a judge (models/judge-small).

                Example:  atelier eval painter --json > figures.json
                """)

        @OptionGroup var model: ModelOptions
        @Option(help: "Folder of the judge network.") var judge = "models/judge-small"
        @Option(help: "Folder that `atelier data quickdraw` prepared.") var data = "data/quickdraw"
        @Option(help: ArgumentHelp("Requests for drawings with what they ask for, one a line.", valueName: "file")) var requests = "datasets/paraphrases.ndjson"
        @Option(help: "Same seed, same figures.") var seed: UInt64 = 0
        @Option(help: "Measure one part only: recognition, likeness, scenes, spec, prompts, editing, completion or loss.") var only: PainterEvaluation.Part?
        @Flag(help: "A quick look: fewer drawings, wider intervals.") var quick = false
        @Flag(help: "Print one JSON document.") var json = false

        func run() throws {
            try exitCleanly {
                let painter = try model.loadPainter(ranks: true)
                let evaluation = try PainterEvaluation(painter: painter, judge: Judge(folder: URL(fileURLWithPath: judge)), data: URL(fileURLWithPath: data), requests: SpecRequest.read(URL(fileURLWithPath: requests)),
                                                       size: quick ? .small : .init(), seed: seed)
                let report = try evaluation.run(only.map { [$0] } ?? PainterEvaluation.Part.allCases) { note($0 + " …") }
                if json { try printJSON(report) } else { try say(Self.table(report)) }
            }
        }

        static func table(_ r: PainterEvaluation.Report) -> String {
            func number(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
            return """
                \(r.model), judge on \(r.recognition.classes) classes, seed \(r.seed) (95 % intervals)
                recognised by the judge      \(r.recognition.painter)
                  best of eight              \(r.recognition.best)
                  people's held-out drawings \(r.recognition.human)
                  shares of that ceiling     \(number(r.recognition.shareOfCeiling)), \(number(r.recognition.bestShareOfCeiling))
                  1-NN on pixels, drawn      \(r.recognition.nearestNeighbourOnPainter)
                  1-NN on pixels, people's   \(r.recognition.nearestNeighbourOnHumans)
                  chance                     \(number(r.recognition.chance))
                  hardest                    \(r.recognition.worst.joined(separator: ", "))
                asked objects present        \(r.prompts.objects)
                relations right              \(r.prompts.relations)
                  dealt at random            \(r.prompts.relationsAtRandom)
                  swapped pairs              \(r.prompts.swapped)
                whole prompts followed       \(r.prompts.whole)
                erased exactly               \(r.editing.erasedExactly)
                  a found object at random   \(r.editing.erasedAtRandom)
                  objects told by the file   \(r.editing.erasedExactlyWithObjects)
                  not there, and refused     \(r.editing.absentRefused)
                detection mAP@0.5            \(number(r.editing.meanAveragePrecision))
                  strokes joined by touch    \(number(r.editing.meanAveragePrecisionTouching))
                  one box, commonest class   \(number(r.editing.meanAveragePrecisionOneBox))
                objects grouped exactly      \(r.editing.objectsGroupedExactly)
                  strokes joined by touch    \(r.editing.groupedByTouching)
                class right, grouped ones    \(r.editing.classRight)
                completed from half, judged  \(r.completion.completed)
                  class named                \(r.completion.completedWhenNamed)
                  half the strokes alone     \(r.completion.partial)
                  people's whole drawing     \(r.completion.human)
                distance to training, median \(number(r.novelty.painterMedian)) (people's held-out: \(number(r.novelty.humanMedian)))
                  near copies                \(r.novelty.nearCopies)
                nats a token: sketch         \(number(r.loss.sketch)) (\(r.precision), \(r.loss.tokens) tokens)
                  plan, canvas               \(number(r.loss.plan)), \(number(r.loss.canvas))
                  command, complete          \(number(r.loss.command)), \(number(r.loss.complete))
                  without any knowledge      \(number(r.loss.uniform))
                \(([r.likeness?.description].compactMap { $0 } + r.scenes.map(\.description) + [r.spec?.description].compactMap { $0 }).joined(separator: "\n"))
                \(number(r.seconds)) s
                """
        }
    }
}
