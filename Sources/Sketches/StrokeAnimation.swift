import Foundation
import Pictures

/// A drawing that draws itself: when each stroke is drawn, and the picture of every moment.
///
/// The pen is as fast as in animated SVG, with the same pauses between strokes, and everything is drawn within ten seconds; then the whole picture
/// stays for a while. The first frame is blank, the last is the still picture. Several scenes stand side by side as in the still sheet and are drawn
/// at the same time.
///
/// ```swift
/// let animation = try StrokeAnimation(scenes, options: RenderOptions(size: 512), rate: 30)
/// try animation.forEachFrame { index, picture in … }          // animation.frameCount pictures, 30 for a second
/// let gif = try animation.gif()
/// ```
public struct StrokeAnimation: Sendable {
    /// The most pictures a second.
    public static let rateLimit = 60
    /// The most seconds that the whole picture is held.
    public static let holdLimit = 60
    /// The most frames altogether.
    public static let frameLimit = 2_000
    /// The longest side of a GIF, pixels: it is for pages and messages, and viewers keep it whole in memory.
    public static let gifSideLimit = 2_048
    /// The most pictures a second of a GIF: viewers take a delay under 0.02 s for a mistake and make it 0.1 s.
    public static let gifRateLimit = 50

    /// Pictures a second.
    public let rate: Int
    /// How many frames there are until everything is drawn, with the blank one and the whole one.
    public let drawingFrameCount: Int
    /// All frames: those of the drawing, then the whole picture again while it is held.
    public let frameCount: Int
    let page: Page
    let timings: [StrokeTiming]

    /// The animation of a scene, or of several side by side, whose pictures look as `options` want them.
    /// - Parameters:
    ///   - rate: pictures a second, 1 to 60.
    ///   - hold: for how many seconds the whole picture is shown, 0 to 60; once at least.
    ///   - evenSides: an odd side grows by one pixel of paper, as video codecs need it.
    /// - Throws: `RenderError` where there is no scene, a size that cannot be drawn, or a number out of its range.
    public init(_ scenes: [Scene], options: RenderOptions = RenderOptions(), rate: Int = 25, hold: Double = 2, evenSides: Bool = false) throws(RenderError) {
        guard 1...Self.rateLimit ~= rate else { throw .rate(rate, limit: Self.rateLimit) }
        guard hold >= 0, hold <= Double(Self.holdLimit) else { throw .hold(hold, limit: Self.holdLimit) }
        page = try Page(scenes, options: options, evenSides: evenSides)
        timings = scenes.map(StrokeTiming.init)
        self.rate = rate
        // Frames 0 up to the first at whose time everything is drawn. A little less, so that sums of seconds that end between two are not one more.
        let end = timings.map(\.end).max() ?? 0
        drawingFrameCount = Int((end * Double(rate) - 1e-6).rounded(.up)) + 1
        frameCount = drawingFrameCount - 1 + max(1, Int((hold * Double(rate)).rounded()))
        guard frameCount <= Self.frameLimit else { throw .frames(frameCount, limit: Self.frameLimit) }
    }

    /// From the left to the right side of the pictures, pixels.
    public var width: Int { page.width }
    /// From the top to the bottom of the pictures, pixels.
    public var height: Int { page.height }

    /// The seconds until everything is drawn: at most ten, 0 for scenes without strokes.
    public var drawingTime: Double { timings.map(\.end).max() ?? 0 }

    /// The seconds from the first frame to the end of the last.
    public var duration: Double { Double(frameCount) / Double(rate) }

    /// The time that a frame shows, seconds: the blank one 0, the last of the drawing and those held its end.
    public func time(of frame: Int) -> Double {
        frame >= drawingFrameCount - 1 ? drawingTime : max(0, Double(frame) / Double(rate))
    }

    /// How far a scene, given by its index, is drawn after so many seconds.
    public func progress(ofScene scene: Int = 0, at time: Double) -> StrokeProgress { timings[scene].progress(at: time) }

    /// The picture of a frame. Many are made faster in their order, by `forEachFrame`.
    /// - Throws: `RenderError.cairo`, for want of memory.
    public func picture(of frame: Int) throws(RenderError) -> Picture {
        try FramePainter(page, timings).paint(at: time(of: frame)).picture()
    }

    /// Gives every frame, in order. Each picture is made when its turn comes.
    /// - Throws: what `body` throws; `RenderError.cairo`, for want of memory.
    public func forEachFrame(_ body: (_ index: Int, _ picture: Picture) throws -> Void) throws {
        let painter = try FramePainter(page, timings)
        var last: Picture?
        for frame in 0..<frameCount {
            if frame >= drawingFrameCount, let last {
                try body(frame, last)
                continue
            }
            let picture = try painter.paint(at: time(of: frame)).picture()
            try body(frame, picture)
            last = picture
        }
    }

    /// The animation as a GIF of 256 colours at most. The same scenes give the same bytes.
    ///
    /// - Parameter loops: begins again for ever, else it plays once.
    /// - Throws: `RenderError` for a side above `gifSideLimit` or a rate above `gifRateLimit`.
    public func gif(loops: Bool = true) throws(RenderError) -> Data { try GIFWriter.data(self, loops: loops) }
}
