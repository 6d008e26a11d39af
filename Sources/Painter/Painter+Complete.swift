import Foundation
import Language
import Sketches
import Tensors

extension Painter {
    /// A finished drawing: the given strokes as they were, new ones after them.
    public struct Completed: Sendable {
        /// The whole drawing; given strokes first.
        public var scene: Scene
        /// What the model made of it.
        public var className: String
        /// How many strokes were added, at the end of the scene's.
        public var newStrokes: Int
        /// How surely the ranker names the whole object as that, 0…1; nil without a ranker, or for a class that it does not know.
        public var recognised: Double?
        /// Which ending it is, from 0, by the order in which they were drawn: the same seed gives the same ones, however many are asked for.
        public var ending: Int
        /// What the user should know.
        public var notices: [String]
    }

    /// Finishes the object that the scene's loose strokes begin; where there are none, its object of the class that `prompt` names; else
    /// all strokes, as one object.
    /// - Parameters:
    ///   - prompt: what it shall be ("a cat"); empty leaves it to the model.
    ///   - candidates: endings drawn, of which the best is taken, as `draw` takes the best sketch of an object.
    public func complete(
        _ scene: Scene, prompt: String = "", seed: UInt64, sampling: Sampling = Painter.defaultSampling, candidates: Int = DrawingOptions().candidates, line: Int = 0
    ) throws -> Completed {
        let begun = try begin(scene, prompt, RandomSource.derive(seed, UInt64(line)))
        let endings = try endings(0..<Self.tries(for: candidates, sampling), of: begun, sampling)
        let drawn = endings.filter { !$0.sketch.strokes.isEmpty }
        let best = best(drawn.map(\.sketch)).flatMap { best in drawn.first { $0.sketch.strokes == best.strokes } } ?? endings[0]
        return completed(begun, best)
    }

    /// Several endings of one beginning, no two alike; in all of them it becomes the same thing, in the same box. Those that the ranker names most surely
    /// come first, without a ranker the likeliest.
    /// - Parameter count: 1 or more. There may be fewer where the same ones come again and again: at temperature 0 there is one.
    public func endings(
        _ count: Int, of scene: Scene, prompt: String = "", seed: UInt64, sampling: Sampling = Painter.defaultSampling, line: Int = 0
    ) throws -> [Completed] {
        precondition(count > 0, "\(count) endings")
        let begun = try begin(scene, prompt, RandomSource.derive(seed, UInt64(line)))
        var found: [Ending] = [], tried = 0
        let tries = Self.tries(for: count, sampling, each: 4)
        while found.count < count, tried < tries {
            let next = tried..<min(tried + count - found.count, tries)
            for ending in try endings(next, of: begun, sampling) where !found.contains(where: { $0.sketch.strokes == ending.sketch.strokes }) { found.append(ending) }
            tried = next.upperBound
        }
        found.sort { a, b in
            let (first, second) = (a.sketch.recognised ?? a.sketch.meanLogProbability, b.sketch.recognised ?? b.sketch.meanLogProbability)
            return first == second ? a.number < b.number : first > second
        }
        return found.map { ending in
            var completed = completed(begun, ending)
            if found.count < count { completed.notices.append("found \(found.count) of \(count) different endings; a higher --temperature gives more") }
            return completed
        }
    }

    /// How many endings are worth drawing: at temperature 0 all are the same.
    /// - Parameter each: tries for each that is asked for, as some may come twice.
    private static func tries(for count: Int, _ sampling: Sampling, each: Int = 1) -> Int { sampling.temperature > 0 ? max(count, 1) * each : 1 }

    /// A drawing that is to be completed, and what the model sees in it.
    private struct Begun {
        let scene: Scene
        let prompt: String
        let seed: UInt64
        /// The strokes of the object that is completed.
        let indices: [Int]
        let frame: CanvasFrame
        /// The same in standard pixels, perhaps more coarsely.
        let given: [Stroke]
        let classIndex: Int
        /// Of the whole object, when it is finished.
        let box: Box
        /// The sketch up to the new strokes, and what they may be.
        let start: [Int]
        let limits: SketchGrammar.Limits
        let notices: [String]
    }

