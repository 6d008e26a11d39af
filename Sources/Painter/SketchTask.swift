import Language
import Sketches
import Tensors

/// One sketch in the making.
struct SketchTask: DecodingTask {
    /// What is to be sketched.
    struct Order: Sendable {
        var classIndex: Int
        var style: SketchStyle
        var detail: SketchDetail
        /// The box whose proportions the sketch shall have.
        var box: GridBox
    }

    private unowned let part: PainterPart
    private let name: String
    private let start: [Int]
    /// The same beginning without the class, for guidance.
    let untoldStart: [Int]
    private var generation: Generation<SketchGrammar>
    private(set) var log = Painter.TokenLog()

    init(_ order: Order, seed: UInt64, sampling: Sampling, of painter: Painter) {
        (part, name) = (painter.sketcher, painter.name)
        let part = part, box = order.box.box, shape = part.documents.codec.shape(width: box.width, height: box.height)
        func prompt(_ classIndex: Int?) -> [Int] { part.documents.sketchPrompt(classIndex, style: order.style, detail: order.detail, quality: .good, shape: shape) }
        (start, untoldStart) = (prompt(order.classIndex), prompt(nil))
        generation = Generation(
            prompt: start, sampler: Sampler(sampling, seed: seed), constraint: SketchGrammar(part.vocabulary), limit: Painter.sketchPositions - start.count,
            vocabularySize: part.session.model.config.vocabularySize)
    }

    /// The rest of a sketch that was begun.
    /// - Parameters:
    ///   - start: everything up to the strokes that are given, with them.
    ///   - limits: of the rest.
    init(after start: [Int], limits: SketchGrammar.Limits, seed: UInt64, sampling: Sampling, of painter: Painter) {
        (part, name) = (painter.sketcher, painter.name)
        let v = painter.sketcher.vocabulary
        (self.start, untoldStart) = (start, start.map { v.classes.indices.contains($0 - v.classToken(0)) ? v.anyClass : $0 })
        generation = Generation(
            prompt: start, sampler: Sampler(sampling, seed: seed), constraint: SketchGrammar(part.vocabulary, limits: limits),
            limit: part.session.capacity - start.count, vocabularySize: part.session.model.config.vocabularySize)
    }

    mutating func step(_ logits: UnsafeBufferPointer<Float>, position: Int, capacity: Int) throws -> DecodingStep {
        if logits.isEmpty { return .append(start) }
        let (token, probability) = try generation.pick(logits, position: position)
        guard logits[token].isFinite, probability.isFinite else { throw PainterError.brokenModel(name: name) }
        log.tokens.append(token)
        log.probabilities.append(probability)
        return generation.isDone || position >= capacity - 1 ? .finished : .append([token])
    }

    /// In grid steps.
    var strokes: [Stroke] { part.documents.codec.strokes(generation.constraint.tokens) }
}
