import ArgumentParser
import Foundation
import Language
import Speculation

/// Speculative decoding: who guesses, in which shape, and when a guess ends.
struct DraftOptions: ParsableArguments {
    enum Shape: String, CaseIterable, ExpressibleByArgument { case chain, rsdC = "rsd-c", rsdS = "rsd-s", iid }
    enum Rule: String, CaseIterable, ExpressibleByArgument {
        case fixed, adaedl, confidence, cost

        /// - Parameter costs: for `cost`; without them a chain goes its full length.
        func rule(costs: DraftCosts?, confidence: Float) -> StopRule {
            switch self {
            case .fixed: .fixed
            case .adaedl: .adaEDL(AdaEDL())
            case .confidence: .confidence(confidence)
            case .cost: costs.map { .cost(CostRule($0)) } ?? .fixed
            }
        }
    }
    /// Who guesses.
    enum Source: ExpressibleByArgument, CustomStringConvertible {
        case model(String), lookup, layers(Int)

        init?(argument: String) {
            if argument == "lookup" { self = .lookup } else if argument.hasPrefix("self:") {
                guard let count = Int(argument.dropFirst(5)), count > 0 else { return nil }
                self = .layers(count)
            } else { self = .model(argument) }
        }

        var description: String {
            switch self {
            case .model(let name): name
            case .lookup: "lookup"
            case .layers(let count): "self:\(count)"
            }
        }
    }

    @Option(help: ArgumentHelp("Guesses tokens ahead, which the model then looks at together: a small model with the same tokens, `lookup` (what followed before in the text), or `self:N` (the model's first N blocks). A model has the weights that it is stored with; a draft made by `atelier train` may know only the commonest of the model's tokens.", valueName: "model"))
    var draft: Source?
    @Option(help: "Shape of a draft: chain; rsd-c, a tree by --branching; rsd-s, a beam by --beam-width; iid, a tree whose guesses may be the same.") var speculation = Shape.chain
    @Option(help: ArgumentHelp("Guesses of a chain, or levels of a beam.", valueName: "n")) var draftLength = 5
    @Option(help: ArgumentHelp("Guesses below each, level by level.", valueName: "n,n,…")) var branching = "3,2,1,1"
    @Option(help: ArgumentHelp("Guesses a level of a beam.", valueName: "n")) var beamWidth = 4
    @Option(help: "When a chain ends early: fixed, never; adaedl, by the drafter's entropy; confidence, by its likeliest token; cost, where a guess costs more than it brings, by measured times. Else cost where the text cannot depend on it, adaedl where it can: after cost the same seed may give another text, of the same law.")
    var stopRule: Rule?
    @Option(help: ArgumentHelp("For --stop-rule confidence: the least probability.", valueName: "p")) var minConfidence: Float = 0.4
    @Option(help: ArgumentHelp("rejection keeps the model's law; sampled gives the very text of --draft left out.", valueName: "way")) var matching: Matching?
    @Flag(help: "Says what guessing came to.") var stats = false

    func validate() throws {
        guard 1...63 ~= draftLength else { throw ValidationError("--draft-length takes 1 to 63, not \(draftLength)") }
        guard 0...1 ~= minConfidence else { throw ValidationError("--min-confidence takes 0 to 1, not \(minConfidence)") }
        let shape = try shape()
        if let problem = shape.problem { throw ValidationError(problem) }
        if let stopRule, !shape.isChain, stopRule != .fixed { throw ValidationError("--stop-rule \(stopRule.rawValue) ends chains; a tree has one shape") }
    }

    /// What means nothing without a drafter.
    func validateAlone() throws {
        guard draft == nil else { return }
        for (option, isGiven) in [("--stats", stats), ("--matching", matching != nil), ("--stop-rule", stopRule != nil)] where isGiven { throw ValidationError("\(option) goes with --draft") }
    }

    func shape() throws -> DraftShape {
        switch speculation {
        case .chain: return .chain(draftLength)
        case .rsdS: return .beam(width: beamWidth, depth: draftLength)
        case .rsdC, .iid:
            guard let counts = Self.counts(branching) else { throw ValidationError("--branching takes numbers with commas, as in 3,2,1, not \(branching)") }
            return .branching(counts, replacement: speculation == .iid)
        }
    }

    /// Numbers with commas between them.
    static func counts(_ text: String) -> [Int]? {
        let counts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        return counts.contains { $0 == nil } ? nil : counts.compactMap { $0 }
    }

