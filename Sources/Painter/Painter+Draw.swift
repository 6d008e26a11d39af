import Files
import Foundation
import Language
import Sketches
import Speculation
import Tensors

/// How drawings are made.
public struct DrawingOptions: Sendable {
    /// Of strokes, and at `boxTemperature` of its temperature of boxes.
    public var sampling = Painter.defaultSampling
    /// How much of the strokes' temperature boxes are drawn at: cool ones are large and of the usual shape.
    public var boxTemperature: Float = 0.4
    /// Sketches made of each object: the first that the ranker names rightly and surely is taken, else the surest.
    public var candidates = 8
    /// How much more of its class a sketch is made than the model would make it; 1: as it would, with half the work.
    public var guidance: Float = 2
    /// nil: for each class the style that draws it better.
    public var style: SketchStyle?
    /// How much the strokes tell.
    public var detail = SketchDetail.usual

    /// The defaults.
    public init() {}

    /// As freely as people draw: boxes and strokes by the model's own laws, under as little guidance as keeps one sketch nearly as recognisable as theirs.
    public static let free = {
        var options = DrawingOptions()
        (options.sampling, options.boxTemperature, options.guidance) = (Sampling(temperature: 1), 1, 1.2)
        return options
    }()
}

extension Painter {
    /// A drawn scene and how it came about.
    public struct Drawn: Sendable {
        /// Objects in the order of the plan; relations are those stated that hold.
        public var scene: Scene
        /// Relations that the plan stated; the grammar keeps them true wherever the layout allows.
        public var stated: [Relation]
        /// What the user should know about the prompt: replaced or ignored words.
        public var notices: [String]
        /// The seed that alone reproduces the scene.
        public var seed: UInt64
        /// How surely the ranker names each object as what it shall be, 0…1; nil without a ranker, or for a class that it does not know.
        public var recognised: [Double?] = []
        /// Tokens that the model wrote, candidates that were not taken too.
        public var tokens: Int
    }

    /// What to draw, as one line of a batch.
    public struct Order: Sendable {
        /// The sentence.
        public var prompt: String
        /// Its place in the batch; line 0 uses the seed itself.
        public var line: Int
        /// What the sentence asks for, where the user says: a scene of objects without strokes. Objects without a box get one.
        public var plan: Scene?

        /// An order of one prompt.
        public init(_ prompt: String, line: Int = 0, plan: Scene? = nil) { (self.prompt, self.line, self.plan) = (prompt, line, plan) }
    }

    /// Draws a prompt on a square canvas of 256 pixels.
    /// - Parameter line: the place of the prompt in a batch; line 0 uses `seed` itself.
    /// - Throws: `PainterError` about the prompt; `DecodingError`.
    public func draw(_ prompt: String, seed: UInt64, options: DrawingOptions = DrawingOptions(), line: Int = 0) throws -> Drawn {
        try draw([Order(prompt, line: line)], seed: seed, options: options)[0].get()
    }

    /// What a prompt asks for: a scene of objects with classes, sizes, places, boxes and relations, but no strokes; an `Order` takes it back,
    /// changed as one likes.
    public func plan(_ prompt: String, seed: UInt64, options: DrawingOptions = DrawingOptions()) throws -> Drawn {
        guard let made = try plans([Order(prompt)], seed: seed, options: options).first else { throw PainterError.noPlan(prompt: prompt) }
        let planned = try made.get()
        return Drawn(
            scene: scene(planned.plan, prompt: prompt, seed: seed, options), stated: stated(planned.plan), notices: planned.notices, seed: seed, tokens: planned.tokens)
    }

    /// Reads a prompt and picks the first token of its plan, as `draw` begins: for measurements.
    package func firstToken(of prompt: String, seed: UInt64) throws -> Int {
        let part = try part(.planner), session = part.session
        _ = try planGuesser()                                       // which is loaded before a plan begins
        var task = try PlanTask(reader.read(prompt).text, seed: seed, sampling: Self.defaultSampling, by: part, of: name)
        session.truncate(to: 0)
        let nothing = UnsafeBufferPointer<Float>(start: nil, count: 0)
        guard case .append(let start) = try task.step(nothing, position: 0, capacity: session.capacity) else { throw PainterError.noPlan(prompt: prompt) }
        try session.extend(with: start)
        guard case .append(let token) = try task.step(session.logits, position: session.position, capacity: session.capacity) else {
            throw PainterError.noPlan(prompt: prompt)
        }
        return token[0]
    }

