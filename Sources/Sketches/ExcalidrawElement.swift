import Files
import Foundation

/// One element of an Excalidraw drawing, as far as it matters for strokes.
struct ExcalidrawElement {
    /// What files written here keep in an element's `customData`, which Excalidraw carries along through its edits.
    struct Note {
        /// The class of the object that the stroke belongs to, and the object's number in the scene.
        var className: String?, object: Int?
        /// Where the object's class came from a detector.
        var confidence: Double?
        /// The points that the stroke had before points were put between them.
        var corners: [Int] = []
        /// The scene's canvas.
        var canvas: (width: Double, height: Double)?
    }

    /// Excalidraw's ways to round corners.
    private enum Rounding { case none, proportional, adaptive(Double) }

    private(set) var type = ""
    private(set) var groups: [String] = []
    private(set) var note = Note()
    private(set) var isDeleted = false
    private(set) var hasArrowhead = false
    private var x = 0.0, y = 0.0, width = 0.0, height = 0.0, angle = 0.0
    private var points: [Point] = []
    private var rounding = Rounding.none
    private var hasRoundness = false, isElbow = false, hasEndKey = false
    private var opacity = 100.0, strokeColor = "", backgroundColor = "transparent"

    /// Reads the element at the scanner's position. Keys that do not matter here may hold anything.
    init(_ scanner: inout JSONScanner, points limit: Int) throws(FileError) {
        scanner.beginRecord()
        try scanner.members("an Excalidraw element") { (scanner, key) throws(FileError) in
            if key == "endArrowhead" { hasEndKey = true }
            if key == "roundness" { hasRoundness = true }
            if try scanner.takeNull() { return }
            switch key {
            case "type": type = try scanner.string("the element's type as a string")
            case "x": x = try scanner.double()
            case "y": y = try scanner.double()
            case "width": width = try scanner.double()
            case "height": height = try scanner.double()
            case "angle": angle = try scanner.double("an angle in radians")
            case "points": points = try ExcalidrawElement.points(&scanner, limit: limit)
            case "groupIds":
                groups = []
                try scanner.elements("a list of group ids") { (scanner, index) throws(FileError) in
                    try scanner.limit(index, "groups")
                    groups.append(try scanner.string("a group's id"))
                }
            case "isDeleted": isDeleted = try scanner.value() == .bool(true)
            case "elbowed": isElbow = try scanner.value() == .bool(true)
            case "opacity": opacity = try scanner.double("a percentage")
            case "strokeColor": strokeColor = try scanner.string("a colour as a string")
            case "backgroundColor": backgroundColor = try scanner.string("a colour as a string")
            case "startArrowhead", "endArrowhead":
                if case .string = try scanner.value() { hasArrowhead = true }
            case "roundness": rounding = ExcalidrawElement.rounding(try scanner.value())
            case "strokeSharpness":      // files of before 2022, which have no "roundness"
                if try scanner.value() == .string("round"), !hasRoundness { rounding = .proportional }
            case "customData": note = ExcalidrawElement.note(try scanner.value())
            default: try scanner.skip()
            }
        }
        if type == "arrow", !hasEndKey { hasArrowhead = true }      // what Excalidraw itself assumes
    }

    /// Whether there is nothing to see of it.
    var isInvisible: Bool { opacity <= 0 || strokeColor == "transparent" && backgroundColor == "transparent" }

    /// The kinds of element that become strokes.
    static let kinds = ["freedraw", "line", "arrow", "draw", "rectangle", "diamond", "ellipse"]

    // MARK: reading

    private static func points(_ scanner: inout JSONScanner, limit: Int) throws(FileError) -> [Point] {
        var points: [Point] = []
        try scanner.elements("a list of points [x, y]") { (scanner, index) throws(FileError) in
            guard index < limit else { throw scanner.error(.tooManyPoints(limit: ReadLimit.points)) }
            let pair = try scanner.numbers("a point [x, y]")
            guard pair.count >= 2 else { throw scanner.error(.expected("a point [x, y]", found: "\(pair.count) numbers")) }
            points.append(Point(x: pair[0], y: pair[1]))
        }
        return points
    }

