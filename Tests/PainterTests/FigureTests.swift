import Foundation
import Language
import Painter
import Sketches
import Tensors
import Testing
import Training

@Suite("Figures, judge and training job")
struct FigureTests {
    @Test func wilsonInterval() {
        let rate = Rate(hits: 8, trials: 10)                        // Wilson 1927 at z = 1.96: 0.490 – 0.943
        #expect(abs(rate.interval.lowerBound - 0.490) < 0.001 && abs(rate.interval.upperBound - 0.943) < 0.001)
        #expect(Rate().interval == 0...1)
    }

    @Test func averagePrecisionOfAKnownCase() {
        func entry(_ x: Double, _ confidence: Double, scene: Int = 0) -> DetectionScore.Entry {
            .init(classIndex: 0, box: Box(x0: x, y0: 0, x1: x + 10, y1: 10), confidence: confidence, scene: scene)
        }
        var score = DetectionScore()
        score.truth = [entry(0, 1), entry(100, 1)]
        score.found = [entry(1, 0.9), entry(50, 0.8), entry(101, 0.7)]      // hit, miss, hit: 0.5·1 + 0.5·2/3
        #expect(abs(score.meanAveragePrecision() - (0.5 + 1.0 / 3)) < 1e-9)
        score.found.append(entry(1, 0.95, scene: 1))                          // another scene's box is no hit
        #expect(score.meanAveragePrecision() < 0.8)
    }

    @Test func theNearestDrawingOfATrainingDrawingIsItself() throws {
        let nearest = NearestDrawing(PainterFixture.drawings, classes: [3, 6, 10])
        let found = try #require(nearest.nearest(PainterFixture.drawings.drawing(6, 7)))
        #expect(found.label == 1 && found.distance == 0)
        let other = try #require(nearest.nearest(PainterFixture.drawings.drawing(6, 7), label: 0))
        #expect(other.label == 0 && other.distance > 0)
    }

    @Test func touchingStrokesAreOneGroup() {
        func line(_ x: Double) -> Stroke { Stroke([Point(x: x, y: 0), Point(x: x + 10, y: 10)]) }
        #expect(TouchingStrokes.groups([line(0), line(100), line(8), line(104)]) == [[0, 2], [1, 3]])
    }

    private func recipe(_ kind: String, steps: Int) -> RunRecipe {
        RunRecipe(name: "t", kind: kind, seed: 4, steps: steps, optimizer: .init(learningRate: 5e-3, warmup: 2, weightDecay: 0))
    }

    @Test func aJudgeLearnsAFewClasses() throws {
        let drawings = PainterFixture.drawings
        let job = try JudgeJob(recipe: recipe("judge", steps: 40), drawings: StyledDrawings(doodles: drawings), heldOut: ProceduralDrawings(seed: 77, drawingsPerClass: 10),
                               classes: [4, 8, 10], size: 24, channels: [8, 16], batch: 24)
        let before = try job.evaluate()
        var optimizer = AdamW(weightDecay: 0)
        let tensors = job.parameters.map(\.tensor)
        for step in 0..<100 {
            for tensor in tensors { tensor.zeroGradient() }
            try job.loss(step: step, microBatch: 0).loss.backward()
            optimizer.step(parameters: tensors, learningRate: 5e-3, gradientScale: 1)
        }
        let after = try job.evaluate()
        #expect(after["accuracy", default: 0] > 0.9, "before \(before), after \(after)")
        // Written and read back, it gives the same verdicts.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try job.export(to: folder)
        let samples = (0..<9).map { drawings.drawing([4, 8, 10][$0 % 3], $0) }
        #expect(try Judge(folder: folder).verdicts(samples) == job.judge.verdicts(samples))
        #expect(throws: PainterError.self) { try Judge(folder: folder.appendingPathComponent("none")) }
    }

