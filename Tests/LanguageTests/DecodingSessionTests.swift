import Language
import Tensors
import Testing

struct DecodingSessionTests {
    @Test("Decoding gives the logits of the training path at every position", arguments: Shapes.all)
    func sameAsTraining(config: DecoderConfig) throws {
        let decoder = stirred(config), ids = tokens(150, below: config.vocabularySize)
        let whole = withoutGradients { decoder.logits(ids: ids.map(Int32.init), batch: 1, length: 150).array() }
        let cached = try DecodingSession(decoder, capacity: 150).appendEach(ids)
        let size = whole.reduce(0) { max($0, abs($1)) }
        #expect(size > 0.5, "the weights must matter")
        #expect(cached.count == whole.count)
        #expect(distance(whole, cached) < 1e-4 * size)
    }

    @Test("Any division into chunks gives the same bits", arguments: Shapes.all)
    func chunks(config: DecoderConfig) throws {
        let decoder = stirred(config), ids = tokens(150, below: config.vocabularySize, seed: 4)
        let together = try DecodingSession(decoder, capacity: 150).appendEach(ids)
        let single = DecodingSession(decoder, capacity: 160)
        var oneByOne: [Float] = []
        for id in ids {
            try single.extend(with: id)
            oneByOne += single.lastLogits
        }
        #expect(oneByOne == together)
        let parts = DecodingSession(decoder, capacity: 150), V = config.vocabularySize
        #expect(try parts.append(Array(ids[..<7])) == Array(together[(6 * V)..<(7 * V)]))
        #expect(try parts.append(Array(ids[7..<130])) == Array(together[(129 * V)..<(130 * V)]))
        #expect(try parts.append(Array(ids[130...])) == Array(together[(149 * V)...]))
    }

    @Test("Caches side by side take no more memory than they may: of SmolLM2-135M a position is 46,080 bytes")
    func slots() {
        let config = DecoderConfig(width: 576, layers: 30, heads: 9, keyValueHeads: 3, hiddenWidth: 1_536, vocabularySize: 49_152, positions: 8_192)
        func slots(_ capacity: Int, _ bytes: Int, _ most: Int = 32) -> Int { DecodingBatch.slots(of: config, capacity: capacity, within: bytes, atMost: most) }
        #expect(slots(1_024, 2 * 1_024 * 46_080) == 2 && slots(1_024, 2 * 1_024 * 46_080 - 1) == 1)
        #expect(slots(512, 300 << 20) == 13 && slots(1_024, 300 << 20) == 6 && slots(16, 300 << 20) == 32)
        #expect(slots(8_192, 0) == 1)
    }

    @Test("Truncating and going on gives the same bits as never having been further")
    func truncation() throws {
        let decoder = stirred(Shapes.llama), ids = tokens(40, below: 70), other = tokens(10, below: 70, seed: 7)
        let session = DecodingSession(decoder, capacity: 64)
        try session.extend(with: ids)
        session.truncate(to: 20)
        #expect(session.position == 20 && !session.isReady && session.lastLogits.isEmpty)
        #expect(throws: DecodingError.noLogits) { try session.withLogits { $0.count } }
        #expect(throws: DecodingError.noLogits) { try session.extend(with: []) }
        let again = try session.append(other)
        #expect(try again == DecodingSession(decoder, capacity: 30).append(Array(ids[..<20]) + other))
        #expect(try session.withLogits { Array($0) } == again)
    }

    @Test("What does not fit or does not exist is an error and changes nothing")
    func errors() throws {
        let session = DecodingSession(stirred(Shapes.llama), capacity: 5)
        try session.extend(with: [1, 2, 3])
        let before = session.lastLogits
        #expect(throws: DecodingError.full(position: 3, adding: 3, capacity: 5)) { try session.extend(with: [1, 2, 3]) }
        #expect(throws: DecodingError.unknownToken(id: 70, vocabularySize: 70)) { try session.extend(with: [1, 70]) }
        #expect(throws: DecodingError.unknownToken(id: -1, vocabularySize: 70)) { try session.extend(with: -1) }
        #expect(session.position == 3 && session.lastLogits == before)
        #expect(DecodingSession(stirred(Shapes.llama), capacity: 9_999).capacity == 160)
    }

