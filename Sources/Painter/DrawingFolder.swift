import Files
import Foundation
import Sketches

/// Prepares drawings of one's own for recipes: files of single drawings, their class the name of their folder or, beside folders, their own name without
/// a number at its end (`cat/one.svg`, `cat-12.svg`, `robots.ndjson`).
///
/// Any form that `SketchFile` reads will do. QuickDraw lines carry their own word; a scene with objects gives one drawing an object.
public struct DrawingFolder: Sendable {
    /// What was prepared; also written as `counts.json`.
    public struct Report: Codable, Sendable {
        public var files = 0, read = 0, kept = 0
        /// Files that could not be read, and why.
        public var refused: [String] = []
        /// Drawings of each class.
        public var classes: [String: Int] = [:]
    }

    /// One drawing in nine is held out, by SHA-256 of its file's name and place; of a class with fewer than four none, but one at least of all.
    static let heldOutShare = 0.11

    /// Reads every file below `folder`, writes `painter.pack`, `ceiling.pack` and `counts.json` into `output`.
    /// - Throws: `PainterError.noData` where nothing can be read, or no class has two drawings; `unwritable`.
    public static func prepare(from folder: URL, to output: URL, progress: (String) -> Void = { _ in }) throws -> Report {
        let paths = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).filter { !$0.hasPrefix(".") && !$0.contains("/.") }.sorted()
        var report = Report(), drawings: [String: [(key: String, strokes: [Stroke])]] = [:]
        for path in paths {
            let file = folder.appendingPathComponent(path)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            let content: SketchFileContent
            do { content = try SketchFile.load(file.path) } catch {
                report.refused.append(error.description)
                continue
            }
            report.files += 1
            let name = className(of: path)
            for (index, scene) in content.scenes.enumerated() {
                var own = scene.objects.map { (word: $0.className.isEmpty ? name : ClassWords.plain($0.className), strokes: scene.strokes(of: $0)) }
                if own.isEmpty { own = [(word(of: scene) ?? name, scene.strokes)] }
                for (part, drawing) in own.enumerated() {
                    report.read += 1
                    guard let strokes = packed(drawing.strokes), !drawing.word.isEmpty else { continue }
                    drawings[drawing.word, default: []].append(("\(path):\(index):\(part)", strokes))
                }
            }
            if report.files.isMultiple(of: 1_000) { progress("\(report.files) files read") }
        }
        report.kept = drawings.values.reduce(0) { $0 + $1.count }
        guard report.kept > 0 else { throw PainterError.noData(path: folder.path, remedy: "--from takes a folder of drawings (SVG, ndjson, Excalidraw, pictures of lines)") }
        report.classes = drawings.mapValues(\.count)
        let heldOut = try heldOut(drawings.mapValues { $0.map(\.key) }, folder)
        let classes = drawings.keys.sorted()
        let packs = try [QuickDrawData.Share.painter, .ceiling].map { share in
            (share, try DrawingPack.encoded(classes: classes, drawings: classes.map { name in
                (drawings[name] ?? []).filter { (share == .ceiling) == heldOut.contains($0.key) }.map(\.strokes)
            }))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            for (share, data) in packs { try data.write(to: QuickDrawData.url(of: share, in: output), options: .atomic) }
            try encoder.encode(report).write(to: output.appendingPathComponent("counts.json"), options: .atomic)
        } catch { throw PainterError.unwritable(path: output.path) }
        return report
    }

    /// The keys of drawings that are held out: those that fall to it, else, of few, one of the class that has most.
    private static func heldOut(_ keys: [String: [String]], _ folder: URL) throws -> Set<String> {
        let fallen = keys.values.filter { $0.count >= 4 }.joined().filter { SHA256.unitInterval($0) < heldOutShare }
        if !fallen.isEmpty { return Set(fallen) }
        let most = keys.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.value ?? []
        guard most.count > 1, let one = most.min(by: { SHA256.unitInterval($0) < SHA256.unitInterval($1) }) else {
            throw PainterError.noData(path: folder.path, remedy: "no class has two, of which one could be held out: add some")
        }
        return [one]
    }

    /// `cat` of `cat/one.svg`, `cat-12.svg` and `cat_3.json`; underscores are spaces.
    static func className(of path: String) -> String {
        let parts = path.split(separator: "/")
        let own = parts.count > 1 ? String(parts[parts.count - 2]) : ((path as NSString).deletingPathExtension)
        let words = ClassWords.plain(own).split(separator: " ")
        let named = parts.count > 1 ? words : words.count > 1 && words.last.map({ $0.allSatisfy(\.isNumber) }) == true ? words.dropLast() : words
        let name = named.joined(separator: " ")
        return parts.count > 1 ? name : String(name.reversed().drop { $0.isNumber }.reversed()).trimmingCharacters(in: .whitespaces)
    }

    private static func word(of scene: Scene) -> String? {
        if case .string(let word)? = scene.extra["word"], !word.isEmpty { return ClassWords.plain(word) }
        return nil
    }

    /// As a pack holds it: simplified a little, 255 strokes of 255 points at most; nil for what is too much or nothing.
    private static func packed(_ strokes: [Stroke]) -> [Stroke]? {
        let inked = normalized(strokes.filter { !$0.points.isEmpty }).map { simplified($0, tolerance: 1) }
        guard 1...60 ~= inked.count, inked.reduce(0, { $0 + $1.points.count }) >= 2, inked.allSatisfy({ $0.points.count <= 255 }) else { return nil }
        return inked
    }
}
