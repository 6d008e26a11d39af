import Foundation
import Sketches
import Testing

@Suite struct RenderTests {
    /// Width and height from a PNG's header.
    private func size(_ png: Data) -> [Int] {
        let bytes = [UInt8](png.prefix(24))
        guard bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]), bytes.count == 24 else { return [] }
        return [16, 20].map { i in bytes[i..<i + 4].reduce(0) { $0 << 8 | Int($1) } }
    }

    @Test func pngSizes() throws {
        let wide = Scene(width: 200, height: 50, strokes: [line(10, 10, 190, 40)])
        #expect(size(try Renderer.png(wide)) == [256, 64])
        #expect(size(try Renderer.png(wide, options: RenderOptions(size: 400))) == [400, 100])
        #expect(size(try SketchFile.write([wide, wide, wide], format: .png, options: RenderOptions(columns: 3)))[0] > 3 * 256)
        #expect(throws: RenderError.self) { try Renderer.png(wide, options: RenderOptions(size: 100_000)) }
        #expect(throws: RenderError.self) { try Renderer.png(wide, options: RenderOptions(size: 0)) }
        #expect(throws: RenderError.noScenes) { try Renderer.png([]) }
        #expect(throws: RenderError.self) { try Renderer.png(Scene(width: .nan, height: 5)) }
        #expect(throws: RenderError.self) { try Renderer.png(Scene(width: -5, height: -5)) }
    }

    @Test func sameSceneSameBytes() throws {
        let options = RenderOptions(colors: true, boxes: true, labels: true)
        for format in SketchFormat.allCases {
            #expect(try SketchFile.write([sampleScene()], format: format, options: options) == SketchFile.write([sampleScene()], format: format, options: options))
        }
    }

    @Test func optionsChangeThePicture() throws {
        let scene = sampleScene()
        let plain = try Renderer.png(scene)
        for options in [RenderOptions(strokeWidth: 6), RenderOptions(colors: true), RenderOptions(boxes: true), RenderOptions(labels: true), RenderOptions(background: nil)] {
            #expect(try Renderer.png(scene, options: options) != plain)
        }
    }

    @Test func rasterPutsInkWhereItBelongs() {
        let strokes = [line(0, 0, 100, 0, 100, 100, 0, 100, 0, 0)]
        let pixels = raster(strokes, in: Box(x0: 0, y0: 0, x1: 100, y1: 100), size: 32, strokeWidth: 2, padding: 4)
        #expect(pixels.count == 32 * 32)
        #expect(pixels[4 * 32 + 16] > 200 && pixels[16 * 32 + 4] > 200 && pixels[28 * 32 + 16] > 0)      // the frame at 4 and 28
        #expect(pixels[16 * 32 + 16] == 0 && pixels[0] == 0 && pixels[1 * 32 + 16] == 0)                 // middle and margin
    }

    @Test func rasterKeepsProportionsAndCentres() {
        let pixels = raster([line(0, 0, 100, 0)], in: Box(x0: 0, y0: 0, x1: 100, y1: 0), size: 16, strokeWidth: 2, padding: 2)
        #expect(pixels[8 * 16 + 8] > 200 && pixels[2 * 16 + 8] == 0)
        let dot = raster([Stroke([Point(x: 5, y: 5)])], in: Box(x0: 5, y0: 5, x1: 5, y1: 5), size: 16, strokeWidth: 4)
        #expect(dot[8 * 16 + 8] > 200 && dot[0] == 0)
        #expect(raster([], in: Box(x0: 0, y0: 0, x1: 0, y1: 0), size: 8) == [UInt8](repeating: 0, count: 64))
        #expect(raster([line(1e300, 1, -1e300, .infinity)], in: Box(x0: 0, y0: 0, x1: 1, y1: 1), size: 8).count == 64)
        #expect(raster([], in: Box(x0: 0, y0: 0, x1: 1, y1: 1), size: 0).isEmpty)
    }

    @Test func capsAreRound() {
        // A thick line ends in a half disc: the corners of the cap's square stay empty.
        let pixels = raster([line(20, 32, 44, 32)], in: Box(x0: 0, y0: 0, x1: 64, y1: 64), size: 64, strokeWidth: 16, padding: 0)
        #expect(pixels[32 * 64 + 14] > 200 && pixels[25 * 64 + 13] == 0 && pixels[25 * 64 + 24] > 200)
    }

    @Test func pdfHasAPageAScene() throws {
        let pdf = String(decoding: try SketchFile.write([sampleScene(), sampleScene()], format: .pdf), as: UTF8.self)
        #expect(pdf.hasPrefix("%PDF") && pdf.contains("%%EOF"))
        #expect(pdf.matches(of: /\/Type \/Page\b(?!s)/).count == 2)
    }

    @Test func contactSheets() throws {
        let scenes = (0..<5).map { (scene: sampleScene(), title: $0 == 0 ? "a very long title that does not fit the cell at all 고양이" : "seed \($0)") }
        #expect(size(try contactSheet(scenes, columns: 3, cell: 96)) == [3 * 100 + 4, 2 * (96 + 16 + 4) + 4])
        #expect(throws: RenderError.noScenes) { try contactSheet([], columns: 3, cell: 96) }
        #expect(throws: RenderError.self) { try contactSheet(scenes, columns: 0, cell: 0) }
    }

    @Test(arguments: [(count: 8, columns: 4), (12, 4), (9, 1), (2, 2), (30, 7), (16, 16), (3, 1_000)])
    func sheetsAreAtMostAsLargeAsAskedFor(count: Int, columns: Int) throws {
        let scenes = [Scene](repeating: Scene(width: 9, height: 9, strokes: [line(1, 1, 8, 8)]), count: count)
        for pixels in [16, 17, 100, 800, 1_500] {
            let sides = size(try Renderer.png(scenes, options: RenderOptions(size: pixels, columns: columns))), longest = sides.max() ?? 0
            // No larger cells fit: each more pixel of a cell needs at most two in a row (one for the gap), and one around.
            let cells = max(min(columns, count), (count + columns - 1) / columns)
            #expect(longest <= pixels && longest > pixels - 2 * cells - 1, "\(sides) for \(pixels)")
        }
    }

    @Test func sheetsWithoutRoom() {
        let scenes = [Scene](repeating: Scene(width: 9, height: 9), count: 20)
        #expect(throws: RenderError.size(width: 20, height: 1, limit: 16)) { try Renderer.png(scenes, options: RenderOptions(size: 16, columns: 20)) }
        for size in [0, 16_385, .max] {
            #expect(throws: RenderError.size(width: Double(size), height: Double(size), limit: 16_384)) { try Renderer.png(scenes, options: RenderOptions(size: size)) }
        }
    }

    @Test func labelsOfAnythingAreDrawn() throws {
        var scene = squares([("", 0, 0, 256), (String(repeating: "long ", count: 100), 250, 250, 1), ("a\nb\0c", 5, 5, 5)])
        scene.objects[0].confidence = .infinity
        scene.objects[1].strokes = [1, 77]
        #expect(size(try Renderer.png(scene, options: RenderOptions(boxes: true, labels: true))) == [256, 256])
    }
}
