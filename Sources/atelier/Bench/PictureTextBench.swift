import Foundation
import Language
import Pictures
import Reasoner
import Scenes
import Speculation
import Tensors

/// The models and the runs of `bench picture-text`.
final class PictureTextBench {
    /// A text to be written about a picture.
    struct Item {
        /// Of the picture.
        let number: Int
        let picture: Picture
        let kind: String
        let text: PictureText
    }

    /// What writing it came to.
    private struct Run {
        var tokens: [Int] = []
        /// After the first token.
        var seconds = 0.0
        /// Seconds and steps of drafts but the first, for which the prompt is read.
        var drafting = 0.0, steps = 0
        var figures = SpeculationFigures()
        /// Of each token after the first: whether it was guessed right, wrong, or not at all.
        var guesses: [Bool?] = []
    }

    private let methods: [PictureTextMethod]
    private let writers: [LanguageReasoner], grid: SceneGrid, seed: UInt64
    private var drafters: [Guesser]                          // by method; what a rule has learnt of one text is known at the next
    private var runs: [[[Run]]]                              // by method, turn, item

    private enum Guesser {
        case none(NoGuesses), lookup(LookupDrafter), table(TableDrafter), model(ModelDrafter<ModelLaws>)
    }

    /// - Parameter drafts: folders.
    init(folder: URL, precision: WeightFormat, drafts: [PictureTextMethod.Sight: String], methods: [PictureTextMethod], tablePictures: Int, seed: UInt64) throws {
        let file = try ModelFile.open(folder), tokenizer = try file.ownTokenizer(), grid = try SceneGrid(folder: folder)
        let target = try file.decoding(format: precision, positions: LanguageReasoner.positions)
        (self.methods, self.grid, self.seed) = (methods, grid, seed)
        let guessers = try drafts.mapValues { try PictureGuesser(DraftOptions.model(named: $0, for: target, tokenizer), grid) }
        for (sight, guesser) in guessers where guesser.seesPicture != (sight == .picture) {
            throw CommandError.data("\(drafts[sight] ?? ""): a draft that \(guesser.seesPicture ? "asks the picture; give it with --picture-draft" : "knows the text alone; give it with --text-draft")")
        }
        let frame = grid.features(Self.samples(grid, 1, seed: seed).map(\.picture))                     // [N, G]
        let costs = try guessers.mapValues { try DraftCosts.measure(target: target, drafter: $0.model, sampling: .greedy, rows: 31, source: frame) }
        var shared: [String: LanguageReasoner] = [:], writers: [LanguageReasoner] = [], drafters: [Guesser] = [], table: NGramTable?
        for method in methods {
            var key = "", model = target, guesser: PictureGuesser?
            if case .plain(let format?) = method.kind { (key, model) = (format.rawValue, try file.decoding(format: format, positions: LanguageReasoner.positions)) }
            if case .draft(let sight, _) = method.kind { (key, guesser) = (sight.rawValue, guessers[sight]) }
            let writer = try shared[key] ?? LanguageReasoner(model, tokenizer, grid: grid, guesser: guesser)
            shared[key] = writer
            writers.append(writer)
            switch method.kind {
            case .plain: drafters.append(.none(NoGuesses()))
            case .lookup(let length): drafters.append(.lookup(LookupDrafter(length: length)))
            case .table(let length):
                let known = try table ?? NGramTable(Self.texts(tablePictures, writer.vocabulary, grid, seed: seed &+ 0x7AB1E))
                table = known
                drafters.append(.table(TableDrafter(known, length: length)))
            case .draft(let sight, let way):
                guard let guesser, case .model(let shape, let rule) = way.kind else { throw CommandError.usage("\(method) needs a draft") }
                drafters.append(.model(guesser.drafter(shape, rule.rule(costs: costs[sight], confidence: 0.4))))
            }
        }
        (self.writers, self.drafters) = (writers, drafters)
        runs = methods.map { _ in [] }
    }

    private static func samples(_ grid: SceneGrid, _ count: Int, seed: UInt64) -> [PictureStream.Sample] {
        PictureStream(config: grid.look.config, colors: .all, count: count, other: 0, isVaried: false, seed: seed &+ 0x9E57).samples(Array(0..<count))
    }

