import Language

/// A decoder's laws along a tree: one slot of a batch, and how tokens are drawn from its logits.
public struct ModelLaws: TreeModel {
    private let batch: DecodingBatch
    private let slot: Int
    private var sampler: Sampler
    private let temperature: Float?
    private let map: TokenMap?
    /// The model's own probability, among the allowed, of each token that it picked since the text began.
    package private(set) var probabilities: [Float] = []
    /// What its head read after the last token kept of a tree.
    public private(set) var state: [Float]?
    private var hint: [Float]?                    // another model's state after the text, for the next tree's root
    private var lag: [Int] = []                   // tokens of the text that it has not read yet

    /// - Parameters:
    ///   - sampling: without a repetition penalty, which would need the text at every node.
    ///   - seed: of the tokens that it picks itself.
    ///   - temperature: of its laws; nil: as `sampling` says.
    ///   - map: of a draft with tokens of its own. Texts, masks and laws are of the target's tokens all the same.
    public init(_ batch: DecodingBatch, slot: Int = 0, sampling: Sampling, seed: UInt64 = 0, temperature: Float? = nil, map: TokenMap? = nil) {
        precondition(sampling.repetitionPenalty == 1, "speculation with a repetition penalty")
        precondition(map.map { $0.count == batch.model.config.vocabularySize } ?? true, "a draft of \(batch.model.config.vocabularySize) tokens that knows others")
        (self.batch, self.slot, self.temperature, self.map) = (batch, slot, temperature, map)
        sampler = Sampler(sampling, seed: seed)
    }

    public var room: Int { batch.capacity - batch.position(slot) - lag.count }

    public var vocabularySize: Int { map?.targetCount ?? batch.model.config.vocabularySize }

    public mutating func begin(_ text: ArraySlice<Int>) throws { begin(own: text.map(own)) }

    /// Takes a text in the model's own tokens.
    package mutating func begin(own text: [Int]) {
        batch.truncate(slot, to: 0)
        lag = text
        probabilities = []
        (state, hint) = (nil, nil)
    }

    /// Picks by another sampler from now on.
    package mutating func use(_ sampler: Sampler) {
        precondition(sampler.sampling.repetitionPenalty == 1, "speculation with a repetition penalty")
        self.sampler = sampler
    }

    public mutating func grow(to tree: TokenTree) throws {
        try batch.grow(slot, after: lag, to: map == nil ? tree : tree.mapped(own), hint: hint)
        (lag, hint) = ([], nil)
    }

    public mutating func law(after node: Int, mask: TokenMask) throws -> TokenLaw {
        let logits = batch.logits(slot, node: node), ownMask = map?.narrowed(mask) ?? mask
        // Of what a grammar allows it may know nothing: then its guess is as good as any.
        if ownMask.isEmpty, map != nil { return TokenLaw(evenOver: mask) }
        let law = sampler.law(logits, mask: ownMask, temperature: temperature)
        guard law.likeliest(1).first.map({ logits[$0].isFinite }) ?? false else { throw DecodingError.notFinite(position: batch.position(slot) + node) }
        return map.map { law.spread(over: $0.targets, of: $0.targetCount) } ?? law
    }

    /// A token as the model has it.
    private func own(_ token: Int) -> Int { map?.id(of: token) ?? token }

    public mutating func pick(after node: Int, mask: TokenMask) throws -> Int {
        precondition(map == nil, "a draft with tokens of its own only guesses")
        let logits = batch.logits(slot, node: node), token = sampler.pick(logits, mask: mask)
        guard logits[token].isFinite else { throw DecodingError.notFinite(position: batch.position(slot) + node) }
        probabilities.append(sampler.lastProbability)
        return token
    }

    public mutating func keepStates() { batch.keepsStates = true }

    public var wantsState: Bool { batch.model.config.hintWidth != nil }

    /// One of another width says nothing to it.
    public mutating func take(state: [Float]) { hint = state.count == batch.model.config.hintWidth ? state : nil }

    /// Forgets what was tried.
    func forgetTree() { batch.keep(slot, path: []) }

    public mutating func keep(_ path: [Int], of tree: TokenTree) throws {
        let read = path.prefix { $0 < batch.tree(slot).count }
        if batch.keepsStates { state = read.last.map { batch.state(slot, node: $0) } }
        hint = nil
        batch.keep(slot, path: Array(read))
        lag += path.dropFirst(read.count).map { own(tree.tokens[$0]) }
    }
}
