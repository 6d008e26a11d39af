import Files
import Foundation

// Messages and schemas are written down as literals: `["type": "object", "properties": [:]]`.
extension JSONValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(Dictionary(elements) { $1 }) }
}

extension JSONValue {
    /// Reads one JSON value, the whole of `bytes`.
    /// - Throws: `FileError`: no JSON, nested too deep, too many values.
    init(parsing bytes: [UInt8], name: String) throws(FileError) {
        var scanner = JSONScanner(bytes, file: name, from: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
        let value = try scanner.value()
        guard scanner.peek() == nil else { throw scanner.error(.malformed("has more after the end of its JSON")) }
        self = value
    }

    /// What an encoder writes of a value.
    init(encoding value: some Encodable) throws {
        try self.init(parsing: [UInt8](JSONEncoder().encode(value)), name: "report")
    }

    /// A number to two places after the point, whole ones without a point.
    static func short(_ number: Double) -> JSONValue {
        let rounded = (number * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? .integer(Int(rounded)) : .number(rounded)
    }

    /// A list of strings.
    static func strings(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }

    /// The value of an object's key; nil for another kind of value.
    subscript(key: String) -> JSONValue? { object?[key] }

    /// The members of an object.
    var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    /// The items of a list.
    var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The text of a string.
    var string: String? { if case .string(let text) = self { text } else { nil } }
    /// True or false.
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

    /// A finite number of any spelling.
    var double: Double? {
        switch self {
        case .integer(let whole): Double(whole)
        case .number(let number): number.isFinite ? number : nil
        case .digits(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    /// A whole number, also one that is written `5.0`, as JSON Schema has it; nil beyond 2⁵³ unless it fits `Int` as it stands.
    var whole: Int? {
        if case .integer(let whole) = self { return whole }
        guard let number = double, number == number.rounded(), abs(number) <= 9_007_199_254_740_992 else { return nil }
        return Int(number)
    }

    /// The kind of value, for "not a string".
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer, .digits, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
