import Language
import Speculation
import Tensors

/// What is to be drawn: what the sentence asks for, and a box for each object.
package struct ScenePlan: Sendable, Equatable {
    package var spec = SceneSpec()
    package var boxes: [GridBox] = []
    /// The style of each object, where somebody chose one; empty where nobody did.
    package var styles: [SketchStyle?] = []
    /// Not all boxes are as the plan itself says: no layout was found.
    package var isBroken = false
    /// Whoever wrote it gave objects boxes, if not all.
    package var hasSomeBoxes = false

    func style(of object: Int) -> SketchStyle? { styles.indices.contains(object) ? styles[object] : nil }
}

/// One plan in the making. What the sentence asks for is written down as the likeliest; where things go, by the seed. A slot of a batch runs
/// it step by step.
struct PlanTask: DecodingTask {
    private unowned let part: PainterPart
    private let name: String
    private let text: String
    private let seed: UInt64
    private let sampling: Sampling
    private let start: [Int]

    private var attempt = 0
    private var generation: Generation<PlanGrammar>
    private var isPlacing = false
    /// Tokens from the prompt to `<boxes>`, once they are there.
    private var specified: [Int] = []
    /// Tokens picked, also for boxes that were thrown away.
    private(set) var tokenCount = 0

    private static let attempts = 6

    /// - Parameters:
    ///   - text: the sentence.
    ///   - spec: what it asks for, where that is known already.
    ///   - sampling: of boxes.
    ///   - part: the planner of the painter `name`.
    init(_ text: String, spec: SceneSpec? = nil, seed: UInt64, sampling: Sampling, by part: PainterPart, of name: String) throws(PainterError) {
        let prompt = part.documents.planPrompt(text), capacity = part.session.capacity
        guard prompt.count < capacity / 2 else {
            throw .promptTooLong(words: text.split(separator: " ").count, limit: PromptReader.wordLimit)
        }
        (self.part, self.name, self.text, self.seed, self.sampling) = (part, name, text, seed, sampling)
        var grammar = PlanGrammar(part.vocabulary, shapes: part.shapes)
        let given = spec.map { $0.tokens(part.vocabulary) + [part.vocabulary.boxes] } ?? []
        for token in given { grammar.accept(token) }
        start = prompt + given
        generation = Generation(
            prompt: start, sampler: Sampler(.greedy, seed: seed), constraint: grammar, limit: capacity, vocabularySize: part.session.model.config.vocabularySize)
        if spec != nil { place() }
    }

    /// Goes on to the boxes, each attempt with a seed of its own.
    private mutating func place() {
        if specified.isEmpty { specified = generation.tokens }
        var grammar = PlanGrammar(part.vocabulary, shapes: part.shapes)
        for token in generation.constraint.spec.tokens(part.vocabulary) + [part.vocabulary.boxes] { grammar.accept(token) }
        generation = Generation(
            prompt: specified, sampler: Sampler(sampling, seed: RandomSource.derive(seed, 0xB0C5, UInt64(attempt))), constraint: grammar,
            limit: part.session.capacity, vocabularySize: part.session.model.config.vocabularySize)
        isPlacing = true
    }

    mutating func step(_ logits: UnsafeBufferPointer<Float>, position: Int, capacity: Int) throws -> DecodingStep {
        if logits.isEmpty { return .append(start) }
        let (token, probability) = try generation.pick(logits, position: position)
        guard logits[token].isFinite, probability.isFinite else { throw PainterError.brokenModel(name: name) }
        tokenCount += 1
        if !isPlacing, generation.constraint.isSpecified {
            place()
            return .append([token])
        }
        guard generation.isDone || position >= capacity - 1 else { return .append([token]) }
        guard generation.constraint.isBroken, attempt < Self.attempts - 1 else { return .finished }
        attempt += 1
        place()
        return .restart(specified)
    }

    /// Runs the whole task by itself, some of its tokens guessed ahead by another planner. It comes out as in a batch.
    /// - Throws: as a step does.
    /// - Returns: what guessing came to.
    mutating func run(guessedBy guesser: PlanGuesser) throws -> SpeculationFigures {
        var speculation = SpeculativeDecoding(
            target: ModelLaws(part.slots(for: 1), sampling: generation.sampler.sampling), drafter: guesser.drafter { [text] in $0.planPrompt(text) },
            constraint: PlanPhase(grammar: generation.constraint, endsAtBoxes: !isPlacing), matching: .sampled, seed: seed)
        try speculation.begin(start)
        while true {
            speculation.target.use(generation.sampler)
            do {
                while !speculation.isComplete, generation.tokens.count < part.session.capacity {
                    let tokens = try speculation.round(room: part.session.capacity - generation.tokens.count - 1)
                    tokenCount += tokens.count
                    generation.take(tokens, leaving: speculation.constraint.grammar)
                }
            } catch DecodingError.notFinite { throw PainterError.brokenModel(name: name) }
            if !isPlacing, generation.constraint.isSpecified {
                place()
                speculation.goOn(under: PlanPhase(grammar: generation.constraint, endsAtBoxes: false))
            } else if generation.constraint.isBroken, attempt < Self.attempts - 1 {
                attempt += 1
                place()
                try speculation.begin(specified, constraint: PlanPhase(grammar: generation.constraint, endsAtBoxes: false))
            } else {
                return speculation.figures
            }
        }
    }

    /// What was planned.
    /// - Throws: `PainterError.noPlan` where nothing was written.
    func result(prompt: String) throws(PainterError) -> ScenePlan {
        let grammar = generation.constraint
        guard !grammar.boxes.isEmpty, grammar.boxes.count == grammar.spec.items.count else { throw .noPlan(prompt: prompt) }
        return ScenePlan(spec: grammar.spec, boxes: grammar.boxes, isBroken: grammar.isBroken)
    }
}

/// A plan's grammar, up to its boxes or to its end: guesses are not to go over from what is picked as the likeliest to what is drawn.
private struct PlanPhase: TokenConstraint {
    private(set) var grammar: PlanGrammar
    let endsAtBoxes: Bool

    mutating func allowed(_ mask: inout TokenMask) { grammar.allowed(&mask) }
    mutating func accept(_ token: Int) { grammar.accept(token) }
    var isComplete: Bool { grammar.isComplete || endsAtBoxes && grammar.isSpecified }
}
