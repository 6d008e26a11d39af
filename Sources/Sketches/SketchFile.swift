import Files
import Foundation

/// The forms in which sketches are written.
public enum SketchFormat: String, CaseIterable, Codable, Sendable {
    /// Vectors: a file of its own, or scenes side by side.
    case svg
    /// Pixels.
    case png
    /// Pixels, the strokes drawing themselves.
    case gif
    /// A page a scene.
    case pdf
    /// Scene JSON, indented; several scenes as a list.
    case json
    /// Scene JSON, a line each.
    case ndjson
    /// QuickDraw's lines, one an object.
    case quickdraw
    /// sketch-rnn's rows `[dx, dy, p]` as JSON.
    case stroke3
    /// sketch-rnn's rows as arrays that numpy opens, one a scene.
    case npz
    /// Excalidraw's drawings: each stroke freehand, each object a group; several scenes side by side.
    case excalidraw

    /// By the extension of a path: `.svg`, `.png`, `.gif`, `.pdf`, `.json`, `.ndjson` or `.jsonl`, `.npz`, `.excalidraw`; `nil` for any other.
    public init?(path: String) {
        switch (path as NSString).pathExtension.lowercased() {
        case "svg": self = .svg
        case "png": self = .png
        case "gif": self = .gif
        case "pdf": self = .pdf
        case "json": self = .json
        case "ndjson", "jsonl": self = .ndjson
        case "npz": self = .npz
        case "excalidraw": self = .excalidraw
        default: return nil
        }
    }

    /// The usual extension of the form's files, without the point.
    public var fileExtension: String {
        switch self {
        case .quickdraw: "ndjson"
        case .stroke3: "json"
        default: rawValue
        }
    }
}

/// Why scenes could not be written in a form.
public enum SketchWriteError: Error, Equatable, CustomStringConvertible {
    /// A scene (by its index) has NaN or infinity in it, or a canvas without area.
    case notFinite(scene: Int)
    /// The form needs a scene and there is none.
    case noScenes
    /// The form (its name) holds less than there is; how much it holds.
    case tooMany(String, limit: String)

    /// The sentence for the user.
    public var description: String {
        switch self {
        case .notFinite(let scene): "scene \(scene) has a size or coordinate that is not a finite number; no file form can hold it"
        case .noScenes: "there is no scene to write"
        case .tooMany(let form, let limit): "an \(form) file holds at most \(limit); write several files, or ndjson"
        }
    }
}

/// What was read from a file, with the form it had.
public struct SketchFileContent: Sendable {
    /// The form a file was in, told by its content.
    public enum Form: String, Sendable {
        /// Scene JSON: one scene, or a list.
        case sceneJSON
        /// Scene JSON, several records one after the other.
        case sceneLines
        /// QuickDraw's lines, simplified or raw (by the first record).
        case quickDraw
        /// sketch-rnn's rows: one drawing, or a list.
        case stroke3
        /// sketch-rnn's rows as numpy's arrays: an archive, or one array.
        case npz
        /// An Excalidraw drawing.
        case excalidraw
        /// An SVG file.
        case svg
        /// A picture of pixels (PNG, JPEG), traced.
        case picture
    }
    /// The form that the file had.
    public var form: Form
    /// Its scenes, in the file's order; one for an SVG, an Excalidraw drawing and a picture.
    public var scenes: [Scene]
    /// What the file has that cannot be read as strokes, each by name (SVG: and line); of a picture, what the tracing assumed.
    public var warnings: [String]
    /// The SVG itself, for editing it byte for byte.
    public var document: SVGDocument?
}

