import Foundation
import Pictures
import Sketches
import Testing

@Suite("Drawings that draw themselves") struct AnimationTests {
    /// A scene of objects, a loose dot, and strokes without length.
    private static func flower() -> Scene {
        var scene = sampleScene()
        scene.strokes += [line(60, 200, 100, 150, 140, 200), Stroke([Point(x: 9, y: 9)]), line(7, 240, 7, 240), line(128, 20, 250, 20)]
        return scene
    }

    private func still(_ scenes: [Scene], _ options: RenderOptions) throws -> Picture {
        try Picture.read(Renderer.png(scenes, options: options), name: "still")
    }

    /// How dark a picture is, summed over it.
    private func ink(_ picture: Picture) -> Int { picture.bytes.reduce(0) { $0 + 255 - Int($1) } }

    // MARK: the timeline

    @Test func theTimelineOnlyGoesForwardAndEndsWithEverything() throws {
        let scene = Self.flower()
        let animation = try StrokeAnimation([scene], rate: 30, hold: 1.5)
        let moments = (0..<animation.frameCount).map { animation.progress(at: animation.time(of: $0)) }
        #expect(moments.first == StrokeProgress.none && moments.last?.whole == scene.strokes.count && moments.last?.part == 0)
        #expect(zip(moments, moments.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(moments.allSatisfy { 0..<1 ~= $0.part } && moments.contains { $0.part > 0.3 && $0.part < 0.7 })
        #expect(Set(moments.map(\.whole)) == Set(0...scene.strokes.count))                  // at 30 a second no stroke is skipped
        #expect(animation.frameCount == animation.drawingFrameCount - 1 + 45)
        #expect(animation.drawingFrameCount == Int((animation.drawingTime * 30).rounded(.up)) + 1)
        #expect(abs(animation.duration - animation.drawingTime - 1.5) < 1.0 / 30)
        #expect(animation.progress(at: -1) == StrokeProgress.none && animation.progress(at: .infinity) == moments.last)
    }

    @Test func thePenIsAsFastAsInAnimatedSVG() throws {
        let long = Scene(width: 100, height: 100, strokes: (0..<60).map { line(0, Double($0), 100, Double($0)) })
        for scene in [Self.flower(), long] {
            let svg = String(decoding: try SketchFile.write([scene], format: .svg, options: RenderOptions(animate: true)), as: UTF8.self)
            let spans = svg.matches(of: /animation:(?:draw|dot) ([0-9.]+)s linear ([0-9.]+)s/).map { (duration: Double($0.1) ?? .nan, begin: Double($0.2) ?? .nan) }
            #expect(spans.count == scene.strokes.count)
            let animation = try StrokeAnimation([scene])
            for span in spans {
                let middle = animation.progress(at: span.begin + span.duration / 2)
                #expect(abs(middle.part - 0.5) < 0.02, "\(middle) at \(span)")
            }
            #expect(abs(animation.drawingTime - (spans.map { $0.begin + $0.duration }.max() ?? 0)) < 0.002)
        }
        let time = try StrokeAnimation([long]).drawingTime
        #expect(time > 9.9 && time <= 10)
    }

