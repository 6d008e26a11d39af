import Foundation

/// A piece of a path, in the path's own coordinates. Quadratic curves and arcs are turned into cubics.
enum PathSegment: Hashable, Sendable {
    case line(Point)
    case cubic(Point, Point, Point)

    var end: Point {
        switch self {
        case .line(let p): p
        case .cubic(_, _, let p): p
        }
    }
}

/// One subpath of SVG path data, with its place in the text.
struct Subpath: Sendable {
    /// How the text begins the subpath.
    enum Lead: Sendable, Equatable {
        case absoluteMove
        /// `m dx dy`: the text from the `m` to behind its pair (and the separators after it), and whether more pairs follow without a command.
        case relativeMove(text: Range<Int>, hasImplicitLines: Bool)
        /// No moveto: the path goes on after a `z`.
        case none
    }

    var start: Point
    var segments: [PathSegment] = []
    var isClosed = false
    /// From the subpath's first byte to the first byte of the next, or the end of the text.
    var text: Range<Int>
    var lead: Lead

    /// A moveto alone draws nothing; `M x y z` is a dot.
    var isDrawn: Bool { !segments.isEmpty || isClosed }
}

/// Reads SVG path data (SVG 2, chapter 9): every command, absolute and relative.
struct PathData {
    private(set) var subpaths: [Subpath] = []
    /// Where the data is broken; what stands before it was read.
    private(set) var brokenAt: Int?

    private var scanner: NumberScanner
    private var pen = Point(x: 0, y: 0)
    /// The last control point, for the smooth commands; its kind is `C` or `Q`.
    private var control: (point: Point, kind: UInt8)?

    init(_ text: [UInt8]) {
        scanner = NumberScanner(text)
        read()
        // What follows broken data is drawn by nobody. It belongs to the last subpath, lest it come to life when that is cut.
        for i in subpaths.indices {
            subpaths[i].text = subpaths[i].text.lowerBound..<(i + 1 < subpaths.count ? subpaths[i + 1].text.lowerBound : text.count)
        }
    }

    private mutating func read() {
        while true {
            scanner.skipSpace()
            guard let command = scanner.next else { return }
            let at = scanner.position
            scanner.position += 1
            let upper = command & ~32
            guard !subpaths.isEmpty || upper == UInt8(ascii: "M") else { return brokenAt = at }
            switch upper {
            case UInt8(ascii: "Z") where command | 32 == UInt8(ascii: "z"):
                subpaths[subpaths.count - 1].isClosed = true      // a second z draws nothing more
                pen = subpaths[subpaths.count - 1].start
                control = nil
            case UInt8(ascii: "M"), UInt8(ascii: "L"), UInt8(ascii: "H"), UInt8(ascii: "V"), UInt8(ascii: "C"), UInt8(ascii: "S"),
                 UInt8(ascii: "Q"), UInt8(ascii: "T"), UInt8(ascii: "A"):
                guard arguments(upper, isRelative: command != upper, at: at) else { return }
            default: return brokenAt = at
            }
        }
    }

    private mutating func broken(_ at: Int) -> Bool {
        brokenAt = at
        return false
    }

    /// A drawing command after `z` starts a subpath at the start of the last.
    private mutating func beginAfterClose(_ at: Int) {
        subpaths.append(Subpath(start: pen, text: at..<at, lead: .none))
    }

    /// Reads the arguments of one command, as often as they repeat.
    private mutating func arguments(_ command: UInt8, isRelative: Bool, at start: Int) -> Bool {
        var isFirst = true
        while true {
            scanner.skipSpace()
            let before = scanner.position
            if !isFirst {
                scanner.skipSeparators()
                guard let next = scanner.next, next == UInt8(ascii: "-") || next == UInt8(ascii: "+") || next == UInt8(ascii: ".") || next &- 48 <= 9 else {
                    if scanner.position != before, scanner.bytes[before..<scanner.position].contains(UInt8(ascii: ",")) { return broken(before) }
                    return true
                }
            }
            guard segment(isFirst || command != UInt8(ascii: "M") ? command : UInt8(ascii: "L"), isRelative, isFirst ? start : before) else {
                return false
            }
            isFirst = false
        }
    }

