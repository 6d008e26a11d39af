import Painter
import Sketches
import Tensors
import Testing

@Suite("Reading a canvas: the order of strokes, the words of the user")
struct ReadingTests {
    private func line(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) -> Stroke { Stroke([Point(x: x0, y: y0), Point(x: x1, y: y1)]) }

    @Test func inkThatHangsTogetherIsReadTogether() {
        // Two crosses of two lines each, and a dot between them that is nearer to the right one.
        let strokes = [line(200, 100, 240, 140), line(10, 10, 50, 50), line(200, 140, 240, 100), Stroke([Point(x: 150, y: 100)]), line(10, 50, 50, 10)]
        #expect(StrokeProximity(strokes).readingOrder() == [1, 4, 3, 0, 2] || StrokeProximity(strokes).readingOrder() == [1, 4, 3, 2, 0])
        #expect(StrokeProximity([]).readingOrder() == [] && StrokeProximity([strokes[3]]).readingOrder() == [0])
    }

    @Test func theOrderInTheFileDoesNotMatter() {
        var random = PainterFixture.random(21)
        for round in 0..<50 {
            let scene = PainterFixture.composer.compose(count: 1 + round % 5, relationCount: 0, &random)
            let strokes = scene.objects.flatMap(\.strokes), order = StrokeProximity(strokes).readingOrder()
            #expect(order.sorted() == Array(strokes.indices))
            let other = strokes.shuffled(using: &random)
            #expect(StrokeProximity(other).readingOrder().map { other[$0] } == order.map { strokes[$0] })
        }
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let a: [Double], b: [Double], distance: Double
    }

    @Test(arguments: [
        Pair(testDescription: "crossing", a: [0, 0, 10, 10], b: [0, 10, 10, 0], distance: 0),
        Pair(testDescription: "side by side", a: [0, 0, 10, 0], b: [0, 3, 10, 3], distance: 3),
        Pair(testDescription: "end to end", a: [0, 0, 10, 0], b: [14, 3, 20, 9], distance: 5),
        Pair(testDescription: "touching", a: [0, 0, 10, 0], b: [5, 0, 5, 9], distance: 0),
        Pair(testDescription: "dots", a: [4, 4, 4, 4], b: [4, 9, 4, 9], distance: 5),
    ])
    func distances(_ pair: Pair) {
        let a = line(pair.a[0], pair.a[1], pair.a[2], pair.a[3]), b = line(pair.b[0], pair.b[1], pair.b[2], pair.b[3])
        #expect(abs(strokeDistance(a, b) - pair.distance) < 1e-9)
        #expect(abs(strokeDistance(b, a) - pair.distance) < 1e-9)
    }

    @Test func theNearestObjectsOfAStroke() {
        let strokes = [line(0, 0, 10, 0), line(40, 0, 50, 0), line(20, 0, 35, 0), line(20, 0, 20, 30)]
        let proximity = StrokeProximity(strokes)
        #expect(proximity.nearest(to: 0, owners: []).isEmpty)
        let third = proximity.nearest(to: 2, owners: [0, 1])
        #expect(third.map(\.object) == [1, 0] && third.map(\.steps) == [5, 10])
        let fourth = proximity.nearest(to: 3, owners: [0, 1, 0])
        #expect(fourth.map(\.object) == [0, 1] && fourth.map(\.steps) == [0, 20])
        let far = StrokeProximity([line(0, 0, 1, 0), line(200, 0, 210, 0)]).nearest(to: 1, owners: [0])
        #expect(far.map(\.steps) == [63])
    }

    @Test func whatTheUserNamesIsEvidence() {
        // Three classes; two objects read as class 0.
        let shares = [[0.6, 0.39, 0.01], [0.9, 0.05, 0.05]]
        #expect(Painter.renaming([0, 0], shares: shares, named: [1], hearing: 3) == [1, 0])       // the likelier of the two
        #expect(Painter.renaming([0, 0], shares: shares, named: [0], hearing: 3) == [0, 0])       // there already
        #expect(Painter.renaming([0, 0], shares: shares, named: [2], hearing: 3) == [0, 0])       // hardly likely for either: nothing of the kind is there
        #expect(Painter.renaming([0, 0], shares: shares, named: [], hearing: 3) == [0, 0])
        #expect(Painter.renaming([0, 1], shares: shares, named: [1, 0], hearing: 3) == [0, 1])
    }
}
