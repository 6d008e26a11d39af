import Foundation
import Sketches
import Tensors

extension PainterEvaluation.Report {
    /// Erase and detect on shuffled strokes without ids.
    public struct Editing: Codable, Sendable {
        /// Readings made of each canvas.
        public var readings = 0
        /// Erased all and only the asked strokes; baseline: the strokes of one found object at random.
        public var erasedExactly = Rate(), erasedAtRandom = Rate()
        /// The same where the file tells its objects: the command alone has to be understood.
        public var erasedExactlyWithObjects = Rate()
        /// Commands about something that is not there, refused.
        public var absentRefused = Rate()
        /// The same as `erase` does it, which refuses what it is not sure of.
        public var absentRefusedByDefault = Rate()
        /// Stroke by stroke, beside programs without a model: on the same canvases, and on others where one object's box covers a part of another's.
        public var erasures = ErasureFigures(), overlapping = ErasureFigures()
        /// Detection: mean average precision at IoU 0.5, each box with its three likeliest classes; objects with exactly their strokes.
        public var meanAveragePrecision = 0.0, objectsGroupedExactly = Rate()
        /// Of these: the class right, or one of the three likeliest.
        public var classRight = Rate(), classRightInThree = Rate()
        /// Of these: whether the class is right as often as it is sure, and the temperature that would make it so (1 where nothing is amiss).
        public var reliability = Reliability(), fittedTemperature = 1.0
        /// Baselines: one box around everything with the commonest class; strokes joined where they touch, commonest class.
        public var meanAveragePrecisionOneBox = 0.0, meanAveragePrecisionTouching = 0.0, groupedByTouching = Rate()
    }
}

extension PainterEvaluation {
    /// How much of the smaller of two boxes lies in the other, where objects overlap.
    package static let overlaps = 0.1...0.4

    func editing(_ samples: inout EvaluationSamples?) throws -> Report.Editing {
        var result = Report.Editing(readings: reading.readings)
        var score = DetectionScore(), oneBox = DetectionScore(), touching = DetectionScore()
        var sure: [(confidence: Double, isRight: Bool)] = [], examples: [(shares: [Double], label: Int)] = []
        let composer = composer, commonest = judged.max { training.count(of: $0) < training.count(of: $1) } ?? 0
        let place = Dictionary(heldOut.classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let baselines = TouchingStrokes(NearestDrawing(training, classes: judged, limit: 200), labels: judged)
        for round in 0..<size.canvases {
            var random = chance(0xE2A5E, round)
            let canvas = ShuffledCanvas(composer.compose(count: 1 + round % 4, relationCount: round % 2, &random), &random), scene = Self.scene(canvas)
            func entry(_ classIndex: Int, _ strokes: [Int], _ confidence: Double) -> DetectionScore.Entry {
                .init(classIndex: classIndex, box: Box.of(strokes.map { canvas.strokes[$0] }) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0), confidence: confidence, scene: round)
            }
            let truth = canvas.objects.map { entry($0.classIndex, $0.strokes, 1) }
            score.truth += truth; oneBox.truth += truth; touching.truth += truth
            let windows = try painter.readings(of: scene, strokes: scene.strokes.indices, reading), found = painter.objects(of: windows, reading)
            score.found += found.flatMap { object in
                object.likeliest(3).map { entry(place[painter.vocabulary.classes[$0.classIndex]] ?? -1, object.strokes, $0.confidence) }
            }
            oneBox.found.append(entry(commonest, Array(canvas.strokes.indices), 1))
            let groups = TouchingStrokes.groups(canvas.strokes)
            touching.found += groups.map { entry(commonest, $0, 1) }
            for object in canvas.objects {
                let match = found.first { $0.strokes == object.strokes }, name = heldOut.classes[object.classIndex]
                result.objectsGroupedExactly.record(match != nil)
                result.groupedByTouching.record(groups.contains(object.strokes))
                guard let match else { continue }
                result.classRight.record(match.className == name)
                result.classRightInThree.record(match.likeliest(3).contains { painter.vocabulary.classes[$0.classIndex] == name })
                sure.append((match.shares.max() ?? 0, match.className == name))
                if let label = painter.vocabulary.classIndex(name) { examples.append((match.shares, label)) }
            }
            let (command, meant) = command(for: canvas, &random)
            let (gone, sureness) = try erased(command, from: scene, windows)
            result.erasedExactly.record(gone == meant)
            samples?.erasures.append(EvaluationSamples.Erasure(command: command.text, strokes: canvas.strokes, wanted: meant, erased: gone.isEmpty ? nil : gone))
            samples?.judgements.append(Judgement("erasures", command.text, wanted: meant, gone: gone, isRight: gone == meant))
            record(gone, sureness, meant, canvas, command, baselines, in: &result.erasures)
            result.erasedAtRandom.record(found.randomElement(using: &random).map { Set($0.strokes) } == meant)
            var told = scene
            told.objects = canvas.objects.map { scene.object(heldOut.classes[$0.classIndex], strokes: $0.strokes, confidence: nil) }
            let objects = found.map { scene.object($0.className, strokes: $0.strokes, confidence: $0.confidence) }
            samples?.detections.append(EvaluationSamples.Detection(strokes: canvas.strokes, truth: told.objects, found: objects))
            let goneTold = try? painter.erase(command.text, from: told).strokes
            result.erasedExactlyWithObjects.record(goneTold == meant)
            samples?.judgements.append(Judgement("erasures where the file tells its objects", command.text, wanted: meant, gone: goneTold, isRight: goneTold == meant))
            let present = Set(canvas.objects.map(\.classIndex))
            if let absent = judged.filter({ !present.contains($0) }).randomElement(using: &random) {
                let name = "the " + heldOut.classes[absent].lowercased()
                var sureness: Double?
                do { sureness = try painter.erase(name, from: scene, read: windows, reading).steps.map(\.confidence).min() } catch PainterError.nothingNamed {}
                let isRefused = sureness == nil
                result.absentRefused.record(isRefused)
                result.absentRefusedByDefault.record((sureness ?? 0) < Painter.defaultSureness)
                samples?.judgements.append(Judgement("erasures of what is not there", name, isRight: isRefused))
            }
        }
        result.meanAveragePrecision = score.meanAveragePrecision()
        result.meanAveragePrecisionOneBox = oneBox.meanAveragePrecision()
        result.meanAveragePrecisionTouching = touching.meanAveragePrecision()
        (result.reliability, result.fittedTemperature) = (Reliability(sure), ShareTemperature.fitted(examples))
        result.overlapping = try overlapping(baselines, &samples)
        return result
    }

