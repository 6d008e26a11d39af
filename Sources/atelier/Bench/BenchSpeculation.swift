import ArgumentParser
import Foundation
import Language
import Speculation
import Tensors

struct BenchSpeculation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speculation",
        abstract: "Speculative decoding beside plain decoding: tokens a pass, guesses kept, speed.",
        discussion: """
            Every method writes the same texts from the same prompts at each temperature, in turns whose order rotates; speeds are compared prompt by \
            prompt with plain decoding of the same weights, as ratios with 95 % intervals over prompts. Loading and prompts are not counted.

            Methods: plain, plain:int8, chain:5, chain:10:adaedl (or confidence, cost), rsd-c:3,2,1, rsd-s:4x5 (wide x deep), iid:2,2, lookup:5.

            Example:  atelier bench speculation models/base --draft self:6 --temperatures 0,0.7
                      atelier bench speculation models/base --draft lookup --methods plain lookup:3 lookup:8
            """)

    @Argument(help: "The model that decides: folder, adapter or GGUF file, or the name of an installed model.") var model: String
    @Option(help: ArgumentHelp("Who guesses: a model with the same tokens, `self:N` (the model's first N blocks) or `lookup`.", valueName: "model")) var draft: DraftOptions.Source
    @Option(parsing: .upToNextOption, help: ArgumentHelp("What to compare; else plain decoding and a choice of all.", valueName: "method")) var methods: [SpeculationMethod] = []
    @Option(help: ArgumentHelp("Chains and trees of equal budgets instead: 6, 10, 14, 21 or 30 guesses.", valueName: "n,…")) var budgets: String?
    @Option(help: ArgumentHelp("Temperatures.", valueName: "t,…")) var temperatures = "0,0.7,1,1.5"
    @Option(help: ArgumentHelp("New tokens a text.", valueName: "n")) var tokens = 64
    @Option(help: ArgumentHelp("Prompts of each kind (instructions and beginnings), 1 to 12.", valueName: "n")) var prompts = 6
    @Option(help: "Turns.") var repeats = 5
    @Option(help: ArgumentHelp("Weights of the model as f32, bf16, int8 or int4; else as it has them.", valueName: "format")) var precision: WeightFormat?
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Print one JSON document.") var json = false

    /// One method at one temperature.
    struct Row: Codable {
        let method: String, temperature: Float, budget: Int
        /// Tokens a pass of the target; of guesses those kept, by tested and by drafted; guesses drafted in vain a token.
        let block_efficiency, acceptance_per_tested, acceptance_per_drafted, waste: Double
        /// τ / (c·L + 1): speed-up where passes of the target cost the same whatever their rows (Goel et al. 2024); c by measurement.
        let memory_bound_speedup: Double
        let tokens_per_second: Double
        /// Over plain decoding of the same weights.
        let speedup: Double, speedup_low: Double?, speedup_high: Double?
        /// Whether the texts are those of plain decoding; not there where chance or weights are not the same.
        let same_text: Bool?
    }

    struct Report: Codable {
        let machine: String, threads: Int, model: String, draft: String
        let tokens, prompts, repeats: Int
        /// A step of the drafter, and passes of the target over 1, 2, 3, … rows, in plain steps.
        let costs: DraftCosts
        let rows: [Row]
    }

    func validate() throws {
        guard 2...4_096 ~= tokens else { throw ValidationError("--tokens takes 2 to 4,096") }
        guard 1...12 ~= prompts else { throw ValidationError("--prompts takes 1 to 12") }
        guard 1...1_000 ~= repeats else { throw ValidationError("--repeats takes 1 to 1,000") }
        _ = try parsedTemperatures()
        _ = try chosen()
    }

    private func parsedTemperatures() throws -> [Float] {
        let all = temperatures.split(separator: ",").map { Float($0) }
        guard !all.isEmpty, all.allSatisfy({ $0.map { 0...4 ~= $0 } ?? false }) else { throw ValidationError("--temperatures takes numbers from 0 to 4 with commas, as in 0,0.7") }
        return all.compactMap { $0 }
    }

    private func chosen() throws -> [SpeculationMethod] {
        if !methods.isEmpty {
            guard budgets == nil else { throw ValidationError("--budgets and --methods are two ways to choose; give one") }
            return methods
        }
        func named(_ names: [String]) -> [SpeculationMethod] { names.compactMap { SpeculationMethod(argument: $0) } }
        if case .lookup = draft {
            guard budgets == nil else { throw ValidationError("--budgets compares trees; --draft lookup guesses in chains of its own") }
            return named(["plain", "lookup:3", "lookup:5", "lookup:10"])
        }
        guard let budgets else {
            return named(["plain", "plain:int8", "chain:2", "chain:3", "chain:5", "chain:10:adaedl", "chain:10:confidence", "chain:10:cost", "rsd-c:2,2", "rsd-s:3x3", "iid:2,2"])
        }
        let sizes = budgets.split(separator: ",").map { Int($0) ?? 0 }, each = sizes.map { SpeculationMethod.all(ofBudget: $0) }
        guard !each.isEmpty, each.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("--budgets takes 6, 10, 14, 21 and 30 with commas, not \(budgets)") }
        return named(["plain"]) + each.flatMap { $0 }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let file = try ModelFile.open(ModelLibrary.folder(model)), tokenizer = try file.ownTokenizer()
            let turns = file.chatTemplate == nil ? nil : try file.chat(), endTokens = Set(file.config.endTokens + (turns.map { [$0.end] } ?? []))
            let texts = ids(file, turns, tokenizer), capacity = min(file.config.positions, (texts.map(\.count).max() ?? 1) + tokens + DecodingBatch.largestTree)
            let target = try file.decoding(format: precision, positions: capacity)
            let guesser = try DraftOptions.model(draft, for: target, tokenizer)
            let costs = try DraftCosts.measure(target: target, drafter: guesser, sampling: Sampling(), rows: 31)
            let chosen = try chosen(), baseline = chosen.contains(where: \.isBaseline) ? [] : [SpeculationMethod(argument: "plain")].compactMap { $0 }, methods = baseline + chosen
            let runners = try methods.map { method -> Runner in
                if guesser == nil, case .model = method.kind { throw CommandError.usage("--draft lookup guesses in chains of its own: take lookup:N for \(method)") }
                let own = if case .plain(let format?) = method.kind { try file.decoding(format: format, positions: capacity) } else { target }
                return Runner(method: method, target: own, guesser: guesser, costs: costs, capacity: capacity, endTokens: endTokens)
            }
            let temperatures = try parsedTemperatures(), progress = CountProgress(of: temperatures.count * repeats * runners.count)
            var rows: [Row] = [], done = 0
            for temperature in temperatures {
                var runs = [[Runner.Run]](repeating: [], count: runners.count)
                for turn in 0..<repeats {
                    for place in runners.indices {
                        let index = (place + turn) % runners.count
                        runs[index].append(try runners[index].run(texts, temperature: temperature, tokens: tokens, seed: UInt64(turn)))
                        done += 1
                        progress.show(done: done)
                    }
                }
                let plain = runners.firstIndex(where: \.method.isBaseline) ?? 0
                rows += zip(runners, runs).map { $0.row(temperature, $1, beside: runs[plain]) }
            }
            progress.clear()
            let report = Report(
                machine: "\(BenchMachine.processor), \(Compute.kernels.rawValue)", threads: Compute.threads, model: model, draft: draft.description, tokens: tokens,
                prompts: texts.count, repeats: repeats, costs: costs, rows: rows)
            if json { try printJSON(report) } else { try say(table(report)) }
        }
    }

    /// Instructions in chat turns where the model has any, and beginnings of texts.
    private func ids(_ file: ModelFile, _ turns: ChatTurns?, _ tokenizer: Tokenizer) -> [[Int]] {
        let begin = file.beginTokens
        let asked = FrozenPrompts.instructions.prefix(prompts).map { turns?.prompt([.user($0)], tokenizer) ?? begin + tokenizer.encode($0) }
        return asked + FrozenPrompts.beginnings.prefix(prompts).map { begin + tokenizer.encode($0) }
    }

    private func table(_ report: Report) -> String {
        func cells(_ row: Row) -> String {
            String(format: "%.2f | %.0f | %.0f | %.2f | %.2f | %.1f | ", row.block_efficiency, 100 * row.acceptance_per_tested, 100 * row.acceptance_per_drafted, row.waste,
                   row.memory_bound_speedup, row.tokens_per_second) + PairedRatio.shown(row.speedup, row.speedup_low, row.speedup_high)
        }
        let costs = String(format: "a step of the drafter costs %.3f of the model's, passes over 2, 4, 8, 16 rows %.2f, %.2f, %.2f, %.2f", report.costs.draft, report.costs.target(rows: 2),
                           report.costs.target(rows: 4), report.costs.target(rows: 8), report.costs.target(rows: 16))
        return """
            \(report.machine), \(counted(report.threads, "thread")); \(report.model), draft \(report.draft); \(report.prompts) prompts, \(report.tokens) tokens, \(counted(report.repeats, "turn"))
            \(costs)

            | temperature | method | tokens a pass | kept of tested, % | of drafted, % | in vain a token | MBSU | tokens/s | beside plain |
            |---|---|---|---|---|---|---|---|---|
            \(report.rows.map { "| \($0.temperature) | \($0.method)\($0.same_text == false ? " (ANOTHER TEXT)" : "") | \(cells($0)) |" }.joined(separator: "\n"))
            """
    }
}

