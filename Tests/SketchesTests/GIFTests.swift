import Foundation
import Pictures
import Sketches
import Testing

@Suite("GIF") struct GIFTests {
    /// The largest and the mean distance of a channel between what a viewer shows and a picture.
    private func distance(_ shown: [UInt8], _ picture: Picture) -> (largest: Int, mean: Double) {
        var largest = 0, sum = 0
        for pixel in 0..<picture.width * picture.height {
            for c in 0..<3 {
                let step = abs(Int(shown[pixel * 4 + c]) - Int(picture.bytes[pixel * 3 + c]))
                largest = max(largest, step)
                sum += step
            }
        }
        return (largest, Double(sum) / Double(picture.bytes.count))
    }

    /// Compares what is shown at each image's time with the animation's frame of that time.
    private func expectAlike(_ gif: GIFDecoder, _ animation: StrokeAnimation, largest: Int, mean: Double) throws {
        var clock = 0
        for (image, shown) in zip(gif.images, try gif.composed()) {
            let frame = (clock * animation.rate + 50) / 100
            let far = distance(shown, try animation.picture(of: frame))
            #expect(far.largest <= largest && far.mean <= mean, "\(far) at \(clock)")
            clock += image.delay
        }
    }

    @Test func aDrawingAsAGIF() throws {
        let scene = sampleScene()
        let data = try SketchFile.write([scene], format: .gif)
        let gif = try GIFDecoder(data), animation = try StrokeAnimation([scene], options: RenderOptions(size: 512))
        #expect(gif.width == 512 && gif.height == 512 && gif.loops == 0)
        #expect(gif.images.count > 20 && gif.images.count <= animation.drawingFrameCount)
        #expect(gif.images.allSatisfy { $0.delay >= 2 && $0.disposal == 1 })
        #expect(gif.images.reduce(0) { $0 + $1.delay } == Int((animation.duration * 100).rounded()))
        #expect(gif.images.dropFirst().allSatisfy { $0.width * $0.height < 512 * 512 / 4 })
        #expect((gif.images.last?.delay ?? 0) >= 200)
        // A lone ink has steps of 233/30 between paper and ink: half of one is the error.
        try expectAlike(gif, animation, largest: 4, mean: 0.2)
        #expect(try distance(gif.composed()[0], Picture.read(Renderer.png(Scene(width: 9, height: 9), options: RenderOptions(size: 512)), name: "blank")).largest == 0)
        #expect(try SketchFile.write([scene], format: .gif) == data)
        #expect(try SketchFile.write([scene], format: .gif, options: RenderOptions(animate: true)) == data)
        #expect(SketchFormat(path: "a/b.GIF") == .gif && SketchFormat.gif.fileExtension == "gif")
    }

    @Test func onceOrForEver() throws {
        let once = try GIFDecoder(SketchFile.write([sampleScene()], format: .gif, options: RenderOptions(size: 32, loops: false)))
        let again = try GIFDecoder(SketchFile.write([sampleScene()], format: .gif, options: RenderOptions(size: 32)))
        #expect(once.loops == nil && again.loops == 0)
        #expect(once.images.map(\.indices) == again.images.map(\.indices) && once.images.map(\.delay) == again.images.map(\.delay))
    }

    @Test("Colours, sheets and odd sizes", arguments: [
        RenderOptions(size: 97, colors: true), RenderOptions(size: 64, colors: true, boxes: true, labels: true),
        RenderOptions(size: 131, colors: true, labels: true, background: Color(hex: 0xf6d365)), RenderOptions(size: 16, strokeWidth: 40),
        RenderOptions(size: 61, background: .ink),
    ])
    func colours(options: RenderOptions) throws {
        let many = squares((0..<12).map { (i: Int) in (name: "a", x: Double(i % 4 * 60 + 8), y: Double(i / 4 * 80 + 8), side: 40) })
        var wide = sampleScene()
        wide.height = 91
        for scenes in [[many], [wide], [many, sampleScene(), wide]] {
            let animation = try StrokeAnimation(scenes, options: options)
            let gif = try GIFDecoder(animation.gif())
            #expect(gif.width == animation.width && gif.height == animation.height && gif.colors.count <= 256)
            // Where two inks meet, the palette has neither's mixture with the other: a few pixels are farther off.
            try expectAlike(gif, animation, largest: 110, mean: 2.5)
        }
    }

    @Test func transparentPaper() throws {
        let scene = Scene(width: 40, height: 40, strokes: [line(20, 5, 20, 35)])
        let gif = try GIFDecoder(SketchFile.write([scene], format: .gif, options: RenderOptions(size: 40, strokeWidth: 4, background: nil)))
        let shown = try #require(try gif.composed().last)
        #expect(shown[3] == 0 && shown[(20 * 40 + 20) * 4 + 3] == 255 && Array(shown[(20 * 40 + 20) * 4..<(20 * 40 + 20) * 4 + 3]) == [0x22, 0x25, 0x2b])
        #expect(try gif.composed()[0].allSatisfy { $0 == 0 })
    }

    @Test func littleToDraw() throws {
        let empty = try GIFDecoder(SketchFile.write([Scene(width: 30, height: 20)], format: .gif))
        #expect(empty.images.count == 1 && empty.width == 512 && empty.height == 341 && empty.images[0].delay == 200)
        let dot = try GIFDecoder(SketchFile.write([Scene(width: 30, height: 20, strokes: [Stroke([Point(x: 15, y: 10)])])], format: .gif, options: RenderOptions(size: 33)))
        #expect(dot.images.count == 2 && dot.images[0].delay == 4)
        let thin = try GIFDecoder(SketchFile.write([Scene(width: 1_000, height: 1, strokes: [line(0, 0.5, 1_000, 0.5)])], format: .gif))
        #expect(thin.height == 1)
        #expect(throws: SketchWriteError.noScenes) { try SketchFile.write([], format: .gif) }
        #expect(throws: SketchWriteError.notFinite(scene: 0)) { try SketchFile.write([Scene(width: 5, height: 5, strokes: [line(.nan, 1)])], format: .gif) }
    }

    @Test("Delays add up to the time at any rate", arguments: [1, 7, 24, 30, 50])
    func rates(rate: Int) throws {
        let animation = try StrokeAnimation([sampleScene()], options: RenderOptions(size: 40), rate: rate, hold: 0.2)
        let gif = try GIFDecoder(animation.gif())
        #expect(gif.images.allSatisfy { $0.delay >= 2 })
        #expect(gif.images.reduce(0) { $0 + $1.delay } == Int((animation.duration * 100).rounded()))
        try expectAlike(gif, animation, largest: 4, mean: 0.5)
    }

    @Test func limits() throws {
        let scene = sampleScene()
        #expect(throws: RenderError.size(width: 2_049, height: 2_049, limit: 2_048)) { try SketchFile.write([scene], format: .gif, options: RenderOptions(size: 2_049)) }
        #expect(throws: RenderError.rate(60, limit: 50)) { try StrokeAnimation([scene], rate: 60).gif() }
        #expect(RenderError.rate(60, limit: 50).description.contains("1 to 50"))
        let sheet = [Scene](repeating: scene, count: 30)
        #expect(throws: RenderError.self) { try SketchFile.write(sheet, format: .gif, options: RenderOptions(size: 16, columns: 30)) }
    }
}
