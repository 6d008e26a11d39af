import Foundation
import Language
import Pictures
import Scenes
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

    private let vocabulary: ReasonerVocabulary, grid: SceneGrid, session: DecodingSession
    /// For what is only read: no picture is asked.
    private let reading: DecodingSession
    /// Tokens of the list of the picture that is looked at, once it is written, and what it says; nil: not written yet.
    private var listed: (tokens: [Int], scene: ObjectScene)?
    /// Whether the picture shows a scene, once that was asked.
    private var isScene: Bool?
    private var frame: LookFrame?

    /// - Throws: `ReasonerError.notAReasoner` for another model's tokenizer or one without cross-attention to this eye.
    public init(_ model: DecodingModel, _ tokenizer: Tokenizer, grid: SceneGrid) throws(ReasonerError) {
        vocabulary = try ReasonerVocabulary(tokenizer)
        guard model.config.crossAttention?.sourceWidth == grid.look.config.features else { throw .notAReasoner(missing: "cross-attention to the eye's features") }
        self.grid = grid
        session = DecodingSession(model, capacity: min(Self.positions, model.positions), sourceCapacity: grid.look.config.cells)
        reading = DecodingSession(model, capacity: QuestionReader.questionLimit + 3)
    }

    /// Looks at a picture: what is asked from now on is about it.
    public func look(_ picture: Picture) throws {
        let frame = LookFrame(pictureWidth: picture.width, pictureHeight: picture.height, in: grid.look.config)
        session.setSource(grid.features([frame.fitted(picture)]))
        (self.frame, listed, isScene) = (frame, nil, nil)
    }

    /// The objects of the picture as the model lists them, boxes in picture pixels; none where it sees no scene.
    /// - Precondition: a picture was looked at.
    public func list() throws -> ObjectScene { try remembered().scene }

    private func remembered() throws -> (tokens: [Int], scene: ObjectScene) {
        if let listed { return listed }
        guard let frame else { preconditionFailure("look at a picture first") }
        session.truncate(to: 0)
        try session.extend(with: [vocabulary.begin, vocabulary.look])
        let written = try write(SceneListGrammar(vocabulary), limit: 11 * (vocabulary.domain.attributes.count + 7)).tokens
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
        session.truncate(to: 0)
        try session.extend(with: [vocabulary.begin, vocabulary.look])
        let shows = try write(SceneListGrammar(vocabulary), limit: 1).tokens != [vocabulary.unknown]
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
            session.truncate(to: 0)
            try session.extend(with: [vocabulary.begin, vocabulary.ask] + text + [vocabulary.answer])
            let (tokens, least) = try write(OneAnswer(vocabulary: vocabulary), limit: 1)
            return Writing(tokens.first.flatMap(word), confidence: least)
        case .rationale:
            let (prefix, scene) = try remembers ? remembered() : ([vocabulary.begin], ObjectScene([]))
            let objects = remembers ? scene.objects.count : nil, prompt = prefix + [vocabulary.ask] + text + [vocabulary.steps]
            guard prompt.count < session.capacity else { return Writing(nil, scene: scene, confidence: 0, refusal: .unfinished) }
            session.truncate(to: 0)
            try session.extend(with: prompt)
            let (tokens, least) = try write(StepGrammar(vocabulary, objects: objects), limit: session.capacity - prompt.count + 1)
            guard let mark = tokens.firstIndex(of: vocabulary.answer), mark + 1 < tokens.count else {
                return Writing(nil, scene: scene, confidence: least, refusal: tokens.last == vocabulary.unknown ? .otherTopic : .unfinished)
            }
            return Writing(word(tokens[mark + 1]), trace: vocabulary.trace(of: Array(tokens[..<mark]), objects: objects), scene: scene, confidence: least)
        }
    }

    private func write(_ grammar: some TokenConstraint, limit: Int) throws -> (tokens: [Int], least: Double) {
        try Self.write(grammar, with: session, limit: limit)
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
