import Distillation
import Foundation
import Language
import Tensors
import Training

/// A decoder in training, and the documents that it learns from: of its role, or, where it stands for the whole painter, of all roles that no other has.
struct TrainedPart {
    let role: PainterRole
    let learner: PainterLearner
    let stream, heldOut: PainterStream
    /// The factor by which texts are learnt from the law of the base; 0: from their tokens.
    private let laws: Double
    /// How much of the mix is its.
    var share: Double { stream.mix.tasks.reduce(0) { $0 + $1.1 } }

    /// - Parameters:
    ///   - recipe: with the decoder's own initial model.
    ///   - mix: of its tasks alone.
    ///   - drawings: what is trained on; `heldOut`: doodles that are not, of the same classes.
    ///   - tokenizer: for a decoder that begins from nothing; nil: one is trained.
    init(
        _ role: PainterRole, _ recipe: RunRecipe, shape: PainterShape, adapter: AdapterRecipe?, data: PainterData, mix: PainterMix, drawings: StyledDrawings,
        heldOut: any DrawingSource, tokenizer: Tokenizer? = nil
    ) throws {
        var composer = SceneComposer(drawings, exponent: mix.classExponent, favoured: PopularWords.classes)
        learner = try PainterLearner(recipe, shape: shape, adapter: adapter, composer: composer, tokenizer: tokenizer)
        let vocabulary = try SketchVocabulary(learner.tokenizer), length = learner.length
        guard vocabulary.classes == drawings.classes else { throw PainterError.badRecipe("the drawings' classes are not the initial model's") }
        let documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary)), texts = try Self.texts(data, learner)
        stream = PainterStream(composer: composer, documents: documents, mix: mix, seed: recipe.seed, length: length, texts: texts.training)
        composer = SceneComposer(StyledDrawings(doodles: heldOut, classes: drawings.classes), exponent: mix.classExponent)
        composer.augments = false
        self.heldOut = PainterStream(composer: composer, documents: documents, mix: mix, seed: recipe.seed &+ 0x4E1D, length: length, texts: texts.heldOut)
        (self.role, laws) = (role, data.laws)
    }

    /// Documents of the texts that the base wrote, as long as a row at most.
    private static func texts(_ data: PainterData, _ learner: PainterLearner) throws -> (training: [TokenDocument], heldOut: [TokenDocument]) {
        guard !data.texts.isEmpty else {
            guard data.laws == 0 else { throw PainterError.badRecipe("data.laws: whose? give data.texts, a file that `atelier data texts` writes") }
            guard data.mix.text == 0 else { throw PainterError.badRecipe("data.mix.text: rows of texts need data.texts, a file that `atelier data texts` writes") }
            return ([], [])
        }
        guard let form = learner.instructions else { throw PainterError.badRecipe("data.texts: only an adapter learns what its base wrote; leave it out") }
        let all = try BaseText.read(URL(fileURLWithPath: data.texts))
        func documents(heldOut: Bool) -> [TokenDocument] { all.filter { $0.isHeldOut == heldOut }.compactMap { form.document($0, limit: learner.length + 1) } }
        let training = documents(heldOut: false)
        guard !training.isEmpty else { throw PainterError.badRecipe("data.texts: \(data.texts) has no text to train on; give a file of more texts") }
        return (training, documents(heldOut: true))
    }

    /// Mean loss of packed rows: cross-entropy, weighted as trained or not; in training that of texts is the divergence from the base's law, if the recipe says so.
    func loss(_ rows: PackedRows, of decoder: Language.Decoder, weighted: Bool = true, checkpointing: Bool) -> Tensor {
        decoder.loss(ids: rows.ids, targets: rows.targets, weights: weighted ? rows.weights : nil, batch: rows.rows, length: rows.length, mask: .causalFrom(rows.starts),
                     checkpointing: checkpointing, among: learner.isAdapter ? stream.documents.codec.vocabulary.ids : nil, teacher: weighted && laws > 0 ? learner.base : nil, factor: Float(laws))
    }

    /// Mean nats a learnt token on held-out drawings (and texts, where there are any), by task that is trained; of plans also what they name, without boxes.
    func figures(rows: Int, checkpointing: Bool) -> [String: Double] {
        let vocabulary = stream.documents.codec.vocabulary, decoder = withoutGradients { learner.decoder() }
        // Rows beside a language model are few and dear.
        let count = learner.isAdapter ? rows : max(rows, 4)
        var losses: [String: Double] = [:]
        func measure(_ name: String, _ task: PainterDocuments.Task, _ counts: (Int) -> Bool) {
            let values = (0..<2).map { batch in
                var rows = heldOut.rows(step: 0, microBatch: batch, rows: count, only: task)
                rows.targets = rows.targets.map { counts(Int($0)) ? $0 : -1 }
                return Double(withoutGradients { loss(rows, of: decoder, weighted: false, checkpointing: checkpointing) }.item)
            }
            losses[name] = values.reduce(0, +) / Double(values.count)
        }
        for (task, share) in heldOut.mix.tasks where share > 0 && (task != .text || !heldOut.texts.isEmpty) { measure(task.rawValue, task) { _ in true } }
        if heldOut.mix.plan > 0 { measure("planSpec", .plan) { !vocabulary.xIDs.contains($0) && !vocabulary.yIDs.contains($0) } }
        return losses
    }

    /// It as a part of a painter, with its weights as they are now.
    func part(of name: String) throws -> PainterPart {
        let format: WeightFormat = learner.isAdapter ? .bfloat16 : .float32
        let model = DecodingModel(withoutGradients { learner.decoder() }, format: format, positions: learner.isAdapter ? Painter.adapterPositions : Painter.positions.upperBound)
        return try PainterPart(model: model, tokenizer: learner.tokenizer, name: name, isAdapter: learner.isAdapter)
    }
}
