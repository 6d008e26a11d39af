import Files

/// Reads the one pickle that sketch-rnn's files have: numpy's object array, a list of arrays of numbers.
///
/// A pickle is a small program; Python's own reader may call whatever it names. This one knows the few instructions that numpy's arrays need
/// (protocols 2 to 4, as Python 2 and 3 write them) and the four names in them (`_reconstruct`, `ndarray`, `dtype`, `_codecs.encode`), which it
/// understands and does not call. Anything else is an error. Values lie side by side in lists, so nothing recurses.
struct PickledArrays {
    private enum Value {
        case mark, none
        case flag(Bool)
        case whole(Int)
        /// A place in the input: a string or bytes.
        case span(Range<Int>)
        case encoded([UInt8])
        case tuple([Value], depth: Int)
        case list(Int)
        case name(Name)
        case kind(Int)
        case array(Int)

        var depth: Int { if case .tuple(_, let depth) = self { depth } else { 0 } }
    }

    private enum Name { case reconstruct, array, kind, encode }

    private struct Draft {
        var shape: [Int] = []
        var kind: NumpyArray.Kind?
        var isColumnMajor = false
        var content = Value.none
    }

    private let bytes: [UInt8]
    private let place: FilePlace
    private var position: Int
    private var stack: [Value] = [], memo: [Int: Value] = [:]
    private var lists: [[Value]] = [], kinds: [NumpyArray.Kind] = [], drafts: [Draft] = []

    /// The arrays of the object array that is pickled in `bytes` from `start` on.
    static func read(_ bytes: [UInt8], from start: Int, place: FilePlace) throws(FileError) -> [NumpyArray] {
        var reader = PickledArrays(bytes: bytes, place: place, position: start)
        while try reader.step() {}
        return try reader.result()
    }

    private init(bytes: [UInt8], place: FilePlace, position: Int) {
        (self.bytes, self.place, self.position) = (bytes, place, position)
    }

    private func refused(_ what: String) -> FileError {
        place(.expected("a list of arrays of whole numbers [N, 3], as sketch-rnn keeps its drawings",
                        found: "\(what); nothing of it was run. Save each drawing as a plain array of numbers"))
    }

    private var cutShort: FileError { place(.malformed("the list of arrays ends too early or is damaged (byte \(position))")) }

    // MARK: instructions