    @Test func numbersOutOfRange() {
        let scene = Self.flower()
        #expect(throws: RenderError.rate(0, limit: 60)) { try StrokeAnimation([scene], rate: 0) }
        #expect(throws: RenderError.rate(61, limit: 60)) { try StrokeAnimation([scene], rate: 61) }
        #expect(throws: RenderError.hold(-1, limit: 60)) { try StrokeAnimation([scene], hold: -1) }
        #expect(throws: RenderError.self) { try StrokeAnimation([scene], hold: .nan) }
        #expect(throws: RenderError.noScenes) { try StrokeAnimation([]) }
        let error = #expect(throws: RenderError.self) { try StrokeAnimation([scene], rate: 60, hold: 60) }
        if case .frames(let count, let limit)? = error { #expect(count > limit && limit == StrokeAnimation.frameLimit) } else { Issue.record("\(String(describing: error))") }
        for size in [0, -1, 16_385, .max] { #expect(throws: RenderError.self) { try StrokeAnimation([scene], options: RenderOptions(size: size)) } }
        for side in [0.0, -5, .nan, .infinity, 1e9] { #expect(throws: RenderError.self) { try StrokeAnimation([Scene(width: side, height: 5)]) } }
    }

    // MARK: pixels

    @Test("The first frame is blank, the last the still picture", arguments: [
        RenderOptions(), RenderOptions(size: 101, colors: true, boxes: true, labels: true), RenderOptions(size: 64, strokeWidth: 9, background: Color(hex: 0x203040)),
    ])
    func ends(options: RenderOptions) throws {
        var wide = Self.flower()
        wide.height = 200
        for scenes in [[Self.flower()], [wide], [wide, Self.flower(), Scene(width: 9, height: 9)]] {
            let animation = try StrokeAnimation(scenes, options: options, rate: 10)
            let first = try animation.picture(of: 0), last = try animation.picture(of: animation.frameCount - 1)
            #expect(try first == still(scenes.map { Scene(width: $0.width, height: $0.height) }, options))
            #expect(try last == still(scenes, options))
            #expect(first.width == animation.width && first.height == animation.height && first != last)
            #expect(try animation.picture(of: animation.drawingFrameCount - 1) == last)
        }
    }

    @Test func framesInOrderAreThoseAskedForOneByOne() throws {
        let animation = try StrokeAnimation([Self.flower(), sampleScene()], options: RenderOptions(size: 120, colors: true, boxes: true, labels: true), rate: 7, hold: 0.5)
        var pictures: [Picture] = []
        try animation.forEachFrame { index, picture in
            #expect(index == pictures.count)
            pictures.append(picture)
        }
        #expect(pictures.count == animation.frameCount)
        for (i, picture) in pictures.enumerated() { #expect(try animation.picture(of: i) == picture) }
        #expect(zip(pictures, pictures.dropFirst()).allSatisfy { ink($0) <= ink($1) })
        struct Enough: Error {}
        #expect(throws: Enough.self) { try animation.forEachFrame { _, _ in throw Enough() } }
    }

    @Test func aStrokeIsDrawnFromItsBeginning() throws {
        // 160 of 200 pixels take 0.64 s: after 0.32 s the pen is in the middle.
        let scene = Scene(width: 200, height: 200, strokes: [line(20, 100, 60, 100, 180, 100)])
        let animation = try StrokeAnimation([scene], options: RenderOptions(size: 200, strokeWidth: 4), rate: 25)
        let picture = try animation.picture(of: 8)
        func darkness(_ x: Int) -> Int { 255 - Int(picture.bytes[(100 * 200 + x) * 3]) }
        #expect(animation.time(of: 8) == 0.32 && abs(animation.progress(at: 0.32).part - 0.5) < 1e-9)
        #expect(darkness(20) > 200 && darkness(60) > 200 && darkness(100) > 200 && darkness(104) == 0 && darkness(180) == 0)
    }

    @Test func boxesComeWithTheLastStrokeOfTheirObject() throws {
        let scene = squares([("cat", 20, 20, 80), ("sun", 150, 20, 80)])
        let options = RenderOptions(size: 256, boxes: true)
        let animation = try StrokeAnimation([scene], options: options, rate: 50)
        let one = try #require((0..<animation.frameCount).first { animation.progress(at: animation.time(of: $0)) == StrokeProgress(whole: 1, part: 0) })
        var half = scene
        half.strokes.removeLast()
        half.objects.removeLast()
        #expect(try animation.picture(of: one) == still([half], options))
    }

    @Test func sidesCanBeMadeEven() throws {
        let scene = Scene(width: 101, height: 57, strokes: [line(5, 5, 90, 50)])
        for size in [16, 101, 255] {
            let plain = try StrokeAnimation([scene], options: RenderOptions(size: size)), even = try StrokeAnimation([scene], options: RenderOptions(size: size), evenSides: true)
            #expect(even.width % 2 == 0 && even.height % 2 == 0 && 0...1 ~= even.width - plain.width && 0...1 ~= even.height - plain.height)
            let small = try plain.picture(of: 99), large = try even.picture(of: 99)
            for y in 0..<small.height {
                #expect(small.bytes[y * small.width * 3..<(y + 1) * small.width * 3] == large.bytes[y * large.width * 3..<(y * large.width + small.width) * 3])
            }
        }
    }

    @Test func strokesOfNothing() throws {
        let empty = Scene(width: 30, height: 20), dots = Scene(width: 30, height: 20, strokes: [Stroke([]), Stroke([Point(x: 15, y: 10)]), Stroke([Point(x: 2, y: 2)])])
        #expect(try StrokeAnimation([empty], hold: 0).frameCount == 1)
        #expect(try StrokeAnimation([empty]).drawingTime == 0)
        let animation = try StrokeAnimation([dots], rate: 50, hold: 0)
        var last = -1, levels = Set<Int>()
        try animation.forEachFrame { _, picture in
            #expect(ink(picture) >= last)
            last = ink(picture)
            levels.insert(last)
        }
        #expect(levels.count == 3)                                                          // none, one dot, two
    }

    @Test func coordinatesBeyondAllMeasure() throws {
        let scene = Scene(width: 100, height: 100, strokes: [line(1e300, 1, -1e300, 1e300, 5, 5), line(10, 10, 90, 90), line(-1e8, 50, 1e8, 50)])
        let animation = try StrokeAnimation([scene], options: RenderOptions(size: 40), rate: 5)
        #expect(animation.drawingTime.isFinite && animation.drawingTime <= 10)
        #expect(try animation.picture(of: animation.frameCount) == still([scene], RenderOptions(size: 40)))
        #expect(try GIFDecoder(animation.gif()).images.isEmpty == false)
    }
}
