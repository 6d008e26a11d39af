import ArgumentParser
import Files
import Foundation
import Language
import Reasoner
import Scenes
import Sketches

struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Answers a question about a scene of objects, with the steps to the answer.",
        discussion: """
            The scene is CLEVR's JSON, one scene or a file of several (--index). The question is read into a program by a small language model; the program \
            is carried out exactly. A question about something else, or one that speaks of one object where none or several fit, gets no answer but a \
            reason. Pictures are not understood yet.

            Examples:  atelier ask scene.json "How many red things are left of the small sphere?" --trace
                       atelier ask --questions questions.json --scenes scenes.json -o answers.json
            """)

    @Argument(help: ArgumentHelp("Scene (JSON); - is standard input.", valueName: "scene")) var scene: String?
    @Argument(help: ArgumentHelp("The question.", valueName: "question")) var question: String?
    @Option(help: ArgumentHelp("Which scene of a file of several, from 0.", valueName: "n")) var index = 0
    @Option(help: ArgumentHelp("A file of questions in CLEVR's form, instead of one question.", valueName: "file")) var questions: String?
    @Option(help: ArgumentHelp("The scenes that the file's questions are about.", valueName: "file")) var scenes: String?
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Where the answers to a file of questions go; - is standard output.", valueName: "file")) var output = "-"
    @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Show the steps and what each gave.") var trace = false
    @Flag(help: "Print one JSON document: answer, confidence, objects, trace.") var json = false

    func validate() throws {
        if questions != nil {
            guard scene == nil, question == nil else { throw ValidationError("--questions takes its scenes from --scenes; leave the scene and the question out") }
            guard scenes != nil else { throw ValidationError("--questions needs --scenes FILE") }
        } else {
            guard scene != nil, question != nil else { throw ValidationError("give a scene and a question, or --questions and --scenes") }
        }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            if let questions, let scenes { return try answerAll(questions, scenes) }
            guard let scene, let question else { return }
            let all = try Self.read(scene)
            guard all.indices.contains(index) else { throw CommandError.usage("--index \(index): \(scene) has \(counted(all.count, "scene"))") }
            let answer = try SceneAnswer(question, about: all[index], reader: reader())
            if json { return try printJSON(Report(answer, all[index])) }
            if trace, let program = answer.program {
                for (number, node) in program.nodes.enumerated() {
                    let value = answer.trace.map { " = \($0.steps[number].value.shown)" } ?? ""
                    try say("\(number)  \(node.shown)\(value)")
                }
            }
            if let refusal = answer.refusal { note("no answer: \(refusal)") }
            try say(answer.trace?.answer.text ?? "unknown")
        }
    }

    private func reader() throws -> QuestionReader {
        let folder = try ModelLibrary.folder(model, family: .reasoner)
        guard let tokenizer = try ModelFolder.readTokenizer(folder) else { throw ReasonerError.notAReasoner(missing: "tokenizer.json") }
        return try QuestionReader(DecodingModel.load(folder), tokenizer)
    }

    private static func read(_ path: String) throws -> [ObjectScene] {
        let data = try InputFile.data(path, limit: InputFile.sketchLimit)
        if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) || data.starts(with: [0xFF, 0xD8, 0xFF]) {
            throw CommandError.data("\(path): is a picture; only scene files (JSON) are understood so far")
        }
        return try ObjectScene.read(data, name: path == "-" ? "standard input" : path)
    }

    /// One entry for each question, in the file's order, always with an answer: where there is none, the commonest one of all, with confidence 0.
    private func answerAll(_ questions: String, _ scenes: String) throws {
        let asked = try Question.read(InputFile.data(questions, limit: 1 << 30), name: questions), reader = try reader()
        var byName: [String: ObjectScene] = [:], byIndex: [Int: ObjectScene] = [:]
        for scene in try Self.read(scenes) {
            if let name = scene.imageFilename { byName[name] = scene }
            if let index = scene.imageIndex { byIndex[index] = scene }
        }
        let progress = CountProgress(of: asked.count)
        var entries: [Entry] = [], missing = 0, right = 0, known = 0
        for (place, question) in asked.enumerated() {
            let scene = question.imageFilename.flatMap { byName[$0] } ?? question.imageIndex.flatMap { byIndex[$0] }
            if scene == nil { missing += 1 }
            let answer = try scene.map { try SceneAnswer(question.text, about: $0, reader: reader) }
            let text = answer?.trace?.answer.text ?? "no"
            entries.append(Entry(
                question_index: question.index ?? place, image_filename: question.imageFilename ?? "", answer: text,
                confidence: answer?.trace == nil ? 0 : answer?.confidence ?? 0))
            if let wanted = question.answer { known += 1; right += text == wanted ? 1 : 0 }
            progress.show(done: place + 1)
        }
        progress.clear()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try SketchFile.writeAtomically(encoder.encode(["answers": entries]), to: output)
        if known > 0 { note("\(right) of \(known) answers are those of the file") }
        if missing > 0 {
            note("\(counted(missing, "question")) about scenes that \(scenes) does not have")
            throw ExitCode(ExitStatus.someFailed)
        }
    }

    private struct Entry: Encodable { let question_index: Int, image_filename: String, answer: String, confidence: Double }

    private struct Report: Encodable {
        struct Object: Encodable {
            let id: Int, attributes: [String: String], position: [Double]?, box: [Double]?, confidence: Double?
        }

        let answer: String, confidence: Double, objects: [Object], trace: [TraceReport.Step], refusal: String?

        init(_ answer: SceneAnswer, _ scene: ObjectScene) {
            self.answer = answer.trace?.answer.text ?? "unknown"
            confidence = answer.trace == nil ? 0 : answer.confidence
            objects = scene.objects.enumerated().map { id, object in
                Object(id: id, attributes: object.attributes, position: object.position.map { [$0.x, $0.y, $0.z] }, box: object.box.map { [$0.x, $0.y, $0.z, $0.w] },
                       confidence: object.confidence)
            }
            trace = answer.trace.map { TraceReport($0).trace } ?? []
            refusal = answer.refusal?.description
        }
    }
}
