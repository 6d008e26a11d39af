import Foundation
import Sketches
import Tensors

extension PainterEvaluation {
    /// How far commands that add, move, resize or replace one thing do that and nothing else.
    ///
    /// Scenes of people's held-out drawings, written as SVG with their objects named and edited as a file: what was not named must keep every byte.
    public struct CommandFigures: Codable, Sendable {
        /// The asked change was made and the rest of the file is as it was. Added and replaced things count if the judge names them first; what is said
        /// of their place must hold for the ink.
        public var add = Rate(), move = Rate(), resize = Rate(), replace = Rate()
        /// Two changes of one thing in one command, both made ("make it bigger and move it to the left"); not among `all`.
        public var twice = Rate()
        /// All of the others; the same from strokes alone, objects not told.
        public var all = Rate(), fromStrokes = Rate()
        /// The command was carried out on the right object; baseline: an object at random. Additions are not counted.
        public var rightObject = Rate(), objectAtRandom = Rate()
        /// Every stroke that the command does not name kept its bytes.
        public var untouched = Rate()
        /// The judge names what was added or put in another's place.
        public var newRecognised = Rate()

        public init() {}
    }

    func commands(_ samples: inout EvaluationSamples?) throws -> CommandFigures {
        var result = CommandFigures()
        var composer = SceneComposer(heldOut, classes: judged, exponent: 0.5)
        composer.augments = false
        let verbs: [(EditCommand.Verb, WritableKeyPath<CommandFigures, Rate>)] = [(.add, \.add), (.move, \.move), (.resize, \.resize), (.replace, \.replace)]
        for round in 0..<size.commands {
            for (index, (verb, rate)) in verbs.enumerated() {
                var random = chance(0xC0AA, round * verbs.count + index)
                let composed = composer.compose(count: 1 + round % 4, relationCount: round % 2, overlap: (0, 0), &random)
                var trial = try CommandTrial(composed, classes: heldOut.classes)
                guard trial.ask([verb], of: judged, &random) else { continue }
                let own = RandomSource.derive(seed, 0xC0AB, UInt64(round))
                let outcome = try trial.outcome(of: painter, seed: own, judge: judge, isTold: true, drawing: drawing, reading: reading)
                result[keyPath: rate].record(outcome.isMade && outcome.isUntouched)
                result.all.record(outcome.isMade && outcome.isUntouched)
                result.untouched.record(outcome.isUntouched)
                if let isRecognised = outcome.isRecognised { result.newRecognised.record(isRecognised) }
                if let object = trial.object {
                    result.rightObject.record(outcome.isRightObject)
                    result.objectAtRandom.record(random.int(below: trial.document.scene.objects.count) == object)
                }
                let bare = try trial.outcome(of: painter, seed: own, judge: judge, isTold: false, drawing: drawing, reading: reading)
                result.fromStrokes.record(bare.isMade && bare.isUntouched)
                samples?.judgements.append(Judgement("commands, \(verb)", trial.text, isRight: outcome.isMade && outcome.isUntouched))
                samples?.judgements.append(Judgement("commands, \(verb), from strokes alone", trial.text, isRight: bare.isMade && bare.isUntouched))
            }
            var own = chance(0xC0AC, round)
            var trial = try CommandTrial(composer.compose(count: 1 + round % 4, relationCount: round % 2, overlap: (0, 0), &own), classes: heldOut.classes)
            guard trial.ask([.move, .resize], of: judged, &own) else { continue }
            let outcome = try trial.outcome(of: painter, seed: own.next(), judge: judge, isTold: true, drawing: drawing, reading: reading)
            result.twice.record(outcome.isMade && outcome.isUntouched)
            samples?.judgements.append(Judgement("commands, two changes of one thing", trial.text, isRight: outcome.isMade && outcome.isUntouched))
        }
        return result
    }
}

/// A scene in a file, a command about one thing, and what came of it.
private struct CommandTrial {
    struct Outcome {
        /// What was asked for is there, and it was done to the right object.
        var isMade = false, isRightObject = false
        var isUntouched = false
        /// Of what is new.
        var isRecognised: Bool?
    }

    let file: Data
    let document: SVGDocument
    let classes: [String]
    private(set) var text = ""
    private(set) var operations: [EditOperation] = []
    /// What is changed; nil for what is new.
    var object: Int? { operations.first?.object }

    /// Strokes object by object from left to right, so that each is a line of the file in the order of the scene, and "one of the cats" is the first as in training.
    init(_ composed: ComposedScene, classes: [String]) throws {
        var scene = Scene(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide)
        for object in composed.objects.sorted(by: { $0.box.isFartherLeft(than: $1.box) }) {
            let first = scene.strokes.count
            scene.strokes += object.strokes
            scene.objects.append(scene.object(classes[object.classIndex], strokes: Array(first..<scene.strokes.count), confidence: nil))
        }
        file = try SketchFile.write([scene], format: .svg)
        document = try SVGDocument(file)
        self.classes = classes
    }

    /// Finds a command with one operation of a kind, or with one of each of two kinds on one object; new things are of `judged` classes.
    mutating func ask(_ verbs: Set<EditCommand.Verb>, of judged: [Int], _ r: inout RandomSource) -> Bool {
        let objects = document.scene.objects.compactMap { object -> CanvasObject? in
            guard let classIndex = classes.firstIndex(of: object.className) else { return nil }
            return CanvasObject(classIndex: classIndex, box: GridBox(object.box), strokes: object.strokes)
        }
        for _ in 0..<400 {
            let command = EditCommand.random(objects, classes: classes, verbs: verbs, &r)
            guard command.operations.count == verbs.count, Set(command.operations.map(\.object)).count == 1, let first = command.operations.first else { continue }
            switch first {
            case .add(let classIndex, _, _): guard judged.contains(classIndex) else { continue }
            case .replace(_, let classIndex): guard judged.contains(classIndex) else { continue }
            default: break
            }
            (text, operations) = (command.text, command.operations)
            return true
        }
        return false
    }

