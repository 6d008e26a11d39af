import Files
import Foundation
import Pictures
import Sketches
import Testing

@Suite("Pictures of lines become strokes") struct TracingTests {
    /// Strokes as a bitmap, one pixel a unit.
    private func bitmap(_ strokes: [Stroke], side: Int = 256, pen: Double = 3) -> InkBitmap {
        InkBitmap(width: side, height: side, pixels: raster(strokes, in: Box(x0: 0, y0: 0, x1: Double(side), y1: Double(side)), size: side, strokeWidth: pen, padding: 0))
    }

    /// How far points at every pixel of the one lie from the others, at most.
    private func farthest(_ strokes: [Stroke], from others: [Stroke]) -> Double {
        strokes.flatMap { resampled($0, spacing: 1).points }.map { point in
            others.map { other in
                other.points.indices.dropFirst().map { distanceFromSegment(point, other.points[$0 - 1], other.points[$0]) }.min() ?? point.distance(to: other.points[0])
            }.min() ?? .infinity
        }.max() ?? .infinity
    }

    private func arc(_ x: Double, _ y: Double, _ radius: Double, from: Double = 0, to: Double = 360) -> Stroke {
        Stroke(stride(from: from, through: to, by: 5).map { Point(x: x + radius * cos($0 * .pi / 180), y: y + radius * sin($0 * .pi / 180)) })
    }

    struct Drawing: Sendable, CustomTestStringConvertible {
        let name: String, strokes: [Stroke]
        /// How far short of its sharpest corner the middle of the ink stays, in pens: the two sides run in one there.
        let blunt: Double
        var testDescription: String { name }
        init(_ name: String, blunt: Double = 0, _ strokes: Stroke...) { (self.name, self.strokes, self.blunt) = (name, strokes, blunt) }
    }

    static let drawings: [Drawing] = [
        Drawing("a line", line(30, 40, 200, 90)),
        Drawing("a zigzag", blunt: 1, line(20, 200, 60, 60, 110, 190, 160, 70, 230, 210)),
        Drawing("a square", blunt: 0.25, line(50, 50, 200, 50, 200, 200, 50, 200, 50, 50)),
        Drawing("an X", line(40, 40, 210, 200), line(210, 50, 50, 210)),
        Drawing("a narrow X", line(40, 100, 220, 150), line(40, 150, 220, 100)),
        Drawing("a plus", line(128, 30, 128, 220), line(30, 128, 220, 128)),
        Drawing("a T", line(30, 50, 220, 50), line(125, 50, 125, 220)),
        Drawing("a grid", line(60, 20, 60, 230), line(130, 20, 130, 230), line(200, 20, 200, 230), line(20, 60, 240, 60), line(20, 140, 240, 140)),
        Drawing("parallels", line(30, 60, 220, 60), line(30, 70, 220, 70), line(30, 80, 220, 80)),
    ]

    @Test("As many strokes as were drawn, and where they were drawn", arguments: drawings, [2.0, 3, 5])
    func shapes(_ drawing: Drawing, pen: Double) throws {
        let tracing = try Tracing(bitmap(drawing.strokes, pen: pen))
        #expect(tracing.strokes.count == drawing.strokes.count)
        #expect(farthest(tracing.strokes, from: drawing.strokes) < 1.5 + (drawing.blunt > 0 ? pen / 10 : 0))
        #expect(farthest(drawing.strokes, from: tracing.strokes) < 1.5 + drawing.blunt * pen)
        #expect(abs(tracing.penWidth - pen) < 0.35 * pen)
        #expect(tracing.strokes.reduce(0) { $0 + $1.points.count } <= 3 * drawing.strokes.reduce(0) { $0 + $1.points.count } + 4)
    }

    @Test("A circle is one closed stroke, a spiral an open one")
    func curves() throws {
        let circle = arc(128, 128, 80), found = try Tracing(bitmap([circle])).strokes
        #expect(found.count == 1 && found[0].points.first == found[0].points.last)
        #expect(farthest(found, from: [circle]) < 1.5 && farthest([circle], from: found) < 1.5)
        let spiral = Stroke((0...200).map { step in
            let radius = Double(step) / 2, angle = Double(step) / 10
            return Point(x: 128 + radius * cos(angle), y: 128 + radius * sin(angle))
        })
        let open = try Tracing(bitmap([spiral])).strokes
        #expect(open.count == 1 && open[0].points.first != open[0].points.last && farthest(open, from: [spiral]) < 1.5)
    }

    @Test("Loops with tails, circles that are crossed, an eight")
    func loops() throws {
        let crossed = [arc(128, 128, 70), line(20, 120, 236, 140)], eight = Stroke((0...72).map { k in
            let t = Double(k) * 2 * .pi / 72
            return Point(x: 128 + 60 * sin(2 * t), y: 128 + 90 * cos(t))
        })
        for (drawing, count) in [(crossed, 2), ([eight], 1), ([arc(128, 90, 50), line(128, 140, 128, 230)], 2)] {
            let found = try Tracing(bitmap(drawing)).strokes
            #expect(found.count == count && farthest(found, from: drawing) < 1.6 && farthest(drawing, from: found) < 1.6)
        }
    }

