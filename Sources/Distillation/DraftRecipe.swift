import Files
import Language
import Tensors

/// The `model:` section of a draft's recipe: a Llama shape; `textVocabulary` is how many of the target's tokens it knows.
public struct DraftSizes: Decodable, Sendable, Equatable {
    /// The decoder's sizes.
    public var sizes = DecoderShape(width: 256, layers: 4, heads: 4, keyValueHeads: 4, hiddenWidth: 704, positions: 2_048, textVocabulary: 8_192)

    public init() {}
    public init(from decoder: any Swift.Decoder) throws { try sizes.read(from: decoder) }
}

/// The `data:` section of a draft's recipe: whose draft it is, what it reads, and how it learns.
public struct DraftData: Codable, Sendable, Equatable {
    /// How a draft comes nearer to its target's laws.
    public enum Loss: String, Codable, Sendable, CaseIterable {
        case kl, tvd
        /// TVD++, of all tokens and of drawn ones.
        case tvdPlus = "tvd++", tvdPlusSampled = "tvd++-sampled"
    }

    /// The model that is guessed for: folder or GGUF file.
    public var target = "models/base"
    /// Files of texts that are learnt token by token, as `atelier data texts` and `tools/english` write them.
    public var texts: [String] = []
    /// Texts that the target wrote, whose laws are learnt; empty: none.
    public var distilled = ""
    /// The target's states at these, as `atelier data states` writes them.
    public var states = ""
    /// Share of micro-batches that learn laws.
    public var share = 0.9
    /// What of a law is learnt.
    public var loss = Loss.kl
    /// Whether the draft is told what the target's head read before a token, where a round of guesses begins.
    public var hints = false
    /// With hints: at most so many tokens without one after each, as many as are guessed in a round.
    public var guesses = 5
    /// For `tvd++-sampled`: tokens drawn after each.
    public var samples = 4
    /// Rows in one micro-batch, and tokens in each.
    public var rows = 8, length = 512

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case target, texts, distilled, states, share, loss, hints, guesses, samples, rows, length }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.target, into: &target)
        try keys.read(.texts, into: &texts)
        try keys.read(.distilled, into: &distilled)
        try keys.read(.states, into: &states)
        try keys.read(.share, into: &share)
        try keys.read(.loss, into: &loss)
        try keys.read(.hints, into: &hints)
        try keys.read(.guesses, into: &guesses)
        try keys.read(.samples, into: &samples)
        try keys.read(.rows, into: &rows)
        try keys.read(.length, into: &length)
        try keys.check(.share, 0...1 ~= share, "0 to 1")
        try keys.check(.hints, !hints || !distilled.isEmpty, "false without distilled texts and their states")
        try keys.check(.share, !hints || texts.isEmpty || share > 0, "above 0 with hints, which laws alone teach")
        try keys.check(.guesses, 0...63 ~= guesses, "0 to 63")
        try keys.check(.samples, 1...1_024 ~= samples, "1 to 1,024")
        try keys.check(.rows, 1...1_024 ~= rows, "1 to 1,024")
        try keys.check(.length, 16...8_192 ~= length, "16 to 8,192")
        try keys.check(.states, states.isEmpty == distilled.isEmpty, "the states of the distilled texts: give both, or none")
        try keys.check(.texts, !texts.isEmpty || !distilled.isEmpty, "a file of texts, or distilled ones")
    }

    /// The divergence, with a seed for what is drawn.
    func divergence(seed: UInt64) -> Divergence {
        switch loss {
        case .kl: .kullbackLeibler
        case .tvd: .totalVariation()
        case .tvdPlus: .totalVariation(standardized: true)
        case .tvdPlusSampled: .policy(samples: samples, seed: seed)
        }
    }
}
