import Foundation
import Sketches

/// Many single drawings in one compact file, as `atelier data quickdraw` writes it: read in milliseconds where the ndjson takes seconds.
///
/// Layout: the 8 bytes `ATELIER1`, the length of the header (UInt32, little endian), the header (JSON: classes and drawings of each),
/// then the drawings in class order: strokes (UInt8), then for each stroke its points (UInt8), all x (UInt8 each), all y.
public struct DrawingPack: DrawingSource {
    struct Header: Codable {
        var classes: [String]
        var counts: [Int]
    }
    private static let magic = Array("ATELIER1".utf8)

    /// Class words, sorted, shared by all packs of one preparation.
    public private(set) var classes: [String]
    private let bytes: [UInt8]
    /// Byte offset of each drawing, by class.
    private let offsets: [[Int]]

    /// Reads and checks a whole pack.
    public init(contentsOf url: URL) throws(PainterError) {
        guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
            throw url.lastPathComponent == IconData.url(in: url).lastPathComponent ? .noData(path: url.path, remedy: "run `atelier data icons --from DIR` first") : .noData(path: url.path)
        }
        try self.init(bytes: [UInt8](data), name: url.path)
    }

    init(bytes: [UInt8], name: String) throws(PainterError) {
        guard bytes.count >= 12, Array(bytes[0..<8]) == Self.magic else { throw .badPack(path: name, reason: "not a pack of drawings") }
        let headerLength = (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard headerLength <= bytes.count - 12,
              let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[12..<12 + headerLength])),
              header.classes.count == header.counts.count, header.counts.allSatisfy({ $0 >= 0 && $0 <= bytes.count })
        else { throw .badPack(path: name, reason: "the header is damaged") }
        var at = 12 + headerLength
        var offsets: [[Int]] = []
        for (name, count) in zip(header.classes, header.counts) {
            var own: [Int] = []
            for _ in 0..<count {
                own.append(at)
                guard at < bytes.count else { throw .badPack(path: name, reason: "cut short") }
                let strokes = Int(bytes[at])
                at += 1
                for _ in 0..<strokes {
                    guard at < bytes.count else { throw .badPack(path: name, reason: "cut short") }
                    at += 1 + 2 * Int(bytes[at])
                }
                guard at <= bytes.count else { throw .badPack(path: name, reason: "cut short") }
            }
            offsets.append(own)
        }
        classes = header.classes
        self.bytes = bytes
        self.offsets = offsets
    }

    /// The same drawings, classes called as a model calls them, where the words differ in capitals and hyphens alone.
    package func called(as known: [String]) -> DrawingPack {
        let words = Dictionary(known.map { (ClassWords.plain($0), $0) }, uniquingKeysWith: { first, _ in first })
        var pack = self
        pack.classes = classes.map { Set(known).contains($0) ? $0 : words[ClassWords.plain($0)] ?? $0 }
        return pack
    }

    /// How many drawings a class has.
    public func count(of classIndex: Int) -> Int { offsets[classIndex].count }

    /// A drawing in a frame of 256, longest side 255. Precondition: both indices are in range.
    public func drawing(_ classIndex: Int, _ index: Int) -> [Stroke] {
        var at = offsets[classIndex][index]
        let strokes = Int(bytes[at])
        at += 1
        return (0..<strokes).map { _ in
            let points = Int(bytes[at])
            defer { at += 1 + 2 * points }
            return Stroke((0..<points).map { Point(x: Double(bytes[at + 1 + $0]), y: Double(bytes[at + 1 + points + $0])) })
        }
    }

    /// The bytes of a pack. Coordinates are rounded and held to 0…255; strokes beyond 255 and points beyond 255 a stroke do not fit.
    /// - Precondition: every drawing has at most 255 strokes of at most 255 points.
    package static func encoded(classes: [String], drawings: [[[Stroke]]]) throws -> Data {
        try encoded(classes: classes, records: drawings.map { $0.map { encoded($0) } })
    }

    /// The bytes of a pack of drawings that are encoded already.
    static func encoded(classes: [String], records: [[[UInt8]]]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let header = try encoder.encode(Header(classes: classes, counts: records.map(\.count)))
        var bytes = Data(magic + (0..<4).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header)
        for record in records.joined() { bytes.append(contentsOf: record) }
        return bytes
    }

    /// The bytes of one drawing.
    static func encoded(_ strokes: [Stroke]) -> [UInt8] {
        precondition(strokes.count <= 255 && strokes.allSatisfy { $0.points.count <= 255 }, "drawing too long for a pack")
        func coordinate(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
        return strokes.reduce(into: [UInt8(strokes.count)]) { bytes, stroke in
            bytes.append(UInt8(stroke.points.count))
            bytes += stroke.points.map { coordinate($0.x) } + stroke.points.map { coordinate($0.y) }
        }
    }
}