    @Test("Dots are strokes of one point")
    func dots() throws {
        let found = try Tracing(bitmap([line(50, 50), line(150, 60), line(40, 120, 200, 120)], pen: 5)).strokes
        #expect(found.count == 3 && found.filter { $0.points.count == 1 }.count == 2)
        #expect(farthest([line(50, 50), line(150, 60)], from: found) < 1)
    }

    @Test("Specks, holes and ragged edges leave no strokes")
    func dirt() throws {
        var dice = Dice(4), dirty = bitmap([line(30, 60, 220, 190)], pen: 7)
        for _ in 0..<150 { dirty.pixels[Int.random(in: 0..<dirty.pixels.count, using: &dice)] = 255 }
        for at in dirty.pixels.indices where dirty.pixels[at] > 0 && Int.random(in: 0..<12, using: &dice) == 0 { dirty.pixels[at] = 0 }
        let tracing = try Tracing(dirty)
        #expect(tracing.strokes.count == 1 && tracing.speckCount > 100 && farthest(tracing.strokes, from: [line(30, 60, 220, 190)]) < 5)      // a speck at an end cannot be told from it
    }

    @Test("Strokes begin at the top left and follow one another")
    func order() throws {
        let found = try Tracing(bitmap([line(200, 220, 240, 240), line(30, 20, 10, 10), line(50, 60, 40, 30)])).strokes
        #expect(found.count == 3 && found.map { $0.points[0].x < 60 } == [true, true, false])
        #expect(found.allSatisfy { ($0.points.first?.x ?? 0) < ($0.points.last?.x ?? 0) } && found[0].points[0].x < 15)
    }

    @Test("The same bitmap gives the same strokes")
    func deterministic() throws {
        let one = bitmap(Self.drawings.flatMap(\.strokes), pen: 2)
        #expect(try Tracing(one).strokes == Tracing(one).strokes)
        #expect(try Scene(tracing: one).strokes == Tracing(one).strokes && Scene(tracing: one).width == 256)
    }

    @Test("What is no drawing in lines is refused")
    func refused() {
        #expect(throws: TracingError.noInk) { try Tracing(InkBitmap(width: 40, height: 30, pixels: [UInt8](repeating: 0, count: 1200))) }
        #expect(throws: TracingError.noInk) { try Tracing(InkBitmap(width: 1, height: 1, pixels: [255])) }
        #expect(throws: TracingError.noInk) { try Tracing(InkBitmap(width: 40, height: 1, pixels: [UInt8](repeating: 3, count: 20) + [UInt8](repeating: 8, count: 20))) }
        #expect(throws: TracingError.tooMuchInk(0.5)) { try Tracing(InkBitmap(width: 40, height: 30, pixels: (0..<1200).map { $0 % 40 < 20 ? 0 : 255 })) }
        var dice = Dice(5)
        let grain = InkBitmap(width: 400, height: 400, pixels: (0..<160_000).map { _ in Int.random(in: 0..<4, using: &dice) == 0 ? 255 : 0 })
        let error = #expect(throws: TracingError.self) { try Tracing(grain) }
        #expect(error.map { if case .tooManyPoints = $0 { true } else { false } } == true)
    }

    /// Noise of every density, and small bitmaps of any pixels: a result or an error, never a crash, within the promised limits.
    @Test func noise() {
        var dice = Dice(6)
        for round in 0..<300 {
            let width = Int.random(in: 1...60, using: &dice), height = Int.random(in: 1...60, using: &dice), share = round % 30 + 1
            let pixels = (0..<width * height).map { _ in Int.random(in: 0..<100, using: &dice) < share ? UInt8.random(in: 0...255, using: &dice) : 0 }
            guard let tracing = try? Tracing(InkBitmap(width: width, height: height, pixels: pixels)) else { continue }
            #expect(!tracing.strokes.isEmpty && tracing.inkShare <= Tracing.inkLimit)
            #expect(tracing.strokes.allSatisfy { stroke in
                !stroke.points.isEmpty && stroke.points.allSatisfy { $0.x >= 0 && $0.y >= 0 && $0.x <= Double(width) && $0.y <= Double(height) }
            })
        }
    }

    @Test("Solid ink takes no long time and becomes a dot or a line")
    func solid() throws {
        var pixels = [UInt8](repeating: 0, count: 1_000 * 1_000)
        for y in 200..<780 { for x in 200..<780 { pixels[y * 1_000 + x] = 255 } }
        let tracing = try Tracing(InkBitmap(width: 1_000, height: 1_000, pixels: pixels))
        #expect(tracing.strokes.count <= 4 && tracing.widestInk > 500)
    }
}