    private mutating func segment(_ command: UInt8, _ isRelative: Bool, _ at: Int) -> Bool {
        let origin = isRelative ? pen : Point(x: 0, y: 0)
        if command != UInt8(ascii: "M"), subpaths[subpaths.count - 1].isClosed { beginAfterClose(at) }
        switch command {
        case UInt8(ascii: "M"):
            guard let p = point(origin) else { return broken(at) }
            pen = p
            control = nil
            var lead = Subpath.Lead.absoluteMove
            if isRelative {
                var rest = scanner
                rest.skipSeparators()
                let more = rest.next.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".") || $0 &- 48 <= 9 } ?? false
                lead = .relativeMove(text: at..<(more ? rest.position : scanner.position), hasImplicitLines: more)
            }
            subpaths.append(Subpath(start: p, text: at..<at, lead: lead))
            return true
        case UInt8(ascii: "L"):
            guard let p = point(origin) else { return broken(at) }
            return append(.line(p), control: nil)
        case UInt8(ascii: "H"):
            guard let x = number() else { return broken(at) }
            return append(.line(Point(x: origin.x + x, y: pen.y)), control: nil)
        case UInt8(ascii: "V"):
            guard let y = number() else { return broken(at) }
            return append(.line(Point(x: pen.x, y: origin.y + y)), control: nil)
        case UInt8(ascii: "C"):
            guard let c1 = point(origin), let c2 = point(origin), let p = point(origin) else { return broken(at) }
            return append(.cubic(c1, c2, p), control: (c2, UInt8(ascii: "C")))
        case UInt8(ascii: "S"):
            guard let c2 = point(origin), let p = point(origin) else { return broken(at) }
            return append(.cubic(reflected(UInt8(ascii: "C")), c2, p), control: (c2, UInt8(ascii: "C")))
        case UInt8(ascii: "Q"):
            guard let c = point(origin), let p = point(origin) else { return broken(at) }
            return append(quadratic(c, p), control: (c, UInt8(ascii: "Q")))
        case UInt8(ascii: "T"):
            let c = reflected(UInt8(ascii: "Q"))
            guard let p = point(origin) else { return broken(at) }
            return append(quadratic(c, p), control: (c, UInt8(ascii: "Q")))
        default:
            guard let rx = number(), let ry = number(), let angle = number(), let isLarge = flag(), let isSweep = flag(), let p = point(origin) else {
                return broken(at)
            }
            let curves = arcSegments(from: pen, to: p, rx: rx, ry: ry, degrees: angle, isLarge: isLarge, isSweep: isSweep)
            subpaths[subpaths.count - 1].segments += curves
            pen = p
            control = nil
            return true
        }
    }

    private mutating func append(_ segment: PathSegment, control: (Point, UInt8)?) -> Bool {
        subpaths[subpaths.count - 1].segments.append(segment)
        pen = segment.end
        self.control = control.map { (point: $0.0, kind: $0.1) }
        return true
    }

    private func reflected(_ kind: UInt8) -> Point {
        guard let control, control.kind == kind else { return pen }
        return Point(x: 2 * pen.x - control.point.x, y: 2 * pen.y - control.point.y)
    }

    private func quadratic(_ c: Point, _ p: Point) -> PathSegment {
        .cubic(pen.interpolated(to: c, 2.0 / 3), p.interpolated(to: c, 2.0 / 3), p)
    }

    private mutating func number() -> Double? {
        scanner.skipSeparators()
        return scanner.number()
    }

    private mutating func flag() -> Bool? {
        scanner.skipSeparators()
        return scanner.flag()
    }

    private mutating func point(_ origin: Point) -> Point? {
        guard let x = number(), let y = number() else { return nil }
        return Point(x: origin.x + x, y: origin.y + y)
    }
}

