import Foundation
import Sketches
import Testing

@Suite("Drawings between two drawings") struct InterpolationTests {
    private static func circle(_ x: Double, _ y: Double, _ radius: Double, from angle: Double = 0, clockwise: Bool = true, points: Int = 33) -> Stroke {
        Stroke((0..<points).map { i in
            let turn = angle + (clockwise ? 1 : -1) * 2 * .pi * Double(i) / Double(points - 1)
            return Point(x: x + radius * cos(turn), y: y + radius * sin(turn))
        })
    }

    /// A face: an outline, two eyes, a mouth.
    private static func face(width: Double = 256) -> Scene {
        Scene(width: width, height: 256, strokes: [circle(128, 128, 90), line(90, 100, 100, 104), line(156, 104, 166, 100), line(80, 170, 128, 190, 180, 170)])
    }

    /// A house beside a sun, wild strokes.
    private static func scribble(_ seed: UInt64, strokes: Int, points: ClosedRange<Int> = 2...12) -> Scene {
        var dice = Dice(seed)
        return Scene(width: 300, height: 200, strokes: (0..<strokes).map { _ in
            Stroke((0..<Int.random(in: points, using: &dice)).map { _ in Point(x: .random(in: 0...300, using: &dice), y: .random(in: 0...200, using: &dice)) })
        })
    }

    /// How far the ink of each drawing is from the other's, at most, by points along the strokes.
    private func distance(_ a: Scene, _ b: Scene) -> Double {
        func inks(_ scene: Scene) -> [Point] { scene.strokes.flatMap(\.points) }
        func far(_ from: Scene, _ to: Scene) -> Double {
            inks(from).map { point in
                to.strokes.map { stroke in
                    stroke.points.count == 1 ? point.distance(to: stroke.points[0])
                        : zip(stroke.points, stroke.points.dropFirst()).map { distanceFromSegment(point, $0, $1) }.min() ?? .infinity
                }.min() ?? .infinity
            }.max() ?? 0
        }
        return max(far(a, b), far(b, a))
    }

    private func pairs(_ between: Interpolation) -> [[Int]] { between.matches.map { [$0.first, $0.second] } }

    @Test func theEndsAreTheDrawingsThemselves() throws {
        let second = Self.scribble(1, strokes: 9)
        for first in [sampleScene(), Self.face(), Self.scribble(2, strokes: 4)] {
            for eased in [false, true] {
                let scenes = try Interpolation(from: first, to: second).scenes(7, eased: eased)
                #expect(scenes.count == 7 && scenes.first == first && scenes.last == second)
            }
            // What is next to an end looks like it: no corner is lost, nothing jumps.
            let between = try Interpolation(from: first, to: second)
            #expect(distance(between.scene(at: 1e-6), first) < 0.02 && distance(between.scene(at: 1 - 1e-6), second) < 0.02)
            #expect(try Interpolation(from: first, to: second).scenes(2) == [first, second])
        }
    }

    @Test func thereIsAsBackAgain() throws {
        for (a, b) in [(Self.face(), Self.scribble(3, strokes: 11)), (Self.scribble(4, strokes: 6), Self.scribble(5, strokes: 6)), (sampleScene(), Self.face(width: 400))] {
            let there = try Interpolation(from: a, to: b), back = try Interpolation(from: b, to: a)
            let turned = back.matches.map { [$0.second, $0.first] }
            #expect(Set(pairs(there)) == Set(turned) && turned.count == there.matches.count)
            #expect(there.growing == back.shrinking && there.shrinking == back.growing)
            for share in [0.2, 0.5, 0.9] {
                let one = there.scene(at: share), other = back.scene(at: 1 - share)
                #expect(abs(one.width - other.width) < 1e-9 && abs(one.height - other.height) < 1e-9)
                #expect(distance(one, other) < 0.05)
            }
        }
    }

    @Test func betweenADrawingAndItselfIsTheDrawing() throws {
        for scene in [Self.face(), Self.scribble(6, strokes: 12), sampleScene()] {
            let between = try Interpolation(from: scene, to: scene)
            #expect(between.matches.allSatisfy { $0.first == $0.second } && between.matches.count == scene.strokes.count)
            let scenes = between.scenes(5)
            for middle in scenes[1..<4] {
                #expect(distance(middle, scene) < 0.02)
                #expect(middle.strokes == scenes[1].strokes && middle.width == scene.width && middle.height == scene.height)
            }
        }
    }

    @Test func strokesFindTheirPartnersInWhateverOrder() throws {
        let first = Self.scribble(7, strokes: 12)
        var dice = Dice(7)
        let order = Array(first.strokes.indices).shuffled(using: &dice)
        var second = first
        // In another order, some from their ends, elsewhere and larger.
        second.strokes = order.enumerated().map { i, from in
            let stroke = first.strokes[from].transformed(scale: 1.7, dx: 20, dy: -9)
            return i % 3 == 0 ? Stroke(stroke.points.reversed()) : stroke
        }
        let between = try Interpolation(from: first, to: second)
        #expect(between.matches.allSatisfy { order[$0.second] == $0.first } && between.matches.count == 12)
        #expect(between.matches.contains { $0.first != $0.second })
        // So in the middle there is the same drawing, half as much moved.
        let half = first.strokes.map { $0.transformed(scale: 1.35, dx: 10, dy: -4.5) }
        #expect(distance(between.scene(at: 0.5), Scene(width: 300, height: 200, strokes: half)) < 0.02)
    }

