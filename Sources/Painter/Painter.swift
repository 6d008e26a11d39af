import Foundation
import Language
import Sketches
import Tensors

/// Draws, erases, detects and completes sketches with one language model over one vocabulary.
///
/// Main types: `Painter` (a loaded model and its four tasks), `SketchVocabulary` (tokens), `PlanGrammar`, `EraseGrammar` (what
/// may be written), `SceneComposer` and `PainterDocuments` (training data), `PainterJob` (training), `PainterEvaluation` (figures).
///
/// ```swift
/// let painter = try Painter(folder: URL(filePath: "models/painter-small"))
/// let drawn = try painter.draw("a cat to the left of a house", seed: 7)
/// let found = try painter.detect(drawn.scene)
/// let erased = try painter.erase("the cat", from: drawn.scene)
/// let rest = drawn.scene.removing(strokes: erased.strokes)
/// ```
///
/// Not thread-safe: one KV cache. The same model, seed and input give the same output, whatever the thread count.
public final class Painter {
    /// Default sampling of strokes; plans are sampled at `planTemperature` of it.
    public static let defaultSampling = Sampling(temperature: 0.6, topP: 0.95)
    static let planTemperature: Float = 0.6

    /// Positions of a context: a painter needs the least of these, and uses the most at most, whatever its config allows.
    static let positions = 256...8_192

    /// The tokens and the classes.
    public let vocabulary: SketchVocabulary
    /// What stands between a user's sentence and the model.
    public let reader: PromptReader
    /// The model folder's name, written into scenes.
    public let name: String
    let session: DecodingSession
    let documents: PainterDocuments
    /// Tokens picked since the start, for benchmarks.
    public internal(set) var tokenCount = 0

    /// Reads a model folder.
    /// - Throws: `ModelFolderError`; `PainterError` where the model is no painter.
    public convenience init(folder: URL) throws {
        let model = try ModelFolder.read(folder)
        guard let tokenizer = model.tokenizer else {
            throw ModelFolderError.missing(path: folder.appendingPathComponent("tokenizer.json").path, remedy: "a painter cannot do without; fetch the whole folder")
        }
        try self.init(decoder: model.decoder, tokenizer: tokenizer, name: folder.standardizedFileURL.lastPathComponent)
    }

