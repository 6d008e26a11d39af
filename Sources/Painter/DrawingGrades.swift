import Foundation
import Sketches

/// How clearly each drawing of a pack shows its class: the ranker's probability of the class, a byte each in the pack's order, after the 8 bytes `ATGRADE1`.
public struct DrawingGrades: Sendable {
    private static let magic = Array("ATGRADE1".utf8)
    /// 0…1 by class and drawing.
    public let values: [[Float]]

    /// Grades every drawing of a pack. A class that the ranker does not know gets 1.
    /// - Parameter progress: told how many drawings are done.
    public init(_ pack: DrawingPack, by ranker: Judge, progress: (Int) -> Void = { _ in }) {
        var done = 0
        values = pack.classes.enumerated().map { index, name in
            let count = pack.count(of: index)
            defer { done += count; progress(done) }
            guard let label = ranker.classes.firstIndex(of: name) else { return [Float](repeating: 1, count: count) }
            return ranker.probabilities((0..<count).map { pack.drawing(index, $0) }).map { $0[label] }
        }
    }

    /// Reads grades that were written for a pack.
    /// - Throws: `PainterError.noData`, `badPack` where they are of another number of drawings.
    public init(contentsOf url: URL, for pack: DrawingPack) throws(PainterError) {
        guard let data = try? Data(contentsOf: url) else { throw .noData(path: url.path, remedy: "run `atelier data grades --ranker DIR` first") }
        let bytes = [UInt8](data)
        guard bytes.starts(with: Self.magic), bytes.count == Self.magic.count + pack.total else {
            throw .badPack(path: url.path, reason: "holds no grades of these \(pack.total) drawings")
        }
        var at = Self.magic.count
        values = pack.classes.indices.map { index in
            defer { at += pack.count(of: index) }
            return bytes[at..<at + pack.count(of: index)].map { Float($0) / 255 }
        }
    }

    /// The file.
    /// - Throws: `PainterError.brokenModel` for grades that are no numbers.
    public func encoded() throws(PainterError) -> Data {
        guard values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw .brokenModel(name: "the ranker") }
        return Data(Self.magic + values.joined().map { UInt8(($0 * 255).rounded()) })
    }
}
