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

/// Lays out boxes and labels: a label sits above or below its box, where it covers least of other labels and other objects' ink boxes, and
/// stays within the canvas.
///
/// - Parameter measure: the width of a text at a size, picture pixels.
func annotations(of scene: Scene, options: RenderOptions, scale: Double, measure: (String, Double) -> Double) -> [Annotation] {
    let width = scene.width * scale, height = scene.height * scale
    let side = max(width, height)
    let lineWidth = max(1, side / 256), textSize = max(10, min(side / 24, 28))
    func placed(_ box: Box) -> Box { Box(x0: box.x0 * scale, y0: box.y0 * scale, x1: box.x1 * scale, y1: box.y1 * scale) }
    let inks = scene.objects.indices.map { placed(scene.inkBox(ofObject: $0)) }
    let grown = options.penWidth(of: scene) / 2 * scale + lineWidth * 1.5
    var plates: [Box] = []
    return scene.objects.indices.map { i in
        let object = scene.objects[i], frame = inks[i].expanded(by: grown)
        var label: Annotation.Label?
        if options.labels {
            let text = labelText(of: object)
            let inset = textSize * 0.35
            let w = measure(text, textSize) + 2 * inset, h = textSize * 1.35
            let places = [frame.y0 - h, frame.y1, frame.y0].flatMap { y in
                [frame.x0, frame.x1 - w].map { x in
                    let x = max(0, min(x, width - w)), y = max(0, min(y, height - h))
                    return Box(x0: x, y0: y, x1: x + w, y1: y + h)
                }
            }
            func covered(_ place: Box, _ others: some Sequence<Box>) -> Double {
                others.reduce(0) { $0 + (place.intersection($1)?.area ?? 0) }
            }
            // Scenes have few objects; in a crowd the first place will do.
            let crowd = inks.count > 200
            let plate = crowd ? places[0] : places.min { a, b in cost(a) < cost(b) } ?? places[0]
            func cost(_ place: Box) -> Double {
                let others = inks.indices.lazy.filter { $0 != i }.map { inks[$0] }
                return 4 * covered(place, plates) + covered(place, others) + 2 * covered(place, [inks[i]])
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