    func outcome(of painter: Painter, seed: UInt64, judge: Judge, isTold: Bool, drawing: DrawingOptions, reading: ReadingOptions) throws -> Outcome {
        var scene = document.scene
        if !isTold { scene.objects = [] }
        let edited: Painter.Edited
        do { edited = try painter.edit(text, of: scene, seed: seed, options: drawing, reading: reading) } catch is PainterError { return Outcome(isUntouched: true) }
        guard let data = try? document.applying(edited.edits), let after = try? SVGDocument(data).scene else { return Outcome() }
        return outcome(edited.steps, after, data, judge)
    }

    private func outcome(_ steps: [Painter.EditStep], _ after: Scene, _ data: Data, _ judge: Judge) -> Outcome {
        var outcome = Outcome()
        let before = document.scene, named = object.map { Set(before.objects[$0].strokes) } ?? []
        outcome.isRightObject = steps.count == operations.count && steps.allSatisfy { Set($0.strokes) == named }
        // A stroke is a line of the file: those of others, in their order.
        let old = Self.lines(file), new = Self.lines(data)
        var at = new.startIndex
        outcome.isUntouched = before.strokes.count == old.count && old.indices.filter { !named.contains($0) }.allSatisfy { index in
            guard let place = new[at...].firstIndex(of: old[index]) else { return false }
            at = place + 1
            return true
        }
        let kept = Set(before.strokes.indices.filter { !named.contains($0) }.map { before.strokes[$0] })
        let changed = after.strokes.filter { !kept.contains($0) }
        guard outcome.isRightObject, let ink = Box.of(changed) else { return outcome }
        func isRecognised(_ classIndex: Int) -> Bool { judge.verdicts([changed]).first.map { judge.classes[$0] } == classes[classIndex] }
        outcome.isMade = zip(operations, steps).allSatisfy { operation, step in
            switch operation {
            case .add(let classIndex, _, let targets):
                let isRecognised = isRecognised(classIndex)
                outcome.isRecognised = isRecognised
                return step.verb == "add" && isRecognised && after.strokes.count == before.strokes.count + changed.count && holds(targets, changed, from: nil)
            case .move(let object, let targets):
                let was = before.objects[object].strokes.map { before.strokes[$0] }
                return step.verb == "move" && (operations.count > 1 || Self.isTranslated(was, changed)) && holds(targets, changed, from: before.objects[object].box)
            case .resize(let object, let size):
                let was = before.objects[object].box
                let ratio = switch size {
                case .wide: ink.width / max(was.width, 1e-9)
                case .tall: ink.height / max(was.height, 1e-9)
                default: max(ink.width, ink.height) / max(was.width, was.height, 1e-9)
                }
                return step.verb == "resize" && (size == .tiny || size == .small ? ratio <= 0.77 : ratio >= 1.3)
            case .replace(let object, let classIndex):
                let isRecognised = isRecognised(classIndex)
                outcome.isRecognised = isRecognised
                let isGone = before.objects[object].strokes.allSatisfy { !after.strokes.contains(before.strokes[$0]) }
                return step.verb == "replace" && isRecognised && isGone && ink.intersectionOverUnion(before.objects[object].box) >= 0.5
            case .erase, .redraw: return false
            }
        }
        return outcome
    }

    /// Whether strokes are where the command says, by their ink. A move to one side is one by a twentieth of the canvas at least.
    private func holds(_ targets: [EditTarget], _ strokes: [Stroke], from old: Box?) -> Bool {
        guard let ink = Box.of(strokes) else { return false }
        return targets.allSatisfy { target in
            switch target {
            case .place(let place): return place.holds(GridBox(ink))
            case .toward(let kind):
                guard let old else { return false }
                let dx = ink.center.x - old.center.x, dy = ink.center.y - old.center.y, least = SketchCodec.canvasSide / 20
                return switch kind {
                case .leftOf: dx <= -least
                case .rightOf: dx >= least
                case .above: dy <= -least
                case .below: dy >= least
                default: false
                }
            case .relation(let kind, let other):
                let others = document.scene.objects[other].strokes.map { document.scene.strokes[$0] }
                var pair = Scene(width: document.scene.width, height: document.scene.height, strokes: strokes + others)
                pair.objects = [pair.object("it", strokes: Array(strokes.indices), confidence: nil),
                                pair.object("other", strokes: Array(strokes.count..<pair.strokes.count), confidence: nil)]
                return pair.holds(kind, subject: 0, object: 1)
            }
        }
    }

    /// Whether the second strokes are the first, all moved alike, to a tenth of a pixel.
    private static func isTranslated(_ old: [Stroke], _ new: [Stroke]) -> Bool {
        guard old.count == new.count, let first = old.first?.points.first, let moved = new.first?.points.first else { return false }
        let dx = moved.x - first.x, dy = moved.y - first.y
        return zip(old, new).allSatisfy { a, b in
            a.points.count == b.points.count && zip(a.points, b.points).allSatisfy { abs($1.x - $0.x - dx) < 0.1 && abs($1.y - $0.y - dy) < 0.1 }
        }
    }

    /// The lines of a file that draw a stroke.
    private static func lines(_ data: Data) -> [Data] {
        data.split(separator: UInt8(ascii: "\n")).filter { $0.range(of: Data("<path".utf8)) != nil }
    }
}
