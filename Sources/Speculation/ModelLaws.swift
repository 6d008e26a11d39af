import Language

/// A decoder's laws along a tree: one slot of a batch, and how tokens are drawn from its logits.
public struct ModelLaws: TreeModel {
    private let batch: DecodingBatch
    private let slot: Int
    private var sampler: Sampler
    private let temperature: Float?
    private var lag: [Int] = []                   // tokens of the text that it has not read yet

    /// - Parameters:
    ///   - sampling: without a repetition penalty, which would need the text at every node.
    ///   - seed: of the tokens that it picks itself.
    ///   - temperature: of its laws; nil: as `sampling` says.
    public init(_ batch: DecodingBatch, slot: Int = 0, sampling: Sampling, seed: UInt64 = 0, temperature: Float? = nil) {
        precondition(sampling.repetitionPenalty == 1, "speculation with a repetition penalty")
        (self.batch, self.slot, self.temperature) = (batch, slot, temperature)
        sampler = Sampler(sampling, seed: seed)
    }

    public var room: Int { batch.capacity - batch.position(slot) - lag.count }

    public var vocabularySize: Int { batch.model.config.vocabularySize }

    public mutating func begin(_ text: ArraySlice<Int>) throws {
        batch.truncate(slot, to: 0)
        lag = Array(text)
    }

    public mutating func grow(to tree: TokenTree) throws {
        try batch.grow(slot, after: lag, to: tree)
        lag = []
    }

    public mutating func law(after node: Int, mask: TokenMask) throws -> TokenLaw {
        let logits = batch.logits(slot, node: node), law = sampler.law(logits, mask: mask, temperature: temperature)
        guard law.likeliest(1).first.map({ logits[$0].isFinite }) ?? false else { throw DecodingError.notFinite(position: batch.position(slot) + node) }
        return law
    }

    public mutating func pick(after node: Int, mask: TokenMask) throws -> Int {
        let logits = batch.logits(slot, node: node), token = sampler.pick(logits, mask: mask)
        guard logits[token].isFinite else { throw DecodingError.notFinite(position: batch.position(slot) + node) }
        return token
    }

    /// Forgets what was tried.
    func forgetTree() { batch.keep(slot, path: []) }

    public mutating func keep(_ path: [Int], of tree: TokenTree) throws {
        let read = path.prefix { $0 < batch.tree(slot).count }
        batch.keep(slot, path: Array(read))
        lag += path.dropFirst(read.count).map { tree.tokens[$0] }
    }
}
