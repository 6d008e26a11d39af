import ArgumentParser
import Foundation
import Painter
import Sketches

struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Says in a sentence what a drawing shows; every relation told is true of its ink.",
        discussion: """
            Objects that the file names are taken as told; without any, the strokes are read first.

            Examples:  atelier describe drawing.svg
                       atelier describe scenes.ndjson --json
            """)

    @Argument(help: "Drawing: SVG, Excalidraw, scene JSON or ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), or a picture of lines (PNG, JPEG); - is standard input.") var input: String
    @Flag(help: "Look at the strokes alone, not at the objects that the file names.") var ignoreObjects = false
    @OptionGroup(title: "Reading") var reading: SeededReadOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: text, objects, relations told.") var json = false

    struct Report: Encodable {
        var text = ""
        /// Classes of the objects.
        var objects: [String] = []
        /// The relations that the text tells.
        var relations: [RelationReport] = []
        var error: String?
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            // Files that name their objects need no model.
            let painter = ignoreObjects || sketches.scenes.contains { $0.objects.isEmpty } ? try model.loadPainter(ranks: true) : nil
            if !sketches.isBatch {
                let report = try describe(sketches.scenes[0], with: painter)
                return json ? try printJSON(report) : try say(report.text)
            }
            let (answers, failures) = try Batch.run(sketches.scenes.count) { try describe(sketches.scenes[$0], with: painter) } failed: { _, reason in Report(error: reason) }
            if json { try printJSON(BatchReport(file: nil, failed: failures, results: answers)) } else {
                for answer in answers { try say(answer.error.map { "error: \($0)" } ?? answer.text) }
            }
            if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
        }
    }

    private func describe(_ drawing: Scene, with painter: Painter?) throws -> Report {
        var scene = drawing
        if let painter, ignoreObjects || scene.objects.isEmpty { scene.objects = try painter.detect(scene, reading: reading.options).objects }
        guard let description = SceneDescription(scene) else { throw PainterError.emptyCanvas }
        return Report(text: description.text, objects: scene.objects.map(\.className), relations: description.relations.map { RelationReport($0, in: scene) })
    }
}