/// Reads and writes the files that sketches live in.
public enum SketchFile {
    /// The scenes of a file, whose form is told by its content: scene JSON (one, or a list), scene ndjson, QuickDraw ndjson (simplified and
    /// raw), stroke-3 (JSON, npz, npy), SVG, Excalidraw, and a drawing in lines as PNG or JPEG.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> [Scene] {
        try content(of: data, name: name).scenes
    }

    /// Reads the file at `path` (`-`: standard input).
    /// - Throws: `FileError`, `.unreadable` where the file cannot be opened.
    public static func load(_ path: String) throws(FileError) -> SketchFileContent {
        let name = path == "-" ? "standard input" : path
        let data: Data
        do {
            data = path == "-" ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let missing = access(path, F_OK) != 0 ? "there is no such file" : nil
            throw FileError(file: name, .unreadable(missing ?? (error as NSError).localizedDescription))
        }
        return try content(of: data, name: name)
    }

    /// Like `read`, with the form, warnings and, for SVG, the document.
    public static func content(of data: Data, name: String) throws(FileError) -> SketchFileContent {
        if data.starts(with: [0x89, 0x50, 0x4e, 0x47]) || data.starts(with: [0xff, 0xd8, 0xff]) {
            let (scene, notes) = try Tracing.read(data, name: name)
            return SketchFileContent(form: .picture, scenes: [scene], warnings: notes, document: nil)
        }
        let bytes = [UInt8](data)
        if bytes.starts(with: Array("PK".utf8)) {
            let (scenes, warnings) = try Stroke3Archive.read(bytes, file: name)
            return SketchFileContent(form: .npz, scenes: scenes, warnings: warnings, document: nil)
        }
        if bytes.starts(with: NumpyHeader.magic) {
            return SketchFileContent(form: .npz, scenes: try Stroke3Archive.readArray(bytes, file: name), warnings: [], document: nil)
        }
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var scanner = JSONScanner(bytes, file: name, from: start)
        switch scanner.peek() {
        case nil: throw FileError(file: name, .empty(expected: forms))
        case UInt8(ascii: "<"):
            let document = try SVGDocument(data, name: name)
            return SketchFileContent(form: .svg, scenes: [document.scene], warnings: document.warnings, document: document)
        case UInt8(ascii: "{") where ExcalidrawReader.isNext(scanner):
            let (scene, warnings) = try ExcalidrawReader.read(&scanner)
            if scanner.peek() != nil { throw scanner.error(.malformed("has more after the end of its drawing")) }
            return SketchFileContent(form: .excalidraw, scenes: [scene], warnings: warnings, document: nil)
        case UInt8(ascii: "{"): return try records(&scanner)
        case UInt8(ascii: "["): return try list(&scanner)
        default: throw FileError(file: name, .unknownForm(hint(for: bytes)))
        }
    }

    private static func records(_ scanner: inout JSONScanner) throws(FileError) -> SketchFileContent {
        var scenes: [Scene] = []
        var form = SketchFileContent.Form.sceneJSON
        while scanner.peek() != nil {
            try scanner.limit(scenes.count, "records")
            let record = try SceneReader.read(&scanner)
            if scenes.isEmpty, record.isQuickDraw { form = .quickDraw }
            scenes.append(record.scene)
        }
        if form == .sceneJSON, scenes.count > 1 { form = .sceneLines }
        return SketchFileContent(form: form, scenes: scenes, warnings: [], document: nil)
    }

    private static func list(_ scanner: inout JSONScanner) throws(FileError) -> SketchFileContent {
        var probe = scanner
        var nesting = 0
        while probe.peek() == UInt8(ascii: "["), nesting < 4 {
            nesting += 1
            probe.jump(to: probe.position + 1)
        }
        var scenes: [Scene] = []
        var form = SketchFileContent.Form.stroke3
        switch (nesting, probe.peek()) {
        case (1, UInt8(ascii: "{")):
            form = .sceneJSON
            try scanner.elements("a list of scenes") { (scanner, index) throws(FileError) in
                try scanner.limit(index, "scenes")
                scenes.append(try SceneReader.read(&scanner).scene)
            }
        case (3, _):
            try scanner.elements("a list of drawings") { (scanner, index) throws(FileError) in
                try scanner.limit(index, "drawings")
                scenes.append(try Stroke3.read(&scanner))
            }
        default: scenes.append(try Stroke3.read(&scanner))
        }
        if scanner.peek() != nil { throw scanner.error(.malformed("has more after the end of its list")) }
        return SketchFileContent(form: form, scenes: scenes, warnings: [], document: nil)
    }

    /// What can be read.
    private static let forms = "a scene (JSON), ndjson, QuickDraw ndjson, stroke-3 (JSON, npz), SVG, Excalidraw, or a drawing as PNG or JPEG"

    private static func hint(for bytes: [UInt8]) -> String {
        let isBitmap = bytes.starts(with: Array("BM".utf8)) && bytes.count > 10 && bytes[6..<10].allSatisfy { $0 == 0 }
        if isBitmap || [Array("GIF8".utf8), Array("RIFF".utf8), Array("II*".utf8)].contains(where: bytes.starts) {
            return "is a picture of another kind than PNG and JPEG: save it as PNG; expected \(forms)"
        }
        if bytes.starts(with: Array("%PDF".utf8)) { return "is a PDF; expected \(forms)" }
        if bytes.starts(with: [0x1f, 0x8b]) { return "is compressed: unpack it with gunzip first" }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { return "is UTF-16 text: save it as UTF-8" }
        return "is no form known here; expected \(forms)"
    }

    /// The scenes as a file of the form. Several scenes: `json` a list, `ndjson` and `quickdraw` lines, `svg`, `png`, `gif` and
    /// `excalidraw` a sheet, `pdf` pages, `npz` an array each.
    ///
    /// Only `json` and `ndjson` hold everything. `ndjson` of no scenes is an empty file.
    /// - Throws: `SketchWriteError`, `RenderError`.
    public static func write(_ scenes: [Scene], format: SketchFormat, options: RenderOptions = RenderOptions()) throws -> Data {
        if let bad = scenes.firstIndex(where: { !$0.isFinite }) { throw SketchWriteError.notFinite(scene: bad) }
        guard !scenes.isEmpty || format == .ndjson || format == .quickdraw else { throw SketchWriteError.noScenes }
        let text: String
        switch format {
        case .png: return try Renderer.png(scenes, options: options)
        case .gif:
            var options = options
            options.size = options.size ?? 512
            return try StrokeAnimation(scenes, options: options).gif(loops: options.loops)
        case .pdf: return try Renderer.pdf(scenes, options: options)
        case .npz: return try Stroke3Archive.data(scenes)
        case .excalidraw: text = ExcalidrawWriter.text(scenes, options: options)
        case .svg: text = try SVGWriter.text(scenes, options: options)
        case .json where scenes.count == 1: text = SceneWriter.page(scenes[0]) + "\n"
        case .json: text = "[\n" + scenes.map { SceneWriter.page($0) }.joined(separator: ",\n") + "\n]\n"
        case .ndjson: text = scenes.map { SceneWriter.line($0) + "\n" }.joined()
        case .quickdraw: text = scenes.flatMap(SceneWriter.quickDrawLines).map { $0 + "\n" }.joined()
        case .stroke3 where scenes.count == 1: text = Stroke3.text(scenes[0]) + "\n"
        case .stroke3: text = "[" + scenes.map(Stroke3.text).joined(separator: ",\n") + "]\n"
        }
        return Data(text.utf8)
    }

    /// Writes the bytes to a file, whole or not at all (a temporary file that is renamed); `-` is standard output.
    public static func writeAtomically(_ data: Data, to path: String) throws(OutputError) {
        try OutputFile.write(data, to: path)
    }
}

extension Scene {
    /// Whether every number can be written down.
    package var isFinite: Bool {
        width.isFinite && height.isFinite && width > 0 && height > 0
            && strokes.allSatisfy { $0.points.allSatisfy { $0.x.isFinite && $0.y.isFinite } && ($0.times ?? []).allSatisfy(\.isFinite) }
            && objects.allSatisfy { [$0.box.x0, $0.box.y0, $0.box.x1, $0.box.y1].allSatisfy(\.isFinite) }
    }
}
