import Language
import Speculation
import Tensors

/// A small model that guesses what a larger one writes of a picture: one that knows the text alone, or one that asks the same features as the larger does (Gagrani et al. 2024, "On Speculative
/// Decoding for Multimodal Large Language Models"). The larger reads several guesses in one pass and picks each token as it would alone.
public final class PictureGuesser {
    /// The model, and the tokens that it knows.
    public let model: DraftModel
    private let batch: DecodingBatch, shape: DraftShape, rule: StopRule

    /// - Throws: `ReasonerError.badDraft` for one that asks features of another width than this eye's.
    public init(_ model: DraftModel, _ grid: SceneGrid, shape: DraftShape = .chain(8), rule: StopRule = .confidence(0.4)) throws(ReasonerError) {
        let config = grid.look.config
        if let cross = model.model.config.crossAttention, cross.sourceWidth != config.features { throw .badDraft("it asks features of width \(cross.sourceWidth), this eye has \(config.features)") }
        (self.model, self.shape, self.rule) = (model, shape, rule)
        batch = DecodingBatch(model.model, capacity: min(LanguageReasoner.positions, model.model.positions), sourceCapacity: config.cells)
    }

    /// Whether it asks the picture.
    public var seesPicture: Bool { model.model.config.crossAttention != nil }

    /// What its guesses have come to.
    public internal(set) var figures = SpeculationFigures()

    /// Gives it a picture's features, [N, G].
    func look(_ features: Tensor) { if seesPicture { batch.setSource(0, features) } }

    /// What guesses the next text.
    package func drafter() -> ModelDrafter<ModelLaws> { drafter(shape, rule) }

    /// What guesses the next text, in another shape.
    package func drafter(_ shape: DraftShape, _ rule: StopRule) -> ModelDrafter<ModelLaws> {
        ModelDrafter(ModelLaws(batch, sampling: .greedy, temperature: 1, map: model.vocabulary?.map), shape: shape, rule: rule, isGreedy: true)
    }
}
