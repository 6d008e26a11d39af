import Foundation
import Language
import Reasoner
import Scenes
import Tensors
import Testing
import Training

/// Training a decoder to look, remember and reason: what a recipe may begin with.
struct ReasonerJobTests {
    private static let models = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "models")

    private static func job(_ initial: URL, _ more: String = "", data: String = "") throws -> ReasonerJob {
        let look = models.appending(path: "reasoner-clevr").path
        let text = """
            name: a
            kind: reasoner
            steps: 1
            seed: 3
            optimizer: {learningRate: 0.01}
            initialModel: "\(initial.path)"
            \(more)
            data: {rows: 1, length: 192, pictures: 2, readings: 0, look: "\(look)"\(data)}
            """
        let document = try RecipeDocument(text: text)
        return try ReasonerJob(recipe: document.run(jobSections: ReasonerJob.sections), document: document)
    }

    /// A language model that knows nothing of scenes.
    private static func writeBase(to url: URL) throws {
        let tokenizer = Tokenizer.train(on: Array(repeating: "how many red things are there", count: 4), vocabularySize: 300, addedTokens: ["<|end|>"])
        let config = DecoderConfig(width: 32, layers: 4, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: tokenizer.count, positions: 600)
        try ModelFolder(decoder: Language.Decoder(config: config, seed: 1), tokenizer: tokenizer).write(to: url)
    }

    @Test("Beside a language model of any vocabulary an adapter learns, is written, and answers with its base")
    func adapter() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reasoner-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let base = folder.appending(path: "base"), written = folder.appending(path: "written")
        try Self.writeBase(to: base)
        let job = try Self.job(base, "adapter: {rank: 4, alpha: 8, targets: [q_proj, v_proj]}", data: ", crossEvery: 2, lists: 1")
        let losses = try job.overfitted(steps: 12, learningRate: 0.01)
        #expect(losses[11] < 0.9 * losses[0], "from \(losses[0]) to \(losses[11])")
        #expect(job.parameters.contains { $0.name.contains("lora_A") } && !job.parameters.contains { $0.name == "model.embed_tokens.weight" })

        try job.export(to: written)
        let reasoner = try PictureReasoner(folder: written), picture = SceneRenderer(width: 320, height: 240).render(RememberTests.scene(1), seed: 1).picture
        #expect(reasoner.reader.vocabulary.tokenizer.count == ReasonerVocabulary.addedTokens(.clevr).count + (try ModelFile.open(base).tokenizer?.count ?? 0))
        // What was written is what was trained, to the precision of bf16.
        let ids = [Int32](0..<40), trained = withoutGradients { job.decoder().logits(ids: ids, batch: 1, length: 40).array() }
        let read = withoutGradients { try? ModelFile.open(written).decoder().logits(ids: ids, batch: 1, length: 40).array() } ?? []
        let size = trained.map(abs).max() ?? 0
        #expect(read.count == trained.count && zip(read, trained).allSatisfy { abs($0 - $1) < 0.05 * size })
        // It has learnt next to nothing; whatever it writes has the form, or there is a reason.
        for mode in [PictureReasoner.Mode.direct, .rationale] {
            let answer = try reasoner.answer("How many red things are there?", about: picture, mode)
            #expect((answer.text == nil) == (answer.refusal != nil))
        }
    }

    @Test("With new weights only shape and tokenizer are the initial model's")
    func fresh() throws {
        let initial = Self.models.appending(path: "reasoner-clevr")
        let old = try ModelFile.open(initial).decoder().parameters[0].tensor.array()
        #expect(try Self.job(initial).decoder().parameters[0].tensor.array() == old)
        let new = try Self.job(initial, data: ", fresh: true").decoder()
        #expect(new.parameters[0].tensor.array() != old && new.config.vocabularySize == old.count / new.config.width)
    }

    @Test("A language model that is no reader needs an adapter, and an adapter its base")
    func otherModels() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reasoner-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let base = folder.appending(path: "base"), written = folder.appending(path: "written")
        try Self.writeBase(to: base)
        #expect(throws: ReasonerError.self) { try Self.job(base, "adapter: null") }
        try Self.job(base, "adapter: {rank: 2}", data: ", crossEvery: 2").export(to: written)
        #expect(throws: ReasonerError.self) { try Self.job(written, "adapter: {rank: 2}") }
        // Without one it goes on as a whole.
        #expect(try Self.job(written).parameters.contains { $0.name == "model.embed_tokens.weight" })
    }

    @Test("A recipe that cannot be says what to change", arguments: [
        ("adapter: {rank: 0}", "", "from 1 to 1024"), ("adapter: {targets: [embed]}", "", "q_proj"), ("adapter: {rank: 4}", ", fresh: true", "leave them out"),
        ("adapter: {rank: 4}\ncheckpointing: true", "", "leave them out"), ("adapter: {ranks: 4}", "", "unknown key adapter.ranks"), ("adapter: {targets: [q_proj, q_proj]}", "", "each once"), ("adapter: {targets: []}", "", "each once"), ("", ", crossEvery: 9", "4 blocks"),
    ])
    func badRecipe(more: String, data: String, problem: String) throws {
        do {
            _ = try Self.job(Self.models.appending(path: "reasoner-clevr"), more, data: data)
            Issue.record("\(more)\(data) was taken")
        } catch {
            #expect("\(error)".contains(problem), "\(error)")
        }
    }
}

extension TrainingJob {
    /// Its losses on one batch, again and again.
    func overfitted(steps: Int, learningRate: Float) throws -> [Float] {
        var optimizer = AdamW()
        return try (0..<steps).map { _ in
            for parameter in parameters { parameter.tensor.zeroGradient() }
            let loss = try loss(step: 0, microBatch: 0).loss
            loss.backward()
            optimizer.step(parameters: parameters.map(\.tensor), learningRate: learningRate)
            return loss.item
        }
    }
}
