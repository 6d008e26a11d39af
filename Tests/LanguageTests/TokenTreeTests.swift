import Language
import Tensors
import Testing

@Suite struct TokenTreeTests {
    @Test("Paths and children are those of what was added") func shape() {
        var tree = TokenTree(chain: [5, 6])
        let other = tree.add(7, below: 0), top = tree.add(8, below: nil), leaf = tree.add(9, below: other)
        #expect(tree.tokens == [5, 6, 7, 8, 9] && tree.depths == [0, 1, 1, 0, 2])
        #expect(tree.path(to: leaf) == [0, other, leaf] && tree.path(to: top) == [top])
        #expect(tree.children(of: nil) == [0, top] && tree.children(of: 0) == [1, other] && tree.children(of: leaf).isEmpty)
    }

    /// A tree of a shape that chance finds.
    static func tree(_ count: Int, below size: Int, seed: UInt64) -> TokenTree {
        var random = RandomSource(seed: seed), tree = TokenTree()
        for node in 0..<count { tree.add(random.int(below: size), below: node == 0 || random.uniform() < 0.1 ? nil : max(0, node - 1 - random.int(below: min(node, 4)))) }
        return tree
    }

    /// Heads of the widths that kernels take apart.
    static let wide = [16, 32, 64, 80, 128].map { DecoderConfig(width: 32, layers: 1, heads: 2, keyValueHeads: 1, headWidth: $0, hiddenWidth: 48, vocabularySize: 40, positions: 160) }

    // Blocks of the cache are 64 positions: trees that begin before, at and across their bounds.
    @Test("A node has the bits of its path alone, in one pass or level by level", arguments: [WeightFormat.float32, .bfloat16, .int8, .int4], [1, 37, 61, 64, 100])
    func bits(format: WeightFormat, start: Int) throws {
        for config in Shapes.all + (start == 61 ? Self.wide : []) {
            let model = DecodingModel(stirred(config), format: format), text = tokens(start, below: config.vocabularySize)
            let tree = Self.tree(40, below: config.vocabularySize, seed: UInt64(start))
            let batch = DecodingBatch(model, slots: 2, capacity: 160), alone = DecodingSession(model, capacity: 160)
            try batch.extend([(0, tokens(9, below: config.vocabularySize, seed: 3)), (1, text)])
            var part = TokenTree()
            for node in 0..<tree.count {
                part.add(tree.tokens[node], below: tree.parents[node])
                if [6, 7, 22, 39].contains(node) { try batch.grow(1, to: part) }
            }
            try alone.extend(with: text)
            for node in 0..<tree.count {
                alone.truncate(to: start)
                try alone.extend(with: tree.path(to: node).map { tree.tokens[$0] })
                #expect(Array(batch.logits(1, node: node)) == alone.lastLogits, "node \(node)")
            }
        }
    }

    @Test("What is kept goes on as if it had been appended; what is not, leaves nothing", arguments: [WeightFormat.float32, .int8])
    func keeping(format: WeightFormat) throws {
        let config = Shapes.llama, model = DecodingModel(stirred(config), format: format), V = config.vocabularySize
        let batch = DecodingBatch(model, capacity: 160), alone = DecodingSession(model, capacity: 160)
        var text = tokens(30, below: V), lag = Array(text[20...])
        try batch.extend([(0, Array(text[..<20]))])
        for round in 0..<8 {
            let tree = Self.tree(20, below: V, seed: UInt64(round) + 50), path = round == 3 ? [] : tree.path(to: 19 - round)
            try batch.grow(0, after: lag, to: tree)
            batch.keep(0, path: path)
            text += path.map { tree.tokens[$0] }
            #expect(batch.position(0) == text.count)
            alone.truncate(to: 0)
            #expect(try alone.append(text) == (batch.isReady(0) ? Array(batch.logits(0)) : alone.lastLogits))
            lag = round.isMultiple(of: 2) ? [] : [round]
            text += lag
        }
        try batch.extend([(0, lag + [7])])
        #expect(try alone.append(text.suffix(lag.count) + [7]).count == V)
        alone.truncate(to: 0)
        #expect(try alone.append(text + [7]) == Array(batch.logits(0)))
    }

    @Test("Many tokens before a tree, more than one chunk holds, are read first") func longLag() throws {
        let config = Shapes.llama, model = DecodingModel(stirred(config)), batch = DecodingBatch(model, capacity: 160), small = DecodingBatch(model, capacity: 40)
        let text = tokens(36, below: 70), tree = TokenTree(chain: [1, 2, 3])
        for batch in [batch, small] { try batch.grow(0, after: text, to: tree) }
        let alone = try DecodingSession(model, capacity: 160).append(text + [1, 2, 3])
        #expect(Array(batch.logits(0, node: 2)) == alone && Array(small.logits(0, node: 2)) == alone)
        let long = DecodingBatch(DecodingModel(stirred(DecoderConfig(width: 32, layers: 1, heads: 2, hiddenWidth: 48, vocabularySize: 70, positions: 400))), capacity: 400)
        let much = tokens(300, below: 70)
        try long.grow(0, after: much, to: tree)
        #expect(try Array(long.logits(0, node: 2)) == DecodingSession(long.model, capacity: 400).append(much + [1, 2, 3]))
    }

    @Test("A tree that does not fit, or of unknown tokens, changes nothing") func refusals() throws {
        let config = Shapes.llama, batch = DecodingBatch(DecodingModel(stirred(config)), capacity: 12)
        try batch.extend([(0, [1, 2, 3])])
        #expect(throws: DecodingError.full(position: 3, adding: 10, capacity: 12)) { try batch.grow(0, to: TokenTree(chain: 0..<10)) }
        #expect(throws: DecodingError.unknownToken(id: 70, vocabularySize: 70)) { try batch.grow(0, after: [1], to: TokenTree(chain: [4, 70])) }
        #expect(batch.position(0) == 3 && batch.isReady(0))
        try batch.grow(0, to: TokenTree(chain: [4, 5]))
        batch.keep(0, path: [0])
        #expect(batch.position(0) == 4)
    }
}
