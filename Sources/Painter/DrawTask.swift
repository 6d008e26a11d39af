import Foundation
import Language
import Sketches
import Tensors

/// One drawing in the making: plans until one is faithful, then strokes. A slot of a batch runs it step by step.
struct DrawTask: DecodingTask {
    private enum Phase {
        /// A plan is being written; `isLast`: whatever it says is drawn.
        case plan(attempt: Int, isLast: Bool)
        case strokes
    }

    private unowned let painter: Painter
    private let prompt: String
    private let reading: PromptReader.Reading
    private let seed: UInt64
    private let sampling: Sampling
    private let start: [Int]

    private var phase = Phase.plan(attempt: 0, isLast: false)
    private var generation: Generation<PlanGrammar>
    private var log = Painter.TokenLog()
    private var best = (attempt: 0, fault: Int.max)
    /// Tokens picked, also in plans that were thrown away.
    private(set) var tokenCount = 0

    private static let planAttempts = 6

    /// - Parameter seed: of this candidate alone.
    /// - Throws: `PainterError.promptTooLong`.
    init(_ prompt: String, _ reading: PromptReader.Reading, seed: UInt64, sampling: Sampling, of painter: Painter) throws(PainterError) {
        start = painter.documents.drawPrompt(reading.text)
        guard start.count < painter.session.capacity / 2 else {
            throw .promptTooLong(words: prompt.split(separator: " ").count, limit: PromptReader.wordLimit)
        }
        (self.painter, self.prompt, self.reading, self.seed, self.sampling) = (painter, prompt, reading, seed, sampling)
        generation = Self.planning(start, attempt: 0, seed: seed, sampling: sampling, painter)
    }

    /// Plans are sampled cooler than strokes; each attempt has a seed of its own.
    private static func planning(_ start: [Int], attempt: Int, seed: UInt64, sampling: Sampling, _ painter: Painter) -> Generation<PlanGrammar> {
        var cooler = sampling
        cooler.temperature *= Painter.planTemperature
        let own = attempt == 0 ? seed : RandomSource.derive(seed, 0xA77E, UInt64(attempt)), capacity = painter.session.capacity
        return Generation(
            prompt: start, sampler: Sampler(cooler, seed: own),
            constraint: PlanGrammar(painter.vocabulary, limits: .init(tokens: capacity - start.count)), limit: capacity,
            vocabularySize: painter.session.model.config.vocabularySize)
    }

    mutating func step(_ logits: UnsafeBufferPointer<Float>, position: Int, capacity: Int) throws -> DecodingStep {
        if logits.isEmpty { return .append(start) }
        let (token, probability) = try generation.pick(logits, position: position)
        guard logits[token].isFinite, probability.isFinite else { throw PainterError.brokenModel(name: painter.name) }
        log.tokens.append(token)
        log.probabilities.append(probability)
        tokenCount += 1
        guard generation.isDone || position >= capacity else { return .append([token]) }
        guard case .plan(let attempt, let isLast) = phase else { return .finished }
        return try planned(attempt, isLast, token)
    }

    /// A plan is there. One whose boxes cannot satisfy its own relations, or with other things than the sentence names, is thrown
    /// away; the next try is seeded by the first. Where all fail, the least bad one is drawn, with a notice.
    private mutating func planned(_ attempt: Int, _ isLast: Bool, _ token: Int) throws -> DecodingStep {
        let fault = (generation.constraint.isBroken ? 100 : 0) + departures(of: generation.constraint)
        if fault < best.fault { best = (attempt, fault) }
        if !isLast, best.fault > 0 {
            if attempt < Self.planAttempts - 1 { return again(attempt + 1, isLast: false) }
            if attempt != best.attempt { return again(best.attempt, isLast: true) }
        }
        generation.constraint.resume()
        generation = Generation(
            prompt: [token], sampler: Sampler(sampling, seed: RandomSource.derive(seed, 0x57A0, 1)), constraint: generation.constraint,
            limit: painter.session.capacity, vocabularySize: painter.session.model.config.vocabularySize)
        phase = .strokes
        return .append([token])
    }

    private mutating func again(_ attempt: Int, isLast: Bool) -> DecodingStep {
        phase = .plan(attempt: attempt, isLast: isLast)
        generation = Self.planning(start, attempt: attempt, seed: seed, sampling: sampling, painter)
        log = Painter.TokenLog()
        return .restart(start)
    }

    /// Objects that the sentence names and the plan lacks, and those that it has and nobody named.
    private func departures(of plan: PlanGrammar) -> Int {
        var planned: [String: Int] = [:]
        for index in plan.classIndices { planned[painter.vocabulary.classes[index], default: 0] += 1 }
        let lacking = reading.counts.reduce(0) { $0 + max($1.value - planned[$1.key, default: 0], 0) }
        return lacking + planned.reduce(0) { sum, own in
            let asked = reading.counts[own.key] ?? 0
            return sum + (asked > 0 && reading.plurals.contains(own.key) && asked == 1 ? 0 : max(own.value - asked, 0))    // "cats" are two or more
        }
    }

    /// What was drawn.
    /// - Throws: `PainterError.noPlan` where nothing was written.
    func result() throws(PainterError) -> Painter.Drawn {
        guard !log.tokens.isEmpty else { throw .noPlan(prompt: prompt) }
        let grammar = generation.constraint, classes = painter.vocabulary.classes
        var notices = reading.notices
        if best.fault % 100 > 0 {
            notices.append("the model did not follow the sentence: it drew \(grammar.classIndices.map { classes[$0] }.joined(separator: ", ")); try another --seed or fewer objects")
        }
        var scene = Scene(prompt: prompt, width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, seed: seed, model: painter.name)
        for (index, tokens) in grammar.sketches.enumerated() {
            let strokes = Painter.rounded(fitted(painter.documents.codec.strokes(tokens), to: grammar.boxes[index].box))
            guard let box = Box.of(strokes) else { continue }
            let first = scene.strokes.count
            scene.strokes += strokes
            scene.objects.append(SceneObject(className: classes[grammar.classIndices[index]], box: box, strokes: Array(first..<first + strokes.count)))
        }
        if !grammar.isComplete { notices.append("the drawing filled the model's context and was cut short; ask for fewer objects") }
        let stated = grammar.relations.map { Relation($0.kind, subject: $0.subject, object: $0.object) }
        scene.relations = stated.filter(scene.holds)
        return Painter.Drawn(
            scene: scene, stated: stated, notices: notices, seed: seed, meanLogProbability: log.mean, tokens: log.tokens.count)
    }
}
