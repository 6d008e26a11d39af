import ArgumentParser
import Files
import Foundation
import Sketches

/// Drawings that draw themselves, as video. A program of its own, so that `atelier` needs no video library: this one needs none either, it runs the
/// `ffmpeg` program.
@main
struct AtelierMedia: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atelier-media",
        abstract: "Turns sketches into videos in which the strokes draw themselves.",
        discussion: """
            Reads what `atelier render` reads: SVG, Excalidraw, scene JSON and ndjson, QuickDraw ndjson, stroke-3, line drawings as PNG or JPEG. Several \
            drawings stand side by side. MP4 (H.264) and WebM (VP9) need the ffmpeg program (apt-get install ffmpeg); GIF needs nothing.

            Examples:  atelier-media flower.svg -o flower.mp4
                       atelier-media scenes.ndjson -o sheet.webm --colors --columns 4
                       atelier draw "a cat" -o - | atelier-media - -o cat.mp4

            Exit status: 0 done, 64 wrong usage, 65 bad input, 66 no such input, 69 no ffmpeg, 70 internal error, 73 output cannot be created, \
            74 input, output or ffmpeg failed, 130 interrupted.
            """)

    @Argument(help: "Sketches; - is standard input.") var input: String
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("File to write: .mp4, .webm or .gif.", valueName: "file")) var output: String
    @Option(help: "Form of the output; else by the file's extension.") var format: VideoForm?
    @Option(help: ArgumentHelp("Longest side of the picture in pixels, 16 to 4096, or 2048 for GIF; else 720, or 512 for GIF.", valueName: "n")) var size: Int?
    @Option(help: ArgumentHelp("Pictures a second, 1 to 60, or 50 for GIF; else 30, or 25 for GIF.", valueName: "n")) var rate: Int?
    @Option(help: ArgumentHelp("For how many seconds the whole drawing stays at the end, 0 to \(StrokeAnimation.holdLimit).", valueName: "s")) var hold = 2.0
    @Flag(help: "Each object in its own colour.") var colors = false
    @Flag(help: "A box around each object, once it is drawn.") var boxes = false
    @Flag(help: "Each object's class beside it, once it is drawn.") var labels = false
    @Option(help: ArgumentHelp("The paper's colour as six hexadecimal digits.", valueName: "rrggbb")) var background = Color.white
    @Option(help: ArgumentHelp("Drawings in a row of a sheet, 1 to 1000.", valueName: "n")) var columns: Int?
    @Flag(help: "GIF: plays once instead of for ever.") var once = false
    @Flag(help: "Print one JSON document: file, pictures, their size and rate, seconds, encoder.") var json = false

    /// What `--json` tells.
    struct Report: Encodable {
        let file: String, format: VideoForm
        let width: Int, height: Int, frames: Int, rate: Int, seconds: Double
        /// ffmpeg's name of it; none for GIF.
        let encoder: String?
    }

    func validate() throws {
        let form = try form()
        guard output != "-" || form == .gif else { throw ValidationError("A video cannot be written to standard output; give -o a file") }
        guard output != "-" || !json else { throw ValidationError("--json and -o - both want standard output; give -o a file") }
        let sizes = 16...(form == .gif ? StrokeAnimation.gifSideLimit : 4_096), rates = 1...(form == .gif ? StrokeAnimation.gifRateLimit : StrokeAnimation.rateLimit)
        if let size, !(sizes ~= size) { throw ValidationError("--size takes \(sizes.lowerBound) to \(sizes.upperBound) for \(form.rawValue), not \(size)") }
        if let rate, !(rates ~= rate) { throw ValidationError("--rate takes \(rates.lowerBound) to \(rates.upperBound) for \(form.rawValue), not \(rate)") }
        guard hold >= 0, hold <= Double(StrokeAnimation.holdLimit) else { throw ValidationError("--hold takes 0 to \(StrokeAnimation.holdLimit), not \(hold)") }
        if let columns, !(1...1_000 ~= columns) { throw ValidationError("--columns takes 1 to 1000, not \(columns)") }
        if once, form != .gif { throw ValidationError("--once needs GIF, not \(form.rawValue): players decide for themselves whether a video begins again") }
    }

    func run() throws {
        try exitCleanly {
            let form = try form()
            let content = try SketchFile.load(input)
            for warning in content.warnings { note("note: \(warning)") }
            guard content.scenes.allSatisfy(\.isFinite) else { throw MediaError.notFinite(input) }
            let options = RenderOptions(size: size ?? form.usualSize, colors: colors, boxes: boxes, labels: labels, background: background, columns: columns)
            let animation = try StrokeAnimation(content.scenes, options: options, rate: rate ?? form.usualRate, hold: hold, evenSides: form != .gif)
            let encoder = try write(animation, form)
            let seconds = (animation.duration * 100).rounded() / 100
            if output != "-" { note("wrote \(output): \(animation.frameCount) pictures of \(animation.width) × \(animation.height), \(seconds) s\(encoder.map { ", \($0)" } ?? "")") }
            guard json else { return }
            let report = Report(file: output, format: form, width: animation.width, height: animation.height, frames: animation.frameCount,
                                rate: animation.rate, seconds: seconds, encoder: encoder)
            let printer = JSONEncoder()
            printer.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try SketchFile.writeAtomically(printer.encode(report) + Data("\n".utf8), to: "-")
        }
    }

    private func form() throws -> VideoForm {
        if let format { return format }
        if let form = VideoForm(rawValue: (output as NSString).pathExtension.lowercased()) { return form }
        throw ValidationError("\(output): no form has this extension; choose one with --format (\(VideoForm.allCases.map(\.rawValue).joined(separator: ", ")))")
    }

    /// Writes the file whole or not at all.
    /// - Returns: the name of ffmpeg's encoder, where it was needed.
    private func write(_ animation: StrokeAnimation, _ form: VideoForm) throws -> String? {
        if form == .gif {
            try SketchFile.writeAtomically(animation.gif(loops: !once), to: output)
            return nil
        }
        let program = try FFmpeg.find()
        let encoder = try program.encoder(for: form)
        let file = try FileReplacement(output)
        do {
            let progress = FrameProgress(of: animation.frameCount)
            defer { progress.clear() }
            let encoding = try program.start(encoder, form: form, width: animation.width, height: animation.height, rate: animation.rate, output: file.temporary)
            do {
                try animation.forEachFrame { index, picture in
                    try encoding.write(picture.bytes)
                    progress.show(done: index + 1)
                }
            } catch {
                encoding.stop()
                throw error
            }
            try encoding.finish()
        } catch {
            file.discard()
            throw error
        }
        try file.commit()
        return encoder.name
    }
}

extension Color: ExpressibleByArgument {
    /// From six hexadecimal digits, with or without `#`.
    public init?(argument: String) {
        let digits = argument.hasPrefix("#") ? argument.dropFirst() : argument[...]
        guard digits.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else { return nil }
        self.init(hex: value)
    }

    /// The same, for the help.
    public var defaultValueDescription: String { String(css.dropFirst()) }
}
