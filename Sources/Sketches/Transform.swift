import Files
import Foundation

/// An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f (SVG's `matrix(a b c d e f)`).
struct Transform: Hashable, Sendable {
    var a = 1.0, b = 0.0, c = 0.0, d = 1.0, e = 0.0, f = 0.0

    static let identity = Transform()

    static func translation(_ x: Double, _ y: Double) -> Transform { Transform(e: x, f: y) }
    static func scale(_ x: Double, _ y: Double) -> Transform { Transform(a: x, d: y) }

    func callAsFunction(_ p: Point) -> Point { Point(x: a * p.x + c * p.y + e, y: b * p.x + d * p.y + f) }

    /// First `inner`, then this.
    func after(_ inner: Transform) -> Transform {
        Transform(a: a * inner.a + c * inner.b, b: b * inner.a + d * inner.b,
                  c: a * inner.c + c * inner.d, d: b * inner.c + d * inner.d,
                  e: a * inner.e + c * inner.f + e, f: b * inner.e + d * inner.f + f)
    }

    /// The map that undoes this one; `nil` where there is none.
    var inverse: Transform? {
        let determinant = a * d - b * c
        let inverse = Transform(a: d / determinant, b: -b / determinant, c: -c / determinant, d: a / determinant,
                                e: (c * f - d * e) / determinant, f: (b * e - a * f) / determinant)
        return [inverse.a, inverse.b, inverse.c, inverse.d, inverse.e, inverse.f].allSatisfy(\.isFinite) ? inverse : nil
    }

    /// The map that does in the coordinates that `frame` takes to those of this one what this one does; `nil` where `frame` has no inverse.
    func seen(in frame: Transform) -> Transform? {
        guard let inverse = frame.inverse else { return nil }
        guard b == 0, c == 0, a == d else { return inverse.after(self).after(frame) }
        // A uniform scale is the same in all coordinates: this way rounding leaves it as it is, and a shift a shift.
        let x = (a - 1) * frame.e + e, y = (a - 1) * frame.f + f
        return Transform(a: a, d: a, e: inverse.a * x + inverse.c * y, f: inverse.b * x + inverse.d * y)
    }

    /// How much lengths grow at most, within a factor of 1.5.
    var reach: Double { max(abs(a) + abs(c), abs(b) + abs(d)) }

    /// As a `transform` attribute has it, the shift to some decimals.
    func svg(decimals: Int) -> String {
        let x = brief(e, decimals: decimals), y = brief(f, decimals: decimals)
        guard b == 0, c == 0 else { return "matrix(\([a, b, c, d].map(exact).joined(separator: " ")) \(x) \(y))" }
        if a == 1, d == 1 { return "translate(\(x) \(y))" }
        return "translate(\(x) \(y)) scale(\(exact(a))\(a == d ? "" : " " + exact(d)))"
    }

    /// Whether nothing but a shift, which no choice of the origin changes.
    var isTranslation: Bool { a == 1 && b == 0 && c == 0 && d == 1 }

    /// As a `transform` attribute has it.
    var svg: String {
        isTranslation ? "translate(\(exact(e)) \(exact(f)))" : "matrix(" + [a, b, c, d, e, f].map(exact).joined(separator: " ") + ")"
    }

    /// Reads SVG's `transform` attribute or CSS's property: numbers may have units (`px`, `deg`, …). `nil` where it is not well-formed, or
    /// has what needs more than the text: percentages, three dimensions.
    init?(svg text: [UInt8]) {
        self = .identity
        var scanner = NumberScanner(text)
        while true {
            scanner.skipSeparators()
            if scanner.isAtEnd { return }
            let name = scanner.word()
            scanner.skipSpace()
            if name == "none", self == .identity, scanner.isAtEnd { return }
            guard !name.isEmpty, scanner.take(UInt8(ascii: "(")) else { return nil }
            var v: [Double] = []
            while true {
                scanner.skipSeparators()
                if scanner.take(UInt8(ascii: ")")) { break }
                guard v.count < 6, let number = scanner.number(), let unit = Transform.units(of: name, argument: v.count)[scanner.word()] else { return nil }
                v.append(number * unit)
            }
            let step: Transform
            switch (name, v.count) {
            case ("matrix", 6): step = Transform(a: v[0], b: v[1], c: v[2], d: v[3], e: v[4], f: v[5])
            case ("translate", 1): step = .translation(v[0], 0)
            case ("translate", 2): step = .translation(v[0], v[1])
            case ("translateX", 1): step = .translation(v[0], 0)
            case ("translateY", 1): step = .translation(0, v[0])
            case ("scale", 1): step = .scale(v[0], v[0])
            case ("scale", 2): step = .scale(v[0], v[1])
            case ("scaleX", 1): step = .scale(v[0], 1)
            case ("scaleY", 1): step = .scale(1, v[0])
            case ("rotate", 1): step = .rotation(degrees: v[0])
            case ("rotate", 3):
                step = Transform.rotation(degrees: v[0]).around(Point(x: v[1], y: v[2]))
            case ("skew", 1...2): step = Transform(b: v.count == 2 ? tan(v[1] * .pi / 180) : 0, c: tan(v[0] * .pi / 180))
            case ("skewX", 1): step = Transform(c: tan(v[0] * .pi / 180))
            case ("skewY", 1): step = Transform(b: tan(v[0] * .pi / 180))
            default: return nil
            }
            self = after(step)
        }
    }

