import Foundation
import Language
import Painter
import Tensors
import Training

/// A language model of two blocks that knows chat turns and nothing of drawings, and painters beside it.
enum LanguageFixture {
    static let sentences = ["once upon a time there was a small house", "the sun is warm and the moon is cold", "what is a fish? it lives in the water.", "name three things that you can see from here"]
    /// 300 pieces of text, then the turns' tokens.
    static let tokenizer = Tokenizer.train(on: sentences + sentences, vocabularySize: 300, addedTokens: ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    /// Rows that no token has.
    static let spare = 5
    static var rows: Int { tokenizer.count + spare }
    static let drawings = ProceduralDrawings(seed: 5, drawingsPerClass: 6)

    /// Writes the base's folder.
    static func write(to url: URL, _ tokenizer: Tokenizer = tokenizer, template: Bool = true) throws {
        let ends = ["<|im_end|>", "<|endoftext|>"].compactMap { tokenizer.id(ofAdded: $0) }
        let config = DecoderConfig(
            width: 32, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: tokenizer.count + spare, positions: 2_048, endTokens: ends)
        try ModelFolder(decoder: Decoder(config: config, seed: 1), tokenizer: tokenizer).write(to: url, format: .f32)
        guard template else { return }
        try Data("{{'<|im_start|>' + message['role']}}".utf8).write(to: url.appending(path: "chat_template.jinja"))
    }

    /// A painter's job beside the base in a folder.
    static func job(_ base: URL, upper: Int? = nil, alpha: Double = 8, _ change: (inout PainterData) -> Void = { _ in }) throws -> PainterJob {
        var recipe = RunRecipe(name: "painter-lm", kind: "painter", seed: 4, steps: 1, optimizer: .init(learningRate: 1e-3)), adapter = AdapterRecipe(), data = PainterData()
        recipe.initialModel = base.path
        (adapter.rank, adapter.alpha, adapter.targets, adapter.upper) = (4, alpha, ["q_proj", "k_proj", "v_proj", "o_proj"], upper)
        data.rows = 1
        change(&data)
        return try PainterJob(recipe: recipe, shape: PainterShape(), adapter: adapter, data: data, drawings: StyledDrawings(doodles: drawings), heldOut: drawings)
    }

    /// A share of one task alone.
    static func only(_ task: PainterDocuments.Task) -> PainterMix {
        var mix = PainterMix()
        (mix.word, mix.plan, mix.sketch, mix.canvas, mix.name, mix.group, mix.command, mix.complete, mix.text) = (0, 0, 0, 0, 0, 0, 0, 0, 0)
        switch task {
        case .word: mix.word = 1
        case .plan: mix.plan = 1
        case .sketch: mix.sketch = 1
        case .canvas: mix.canvas = 1
        case .name: mix.name = 1
        case .group: mix.group = 1
        case .command: mix.command = 1
        case .complete: mix.complete = 1
        case .text: mix.text = 1
        }
        return mix
    }

    /// Steps of AdamW on the first batch.
    /// - Returns: the loss before each.
    static func losses(of job: PainterJob, steps: Int) throws -> [Float] {
        var optimizer = AdamW(weightDecay: 0)
        return try (0..<steps).map { _ in
            for parameter in job.parameters { parameter.tensor.zeroGradient() }
            let loss = try job.loss(step: 0, microBatch: 0).loss, value = loss.item
            loss.backward()
            optimizer.step(parameters: job.parameters.map(\.tensor), learningRate: 0.01)
            return value
        }
    }

    /// A folder for one test, removed after it.
    static func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
        let url = FileManager.default.temporaryDirectory.appending(path: "painter-lm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }
}
