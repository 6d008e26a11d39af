import CCairo

extension Picture {
    /// The picture as a Cairo surface, which the caller destroys; nil without memory for it.
    package func surface() -> OpaquePointer? {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)), let pixels = cairo_image_surface_get_data(surface) else { return nil }
        let stride = Int(cairo_image_surface_get_stride(surface))
        for y in 0..<height {
            for x in 0..<width {
                let from = (y * width + x) * 3, to = y * stride + x * 4      // blue first: native-endian 0xXXRRGGBB
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (bytes[from + 2], bytes[from + 1], bytes[from])
            }
        }
        cairo_surface_mark_dirty(surface)
        return surface
    }

    /// What a surface of form RGB24 shows; nil where it has no pixels.
    package init?(_ surface: OpaquePointer?, width: Int, height: Int) {
        cairo_surface_flush(surface)
        guard let pixels = cairo_image_surface_get_data(surface) else { return nil }
        let stride = Int(cairo_image_surface_get_stride(surface))
        var bytes = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let from = y * stride + x * 4, to = (y * width + x) * 3
                (bytes[to], bytes[to + 1], bytes[to + 2]) = (pixels[from + 2], pixels[from + 1], pixels[from])
            }
        }
        self.init(width: width, height: height, bytes: bytes)
    }
}
