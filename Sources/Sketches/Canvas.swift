import CCairo
import Files
import Foundation
import Pictures

/// Why a picture could not be made.
public enum RenderError: Error, Equatable, CustomStringConvertible {
    /// A side is below 1 or above `limit`; pixels (PNG) or points (PDF).
    case size(width: Double, height: Double, limit: Int)
    /// There is nothing to draw.
    case noScenes
    /// Pictures a second, below 1 or above `limit`.
    case rate(Int, limit: Int)
    /// The seconds that an animation stays at its end: below 0 or above `limit`.
    case hold(Double, limit: Int)
    /// An animation of so many pictures, above `limit`.
    case frames(Int, limit: Int)
    /// Cairo's own words.
    case cairo(String)
    /// giflib's own words.
    case gif(String)

    /// The sentence for the user: what cannot be drawn and what to try.
    public var description: String {
        switch self {
        case .size(let width, let height, let limit):
            "a picture of \(brief(width)) × \(brief(height)) cannot be drawn: each side must be 1 to \(limit); choose another --size or fewer scenes"
        case .noScenes: "there is no scene to draw"
        case .rate(let rate, let limit): "\(rate) pictures a second cannot be shown: choose a rate of 1 to \(limit)"
        case .hold(let seconds, let limit): "an animation cannot stay at its end for \(brief(seconds)) seconds: choose 0 to \(limit)"
        case .frames(let count, let limit): "an animation of \(count) pictures is too long, at most \(limit): choose a lower rate or a shorter hold"
        case .gif(let reason): "the GIF could not be made: \(reason); is there enough memory for a picture of this size?"
        case .cairo(let status): "cairo could not draw: \(status); is there enough memory for a picture of this size?"
        }
    }
}

/// A cairo surface with its drawing context: the only place that holds cairo's pointers.
///
/// Lengths are the surface's pixels or points. Coordinates beyond ±1e6 are clamped: cairo's fixed point would wrap around.
final class Canvas {
    /// The longest side that is drawn; cairo itself ends at 32,767.
    static let limit = 16_384

    private let surface: OpaquePointer
    private let context: OpaquePointer
    private let sink: Sink?
    let width, height: Int

    /// What cairo streams into. A class, so that a stable pointer to it can pass through C.
    private final class Sink {
        var bytes = Data()
    }