    private static func rounding(_ value: JSONValue) -> Rounding {
        guard case .object(let members) = value, case .integer(let type)? = members["type"] else { return .none }
        guard type == 3 else { return .proportional }
        return .adaptive(max(0, members["value"]?.double ?? 32))
    }

    /// Other programs keep what they like in `customData`: what does not fit is passed over.
    private static func note(_ value: JSONValue) -> Note {
        guard case .object(let members) = value else { return Note() }
        var note = Note()
        if case .string(let name)? = members["class"] { note.className = name }
        if case .integer(let number)? = members["object"] { note.object = number }
        note.confidence = members["confidence"]?.double
        note.canvas = canvas(members["canvas"])
        if case .array(let items)? = members["corners"] {
            let corners: [Int] = items.compactMap { if case .integer(let index) = $0 { index } else { nil } }
            if corners.count == items.count { note.corners = corners }
        }
        return note
    }

    /// A canvas `[width, height]`, where the value is one.
    static func canvas(_ value: JSONValue?) -> (width: Double, height: Double)? {
        guard case .array(let sides)? = value, sides.count == 2, let width = sides[0].double, let height = sides[1].double,
              1e-6...ReadLimit.coordinate ~= width, 1e-6...ReadLimit.coordinate ~= height else { return nil }
        return (width, height)
    }

    // MARK: strokes

    /// The points of the element's path on Excalidraw's canvas: curves flattened, turned by its angle. Gives up, with `nil`, beyond `limit` points.
    func points(of path: Subpath, limit: Int) -> [Point]? {
        guard let flat = path.flattened(.identity, tolerance: 0.1, limit: limit) else { return nil }
        var points = flat
        if type == "freedraw" { points = asDrawn(points) }
        let middle = type == "rectangle" || type == "diamond" || type == "ellipse"
            ? Point(x: x + width / 2, y: y + height / 2) : Box.of(flat)?.center ?? points[0]
        let turn = (cos: cos(angle), sin: sin(angle))
        return points.map { point in
            guard angle != 0 else { return point.tidied }
            let dx = point.x - middle.x, dy = point.y - middle.y
            return Point(x: middle.x + dx * turn.cos - dy * turn.sin, y: middle.y + dx * turn.sin + dy * turn.cos).tidied
        }
    }

    /// The element's line or outline before it is turned; `nil` where it has none.
    var path: Subpath? {
        switch type {
        case "freedraw": return polyline(points)
        case "line", "arrow", "draw":
            let points = points.count >= 2 ? points : [Point(x: 0, y: 0), Point(x: width, y: height)]
            if case .none = rounding { return polyline(points) }
            return isElbow ? polyline(points) : curve(points)
        case "rectangle": return rectangle
        case "diamond": return diamond
        case "ellipse":
            guard width != 0, height != 0 else { return nil }
            let left = Point(x: x, y: y + height / 2), right = Point(x: x + width, y: y + height / 2)
            let halves = [(left, right), (right, left)].flatMap { from, to in
                arcSegments(from: from, to: to, rx: width / 2, ry: height / 2, degrees: 0, isLarge: false, isSweep: true)
            }
            return Subpath(start: left, segments: halves, isClosed: true, text: 0..<0, lead: .none)
        default: return nil
        }
    }

    private func polyline(_ points: [Point]) -> Subpath? {
        let placed = points.map { Point(x: x + $0.x, y: y + $0.y) }
        guard let first = placed.first else { return nil }
        return Subpath(start: first, segments: placed.dropFirst().map(PathSegment.line), text: 0..<0, lead: .none)
    }

