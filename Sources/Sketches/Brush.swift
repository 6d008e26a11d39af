/// Draws a scene piece by piece, with the canvas's origin at the current origin and `scale` pixels a canvas pixel.
struct Brush {
    let scene: Scene
    private let scale: Double
    private let options: RenderOptions
    private let owners: [Int: Int]

    init(_ scene: Scene, scale: Double, options: RenderOptions) {
        var owners: [Int: Int] = [:]
        for (i, object) in scene.objects.enumerated() {
            for stroke in object.strokes where owners[stroke] == nil { owners[stroke] = i }
        }
        (self.scene, self.scale, self.options, self.owners) = (scene, scale, options, owners)
    }

    /// The colour of a stroke: its object's, or ink.
    func color(of stroke: Int) -> Color { options.colors ? owners[stroke].map(Color.ofObject) ?? .ink : .ink }

    /// Draws a stroke, or the beginning of it: `part` of its length, 0…1.
    func draw(stroke index: Int, part: Double = 1, on canvas: Canvas) {
        let stroke = part < 1 ? scene.strokes[index].beginning(part) : scene.strokes[index]
        canvas.setColor(color(of: index))
        canvas.stroke(stroke.points, width: options.penWidth(of: scene) * scale) { Point(x: $0.x * scale, y: $0.y * scale) }
    }

    /// The boxes and labels that the options ask for, one an object.
    func notes(on canvas: Canvas) -> [Annotation] {
        guard options.boxes || options.labels else { return [] }
        return annotations(of: scene, options: options, scale: scale, measure: { canvas.textWidth($0, size: $1, bold: true) })
    }

    static func draw(_ note: Annotation, on canvas: Canvas) {
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
