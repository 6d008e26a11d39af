import Language

/// A tree of guesses and how they were found: what verification must know for the target's law to stay.
public struct DraftTree: Sendable {
    /// Node 0 is the last token of the text, all others are guesses.
    public private(set) var tree = TokenTree()
    private var drawings: [Int: Drawing] = [:]

    /// How the children of a node were found.
    public enum Drawing: Sendable, Equatable {
        /// Chosen without chance, given what is above them.
        case chosen
        /// Drawn one after the other from a law, each from what the earlier ones left of it.
        case withoutReplacement(TokenLaw)
        /// Drawn independently from a law.
        case withReplacement(TokenLaw)
    }

    /// No guesses yet.
    public init(root: Int) { tree.add(root, below: nil) }

    /// The number of guesses.
    public var guesses: Int { tree.count - 1 }

    /// Adds guesses below a node, in the order in which they were found.
    /// - Returns: their nodes.
    @discardableResult
    public mutating func add(_ tokens: [Int], below node: Int, drawn: Drawing) -> [Int] {
        drawings[node] = drawn
        return tokens.map { tree.add($0, below: node) }
    }

    /// How the children of a node were found.
    public func drawing(at node: Int) -> Drawing { drawings[node] ?? .chosen }
}