    /// The model that guesses; nil where the text does.
    /// - Parameter tokenizer: the target's, which must be the drafter's too.
    static func model(_ source: Source, for target: DecodingModel, _ tokenizer: Tokenizer) throws -> DraftModel? {
        switch source {
        case .lookup: return nil
        case .layers(let count):
            guard count < target.config.layers else { throw CommandError.usage("--draft self:\(count): the model has \(target.config.layers) blocks; take fewer") }
            return DraftModel(target.first(count))
        case .model(let name): return try model(named: name, for: target, tokenizer)
        }
    }

    /// A draft by its folder or name.
    static func model(named name: String, for target: DecodingModel, _ tokenizer: Tokenizer) throws -> DraftModel {
        let folder = try ModelLibrary.folder(name, option: "--draft"), file = try ModelFile.open(folder)
        if let width = file.config.hintWidth, width != target.config.width {
            throw CommandError.data("\(name): it is told states of \(width) numbers, the model's have \(target.config.width); the draft was trained for another model")
        }
        if DraftVocabulary.exists(in: folder) {
            let vocabulary = try DraftVocabulary(folder: folder)
            if let problem = vocabulary.problem(for: tokenizer, targetVocabulary: target.config.vocabularySize, size: file.config.vocabularySize) {
                throw CommandError.data("\(name): \(problem)")
            }
            return DraftModel(try file.decoding(positions: target.positions), vocabulary: vocabulary)
        }
        guard file.tokenizer == tokenizer, file.config.vocabularySize == target.config.vocabularySize else {
            throw CommandError.data("\(name): its tokens are not the model's; a drafter must have the same tokenizer")
        }
        return DraftModel(try file.decoding(positions: target.positions))
    }

    private var way: Matching { matching ?? .rejection }

    /// The drafter that a model makes.
    /// - Parameter capacity: of its cache.
    func drafter(_ model: DraftModel, for target: DecodingModel, _ sampling: Sampling, capacity: Int) throws -> ModelDrafter<ModelLaws> {
        let shape = try shape(), isGreedy = sampling.temperature == 0
        // What was measured decides how many numbers chance gives: the same seed would not give the same text.
        let stopRule = stopRule ?? (isGreedy || way == .sampled ? .cost : .adaedl)
        let costs = stopRule == .cost && shape.isChain ? try DraftCosts.measure(target: target, drafter: model, sampling: sampling, rows: shape.depth + 1) : nil
        if model.model.positions < capacity - DecodingBatch.largestTree {
            note("notice: the draft has \(model.model.positions) positions; after those the text goes on without guesses")
        }
        let laws = model.laws(capacity: min(capacity, model.model.positions), sampling: sampling, temperature: isGreedy ? 1 : nil)
        return ModelDrafter(laws, shape: shape, rule: stopRule.rule(costs: costs, confidence: minConfidence), isGreedy: isGreedy || way == .sampled)
    }

    /// Speculation of a target.
    /// - Parameter capacity: of its cache.
    func decoding<Guesser: Drafter>(_ target: DecodingModel, _ drafter: Guesser, _ sampling: Sampling, seed: UInt64, endTokens: Set<Int>, capacity: Int)
        -> SpeculativeDecoding<ModelLaws, Guesser, FreeText> {
        SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(target, capacity: capacity), sampling: sampling, seed: seed), drafter: drafter, constraint: FreeText(endTokens: endTokens),
            matching: way, seed: seed)
    }
}

extension Matching: ExpressibleByArgument {}

/// What speculation came to, for a report.
struct SpeculationReport: Encodable {
    let block_efficiency: Double, acceptance_per_tested: Double, acceptance_per_drafted: Double
    let target_passes: Int, drafted: Int, accepted: Int
    /// Over plain decoding, by measured costs; not there where the stop rule measures none.
    let foretold_speedup: Double?

    init(_ figures: SpeculationFigures, _ drafter: some Drafter) {
        (block_efficiency, acceptance_per_tested, acceptance_per_drafted) = (figures.blockEfficiency, figures.acceptancePerTested, figures.acceptancePerDrafted)
        (target_passes, drafted, accepted) = (figures.rounds, figures.drafted, figures.accepted)
        if case .cost(let rule)? = (drafter as? ModelDrafter<ModelLaws>)?.rule { foretold_speedup = rule.foretold } else { foretold_speedup = nil }
    }

    var sentence: String {
        let foretold = foretold_speedup.map { $0 > 1 ? String(format: ", a speed-up of %.2f foretold", $0) : ", guessing does not pay here and was mostly left off" } ?? ""
        return String(format: "%.2f tokens a pass of the model, %.0f %% of %d guesses kept", block_efficiency, 100 * acceptance_per_drafted, drafted) + foretold
    }
}
