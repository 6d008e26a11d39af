import Tensors

/// Trees of tokens behind what a slot holds: tried together in one pass, then one path kept and the rest forgotten.
///
/// Each node sees the slot's tokens and the nodes above it, and has the bits that it would have if these were the slot's tokens.
///
/// ```swift
/// try batch.grow(0, to: tree)                          // one pass for all nodes
/// let next = sampler.pick(batch.logits(0, node: 3))
/// batch.keep(0, path: tree.path(to: 3))                // these are the slot's tokens now
/// ```
extension DecodingBatch {
    /// The most nodes of a tree.
    public static let largestTree = Inference.Rows.longestBranch

    /// Appends tokens to a slot, then tries the nodes of a tree that it has not tried yet; `logits(_:node:)` tells what comes after each.
    /// - Parameters:
    ///   - lag: tokens that the slot takes first, in the same pass; only with a new tree.
    ///   - tree: the one that the slot has, with more nodes, or a new one if it has none.
    ///   - hint: what the model is told beside a new tree's first node, [G]; nil: nothing.
    /// - Throws: as `extend`; nothing is changed then.
    /// - Precondition: the tree has at most `largestTree` nodes, and begins with the nodes that the slot has tried.
    public func grow(_ slot: Int, after lag: [Int] = [], to tree: TokenTree, hint: [Float]? = nil) throws(DecodingError) {
        let tried = trees[slot]
        precondition(tree.count <= Self.largestTree, "a tree of \(tree.count) nodes, at most \(Self.largestTree)")
        precondition(tried.count <= tree.count && (0..<tried.count).allSatisfy { tree.tokens[$0] == tried.tokens[$0] && tree.parents[$0] == tried.parents[$0] },
                     "another tree than the slot has")
        precondition(lag.isEmpty || tried.count == 0, "tokens before a tree that has been tried")
        let added = Array(tree.tokens[tried.count...])
        guard tree.count > 0 || !lag.isEmpty else { return }
        if lag.count + added.count > rowsAtOnce {
            try check(slot, lag + added)
            try extend([(slot, lag)])
            return try grow(slot, to: tree, hint: hint)
        }
        guard positionOf[slot] + lag.count + tree.count <= capacity else { throw .full(position: positionOf[slot], adding: lag.count + tree.count, capacity: capacity) }
        let V = model.config.vocabularySize
        if let token = (lag + added).first(where: { $0 < 0 || $0 >= V }) { throw .unknownToken(id: token, vocabularySize: V) }
        beginChunk()
        for token in lag { add(token, to: slot, wantsLogits: false) }
        trees[slot] = tree
        for node in tried.count..<tree.count { add(node, of: tree, to: slot) }
        guard !added.isEmpty else { return finishChunk() }
        let C = model.config.width
        if let hint {
            precondition(tried.count == 0 && hintRow != nil, "a hint for a tree that has been tried, or for a model that takes none")
            hintRow?.add(hint, to: x.start + lag.count * C)
        }
        forward()
        project(row: lag.count, count: added.count, into: treeScores.start + (slot * Self.largestTree + tried.count) * V)
        if keepsStates { (treeStates.start + (slot * Self.largestTree + tried.count) * C).update(from: normed.start, count: added.count * C) }
        beginChunk()
    }

    /// What has been tried behind a slot's tokens and is not decided yet.
    public func tree(_ slot: Int) -> TokenTree { trees[slot] }

    /// The logits [V] after a node of a slot's tree, where they lie: valid until the tree is decided.
    package func logits(_ slot: Int, node: Int) -> UnsafeBufferPointer<Float> {
        precondition(node >= 0 && node < trees[slot].count, "node \(node) of a tree of \(trees[slot].count)")
        let V = model.config.vocabularySize
        return UnsafeBufferPointer(start: treeScores.start + (slot * Self.largestTree + node) * V, count: V)
    }

    /// What the head read after a node of a slot's tree, [C]: its logits are the head's rows times this.
    /// - Precondition: `keepsStates` since before the node was tried.
    package func state(_ slot: Int, node: Int) -> [Float] {
        precondition(keepsStates && node >= 0 && node < trees[slot].count, "the state after node \(node) of a tree of \(trees[slot].count)")
        let C = model.config.width
        return Array(UnsafeBufferPointer(start: treeStates.start + (slot * Self.largestTree + node) * C, count: C))
    }

    /// Takes the nodes of a path as the slot's tokens and forgets the others. `logits` then tells what comes after the last.
    /// - Parameter path: from the top down; none: the whole tree is forgotten.
    /// - Precondition: a path of the slot's tree.
    public func keep(_ slot: Int, path: [Int]) {
        let tree = trees[slot], start = positionOf[slot]
        trees[slot] = TokenTree()
        guard let last = path.last else { return }
        precondition(path.first.map { tree.parents[$0] == nil } ?? true && zip(path, path.dropFirst()).allSatisfy { tree.parents[$1] == $0 }, "\(path) is no path of the tree")
        for (depth, node) in path.enumerated() where depth != node {         // a node lies at or after its place, so none is overwritten too early
            for layer in model.layers.indices {
                let keys = cache(slot, layer: layer)
                shape.moveCached(start + node, to: start + depth, keys: keys, values: keys + shape.cacheSize)
            }
        }
        positionOf[slot] = start + path.count
        let V = model.config.vocabularySize
        (scores.start + slot * V).update(from: treeScores.start + (slot * Self.largestTree + last) * V, count: V)
        hasLogits[slot] = true
    }
}
