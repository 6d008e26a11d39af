import Foundation
import Language
import Pictures
import Scenes
import Speculation
import Tensors

/// The language model alone: lists what it sees, writes steps with their values, answers. No executor helps it.
///
/// ```swift
/// try reasoner.look(picture)
/// let answer = try reasoner.answer("How many red balls are left of the cube?", .rationale)
/// print(answer.answer ?? "unknown", answer.trace?.steps.count ?? 0)
/// ```
/// Not thread-safe.
public final class LanguageReasoner {
    /// How an answer comes about.
    public enum Way: String, Sendable, CaseIterable {
        /// At once, from the picture and the question.
        case direct
        /// After a list of the objects, by steps with the value of each.
        case rationale
    }

    /// What was written.
    public struct Writing: Sendable {
        /// The answer as the public release writes it; nil where there is none.
        public var answer: String?
        /// The steps with the values that were written for them; nil for a direct answer, or where they make no program.
        public var trace: Trace?
        /// The objects that were listed before; none for a direct answer, or where nothing was listed.
        public var scene: ObjectScene
        /// The least probability of a token that it wrote after the question, 0…1.
        public var confidence: Double
        /// Why there is no answer.
        public var refusal: SceneAnswer.Refusal?

        init(_ answer: String?, trace: Trace? = nil, scene: ObjectScene = ObjectScene([]), confidence: Double, refusal: SceneAnswer.Refusal? = nil) {
            (self.answer, self.trace, self.scene, self.confidence, self.refusal) = (answer, trace, scene, confidence, refusal)
        }
    }

    /// The longest text about one picture: a list of ten objects, a question, its steps.
    public static let positions = 512

    /// Whether it lists the objects before it writes steps, as surrogate tasks have taught it; without that there is no scene to check the steps by.
    public var remembers = true

    package let vocabulary: ReasonerVocabulary
    private let grid: SceneGrid, guesser: PictureGuesser?
    /// One slot, with the picture; the session is the same one, decoding plainly.
    package let batch: DecodingBatch
    private let session: DecodingSession
    /// For what is only read: no picture is asked.
    private let reading: DecodingSession
    /// Tokens of the list of the picture that is looked at, once it is written, and what it says; nil: not written yet.
    private var listed: (tokens: [Int], scene: ObjectScene)?
    /// Whether the picture shows a scene, once that was asked.
    private var isScene: Bool?
    private var frame: LookFrame?

    /// - Parameter guesser: guesses what is written; the same is written without.
    /// - Throws: `ReasonerError.notAReasoner` for another model's tokenizer or one without cross-attention to this eye.
    public init(_ model: DecodingModel, _ tokenizer: Tokenizer, grid: SceneGrid, guesser: PictureGuesser? = nil) throws(ReasonerError) {
        vocabulary = try ReasonerVocabulary(tokenizer)
        guard model.config.crossAttention?.sourceWidth == grid.look.config.features else { throw .notAReasoner(missing: "cross-attention to the eye's features") }
        (self.grid, self.guesser) = (grid, guesser)
        batch = DecodingBatch(model, capacity: min(Self.positions, model.positions), sourceCapacity: grid.look.config.cells)
        session = DecodingSession(batch)
        reading = DecodingSession(model, capacity: QuestionReader.questionLimit + 3)
    }

    /// Looks at a picture: what is asked from now on is about it.
    public func look(_ picture: Picture) throws {
        let frame = LookFrame(pictureWidth: picture.width, pictureHeight: picture.height, in: grid.look.config)
        let features = grid.features([frame.fitted(picture)])
        session.setSource(features)
        guesser?.look(features)
        (self.frame, listed, isScene) = (frame, nil, nil)
    }

    /// The objects of the picture as the model lists them, boxes in picture pixels; none where it sees no scene.
    /// - Precondition: a picture was looked at.
    public func list() throws -> ObjectScene { try remembered().scene }

