import Distillation
import Files
import Foundation
import Language
import Speculation
import Tensors
import Testing
import Training

@Suite("Drafts learn their target's laws") struct DraftTests {
    static let sentences = ["once upon a time there was a small house", "the sun is warm and the moon is cold", "what is a fish? it lives in the water.", "name three things that you can see from here"]
    static let tokenizer = Tokenizer.train(on: sentences + sentences, vocabularySize: 300, addedTokens: ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])

    static let config = DecoderConfig(
        width: 32, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: tokenizer.count + 5, positions: 512,
        endTokens: ["<|im_end|>", "<|endoftext|>"].compactMap { tokenizer.id(ofAdded: $0) })

    /// The weights of a target that knows the sentences, more or less.
    private static let trained: [[Float]] = {
        let decoder = Decoder(config: config, seed: 1), length = 32
        var rows = PackedRows(rows: 4, length: length, pad: 0), optimizer = AdamW(weightDecay: 0)
        for sentence in sentences {
            let tokens = tokenizer.encode(sentence).map(Int32.init)
            _ = rows.add(tokens: Array(tokens.prefix(length + 1)), weights: tokens.prefix(length + 1).map { _ in 1 })
        }
        for _ in 0..<60 {
            for parameter in decoder.parameters { parameter.tensor.zeroGradient() }
            decoder.loss(ids: rows.ids, targets: rows.targets, batch: 4, length: length, mask: .causalFrom(rows.starts)).backward()
            optimizer.step(parameters: decoder.parameters.map(\.tensor), learningRate: 0.01)
        }
        return decoder.parameters.map { $0.tensor.array() }
    }()

    /// A folder with a target of two blocks and two files of texts, removed after it.
    static func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "draft-\(UUID().uuidString)"), target = folder.appending(path: "target")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let decoder = Decoder(config: config, seed: 1)
        for (parameter, values) in zip(decoder.parameters, trained) { parameter.tensor.copy(from: values) }
        try ModelFolder(decoder: decoder, tokenizer: tokenizer).write(to: target, format: .f32)
        try Data("{{'<|im_start|>' + message['role']}}".utf8).write(to: target.appending(path: "chat_template.jinja"))
        try write(texts(60), to: folder.appending(path: "written.ndjson"))
        try write(sentences.map { BaseText(opening: String($0.prefix(4)), text: $0, temperature: 1) }, to: folder.appending(path: "plain.ndjson"))
        try body(folder)
    }

    static func texts(_ count: Int) -> [BaseText] {
        (0..<count).map { BaseText(instruction: "name \($0) things", text: sentences[$0 % 4], temperature: 1, isCut: $0 % 5 == 0) }
    }

    static func write(_ texts: [BaseText], to url: URL) throws { try Data(texts.map { $0.line + "\n" }.joined().utf8).write(to: url) }

    static func writeStates(_ folder: URL, length: Int = 64) throws {
        let file = try ModelFile.open(folder.appending(path: "target")), texts = try BaseText.read(folder.appending(path: "written.ndjson"))
        try TargetStates.write(DraftJob.documents(of: texts, InstructionForm(file), length: length), by: file.decoder(), to: folder.appending(path: "states"), length: length)
    }

    static func job(_ folder: URL, data: String, model: String = "{width: 32, layers: 1, heads: 2, keyValueHeads: 2, hiddenWidth: 48, positions: 256, textVocabulary: 280}", initial: String? = nil, run: URL? = nil) throws -> DraftJob {
        let text = """
            name: draft
            kind: draft
            seed: 3
            steps: 10
            optimizer: {learningRate: 1e-2}
            \(initial.map { "initialModel: \(folder.path)/\($0)" } ?? "model: \(model)")
            data: {target: \(folder.path)/target, rows: 2, length: 64, \(data.replacing("@", with: folder.path))}
            """
        let document = try RecipeDocument(text: text, file: "draft.yaml")
        return try DraftJob(recipe: document.run(jobSections: DraftJob.sections), document: document, run: run)
    }

    static let both = "texts: [@/plain.ndjson], distilled: @/written.ndjson, states: @/states"

    static func losses(of job: DraftJob, steps: Int, fixed: Bool = true) throws -> [Float] {
        var optimizer = AdamW(weightDecay: 0)
        return try (0..<steps).map { step in
            for parameter in job.parameters { parameter.tensor.zeroGradient() }
            let loss = try job.loss(step: fixed ? 0 : step, microBatch: 0).loss, value = loss.item
            loss.backward()
            optimizer.step(parameters: job.parameters.map(\.tensor), learningRate: 0.01)
            return value
        }
    }

    @Test("From kept states the target's laws come back") func states() throws {
        try Self.withFolder { folder in
            try Self.writeStates(folder)
            let file = try ModelFile.open(folder.appending(path: "target")), decoder = try file.decoder(), texts = try BaseText.read(folder.appending(path: "written.ndjson"))
            let documents = try DraftJob.documents(of: texts, InstructionForm(file), length: 64), states = try TargetStates(folder.appending(path: "states"), for: documents, by: decoder)
            #expect(states.width == 32 && documents.count == 60)
            for text in [0, 7, 59] {
                let tokens = documents[text].tokens.dropLast(), places = documents[text].learntInputs
                let all = withoutGradients { decoder.logits(ids: Array(tokens), batch: 1, length: tokens.count).array() }, kept = try withoutGradients { try linear(states.states(of: text), decoder.head) }
                #expect(kept.shape == [places.count, decoder.config.vocabularySize] && places.count > 5)
                let values = kept.array(), width = decoder.config.vocabularySize
                for (row, place) in places.enumerated() {
                    for token in stride(from: 0, to: width, by: 7) { #expect(abs(values[row * width + token] - all[place * width + token]) < 0.05) }
                }
            }
            // Another model of the same shape has other states, and they take the place of these.
            let other = Decoder(config: Self.config, seed: 2)
            #expect(throws: DistillationError.self) { try TargetStates(folder.appending(path: "states"), for: documents, by: other) }
            try TargetStates.write(documents, by: other, to: folder.appending(path: "states"), length: 64)
            #expect(throws: DistillationError.self) { try TargetStates(folder.appending(path: "states"), for: documents, by: decoder) }
            try Self.writeStates(folder)
            // A folder that is whole is left as it is; one that lacks a file is gone on with; others' states are refused.
            let first = folder.appending(path: "states/states-00000.safetensors"), before = try Data(contentsOf: first)
            try Self.writeStates(folder)
            #expect(try Data(contentsOf: first) == before)
            try Data(before.dropLast(100)).write(to: first)
            #expect(throws: SafeTensorsError.self) { try TargetStates(folder.appending(path: "states"), for: documents, by: decoder) }
            try Self.writeStates(folder)
            #expect(try Data(contentsOf: first) == before)
            #expect(throws: DistillationError.self) { try TargetStates(folder.appending(path: "states"), for: Array(documents.dropLast()), by: decoder) }
            #expect(throws: DistillationError.self) { try TargetStates(folder.appending(path: "elsewhere"), for: documents, by: decoder) }
        }
    }

    @Test("Each loss brings a draft nearer to its target, and tokens it does not know hold nothing up", arguments: DraftData.Loss.allCases) func losses(loss: DraftData.Loss) throws {
        try Self.withFolder { folder in
            try Self.writeStates(folder)
            let job = try Self.job(folder, data: "distilled: @/written.ndjson, states: @/states, loss: \(loss.rawValue)")
            #expect(job.vocabulary.tokens.count < Self.tokenizer.count && job.decoder.config.vocabularySize == job.vocabulary.count)
            let before = try withoutGradients { try job.evaluate() }, losses = try Self.losses(of: job, steps: 60, fixed: false), after = try withoutGradients { try job.evaluate() }
            #expect(losses[59] < losses[0])
            let (was, now) = (before["acceptance"] ?? 1, after["acceptance"] ?? 0)
            #expect(0...1 ~= was && now <= 1 && now > was + 0.1 && Set(after.keys) == ["distilled", "acceptance", "agreement"], "from \(before) to \(after)")
            if loss != .kl { #expect(losses.allSatisfy { 0...1 ~= $0 }) }
        }
    }

    @Test("Batches depend on the step alone, laws and texts in turn by their share; a folder gives the draft back") func streams() throws {
        try Self.withFolder { folder in
            try Self.writeStates(folder)
            let job = try Self.job(folder, data: Self.both + ", share: 0.5"), again = try Self.job(folder, data: Self.both + ", share: 0.5")
            let values = try (0..<12).map { try job.loss(step: $0, microBatch: 1).loss.item }
            #expect(try (0..<12).map { try again.loss(step: $0, microBatch: 1).loss.item } == values && Set(values).count == 12)
            // Of an untrained draft cross-entropy is near ln V, the divergence far below.
            let large = values.count { $0 > 3.5 }
            #expect(2...10 ~= large, "\(values)")
            let losses = try Self.losses(of: try Self.job(folder, data: "texts: [@/plain.ndjson]"), steps: 40)
            #expect(losses[39] < 0.5 * losses[0], "one batch is learnt by heart: \(losses[0]) to \(losses[39])")
            let written = folder.appending(path: "draft")
            try FileManager.default.createDirectory(at: written, withIntermediateDirectories: true)
            try job.export(to: written)
            // A run that is gone on with keeps its tokens, whatever the texts are now, or the initial model.
            let run = folder.appending(path: "run")
            try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
            try job.keep(in: run)
            try Self.write([BaseText(opening: "zzz", text: "zzz qqq 0123456789", temperature: 1)], to: folder.appending(path: "other.ndjson"))
            #expect(try Self.job(folder, data: "texts: [@/plain.ndjson, @/other.ndjson]").vocabulary != job.vocabulary)
            #expect(try Self.job(folder, data: "texts: [@/plain.ndjson, @/other.ndjson]", run: run).vocabulary == job.vocabulary)
            let next = try Self.job(folder, data: Self.both, initial: "draft")
            #expect(next.vocabulary == job.vocabulary && zip(next.parameters, job.parameters).allSatisfy { a, b in zip(a.tensor.array(), b.tensor.array()).allSatisfy { abs($0 - $1) <= abs($1) / 128 } })
        }
    }

    @Test("A draft that is told its target's states learns to guess by them, begins with its target's rows where it is as wide, and goes on as what it is") func hints() throws {
        try Self.withFolder { folder in
            try Self.writeStates(folder)
            let shape = "{width: 32, layers: 1, heads: 2, keyValueHeads: 2, hiddenWidth: 48, positions: 256, textVocabulary: 280}", data = "distilled: @/written.ndjson, states: @/states, loss: tvd, guesses: 2"
            let told = try Self.job(folder, data: data + ", hints: true", model: shape), untold = try Self.job(folder, data: data, model: shape)
            #expect(told.decoder.config.hintWidth == 32 && untold.decoder.config.hintWidth == nil)
            let target = try ModelFile.open(folder.appending(path: "target")).decoder(), own = told.decoder.parameters[0].tensor.array(), theirs = target.parameters[0].tensor.array()
            for (id, token) in told.vocabulary.tokens.enumerated() { #expect(Array(own[id * 32..<(id + 1) * 32]) == Array(theirs[token * 32..<(token + 1) * 32])) }
            _ = try Self.losses(of: told, steps: 80, fixed: false)
            let figures = try withoutGradients { try told.evaluate() }, projection = told.parameters.first { $0.name == "model.hint_proj.weight" }
            #expect(try withoutGradients { try untold.evaluate() }["hinted"] == nil)
            // The same draft, told nothing at the same places.
            projection?.tensor.copy(from: [Float](repeating: 0, count: projection?.tensor.count ?? 0))
            let deaf = try withoutGradients { try told.evaluate() }
            #expect((figures["hinted"] ?? 0) > (deaf["hinted"] ?? 1) + 0.01 && figures["distilled"] == deaf["distilled"], "\(figures), \(deaf)")
            // A narrower draft has rows of its own; one that goes on must be of the same kind.
            let narrow = try Self.job(folder, data: data + ", hints: true", model: shape.replacing("width: 32", with: "width: 16"))
            #expect(narrow.decoder.config.hintWidth == 32 && narrow.decoder.config.width == 16)
            let written = folder.appending(path: "draft")
            try FileManager.default.createDirectory(at: written, withIntermediateDirectories: true)
            try told.export(to: written)
            #expect(try ModelFolder.read(written).decoder.config.hintWidth == 32)
            _ = try Self.job(folder, data: data + ", hints: true", initial: "draft")
            #expect(throws: DistillationError.self) { try Self.job(folder, data: data, initial: "draft") }
        }
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let data: String, says: String
        var initial: String?
        var testDescription: String { says }
    }

    static let bad = [
        Bad(data: "share: 0.5", says: "a file of texts"), Bad(data: "distilled: @/written.ndjson", says: "give both"), Bad(data: "texts: [@/none.ndjson]", says: "no such file"),
        Bad(data: "texts: [@/plain.ndjson], loss: hinge", says: "data.loss"), Bad(data: "texts: [@/plain.ndjson], share: 2", says: "0 to 1"), Bad(data: "texts: [@/plain.ndjson], text: a", says: "data.text"),
        Bad(data: "distilled: @/written.ndjson, states: @/nowhere", says: "no such file; let the target"), Bad(data: "distilled: @/plain.ndjson, states: @/states", says: "other texts"),
        Bad(data: "texts: [@/plain.ndjson], hints: true", says: "without distilled texts"), Bad(data: both + ", hints: true, guesses: 64", says: "0 to 63"), Bad(data: both + ", hints: true, share: 0", says: "above 0 with hints"),
        Bad(data: "texts: [@/plain.ndjson]", says: "is no draft", initial: "target"),
    ]

    @Test("A recipe that cannot be followed says why", arguments: bad) func refused(bad: Bad) throws {
        try Self.withFolder { folder in
            try Self.writeStates(folder)
            do {
                _ = try Self.job(folder, data: bad.data, initial: bad.initial)
                Issue.record("it was taken")
            } catch { #expect("\(error)".contains(bad.says), "\(error)") }
        }
    }
}
