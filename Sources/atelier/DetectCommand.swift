import ArgumentParser
import Foundation
import Painter
import Sketches

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Finds and names the objects in a drawing: class, box, strokes, confidence.",
        discussion: """
            Reads the strokes alone, never the objects that the file names, several times over: the best reading is taken, and confidence tells how far \
            the readings agree on an object's strokes, times how likely its class is. With -o, a scene file is the input with its objects filled in; \
            SVG, PNG and PDF show the objects in colours with boxes and labels.

            Examples:  atelier detect drawing.svg
                       atelier detect drawing.svg --relations -o found.png
                       atelier detect drawings.ndjson --json --top 5 -o found.ndjson
            """)

    @Argument(help: "Drawing: SVG, Excalidraw, scene JSON or ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), or a picture of lines (PNG, JPEG); - is standard input.") var input: String
    @Flag(help: "Also print which relations hold between the objects found.") var relations = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @Option(help: ArgumentHelp("Longest side of a picture, 16 to 8192.", valueName: "n")) var size: Int?
    @OptionGroup(title: "Reading") var reading: SeededReadOptions
    @Option(help: ArgumentHelp("With --json: tell so many of the classes that an object may be, 1 to 1000, the likeliest first.", valueName: "n")) var top = 3
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: objects, relations that hold, loose strokes, file written.") var json = false

    struct Report: Encodable {
        struct Object: Encodable {
            let `class`: String
            let box: Box
            let strokes: [Int]
            let confidence: Double?
            /// The classes that it may be, its own first.
            let classes: [Painter.ClassShare]
        }
        var file: String?
        var objects: [Object] = []
        /// The relations that hold.
        var relations: [RelationReport] = []
        /// Strokes that belong to nothing found.
        var looseStrokes: [Int] = []
        var width, height: Double
        var error: String?

        /// - Parameter classes: of each object.
        init(_ scene: Scene, classes: [[Painter.ClassShare]] = [], error: String? = nil) {
            (width, height) = (scene.width, scene.height)
            self.error = error
            guard error == nil else { return }
            objects = zip(scene.objects, classes).map { Object(class: $0.className, box: $0.box, strokes: $0.strokes, confidence: $0.confidence, classes: $1) }
            relations = scene.measuredRelations().map { RelationReport($0, in: scene) }
            looseStrokes = scene.looseStrokes
        }
    }

    func validate() throws {
        if let size, !(16...8_192 ~= size) { throw ValidationError("--size takes 16 to 8192, not \(size)") }
        guard 1...1_000 ~= top else { throw ValidationError("--top takes 1 to 1000, not \(top)") }
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            let writes = output.output != nil || output.format != nil
            let destination = writes ? try output.destination(usual: sketches.isBatch ? .ndjson : .json, stem: sketches.stem + "-found", json: json) : nil
            let options = RenderOptions(size: size, colors: true, boxes: true, labels: true)
            let painter = try model.loadPainter(ranks: true)
            let answers: [(report: Report, scene: Scene)], failures: Int
            if sketches.isBatch {
                (answers, failures) = try Batch.run(sketches.scenes.count) { line in
                    try detect(sketches.scenes[line], with: painter)
                } failed: { line, reason in
                    var scene = sketches.scenes[line]
                    scene.error = reason
                    return (Report(scene, error: reason), scene)
                }
            } else {
                let start = ContinuousClock.now
                var progress: CountProgress?                       // of a large canvas's windows
                let answer = try detect(sketches.scenes[0], with: painter) { done, count in
                    if progress == nil { progress = CountProgress(of: count, since: start) }
                    progress?.show(done: done)
                }
                progress?.clear()
                (answers, failures) = ([answer], 0)
            }
            let found = answers.reduce(0) { $0 + $1.report.objects.count }
            let file = try destination?.write(answers.map(\.scene), options, what: counted(found, "object"))
            if json {
                if sketches.isBatch { try printJSON(BatchReport(file: file, failed: failures, results: answers.map(\.report))) } else {
                    var report = answers[0].report
                    report.file = file
                    try printJSON(report)
                }
            } else if output.output != "-" {
                for (line, answer) in answers.enumerated() {
                    if sketches.isBatch { try say("line \(line + 1)") }
                    try say(table(answer.report))
                }
            }
            if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
        }
    }

    private func detect(_ scene: Scene, with painter: Painter, progress: (Int, Int) -> Void = { _, _ in }) throws -> (Report, Scene) {
        var result = scene
        let found = try painter.detect(scene, top: top, reading: reading.options, progress: progress)
        result.objects = found.objects
        // Relations of the input are about its own list of objects, which is no more.
        result.relations = scene.relations.isEmpty ? [] : result.measuredRelations()
        result.error = nil
        return (Report(result, classes: found.classes), result)
    }

    /// Columns: number, class, confidence, box, strokes.
    private func table(_ report: Report) -> String {
        if let error = report.error { return "  error: \(error)" }
        let width = max(8, report.objects.map { $0.class.count }.max() ?? 0)
        func cell(_ text: String, _ width: Int, right: Bool = false) -> String {
            let space = String(repeating: " ", count: max(0, width - text.count))
            return right ? space + text : text + space
        }
        func row(_ number: String, _ name: String, _ confidence: String, _ box: [String], _ strokes: String) -> String {
            "\(cell(number, 3, right: true))  \(cell(name, width))  \(cell(confidence, 10, right: true))  "
                + box.map { cell($0, 6, right: true) }.joined(separator: " ") + "  \(strokes)"
        }
        var lines = [row("#", "class", "confidence", ["x0", "y0", "x1", "y1"], "strokes")]
        for (index, object) in report.objects.enumerated() {
            let sides = [object.box.x0, object.box.y0, object.box.x1, object.box.y1].map { String(format: "%.1f", $0) }
            lines.append(row("\(index + 1)", singleLine(object.class), object.confidence.map { String(format: "%.2f", $0) } ?? "", sides, Self.ranges(object.strokes)))
        }
        if !report.looseStrokes.isEmpty { lines.append("     strokes of nothing known: \(Self.ranges(report.looseStrokes))") }
        if relations {
            // One of each pair that says the same: left of without right of, larger without smaller.
            let shown = report.relations.filter { ![.rightOf, .below, .smaller].contains($0.relation) && ($0.relation != .nextTo || $0.subject < $0.object) }
            lines += shown.isEmpty ? ["no relations hold"] : shown.map(\.sentence)
        }
        return lines.joined(separator: "\n")
    }

    /// "0-3, 7": stroke indices with runs drawn together.
    static func ranges(_ indices: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for index in indices.sorted() {
            if let last = runs.last, last.upperBound + 1 == index { runs[runs.count - 1] = last.lowerBound...index } else { runs.append(index...index) }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
    }
}