    private func remembered() throws -> (tokens: [Int], scene: ObjectScene) {
        if let listed { return listed }
        guard let frame else { preconditionFailure("look at a picture first") }
        let written = try write(document(.list)).tokens
        var scene = vocabulary.scene(listed: written, width: Double(frame.width), height: Double(frame.height))
        for i in scene.objects.indices {
            scene.objects[i].box = scene.objects[i].box.map { box in
                let low = frame.pictured(box.x, box.y), high = frame.pictured(box.z, box.w)
                return [low.x, low.y, high.x, high.y]
            }
        }
        let result = ([vocabulary.begin, vocabulary.look] + written.filter { $0 != vocabulary.ask }, scene)
        listed = result
        return result
    }

    /// Whether the picture shows a scene: what a list begins with.
    private func showsScene() throws -> Bool {
        if let isScene { return isScene }
        var document = try document(.list)
        document.limit = 1
        let shows = try write(document).tokens != [vocabulary.unknown]
        isScene = shows
        return shows
    }

    /// Whether a question is about such scenes: what its program begins with.
    private func isAboutScenes(_ text: [Int]) throws -> Bool {
        reading.truncate(to: 0)
        try reading.extend(with: [vocabulary.begin, vocabulary.ask] + text + [vocabulary.program])
        return try Self.write(ProgramGrammar(vocabulary), with: reading, limit: 1).tokens != [vocabulary.unknown]
    }

    /// Answers a question about the picture.
    /// - Parameter guesses: the question is known to have an answer, as in a test set: neither words that no such question has nor a picture that seems to
    ///   be of something else are a reason to give none.
    /// - Precondition: a picture was looked at.
    public func answer(_ question: String, _ way: Way, guesses: Bool = false) throws -> Writing {
        let strangers = guesses ? [] : KnownWords.strangers(in: question), text = vocabulary.text(question)
        guard strangers.isEmpty else { return Writing(nil, confidence: 1, refusal: .unknownWords(strangers)) }
        guard text.count <= QuestionReader.questionLimit, try isAboutScenes(text) else { return Writing(nil, confidence: 1, refusal: .otherTopic) }
        guard try guesses || showsScene() else { return Writing(nil, confidence: 1, refusal: .otherPicture) }
        switch way {
        case .direct:
            let (tokens, least) = try write(Document(prompt: [vocabulary.begin, vocabulary.ask] + text + [vocabulary.answer], grammar: OneAnswer(vocabulary: vocabulary), limit: 1))
            return Writing(tokens.first.flatMap(word), confidence: least)
        case .rationale:
            let scene = try remembers ? list() : ObjectScene([]), document = try document(.rationale(question: question)), objects = remembers ? scene.objects.count : nil
            guard document.limit > 1 else { return Writing(nil, scene: scene, confidence: 0, refusal: .unfinished) }
            let (tokens, least) = try write(document)
            guard let mark = tokens.firstIndex(of: vocabulary.answer), mark + 1 < tokens.count else {
                return Writing(nil, scene: scene, confidence: least, refusal: tokens.last == vocabulary.unknown ? .otherTopic : .unfinished)
            }
            return Writing(word(tokens[mark + 1]), trace: vocabulary.trace(of: Array(tokens[..<mark]), objects: objects), scene: scene, confidence: least)
        }
    }

    /// What the picture shows, in sentences; nonsense from a model that has not learnt it (`captions` of its recipe), and of a picture that shows no scene.
    /// - Precondition: a picture was looked at.
    public func caption() throws -> String {
        let written = try write(document(.caption)).tokens
        return vocabulary.tokenizer.decode(written.filter { $0 != vocabulary.end }).trimmingCharacters(in: .whitespaces)
    }

    /// A text to be written: what is read before it, what may come, and how many tokens at most.
    package struct Document {
        package var prompt: [Int]
        package var grammar: any TokenConstraint
        package var limit: Int
    }

