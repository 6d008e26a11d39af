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
    var mask = TokenMask(count: session.model.config.vocabularySize)
    var tokens = prompt                                     // prompt and picked, for the repetition penalty
    tokens.reserveCapacity(prompt.count + min(limit, session.capacity))
    while tokens.count - prompt.count < limit, !constraint.isComplete {
        mask.forbidAll()
        constraint.allowed(&mask)
        guard !mask.isEmpty else { throw .nothingAllowed(position: session.position) }
        let token = sampler.pick(session.logits, mask: mask, recent: tokens[...])
        tokens.append(token)
        constraint.accept(token)
        if let onToken, !onToken(token, sampler.lastProbability) { break }
        if constraint.isComplete || tokens.count - prompt.count >= limit || session.position >= session.capacity { break }
        try session.extend(with: token)
    }
    return Array(tokens[prompt.count...])
}