/// An SVG elliptical arc as cubics of at most a quarter turn each (SVG 2, appendix B.2).
func arcSegments(from a: Point, to b: Point, rx: Double, ry: Double, degrees: Double, isLarge: Bool, isSweep: Bool) -> [PathSegment] {
    if a == b { return [] }
    var rx = abs(rx), ry = abs(ry)
    guard rx > 0, ry > 0 else { return [.line(b)] }
    let phi = degrees * .pi / 180, cosPhi = cos(phi), sinPhi = sin(phi)
    let hx = (a.x - b.x) / 2, hy = (a.y - b.y) / 2
    let x1 = cosPhi * hx + sinPhi * hy, y1 = cosPhi * hy - sinPhi * hx
    let excess = (x1 / rx) * (x1 / rx) + (y1 / ry) * (y1 / ry)
    if excess > 1 { (rx, ry) = (rx * excess.squareRoot(), ry * excess.squareRoot()) }
    let below = rx * rx * y1 * y1 + ry * ry * x1 * x1
    let factor = (isLarge == isSweep ? -1.0 : 1) * max(0, (rx * rx * ry * ry - below) / below).squareRoot()
    let cx1 = factor * rx * y1 / ry, cy1 = -factor * ry * x1 / rx
    let center = Point(x: cosPhi * cx1 - sinPhi * cy1 + (a.x + b.x) / 2, y: sinPhi * cx1 + cosPhi * cy1 + (a.y + b.y) / 2)
    let first = atan2((y1 - cy1) / ry, (x1 - cx1) / rx)
    var sweep = atan2((-y1 - cy1) / ry, (-x1 - cx1) / rx) - first
    if isSweep, sweep < 0 { sweep += 2 * .pi }
    if !isSweep, sweep > 0 { sweep -= 2 * .pi }
    guard first.isFinite, sweep.isFinite, center.x.isFinite, center.y.isFinite else { return [.line(b)] }
    let pieces = max(1, Int((abs(sweep) / (.pi / 2) - 1e-9).rounded(.up)))
    let step = sweep / Double(pieces), handle = 4.0 / 3 * tan(step / 4)
    func at(_ angle: Double, _ along: Double) -> Point {
        let x = rx * (cos(angle) - along * sin(angle)), y = ry * (sin(angle) + along * cos(angle))
        return Point(x: cosPhi * x - sinPhi * y + center.x, y: sinPhi * x + cosPhi * y + center.y)
    }
    return (0..<pieces).map { i in
        let from = first + step * Double(i), to = first + step * Double(i + 1)
        return .cubic(at(from, handle), at(to, -handle), i == pieces - 1 ? b : at(to, 0))
    }
}

extension Subpath {
    /// The subpath as points on the canvas: curves become lines that stay within `tolerance` pixels of them. A line of no length is one point.
    ///
    /// Stops, with `nil`, at the segment that makes it more than `limit` points: twenty bytes of text can ask for 256.
    func flattened(_ transform: Transform, tolerance: Double, limit: Int) -> [Point]? {
        var points = [transform(start)]
        let isDot = !isClosed && segments == [.line(start)]
        for segment in isDot ? [] : segments {
            switch segment {
            case .line(let p): points.append(transform(p))
            case .cubic(let c1, let c2, let p):
                let a = points[points.count - 1], b = transform(c1), c = transform(c2), d = transform(p)
                let bend = max(hypot(a.x - 2 * b.x + c.x, a.y - 2 * b.y + c.y), hypot(b.x - 2 * c.x + d.x, b.y - 2 * c.y + d.y))
                // Wang's bound: n² ≥ 6/8 · bend / tolerance keeps a cubic within the tolerance.
                let wanted = (0.75 * bend / tolerance).squareRoot().rounded(.up)
                let count = wanted.isFinite ? Int(min(256, max(1, wanted))) : 1
                for i in 1...count {
                    let t = Double(i) / Double(count), s = 1 - t
                    let w0 = s * s * s, w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t
                    points.append(i == count ? d : Point(x: w0 * a.x + w1 * b.x + w2 * c.x + w3 * d.x, y: w0 * a.y + w1 * b.y + w2 * c.y + w3 * d.y))
                }
            }
            guard points.count <= limit else { return nil }
        }
        if isClosed, let last = points.last, last != points[0] { points.append(points[0]) }
        return points.count <= limit ? points : nil
    }
}
