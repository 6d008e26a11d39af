import Foundation
import Pictures
import Sketches
import Testing

@Suite("Drawings shown one after the other") struct FlipBookTests {
    private let cross = Scene(width: 100, height: 100, strokes: [line(10, 10, 90, 90), line(90, 10, 10, 90)])
    private let bar = Scene(width: 100, height: 100, strokes: [line(10, 50, 90, 50)])

    /// The largest distance of a channel between what a viewer shows and the still picture.
    private func distance(_ shown: [UInt8], _ scene: Scene, _ options: RenderOptions) throws -> Int {
        let still = try Picture.read(Renderer.png(scene, options: options), name: "still")
        return (0..<still.width * still.height).reduce(0) { worst, pixel in (0..<3).reduce(worst) { max($0, abs(Int(shown[pixel * 4 + $1]) - Int(still.bytes[pixel * 3 + $1]))) } }
    }

    @Test func eachDrawingIsShownWholeForItsTime() throws {
        let options = RenderOptions(size: 80)
        let book = try FlipBook([(cross, 0.5), (bar, 0.25), (bar, 0.25), (cross, 0.001), (Scene(width: 100, height: 100), 1)], options: options)
        let gif = try GIFDecoder(book.gif())
        #expect(gif.width == 80 && gif.height == 80 && gif.loops == 0)
        #expect(gif.images.map(\.delay) == [50, 50, 2, 100])                // what does not change is shown for longer
        // What was there before is gone.
        for (shown, scene) in zip(try gif.composed(), [cross, bar, cross, Scene(width: 100, height: 100)]) { #expect(try distance(shown, scene, options) <= 4) }
        #expect(try book.gif() == FlipBook([(cross, 0.5), (bar, 0.5), (cross, 0.02), (Scene(width: 100, height: 100), 1)], options: options).gif())
    }

    @Test func drawingsOfOtherSizesStandInTheMiddle() throws {
        let wide = Scene(width: 200, height: 50, strokes: [line(0, 25, 200, 25)]), high = Scene(width: 30, height: 60, strokes: [line(15, 0, 15, 60)])
        let gif = try GIFDecoder(FlipBook([(wide, 1), (high, 1)], options: RenderOptions(size: 60, strokeWidth: 3, background: nil)).gif())
        #expect(gif.width == 60 && gif.height == 60)
        let pictures = try gif.composed()
        func darkness(_ picture: [UInt8], _ x: Int, _ y: Int) -> Int { 255 - Int(picture[(y * 60 + x) * 4]) }
        #expect(darkness(pictures[0], 5, 30) > 100 && darkness(pictures[0], 30, 5) < 20 && darkness(pictures[1], 30, 5) > 100 && darkness(pictures[1], 5, 30) < 20)
        #expect(pictures.allSatisfy { picture in stride(from: 3, to: picture.count, by: 4).allSatisfy { picture[$0] == 255 } }, "there is always paper")
    }

    @Test func aMorphGoesThereAndBack() throws {
        let between = try Interpolation(from: cross, to: bar), options = RenderOptions(size: 64)
        let gif = try GIFDecoder(between.flipBook(steps: 5, options: options).gif())
        #expect(gif.images.count == 8 && gif.loops == 0)
        let shown = try gif.composed(), scenes = between.scenes(5)
        for (i, scene) in (scenes + scenes[1..<4].reversed()).enumerated() { #expect(try distance(shown[i], scene, options) <= 4) }
        #expect(gif.images[0].delay == 60 && gif.images[4].delay == 60 && gif.images[1].delay == 38)
        let once = try GIFDecoder(between.flipBook(steps: 5, options: RenderOptions(size: 64, loops: false)).gif())
        #expect(once.images.count == 9 && once.loops == nil)
        #expect(try distance(once.composed()[8], cross, options) <= 4)
        #expect(try GIFDecoder(between.flipBook(steps: 2, options: options).gif()).images.count == 2)
    }

    @Test func coloursBoxesAndLabels() throws {
        let options = RenderOptions(size: 96, colors: true, boxes: true, labels: true)
        let first = squares([("cat", 20, 60, 50), ("house", 150, 80, 30)]), second = squares([("house", 100, 60, 90), ("cat", 10, 20, 60)])
        let gif = try GIFDecoder(Interpolation(from: first, to: second).flipBook(steps: 3, options: options).gif())
        #expect(gif.images.count == 4)
        let corner = try #require(gif.composed().first)
        #expect(stride(from: 0, to: corner.count, by: 4).contains { abs(Int(corner[$0]) - 0x25) < 30 && abs(Int(corner[$0 + 2]) - 0xa8) < 30 }, "the first object's blue")
    }

    @Test func limits() {
        #expect(throws: RenderError.noScenes) { try FlipBook([]) }
        #expect(throws: RenderError.frames(2_001, limit: 2_000)) { try FlipBook([(scene: Scene, seconds: Double)](repeating: (bar, 0.1), count: 2_001)) }
        for size in [0, 2_049] { #expect(throws: RenderError.self) { try FlipBook([(bar, 1)], options: RenderOptions(size: size)) } }
        for seconds in [-1, 61, Double.nan] { #expect(throws: RenderError.self) { try FlipBook([(bar, seconds)]) } }
        for side in [0.0, -5, .nan, 1e9] { #expect(throws: RenderError.self) { try FlipBook([(Scene(width: side, height: 5), 1)]) } }
    }
}
