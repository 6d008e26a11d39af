import Language
import Painter
import Sketches
import Tensors

/// A small vocabulary over the procedural drawings, shared by the tests.
enum PainterFixture {
    static let drawings = ProceduralDrawings(seed: 3, drawingsPerClass: 40)
    static let composer = SceneComposer(drawings)
    static let tokenizer = Tokenizer.train(on: PainterStream.sentences(composer, count: 200, seed: 3), vocabularySize: 400,
                                           addedTokens: SketchVocabulary.addedTokens(classes: drawings.classes))
    static let vocabulary = try! SketchVocabulary(tokenizer)
    static let documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))

    static func random(_ seed: UInt64) -> RandomSource { RandomSource(seed: seed) }

    /// An untrained decoder: its choices are noise, so that only the grammars keep its output well formed.
    static func painter(seed: UInt64 = 1, positions: Int = 1_024, styles: StyleTable = StyleTable()) -> Painter {
        try! Painter(decoder: decoder(seed: seed, positions: positions), tokenizer: tokenizer, name: "painter-untrained", styles: styles)
    }

    /// The decoder of such a painter.
    static func decoder(seed: UInt64 = 1, positions: Int = 1_024) -> Decoder {
        Decoder(config: DecoderConfig(width: 32, layers: 2, heads: 2, hiddenWidth: 64, vocabularySize: tokenizer.count, positions: positions), seed: seed)
    }
}
