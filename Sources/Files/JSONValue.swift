/// Any JSON value, for the keys of a file that Atelier does not know and keeps. Numbers keep their text.
public indirect enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number that fits `Int`.
    case integer(Int)
    /// A number that `Int` and `Double` cannot hold or would write otherwise (`1.50`, thirty digits), by its text.
    case digits(String)
    /// Any other number.
    case number(Double)
    /// A string, its escapes resolved.
    case string(String)
    /// A list, in the file's order.
    case array([JSONValue])
    /// An object; the order of its keys is not kept, the last of equal keys is.
    case object([String: JSONValue])
}

extension JSONValue: Codable {
    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads any value. Integers beyond `UInt64` become `number`, where the decoder gives no more.
    /// - Throws: the decoder's `DecodingError`.
    public init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Key.self) {
            var object: [String: JSONValue] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(JSONValue.self, forKey: key) }
            self = .object(object)
        } else if var items = try? decoder.unkeyedContainer() {
            var array: [JSONValue] = []
            while !items.isAtEnd { array.append(try items.decode(JSONValue.self)) }
            self = .array(array)
        } else {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() { self = .null }
            else if let bool = try? value.decode(Bool.self) { self = .bool(bool) }
            else if let integer = try? value.decode(Int.self) { self = .integer(integer) }
            else if let large = try? value.decode(UInt64.self) { self = .digits(String(large)) }
            else if let number = try? value.decode(Double.self) { self = .number(number) }
            else { self = .string(try value.decode(String.self)) }
        }
    }

    /// Writes the value. `digits` are written as the `UInt64` or else the `Double` that they mean, since encoders hold no text of numbers.
    /// - Throws: the encoder's `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for (key, value) in members { try container.encode(value, forKey: Key(stringValue: key)) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .bool(let bool): try container.encode(bool)
            case .integer(let integer): try container.encode(integer)
            case .digits(let text):
                if let large = UInt64(text) { try container.encode(large) } else { try container.encode(Double(text) ?? 0) }
            case .number(let number): try container.encode(number)
            case .string(let string): try container.encode(string)
            default: try container.encodeNil()
            }
        }
    }
}
