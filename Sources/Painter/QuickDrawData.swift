import Foundation
import Sketches

/// Prepares the public QuickDraw release (or any ndjson of its form) for recipes: filter, split, compact files.
///
/// Shares are by SHA-256 of `key_id`, so that they never depend on the order of files. Classes with 80 or more drawings:
/// 70 % Painter, 20 % judge, 10 % human ceiling. Smaller ones: all but two to the Painter, the two to the ceiling's file (held-out loss).
public struct QuickDrawData: Sendable {
    /// Who may see a drawing.
    public enum Share: String, CaseIterable, Sendable, Codable { case painter, judge, ceiling }

    /// Classes with at least this many drawings are split three ways, and recognition is claimed for them.
    public static let judgedMinimum = 80

    struct Record: Decodable {
        var word: String
        var key_id: String
        var recognized: Bool?
        var src: String?
        var drawing: [[[Double]]]

        enum CodingKeys: CodingKey { case word, key_id, recognized, src, drawing }
        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            word = try keys.decode(String.self, forKey: .word)
            if let text = try? keys.decode(String.self, forKey: .key_id) { key_id = text }
            else { key_id = String(try keys.decode(UInt64.self, forKey: .key_id)) }
            recognized = try keys.decodeIfPresent(Bool.self, forKey: .recognized)
            src = try keys.decodeIfPresent(String.self, forKey: .src)
            drawing = try keys.decode([[[Double]]].self, forKey: .drawing)
        }
    }

    /// What became of the drawings of one class.
    public struct ClassCount: Codable, Sendable {
        /// QuickDraw's word.
        public var name: String
        /// Drawings read and kept.
        public var read = 0, kept = 0
        /// Drawings by share.
        public var shares: [String: Int] = [:]
        /// Whether it has a judge's share.
        public var judged = false
    }

    /// The result of a preparation; also written as `counts.json`.
    public struct Report: Codable, Sendable {
        /// Names of the files read.
        public var files: [String] = []
        public var read = 0, kept = 0
        /// Drawings left out, by reason.
        public var dropped: [String: Int] = [:]
        /// Every class, sorted by word.
        public var classes: [ClassCount] = []
    }

    /// Reads every `*.ndjson` of `folder`, writes `painter.pack`, `judge.pack`, `ceiling.pack` and `counts.json` into `output`.
    ///
    /// Dropped: drawings that the game's own recogniser refused, empty ones, more than 15 strokes or 150 points, and single strokes in
    /// classes that people rarely draw with one stroke (the samples over-represent scrawls).
    /// - Throws: `PainterError.noData` without ndjson files, `PainterError.badLine` naming file and line of one
    ///   that is not QuickDraw's form; `unreadable`, `unwritable`.
    public static func prepare(from folder: URL, to output: URL, progress: (String) -> Void = { _ in }) throws -> Report {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".ndjson") }.sorted()
        guard !names.isEmpty else { throw PainterError.noData(path: folder.appendingPathComponent("*.ndjson").path, remedy: "--from takes a folder of QuickDraw's simplified ndjson files") }
        var report = Report(files: names)
        var records: [String: [(place: Double, key: String, strokes: [Stroke])]] = [:]
        var read: [String: Int] = [:]
        var seen = Set<String>()
        for name in names {
            let file = folder.appendingPathComponent(name)
            guard let data = try? Data(contentsOf: file) else { throw PainterError.unreadable(path: file.path) }
            for (line, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
                if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
                let record: Record
                do { record = try JSONDecoder().decode(Record.self, from: bytes) } catch {
                    throw PainterError.badLine(path: file.path, line: line + 1, reason: Self.reason(error))
                }
                read[record.word, default: 0] += 1
                report.read += 1
                if report.read % 10_000 == 0 { progress("\(report.read) drawings read") }
                guard seen.insert(record.key_id).inserted else { report.dropped["same key_id twice", default: 0] += 1; continue }
                let strokes = record.drawing.compactMap { parts -> Stroke? in
                    guard parts.count >= 2, parts[0].count == parts[1].count, !parts[0].isEmpty else { return nil }
                    return Stroke(zip(parts[0], parts[1]).map { Point(x: $0, y: $1) })
                }
                let points = strokes.reduce(0) { $0 + $1.points.count }
                let isFar = strokes.contains { $0.points.contains { !(abs($0.x) <= 1e7 && abs($0.y) <= 1e7) } }
                let reason: String? = if isFar { "coordinates beyond 10,000,000" }
                    else if strokes.isEmpty || points < 2 { "empty" }
                    else if record.recognized == false { "not recognised in the game" }
                    else if strokes.count > 15 { "more than 15 strokes" }
                    else if points > 150 { "more than 150 points" }
                    else { nil }
                if let reason { report.dropped[reason, default: 0] += 1; continue }
                records[record.word, default: []].append((SHA256.unitInterval(record.key_id), record.key_id, normalized(strokes)))
            }
        }
        let classes = read.keys.sorted()
        var shares: [Share: [[[Stroke]]]] = [:]
        for share in Share.allCases { shares[share] = Array(repeating: [], count: classes.count) }
        for (index, name) in classes.enumerated() {
            var own = (records[name] ?? []).sorted { ($0.place, $0.key) < ($1.place, $1.key) }
            let single = own.filter { $0.strokes.count == 1 }.count
            if Double(single) < 0.2 * Double(own.count) {
                own.removeAll { $0.strokes.count == 1 }
                report.dropped["a single stroke", default: 0] += single
            }
            var count = ClassCount(name: name, read: read[name] ?? 0, kept: own.count)
            count.judged = count.read >= judgedMinimum
            for (rank, record) in own.enumerated() {
                let share: Share = if count.judged { record.place < 0.7 ? .painter : record.place < 0.9 ? .judge : .ceiling }
                    else { rank < 2 ? .ceiling : .painter }
                shares[share]?[index].append(record.strokes)
                count.shares[share.rawValue, default: 0] += 1
            }
            report.kept += own.count
            report.classes.append(count)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let packs = try Share.allCases.map { (url: url(of: $0, in: output), data: try DrawingPack.encoded(classes: classes, drawings: shares[$0] ?? [])) }
        let counts = try encoder.encode(report)
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            for pack in packs { try pack.data.write(to: pack.url, options: .atomic) }
            try counts.write(to: output.appendingPathComponent("counts.json"), options: .atomic)
        } catch { throw PainterError.unwritable(path: output.path) }
        return report
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.first.map { "\"\($0.stringValue)\"" } ?? "the line") is of another type"
        default: "not JSON"
        }
    }

    /// Where a share lies in a prepared folder.
    public static func url(of share: Share, in folder: URL) -> URL { folder.appendingPathComponent("\(share.rawValue).pack") }

    /// The classes for which recognition is claimed, by index in the packs.
    public static func judgedClasses(in folder: URL) throws(PainterError) -> [Int] {
        let url = folder.appendingPathComponent("counts.json")
        guard let data = try? Data(contentsOf: url) else { throw .noData(path: url.path) }
        guard let report = try? JSONDecoder().decode(Report.self, from: data) else { throw .badPack(path: url.path, reason: "not a report of counts") }
        return report.classes.indices.filter { report.classes[$0].judged }
    }
}
