import Foundation
import Language
import Tensors
import Testing

/// Decoders that ask rows of features beside their text.
struct CrossAttentionTests {
    static let config = DecoderConfig(
        width: 32, layers: 4, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: 60, positions: 128,
        crossAttention: CrossAttentionConfig(every: 2, sourceWidth: 10), endTokens: [2])

    /// Rows of features, [entries · length, 10].
    static func source(entries: Int = 1, length: Int, seed: UInt64 = 1) -> CrossSource {
        var random = RandomSource(seed: seed)
        return CrossSource(Tensor.normal([entries * length, 10], deviation: 1, using: &random), length: length)
    }

    @Test("Weights have names and a place of their own, and the config counts and keeps them")
    func parameters() throws {
        let config = Self.config, decoder = Decoder(config: config, seed: 1), names = decoder.parameters.map(\.name)
        #expect(names.filter { $0.contains("cross_attn") }.count == 10)
        #expect(names.contains("model.layers.1.cross_attn.k_proj.weight") && !names.contains("model.layers.2.cross_attn.k_proj.weight"))
        #expect(decoder.parameters.reduce(0) { $0 + $1.tensor.count } == config.parameterCount)
        #expect(try JSONDecoder().decode(DecoderConfig.self, from: JSONEncoder().encode(config)) == config)
    }

