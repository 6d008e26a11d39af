/// Reads JSON (RFC 8259) from bytes, value by value, and says line and key of what is wrong.
///
/// Callers ask for what they expect (`double()`, `members {…}`), so that a drawing of a million numbers never becomes a tree.
package struct JSONScanner {
    package let file: String
    package let bytes: [UInt8]
    package private(set) var position: Int
    private var path: [PathPart] = []
    private var depth = 0
    /// How many values have become part of a tree in this record.
    private var values = 0

    enum PathPart {
        case key(String), index(Int)
    }

    package init(_ bytes: [UInt8], file: String, from start: Int = 0) {
        self.bytes = bytes
        self.file = file
        position = start
    }

    // MARK: errors

    package func error(_ problem: FileError.Problem, at offset: Int? = nil) -> FileError {
        let end = min(offset ?? position, bytes.count)
        let line = bytes[..<end].count { $0 == UInt8(ascii: "\n") } + 1
        return FileError(file: file, line: line, key: keyPath.isEmpty ? nil : keyPath, problem)
    }

    private var keyPath: String {
        var text = ""
        for part in path {
            switch part {
            case .key(let key): text += (text.isEmpty ? "" : ".") + key.prefix(60)
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    /// What stands at the position, for "found …".
    private var found: String {
        guard position < bytes.count else { return "the end of the file" }
        switch bytes[position] {
        case UInt8(ascii: "{"): return "an object"
        case UInt8(ascii: "["): return "an array"
        case UInt8(ascii: "\""): return "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return "true or false"
        case UInt8(ascii: "n"): return "null"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return "a number"
        case let byte where byte > 32 && byte < 127: return "'\(Character(UnicodeScalar(byte)))'"
        case let byte: return "byte \(byte)"
        }
    }

    private func unexpected(_ expected: String) -> FileError {
        position < bytes.count ? error(.expected(expected, found: found)) : error(.malformed("ends where \(expected) should be"))
    }

    // MARK: structure

    package mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 10 || bytes[position] == 13 || bytes[position] == 9 {
            position += 1
        }
    }

    /// The next byte that is not space, or `nil` at the end.
    package mutating func peek() -> UInt8? {
        skipSpace()
        return position < bytes.count ? bytes[position] : nil
    }

    package mutating func jump(to offset: Int) { position = offset }

    /// Counts the values of unknown keys from 0 again: each record may have `ReadLimit.parts` of them.
    package mutating func beginRecord() { values = 0 }

    /// Refuses the part at `index` (from 0) of a list of too many. `what` names the parts, in the plural.
    package func limit(_ index: Int, _ what: String) throws(FileError) {
        guard index < ReadLimit.parts else { throw error(.tooMany(what, limit: ReadLimit.parts)) }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func enter() throws(FileError) {
        depth += 1
        guard depth <= ReadLimit.depth else { throw error(.tooDeep(limit: ReadLimit.depth)) }
    }

    /// Calls `body` for each member of the object here, with the position at its value; `body` must read the value.
    package mutating func members(_ expected: String, _ body: (inout JSONScanner, String) throws(FileError) -> Void) throws(FileError) {
        guard take(UInt8(ascii: "{")) else { throw unexpected(expected) }
        try enter()
        defer { depth -= 1 }
        if take(UInt8(ascii: "}")) { return }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
            let key = try string("a key")
            guard take(UInt8(ascii: ":")) else { throw unexpected("':' after the key \"\(key.prefix(60))\"") }
            path.append(.key(key))
            skipSpace()
            try body(&self, key)
            path.removeLast()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw unexpected("',' or '}'") }
        }
    }

    /// Calls `body` for each element of the array here, with the position at it; `body` must read the value.
    package mutating func elements(_ expected: String, _ body: (inout JSONScanner, Int) throws(FileError) -> Void) throws(FileError) {
        guard take(UInt8(ascii: "[")) else { throw unexpected(expected) }
        try enter()
        defer { depth -= 1 }
        if take(UInt8(ascii: "]")) { return }
        var index = 0
        while true {
            path.append(.index(index))
            skipSpace()
            try body(&self, index)
            path.removeLast()
            index += 1
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw unexpected("',' or ']'") }
        }
    }

    /// Reads the value of a key that was passed over before.
    package mutating func revisit<Value>(_ key: String, at offset: Int, _ body: (inout JSONScanner) throws(FileError) -> Value) throws(FileError) -> Value {
        path.append(.key(key))
        jump(to: offset)
        let value = try body(&self)
        path.removeLast()
        return value
    }

    // MARK: scalars

    /// Reads `null` and says so; leaves anything else.
    package mutating func takeNull() throws(FileError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    private mutating func literal(_ word: String) throws(FileError) {
        for byte in word.utf8 {
            guard position < bytes.count, bytes[position] == byte else { throw error(.malformed("is not JSON: expected \(word)")) }
            position += 1
        }
    }

    package mutating func string(_ expected: String) throws(FileError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw unexpected(expected) }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 32 { position += 1 }
        var text = Array(bytes[start..<position])
        while true {
            guard position < bytes.count else { throw error(.malformed("a string has no closing quote"), at: start) }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: try escape().utf8)
            } else {
                guard byte >= 32 else { throw error(.malformed("a string has a raw control character; write \\n or \\u00XX"), at: position - 1) }
                text.append(byte)
            }
        }
        guard let valid = String(validating: text, as: UTF8.self) else { throw error(.malformed("a string is not valid UTF-8"), at: start) }
        return valid
    }

    private mutating func escape() throws(FileError) -> String {
        guard position < bytes.count else { throw error(.malformed("a string has no closing quote")) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if unit >= 0xd800, unit < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") {
                position += 2
                let low = try hexadecimal()
                guard low >= 0xdc00, low < 0xe000 else { throw error(.malformed("a string has half of a surrogate pair")) }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = UnicodeScalar(unit) else { throw error(.malformed("a string has half of a surrogate pair")) }
            return String(Character(scalar))
        default: throw error(.malformed("a string has an unknown escape"))
        }
    }

    private mutating func hexadecimal() throws(FileError) -> UInt32 {
        guard position + 4 <= bytes.count, let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
              bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-") else {
            throw error(.malformed("\\u needs four hexadecimal digits"))
        }
        position += 4
        return value
    }

    private struct Number {
        var value: Double
        var range: Range<Int>
        var isInteger: Bool
    }

    private static let powers: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1.0) { value, _ in value * 10 } }

    private mutating func number(_ expected: String) throws(FileError) -> Number {
        skipSpace()
        let start = position
        var at = position
        let end = bytes.count
        func isDigit(_ i: Int) -> Bool { i < end && bytes[i] &- 48 <= 9 }
        let negative = at < end && bytes[at] == UInt8(ascii: "-")
        if negative { at += 1 }
        guard isDigit(at) else { throw unexpected(expected) }
        var mantissa: UInt64 = 0, digits = 0, exponent = 0, isInteger = true
        if bytes[at] == 48, isDigit(at + 1) { throw error(.malformed("is not JSON: a number starts with 0")) }
        while isDigit(at) {
            if digits < 18 { mantissa = mantissa * 10 + UInt64(bytes[at] &- 48) }
            digits += 1
            at += 1
        }
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            isInteger = false
            guard isDigit(at) else { throw error(.malformed("is not JSON: a number ends in '.'")) }
            while isDigit(at) {
                if digits < 18 { mantissa = mantissa * 10 + UInt64(bytes[at] &- 48); exponent -= 1 }
                digits += 1
                at += 1
            }
        }
        if at < end, bytes[at] | 32 == UInt8(ascii: "e") {
            at += 1
            isInteger = false
            let minus = at < end && bytes[at] == UInt8(ascii: "-")
            if at < end, minus || bytes[at] == UInt8(ascii: "+") { at += 1 }
            guard isDigit(at) else { throw error(.malformed("is not JSON: a number has no digits in its exponent")) }
            var power = 0
            while isDigit(at) {
                power = min(100_000, power * 10 + Int(bytes[at] &- 48))
                at += 1
            }
            exponent += minus ? -power : power
        }
        position = at
        // Up to 2^53 and 10^22 one division or product is exact (Clinger 1990); the rest goes the long way.
        var value: Double
        if digits <= 18, mantissa <= 1 << 53, abs(exponent) <= 22 {
            value = exponent < 0 ? Double(mantissa) / Self.powers[-exponent] : Double(mantissa) * Self.powers[exponent]
            if negative { value = -value }
        } else {
            value = Double(String(decoding: bytes[start..<at], as: UTF8.self)) ?? .infinity
        }
        return Number(value: value, range: start..<at, isInteger: isInteger)
    }

    /// A finite number of magnitude `limit` or less.
    package mutating func double(_ expected: String = "a number", limit: Double = ReadLimit.coordinate) throws(FileError) -> Double {
        let number = try number(expected)
        guard abs(number.value) <= limit else {
            let text = String(decoding: bytes[number.range].prefix(40), as: UTF8.self)
            throw error(.outOfRange("\(text) is out of range: at most \(exact(limit)) in magnitude"), at: number.range.lowerBound)
        }
        return number.value
    }

    /// A whole number that fits `T`, written without point or exponent.
    package mutating func integer<T: FixedWidthInteger>(_ expected: String) throws(FileError) -> T {
        let number = try number(expected)
        let text = String(decoding: bytes[number.range].prefix(40), as: UTF8.self)
        guard number.isInteger, let value = T(text) else { throw error(.expected(expected, found: text), at: number.range.lowerBound) }
        return value
    }

    /// `[n, n, …]`, the hot path of every drawing. Index and value of a bad number are in the error.
    package mutating func numbers(_ expected: String, limit: Double = ReadLimit.coordinate) throws(FileError) -> [Double] {
        var values: [Double] = []
        try elements(expected) { (scanner, index) throws(FileError) in
            guard index < ReadLimit.points else { throw scanner.error(.tooManyPoints(limit: ReadLimit.points)) }
            values.append(try scanner.double(limit: limit))
        }
        return values
    }

    /// Any value, as a tree.
    package mutating func value() throws(FileError) -> JSONValue {
        try limit(values, "values of unknown keys")
        values += 1
        switch peek() {
        case UInt8(ascii: "{"):
            var object: [String: JSONValue] = [:]
            try members("an object") { (scanner, key) throws(FileError) in object[key] = try scanner.value() }
            return .object(object)
        case UInt8(ascii: "["):
            var array: [JSONValue] = []
            try elements("an array") { (scanner, _) throws(FileError) in array.append(try scanner.value()) }
            return .array(array)
        case UInt8(ascii: "\""): return .string(try string("a string"))
        case UInt8(ascii: "t"): try literal("true"); return .bool(true)
        case UInt8(ascii: "f"): try literal("false"); return .bool(false)
        case UInt8(ascii: "n"): try literal("null"); return .null
        default:
            let number = try number("a JSON value")
            let text = String(decoding: bytes[number.range], as: UTF8.self)
            if number.isInteger, let integer = Int(text), text != "-0" { return .integer(integer) }
            guard number.isInteger || number.value.isFinite else {
                throw error(.outOfRange("\(text.prefix(40)) is too large for a number"), at: number.range.lowerBound)
            }
            return number.value.description == text ? .number(number.value) : .digits(text)
        }
    }

    /// Passes over the value here without building it.
    package mutating func skip() throws(FileError) {
        switch peek() {
        case UInt8(ascii: "{"): try members("an object") { (scanner, _) throws(FileError) in try scanner.skip() }
        case UInt8(ascii: "["): try elements("an array") { (scanner, _) throws(FileError) in try scanner.skip() }
        case let byte? where byte == UInt8(ascii: "-") || byte &- 48 <= 9: _ = try double(limit: .infinity)
        default: _ = try value()
        }
    }
}
