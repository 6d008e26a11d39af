import Language

/// A grammar along the paths of a tree: what may come after each node.
///
/// Drafter and target ask the same one, so that both laws are of the same tokens. It remembers what it was asked: a round has one tree.
public struct TreeGrammar<Constraint: TokenConstraint> {
    /// The constraint after the root.
    private(set) var root: Constraint
    private var others: [Int: Constraint] = [:]
    private var masks: [Int: TokenMask] = [:]
    private let vocabularySize: Int

    /// - Parameter constraint: as it stands after the root.
    package init(_ constraint: Constraint, vocabularySize: Int) { (root, self.vocabularySize) = (constraint, vocabularySize) }

    /// Whether nothing may follow a node, since the text ends with it.
    public mutating func isComplete(_ node: Int, of tree: TokenTree) -> Bool { state(node, of: tree).isComplete }

    /// The tokens that may follow a node; nil where none may: the text ends with it, or the constraint allows nothing.
    public mutating func mask(after node: Int, of tree: TokenTree) -> TokenMask? {
        if let mask = masks[node] { return mask }
        var mask = TokenMask(count: vocabularySize), state = state(node, of: tree)
        guard !state.isComplete else { return nil }
        state.allowed(&mask)
        if node == 0 { root = state } else { others[node] = state }
        guard !mask.isEmpty else { return nil }
        masks[node] = mask
        return mask
    }

    /// Makes a node the root, or a token after it.
    mutating func advance(to node: Int, of tree: TokenTree, then token: Int?) {
        root = state(node, of: tree)
        if let token { root.accept(token) }
        others.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
    }

    private mutating func state(_ node: Int, of tree: TokenTree) -> Constraint {
        guard let parent = tree.parents[node] else { return root }
        if let known = others[node] { return known }
        var state = state(parent, of: tree)
        state.accept(tree.tokens[node])
        others[node] = state
        return state
    }
}