    /// Erasures where one object's box covers a part of another's.
    private func overlapping(_ baselines: TouchingStrokes, _ samples: inout EvaluationSamples?) throws -> ErasureFigures {
        var figures = ErasureFigures()
        let composer = composer
        for round in 0..<size.canvases {
            var composed: ComposedScene?, random = chance(0x0E2A, round)
            for _ in 0..<20 where composed == nil {
                composed = composer.compose(count: 2 + round % 3, relationCount: 0, &random).overlapping(Self.overlaps, &random)
            }
            guard let composed else { continue }                    // no two of its drawings can overlap so
            let canvas = ShuffledCanvas(composed, &random), scene = Self.scene(canvas)
            let (command, meant) = command(for: canvas, &random)
            let (gone, sureness) = try erased(command, from: scene, try painter.readings(of: scene, strokes: scene.strokes.indices, reading))
            record(gone, sureness, meant, canvas, command, baselines, in: &figures)
            samples?.judgements.append(Judgement("erasures where boxes overlap", command.text, wanted: meant, gone: gone, isRight: gone == meant))
        }
        return figures
    }

    private var composer: SceneComposer {
        var composer = SceneComposer(heldOut, classes: judged, exponent: 0.5)
        composer.augments = false
        return composer
    }

    private static func scene(_ canvas: ShuffledCanvas) -> Scene { Scene(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, strokes: canvas.strokes) }

    /// A command that erases something, and the strokes that it means.
    private func command(for canvas: ShuffledCanvas, _ random: inout RandomSource) -> (EditCommand, Set<Int>) {
        var command: EditCommand
        let objects = canvas.objects.fromLeftToRight()           // as in training: "one of the cats" is the first
        repeat { command = EditCommand.erasing(objects, classes: heldOut.classes, &random) } while command.erased.isEmpty
        return (command, Set(command.erased.flatMap { objects[$0].strokes }))
    }

    /// The strokes that the Painter erases, none where it refuses, and how sure it is of what it is least sure of.
    private func erased(_ command: EditCommand, from scene: Scene, _ windows: [ReadWindow]) throws -> (strokes: Set<Int>, sureness: Double) {
        do {
            let erased = try painter.erase(command.text, from: scene, read: windows, reading)
            return (erased.strokes, erased.steps.map(\.confidence).min() ?? 0)
        } catch let error as PainterError {
            switch error {
            case .nothingNamed, .tooManyAlike, .noObject, .unknownWords, .negation, .notUnderstood: return ([], 0)      // a slip of the pen in "everything" is none of its words
            default: throw error
            }
        }
    }

    private func record(
        _ gone: Set<Int>, _ sureness: Double, _ meant: Set<Int>, _ canvas: ShuffledCanvas, _ command: EditCommand, _ baselines: TouchingStrokes, in figures: inout ErasureFigures
    ) {
        let objects = command.erased.map { canvas.objects[$0] }, count = canvas.strokes.count
        let isSure = sureness >= Painter.defaultSureness
        figures.painter.record(gone: gone, meant: meant, of: count)
        figures.sure.record(gone: isSure ? gone : [], meant: meant, of: count)
        figures.refused.record(!isSure)
        figures.boxCrop.record(gone: TouchingStrokes.cropped(objects, from: canvas.strokes), meant: meant, of: count)
        figures.nearestDrawing.record(gone: baselines.named(objects, from: canvas.strokes), meant: meant, of: count)
    }
}
