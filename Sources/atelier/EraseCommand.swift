import ArgumentParser
import Foundation
import Painter
import Sketches

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erases what a sentence names; everything else stays as it was.",
        discussion: """
            An SVG answered as SVG, and scene JSON answered as JSON, lose the bytes of the erased strokes and nothing else; with --undoable the file \
            remembers them (`atelier undo`). A file of lines \
            (ndjson) is done line by line: with the command given here, or each with its own "command" key; a line that cannot be done \
            stays as it was, with an "error". Parts of a thing go where the file labels their strokes: data-part="wings" on a path or a group of an \
            SVG (or the group's name in Inkscape), "parts" of an object in scene JSON, one name or null a stroke.

            Examples:  atelier erase scene.svg "the cat" -o out.svg
                       atelier erase scene.json "everything except the house" -o out.png
                       atelier erase scan.png "the small dog" --explain
                       atelier erase bird.svg "the wings" -o out.svg
                       atelier erase scenes.ndjson -o out.ndjson
            """)

    @Argument(help: "Drawing: SVG, Excalidraw, scene JSON or ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), or a picture of lines (PNG, JPEG); - is standard input.") var input: String
    @Argument(help: "What to erase, as in \"the small dog\"; for ndjson, else each line's \"command\".") var command: String?
    @Flag(help: "Look at the strokes alone, not at the objects that the file names.") var ignoreObjects = false
    @Flag(help: "Write nothing: say what would be erased, which strokes, and how sure that is.") var explain = false
    @Option(help: ArgumentHelp("Erase nothing where the model is less sure than this, 0 to 1.", valueName: "p")) var sureness = Painter.defaultSureness
    @Flag(help: "SVG and scene JSON: let the file remember what was erased, so that `atelier undo` can take it back.") var undoable = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @OptionGroup(title: "Reading") var reading: SeededReadOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: what was erased, what was found, notices, file written.") var json = false

    func validate() throws {
        guard 0...1 ~= sureness else { throw ValidationError("--sureness takes 0 to 1, not \(sureness)") }
    }

    struct Report: Encodable {
        var file: String?
        var command: String
        /// What was erased, and how sure the model is of each.
        var steps: [Painter.EditStep] = []
        /// Classes of the erased objects, and indices of the erased strokes in the input.
        var erased: [String] = [], strokes: [Int] = []
        /// Classes of all objects found.
        var found: [String] = []
        var notices: [String] = []
        var error: String?
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            let destination = try output.destination(usual: sketches.format, stem: sketches.stem + "-erased", json: json)
            let options = try picture.options(for: destination.format)
            if !sketches.isBatch { _ = try command(for: sketches.scenes[0]) }
            let remembers = !sketches.isBatch && !picture.isGiven
                && (sketches.content.document != nil && destination.format == .svg || sketches.content.form == .sceneJSON && destination.format == .json)
            guard !undoable || explain || remembers else {
                throw CommandError.usage("--undoable: only an SVG written as SVG, or one scene as JSON, in its own look can remember; give -o such a name, or leave it out")
            }
            let painter = try model.loadPainter(ranks: true)
            if !sketches.isBatch {
                let scene = sketches.scenes[0]
                var (report, rest) = try erase(from: scene, with: painter)
                if explain {
                    if json { try printJSON(report) } else { try say(report.steps.table) }
                    if let doubt = report.steps.doubt(below: sureness) { note("note: \(doubt)") }
                    return
                }
                let what = "erased \(listed(report.erased)), \(counted(report.strokes.count, "stroke")); \(rest.strokes.count) left"
                if let document = sketches.content.document, destination.format == .svg, !picture.isGiven, !undoable {
                    report.file = try destination.write(document.removing(strokes: Set(report.strokes)), what: what)
                } else {
                    let command = undoable ? report.command : nil
                    report.file = try destination.write(
                        sketches.edited(rest, [.remove(Set(report.strokes))], for: destination, options, isPlain: !picture.isGiven, command: command), what: what)
                }
                if json { try printJSON(report) }
                return
            }
            let (answers, failures) = try Batch.run(sketches.scenes.count) { line in
                try erase(from: sketches.scenes[line], with: painter, place: "line \(line + 1): ")
            } failed: { line, reason in
                var scene = sketches.scenes[line]
                scene.error = reason
                return (Report(command: (try? command(for: scene)) ?? "", error: reason), scene)
            }
            if explain {
                if json { try printJSON(BatchReport(file: nil, failed: failures, results: answers.map(\.0))) } else { for answer in answers { try say(answer.0.steps.table) } }
            } else {
                let file = try destination.write(answers.map(\.1), options, what: counted(answers.count, "scene"))
                if json { try printJSON(BatchReport(file: file, failed: failures, results: answers.map(\.0))) }
            }
            if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
        }
    }

    /// The command for a scene: the one given, else the scene's own.
    private func command(for scene: Scene) throws(CommandError) -> String {
        if let command { return command }
        if case .string(let own)? = scene.extra["command"] { return own }
        throw .usage("\(input): says not what to erase: give a command, as in `atelier erase \(input) \"the cat\"`, or a \"command\" key in each line")
    }

    private func erase(from scene: Scene, with painter: Painter, place: String = "") throws -> (Report, Scene) {
        let command = try command(for: scene)
        let erased = try painter.erase(command, from: scene, trustsObjects: !ignoreObjects, reading: reading.options, sureness: explain ? 0 : sureness)
        for notice in erased.notices { note("note: \(place)\(notice)") }
        var rest = scene.removing(strokes: erased.strokes)
        rest.error = nil
        return (Report(command: command, steps: erased.steps, erased: erased.classes, strokes: erased.strokes.sorted(), found: erased.found, notices: erased.notices), rest)
    }
}
