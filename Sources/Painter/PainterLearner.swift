import Distillation
import Foundation
import Language
import Tensors
import Training

/// What a painter's run trains, and with what it begins: a decoder from nothing, a painter that goes on, or an adapter beside a frozen language model.
struct PainterLearner {
    private enum Form { case whole(Language.Decoder), adapter(Adapter, base: String) }

    let tokenizer: Tokenizer
    /// Positions of a row.
    let length: Int
    /// How the language model is asked to write; nil where there is none.
    let instructions: InstructionForm?
    private let form: Form

    /// Whether a decoder began with random weights.
    let isFromNothing: Bool

    /// - Parameter kept: the tokenizer of a decoder that begins from nothing; nil: one is trained.
    /// - Throws: `PainterError.badRecipe`, `ModelFolderError` for an initial model.
    init(_ recipe: RunRecipe, shape: PainterShape, adapter: AdapterRecipe?, composer: SceneComposer, tokenizer kept: Tokenizer? = nil) throws {
        let classes = composer.classes
        isFromNothing = recipe.initialModel == nil
        if let adapter {
            let file = try Self.base(recipe), instructions = try InstructionForm(file), known = instructions.tokenizer
            var config = adapter.config(layers: file.config.layers)
            config.addedTokens = SketchVocabulary.addedTokens(classes: classes).filter { known.id(ofAdded: $0) == nil }
            if let (begun, base) = try file.adapter(alpha: adapter.alpha) {
                guard config.addedTokens.isEmpty else { throw PainterError.badRecipe("initialModel: the adapter does not know \(config.addedTokens[0]); train one beside its base, \(base)") }
                let own = begun.config
                guard (own.rank, own.targets, own.layers) == (config.rank, config.targets, config.layers) else {
                    throw PainterError.badRecipe("adapter: the initial one has rank \(own.rank) at \(own.targets.joined(separator: ", ")); only alpha may differ")
                }
                (tokenizer, form) = (known, .adapter(begun, base: base))
            } else {
                let beside = try Adapter(base: file.decoder(), config, seed: recipe.seed)
                tokenizer = known.extended(with: config.addedTokens, after: file.config.vocabularySize)
                try Self.beginRows(of: beside, tokenizer, seed: recipe.seed)
                form = .adapter(beside, base: recipe.initialModel ?? "")
            }
            self.instructions = instructions
            length = min(file.config.positions, Painter.adapterPositions)
            return
        }
        let decoder: Language.Decoder
        if let initial = recipe.initialModel {
            let url = URL(fileURLWithPath: initial)
            guard !AdapterFolder.isAdapter(url) else { throw PainterError.badRecipe("initialModel: \(initial) is an adapter; to train it on, add an `adapter:` section with its rank and targets") }
            let model = try ModelFolder.read(url)
            guard let known = model.tokenizer else { throw PainterError.notAPainter(missing: "tokenizer.json") }
            guard let vocabulary = try? SketchVocabulary(known) else {
                throw PainterError.badRecipe("initialModel: \(initial) is no painter; beside another language model an adapter is trained: add `adapter: {}`")
            }
            tokenizer = known.extended(with: vocabulary.missingTokens(of: classes), after: model.decoder.config.vocabularySize)
            decoder = try Self.extended(model.decoder, for: tokenizer, seed: recipe.seed)
        } else {
            tokenizer = kept ?? Tokenizer.train(on: PainterStream.sentences(composer, count: 20_000, seed: recipe.seed), vocabularySize: shape.sizes.textVocabulary,
                                                addedTokens: SketchVocabulary.addedTokens(classes: classes))
            let vocabulary = try SketchVocabulary(tokenizer)
            decoder = Language.Decoder(
                config: shape.sizes.config(vocabularySize: tokenizer.count, beginToken: vocabulary.begin, endTokens: [vocabulary.end], padToken: vocabulary.pad),
                seed: recipe.seed)
            if let table = Self.table(of: decoder) {
                var values = table.array()
                Self.smoothPlaces(&values, width: decoder.config.width, from: 0, vocabulary, deviation: 0.02, seed: recipe.seed)
                table.copy(from: values)
            }
        }
        (form, instructions, length) = (.whole(decoder), nil, decoder.config.positions)
    }

    /// Whether a language model is frozen beside what is trained.
    var isAdapter: Bool { if case .adapter = form { true } else { false } }

