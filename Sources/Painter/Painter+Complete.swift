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
        /// What the user should know.
        public var notices: [String]
    }

    /// Finishes the object that the scene's loose strokes begin; where there are none, its object of the class that `prompt` names; else
    /// all strokes, as one object.
    /// - Parameter prompt: what it shall be ("a cat"); empty leaves it to the model.
    public func complete(_ scene: Scene, prompt: String = "", seed: UInt64, sampling: Sampling = Painter.defaultSampling, line: Int = 0) throws -> Completed {
        let reading = prompt.isEmpty ? PromptReader.Reading(text: "") : try reader.read(prompt)
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
        let own = RandomSource.derive(seed, UInt64(line))
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: indices.map { scene.strokes[$0] })
        var given = indices.map { CanvasWindow.bounded(frame.standard(scene.strokes[$0])) }
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
        let v = vocabulary
        var plan = PlanGrammar(v, given: Box.of(given).map(GridBox.init)), log = TokenLog()
        // What it is and how large: the likeliest. How it goes on: by the seed.
        try write(start, &plan, sampling: .greedy, seed: own, &log)
        guard let last = log.tokens.last, let planned = plan.boxes.first, let classIndex = plan.spec.items.first?.classIndex else { throw PainterError.noPlan(prompt: prompt) }
        let again = [last, v.strokes, v.object(0), v.classToken(classIndex)] + documents.codec.sketch(given, in: planned.box)
        var limits = SketchGrammar.Limits()
        limits.points = min(limits.points, max((session.capacity - session.position - again.count) * 9 / 20, 2))
        var grammar = SketchGrammar(v, limits: limits)
        try write(again, &grammar, sampling: sampling, seed: RandomSource.derive(own, 0x57A0, 1), &log)

        let box = planned.box, steps = Double(SketchVocabulary.gridSteps - 1)
        // As fine as hundredths of a pixel on a canvas of 256.
        let unit = scene.unit
        let new = documents.codec.strokes(grammar.tokens).map { stroke in
            Stroke(stroke.points.map { point in
                let place = frame.original(Point(x: box.x0 + point.x / steps * box.width, y: box.y0 + point.y / steps * box.height))
                return Point(x: (place.x * unit).rounded() / unit, y: (place.y * unit).rounded() / unit)
            })
        }
        var result = scene
        let className = vocabulary.classes[classIndex]
        let first = result.strokes.count
        result.strokes += new
        if !reading.mentioned.isEmpty, !reading.mentioned.contains(className) { notices.append("the model made a \(className) of it; try another --seed") }
        let taken = Set(indices), kept = scene.objects.indices.filter { taken.isDisjoint(with: scene.objects[$0].strokes) }
        result.objects = kept.map { scene.objects[$0] } + [result.object(className, strokes: indices + Array(first..<first + new.count), confidence: nil)]
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
        result.seed = own
        result.model = name
        if !prompt.isEmpty { result.prompt = prompt }
        return Completed(scene: result, className: className, newStrokes: new.count, notices: notices)
    }
}
