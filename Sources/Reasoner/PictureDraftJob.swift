import Files
import Foundation
import Language
import Pictures
import Scenes
import Speculation
import Tensors
import Training

/// The `data:` section of a recipe for a draft of a model that writes about pictures: the keys of ``ReasonerData`` but `readings`, `look` and `fresh`, and these.
public struct PictureDraftData: Codable, Sendable, Equatable {
    /// Folder of the reasoner that is guessed for; its eye is the draft's too.
    public var target = "runs/reasoner-smollm2/model"
    /// Whether it asks the eye's features, by cross-attention in every `crossEvery`-th block; else it knows the text alone.
    public var seesPicture = false
    /// What its texts are.
    public var texts = ReasonerData()

    public init() {}
    private enum CodingKeys: String, CodingKey, CaseIterable { case target, seesPicture }
    static let keys = CodingKeys.allCases.map(\.rawValue) + ReasonerData.CodingKeys.allCases.filter { ![.readings, .look, .fresh].contains($0) }.map(\.rawValue)

    public init(from decoder: any Swift.Decoder) throws {
        texts = try ReasonerData(from: decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.target, into: &target)
        try keys.read(.seesPicture, into: &seesPicture)
    }

    public func encode(to encoder: any Encoder) throws {
        try texts.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(target, forKey: .target)
        try keys.encode(seesPicture, forKey: .seesPicture)
    }
}

