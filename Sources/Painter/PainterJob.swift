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
    /// A folder that `atelier data quickdraw` or `atelier data drawings` prepared, or `procedural`.
    public var source = "data/quickdraw"
    /// A folder that `atelier data icons` prepared; empty: doodles only.
    public var icons = ""
    /// How clearly each drawing shows its class, as `atelier data grades` writes it; empty: all are taken for good.
    public var grades = ""
    /// Texts that the base of an adapter wrote, as `atelier data texts` writes them; empty: none.
    public var texts = ""
    /// 0: texts are learnt by their tokens. Above 0: by the base's whole law after each token (one forward pass more for their rows), and this is the
    /// factor of the divergence from it.
    public var laws = 0.0
    /// Rows of `positions` tokens in one micro-batch.
    public var rows = 4
    /// Shares of tasks, objects and classes.
    public var mix = PainterMix()

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case source, icons, grades, texts, laws, rows, mix }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.source, into: &source)
        try keys.read(.icons, into: &icons)
        try keys.read(.grades, into: &grades)
        try keys.read(.texts, into: &texts)
        try keys.read(.laws, into: &laws)
        try keys.read(.rows, into: &rows)
        try keys.read(.mix, into: &mix)
        try keys.check(.laws, 0...100 ~= laws, "0 to 100")
        try keys.check(.rows, 1...256 ~= rows, "1 to 256")
    }
}