    @Test("A circle stays one, wherever and whichever way round it is drawn", arguments: [true, false], [0.0, 1, 2.5, 4.4])
    func circles(clockwise: Bool, angle: Double) throws {
        let first = Scene(width: 256, height: 256, strokes: [Self.circle(128, 128, 100, points: 65)])
        let second = Scene(width: 256, height: 256, strokes: [Self.circle(128, 128, 100, from: angle, clockwise: clockwise, points: 65)])
        let middle = try Interpolation(from: first, to: second).scene(at: 0.5)
        let radii = middle.strokes[0].points.map { $0.distance(to: Point(x: 128, y: 128)) }
        #expect(radii.allSatisfy { 98...100.5 ~= $0 }, "\(radii.min() ?? 0)")
        #expect(middle.strokes[0].points.first?.distance(to: middle.strokes[0].points.last ?? Point(x: 0, y: 0)) ?? 9 < 1)
    }

    @Test func aClosedLineOpensWhereThatIsNearest() throws {
        // A circle becomes a line from right to left above it: no point goes twice the way that it has to.
        let ring = Scene(width: 256, height: 256, strokes: [Self.circle(128, 128, 60, from: 1)])
        let arc = Scene(width: 256, height: 256, strokes: [Stroke((0...20).map { i in
            let turn = -0.5 * .pi + 0.05 + (2 * .pi - 0.5) * Double(i) / 20
            return Point(x: 128 + 60 * cos(turn), y: 128 + 60 * sin(turn))
        })])
        let middle = try Interpolation(from: ring, to: arc).scene(at: 0.5)
        let radii = middle.strokes[0].points.map { $0.distance(to: Point(x: 128, y: 128)) }
        #expect(radii.allSatisfy { 52...66 ~= $0 }, "\(radii)")
    }

    @Test func whatHasNoPartnerGrowsOutOfTheNearestLine() throws {
        let first = Scene(width: 200, height: 200, strokes: [line(20, 20, 180, 20), line(20, 180, 180, 180)])
        var second = first
        second.strokes.append(line(100, 170, 110, 100))
        let between = try Interpolation(from: first, to: second)
        #expect(between.growing == [2] && between.shrinking.isEmpty)
        let early = try #require(between.scene(at: 0.001).strokes.last)
        #expect(early.points.allSatisfy { $0.distance(to: Point(x: 100, y: 180)) < 1 }, "\(early)")
        let late = try #require(between.scene(at: 0.999).strokes.last)
        #expect(late.points[0].distance(to: Point(x: 100, y: 170)) < 0.5 && late.points[1].distance(to: Point(x: 110, y: 100)) < 0.5)
        #expect(try Interpolation(from: second, to: first).shrinking == [2])
    }

    @Test func objectsOfOneClassBecomeEachOther() throws {
        // Cat and house have changed places and sizes, and there is a sun more. By place alone each would become the other.
        let first = squares([("cat", 10, 100, 60), ("house", 170, 90, 70)])
        var second = squares([("house", 20, 100, 62), ("cat", 180, 120, 40), ("sun", 100, 10, 30)])
        second.width = 512
        let between = try Interpolation(from: first, to: second)
        #expect(pairs(between) == [[0, 1], [1, 0]] && between.growing == [2])
        let middle = between.scene(at: 0.5)
        #expect(middle.width == 384 && middle.height == 256)
        #expect(middle.objects.map(\.className) == ["cat", "house"] && middle.objects.map(\.strokes) == [[0], [1]])
        #expect(middle.objects[0].box == middle.strokes[0].box && abs(middle.objects[0].box.width - 50) < 0.02)
        #expect(abs((middle.strokes[0].box?.center.x ?? 0) - (40 + 200) / 2) < 0.02)
        // Two of a class: each the nearest.
        let cats = squares([("cat", 10, 10, 40), ("cat", 180, 180, 50)]), moved = squares([("cat", 170, 190, 50), ("cat", 20, 10, 40)])
        #expect(try pairs(Interpolation(from: cats, to: moved)) == [[0, 1], [1, 0]])
    }

    @Test func easingIsSlowAtTheEnds() throws {
        let first = Scene(width: 100, height: 100, strokes: [line(0, 0, 10, 0)]), second = Scene(width: 100, height: 100, strokes: [line(80, 0, 90, 0)])
        let between = try Interpolation(from: first, to: second)
        let even = between.scenes(5).map { $0.strokes[0].points[0].x }, eased = between.scenes(5, eased: true).map { $0.strokes[0].points[0].x }
        #expect(even == [0, 20, 40, 60, 80] && eased == [0, 12.5, 40, 67.5, 80])
    }