    /// A painter of a decoder, for instance one in training.
    /// - Throws: `PainterError.notAPainter` where the vocabulary lacks sketch tokens, `tooShort` where the context is.
    public init(decoder: Language.Decoder, tokenizer: Tokenizer, name: String) throws(PainterError) {
        vocabulary = try SketchVocabulary(tokenizer)
        guard decoder.config.vocabularySize >= vocabulary.count else {
            throw .notAPainter(missing: "token \(decoder.config.vocabularySize) of \(vocabulary.count)")
        }
        reader = PromptReader(classes: vocabulary.classes)
        documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))
        guard decoder.config.positions >= Self.positions.lowerBound else { throw .tooShort(name: name, positions: decoder.config.positions) }
        session = DecodingSession(decoder, capacity: min(decoder.config.positions, Self.positions.upperBound))
        self.name = name
    }

    // MARK: draw

    /// A drawn scene and how it came about.
    public struct Drawn: Sendable {
        /// Objects in the order of the plan; relations are those stated that hold.
        public var scene: Scene
        /// Relations that the plan stated; the grammar keeps them true wherever the layout allows.
        public var stated: [Relation]
        /// What the user should know about the prompt: replaced or ignored words.
        public var notices: [String]
        /// The seed that alone reproduces the scene.
        public var seed: UInt64
        /// Mean log-probability of the tokens picked; `draw` returns the likeliest candidate.
        public var meanLogProbability: Double
        /// Tokens that the model wrote.
        public var tokens: Int
    }

    /// Draws a prompt on a square canvas of 256 pixels.
    /// - Parameters:
    ///   - line: the place of the prompt in a batch; line 0 uses `seed` itself.
    ///   - candidates: scenes to draw; the one whose tokens the model finds likeliest is returned.
    /// - Throws: `PainterError` about the prompt; `DecodingError`.
    public func draw(_ prompt: String, seed: UInt64, sampling: Sampling = Painter.defaultSampling, line: Int = 0, candidates: Int = 1) throws -> Drawn {
        let reading = try reader.read(prompt)
        var best: Drawn?
        for candidate in 0..<max(candidates, 1) {
            let own = RandomSource.derive(seed, UInt64(line), UInt64(candidate))
            let drawn = try drawOnce(prompt, reading, seed: own, sampling: sampling)
            if best.map({ drawn.meanLogProbability > $0.meanLogProbability }) ?? true { best = drawn }
        }
        guard let best else { throw PainterError.noPlan(prompt: prompt) }
        return best
    }

    private func drawOnce(_ prompt: String, _ reading: PromptReader.Reading, seed: UInt64, sampling: Sampling) throws -> Drawn {
        let start = documents.drawPrompt(reading.text)
        guard start.count < session.capacity / 2 else {
            throw PainterError.promptTooLong(words: prompt.split(separator: " ").count, limit: PromptReader.wordLimit)
        }
        func plan(_ attempt: Int) throws -> (grammar: PlanGrammar, log: TokenLog) {
            var grammar = PlanGrammar(vocabulary, limits: .init(tokens: session.capacity - start.count)), log = TokenLog()
            session.truncate(to: 0)
            try write(start, &grammar, sampling: Self.plan(sampling), seed: attempt == 0 ? seed : RandomSource.derive(seed, 0xA77E, UInt64(attempt)), &log)
            return (grammar, log)
        }
        // A plan whose boxes cannot satisfy its own relations, or with other things than the sentence names, is thrown away; the next
        // try is seeded by the first. Where all fail, the least bad one is drawn, with a notice.
        var (grammar, log) = try plan(0)
        func fault(_ grammar: PlanGrammar) -> Int { (grammar.isBroken ? 100 : 0) + departures(of: grammar, from: reading) }
        var attempt = 0, best = (attempt: 0, fault: fault(grammar))
        while best.fault > 0, attempt < Self.planAttempts - 1 {
            attempt += 1
            (grammar, log) = try plan(attempt)
            if fault(grammar) < best.fault { best = (attempt, fault(grammar)) }
        }
        if attempt != best.attempt { (grammar, log) = try plan(best.attempt) }
        guard let last = log.tokens.last else { throw PainterError.noPlan(prompt: prompt) }
        var notices = reading.notices
        if best.fault % 100 > 0 {
            notices.append("the model did not follow the sentence: it drew \(grammar.classIndices.map { vocabulary.classes[$0] }.joined(separator: ", ")); try another --seed or fewer objects")
        }
        grammar.resume()
        try write([last], &grammar, sampling: sampling, seed: RandomSource.derive(seed, 0x57A0, 1), &log)

        var scene = Scene(prompt: prompt, width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, seed: seed, model: name)
        for (index, tokens) in grammar.sketches.enumerated() {
            let strokes = Self.rounded(fitted(documents.codec.strokes(tokens), to: grammar.boxes[index].box))
            append(strokes, of: vocabulary.classes[grammar.classIndices[index]], to: &scene)
        }
        if !grammar.isComplete { notices.append("the drawing filled the model's context and was cut short; ask for fewer objects") }
        let stated = grammar.relations.map { Relation($0.kind, subject: $0.subject, object: $0.object) }
        scene.relations = stated.filter(scene.holds)
        return Drawn(scene: scene, stated: stated, notices: notices, seed: seed, meanLogProbability: log.mean, tokens: log.tokens.count)
    }

    private static let planAttempts = 6

    /// Objects that the sentence names and the plan lacks, and those that it has and nobody named.
    private func departures(of plan: PlanGrammar, from reading: PromptReader.Reading) -> Int {
        var planned: [String: Int] = [:]
        for index in plan.classIndices { planned[vocabulary.classes[index], default: 0] += 1 }
        let lacking = reading.counts.reduce(0) { $0 + max($1.value - planned[$1.key, default: 0], 0) }
        return lacking + planned.reduce(0) { sum, own in
            let asked = reading.counts[own.key] ?? 0
            return sum + (asked > 0 && reading.plurals.contains(own.key) && asked == 1 ? 0 : max(own.value - asked, 0))    // "cats" are two or more
        }
    }

    private static func plan(_ sampling: Sampling) -> Sampling {
        var plan = sampling
        plan.temperature *= planTemperature
        return plan
    }

    private func append(_ strokes: [Stroke], of className: String, to scene: inout Scene) {
        guard let box = Box.of(strokes) else { return }
        let first = scene.strokes.count
        scene.strokes += strokes
        scene.objects.append(SceneObject(className: className, box: box, strokes: Array(first..<first + strokes.count)))
    }

    /// Hundredths of a pixel: what files carry, so that what is shown and what is written are one thing.
    /// Steps of a unit on a canvas of `side` units that are about hundredths of a pixel on one of 256: a power of ten, at most 10⁹.
    static func unit(_ side: Double) -> Double { pow(10, min(max(log10(25_600 / max(side, 1e-6)).rounded(), 0), 9)) }

    static func rounded(_ strokes: [Stroke]) -> [Stroke] {
        strokes.map { Stroke($0.points.map { Point(x: ($0.x * 100).rounded() / 100, y: ($0.y * 100).rounded() / 100) }, times: $0.times) }
    }

    // MARK: decoding

    struct TokenLog {
        var tokens: [Int] = []
        var probabilities: [Float] = []
        var mean: Double {
            let logs = probabilities.map { log(Double(max($0, 1e-9))) }
            return logs.isEmpty ? 0 : logs.reduce(0, +) / Double(logs.count)
        }
    }

    func write(_ prompt: [Int], _ grammar: inout some TokenConstraint, sampling: Sampling, seed: UInt64, _ log: inout TokenLog) throws {
        var sampler = Sampler(sampling, seed: seed)
        var picked: [Int] = [], probabilities: [Float] = [], isBroken = false
        _ = try generate(session, prompt: prompt, sampler: &sampler, constraint: &grammar, limit: session.capacity) { token, probability in
            picked.append(token)
            probabilities.append(probability)
            isBroken = !self.session.logits[token].isFinite || !probability.isFinite
            return !isBroken
        }
        guard !isBroken else { throw PainterError.brokenModel(name: name) }
        log.tokens += picked
        log.probabilities += probabilities
        tokenCount += picked.count
    }
}

extension Scene {
    /// An object of this scene's strokes, its box their exact ink box.
    package func object(_ className: String, strokes indices: [Int], confidence: Double?) -> SceneObject {
        let ink = Box.of(indices.map { strokes[$0] }) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
        return SceneObject(className: className, box: ink, strokes: indices, confidence: confidence.map { ($0 * 10_000).rounded() / 10_000 })
    }
}