/// A method with its models.
private struct Runner {
    let method: SpeculationMethod
    let target: DecodingModel
    let guesser: DraftModel?
    let costs: DraftCosts
    let capacity: Int
    let endTokens: Set<Int>

    /// All prompts once.
    struct Run {
        var texts: [[Int]] = []
        /// Seconds of each text after its prompt.
        var seconds: [Double] = []
        var figures = SpeculationFigures()
    }

    func run(_ prompts: [[Int]], temperature: Float, tokens: Int, seed: UInt64) throws -> Run {
        let sampling = Sampling(temperature: temperature)
        switch method.kind {
        case .plain: return try plain(prompts, sampling, tokens: tokens, seed: seed)
        case .lookup(let length): return try speculate(LookupDrafter(length: length), prompts, sampling, tokens: tokens, seed: seed)
        case .model(let shape, let rule):
            guard let guesser else { return Run() }
            let laws = guesser.laws(capacity: min(capacity, guesser.model.positions), sampling: sampling, temperature: temperature == 0 ? 1 : nil)
            return try speculate(
                ModelDrafter(laws, shape: shape, rule: rule.rule(costs: costs, confidence: 0.4), isGreedy: temperature == 0), prompts, sampling, tokens: tokens, seed: seed)
        }
    }

    private func plain(_ prompts: [[Int]], _ sampling: Sampling, tokens: Int, seed: UInt64) throws -> Run {
        let session = DecodingSession(target, capacity: capacity), clock = ContinuousClock()
        var run = Run()
        for (index, prompt) in prompts.enumerated() {
            session.truncate(to: 0)
            var sampler = Sampler(sampling, seed: RandomSource.derive(seed, UInt64(index))), constraint = FreeText(endTokens: endTokens), first: ContinuousClock.Instant?
            let text = try generate(session, prompt: prompt, sampler: &sampler, constraint: &constraint, limit: tokens) { _, _ in
                first = first ?? clock.now
                return true
            }
            run.seconds.append(first.map { $0.duration(to: clock.now) / .seconds(1) } ?? 0)
            run.texts.append(text)
        }
        return run
    }