/// Trains a decoder of a Painter on the tasks that its recipe mixes: those of one role, or all in one. It is a whole model, or stands beside a frozen
/// language model as an adapter, and then reads what that wrote too. A painter of several decoders is trained on as a whole: each step one of them learns.
///
/// Beside SmolLM2-135M a position takes 0.21 GFLOP forward through the blocks (2 · 106 M weights), as much back, and 0.05 for the gradients of the matrices
/// that are changed (of all blocks' q, k, v, o; the MLPs' would be another 0.16). Its head has 49,152 rows and those added: 0.057 GFLOP forward and as much
/// back for each learnt token, a fifth of the whole. So a sketch token, which every grammar lets stand among sketch tokens only, is told from these alone
/// (0.003); a piece of text is told from all.
public final class PainterJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "adapter", "data"]

    private let name: String
    private let checkpointing: Bool
    private let data: PainterData
    private let seed: UInt64
    private let styles: StyleTable
    /// What the initial model knows of the shapes of its classes.
    private let knownShapes: ShapeTable
    /// The sketcher, or what does everything, first.
    private let parts: [TrainedPart]

    /// The first decoder's tokenizer, trained on sentences of the stream or taken from the initial model, with all sketch tokens.
    public var tokenizer: Tokenizer { parts[0].learner.tokenizer }
    /// The first decoder in training, or the base with what the adapter has learnt so far.
    public func decoder() -> Language.Decoder { parts[0].learner.decoder() }
    /// What is trained: decoders, or what stands beside one.
    public var parameters: [NamedTensor] {
        if parts.count == 1 { return parts[0].learner.parameters }
        return parts.flatMap { part in part.learner.parameters.map { NamedTensor(name: "\(part.role.rawValue).\($0.name)", tensor: $0.tensor) } }
    }

    /// - Parameter run: the folder of a run that is gone on with: its tokenizer is used, not one trained on the sentences that are written today.
    /// - Throws: `RecipeError`, `PainterError.noData` where the drawings are not prepared, `ModelFolderError` for an initial model, `FileError` for texts.
    public convenience init(recipe: RunRecipe, document: RecipeDocument, run: URL? = nil) throws {
        let kept = try run.flatMap { try ModelFolder.readTokenizer($0) }
        let shape = try document.section("model", as: PainterShape.self, keys: DecoderShape.CodingKeys.allCases.map(\.rawValue))
        guard recipe.initialModel == nil || shape == PainterShape() else { throw PainterError.badRecipe("initialModel and model: the initial model has its own shape; leave one out") }
        let data = try document.section("data", as: PainterData.self, keys: PainterData.CodingKeys.allCases.map(\.rawValue))
        let adapter = document.has("adapter") ? try document.section("adapter", as: AdapterRecipe.self, keys: AdapterRecipe.CodingKeys.allCases.map(\.rawValue)) : nil
        if data.source == "procedural" {
            try self.init(
                recipe: recipe, shape: shape, adapter: adapter, data: data, drawings: StyledDrawings(doodles: ProceduralDrawings(seed: recipe.seed)),
                heldOut: ProceduralDrawings(seed: recipe.seed &+ 1), tokenizer: kept)
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
                heldOut: heldOut, tokenizer: kept)
        }
    }

    /// - Parameters:
    ///   - adapter: the recipe's section, where an adapter is trained beside the initial model.
    ///   - drawings: what is trained on.
    ///   - heldOut: doodles that are never trained on, of the same classes.
    ///   - tokenizer: for a decoder that begins from nothing; nil: one is trained.
    package init(
        recipe: RunRecipe, shape: PainterShape, adapter: AdapterRecipe? = nil, data: PainterData, drawings: StyledDrawings, heldOut: any DrawingSource,
        tokenizer: Tokenizer? = nil
    ) throws {
        for (isEmpty, what) in [(drawings.classes.indices.allSatisfy { drawings.count(of: $0) == 0 }, "to train on"),
                                (heldOut.classes.indices.allSatisfy { heldOut.count(of: $0) == 0 }, "held out")] where isEmpty {
            throw PainterError.badRecipe("no drawings \(what); classes of fewer than three drawings have none to train on")
        }
        guard Set(heldOut.classes).isSubset(of: drawings.classes) else {
            throw PainterError.badRecipe("the held-out drawings have classes that the drawings do not have")
        }
        // An initial model of several decoders is trained on as such.
        let folder = recipe.initialModel.map { URL(fileURLWithPath: $0) }
        let others = adapter == nil ? PainterRole.allCases.filter { role in role != .sketcher && folder.map { Painter.folder(of: role, in: $0) != nil } == true } : []
        parts = try ([.sketcher] + others).map { role in
            var own = recipe
            if let folder, role != .sketcher { own.initialModel = Painter.folder(of: role, in: folder)?.path }
            let mix = data.mix.keeping { role == .sketcher ? !others.contains($0.role) : $0.role == role }
            return try TrainedPart(role, own, shape: shape, adapter: adapter, data: data, mix: mix, drawings: drawings, heldOut: heldOut, tokenizer: tokenizer)
        }
        self.data = data
        styles = try StyleTable(drawings, after: folder.map { try StyleTable(folder: $0) } ?? StyleTable())
        knownShapes = try folder.map { try ShapeTable(folder: Painter.folder(of: .planner, in: $0) ?? $0) } ?? ShapeTable()
        (name, seed, checkpointing) = (recipe.name, recipe.seed, recipe.checkpointing)
    }

    /// Weighted mean cross-entropy of one micro-batch of packed rows, all of one decoder, and its positions, a pure function of (seed, step, micro-batch).
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let part = parts.count == 1 ? parts[0] : part(step, microBatch)
        let rows = part.stream.rows(step: step, microBatch: microBatch, rows: data.rows)
        return (part.loss(rows, of: part.learner.decoder(), checkpointing: checkpointing), rows.ids.count)
    }

    /// The decoder whose turn it is, by shares of the mix.
    private func part(_ step: Int, _ microBatch: Int) -> TrainedPart {
        var random = RandomSource(seed: RandomSource.derive(RandomSource.derive(seed, 0x9A27), UInt64(step) + 1, UInt64(microBatch)))
        var place = random.uniform() * parts.reduce(0) { $0 + $1.share }
        for part in parts where part.share > 0 {
            place -= part.share
            if place < 0 { return part }
        }
        return parts.last { $0.share > 0 } ?? parts[0]
    }

    /// Mean nats a learnt token on held-out drawings (and texts, where there are any), by task that is trained; of plans also what they name, without boxes.
    public func evaluate() throws -> [String: Double] {
        parts.reduce(into: [:]) { all, part in all.merge(part.figures(rows: data.rows, checkpointing: checkpointing)) { $1 } }
    }

    /// A grid of drawings: fixed things, fixed seeds, so that grids of one run can be compared. What plans too is asked in words, what sketches alone is
    /// given the plan, and what does neither draws nothing.
    public func sample(step: Int, to folder: URL) throws {
        guard data.mix.sketch > 0 else { return }
        let own = try parts.map { ($0.role, try $0.part(of: name)) }
        let painter = Painter(sketcher: own[0].1, others: Dictionary(uniqueKeysWithValues: own.dropFirst()), name: name, styles: styles)
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

    /// A tokenizer that was trained for this run: the tables of words may change before it is gone on with.
    public func keep(in run: URL) throws {
        if parts[0].learner.isFromNothing { try tokenizer.write(to: run.appendingPathComponent("tokenizer.json")) }
    }

    /// Writes the model folder with those of other decoders in it, or the adapter's, (bf16) without a card.
    public func export(to folder: URL) throws {
        try parts[0].learner.export(to: folder)
        for part in parts.dropFirst() {
            let own = folder.appendingPathComponent(part.role.rawValue)
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            try part.learner.export(to: own)
        }
        if data.mix.sketch > 0 { try styles.write(to: folder) }
        // Whoever plans lays boxes out.
        if let planner = parts.first(where: { $0.role == .planner || $0.stream.mix.plan > 0 || $0.stream.mix.command > 0 }) {
            try ShapeTable(planner.stream.composer.drawings, after: knownShapes).write(to: planner.role == .sketcher ? folder : folder.appendingPathComponent(planner.role.rawValue))
        }
    }
}
