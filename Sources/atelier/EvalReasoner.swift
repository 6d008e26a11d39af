import ArgumentParser
import Foundation
import Painter
import Pictures
import Reasoner
import Scenes
import Sketches
import Tensors

extension EvalCommand {
    struct ReasonerFigures: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reasoner", abstract: "Answers to questions about pictures: by kind and function, calibration, and the objects seen.",
            discussion: """
                Questions, pictures and scenes have CLEVR's forms (`atelier data clevr` makes such a set). With --scenes, what was seen is scored against \
                them: objects (matched by place), attributes, places. With --damaged, blurred, noisy and dark copies of the pictures are asked about too.

                Example:  atelier data clevr --count 100 -o data/held-out --seed 7
                          atelier eval reasoner --questions data/held-out/questions.json --images data/held-out/images --scenes data/held-out/scenes.json
                """)

        @Option(help: ArgumentHelp("Questions with answers (JSON).", valueName: "file")) var questions: String
        @Option(help: ArgumentHelp("Folder of the pictures.", valueName: "dir")) var images: String
        @Option(help: ArgumentHelp("The true scenes (JSON).", valueName: "file")) var scenes: String?
        @Option(help: "Who answers: program, rationale or direct, as for `atelier ask`.") var reasoner = PictureReasoner.Mode.program
        @Flag(help: "With --reasoner rationale: steps are written without a list of the objects before them.") var noList = false
        @Flag(help: "Also measure on blurred, noisy and dark copies of the pictures.") var damaged = false
        @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document.") var json = false

        struct Seen: Encodable {
            let f1: Double, attributes: [String: Rate], relations: Rate, meanPlaceError: Double?, faultlessScenes: Rate
            /// Of boxes, at an overlap of 0.5, and the mean over 0.5, 0.55 … 0.95; nil where the scenes have no boxes.
            let averagePrecision: Double?, averagePrecisionOverOverlaps: Double?
        }

        struct Part: Encodable {
            var pictures: String, overall = Rate(), kinds: [String: Rate] = [:], functions: [String: Rate] = [:]
            /// The commonest answer of each kind, in its place.
            var majority = Rate(), calibrationError = 0.0, rankedRight: Double?
            var agreement: Rate?, programs = Rate(), answeredByTrueScenes: Rate?, seen: Seen?, wrong: [Wrong] = []
            var millisecondsPerPicture = 0.0, millisecondsPerQuestion = 0.0
        }
        struct Wrong: Encodable { let image: String, question: String, answer: String, right: String }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let asked = try Question.read(InputFile.data(questions, limit: 1 << 30), name: questions).filter { $0.answer != nil && $0.imageFilename != nil }
                guard !asked.isEmpty else { throw CommandError.data("\(questions): has no questions with an answer and a picture's name") }
                let eyes = try PictureReasoner(folder: ModelLibrary.folder(model, family: .reasoner)), known = try scenes.map(KnownScenes.init)
                eyes.remembers = !noList
                var parts: [Part] = [], all = Calibration()
                for damage in [nil] + (damaged ? PictureDamage.allCases.map(Optional.some) : []) {
                    let (part, calibration) = try measure(asked, eyes, known, damage)
                    parts.append(part)
                    all.add(calibration)
                }
                if json { return try printJSON(Report(parts: parts, calibrationError: all.error, rankedRight: all.rankedRight)) }
                for part in parts { try say(Self.table(part)) }
                if parts.count > 1 { try say("all: calibration error \(Self.three(all.error)), AUROC of the confidence \(all.rankedRight.map(Self.three) ?? "-")") }
            }
        }

        private struct Report: Encodable { let parts: [Part], calibrationError: Double, rankedRight: Double? }

        private func measure(_ asked: [Question], _ eyes: PictureReasoner, _ known: KnownScenes?, _ damage: PictureDamage?) throws -> (Part, Calibration) {
            var part = Part(pictures: damage?.rawValue ?? "as they are"), calibration = Calibration(), score = SceneScore(), boxes = DetectionScore(), seenBefore: [String: (picture: Picture, reading: SceneReading)] = [:], agreed = Rate()
            var answers: [QuestionKind: [String: Int]] = [:], looking = Duration.zero, reading = Duration.zero
            let clock = ContinuousClock(), progress = CountProgress(of: asked.count)
            for (place, question) in asked.enumerated() {
                guard let name = question.imageFilename, let wanted = question.answer else { continue }
                if seenBefore[name] == nil {
                    guard var picture = try AskCommand.picture(name, in: images) else { throw CommandError.noInput(path: images, reason: "has no \(name)") }
                    if let damage { picture = damage.applied(to: picture, seed: UInt64(place) + 1) }
                    var found: SceneReading?
                    looking += clock.measure { found = eyes.look(picture) }
                    seenBefore[name] = found.map { (picture, $0) }
                    if let found, let truth = known?[picture: name] {
                        score.add(found.scene, truth: truth, domain: found.domain)
                        let own = truth.objects.compactMap(\.box)
                        if own.count == truth.objects.count {
                            boxes.truth += own.map { Self.entry($0, 1, seenBefore.count) }
                            boxes.found += found.boxes.map { Self.entry($0.box, $0.confidence, seenBefore.count) }
                        }
                    }
                }
                guard let seen = seenBefore[name] else { continue }
                var answer: SceneAnswer?
                try reading += clock.measure { answer = try reasoner == .program ? eyes.answer(question.text, about: seen.reading, certain: true) : eyes.answer(question.text, about: seen.picture, reasoner, certain: true) }
                guard let answer else { continue }
                let text = answer.text ?? "no", isRight = text == wanted
                part.overall.record(isRight)
                calibration.add(confidence: answer.text == nil ? 0 : answer.confidence, isRight: isRight)
                if let agreement = answer.agreement { agreed.record(agreement) }
                if let program = question.program ?? answer.program {
                    let kind = QuestionKind(program)
                    part.kinds[kind.rawValue, default: Rate()].record(isRight)
                    answers[kind, default: [:]][wanted, default: 0] += 1
                    for name in Set(program.nodes.map(\.function.name)) { part.functions[name, default: Rate()].record(isRight) }
                }
                if let program = question.program {
                    part.programs.record(answer.program.flatMap(eyes.reader.vocabulary.tokens) == eyes.reader.vocabulary.tokens(of: program))
                }
                if let truth = known?[picture: name], let program = answer.program {
                    part.answeredByTrueScenes = part.answeredByTrueScenes ?? Rate()
                    part.answeredByTrueScenes?.record((try? program.run(on: truth))?.answer.text == wanted)
                }
                if !isRight, part.wrong.count < 200 { part.wrong.append(Wrong(image: name, question: question.text, answer: text, right: wanted)) }
                progress.show(done: place + 1)
            }
            progress.clear()
            if agreed.trials > 0 { part.agreement = agreed }
            part.majority = Rate(hits: answers.values.reduce(0) { $0 + ($1.values.max() ?? 0) }, trials: part.overall.trials)
            (part.calibrationError, part.rankedRight) = (calibration.error, calibration.rankedRight)
            part.millisecondsPerPicture = looking / .milliseconds(max(1, seenBefore.count))
            part.millisecondsPerQuestion = reading / .milliseconds(max(1, asked.count))
            if score.scenes > 0 {
                part.seen = Seen(
                    f1: score.f1, attributes: Dictionary(uniqueKeysWithValues: eyes.grid.domain.attributes.map { ($0.name, Rate(hits: score.right[$0.name] ?? 0, trials: score.matched)) }),
                    relations: Rate(hits: score.rightRelations, trials: score.relations), meanPlaceError: score.placeError, faultlessScenes: Rate(hits: score.faultless, trials: score.scenes),
                    averagePrecision: boxes.truth.isEmpty ? nil : boxes.meanAveragePrecision(),
                    averagePrecisionOverOverlaps: boxes.truth.isEmpty ? nil : Self.overlaps.reduce(0) { $0 + boxes.meanAveragePrecision(at: $1) } / Double(Self.overlaps.count))
            }
            return (part, calibration)
        }

        /// COCO's: Lin et al. 2014.
        private static let overlaps = (0..<10).map { 0.5 + 0.05 * Double($0) }

        private static func entry(_ box: SIMD4<Double>, _ confidence: Double, _ scene: Int) -> DetectionScore.Entry {
            .init(classIndex: 0, box: Box(x0: box.x, y0: box.y, x1: box.z, y1: box.w), confidence: confidence, scene: scene)
        }

        private static func three(_ value: Double) -> String { String(format: "%.3f", value) }

        private static func table(_ part: Part) -> String {
            func row(_ name: String, _ value: some CustomStringConvertible) -> String { "  " + name.padding(toLength: 34, withPad: " ", startingAt: 0) + value.description }
            var lines = ["pictures \(part.pictures)", row("answers right", part.overall), row("commonest answer of each kind", part.majority)]
            for kind in QuestionKind.allCases { if let rate = part.kinds[kind.rawValue] { lines.append(row("  " + kind.rawValue, rate)) } }
            lines.append(row("programs right", part.programs))
            if let rate = part.agreement { lines.append(row("executor agrees with the steps", rate)) }
            if let rate = part.answeredByTrueScenes { lines.append(row("right over the true scenes", rate)) }
            lines.append(row("calibration error, AUROC", "\(three(part.calibrationError)), \(part.rankedRight.map(three) ?? "-")"))
            if let seen = part.seen {
                lines += [row("objects, F1", three(seen.f1)), row("scenes without a fault", seen.faultlessScenes), row("mean error of places, units", seen.meanPlaceError.map(three) ?? "-")]
                if let half = seen.averagePrecision, let mean = seen.averagePrecisionOverOverlaps {
                    lines.append(row("average precision of boxes", "\(three(half)) at an overlap of 0.5, \(three(mean)) over 0.5 to 0.95"))
                }
                lines.append(row("relations of two objects", seen.relations))
                lines += seen.attributes.sorted { $0.key < $1.key }.map { row("  " + $0.key, $0.value) }
            }
            lines.append(row("ms a picture, a question", "\(three(part.millisecondsPerPicture)), \(three(part.millisecondsPerQuestion))"))
            return lines.joined(separator: "\n")
        }
    }
}