    @Test("A config that cannot be built is refused", arguments: [#"{"every": 5, "source_width": 10}"#, #"{"every": 0, "source_width": 10}"#, #"{"every": 1}"#])
    func badConfig(_ cross: String) throws {
        var object = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.config)) as? [String: Any])
        object["cross_attention"] = try JSONSerialization.jsonObject(with: Data(cross.utf8))
        let data = try JSONSerialization.data(withJSONObject: object)
        #expect(throws: Swift.DecodingError.self) { try JSONDecoder().decode(DecoderConfig.self, from: data) }
    }

    @Test("Decoding gives the logits of the training path", arguments: [1, 70])
    func sameAsTraining(length: Int) throws {
        let decoder = stirred(Self.config), ids = tokens(90, below: 60), source = Self.source(length: length)
        let whole = withoutGradients { decoder.logits(ids: ids.map(Int32.init), batch: 1, length: 90, source: source).array() }
        let session = DecodingSession(DecodingModel(decoder), capacity: 90, sourceCapacity: 70)
        session.setSource(source.rows)
        let cached = try session.appendEach(ids), size = whole.reduce(0) { max($0, abs($1)) }
        #expect(distance(whole, cached) < 1e-4 * size)
        let blind = try DecodingSession(DecodingModel(decoder), capacity: 90, sourceCapacity: 70).appendEach(ids)
        #expect(distance(blind, cached) > 0.05 * size, "the source must matter")
        #expect(distance(blind, withoutGradients { decoder.logits(ids: ids.map(Int32.init), batch: 1, length: 90).array() }) < 1e-4 * size)
    }

    @Test("Slots with and without a source have the bits that they have alone", arguments: WeightFormat.allCases)
    func company(format: WeightFormat) throws {
        let model = DecodingModel(stirred(Self.config), format: format), batch = DecodingBatch(model, slots: 4, capacity: 40, sourceCapacity: 30)
        let sequences = (0..<4).map { tokens(11 + 5 * $0, below: 60, seed: UInt64($0 + 1)) }
        let sources = [nil, Self.source(length: 30, seed: 2), Self.source(length: 7, seed: 3), nil]
        let alone = try zip(sequences, sources).map { ids, source in
            let session = DecodingSession(model, capacity: 40, sourceCapacity: 30)
            if let source { session.setSource(source.rows) }
            return try session.append(ids)
        }
        for (slot, source) in sources.enumerated() { if let source { batch.setSource(slot, source.rows) } }
        try batch.extend(sequences.enumerated().map { ($0, Array($1.dropLast(3))) })
        for step in (1...3).reversed() { try batch.extend(sequences.enumerated().map { ($0, [$1[$1.count - step]]) }) }
        for slot in 0..<4 { #expect(Array(batch.logits(slot)) == alone[slot]) }
        // A slot takes another source, and none.
        batch.setSource(1, Self.source(length: 7, seed: 3).rows)
        try batch.extend([(1, sequences[2])])
        #expect(Array(batch.logits(1)) == alone[2])
        batch.setSource(1, Tensor(zeros: [0, 10]))
        try batch.extend([(1, sequences[0])])
        #expect(Array(batch.logits(1)) == alone[0])
        // A copy of a slot takes its source along.
        batch.copy(2, to: 3)
        try batch.extend([(2, [5, 6]), (3, [5, 6])])
        #expect(Array(batch.logits(3)) == Array(batch.logits(2)))
    }

    @Test("A quantised folder keeps them")
    func panels() throws {
        let model = DecodingModel(stirred(Self.config), format: .int8), ids = tokens(20, below: 60), source = Self.source(length: 9)
        func logits(_ model: DecodingModel) throws -> [Float] {
            let session = DecodingSession(model, capacity: 20, sourceCapacity: 9)
            session.setSource(source.rows)
            return try session.append(ids)
        }
        try withFolder { folder in
            try model.write(to: folder)
            #expect(try logits(DecodingModel.load(folder)) == logits(model))
        }
    }

    @Test("Answers that only the source tells are learned, with blocks computed again or not")
    func learnsToLook() {
        let config = Self.config, entries = 4, length = 6
        // The row that holds a 1 in channel 9 carries the answer in its other channels; rows are shuffled.
        var random = RandomSource(seed: 3), rows: [Float] = [], targets: [Int32] = []
        for entry in 0..<entries {
            let place = random.int(below: length)
            for row in 0..<length {
                var features = (0..<10).map { _ in Float(random.normal()) * 0.3 }
                features[9] = row == place ? 1 : 0
                if row == place { for i in 0..<4 { features[i] = entry >> i & 1 == 1 ? 1 : -1 } }
                rows += features
            }
            targets += [-1, -1, Int32(10 + entry)]
        }
        let source = CrossSource(Tensor(rows, shape: [entries * length, 10]), length: length)
        let ids = [Int32]((0..<entries).flatMap { _ in [3, 4, 5] as [Int32] })
        func train(_ checkpointing: Bool) -> [Float] {
            let decoder = Decoder(config: config, seed: 2), parameters = decoder.parameters.map(\.tensor)
            var optimiser = AdamW(weightDecay: 0)
            return (0..<60).map { _ in
                for parameter in parameters { parameter.zeroGradient() }
                let loss = decoder.loss(ids: ids, targets: targets, batch: entries, length: 3, source: source, checkpointing: checkpointing)
                loss.backward()
                optimiser.step(parameters: parameters, learningRate: 5e-3)
                return loss.item
            }
        }
        let losses = train(false)
        #expect(losses[59] < 0.05, "loss \(losses[59]) after 60 steps; without the source it stays at ln 4 = 1.39")
        #expect(train(true) == losses)
    }

    @Test("The source gets its gradient")
    func sourceGradient() {
        let decoder = stirred(Self.config), source = Self.source(length: 5), ids = tokens(7, below: 60).map(Int32.init), targets = tokens(7, below: 60, seed: 8).map(Int32.init)
        func loss(_ rows: Tensor) -> Tensor {
            decoder.loss(ids: ids, targets: targets, batch: 1, length: 7, source: CrossSource(rows, length: 5))
        }
        source.rows.requiresGradient = true
        loss(source.rows).backward()
        let gradient = source.rows.gradient?.array() ?? [], values = source.rows.array(), step: Float = 1e-2
        for at in stride(from: 0, to: values.count, by: 7) {
            func moved(_ by: Float) -> Float {
                var other = values
                other[at] += by
                return withoutGradients { loss(Tensor(other, shape: [5, 10])).item }
            }
            #expect(abs((moved(step) - moved(-step)) / (2 * step) - gradient[at]) < 2e-3)
        }
    }
}