    @Test("Whatever the format, any division into chunks and any company give the same bits", arguments: WeightFormat.allCases)
    func company(format: WeightFormat) throws {
        let config = Shapes.llama, decoder = stirred(config), model = DecodingModel(decoder, format: format)
        let sequences = (0..<5).map { tokens(20 + 7 * $0, below: 70, seed: UInt64($0 + 1)) }
        let alone = try sequences.map { try DecodingSession(model, capacity: 60).append($0) }
        let batch = DecodingBatch(model, slots: 5, capacity: 60)
        try batch.extend(sequences.enumerated().map { ($0, Array($1.dropLast(9))) })
        for step in (1...9).reversed() { try batch.extend(sequences.enumerated().map { ($0, [$1[$1.count - step]]) }) }
        for slot in 0..<5 { #expect(Array(batch.logits(slot)) == alone[slot]) }
        // A slot is used again while the others stand still.
        batch.truncate(2, to: 0)
        #expect(!batch.isReady(2) && batch.isReady(1))
        try batch.extend([(2, sequences[0]), (4, [1])])
        #expect(Array(batch.logits(2)) == alone[0])
        #expect(Array(batch.logits(1)) == alone[1])
        #expect(throws: DecodingError.full(position: 20, adding: 41, capacity: 60)) { try batch.extend([(1, [1]), (2, tokens(41, below: 70))]) }
        #expect(batch.position(1) == sequences[1].count, "nothing is appended on an error")
    }

    @Test("A copy of a slot and the slot go on by themselves, with the bits that each would have alone", arguments: [1, 15, 64, 70])
    func copies(length: Int) throws {
        let model = DecodingModel(stirred(Shapes.llama)), ids = tokens(length, below: 70), batch = DecodingBatch(model, slots: 3, capacity: 100)
        try batch.extend([(0, ids), (1, tokens(90, below: 70, seed: 9))])
        batch.copy(0, to: 2)
        #expect(batch.position(2) == length && Array(batch.logits(2)) == Array(batch.logits(0)))
        batch.copy(0, to: 1)                              // in place of a longer one
        #expect(batch.position(1) == length)
        let others = (0..<3).map { tokens(20, below: 70, seed: UInt64($0) + 20) }
        try batch.extend(others.enumerated().map { ($0, $1) })
        for slot in 0..<3 { #expect(try Array(batch.logits(slot)) == DecodingSession(model, capacity: 100).append(ids + others[slot])) }
        batch.truncate(1, to: length)
        batch.copy(1, to: 0)
        #expect(!batch.isReady(0) && batch.position(0) == length)
    }

    @Test("Rounded weights give nearly the same logits", arguments: zip(WeightFormat.allCases, [1e-5, 0.02, 0.05, 0.6] as [Float]))
    func formats(format: WeightFormat, bound: Float) throws {
        for config in Shapes.all {
            let decoder = stirred(config), ids = tokens(40, below: config.vocabularySize)
            let exact = withoutGradients { decoder.logits(ids: ids.map(Int32.init), batch: 1, length: 40).array() }
            let found = try DecodingSession(decoder, format: format, capacity: 40).appendEach(ids)
            let error = zip(exact, found).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, power = exact.reduce(0) { $0 + $1 * $1 }
            #expect(error < bound * bound * power)
        }
    }

    @Test("One thread and two give the same bits")
    func threads() throws {
        // Wide enough for the kernels to share the work out.
        let config = DecoderConfig(width: 256, layers: 1, heads: 4, hiddenWidth: 512, vocabularySize: 1_000, positions: 128)
        let decoder = Decoder(config: config, seed: 1), ids = tokens(100, below: 1_000)
        func logits(threads: Int) throws -> [Float] {
            try Compute.withThreads(threads) {
                let session = DecodingSession(decoder, capacity: 101)
                let prefill = try session.append(ids)
                return try prefill + session.append([3])
            }
        }
        #expect(try logits(threads: 1) == logits(threads: 2))
    }
}

/// Exactly `left` tokens, each from a range that moves with the last one.
private struct Ladder: TokenConstraint {
    var left: Int
    var from = 10
    var seen: [Int] = []
    mutating func allowed(_ mask: inout TokenMask) { mask.allow(from..<(from + 5)) }
    mutating func accept(_ token: Int) {
        seen.append(token)
        from = token
        left -= 1
    }
    var isComplete: Bool { left == 0 }
}

private struct Nothing: TokenConstraint {
    mutating func allowed(_ mask: inout TokenMask) {}
    mutating func accept(_ token: Int) {}
    var isComplete: Bool { false }
}

struct GenerateTests {
    let decoder = stirred(Shapes.llama)

    @Test("A constraint is obeyed and ends the work")
    func constrained() throws {
        var sampler = Sampler(Sampling(temperature: 2), seed: 3), ladder = Ladder(left: 8)
        let session = DecodingSession(decoder, capacity: 60)
        let picked = try generate(session, prompt: [1, 2], sampler: &sampler, constraint: &ladder, limit: 50)
        #expect(picked.count == 8 && picked == ladder.seen)
        #expect(zip([10] + picked, picked).allSatisfy { ($0..<($0 + 5)).contains($1) })
        #expect(session.position == 2 + 7)
    }

    @Test("Greedy text is the likeliest token again and again; a seed fixes sampled text")
    func free() throws {
        var greedy = Sampler(.greedy, seed: 0), text = FreeText()
        let picked = try generate(DecodingSession(decoder, capacity: 40), prompt: [5], sampler: &greedy, constraint: &text, limit: 10)
        var expected: [Int] = []
        let session = DecodingSession(decoder, capacity: 40)
        var logits = try session.append([5])
        while expected.count < 10 {
            expected.append(logits.indices.max { (logits[$0], -$0) < (logits[$1], -$1) } ?? 0)
            logits = try session.append([expected[expected.count - 1]])
        }
        #expect(picked == expected)
        func sampled(_ seed: UInt64) throws -> [Int] {
            var sampler = Sampler(Sampling(temperature: 1.2), seed: seed), text = FreeText()
            return try generate(DecodingSession(decoder, capacity: 40), prompt: [5], sampler: &sampler, constraint: &text, limit: 20)
        }
        #expect(try sampled(6) == sampled(6))
        #expect(try sampled(6) != sampled(7))
    }

    @Test("Limit, end tokens, capacity and the caller each end the work")
    func ends() throws {
        func run(capacity: Int = 50, limit: Int = 30, ends: [Int] = [], onToken: ((Int, Float) -> Bool)? = nil) throws -> [Int] {
            var sampler = Sampler(Sampling(temperature: 1), seed: 1), text = FreeText(endTokens: ends)
            let session = DecodingSession(decoder, capacity: capacity)
            return try generate(session, prompt: [5, 6], sampler: &sampler, constraint: &text, limit: limit, onToken: onToken)
        }
        let all = try run()
        #expect(all.count == 30)
        #expect(try run(limit: 0) == [])
        #expect(try run(capacity: 8) == Array(all[..<7]), "six more fit; the seventh needs no place")
        #expect(try run(ends: [all[4]]).last == all[4])
        #expect(try run(ends: [all[4]]).count <= 5)
        var count = 0
        #expect(try run(onToken: { _, _ in count += 1; return count < 3 }) == Array(all[..<3]))
    }

    @Test("A constraint that allows nothing, and a prompt that does not fit, are errors")
    func errors() {
        var sampler = Sampler(.greedy, seed: 0), nothing = Nothing()
        #expect(throws: DecodingError.nothingAllowed(position: 1)) {
            try generate(DecodingSession(decoder, capacity: 9), prompt: [1], sampler: &sampler, constraint: &nothing, limit: 5)
        }
        #expect(throws: DecodingError.full(position: 0, adding: 10, capacity: 9)) {
            try generate(DecodingSession(decoder, capacity: 9), prompt: tokens(10, below: 70), sampler: &sampler, constraint: &nothing, limit: 5)
        }
    }
}
