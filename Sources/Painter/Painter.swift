import Foundation
import Language
import Sketches
import Tensors

/// Draws, erases, detects and completes sketches with one language model over one vocabulary.
///
/// Main types: `Painter` (a loaded model and its tasks), `SketchVocabulary` (tokens), `PlanGrammar`, `SketchGrammar`, `CommandGrammar` (what
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
    /// Boxes are sampled cooler than strokes.
    static let planTemperature: Float = 0.6
    /// Positions of one sketch.
    static let sketchPositions = 512

    /// Positions of a context: a painter needs the least of these, and uses the most at most, whatever its config allows.
    static let positions = 256...8_192
    /// The most positions of an adapter's rows in training, and so of its contexts: its base may have many more, of which no drawing was ever read.
    static let adapterPositions = 1_024
    /// Bytes that the KV caches of sequences side by side may take: a position of painter-small has 8 KB, one of SmolLM2-135M 46 KB
    /// (30 blocks · 3 heads · 64 · keys and values · 4), a sketch of 512 positions beside it 24 MB.
    static let cacheLimit = 300 << 20

    /// The tokens and the classes.
    public let vocabulary: SketchVocabulary
    /// What stands between a user's sentence and the model.
    public let reader: PromptReader
    /// The model folder's name, written into scenes.
    public let name: String
    /// Whether it stands beside a language model: sketch tokens were then told from one another only, never from text.
    let isAdapter: Bool
    let session: DecodingSession
    /// The session's slot alone, or, once several plans or endings were asked for, more.
    private var batch: DecodingBatch
    /// Many short contexts, for sketches; made when the first is asked for.
    var sketching: DecodingBatch?
    /// Contexts for the readings of a window; made when strokes are first read.
    var reading: DecodingBatch?
    /// Which styles the model has for which class.
    public let styles: StyleTable
    /// What names candidates, to tell the better ones, and objects that are read, as a second opinion; without one the likeliest is taken.
    public var ranker: Judge?
    let documents: PainterDocuments
    /// Tokens picked since the start, for benchmarks.
    public internal(set) var tokenCount = 0

    /// Reads a model folder, or an adapter's with its base.
    /// - Parameter format: how weights are kept; nil: as the folder has them, bf16 beside a base.
    /// - Throws: `ModelFolderError`; `PainterError` where the model is no painter.
    public convenience init(folder: URL, format: WeightFormat? = nil) throws {
        let file = try ModelFile.open(folder), isAdapter = file.form == .adapter
        guard let tokenizer = file.tokenizer else {
            throw ModelFolderError.missing(path: folder.appendingPathComponent("tokenizer.json").path, remedy: "a painter cannot do without; fetch the whole folder")
        }
        let model = try file.decoding(format: format, positions: isAdapter ? Self.adapterPositions : Self.positions.upperBound)
        try self.init(
            model: model, tokenizer: tokenizer, name: folder.standardizedFileURL.lastPathComponent, styles: StyleTable(folder: folder), isAdapter: isAdapter)
    }

    /// A painter of a decoder in training, with its weights as they are now.
    /// - Parameters:
    ///   - format: how weights are kept.
    ///   - isAdapter: whether the decoder is a base with what an adapter has learnt.
    /// - Throws: `PainterError.notAPainter` where the vocabulary lacks sketch tokens, `tooShort` where the context is.
    public convenience init(
        decoder: Language.Decoder, tokenizer: Tokenizer, name: String, styles: StyleTable = StyleTable(), format: WeightFormat = .float32, isAdapter: Bool = false
    ) throws(PainterError) {
        let model = DecodingModel(decoder, format: format, positions: isAdapter ? Self.adapterPositions : Self.positions.upperBound)
        try self.init(model: model, tokenizer: tokenizer, name: name, styles: styles, isAdapter: isAdapter)
    }

    private init(model: DecodingModel, tokenizer: Tokenizer, name: String, styles: StyleTable, isAdapter: Bool) throws(PainterError) {
        let config = model.config
        vocabulary = try SketchVocabulary(tokenizer)
        guard config.vocabularySize >= vocabulary.count else {
            throw .notAPainter(missing: "token \(config.vocabularySize) of \(vocabulary.count)")
        }
        reader = PromptReader(classes: vocabulary.classes)
        documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))
        guard config.positions >= Self.positions.lowerBound else { throw .tooShort(name: name, positions: config.positions) }
        batch = DecodingBatch(model, capacity: model.positions)
        session = DecodingSession(batch)
        self.name = name
        self.styles = styles
        self.isAdapter = isAdapter
    }

    /// How the weights are kept.
    public var format: WeightFormat { session.model.format }

    /// Slots for sequences side by side: as many as are asked for, fewer where their caches would take too much memory.
    func slots(_ most: Int, capacity: Int) -> Int {
        DecodingBatch.slots(of: session.model.config, capacity: capacity, within: Self.cacheLimit, atMost: most)
    }

    /// Hundredths of a pixel: what files carry, so that what is shown and what is written are one thing.
    static func rounded(_ strokes: [Stroke]) -> [Stroke] {
        strokes.map { Stroke($0.points.map { Point(x: ($0.x * 100).rounded() / 100, y: ($0.y * 100).rounded() / 100) }, times: $0.times) }
    }

    // MARK: decoding

    /// Slots of whole contexts for so many tasks: plans, endings.
    func slots(for tasks: Int) -> DecodingBatch {
        let most = slots(Self.slotLimit, capacity: session.capacity)
        if batch.slots < min(tasks, most) { batch = DecodingBatch(session.model, slots: most, capacity: session.capacity) }
        return batch
    }

    private static let slotLimit = 8

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
        return SceneObject(className: className, box: ink, strokes: indices, confidence: confidence.map(Self.rounded(confidence:)))
    }

    /// Four places, as files carry it.
    static func rounded(confidence: Double) -> Double { (confidence * 10_000).rounded() / 10_000 }
}