    /// Draws several prompts: first their plans side by side, then all objects and candidates. Each comes out as it would alone.
    /// - Parameter progress: called with the number of orders done.
    /// - Returns: an answer for each order: what `draw` would return or throw.
    public func draw(
        _ orders: [Order], seed: UInt64, options: DrawingOptions = DrawingOptions(), progress: (Int) -> Void = { _ in }
    ) throws -> [Result<Drawn, any Error>] {
        var answers: [Result<Drawn, any Error>] = []
        for start in stride(from: 0, to: orders.count, by: Self.ordersAtOnce) {
            let some = Array(orders[start..<min(start + Self.ordersAtOnce, orders.count)])
            answers += try drawTogether(some, seed: seed, options)
            progress(answers.count)
        }
        return answers
    }

    /// Orders that are drawn side by side; the most slots for sketches.
    private static let ordersAtOnce = 32, sketchSlots = 32
    /// A candidate that the ranker is as sure of as this is taken at once: the best of many would be the plainest of them.
    static let recognisedEnough = 0.8

    private struct Planned {
        var plan: ScenePlan
        var notices: [String]
        var tokens: Int
    }

    private func plans(_ orders: [Order], seed: UInt64, options: DrawingOptions) throws -> [Result<Planned, any Error>] {
        var results = [Result<Planned, any Error>?](repeating: nil, count: orders.count)
        var tasks: [PlanTask] = [], places: [Int] = [], notices = [[String]](repeating: [], count: orders.count), asked = [[SketchStyle?]](repeating: [], count: orders.count)
        var readings: [PromptReader.Reading?] = []                // of each task; nil where the plan is given
        let planner = try part(.planner)
        var cooler = options.sampling
        cooler.temperature *= options.boxTemperature
        for (index, order) in orders.enumerated() {
            do {
                let given = try order.plan.map { scene throws(PainterError) in try ScenePlan(scene, vocabulary) }
                if let given, given.boxes.count == given.spec.items.count {
                    results[index] = .success(Planned(plan: given, notices: [], tokens: 0))
                    continue
                }
                asked[index] = given?.styles ?? []
                if let given, given.boxes.isEmpty, given.hasSomeBoxes { notices[index].append("not every object has a box: all are laid out anew") }
                let reading = try given == nil || !order.prompt.isEmpty ? reader.read(order.prompt, needsObject: given == nil) : PromptReader.Reading(text: "")
                notices[index] += reading.notices
                tasks.append(try PlanTask(reading.text, spec: given?.spec, seed: RandomSource.derive(seed, UInt64(order.line)), sampling: cooler, by: planner, of: name))
                places.append(index)
                readings.append(given == nil ? reading : nil)
            } catch { results[index] = .failure(error) }
        }
        func finish(_ index: Int, _ task: PlanTask, _ error: (any Error)?) {
            let place = places[index]
            tokenCount += task.tokenCount
            results[place] = Result {
                if let error { throw error }
                var planned = Planned(plan: try task.result(prompt: orders[place].prompt), notices: notices[place], tokens: task.tokenCount)
                planned.plan.styles = asked[place]
                if let reading = readings[index] { planned.notices += reading.doubts(of: planned.plan.spec.items.map { vocabulary.classes[$0.classIndex] }) }
                if planned.plan.isBroken { planned.notices.append("no layout was found for all that was asked; try another --seed or fewer objects") }
                return planned
            }
        }
        if tasks.count == 1, var task = tasks.first, options.sampling.repetitionPenalty == 1, let guesser = try planGuesser() {      // several share the planner's passes as it is
            do {
                guesses = guesses + (try task.run(guessedBy: guesser))
                finish(0, task, nil)
            } catch { finish(0, task, error) }
        } else {
            try planner.slots(for: tasks.count).run(tasks, onFinish: finish)
        }
        return orders.indices.map { results[$0] ?? .failure(PainterError.noPlan(prompt: orders[$0].prompt)) }
    }

