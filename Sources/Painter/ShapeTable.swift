import Foundation
import Sketches

/// How wide the drawings of each class are for their height; `shapes.json` of a planner's folder. Boxes are laid out accordingly: a flat cat is none.
public struct ShapeTable: Sendable, Equatable {
    /// Width over height of most of a class's drawings, by class word.
    package private(set) var ranges: [String: ClosedRange<Double>] = [:]

    /// The file's name in the model's folder.
    public static let fileName = "shapes.json"
    /// Of so many drawings at least anything is said.
    private static let least = 8
    /// The share of drawings at either end that are not followed.
    private static let tail = 0.1

    /// Nothing known of any class.
    public init() {}

    /// Of what a model is trained on.
    /// - Parameter known: what it knew before; it keeps that of classes of which there are too few drawings now.
    package init(_ drawings: StyledDrawings, after known: ShapeTable = ShapeTable()) {
        self = known
        for (index, name) in drawings.classes.enumerated() {
            let all = SketchStyle.allCases.flatMap { style in
                (0..<drawings.count(of: index, style)).compactMap { Box.of(drawings.drawing(index, style, $0)).map { Self.shape(width: $0.width, height: $0.height) } }
            }.sorted()
            guard all.count >= Self.least else { continue }
            let skipped = Int(Self.tail * Double(all.count))
            ranges[name] = Self.rounded(all[skipped])...Self.rounded(all[all.count - 1 - skipped])
        }
    }

    /// Of a model's folder; nothing known where it has no such file.
    /// - Throws: `PainterError.badShapes`.
    package init(folder: URL) throws(PainterError) {
        let file = folder.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        guard let data = try? Data(contentsOf: file), let table = try? JSONDecoder().decode([String: [Double]].self, from: data) else { throw .badShapes(path: file.path, className: nil) }
        for (name, range) in table {
            guard range.count == 2, Self.limits.contains(range[0]), Self.limits.contains(range[1]), range[0] <= range[1] else { throw .badShapes(path: file.path, className: name) }
            ranges[name] = range[0]...range[1]
        }
    }

    package func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try encoder.encode(ranges.mapValues { [$0.lowerBound, $0.upperBound] }).write(to: folder.appendingPathComponent(Self.fileName), options: .atomic)
    }

    /// A box about the middle of another and as large, of the shape of a class's drawings as far as the two have half of their area in common.
    package static func fitted(_ box: GridBox, to shape: ClosedRange<Double>?) -> GridBox {
        guard let shape else { return box }
        var box = box
        // A line has no shape: it gets a little of one.
        let (width, height) = (box.width, box.height), missing = max(box.longestSide / 4 - min(width, height), 0)
        if width < height { (box.x0, box.x1) = (box.x0 - missing / 2, box.x1 + missing - missing / 2) } else { (box.y0, box.y1) = (box.y0 - missing / 2, box.y1 + missing - missing / 2) }
        let old = self.shape(width: Double(box.width), height: Double(box.height)), factor = min(max(old.clamped(to: shape) / old, 1 / farthest), farthest).squareRoot()
        let last = SketchVocabulary.gridSteps - 1
        func side(_ start: Int, _ end: Int, _ factor: Double) -> (Int, Int) {
            let length = min(max(1, Int((Double(end - start) * factor).rounded())), last), from = min(max(0, (start + end - length) / 2), last - length)
            return (from, from + length)
        }
        let (x0, x1) = side(box.x0, box.x1, factor), (y0, y1) = side(box.y0, box.y1, 1 / factor)
        return GridBox(x0: x0, y0: y0, x1: x1, y1: y1)
    }

    /// Two boxes of one area whose shapes differ so much still have half of it in common.
    private static let farthest = 2.0
    private static let limits = 0.001...1_000.0
    private static func shape(width: Double, height: Double) -> Double { (max(width, 1e-3) / max(height, 1e-3)).clamped(to: 0.02...50) }
    private static func rounded(_ shape: Double) -> Double { (shape * 1_000).rounded() / 1_000 }
}
