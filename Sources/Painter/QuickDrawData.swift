import Files
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

    /// A drawing that may be kept.
    private struct Candidate {
        /// The key's place in the split, and in the order in which drawings are taken where not all are, both 0..<1.
        let place, turn: Double
        /// As a pack has it.
        let bytes: [UInt8]
    }

    /// The drawings of one class that may be kept: all, or of each kind those whose turn comes first.
    private struct Candidates {
        let most: Int
        /// Drawings of several strokes, and of a single one.
        private(set) var several: [Candidate] = [], single: [Candidate] = []
        /// As many there were.
        private(set) var severalCount = 0, singleCount = 0

        init(most: Int) { self.most = most }

        mutating func add(_ candidate: Candidate, isSingle: Bool) {
            if isSingle { singleCount += 1; Self.append(candidate, to: &single, most) } else { severalCount += 1; Self.append(candidate, to: &several, most) }
        }

        private static func append(_ candidate: Candidate, to list: inout [Candidate], _ most: Int) {
            list.append(candidate)
            if list.count / 2 >= most { list = first(most, of: list) }
        }

        static func first(_ most: Int, of list: [Candidate]) -> [Candidate] {
            list.count <= most ? list : Array(list.sorted { ($0.turn, $0.place) < ($1.turn, $1.place) }.prefix(most))
        }
    }

    /// Reads every `*.ndjson` of `folder`, writes `painter.pack`, `judge.pack`, `ceiling.pack` and `counts.json` into `output`.
    ///
    /// Dropped: drawings that the game's own recogniser refused, empty ones, more than 15 strokes or 150 points, and single strokes in
    /// classes that people rarely draw with one stroke (the samples over-represent scrawls). Lines are read one by one, so that files may be
    /// larger than memory; in memory are the kept drawings as packs have them, about 100 bytes each.
    /// - Parameter most: drawings kept of a class, above 0; which ones, says another hash of `key_id`. With more of them the same ones are there still.
    /// - Throws: `PainterError.noData` without ndjson files, `PainterError.badLine` naming file and line of one
    ///   that is not QuickDraw's form; `FileError`, `unwritable`.
    public static func prepare(from folder: URL, to output: URL, most: Int = .max, progress: (String) -> Void = { _ in }) throws -> Report {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".ndjson") }.sorted()
        guard !names.isEmpty else { throw PainterError.noData(path: folder.appendingPathComponent("*.ndjson").path, remedy: "--from takes a folder of QuickDraw's simplified ndjson files") }
        var report = Report(files: names)
        var candidates: [String: Candidates] = [:], read: [String: Int] = [:], seen = Set<UInt64>()
        let decoder = JSONDecoder()
        for name in names {
            let file = folder.appendingPathComponent(name), lines = try LineReader(contentsOf: file)
            var number = 0
            while let line = try lines.next() {
                number += 1
                guard case .whole(let bytes) = line else {
                    throw PainterError.badLine(path: file.path, line: number, reason: "longer than \(LineReader.limit >> 20) MiB")
                }
                if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
                let record: Record
                do { record = try decoder.decode(Record.self, from: Data(bytes)) } catch {
                    throw PainterError.badLine(path: file.path, line: number, reason: Self.reason(error))
                }
                read[record.word, default: 0] += 1
                report.read += 1
                if report.read % 10_000 == 0 { progress("\(report.read) drawings read, in \(name)") }
                guard seen.insert(SHA256.prefix(record.key_id)).inserted else { report.dropped["same key_id twice", default: 0] += 1; continue }
                let strokes = record.drawing.compactMap { parts -> Stroke? in
                    guard parts.count >= 2, parts[0].count == parts[1].count, !parts[0].isEmpty else { return nil }
                    return Stroke(zip(parts[0], parts[1]).map { Point(x: $0, y: $1) })
                }
                if let reason = refusal(strokes, record) { report.dropped[reason, default: 0] += 1; continue }
                candidates[record.word, default: Candidates(most: most)].add(
                    Candidate(place: SHA256.unitInterval(record.key_id), turn: SHA256.unitInterval("turn " + record.key_id), bytes: DrawingPack.encoded(normalized(strokes))),
                    isSingle: strokes.count == 1)
            }
        }
        let classes = read.keys.sorted()
        var shares: [Share: [[[UInt8]]]] = [:]
        for share in Share.allCases { shares[share] = Array(repeating: [], count: classes.count) }
        for (index, name) in classes.enumerated() {
            let all = candidates[name] ?? Candidates(most: most), single = all.singleCount, isRarelySingle = Double(single) < 0.2 * Double(single + all.severalCount)
            if isRarelySingle, single > 0 { report.dropped["a single stroke", default: 0] += single }
            let usable = all.severalCount + (isRarelySingle ? 0 : single)
            let own = Candidates.first(most, of: all.several + (isRarelySingle ? [] : all.single)).sorted { ($0.place, $0.turn) < ($1.place, $1.turn) }
            if own.count < usable { report.dropped["more than \(most) of a class", default: 0] += usable - own.count }
            var count = ClassCount(name: name, read: read[name] ?? 0, kept: own.count)
            count.judged = count.read >= judgedMinimum
            for (rank, record) in own.enumerated() {
                let share: Share = if count.judged { record.place < 0.7 ? .painter : record.place < 0.9 ? .judge : .ceiling }
                    else { rank < 2 ? .ceiling : .painter }
                shares[share]?[index].append(record.bytes)
                count.shares[share.rawValue, default: 0] += 1
            }
            report.kept += own.count
            report.classes.append(count)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let packs = try Share.allCases.map { (url: url(of: $0, in: output), data: try DrawingPack.encoded(classes: classes, records: shares[$0] ?? [])) }
        let counts = try encoder.encode(report)
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            for pack in packs { try pack.data.write(to: pack.url, options: .atomic) }
            try counts.write(to: output.appendingPathComponent("counts.json"), options: .atomic)
        } catch { throw PainterError.unwritable(path: output.path) }
        return report
    }

    /// Why a drawing is not kept; nil: it may be.
    private static func refusal(_ strokes: [Stroke], _ record: Record) -> String? {
        let points = strokes.reduce(0) { $0 + $1.points.count }
        if strokes.contains(where: { $0.points.contains { !(abs($0.x) <= 1e7 && abs($0.y) <= 1e7) } }) { return "coordinates beyond 10,000,000" }
        if strokes.isEmpty || points < 2 { return "empty" }
        if record.recognized == false { return "not recognised in the game" }
        if strokes.count > 15 { return "more than 15 strokes" }
        return points > 150 ? "more than 150 points" : nil
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
