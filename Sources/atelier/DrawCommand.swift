import ArgumentParser
import Foundation
import Painter
import Sketches

struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draws a sentence as an editable sketch, or a file of sentences.",
        discussion: """
            One to eight objects, with counts, sizes, places ("in the top left corner", "in a row") and the relations left of, right of, above, below, \
            inside, larger than, smaller than, next to. First a plan is made: what the sentence asks for, and a box for each object; then each object is \
            sketched several times, and the best is kept. The same prompt, seed and model give the same bytes. Line i of a batch has a seed of its own, \
            which `seed` in its scene tells and which draws it again alone.

            Examples:  atelier draw "a cat to the left of a house" -o out.svg
                       atelier draw "three fish in a row and a tiny boat at the top" -o out.png
                       atelier draw "a flower" --style icon --detail 2 -o out.svg --animate
                       atelier draw "a dog inside a house" --plan-only -o plan.json && atelier draw --plan plan.json -o out.svg
                       atelier draw "a flower" -o flower.gif
                       atelier draw --prompts prompts.txt -o out.ndjson
            """)

    @Argument(help: "What to draw, in English.") var prompt: String?
    @Option(help: ArgumentHelp("A file of prompts, one a line (- is standard input); gives one scene a line, in order.", valueName: "file"))
    var prompts: String?
    @Option(help: ArgumentHelp("A plan to draw, as --plan-only writes it, changed as you like: scene JSON of objects without strokes.", valueName: "file"))
    var plan: String?
    @Flag(help: "Write the plan alone: classes, sizes, places, boxes and relations.") var planOnly = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @OptionGroup(title: "Sampling") var sampling: SamplingOptions
    @Option(help: ArgumentHelp("Sketch each object so often, 1 to 64, and keep the first that is surely recognised, else the best.", valueName: "n")) var candidates = 8
    @Flag(help: "Draw as freely as people do: more varied in shape, size and strokes, less surely recognised.") var free = false
    @Option(help: ArgumentHelp(
        "Sketches more of their class and less varied, for twice the work: 1, as they come, to 4. Usually \(DrawingOptions().guidance), with --free \(DrawingOptions.free.guidance).", valueName: "w"))
    var guidance: Float?
    @Option(help: ArgumentHelp("auto, doodle or icon: as people doodle, or as the strokes of an icon; auto takes what draws each thing better.", valueName: "style"))
    var style: StyleChoice = .auto
    @Option(help: ArgumentHelp("How much the strokes tell: 1, a few lines, to 5, every bend.", valueName: "n")) var detail = SketchDetail.usual.rawValue
    @OptionGroup(title: "Model") var model: ModelOptions
    @Flag(help: "Print one JSON document: scene, notices, relations and whether they hold, seed, tokens, file written.") var json = false

    /// What `--style` takes.
    enum StyleChoice: String, CaseIterable, ExpressibleByArgument { case auto, doodle, icon }

    func validate() throws {
        if prompt == nil, prompts == nil, plan == nil { throw ValidationError("Give a prompt, as in: atelier draw \"a cat\" -o cat.svg") }
        if prompts != nil, prompt != nil || plan != nil || planOnly { throw ValidationError("Give a prompt or --prompts, not both; plans go one at a time") }
        if plan != nil, planOnly { throw ValidationError("--plan draws a plan, --plan-only writes one: give one of them") }
        guard 1...64 ~= candidates else { throw ValidationError("--candidates takes 1 to 64, not \(candidates)") }
        if let guidance, !(1...4 ~= guidance) { throw ValidationError("--guidance takes 1 to 4, not \(guidance)") }
        guard SketchDetail(rawValue: detail) != nil else { throw ValidationError("--detail takes 1 to 5, not \(detail)") }
    }

    private var options: DrawingOptions {
        var options = free ? DrawingOptions.free : DrawingOptions()
        options.sampling = sampling.sampling(topP: options.sampling.topP)
        options.candidates = candidates
        options.guidance = guidance ?? options.guidance
        options.style = SketchStyle(rawValue: style.rawValue)
        options.detail = SketchDetail(rawValue: detail) ?? .usual
        return options
    }

    func run() throws {
        try exitCleanly {
            if let prompts { try drawAll(InputFile.lines(prompts), stem: prompts == "-" ? "drawings" : fileStem(((prompts as NSString).lastPathComponent as NSString).deletingPathExtension)) }
            else { try drawOne(prompt ?? "") }
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
        /// How surely each object is recognised as what it shall be, 0…1.
        var recognised: [Double?] = []
        var error: String?
    }

    private func drawOne(_ prompt: String) throws {
        var order = Painter.Order(prompt)
        if let plan {
            let scenes = try InputFile.sketches(plan).scenes
            guard scenes.count == 1 else { throw CommandError.data("\(plan): holds \(scenes.count) scenes; a plan is one") }
            order.plan = scenes[0]
            if prompt.isEmpty { order.prompt = scenes[0].prompt ?? "" }
        }
        let destination = try output.destination(usual: planOnly ? .json : .svg, stem: fileStem(order.prompt), json: json)
        if planOnly, ![.json, .ndjson].contains(destination.format) { throw CommandError.usage("a plan is scene JSON: give -o a name in .json") }
        let pictures = try picture.options(for: destination.format)
        let painter = try model.loadPainter(ranks: !planOnly)
        let drawn = try planOnly ? painter.plan(order.prompt, seed: sampling.seed, options: options) : painter.draw([order], seed: sampling.seed, options: options)[0].get()
        var report = report(drawn, of: order.prompt, painter, line: 0)
        let what = listed(report.scene.objects.map { planOnly ? $0.className : $0.brief })
        report.file = try destination.write([report.scene], pictures, what: "\(what), seed \(report.seed ?? sampling.seed)")
        if json { try printJSON(report) }
    }

    private func drawAll(_ prompts: [String], stem: String) throws {
        let destination = try output.destination(usual: .ndjson, stem: stem, json: json)
        let pictures = try picture.options(for: destination.format)
        let painter = try model.loadPainter(ranks: true)
        let progress = CountProgress(of: prompts.count)
        let orders = prompts.enumerated().map { Painter.Order($1, line: $0) }
        let drawn = try painter.draw(orders, seed: sampling.seed, options: options) { progress.show(done: $0) }
        progress.clear()
        let (reports, failures) = try Batch.run(prompts.count) { line in
            report(try drawn[line].get(), of: prompts[line], painter, line: line)
        } failed: { line, reason in
            let side = 256.0                              // as Painter draws
            return Report(prompt: prompts[line], scene: Scene(prompt: prompts[line], width: side, height: side, error: reason), model: painter.name, error: reason)
        }
        let file = try destination.write(reports.map(\.scene), pictures, what: counted(reports.count, "scene"))
        if json { try printJSON(BatchReport(file: file, failed: failures, results: reports)) }
        if failures > 0 { throw ExitCode(ExitStatus.someFailed) }
    }

    private func report(_ drawn: Painter.Drawn, of prompt: String, _ painter: Painter, line: Int) -> Report {
        let place = prompts == nil ? "" : "line \(line + 1): "
        for notice in drawn.notices { note("note: \(place)\(notice)") }
        let relations = drawn.stated.map { RelationReport($0, in: drawn.scene) }
        for relation in relations where !relation.holds && !planOnly {
            note("note: \(place)the drawing does not show that \(relation.subjectClass) is \(relation.relation.rawValue) \(relation.objectClass); try another --seed")
        }
        return Report(prompt: prompt, scene: drawn.scene, model: painter.name, notices: drawn.notices, relations: relations, seed: drawn.seed,
                      tokens: drawn.tokens, recognised: drawn.recognised)
    }
}