    /// How a text about the picture begins. Before steps stands the list, which is written for it if need be.
    package func document(_ text: PictureText) throws -> Document {
        switch text {
        case .list:
            return Document(prompt: [vocabulary.begin, vocabulary.look], grammar: SceneListGrammar(vocabulary), limit: 11 * (vocabulary.domain.attributes.count + 7))
        case .caption:
            let prompt = [vocabulary.begin] + vocabulary.captionPrompt()
            return Document(prompt: prompt, grammar: FreeText(endTokens: [vocabulary.end]), limit: batch.capacity - prompt.count + 1)
        case .rationale(let question):
            let (prefix, scene) = try remembers ? remembered() : ([vocabulary.begin], ObjectScene([])), prompt = prefix + [vocabulary.ask] + vocabulary.text(question) + [vocabulary.steps]
            return Document(prompt: prompt, grammar: StepGrammar(vocabulary, objects: remembers ? scene.objects.count : nil), limit: batch.capacity - prompt.count + 1)
        }
    }

    private func write(_ document: Document) throws -> (tokens: [Int], least: Double) {
        if let guesser, document.limit > 1 {
            let written = try Self.write(document.grammar, document, with: batch, guessedBy: guesser.drafter())
            guesser.figures = guesser.figures + written.figures
            return (written.tokens, written.least)
        }
        session.truncate(to: 0)
        try session.extend(with: document.prompt)
        return try Self.write(document.grammar, with: session, limit: document.limit)
    }

    /// The same tokens with guesses.
    private static func write(_ grammar: some TokenConstraint, _ document: Document, with batch: DecodingBatch, guessedBy drafter: some Drafter) throws -> (tokens: [Int], least: Double, figures: SpeculationFigures) {
        var speculation = SpeculativeDecoding(target: ModelLaws(batch, sampling: .greedy), drafter: drafter, constraint: grammar, matching: .sampled, seed: 0), tokens: [Int] = []
        try speculation.begin(document.prompt)
        do {
            while !speculation.isComplete, tokens.count < document.limit { tokens += try speculation.round(room: document.limit - tokens.count - 1) }
        } catch DecodingError.nothingAllowed {}
        return (tokens, Double(speculation.target.probabilities.min() ?? 1), speculation.figures)
    }

    /// The likeliest tokens under a grammar, to its end, and the probability of the least sure of them.
    private static func write(_ grammar: some TokenConstraint, with session: DecodingSession, limit: Int) throws -> (tokens: [Int], least: Double) {
        var grammar = grammar, mask = TokenMask(count: session.model.config.vocabularySize), tokens: [Int] = [], least = 0.0
        while !grammar.isComplete, tokens.count < limit {
            mask.forbidAll()
            grammar.allowed(&mask)
            guard let pick = session.likeliest(of: mask) else { break }
            least = min(least, pick.logProbability)
            grammar.accept(pick.token)
            tokens.append(pick.token)
            if !grammar.isComplete, tokens.count < limit { try session.extend(with: pick.token) }
        }
        return (tokens, exp(least))
    }

    private func word(_ token: Int) -> String? {
        vocabulary.numberOf(token).map(String.init) ?? vocabulary.truthOf(token).map { $0 ? "yes" : "no" } ?? vocabulary.attributeAndValue(token)?.value
    }

    /// One number, yes or no, or a value.
    private struct OneAnswer: TokenConstraint {
        let vocabulary: ReasonerVocabulary
        var isComplete = false

        func allowed(_ mask: inout TokenMask) {
            for count in 0...ReasonerVocabulary.objectCount { mask.allow(vocabulary.number(count)) }
            for holds in [true, false] { mask.allow(vocabulary.truth(holds)) }
            for attribute in vocabulary.domain.attributes { vocabulary.tokens(for: .attribute(attribute.name)).forEach { mask.allow($0) } }
        }

        mutating func accept(_ token: Int) { isComplete = true }
    }
}
