import Foundation
import Scenes

/// A question about a scene of objects, answered: the program that it was read as, what each step gave, or why there is no answer.
public struct SceneAnswer: Sendable {
    /// Why there is no answer.
    public enum Refusal: Equatable, Sendable, CustomStringConvertible {
        /// The question is about something else than objects and what is said of them.
        case otherTopic
        /// Words of the question are none that such questions are made of.
        case unknownWords([String])
        /// The picture shows something else than a scene of such objects.
        case otherPicture
        /// The program asks what the scene does not tell: an object of which there are none or several, an attribute or a relation that is not there.
        case unanswerable(ProgramError)
        /// The language model's steps grew longer than it can hold.
        case unfinished

        public var description: String {
            switch self {
            case .otherTopic: "this is no question about the objects of the scene, their size, color, material or shape, or where they are"
            case .unknownWords(let words): Self.unknown(words)
            case .otherPicture: "the picture shows no scene of cubes, spheres and cylinders on a gray ground"
            case .unanswerable(.notUnique(_, 0)): "the question speaks of an object that is not there"
            case .unanswerable(.notUnique(_, let count)): "the question speaks of one object where \(count) fit: say which one"
            case .unanswerable(let error): error.description
            case .unfinished: "the steps to the answer grew too long; ask in fewer words, or with --reasoner program"
            }
        }

        private static func unknown(_ words: [String]) -> String {
            let named = words.prefix(3).map { String($0.prefix(40)) }.map { word in "\"\(word)\"" + (KnownWords.nearest(to: word).map { " (did you mean \"\($0)\"?)" } ?? "") }
            return "no question about these objects has the word\(words.count > 1 ? "s" : "") \(named.joined(separator: ", ")); ask for their size, color, material, shape, number or place"
        }
    }

    /// The scene that the program was carried out over.
    public var scene: ObjectScene
    /// The program that the question was read as; nil where it is about something else.
    public var program: Program?
    /// What each step gave; nil where the program cannot be carried out.
    public var trace: Trace?
    /// Why there is no answer; nil where there is one.
    public var refusal: Refusal?
    /// Probability that the answer is right, 0…1, as far as the model can tell: of the program that it read, and of the answer over all scenes
    /// that the picture may show.
    public var confidence: Double
    /// The answer as the public release writes it; nil where there is none.
    public var text: String?
    /// Whether the exact executor, over the objects that the language model listed, gives the values that it wrote for its steps, and the answer; nil
    /// where it wrote no steps or no list.
    public var agreement: Bool?
    /// How `scene` differs from the likeliest one, where the question speaks of an object that the likeliest does not have.
    public var supposition: String?

    /// Reads the question and carries its program out over a scene that is known, whatever words its file has for the objects.
    /// - Parameters:
    ///   - world: what the scene's objects can be, where that is known; else only what they are can be spoken of.
    ///   - guesses: makes what it can of words that no such question has.
    public init(_ question: String, about scene: ObjectScene, of world: Domain? = nil, reader: QuestionReader, guesses: Bool = false) throws {
        self.scene = scene
        let translation = SceneWords(scene, of: world).translation(of: question), reading = try reader.read(translation?.text ?? question, guesses: guesses)
        confidence = reading.confidence
        guard let program = reading.program.map({ translation?.back($0) ?? $0 }) else {
            refusal = reading.strangers.isEmpty ? .otherTopic : .unknownWords(reading.strangers)
            return
        }
        self.program = program
        do throws(ProgramError) { trace = try program.run(on: scene) } catch { refusal = .unanswerable(error) }
        text = trace?.answer.text
    }

    /// What the language model wrote by itself.
    init(_ writing: LanguageReasoner.Writing) {
        (scene, trace, text, confidence) = (writing.scene, writing.trace, writing.answer, writing.confidence)
        program = writing.trace.map { Program(nodes: $0.steps.map(\.node)) }
        if let trace, let program, !scene.objects.isEmpty { agreement = (try? program.run(on: scene)) == trace && trace.answer.text == text }
        refusal = writing.refusal
        if text != nil, let agreement { confidence = Self.confidence(inSteps: agreement, least: writing.confidence) }
    }

    /// Confidence in an answer by written steps: whether the executor agrees with them says most, the least sure token a little. A logistic curve, fitted
    /// to 1,500 answers of `reasoner-clevr` about pictures that it had not seen (`data clevr --count 150 --seed 4711`), 98.1 % of them right.
    static func confidence(inSteps agreement: Bool, least: Double) -> Double {
        1 / (1 + exp(-(1.02 + (agreement ? 3.66 : 0) + 0.14 * log(max(least, 1e-6)))))
    }

    /// Reads the question and carries its program out over what a picture was read as.
    ///
    /// Where the likeliest scene has no answer (the question's one object is none or several there), the likeliest that has one is taken, if it is
    /// likely enough. Confidence is the answer's share of all that the picture may show and that the question can be asked about.
    /// - Parameter certain: the question is known to have an answer, as in a test set: the likeliest scene that has one is taken, whatever its share,
    ///   and unknown words are passed over.
    public init(_ question: String, about reading: SceneReading, reader: QuestionReader, certain: Bool = false) throws {
        try self.init(question, about: reading.scene, of: reading.domain, reader: reader, guesses: certain)
        guard reading.isScene >= 0.5 || certain else {
            (refusal, trace, text, confidence) = (.otherPicture, nil, nil, 1 - reading.isScene)
            return
        }
        guard let program else { return }
        var answers: [String: Double] = [:], first: (hypothesis: SceneReading.Hypothesis, trace: Trace)?, all = 0.0
        for hypothesis in reading.hypotheses() {
            guard let trace = try? program.run(on: hypothesis.scene) else { continue }
            if first == nil { first = (hypothesis, trace) }
            answers[trace.answer.text, default: 0] += hypothesis.weight
            all += hypothesis.weight
        }
        guard let first, certain || first.hypothesis.weight >= Self.supposable else { return }
        (scene, trace, supposition, refusal) = (first.hypothesis.scene, first.trace, first.hypothesis.change, nil)
        text = first.trace.answer.text
        confidence *= (answers[first.trace.answer.text] ?? 0) / all * reading.isScene
        if supposition != nil { confidence *= first.hypothesis.weight / (1 + first.hypothesis.weight) }
    }

    /// A scene with this share of the likeliest one's probability is supposed where the question speaks of it.
    private static let supposable = 0.05
}
