import ArgumentParser
import Sketches

struct InterpolateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interpolate",
        abstract: "Turns one drawing into another: what lies between, as a sheet, as lines, or as a moving GIF. Needs no model.",
        discussion: """
            Each stroke of the first drawing becomes the stroke of the second that is most like it in shape, place and size; what has no partner grows out \
            of the nearest line or shrinks into it. Objects that both files name (a "cat" here and there) become each other first. The two \
            drawings themselves stand at the ends, as they are. SVG, PNG and Excalidraw show a sheet, PDF has pages, ndjson lines; a GIF goes there and back.

            Examples:  atelier interpolate cat.svg dog.svg -o sheet.svg
                       atelier interpolate cat.svg dog.svg -o morph.gif --ease
                       atelier interpolate a.json b.json --steps 5 -o between.ndjson
            """)

    @Argument(help: "Drawing in any readable form (see `atelier render --help`), or a picture of lines (PNG, JPEG); of several, the first. - is standard input.")
    var first: String
    @Argument(help: "The drawing that it turns into, in any of the same forms.") var second: String
    @Option(help: ArgumentHelp("Drawings altogether, the two given ones at the ends, 2 to 100; else \(Self.usualSteps), or \(Self.gifSteps) of a GIF.", valueName: "n"))
    var steps: Int?
    @Flag(help: "Slow at the ends, faster between them.") var ease = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @Option(help: ArgumentHelp("Drawings in a row of a sheet, 1 to 1000; else all of up to \(Self.rowLimit) in one.", valueName: "n")) var columns: Int?
    @Flag(help: "Print one JSON document: which strokes become which, which grow and shrink, drawings, file written.") var json = false

    private static let usualSteps = 7, gifSteps = 31, rowLimit = 8

    struct Report: Encodable {
        var file: String?
        let format: SketchFormat
        /// Drawings from the first to the second, both counted.
        let steps: Int
        /// Indices of strokes: of the first drawing and of the second.
        let matches: [[Int]]
        /// Indices of strokes of the first drawing, and of the second, that have no partner.
        let shrinking, growing: [Int]
    }

    func validate() throws {
        if let steps, !(2...Interpolation.sceneLimit ~= steps) { throw ValidationError("--steps takes 2 to \(Interpolation.sceneLimit), not \(steps)") }
        if let columns, !(1...1_000 ~= columns) { throw ValidationError("--columns takes 1 to 1000, not \(columns)") }
        if first == "-", second == "-" { throw ValidationError("Standard input has one drawing: give a file for the other") }
    }

    func run() throws {
        try exitCleanly {
            let (from, start) = try drawing(first), (to, end) = try drawing(second)
            let destination = try output.destination(usual: .svg, stem: "\(start)-to-\(end)", json: json)
            var options = try picture.options(for: destination.format)
            let steps = steps ?? (destination.format == .gif ? Self.gifSteps : Self.usualSteps)
            options.columns = columns ?? (steps <= Self.rowLimit ? steps : nil)
            let between = try Interpolation(from: from, to: to)
            var what = "\(counted(between.matches.count, "stroke")) become others"
            if !between.shrinking.isEmpty { what += ", \(between.shrinking.count) shrink" }
            if !between.growing.isEmpty { what += ", \(between.growing.count) grow" }
            let file = if destination.format == .gif { try destination.write(between.flipBook(steps: steps, eased: ease, options: options).gif(), what: what) } else {
                try destination.write(between.scenes(steps, eased: ease), options, what: "\(counted(steps, "drawing")), \(what)")
            }
            guard json else { return }
            try printJSON(Report(file: file, format: destination.format, steps: steps, matches: between.matches.map { [$0.first, $0.second] },
                                 shrinking: between.shrinking, growing: between.growing))
        }
    }

    /// The drawing of a file, and a name for what becomes of it.
    private func drawing(_ path: String) throws -> (scene: Scene, stem: String) {
        let sketches = try InputFile.sketches(path)
        guard let scene = sketches.scenes.first else { throw CommandError.data("\(path): holds no drawing") }
        if sketches.scenes.count > 1 { note("note: \(path): holds \(sketches.scenes.count) drawings; the first is taken") }
        return (scene, sketches.stem)
    }
}
