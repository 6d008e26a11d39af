import ArgumentParser
import Sketches

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Turns sketches of any readable form into any writable one. Needs no model.",
        discussion: """
            Reads SVG, Excalidraw, scene JSON and ndjson, QuickDraw ndjson (simplified and raw), stroke-3 (JSON, npz) and pictures of line drawings \
            (PNG, JPEG: traced), told by content. Several scenes make a \
            sheet (SVG, PNG, GIF), pages (PDF), a list (JSON) or lines (ndjson).

            Examples:  atelier render scenes.ndjson -o sheet.png --columns 4 --labels
                       atelier render drawing.svg -o drawing.gif
                       atelier render drawing.svg -o drawing.json
                       atelier render scene.json -o drawing.ndjson --format quickdraw
            """)

    @Argument(help: "Sketches; - is standard input.") var input: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Pictures") var picture: PictureOptions
    @Option(help: ArgumentHelp("Drawings in a row of a sheet, 1 to 1000.", valueName: "n")) var columns: Int?
    @Option(help: ArgumentHelp("The pen's width in pixels of the drawing, above 0, up to 1000.", valueName: "w")) var strokeWidth: Double?
    @Flag(help: "PNG, GIF and SVG without paper behind the strokes.") var transparent = false
    @Flag(help: "Print one JSON document: form, scenes, objects, strokes, warnings, file written.") var json = false

    struct Report: Encodable {
        var file: String?
        let form: String, format: SketchFormat
        let scenes, objects, strokes: Int
        let warnings: [String]
    }

    func validate() throws {
        if let columns, !(1...1_000 ~= columns) { throw ValidationError("--columns takes 1 to 1000, not \(columns)") }
        if let strokeWidth, !(strokeWidth > 0 && strokeWidth <= 1_000) { throw ValidationError("--stroke-width takes a number above 0, up to 1000, not \(strokeWidth)") }
    }

    func run() throws {
        try exitCleanly {
            let sketches = try InputFile.sketches(input)
            let destination = try output.destination(usual: .png, stem: sketches.stem, json: json)
            var options = try picture.options(for: destination.format)
            options.columns = columns
            options.strokeWidth = strokeWidth
            if transparent { options.background = nil }
            let scenes = sketches.scenes
            let objects = scenes.reduce(0) { $0 + $1.objects.count }, strokes = scenes.reduce(0) { $0 + $1.strokes.count }
            let file = try destination.write(scenes, options, what: "\(counted(scenes.count, "scene")), \(counted(strokes, "stroke"))")
            if json {
                try printJSON(Report(file: file, form: sketches.content.form.rawValue, format: destination.format, scenes: scenes.count, objects: objects,
                                     strokes: strokes, warnings: sketches.content.warnings))
            }
        }
    }
}
