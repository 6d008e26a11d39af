import ArgumentParser
import Files
import Foundation
import Language
import Painter
import Pictures
import Reasoner
import Scenes
import Sketches
import Tensors

extension PictureReasoner.Mode: ExpressibleByArgument {}

struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Answers a question about a picture or a scene of objects, with the steps to the answer.",
        discussion: """
            A picture (PNG, JPEG) is looked at first; a scene is CLEVR's JSON, one scene or a file of several (--index); a drawing (SVG, scene JSON, a line of ndjson) is asked \
            about its objects, which are found first where the file does not name them. The question is read into a program by a \
            small language model; the program is carried out exactly over the objects. A question about something else, one that speaks of one object \
            where none or several fit, or a picture of something else gets no answer but a reason. A file of questions always gets answers.

            Examples:  atelier ask picture.png "How many red things are left of the small sphere?" --trace
                       atelier ask scene.json "What color is the big cube?" --json
                       atelier ask drawing.svg "How many ducks are left of the house?"
                       atelier ask picture.png "Is there a red ball?" --why-not yes
                       atelier ask --questions questions.json --images images -o answers.json
            """)

    @Argument(help: ArgumentHelp("Picture (PNG, JPEG), scene (JSON) or drawing (SVG, ndjson); - is standard input.", valueName: "picture")) var scene: String?
    @Argument(help: ArgumentHelp("The question.", valueName: "question")) var question: String?
    @Option(help: ArgumentHelp("Which scene of a file of several, from 0.", valueName: "n")) var index = 0
    @Option(help: ArgumentHelp("A file of questions in CLEVR's form, instead of one question.", valueName: "file")) var questions: String?
    @Option(help: ArgumentHelp("The folder of the pictures that the file's questions are about.", valueName: "dir")) var images: String?
    @Option(help: ArgumentHelp("The scenes that the file's questions are about, in place of pictures.", valueName: "file")) var scenes: String?
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Where the answers to a file of questions go (- is standard output), or the page of --trace.", valueName: "file")) var output: String?
    @Option(help: "How a picture's questions are answered: program, by the exact executor over the objects seen; rationale, by the steps that the language model writes; direct, at once.") var reasoner = PictureReasoner.Mode.program
    @Flag(help: "With --reasoner rationale: steps are written without a list of the objects before them.") var noList = false
    @Option(help: ArgumentHelp("With --reasoner rationale: a small model that guesses ahead what is written (a recipe of kind picture-draft): the same answer, and sooner where the reasoner is many times larger.", valueName: "dir")) var draft: String?
    @Option(help: ArgumentHelp("Also name the smallest edit of the scene that would give this answer.", valueName: "answer")) var whyNot: String?
    @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
    @OptionGroup(title: "Reading the strokes of a drawing") var reading: SeededReadOptions
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Show the steps and what each gave; with -o PAGE.html, also as a page with the objects of each step outlined.") var trace = false
    @Flag(help: "Print one JSON document: answer, confidence, objects, trace.") var json = false

    func validate() throws {
        if draft != nil, scenes != nil { throw ValidationError("--draft is for pictures") }
        if draft != nil, reasoner != .rationale { throw ValidationError("--draft goes with --reasoner rationale: nothing else is long enough") }
        if questions != nil {
            guard whyNot == nil else { throw ValidationError("--why-not is about one question") }
            guard scene == nil, question == nil else { throw ValidationError("--questions takes its pictures from --images or --scenes; leave the picture and the question out") }
            guard (scenes == nil) != (images == nil) else { throw ValidationError("--questions needs --images DIR or --scenes FILE") }
        } else {
            if let question, !question.contains(where: { $0.isLetter || $0.isNumber }) { throw ValidationError("the question is empty; ask something, as in \"How many red things are there?\"") }
            guard scene != nil, question != nil else { throw ValidationError("give a picture or scene and a question, or --questions and --images") }
            guard output == nil || trace else { throw ValidationError("-o takes the page of --trace; answers to one question go to standard output") }
            guard whyNot != "" else { throw ValidationError("--why-not takes an answer, as in --why-not 3") }
            guard output != "-" else { throw ValidationError("the page of --trace needs a file") }
        }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            if let questions { return try answerAll(questions) }
            guard let scene, let question else { return }
            let data = try InputFile.data(scene, limit: PictureFile.limit), name = scene == "-" ? "standard input" : scene
            let answer: SceneAnswer, page: () throws -> TracePage
            if draft != nil, !PictureFile.isPicture(data) { throw CommandError.usage("--draft is for pictures; \(name) is none") }
            if PictureFile.isPicture(data) {
                let picture = try Picture.read(data, name: name)
                let eyes = try eyes(ModelLibrary.folder(model, family: .reasoner))
                answer = try eyes.answer(question, about: picture, reasoner)
                page = { TracePage(question: question, answer: answer, picture: data, width: picture.width, height: picture.height) }
            } else if let drawings = try Self.drawings(data, name: name) {
                guard drawings.indices.contains(index) else { throw CommandError.usage("--index \(index): \(scene) has \(counted(drawings.count, "drawing"))") }
                let drawing = drawings[index], scene = try objects(of: drawing)
                answer = try SceneAnswer(
                    ObjectScene.question(aboutDrawing: question), about: scene, of: .drawings, reader: QuestionReader(folder: ModelLibrary.folder(model, family: .reasoner)))
                page = {
                    TracePage(
                        question: question, answer: answer, picture: try SketchFile.write([drawing], format: .png, options: RenderOptions(size: 1_024)),
                        width: Int(drawing.width.rounded()), height: Int(drawing.height.rounded()))
                }
            } else {
                let all = try ObjectScene.read(data, name: name)
                guard all.indices.contains(index) else { throw CommandError.usage("--index \(index): \(scene) has \(counted(all.count, "scene"))") }
                answer = try SceneAnswer(question, about: all[index], reader: QuestionReader(folder: ModelLibrary.folder(model, family: .reasoner)))
                page = { TracePage(question: question, answer: answer, picture: nil, width: 320, height: 240) }
            }
            if let output {
                try SketchFile.writeAtomically(Data(page().html.utf8), to: output)
                note("wrote \(output)")
            }
            let edit = whyNot.flatMap { self.edit(of: answer, to: $0) }
            if json { return try printJSON(AnswerReport(answer, whyNot: whyNot.map { AnswerReport.WhyNot(answer: $0, edit: edit?.edit.description, scene: edit?.scene) })) }
            if trace, let program = answer.program {
                for (number, node) in program.nodes.enumerated() {
                    let value = answer.trace.map { " = \($0.steps[number].value.shown)" } ?? ""
                    try say("\(number)  \(node.shown)\(value)")
                }
            }
            if answer.agreement == false { note("the exact executor gives other values for these steps: \((try? answer.program?.run(on: answer.scene))?.answer.text ?? "none")") }
            if let supposition = answer.supposition { note("supposing that \(supposition)") }
            if let refusal = answer.refusal { note("no answer: \(refusal)\(refusal == .otherPicture ? "; a picture of a line drawing is for `atelier detect` and `describe`" : "")") }
            try say(answer.text ?? "unknown")
            guard let whyNot, answer.text != nil else { return }
            if let edit {
                try say("\(whyNot), if one were to \(edit.edit.description(in: answer.scene))")
            } else {
                try say(answer.text == whyNot ? "it is \(whyNot)" : "no single edit was found that makes it \(whyNot)")
            }
        }
    }

    /// A reasoner as the options want it.
    private func eyes(_ folder: URL) throws -> PictureReasoner {
        let eyes = try PictureReasoner(folder: folder)
        eyes.remembers = !noList
        if let draft { eyes.guesser = try PictureGuesser(DraftOptions.model(named: draft, for: eyes.model, eyes.reader.vocabulary.tokenizer), eyes.grid) }
        return eyes
    }

    /// The drawings of a file; nil for scenes of objects without ink.
    private static func drawings(_ data: Data, name: String) throws -> [Scene]? {
        let start = data.first { $0 > 32 }
        if start == UInt8(ascii: "<") { return try SketchFile.content(of: data, name: name).scenes }
        return try? SketchFile.content(of: data, name: name).scenes
    }

    /// The objects that a drawing names, or those that the painter finds in its strokes.
    private func objects(of drawing: Scene) throws -> ObjectScene {
        if !drawing.objects.isEmpty { return ObjectScene(drawing: drawing) }
        var found = drawing
        found.objects = try ModelOptions.painter(ModelLibrary.folder(nil, option: nil), ranks: true).detect(drawing, reading: reading.options).objects
        return ObjectScene(drawing: found)
    }

    /// A smallest edit that gives another answer: of one value where that is enough.
    private func edit(of answer: SceneAnswer, to wanted: String) -> QuestionPose.Twin? {
        guard let program = answer.program, answer.text != wanted else { return nil }
        var random = RandomSource(seed: 0)
        return QuestionPose(program).twin(of: answer.scene, answering: wanted, using: &random)
    }

    /// One entry for each question, in the file's order, always with an answer: where there is none, the commonest one of all, with confidence 0.
    private func answerAll(_ questions: String) throws {
        let asked = try Question.read(InputFile.data(questions, limit: 1 << 30), name: questions)
        let folder = try ModelLibrary.folder(model, family: .reasoner)
        let eyes = images == nil ? nil : try eyes(folder), known = try scenes.map(KnownScenes.init), reader = try eyes?.reader ?? QuestionReader(folder: folder)
        let progress = CountProgress(of: asked.count), clock = ContinuousClock(), start = clock.now
        var entries: [Entry] = [], missing: [String] = [], right = 0, keyed = 0, readings: [String: SceneReading] = [:]
        for (place, question) in asked.enumerated() {
            var answer: SceneAnswer?
            if let known {
                answer = try known[question].map { try SceneAnswer(question.text, about: $0, reader: reader, guesses: true) }
            } else if let eyes, let images, let name = question.imageFilename {
                if reasoner != .program {
                    answer = try Self.picture(name, in: images).map { try eyes.answer(question.text, about: $0, reasoner, certain: true) }
                } else {
                    if readings[name] == nil, let found = try Self.picture(name, in: images) { readings[name] = eyes.look(found) }
                    answer = try readings[name].map { try eyes.answer(question.text, about: $0, certain: true) }
                }
            }
            if answer == nil { missing.append(question.imageFilename ?? "question \(place)") }
            let text = answer?.text ?? "no"
            entries.append(Entry(
                question_index: question.index ?? place, image_filename: question.imageFilename ?? "", answer: text,
                confidence: answer?.text == nil ? 0 : answer?.confidence ?? 0))
            if let wanted = question.answer { keyed += 1; right += text == wanted ? 1 : 0 }
            progress.show(done: place + 1)
        }
        progress.clear()
        let seconds = (clock.now - start) / .seconds(1)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try SketchFile.writeAtomically(encoder.encode(["answers": entries]), to: output ?? "-")
        note("\(counted(asked.count, "question")) in \(String(format: "%.1f", seconds)) s" + (keyed > 0 ? "; \(right) of \(keyed) answers are those of the file" : ""))
        if let first = missing.first {
            note("\(counted(missing.count, "question")) about pictures that are not there, as \(first)")
            throw ExitCode(ExitStatus.someFailed)
        }
    }

    /// A picture of a folder; nil where there is none of this name. A name never leads out of the folder.
    static func picture(_ name: String, in folder: String) throws -> Picture? {
        let path = (folder as NSString).appendingPathComponent((name as NSString).lastPathComponent)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try PictureFile.read(path).picture
    }

    private struct Entry: Encodable { let question_index: Int, image_filename: String, answer: String, confidence: Double }
}

/// The scenes of a file, by picture name and number.
struct KnownScenes {
    private var byName: [String: ObjectScene] = [:], byIndex: [Int: ObjectScene] = [:]

    init(_ path: String) throws {
        for scene in try ObjectScene.read(InputFile.data(path, limit: 1 << 30), name: path == "-" ? "standard input" : path) {
            if let name = scene.imageFilename { byName[name] = scene }
            if let index = scene.imageIndex { byIndex[index] = scene }
        }
    }

    /// The scene that a question is about.
    subscript(question: Question) -> ObjectScene? { question.imageFilename.flatMap { byName[$0] } ?? question.imageIndex.flatMap { byIndex[$0] } }
    /// The scene of a picture.
    subscript(picture picture: String) -> ObjectScene? { byName[picture] }
}
