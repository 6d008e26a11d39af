/// A change of a file's bytes: what stands in `range` is replaced by `text`.
struct BytePatch: Hashable, Sendable {
    var range: Range<Int>
    var text: [UInt8]

    init(_ range: Range<Int>, _ text: [UInt8]) {
        self.range = range
        self.text = text
    }

    init(_ range: Range<Int>, _ text: String) { self.init(range, Array(text.utf8)) }
}

extension [BytePatch] {
    /// By place; at one place what is put in comes before what is replaced, otherwise the order stays.
    func inOrder() -> [BytePatch] {
        enumerated().sorted { a, b in
            (a.element.range.lowerBound, a.element.range.upperBound, a.offset) < (b.element.range.lowerBound, b.element.range.upperBound, b.offset)
        }.map(\.element)
    }

    /// Whether each range lies in `count` bytes and behind the one before.
    func fits(_ count: Int) -> Bool {
        var end = 0
        for patch in self {
            guard patch.range.lowerBound >= end, patch.range.upperBound <= count else { return false }
            end = patch.range.upperBound
        }
        return true
    }

    /// The bytes with every patch carried out. The patches are in order and fit.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        precondition(fits(bytes.count), "patches overlap or lie outside of the bytes")
        var result: [UInt8] = [], position = 0
        result.reserveCapacity(bytes.count + reduce(0) { $0 + $1.text.count })
        for patch in self {
            result += bytes[position..<patch.range.lowerBound]
            result += patch.text
            position = patch.range.upperBound
        }
        return result + bytes[position...]
    }

    /// The patches that give back `bytes`, the ones that these were made for.
    func undoing(in bytes: [UInt8]) -> [BytePatch] {
        var shift = 0
        return map { patch in
            let start = patch.range.lowerBound + shift
            shift += patch.text.count - patch.range.count
            return BytePatch(start..<start + patch.text.count, [UInt8](bytes[patch.range]))
        }
    }
}
