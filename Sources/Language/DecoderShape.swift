import Files

/// Sizes of a Llama shape that a recipe trains from nothing; its `model:` section. The vocabulary follows from the data.
public struct DecoderShape: Sendable, Equatable {
    /// As in ``DecoderConfig``.
    public var width, layers, heads, keyValueHeads, hiddenWidth, positions: Int
    /// Text pieces, 256 bytes included.
    public var textVocabulary: Int

    /// Keys of the section.
    public enum CodingKeys: String, CodingKey, CaseIterable { case width, layers, heads, keyValueHeads, hiddenWidth, positions, textVocabulary }

    public init(width: Int, layers: Int, heads: Int, keyValueHeads: Int, hiddenWidth: Int, positions: Int, textVocabulary: Int) {
        (self.width, self.layers, self.heads, self.keyValueHeads, self.hiddenWidth) = (width, layers, heads, keyValueHeads, hiddenWidth)
        (self.positions, self.textVocabulary) = (positions, textVocabulary)
    }

    /// Reads the keys that are there over the values that it has.
    /// - Throws: `Swift.DecodingError` naming the key and what was expected.
    public mutating func read(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.width, into: &width)
        try keys.read(.layers, into: &layers)
        try keys.read(.heads, into: &heads)
        try keys.read(.keyValueHeads, into: &keyValueHeads)
        try keys.read(.hiddenWidth, into: &hiddenWidth)
        try keys.read(.positions, into: &positions)
        try keys.read(.textVocabulary, into: &textVocabulary)
        try keys.check(.heads, heads > 0 && width % heads == 0 && (width / max(heads, 1)) % 2 == 0, "a divisor of width, with an even head width")
        try keys.check(.keyValueHeads, keyValueHeads > 0 && heads % max(keyValueHeads, 1) == 0, "a divisor of heads")
        try keys.check(.width, 8...4_096 ~= width, "8 to 4,096")
        try keys.check(.layers, 1...64 ~= layers, "1 to 64")
        try keys.check(.hiddenWidth, 8...16_384 ~= hiddenWidth, "8 to 16,384")
        try keys.check(.positions, 256...8_192 ~= positions, "256 to 8,192")
        try keys.check(.textVocabulary, 256...60_000 ~= textVocabulary, "256 to 60,000")
    }

    /// The shape with a vocabulary and its tokens.
    public func config(vocabularySize: Int, beginToken: Int, endTokens: [Int], padToken: Int) -> DecoderConfig {
        DecoderConfig(
            width: width, layers: layers, heads: heads, keyValueHeads: keyValueHeads, hiddenWidth: hiddenWidth, vocabularySize: vocabularySize,
            positions: positions, tied: true, beginToken: beginToken, endTokens: endTokens, padToken: padToken)
    }
}
