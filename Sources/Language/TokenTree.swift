/// Tokens that may come after a text, several at each place: every node is a token that follows its parent, those without one follow the text.
///
/// Nodes are numbered as they were added, parents before children. A chain is a tree too.
///
/// ```swift
/// var tree = TokenTree()
/// let the = tree.add(17, below: nil)
/// _ = tree.add(4, below: the)                          // "the cat"
/// _ = tree.add(9, below: the)                          // "the dog"
/// ```
public struct TokenTree: Sendable, Equatable {
    /// The token of each node.
    public private(set) var tokens: [Int] = []
    /// The parent of each node; nil: it follows the text.
    public private(set) var parents: [Int?] = []
    /// How many nodes lie above each.
    public private(set) var depths: [Int] = []

    /// No nodes.
    public init() {}

    /// A chain of tokens.
    public init(chain: some Sequence<Int>) {
        for token in chain { add(token, below: tokens.indices.last) }
    }

    /// The same tree with other tokens.
    package func mapped(_ token: (Int) -> Int) -> TokenTree {
        var tree = self
        tree.tokens = tokens.map(token)
        return tree
    }

    /// The number of nodes.
    public var count: Int { tokens.count }

    /// Adds a token after a node and gives its number.
    /// - Precondition: the parent is a node of the tree.
    @discardableResult
    public mutating func add(_ token: Int, below parent: Int?) -> Int {
        if let parent { precondition(tokens.indices.contains(parent), "node \(parent) of a tree of \(tokens.count)") }
        tokens.append(token)
        parents.append(parent)
        depths.append(parent.map { depths[$0] + 1 } ?? 0)
        return tokens.count - 1
    }

    /// The nodes from the top down to one, that one last.
    public func path(to node: Int) -> [Int] {
        var path = [node]
        while let parent = parents[path[path.count - 1]] { path.append(parent) }
        return path.reversed()
    }

    /// The nodes after one, or those that follow the text, in the order in which they were added.
    public func children(of node: Int?) -> [Int] { parents.indices.filter { parents[$0] == node } }
}
