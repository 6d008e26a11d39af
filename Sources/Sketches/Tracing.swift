/// Why a bitmap was not traced.
public enum TracingError: Error, Equatable, CustomStringConvertible {
    /// Nothing stands out from the paper.
    case noInk
    /// More of it is ink than a drawing in lines has; the share, 0…1.
    case tooMuchInk(Double)
    /// The lines have more points than a drawing has; how many, where they were counted.
    case tooManyPoints(Int?)

    /// What was found instead of a line drawing.
    public var description: String {
        switch self {
        case .noInk: "nothing that stands out from the paper"
        case .tooMuchInk(let share): "\(Int((share * 100).rounded())) % of it covered"
        case .tooManyPoints(let count): count.map { "lines of \($0) points" } ?? "more lines than can be counted"
        }
    }
}

/// A line drawing of pixels turned into strokes.
///
/// The pixels are split into ink and paper (Otsu 1979), specks are dropped, the ink is thinned to its middle lines (Guo & Hall 1989), and these
/// are followed from end to end: spurs shorter than the pen is wide are left out, lines that cross go straight on, so that an X is two strokes.
/// The strokes are smoothed and simplified (``simplified(_:tolerance:)``) and ordered from the top left, each next to where the pen was. Areas of
/// solid ink become their middle lines.
///
/// ```swift
/// let bitmap = InkBitmap(width: 256, height: 256, pixels: raster(strokes, in: box, size: 256))
/// let tracing = try Tracing(bitmap)
/// print(tracing.strokes.count, tracing.penWidth)
/// ```
///
/// Order and direction of the strokes are guesses: pixels do not tell them. The work grows with the pixels; a picture of 1,024 × 1,024 is plenty.
public struct Tracing: Sendable {
    /// The strokes, in the bitmap's pixels: the middle of the first pixel is (0.5, 0.5).
    public let strokes: [Stroke]
    /// About the width of the lines, in pixels.
    public let penWidth: Double
    /// Which part of the pixels is ink, 0…1.
    public let inkShare: Double
    /// The level from which pixels counted as ink.
    public let threshold: UInt8
    /// Specks that were dropped.
    public let speckCount: Int
    /// The widest solid ink, in pixels across: where that is several pens, an area was filled in.
    public let widestInk: Double

    /// The most points that a drawing may have, and the largest share of ink; a photograph has more.
    public static let pointLimit = 4_000, inkLimit = 0.35

    /// Traces a bitmap.
    /// - Parameter tolerance: how far, in pixels, the simplified strokes may be from the smoothed ones; `nil`: 0.75 up to a side of 512, in
    ///   proportion above.
    /// - Throws: `TracingError` where it is blank or no drawing in lines.
    public init(_ bitmap: InkBitmap, tolerance: Double? = nil) throws(TracingError) {
        guard let (level, contrast) = bitmap.threshold(), contrast >= 25 else { throw .noInk }
        var mask = InkMask(bitmap, from: level)
        let area = mask.inked.count
        inkShare = Double(area) / Double(bitmap.pixels.count)
        threshold = level
        guard inkShare <= Tracing.inkLimit else { throw .tooMuchInk(inkShare) }
        var specks = 0
        for _ in 0..<2 {      // the first time specks and holes make the lines seem thinner than they are
            let rough = mask.roughWidth
            specks += mask.clean(specks: max(2, 0.25 * rough * rough), holes: max(2, 0.15 * rough * rough))
        }
        speckCount = specks
        let distances = mask.distances(), thin = mask.thinned()
        guard var graph = LineGraph(thin, distances: distances) else { throw .tooManyPoints(nil) }
        // The area over the length is the width of plain lines; solid areas make it too large, and half of the ink is no farther from paper than this.
        let middle = thin.inked.map { distances[$0] }.sorted()
        guard !middle.isEmpty, graph.length > 0 else { throw .noInk }
        let pen = max(1, min(Double(mask.inked.count) / graph.length, 2 * middle[middle.count / 2]))
        penWidth = pen
        widestInk = max(pen, 2 * (middle.last ?? 0) - 1)
        graph.prune(pen: pen)
        graph.contract(pen: pen)
        let side = Double(max(bitmap.width, bitmap.height)), tolerance = tolerance ?? 0.75 * max(1, side / 512)
        let ink = InkLine(bitmap: bitmap, level: Double(level), pen: pen, tolerance: tolerance)
        let lines = graph.lines(pen: pen).map(ink.stroke)
        let count = lines.reduce(0) { $0 + $1.points.count }
        guard count <= Tracing.pointLimit else { throw .tooManyPoints(count) }
        guard !lines.isEmpty else { throw .noInk }
        strokes = Tracing.ordered(lines)
    }

    /// The strokes from the top left on, each the one that begins nearest to where the last ended.
    private static func ordered(_ strokes: [Stroke]) -> [Stroke] {
        var rest = strokes.filter { !$0.points.isEmpty }, ordered: [Stroke] = []
        var pen = Point(x: 0, y: 0)
        while let next = rest.indices.min(by: { rest[$0].points[0].distance(to: pen) < rest[$1].points[0].distance(to: pen) }) {
            let stroke = rest.remove(at: next)
            pen = stroke.points[stroke.points.count - 1]
            ordered.append(stroke)
        }
        return ordered
    }
}

extension Scene {
    /// The drawing that a bitmap shows, on a canvas of its pixels, without objects (``Tracing``).
    /// - Throws: `TracingError` where it is blank or no drawing in lines.
    public init(tracing bitmap: InkBitmap) throws(TracingError) {
        self.init(width: Double(bitmap.width), height: Double(bitmap.height), strokes: try Tracing(bitmap).strokes)
    }
}
