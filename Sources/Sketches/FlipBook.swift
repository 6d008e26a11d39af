import Foundation

/// Whole drawings, one in the place of the other, each for its time. (In a `StrokeAnimation` one drawing comes stroke by stroke.)
///
/// Each fits into the picture, in its middle, whatever the sizes of the canvases. There is always paper, white if none is asked for: what was drawn
/// before has to go.
public struct FlipBook: Sendable {
    /// From the left to the right side of the pictures, pixels.
    public let width: Int
    /// From the top to the bottom of the pictures, pixels.
    public let height: Int
    let options: RenderOptions
    private let scenes: [Scene]
    /// When each drawing goes, in hundredths of a second from the beginning.
    let ends: [Int]

    /// A book of drawings that look as `options` want them.
    /// - Parameter leaves: each with the seconds for which it is shown, 0.02 at least.
    /// - Throws: `RenderError` where there is none, too many (`StrokeAnimation.frameLimit`), or a size that cannot be drawn.
    public init(_ leaves: [(scene: Scene, seconds: Double)], options: RenderOptions = RenderOptions()) throws(RenderError) {
        guard !leaves.isEmpty else { throw .noScenes }
        guard leaves.count <= StrokeAnimation.frameLimit else { throw .frames(leaves.count, limit: StrokeAnimation.frameLimit) }
        let size = options.size ?? Self.usualSize, limit = StrokeAnimation.gifSideLimit
        guard 1...limit ~= size else { throw .size(width: Double(size), height: Double(size), limit: limit) }
        var wide = 1.0, high = 1.0, clock = 0, ends: [Int] = []
        for (scene, seconds) in leaves {
            guard scene.width > 0, scene.height > 0, scene.longestSide < 1e9 else { throw .size(width: scene.width, height: scene.height, limit: Canvas.limit) }
            let scale = Renderer.scale(of: scene, size: size)
            (wide, high) = (max(wide, scene.width * scale), max(high, scene.height * scale))
            guard seconds >= 0, seconds <= Double(StrokeAnimation.holdLimit) else { throw .hold(seconds, limit: StrokeAnimation.holdLimit) }
            clock += max(2, Int((seconds * 100).rounded()))
            ends.append(clock)
        }
        (width, height) = (Int(wide.rounded()), Int(high.rounded()))
        (scenes, self.options, self.ends) = (leaves.map(\.scene), options, ends)
    }

    private static let usualSize = 512

    /// The book as a GIF of 256 colours at most; it begins again for ever, unless the options say once. The same drawings give the same bytes.
    /// - Throws: `RenderError.cairo` or `.gif`, for want of memory.
    public func gif() throws(RenderError) -> Data { try GIFWriter.data(self) }

    /// What lies under the ink.
    var paper: Color { options.background ?? .white }

    /// The colours of all strokes, boxes and labels, each once.
    func colors(on canvas: Canvas) -> [Color] {
        var colors: [Color] = [], known: Set<Color> = []
        for scene in scenes {
            let brush = Brush(scene, scale: scale(of: scene), options: options)
            for color in scene.strokes.indices.map(brush.color) + brush.notes(on: canvas).map(\.color) where known.insert(color).inserted { colors.append(color) }
        }
        return colors
    }

    /// Paints one of the drawings, and paper where it is not.
    func paint(_ leaf: Int, on canvas: Canvas) {
        let scene = scenes[leaf], scale = scale(of: scene)
        canvas.setColor(paper)
        canvas.fillAll()
        canvas.save()
        canvas.translate((Double(width) - scene.width * scale) / 2, (Double(height) - scene.height * scale) / 2)
        Renderer.draw(scene, on: canvas, scale: scale, options: options)
        canvas.restore()
    }

    private func scale(of scene: Scene) -> Double { Renderer.scale(of: scene, size: options.size ?? Self.usualSize) }
}
