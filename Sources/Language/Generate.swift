/// One text being written under a constraint: what may come, what is picked, when it ends. Knows no cache, so that it serves a
/// session and a batch alike.
public struct Generation<Constraint: TokenConstraint> {
    /// Draws the tokens.
    public var sampler: Sampler
    /// Narrows each step.
    public var constraint: Constraint
    /// Prompt and picked tokens.
    public private(set) var tokens: [Int]
    /// How many of `tokens` are the prompt.
    public let promptCount: Int
    /// At most so many new tokens.
    public let limit: Int
    private var mask: TokenMask

    /// - Parameters:
    ///   - prompt: what the cache gets first.
    ///   - vocabularySize: of the model.
    public init(prompt: [Int], sampler: Sampler, constraint: Constraint, limit: Int, vocabularySize: Int) {
        (self.sampler, self.constraint, self.limit, promptCount) = (sampler, constraint, limit, prompt.count)
        mask = TokenMask(count: vocabularySize)
        tokens = prompt                                     // for the repetition penalty
    }

    /// The tokens picked so far.
    public var picked: ArraySlice<Int> { tokens[promptCount...] }
    /// Whether constraint or limit end the work.
    public var isDone: Bool { constraint.isComplete || tokens.count - promptCount >= limit }

    /// Picks the next token from the logits [V] after the last one.
    /// - Parameter position: of the last token, for the error.
    /// - Throws: `DecodingError.nothingAllowed`.
    package mutating func pick(_ logits: UnsafeBufferPointer<Float>, position: Int) throws(DecodingError) -> (token: Int, probability: Float) {
        mask.forbidAll()
        constraint.allowed(&mask)
        guard !mask.isEmpty else { throw .nothingAllowed(position: position) }
        let token = sampler.pick(logits, mask: mask, recent: tokens[...])
        tokens.append(token)
        constraint.accept(token)
        return (token, sampler.lastProbability)
    }

    /// Takes tokens that were picked elsewhere by a copy of its sampler; its own stays where it was.
    /// - Parameter constraint: as it stands after them.
    package mutating func take(_ picked: [Int], leaving constraint: Constraint) {
        tokens += picked
        self.constraint = constraint
    }
}

/// Appends the prompt to the session, then picks tokens until the constraint is complete.
///
/// - Parameters:
///   - session: may hold a prefix already; it ends with all tokens but the last one picked.
///   - prompt: one token or more.
///   - limit: at most so many new tokens.
///   - onToken: called with each token as it is picked and the model's own probability of it among the allowed; false stops.
/// - Returns: the tokens picked. When `constraint.isComplete` is still false, the limit, the session's capacity or
///   `onToken` ended the work.
/// - Throws: `DecodingError`: a token outside the vocabulary, a prompt that does not fit, a constraint that allows nothing.
public func generate(
    _ session: DecodingSession, prompt: [Int], sampler: inout Sampler, constraint: inout some TokenConstraint,
    limit: Int, onToken: ((_ token: Int, _ probability: Float) -> Bool)? = nil
) throws(DecodingError) -> [Int] {
    try session.extend(with: prompt)
    var generation = Generation(
        prompt: prompt, sampler: sampler, constraint: constraint, limit: limit, vocabularySize: session.model.config.vocabularySize)
    defer { (sampler, constraint) = (generation.sampler, generation.constraint) }
    while !generation.isDone {
        let (token, probability) = try generation.pick(session.logits, position: session.position)
        if let onToken, !onToken(token, probability) { break }
        if generation.isDone || session.position >= session.capacity { break }
        try session.extend(with: token)
    }
    return Array(generation.picked)
}