    /// A raster surface: 32-bit colour with alpha, or 8-bit coverage.
    init(pixels width: Int, _ height: Int, coverageOnly: Bool = false) throws(RenderError) {
        try Canvas.check(Double(width), Double(height))
        self.sink = nil
        (self.width, self.height) = (width, height)
        surface = cairo_image_surface_create(coverageOnly ? CAIRO_FORMAT_A8 : CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
        context = cairo_create(surface)
        try checkStatus()
    }

    /// A PDF surface, sizes in points. The creation date is fixed: the same scene gives the same bytes.
    init(pdf width: Double, _ height: Double, title: String?) throws(RenderError) {
        try Canvas.check(width, height)
        let sink = Sink()
        self.sink = sink
        (self.width, self.height) = (Int(width.rounded(.up)), Int(height.rounded(.up)))
        surface = cairo_pdf_surface_create_for_stream(Canvas.write, Unmanaged.passUnretained(sink).toOpaque(), width, height)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Atelier")
        if let title { cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title) }
        context = cairo_create(surface)
        try checkStatus()
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    private static func check(_ width: Double, _ height: Double) throws(RenderError) {
        guard width >= 1, height >= 1, width <= Double(limit), height <= Double(limit) else {
            throw .size(width: width, height: height, limit: limit)
        }
    }

    private static let write: cairo_write_func_t = { closure, bytes, count in
        guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().bytes.append(bytes, count: Int(count))
        return CAIRO_STATUS_SUCCESS
    }

    private func checkStatus() throws(RenderError) {
        for status in [cairo_surface_status(surface), cairo_status(context)] where status != CAIRO_STATUS_SUCCESS {
            throw .cairo(String(cString: cairo_status_to_string(status)))
        }
    }

    // MARK: drawing

    func setColor(_ color: Color, alpha: Double = 1) {
        cairo_set_source_rgba(context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255, alpha)
    }

    func fillAll() { cairo_paint(context) }

    /// Becomes what another canvas of the same size shows.
    func copy(_ other: Canvas) {
        cairo_save(context)
        cairo_set_operator(context, CAIRO_OPERATOR_SOURCE)
        cairo_set_source_surface(context, other.surface, 0, 0)
        cairo_paint(context)
        cairo_restore(context)
    }

    /// Empties a raster surface.
    func clear() {
        cairo_save(context)
        cairo_set_operator(context, CAIRO_OPERATOR_CLEAR)
        cairo_paint(context)
        cairo_restore(context)
    }

    func save() { cairo_save(context) }
    func restore() { cairo_restore(context) }
    func translate(_ x: Double, _ y: Double) { cairo_translate(context, x, y) }

    /// Limits drawing to the rectangle until `restore()`.
    func clip(_ box: Box) {
        cairo_rectangle(context, box.x0, box.y0, box.width, box.height)
        cairo_clip(context)
    }

    /// The polyline through the points under `place`, with round caps and joins. One point is a dot.
    func stroke(_ points: [Point], width: Double, place: (Point) -> Point) {
        guard let first = points.first else { return }
        cairo_set_line_width(context, width)
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        let start = Canvas.clamped(place(first))
        cairo_move_to(context, start.x, start.y)
        if points.count == 1 { cairo_line_to(context, start.x, start.y) }
        for point in points.dropFirst() {
            let p = Canvas.clamped(place(point))
            cairo_line_to(context, p.x, p.y)
        }
        cairo_stroke(context)
    }

    func fill(_ box: Box, radius: Double = 0) {
        outline(box, radius: radius)
        cairo_fill(context)
    }

    func frame(_ box: Box, radius: Double, width: Double) {
        outline(box, radius: radius)
        cairo_set_line_width(context, width)
        cairo_stroke(context)
    }

    private func outline(_ box: Box, radius: Double) {
        let r = min(radius, box.width / 2, box.height / 2)
        cairo_new_sub_path(context)
        cairo_arc(context, box.x1 - r, box.y0 + r, r, -.pi / 2, 0)
        cairo_arc(context, box.x1 - r, box.y1 - r, r, 0, .pi / 2)
        cairo_arc(context, box.x0 + r, box.y1 - r, r, .pi / 2, .pi)
        cairo_arc(context, box.x0 + r, box.y0 + r, r, .pi, .pi * 1.5)
        cairo_close_path(context)
    }

    private func setFont(size: Double, bold: Bool) {
        cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
    }

    func textWidth(_ text: String, size: Double, bold: Bool = false) -> Double {
        setFont(size: size, bold: bold)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// Writes the text with its baseline's left end at `(x, y)`.
    func text(_ text: String, x: Double, y: Double, size: Double, bold: Bool = false) {
        setFont(size: size, bold: bold)
        cairo_move_to(context, x, y)
        cairo_show_text(context, text)
        cairo_new_path(context)
    }

    /// `text`, cut at the end with "…" so that it is at most `width` wide.
    func shortened(_ text: String, to width: Double, size: Double, bold: Bool = false) -> String {
        var kept = String(text.prefix(300).map { $0.isNewline || $0 == "\0" ? " " : $0 })
        guard textWidth(kept, size: size, bold: bold) > width else { return kept }
        while !kept.isEmpty, textWidth(kept + "…", size: size, bold: bold) > width { kept.removeLast() }
        return kept + "…"
    }

    private static func clamped(_ p: Point) -> Point {
        Point(x: min(1e6, max(-1e6, p.x)), y: min(1e6, max(-1e6, p.y)))
    }

    // MARK: results

    /// Ends the page of a PDF; what follows is drawn on the next.
    func endPage() { cairo_show_page(context) }

    /// Sets the size of the next page of a PDF, points.
    func setPage(width: Double, height: Double) throws(RenderError) {
        try Canvas.check(width, height)
        cairo_pdf_surface_set_size(surface, width, height)
    }

    /// Closes the PDF and gives its bytes.
    func pdf() throws(RenderError) -> Data {
        cairo_surface_finish(surface)
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS, let sink else { throw .cairo(String(cString: cairo_status_to_string(status))) }
        return sink.bytes
    }

    func png() throws(RenderError) -> Data {
        cairo_surface_flush(surface)
        try checkStatus()
        let sink = Sink()
        let status = cairo_surface_write_to_png_stream(surface, Canvas.write, Unmanaged.passUnretained(sink).toOpaque())
        guard status == CAIRO_STATUS_SUCCESS else { throw .cairo(String(cString: cairo_status_to_string(status))) }
        return sink.bytes
    }

    /// The pixels of a colour surface, row by row, each row `stride` words: 0xAARRGGBB, colours multiplied by alpha.
    func withWords<Result>(_ body: (_ words: UnsafeBufferPointer<UInt32>, _ stride: Int) throws(RenderError) -> Result) throws(RenderError) -> Result {
        cairo_surface_flush(surface)
        try checkStatus()
        let stride = Int(cairo_image_surface_get_stride(surface)) / 4
        guard let start = cairo_image_surface_get_data(surface) else { throw .cairo("there are no pixels") }
        let words = UnsafeRawPointer(start).bindMemory(to: UInt32.self, capacity: stride * height)
        return try body(UnsafeBufferPointer(start: words, count: stride * height), stride)
    }

    /// What a colour surface shows; what is transparent is white behind.
    func picture() throws(RenderError) -> Picture {
        try withWords { words, stride in
            let bytes = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
                var at = 0
                for y in 0..<height {
                    for x in 0..<width {
                        let color = Canvas.onWhite(words[y * stride + x])
                        (buffer[at], buffer[at + 1], buffer[at + 2]) = (color.red, color.green, color.blue)
                        at += 3
                    }
                }
                count = at
            }
            return Picture(width: width, height: height, bytes: bytes)
        }
    }

    /// The colour of a pixel before white.
    @inline(__always) static func onWhite(_ word: UInt32) -> Color {
        let white = UInt8(255 - word >> 24)
        return Color(red: UInt8(truncatingIfNeeded: word >> 16) &+ white, green: UInt8(truncatingIfNeeded: word >> 8) &+ white,
                     blue: UInt8(truncatingIfNeeded: word) &+ white)
    }

    /// The coverage bytes of an 8-bit surface, row by row without padding: `[height * width]`.
    func coverage() -> [UInt8] {
        cairo_surface_flush(surface)
        guard let start = cairo_image_surface_get_data(surface) else { return [UInt8](repeating: 0, count: width * height) }
        let stride = Int(cairo_image_surface_get_stride(surface))
        return [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            for y in 0..<height {
                for x in 0..<width { buffer.initializeElement(at: y * width + x, to: start[y * stride + x]) }
            }
            count = width * height
        }
    }
}
