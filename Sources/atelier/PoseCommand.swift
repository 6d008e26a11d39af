import ArgumentParser
import Files
import Foundation
import Pictures
import Reasoner
import Scenes
import Sketches
import Tensors

struct PoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pose", abstract: "Makes pictures to fit a question and an answer, and twins that differ by one edit and in the answer.",
        discussion: """
            Each scene obeys CLEVR's rules and its answer is certified by the exact executor. With --flip, each comes with a twin: one object added, \
            removed, moved or changed in one attribute, and another answer. Writes images/, scenes.json, questions.json, edits.json and index.html.

            Example:  atelier pose "Are there more cubes than spheres left of the big thing?" --answer yes --flip --count 4 -o exercises
            """)

    @Argument(help: ArgumentHelp("The question.", valueName: "question")) var question: String
    @Option(help: "The wanted answer: yes, no, a number, red, …; any where it is left out.") var answer: String?
    @Flag(help: "Also make a twin of each that has another answer.") var flip = false
    @Option(help: "Number of scenes.") var count = 1
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Folder to write; must be new or empty.", valueName: "dir")) var output: String
    @Option(help: "Pixels across.") var width = 480
    @Option(help: "Pixels down.") var height = 320
    @Flag(help: "Scenes only, without pictures: objects may then hide each other.") var symbolic = false
    @Option(help: "Seed.") var seed: UInt64 = 0
    @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
    @Flag(help: "Print the counts as JSON.") var json = false

    struct Report: Encodable { let question: String, scenes: Int, pairs: Int, answers: [String: Int], seconds: Double }
    /// One scene of edits.json, and its twin.
    struct Entry: Encodable { let image: String, scene: Int, answer: String, twin_image: String?, twin_scene: Int?, twin_answer: String?, edit: String? }

    func validate() throws {
        guard 1...100_000 ~= count else { throw ValidationError("--count takes 1 to 100000, not \(count)") }
        guard 32...4_096 ~= width, 32...4_096 ~= height else { throw ValidationError("--width and --height take 32 to 4096, not \(width) and \(height)") }
        guard !output.isEmpty else { throw ValidationError("-o takes a folder to write, as in -o exercises") }
    }

    func run() throws {
        try exitCleanly {
            let reader = try QuestionReader(folder: ModelLibrary.folder(model, family: .reasoner))
            let reading = try reader.read(question)
            guard let program = reading.program else {
                throw CommandError.data("\(reading.strangers.isEmpty ? SceneAnswer.Refusal.otherTopic : .unknownWords(reading.strangers)): \(quoted(question))")
            }
            try checkAnswer(to: program)
            let folder = URL(fileURLWithPath: output), images = folder.appendingPathComponent("images"), manager = FileManager.default
            guard ((try? manager.contentsOfDirectory(atPath: folder.path)) ?? []).isEmpty else { throw OutputError.cannotCreate(path: output, reason: "the folder is not empty") }
            do { try manager.createDirectory(at: symbolic ? folder : images, withIntermediateDirectories: true) } catch {
                throw OutputError.cannotCreate(path: folder.path, reason: (error as NSError).localizedDescription)
            }
            let pose = QuestionPose(program), progress = CountProgress(of: count), clock = ContinuousClock(), start = clock.now
            var scenes: [ObjectScene] = [], asked: [Question] = [], entries: [Entry] = []
            for index in 0..<count {
                var random = RandomSource(seed: RandomSource.derive(seed, UInt64(index) + 1, 0x905E))
                let renderer = SceneRenderer(width: width, height: height, camera: World.clevr.camera(using: &random)), light = random.next()
                guard let (scene, twin) = make(pose, renderer, using: &random) else {
                    throw CommandError.data("no scene with the answer \(answer ?? "of the question")\(flip ? " and a twin with another" : "") was found; ask something else, or try another --seed")
                }
                let name = String(format: "pose_%06d", index)
                let first = try add(scene, name + ".png", renderer, light, program, to: &scenes, &asked, images)
                let second = try twin.map { try add($0.scene, name + "_twin.png", renderer, light, program, to: &scenes, &asked, images) }
                entries.append(Entry(
                    image: name + ".png", scene: first, answer: pose.answer(scene) ?? "", twin_image: twin == nil ? nil : name + "_twin.png", twin_scene: second,
                    twin_answer: twin?.answer, edit: twin?.edit.description))
                progress.show(done: index + 1)
            }
            progress.clear()
            let seconds = (clock.now - start) / .seconds(1), encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            try SketchFile.writeAtomically(ObjectScene.write(scenes), to: folder.appendingPathComponent("scenes.json").path)
            try SketchFile.writeAtomically(Question.write(asked), to: folder.appendingPathComponent("questions.json").path)
            try SketchFile.writeAtomically(encoder.encode(entries), to: folder.appendingPathComponent("edits.json").path)
            if !symbolic { try SketchFile.writeAtomically(Data(page(entries).utf8), to: folder.appendingPathComponent("index.html").path) }
            let report = Report(
                question: question, scenes: count, pairs: entries.filter { $0.edit != nil }.count,
                answers: entries.flatMap { [$0.answer, $0.twin_answer].compactMap { $0 } }.reduce(into: [:]) { $0[$1, default: 0] += 1 }, seconds: seconds)
            if json { return try printJSON(report) }
            for entry in entries.prefix(20) { try say("\(entry.image)  \(entry.answer)" + (entry.edit.map { "; \($0): \(entry.twin_answer ?? "")" } ?? "")) }
            try say("\(counted(count, "scene"))\(flip ? " with twins" : "") in \(output), \(String(format: "%.1f", seconds)) s")
        }
    }

    /// Refuses an answer that questions like this never have.
    private func checkAnswer(to program: Program) throws {
        guard let answer, let last = program.nodes.last else { return }
        let known: [String] = switch last.function {
        case .count: (0...10).map(String.init)
        case .query(let attribute): Domain.clevr.values(of: attribute) ?? []
        default: ["yes", "no"]
        }
        guard known.contains(answer) else { throw CommandError.usage("--answer \(answer): this question is answered by \(known.joined(separator: ", "))") }
    }

    private func make(_ pose: QuestionPose, _ renderer: SceneRenderer, using random: inout RandomSource) -> (ObjectScene, QuestionPose.Twin?)? {
        for _ in 0..<60 {
            guard let scene = pose.scene(answering: answer, tries: 30, using: &random) else { return nil }
            guard symbolic || pose.sampler.isVisible(scene, renderer) else { continue }
            if !flip { return (scene, nil) }
            if let twin = pose.twin(of: scene, among: { symbolic || pose.sampler.isVisible($0, renderer) }, using: &random) { return (scene, twin) }
        }
        return nil
    }

    private func add(
        _ scene: ObjectScene, _ name: String, _ renderer: SceneRenderer, _ light: UInt64, _ program: Program, to scenes: inout [ObjectScene], _ asked: inout [Question], _ images: URL
    ) throws -> Int {
        var scene = SceneSampler().seen(scene, renderer)
        (scene.imageFilename, scene.imageIndex, scene.split) = (name, scenes.count, "pose")
        if !symbolic {
            let rendering = renderer.render(scene, seed: light)
            for i in scene.objects.indices { scene.objects[i].box = rendering.boxes[i] }
            try SketchFile.writeAtomically(rendering.picture.png(), to: images.appendingPathComponent(name).path)
        }
        var question = Question(question, program: program, answer: try program.run(on: scene).answer.text)
        (question.imageFilename, question.imageIndex, question.index) = (name, scenes.count, asked.count)
        scenes.append(scene)
        asked.append(question)
        return scenes.count - 1
    }

    /// The pictures with their keys, pairs side by side.
    private func page(_ entries: [Entry]) -> String {
        let rows = entries.map { entry in
            let first = "<figure><img src=\"images/\(entry.image)\" width=\"\(width)\"/><figcaption>\(escapedMarkup(entry.answer))</figcaption></figure>"
            let second = entry.twin_image.map { "<figure><img src=\"images/\($0)\" width=\"\(width)\"/><figcaption><b>\(escapedMarkup(entry.twin_answer ?? ""))</b>: \(escapedMarkup(entry.edit ?? ""))</figcaption></figure>" }
            return "<div>\(first)\(second ?? "")</div>"
        }
        let style = "div{display:flex;flex-wrap:wrap;gap:12px;margin:12px 0} img{max-width:100%;display:block}"
        return HTMLPage(title: question, style: style, body: "<h1>\(escapedMarkup(question))</h1>\n" + rows.joined(separator: "\n")).text
    }
}