    private mutating func number(_ count: Int) throws(FileError) -> Int {
        guard count <= bytes.count - position else { throw cutShort }
        defer { position += count }
        return (0..<count).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(bytes[position + $1]) << (8 * UInt64($1))) }
    }

    private mutating func span(lengthOf count: Int) throws(FileError) -> Value {
        let length = try number(count)
        guard length >= 0, length <= bytes.count - position else { throw cutShort }
        defer { position += length }
        return .span(position..<position + length)
    }

    private mutating func pop() throws(FileError) -> Value {
        guard let value = stack.popLast() else { throw cutShort }
        return value
    }

    /// The values above the last mark.
    private mutating func popToMark() throws(FileError) -> [Value] {
        guard let mark = stack.lastIndex(where: { if case .mark = $0 { true } else { false } }) else { throw cutShort }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func push(tuple items: [Value]) throws(FileError) {
        let depth = (items.map(\.depth).max() ?? 0) + 1
        guard depth <= 4, items.count <= 64 else { throw refused("a tuple that no array has") }
        stack.append(.tuple(items, depth: depth))
    }

    private mutating func line() throws(FileError) -> String {
        guard let end = bytes[position...].prefix(200).firstIndex(of: 10) else { throw cutShort }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// One instruction; `false` at the end of the pickle.
    private mutating func step() throws(FileError) -> Bool {
        let at = position, code = try number(1)
        switch UInt8(code) {
        case 0x80:
            guard 2...4 ~= (try number(1)) else { throw refused("a pickle of another protocol than 2 to 4") }
        case 0x95: position += min(8, bytes.count - position)                                        // a frame's length
        case UInt8(ascii: "."): return false
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.flag(true))
        case 0x89: stack.append(.flag(false))
        case UInt8(ascii: "J"): stack.append(.whole(Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "K"): stack.append(.whole(try number(1)))
        case UInt8(ascii: "M"): stack.append(.whole(try number(2)))
        case 0x8a:
            let count = try number(1)
            guard 0...8 ~= count else { throw refused("a number beyond 64 bits") }
            let value = try number(count)
            stack.append(.whole(count == 0 || count == 8 ? value : (value << (64 - 8 * count)) >> (64 - 8 * count)))
        case UInt8(ascii: "U"), UInt8(ascii: "C"), 0x8c: stack.append(try span(lengthOf: 1))
        case UInt8(ascii: "T"), UInt8(ascii: "B"), UInt8(ascii: "X"): stack.append(try span(lengthOf: 4))
        case 0x8e: stack.append(try span(lengthOf: 8))
        case UInt8(ascii: ")"): try push(tuple: [])
        case UInt8(ascii: "t"): try push(tuple: try popToMark())
        case 0x85...0x87:
            let count = code - 0x84
            guard stack.count >= count else { throw cutShort }
            let items = Array(stack.suffix(count))
            stack.removeLast(count)
            try push(tuple: items)
        case UInt8(ascii: "]"):
            stack.append(.list(lists.count))
            lists.append([])
        case UInt8(ascii: "a"):
            let item = try pop()
            try extend([item])
        case UInt8(ascii: "e"): try extend(try popToMark())
        case UInt8(ascii: "q"): memo[try number(1)] = stack.last
        case UInt8(ascii: "r"): memo[try number(4)] = stack.last
        case 0x94: memo[memo.count] = stack.last
        case UInt8(ascii: "h"): try recall(try number(1))
        case UInt8(ascii: "j"): try recall(try number(4))
        case UInt8(ascii: "c"):
            let module = try line()
            stack.append(.name(try name(module, try line())))
        case 0x93:
            let last = try pop(), module = try pop()
            guard let last = text(last), let module = text(module) else { throw cutShort }
            stack.append(.name(try name(module, last)))
        case UInt8(ascii: "R"): try reduce()
        case UInt8(ascii: "b"): try build()
        default: throw refused("a Python object (instruction \(code) at byte \(at))")
        }
        return true
    }

    private mutating func extend(_ items: [Value]) throws(FileError) {
        guard case .list(let list)? = stack.last else { throw cutShort }
        lists[list] += items
    }

    private mutating func recall(_ key: Int) throws(FileError) {
        guard let value = memo[key] else { throw cutShort }
        stack.append(value)
    }

    /// The text of a string or bytes.
    private func text(_ value: Value) -> String? {
        if case .span(let range) = value, range.count <= 200 { String(decoding: bytes[range], as: UTF8.self) } else { nil }
    }

    private func name(_ module: String, _ name: String) throws(FileError) -> Name {
        switch (module, name) {
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): return .reconstruct
        case ("numpy", "ndarray"): return .array
        case ("numpy", "dtype"): return .kind
        case ("_codecs", "encode"): return .encode
        default: throw refused("the name \(ZipArchive.shown("\(module).\(name)"))")
        }
    }

    // MARK: what the names mean

    private mutating func reduce() throws(FileError) {
        let arguments = try pop(), function = try pop()
        guard case .tuple(let items, _) = arguments, case .name(let name) = function else { throw refused("a call of something else than numpy's arrays") }
        switch name {
        case .reconstruct:
            guard items.count == 3, case .name(.array) = items[0] else { throw refused("another class of array") }
            stack.append(.array(drafts.count))
            drafts.append(Draft())
        case .kind:
            guard let first = items.first, let short = text(first), let kind = NumpyArray.Kind(short) else { throw refused("a kind of number that is not read") }
            stack.append(.kind(kinds.count))
            kinds.append(kind)
        case .encode:
            // Protocol 2 has no bytes: Python 3 writes them as a string of the characters 0 to 255.
            guard items.count == 2, case .span(let range) = items[0], text(items[1]) == "latin1" else { throw refused("a text in another code than latin1") }
            var encoded: [UInt8] = []
            encoded.reserveCapacity(range.count)
            for scalar in String(decoding: bytes[range], as: UTF8.self).unicodeScalars {
                guard scalar.value < 256 else { throw cutShort }
                encoded.append(UInt8(scalar.value))
            }
            stack.append(.encoded(encoded))
        case .array: throw refused("a call of something else than numpy's arrays")
        }
    }

    private mutating func build() throws(FileError) {
        let state = try pop()
        guard case .tuple(let items, _) = state, let target = stack.last else { throw cutShort }
        switch target {
        case .kind(let index):
            guard items.count >= 2, let order = text(items[1]) else { throw cutShort }
            kinds[index].isBigEndian = order == ">"
        case .array(let index):
            guard items.count == 5, case .tuple(let sides, _) = items[1], case .kind(let kind) = items[2] else { throw cutShort }
            drafts[index].shape = sides.map { if case .whole(let side) = $0 { side } else { -1 } }
            drafts[index].kind = kinds[kind]
            if case .flag(true) = items[3] { drafts[index].isColumnMajor = true }
            if case .whole(1) = items[3] { drafts[index].isColumnMajor = true }
            drafts[index].content = items[4]
        default: throw refused("an object with a state of its own")
        }
    }

    private func result() throws(FileError) -> [NumpyArray] {
        guard stack.count == 1, case .array(let root) = stack[0], drafts[root].kind?.isObject == true, case .list(let list) = drafts[root].content,
              NumpyArray.count(of: drafts[root].shape) == lists[list].count else { throw refused("something else") }
        var arrays: [NumpyArray] = []
        for (index, item) in lists[list].enumerated() {
            guard case .array(let number) = item, let kind = drafts[number].kind, !kind.isObject else { throw refused("something else than an array at [\(index)]") }
            let draft = drafts[number], content: ArraySlice<UInt8>
            switch draft.content {
            case .span(let range): content = bytes[range]
            case .encoded(let encoded): content = encoded[...]
            default: throw refused("something else than an array at [\(index)]")
            }
            guard let array = NumpyArray(shape: draft.shape, kind: kind, isColumnMajor: draft.isColumnMajor, bytes: content) else { throw cutShort }
            arrays.append(array)
        }
        return arrays
    }
}