    @Test func everyFigureIsMeasuredAndTheSeedGivesTheSameOnes() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (share, seed) in [(QuickDrawData.Share.painter, 3), (.ceiling, 91)] as [(QuickDrawData.Share, UInt64)] {
            let drawings = ProceduralDrawings(seed: seed, drawingsPerClass: 8)
            let all = drawings.classes.indices.map { name in (0..<8).map { drawings.drawing(name, $0) } }
            try DrawingPack.encoded(classes: drawings.classes, drawings: all).write(to: QuickDrawData.url(of: share, in: folder))
        }
        let judge = try JudgeJob(recipe: recipe("judge", steps: 1), drawings: StyledDrawings(doodles: PainterFixture.drawings), heldOut: PainterFixture.drawings,
                                 classes: [2, 4, 6, 8, 10], size: 16, channels: [8], batch: 4).judge
        var size = PainterEvaluation.Size()
        (size.drawingsPerClass, size.humansPerClass, size.prompts, size.canvases, size.completions) = (2, 4, 6, 8, 5)
        (size.likeness, size.scenes, size.commands) = (10, 2, 2)
        func report(_ parts: [PainterEvaluation.Part] = PainterEvaluation.Part.allCases) throws -> PainterEvaluation.Report {
            var report = try PainterEvaluation(painter: PainterFixture.painter(), judge: judge, data: folder, size: size, seed: 5).run(parts)
            report.seconds = 0
            return report
        }
        let all = try report()
        #expect(all.recognition.classes == 5 && all.recognition.painter.trials == 10 && all.recognition.best.trials == 10 && all.recognition.human.trials == 20)
        #expect(all.recognition.nearestNeighbourOnPainter.trials == 10 && all.novelty.nearCopies.trials == 10 && all.novelty.humanMedian > 0)
        #expect(all.prompts.objects.trials >= 12 && all.prompts.whole.trials == 6 && all.prompts.relationsAtRandom.trials == all.prompts.relations.trials)
        #expect(all.editing.erasedExactly.trials == 8 && all.editing.erasedExactlyWithObjects.trials == 8 && all.editing.absentRefused.trials == 8)
        #expect(all.editing.absentRefusedByDefault.trials == 8 && all.editing.absentRefusedByDefault.hits >= all.editing.absentRefused.hits)
        #expect(all.editing.objectsGroupedExactly.trials == 20 && all.editing.groupedByTouching.trials == 20)
        #expect(all.editing.classRight.trials == all.editing.objectsGroupedExactly.hits)
        #expect(all.editing.classRightInThree.trials == all.editing.classRight.trials && all.editing.classRightInThree.hits >= all.editing.classRight.hits)
        #expect(all.editing.reliability.bins.reduce(0) { $0 + $1.count } == all.editing.classRight.trials && 0...1 ~= all.editing.reliability.error)
        #expect(all.editing.erasures.painter.exactly == all.editing.erasedExactly && all.editing.readings == ReadingOptions.usual)
        for figures in [all.editing.erasures, all.editing.overlapping] {
            #expect(figures.refused.trials == 8 && figures.sure.exactly.hits <= figures.painter.exactly.hits && figures.sure.wronglyRemoved.hits <= figures.painter.wronglyRemoved.hits)
            for erasures in [figures.painter, figures.sure, figures.boxCrop, figures.nearestDrawing] {
                #expect(erasures.exactly.trials == 8 && 0...1 ~= erasures.strokeIoU && erasures.wronglyRemoved.hits <= erasures.wronglyRemoved.trials)
            }
        }
        // What a command leaves alone keeps its bytes, whatever the model makes of the words.
        #expect(all.commands.all.trials == 8 && all.commands.fromStrokes.trials == 8 && all.commands.rightObject.trials == 6 && all.commands.untouched.trials == 8)
        #expect(all.completion.completed.trials == 5 && all.completion.human.trials == 5)
        // An untrained model groups strokes by chance; a file's own objects need no reading, and most commands name whole classes.
        #expect(all.editing.erasedExactlyWithObjects.hits >= all.editing.erasedExactly.hits)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(report()) == encoder.encode(all))
        let editing = try report([.editing])
        #expect(editing.editing.erasedExactly == all.editing.erasedExactly && editing.prompts.objects.trials == 0)
    }

    @Test func aPainterOverfitsOneBatch() throws {
        var data = PainterData()
        data.rows = 1
        var shape = PainterShape()
        shape.sizes = DecoderShape(width: 64, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 176, positions: 512, textVocabulary: 300)
        let drawings = ProceduralDrawings(seed: 5, drawingsPerClass: 3)
        let job = try PainterJob(recipe: recipe("painter", steps: 100), shape: shape, data: data, drawings: StyledDrawings(doodles: drawings), heldOut: drawings)
        var optimizer = AdamW(weightDecay: 0)
        let tensors = job.parameters.map(\.tensor)
        var first: Float = 0, last: Float = 0
        for step in 0..<120 {
            for tensor in tensors { tensor.zeroGradient() }
            let loss = try job.loss(step: 0, microBatch: 0).loss
            last = loss.item
            if step == 0 { first = last }
            loss.backward()
            optimizer.step(parameters: tensors, learningRate: 5e-3, gradientScale: 1)
        }
        #expect(first > 5.5 && last < 0.25, "from \(first) to \(last)")
    }
}
