import ArgumentParser
import Files
import Foundation
import Sketches

extension SketchFormat: ExpressibleByArgument {}

/// Where a command writes, and in which form.
struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .customLong("output")],
            help: ArgumentHelp("File to write; - is standard output. Without it a new file, never one that is there.", valueName: "file"))
    var output: String?
    @Option(help: "Form of the output; else by the file's extension.") var format: SketchFormat?

    func validate() throws {
        if output == "" { throw ValidationError("-o needs a file name; - is standard output") }
    }

    /// Settles path and form, and finds out early whether the file can be created.
    /// - Parameters:
    ///   - usual: the form where neither `--format` nor an extension says one.
    ///   - stem: how a new file is called, without extension.
    ///   - json: standard output is taken by a JSON document.
    func destination(usual: SketchFormat, stem: String, json: Bool) throws -> Destination {
        if output == "-", json { throw CommandError.usage("--json and -o - both want standard output; give -o a file") }
        guard let output else {
            let format = format ?? usual
            return Destination(path: nil, stem: stem, format: format)
        }
        if let format { return try Destination(path: output, stem: stem, format: format).checked() }
        if output == "-" || (output as NSString).pathExtension.isEmpty { return try Destination(path: output, stem: stem, format: usual).checked() }
        guard let format = SketchFormat(path: output) else {
            let video = (output as NSString).pathExtension.lowercased()
            if ["mp4", "webm", "mov", "mkv", "avi"].contains(video) {
                throw CommandError.usage("\(output): videos are made by a program of their own: give -o a name in .svg, then atelier-media drawing.svg -o drawing.mp4")
            }
            let known = SketchFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError.usage("\(output): no form has this extension; choose one with --format (\(known))")
        }
        return try Destination(path: output, stem: stem, format: format).checked()
    }
}

/// A file to be written: a path of the person's, or a new name in the working folder.
struct Destination {
    let path: String?
    let stem: String
    let format: SketchFormat

    /// The same, when there is hope that it can be written.
    fileprivate func checked() throws(OutputError) -> Destination {
        if let path { try Self.check(path) }
        return self
    }

    /// Finds out whether there is hope that a file can be written: long work shall not end in a misspelt folder.
    static func check(_ path: String) throws(OutputError) {
        guard path != "-" else { return }
        var isFolder: ObjCBool = false
        let manager = FileManager.default
        if manager.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue { throw .cannotCreate(path: path, reason: "it is a folder") }
            return
        }
        let folder = (path as NSString).deletingLastPathComponent
        guard manager.fileExists(atPath: folder.isEmpty ? "." : folder, isDirectory: &isFolder) else {
            throw .cannotCreate(path: path, reason: "there is no folder \(folder)")
        }
        guard isFolder.boolValue else { throw .cannotCreate(path: path, reason: "\(folder) is not a folder") }
    }

    /// Writes the file whole or not at all, and notes its name.
    /// - Returns: the name; nil for standard output.
    @discardableResult
    func write(_ data: Data, what: String = "") throws(OutputError) -> String? {
        if path == "-" {
            try SketchFile.writeAtomically(data, to: "-")
            return nil
        }
        let name: String
        if let path { name = path } else { name = try reserved() }
        do throws(OutputError) { try SketchFile.writeAtomically(data, to: name) } catch {
            if path == nil { try? FileManager.default.removeItem(atPath: name) }
            throw error
        }
        note("wrote \(name)\(what.isEmpty ? "" : ": \(what)")")
        return name
    }

    /// Writes scenes in the form asked for.
    @discardableResult
    func write(_ scenes: [Scene], _ picture: RenderOptions, what: String = "") throws -> String? {
        try write(SketchFile.write(scenes, format: format, options: picture), what: what)
    }

    /// Takes the first free name among `stem.svg`, `stem-2.svg`, …, so that no other process can take it too.
    private func reserved() throws(OutputError) -> String {
        for number in 1...100_000 {
            let name = "\(stem)\(number == 1 ? "" : "-\(number)").\(format.fileExtension)"
            let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                close(descriptor)
                return name
            }
            if errno != EEXIST { throw .cannotCreate(path: name, reason: String(cString: strerror(errno))) }
        }
        throw .cannotCreate(path: "\(stem).\(format.fileExtension)", reason: "100,000 files of this name are there already; give one with -o")
    }
}

/// A text as part of a file name: a few plain words.
func fileStem(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let stem = words.joined(separator: "-").prefix(60)
    return stem.isEmpty ? "drawing" : String(stem)
}

/// How scenes look as pictures.
struct PictureOptions: ParsableArguments {
    @Flag(help: "Each object in its own colour.") var colors = false
    @Flag(help: "A box around each object.") var boxes = false
    @Flag(help: "Each object's class beside it.") var labels = false
    @Flag(help: "SVG: the strokes draw themselves, in order, as those of a GIF always do.") var animate = false
    @Flag(help: "GIF: plays once instead of for ever.") var once = false
    @Option(help: ArgumentHelp("Longest side of the picture, 16 to 8192, of a GIF to 2048 (pixels; points in PDF).", valueName: "n")) var size: Int?

    func validate() throws {
        if let size, !(16...8_192 ~= size) { throw ValidationError("--size takes 16 to 8192, not \(size)") }
    }

    /// Whether any was asked for.
    var isGiven: Bool { colors || boxes || labels || animate || once || size != nil }

    /// - Parameter format: what is written; an option that it cannot show is an error (`--animate`, `--once`) or noted.
    func options(for format: SketchFormat) throws(CommandError) -> RenderOptions {
        if animate, ![.svg, .gif].contains(format) { throw .usage("--animate needs SVG or GIF, not \(format.rawValue); give -o a name in .svg or .gif") }
        if once, format != .gif { throw .usage("--once needs GIF, not \(format.rawValue); give -o a name in .gif") }
        if let size, format == .gif, size > StrokeAnimation.gifSideLimit { throw .usage("--size takes 16 to \(StrokeAnimation.gifSideLimit) for GIF, not \(size)") }
        if isGiven, ![.svg, .png, .gif, .pdf, .excalidraw].contains(format) {
            note("note: \(format.rawValue) holds strokes, not a picture: --colors, --boxes, --labels and --size change nothing")
        }
        return RenderOptions(size: size, colors: colors, boxes: boxes, labels: labels, animate: animate, loops: !once)
    }
}
