import Foundation
import Language
import Sketches
import Tensors

/// Draws, erases, detects and completes sketches with one language model over one vocabulary.
///
/// Main types: `Painter` (a loaded model and its four tasks), `SketchVocabulary` (tokens), `PlanGrammar`, `DetectGrammar`, `EraseGrammar` (what
/// may be written), `SceneComposer` and `PainterDocuments` (training data), `PainterJob` (training), `PainterEvaluation` (figures).
///
/// ```swift
/// let painter = try Painter(folder: URL(filePath: "models/painter-small"))
/// let drawn = try painter.draw("a cat to the left of a house", seed: 7)
/// let found = try painter.detect(drawn.scene)
/// let erased = try painter.erase("the cat", from: drawn.scene)
/// let rest = drawn.scene.removing(strokes: erased.strokes)
/// ```
///
/// Not thread-safe: one KV cache. The same model, seed and input give the same output, whatever the thread count.
public final class Painter {
    /// Default sampling of strokes; plans are sampled at `planTemperature` of it.
    public static let defaultSampling = Sampling(temperature: 0.6, topP: 0.95)
    static let planTemperature: Float = 0.6

    public let vocabulary: SketchVocabulary
    public let reader: PromptReader
    /// The model folder's name, written into scenes.
    public let name: String
    let session: DecodingSession
    let documents: PainterDocuments
    /// Tokens picked since the start, for benchmarks.
    public private(set) var tokenCount = 0

    public convenience init(folder: URL) throws {
        let model = try ModelFolder.read(folder)
        guard let tokenizer = model.tokenizer else { throw PainterError.notAPainter(missing: "tokenizer.json") }
        try self.init(decoder: model.decoder, tokenizer: tokenizer, name: folder.standardizedFileURL.lastPathComponent)
    }

    public init(decoder: Language.Decoder, tokenizer: Tokenizer, name: String) throws(PainterError) {
        vocabulary = try SketchVocabulary(tokenizer)
        guard decoder.config.vocabularySize >= vocabulary.count else {
            throw .notAPainter(missing: "token \(decoder.config.vocabularySize) of \(vocabulary.count)")
        }
        reader = PromptReader(classes: vocabulary.classes)
        documents = PainterDocuments(codec: SketchCodec(vocabulary: vocabulary))
        session = DecodingSession(decoder, capacity: decoder.config.positions)
        self.name = name
    }

    // MARK: draw

    /// A drawn scene and how it came about.
    public struct Drawn: Sendable {
        public var scene: Scene
        /// Relations that the plan stated; the grammar keeps them true wherever the layout allows.
        public var stated: [Relation]
        /// What the user should know about the prompt: replaced or ignored words.
        public var notices: [String]
        /// The seed that alone reproduces the scene.
        public var seed: UInt64
        /// Mean log-probability of the tokens picked; `draw` returns the likeliest candidate.
        public var meanLogProbability: Double
        public var tokens: Int
    }

    /// Draws a prompt on a square canvas of 256 pixels.
    /// - Parameters:
    ///   - line: the place of the prompt in a batch; line 0 uses `seed` itself.
    ///   - candidates: scenes to draw; the one whose tokens the model finds likeliest is returned.
    /// - Throws: `PainterError` about the prompt; `DecodingError`.
    public func draw(_ prompt: String, seed: UInt64, sampling: Sampling = Painter.defaultSampling, line: Int = 0, candidates: Int = 1) throws -> Drawn {
        let reading = try reader.read(prompt)
        var best: Drawn?
        for candidate in 0..<max(candidates, 1) {
            let own = RandomSource.derive(seed, UInt64(line), UInt64(candidate))
            let drawn = try drawOnce(prompt, reading, seed: own, sampling: sampling)
            if best.map({ drawn.meanLogProbability > $0.meanLogProbability }) ?? true { best = drawn }
        }
        guard let best else { throw PainterError.noPlan(prompt: prompt) }
        return best
    }

