extension GGUFFile {
    /// A metadata value. Integers and floats keep the width they have in the file, so that what is read is written alike.
    public enum Value: Sendable, Equatable {
        case unsigned(UInt64, bytes: Int), signed(Int64, bytes: Int), float(Double, bytes: Int), bool(Bool), text(String)
        case unsignedList([UInt64], bytes: Int), signedList([Int64], bytes: Int), floatList([Double], bytes: Int)
        case boolList([Bool]), textList([String])
        /// Lists of lists.
        case lists([Value])

        /// An unsigned 32-bit integer, the usual width. - Precondition: it fits.
        public static func count(_ value: Int) -> Value { .unsigned(UInt64(UInt32(value)), bytes: 4) }

        /// The value of an integer of any width; nil for other types and for what is larger than an `Int`.
        public var integer: Int? {
            switch self {
            case .unsigned(let value, _): Int(exactly: value)
            case .signed(let value, _): Int(value)
            default: nil
            }
        }

        /// The value of a float or an integer.
        public var number: Double? {
            switch self {
            case .float(let value, _): value
            case .unsigned(let value, _): Double(value)
            case .signed(let value, _): Double(value)
            default: nil
            }
        }

        /// A text; nil for other types.
        public var text: String? { if case .text(let text) = self { text } else { nil } }
        /// A truth value; nil for other types.
        public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
        /// A list of texts; nil for other types.
        public var texts: [String]? { if case .textList(let texts) = self { texts } else { nil } }

        /// A list of integers of any width; nil for other types and where one is larger than an `Int`.
        public var integers: [Int]? {
            switch self {
            case .unsignedList(let list, _): list.allSatisfy { $0 <= UInt64(Int.max) } ? list.map(Int.init) : nil
            case .signedList(let list, _): list.map(Int.init)
            default: nil
            }
        }

        /// What it is, for messages.
        public var kind: String {
            switch self {
            case .unsigned, .signed: "an integer"
            case .float: "a number"
            case .bool: "a truth value"
            case .text: "a text"
            case .unsignedList(let list, _): "\(list.count) integers"
            case .signedList(let list, _): "\(list.count) integers"
            case .floatList(let list, _): "\(list.count) numbers"
            case .boolList(let list): "\(list.count) truth values"
            case .textList(let list): "\(list.count) texts"
            case .lists(let list): "\(list.count) lists"
            }
        }
    }

    /// Types of metadata values by their numbers in the file.
    enum ValueType: UInt32 {
        case uint8, int8, uint16, int16, uint32, int32, float32, bool, text, list, uint64, int64, float64

        /// The fewest bytes a value takes: its width, or the count before it.
        var leastBytes: Int {
            switch self {
            case .uint8, .int8, .bool: 1
            case .uint16, .int16: 2
            case .uint32, .int32, .float32: 4
            case .text, .uint64, .int64, .float64: 8
            case .list: 12
            }
        }
    }

    /// How a tensor's values are stored, by its number in the file.
    public enum TensorType: UInt32, Sendable, CaseIterable {
        case f32 = 0, f16 = 1, q4_0 = 2, q4_1 = 3, q5_0 = 6, q5_1 = 7, q8_0 = 8, q4_K = 12, q5_K = 13, q6_K = 14, bf16 = 30

        /// Values of a block; a row is a whole number of blocks.
        public var blockValues: Int {
            switch self {
            case .f32, .f16, .bf16: 1
            case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
            case .q4_K, .q5_K, .q6_K: 256
            }
        }

        /// Bytes of a block.
        public var blockBytes: Int {
            switch self {
            case .f32: 4
            case .f16, .bf16: 2
            case .q4_0: 18
            case .q4_1: 20
            case .q5_0: 22
            case .q5_1: 24
            case .q8_0: 34
            case .q4_K: 144
            case .q5_K: 176
            case .q6_K: 210
            }
        }

        /// As llama.cpp calls it: "Q4_1".
        public var name: String { "\(self)".uppercased() }

        /// Whether `write` can store it.
        public var isWritten: Bool { self == .f32 || self == .bf16 || self == .q8_0 }
    }
}
