/// What lies between two drawings: each stroke of one becomes a stroke of the other, and whatever has no partner grows out of the nearest line or
/// shrinks into it. Pure geometry; knows no model.
///
/// Objects of one class are matched first, in the frames of their own ink; then all other strokes, in the frame of the whole ink. Within a frame strokes
/// are paired one to one so that the sum of what their points travel is least. Place and size of the frames, and the canvas, change evenly.
///
/// ```swift
/// let between = try Interpolation(from: cat, to: dog)
/// let five = between.scenes(5)                             // the cat, three that are neither, the dog
/// let gif = try between.flipBook(steps: 31).gif()
/// ```
public struct Interpolation: Sendable {
    /// The most strokes of a drawing: the work grows with their cube.
    public static let strokeLimit = 1_000
    /// The most drawings that `scenes` gives.
    public static let sceneLimit = 100

    /// The two drawings.
    public let first, second: Scene
    /// Which stroke of the first drawing becomes which of the second, by the first's order.
    public let matches: [(first: Int, second: Int)]
    /// Strokes of the first drawing that shrink into the nearest line, and those of the second that grow out of it.
    public let shrinking, growing: [Int]
    private let strokes: [Part]
    /// The classes of the objects that were matched.
    private let classNames: [String]

    /// A stroke between the drawings, and the matched object that it belongs to.
    private struct Part: Sendable {
        let blend: StrokeBlend
        let object: Int?
    }

    /// Matches the strokes of two drawings.
    /// - Throws: `InterpolationError` where one has no ink, more than `strokeLimit` strokes, or numbers that are not finite.
    public init(from first: Scene, to second: Scene) throws(InterpolationError) {
        let groups = StrokeGroup.all(of: try Self.inked(first, .first), try Self.inked(second, .second))
        (self.first, self.second) = (first, second)
        var parts: [(part: Part, first: Int?, second: Int?)] = []
        for group in groups {
            for (first, second, blend) in group.matches() { parts.append((Part(blend: blend, object: group.object), first, second)) }
        }
        let matched = (Set(parts.compactMap(\.first)), Set(parts.compactMap(\.second)))
        let lines = parts.map { (object: $0.part.object, even: $0.part.blend.evenPoints(Self.anchorSteps)) }
        let whole = (InkFrame(Box.of(first.strokes) ?? Self.nowhere), InkFrame(Box.of(second.strokes) ?? Self.nowhere))
        for group in groups {
            let own = lines.filter { $0.object == group.object }, near = (own.isEmpty ? lines : own).map(\.even)
            let frames = own.isEmpty ? whole : (group.first.frame, group.second.frame)
            for (index, stroke) in group.first.strokes where !matched.0.contains(index) {
                let (line, dot) = Self.anchored(stroke, frames.0, to: near.map { ($0.first, $0.second) }, frames.1)
                parts.append((Part(blend: StrokeBlend(first: line, second: dot, firstFrame: frames.0, secondFrame: frames.1), object: group.object), index, nil))
            }
            for (index, stroke) in group.second.strokes where !matched.1.contains(index) {
                let (line, dot) = Self.anchored(stroke, frames.1, to: near.map { ($0.second, $0.first) }, frames.0)
                parts.append((Part(blend: StrokeBlend(first: dot, second: line, firstFrame: frames.0, secondFrame: frames.1), object: group.object), nil, index))
            }
        }
        // In the first drawing's order, then what is new, in the second's.
        parts.sort { ($0.first ?? .max, $0.second ?? 0) < ($1.first ?? .max, $1.second ?? 0) }
        strokes = parts.map(\.part)
        matches = parts.compactMap { part in part.first.flatMap { first in part.second.map { (first, $0) } } }
        shrinking = parts.compactMap { $0.second == nil ? $0.first : nil }
        growing = parts.compactMap { $0.first == nil ? $0.second : nil }
        classNames = groups.compactMap { $0.object == nil ? nil : $0.className }
    }

