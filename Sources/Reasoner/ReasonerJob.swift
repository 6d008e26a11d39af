import Files
import Foundation
import Language
import Pictures
import Scenes
import Tensors
import Training

/// The `data:` section of a reasoner's recipe.
public struct ReasonerData: Codable, Sendable, Equatable {
    /// Pictures, a row of text about each, in one micro-batch.
    public var rows = 8
    /// Tokens of a row.
    public var length = 512
    /// Pictures in the list that training goes through.
    public var pictures = 16_000
    /// Colours of the shapes: all, or CoGenT's condition A or B.
    public var colors = SceneSampler.ColorSet.all
    /// Share of pictures that show no scene.
    public var other = 0.03
    /// Probability of the surrogate task that lists the objects, at the start of a row that has no caption there.
    public var lists = 0.3
    /// Probability of another surrogate task wherever one may stand (LRR: 0.3).
    public var surrogates = 0.3
    /// Probability of a row that begins with a caption in words, in place of the list.
    public var captions = 0.0
    /// Share of micro-batches without pictures: questions to be read into programs, as in ``QuestionJob``, so that the reader stays one.
    public var readings = 0.1
    /// A folder of the public generator's templates to learn from besides our own; nil: our own only.
    public var templates: String?
    /// Folder of the eye (`look.json`), which stays as it is.
    public var look = "models/reasoner-clevr"
    /// One block of so many asks the picture.
    public var crossEvery = 2
    /// Begin with new weights: only its shape and its tokenizer are the initial model's.
    public var fresh = false

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case rows, length, pictures, colors, other, lists, surrogates, captions, readings, templates, look, crossEvery, fresh }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.rows, into: &rows)
        try keys.read(.length, into: &length)
        try keys.read(.pictures, into: &pictures)
        try keys.read(.colors, into: &colors)
        try keys.read(.other, into: &other)
        try keys.read(.lists, into: &lists)
        try keys.read(.surrogates, into: &surrogates)
        try keys.read(.captions, into: &captions)
        try keys.read(.readings, into: &readings)
        templates = try keys.decodeIfPresent(String.self, forKey: .templates)
        try keys.read(.look, into: &look)
        try keys.read(.crossEvery, into: &crossEvery)
        try keys.read(.fresh, into: &fresh)
        try keys.check(.rows, 1...256 ~= rows, "1 to 256")
        try keys.check(.length, 160...512 ~= length, "160 to 512")
        try keys.check(.pictures, 1...1_000_000 ~= pictures, "1 to 1,000,000")
        try keys.check(.other, 0..<1 ~= other, "0 to less than 1")
        try keys.check(.lists, 0...1 ~= lists, "0 to 1")
        try keys.check(.surrogates, 0...1 ~= surrogates, "0 to 1")
        try keys.check(.captions, 0...1 ~= captions, "0 to 1")
        try keys.check(.readings, 0..<1 ~= readings, "0 to less than 1")
        try keys.check(.crossEvery, 1...64 ~= crossEvery, "1 to 64")
    }
}

extension ReasonerData {
    /// Our families of questions, and those of the folder.
    func families() throws -> [(template: QuestionTemplate, domain: Domain)] {
        let own = OwnQuestions.templates.map { (template: $0, domain: OwnQuestions.domain) }
        return try own + (templates.map { try QuestionJob.publicTemplates(in: URL(fileURLWithPath: $0)) } ?? [])
    }

    /// Rows of training.
    func stream(_ vocabulary: ReasonerVocabulary, _ grid: SceneGrid, _ templates: [(template: QuestionTemplate, domain: Domain)], seed: UInt64) -> ReasonerStream {
        stream(vocabulary, grid, templates, seed: seed, count: pictures, isVaried: true, other: other)
    }

    /// The text of one row about each of the pictures.
    package func texts(_ vocabulary: ReasonerVocabulary, _ grid: SceneGrid, seed: UInt64) throws -> [[Int]] {
        let stream = stream(vocabulary, grid, try families(), seed: seed)
        return (0..<pictures).map { stream.batch($0, rows: 1).rows.ids.map(Int.init).filter { $0 != vocabulary.pad } }
    }

    /// Rows of other pictures, like the public ones.
    func heldOut(_ vocabulary: ReasonerVocabulary, _ grid: SceneGrid, _ templates: [(template: QuestionTemplate, domain: Domain)], count: Int, seed: UInt64) -> ReasonerStream {
        stream(vocabulary, grid, templates, seed: seed &+ 0x4E1D, count: count, isVaried: false, other: 0)
    }

