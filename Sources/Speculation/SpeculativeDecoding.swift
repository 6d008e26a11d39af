import Language
import Tensors

/// Speculative decoding: a cheap drafter guesses a tree of tokens, the target looks at all of them in one pass, and what is kept has the law of the
/// target alone.
///
/// A round begins with the last token, which no model has read yet, as the tree's root:
///
/// 1. the `Drafter` hangs guesses below it (a chain is a tree too);
/// 2. the target reads all nodes in one pass (`TreeModel.grow`);
/// 3. `Verification` goes down from the root as long as a guess is accepted, and gives one token more: in place of the refused ones, or after the last;
/// 4. both keep the path and forget the rest; a drafter that wants it is told what the target's head read there.
///
/// So each round gives at least one token, and as many as guesses were good. Chains, trees with and without replacement, greedy decoding and a grammar
/// are all this one loop. Sources: Leviathan et al. 2023, algorithm 1 (chains); Jeon et al. 2024, "Recursive speculative decoding" (trees).
///
/// ```swift
/// let target = ModelLaws(DecodingBatch(large, capacity: 512), sampling: Sampling())
/// let drafter = ModelDrafter(ModelLaws(DecodingBatch(small, capacity: 512), sampling: Sampling()), shape: .chain(5))
/// var speculation = SpeculativeDecoding(target: target, drafter: drafter, constraint: FreeText(endTokens: [2]), seed: 7)
/// try speculation.begin(prompt)
/// while !speculation.isComplete { print(try speculation.round()) }
/// ```
public struct SpeculativeDecoding<Target: TreeModel, Guesser: Drafter, Constraint: TokenConstraint> {
    /// The model whose law the text has.
    public package(set) var target: Target
    /// What guesses.
    public private(set) var drafter: Guesser
    /// How guesses are taken or refused.
    public let matching: Matching
    /// What has been counted; may be begun anew.
    public var figures = SpeculationFigures()

    private var grammar: TreeGrammar<Constraint>
    private var last = 0
    private var length = 0
    private var random: RandomSource
    /// The rule by which guesses are accepted; another one only to see that it is found out.
    package var verify = Verification.verify

    /// - Parameters:
    ///   - constraint: what may come after the prompt.
    ///   - seed: of the drafter's draws and the acceptances; the target's sampler has its own.
    public init(target: Target, drafter: Guesser, constraint: Constraint, matching: Matching = .rejection, seed: UInt64) {
        (self.target, self.drafter, self.matching) = (target, drafter, matching)
        grammar = TreeGrammar(constraint, vocabularySize: target.vocabularySize)
        random = RandomSource(seed: seed)
        if drafter.wantsState { self.target.keepStates() }
    }

    /// Whether nothing may follow.
    public var isComplete: Bool { grammar.root.isComplete }

    /// The constraint as it stands after the last token.
    public var constraint: Constraint { grammar.root }

    /// Gives both the text to go on from, in place of what they had.
    /// - Parameter constraint: what may come after it; nil: as it stands.
    /// - Precondition: a token or more.
    public mutating func begin(_ prompt: [Int], constraint: Constraint? = nil) throws {
        guard let last = prompt.last else { preconditionFailure("speculation from nothing") }
        grammar = TreeGrammar(constraint ?? grammar.root, vocabularySize: target.vocabularySize)
        try target.begin(prompt.dropLast())
        try drafter.begin(prompt.dropLast())
        (self.last, length) = (last, prompt.count)
    }

    /// Goes on from where it is, under another constraint, which stands after the last token given.
    package mutating func goOn(under constraint: Constraint) { grammar = TreeGrammar(constraint, vocabularySize: target.vocabularySize) }

    /// One round: the tokens it gives, one or more.
    /// - Parameter room: at most so many guesses deep; 0 decodes plainly.
    /// - Throws: `DecodingError`; `full` where not even one token more fits.
    /// - Precondition: not complete.
    public mutating func round(room: Int = .max) throws -> [Int] {
        precondition(!isComplete, "a round after the end")
        // At the end of the context nothing is guessed; a draft that was there must not be looked at to decide that.
        let drafts = room > 0 && target.room > drafter.guesses
        let draft = drafts ? try drafter.draft(after: last, grammar: &grammar, room: room, random: &random) : DraftTree(root: last)
        try target.grow(to: draft.tree)
        var node = 0, path = [0], given: [Int] = [], tested = 0
        repeat {
            let children = draft.tree.children(of: node)
            if !children.isEmpty { tested += 1 }
            let step = try decide(draft, at: node, children)
            given.append(step.token)
            guard let child = step.child else { break }
            path.append(child)
            node = child
            // At the end of the text, and where nothing may follow: the next round says so, and what this one gave is not lost.
        } while grammar.mask(after: node, of: draft.tree) != nil
        let read = Array(path.prefix(given.count))      // all but the last token given: a guess that ends the text is the root of what may follow
        try target.keep(read, of: draft.tree)
        try drafter.keep(draft, path: read, accepted: path.count - 1)
        if drafter.wantsState, let state = target.state { drafter.take(state: state) }
        figures.note(draft, tested: tested, accepted: path.count - 1, given: given.count)
        grammar.advance(to: node, of: draft.tree, then: given.count >= path.count ? given.last : nil)
        last = given[given.count - 1]
        length += given.count
        return given
    }

