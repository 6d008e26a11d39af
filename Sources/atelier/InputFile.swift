import Foundation
import Sketches

/// Reads what the person gives, within limits.
enum InputFile {
    /// The most bytes of a file of sketches, and of a file of prompts.
    static let sketchLimit = 256 << 20, textLimit = 16 << 20

    /// The bytes of a file; `-` is standard input.
    static func data(_ path: String, limit: Int) throws(CommandError) -> Data {
        let name = path == "-" ? "standard input" : path
        var isFolder: ObjCBool = false
        if path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw .noInput(path: name, reason: "is a folder; give a file")
        }
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read; check the permissions" : "there is no such file"
            throw .noInput(path: path.isEmpty ? "\"\"" : name, reason: reason)
        }
        var data = Data()
        do {
            while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
                data.append(part)
                guard data.count <= limit else { throw CommandError.data("\(name): is larger than \(limit >> 20) MiB; split it into several files") }
            }
        } catch let error as CommandError { throw error } catch {
            throw .noInput(path: name, reason: "cannot be read: \(sentence(of: error))")
        }
        return data
    }

    /// The scenes of a file in any readable form; what an SVG has besides strokes is noted.
    static func sketches(_ path: String) throws -> Sketches {
        let data = try data(path, limit: sketchLimit)
        let content = try SketchFile.content(of: data, name: path == "-" ? "standard input" : path)
        for warning in content.warnings { note("note: \(warning)") }
        let isLine = path == "-" && content.form != .svg && data.firstIndex(of: UInt8(ascii: "\n")).map { $0 == data.endIndex - 1 } ?? false
        return Sketches(path: path, data: data, content: content, isLine: isLine)
    }

    /// A file's scenes and how to treat them.
    struct Sketches {
        let path: String
        let data: Data
        let content: SketchFileContent
        /// Standard input of one line, with its line end: what a pipe of ndjson gives when it holds one.
        let isLine: Bool
        var scenes: [Scene] { content.scenes }

        /// Several scenes, or a file of lines: each is done for itself, and one that fails does not stop the others.
        var isBatch: Bool { scenes.count != 1 || isLine || ["ndjson", "jsonl"].contains((path as NSString).pathExtension.lowercased()) }

        /// The form to answer in where none is asked for.
        var format: SketchFormat {
            switch content.form {
            case .svg, .picture: .svg
            case .excalidraw: .excalidraw
            default: isBatch ? .ndjson : .json
            }
        }

        /// A name for what becomes of the file: its own, without folder and extension.
        var stem: String { path == "-" ? "sketch" : ((path as NSString).lastPathComponent as NSString).deletingPathExtension }
    }

    /// The lines of a text file, in order; a line end at the very end begins no further line.
    static func lines(_ path: String) throws(CommandError) -> [String] {
        let name = path == "-" ? "standard input" : path
        var lines: [String] = []
        let data = try data(path, limit: textLimit)
        for (index, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw .data("\(name):\(index + 1): is not UTF-8 text; save the prompts as UTF-8, one a line")
            }
            lines.append(line.hasSuffix("\r") ? String(line.dropLast()) : line)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        if let first = lines.first, first.hasPrefix("\u{feff}") { lines[0] = String(first.dropFirst()) }
        guard !lines.isEmpty else { throw .data("\(name): is empty; expected prompts, one a line") }
        return lines
    }
}
