import CCairo
import Pictures

extension Picture {
    /// The picture with a frame around each object's box and a label on it, twice to four times as large where it is small, so that labels can be read.
    /// - Parameter labels: one for each object; "" for none.
    public func overlaid(_ scene: ObjectScene, labels: [String]) -> Picture {
        let factor = max(1, min(4, 960 / max(width, 1))), large = resized(width: width * factor, height: height * factor)
        guard let surface = large.surface() else { return self }
        defer { cairo_surface_destroy(surface) }
        let context = cairo_create(surface)
        cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, 13)
        for (index, object) in scene.objects.enumerated() {
            guard let box = object.box.map({ $0 * Double(factor) }) else { continue }
            let color = Self.frameColors[index % Self.frameColors.count]
            cairo_set_source_rgb(context, color.x, color.y, color.z)
            cairo_set_line_width(context, 2)
            cairo_rectangle(context, box.x, box.y, box.z - box.x, box.w - box.y)
            cairo_stroke(context)
            guard labels.indices.contains(index), !labels[index].isEmpty else { continue }
            var extents = cairo_text_extents_t()
            cairo_text_extents(context, labels[index], &extents)
            let left = min(max(box.x, 0), max(0, Double(large.width) - extents.x_advance - 8)), top = max(box.y - 18, 0)
            cairo_rectangle(context, left - 1, top, extents.x_advance + 8, 18)
            cairo_fill(context)
            cairo_set_source_rgb(context, 0, 0, 0)
            cairo_move_to(context, left + 3, top + 13)
            cairo_show_text(context, labels[index])
        }
        cairo_destroy(context)
        return Picture(surface, width: large.width, height: large.height) ?? self
    }

    /// Bright colours that stand out from the gray ground and from their neighbours in this list.
    public static let frameColors: [SIMD3<Double>] = [
        [1, 0.85, 0.2], [0.35, 0.9, 1], [1, 0.5, 0.75], [0.55, 1, 0.45], [1, 0.6, 0.25], [0.8, 0.7, 1], [0.95, 0.95, 0.95], [0.5, 0.85, 0.75], [1, 0.75, 0.65], [0.85, 1, 0.7],
    ]
}