    /// Goes on from a prompt until the constraint is complete.
    /// - Parameters:
    ///   - prompt: one token or more.
    ///   - constraint: what may come after it; nil: as it stands.
    ///   - limit: at most so many new tokens.
    ///   - onToken: called with each token; false stops, and what else its round gave is dropped.
    /// - Returns: the new tokens.
    public mutating func speculate(_ prompt: [Int], constraint: Constraint? = nil, limit: Int, onToken: ((_ token: Int) -> Bool)? = nil) throws -> [Int] {
        try begin(prompt, constraint: constraint)
        var tokens: [Int] = []
        while !isComplete, tokens.count < limit {
            for token in try round(room: limit - tokens.count - 1) {
                tokens.append(token)
                if let onToken, !onToken(token) { return tokens }
            }
        }
        return tokens
    }

    /// The token after a node: a guess, then with its node, or one that the target gives.
    private mutating func decide(_ draft: DraftTree, at node: Int, _ children: [Int]) throws -> (token: Int, child: Int?) {
        guard let mask = grammar.mask(after: node, of: draft.tree) else { throw DecodingError.nothingAllowed(position: length + draft.tree.depths[node]) }
        switch matching {
        case .sampled:
            let token = try target.pick(after: node, mask: mask)
            return (token, children.first { draft.tree.tokens[$0] == token })
        case .rejection:
            let law = try target.law(after: node, mask: mask)
            switch verify(children.map { draft.tree.tokens[$0] }, draft.drawing(at: node), law, &random) {
            case .accepted(let index): return (draft.tree.tokens[children[index]], children[index])
            case .given(let token): return (token, nil)
            }
        }
    }
}

/// How the target's tokens are found.
public enum Matching: String, Sendable, CaseIterable {
    /// Guesses are accepted with the probability that leaves the target's law as it is.
    case rejection
    /// The target's own sampler picks each token, and a guess is right if it is that token: the text is, bit by bit, that of plain decoding with the same seed.
    case sampled
}

/// What rounds of speculation came to.
public struct SpeculationFigures: Sendable, Codable, Equatable {
    /// Passes of the target, one a round.
    public private(set) var rounds = 0
    /// Tokens given.
    public private(set) var tokens = 0
    /// Guesses that the target looked at.
    public private(set) var drafted = 0
    /// Guesses on the deepest path of each tree, added up: steps of the drafter.
    public private(set) var depth = 0
    /// Places of a path at which guesses were tested.
    public private(set) var tested = 0
    /// Guesses that were kept.
    public private(set) var accepted = 0

    /// Nothing counted.
    public init() {}

    /// Tokens given a pass of the target (τ).
    public var blockEfficiency: Double { rounds == 0 ? 0 : Double(tokens) / Double(rounds) }
    /// Kept of the guesses that were drafted.
    public var acceptancePerDrafted: Double { drafted == 0 ? 0 : Double(accepted) / Double(drafted) }
    /// How often one of the guesses at a place was kept, of the places at which the target came to look.
    public var acceptancePerTested: Double { tested == 0 ? 0 : Double(accepted) / Double(tested) }

    /// What two came to together.
    public static func + (a: SpeculationFigures, b: SpeculationFigures) -> SpeculationFigures {
        var sum = a
        sum.rounds += b.rounds
        sum.tokens += b.tokens
        sum.drafted += b.drafted
        sum.depth += b.depth
        sum.tested += b.tested
        sum.accepted += b.accepted
        return sum
    }

    mutating func note(_ draft: DraftTree, tested: Int, accepted: Int, given: Int) {
        rounds += 1
        tokens += given
        drafted += draft.guesses
        depth += draft.tree.depths.max() ?? 0
        self.tested += tested
        self.accepted += accepted
    }
}