    /// The drawing, if it can be matched.
    private static func inked(_ scene: Scene, _ drawing: InterpolationError.Drawing) throws(InterpolationError) -> Scene {
        guard scene.isFinite else { throw .notFinite(drawing) }
        guard let ink = Box.of(scene.strokes) else { throw .noStrokes(drawing) }
        // Beyond this, squares of lengths are infinite.
        guard [ink.x0, ink.y0, ink.x1, ink.y1].allSatisfy({ abs($0) < 1e100 }) else { throw .notFinite(drawing) }
        let count = scene.strokes.count(where: { !$0.points.isEmpty })
        guard count <= strokeLimit else { throw .tooManyStrokes(drawing, count: count, limit: strokeLimit) }
        return scene
    }

    /// Even steps along a line among whose ends a stroke's anchor is looked for.
    private static let anchorSteps = 16

    /// A stroke of one drawing alone: at the other it is a point, the nearest of the nearest line, which it goes into or comes from.
    /// - Parameter lines: points of lines, here and at the other drawing.
    private static func anchored(
        _ points: [Point], _ frame: InkFrame, to lines: [(here: [Point], there: [Point])], _ otherFrame: InkFrame
    ) -> (line: MeasuredStroke, dot: MeasuredStroke) {
        let own = MeasuredStroke(points).evenPoints(anchorSteps)
        var anchor = otherFrame.center, least = Double.infinity
        for line in lines {
            for (here, there) in zip(line.here, line.there) {
                for point in own where point.distance(to: here) < least { (anchor, least) = (there, point.distance(to: here)) }
            }
        }
        let line = MeasuredStroke(points.map(frame.normal)), place = otherFrame.normal(anchor)
        return (line, MeasuredStroke(line.points.map { _ in place }, places: line.places))
    }

    private static let nowhere = Box(x0: 0, y0: 0, x1: 0, y1: 0)

    // MARK: drawings

    /// The drawing `share` of the way: the first one itself at 0 and the second at 1. Between them it has the strokes of both, coordinates rounded as
    /// edits round them, and the objects that both have.
    public func scene(at share: Double) -> Scene {
        guard share > 0 else { return first }
        guard share < 1 else { return second }
        var scene = Scene(width: first.width + (second.width - first.width) * share, height: first.height + (second.height - first.height) * share)
        let unit = scene.unit
        scene.strokes = strokes.map { $0.blend.stroke(at: share, unit: unit) }
        scene.objects = classNames.enumerated().map { object, className in
            let own = strokes.indices.filter { strokes[$0].object == object }
            return SceneObject(className: className, box: Box.of(own.map { scene.strokes[$0] }) ?? Self.nowhere, strokes: own)
        }
        return scene
    }

    /// Drawings from the first to the second, at even steps, the two themselves at the ends.
    /// - Parameters:
    ///   - count: of all of them, 2 to `sceneLimit`.
    ///   - eased: slow at the ends and faster between them (a smooth step, 3s² − 2s³).
    public func scenes(_ count: Int, eased: Bool = false) -> [Scene] {
        precondition(2...Self.sceneLimit ~= count, "\(count) drawings between two")
        return (0..<count).map { step in
            let share = Double(step) / Double(count - 1)
            return scene(at: eased ? share * share * (3 - 2 * share) : share)
        }
    }

    /// There and back again, for a GIF: each way takes a second and a half, or longer with many drawings, and at both ends it stays a while.
    /// - Parameters:
    ///   - steps: how many drawings there are from the first to the second, as in `scenes`.
    ///   - options: how they look. If it does not begin again (`loops`), it ends with the first drawing.
    /// - Throws: `RenderError` for a size that no GIF has.
    public func flipBook(steps: Int, eased: Bool = false, options: RenderOptions = RenderOptions()) throws(RenderError) -> FlipBook {
        let there = scenes(steps, eased: eased), step = max(0.04, 1.5 / Double(steps - 1))
        var leaves = there.map { (scene: $0, seconds: step) }
        leaves[0].seconds = 0.6
        leaves[steps - 1].seconds = 0.6
        leaves += leaves[1..<steps - 1].reversed()
        if !options.loops { leaves.append(leaves[0]) }
        return try FlipBook(leaves, options: options)
    }
}
