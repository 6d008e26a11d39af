import ArgumentParser
import Foundation
import Painter
import Reasoner
import Scenes
import Tensors

extension EvalCommand {
    struct RefusalFigures: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "refusals", abstract: "Whether a reasoner knows what it cannot know, and does not refuse what it can.",
            discussion: """
                Asks about pictures that are no scenes (made here, and those of --strange DIR), questions about something else, questions that speak of \
                one object where several fit; and the file's own questions, which have answers.

                Example:  atelier eval refusals --questions Q.json --images DIR --scenes S.json --strange photographs --count 100
                """)

        @Option(help: ArgumentHelp("Questions that have answers (JSON).", valueName: "file")) var questions: String
        @Option(help: ArgumentHelp("Folder of their pictures.", valueName: "dir")) var images: String
        @Option(help: ArgumentHelp("The true scenes (JSON): tells which words fit several objects.", valueName: "file")) var scenes: String
        @Option(help: ArgumentHelp("A folder of pictures (PNG, JPEG) of anything else.", valueName: "dir")) var strange: String?
        @Option(help: "Inputs of each kind.") var count = 100
        @Option(help: "Seed.") var seed: UInt64 = 0
        @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document.") var json = false

        struct Part: Encodable { let kind: String, refused: Rate, wrong: [String] }

        func validate() throws {
            guard 1...100_000 ~= count else { throw ValidationError("--count takes 1 to 100000, not \(count)") }
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                let eyes = try PictureReasoner(folder: ModelLibrary.folder(model, family: .reasoner)), known = try KnownScenes(scenes)
                let asked = try Question.read(InputFile.data(questions, limit: 1 << 30), name: questions).filter { $0.imageFilename != nil }
                guard !asked.isEmpty else { throw CommandError.data("\(questions): has no questions with a picture's name") }
                var random = RandomSource(seed: RandomSource.derive(seed, 0x4EF5)), readings: [String: SceneReading] = [:], parts: [Part] = []
                func any() -> Question { asked[random.int(below: asked.count)] }
                func reading(_ name: String) throws -> SceneReading {
                    if let found = readings[name] { return found }
                    guard let picture = try AskCommand.picture(name, in: images) else { throw CommandError.noInput(path: images, reason: "has no \(name)") }
                    let found = eyes.look(picture)
                    readings[name] = found
                    return found
                }
                func measure(_ kind: String, _ inputs: [(name: String, text: String, reading: SceneReading)]) throws {
                    var refused = Rate(), wrong: [String] = []
                    for input in inputs {
                        let answer = try eyes.answer(input.text, about: input.reading)
                        refused.record(answer.text == nil)
                        if (answer.text == nil) == (kind == Self.answerable), wrong.count < 50 { wrong.append("\(input.name): \(input.text) \(answer.text ?? answer.refusal?.description ?? "")") }
                    }
                    parts.append(Part(kind: kind, refused: refused, wrong: wrong))
                }
                try measure("pictures made to be no scenes", (0..<count).compactMap { index in
                    UnanswerablePictures.sample(width: 320, height: 240, using: &random).map { ("picture \(index)", any().text, eyes.look($0)) }
                })
                if let strange {
                    let names = try FileManager.default.contentsOfDirectory(atPath: strange).sorted().filter { ["png", "jpg", "jpeg"].contains(($0 as NSString).pathExtension.lowercased()) }
                    try measure("pictures of \(strange)", names.prefix(count).compactMap { name in try AskCommand.picture(name, in: strange).map { (name, any().text, eyes.look($0)) } })
                }
                try measure("questions about something else", (0..<count).map { _ in
                    let question = any()
                    return (question.imageFilename ?? "", UnanswerableQuestions.sample(using: &random), try reading(question.imageFilename ?? ""))
                })
                try measure("one object meant, several fit", (0..<count * 3).compactMap { _ in
                    let name = any().imageFilename ?? ""
                    guard let scene = known[picture: name], let text = Self.ambiguous(scene, &random) else { return nil }
                    return (name, text, try reading(name))
                }.prefix(count).map { $0 })
                try measure(Self.answerable, asked.map { ($0.imageFilename ?? "", $0.text, try reading($0.imageFilename ?? "")) })
                if json { return try printJSON(["parts": parts]) }
                for part in parts {
                    try say("\(part.kind): refused \(part.refused)")
                    for line in part.wrong.prefix(3) { try say("  \(line)") }
                }
            }
        }

        private static let answerable = "answerable questions"

        /// A question about an object of a kind of which there are several.
        private static func ambiguous(_ scene: ObjectScene, _ random: inout RandomSource) -> String? {
            let shapes = Dictionary(grouping: scene.objects.compactMap { $0.attributes["shape"] }, by: { $0 }).filter { $0.value.count > 1 }.keys.sorted()
            guard !shapes.isEmpty else { return nil }
            let shape = shapes[random.int(below: shapes.count)]
            return ["What color is the \(shape)?", "How many things are left of the \(shape)?", "What is the \(shape) made of?", "How big is the \(shape)?"][random.int(below: 4)]
        }
    }
}
