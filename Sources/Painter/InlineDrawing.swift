import Files
import Sketches

/// Strokes as SVG inside a page, in the page's colours. How strokes and boxes of a kind look is for the page's style to say: kinds are CSS classes.
struct InlineDrawing {
    /// A frame with a label.
    struct Note {
        var box: Box
        var text: String
        /// A CSS class.
        var kind: String
    }

    var strokes: [Stroke]
    /// The part of the canvas that is shown.
    var frame = Box(x0: 0, y0: 0, x1: SketchCodec.canvasSide, y1: SketchCodec.canvasSide)
    /// CSS classes of strokes that do not look like the others, by index.
    var kinds: [Int: String] = [:]
    var notes: [Note] = []
    /// What is seen, for those who do not see it.
    var title: String

    /// One thing by itself: its ink in the middle of a square.
    init(alone strokes: [Stroke], title: String) {
        self.init(strokes, title: title)
        guard let ink = Box.of(strokes) else { return }
        let half = max(ink.longestSide, 1) / 2 * 1.12, middle = ink.center
        frame = Box(x0: middle.x - half, y0: middle.y - half, x1: middle.x + half, y1: middle.y + half)
    }

    /// The standard canvas.
    init(_ strokes: [Stroke], title: String) { (self.strokes, self.title) = (strokes, title) }

    /// The element: viewed as large as the page likes, with pens whose width does not depend on that.
    var svg: String {
        func n(_ value: Double) -> String { brief(value, decimals: 1) }
        let paths = strokes.indices.map { index in
            "<path\(kinds[index].map { " class=\"\($0)\"" } ?? "") d=\"\(strokes[index].pathData(decimals: 1))\"/>"
        }
        let frames = notes.map { note in
            let y = max(frame.y0 + 11, note.box.y0 - 4)
            return "<rect class=\"\(note.kind)\" x=\"\(n(note.box.x0))\" y=\"\(n(note.box.y0))\" width=\"\(n(note.box.width))\" height=\"\(n(note.box.height))\"/>"
                + "<text class=\"\(note.kind)\" x=\"\(n(max(frame.x0, note.box.x0)))\" y=\"\(n(y))\">\(escapedMarkup(note.text))</text>"
        }
        return "<svg class=\"ink\" viewBox=\"\(n(frame.x0)) \(n(frame.y0)) \(n(frame.width)) \(n(frame.height))\" role=\"img\"><title>\(escapedMarkup(title))</title>"
            + paths.joined() + frames.joined() + "</svg>"
    }
}
