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
    /// Rows of `positions` tokens in one micro-batch.
    public var rows = 4
    /// Shares of tasks, objects and classes.
    public var mix = PainterMix()

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case source, icons, grades, rows, mix }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.source, into: &source)
        try keys.read(.icons, into: &icons)
        try keys.read(.grades, into: &grades)
        try keys.read(.rows, into: &rows)
        try keys.read(.mix, into: &mix)
        try keys.check(.rows, 1...256 ~= rows, "1 to 256")
    }
}

/// Trains a Painter: plans, sketches, canvases, commands and completions in one stream.
public final class PainterJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]

    /// The model in training.
    public let decoder: Language.Decoder
    /// The tokenizer, trained on sentences of the stream or taken from the initial model.
    public let tokenizer: Tokenizer
    private let name: String
    private let checkpointing: Bool
    private let data: PainterData
    private let stream, heldOut: PainterStream
    private let styles: StyleTable

    /// What is trained.
    public var parameters: [NamedTensor] { decoder.parameters }

    /// - Throws: `RecipeError`, `PainterError.noData` where the drawings are not prepared, `ModelFolderError` for an initial model.
    public convenience init(recipe: RunRecipe, document: RecipeDocument) throws {
        let shape = try document.section("model", as: PainterShape.self, keys: DecoderShape.CodingKeys.allCases.map(\.rawValue))
        guard recipe.initialModel == nil || shape == PainterShape() else { throw PainterError.badRecipe("initialModel and model: the initial model has its own shape; leave one out") }
        let data = try document.section("data", as: PainterData.self, keys: PainterData.CodingKeys.allCases.map(\.rawValue))
        if data.source == "procedural" {
            try self.init(
                recipe: recipe, shape: shape, data: data, drawings: StyledDrawings(doodles: ProceduralDrawings(seed: recipe.seed)),
                heldOut: ProceduralDrawings(seed: recipe.seed &+ 1))
        } else {
            let folder = URL(fileURLWithPath: data.source)
            let doodles = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: folder))
            let icons = data.icons.isEmpty ? nil : try DrawingPack(contentsOf: IconData.url(in: URL(fileURLWithPath: data.icons)))
            let grades = data.grades.isEmpty ? nil : try DrawingGrades(contentsOf: URL(fileURLWithPath: data.grades), for: doodles).values
            // Classes that the initial model does not know follow those that it does.
            var classes: [String]?
            if let initial = recipe.initialModel, let known = try ModelFolder.readTokenizer(URL(fileURLWithPath: initial)) {
                let old = try SketchVocabulary(known).classes, all = StyledDrawings(doodles: doodles, icons: icons).classes
                classes = old + all.filter { !Set(old).contains($0) }
            }
            try self.init(
                recipe: recipe, shape: shape, data: data, drawings: StyledDrawings(doodles: doodles, icons: icons, classes: classes, grades: grades),
                heldOut: DrawingPack(contentsOf: QuickDrawData.url(of: .ceiling, in: folder)))
        }
    }

    /// - Parameters:
    ///   - drawings: what is trained on.
    ///   - heldOut: doodles that are never trained on, of the same classes.
    package init(recipe: RunRecipe, shape: PainterShape, data: PainterData, drawings: StyledDrawings, heldOut: any DrawingSource) throws {
        for (isEmpty, what) in [(drawings.classes.indices.allSatisfy { drawings.count(of: $0) == 0 }, "to train on"),
                                (heldOut.classes.indices.allSatisfy { heldOut.count(of: $0) == 0 }, "held out")] where isEmpty {
            throw PainterError.badRecipe("no drawings \(what); classes of fewer than three drawings have none to train on")
        }
        guard Set(heldOut.classes).isSubset(of: drawings.classes) else {
            throw PainterError.badRecipe("the held-out drawings have classes that the drawings do not have")
        }
        var composer = SceneComposer(drawings, exponent: data.mix.classExponent, favoured: PopularWords.classes)
        if let initial = recipe.initialModel {
            let model = try ModelFolder.read(URL(fileURLWithPath: initial))
            guard let known = model.tokenizer else { throw PainterError.notAPainter(missing: "tokenizer.json") }
            tokenizer = known.extended(with: try SketchVocabulary(known).missingTokens(of: drawings.classes), after: model.decoder.config.vocabularySize)
            decoder = try Self.extended(model.decoder, for: tokenizer, seed: recipe.seed)
        } else {
            tokenizer = Tokenizer.train(on: PainterStream.sentences(composer, count: 20_000, seed: recipe.seed), vocabularySize: shape.sizes.textVocabulary,
                                        addedTokens: SketchVocabulary.addedTokens(classes: drawings.classes))
            let vocabulary = try SketchVocabulary(tokenizer)
            decoder = Language.Decoder(
                config: shape.sizes.config(vocabularySize: tokenizer.count, beginToken: vocabulary.begin, endTokens: [vocabulary.end], padToken: vocabulary.pad),
                seed: recipe.seed)
            Self.smoothPlaces(of: decoder, vocabulary, seed: recipe.seed)
        }
        let vocabulary = try SketchVocabulary(tokenizer)
        guard vocabulary.classes == drawings.classes else { throw PainterError.badRecipe("the drawings' classes are not the initial model's") }
        let documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))
        stream = PainterStream(composer: composer, documents: documents, mix: data.mix, seed: recipe.seed, length: decoder.config.positions)
        composer = SceneComposer(StyledDrawings(doodles: heldOut, classes: drawings.classes), exponent: data.mix.classExponent)
        composer.augments = false
        self.heldOut = PainterStream(composer: composer, documents: documents, mix: data.mix, seed: recipe.seed &+ 0x4E1D, length: decoder.config.positions)
        self.data = data
        styles = StyleTable(drawings)
        name = recipe.name
        checkpointing = recipe.checkpointing
    }

    /// The decoder with rows for the tokenizer's new classes, each about the mean of those of the known ones.
    private static func extended(_ decoder: Language.Decoder, for tokenizer: Tokenizer, seed: UInt64) throws -> Language.Decoder {
        guard tokenizer.count > decoder.config.vocabularySize else { return decoder }
        var config = decoder.config
        config.vocabularySize = tokenizer.count
        let larger = Language.Decoder(config: config, seed: seed), width = config.width, vocabulary = try SketchVocabulary(tokenizer)
        let known = vocabulary.classIDs.filter { $0 < decoder.config.vocabularySize }
        for (parameter, old) in zip(larger.parameters, decoder.parameters) {
            var values = old.tensor.array()
            if old.tensor.shape != parameter.tensor.shape {
                var random = RandomSource(seed: RandomSource.derive(seed, 0xC1A55))
                let mean = (0..<width).map { column in known.reduce(Float(0)) { $0 + values[$1 * width + column] } / Float(max(known.count, 1)) }
                for _ in decoder.config.vocabularySize..<tokenizer.count { values += mean.map { $0 + 0.02 * Float(random.normal()) } }
            }
            parameter.tensor.copy(from: values)
        }
        return larger
    }

    /// Starts the embeddings of places as smooth functions of their step (random Fourier features), so that near places are alike
    /// from the first step instead of after millions of tokens. Deviation as for every other embedding.
    private static func smoothPlaces(of decoder: Language.Decoder, _ vocabulary: SketchVocabulary, seed: UInt64) {
        guard let table = decoder.parameters.first(where: { $0.name == "model.embed_tokens.weight" })?.tensor else { return }
        var random = RandomSource(seed: RandomSource.derive(seed, 0x91ACE)), values = table.array()
        let width = decoder.config.width, steps = Double(SketchVocabulary.gridSteps)
        for ids in [vocabulary.xIDs, vocabulary.yIDs] {
            for dimension in 0..<width {
                // Up to a few waves over the grid: likeness falls off over about four steps.
                let waves = 2.5 * random.normal(), phase = 2 * Double.pi * random.uniform()
                for (step, id) in ids.enumerated() {
                    values[id * width + dimension] = Float(0.02 * 2.0.squareRoot() * cos(2 * .pi * waves * Double(step) / steps + phase))
                }
            }
        }
        table.copy(from: values)
    }

    /// Weighted mean cross-entropy of one micro-batch of packed rows, and its positions, a pure function of (seed, step, micro-batch).
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let rows = stream.rows(step: step, microBatch: microBatch, rows: data.rows)
        return (loss(rows), rows.ids.count)
    }

    private func loss(_ rows: PackedRows, weighted: Bool = true) -> Tensor {
        decoder.loss(ids: rows.ids, targets: rows.targets, weights: weighted ? rows.weights : nil, batch: rows.rows, length: rows.length, mask: .causalFrom(rows.starts),
                     checkpointing: checkpointing)
    }

    /// Mean nats a learnt token on held-out drawings, by task; of plans also what they name, without boxes.
    public func evaluate() throws -> [String: Double] {
        let vocabulary = stream.documents.codec.vocabulary
        var losses: [String: Double] = [:]
        func measure(_ name: String, _ task: PainterDocuments.Task, _ counts: (Int) -> Bool) {
            let values = (0..<2).map { batch in
                var rows = heldOut.rows(step: 0, microBatch: batch, rows: max(data.rows, 4), only: task)
                rows.targets = rows.targets.map { counts(Int($0)) ? $0 : -1 }
                return Double(withoutGradients { loss(rows, weighted: false) }.item)
            }
            losses[name] = values.reduce(0, +) / Double(values.count)
        }
        for task in PainterDocuments.Task.allCases { measure(task.rawValue, task) { _ in true } }
        measure("planSpec", .plan) { !vocabulary.xIDs.contains($0) && !vocabulary.yIDs.contains($0) }
        return losses
    }

    /// A grid of drawings: fixed prompts, fixed seeds, so that grids of one run can be compared.
    public func sample(step: Int, to folder: URL) throws {
        let painter = try Painter(decoder: decoder, tokenizer: tokenizer, name: name, styles: styles)
        var options = DrawingOptions()
        options.candidates = 1
        let classes = painter.vocabulary.classes
        func phrase(_ index: Int) -> String { ClassWords.withArticle(classes[index % classes.count]) }
        let known = ["cat", "house", "car", "tree", "fish", "flower"].compactMap { painter.vocabulary.classIndex($0) }
        let picks = known + (0..<12).map { $0 * classes.count / 12 }
        var prompts = picks.prefix(10).map(phrase)
        prompts += ["\(phrase(picks[0])) to the left of \(phrase(picks[1]))", "\(phrase(picks[1])) above \(phrase(picks[0]))"]
        var cells: [(scene: Scene, title: String)] = []
        for (index, prompt) in prompts.enumerated() {
            cells.append((try painter.draw(prompt, seed: UInt64(index), options: options).scene, prompt))
        }
        try contactSheet(cells, columns: 4, cell: 220).write(to: folder.appendingPathComponent("step-\(step).png"), options: .atomic)
    }

    /// Writes the model folder (bf16), without a card.
    public func export(to folder: URL) throws {
        try ModelFolder(decoder: decoder, tokenizer: tokenizer).write(to: folder)
        try styles.write(to: folder)
    }
}
