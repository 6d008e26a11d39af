import Files
import Foundation
import Language
import Scenes
import Tensors
import Training

/// The `model:` section of a question reader's recipe: a Llama shape.
public struct QuestionShape: Decodable, Sendable, Equatable {
    /// The decoder's sizes.
    public var sizes = DecoderShape(width: 192, layers: 4, heads: 6, keyValueHeads: 3, hiddenWidth: 512, positions: 512, textVocabulary: 1_024)

    public init() {}
    public init(from decoder: any Swift.Decoder) throws { try sizes.read(from: decoder) }
}

/// The `data:` section: which questions, how many at a time.
public struct QuestionData: Codable, Sendable, Equatable {
    /// Rows of 512 tokens in one micro-batch.
    public var rows = 8
    /// Share of questions that are to be refused.
    public var unknown = 0.1
    /// A folder of the public generator's templates to learn from besides our own; nil: our own only.
    public var templates: String?

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case rows, unknown, templates }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.rows, into: &rows)
        try keys.read(.unknown, into: &unknown)
        templates = try keys.decodeIfPresent(String.self, forKey: .templates)
        try keys.check(.rows, 1...256 ~= rows, "1 to 256")
        try keys.check(.unknown, 0..<1 ~= unknown, "0 to less than 1")
    }
}

/// Trains a decoder to read questions into programs; the language half of the reasoner, before it has seen a picture.
public final class QuestionJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]
    private static let positions = 512

    /// The model in training.
    public let decoder: Language.Decoder
    /// The tokenizer, trained on questions of the stream or taken from the initial model.
    public let tokenizer: Tokenizer
    private let data: QuestionData
    private let stream, heldOut: QuestionStream
    private let checkpointing: Bool
    /// Whether the decoder began with random weights.
    private let isFromNothing: Bool

    /// What is trained.
    public var parameters: [NamedTensor] { decoder.parameters }

    /// - Parameter run: the folder of a run that is gone on with: its tokenizer is used, not one trained on the questions that are written today.
    /// - Throws: `RecipeError`, `FileError` for templates, `ModelFolderError` for an initial model.
    public init(recipe: RunRecipe, document: RecipeDocument, run: URL? = nil) throws {
        isFromNothing = recipe.initialModel == nil
        let shape = try document.section("model", as: QuestionShape.self, keys: DecoderShape.CodingKeys.allCases.map(\.rawValue).filter { $0 != DecoderShape.CodingKeys.positions.rawValue })
        guard recipe.initialModel == nil || shape == QuestionShape() else { throw ReasonerError.badRecipe("initialModel and model: the initial model has its own shape; leave one out") }
        data = try document.section("data", as: QuestionData.self, keys: QuestionData.CodingKeys.allCases.map(\.rawValue))
        var templates = OwnQuestions.templates.map { (template: $0, domain: OwnQuestions.domain) }
        if let folder = data.templates { templates += try Self.publicTemplates(in: URL(fileURLWithPath: folder)) }
        if let initial = recipe.initialModel {
            let model = try ModelFolder.read(URL(fileURLWithPath: initial))
            guard let known = model.tokenizer else { throw ReasonerError.notAReasoner(missing: "tokenizer.json") }
            (decoder, tokenizer) = (model.decoder, known)
        } else {
            tokenizer = try run.flatMap { try ModelFolder.readTokenizer($0) } ?? Tokenizer.train(
                on: QuestionStream.sentences(templates, count: 8_000, seed: recipe.seed), vocabularySize: shape.sizes.textVocabulary,
                addedTokens: ReasonerVocabulary.addedTokens(.clevr))
            let vocabulary = try ReasonerVocabulary(tokenizer)
            decoder = Language.Decoder(
                config: shape.sizes.config(
                    vocabularySize: tokenizer.count, beginToken: vocabulary.begin, endTokens: [vocabulary.end, vocabulary.unknown], padToken: vocabulary.pad),
                seed: recipe.seed)
        }
        let vocabulary = try ReasonerVocabulary(tokenizer)
        stream = QuestionStream(vocabulary: vocabulary, templates: templates, unknown: data.unknown, seed: recipe.seed, length: min(Self.positions, decoder.config.positions))
        heldOut = QuestionStream(vocabulary: vocabulary, templates: templates, unknown: data.unknown, seed: recipe.seed &+ 0x4E1D, length: stream.length)
        checkpointing = recipe.checkpointing
    }

    /// The families of a folder of the public generator, with its words where `synonyms.json` is there.
    public static func publicTemplates(in folder: URL) throws -> [(template: QuestionTemplate, domain: Domain)] {
        var domain = Domain.clevr, all: [QuestionTemplate] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { $0.hasSuffix(".json") }
        for name in names where name != "metadata.json" {
            let url = folder.appendingPathComponent(name), data = try Data(contentsOf: url)
            if name == "synonyms.json" { domain.synonyms = try QuestionTemplate.readSynonyms(data, name: url.path) } else { all += try QuestionTemplate.read(data, name: url.path) }
        }
        return all.map { ($0, domain) }
    }

    /// Mean cross-entropy of what is written in one micro-batch of packed rows, and its positions.
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let rows = stream.rows(step: step, microBatch: microBatch, rows: data.rows)
        return (loss(rows), rows.ids.count)
    }

    private func loss(_ rows: PackedRows) -> Tensor {
        decoder.loss(
            ids: rows.ids, targets: rows.targets, weights: rows.weights, batch: rows.rows, length: rows.length, mask: .causalFrom(rows.starts),
            checkpointing: checkpointing)
    }

    /// Loss on questions of another seed, and the shares of 200 that are read exactly: questions, and questions to be refused.
    public func evaluate() throws -> [String: Double] {
        let heldOutLoss = Double(withoutGradients { loss(heldOut.rows(step: 0, microBatch: 0, rows: data.rows)) }.item)
        let score = try heldOut.score(of: QuestionReader(DecodingModel(decoder, positions: Self.positions), tokenizer), count: 200)
        return ["loss": heldOutLoss, "exact": score.exact, "refused": score.refused]
    }

    /// A tokenizer that was trained for this run: the tables of words may change before it is gone on with.
    public func keep(in run: URL) throws {
        if isFromNothing { try tokenizer.write(to: run.appendingPathComponent("tokenizer.json")) }
    }

    /// Writes the model folder (bf16), without a card.
    public func export(to folder: URL) throws { try ModelFolder(decoder: decoder, tokenizer: tokenizer).write(to: folder) }
}
