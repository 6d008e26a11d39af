/// Where the scenes of a picture stand, in pixels: one fills it; several share a sheet, each in a framed square cell, perhaps under a title.
struct Page {
    let width, height: Int
    let scenes: [Scene]
    let options: RenderOptions
    /// Nothing for a scene alone.
    private let sheet: Sheet?

    private struct Sheet {
        let layout: SheetLayout
        let titles: [String]
        let textSize: Double
    }

    /// The colour of the frames around cells.
    static let frameColor = Color(hex: 0xd9dce1)

    /// A picture as `options` want it. Several scenes make a sheet, row by row, without titles.
    /// - Parameter evenSides: an odd side grows by one pixel of paper, as video codecs need it.
    init(_ scenes: [Scene], options: RenderOptions, evenSides: Bool = false) throws(RenderError) {
        guard let first = scenes.first else { throw .noScenes }
        if let size = options.size, !(1...Canvas.limit ~= size) { throw .size(width: Double(size), height: Double(size), limit: Canvas.limit) }
        if scenes.count > 1 {
            let columns = options.sheetColumns(for: scenes.count)
            let cell = try options.size.map { size throws(RenderError) in try SheetLayout.cell(count: scenes.count, columns: columns, size: size) } ?? 256
            try self.init(scenes.map { ($0, "") }, columns: columns, cell: cell, options: options, evenSides: evenSides)
            return
        }
        guard first.width > 0, first.height > 0, first.longestSide < 1e9 else {
            throw .size(width: first.width, height: first.height, limit: Canvas.limit)
        }
        let scale = Renderer.scale(of: first, size: Page.size(of: first, options))
        let width = max(1, (first.width * scale).rounded()), height = max(1, (first.height * scale).rounded())
        guard width <= Double(Canvas.limit), height <= Double(Canvas.limit) else {
            throw .size(width: width, height: height, limit: Canvas.limit)
        }
        self.init(width: Int(width), height: Int(height), evenSides, scenes, options, sheet: nil)
    }

    /// A sheet of cells of `cell` pixels, row by row, each under its title.
    init(_ entries: [(scene: Scene, title: String)], columns: Int, cell: Int, options: RenderOptions, evenSides: Bool = false) throws(RenderError) {
        guard !entries.isEmpty else { throw .noScenes }
        guard cell >= 1, cell <= Canvas.limit, entries.count <= 1_000_000 else {
            throw .size(width: Double(cell), height: Double(cell), limit: Canvas.limit)
        }
        let text = max(9, min(18, Double(cell) / 14))
        let strip = entries.contains { !$0.title.isEmpty } ? Int((text * 1.7).rounded(.up)) : 0
        let layout = SheetLayout(count: entries.count, columns: columns, cell: cell, strip: strip)
        let sheet = Sheet(layout: layout, titles: entries.map(\.title), textSize: text)
        self.init(width: layout.width, height: layout.height, evenSides, entries.map(\.scene), options, sheet: sheet)
    }

    private init(width: Int, height: Int, _ evenSides: Bool, _ scenes: [Scene], _ options: RenderOptions, sheet: Sheet?) {
        self.width = evenSides ? (width + 1) & ~1 : width
        self.height = evenSides ? (height + 1) & ~1 : height
        (self.scenes, self.options, self.sheet) = (scenes, options, sheet)
    }

    /// The longest side of a picture of a scene alone.
    private static func size(of scene: Scene, _ options: RenderOptions) -> Int { options.size ?? max(256, Int(scene.longestSide.rounded(.up))) }

    /// Whether cells have frames.
    var hasFrames: Bool { sheet != nil }

    /// Paints what lies under the scenes: the background, frames, titles.
    func drawPaper(on canvas: Canvas) {
        if let background = options.background {
            canvas.setColor(background)
            canvas.fillAll()
        }
        guard let sheet else { return }
        for (i, title) in sheet.titles.enumerated() {
            canvas.save()
            let corner = sheet.layout.corner(of: i)
            canvas.translate(corner.x, corner.y)
            if sheet.layout.strip > 0 {
                canvas.setColor(.ink)
                canvas.text(canvas.shortened(title, to: Double(sheet.layout.cell) - 4, size: sheet.textSize), x: 2, y: sheet.textSize * 1.15, size: sheet.textSize)
                canvas.translate(0, Double(sheet.layout.strip))
            }
            canvas.setColor(Page.frameColor)
            canvas.frame(sheet.layout.frame, radius: 4, width: 1)
            canvas.restore()
        }
    }

    /// How many pixels of the picture a pixel of a scene's canvas is.
    func scale(of index: Int) -> Double {
        guard let sheet else { return Renderer.scale(of: scenes[index], size: Page.size(of: scenes[index], options)) }
        // A margin, so that drawings that fill their canvas (QuickDraw) do not touch the frame.
        return Renderer.scale(of: scenes[index], size: sheet.layout.cell) * 0.94
    }

    /// Lets `draw` draw with the origin at the scene's, within its cell.
    func place(_ index: Int, on canvas: Canvas, draw: () -> Void) {
        guard let sheet else { return draw() }
        canvas.save()
        let corner = sheet.layout.corner(of: index), cell = Double(sheet.layout.cell), scale = scale(of: index)
        canvas.translate(corner.x, corner.y + Double(sheet.layout.strip))
        canvas.clip(sheet.layout.frame)
        canvas.translate((cell - scenes[index].width * scale) / 2, (cell - scenes[index].height * scale) / 2)
        draw()
        canvas.restore()
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

    /// The line around a cell, from its corner.
    var frame: Box { Box(x0: 0.5, y0: 0.5, x1: Double(cell) - 0.5, y1: Double(cell) - 0.5) }

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
