import Foundation
import Painter
import Sketches
import Tensors
import Testing
import Training

@Suite("Likeness and variety")
struct LikenessTests {
    // MARK: matrices

    private func randomSymmetric(_ size: Int, seed: UInt64) -> SquareMatrix {
        var random = RandomSource(seed: seed)
        return SquareMatrix(size: size, (0..<size * size).map { _ in random.normal() }).symmetrized
    }

    private func transposed(_ m: SquareMatrix) -> SquareMatrix {
        SquareMatrix(size: m.size, (0..<m.size * m.size).map { m[$0 % m.size, $0 / m.size] })
    }

    private func difference(_ a: SquareMatrix, _ b: SquareMatrix) -> Double { zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0 }

    @Test("rotations find the factors of a symmetric matrix", arguments: [1, 2, 3, 8, 24, 61])
    func eigenvectorsRebuildTheMatrix(size: Int) throws {
        let matrix = randomSymmetric(size, seed: UInt64(size)), eigen = SymmetricEigen(matrix)
        let vectors = try #require(eigen.vectors)
        #expect(difference(transposed(vectors) * SquareMatrix(diagonal: eigen.values) * vectors, matrix) < 1e-11)
        #expect(difference(vectors * transposed(vectors), SquareMatrix(diagonal: [Double](repeating: 1, count: size))) < 1e-12)
        #expect(SymmetricEigen(matrix, vectors: false).values == eigen.values && eigen.sweeps <= 12)
    }

    @Test func knownEigenvalues() {
        #expect(zip(SymmetricEigen(SquareMatrix(size: 2, [2, 1, 1, 2])).values.sorted(), [1, 3]).allSatisfy { abs($0 - $1) < 1e-14 })
        let diagonal = SymmetricEigen(SquareMatrix(diagonal: [5, 0, 5]))
        #expect(diagonal.values == [5, 0, 5] && diagonal.sweeps == 0)
        #expect(SymmetricEigen(SquareMatrix(size: 4)).values == [0, 0, 0, 0])
    }

    @Test func theRootSquaredIsTheMatrixEvenOfRankFive() throws {
        var random = RandomSource(seed: 6)
        let few = (0..<6).map { _ in (0..<20).map { _ in Float(random.normal()) } }
        let covariance = try FeatureGaussian(few).covariance      // six vectors have five degrees of freedom
        let root = SymmetricEigen(covariance).squareRoot
        #expect(difference(root * root, covariance) < 1e-12)
        #expect(SymmetricEigen(covariance).values.count { $0 > 1e-9 } == 5)
    }

    // MARK: Fréchet distance

    @Test func meanAndUnbiasedCovarianceOfASquare() throws {
        let gaussian = try FeatureGaussian([[0, 0], [2, 0], [0, 2], [2, 2]])
        #expect(gaussian.mean == [1, 1])
        #expect(gaussian.covariance.values.elementsEqual([4.0 / 3, 0, 0, 4.0 / 3]) { abs($0 - $1) < 1e-15 })
    }

    @Test func closedFormOfDiagonalGaussians() {
        // (3² + 4²) + (2 - 1)² + (3 - 4)² = 27
        let a = FeatureGaussian(mean: [0, 0], covariance: SquareMatrix(diagonal: [4, 9]))
        let b = FeatureGaussian(mean: [3, 4], covariance: SquareMatrix(diagonal: [1, 16]))
        #expect(abs(FrechetDistance(from: a).to(b) - 27) < 1e-12)
        #expect(abs(FrechetDistance(from: b).to(a) - 27) < 1e-12)
    }

    @Test func closedFormWhereTheCovariancesDoNotCommute() {
        // Two by two: Tr √M = √(Tr M + 2 √det M), here of M = C₁C₂ with trace 2·1 + 1·1 + 1·1 + 2·5 = 14 and determinant 3 · 4.
        let a = FeatureGaussian(mean: [0, 0], covariance: SquareMatrix(size: 2, [2, 1, 1, 2]))
        let b = FeatureGaussian(mean: [0, 0], covariance: SquareMatrix(size: 2, [1, 1, 1, 5]))
        let expected = 4 + 6 - 2 * (14 + 2 * 12.0.squareRoot()).squareRoot()
        #expect(abs(FrechetDistance(from: a).to(b) - expected) < 1e-12)
    }

    @Test func equalSetsAreAtDistanceZeroAndMovedOnesAtTheSquareOfTheWay() throws {
        var random = RandomSource(seed: 9)
        let features = (0..<40).map { _ in (0..<12).map { _ in Float(random.normal()) } }
        let from = FrechetDistance(from: try FeatureGaussian(features))
        #expect(from.to(try FeatureGaussian(features)) < 1e-11)
        let moved = features.map { [$0[0] + 2] + $0.dropFirst() }
        #expect(abs(from.to(try FeatureGaussian(moved)) - 4) < 1e-5)
    }

