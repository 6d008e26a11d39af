import Files
import Foundation
import Language
import Sketches
import Tensors
import Training

/// The `model:` section of a painter's recipe: a Llama shape. The vocabulary follows from the data's classes.
public struct PainterShape: Decodable, Sendable, Equatable {
    /// The decoder's sizes.
    public var sizes = DecoderShape(width: 256, layers: 8, heads: 8, keyValueHeads: 4, hiddenWidth: 704, positions: 1_024, textVocabulary: 1_024)

    /// The defaults.
    public init() {}
    public init(from decoder: any Swift.Decoder) throws { try sizes.read(from: decoder) }
}

/// The `data:` section: where drawings come from, how rows are cut, what they hold.
public struct PainterData: Codable, Sendable, Equatable {
    /// A folder that `atelier data quickdraw` prepared, or `procedural`.
    public var source = "data/quickdraw"
    /// A folder that `atelier data icons` prepared; empty: doodles only.
    public var icons = ""
    /// How clearly each drawing shows its class, as `atelier data grades` writes it; empty: all are taken for good.
    public var grades = ""
    /// Texts that the base of an adapter wrote, as `atelier data texts` writes them; empty: none.
    public var texts = ""
    /// Rows of `positions` tokens in one micro-batch.
    public var rows = 4
    /// Shares of tasks, objects and classes.
    public var mix = PainterMix()

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case source, icons, grades, texts, rows, mix }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.source, into: &source)
        try keys.read(.icons, into: &icons)
        try keys.read(.grades, into: &grades)
        try keys.read(.texts, into: &texts)
        try keys.read(.rows, into: &rows)
        try keys.read(.mix, into: &mix)
        try keys.check(.rows, 1...256 ~= rows, "1 to 256")
    }
}