    /// Texts of other pictures, a row of each; a hundred pictures at a time, which would else be kept.
    private static func texts(_ count: Int, _ vocabulary: ReasonerVocabulary, _ grid: SceneGrid, seed: UInt64) throws -> [[Int]] {
        var data = ReasonerData()
        (data.lists, data.captions, data.surrogates, data.other) = (1, 0.4, 0, 0)
        return try stride(from: 0, to: count, by: 100).flatMap { first in
            data.pictures = min(100, count - first)
            return try data.texts(vocabulary, grid, seed: RandomSource.derive(seed, UInt64(first)))
        }
    }

    /// Texts about pictures of the seed: of each a list, a caption, and the steps to some questions.
    func items(pictures: Int, questions: Int) throws -> [Item] {
        var random = RandomSource(seed: RandomSource.derive(seed, 0xA5C))
        return Self.samples(grid, pictures, seed: seed).enumerated().flatMap { number, sample -> [Item] in
            guard let scene = sample.scene else { return [] }
            var asked: [String] = []
            for template in OwnQuestions.templates.shuffled(using: &random) where asked.count < questions {
                if let text = template.filled(for: scene, OwnQuestions.domain, using: &random)?.text { asked.append(text) }
            }
            let all: [(String, PictureText)] = [("list", .list), ("caption", .caption)] + asked.map { ("rationale", .rationale(question: $0)) }
            return all.map { Item(number: number, picture: sample.picture, kind: $0, text: $1) }
        }
    }

    /// One method writes everything once.
    func run(_ index: Int, _ items: [Item]) throws {
        let writer = writers[index]
        var all: [Run] = [], looked: Int?
        for item in items {
            if looked != item.number { try writer.look(item.picture) }
            looked = item.number
            let document = try writer.document(item.text)
            switch drafters[index] {
            case .none(var drafter): all.append(try write(document.grammar, document, with: writer, &drafter))
            case .lookup(var drafter): all.append(try write(document.grammar, document, with: writer, &drafter))
            case .table(var drafter): all.append(try write(document.grammar, document, with: writer, &drafter))
            case .model(var drafter):
                all.append(try write(document.grammar, document, with: writer, &drafter))
                drafters[index] = .model(drafter)
            }
        }
        runs[index].append(all)
    }

    private func write(_ grammar: some TokenConstraint, _ document: LanguageReasoner.Document, with writer: LanguageReasoner, _ drafter: inout some Drafter) throws -> Run {
        var decoding = SpeculativeDecoding(
            target: ModelLaws(writer.batch, sampling: .greedy), drafter: TimedDrafter(drafter), constraint: grammar, matching: .sampled, seed: 0)
        try decoding.begin(document.prompt)
        var run = Run(tokens: try decoding.round(room: 0)), before = SpeculationFigures()
        decoding.figures = SpeculationFigures()
        let clock = ContinuousClock(), start = clock.now
        do {
            while !decoding.isComplete, run.tokens.count < document.limit {
                let given = try decoding.round(room: document.limit - run.tokens.count - 1), now = decoding.figures, kept = now.accepted - before.accepted, tested = now.tested - before.tested
                run.tokens += given
                run.guesses += given.indices.map { $0 < kept ? true : $0 < tested ? false : nil }
                before = now
            }
        } catch DecodingError.nothingAllowed {}
        (run.seconds, run.figures) = (start.duration(to: clock.now) / .seconds(1), decoding.figures)
        (drafter, run.drafting, run.steps) = (decoding.drafter.guesser, decoding.drafter.seconds, decoding.drafter.steps)
        return run
    }

    // MARK: figures

    private var baseline: Int { methods.firstIndex(where: \.isBaseline) ?? 0 }
    private func kinds(_ items: [Item]) -> [String] { Set(items.map(\.kind)).sorted() }

    /// Which tokens after the first state facts.
    private func facts(_ run: Run, _ item: Item) -> [Bool] { Array(writers[baseline].vocabulary.facts(run.tokens, of: item.text).dropFirst()) }

    /// Their share, by kind of text.
    func facts(_ items: [Item]) -> [String: Double] {
        var shares: [String: Double] = [:]
        guard let first = runs[baseline].first else { return shares }
        for kind in kinds(items) {
            let all = items.indices.filter { items[$0].kind == kind }.flatMap { facts(first[$0], items[$0]) }
            shares[kind] = Double(all.count { $0 }) / Double(max(1, all.count))
        }
        return shares
    }

