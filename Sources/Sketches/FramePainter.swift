/// Paints the moments of a drawing, best in the order of time: strokes that are whole stay on a canvas beneath, so that each is drawn once, and
/// the beginnings of strokes go on top of a copy of it.
///
/// A box or label comes when the last stroke of its object is whole. The last moment is the still picture, pixel by pixel.
final class FramePainter {
    private let page: Page
    private let timings: [StrokeTiming]
    private let brushes: [Brush]
    private let beneath, top: Canvas
    /// How many strokes of each scene are on the canvas beneath.
    private var drawn: [Int]
    /// The boxes and labels of each scene, with the number of strokes after which each is shown.
    private let notes: [[(note: Annotation, after: Int)]]

    init(_ page: Page, _ timings: [StrokeTiming]) throws(RenderError) {
        let beneath = try Canvas(pixels: page.width, page.height)
        let brushes = page.scenes.enumerated().map { Brush($1, scale: page.scale(of: $0), options: page.options) }
        notes = brushes.map { brush in
            brush.notes(on: beneath).map { note in
                let strokes = brush.scene.objects[note.object].strokes.filter(brush.scene.strokes.indices.contains)
                return (note, strokes.max().map { $0 + 1 } ?? brush.scene.strokes.count)
            }
        }
        (self.page, self.timings, self.brushes, self.beneath) = (page, timings, brushes, beneath)
        top = try Canvas(pixels: page.width, page.height)
        drawn = [Int](repeating: 0, count: page.scenes.count)
        page.drawPaper(on: beneath)
    }

    /// The colours that the strokes, boxes and labels have, each once.
    var colors: [Color] {
        var colors: [Color] = []
        func add(_ color: Color) { if !colors.contains(color) { colors.append(color) } }
        for (brush, notes) in zip(brushes, notes) {
            for stroke in brush.scene.strokes.indices { add(brush.color(of: stroke)) }
            for (note, _) in notes { add(note.color) }
        }
        return colors
    }

    /// The picture after so many seconds. The canvas is valid until the next call.
    func paint(at time: Double) throws(RenderError) -> Canvas {
        let moments = timings.map { $0.progress(at: time) }
        if zip(moments, drawn).contains(where: { $0.whole < $1 }) {          // back in time
            beneath.clear()
            page.drawPaper(on: beneath)
            for i in drawn.indices { drawn[i] = 0 }
        }
        for (i, moment) in moments.enumerated() where moment.whole > drawn[i] {
            page.place(i, on: beneath) {
                for stroke in drawn[i]..<moment.whole { brushes[i].draw(stroke: stroke, on: beneath) }
            }
            drawn[i] = moment.whole
        }
        var isCopied = false
        for (i, moment) in moments.enumerated() {
            let shown = notes[i].filter { $0.after <= moment.whole }
            guard moment.part > 0 || !shown.isEmpty else { continue }
            if !isCopied { top.copy(beneath) }
            isCopied = true
            page.place(i, on: top) {
                if moment.part > 0 { brushes[i].draw(stroke: moment.whole, part: moment.part, on: top) }
                for (note, _) in shown { Brush.draw(note, on: top) }
            }
        }
        return isCopied ? top : beneath
    }
}