    /// The same map with another point as its origin.
    func around(_ p: Point) -> Transform { Transform.translation(p.x, p.y).after(self).after(.translation(-p.x, -p.y)) }

    /// What the units of a function's argument are worth, in user units or degrees.
    private static func units(of function: String, argument: Int) -> [String: Double] {
        switch function {
        case "translate", "translateX", "translateY": lengthUnits
        case "rotate" where argument > 0: lengthUnits
        case "rotate", "skew", "skewX", "skewY": angleUnits
        default: noUnits
        }
    }

    private static let angleUnits = ["": 1, "deg": 1, "grad": 0.9, "rad": 180 / .pi, "turn": 360], noUnits = ["": 1.0]

    private init(a: Double = 1, b: Double = 0, c: Double = 0, d: Double = 1, e: Double = 0, f: Double = 0) {
        (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
    }

    private static func rotation(degrees: Double) -> Transform {
        let angle = degrees * .pi / 180
        return Transform(a: cos(angle), b: sin(angle), c: -sin(angle), d: cos(angle))
    }
}

/// What the units of a length are worth, in user units (1 px).
let lengthUnits = ["": 1, "px": 1, "pt": 4.0 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96]

/// Reads the numbers of SVG attributes: path data, point lists, transforms, view boxes.
struct NumberScanner {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while position < bytes.count, bytes[position].isXMLSpace || bytes[position] == 12 { position += 1 }
    }

    /// White space and commas.
    mutating func skipSeparators() {
        while position < bytes.count, bytes[position].isXMLSpace || bytes[position] == 12 || bytes[position] == UInt8(ascii: ",") { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func word() -> String {
        let start = position
        while let byte = next, byte | 32 >= UInt8(ascii: "a"), byte | 32 <= UInt8(ascii: "z") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A number as SVG writes it (`-.5`, `1e3`, `3.`); `nil`, without moving, where there is none or it is infinite.
    mutating func number() -> Double? {
        var at = position
        func isDigit(_ i: Int) -> Bool { i < bytes.count && bytes[i] &- 48 <= 9 }
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") { at += 1 }
        let first = at
        var digits = 0
        while isDigit(at) { at += 1; digits += 1 }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            while isDigit(at) { at += 1; digits += 1 }
        }
        guard digits > 0, first < at else { return nil }
        if at < bytes.count, bytes[at] | 32 == UInt8(ascii: "e") {
            var tail = at + 1
            if tail < bytes.count, bytes[tail] == UInt8(ascii: "-") || bytes[tail] == UInt8(ascii: "+") { tail += 1 }
            if isDigit(tail) {
                while isDigit(tail) { tail += 1 }
                at = tail
            }
        }
        var text = String(decoding: bytes[position..<at], as: UTF8.self)
        if text.hasSuffix(".") { text.removeLast() }
        guard let value = Double(text.replacingOccurrences(of: ".e", with: "e").replacingOccurrences(of: ".E", with: "E")), value.isFinite else { return nil }
        position = at
        return value
    }

    /// A flag of an elliptical arc: one digit, `0` or `1`, which needs no separator.
    mutating func flag() -> Bool? {
        if take(UInt8(ascii: "0")) { return false }
        if take(UInt8(ascii: "1")) { return true }
        return nil
    }
}
