import Foundation

/// Scenes as PNG and PDF, drawn by cairo: round caps and joins, one colour an object if wished, boxes and labels on top.
public enum Renderer {
    /// The picture as PNG. Several scenes make a sheet, row by row, without titles.
    public static func png(_ scenes: [Scene], options: RenderOptions = RenderOptions()) throws(RenderError) -> Data {
        guard let first = scenes.first else { throw .noScenes }
        if let size = options.size, !(1...Canvas.limit ~= size) { throw .size(width: Double(size), height: Double(size), limit: Canvas.limit) }
        if scenes.count > 1 {
            let columns = options.sheetColumns(for: scenes.count)
            let cell = try options.size.map { size throws(RenderError) in try SheetLayout.cell(count: scenes.count, columns: columns, size: size) } ?? 256
            return try sheet(scenes.map { ($0, "") }, columns: columns, cell: cell, options: options)
        }
        guard first.width > 0, first.height > 0, first.longestSide < 1e9 else {
            throw .size(width: first.width, height: first.height, limit: Canvas.limit)
        }
        let scale = Renderer.scale(of: first, size: options.size ?? max(256, Int(first.longestSide.rounded(.up))))
        let width = max(1, (first.width * scale).rounded()), height = max(1, (first.height * scale).rounded())
        guard width <= Double(Canvas.limit), height <= Double(Canvas.limit) else {
            throw .size(width: width, height: height, limit: Canvas.limit)
        }
        let canvas = try Canvas(pixels: Int(width), Int(height))
        if let background = options.background {
            canvas.setColor(background)
            canvas.fillAll()
        }
        draw(first, on: canvas, scale: scale, options: options)
        return try canvas.png()
    }

    /// The picture as PNG.
    public static func png(_ scene: Scene, options: RenderOptions = RenderOptions()) throws(RenderError) -> Data {
        try png([scene], options: options)
    }

    /// The scenes as PDF, a page each. A page has the canvas's size in points, or `options.size` as its longest side.
    public static func pdf(_ scenes: [Scene], options: RenderOptions = RenderOptions()) throws(RenderError) -> Data {
        guard let first = scenes.first else { throw .noScenes }
        let firstScale = options.size.map { scale(of: first, size: $0) } ?? 1
        let canvas = try Canvas(pdf: first.width * firstScale, first.height * firstScale, title: scenes.count == 1 ? first.prompt : nil)
        for scene in scenes {
            let scale = options.size.map { Renderer.scale(of: scene, size: $0) } ?? 1
            try canvas.setPage(width: scene.width * scale, height: scene.height * scale)
            if let background = options.background, background != .white {
                canvas.setColor(background)
                canvas.fillAll()
            }
            draw(scene, on: canvas, scale: scale, options: options)
            canvas.endPage()
        }
        return try canvas.pdf()
    }

    static func scale(of scene: Scene, size: Int) -> Double { Double(size) / scene.longestSide }

    /// Draws strokes, then boxes, then labels, with the canvas's origin at the current origin and `scale` pixels a canvas pixel.
    static func draw(_ scene: Scene, on canvas: Canvas, scale: Double, options: RenderOptions) {
        var owner: [Int: Int] = [:]
        for (i, object) in scene.objects.enumerated() {
            for stroke in object.strokes where owner[stroke] == nil { owner[stroke] = i }
        }
        let pen = options.penWidth(of: scene) * scale
        for (i, stroke) in scene.strokes.enumerated() {
            let color = options.colors ? owner[i].map(Color.ofObject) ?? .ink : .ink
            canvas.setColor(color)
            canvas.stroke(stroke.points, width: pen) { Point(x: $0.x * scale, y: $0.y * scale) }
        }
        guard options.boxes || options.labels else { return }
        for note in annotations(of: scene, options: options, scale: scale, measure: { canvas.textWidth($0, size: $1, bold: true) }) {
            if let frame = note.frame {
                canvas.setColor(note.color)
                canvas.frame(frame, radius: note.lineWidth * 2, width: note.lineWidth)
            }
            if let label = note.label {
                canvas.setColor(note.color)
                canvas.fill(label.plate, radius: label.textSize * 0.25)
                canvas.setColor(.white)
                canvas.text(label.text, x: label.baseline.x, y: label.baseline.y, size: label.textSize, bold: true)
            }
        }
    }

