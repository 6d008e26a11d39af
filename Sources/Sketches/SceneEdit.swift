import Foundation

/// One change to a scene, in terms of the indices of its strokes.
///
/// ```swift
/// let cat = Set(scene.objects[0].strokes)
/// let edited = scene.applying([.move(cat, dx: 40, dy: 0), .resize(cat, scale: 0.5, about: Point(x: 128, y: 200))])
/// ```
///
/// In a list of edits the indices of each are those of the scene that the edits before it have made. Indices without a stroke are passed
/// over. The same edits are carried out on a value (``Scene/applying(_:)``), on an SVG file (``SVGDocument/applying(_:options:command:)``)
/// and on scene JSON (``SceneDocument/applying(_:toScene:command:)``), where they leave every byte of what they do not name.
public enum SceneEdit: Hashable, Sendable {
    /// Those strokes go; an object that loses its last stroke goes too, with its relations.
    case remove(Set<Int>)
    /// Those strokes are moved, resized or mirrored, all alike.
    case transform(Set<Int>, StrokeMove)
    /// Objects and loose strokes more, in the coordinates of the scene that is edited: after the others, object by object, loose strokes last.
    case append(Scene)
    /// Those strokes go and others take their place: in the drawing order that of the first, among the objects that of the first that goes
    /// (after all others where none goes).
    case replace(Set<Int>, by: Scene)

    /// Moves strokes by `(dx, dy)` pixels.
    public static func move(_ strokes: Set<Int>, dx: Double, dy: Double) -> SceneEdit {
        .transform(strokes, StrokeMove(dx: dx, dy: dy))
    }

    /// Makes strokes `scale` times as large; the point `about` stays where it is.
    public static func resize(_ strokes: Set<Int>, scale: Double, about: Point) -> SceneEdit {
        .transform(strokes, StrokeMove(scale: scale, about: about))
    }
}

/// How strokes move: scaled about a point, then shifted. A negative factor mirrors.
public struct StrokeMove: Hashable, Sendable {
    /// The factors of width and height, about the point `about`.
    public var scaleX, scaleY: Double
    /// The point that scaling leaves in place, canvas pixels.
    public var about: Point
    /// The shift after scaling, pixels to the right and down.
    public var dx, dy: Double

    /// A move with one factor for width and height.
    public init(scale: Double = 1, about: Point = Point(x: 0, y: 0), dx: Double = 0, dy: Double = 0) {
        self.init(scaleX: scale, scaleY: scale, about: about, dx: dx, dy: dy)
    }

    /// A move with a factor each for width and height: 2 and 1 make strokes wider, -1 and 1 show them in a mirror.
    public init(scaleX: Double, scaleY: Double, about: Point = Point(x: 0, y: 0), dx: Double = 0, dy: Double = 0) {
        (self.scaleX, self.scaleY) = (scaleX, scaleY)
        self.about = about
        (self.dx, self.dy) = (dx, dy)
    }

    /// Whether it can be carried out: numbers are finite, factors from a millionth to a million in magnitude.
    public var isUsable: Bool {
        [scaleX, scaleY].allSatisfy { 1e-6...1e6 ~= abs($0) } && [about.x, about.y, dx, dy].allSatisfy(\.isFinite)
    }

    var transform: Transform {
        let scale = scaleX == 1 && scaleY == 1 ? Transform.identity : Transform.scale(scaleX, scaleY).around(about)
        return Transform.translation(dx, dy).after(scale)
    }
}

extension SceneEdit: Codable {
    private enum Key: String, CodingKey {
        case remove, transform, append, replace, with, scale, about, by
    }

    /// Reads `{"remove": [0, 1]}`, `{"transform": [2], "scale": 1.5, "about": [128, 128], "by": [10, 0]}` (`scale` may be `[x, y]`; all but the
    /// strokes may be missing), `{"append": scene}` or `{"replace": [3], "with": scene}`.
    /// - Throws: `DecodingError`, also for a move that is not usable.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        if keys.contains(.remove) {
            self = .remove(try keys.decode(Set<Int>.self, forKey: .remove))
        } else if keys.contains(.append) {
            self = .append(try keys.decode(Scene.self, forKey: .append))
        } else if keys.contains(.replace) {
            self = .replace(try keys.decode(Set<Int>.self, forKey: .replace), by: try keys.decode(Scene.self, forKey: .with))
        } else {
            let strokes = try keys.decode(Set<Int>.self, forKey: .transform)
            func pair(_ key: Key, else usual: [Double]) throws -> [Double] {
                let pair = try keys.decodeIfPresent([Double].self, forKey: key) ?? usual
                guard pair.count == 2 else {
                    throw DecodingError.dataCorruptedError(forKey: key, in: keys, debugDescription: "expected two numbers [x, y], found \(pair.count)")
                }
                return pair
            }
            let scale = if let one = try? keys.decode(Double.self, forKey: .scale) { [one, one] } else { try pair(.scale, else: [1, 1]) }
            let about = try pair(.about, else: [0, 0]), by = try pair(.by, else: [0, 0])
            let move = StrokeMove(scaleX: scale[0], scaleY: scale[1], about: Point(x: about[0], y: about[1]), dx: by[0], dy: by[1])
            guard move.isUsable else {
                throw DecodingError.dataCorruptedError(forKey: .scale, in: keys, debugDescription: "factors must be from 1e-6 to 1e6 in magnitude, not \(scale)")
            }
            self = .transform(strokes, move)
        }
    }

    /// Writes the form that is read; stroke indices in ascending order.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        switch self {
        case .remove(let strokes): try keys.encode(strokes.sorted(), forKey: .remove)
        case .append(let scene): try keys.encode(scene, forKey: .append)
        case .replace(let strokes, let scene):
            try keys.encode(strokes.sorted(), forKey: .replace)
            try keys.encode(scene, forKey: .with)
        case .transform(let strokes, let move):
            try keys.encode(strokes.sorted(), forKey: .transform)
            if move.scaleX == move.scaleY { try keys.encode(move.scaleX, forKey: .scale) } else { try keys.encode([move.scaleX, move.scaleY], forKey: .scale) }
            try keys.encode([move.about.x, move.about.y], forKey: .about)
            try keys.encode([move.dx, move.dy], forKey: .by)
        }
    }
}

extension Scene {
    /// The scene after the edits, one after the other; everything that they do not name compares equal.
    ///
    /// Strokes that moved are rounded once, to the step of `unit`. An object of which strokes moved or went has the ink box of what it is then.
    /// Stated relations stay, except those of an object that was touched that its ink does not bear out any more. Unknown keys stay.
    /// A move that is not usable (`StrokeMove.isUsable`) is passed over.
    public func applying(_ edits: [SceneEdit]) -> Scene { EditedScene(self, edits).scene }

    /// Steps of a pixel to which edits round coordinates: 100 on a canvas of 256, a power of ten that is about as fine on others.
    public var unit: Double { pow(10, min(max(log10(25_600 / max(longestSide, 1e-6)).rounded(), 0), 9)) }
}
