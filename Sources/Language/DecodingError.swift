/// What can go wrong while decoding, and what to do.
public enum DecodingError: Error, Equatable, CustomStringConvertible {
    /// The tokens do not fit behind those already there.
    case full(position: Int, adding: Int, capacity: Int)
    /// An id that the model does not have.
    case unknownToken(id: Int, vocabularySize: Int)
    /// Logits were asked for before any token was appended (or after a truncation).
    case noLogits
    /// The constraint allows no token at this position.
    case nothingAllowed(position: Int)

    /// The logits after this position are not all finite numbers.
    case notFinite(position: Int)

    /// The sentence for the user: what, with its numbers, and what to do.
    public var description: String {
        switch self {
        case .full(let position, let adding, let capacity):
            "\(adding) tokens do not fit at position \(position) of \(capacity); shorten the prompt or open a longer session"
        case .unknownToken(let id, let size):
            "token \(id) is not of the vocabulary of \(size); were the ids made with another model's tokenizer?"
        case .notFinite(let position): "the model's logits at position \(position) are not finite numbers; are its weights whole?"
        case .noLogits: "no logits yet; append a token first"
        case .nothingAllowed(let position):
            "the constraint allows no token at position \(position); it must allow one until it is complete"
        }
    }
}
