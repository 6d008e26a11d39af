import Language

/// A decoder's laws along a tree: one slot of a batch, and how tokens are drawn from its logits.
public struct ModelLaws: TreeModel {
    private let batch: DecodingBatch
    private let slot: Int
    private var sampler: Sampler
    private let temperature: Float?
    private let vocabulary: DraftVocabulary?
    private var lag: [Int] = []                   // tokens of the text that it has not read yet

    /// - Parameters:
    ///   - sampling: without a repetition penalty, which would need the text at every node.
    ///   - seed: of the tokens that it picks itself.
    ///   - temperature: of its laws; nil: as `sampling` says.
    ///   - vocabulary: of a draft that knows only some of the target's tokens. Texts, masks and laws are of the target's tokens all the same.
    public init(_ batch: DecodingBatch, slot: Int = 0, sampling: Sampling, seed: UInt64 = 0, temperature: Float? = nil, vocabulary: DraftVocabulary? = nil) {
        precondition(sampling.repetitionPenalty == 1, "speculation with a repetition penalty")
        precondition(vocabulary.map { $0.count == batch.model.config.vocabularySize } ?? true, "a draft of \(batch.model.config.vocabularySize) tokens that knows others")
        (self.batch, self.slot, self.temperature, self.vocabulary) = (batch, slot, temperature, vocabulary)
        sampler = Sampler(sampling, seed: seed)
    }

    public var room: Int { batch.capacity - batch.position(slot) - lag.count }

    public var vocabularySize: Int { vocabulary?.targetVocabulary ?? batch.model.config.vocabularySize }

    public mutating func begin(_ text: ArraySlice<Int>) throws {
        batch.truncate(slot, to: 0)
        lag = text.map(own)
    }

    public mutating func grow(to tree: TokenTree) throws {
        try batch.grow(slot, after: lag, to: vocabulary == nil ? tree : tree.mapped(own))
        lag = []
    }

    public mutating func law(after node: Int, mask: TokenMask) throws -> TokenLaw {
        let logits = batch.logits(slot, node: node), ownMask = vocabulary.map { narrowed(mask, to: $0) } ?? mask
        // Of what a grammar allows it may know nothing: then its guess is as good as any.
        if ownMask.isEmpty, let vocabulary { return TokenLaw(weights: (0..<vocabulary.targetVocabulary).map { mask.isAllowed($0) ? 1 : 0 }) }
        let law = sampler.law(logits, mask: ownMask, temperature: temperature)
        guard law.likeliest(1).first.map({ logits[$0].isFinite }) ?? false else { throw DecodingError.notFinite(position: batch.position(slot) + node) }
        return vocabulary.map { law.spread(over: $0.tokens, of: $0.targetVocabulary) } ?? law
    }

    /// A token as the model has it.
    private func own(_ token: Int) -> Int { vocabulary?.id(of: token) ?? token }

    /// What may come of the tokens that a draft knows.
    private func narrowed(_ mask: TokenMask, to vocabulary: DraftVocabulary) -> TokenMask {
        var own = TokenMask(count: vocabulary.count)
        if mask.allowsAll {
            own.allow(0..<vocabulary.other)
        } else {
            for (id, token) in vocabulary.tokens.enumerated() where mask.isAllowed(token) { own.allow(id) }
        }
        return own
    }

    public mutating func pick(after node: Int, mask: TokenMask) throws -> Int {
        precondition(vocabulary == nil, "a draft of fewer tokens only guesses")
        let logits = batch.logits(slot, node: node), token = sampler.pick(logits, mask: mask)
        guard logits[token].isFinite else { throw DecodingError.notFinite(position: batch.position(slot) + node) }
        return token
    }

    /// Forgets what was tried.
    func forgetTree() { batch.keep(slot, path: []) }

    public mutating func keep(_ path: [Int], of tree: TokenTree) throws {
        let read = path.prefix { $0 < batch.tree(slot).count }
        batch.keep(slot, path: Array(read))
        lag += path.dropFirst(read.count).map { own(tree.tokens[$0]) }
    }
}