/// Trains a decoder of a Painter on the tasks that its recipe mixes: those of one role, or all in one. It is a whole model, or stands beside a frozen
/// language model as an adapter, and then reads what that wrote too.
///
/// Beside SmolLM2-135M a position takes 0.21 GFLOP forward through the blocks (2 · 106 M weights), as much back, and 0.05 for the gradients of the matrices
/// that are changed (of all blocks' q, k, v, o; the MLPs' would be another 0.16). Its head has 49,152 rows and those added: 0.057 GFLOP forward and as much
/// back for each learnt token, a fifth of the whole. So a sketch token, which every grammar lets stand among sketch tokens only, is told from these alone
/// (0.003); a piece of text is told from all.
public final class PainterJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "adapter", "data"]

    private let learner: PainterLearner
    private let name: String
    private let checkpointing: Bool
    private let data: PainterData
    private let stream, heldOut: PainterStream
    private let styles: StyleTable

    /// The tokenizer, trained on sentences of the stream or taken from the initial model, with all sketch tokens.
    public var tokenizer: Tokenizer { learner.tokenizer }
    /// The model in training: the decoder itself, or the base with what the adapter has learnt so far.
    public func decoder() -> Language.Decoder { learner.decoder() }
    /// What is trained: the decoder, or what stands beside it.
    public var parameters: [NamedTensor] { learner.parameters }

    /// - Throws: `RecipeError`, `PainterError.noData` where the drawings are not prepared, `ModelFolderError` for an initial model, `FileError` for texts.
    public convenience init(recipe: RunRecipe, document: RecipeDocument) throws {
        let shape = try document.section("model", as: PainterShape.self, keys: DecoderShape.CodingKeys.allCases.map(\.rawValue))
        guard recipe.initialModel == nil || shape == PainterShape() else { throw PainterError.badRecipe("initialModel and model: the initial model has its own shape; leave one out") }
        let data = try document.section("data", as: PainterData.self, keys: PainterData.CodingKeys.allCases.map(\.rawValue))
        let adapter = document.has("adapter") ? try document.section("adapter", as: AdapterRecipe.self, keys: AdapterRecipe.CodingKeys.allCases.map(\.rawValue)) : nil
        if data.source == "procedural" {
            try self.init(
                recipe: recipe, shape: shape, adapter: adapter, data: data, drawings: StyledDrawings(doodles: ProceduralDrawings(seed: recipe.seed)),
                heldOut: ProceduralDrawings(seed: recipe.seed &+ 1))
        } else {
            let folder = URL(fileURLWithPath: data.source)
            var doodles = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: folder)), heldOut = try DrawingPack(contentsOf: QuickDrawData.url(of: .ceiling, in: folder))
            let icons = data.icons.isEmpty ? nil : try DrawingPack(contentsOf: IconData.url(in: URL(fileURLWithPath: data.icons)))
            let grades = data.grades.isEmpty ? nil : try DrawingGrades(contentsOf: URL(fileURLWithPath: data.grades), for: doodles).values
            // Classes that the initial model does not know follow those that it does; a language model knows none.
            var classes: [String]?
            if let initial = recipe.initialModel, let known = try ModelFile.readTokenizer(URL(fileURLWithPath: initial)) {
                let old = (try? SketchVocabulary(known).classes) ?? []
                (doodles, heldOut) = (doodles.called(as: old), heldOut.called(as: old))
                let all = StyledDrawings(doodles: doodles, icons: icons).classes
                classes = old + all.filter { !Set(old).contains($0) }
            }
            try self.init(
                recipe: recipe, shape: shape, adapter: adapter, data: data, drawings: StyledDrawings(doodles: doodles, icons: icons, classes: classes, grades: grades),
                heldOut: heldOut)
        }
    }

    /// - Parameters:
    ///   - adapter: the recipe's section, where an adapter is trained beside the initial model.
    ///   - drawings: what is trained on.
    ///   - heldOut: doodles that are never trained on, of the same classes.
    package init(
        recipe: RunRecipe, shape: PainterShape, adapter: AdapterRecipe? = nil, data: PainterData, drawings: StyledDrawings, heldOut: any DrawingSource
    ) throws {
        for (isEmpty, what) in [(drawings.classes.indices.allSatisfy { drawings.count(of: $0) == 0 }, "to train on"),
                                (heldOut.classes.indices.allSatisfy { heldOut.count(of: $0) == 0 }, "held out")] where isEmpty {
            throw PainterError.badRecipe("no drawings \(what); classes of fewer than three drawings have none to train on")
        }
        guard Set(heldOut.classes).isSubset(of: drawings.classes) else {
            throw PainterError.badRecipe("the held-out drawings have classes that the drawings do not have")
        }
        var composer = SceneComposer(drawings, exponent: data.mix.classExponent, favoured: PopularWords.classes)
        learner = try PainterLearner(recipe, shape: shape, adapter: adapter, composer: composer)
        let vocabulary = try SketchVocabulary(learner.tokenizer), length = learner.length
        guard vocabulary.classes == drawings.classes else { throw PainterError.badRecipe("the drawings' classes are not the initial model's") }
        let documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary)), texts = try Self.texts(data, learner)
        stream = PainterStream(composer: composer, documents: documents, mix: data.mix, seed: recipe.seed, length: length, texts: texts.training)
        composer = SceneComposer(StyledDrawings(doodles: heldOut, classes: drawings.classes), exponent: data.mix.classExponent)
        composer.augments = false
        self.heldOut = PainterStream(composer: composer, documents: documents, mix: data.mix, seed: recipe.seed &+ 0x4E1D, length: length, texts: texts.heldOut)
        self.data = data
        styles = try StyleTable(drawings, after: recipe.initialModel.map { try StyleTable(folder: URL(fileURLWithPath: $0)) } ?? StyleTable())
        name = recipe.name
        checkpointing = recipe.checkpointing
    }

    /// Documents of the texts that the base wrote, as long as a row at most.
    private static func texts(_ data: PainterData, _ learner: PainterLearner) throws -> (training: [PainterDocument], heldOut: [PainterDocument]) {
        guard !data.texts.isEmpty else {
            guard data.mix.text == 0 else { throw PainterError.badRecipe("data.mix.text: rows of texts need data.texts, a file that `atelier data texts` writes") }
            return ([], [])
        }
        guard let form = learner.instructions else { throw PainterError.badRecipe("data.texts: only an adapter learns what its base wrote; leave it out") }
        let all = try BaseText.read(URL(fileURLWithPath: data.texts))
        func documents(heldOut: Bool) -> [PainterDocument] { all.filter { $0.isHeldOut == heldOut }.compactMap { form.document($0, limit: learner.length + 1) } }
        let training = documents(heldOut: false)
        guard !training.isEmpty else { throw PainterError.badRecipe("data.texts: \(data.texts) has no text to train on; give a file of more texts") }
        return (training, documents(heldOut: true))
    }

    /// Weighted mean cross-entropy of one micro-batch of packed rows, and its positions, a pure function of (seed, step, micro-batch).
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let rows = stream.rows(step: step, microBatch: microBatch, rows: data.rows)
        return (loss(rows, of: decoder()), rows.ids.count)
    }

    private func loss(_ rows: PackedRows, of decoder: Language.Decoder, weighted: Bool = true) -> Tensor {
        decoder.loss(ids: rows.ids, targets: rows.targets, weights: weighted ? rows.weights : nil, batch: rows.rows, length: rows.length, mask: .causalFrom(rows.starts),
                     checkpointing: checkpointing, among: learner.isAdapter ? stream.documents.codec.vocabulary.ids : nil)
    }

    /// Mean nats a learnt token on held-out drawings (and texts, where there are any), by task that is trained; of plans also what they name, without boxes.
    public func evaluate() throws -> [String: Double] {
        let vocabulary = stream.documents.codec.vocabulary, decoder = withoutGradients { self.decoder() }
        // Rows beside a language model are few and dear.
        let count = learner.isAdapter ? data.rows : max(data.rows, 4)
        var losses: [String: Double] = [:]
        func measure(_ name: String, _ task: PainterDocuments.Task, _ counts: (Int) -> Bool) {
            let values = (0..<2).map { batch in
                var rows = heldOut.rows(step: 0, microBatch: batch, rows: count, only: task)
                rows.targets = rows.targets.map { counts(Int($0)) ? $0 : -1 }
                return Double(withoutGradients { loss(rows, of: decoder, weighted: false) }.item)
            }
            losses[name] = values.reduce(0, +) / Double(values.count)
        }
        for (task, share) in data.mix.tasks where share > 0 && (task != .text || !heldOut.texts.isEmpty) { measure(task.rawValue, task) { _ in true } }
        if data.mix.plan > 0 { measure("planSpec", .plan) { !vocabulary.xIDs.contains($0) && !vocabulary.yIDs.contains($0) } }
        return losses
    }

    /// A grid of drawings: fixed things, fixed seeds, so that grids of one run can be compared. What plans too is asked in words, what sketches alone is
    /// given the plan, and what does neither draws nothing.
    public func sample(step: Int, to folder: URL) throws {
        guard data.mix.sketch > 0 else { return }
        let painter = try Painter(
            decoder: withoutGradients { decoder() }, tokenizer: tokenizer, name: name, styles: styles, format: learner.isAdapter ? .bfloat16 : .float32, isAdapter: learner.isAdapter)
        var options = DrawingOptions()
        options.candidates = 1
        let classes = painter.vocabulary.classes
        let known = ["cat", "house", "car", "tree", "fish", "flower"].compactMap { painter.vocabulary.classIndex($0) }
        let picks = (known + (0..<12).map { $0 * classes.count / 12 }).prefix(12).map { classes[$0 % classes.count] }
        var orders = picks.map { Painter.Order(ClassWords.withArticle($0)) }
        if data.mix.plan > 0 {
            let (first, second) = (orders[0].prompt, orders[1].prompt)
            orders[10] = Painter.Order("\(first) to the left of \(second)")
            orders[11] = Painter.Order("\(second) above \(first)")
        } else {
            for index in orders.indices {
                var plan = Scene(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide)
                plan.objects = [SceneObject(className: picks[index], box: Box(x0: 28, y0: 28, x1: 228, y1: 228), strokes: [])]
                orders[index].plan = plan
            }
        }
        let cells = try orders.enumerated().map { index, order in (scene: try painter.draw([order], seed: UInt64(index), options: options)[0].get().scene, title: order.prompt) }
        try contactSheet(cells, columns: 4, cell: 220).write(to: folder.appendingPathComponent("step-\(step).png"), options: .atomic)
    }

    /// Writes the model folder, or the adapter's, (bf16) without a card.
    public func export(to folder: URL) throws {
        try learner.export(to: folder)
        if data.mix.sketch > 0 { try styles.write(to: folder) }
    }
}
