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
            strokes as one. Say what it shall be, or leave it to the model. It is drawn several times, and the best is kept, or shown several times (--endings), \
            the best first: as a sheet (SVG, PNG), pages (PDF) or lines (ndjson). An SVG answered as SVG, and scene JSON answered as JSON, gain the strokes of one ending; \
            every other byte stays, and the file remembers (`atelier undo`).

            Examples:  atelier complete partial.svg "a cat" -o out.svg
                       atelier complete partial.svg "a cat" --endings 6 -o sheet.png
                       atelier complete partial.ndjson -o out.ndjson --seed 5
            """)

    @Argument(help: "Drawing: SVG, Excalidraw, scene JSON or ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), or a picture of lines (PNG, JPEG); - is standard input.") var input: String
    @Argument(help: "What it shall be, as in \"a cat\".") var prompt: String?
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @OptionGroup(title: "Sampling") var sampling: SamplingOptions
    @Option(help: ArgumentHelp("Give so many different endings, 1 to 16, the best first.", valueName: "n")) var endings = 1
    @Option(help: ArgumentHelp("Draw one ending so often, 1 to 64, and keep the first that is surely recognised, else the best; usually 8.", valueName: "n"))
    var candidates: Int?
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: class, new strokes, scene, notices, file written; of several endings, all.") var json = false

    func validate() throws {
        guard 1...16 ~= endings else { throw ValidationError("--endings takes 1 to 16, not \(endings)") }
        if let candidates, !(1...64 ~= candidates) { throw ValidationError("--candidates takes 1 to 64, not \(candidates)") }
        if candidates != nil, endings > 1 { throw ValidationError("--endings shows all that are drawn, --candidates keeps one of them: give one of the two") }
    }

    /// One ending.
    struct Report: Encodable {
        var file: String?
        var `class`: String?
        /// Indices of the strokes drawn, in the scene.
        var newStrokes: [Int] = []
        var scene: Scene
        var seed: UInt64?
        /// How surely it is recognised as what it shall be, 0…1.
        var recognised: Double?
        /// Of several: which one it is, from 1, before they were put in order.
        var ending: Int?
        var notices: [String] = []
        var error: String?
    }

    /// Several endings, the best first.
    struct EndingsReport: Encodable {
        var file: String?
        var endings: [Report]
        var error: String?
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            let destination = try output.destination(usual: sketches.format, stem: sketches.stem + "-completed", json: json)
            let options = try picture.options(for: destination.format)
            let painter = try model.loadPainter(ranks: true)
            if !sketches.isBatch {
                var reports = try complete(sketches.scenes[0], with: painter, line: 0)
                let what = "\(reports[0].class ?? "?"), \(listed(reports.map { counted($0.newStrokes.count, "new stroke") })), seed \(sampling.seed)"
                if endings > 1 {
                    let file = try destination.write(reports.map(\.scene), options, what: "\(counted(reports.count, "ending")): \(what)")
                    if json { try printJSON(EndingsReport(file: file, endings: reports)) }
                    return
                }
                reports[0].file = try destination.write(
                    sketches.edited(
                        reports[0].scene, [.append(addition(reports[0]))], for: destination, options, isPlain: !picture.isGiven, command: "complete \(reports[0].class ?? "")"),
                    what: what)
                if json { try printJSON(reports[0]) }
                return
            }
            let (lines, failures) = try Batch.run(sketches.scenes.count) { line in
                try complete(sketches.scenes[line], with: painter, line: line, place: "line \(line + 1): ")
            } failed: { line, reason in
                var scene = sketches.scenes[line]
                scene.error = reason
                return [Report(scene: scene, error: reason)]
            }
            let file = try destination.write(lines.flatMap { $0.map(\.scene) }, options, what: counted(lines.reduce(0) { $0 + $1.count }, "scene"))
            if json, endings > 1 {
                let results = lines.map { reports in reports[0].error.map { EndingsReport(endings: [], error: $0) } ?? EndingsReport(endings: reports) }
                try printJSON(BatchReport(file: file, failed: failures, results: results))
            } else if json { try printJSON(BatchReport(file: file, failed: failures, results: lines.flatMap { $0 })) }
            if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
        }
    }

    /// The endings of a scene, one or more.
    private func complete(_ scene: Scene, with painter: Painter, line: Int, place: String = "") throws -> [Report] {
        let prompt = prompt ?? ""
        let all = if endings > 1 { try painter.endings(endings, of: scene, prompt: prompt, seed: sampling.seed, sampling: sampling.sampling, line: line) } else {
            [try painter.complete(scene, prompt: prompt, seed: sampling.seed, sampling: sampling.sampling, candidates: candidates ?? DrawingOptions().candidates, line: line)]
        }
        for notice in all[0].notices { note("note: \(place)\(notice)") }
        return all.map { completed in
            var result = completed.scene
            result.error = nil
            return Report(class: completed.className, newStrokes: Array(scene.strokes.count..<result.strokes.count), scene: result, seed: result.seed,
                          recognised: completed.recognised, ending: endings > 1 ? completed.ending + 1 : nil, notices: completed.notices)
        }
    }

    /// The new strokes alone, as an object.
    private func addition(_ report: Report) -> Scene {
        let new = report.newStrokes.map { report.scene.strokes[$0] }
        var scene = Scene(width: report.scene.width, height: report.scene.height, strokes: new)
        if let box = Box.of(new) { scene.objects = [SceneObject(className: report.class ?? "", box: box, strokes: Array(new.indices))] }
        return scene
    }
}
