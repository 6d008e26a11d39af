import Language

/// Which of a draft's tokens are which of its target's. Each may have tokens that the other lacks: the draft reads all of the target's others as one, and never
/// guesses its own.
public struct TokenMap: Sendable, Equatable {
    /// The target's token for each of the draft's ids; −1 where it has none.
    let targets: [Int32]
    /// The draft's id for each of the target's tokens.
    private let ids: [Int32]
    /// The draft's ids that have a token of the target.
    let known: TokenMask
    /// The draft's id of every token of the target that it does not know.
    public let other: Int

    /// - Parameters:
    ///   - pairs: a draft's id and the target's token, each at most once.
    ///   - count: how many ids the draft has.
    ///   - targetCount: how many tokens the target has.
    /// - Precondition: all lie within their counts, and `other` is in none of the pairs.
    public init(_ pairs: some Sequence<(id: Int, token: Int)>, count: Int, targetCount: Int, other: Int) {
        var targets = [Int32](repeating: -1, count: count), ids = [Int32](repeating: Int32(other), count: targetCount), known = TokenMask(count: count)
        for (id, token) in pairs {
            precondition(0..<targetCount ~= token && 0..<count ~= id && id != other, "token \(token) of \(targetCount), id \(id) of \(count)")
            precondition(targets[id] < 0 && ids[token] == other, "id \(id) or token \(token) twice")
            targets[id] = Int32(token)
            ids[token] = Int32(id)
            known.allow(id)
        }
        (self.targets, self.ids, self.known, self.other) = (targets, ids, known, other)
    }

    /// How many ids the draft has.
    public var count: Int { targets.count }
    /// How many tokens the target has.
    public var targetCount: Int { ids.count }
    /// The draft's id of a token of the target.
    public func id(of token: Int) -> Int { Int(ids[token]) }
    /// Whether the draft can guess a token.
    public func knows(_ token: Int) -> Bool { ids[token] != other }

    /// The draft's ids of what a mask of the target's tokens allows.
    package func narrowed(_ mask: TokenMask) -> TokenMask {
        if mask.allowsAll { return known }
        var own = TokenMask(count: count)
        known.forEachAllowed { if mask.isAllowed(Int(targets[$0])) { own.allow($0) } }
        return own
    }
}
