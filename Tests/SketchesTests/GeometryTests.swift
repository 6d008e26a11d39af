import Sketches
import Testing

@Suite struct GeometryTests {
    @Test func boxMeasures() {
        let box = Box(x0: 10, y0: 20, x1: 40, y1: 30)
        #expect(box.width == 30 && box.height == 10 && box.longestSide == 30 && box.area == 300)
        #expect(box.center == Point(x: 25, y: 25))
        #expect(box.contains(Point(x: 10, y: 30)) && !box.contains(Point(x: 9.9, y: 25)))
        #expect(box.union(Box(x0: 0, y0: 25, x1: 5, y1: 60)) == Box(x0: 0, y0: 20, x1: 40, y1: 60))
    }

    @Test func overlap() {
        let a = Box(x0: 0, y0: 0, x1: 10, y1: 10), b = Box(x0: 5, y0: 0, x1: 15, y1: 10)
        #expect(a.intersection(b) == Box(x0: 5, y0: 0, x1: 10, y1: 10))
        #expect(abs(a.intersectionOverUnion(b) - 50.0 / 150) < 1e-12)      // 50 shared of 100 + 100 - 50
        #expect(a.intersection(Box(x0: 11, y0: 0, x1: 12, y1: 1)) == nil)
        let dot = Box(x0: 3, y0: 3, x1: 3, y1: 3)
        #expect(dot.intersectionOverUnion(dot) == 1 && dot.intersectionOverUnion(a) == 0)
        #expect(a.gap(to: Box(x0: 13, y0: 14, x1: 20, y1: 20)) == 5)       // 3-4-5
    }

    @Test func boxOfNothing() {
        #expect(Box.of([Point]()) == nil && Box.of([Stroke([])]) == nil)
        #expect(Box.of([line(3, 9, 1, 12), line(7, 2)]) == Box(x0: 1, y0: 2, x1: 7, y1: 12))
    }

    @Test func simplifyingKeepsCornersAndDropsTheRest() {
        let stroke = Stroke([0, 1, 2, 3, 4].map { Point(x: $0 * 10, y: 0) } + [Point(x: 40, y: 30)], times: [0, 1, 2, 3, 4, 5])
        let simple = simplified(stroke, tolerance: 2)
        #expect(simple.points == [Point(x: 0, y: 0), Point(x: 40, y: 0), Point(x: 40, y: 30)])
        #expect(simple.times == [0, 4, 5])
        #expect(simplified(stroke, tolerance: 0) == stroke)
    }

    @Test func simplifyingStaysWithinTheTolerance() {
        var dice = Dice(1)
        for _ in 0..<20 {
            var p = Point(x: 100, y: 100)
            let stroke = Stroke((0..<200).map { _ in
                p = Point(x: p.x + .random(in: -4...4, using: &dice), y: p.y + .random(in: -4...4, using: &dice))
                return p
            })
            let simple = simplified(stroke, tolerance: 3)
            #expect(simple.points.count < stroke.points.count)
            for point in stroke.points {
                let nearest = zip(simple.points, simple.points.dropFirst()).map { distanceFromSegment(point, $0, $1) }.min() ?? .infinity
                #expect(nearest <= 3 + 1e-9)
            }
        }
    }

    @Test func simplifyingAClosedStrokeKeepsIt() {
        let square = line(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
        #expect(simplified(square, tolerance: 1) == square)
    }

    @Test func simplifyingLongStrokesNeedsNoStack() {
        let saw = Stroke((0..<60_000).map { Point(x: Double($0), y: $0.isMultiple(of: 2) ? 0 : 0.1) })
        #expect(simplified(saw, tolerance: 1).points.count == 2)
    }

    /// A zigzag that shrinks point by point: the farthest point of each piece is next to its end, so that splitting there alone would take
    /// 200,000² / 2 distances.
    @Test func simplifyingAShrinkingZigzagEnds() {
        let count = 200_000
        let zigzag = Stroke((0..<count).map { i in
            Point(x: Double(i) / 100, y: (i.isMultiple(of: 2) ? 3.0 : -3) * Double(count - i) / Double(count))
        })
        let simple = simplified(zigzag, tolerance: 1).points
        #expect(simple.first == zigzag.points.first && simple.last == zigzag.points.last && simple.count < count)
        var piece = 0, worst = 0.0
        for point in zigzag.points {
            while piece + 2 < simple.count, simple[piece + 1].x < point.x { piece += 1 }      // x only grows
            worst = max(worst, distanceFromSegment(point, simple[piece], simple[piece + 1]))
        }
        #expect(worst <= 1)
    }

    @Test func resamplingIsEven() {
        let stroke = resampled(line(0, 0, 10, 0, 10, 10), spacing: 3)
        #expect(stroke.points.first == Point(x: 0, y: 0) && stroke.points.last == Point(x: 10, y: 10))
        #expect(stroke.points.count == 8)                                   // 20 px in 7 steps
        #expect(stroke.points[1].distance(to: Point(x: 20.0 / 7, y: 0)) < 1e-9)
        #expect(resampled(line(4, 4), spacing: 1).points.count == 1)
        #expect(resampled(line(4, 4, 4, 4), spacing: 1).points.count == 2)
    }
}