    private func drawTogether(_ orders: [Order], seed: UInt64, _ options: DrawingOptions) throws -> [Result<Drawn, any Error>] {
        let planned = try plans(orders, seed: seed, options: options), each = max(options.candidates, 1)
        var tasks: [SketchTask] = [], places: [(order: Int, object: Int, candidate: Int)] = []
        for (index, order) in orders.enumerated() {
            guard let plan = try? planned[index].get().plan else { continue }
            let own = RandomSource.derive(seed, UInt64(order.line))
            for (object, item) in plan.spec.items.enumerated() {
                let sketch = SketchTask.Order(
                    classIndex: item.classIndex, style: styles.style(of: vocabulary.classes[item.classIndex], asked: options.style ?? plan.style(of: object)), detail: options.detail, box: plan.boxes[object])
                for candidate in 0..<each {
                    tasks.append(SketchTask(sketch, seed: RandomSource.derive(own, UInt64(object) + 1, UInt64(candidate)), sampling: options.sampling, of: self))
                    places.append((index, object, candidate))
                }
            }
        }
        let sketches = try sketch(tasks, guidance: options.guidance)
        // Candidates of one object lie side by side.
        var chosen: [Int: [Sketch?]] = [:], cost = [Int](repeating: 0, count: orders.count)
        for start in stride(from: 0, to: tasks.count, by: each) {
            let place = places[start], own = Array(sketches[start..<start + each])
            guard let plan = try? planned[place.order].get().plan else { continue }
            chosen[place.order, default: []].append(best(own, classIndex: plan.spec.items[place.object].classIndex, box: plan.boxes[place.object].box))
            cost[place.order] += own.reduce(0) { $0 + $1.tokens }
        }
        return orders.enumerated().map { index, order in
            Result {
                let planned = try planned[index].get(), own = RandomSource.derive(seed, UInt64(order.line))
                var drawn = Drawn(
                    scene: scene(planned.plan, prompt: order.prompt, seed: own, options), stated: stated(planned.plan), notices: planned.notices, seed: own,
                    tokens: planned.tokens + cost[index])
                for (object, sketch) in (chosen[index] ?? []).enumerated() {
                    drawn.recognised.append(sketch?.recognised)
                    guard let sketch else { continue }
                    let strokes = Self.rounded(fitted(sketch.strokes, to: planned.plan.boxes[object].box)), first = drawn.scene.strokes.count
                    drawn.scene.strokes += strokes
                    drawn.scene.objects[object].strokes = Array(first..<first + strokes.count)
                    if let box = Box.of(strokes) { drawn.scene.objects[object].box = box }
                }
                drawn.scene.relations = drawn.stated.filter(drawn.scene.holds)
                return drawn
            }
        }
    }

    // MARK: sketches

    /// One candidate.
    struct Sketch {
        /// In grid steps.
        var strokes: [Stroke]
        var meanLogProbability: Double
        var tokens: Int
        /// The ranker's probability of the class it shall be.
        var recognised: Double?
    }

    /// Writes sketches side by side, in the order of the tasks.
    func sketch(_ tasks: [SketchTask], guidance: Float) throws -> [Sketch] {
        guard !tasks.isEmpty else { return [] }
        let capacity = min(Self.sketchPositions, sketcher.session.capacity)
        let batch = sketcher.sketching ?? DecodingBatch(sketcher.session.model, slots: sketcher.slots(Self.sketchSlots, capacity: capacity), capacity: capacity)
        sketcher.sketching = batch
        return try sketch(tasks, guidance: guidance, in: batch)
    }

    /// Writes sketches in the slots of a batch, in the order of the tasks.
    /// - Parameter guidance: 1 for sketches that were begun.
    func sketch(_ tasks: [SketchTask], guidance: Float = 1, in batch: DecodingBatch) throws -> [Sketch] {
        var sketches = [Sketch?](repeating: nil, count: tasks.count), failure: (any Error)?
        func finish(_ index: Int, _ task: SketchTask, _ error: (any Error)?) {
            if let error { failure = failure ?? error }
            tokenCount += task.log.tokens.count
            sketches[index] = Sketch(strokes: task.strokes, meanLogProbability: task.log.mean, tokens: task.log.tokens.count)
        }
        if guidance == 1 || batch.slots == 1 { try batch.run(tasks, onFinish: finish) } else { try batch.run(tasks, guidance: guidance, onFinish: finish) }
        if let failure { throw failure }
        return sketches.compactMap { $0 }
    }

    /// The candidate to take: the first that the ranker is sure of, else the one it is surest of; without a ranker the likeliest.
    /// - Parameter box: where the sketch goes; its proportions are the drawing's.
    func best(_ candidates: [Sketch], classIndex: Int, box: Box) -> Sketch? {
        var candidates = candidates.filter { !$0.strokes.isEmpty }
        let recognised = recognised(candidates.map { fitted($0.strokes, to: box) }, as: classIndex)
        for index in candidates.indices { candidates[index].recognised = recognised?[index] }
        return best(candidates)
    }

