import Language

/// A model that guesses, and the tokens that it knows.
public struct DraftModel {
    public let model: DecodingModel
    /// Nil: it has the target's tokens, all of them.
    public let vocabulary: DraftVocabulary?

    public init(_ model: DecodingModel, vocabulary: DraftVocabulary? = nil) { (self.model, self.vocabulary) = (model, vocabulary) }

    /// Its laws, with a cache of its own.
    /// - Parameter temperature: as ``ModelLaws`` has it.
    public func laws(capacity: Int, sampling: Sampling, temperature: Float? = nil) -> ModelLaws {
        ModelLaws(DecodingBatch(model, capacity: capacity), sampling: sampling, temperature: temperature, map: vocabulary?.map)
    }
}
