import Foundation
import Sketches
import Tensors

/// The figures of a Painter, on drawings it has never seen, beside trivial baselines.
///
/// Everything random follows from `seed`. The judge is a network of its own (`Judge`).
public struct PainterEvaluation {
    /// How much is drawn and read.
    public struct Size: Sendable {
        /// Drawings a class, of the Painter and of people.
        public var drawingsPerClass = 12, humansPerClass = 20
        /// Prompts with relations; composed canvases; partial drawings.
        public var prompts = 200, canvases = 400, completions = 200
        /// Commands of each kind: add, move, resize, replace.
        public var commands = 100
        /// Drawings a side of the likeness, and sentences of scenes with so many objects (four scenes each).
        public var likeness = DrawingSample.standardCount, scenes = 200
        /// What is published: about an hour on one thread of a slow core, half of it for scenes.
        public init() {}
        /// For a quick look.
        public static var small: Size {
            var size = Size()
            size.drawingsPerClass = 1; size.humansPerClass = 3; size.prompts = 30; size.canvases = 30; size.completions = 30; size.commands = 15; size.likeness = 142; size.scenes = 20
            return size
        }
    }

    /// Shares are with their 95 % intervals.
    public struct Report: Codable, Sendable {
        /// How recognisable single drawings are.
        public struct Recognition: Codable, Sendable {
            /// Judged classes.
            public var classes = 0
            /// The judge's rate on what the Painter draws: one sample, and the best of some by the ranker, as `draw` gives; on people's held-out
            /// drawings (the ceiling).
            public var painter = Rate(), best = Rate(), human = Rate()
            /// The Painter's rates over people's.
            public var shareOfCeiling = 0.0, bestShareOfCeiling = 0.0
            /// Floor: a nearest-neighbour classifier on pixels in the judge's place; chance.
            public var nearestNeighbourOnPainter = Rate(), nearestNeighbourOnHumans = Rate()
            /// One over the number of classes.
            public var chance = 0.0
            /// Classes that the judge recognises least in the Painter's drawings.
            public var worst: [String] = []
        }
        /// How far scenes hold what sentences ask for.
        public struct Prompts: Codable, Sendable {
            /// Asked objects present; relations right where both their objects are; the same for swapped pairs; whole prompts followed.
            public var objects = Rate(), relations = Rate(), swapped = Rate(), whole = Rate()
            /// Baseline: the same boxes with their objects dealt at random.
            public var relationsAtRandom = Rate()
        }
        /// Drawings finished from the first half of their strokes.
        public struct Completion: Codable, Sendable {
            /// The judge's rate with half the strokes (baseline), completed by the Painter without and with the class named, and on the whole drawing.
            public var partial = Rate(), completed = Rate(), completedWhenNamed = Rate(), human = Rate()
            /// The best of some endings by the ranker, as `complete` gives them; the same with the class named.
            public var best = Rate(), bestWhenNamed = Rate()
        }
        /// How far drawings are from those trained on.
        public struct Novelty: Codable, Sendable {
            /// Median distance to the nearest training drawing of the class: of drawn doodles (icons are few, and known by heart) and of people's held-out ones.
            public var painterMedian = 0.0, humanMedian = 0.0
            /// Drawn ones nearer to a training drawing than 99 % of people's held-out ones are.
            public var nearCopies = Rate()
        }
        /// What was measured, by what, and with which randomness.
        public var model = "", precision = "", judge = "", seed: UInt64 = 0
        /// The figures, part by part.
        public var recognition = Recognition(), prompts = Prompts(), editing = Editing(), completion = Completion(), novelty = Novelty(), loss = Loss()
        /// Likeness and variety; scenes of two and of four objects.
        public var likeness: LikenessReport?, scenes: [SceneFigures] = []
        /// Commands that add, move, resize or replace.
        public var commands = CommandFigures()
        /// Plans of requests that no recipe has seen.
        public var spec: SpecFigures?
        /// Seconds that it took.
        public var seconds = 0.0

        /// Nothing measured yet.
        package init(model: String = "", precision: String = "", judge: String = "", seed: UInt64 = 0) {
            (self.model, self.precision, self.judge, self.seed) = (model, precision, judge, seed)
        }
    }

    let painter: Painter
    let judge: Judge
    let training, heldOut: DrawingPack
    /// Judged classes, by index in the packs.
    let judged: [Int]
    let size: Size
    let seed: UInt64
    /// How strokes are read.
    let reading: ReadingOptions
    /// How everything is drawn; some figures are of one sample instead of the best of several.
    let drawing: DrawingOptions
    /// Requests that no recipe has seen.
    let requests: [SpecRequest]

