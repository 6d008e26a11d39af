import Foundation

/// Scenes as PNG and PDF, drawn by cairo: round caps and joins, one colour an object if wished, boxes and labels on top.
public enum Renderer {
    /// The picture as PNG. Several scenes make a sheet, row by row, without titles.
    public static func png(_ scenes: [Scene], options: RenderOptions = RenderOptions()) throws(RenderError) -> Data {
        try png(Page(scenes, options: options))
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
        let brush = Brush(scene, scale: scale, options: options)
        for i in scene.strokes.indices { brush.draw(stroke: i, on: canvas) }
        for note in brush.notes(on: canvas) { Brush.draw(note, on: canvas) }
    }

    static func png(_ page: Page) throws(RenderError) -> Data {
        let canvas = try Canvas(pixels: page.width, page.height)
        page.drawPaper(on: canvas)
        for (i, scene) in page.scenes.enumerated() {
            page.place(i, on: canvas) { draw(scene, on: canvas, scale: page.scale(of: i), options: page.options) }
        }
        return try canvas.png()
    }
}

/// A PNG with the scenes in a grid, row by row: each in a framed square cell of `cell` pixels under its title.
public func contactSheet(_ scenes: [(scene: Scene, title: String)], columns: Int, cell: Int,
                         options: RenderOptions = RenderOptions(colors: true)) throws(RenderError) -> Data {
    try Renderer.png(Page(scenes, columns: columns, cell: cell, options: options))
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