    /// The new strokes of one ending, in standard pixels.
    private struct Ending {
        let number: Int
        var sketch: Sketch
    }

    /// Chooses the strokes, and lets the model say what it is and how large it will be: the likeliest.
    private func begin(_ scene: Scene, _ sentence: String, _ seed: UInt64) throws -> Begun {
        let reading = sentence.isEmpty ? PromptReader.Reading(text: "") : try reader.read(sentence)
        var notices = reading.notices
        if let more = reading.counts.values.max(), more > 1 || reading.counts.count > 1 { notices.append("completes one object; draws no others") }
        // Loose strokes first; else an object of the class that is asked for; else everything, as one object.
        var indices = scene.looseStrokes.filter { !scene.strokes[$0].points.isEmpty }
        if indices.isEmpty, let begun = scene.objects.first(where: { reading.mentioned.contains($0.className) }) {
            indices = begun.strokes.filter { !scene.strokes[$0].points.isEmpty }
        }
        if indices.isEmpty, !scene.objects.isEmpty {
            notices.append("every stroke belongs to an object already: all of them are taken for the beginning of one")
        }
        if indices.isEmpty { indices = scene.strokes.indices.filter { !scene.strokes[$0].points.isEmpty } }
        guard !indices.isEmpty else { throw PainterError.emptyCanvas }
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: indices.map { scene.strokes[$0] })
        var given = indices.map { CanvasWindow.bounded(frame.standard(scene.strokes[$0])) }
        let part = try part(.reader), v = part.vocabulary
        var tolerance = SketchCodec.tolerance, prompt = part.documents.completePrompt(given)
        func isLong(_ count: Int) -> Bool { count > min(Self.sketchPositions, part.session.capacity) * 2 / 5 }      // room for the same strokes again and for new ones
        while isLong(prompt.count), tolerance < 30 {
            tolerance *= 1.5
            given = given.map { simplified($0, tolerance: tolerance) }
            prompt = part.documents.completePrompt(given)
        }
        guard given.count <= SketchVocabulary.pointerCount, !isLong(prompt.count) else { throw PainterError.canvasTooLarge(strokes: given.count) }
        // What the sentence names it is; else what it looks like.
        let named = reading.mentioned.isEmpty ? nil : try plan(reading.text, seed: seed).scene.objects.first.flatMap { vocabulary.classIndex($0.className) }
        var grammar = PlanGrammar(v, given: Box.of(given).map(GridBox.init), classIndex: try named ?? likeliestClass(begunBy: given, after: prompt, by: part))
        tokenCount += try part.write(prompt, &grammar).tokens.count
        guard let box = grammar.boxes.first?.box, let classIndex = grammar.spec.items.first?.classIndex else { throw PainterError.noPlan(prompt: reading.text) }
        // It goes on as a sketch of that class in that box.
        let documents = sketcher.documents
        let start = documents.sketchPrompt(
            classIndex, style: styles.style(of: vocabulary.classes[classIndex], asked: .doodle), detail: .usual, quality: .good,
            shape: documents.codec.shape(width: box.width, height: box.height)) + documents.codec.sketch(given, in: box)
        var limits = SketchGrammar.Limits()
        limits.points = min(limits.points, max((Self.sketchPositions - start.count) * 9 / 20, 2))
        if !reading.mentioned.isEmpty, !reading.mentioned.contains(vocabulary.classes[classIndex]) {
            notices.append("the model made a \(vocabulary.classes[classIndex]) of it; try another --seed")
        }
        return Begun(scene: scene, prompt: sentence, seed: seed, indices: indices, frame: frame, given: given, classIndex: classIndex, box: box,
                     start: start, limits: limits, notices: notices)
    }

    /// What strokes look like the beginning of, to the reader and to the ranker; nil without a ranker.
    private func likeliestClass(begunBy given: [Stroke], after prompt: [Int], by part: PainterPart) throws -> Int? {
        guard let ranker, let seen = ranker.probabilities([normalized(given)]).first else { return nil }
        let v = part.vocabulary
        part.session.truncate(to: 0)
        try part.session.extend(with: prompt + [v.object(0)])
        tokenCount += 1
        guard let read = shares(part.session.logits[v.classIDs]) else { throw PainterError.brokenModel(name: name) }
        let mixed = SecondOpinion(of: ranker.classes, on: v.classes, weight: ReadingWeights().ranker).mixed(read, seen)
        return mixed.indices.max { mixed[$0] < mixed[$1] }
    }

    /// How it goes on, by the seed and the ending's number: side by side, each as it would come alone.
    private func endings(_ numbers: Range<Int>, of begun: Begun, _ sampling: Sampling) throws -> [Ending] {
        let tasks = numbers.map { number in
            SketchTask(after: begun.start, limits: begun.limits, seed: RandomSource.derive(begun.seed, 0x57A0, UInt64(number) + 1), sampling: sampling, of: self)
        }
        let box = begun.box, steps = Double(SketchVocabulary.gridSteps - 1)
        var endings = zip(numbers, try sketch(tasks, guidance: DrawingOptions().guidance)).map { number, sketch in
            var sketch = sketch
            sketch.strokes = sketch.strokes.map { stroke in
                Stroke(stroke.points.map { Point(x: box.x0 + $0.x / steps * box.width, y: box.y0 + $0.y / steps * box.height) })
            }
            return Ending(number: number, sketch: sketch)
        }
        let recognised = recognised(endings.map { begun.given + $0.sketch.strokes }, as: begun.classIndex)
        for index in endings.indices { endings[index].sketch.recognised = recognised?[index] }
        return endings
    }

    /// The scene with the ending's strokes after its own.
    private func completed(_ begun: Begun, _ ending: Ending) -> Completed {
        let scene = begun.scene, unit = scene.unit      // As fine as hundredths of a pixel on a canvas of 256.
        let new = ending.sketch.strokes.map { stroke in
            Stroke(stroke.points.map { point in
                let place = begun.frame.original(point)
                return Point(x: (place.x * unit).rounded() / unit, y: (place.y * unit).rounded() / unit)
            })
        }
        var result = scene
        let className = vocabulary.classes[begun.classIndex]
        let first = result.strokes.count
        result.strokes += new
        let taken = Set(begun.indices), kept = scene.objects.indices.filter { taken.isDisjoint(with: scene.objects[$0].strokes) }
        result.objects = kept.map { scene.objects[$0] } + [result.object(className, strokes: begun.indices + Array(first..<first + new.count), confidence: nil)]
        // The file's relations stay among the objects that stay; a file that states relations gets those of the new object too.
        let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) }), newest = result.objects.count - 1
        result.relations = scene.relations.compactMap { relation in
            guard let subject = place[relation.subject], let object = place[relation.object] else { return nil }
            return Relation(relation.kind, subject: subject, object: object)
        }
        if !scene.relations.isEmpty {
            for (other, kind) in (0..<newest).flatMap({ other in RelationKind.allCases.map { (other, $0) } }) {
                for relation in [Relation(kind, subject: newest, object: other), Relation(kind, subject: other, object: newest)] where result.holds(relation) {
                    result.relations.append(relation)
                }
            }
        }
        result.seed = begun.seed
        result.model = name
        if !begun.prompt.isEmpty { result.prompt = begun.prompt }
        return Completed(scene: result, className: className, newStrokes: new.count, recognised: ending.sketch.recognised, ending: ending.number, notices: begun.notices)
    }
}