/// Trains a draft for a model that writes lists, steps and captions of pictures, on the rows that taught that model (``ReasonerStream``): a small decoder that knows the tokens which occur there,
/// with or without the picture. The text alone is much of what a next token depends on (Gagrani et al. 2024, "On Speculative Decoding for Multimodal Large Language Models").
public final class PictureDraftJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]
    private static let heldOutCount = 32, sampled = 256

    /// The draft in training.
    public let decoder: Language.Decoder
    /// The tokens that it knows.
    public let vocabulary: DraftVocabulary
    /// What is trained.
    public var parameters: [NamedTensor] { decoder.parameters }

    private let grid: SceneGrid, data: PictureDraftData, microBatches: Int, checkpointing: Bool
    private let stream, heldOut: ReasonerStream

    /// The `model:` section: a Llama shape; `textVocabulary` is how many of the target's tokens it knows at most.
    private struct Sizes: Decodable {
        var shape = DecoderShape(width: 192, layers: 4, heads: 6, keyValueHeads: 3, hiddenWidth: 512, positions: 512, textVocabulary: 1_536)
        init(from decoder: any Swift.Decoder) throws { try shape.read(from: decoder) }
    }

    /// - Parameter run: the folder of a run that is gone on with: its list of tokens is used.
    /// - Throws: `RecipeError`, `ReasonerError`, `FileError` for templates, `ModelFolderError` for the target.
    public init(recipe: RunRecipe, document: RecipeDocument, run: URL? = nil) throws {
        data = try document.section("data", as: PictureDraftData.self, keys: PictureDraftData.keys)
        let shape = try document.section("model", as: Sizes.self, keys: DecoderShape.CodingKeys.allCases.map(\.rawValue)).shape
        guard recipe.initialModel == nil else { throw ReasonerError.badRecipe("initialModel: a draft begins with new weights; leave it out") }
        guard shape.positions >= data.texts.length else { throw ReasonerError.badRecipe("model.positions: \(shape.positions) are fewer than data.length, \(data.texts.length)") }
        guard !data.seesPicture || data.texts.crossEvery <= shape.layers else { throw ReasonerError.badRecipe("data.crossEvery: the model has \(shape.layers) blocks") }
        let file = try ModelFile.open(URL(fileURLWithPath: data.target)), tokenizer = try file.ownTokenizer()
        grid = try SceneGrid(folder: URL(fileURLWithPath: data.target))
        let known = try ReasonerVocabulary(tokenizer)
        let templates = try data.texts.families()
        stream = data.texts.stream(known, grid, templates, seed: recipe.seed)
        heldOut = data.texts.heldOut(known, grid, templates, count: Self.heldOutCount, seed: recipe.seed)
        (microBatches, checkpointing) = (recipe.batch.microBatches, recipe.checkpointing)
        let digest = DraftVocabulary.digest(of: tokenizer), stream = stream, count = data.texts.rows
        if let run, DraftVocabulary.exists(in: run) { vocabulary = try DraftVocabulary(folder: run) } else {
            let rows = (0..<Self.sampled / count + 1).map { stream.batch($0, rows: count).rows.ids.filter { $0 != known.pad } }
            let added = ReasonerVocabulary.addedTokens(known.domain).compactMap(tokenizer.id(ofAdded:))
            vocabulary = DraftVocabulary(
                mostFrequentOf: [rows], always: added, count: shape.textVocabulary, target: data.target, targetVocabulary: file.config.vocabularySize, digest: digest)
        }
        if let problem = vocabulary.problem(for: tokenizer, targetVocabulary: file.config.vocabularySize, size: vocabulary.count) {
            throw ReasonerError.badRecipe("data.target: \(data.target): \(problem)")
        }
        var config = shape.config(vocabularySize: vocabulary.count, beginToken: vocabulary.id(of: known.begin), endTokens: [vocabulary.id(of: known.end)], padToken: vocabulary.other)
        if data.seesPicture { config.crossAttention = CrossAttentionConfig(every: data.texts.crossEvery, sourceWidth: grid.look.config.features) }
        decoder = Language.Decoder(config: config, seed: recipe.seed)
    }

    /// Mean cross-entropy of what is written about one batch of pictures, of the tokens that the draft knows; and its positions.
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let batch = stream.batch(step * microBatches + microBatch, rows: data.texts.rows)
        return (loss(batch), batch.rows.ids.count)
    }

    private func loss(_ batch: (pictures: [Picture], rows: PackedRows)) -> Tensor {
        decoder.loss(
            ids: own(batch.rows.ids), targets: batch.rows.targets.map { $0 >= 0 && vocabulary.knows(Int($0)) ? Int32(vocabulary.id(of: Int($0))) : -1 },
            weights: batch.rows.weights, batch: batch.rows.rows, length: batch.rows.length, mask: .causal, source: source(batch.pictures), checkpointing: checkpointing)
    }

    /// The draft's own ids.
    private func own(_ ids: [Int32]) -> [Int32] { ids.map { Int32(vocabulary.id(of: Int($0))) } }

    private func source(_ pictures: [Picture]) -> CrossSource? {
        data.seesPicture ? CrossSource(grid.features(pictures), length: grid.look.config.cells) : nil                      // [B·N, G]
    }

    /// Loss on held-out pictures; how often the likeliest token is the one that stands there, of all that are written.
    public func evaluate() throws -> [String: Double] {
        let rows = data.texts.rows, batches = max(1, Self.heldOutCount / rows), V = vocabulary.count
        var sum = 0.0, right = 0, count = 0
        for index in 0..<batches {
            let batch = heldOut.batch(index, rows: rows), packed = batch.rows
            let logits = withoutGradients {
                decoder.logits(ids: own(packed.ids), batch: packed.rows, length: packed.length, mask: .causal, source: source(batch.pictures)).array()             // [B·T, V]
            }
            sum += Double(withoutGradients { loss(batch) }.item)
            for place in packed.targets.indices where packed.targets[place] >= 0 {
                let law = logits[place * V..<(place + 1) * V - 1]                  // the last id is never guessed
                if law.indices.max(by: { law[$0] < law[$1] }).map({ $0 - place * V }) == vocabulary.id(of: Int(packed.targets[place])) { right += 1 }
                count += 1
            }
        }
        return ["loss": sum / Double(batches), "right": Double(right) / Double(max(1, count))]
    }

    /// The list of tokens, which another generator of rows would change.
    public func keep(in run: URL) throws { try vocabulary.write(to: run) }

    /// Writes the draft's folder (bf16) with the list of tokens that it knows.
    public func export(to folder: URL) throws {
        try ModelFolder(decoder: decoder).write(to: folder)
        try vocabulary.write(to: folder)
    }
}
