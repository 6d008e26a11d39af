import Foundation
import Painter
import Sketches
import Tensors
import Testing

@Suite("Figures of reading: calibration, erasures, overlapping boxes")
struct ReadingFigureTests {
    // MARK: temperature

    /// Labels drawn from softmax(logits), told by shares that are `sharper` times as sure.
    private func examples(sharper: Double, count: Int = 4_000) -> [(shares: [Double], label: Int)] {
        var random = RandomSource(seed: 17)
        func softmax(_ logits: [Double]) -> [Double] {
            let weights = logits.map { exp($0) }, sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        return (0..<count).map { _ in
            let logits = (0..<5).map { _ in 1.5 * random.normal() }, truth = softmax(logits)
            var place = random.uniform(), label = 0
            while label < 4, place >= truth[label] { place -= truth[label]; label += 1 }
            return (softmax(logits.map { $0 * sharper }), label)
        }
    }

    @Test("The fit finds the temperature that the shares were sharpened by", arguments: [0.5, 1, 2, 3])
    func fit(sharper: Double) {
        let found = ShareTemperature.fitted(examples(sharper: sharper))
        #expect(abs(found / sharper - 1) < 0.08, "\(found)")
        // At it, the shares are as sure as they are right.
        func error(_ temperature: Double) -> Double {
            Reliability(examples(sharper: sharper).map { example in
                let shares = ShareTemperature.applied(temperature, to: example.shares), best = shares.indices.max { shares[$0] < shares[$1] } ?? 0
                return (shares[best], best == example.label)
            }).error
        }
        #expect(error(found) < 0.03)
        if sharper != 1 { #expect(error(1) > 0.05) }
    }

    @Test func temperaturesOfAKnownCase() {
        let flat = ShareTemperature.applied(2, to: [0.8, 0.2])             // √0.8 to √0.2 is 2 to 1
        #expect(abs(flat[0] - 2.0 / 3) < 1e-12 && abs(flat[1] - 1.0 / 3) < 1e-12)
        #expect(ShareTemperature.applied(1, to: [0.8, 0.2]) == [0.8, 0.2])
        #expect(ShareTemperature.applied(3, to: [1, 0]).allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(ShareTemperature.fitted([]) == 1)
        // All right: the surer the better; all wrong: the flatter the better.
        #expect(ShareTemperature.fitted([([0.6, 0.4], 0)]) < 0.06 && ShareTemperature.fitted([([0.6, 0.4], 1)]) > 19)
    }

    // MARK: reliability

    @Test func calibrationErrorOfAKnownCase() {
        let answers: [(confidence: Double, isRight: Bool)] = [(0.8, true), (0.2, false), (0.6, true), (0.4, true)]
        let two = Reliability(answers, bins: 2)                            // 0.3 sure and 0.5 right, 0.7 sure and 1 right
        #expect(two.bins.map(\.count) == [2, 2] && two.bins.map(\.accuracy) == [0.5, 1])
        #expect(zip(two.bins, [0.3, 0.7]).allSatisfy { abs($0.confidence - $1) < 1e-12 } && abs(two.error - 0.25) < 1e-12)
        let ten = Reliability(answers)                                     // a bin each: (0.2 + 0.6 + 0.4 + 0.2) / 4
        #expect(ten.bins.count == 4 && abs(ten.error - 0.35) < 1e-12)
        #expect(Reliability([]).bins.isEmpty && Reliability([]).error == 0)
        let many = Reliability((0..<103).map { (Double($0) / 103, $0 % 2 == 0) })
        #expect(many.bins.count == 10 && many.bins.reduce(0) { $0 + $1.count } == 103 && many.bins.allSatisfy { 10...11 ~= $0.count })
    }

    // MARK: erasures

    @Test func erasuresStrokeByStroke() {
        var erasures = Erasures()
        erasures.record(gone: [0, 1], meant: [0, 1], of: 6)
        #expect(erasures.strokeIoU == 1 && erasures.wronglyRemoved == Rate(hits: 0, trials: 4))
        erasures.record(gone: [1, 2, 3], meant: [0, 1], of: 6)             // 1 of 4, two of the four that should stay
        erasures.record(gone: [], meant: [5], of: 6)
        #expect(erasures.exactly == Rate(hits: 1, trials: 3) && erasures.wronglyRemoved == Rate(hits: 2, trials: 13))
        #expect(abs(erasures.strokeIoU - 1.25 / 3) < 1e-12)
    }

    private func object(_ strokes: [Int], _ classIndex: Int, of all: [Stroke]) -> CanvasObject {
        CanvasObject(classIndex: classIndex, box: GridBox(Box.of(strokes.map { all[$0] }) ?? Box(x0: 0, y0: 0, x1: 1, y1: 1)), strokes: strokes)
    }

    @Test("A program without a model takes what touches")
    func touching() {
        // A house of the training drawings, a loose dot above it, a fish far away, and a dot inside of the house's box.
        let drawings = PainterFixture.drawings, house = drawings.classes.firstIndex(of: "house") ?? 0, fish = drawings.classes.firstIndex(of: "fish") ?? 0
        func placed(_ strokes: [Stroke], _ x: Double, _ y: Double) -> [Stroke] {
            strokes.map { stroke in Stroke(stroke.points.map { Point(x: x + 0.35 * $0.x, y: y + 0.35 * $0.y) }) }
        }
        let walls = placed(drawings.drawing(house, 3), 10, 60), fishes = placed(drawings.drawing(fish, 5), 150, 100)
        let strokes = walls + fishes + [Stroke([Point(x: 50, y: 20), Point(x: 51, y: 20)])], dot = strokes.count - 1
        let ours = Array(walls.indices), theirs = Array(walls.count..<dot)
        let baseline = TouchingStrokes(NearestDrawing(drawings, classes: [house, fish]), labels: [house, fish])
        let whole = object(ours + [dot], house, of: strokes), other = object(theirs, fish, of: strokes)
        #expect(TouchingStrokes.groups(strokes).first == ours && TouchingStrokes.groups(strokes).last == [dot])
        #expect(TouchingStrokes.cropped([whole], from: strokes) == Set(ours))
        #expect(TouchingStrokes.cropped([whole, other], from: strokes) == Set(ours + theirs))
        #expect(baseline.named([whole], from: strokes).isSuperset(of: ours) && baseline.named([whole], from: strokes).isDisjoint(with: theirs))
        #expect(baseline.named([object(theirs, 99, of: strokes)], from: strokes).isEmpty, "nothing is named so")
    }

    // MARK: overlapping boxes

    @Test("One object is moved until its box covers as much of another's as is asked for, and nothing else changes")
    func overlaps() throws {
        var random = PainterFixture.random(81), found = 0
        for round in 0..<60 {
            let composed = PainterFixture.composer.compose(count: 2 + round % 3, relationCount: 0, &random)
            guard let scene = composed.overlapping(PainterEvaluation.overlaps, &random) else { continue }
            found += 1
            let moved = composed.objects.indices.filter { scene.objects[$0].strokes != composed.objects[$0].strokes }
            #expect(moved.count == 1 && scene.objects.map(\.classIndex) == composed.objects.map(\.classIndex))
            let boxes = try scene.objects.map { try #require(Box.of($0.strokes)) }
            let shares = boxes.indices.filter { $0 != moved[0] }.map { ComposedScene.overlap(boxes[moved[0]], boxes[$0]) }
            #expect(shares.contains { 0.0999...0.4001 ~= $0 } && shares.allSatisfy { $0 <= 0.4001 }, "\(shares)")
            for (object, box) in zip(scene.objects, boxes) {
                #expect(object.box == GridBox(box) && box.x0 >= 0 && box.y0 >= 0 && box.x1 <= 256 && box.y1 <= 256)
            }
            let old = try #require(Box.of(composed.objects[moved[0]].strokes))
            #expect(abs(boxes[moved[0]].width - old.width) < 1e-9 && abs(boxes[moved[0]].height - old.height) < 1e-9)
        }
        #expect(found > 40)
        let alone = PainterFixture.composer.compose(count: 1, relationCount: 0, &random)
        #expect(alone.overlapping(0.1...0.4, &random) == nil)
        #expect(ComposedScene.overlap(Box(x0: 0, y0: 0, x1: 10, y1: 10), Box(x0: 5, y0: 0, x1: 9, y1: 5)) == 1)
        #expect(ComposedScene.overlap(Box(x0: 0, y0: 0, x1: 10, y1: 10), Box(x0: 8, y0: 0, x1: 12, y1: 10)) == 0.5)
    }
}
