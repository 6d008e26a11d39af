/// A place on the canvas, in pixels, y down.
public struct Point: Hashable, Sendable {
    /// Pixels to the right of the canvas's left edge, and below its top edge.
    public var x, y: Double

    /// A point at `x`, `y`, in pixels.
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

    /// The Euclidean distance to another point, in pixels.
    public func distance(to other: Point) -> Double {
        let dx = other.x - x, dy = other.y - y
        return (dx * dx + dy * dy).squareRoot()
    }

    /// The point `fraction` of the way from here to `other` (0 is here, 1 is there).
    public func interpolated(to other: Point, _ fraction: Double) -> Point {
        Point(x: x + (other.x - x) * fraction, y: y + (other.y - y) * fraction)
    }
}

/// An upright rectangle in canvas pixels: `x0 ≤ x1`, `y0 ≤ y1`. In JSON it is `[x0, y0, x1, y1]`.
public struct Box: Hashable, Sendable {
    /// The left, top, right and bottom edges, in pixels.
    public var x0, y0, x1, y1: Double

    /// A box by its edges, in pixels. Their order is not checked.
    public init(x0: Double, y0: Double, x1: Double, y1: Double) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
    }

    /// From left to right edge, in pixels.
    public var width: Double { x1 - x0 }
    /// From top to bottom edge, in pixels.
    public var height: Double { y1 - y0 }
    /// The larger of width and height, in pixels.
    public var longestSide: Double { max(width, height) }
    /// The point in the middle.
    public var center: Point { Point(x: (x0 + x1) / 2, y: (y0 + y1) / 2) }
    /// Width times height, in square pixels.
    public var area: Double { width * height }

    /// The smallest box that holds both.
    public func union(_ other: Box) -> Box {
        Box(x0: min(x0, other.x0), y0: min(y0, other.y0), x1: max(x1, other.x1), y1: max(y1, other.y1))
    }

    /// What both boxes cover, or `nil` where they do not meet (touching edges give a box without area).
    public func intersection(_ other: Box) -> Box? {
        let common = Box(x0: max(x0, other.x0), y0: max(y0, other.y0), x1: min(x1, other.x1), y1: min(y1, other.y1))
        return common.x0 <= common.x1 && common.y0 <= common.y1 ? common : nil
    }

    /// Shared area over joint area, 0…1. Two boxes without area score 1 when they are equal, otherwise 0.
    public func intersectionOverUnion(_ other: Box) -> Double {
        let common = intersection(other)?.area ?? 0
        let joint = area + other.area - common
        return joint > 0 ? common / joint : (self == other ? 1 : 0)
    }

    /// Whether the point lies in the box or on its edge.
    public func contains(_ point: Point) -> Bool {
        point.x >= x0 && point.x <= x1 && point.y >= y0 && point.y <= y1
    }

    /// The shortest distance between the two boxes, 0 where they meet.
    public func gap(to other: Box) -> Double {
        let dx = max(0, other.x0 - x1, x0 - other.x1), dy = max(0, other.y0 - y1, y0 - other.y1)
        return (dx * dx + dy * dy).squareRoot()
    }

    /// The box grown by `margin` pixels on each side.
    public func expanded(by margin: Double) -> Box {
        Box(x0: x0 - margin, y0: y0 - margin, x1: x1 + margin, y1: y1 + margin)
    }

    /// The box around the points, or `nil` where there are none.
    public static func of(_ points: [Point]) -> Box? {
        guard let first = points.first else { return nil }
        var box = Box(x0: first.x, y0: first.y, x1: first.x, y1: first.y)
        for p in points {
            if p.x < box.x0 { box.x0 = p.x } else if p.x > box.x1 { box.x1 = p.x }
            if p.y < box.y0 { box.y0 = p.y } else if p.y > box.y1 { box.y1 = p.y }
        }
        return box
    }

    /// The ink box of the strokes (their points, without the pen's width), or `nil` where there is no ink.
    public static func of(_ strokes: [Stroke]) -> Box? {
        var all: Box?
        for stroke in strokes {
            guard let box = Box.of(stroke.points) else { continue }
            all = all?.union(box) ?? box
        }
        return all
    }
}

extension Box: Codable {
    /// Reads `[x0, y0, x1, y1]`.
    /// - Throws: `DecodingError` where it is not a list of four numbers.
    public init(from decoder: any Decoder) throws {
        let sides = try [Double](from: decoder)
        guard sides.count == 4 else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath,
                debugDescription: "a box is [x0, y0, x1, y1], found \(sides.count) numbers"))
        }
        self.init(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3])
    }

    /// Writes `[x0, y0, x1, y1]`.
    public func encode(to encoder: any Encoder) throws { try [x0, y0, x1, y1].encode(to: encoder) }
}