    /// - Parameters:
    ///   - data: a folder that `atelier data quickdraw` prepared.
    ///   - requests: requests for drawings, and what they ask for.
    ///   - reading: how strokes are read; its seed follows from `seed`.
    public init(
        painter: Painter, judge: Judge, data: URL, requests: [SpecRequest] = [], size: Size = Size(), reading: ReadingOptions = ReadingOptions(), drawing: DrawingOptions = DrawingOptions(),
        seed: UInt64 = 0
    ) throws {
        self.requests = requests
        self.drawing = drawing
        self.painter = painter
        self.judge = judge
        training = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: data))
        let heldOut = try DrawingPack(contentsOf: QuickDrawData.url(of: .ceiling, in: data))
        self.heldOut = heldOut
        judged = try judge.classes.map { name in
            guard let index = heldOut.classes.firstIndex(of: name) else { throw PainterError.badPack(path: data.path, reason: "no class \"\(name)\"") }
            return index
        }
        self.size = size
        self.seed = seed
        self.reading = reading.seeded(RandomSource.derive(seed, 0x4EAD))
    }

    /// The parts of a report, each of which can be measured alone: the others then stay empty.
    public enum Part: String, CaseIterable, Sendable, Codable { case recognition, likeness, scenes, spec, prompts, editing, commands, completion, loss }

    /// - Parameter progress: told the name of each part before it is measured.
    public func run(_ parts: [Part] = Part.allCases, progress: (String) -> Void = { _ in }) throws -> Report {
        var nothing: EvaluationSamples?
        return try run(parts, keeping: &nothing, progress: progress)
    }

    /// The same figures, and what stands behind them.
    /// - Parameter samples: where drawings are kept; nil keeps none.
    public func run(_ parts: [Part] = Part.allCases, keeping samples: inout EvaluationSamples?, progress: (String) -> Void = { _ in }) throws -> Report {
        let start = Date()
        var report = Report(model: painter.name, precision: painter.format.rawValue, judge: judge.name, seed: seed)
        for part in parts {
            progress(part.rawValue)
            switch part {
            case .recognition: (report.recognition, report.novelty) = try recognition(&samples)
            case .likeness: report.likeness = try likeness()
            case .scenes: report.scenes = try scenes(&samples)
            case .spec: report.spec = try spec(requests, &samples)
            case .prompts: report.prompts = try prompts(&samples)
            case .editing: report.editing = try editing(&samples)
            case .commands: report.commands = try commands(&samples)
            case .completion: report.completion = try completion(&samples)
            case .loss: report.loss = try loss()
            }
        }
        report.seconds = (Date().timeIntervalSince(start) * 10).rounded() / 10
        return report
    }

    // MARK: recognition, novelty

    /// No choice among candidates.
    var oneSample: DrawingOptions {
        var options = drawing
        options.candidates = 1
        return options
    }

    private func recognition(_ samples: inout EvaluationSamples?) throws -> (Report.Recognition, Report.Novelty) {
        var result = Report.Recognition(classes: judged.count)
        let neighbours = NearestDrawing(training, classes: judged, limit: 200)
        var drawn: [(label: Int, strokes: [Stroke])] = [], doodles: [(label: Int, strokes: [Stroke])] = [], best: [(label: Int, strokes: [Stroke])] = [], human: [(label: Int, strokes: [Stroke])] = []
        let orders = judged.indices.flatMap { label in
            (0..<size.drawingsPerClass).map { Painter.Order(ClassWords.withArticle(heldOut.classes[judged[label]]), line: 1_000 * (label + 1) + $0) }
        }
        for (place, answer) in try painter.draw(orders, seed: seed, options: oneSample).enumerated() {
            let scene = try answer.get().scene
            drawn.append((place / size.drawingsPerClass, scene.objects.first.map(scene.strokes(of:)) ?? []))
            if scene.objects.first?.extra["style"] == nil { doodles.append(drawn[place]) }
        }
        for (place, answer) in try painter.draw(orders, seed: RandomSource.derive(seed, 0xBE57), options: drawing).enumerated() {
            let scene = try answer.get().scene
            best.append((place / size.drawingsPerClass, scene.objects.first.map(scene.strokes(of:)) ?? []))
        }
        for (label, classIndex) in judged.enumerated() {
            for index in 0..<min(size.humansPerClass, heldOut.count(of: classIndex)) { human.append((label, heldOut.drawing(classIndex, index))) }
        }
        var missed = [Int](repeating: 0, count: judged.count)
        let drawnAs = judge.verdicts(drawn.map(\.strokes)), bestAs = judge.readings(best.map(\.strokes)), humanAs = judge.verdicts(human.map(\.strokes))
        for (verdict, item) in zip(drawnAs, drawn) {
            result.painter.record(verdict == item.label)
            if verdict != item.label { missed[item.label] += 1 }
        }
        for (seen, item) in zip(bestAs, best) { result.best.record(seen.label == item.label) }
        for (verdict, item) in zip(humanAs, human) { result.human.record(verdict == item.label) }
        samples?.classes = judged.indices.map { label in
            EvaluationSamples.JudgedClass(
                name: judge.classes[label],
                drawings: zip(best, bestAs).filter { $0.0.label == label }.map { .init(strokes: $0.0.strokes, seenAs: judge.classes[$0.1.label], probability: $0.1.probability) },
                oneSample: Rate(of: zip(drawn, drawnAs).filter { $0.0.label == label }.map { $0.1 == label }),
                people: Rate(of: zip(human, humanAs).filter { $0.0.label == label }.map { $0.1 == label }))
        }
        for (part, seen) in [("recognition, one sample", zip(drawn, drawnAs).map { ($0.label, $1) }), ("recognition, as drawn", zip(best, bestAs).map { ($0.label, $1.label) }),
                             ("recognition, people's", zip(human, humanAs).map { ($0.label, $1) })] {
            samples?.judgements += seen.map { Judgement(part, judge.classes[$0], seenAs: [judge.classes[$1]], isRight: $0 == $1) }
        }
        if result.human.value > 0 {
            (result.shareOfCeiling, result.bestShareOfCeiling) = (result.painter.value / result.human.value, result.best.value / result.human.value)
        }
        result.chance = 1 / Double(judged.count)
        result.worst = judged.indices.filter { missed[$0] > 0 }.sorted { (missed[$1], $0) < (missed[$0], $1) }.prefix(10).map { judge.classes[$0] }
        for item in drawn { result.nearestNeighbourOnPainter.record(neighbours.nearest(item.strokes)?.label == item.label) }
        let some = stride(from: 0, to: human.count, by: max(1, human.count / 300)).map { human[$0] }
        for item in some { result.nearestNeighbourOnHumans.record(neighbours.nearest(item.strokes)?.label == item.label) }

        let all = NearestDrawing(training, classes: judged)
        var novelty = Report.Novelty()
        let own = doodles.compactMap { all.nearest($0.strokes, label: $0.label)?.distance }.sorted()
        let others = some.compactMap { all.nearest($0.strokes, label: $0.label)?.distance }.sorted()
        novelty.painterMedian = own.isEmpty ? 0 : own[own.count / 2]
        novelty.humanMedian = others.isEmpty ? 0 : others[others.count / 2]
        let threshold = others.isEmpty ? 0 : others[others.count / 100]
        for distance in own { novelty.nearCopies.record(distance < threshold) }
        samples?.distances = EvaluationSamples.Distances(painter: own, people: others, nearCopy: threshold)
        return (result, novelty)
    }

    /// The chance of one trial: what a model does in one, or another wording of its sentence, changes nothing of the next.
    func chance(_ measure: UInt64, _ round: Int) -> RandomSource { RandomSource(seed: RandomSource.derive(seed, measure, UInt64(round))) }

    // MARK: prompts

    /// The relations that the row on prompts is about.
    static let promptRelations: [RelationKind] = [.leftOf, .rightOf, .above, .below, .inside, .larger, .smaller]

    private func prompts(_ samples: inout EvaluationSamples?) throws -> Report.Prompts {
        var result = Report.Prompts()
        var composer = SceneComposer(heldOut, exponent: 0.5)
        composer.augments = false
        for round in 0..<size.prompts {
            var wanted: ComposedScene, random = chance(0x9207, round)
            repeat {                                             // 2–4 objects, at least one relation, no word-for-word twin left to chance
                wanted = composer.compose(count: 2 + round % 3, relationCount: 1 + round % 2, relationKinds: Self.promptRelations, &random)
            } while wanted.relations.isEmpty
            let own = RandomSource.derive(seed, 0xA5C, UInt64(round))
            var drawn = Scene(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide)
            // A sentence that is refused has nothing of what it asks for.
            do { drawn = try painter.draw(wanted.prompt, seed: own, options: oneSample).scene } catch is PainterError {}
            let isRight = score(drawn, wanted, &result, &random)
            samples?.prompts.append(EvaluationSamples.AskedScene(
                truth: SceneTruth(
                    prompt: wanted.prompt, classes: wanted.objects.map { heldOut.classes[$0.classIndex] },
                    relations: wanted.relations.map { Relation($0.kind, subject: $0.subject, object: $0.object) }),
                scene: drawn, isRight: isRight))
            samples?.judgements.append(Judgement("prompts", wanted.prompt, isRight: isRight))
            // The pair of the first relation alone, both ways round.
            let relation = wanted.relations[0]
            let a = wanted.objects[relation.subject].classIndex, b = wanted.objects[relation.object].classIndex
            guard a != b else { continue }
            for (first, second) in [(a, b), (b, a)] {
                let prompt = "\(ClassWords.withArticle(heldOut.classes[first])) \(relation.kind.rawValue) \(ClassWords.withArticle(heldOut.classes[second]))"
                let scene = try painter.draw(prompt, seed: RandomSource.derive(own, 1), options: oneSample).scene
                guard let subject = scene.objects.firstIndex(where: { $0.className == heldOut.classes[first] }),
                      let object = scene.objects.firstIndex(where: { $0.className == heldOut.classes[second] }) else { continue }
                result.swapped.record(scene.holds(relation.kind, subject: subject, object: object))
            }
        }
        return result
    }

    /// Objects are matched by class, equal ones in order of mention.
    /// - Returns: whether the scene is all that was asked for.
    private func score(_ scene: Scene, _ wanted: ComposedScene, _ result: inout Report.Prompts, _ random: inout RandomSource) -> Bool {
        var free = Array(scene.objects.indices), place: [Int?] = []
        for object in wanted.objects {
            let found = free.first { scene.objects[$0].className == heldOut.classes[object.classIndex] }
            free.removeAll { $0 == found }
            place.append(found)
            result.objects.record(found != nil)
        }
        var isRight = !place.contains(nil) && free.isEmpty
        for relation in wanted.relations {
            guard let subject = place[relation.subject], let object = place[relation.object] else { continue }
            let holds = scene.holds(relation.kind, subject: subject, object: object)
            result.relations.record(holds)
            isRight = isRight && holds
            let dealt = Array(scene.objects.indices).shuffled(using: &random)
            result.relationsAtRandom.record(scene.holds(relation.kind, subject: dealt[0], object: dealt[1]))
        }
        result.whole.record(isRight)
        return isRight
    }

    // MARK: completion

    private func completion(_ samples: inout EvaluationSamples?) throws -> Report.Completion {
        var result = Report.Completion(), random = RandomSource(seed: RandomSource.derive(seed, 0xC03))
        var partial: [[Stroke]] = [], completed: [[Stroke]] = [], named: [[Stroke]] = [], whole: [[Stroke]] = [], labels: [Int] = []
        var best: [[Stroke]] = [], bestNamed: [[Stroke]] = []
        while labels.count < size.completions {
            let label = random.int(below: judged.count), classIndex = judged[label]
            guard heldOut.count(of: classIndex) > 0 else { continue }
            let strokes = heldOut.drawing(classIndex, random.int(below: heldOut.count(of: classIndex)))
            guard strokes.count > 1 else { continue }
            let placed = strokes.map { Stroke($0.points.map { Point(x: 48 + $0.x * 0.62, y: 48 + $0.y * 0.62) }) }
            let given = Array(placed.prefix((placed.count + 1) / 2))
            let scene = Scene(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, strokes: given)
            let own = RandomSource.derive(seed, 0xC04, UInt64(labels.count))
            func finished(_ prompt: String, _ candidates: Int) throws -> [Stroke] { try painter.complete(scene, prompt: prompt, seed: own, candidates: candidates).scene.strokes }
            let name = ClassWords.withArticle(heldOut.classes[classIndex])
            completed.append(try finished("", 1))
            named.append(try finished(name, 1))
            best.append(try finished("", drawing.candidates))
            bestNamed.append(try finished(name, drawing.candidates))
            partial.append(given)
            whole.append(placed)
            labels.append(label)
        }
        for (part, drawings, rate) in [
            ("the half alone", partial, \Report.Completion.partial), ("one ending", completed, \.completed), ("one ending, named", named, \.completedWhenNamed),
            ("best ending", best, \.best), ("best ending, named", bestNamed, \.bestWhenNamed), ("people's whole", whole, \.human),
        ] {
            for (verdict, label) in zip(judge.verdicts(drawings), labels) {
                result[keyPath: rate].record(verdict == label)
                samples?.judgements.append(Judgement("completion, \(part)", judge.classes[label], seenAs: [judge.classes[verdict]], isRight: verdict == label))
            }
        }
        return result
    }
}
