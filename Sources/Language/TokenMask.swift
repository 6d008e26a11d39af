/// The set of tokens that may come next: one bit a token. Starts with none allowed.
public struct TokenMask: Sendable, Equatable {
    /// Number of tokens in the vocabulary.
    public let count: Int
    private(set) var words: [UInt64]

    /// A mask that allows none of `count` tokens.
    public init(count: Int) {
        precondition(count >= 0, "a mask of \(count) tokens")
        self.count = count
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    /// Forbids every token.
    public mutating func forbidAll() {
        for i in words.indices { words[i] = 0 }
    }

    /// Allows every token.
    public mutating func allowAll() { allow(0..<count) }

    /// Allows a token. - Precondition: the id is of the vocabulary.
    public mutating func allow(_ id: Int) {
        precondition(id >= 0 && id < count, "token \(id) of a vocabulary of \(count)")
        words[id >> 6] |= 1 << UInt64(id & 63)
    }

    /// Allows a range of tokens. - Precondition: the ids are of the vocabulary.
    public mutating func allow(_ ids: Range<Int>) {
        precondition(ids.lowerBound >= 0 && ids.upperBound <= count, "tokens \(ids) of a vocabulary of \(count)")
        var id = ids.lowerBound
        while id < ids.upperBound {
            let bits = min(64 - id & 63, ids.upperBound - id)
            let run: UInt64 = bits == 64 ? .max : (1 << UInt64(bits)) - 1
            words[id >> 6] |= run << UInt64(id & 63)
            id += bits
        }
    }

    /// Forbids a token. - Precondition: the id is of the vocabulary.
    public mutating func forbid(_ id: Int) {
        precondition(id >= 0 && id < count, "token \(id) of a vocabulary of \(count)")
        words[id >> 6] &= ~(1 << UInt64(id & 63))
    }

    /// Whether the token may come next; false for an id outside the vocabulary.
    public func isAllowed(_ id: Int) -> Bool {
        id >= 0 && id < count && words[id >> 6] >> UInt64(id & 63) & 1 == 1
    }

    /// How many tokens are allowed.
    public var allowedCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    /// Whether every token is allowed.
    public var allowsAll: Bool { words.dropLast().allSatisfy { $0 == .max } && allowedCount == count }
    /// Whether no token is allowed.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Calls `body` with each allowed id, in order.
    public func forEachAllowed(_ body: (Int) -> Void) {
        for index in words.indices {
            var word = words[index]
            while word != 0 {
                body(index << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }
}
