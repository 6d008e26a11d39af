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
        let picture: Picture
        let kind: String
        let text: PictureText
    }

    /// What writing it came to.
    private struct Run {
        var tokens: [Int] = []
        /// After the first token.
        var seconds = 0.0, drafting = 0.0
        var figures = SpeculationFigures()
        /// Of each token after the first: whether it was guessed right, wrong, or not at all.
        var guesses: [Bool?] = []
    }

    private let methods: [PictureTextMethod]
    private let writers: [LanguageReasoner], guessers: [PictureGuesser?], costs: [DraftCosts?]
    private let grid: SceneGrid, seed: UInt64
    private var table: NGramTable?
    private var runs: [[[Run]]]                              // by method, turn, item

    /// - Parameter drafts: folders, by whether they ask the picture.
    init(folder: URL, precision: WeightFormat, drafts: [Bool: String], methods: [PictureTextMethod], tablePictures: Int, seed: UInt64) throws {
        let file = try ModelFile.open(folder), tokenizer = try file.ownTokenizer(), grid = try SceneGrid(folder: folder)
        let target = try file.decoding(format: precision, positions: LanguageReasoner.positions)
        let models = try drafts.mapValues { try DraftOptions.model(named: $0, for: target, tokenizer) }
        var shared: [String: LanguageReasoner] = [:], own: [String: PictureGuesser] = [:], measured: [Bool: DraftCosts] = [:]
        var writers: [LanguageReasoner] = [], guessers: [PictureGuesser?] = [], costs: [DraftCosts?] = []
        for method in methods {
            var key = "plain", guesser: PictureGuesser?, cost: DraftCosts?
            var model = target
            switch method.kind {
            case .plain(let format?): (key, model) = (format.rawValue, try file.decoding(format: format, positions: LanguageReasoner.positions))
            case .draft(let sees, let way):
                guard let draft = models[sees] else { throw CommandError.usage("\(method) needs a draft") }
                key = sees ? "picture" : "text"
                guesser = try own[key] ?? PictureGuesser(draft, grid)
                guard guesser?.seesPicture == sees else { throw CommandError.data("\(drafts[sees] ?? ""): a draft that \(sees ? "knows the text alone" : "asks the picture"); give it with the other option") }
                own[key] = guesser
                if case .model(_, .cost) = way.kind {
                    cost = try measured[sees] ?? DraftCosts.measure(target: target, drafter: draft, sampling: .greedy, rows: 31)
                    measured[sees] = cost
                }
            default: break
            }
            let writer = try shared[key] ?? LanguageReasoner(model, tokenizer, grid: grid, guesser: guesser)
            shared[key] = writer
            writers.append(writer)
            guessers.append(guesser)
            costs.append(cost)
        }
        (self.methods, self.writers, self.guessers, self.costs, self.grid, self.seed) = (methods, writers, guessers, costs, grid, seed)
        runs = methods.map { _ in [] }
        if methods.contains(where: { if case .table = $0.kind { true } else { false } }), let first = writers.first {
            var data = ReasonerData()
            (data.pictures, data.lists, data.captions, data.surrogates, data.other) = (tablePictures, 1, 0.4, 0, 0)
            table = NGramTable(try data.texts(first.vocabulary, grid, seed: seed &+ 0x7AB1E))
        }
    }

    /// Texts about pictures of the seed: of each a list, a caption, and the steps to some questions.
    func items(pictures: Int, questions: Int) throws -> [Item] {
        var random = RandomSource(seed: RandomSource.derive(seed, 0xA5C))
        let samples = PictureStream(config: grid.look.config, colors: .all, count: pictures, other: 0, isVaried: false, seed: seed &+ 0x9E57).samples(Array(0..<pictures))
        return samples.flatMap { sample -> [Item] in
            guard let scene = sample.scene else { return [] }
            var asked: [String] = []
            for template in OwnQuestions.templates.shuffled(using: &random) where asked.count < questions {
                if let text = template.filled(for: scene, OwnQuestions.domain, using: &random)?.text { asked.append(text) }
            }
            let all: [(String, PictureText)] = [("list", .list), ("caption", .caption)] + asked.map { ("rationale", .rationale(question: $0)) }
            return all.map { Item(picture: sample.picture, kind: $0, text: $1) }
        }
    }

    /// One method writes everything once.
    func run(_ index: Int, _ items: [Item]) throws {
        let writer = writers[index]
        var all: [Run] = []
        for item in items {
            try writer.look(item.picture)
            let document = try writer.document(item.text)
            switch methods[index].kind {
            case .plain: all.append(try write(document.grammar, document, with: writer, NoGuesses()))
            case .lookup(let length): all.append(try write(document.grammar, document, with: writer, LookupDrafter(length: length)))
            case .table(let length):
                guard let table else { continue }
                all.append(try write(document.grammar, document, with: writer, TableDrafter(table, length: length)))
            case .draft(_, let way):
                guard let guesser = guessers[index], case .model(let shape, let rule) = way.kind else { continue }
                all.append(try write(document.grammar, document, with: writer, guesser.drafter(shape, rule.rule(costs: costs[index], confidence: 0.4))))
            }
        }
        runs[index].append(all)
    }

    private func write(_ grammar: some TokenConstraint, _ document: LanguageReasoner.Document, with writer: LanguageReasoner, _ drafter: some Drafter) throws -> Run {
        let watch = Stopwatch()
        var decoding = SpeculativeDecoding(
            target: ModelLaws(writer.batch, sampling: .greedy), drafter: TimedDrafter(drafter, watch), constraint: grammar, matching: .sampled, seed: 0)
        try decoding.begin(document.prompt)
        var run = Run(tokens: try decoding.round(room: 0)), before = SpeculationFigures()
        (decoding.figures, watch.seconds) = (SpeculationFigures(), 0)
        let clock = ContinuousClock(), start = clock.now
        do {
            while !decoding.isComplete, run.tokens.count < document.limit {
                let given = try decoding.round(room: document.limit - run.tokens.count - 1), now = decoding.figures, kept = now.accepted - before.accepted, tested = now.tested - before.tested
                run.tokens += given
                run.guesses += given.indices.map { $0 < kept ? true : $0 < tested ? false : nil }
                before = now
            }
        } catch DecodingError.nothingAllowed {}
        (run.seconds, run.drafting, run.figures) = (start.duration(to: clock.now) / .seconds(1), watch.seconds, decoding.figures)
        return run
    }

    // MARK: figures

    private var baseline: Int { methods.firstIndex(where: \.isBaseline) ?? 0 }
    private func kinds(_ items: [Item]) -> [String] { Set(items.map(\.kind)).sorted() }

    /// Which tokens after the first tell what only the picture shows.
    private func telling(_ run: Run, _ item: Item) -> [Bool] { Array(writers[baseline].vocabulary.telling(run.tokens, of: item.text).dropFirst()) }

    func telling(_ items: [Item]) -> [String: Double] {
        var shares: [String: Double] = [:]
        guard let first = runs[baseline].first else { return shares }
        for kind in kinds(items) {
            let all = items.indices.filter { items[$0].kind == kind }.flatMap { telling(first[$0], items[$0]) }
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
        let logarithms = places.map { place -> Double in
            let turns = zip(own, plain).map { log(rate($0[place]) / rate($1[place])) }
            return turns.reduce(0, +) / Double(max(turns.count, 1))
        }
        var figures = SpeculationFigures(), seconds = 0.0, drafting = 0.0, tokens = 0, guesses: [Bool: [Bool]] = [:], plainSeconds = 0.0, plainTokens = 0
        for (turn, other) in zip(own, plain) {
            for place in places {
                figures = figures + turn[place].figures
                seconds += turn[place].seconds
                drafting += turn[place].drafting
                tokens += turn[place].tokens.count - 1
                plainSeconds += other[place].seconds
                plainTokens += other[place].tokens.count - 1
                for (isTelling, guess) in zip(telling(turn[place], items[place]), turn[place].guesses) { if let guess { guesses[isTelling, default: []].append(guess) } }
            }
        }
        func share(_ all: [Bool]) -> Double? { all.isEmpty ? nil : Double(all.count { $0 }) / Double(all.count) }
        let step = plainSeconds / Double(max(1, plainTokens)), cost = figures.depth == 0 ? 0 : drafting / Double(figures.depth) / max(step, 1e-12)
        let depth = figures.rounds == 0 ? 0 : Double(figures.depth) / Double(figures.rounds), hasOtherWeights = methods[index].isPlain && !methods[index].isBaseline
        return BenchPictureText.Row(
            text: kind, method: methods[index].description, texts: places.count, tokens: Double(tokens) / Double(max(1, places.count * own.count)), block_efficiency: max(1, figures.blockEfficiency),
            acceptance: share(guesses.values.flatMap { $0 }), acceptance_telling: share(guesses[true] ?? []), acceptance_form: share(guesses[false] ?? []), draft_cost: cost,
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

/// Seconds that drafts took.
private final class Stopwatch { var seconds = 0.0 }

/// Another drafter, and the time that it takes.
private struct TimedDrafter<Guesser: Drafter>: Drafter {
    private var guesser: Guesser
    private let watch: Stopwatch

    init(_ guesser: Guesser, _ watch: Stopwatch) { (self.guesser, self.watch) = (guesser, watch) }

    var guesses: Int { guesser.guesses }
    mutating func begin(_ text: ArraySlice<Int>) throws { try guesser.begin(text) }
    mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree {
        let start = ContinuousClock.now
        defer { watch.seconds += start.duration(to: .now) / .seconds(1) }
        return try guesser.draft(after: last, grammar: &grammar, room: room, random: &random)
    }
    mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) throws { try guesser.keep(draft, path: path, accepted: accepted) }
}
