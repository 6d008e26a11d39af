import ArgumentParser
import Foundation
import Painter
import Sketches

struct EditDrawing: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Does what a sentence says to a drawing: erase, add, move, resize, replace, redraw.",
        discussion: """
            Several things may be said in one sentence. Strokes that it does not name stay as they are: an SVG answered as SVG and scene JSON answered as \
            JSON keep every other byte, and remember what they were (`atelier undo`). A file of lines (ndjson) is done line by line: with the command \
            given here, or each with its own "command" key; a line that cannot be done stays as it was, with an "error".

            Examples:  atelier edit scene.svg "move the cat to the right of the house" -o out.svg
                       atelier edit scene.json "make the tree bigger and add a sun in the top left corner" -o out.json
                       atelier edit scene.svg "erase the left bird, then redraw the dog" --explain
            """)

    @Argument(help: "Drawing: SVG, Excalidraw, scene JSON or ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), or a picture of lines (PNG, JPEG); - is standard input.") var input: String
    @Argument(help: "What to do, as in \"move the cat to the left\"; for ndjson, else each line's \"command\".") var command: String?
    @Flag(help: "Look at the strokes alone, not at the objects that the file names.") var ignoreObjects = false
    @Flag(help: "Write nothing: say what would be done, to which strokes, and how sure that is.") var explain = false
    @Option(help: ArgumentHelp("Do nothing of which the model is less sure than this, 0 to 1.", valueName: "p")) var sureness = Painter.defaultSureness
    @Option(help: ArgumentHelp("Sketch each new object so often, 1 to 64, and keep the best.", valueName: "n")) var candidates = 8
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @OptionGroup(title: "Sampling") var sampling: SamplingOptions
    @OptionGroup(title: "Reading") var reading: ReadOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: what was done, what was found, notices, file written.") var json = false

    func validate() throws {
        guard 0...1 ~= sureness else { throw ValidationError("--sureness takes 0 to 1, not \(sureness)") }
        guard 1...64 ~= candidates else { throw ValidationError("--candidates takes 1 to 64, not \(candidates)") }
    }

    struct Report: Encodable {
        var file: String?
        var command: String
        /// What was done, in the order of the words.
        var steps: [Painter.EditStep] = []
        /// Classes of all objects found.
        var found: [String] = []
        var seed: UInt64?
        var notices: [String] = []
        var error: String?
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            let destination = try output.destination(usual: sketches.format, stem: sketches.stem + "-edited", json: json)
            let pictures = try picture.options(for: destination.format)
            if !sketches.isBatch { _ = try command(for: sketches.scenes[0]) }
            let painter = try model.loadPainter(ranks: true)
            if !sketches.isBatch {
                var (report, edited) = try edit(sketches.scenes[0], with: painter, line: 0)
                if explain {
                    if json { try printJSON(report) } else { try say(report.steps.table) }
                    if let doubt = report.steps.doubt(below: sureness) { note("note: \(doubt)") }
                    return
                }
                let what = report.steps.map { "\($0.verb) \($0.className)" }.joined(separator: ", ")
                report.file = try destination.write(
                    sketches.edited(edited.scene, edited.edits, for: destination, pictures, isPlain: !picture.isGiven, command: report.command), what: what)
                if json { try printJSON(report) }
                return
            }
            let (answers, failures) = try Batch.run(sketches.scenes.count) { line in
                let (report, edited) = try edit(sketches.scenes[line], with: painter, line: line, place: "line \(line + 1): ")
                return (report, edited.scene)
            } failed: { line, reason in
                var scene = sketches.scenes[line]
                scene.error = reason
                return (Report(command: (try? command(for: scene)) ?? "", error: reason), scene)
            }
            if explain {
                if json { try printJSON(BatchReport(file: nil, failed: failures, results: answers.map(\.0))) } else { for answer in answers { try say(answer.0.steps.table) } }
            } else {
                let file = try destination.write(answers.map(\.1), pictures, what: counted(answers.count, "scene"))
                if json { try printJSON(BatchReport(file: file, failed: failures, results: answers.map(\.0))) }
            }
            if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
        }
    }

    /// The command for a scene: the one given, else the scene's own.
    private func command(for scene: Scene) throws(CommandError) -> String {
        if let command { return command }
        if case .string(let own)? = scene.extra["command"] { return own }
        throw .usage("\(input): says not what to do: give a command, as in `atelier edit \(input) \"move the cat to the left\"`, or a \"command\" key in each line")
    }

    private func edit(_ scene: Scene, with painter: Painter, line: Int, place: String = "") throws -> (Report, Painter.Edited) {
        let command = try command(for: scene)
        var options = DrawingOptions()
        (options.sampling, options.candidates) = (sampling.sampling, candidates)
        var edited = try painter.edit(
            command, of: scene, seed: sampling.seed, options: options, line: line, trustsObjects: !ignoreObjects, sureness: explain ? 0 : sureness,
            reading: reading.options(seed: sampling.seed))
        for notice in edited.notices { note("note: \(place)\(notice)") }
        edited.scene.error = nil
        return (Report(command: command, steps: edited.steps, found: edited.found, seed: edited.seed, notices: edited.notices), edited)
    }

}

struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Takes back the last edit that a drawing remembers: the file is then as it was, byte for byte.",
        discussion: """
            Drawings that `atelier edit` writes as SVG or as scene JSON remember their last twenty edits.

            Examples:  atelier undo out.svg -o before.svg
                       atelier undo scene.json --list
            """)

    @Argument(help: "Drawing: SVG or scene JSON; - is standard input.") var input: String
    @Flag(help: "Only list the edits that can be taken back, the last one first.") var list = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @Flag(help: "Print one JSON document: the command taken back, those left, file written.") var json = false

    struct Report: Encodable {
        var file: String?
        /// What was taken back.
        var undone: String?
        /// What can still be taken back, the last one first.
        var left: [String] = []
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            guard sketches.content.document != nil || (sketches.content.form == .sceneJSON && sketches.scenes.count == 1) else {
                throw CommandError.data("\(input): only an SVG or one scene as JSON remembers edits")
            }
            let document = try sketches.content.document == nil ? SceneDocument(sketches.data, name: input) : nil
            let commands = sketches.content.document?.commands ?? document?.commands() ?? []
            if list {
                if json { try printJSON(Report(left: commands.reversed())) } else { for command in commands.reversed() { try say(singleLine(command)) } }
                return
            }
            let destination = try output.destination(usual: sketches.format, stem: sketches.stem + "-undone", json: json)
            let (data, command) = try sketches.content.document?.undone() ?? document?.undone() ?? (Data(), "")
            let isSame = destination.format == (document == nil ? .svg : .json)
            var report = Report(undone: command, left: commands.dropLast().reversed())
            let what = "took back \"\(singleLine(command))\""
            report.file = try isSame ? destination.write(data, what: what)
                : destination.write(SketchFile.content(of: data, name: input).scenes, RenderOptions(), what: what)
            if json { try printJSON(report) }
        }
    }
}