    static func sheet(_ scenes: [(scene: Scene, title: String)], columns: Int, cell: Int, options: RenderOptions) throws(RenderError) -> Data {
        guard !scenes.isEmpty else { throw .noScenes }
        guard cell >= 1, cell <= Canvas.limit, scenes.count <= 1_000_000 else {
            throw .size(width: Double(cell), height: Double(cell), limit: Canvas.limit)
        }
        let text = max(9, min(18, Double(cell) / 14))
        let titled = scenes.contains { !$0.title.isEmpty }
        let strip = titled ? Int((text * 1.7).rounded(.up)) : 0
        let layout = SheetLayout(count: scenes.count, columns: columns, cell: cell, strip: strip)
        let canvas = try Canvas(pixels: layout.width, layout.height)
        if let background = options.background {
            canvas.setColor(background)
            canvas.fillAll()
        }
        for (i, entry) in scenes.enumerated() {
            let frame = Box(x0: 0.5, y0: 0.5, x1: Double(cell) - 0.5, y1: Double(cell) - 0.5)
            canvas.save()
            let corner = layout.corner(of: i)
            canvas.translate(corner.x, corner.y)
            if titled {
                canvas.setColor(.ink)
                let title = canvas.shortened(entry.title, to: Double(cell) - 4, size: text)
                canvas.text(title, x: 2, y: text * 1.15, size: text)
                canvas.translate(0, Double(strip))
            }
            canvas.setColor(Color(hex: 0xd9dce1))
            canvas.frame(frame, radius: 4, width: 1)
            canvas.save()
            canvas.clip(frame)
            // A margin, so that drawings that fill their canvas (QuickDraw) do not touch the frame.
            let scale = scale(of: entry.scene, size: cell) * 0.94
            canvas.translate((Double(cell) - entry.scene.width * scale) / 2, (Double(cell) - entry.scene.height * scale) / 2)
            draw(entry.scene, on: canvas, scale: scale, options: options)
            canvas.restore()
            canvas.restore()
        }
        return try canvas.png()
    }
}

/// Where the cells of a sheet stand, in pixels: square ones, each under a strip for its title, with gaps between and around them.
private struct SheetLayout {
    let columns, rows, cell, strip, gap: Int

    init(count: Int, columns: Int, cell: Int, strip: Int = 0) {
        self.columns = max(1, min(columns, count))
        rows = (count + self.columns - 1) / self.columns
        (self.cell, self.strip) = (cell, strip)
        gap = min(max(2, cell / 24), cell / 4)      // none around cells of a few pixels
    }

    var width: Int { columns * (cell + gap) + gap }
    var height: Int { rows * (cell + strip + gap) + gap }

    /// The upper left corner of a cell with its strip.
    func corner(of index: Int) -> Point {
        Point(x: Double(gap + index % columns * (cell + gap)), y: Double(gap + index / columns * (cell + strip + gap)))
    }

    /// The largest cells with which a sheet without titles is at most `size` wide and high.
    static func cell(count: Int, columns: Int, size: Int) throws(RenderError) -> Int {
        let smallest = SheetLayout(count: count, columns: columns, cell: 1)
        var cell = size / max(smallest.columns, smallest.rows)
        while cell > 0 {
            let layout = SheetLayout(count: count, columns: columns, cell: cell)
            if max(layout.width, layout.height) <= size { return cell }
            cell -= 1
        }
        throw .size(width: Double(smallest.width), height: Double(smallest.height), limit: size)
    }
}

/// A PNG with the scenes in a grid, row by row: each in a framed square cell of `cell` pixels under its title.
public func contactSheet(_ scenes: [(scene: Scene, title: String)], columns: Int, cell: Int,
                         options: RenderOptions = RenderOptions(colors: true)) throws(RenderError) -> Data {
    try Renderer.sheet(scenes, columns: columns, cell: cell, options: options)
}

/// The strokes as 8-bit coverage, `[size * size]` row by row, 0 is paper and 255 is ink: what a judge looks at.
///
/// `box` is scaled, keeping its proportions, to fit the picture without `padding` pixels on each side, and centred. `strokeWidth` is in
/// pixels of the picture. A side below 1 or above 4,096 gives no pixels.
public func raster(_ strokes: [Stroke], in box: Box, size: Int, strokeWidth: Double = 1.5, padding: Double = 2) -> [UInt8] {
    guard size >= 1, size <= 4096, let canvas = try? Canvas(pixels: size, size, coverageOnly: true) else { return [] }
    let room = max(1, Double(size) - 2 * padding)
    let scale = box.longestSide > 0 && box.longestSide.isFinite ? room / box.longestSide : 1
    let middle = box.center, half = Double(size) / 2
    canvas.setColor(.ink)
    for stroke in strokes {
        canvas.stroke(stroke.points, width: strokeWidth) {
            Point(x: ($0.x - middle.x) * scale + half, y: ($0.y - middle.y) * scale + half)
        }
    }
    return canvas.coverage()
}
