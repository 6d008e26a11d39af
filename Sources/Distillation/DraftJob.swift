import Files
import Foundation
import Language
import Speculation
import Tensors
import Training

/// Trains a draft for a target: a small decoder that knows the target's commonest tokens. First on texts, token by token; then on the target's laws at texts
/// that it wrote itself (Goel et al. 2024, "Direct Alignment of Draft Model for Speculative Decoding with Chat-Fine-Tuned LLMs").
///
/// A position takes 6 · (4 · 0.80 M + 2.1 M) = 32 MFLOP with the default shape, and 3 for attention; where laws are learnt, 9 more for the target's logits.
/// With `hints`, the draft is told the target's state where a round of guesses begins (``DecoderConfig/hintWidth``): what the target's head read before the last token of
/// the text, so that only that token is news. In training a hint stands beside a token, then none beside the next few, as many as chance says, as in rounds of
/// which some guesses were kept. Such a draft begins with the target's own rows and final norm where it is as wide.
///
/// Of a law that part is learnt which is of tokens that the draft knows, in proportion: what it can guess. `evaluate` counts the others too.
public final class DraftJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]

    /// The draft in training.
    public let decoder: Language.Decoder
    /// The tokens that it knows.
    public let vocabulary: DraftVocabulary
    /// What is trained.
    public var parameters: [NamedTensor] { decoder.parameters }

    private let data: DraftData
    private let seed: UInt64
    private let checkpointing: Bool
    private let plain, distilled: Part
    private let states: TargetStates?
    /// The target's head: the rows of the tokens that the draft knows, then the others, [V, D].
    private let knownHead, otherHead: Tensor

    /// Texts of one kind: those trained on, and those that are not.
    private struct Part {
        var all: [TokenDocument] = [], training: [Int] = [], heldOut: [Int] = []

        init() {}
        init(_ texts: [BaseText], _ form: InstructionForm, length: Int) {
            for text in texts {
                guard let document = form.document(text, limit: length + 1), document.tokens.count > 1 else { continue }
                if text.isHeldOut { heldOut.append(all.count) } else { training.append(all.count) }
                all.append(document)
            }
        }

        mutating func append(_ other: Part) {
            training += other.training.map { all.count + $0 }
            heldOut += other.heldOut.map { all.count + $0 }
            all += other.all
        }
    }

    /// The documents of texts whose laws are learnt, which are also what `atelier data states` reads.
    package static func documents(of texts: [BaseText], _ form: InstructionForm, length: Int) -> [TokenDocument] { Part(texts, form, length: length).all }

    /// - Parameter run: the folder of a run that is gone on with: its list of tokens is used.
    /// - Throws: `RecipeError`, `DistillationError`, `FileError` for texts, `ModelFolderError` for a model.
    public init(recipe: RunRecipe, document: RecipeDocument, run: URL? = nil) throws {
        let shape = try document.section("model", as: DraftSizes.self, keys: DecoderShape.CodingKeys.allCases.map(\.rawValue))
        guard recipe.initialModel == nil || shape == DraftSizes() else { throw DistillationError.badRecipe("initialModel and model: the initial model has its own shape; leave one out") }
        data = try document.section("data", as: DraftData.self, keys: DraftData.CodingKeys.allCases.map(\.rawValue))
        let file = try ModelFile.open(URL(fileURLWithPath: data.target)), form = try InstructionForm(file), length = data.length
        let sources = try data.texts.map { Part(try BaseText.read(URL(fileURLWithPath: $0)), form, length: length) }
        plain = sources.reduce(into: Part()) { $0.append($1) }
        distilled = data.distilled.isEmpty ? Part() : Part(try BaseText.read(URL(fileURLWithPath: data.distilled)), form, length: length)
        guard data.texts.isEmpty || !plain.training.isEmpty else { throw DistillationError.badRecipe("data.texts: no text to train on; give more") }
        guard data.distilled.isEmpty || !distilled.training.isEmpty else { throw DistillationError.badRecipe("data.distilled: \(data.distilled) has no text to train on; give a file of more texts") }
        let kept = try run.flatMap { DraftVocabulary.exists(in: $0) ? try DraftVocabulary(folder: $0) : nil }
        if let initial = recipe.initialModel {
            let folder = URL(fileURLWithPath: initial)
            guard DraftVocabulary.exists(in: folder) else { throw DistillationError.badRecipe("initialModel: \(initial) is no draft; it has no \(DraftVocabulary.fileName)") }
            (vocabulary, decoder) = (try kept ?? DraftVocabulary(folder: folder), try ModelFolder.read(folder).decoder)
        } else {
            vocabulary = kept ?? DraftVocabulary(
                mostFrequentOf: (sources + [distilled]).map { part in part.training.map { part.all[$0].tokens } }, always: form.endTokens, count: shape.sizes.textVocabulary, target: data.target,
                targetVocabulary: file.config.vocabularySize, digest: DraftVocabulary.digest(of: form.tokenizer))
            var config = shape.sizes.config(vocabularySize: vocabulary.count, beginToken: vocabulary.other, endTokens: form.endTokens.map(vocabulary.id), padToken: vocabulary.other)
            if data.hints { config.hintWidth = file.config.width }
            decoder = Language.Decoder(config: config, seed: recipe.seed)
        }
        guard decoder.config.hintWidth ?? file.config.width == file.config.width else {
            throw DistillationError.badRecipe("initialModel: its hints are \(decoder.config.hintWidth ?? 0) numbers, the states of \(data.target) \(file.config.width)")
        }
        guard data.hints == (decoder.config.hintWidth != nil) else { throw DistillationError.badRecipe("data.hints: \(data.hints), but the initial model takes \(data.hints ? "none" : "some")") }
        if let problem = vocabulary.problem(for: form.tokenizer, targetVocabulary: file.config.vocabularySize, size: decoder.config.vocabularySize) {
            throw DistillationError.badRecipe("data.target: \(data.target): \(problem)")
        }
        guard decoder.config.positions >= length else { throw DistillationError.badRecipe("data.length: the draft has \(decoder.config.positions) positions, not \(length)") }
        (seed, checkpointing) = (recipe.seed, recipe.checkpointing)
        guard !distilled.all.isEmpty else {
            (states, knownHead, otherHead) = (nil, Tensor(zeros: [0, 0]), Tensor(zeros: [0, 0]))
            return
        }
        let target = try file.decoder()
        if data.hints, recipe.initialModel == nil, target.config.width == decoder.config.width { Self.take(target, vocabulary, into: decoder) }
        let known = vocabulary, others = (0..<known.targetVocabulary).filter { !known.knows($0) }
        states = try TargetStates(URL(fileURLWithPath: data.states), for: distilled.all, by: target)
        (knownHead, otherHead) = withoutGradients { (embedding(target.head, ids: known.tokens.map(Int32.init)), embedding(target.head, ids: others.map(Int32.init))) }
    }

    /// Gives a draft the target's rows of the tokens that it knows, its final norm, and hints as large as these rows.
    private static func take(_ target: Language.Decoder, _ vocabulary: DraftVocabulary, into decoder: Language.Decoder) {
        for (id, token) in vocabulary.tokens.enumerated() { decoder.embedding.copyRow(from: target.head, row: token, to: id) }
        decoder.norm.copy(from: target.norm.array())
        let values = target.head.array(), size = (values.reduce(0) { $0 + Double($1 * $1) } / Double(max(values.count, 1))).squareRoot()
        for parameter in decoder.parameters where parameter.name == "model.hint_proj.weight" { parameter.tensor.copy(from: parameter.tensor.array().map { $0 * Float(size / 0.02) }) }
    }

    // MARK: rows

    /// Rows of texts, and where each stands.
    private struct Rows {
        var packed: PackedRows
        /// Number of a text of its part, and of its first input among all.
        var places: [(text: Int, first: Int)] = []
    }

    private func rows(of part: Part, _ texts: [Int], _ count: Int, _ random: inout RandomSource) -> Rows {
        var rows = Rows(packed: PackedRows(rows: count, length: data.length, pad: vocabulary.other)), places: [(text: Int, first: Int)] = []
        for row in 0..<count {
            var chosen = 0
            rows.packed.fill(row) {
                chosen = texts[random.int(below: texts.count)]
                var document = part.all[chosen]
                document.tokens = document.tokens.map { Int32(vocabulary.id(of: Int($0))) }
                return document
            } added: { places.append((chosen, $0)) }
        }
        rows.places = places
        return rows
    }

    private func random(_ step: Int, _ microBatch: Int, _ salt: UInt64) -> RandomSource {
        RandomSource(seed: RandomSource.derive(RandomSource.derive(seed, salt), UInt64(step) + 1, UInt64(microBatch)))
    }

    /// The head's inputs of the target before each learnt token, [rows · length, D]; 0 elsewhere.
    private func teacher(_ rows: Rows, _ states: TargetStates) throws -> Tensor {
        let teacher = Tensor(zeros: [rows.packed.ids.count, states.width])
        for (text, first) in rows.places {
            let own = try states.states(of: text)
            for (row, place) in distilled.all[text].learntInputs.enumerated() { teacher.copyRow(from: own, row: row, to: first + place) }
        }
        return teacher
    }

    /// The target's state before a token, where the draft is told it: beside one token, then beside none of the next `gap()`; 0 elsewhere.
    /// - Returns: [rows · length, D], and the places that have one; nil: this draft is told nothing.
    private func hints(_ rows: PackedRows, _ teacher: Tensor, gap: () -> Int) -> (rows: Tensor, places: Set<Int>)? {
        guard decoder.config.hintWidth != nil else { return nil }
        let hints = Tensor(zeros: teacher.shape)
        var wait = 0, places: Set<Int> = []
        // The state at an input gives the law of the token after it, which is the next input of the same text.
        for place in 1..<rows.ids.count where rows.weights[place - 1] > 0 && rows.starts[place] == rows.starts[place - 1] && place % rows.length > 0 {
            guard wait == 0 else { wait -= 1; continue }
            hints.copyRow(from: teacher, row: place - 1, to: place)
            places.insert(place)
            wait = gap()
        }
        return (hints, places)
    }

    // MARK: a training job

    /// Mean cross-entropy of texts' tokens, or mean divergence from the target's laws, of one micro-batch; and its positions.
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        var random = random(step, microBatch, 0xD4AF)
        let learnsLaws = states != nil && (data.texts.isEmpty || random.uniform() < data.share)
        let rows = learnsLaws ? rows(of: distilled, distilled.training, data.rows, &random) : rows(of: plain, plain.training, data.rows, &random), packed = rows.packed
        guard learnsLaws, let states else { return (crossEntropy(packed), packed.ids.count) }
        let divergence = data.divergence(seed: random.next()), teacher = try teacher(rows, states), hints = hints(packed, teacher) { random.int(below: data.guesses + 1) }
        let x = decoder.states(ids: packed.ids, batch: packed.rows, length: packed.length, mask: .causalFrom(packed.starts), hints: hints?.rows, checkpointing: checkpointing)      // [B·T, C]
        return (linearDistillation(x, decoder.head, teacher: teacher, knownHead, weights: packed.weights, by: divergence), packed.ids.count)
    }

    /// Of the tokens that the draft knows.
    private func crossEntropy(_ rows: PackedRows) -> Tensor {
        let targets = rows.targets.map { $0 == vocabulary.other ? -1 : $0 }
        return decoder.loss(ids: rows.ids, targets: targets, weights: rows.weights, batch: rows.rows, length: rows.length, mask: .causalFrom(rows.starts), checkpointing: checkpointing)
    }

    /// Of held-out texts: nats a token that the draft knows, told nothing; of those that the target wrote also how often a guess would be kept, Σ min(q, p) at temperature 1, how
    /// often the likeliest guess is the target's likeliest token, and the first of these for the first guesses of rounds alone where the draft is told the target's states.
    public func evaluate() throws -> [String: Double] {
        var figures: [String: Double] = [:]
        for (name, part) in [("text", plain), ("distilled", distilled)] where !part.heldOut.isEmpty {
            var random = random(0, 0, 0xE7A1)
            figures[name] = Double(crossEntropy(rows(of: part, part.heldOut, 8, &random).packed).item)
        }
        guard let states, !distilled.heldOut.isEmpty else { return figures }
        var random = random(0, 0, 0xE7A2), kept = 0.0, agreed = 0, count = 0, hinted = (kept: 0.0, count: 0)
        for _ in 0..<4 {
            let rows = rows(of: distilled, distilled.heldOut, 1, &random), packed = rows.packed, learnt = packed.weights.indices.filter { packed.weights[$0] > 0 }
            let teacher = try teacher(rows, states), hints = hints(packed, teacher) { max(0, data.guesses - 1) }
            let x = decoder.states(ids: packed.ids, batch: 1, length: packed.length, mask: .causalFrom(packed.starts), hints: hints?.rows)
            for start in stride(from: 0, to: learnt.count, by: 64) {
                let some = learnt[start..<min(start + 64, learnt.count)].map(Int32.init)
                let guesses = linear(embedding(x, ids: some), decoder.head).array(), theirs = embedding(teacher, ids: some)        // [64, …]
                let known = linear(theirs, knownHead).array(), others = linear(theirs, otherHead).array(), n = vocabulary.tokens.count, m = otherHead.shape[0]
                for row in some.indices {
                    // The last id is never guessed.
                    let q = Self.law(guesses[row * (n + 1)..<(row + 1) * (n + 1) - 1]), p = Self.law(known[row * n..<(row + 1) * n] + others[row * m..<(row + 1) * m])
                    let common = zip(q, p).reduce(0) { $0 + min($1.0, $1.1) }
                    kept += common
                    if hints?.places.contains(Int(some[row])) == true { hinted = (hinted.kept + common, hinted.count + 1) }
                    if q.indices.max(by: { q[$0] < q[$1] }) == p.indices.max(by: { p[$0] < p[$1] }) { agreed += 1 }
                    count += 1
                }
            }
        }
        guard count > 0 else { return figures }
        (figures["acceptance"], figures["agreement"]) = (kept / Double(count), Double(agreed) / Double(count))
        if hinted.count > 0 { figures["hinted"] = hinted.kept / Double(hinted.count) }
        return figures
    }

    private static func law(_ logits: ArraySlice<Float>) -> [Double] {
        let most = logits.max() ?? 0, weights = logits.map { exp(Double($0 - most)) }, sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The list of tokens, which more texts would change.
    public func keep(in run: URL) throws { try vocabulary.write(to: run) }

    /// Writes the draft's folder (bf16) with the list of tokens that it knows.
    public func export(to folder: URL) throws {
        try ModelFolder(decoder: decoder).write(to: folder)
        try vocabulary.write(to: folder)
    }
}