    private func drawOnce(_ prompt: String, _ reading: PromptReader.Reading, seed: UInt64, sampling: Sampling) throws -> Drawn {
        let start = documents.drawPrompt(reading.text)
        guard start.count < session.capacity / 2 else {
            throw PainterError.promptTooLong(words: prompt.split(separator: " ").count, limit: PromptReader.wordLimit)
        }
        var grammar = PlanGrammar(vocabulary, limits: .init(tokens: session.capacity - start.count))
        var log = TokenLog()
        // A plan whose boxes cannot satisfy its own relations is thrown away; the next try is seeded by the first.
        for attempt in 0..<6 {
            session.truncate(to: 0)
            grammar = PlanGrammar(vocabulary, limits: .init(tokens: session.capacity - start.count))
            log = TokenLog()
            try write(start, &grammar, sampling: Self.plan(sampling), seed: attempt == 0 ? seed : RandomSource.derive(seed, 0xA77E, UInt64(attempt)), &log)
            if !grammar.isBroken { break }
        }
        guard let last = log.tokens.last else { throw PainterError.noPlan(prompt: prompt) }
        grammar.resume()
        try write([last], &grammar, sampling: sampling, seed: RandomSource.derive(seed, 0x57A0, 1), &log)

        var scene = Scene(prompt: prompt, width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, seed: seed, model: name)
        for (index, tokens) in grammar.sketches.enumerated() {
            let strokes = Self.rounded(fitted(documents.codec.strokes(tokens), to: grammar.boxes[index].box))
            append(strokes, of: vocabulary.classes[grammar.classIndices[index]], to: &scene)
        }
        let stated = grammar.relations.map { Relation($0.kind, subject: $0.subject, object: $0.object) }
        scene.relations = stated.filter(scene.holds)
        return Drawn(scene: scene, stated: stated, notices: reading.notices, seed: seed, meanLogProbability: log.mean, tokens: log.tokens.count)
    }

    private static func plan(_ sampling: Sampling) -> Sampling {
        var plan = sampling
        plan.temperature *= planTemperature
        return plan
    }

    private func append(_ strokes: [Stroke], of className: String, to scene: inout Scene) {
        guard let box = Box.of(strokes) else { return }
        let first = scene.strokes.count
        scene.strokes += strokes
        scene.objects.append(SceneObject(className: className, box: box, strokes: Array(first..<first + strokes.count)))
    }

    /// Hundredths of a pixel: what files carry, so that what is shown and what is written are one thing.
    static func rounded(_ strokes: [Stroke]) -> [Stroke] {
        strokes.map { Stroke($0.points.map { Point(x: ($0.x * 100).rounded() / 100, y: ($0.y * 100).rounded() / 100) }, times: $0.times) }
    }

    // MARK: detect and erase

    /// What was found on a canvas; stroke indices are the scene's.
    public struct Found: Sendable {
        public var objects: [SceneObject]
        /// Tokens that the model wrote.
        public var tokens: Int
    }

    /// Names what is drawn: class, exact ink box, strokes and confidence of each object, left to right.
    ///
    /// Reads strokes only, never the objects that the scene may carry. A canvas with more strokes or points than one context holds is
    /// read in windows, each an area of the drawing.
    /// - Throws: `PainterError.emptyCanvas`; `DecodingError`.
    public func detect(_ scene: Scene) throws -> Found {
        var objects: [SceneObject] = [], tokens = 0
        for window in try windows(scene) {
            let read = try readObjects(window, seed: 0)
            objects += read.objects.map { scene.object(vocabulary.classes[$0.classIndex], strokes: $0.strokes.map { window.indices[$0] }, confidence: $0.confidence) }
            tokens += read.tokens
        }
        return Found(objects: objects, tokens: tokens)
    }

    /// The strokes that a command names.
    public struct Erased: Sendable {
        public var strokes: Set<Int>
        /// Classes of the erased objects.
        public var classes: [String]
        /// Classes of all objects found.
        public var found: [String]
        public var notices: [String]
    }

    /// Finds the strokes that a command names: "the cat", "everything except the house", "the small dog".
    /// - Parameter trustsObjects: take the objects that the scene carries (its classes known, all strokes owned) as found, instead of reading the strokes.
    /// - Throws: `PainterError.nothingNamed` when the drawing holds nothing of the kind.
    public func erase(_ command: String, from scene: Scene, trustsObjects: Bool = true) throws -> Erased {
        let reading = try reader.read(command, needsObject: false)
        var erased = Erased(strokes: [], classes: [], found: [], notices: reading.notices)
        for window in try windows(scene) {
            let known = trustsObjects ? knownObjects(scene, window) : nil
            let read = try readObjects(window, known: known, seed: 0)
            let open = read.objects.indices.filter {
                let isNamed = reading.mentioned.contains(vocabulary.classes[read.objects[$0].classIndex])
                return reading.isExclusion ? !isNamed : isNamed || reading.mentioned.isEmpty
            }
            var grammar = EraseGrammar(vocabulary, objects: read.objects.map { CanvasObject(classIndex: $0.classIndex, box: $0.box, strokes: $0.strokes) },
                                       // Classes read from strokes may be wrong: where none fits, the model's own choice stands. Known ones are not.
                                       candidates: open.isEmpty && known == nil ? nil : Set(open))
            var log = TokenLog()
            let text = documents.erasePrompt(reading.text)
            if session.position + text.count + 1 < session.capacity {
                try write(text, &grammar, sampling: .greedy, seed: 0, &log)
            }
            for index in grammar.erased {
                erased.strokes.formUnion(read.objects[index].strokes.map { window.indices[$0] })
                erased.classes.append(vocabulary.classes[read.objects[index].classIndex])
            }
            erased.found += read.objects.map { vocabulary.classes[$0.classIndex] }
        }
        guard !erased.strokes.isEmpty else { throw PainterError.nothingNamed(command: command, found: erased.found) }
        return erased
    }