    /// What an adapter stands beside; nil for a whole model.
    var base: Language.Decoder? { if case .adapter(let adapter, _) = form { adapter.base } else { nil } }

    /// What is trained.
    var parameters: [NamedTensor] {
        switch form {
        case .whole(let decoder): decoder.parameters
        case .adapter(let adapter, _): adapter.parameters
        }
    }

    /// The model as it is now: the decoder itself, or the base with what the adapter has learnt so far.
    func decoder() -> Language.Decoder {
        switch form {
        case .whole(let decoder): decoder
        case .adapter(let adapter, _): adapter.decoder()
        }
    }

    /// Writes the model folder, or the adapter's, (bf16) without a card.
    func export(to folder: URL) throws {
        switch form {
        case .whole(let decoder): try ModelFolder(decoder: decoder, tokenizer: tokenizer).write(to: folder)
        case .adapter(let adapter, let base): try AdapterFolder.write(adapter, base: base, to: folder)
        }
    }

    // MARK: beginnings

    /// The language model that an adapter shall stand beside, or an adapter that goes on.
    private static func base(_ recipe: RunRecipe) throws -> ModelFile {
        guard let initial = recipe.initialModel else {
            throw PainterError.badRecipe("adapter: initialModel must name a language model, as models/base/SmolLM2-135M-Instruct.Q4_1.gguf (`tools/base-model`)")
        }
        guard !recipe.checkpointing else { throw PainterError.badRecipe("adapter: checkpointing is not for adapters; leave it out") }
        let file = try ModelFile.open(URL(fileURLWithPath: initial))
        guard file.config.positions >= Painter.positions.lowerBound else { throw PainterError.tooShort(name: initial, positions: file.config.positions) }
        return file
    }

    private static func table(of decoder: Language.Decoder) -> Tensor? { decoder.parameters.first { $0.name == "model.embed_tokens.weight" }?.tensor }

    /// The rows of an adapter's new tokens at the start: a token that is called by words (`<class hot air balloon>`, `<left of>`) is half the mean of their
    /// pieces' rows, places are smooth, the rest stays random. Half, so that in a text its own pieces remain the likelier ones.
    private static func beginRows(of adapter: Adapter, _ tokenizer: Tokenizer, seed: UInt64) throws {
        guard let rows = adapter.addedRows, let table = table(of: adapter.base) else { return }
        let width = adapter.base.config.width, known = table.array()
        var values = rows.array()                                                       // [added, C]
        for (row, token) in adapter.config.addedTokens.enumerated() {
            let name = token.dropFirst().dropLast(), words = name.hasPrefix("class ") ? name.dropFirst(6) : name
            guard words.count > 1, words.allSatisfy({ $0.isLetter || $0 == " " }) else { continue }
            let pieces = tokenizer.encode(" " + words.lowercased())
            for column in 0..<width where !pieces.isEmpty {
                values[row * width + column] = 0.5 * pieces.reduce(0) { $0 + known[$1 * width + column] } / Float(pieces.count)
            }
        }
        let deviation = (known.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(known.count, 1))).squareRoot()
        smoothPlaces(&values, width: width, from: adapter.base.config.vocabularySize, try SketchVocabulary(tokenizer), deviation: 0.5 * deviation, seed: seed)
        rows.copy(from: values)
    }

    /// Starts the rows of places as smooth functions of their step (random Fourier features), so that near places are alike
    /// from the first step instead of after millions of tokens.
    /// - Parameters:
    ///   - values: rows of `width`; the first is of the token `first`. Places before it are left alone.
    ///   - deviation: as that of the other rows.
    private static func smoothPlaces(_ values: inout [Float], width: Int, from first: Int, _ vocabulary: SketchVocabulary, deviation: Double, seed: UInt64) {
        var random = RandomSource(seed: RandomSource.derive(seed, 0x91ACE))
        let steps = Double(SketchVocabulary.gridSteps)
        for ids in [vocabulary.xIDs, vocabulary.yIDs] where ids.lowerBound >= first {
            for dimension in 0..<width {
                // Up to a few waves over the grid: likeness falls off over about four steps.
                let waves = 2.5 * random.normal(), phase = 2 * Double.pi * random.uniform()
                for (step, id) in ids.enumerated() {
                    values[(id - first) * width + dimension] = Float(deviation * 2.0.squareRoot() * cos(2 * .pi * waves * Double(step) / steps + phase))
                }
            }
        }
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
}
