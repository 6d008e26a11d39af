import Language
import Tensors

/// Any piece of text until an end token; no control token, which would be no text.
struct PlainText: TokenConstraint {
    private let open: TokenMask
    private let ends: Set<Int>
    private(set) var isComplete = false

    init(_ form: InstructionForm, vocabularySize: Int) {
        var open = TokenMask(count: vocabularySize)
        for id in 0..<min(form.tokenizer.count, vocabularySize) where form.tokenizer.isText(id) { open.allow(id) }
        for id in form.endTokens where 0..<vocabularySize ~= id { open.allow(id) }
        (self.open, ends) = (open, Set(form.endTokens))
    }

    mutating func allowed(_ mask: inout TokenMask) { mask = open }
    mutating func accept(_ token: Int) { isComplete = ends.contains(token) }
}

/// One text in the making, in a slot of a batch.
struct TextTask: DecodingTask {
    let prompt: [Int]
    let sampling: Sampling
    let seed: UInt64
    let limit: Int
    let constraint: PlainText
    /// Made at the first step: its sampler's memory is as large as the vocabulary, and thousands of tasks may wait.
    private var generation: Generation<PlainText>?

    init(prompt: [Int], sampling: Sampling, seed: UInt64, limit: Int, constraint: PlainText) {
        (self.prompt, self.sampling, self.seed, self.limit, self.constraint) = (prompt, sampling, seed, limit, constraint)
    }

    mutating func step(_ logits: UnsafeBufferPointer<Float>, position: Int, capacity: Int) throws -> DecodingStep {
        guard !logits.isEmpty else { return .append(prompt) }
        if generation == nil {
            generation = Generation(
                prompt: prompt, sampler: Sampler(sampling, seed: seed), constraint: constraint, limit: min(limit, capacity - position), vocabularySize: logits.count)
        }
        guard let (token, probability) = try generation?.pick(logits, position: position) else { return .finished }
        guard logits[token].isFinite, probability.isFinite else { throw DecodingError.notFinite(position: position) }
        return generation?.isDone ?? true ? .finished : .append([token])
    }

    /// What was picked, an end token included.
    var tokens: [Int] { Array(generation?.picked ?? []) }
    /// Whether the model ended the text itself.
    var isFinished: Bool { generation?.constraint.isComplete ?? false }
}

extension BaseText {
    /// Temperatures that texts are sampled at: what a model writes when it is sure of itself, as usual, and as freely as it has learnt.
    public static let temperatures: [Double] = [0.3, 0.7, 1]
    private static let slots = 16
    /// Bytes of keys and values.
    private static let cacheLimit = 300 << 20

    /// Texts that a language model writes on instructions of all kinds, then as running text, many side by side; a function of the model, the seed and the numbers.
    /// - Parameters:
    ///   - count: answers to instructions; `running`: texts that go on from openings, all sampled at 1, as freely as the model has learnt.
    ///   - temperatures: of answers, one by chance for each.
    ///   - limit: the most tokens of a text; a longer one is cut.
    ///   - format: how weights are kept; nil: as the file has them.
    ///   - progress: told how many are written.
    /// - Returns: in the order of ``Instructions/some(_:seed:)``, then running texts; empty texts are left out.
    /// - Throws: `ModelFolderError`; `DecodingError`, as `.notFinite` where the model's numbers overflow.
    public static func written(
        by file: ModelFile, count: Int, running: Int = 0, limit: Int = 256, temperatures: [Double] = temperatures, seed: UInt64, format: WeightFormat? = nil, progress: (Int) -> Void = { _ in }
    ) throws -> [BaseText] {
        let form = try InstructionForm(file), instructions = Instructions.some(count, seed: seed), openings = Openings.some(running, seed: seed)
        let prompts = instructions.map(form.prompt) + openings.map { form.tokenizer.encode($0) }
        let model = try file.decoding(format: format, positions: (prompts.map(\.count).max() ?? 0) + limit)
        let batch = DecodingBatch(
            model, slots: DecodingBatch.slots(of: model.config, capacity: model.positions, within: cacheLimit, atMost: slots), capacity: model.positions)
        let constraint = PlainText(form, vocabularySize: model.config.vocabularySize)
        let chosen = prompts.indices.map { index -> Double in
            guard index < count else { return 1 }
            var random = RandomSource(seed: RandomSource.derive(seed, 0x7E3, UInt64(index)))
            return temperatures[random.int(below: temperatures.count)]
        }
        let tasks = prompts.indices.map { index in
            // Running texts do not depend on how many answers there are.
            let own = index < count ? RandomSource.derive(seed, 0x7E4, UInt64(index)) : RandomSource.derive(seed, 0x7E5, UInt64(index - count))
            return TextTask(prompt: prompts[index], sampling: Sampling(temperature: Float(chosen[index])), seed: own, limit: limit, constraint: constraint)
        }
        var texts = [BaseText?](repeating: nil, count: prompts.count), done = 0
        try batch.run(tasks) { index, task, error in
            if let error { throw error }
            var text = form.tokenizer.decode(task.tokens, skippingAdded: true)
            while !task.isFinished, text.last == "\u{FFFD}" { text.removeLast() }       // a character that was cut in two
            if text.contains(where: { !$0.isWhitespace }) {
                texts[index] = index < count
                    ? BaseText(instruction: instructions[index], text: text, temperature: chosen[index], isCut: !task.isFinished)
                    : BaseText(opening: openings[index - count], text: openings[index - count] + text, temperature: chosen[index], isCut: !task.isFinished)
            }
            done += 1
            progress(done)
        }
        return texts.compactMap { $0 }
    }
}