    func rows(_ items: [Item]) -> [BenchPictureText.Row] {
        kinds(items).flatMap { kind in methods.indices.map { row($0, kind, items) } }
    }

    private func row(_ index: Int, _ kind: String, _ items: [Item]) -> BenchPictureText.Row {
        let plain = runs[baseline], own = runs[index], all = items.indices.filter { items[$0].kind == kind }
        // A text of one token or two says nothing of speed.
        let places = all.filter { place in (own + plain).allSatisfy { $0[place].tokens.count > 2 } }
        func rate(_ run: Run) -> Double { Double(run.tokens.count - 1) / max(run.seconds, 1e-9) }
        func mean(_ all: [Double]) -> Double { all.reduce(0, +) / Double(max(all.count, 1)) }
        // Texts about one picture are not independent of each other.
        let logarithms = Dictionary(grouping: places) { items[$0].number }.values.map { texts in
            mean(texts.flatMap { place in zip(own, plain).map { log(rate($0[place]) / rate($1[place])) } })
        }
        var figures = SpeculationFigures(), seconds = 0.0, drafting = 0.0, steps = 0, tokens = 0, guesses: [Bool: [Bool]] = [:], plainSeconds = 0.0, plainTokens = 0
        for (turn, other) in zip(own, plain) {
            for place in places {
                figures = figures + turn[place].figures
                seconds += turn[place].seconds
                drafting += turn[place].drafting
                steps += turn[place].steps
                tokens += turn[place].tokens.count - 1
                plainSeconds += other[place].seconds
                plainTokens += other[place].tokens.count - 1
                for (isFact, guess) in zip(facts(turn[place], items[place]), turn[place].guesses) { if let guess { guesses[isFact, default: []].append(guess) } }
            }
        }
        func share(_ all: [Bool]) -> Double? { all.isEmpty ? nil : Double(all.count { $0 }) / Double(all.count) }
        let step = plainSeconds / Double(max(1, plainTokens)), cost = steps == 0 ? 0 : drafting / Double(steps) / max(step, 1e-12)
        let depth = figures.rounds == 0 ? 0 : Double(figures.depth) / Double(figures.rounds), hasOtherWeights = methods[index].isPlain && !methods[index].isBaseline
        return BenchPictureText.Row(
            text: kind, method: methods[index].description, texts: places.count, tokens: Double(tokens) / Double(max(1, places.count * own.count)), block_efficiency: max(1, figures.blockEfficiency),
            acceptance: share(guesses.values.flatMap { $0 }), acceptance_facts: share(guesses[true] ?? []), acceptance_form: share(guesses[false] ?? []), draft_cost: cost,
            memory_bound_speedup: max(1, figures.blockEfficiency) / (cost * depth + 1), tokens_per_second: Double(tokens) / max(seconds, 1e-9), speedup: PairedRatio(logarithms: logarithms),
            same_text: hasOtherWeights ? nil : zip(own, plain).allSatisfy { turn, other in all.allSatisfy { turn[$0].tokens == other[$0].tokens } })
    }
}

/// Guesses nothing: plain decoding, in the same loop.
private struct NoGuesses: Drafter {
    var guesses: Int { 0 }
    mutating func begin(_ text: ArraySlice<Int>) {}
    mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) -> DraftTree { DraftTree(root: last) }
    mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) {}
}

/// Another drafter, and the time and the steps of its drafts but the first.
private struct TimedDrafter<Guesser: Drafter>: Drafter {
    private(set) var guesser: Guesser
    private(set) var seconds = 0.0, steps = 0
    private var isFirst = true

    init(_ guesser: Guesser) { self.guesser = guesser }

    var guesses: Int { guesser.guesses }
    mutating func begin(_ text: ArraySlice<Int>) throws { try guesser.begin(text) }
    mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree {
        let start = ContinuousClock.now, draft = try guesser.draft(after: last, grammar: &grammar, room: room, random: &random)
        if !isFirst {
            seconds += start.duration(to: .now) / .seconds(1)
            steps += draft.tree.depths.max() ?? 0
        }
        isFirst = false
        return draft
    }
    mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) throws { try guesser.keep(draft, path: path, accepted: accepted) }
    var wantsState: Bool { guesser.wantsState }
    mutating func take(state: [Float]) { guesser.take(state: state) }
}
