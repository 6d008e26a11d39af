import Foundation
import Language
import Speculation
import Tensors

/// What a decoder of a painter is for. Tasks that share nothing learn several times faster in decoders of their own, and each can be as small as its task.
public enum PainterRole: String, CaseIterable, Sendable, Codable {
    /// Understands sentences: plans and commands. A language model may stand in its place.
    case planner
    /// Draws one object at a time.
    case sketcher
    /// Reads strokes: which belong together, what they are, what was begun.
    case reader
}

/// A decoder of a painter, its tokens, and the contexts that it works in. Parts have tokens of their own: only classes, in one order, are common to all.
///
/// Not thread-safe: its contexts are its own.
final class PainterPart {
    let vocabulary: SketchVocabulary
    let documents: PainterDocuments
    let session: DecodingSession
    /// Width over height of the drawings of each class, where that is known, by class index.
    let shapes: [ClosedRange<Double>?]
    /// Whether it stands beside a language model: sketch tokens were then told from one another only, never from text.
    let isAdapter: Bool
    private let name: String
    /// The session's slot alone, or, once several contexts were asked for, more.
    private var batch: DecodingBatch
    /// Many short contexts, for sketches; made when the first is asked for.
    var sketching: DecodingBatch?
    /// Contexts for the readings of a window; made when strokes are first read.
    var reading: DecodingBatch?

    /// Bytes that the KV caches of sequences side by side may take: a position of painter-small's sketcher has 6 KB, one of SmolLM2-135M 46 KB
    /// (30 blocks · 3 heads · 64 · keys and values · 4), a sketch of 512 positions beside it 24 MB.
    static let cacheLimit = 300 << 20
    private static let slotLimit = 8

    /// - Throws: `PainterError.notAPainter` where the vocabulary lacks sketch tokens, `tooShort` where the context is.
    init(model: DecodingModel, tokenizer: Tokenizer, name: String, isAdapter: Bool, shapes: ShapeTable = ShapeTable()) throws(PainterError) {
        let config = model.config
        vocabulary = try SketchVocabulary(tokenizer)
        self.shapes = vocabulary.classes.map { shapes.ranges[$0] }
        guard config.vocabularySize >= vocabulary.count else { throw .notAPainter(missing: "token \(config.vocabularySize) of \(vocabulary.count)") }
        documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))
        guard config.positions >= Painter.positions.lowerBound else { throw .tooShort(name: name, positions: config.positions) }
        batch = DecodingBatch(model, capacity: model.positions)
        session = DecodingSession(batch)
        self.name = name
        self.isAdapter = isAdapter
    }

    /// Reads a model folder, or an adapter's with its base.
    /// - Parameters:
    ///   - name: what it is called in errors.
    ///   - format: how weights are kept; nil: as the folder has them, bf16 beside a base.
    /// - Throws: `ModelFolderError`; `PainterError` where the model is no painter's.
    convenience init(folder: URL, name: String, format: WeightFormat?) throws {
        let file = try ModelFile.open(folder), isAdapter = file.form == .adapter
        guard let tokenizer = file.tokenizer else {
            throw ModelFolderError.missing(path: folder.appendingPathComponent("tokenizer.json").path, remedy: "a painter cannot do without; fetch the whole folder")
        }
        let model = try file.decoding(format: format, positions: isAdapter ? Painter.adapterPositions : Painter.positions.upperBound)
        try self.init(model: model, tokenizer: tokenizer, name: name, isAdapter: isAdapter, shapes: ShapeTable(folder: folder))
    }

    /// Slots for sequences side by side: as many as are asked for, fewer where their caches would take too much memory.
    func slots(_ most: Int, capacity: Int) -> Int {
        DecodingBatch.slots(of: session.model.config, capacity: capacity, within: Self.cacheLimit, atMost: most)
    }

    /// Slots of whole contexts for so many tasks: plans, endings.
    func slots(for tasks: Int) -> DecodingBatch {
        let most = slots(Self.slotLimit, capacity: session.capacity)
        if batch.slots < min(tasks, most) { batch = DecodingBatch(session.model, slots: most, capacity: session.capacity) }
        return batch
    }

    /// Writes after a prompt, in an empty context.
    /// - Throws: `PainterError.brokenModel` where the model's numbers overflow; `DecodingError`.
    func write(_ prompt: [Int], _ grammar: inout some TokenConstraint) throws -> Painter.TokenLog {
        session.truncate(to: 0)
        var sampler = Sampler(.greedy, seed: 0), log = Painter.TokenLog(), isBroken = false
        _ = try generate(session, prompt: prompt, sampler: &sampler, constraint: &grammar, limit: session.capacity) { token, probability in
            log.tokens.append(token)
            log.probabilities.append(probability)
            isBroken = !self.session.logits[token].isFinite || !probability.isFinite
            return !isBroken
        }
        guard !isBroken else { throw PainterError.brokenModel(name: name) }
        return log
    }

    /// Writes the same, some of its tokens guessed ahead.
    func write<Grammar: TokenConstraint>(
        _ prompt: [Int], _ grammar: inout Grammar, guessedBy drafter: ModelDrafter<PlanLaws>
    ) throws -> (log: Painter.TokenLog, guesses: SpeculationFigures) {
        var speculation = SpeculativeDecoding(
            target: ModelLaws(slots(for: 1), sampling: .greedy), drafter: drafter, constraint: grammar, matching: .sampled, seed: 0), log = Painter.TokenLog()
        do {
            log.tokens = try speculation.speculate(prompt, limit: session.capacity - prompt.count + 1)
        } catch DecodingError.notFinite { throw PainterError.brokenModel(name: name) }
        log.probabilities = speculation.target.probabilities
        guard log.probabilities.allSatisfy(\.isFinite) else { throw PainterError.brokenModel(name: name) }
        grammar = speculation.constraint
        return (log, speculation.figures)
    }
}
