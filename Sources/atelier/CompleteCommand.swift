import ArgumentParser
import Foundation
import Painter
import Sketches

struct CompleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete",
        abstract: "Finishes a drawing that was begun; the given strokes stay as they were.",
        discussion: """
            Finishes the object that the loose strokes begin; where every stroke has an object, the one of the class that you name, else all \
            strokes as one. Say what it shall be, or leave it to the model. An SVG answered as SVG gains a group at its end; every byte before it stays.

            Examples:  atelier complete partial.svg "a cat" -o out.svg
                       atelier complete partial.ndjson -o out.ndjson --seed 5
            """)

    @Argument(help: "Drawing: SVG, Excalidraw, scene JSON or ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), or a picture of lines (PNG, JPEG); - is standard input.") var input: String
    @Argument(help: "What it shall be, as in \"a cat\".") var prompt: String?
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @OptionGroup(title: "Sampling") var sampling: SamplingOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: class, new strokes, scene, notices, file written.") var json = false

    struct Report: Encodable {
        var file: String?
        var `class`: String?
        /// Indices of the strokes drawn, in the scene.
        var newStrokes: [Int] = []
        var scene: Scene
        var seed: UInt64?
        var notices: [String] = []
        var error: String?
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            let destination = try output.destination(usual: sketches.format, stem: sketches.stem + "-completed", json: json)
            let options = try picture.options(for: destination.format)
            let painter = try model.loadPainter()
            if !sketches.isBatch {
                var report = try complete(sketches.scenes[0], with: painter, line: 0)
                let what = "\(report.class ?? "?"), \(counted(report.newStrokes.count, "new stroke")), seed \(sampling.seed)"
                if let document = sketches.content.document, destination.format == .svg, !picture.isGiven {
                    report.file = try destination.write(document.appending(addition(report)), what: what)
                } else {
                    report.file = try destination.write([report.scene], options, what: what)
                }
                if json { try printJSON(report) }
                return
            }
            let (reports, failures) = try Batch.run(sketches.scenes.count) { line in
                try complete(sketches.scenes[line], with: painter, line: line, place: "line \(line + 1): ")
            } failed: { line, reason in
                var scene = sketches.scenes[line]
                scene.error = reason
                return Report(scene: scene, error: reason)
            }
            let file = try destination.write(reports.map(\.scene), options, what: counted(reports.count, "scene"))
            if json { try printJSON(BatchReport(file: file, failed: failures, results: reports)) }
            if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
        }
    }

    private func complete(_ scene: Scene, with painter: Painter, line: Int, place: String = "") throws -> Report {
        let completed = try painter.complete(scene, prompt: prompt ?? "", seed: sampling.seed, sampling: sampling.sampling, line: line)
        for notice in completed.notices { note("note: \(place)\(notice)") }
        var result = completed.scene
        result.error = nil
        return Report(class: completed.className, newStrokes: Array(scene.strokes.count..<result.strokes.count), scene: result, seed: result.seed, notices: completed.notices)
    }

    /// The new strokes alone, as an object.
    private func addition(_ report: Report) -> Scene {
        let new = report.newStrokes.map { report.scene.strokes[$0] }
        var scene = Scene(width: report.scene.width, height: report.scene.height, strokes: new)
        if let box = Box.of(new) { scene.objects = [SceneObject(className: report.class ?? "", box: box, strokes: Array(new.indices))] }
        return scene
    }
}
