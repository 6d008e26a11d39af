import Language
import Speculation
import Tensors
import Testing

@Suite struct EngineTests {
    static let config = DecoderConfig(width: 32, layers: 3, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: 40, positions: 300, endTokens: [2])

    /// A model whose embeddings are large, so that its texts vary.
    static func model(seed: UInt64, format: WeightFormat = .float32) -> DecodingModel {
        let decoder = Decoder(config: config, seed: seed)
        for parameter in decoder.parameters where parameter.name == "model.embed_tokens.weight" { parameter.tensor.copy(from: parameter.tensor.array().map { 8 * $0 }) }
        return DecodingModel(decoder, format: format)
    }

    static func plain(_ model: DecodingModel, _ prompt: [Int], _ sampling: Sampling, seed: UInt64, limit: Int) throws -> [Int] {
        var sampler = Sampler(sampling, seed: seed), constraint = FreeText(endTokens: config.endTokens)
        return try generate(DecodingSession(model, capacity: 300), prompt: prompt, sampler: &sampler, constraint: &constraint, limit: limit)
    }

    static let shapes: [DraftShape] = [.chain(1), .chain(5), .branching([3, 2, 1]), .beam(width: 4, depth: 4), .branching([2, 1, 1], replacement: true)]

    @Test("Greedy text is that of plain decoding, token by token, whoever guesses", arguments: shapes, [WeightFormat.float32, .int8])
    func greedy(shape: DraftShape, format: WeightFormat) throws {
        let target = Self.model(seed: 1, format: format)
        for (index, drafter) in [Self.model(seed: 2), target, target.first(1)].enumerated() {
            var decoding = SpeculativeDecoding(
                target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: .greedy),
                drafter: ModelDrafter(ModelLaws(DecodingBatch(drafter, capacity: 200), sampling: .greedy, temperature: 1), shape: shape, isGreedy: true),
                constraint: FreeText(endTokens: Self.config.endTokens), seed: 5)
            for prompt in [[7], [3, 9, 4, 11], Array(4..<40)] {
                let text = try Self.plain(target, prompt, .greedy, seed: 0, limit: 90)
                try decoding.begin(prompt, constraint: FreeText(endTokens: Self.config.endTokens))
                #expect(try decoding.speculate(prompt, limit: 90) == text)
            }
            if index == 1 { #expect(decoding.figures.blockEfficiency > 0.9 * Double(shape.depth + 1), "the target guesses its own tokens") }
        }
    }