    @Test func badFeaturesAreNamed() {
        #expect(throws: FigureError.tooFewDrawings(found: 1, needed: 2)) { try FeatureGaussian([[1, 2]]) }
        #expect(throws: FigureError.unevenFeatures(row: 1, expected: 2, found: 1)) { try FeatureGaussian([[1, 2], [3]]) }
        #expect(throws: FigureError.notFinite(row: 1)) { try FeatureGaussian([[1, 2], [3, .nan]]) }
    }

    // MARK: neighbours

    @Test func radiiReachToTheKthOther() {
        let line = FeatureSet([0, 1, 3, 6, 10].map { [$0] })
        #expect(line.radii(1) == [1, 1, 2, 3, 4])
        #expect(line.radii(3) == [6, 5, 3, 5, 9])
        #expect(line.radii(5).allSatisfy { $0 == .infinity })
        #expect(line.spread(in: 0..<3) == 2 && line.spread(in: 3..<4) == nil)      // (1 + 3 + 2) / 3
    }

    @Test func distancesOfAnyWidth() {
        for width in [1, 7, 8, 9, 17] {
            let a = FeatureSet([(0..<width).map { Float($0) }]), b = FeatureSet([[Float](repeating: 0, count: width)])
            let squares = (0..<width).reduce(0) { $0 + $1 * $1 }
            #expect(abs(a.distance(0, to: b, 0) - Float(squares).squareRoot()) < 1e-4)
        }
    }

