import Files

/// A place in a file that has no lines: the file, and which part of it.
struct FilePlace: Sendable {
    var file: String
    var key: String?

    func callAsFunction(_ problem: FileError.Problem) -> FileError { FileError(file: file, key: key, problem) }
}

/// An array of numbers as numpy keeps it: a shape, a kind of number, bytes.
struct NumpyArray {
    /// A kind of number (numpy's `dtype`): `i` integer, `u` without sign, `f` floating, `b` Boolean, `O` Python objects.
    struct Kind: Equatable {
        var letter: UInt8
        var size: Int
        var isBigEndian = false

        /// From numpy's short name: `<i2`, `f4`, `|O`. `nil` where numbers of that kind are not read.
        init?(_ name: String) {
            var text = name[...]
            if let order = text.first, "<>|=".contains(order) {
                isBigEndian = order == ">"
                text = text.dropFirst()
            }
            guard let letter = text.first?.asciiValue else { return nil }
            self.letter = letter
            size = text.dropFirst().isEmpty && letter == UInt8(ascii: "O") ? 8 : Int(text.dropFirst()) ?? 0
            switch letter {
            case UInt8(ascii: "i"), UInt8(ascii: "u"): guard [1, 2, 4, 8].contains(size) else { return nil }
            case UInt8(ascii: "f"): guard [2, 4, 8].contains(size) else { return nil }
            case UInt8(ascii: "b"): guard size == 1 else { return nil }
            case UInt8(ascii: "O"): break
            default: return nil
            }
        }

        var isObject: Bool { letter == UInt8(ascii: "O") }
    }

    let shape: [Int]
    let kind: Kind
    /// Whether the first index runs fastest.
    let isColumnMajor: Bool
    let bytes: ArraySlice<UInt8>

    /// Checks that the bytes are as many as the shape says. `nil` where they are not.
    init?(shape: [Int], kind: Kind, isColumnMajor: Bool, bytes: ArraySlice<UInt8>) {
        guard let count = NumpyArray.count(of: shape), !kind.isObject else { return nil }
        let (size, overflow) = count.multipliedReportingOverflow(by: kind.size)
        guard !overflow, size == bytes.count else { return nil }
        (self.shape, self.kind, self.isColumnMajor, self.bytes) = (shape, kind, isColumnMajor, bytes)
    }

    /// How many numbers a shape has; `nil` where that is beyond all memory.
    static func count(of shape: [Int]) -> Int? {
        var count = 1
        for side in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: side)
            guard side >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// The number at a place, counted as the bytes lie.
    func number(_ index: Int) -> Double {
        let start = bytes.startIndex + index * kind.size
        var word: UInt64 = 0
        for k in 0..<kind.size { word = word << 8 | UInt64(bytes[start + (kind.isBigEndian ? k : kind.size - 1 - k)]) }
        switch (kind.letter, kind.size) {
        case (UInt8(ascii: "f"), 2): return Double(Float16(bitPattern: UInt16(word)))
        case (UInt8(ascii: "f"), 4): return Double(Float(bitPattern: UInt32(word)))
        case (UInt8(ascii: "f"), _): return Double(bitPattern: word)
        case (UInt8(ascii: "i"), 1): return Double(Int8(truncatingIfNeeded: word))
        case (UInt8(ascii: "i"), 2): return Double(Int16(truncatingIfNeeded: word))
        case (UInt8(ascii: "i"), 4): return Double(Int32(truncatingIfNeeded: word))
        case (UInt8(ascii: "i"), _): return Double(Int64(truncatingIfNeeded: word))
        default: return Double(word)
        }
    }
}

/// The header of a `.npy` file: what follows it, and where that begins (numpy's `lib.format`).
struct NumpyHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    private(set) var kind: NumpyArray.Kind?
    private(set) var kindName = ""
    private(set) var isColumnMajor = false
    private(set) var shape: [Int] = []
    private(set) var contentStart = 0

    /// - Parameter place: the file and member, for errors.
    init(_ bytes: [UInt8], place: FilePlace) throws(FileError) {
        guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
            throw place(.expected("an array in numpy's form (.npy)", found: bytes.isEmpty ? "nothing" : "other bytes"))
        }
        guard 1...3 ~= bytes[6], bytes[6] == 1 || bytes.count >= 12 else { throw place(.unsupportedVersion("\(bytes[6])", known: 3)) }
        let lengthSize = bytes[6] == 1 ? 2 : 4
        let length = (0..<lengthSize).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        contentStart = 8 + lengthSize + length
        guard contentStart <= bytes.count, length <= 65_536 else { throw place(.malformed("the array ends in its header")) }
        var literal = Literal(bytes: bytes[8 + lengthSize..<contentStart])
        var seen: Set<String> = []
        let isWhole = literal.members { key, literal in
            seen.insert(key)
            switch key {
            case "descr":
                guard let name = literal.text() else { return false }
                (kindName, kind) = (name, NumpyArray.Kind(name))
            case "fortran_order":
                guard let flag = literal.flag() else { return false }
                isColumnMajor = flag
            case "shape":
                guard let sides = literal.tuple() else { return false }
                shape = sides
            default: return false
            }
            return true
        }
        guard isWhole, seen.count == 3 else {
            throw place(.malformed("the array's header is not {'descr': …, 'fortran_order': …, 'shape': …} of a plain array"))
        }
    }

    /// Just as much of Python's literals as numpy writes into a header.
    private struct Literal {
        var bytes: ArraySlice<UInt8>

        mutating func skipSpace() { bytes = bytes.drop { $0.isXMLSpace } }

        mutating func take(_ text: String) -> Bool {
            skipSpace()
            guard bytes.starts(with: text.utf8) else { return false }
            bytes.removeFirst(text.utf8.count)
            return true
        }

        mutating func text() -> String? {
            guard take("'") || take("\""), let end = bytes.firstIndex(where: { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }) else { return nil }
            defer { bytes = bytes[(end + 1)...] }
            return String(decoding: bytes[..<end], as: UTF8.self)
        }

        mutating func flag() -> Bool? { take("True") ? true : take("False") ? false : nil }

        mutating func tuple() -> [Int]? {
            guard take("(") else { return nil }
            var numbers: [Int] = []
            while !take(")") {
                guard numbers.count < 32 else { return nil }
                skipSpace()
                let digits = bytes.prefix { $0 &- 48 <= 9 }
                guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
                numbers.append(number)
                bytes.removeFirst(digits.count)
                _ = take("L")      // Python 2's long integers
                if !take(",") { return take(")") ? numbers : nil }
            }
            return numbers
        }

        mutating func members(_ body: (String, inout Literal) -> Bool) -> Bool {
            guard take("{") else { return false }
            while !take("}") {
                guard let key = text(), take(":"), body(key, &self) else { return false }
                if !take(",") { return take("}") }
            }
            return true
        }
    }
}