    /// The same of candidates that the ranker has seen, or that it cannot tell.
    func best(_ candidates: [Sketch]) -> Sketch? {
        if candidates.allSatisfy({ $0.recognised == nil }) { return candidates.max { $0.meanLogProbability < $1.meanLogProbability } }
        let sure = candidates.first { $0.recognised ?? 0 >= Self.recognisedEnough }
        return sure ?? candidates.max { ($0.recognised ?? 0) < ($1.recognised ?? 0) }
    }

    /// How surely the ranker names each drawing as the class, 0…1; nil without a ranker, or for a class that it does not know.
    func recognised(_ drawings: [[Stroke]], as classIndex: Int) -> [Double]? {
        guard let ranker, !drawings.isEmpty, let label = ranker.classes.firstIndex(of: vocabulary.classes[classIndex]) else { return nil }
        return ranker.probabilities(drawings).map { Double($0[label]) }
    }

    // MARK: scenes of plans

    /// The plan as a scene without strokes.
    private func scene(_ plan: ScenePlan, prompt: String, seed: UInt64, _ options: DrawingOptions) -> Scene {
        var scene = Scene(prompt: prompt, width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, seed: seed, model: name)
        for (index, (item, box)) in zip(plan.spec.items, plan.boxes).enumerated() {
            let className = vocabulary.classes[item.classIndex]
            var object = SceneObject(className: className, box: box.box, strokes: [])
            object.extra["size"] = item.size.map { .string($0.rawValue) }
            object.extra["place"] = item.place.map { .string($0.rawValue) }
            let style = styles.style(of: className, asked: options.style ?? plan.style(of: index))
            if style != .doodle { object.extra["style"] = .string(style.rawValue) }
            scene.objects.append(object)
        }
        if plan.spec.isRow { scene.extra["row"] = .bool(true) }
        scene.relations = stated(plan)
        return scene
    }

    private func stated(_ plan: ScenePlan) -> [Relation] {
        plan.spec.relations.map { Relation($0.kind, subject: $0.subject, object: $0.object) }
    }
}

extension ScenePlan {
    /// A plan that a user wrote or changed: a scene's objects (`class`, `size`, `place`, `style`, `box`), relations and `row`. Boxes count only where all
    /// objects have one.
    /// - Throws: `PainterError`: a class, size or place that is not known, too many objects, none.
    init(_ scene: Scene, _ vocabulary: SketchVocabulary) throws(PainterError) {
        self.init()
        guard !scene.objects.isEmpty else { throw .badPlan("it has no objects") }
        guard scene.objects.count <= SketchVocabulary.objectCount else { throw .tooManyObjects(asked: scene.objects.count, limit: SketchVocabulary.objectCount) }
        func word<Word: RawRepresentable & CaseIterable>(_ key: String, of object: SceneObject, _ type: Word.Type) throws(PainterError) -> Word? where Word.RawValue == String {
            guard let value = object.extra[key], value != .null else { return nil }
            if case .string(let text) = value, let word = Word(rawValue: text) { return word }
            throw .badPlan("an object's \"\(key)\" is none of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        for object in scene.objects {
            guard let classIndex = vocabulary.classIndex(object.className) else {
                throw .unknownWords([object.className], near: PromptReader(classes: vocabulary.classes).near(object.className, count: 3))
            }
            spec.items.append(SceneSpec.Item(classIndex: classIndex, size: try word("size", of: object, SizeWord.self), place: try word("place", of: object, PlaceWord.self)))
            styles.append(try word("style", of: object, SketchStyle.self))
        }
        for relation in scene.relations {
            guard scene.objects.indices.contains(relation.subject), scene.objects.indices.contains(relation.object), relation.subject != relation.object else {
                throw .badPlan("a relation is about an object that it does not have")
            }
            spec.relations.append(PlannedRelation(kind: relation.kind, subject: relation.subject, object: relation.object))
        }
        spec.isRow = scene.extra["row"] == .bool(true) && spec.items.count > 1
        let scale = SketchCodec.canvasSide / max(scene.longestSide, 1e-9)
        hasSomeBoxes = scene.objects.contains { $0.box.width > 0 || $0.box.height > 0 }
        if scene.objects.allSatisfy({ $0.box.width > 0 || $0.box.height > 0 }) {
            boxes = scene.objects.map { GridBox(Box(x0: $0.box.x0 * scale, y0: $0.box.y0 * scale, x1: $0.box.x1 * scale, y1: $0.box.y1 * scale)) }
        }
    }
}
