import CCairo
import Files
import Foundation

extension Picture {
    /// The picture as PNG.
    /// - Throws: `FileError` where Cairo cannot make it.
    public func png() throws(FileError) -> Data {
        let surface = surface()
        defer { cairo_surface_destroy(surface) }
        var data = Data()
        let status = withUnsafeMutablePointer(to: &data) { target in
            cairo_surface_write_to_png_stream(surface, { closure, bytes, count in
                if let bytes { closure?.assumingMemoryBound(to: Data.self).pointee.append(bytes, count: Int(count)) }
                return CAIRO_STATUS_SUCCESS
            }, target)
        }
        guard status == CAIRO_STATUS_SUCCESS else { throw FileError(file: "picture", .malformed(String(cString: cairo_status_to_string(status)))) }
        return data
    }

    /// Reads a PNG; what is transparent is white behind.
    static func readPNG(_ data: Data, name: String) throws(FileError) -> Picture {
        let header = [UInt8](data.prefix(24))
        // The size is looked at before anything of that size is made.
        guard header.count == 24 else { throw FileError(file: name, .malformed("the PNG ends in its header")) }
        func number(_ at: Int) -> Int { header[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        let width = number(16), height = number(20)
        try checkSize(width, height, name: name)
        var rest = data[...]
        let surface = withUnsafeMutablePointer(to: &rest) { source in
            cairo_image_surface_create_from_png_stream({ closure, target, count in
                guard let rest = closure?.assumingMemoryBound(to: Data.self), let target, rest.pointee.count >= Int(count) else { return CAIRO_STATUS_READ_ERROR }
                rest.pointee.prefix(Int(count)).copyBytes(to: target, count: Int(count))
                rest.pointee = rest.pointee.dropFirst(Int(count))
                return CAIRO_STATUS_SUCCESS
            }, source)
        }
        defer { cairo_surface_destroy(surface) }
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS else { throw FileError(file: name, .malformed("the PNG cannot be read (\(String(cString: cairo_status_to_string(status))))")) }
        // Whatever form it has is painted onto white.
        let canvas = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        defer { cairo_surface_destroy(canvas) }
        let context = cairo_create(canvas)
        cairo_set_source_rgb(context, 1, 1, 1)
        cairo_paint(context)
        cairo_set_source_surface(context, surface, 0, 0)
        cairo_paint(context)
        cairo_destroy(context)
        guard let picture = Picture(canvas, width: width, height: height) else { throw FileError(file: name, .malformed("there is no memory for \(width) × \(height) pixels")) }
        return picture
    }
}
