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
    /// The session's slot alone, or, once several drawings were asked for, more.
    private var batch: DecodingBatch
    let documents: PainterDocuments
    /// Tokens picked since the start, for benchmarks.
    public internal(set) var tokenCount = 0

    /// Reads a model folder.
    /// - Parameter format: how weights are kept; nil: as the folder has them.
    /// - Throws: `ModelFolderError`; `PainterError` where the model is no painter.
    public convenience init(folder: URL, format: WeightFormat? = nil) throws {
        let model = try DecodingModel.load(folder, format: format, positions: Self.positions.upperBound)
        guard let tokenizer = try ModelFolder.readTokenizer(folder) else {
            throw ModelFolderError.missing(path: folder.appendingPathComponent("tokenizer.json").path, remedy: "a painter cannot do without; fetch the whole folder")
        }
        try self.init(model: model, tokenizer: tokenizer, name: folder.standardizedFileURL.lastPathComponent)
    }

    /// A painter of a decoder in training, with its weights as they are now.
    /// - Throws: `PainterError.notAPainter` where the vocabulary lacks sketch tokens, `tooShort` where the context is.
    public convenience init(decoder: Language.Decoder, tokenizer: Tokenizer, name: String) throws(PainterError) {
        try self.init(model: DecodingModel(decoder, positions: Self.positions.upperBound), tokenizer: tokenizer, name: name)
    }

    private init(model: DecodingModel, tokenizer: Tokenizer, name: String) throws(PainterError) {
        let config = model.config
        vocabulary = try SketchVocabulary(tokenizer)
        guard config.vocabularySize >= vocabulary.count else {
            throw .notAPainter(missing: "token \(config.vocabularySize) of \(vocabulary.count)")
        }
        reader = PromptReader(classes: vocabulary.classes)
        documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))
        guard config.positions >= Self.positions.lowerBound else { throw .tooShort(name: name, positions: config.positions) }
        batch = DecodingBatch(model, capacity: min(config.positions, Self.positions.upperBound))
        session = DecodingSession(batch)
        self.name = name
    }

    /// How the weights are kept.
    public var format: WeightFormat { session.model.format }

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

    /// What to draw, as one line of a batch.
    public struct Order: Sendable {
        /// The sentence.
        public var prompt: String
        /// Its place in the batch; line 0 uses the seed itself.
        public var line: Int

        /// An order of one prompt.
        public init(_ prompt: String, line: Int = 0) { (self.prompt, self.line) = (prompt, line) }
    }

    /// Draws a prompt on a square canvas of 256 pixels.
    /// - Parameters:
    ///   - line: the place of the prompt in a batch; line 0 uses `seed` itself.
    ///   - candidates: scenes to draw; the one whose tokens the model finds likeliest is returned.
    /// - Throws: `PainterError` about the prompt; `DecodingError`.
    public func draw(_ prompt: String, seed: UInt64, sampling: Sampling = Painter.defaultSampling, line: Int = 0, candidates: Int = 1) throws -> Drawn {
        try draw([Order(prompt, line: line)], seed: seed, sampling: sampling, candidates: candidates)[0].get()
    }

    /// Reads a prompt and picks the first token of its plan, as `draw` begins: for measurements.
    package func firstToken(of prompt: String, seed: UInt64) throws -> Int {
        var task = try DrawTask(prompt, reader.read(prompt), seed: seed, sampling: Self.defaultSampling, of: self)
        session.truncate(to: 0)
        let nothing = UnsafeBufferPointer<Float>(start: nil, count: 0)
        guard case .append(let start) = try task.step(nothing, position: 0, capacity: session.capacity) else { throw PainterError.noPlan(prompt: prompt) }
        try session.extend(with: start)
        guard case .append(let token) = try task.step(session.logits, position: session.position, capacity: session.capacity) else {
            throw PainterError.noPlan(prompt: prompt)
        }
        return token[0]
    }

    /// Draws several prompts, up to `streams` drawings at a time. Each comes out as it would alone.
    /// - Parameter progress: called with the number of orders done.
    /// - Returns: an answer for each order: what `draw` would return or throw.
    public func draw(
        _ orders: [Order], seed: UInt64, sampling: Sampling = Painter.defaultSampling, candidates: Int = 1, progress: (Int) -> Void = { _ in }
    ) throws -> [Result<Drawn, any Error>] {
        let each = max(candidates, 1)
        var tasks: [DrawTask] = [], places: [(order: Int, candidate: Int)] = [], refused: [Int: any Error] = [:]
        for (index, order) in orders.enumerated() {
            do {
                let reading = try reader.read(order.prompt)
                for candidate in 0..<each {
                    let own = RandomSource.derive(seed, UInt64(order.line), UInt64(candidate))
                    tasks.append(try DrawTask(order.prompt, reading, seed: own, sampling: sampling, of: self))
                    places.append((index, candidate))
                }
            } catch { refused[index] = error }
        }
        if batch.slots < min(tasks.count, Self.streams) {
            batch = DecodingBatch(session.model, slots: Self.streams, capacity: session.capacity)
        }
        var results = [[Result<Drawn, any Error>?]](repeating: [Result<Drawn, any Error>?](repeating: nil, count: each), count: orders.count)
        var done = refused.count
        try batch.run(tasks) { index, task, error in
            let place = places[index]
            results[place.order][place.candidate] = Result { if let error { throw error } else { try task.result() } }
            tokenCount += task.tokenCount
            if results[place.order].allSatisfy({ $0 != nil }) {
                done += 1
                progress(done)
            }
        }
        return orders.indices.map { index in
            if let error = refused[index] { return .failure(error) }
            let own = results[index].compactMap { $0 }, drawn = own.compactMap { try? $0.get() }
            guard var best = drawn.first else { return own.first ?? .failure(PainterError.noPlan(prompt: orders[index].prompt)) }
            for other in drawn where other.meanLogProbability > best.meanLogProbability { best = other }
            return .success(best)
        }
    }

    /// Drawings that are decoded together.
    static let streams = 8

    /// Hundredths of a pixel: what files carry, so that what is shown and what is written are one thing.
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