    private func stream(
        _ vocabulary: ReasonerVocabulary, _ grid: SceneGrid, _ templates: [(template: QuestionTemplate, domain: Domain)], seed: UInt64, count: Int, isVaried: Bool, other: Double
    ) -> ReasonerStream {
        let config = grid.look.config
        return ReasonerStream(
            vocabulary: vocabulary, pictures: PictureStream(config: config, colors: colors, count: count, other: other, isVaried: isVaried, seed: seed), templates: templates,
            lists: lists, surrogates: surrogates, captions: captions, width: Double(config.pictureWidth), height: Double(config.pictureHeight), seed: seed, length: length)
    }
}

/// Trains a decoder whose cross-attention asks the eye's grid features: what is there (surrogate tasks), the steps to an answer, the answer
/// (Bhattacharyya et al. 2023, "Look, Remember and Reason", section 3). It begins with the weights of a reader of questions, or stands beside
/// those of a pre-trained language model as an adapter; the eye is frozen.
public final class ReasonerJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["data", "adapter"]
    private static let heldOutCount = 48

    /// The model in training: the decoder itself, or the base with what the adapter has learnt so far.
    public func decoder() -> Language.Decoder {
        switch model {
        case .whole(let decoder): decoder
        case .adapter(let adapter, _): adapter.decoder()
        }
    }
    /// Its eye.
    public let grid: SceneGrid
    private let model: Model
    private let tokenizer: Tokenizer, data: ReasonerData, microBatches: Int, checkpointing: Bool
    private let stream, heldOut: ReasonerStream, readings: QuestionStream

    private enum Model { case whole(Language.Decoder), adapter(Adapter, base: String) }

    /// What is trained: the decoder, or what stands beside it.
    public var parameters: [NamedTensor] {
        switch model {
        case .whole(let decoder): decoder.parameters
        case .adapter(let adapter, _): adapter.parameters
        }
    }

    /// - Throws: `RecipeError`, `ReasonerError`, `FileError` for templates, `ModelFolderError` for the initial model.
    public init(recipe: RunRecipe, document: RecipeDocument) throws {
        data = try document.section("data", as: ReasonerData.self, keys: ReasonerData.CodingKeys.allCases.map(\.rawValue))
        guard let initial = recipe.initialModel else { throw ReasonerError.badRecipe("initialModel: a reasoner begins with a reader of questions, as models/reasoner-clevr, or with a language model") }
        let file = try ModelFile.open(URL(fileURLWithPath: initial)), grid = try SceneGrid(folder: URL(fileURLWithPath: data.look))
        guard var known = file.tokenizer else { throw ReasonerError.notAReasoner(missing: "tokenizer.json") }
        guard data.crossEvery <= file.config.layers else { throw ReasonerError.badRecipe("data.crossEvery: the initial model has \(file.config.layers) blocks") }
        let cross = CrossAttentionConfig(every: data.crossEvery, sourceWidth: grid.look.config.features)
        guard (file.config.crossAttention ?? cross).sourceWidth == cross.sourceWidth, file.config.positions >= data.length else {
            throw ReasonerError.badRecipe("data: the initial model asks rows of another width than the eye's, or has fewer positions than data.length")
        }
        if document.has("adapter") {
            guard !recipe.checkpointing, !data.fresh else { throw ReasonerError.badRecipe("adapter: checkpointing and data.fresh are not for adapters; leave them out") }
            guard file.form != .adapter else { throw ReasonerError.badRecipe("adapter: the initial model is an adapter itself; give its base") }
            var config = try document.section("adapter", as: AdapterRecipe.self, keys: AdapterRecipe.CodingKeys.allCases.map(\.rawValue)).config(layers: file.config.layers)
            if file.config.crossAttention == nil { config.crossAttention = cross }
            config.addedTokens = ReasonerVocabulary.addedTokens(.clevr).filter { known.id(ofAdded: $0) == nil }
            known = known.extended(with: config.addedTokens, after: file.config.vocabularySize)
            model = .adapter(try Adapter(base: file.decoder(), config, seed: recipe.seed), base: initial)
        } else {
            guard (try? ReasonerVocabulary(known)) != nil else { throw ReasonerError.badRecipe("initialModel: \(initial) is no reader of questions; beside another language model an adapter is trained: add `adapter: {}`") }
            var config = file.config
            config.crossAttention = config.crossAttention ?? cross
            let decoder = Language.Decoder(config: config, seed: recipe.seed)
            if !data.fresh {
                let old = Dictionary(try file.decoder().parameters.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
                for parameter in decoder.parameters {
                    if let tensor = old[parameter.name] { parameter.tensor.copy(from: tensor.array()) }
                }
            }
            model = .whole(decoder)
        }
        let vocabulary = try ReasonerVocabulary(known)
        let templates = try data.families()
        (self.grid, tokenizer, microBatches, checkpointing) = (grid, known, recipe.batch.microBatches, recipe.checkpointing)
        stream = data.stream(vocabulary, grid, templates, seed: recipe.seed)
        readings = QuestionStream(vocabulary: vocabulary, templates: templates, unknown: QuestionData().unknown, seed: recipe.seed &+ 0x9EAD, length: data.length)
        heldOut = data.heldOut(vocabulary, grid, templates, count: Self.heldOutCount, seed: recipe.seed)
    }

    /// Mean cross-entropy of what is written about one batch of pictures, or of questions that are only read, and its positions.
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        var random = RandomSource(seed: RandomSource.derive(readings.seed &+ 1, UInt64(step) + 1, UInt64(microBatch)))
        if random.uniform() < data.readings {
            let rows = readings.rows(step: step, microBatch: microBatch, rows: data.rows)
            return (decoder().loss(
                ids: rows.ids, targets: rows.targets, weights: rows.weights, batch: rows.rows, length: rows.length, mask: .causalFrom(rows.starts),
                checkpointing: checkpointing), rows.ids.count)
        }
        let batch = stream.batch(step * microBatches + microBatch, rows: data.rows)
        return (loss(batch), batch.rows.ids.count)
    }

    private func loss(_ batch: (pictures: [Picture], rows: PackedRows)) -> Tensor {
        let features = grid.features(batch.pictures)                                                    // [B·N, G]
        return decoder().loss(
            ids: batch.rows.ids, targets: batch.rows.targets, weights: batch.rows.weights, batch: data.rows, length: data.length, mask: .causal,
            source: CrossSource(features, length: grid.look.config.cells), checkpointing: checkpointing)
    }

    /// Loss on held-out pictures (as they are changed in training); of the scenes listed of pictures like the public ones, F1 and attributes; of things told in captions, from left to right, the share that is
    /// right; share of answers right, at once and by written steps;
    /// share of written steps, by function, that follow from the list and the steps written before them; shares of questions that are still read
    /// exactly. A whole model decodes in f32, one with an adapter in bf16.
    public func evaluate() throws -> [String: Double] {
        let batch = heldOut.batch(0, rows: data.rows)
        var figures = ["loss": Double(withoutGradients { loss(batch) }.item)]
        let model = DecodingModel(withoutGradients { decoder() }, format: isAdapter ? .bfloat16 : .float32, positions: LanguageReasoner.positions), reasoner = try LanguageReasoner(model, tokenizer, grid: grid)
        reasoner.remembers = data.lists > 0
        var score = SceneScore(), told = 0, shown = 0, right = [LanguageReasoner.Way: Int](), asked = 0, follows = [String: [Bool]](), random = RandomSource(seed: 0x0E7A)
        for sample in heldOut.pictures.samples(Array(0..<Self.heldOutCount)) {
            guard var truth = sample.scene else { continue }
            truth.objects.sort { ($0.pixel?.x ?? 0) < ($1.pixel?.x ?? 0) }
            try reasoner.look(sample.picture)
            if reasoner.remembers { score.add(try reasoner.list(), truth: truth, domain: grid.domain) }
            if data.captions > 0 {
                let named = SceneCaption.objects(in: try reasoner.caption(), domain: grid.domain)
                told += zip(named, truth.objects).count { $0 == $1.attributes }
                shown += max(named.count, truth.objects.count)
            }
            for _ in 0..<3 {
                let family = heldOut.templates[random.int(below: heldOut.templates.count)]
                guard let filled = family.template.filled(for: truth, family.domain, using: &random), let wanted = filled.answer?.text else { continue }
                asked += 1
                for way in LanguageReasoner.Way.allCases {
                    let writing = try reasoner.answer(filled.text, way, guesses: true)
                    if writing.answer == wanted { right[way, default: 0] += 1 }
                    guard let trace = writing.trace, reasoner.remembers else { continue }
                    for (step, holds) in zip(trace.steps, trace.checked(on: writing.scene)) { follows["step_" + step.node.function.family, default: []].append(holds) }
                }
            }
        }
        if reasoner.remembers { (figures["list_f1"], figures["list_attributes"]) = (score.f1, score.attributes) }
        if data.captions > 0 { figures["caption"] = Double(told) / Double(max(1, shown)) }
        for (kind, all) in follows { figures[kind] = Double(all.count { $0 }) / Double(all.count) }
        (figures["exact"], figures["refused"]) = try readings.score(of: QuestionReader(model, tokenizer), count: 100)
        for way in LanguageReasoner.Way.allCases { figures[way.rawValue] = Double(right[way] ?? 0) / Double(max(1, asked)) }
        return figures
    }

    private var isAdapter: Bool {
        if case .adapter = model { true } else { false }
    }

    /// Writes the model folder, or the adapter's, (bf16) with the eye, without a card.
    public func export(to folder: URL) throws {
        switch model {
        case .whole(let decoder): try ModelFolder(decoder: decoder, tokenizer: tokenizer).write(to: folder)
        case .adapter(let adapter, let base): try AdapterFolder.write(adapter, base: base, to: folder)
        }
        try grid.write(to: folder)
    }
}