    private func speculate(_ drafter: some Drafter, _ prompts: [[Int]], _ sampling: Sampling, tokens: Int, seed: UInt64) throws -> Run {
        var decoding = SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(target, capacity: capacity), sampling: sampling), drafter: drafter, constraint: FreeText(endTokens: endTokens), seed: seed)
        let clock = ContinuousClock()
        var run = Run()
        for prompt in prompts {
            // The first token is plain decoding's too: it reads the prompt.
            try decoding.begin(prompt, constraint: FreeText(endTokens: endTokens))
            var text = try decoding.round(room: 0)
            decoding.figures = SpeculationFigures()
            let start = clock.now
            while text.count < tokens, !decoding.isComplete { text += try decoding.round(room: tokens - text.count - 1) }
            run.seconds.append(start.duration(to: clock.now) / .seconds(1))
            run.texts.append(text)
            run.figures = run.figures + decoding.figures
        }
        return run
    }

    /// - Parameter plain: the runs of plain decoding in the same turns.
    func row(_ temperature: Float, _ runs: [Run], beside plain: [Run]) -> BenchSpeculation.Row {
        let figures = runs.reduce(SpeculationFigures()) { $0 + $1.figures }
        let rate = { (run: Run, index: Int) in Double(max(run.texts[index].count - 1, 1)) / max(run.seconds[index], 1e-9) }
        // A prompt is a unit: its logarithm of the ratio, over the turns; texts that ended at once say nothing.
        let prompts = (plain.first?.texts ?? []).indices.filter { index in (runs + plain).allSatisfy { $0.texts[index].count > 1 } }
        let ratio = PairedRatio(logarithms: prompts.map { index in zip(runs, plain).reduce(0) { $0 + log(rate($1.0, index) / rate($1.1, index)) } / Double(max(runs.count, 1)) })
        let tokens = runs.reduce(0) { $0 + $1.texts.reduce(0) { $0 + $1.count - 1 } }, seconds = runs.reduce(0) { $0 + $1.seconds.reduce(0, +) }
        let depth = figures.rounds == 0 ? 0 : Double(figures.depth) / Double(figures.rounds), isPlain = method.budget == 0
        let isSame: Bool? = temperature == 0 && (method.isBaseline || !isPlain) ? zip(runs, plain).allSatisfy { $0.texts == $1.texts } : nil
        return BenchSpeculation.Row(
            method: method.description, temperature: temperature, budget: method.budget, block_efficiency: isPlain ? 1 : figures.blockEfficiency,
            acceptance_per_tested: figures.acceptancePerTested, acceptance_per_drafted: figures.acceptancePerDrafted,
            waste: isPlain ? 0 : Double(figures.drafted - figures.accepted) / Double(max(tokens, 1)),
            memory_bound_speedup: isPlain ? 1 : figures.blockEfficiency / ((guesser == nil ? 0 : costs.draft) * depth + 1), tokens_per_second: Double(tokens) / max(seconds, 1e-9),
            speedup: ratio.mean, speedup_low: ratio.low, speedup_high: ratio.high, same_text: isSame)
    }
}