    /// The smooth line through the points that Excalidraw's drawing library (rough.js) makes: Catmull-Rom splines as cubics.
    private func curve(_ points: [Point]) -> Subpath? {
        guard points.count > 2, var path = polyline(points) else { return polyline(points) }
        let placed = [path.start] + path.segments.map(\.end)
        path.segments = (0..<placed.count - 1).map { i in
            let before = placed[max(0, i - 1)], from = placed[i], to = placed[i + 1], after = placed[min(placed.count - 1, i + 2)]
            return .cubic(Point(x: from.x + (to.x - before.x) / 6, y: from.y + (to.y - before.y) / 6),
                          Point(x: to.x + (from.x - after.x) / 6, y: to.y + (from.y - after.y) / 6), to)
        }
        return path
    }

    /// How far from a corner its rounding begins, on a side of this length (Excalidraw's `getCornerRadius`).
    private func cornerRadius(_ side: Double) -> Double {
        switch rounding {
        case .none: 0
        case .proportional: abs(side) / 4
        case .adaptive(let radius): min(radius, abs(side) / 4)
        }
    }

    private var rectangle: Subpath {
        let x0 = min(x, x + width), y0 = min(y, y + height), x1 = max(x, x + width), y1 = max(y, y + height)
        let corners = [Point(x: x1, y: y0), Point(x: x1, y: y1), Point(x: x0, y: y1), Point(x: x0, y: y0)]
        let r = cornerRadius(min(x1 - x0, y1 - y0))
        return rounded(corners, reach: Point(x: r, y: r))
    }

    private var diamond: Subpath {
        let middle = Point(x: x + width / 2, y: y + height / 2)
        let corners = [Point(x: x + width, y: middle.y), Point(x: middle.x, y: y + height), Point(x: x, y: middle.y), Point(x: middle.x, y: y)]
        return rounded(corners, reach: Point(x: cornerRadius(width / 2), y: cornerRadius(height / 2)))
    }

    /// A closed polygon whose corners are cut off `reach` before and after them, in x and y, and joined by a curve towards the corner.
    private func rounded(_ corners: [Point], reach: Point) -> Subpath {
        func near(_ corner: Point, _ other: Point) -> Point {
            Point(x: corner.x + (other.x > corner.x ? reach.x : other.x < corner.x ? -reach.x : 0),
                  y: corner.y + (other.y > corner.y ? reach.y : other.y < corner.y ? -reach.y : 0))
        }
        let count = corners.count
        var path = Subpath(start: near(corners[count - 1], corners[0]), isClosed: true, text: 0..<0, lead: .none)
        for i in 0..<count {
            let corner = corners[i], before = near(corner, corners[(i + count - 1) % count]), after = near(corner, corners[(i + 1) % count])
            path.segments.append(.line(before))
            guard before != after else { continue }
            path.segments.append(.cubic(before.interpolated(to: corner, 2.0 / 3), after.interpolated(to: corner, 2.0 / 3), after))
        }
        return path
    }

    /// A freehand stroke without the points that were put between those of the scene. A dot has two points a hair's breadth apart.
    private func asDrawn(_ points: [Point]) -> [Point] {
        if points.count == 2, points[0].distance(to: points[1]) < 0.0002 { return [points[0]] }
        let corners = note.corners
        guard corners.first == 0, corners.last == points.count - 1, zip(corners, corners.dropFirst()).allSatisfy(<) else { return points }
        return corners.map { points[$0] }
    }
}

extension JSONValue {
    /// The finite number that the value is.
    var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number.isFinite ? number : nil
        case .digits(let digits): Double(digits).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }
}

extension Point {
    /// Without the last digits, which a sum of two short decimals leaves: 10.1 + 0.2 is 10.3, not 10.299999999999999.
    fileprivate var tidied: Point {
        func tidy(_ value: Double) -> Double { abs(value) < 1e7 ? (value * 1e8).rounded() / 1e8 : value }
        return Point(x: tidy(x), y: tidy(y))
    }
}