    @Test("A drafter that is told the target's states changes no text either", arguments: shapes) func told(shape: DraftShape) throws {
        let target = Self.model(seed: 1)
        var config = Self.config
        config.hintWidth = config.width
        let decoder = Decoder(config: config, seed: 2)
        for parameter in decoder.parameters where parameter.name.hasPrefix("model.hint_proj") || parameter.name.hasPrefix("model.embed") { parameter.tensor.copy(from: parameter.tensor.array().map { 8 * $0 }) }
        for sampling in [Sampling.greedy, Sampling(temperature: 0.8, topK: 12)] {
            for prompt in [[7], [3, 9, 4, 11]] {
                let drafter = ModelLaws(DecodingBatch(DecodingModel(decoder), capacity: 200), sampling: sampling, temperature: sampling.temperature == 0 ? 1 : nil)
                var decoding = SpeculativeDecoding(
                    target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: sampling, seed: 3), drafter: ModelDrafter(drafter, shape: shape, isGreedy: true),
                    constraint: FreeText(endTokens: config.endTokens), matching: .sampled, seed: 5)
                #expect(try drafter.wantsState && decoding.speculate(prompt, limit: 60) == Self.plain(target, prompt, sampling, seed: 3, limit: 60))
            }
        }
    }

    @Test("What a drafter is told is the target's state before the last token") func telling() throws {
        let target = Self.model(seed: 1)
        var decoding = SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(target, capacity: 100), sampling: .greedy), drafter: Listener(), constraint: FreeText(endTokens: []), seed: 0)
        var text = [5, 9, 3]
        try decoding.begin(text)
        for _ in 0..<6 {
            text += try decoding.round(room: 1)
            let batch = DecodingBatch(target, capacity: 100)
            batch.keepsStates = true
            try batch.grow(0, after: Array(text.dropLast(2)), to: TokenTree(chain: [text[text.count - 2]]))
            #expect(decoding.drafter.state == batch.state(0, node: 0))
        }
        #expect(text.count > 9)
    }

    @Test("A told drafter's guesses are those of its model with the target's state beside the last token, whatever was kept before", arguments: [0, 1, 2, 3]) func toldLaws(kept: Int) throws {
        let target = Self.model(seed: 1)
        var config = Self.config
        config.hintWidth = config.width
        let decoder = Decoder(config: config, seed: 2)
        for parameter in decoder.parameters where parameter.name.hasPrefix("model.hint_proj") { parameter.tensor.copy(from: parameter.tensor.array().map { 40 * $0 }) }
        let model = DecodingModel(decoder), text = [5, 9, 3, 17], state = (0..<32).map { Float($0 % 5) - 2 }
        var mask = TokenMask(count: 40)
        mask.allowAll()
        func law(hint: [Float]?, after given: [Int]) throws -> [Double] {
            let batch = DecodingBatch(model, capacity: 60)
            // Tokens that it has read in rounds before are read without a hint, as they were.
            try batch.grow(0, after: Array(given.dropLast()), to: TokenTree(chain: [given[given.count - 1]]), hint: hint)
            var sampler = Sampler(Sampling(), seed: 0)
            return sampler.law(batch.logits(0, node: 0), mask: mask, temperature: 1).probabilities.map(Double.init)
        }
        var laws = ModelLaws(DecodingBatch(model, capacity: 60), sampling: Sampling())
        try laws.begin(text.dropLast()[...])
        var draft = DraftTree(root: text[3])
        let first = draft.add([8], below: 0, drawn: .chosen)[0], second = draft.add([21], below: first, drawn: .chosen)[0]
        var given = text
        if kept > 0 {
            // A chain of two guesses, of which it has read one: none, one or both are kept; the root of the next round is the target's.
            try laws.grow(to: TokenTree(chain: [text[3], 8]))
            try laws.keep(Array([0, first, second].prefix(kept)), of: draft.tree)
            given = text + [8, 21].prefix(kept - 1) + [30]
            laws.take(state: state)
        }
        try laws.grow(to: TokenTree(chain: [given[given.count - 1]]))
        let own = try laws.law(after: 0, mask: mask).probabilities.map(Double.init), expected = try law(hint: kept > 0 ? state : nil, after: given)
        #expect(zip(own, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        let other = try law(hint: kept > 0 ? nil : state, after: given)
        #expect(zip(own, other).contains { abs($0 - $1) > 1e-3 }, "the state matters")
        // Another text has no state yet, and one of another width is none.
        try laws.begin(text.dropLast()[...])
        laws.take(state: [1, 2])
        try laws.grow(to: TokenTree(chain: [text[3]]))
        #expect(try zip(laws.law(after: 0, mask: mask).probabilities.map(Double.init), law(hint: nil, after: text)).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// Guesses one token, right or wrong, and keeps what it is told.
    private struct Listener: Drafter {
        var state: [Float] = []
        let guesses = 1, wantsState = true
        mutating func begin(_ text: ArraySlice<Int>) {}
        mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) -> DraftTree {
            var draft = DraftTree(root: last)
            _ = draft.add([last], below: 0, drawn: .chosen)
            return draft
        }
        mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) {}
        mutating func take(state: [Float]) { self.state = state }
    }

    @Test("Sampled and matched text is plain decoding's with the same seed", arguments: shapes) func sampled(shape: DraftShape) throws {
        let target = Self.model(seed: 1), sampling = Sampling(temperature: 0.8, topK: 12, topP: 0.95)
        for seed in 0..<4 {
            var decoding = SpeculativeDecoding(
                target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: sampling, seed: UInt64(seed)),
                drafter: ModelDrafter(ModelLaws(DecodingBatch(Self.model(seed: 2), capacity: 200), sampling: sampling), shape: shape, isGreedy: true),
                constraint: FreeText(endTokens: Self.config.endTokens), matching: .sampled, seed: 9)
            #expect(try decoding.speculate([5, 6], limit: 60) == Self.plain(target, [5, 6], sampling, seed: UInt64(seed), limit: 60))
        }
    }

    @Test("A table knows what mostly follows the longest context, and its guesses change no text") func table() throws {
        let table = NGramTable([[1, 2, 3], [1, 2, 3], [1, 2, 4], [9, 2, 4], [9, 2, 4, 7]], longest: 2)
        #expect(table.next(after: [1, 2])?.token == 3 && table.next(after: [9, 2])?.token == 4 && table.next(after: [2])?.token == 4 && table.next(after: [5, 9])?.token == 2)
        #expect(abs((table.next(after: [8, 2])?.share ?? 0) - 3.0 / 5) < 1e-12 && table.next(after: [7]) == nil && table.next(after: []) == nil)
        var drafter = TableDrafter(table, length: 4, least: 0.5), random = RandomSource(seed: 0), grammar = TreeGrammar(FreeText(endTokens: [7]), vocabularySize: 40)
        drafter.begin([5, 9])
        #expect(try drafter.draft(after: 2, grammar: &grammar, room: 9, random: &random).tree.tokens == [2, 4, 7], "nothing after an end")
        grammar = TreeGrammar(FreeText(endTokens: [7]), vocabularySize: 40)
        #expect(try drafter.draft(after: 2, grammar: &grammar, room: 1, random: &random).tree.tokens == [2, 4])

        let target = Self.model(seed: 1), prompt = [3, 9, 4, 11], text = try Self.plain(target, prompt, .greedy, seed: 0, limit: 120), known = NGramTable([prompt + text])
        var decoding = SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: .greedy), drafter: TableDrafter(known, length: 6), constraint: FreeText(endTokens: Self.config.endTokens), seed: 5)
        #expect(try decoding.speculate(prompt, limit: 120) == text)
        #expect(decoding.figures.rounds < text.count)
    }

    @Test("A text that repeats itself is found in itself") func lookup() throws {
        let target = Self.model(seed: 1)
        var decoding = SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: .greedy), drafter: LookupDrafter(length: 6),
            constraint: FreeText(endTokens: Self.config.endTokens), seed: 5)
        let prompt = [3, 9, 4, 11], text = try Self.plain(target, prompt, .greedy, seed: 0, limit: 120)
        #expect(try decoding.speculate(prompt, limit: 120) == text)
        #expect(decoding.figures.rounds < text.count, "greedy text of a small model turns in circles")

        var drafter = LookupDrafter(length: 4), random = RandomSource(seed: 0)
        drafter.begin([1, 2, 3, 4, 5, 1, 2, 9, 1])
        func tokens(after last: Int, room: Int = 9) throws -> [Int] {
            var grammar = TreeGrammar(FreeText(endTokens: [4]), vocabularySize: 40)
            return try drafter.draft(after: last, grammar: &grammar, room: room, random: &random).tree.tokens
        }
        #expect(try tokens(after: 2) == [2, 9, 1, 2], "the latest of the longest")
        #expect(try tokens(after: 2, room: 1) == [2, 9])
        #expect(try tokens(after: 3) == [3, 4], "nothing after an end")
        #expect(try tokens(after: 30) == [30])
    }

    @Test("The text ends where it must: at the limit, at the end token, where the caller says") func ends() throws {
        let target = Self.model(seed: 1), batch = DecodingBatch(target, capacity: 120)
        for limit in [1, 2, 7] {
            var decoding = SpeculativeDecoding(
                target: ModelLaws(batch, sampling: Sampling()), drafter: ModelDrafter(ModelLaws(DecodingBatch(target, capacity: 120), sampling: Sampling()), shape: .chain(4)),
                constraint: FreeText(), seed: UInt64(limit))
            #expect(try decoding.speculate([5], limit: limit).count == limit)
            #expect(try decoding.speculate([5], limit: 50) { _ in false }.count == 1)
        }
        for seed in 0..<20 {
            var decoding = SpeculativeDecoding(
                target: ModelLaws(batch, sampling: Sampling()), drafter: ModelDrafter(ModelLaws(DecodingBatch(target, capacity: 120), sampling: Sampling()), shape: .beam(width: 3, depth: 3)),
                constraint: FreeText(endTokens: Set(0..<8)), seed: UInt64(seed))
            let text = try decoding.speculate([9], limit: 80)
            #expect(text.dropLast().allSatisfy { $0 >= 8 } && (text.last.map { $0 < 8 } ?? false || text.count == 80))
        }
    }

    @Test("To the end of the context it is plain decoding's text, and a drafter that knows fewer positions does no harm", arguments: shapes) func context(shape: DraftShape) throws {
        let target = Self.model(seed: 1), small = Self.model(seed: 2)
        for (own, others) in [(40, 200), (200, 30), (60, 20)] {
            let session = DecodingSession(target, capacity: own)
            var sampler = Sampler(.greedy, seed: 0), constraint = FreeText()
            let prompt = Array(3..<30), text = try generate(session, prompt: prompt, sampler: &sampler, constraint: &constraint, limit: 100)
            var decoding = SpeculativeDecoding(
                target: ModelLaws(DecodingBatch(target, capacity: own), sampling: .greedy),
                drafter: ModelDrafter(ModelLaws(DecodingBatch(small, capacity: others), sampling: .greedy, temperature: 1), shape: shape, isGreedy: true),
                constraint: FreeText(), seed: 5)
            #expect(try decoding.speculate(prompt, limit: min(100, own - prompt.count + 1)) == text)
            #expect(throws: DecodingError.self) { try decoding.speculate(Array(repeating: 4, count: own), limit: 5) }
        }
    }

    @Test("Texts of a real model, counted, have the law that its logits say") func law() throws {
        let config = DecoderConfig(width: 16, layers: 1, heads: 2, hiddenWidth: 24, vocabularySize: 6, positions: 80), sampling = Sampling(temperature: 0.9, topK: 4)
        func model(_ seed: UInt64) -> DecodingModel {
            let decoder = Decoder(config: config, seed: seed)
            for parameter in decoder.parameters where parameter.name == "model.embed_tokens.weight" { parameter.tensor.copy(from: parameter.tensor.array().map { 20 * $0 }) }
            return DecodingModel(decoder)
        }
        let target = model(1), session = DecodingSession(target, capacity: 80)
        var sampler = Sampler(sampling, seed: 0), law: [[Int]: Double] = [:]
        for first in 0..<6 {
            session.truncate(to: 0)
            try session.extend(with: [2, 5])
            let before = Double(try session.withLogits { sampler.law($0) }[first])
            try session.extend(with: first)
            let after = try session.withLogits { sampler.law($0) }
            for second in 0..<6 where before > 0 && after[second] > 0 { law[[first, second]] = before * Double(after[second]) }
        }
        for shape in [DraftShape.chain(2), .branching([3, 2]), .beam(width: 3, depth: 2), .branching([2, 1], replacement: true)] {
            var counts: [[Int]: Int] = [:]
            var decoding = SpeculativeDecoding(
                target: ModelLaws(DecodingBatch(target, capacity: 80), sampling: sampling),
                drafter: ModelDrafter(ModelLaws(DecodingBatch(model(2), capacity: 80), sampling: sampling), shape: shape), constraint: FreeText(), seed: 11)
            for _ in 0..<10_000 { counts[try Array(decoding.speculate([2, 5], limit: 3).prefix(2)), default: 0] += 1 }
            #expect(law.count > 8 && ChiSquare(counts, law: law).probability > 1e-4, "\(shape)")
        }
    }

    @Test("Shapes that cannot be are named, however large") func impossible() {
        for shape in [DraftShape.branching([9_999_999_999, 9_999_999_999, 3]), .beam(width: .max, depth: 2), .branching([4, 4, 4]), .branching([0]), .beam(width: 0, depth: 1), .chain(64)] {
            #expect(shape.problem != nil)
        }
        #expect(DraftShape.branching([3, 2, 1]).guesses == 15 && DraftShape.beam(width: 3, depth: 4).guesses == 12 && DraftShape.chain(63).problem == nil)
        #expect(DraftShape.chain(3).isChain && !DraftShape.beam(width: 1, depth: 3).isChain && !DraftShape.branching([2, 1]).isChain)
    }

    @Test("Logits that are no numbers are an error") func notFinite() throws {
        let decoder = Decoder(config: Self.config, seed: 1)
        for parameter in decoder.parameters where parameter.name == "model.norm.weight" { parameter.tensor.copy(from: parameter.tensor.array().map { _ in 3e38 }) }
        var decoding = SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(DecodingModel(decoder), capacity: 80), sampling: .greedy), drafter: LookupDrafter(length: 3), constraint: FreeText(), seed: 1)
        #expect(throws: DecodingError.notFinite(position: 2)) { try decoding.speculate([1, 2, 3], limit: 4) }
    }

    @Test("Costs are measured in steps of the target") func costs() throws {
        let target = Self.model(seed: 1), costs = try DraftCosts.measure(target: target, drafter: DraftModel(target.first(1)), sampling: Sampling(), rows: 11)
        #expect(costs.target.count == 11 && costs.target[0] == 1 && costs.draft > 0 && costs.reading > 0 && costs.reading < 2 * costs.draft && costs.target.allSatisfy { $0 > 0 })
        #expect(abs(costs.target(rows: 22) - 2 * costs.target[10]) < 1e-9 && costs.target(rows: 0) == 1)
        #expect(try DraftCosts.measure(target: target, drafter: nil, sampling: .greedy, rows: 1).draft == 0)
    }

    @Test("The cost rule drafts far where guesses are cheap and good, and not at all where they do not pay") func costRule() throws {
        let target = ToyModel(vocabularySize: 6, sharpness: 3, seed: 1), other = ToyModel(vocabularySize: 6, sharpness: 3, seed: 2)
        func figures(_ drafter: ToyModel, _ costs: DraftCosts) throws -> (SpeculationFigures, CostRule) {
            var decoding = SpeculativeDecoding(
                target: target, drafter: ModelDrafter(drafter, shape: .chain(8), rule: .cost(CostRule(costs))), constraint: FreeText(), seed: 3)
            _ = try decoding.speculate([0], limit: 3_000)
            guard case .cost(let rule) = decoding.drafter.rule else { throw CancellationError() }
            return (decoding.figures, rule)
        }
        let cheap = DraftCosts(draft: 0.02, target: [Double](repeating: 1, count: 9)), dear = DraftCosts(draft: 0.7, target: (0..<9).map { 1 + 0.3 * Double($0) })
        let (good, rule) = try figures(target, cheap)
        #expect(good.blockEfficiency > 8 && rule.foretold > 4)
        let (poor, poorRule) = try figures(other, dear)
        #expect(Double(poor.drafted) / Double(poor.rounds) < 0.2 && poorRule.foretold == 1)
        // It is tried again now and then where what was missed is soon read, and not where it is not.
        let again = try figures(other, DraftCosts(draft: 0.2, reading: 0.005, target: dear.target)).0, never = try figures(other, DraftCosts(draft: 0.2, reading: 0.05, target: dear.target)).0
        #expect(again.drafted > 25 && never.drafted < 20, "\(again.drafted), \(never.drafted)")
    }
}
