/// A frame and a label on top of an object, laid out in picture pixels; the same for PNG, PDF and SVG.
struct Annotation {
    struct Label {
        let text: String
        /// The coloured plate behind the text.
        let plate: Box
        /// The left end of the text's baseline.
        let baseline: Point
        let textSize: Double
    }
    let object: Int
    let color: Color
    let frame: Box?
    let lineWidth: Double
    let label: Label?
}

/// Lays out boxes and labels: a label sits above its box, below it where there is no room, and stays within the canvas.
///
/// - Parameter measure: the width of a text at a size, picture pixels.
func annotations(of scene: Scene, options: RenderOptions, scale: Double, measure: (String, Double) -> Double) -> [Annotation] {
    let width = scene.width * scale, height = scene.height * scale
    let side = max(width, height)
    let lineWidth = max(1, side / 256), textSize = max(10, min(side / 24, 28))
    var plates: [Box] = []
    return scene.objects.indices.map { i in
        let object = scene.objects[i]
        let ink = scene.inkBox(ofObject: i)
        let grown = options.penWidth(of: scene) / 2 * scale + lineWidth * 1.5
        let frame = Box(x0: ink.x0 * scale, y0: ink.y0 * scale, x1: ink.x1 * scale, y1: ink.y1 * scale).expanded(by: grown)
        var label: Annotation.Label?
        if options.labels {
            let text = labelText(of: object)
            let inset = textSize * 0.35
            let w = measure(text, textSize) + 2 * inset, h = textSize * 1.35
            let x = max(0, min(frame.x0, width - w))
            let places = [frame.y0 - h, frame.y1, frame.y0, frame.y1 - h].map { Box(x0: x, y0: $0, x1: x + w, y1: $0 + h) }
            let fitting = places.filter { $0.y0 >= 0 && $0.y1 <= height }
            let free = fitting.first { place in !plates.contains { ($0.intersection(place)?.area ?? 0) > 0 } }
            var plate = free ?? fitting.first ?? places[0]
            if fitting.isEmpty {
                let y = max(0, min(plate.y0, height - h))
                plate = Box(x0: x, y0: y, x1: x + w, y1: y + h)
            }
            plates.append(plate)
            label = .init(text: text, plate: plate, baseline: Point(x: plate.x0 + inset, y: plate.y0 + textSize * 1.02), textSize: textSize)
        }
        return Annotation(object: i, color: Color.ofObject(i), frame: options.boxes ? frame : nil, lineWidth: lineWidth, label: label)
    }
}

/// The class, with the confidence in percent where there is one. Control characters become spaces, long names are cut.
private func labelText(of object: SceneObject) -> String {
    let name = String(object.className.prefix(60).map { $0.isNewline || $0 == "\0" ? " " : $0 })
    guard let confidence = object.confidence, confidence.isFinite else { return name }
    return "\(name) \(Int((min(1, max(0, confidence)) * 100).rounded())) %"
}
