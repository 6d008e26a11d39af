import Foundation
import Sketches

/// Prepares stroke icons for recipes: those that show a class, as a pack like the drawings'.
///
/// Input: `icons.ndjson`, an icon a line: `name`, `words`, `src`, and `drawing` as QuickDraw has it. An icon of a class is near recall of the few there are,
/// so none are held out, and no figure is claimed on them.
public struct IconData: Sendable {
    struct Record: Decodable {
        var name: String
        var words: [String]
        var src: String
        var drawing: [[[Double]]]
    }

    /// What was prepared; also written as `counts.json`.
    public struct Report: Codable, Sendable {
        public var read = 0, kept = 0
        /// Icons of each class.
        public var classes: [String: Int] = [:]
    }

    /// Where the pack lies in a prepared folder.
    public static func url(in folder: URL) -> URL { folder.appendingPathComponent("icons.pack") }

    /// Reads `icons.ndjson` of `folder`, writes `icons.pack` and `counts.json` into `output`.
    /// - Parameter doodles: the classes of the drawings; an icon whose name is one of them shows it.
    /// - Throws: `PainterError.noData` without the file, `badLine` naming the line of one that is no icon; `unwritable`.
    public static func prepare(from folder: URL, to output: URL, doodles: [String]) throws -> Report {
        let file = folder.appendingPathComponent("icons.ndjson")
        guard let data = try? Data(contentsOf: file) else { throw PainterError.noData(path: file.path, remedy: "--from takes a folder with a file icons.ndjson") }
        let known = Dictionary(doodles.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        var report = Report(), drawings: [String: [[Stroke]]] = [:]
        for (line, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() where !bytes.isEmpty {
            let record: Record
            do { record = try JSONDecoder().decode(Record.self, from: bytes) } catch {
                throw PainterError.badLine(path: file.path, line: line + 1, reason: "no icon", expected: "{\"name\":…,\"words\":[…],\"src\":…,\"drawing\":[[[x…],[y…]],…]}")
            }
            report.read += 1
            let strokes = record.drawing.compactMap { parts -> Stroke? in
                guard parts.count >= 2, parts[0].count == parts[1].count, !parts[0].isEmpty, parts[0].count <= 255 else { return nil }
                return Stroke(zip(parts[0], parts[1]).map { Point(x: $0, y: $1) })
            }
            let isFar = strokes.contains { $0.points.contains { !(abs($0.x) <= 1e6 && abs($0.y) <= 1e6) } }
            guard 1...40 ~= strokes.count, !isFar,
                  let className = IconClasses.className("\(record.src.prefix(1))/\(record.name)", words: record.words.map { $0.lowercased() }, classes: known) else { continue }
            drawings[className, default: []].append(normalized(strokes))
        }
        let classes = drawings.keys.sorted()
        report.kept = drawings.values.reduce(0) { $0 + $1.count }
        report.classes = drawings.mapValues(\.count)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let pack = try DrawingPack.encoded(classes: classes, drawings: classes.map { drawings[$0] ?? [] }), counts = try encoder.encode(report)
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            try pack.write(to: url(in: output), options: .atomic)
            try counts.write(to: output.appendingPathComponent("counts.json"), options: .atomic)
        } catch { throw PainterError.unwritable(path: output.path) }
        return report
    }
}
