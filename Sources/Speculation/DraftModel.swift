import Language
import Tensors

/// A model that guesses, and the tokens that it knows.
public struct DraftModel {
    public let model: DecodingModel
    /// Nil: it has the target's tokens, all of them.
    public let vocabulary: DraftVocabulary?

    public init(_ model: DecodingModel, vocabulary: DraftVocabulary? = nil) { (self.model, self.vocabulary) = (model, vocabulary) }

    /// Its laws, with a cache of its own.
    /// - Parameters:
    ///   - temperature: as ``ModelLaws`` has it.
    ///   - source: what its cross-attention asks, [S, G], where it has any.
    public func laws(capacity: Int, sampling: Sampling, temperature: Float? = nil, source: Tensor? = nil) -> ModelLaws {
        let width = model.config.crossAttention?.sourceWidth, batch = DecodingBatch(model, capacity: capacity, sourceCapacity: width.flatMap { width in source.map { $0.count / width } } ?? 0)
        if width != nil, let source { batch.setSource(0, source) }
        return ModelLaws(batch, sampling: sampling, temperature: temperature, map: vocabulary?.map)
    }
}