    /// Points around (x, 0), no three of them equally far apart.
    private func cluster(at x: Float, _ count: Int, seed: UInt64) -> [[Float]] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in [x + Float(random.normal()), Float(random.normal())] }
    }

    @Test func precisionAndRecallOfKnownCases() {
        func figures(_ real: [[Float]], _ drawn: [[Float]]) -> NeighbourFigures { .init(real: FeatureSet(real), drawn: FeatureSet(drawn)) }
        let left = cluster(at: 0, 20, seed: 1), right = cluster(at: 100, 20, seed: 2)
        let equal = figures(left, left)
        #expect(!equal.drawnAmongReal.contains(false) && !equal.realAmongDrawn.contains(false) && !equal.realCovered.contains(false))
        let apart = figures(left, right)
        #expect(!apart.drawnAmongReal.contains(true) && !apart.realAmongDrawn.contains(true) && !apart.realCovered.contains(true) && apart.density == 0)
        // One kind of two is drawn: what is drawn is real, half of what is real is drawn.
        let half = figures(left + right, left)
        #expect(!half.drawnAmongReal.contains(false) && half.realAmongDrawn == [Bool](repeating: true, count: 20) + [Bool](repeating: false, count: 20))
        #expect(half.realCovered.count { $0 } == 20)
        // One drawing again and again has balls without extent: of the real ones only the drawing itself is in them.
        let same = figures(left, [[Float]](repeating: left[4], count: 20))
        #expect(same.realAmongDrawn.count { $0 } == 1 && same.realAmongDrawn[4] && !same.drawnAmongReal.contains(false))
        #expect(FeatureSet([[Float]](repeating: left[4], count: 20)).spread(in: 0..<20) == 0)
    }

    // MARK: intervals

    @Test func theJackknifeOfAMeanIsItsStandardError() {
        let values = [1.0, 2, 4, 7, 11], mean = 5.0              // variance 16.5, standard error √(16.5 / 5)
        let half = 1.96 * 3.3.squareRoot()
        let estimate = Estimate.jackknife(mean, replicates: values.map { (25 - $0) / 4 })
        #expect(abs(estimate.high - mean - half) < 1e-12 && abs(estimate.low - mean + half) < 1e-12)
        let ratio = Estimate.jackknife(ratio: exp(mean), replicates: values.map { exp((25 - $0) / 4) })
        #expect(abs(log(ratio.high) - mean - half) < 1e-12 && abs(log(ratio.low) - mean + half) < 1e-12 && ratio.value == exp(mean))
        #expect(Estimate.jackknife(ratio: 0, replicates: [0, 0]) == Estimate(0))
    }

    @Test func theBootstrapOfAShareIsNearWilson() {
        let rate = Rate(hits: 80, trials: 100)
        let estimate = Estimate.bootstrap(over: 100, seed: 3) { places in Double(places.count { $0 < 80 }) / 100 }
        #expect(estimate.value == 0.8 && abs(estimate.low - rate.interval.lowerBound) < 0.03 && abs(estimate.high - rate.interval.upperBound) < 0.03)
        #expect(estimate == Estimate.bootstrap(over: 100, seed: 3) { places in Double(places.count { $0 < 80 }) / 100 })
        #expect(Estimate.bootstrap(over: 0, seed: 3) { _ in 0 } == Estimate(0))
        #expect(Estimate(0.8765, low: 0.8, high: 0.9).description == "0.877 [0.8–0.9]")
    }

    // MARK: the whole report

    /// A stand-in for a judge: plain measures of a drawing.
    private static func measures(_ drawings: [[Stroke]]) -> [[Float]] {
        drawings.map { strokes in
            let points = strokes.flatMap(\.points), box = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0), count = Double(max(1, points.count))
            let x = points.reduce(0) { $0 + $1.x } / count, y = points.reduce(0) { $0 + $1.y } / count
            let length = strokes.reduce(0) { $0 + $1.length }
            return [Float(strokes.count) * 10, Float(points.count), Float(box.width), Float(box.height), Float(x), Float(y), Float(length) / 20]
        }
    }

    @Test func peopleAreAsLikePeopleAsPeople() throws {
        let source = ProceduralDrawings(seed: 4, drawingsPerClass: 24)
        let sample = try DrawingSample(source, classes: [1, 3, 5, 8], count: 40, seed: 2)
        #expect(sample.quotas.map(\.count) == [10, 10, 10, 10])
        let report = try LikenessReport.measure(sample.people, against: sample, seed: 2, roundTrip: { $0 }, features: Self.measures)
        #expect(report.painter == report.people && report.roundTrip == report.people)
        #expect(report.people.ratio == Estimate(1) && report.people.recallShare == Estimate(1) && report.people.distance > 0)
        #expect(report.people.recall.trials == 40 && report.people.recall.value > 0.6 && report.people.precision.value > 0.6)
        #expect(0.6...1.6 ~= report.people.spread.value && report.people.spread.low <= report.people.spread.value)
        // Trembling makes lines longer; one drawing a class has no spread and hides most of people's.
        #expect(report.jitter.ratio.value > 1.5 && report.jitter.spread.value > 0.5)
        #expect(report.repeated.spread == Estimate(0) && report.repeated.recallShare.value < 0.2 && report.repeated.ratio.value > 2)
        #expect(report.count == 40 && report.wanted == 40 && report.features == 7 && report.classes == 4)
        #expect(try JSONDecoder().decode(LikenessReport.self, from: JSONEncoder().encode(report)) == report)
        #expect(report.description.contains("40 drawings a side, 4 classes") && report.description.contains("through the codec"))
        #expect(report == (try LikenessReport.measure(sample.people, against: sample, seed: 2, roundTrip: { $0 }, features: Self.measures)))
    }

    @Test func drawingsOfOtherClassesAreWorseThanJitter() throws {
        let source = ProceduralDrawings(seed: 4, drawingsPerClass: 24)
        let sample = try DrawingSample(source, classes: [1, 3, 5, 8], seed: 2)
        #expect(sample.count == 48 && sample.wanted == 1_024)
        let other = sample.quotas.map { quota in (0..<quota.count).map { source.drawing(10, $0) } }      // suns
        let report = try LikenessReport.measure(other, against: sample, seed: 2, features: Self.measures)
        #expect(report.painter.distance > report.jitter.distance && report.painter.ratio.low > 2 && report.painter.recallShare.value < 0.3)
        #expect(report.roundTrip == nil && report.description.contains("48 drawings a side, not 1024: there are no more"))
        let missing = [Array(other[0].dropLast())] + other.dropFirst()
        #expect(throws: FigureError.wrongCount(className: "bowl", expected: 12, found: 11)) {
            try LikenessReport.measure(missing, against: sample, seed: 2, features: Self.measures)
        }
        #expect(throws: FigureError.wrongCount(className: "ladder", expected: 12, found: 0)) { try sample.check(Array(other.dropLast())) }
    }

    // MARK: the judge's features

    @Test func featuresAreWhatTheJudgesLastLayerSees() throws {
        let recipe = RunRecipe(name: "t", kind: "judge", seed: 4, steps: 1, optimizer: .init(learningRate: 5e-3, warmup: 2, weightDecay: 0))
        let judge = try JudgeJob(recipe: recipe, drawings: StyledDrawings(doodles: PainterFixture.drawings), heldOut: PainterFixture.drawings,
                                 classes: [4, 8, 10], size: 16, channels: [8, 16], batch: 4).judge
        let drawings = (0..<70).map { PainterFixture.drawings.drawing([4, 8, 10][$0 % 3], $0 / 3) } + [[]]
        let features = judge.features(drawings), probabilities = judge.probabilities(drawings)
        #expect(features.count == 71 && features.allSatisfy { $0.count == 16 && $0.allSatisfy { $0 >= 0 && $0.isFinite } })
        let head = try #require(judge.parameters.first { $0.name == "head.weight" }).tensor.array()          // [3, 16]
        let bias = try #require(judge.parameters.first { $0.name == "head.bias" }).tensor.array()
        for (own, expected) in zip(features, probabilities) {
            let logits: [Float] = (0..<3).map { name in
                let row = head[name * 16..<(name + 1) * 16]
                return zip(row, own).reduce(bias[name]) { $0 + $1.0 * $1.1 }
            }
            let top = logits.max() ?? 0
            let weights = logits.map { exp($0 - top) }, sum = weights.reduce(0, +)
            #expect(zip(weights, expected).allSatisfy { abs($0 / sum - $1) < 1e-4 })
        }
        let sample = try DrawingSample(PainterFixture.drawings, classes: [4, 8, 10], count: 30, seed: 1)
        let report = try LikenessReport.measure(sample.people, against: sample, judge: judge, seed: 1)
        #expect(report.judge == judge.name && report.features == 16 && report.painter.ratio == Estimate(1) && report.repeated.spread.value == 0)
    }
}