    // MARK: hostile drawings

    @Test func drawingsWithoutInkAreRefused() {
        let empty = Scene(width: 9, height: 9), pointless = Scene(width: 9, height: 9, strokes: [Stroke([]), Stroke([])])
        #expect(throws: InterpolationError.noStrokes(.first)) { try Interpolation(from: empty, to: Self.face()) }
        #expect(throws: InterpolationError.noStrokes(.second)) { try Interpolation(from: Self.face(), to: pointless) }
        for bad in [Scene(width: 9, height: 9, strokes: [line(.nan, 1)]), Scene(width: 9, height: 9, strokes: [line(-1.7e308, 0, 1.7e308, 0)]), Scene(width: 0, height: 9, strokes: [line(1, 1)])] {
            #expect(throws: InterpolationError.notFinite(.second)) { try Interpolation(from: Self.face(), to: bad) }
        }
        let many = Scene(width: 9, height: 9, strokes: [Stroke](repeating: line(1, 1, 2, 2), count: 1_001))
        #expect(throws: InterpolationError.tooManyStrokes(.second, count: 1_001, limit: 1_000)) { try Interpolation(from: Self.face(), to: many) }
        #expect(InterpolationError.tooManyStrokes(.second, count: 1_001, limit: 1_000).description.contains("second drawing has 1001 strokes"))
    }

    @Test("Dots, drawings of no size, and coordinates from the smallest to the largest", arguments: [
        Scene(width: 50, height: 50, strokes: [line(20, 30)]), Scene(width: 50, height: 50, strokes: [line(20, 30, 20, 30, 20, 30)]),
        Scene(width: 1, height: 1, strokes: [line(0, 0, 1e-307, 0)]), Scene(width: 3e7, height: 9, strokes: [line(-1e7, 0, 1e7, 5, 3, 1e7), line(0, 0)]),
        Scene(width: 1e-6, height: 1e6, strokes: [Stroke([]), line(1, 5, 1, 9), Stroke([])]), Scene(width: 9, height: 9, strokes: [line(-1e90, 0, 1e90, 1e90)]),
        Scene(width: 40, height: 40, strokes: [line(1, 1, 5, 5)], error: "no"),
    ])
    func smallAndLarge(scene: Scene) throws {
        var broken = scene
        broken.objects = [SceneObject(className: "cat", box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: [0, 7, -1]), SceneObject(className: "cat", box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: [0])]
        var named = Self.face()
        named.objects = [SceneObject(className: "cat", box: Box(x0: 0, y0: 0, x1: 9, y1: 9), strokes: [1])]
        for (a, b) in [(scene, Self.face()), (Self.face(), scene), (scene, scene), (broken, named)] {
            for middle in try Interpolation(from: a, to: b).scenes(4)[1..<3] {
                #expect(middle.strokes.allSatisfy { !$0.points.isEmpty && $0.points.allSatisfy { $0.x.isFinite && $0.y.isFinite } })
                #expect(middle.objects.allSatisfy { object in object.strokes.allSatisfy(middle.strokes.indices.contains) && object.box.width.isFinite })
            }
        }
    }

    @Test func fortyStrokesAndOne() throws {
        let many = Self.scribble(8, strokes: 40), one = Scene(width: 300, height: 200, strokes: [line(10, 10, 280, 190)])
        let between = try Interpolation(from: many, to: one)
        #expect(between.matches.count == 1 && between.shrinking.count == 39 && between.growing.isEmpty)
        #expect(distance(between.scene(at: 1 - 1e-6), one) < 0.02)
        // What shrinks goes into the one line that is left.
        let nearly = between.scene(at: 0.999)
        #expect(nearly.strokes.count == 40 && distance(Scene(width: 300, height: 200, strokes: nearly.strokes), one) < 1)
    }

    @Test func aStrokeOfAHundredThousandPointsIsCopiedMoreCoarsely() throws {
        let spiral = Stroke((0..<100_000).map { i in
            let turn = Double(i) / 2_000
            return Point(x: 128 + turn * 2 * cos(turn), y: 128 + turn * 2 * sin(turn))
        })
        let scene = Scene(width: 256, height: 256, strokes: [spiral, line(5, 5, 9, 9)])
        let between = try Interpolation(from: scene, to: Self.face())
        for middle in between.scenes(9)[1..<8] { #expect(middle.strokes.reduce(0) { $0 + $1.points.count } < 5_000) }
        #expect(distance(between.scene(at: 1 - 1e-6), Self.face()) < 0.05)
        #expect(between.scene(at: 0).strokes[0].points.count == 100_000)
        let still = Scene(width: 256, height: 256, strokes: [Stroke([Point](repeating: Point(x: 3, y: 4), count: 100_000))])
        #expect(try Interpolation(from: still, to: still).scene(at: 0.5).strokes[0].points.count == 1)
    }
}