@Suite("Drawings in picture files") struct PictureReadingTests {
    private static let strokes = [line(40, 40, 210, 200), line(210, 50, 50, 210), line(20, 230, 230, 230)]

    private func png(_ scene: Scene, size: Int = 512, background: Color? = .white) throws -> Data {
        try Renderer.png(scene, options: RenderOptions(size: size, background: background))
    }

    private static let scene = Scene(width: 256, height: 256, strokes: strokes)

    /// The picture with each byte changed.
    private func changed(_ data: Data, _ change: (Int, UInt8) -> Double) throws -> Data {
        var picture = try Picture.read(data, name: "p")
        for at in picture.bytes.indices { picture.bytes[at] = UInt8(max(0, min(255, change(at, picture.bytes[at])))) }
        return try picture.png()
    }

    private func expectTheDrawing(_ data: Data, size: Double = 512, says: String = "dark lines on light paper") throws {
        let content = try SketchFile.content(of: data, name: "p.png"), scene = try #require(content.scenes.first)
        #expect(content.form == .picture && scene.width == size && scene.strokes.count == 3 && scene.objects.isEmpty)
        #expect(content.warnings.first?.contains(says) == true, "\(content.warnings)")
        for (x, y) in [(40.0, 40.0), (210, 200), (210, 50), (50, 210), (20, 230), (230, 230), (128, 123)] {
            let there = Point(x: x * size / 256, y: y * size / 256)
            #expect((scene.strokes.flatMap { resampled($0, spacing: 1).points }.map { $0.distance(to: there) }.min() ?? .infinity) < 3)
        }
    }

    @Test("A PNG, with paper or on nothing, small and large")
    func plain() throws {
        try expectTheDrawing(png(Self.scene))
        try expectTheDrawing(png(Self.scene, background: nil))
        try expectTheDrawing(png(Self.scene, size: 100), size: 100)
        try expectTheDrawing(png(Self.scene, size: 1_600), size: 1_600)
        #expect(try SketchFile.content(of: png(Self.scene, size: 1_600), name: "p").warnings[1] == "reduced from 1600 × 1600 to 1024 × 1024 pixels before tracing")
    }

    @Test("Light on dark, yellow on white, in the shadow, with grain")
    func conditions() throws {
        let data = try png(Self.scene)
        try expectTheDrawing(changed(data) { 255 - Double($1) }, says: "light lines on dark paper")
        try expectTheDrawing(changed(data) { at, byte in at % 3 == 2 ? Double(byte) : 255 })
        var dice = Dice(7)
        func shaded(_ at: Int, _ byte: UInt8) -> Double { Double(byte) * (1 - 0.6 * Double(at / 3 % 512) / 512) * 0.8 + Double.random(in: -8...8, using: &dice) }
        try expectTheDrawing(changed(data, shaded))
        try expectTheDrawing(changed(data) { 255 - shaded($0, $1) }, says: "light lines on dark paper")
    }

    @Test("A photograph, a blank sheet, a filled picture are errors that say what to do")
    func refused() throws {
        var dice = Dice(8)
        let grain = Picture(width: 300, height: 200, bytes: (0..<180_000).map { _ in .random(in: 0...255, using: &dice) })
        let blank = Picture(width: 300, height: 200, bytes: (0..<180_000).map { _ in .random(in: 235...245, using: &dice) })
        let half = Picture(width: 300, height: 200, bytes: (0..<180_000).map { $0 / 3 % 300 < 150 ? 20 : 230 })
        for (picture, says) in [(grain, "draw the outlines, or crop"), (blank, "nothing that stands out from the paper; is it blank"), (half, "draw the outlines")] {
            let error = #expect(throws: FileError.self) { try SketchFile.content(of: picture.png(), name: "p.png") }
            #expect(error?.description.hasPrefix("p.png: expected a drawing in lines on plain paper, found") == true && error?.description.contains(says) == true, "\(error?.description ?? "")")
        }
    }

    @Test("Half a picture is an error at every length, and so is noise behind a picture's first bytes")
    func hostile() throws {
        let data = try png(Self.scene, size: 64)
        for count in 4..<data.count - 12 {      // the last twelve bytes say only that it ends
            let error = #expect(throws: FileError.self, "\(count) bytes") { try SketchFile.content(of: data.prefix(count), name: "p") }
            #expect(error?.file == "p")
        }
        var dice = Dice(9)
        for magic in [Array(data.prefix(8)), Array(data.prefix(33)), [0xff, 0xd8, 0xff, 0xe0]] {
            for _ in 0..<200 {
                let noise = (0..<Int.random(in: 0...300, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
                #expect(throws: FileError.self) { try SketchFile.content(of: Data(magic + noise), name: "p") }
            }
        }
    }
}