    /// A part of a canvas that fits one context.
    private struct Window {
        /// Indices into the scene's strokes.
        var indices: [Int]
        /// In standard canvas pixels.
        var strokes: [Stroke]
        var prompt: [Int]
    }

    private struct ReadObject {
        var classIndex: Int
        var box: GridBox
        var strokes: [Int]
        var confidence: Double
    }

    private func windows(_ scene: Scene) throws(PainterError) -> [Window] {
        let inked = scene.strokes.indices.filter { !scene.strokes[$0].points.isEmpty }
        guard !inked.isEmpty else { throw .emptyCanvas }
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: scene.strokes)
        return windows(inked, inked.map { frame.standard(scene.strokes[$0]) })
    }

    /// Coarser copies first; where even those are too long, the strokes are halved along the longer side of their extent.
    private func windows(_ indices: [Int], _ strokes: [Stroke]) -> [Window] {
        if strokes.count <= SketchVocabulary.pointerCount {
            for tolerance in [1.0, 2, 4].map({ $0 * SketchCodec.tolerance }) {
                let prompt = documents.canvasPrompt(strokes, tolerance: tolerance)
                // The answer needs a pointer a stroke, 6 tokens an object, and room for a command.
                if prompt.count + strokes.count + 6 * SketchVocabulary.objectCount + 120 <= session.capacity || strokes.count == 1 {
                    return [Window(indices: indices, strokes: strokes, prompt: Array(prompt.prefix(session.capacity - 130)))]
                }
            }
        }
        let extent = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 1, y1: 1)
        func place(_ index: Int) -> Double {
            guard let center = strokes[index].box?.center else { return 0 }
            return extent.width >= extent.height ? center.x : center.y
        }
        let order = strokes.indices.sorted { (place($0), $0) < (place($1), $1) }
        return [order.prefix(order.count / 2), order.suffix(order.count - order.count / 2)].flatMap { half in
            let half = half.sorted()
            return windows(half.map { indices[$0] }, half.map { strokes[$0] })
        }
    }

    /// The scene's own objects in a window, in the order in which a detection would list them; nil unless they account for every stroke.
    private func knownObjects(_ scene: Scene, _ window: Window) -> [CanvasObject]? {
        guard scene.objects.count <= SketchVocabulary.objectCount, !scene.objects.isEmpty else { return nil }
        let place = Dictionary(window.indices.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var objects: [CanvasObject] = [], owned = Set<Int>()
        for object in scene.objects {
            let own = object.strokes.compactMap { place[$0] }.sorted()
            guard !own.isEmpty else { continue }
            guard let classIndex = vocabulary.classIndex(object.className), let ink = Box.of(own.map { window.strokes[$0] }) else { return nil }
            objects.append(CanvasObject(classIndex: classIndex, box: GridBox(ink), strokes: own))
            owned.formUnion(own)
        }
        guard owned.count == window.strokes.count else { return nil }
        return objects.sorted { ($0.box.x0 + $0.box.x1, $0.box.y0 + $0.box.y1) < ($1.box.x0 + $1.box.x1, $1.box.y0 + $1.box.y1) }
    }

    /// Reads (or, where `known`, writes down) the objects of a window; the session then ends with the list of objects.
    private func readObjects(_ window: Window, known: [CanvasObject]? = nil, seed: UInt64) throws -> (objects: [ReadObject], tokens: Int) {
        session.truncate(to: 0)
        if let known {
            try session.extend(with: window.prompt)
            try session.extend(with: documents.objectList(known))
            return (known.map { ReadObject(classIndex: $0.classIndex, box: $0.box, strokes: $0.strokes, confidence: 1) }, 0)
        }
        var grammar = DetectGrammar(vocabulary, strokeCount: window.strokes.count)
        var log = TokenLog()
        try write(window.prompt, &grammar, sampling: .greedy, seed: seed, &log)
        // Confidence: the class's probability times the mean of the pointers'.
        var objects: [ReadObject] = [], pointers: [Float] = []
        func close() {
            guard !objects.isEmpty, !pointers.isEmpty else { return }
            objects[objects.count - 1].confidence *= Double(pointers.reduce(0, +) / Float(pointers.count))
            pointers = []
        }
        for (token, probability) in zip(log.tokens, log.probabilities) {
            if vocabulary.classIDs.contains(token) {
                close()
                let object = grammar.objects[objects.count]
                objects.append(ReadObject(classIndex: object.classIndex, box: object.box, strokes: object.strokes, confidence: Double(probability)))
            } else if vocabulary.pointerIDs.contains(token) { pointers.append(probability) }
        }
        close()
        return (objects.filter { !$0.strokes.isEmpty }, log.tokens.count)
    }

    // MARK: complete

    /// A finished drawing: the given strokes as they were, new ones after them.
    public struct Completed: Sendable {
        public var scene: Scene
        public var className: String
        public var newStrokes: Int
        public var notices: [String]
    }

    /// Finishes the object that the scene's loose strokes begin (all strokes, where the scene has no loose ones).
    /// - Parameter prompt: what it shall be ("a cat"); empty leaves it to the model.
    public func complete(_ scene: Scene, prompt: String = "", seed: UInt64, sampling: Sampling = Painter.defaultSampling, line: Int = 0) throws -> Completed {
        let reading = prompt.isEmpty ? PromptReader.Reading(text: "") : try reader.read(prompt)
        var indices = scene.looseStrokes.filter { !scene.strokes[$0].points.isEmpty }
        if indices.isEmpty { indices = scene.strokes.indices.filter { !scene.strokes[$0].points.isEmpty } }
        guard !indices.isEmpty else { throw PainterError.emptyCanvas }
        let own = RandomSource.derive(seed, UInt64(line))
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: indices.map { scene.strokes[$0] })
        var given = indices.map { frame.standard(scene.strokes[$0]) }
        var tolerance = SketchCodec.tolerance
        var start = documents.completePrompt(given, text: reading.text)
        while start.count > session.capacity * 2 / 5, tolerance < 30 {      // room for the same strokes again and for new ones
            tolerance *= 1.5
            given = given.map { simplified($0, tolerance: tolerance) }
            start = documents.completePrompt(given, text: reading.text)
        }
        guard given.count <= SketchVocabulary.pointerCount, start.count <= session.capacity * 2 / 5 else {
            throw PainterError.canvasTooLarge(strokes: given.count)
        }
        session.truncate(to: 0)
        var grammar = PlanGrammar(vocabulary, limits: .init(tokens: session.capacity - start.count), given: given)
        var log = TokenLog()
        try write(start, &grammar, sampling: Self.plan(sampling), seed: own, &log)
        guard let last = log.tokens.last else { throw PainterError.noPlan(prompt: prompt) }
        grammar.resume()
        try write([last], &grammar, sampling: sampling, seed: RandomSource.derive(own, 0x57A0, 1), &log)

        let box = grammar.boxes[0].box, steps = Double(SketchVocabulary.gridSteps - 1)
        let all = documents.codec.strokes(grammar.sketches[0])
        let new = Self.rounded(all.dropFirst(given.count).map { stroke in
            Stroke(stroke.points.map { frame.original(Point(x: box.x0 + $0.x / steps * box.width, y: box.y0 + $0.y / steps * box.height)) })
        })
        var result = scene
        let className = vocabulary.classes[grammar.classIndices[0]]
        let first = result.strokes.count
        result.strokes += new
        result.objects.removeAll { !Set($0.strokes).isDisjoint(with: indices) }
        result.objects.append(result.object(className, strokes: indices + Array(first..<first + new.count), confidence: nil))
        if result.objects.count > 1 || !scene.relations.isEmpty { result.relations = result.measuredRelations() }
        result.seed = own
        result.model = name
        if !prompt.isEmpty { result.prompt = prompt }
        return Completed(scene: result, className: className, newStrokes: new.count, notices: reading.notices)
    }

    // MARK: decoding

    private struct TokenLog {
        var tokens: [Int] = []
        var probabilities: [Float] = []
        var mean: Double {
            let logs = probabilities.map { log(Double(max($0, 1e-9))) }
            return logs.isEmpty ? 0 : logs.reduce(0, +) / Double(logs.count)
        }
    }

    private func write(_ prompt: [Int], _ grammar: inout some TokenConstraint, sampling: Sampling, seed: UInt64, _ log: inout TokenLog) throws {
        var sampler = Sampler(sampling, seed: seed)
        var picked: [Int] = [], probabilities: [Float] = []
        _ = try generate(session, prompt: prompt, sampler: &sampler, constraint: &grammar, limit: session.capacity) { token, probability in
            picked.append(token)
            probabilities.append(probability)
            return true
        }
        log.tokens += picked
        log.probabilities += probabilities
        tokenCount += picked.count
    }
}

extension Scene {
    /// An object of this scene's strokes, its box their exact ink box.
    func object(_ className: String, strokes indices: [Int], confidence: Double?) -> SceneObject {
        let ink = Box.of(indices.map { strokes[$0] }) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
        return SceneObject(className: className, box: ink, strokes: indices, confidence: confidence.map { ($0 * 10_000).rounded() / 10_000 })
    }
}
