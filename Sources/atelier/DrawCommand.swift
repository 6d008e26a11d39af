import ArgumentParser
import Foundation
import Painter
import Sketches

struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draws a sentence as an editable sketch, or a file of sentences.",
        discussion: """
            One to six objects, with counts, sizes and the relations left of, right of, above, below, inside, larger than, smaller than, next to. \
            The same prompt, seed and model give the same bytes. Line i of a batch has a seed of its own, which `seed` in its scene tells and \
            which draws it again alone.

            Examples:  atelier draw "a cat to the left of a house" -o out.svg
                       atelier draw "two fish above a boat" --candidates 4 -o out.png
                       atelier draw "a small dog inside a house" -o out.svg --animate
                       atelier draw "a flower" -o flower.gif
                       atelier draw --prompts prompts.txt -o out.ndjson
            """)

    @Argument(help: "What to draw, in English.") var prompt: String?
    @Option(help: ArgumentHelp("A file of prompts, one a line (- is standard input); gives one scene a line, in order.", valueName: "file"))
    var prompts: String?
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @OptionGroup(title: "Sampling") var sampling: SamplingOptions
    @Option(help: ArgumentHelp("Draw this many, 1 to 64, and keep the one the model finds likeliest.", valueName: "n")) var candidates = 1
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: scene, notices, relations and whether they hold, seed, tokens, file written.") var json = false

    func validate() throws {
        guard (prompt == nil) != (prompts == nil) else {
            throw ValidationError(prompt == nil ? "Give a prompt, as in: atelier draw \"a cat\" -o cat.svg" : "Give a prompt or --prompts, not both")
        }
        guard 1...64 ~= candidates else { throw ValidationError("--candidates takes 1 to 64, not \(candidates)") }
    }

    func run() throws {
        try exitCleanly {
            if let prompts { try drawAll(InputFile.lines(prompts), stem: prompts == "-" ? "drawings" : fileStem(((prompts as NSString).lastPathComponent as NSString).deletingPathExtension)) }
            else if let prompt { try drawOne(prompt) }
        }
    }

    /// What became of one prompt.
    struct Report: Encodable {
        var file: String?
        var prompt: String
        var scene: Scene
        var model: String
        var notices: [String] = []
        /// The relations that the model read in the prompt, and whether the drawing bears them out.
        var relations: [RelationReport] = []
        var seed: UInt64?
        var tokens = 0
        var meanLogProbability: Double?
        var error: String?
    }

    private func drawOne(_ prompt: String) throws {
        let destination = try output.destination(usual: .svg, stem: fileStem(prompt), json: json)
        let options = try picture.options(for: destination.format)
        let painter = try model.loadPainter()
        var report = report(try painter.draw(prompt, seed: sampling.seed, sampling: sampling.sampling, candidates: candidates), of: prompt, painter, line: 0)
        let what = listed(report.scene.objects.map(\.brief))
        report.file = try destination.write([report.scene], options, what: "\(what), seed \(report.seed ?? sampling.seed)")
        if json { try printJSON(report) }
    }

    private func drawAll(_ prompts: [String], stem: String) throws {
        let destination = try output.destination(usual: .ndjson, stem: stem, json: json)
        let options = try picture.options(for: destination.format)
        let painter = try model.loadPainter()
        let progress = CountProgress(of: prompts.count)
        let orders = prompts.enumerated().map { Painter.Order($1, line: $0) }
        let drawn = try painter.draw(orders, seed: sampling.seed, sampling: sampling.sampling, candidates: candidates) { progress.show(done: $0) }
        progress.clear()
        let (reports, failures) = try Batch.run(prompts.count) { line in
            report(try drawn[line].get(), of: prompts[line], painter, line: line)
        } failed: { line, reason in
            let side = 256.0                              // as Painter draws
            return Report(prompt: prompts[line], scene: Scene(prompt: prompts[line], width: side, height: side, error: reason), model: painter.name, error: reason)
        }
        let file = try destination.write(reports.map(\.scene), options, what: counted(reports.count, "scene"))
        if json { try printJSON(BatchReport(file: file, failed: failures, results: reports)) }
        if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
    }

    private func report(_ drawn: Painter.Drawn, of prompt: String, _ painter: Painter, line: Int) -> Report {
        let place = prompts == nil ? "" : "line \(line + 1): "
        for notice in drawn.notices { note("note: \(place)\(notice)") }
        let relations = drawn.stated.map { RelationReport($0, in: drawn.scene) }
        for relation in relations where !relation.holds {
            note("note: \(place)the drawing does not show that \(relation.subjectClass) is \(relation.relation.rawValue) \(relation.objectClass); try another --seed")
        }
        return Report(prompt: prompt, scene: drawn.scene, model: painter.name, notices: drawn.notices, relations: relations, seed: drawn.seed,
                      tokens: drawn.tokens, meanLogProbability: drawn.meanLogProbability)
    }
}
