import CGif
import Foundation

/// An animation as a GIF, written by giflib: each image is the rectangle that changed, with what stayed in it transparent, and stays in place.
enum GIFWriter {
    static func data(_ animation: StrokeAnimation, loops: Bool) throws(RenderError) -> Data {
        try check(width: animation.width, height: animation.height)
        let rate = StrokeAnimation.gifRateLimit
        guard animation.rate <= rate else { throw .rate(animation.rate, limit: rate) }
        let painter = try FramePainter(animation.page, animation.timings)
        let options = animation.page.options
        let inks = painter.colors + (animation.page.hasFrames ? [Page.frameColor] : [])
        let palette = GIFPalette(paper: options.background, inks: inks, hasLabels: options.labels)

        /// Hundredths of a second from the beginning, so that rounding does not add up.
        func clock(_ frame: Int) -> Int { (frame * 100 + animation.rate / 2) / animation.rate }
        let begins = (0..<animation.drawingFrameCount).map(clock), end = clock(animation.frameCount)
        return try data(width: animation.width, height: animation.height, palette: palette, begins: begins, end: end, loops: loops) { frame throws(RenderError) in
            try painter.paint(at: animation.time(of: frame))
        }
    }

    static func data(_ book: FlipBook) throws(RenderError) -> Data {
        try check(width: book.width, height: book.height)
        let canvas = try Canvas(pixels: book.width, book.height)
        let palette = GIFPalette(paper: book.paper, inks: book.colors(on: canvas), hasLabels: book.options.labels)
        let begins = [0] + book.ends.dropLast(), end = book.ends.last ?? 0
        return try data(width: book.width, height: book.height, palette: palette, begins: begins, end: end, loops: book.options.loops) { leaf throws(RenderError) in
            book.paint(leaf, on: canvas)
            return canvas
        }
    }

    private static func check(width: Int, height: Int) throws(RenderError) {
        let side = StrokeAnimation.gifSideLimit
        guard max(width, height) <= side else { throw .size(width: Double(width), height: Double(height), limit: side) }
    }

    /// - Parameters:
    ///   - begins: when each picture comes, in hundredths of a second, rising.
    ///   - end: when the last one has been shown for long enough.
    ///   - paint: paints a picture, in their order; what it gives is valid until its next call.
    private static func data(width: Int, height: Int, palette: GIFPalette, begins: [Int], end: Int, loops: Bool,
                             paint: (_ picture: Int) throws(RenderError) -> Canvas) throws(RenderError) -> Data {
        var screen = Screen(width: width, height: height, palette: palette)
        let file = try GIFFile(width: width, height: height, palette: palette, loops: loops)
        // An image is written once it is known when the next begins; what shows no change shows the image before for longer.
        var waiting: (image: Screen.Change, begin: Int)?
        for (picture, begin) in begins.enumerated() {
            guard let change = try screen.show(paint(picture)) else { continue }
            if let waiting { try file.write(waiting.image, delay: begin - waiting.begin) }
            waiting = (change, begin)
        }
        if let waiting { try file.write(waiting.image, delay: end - waiting.begin) }
        return try file.finished()
    }

    /// What a viewer shows, and how it changes.
    private struct Screen {
        /// A rectangle of palette indices, row by row.
        struct Change {
            let left, top, width, height: Int
            var indices: [UInt8]
        }

        let width, height: Int
        private var palette: GIFPalette
        /// The canvas as it was shown, and its pixels' indices.
        private var words: [UInt32], indices: [UInt8]
        /// The new indices of pixels that changed, else transparent; nothing but transparent between two pictures.
        private var changes: [UInt8]
        private var isBlank = true

        init(width: Int, height: Int, palette: GIFPalette) {
            (self.width, self.height, self.palette) = (width, height, palette)
            words = [UInt32](repeating: 0, count: width * height)
            indices = [UInt8](repeating: palette.transparent, count: width * height)
            changes = indices
        }

        /// Shows the canvas. Gives the rectangle that changed; the whole picture at first; nil where there is no change. A pixel cannot become
        /// transparent: without paper ink may only be added.
        mutating func show(_ canvas: Canvas) throws(RenderError) -> Change? {
            try canvas.withWords { new, stride in
                var (left, right, top, bottom) = (width, -1, height, -1)
                for y in 0..<height {
                    let row = y * width
                    for x in 0..<width where words[row + x] != new[y * stride + x] {
                        words[row + x] = new[y * stride + x]
                        let index = palette.index(of: words[row + x])
                        guard index != indices[row + x] else { continue }
                        indices[row + x] = index
                        changes[row + x] = index
                        (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
                    }
                }
                if isBlank { (left, right, top, bottom) = (0, width - 1, 0, height - 1) }
                isBlank = false
                guard right >= 0 else { return nil }
                var change = Change(left: left, top: top, width: right - left + 1, height: bottom - top + 1, indices: [])
                change.indices.reserveCapacity(change.width * change.height)
                for y in top...bottom {
                    let line = y * width + left..<y * width + right + 1
                    change.indices += changes[line]
                    for i in line { changes[i] = palette.transparent }
                }
                return change
            }
        }
    }

    /// giflib's encoder, writing into memory.
    private final class GIFFile {
        private final class Sink { var bytes = Data() }

        private let sink = Sink()
        private let file: UnsafeMutablePointer<GifFileType>
        private let transparent: UInt8
        private var isOpen = true

        init(width: Int, height: Int, palette: GIFPalette, loops: Bool) throws(RenderError) {
            var code: Int32 = 0
            let opened = EGifOpen(Unmanaged.passUnretained(sink).toOpaque(), { file, bytes, count in
                guard let sink = file?.pointee.UserData, let bytes else { return 0 }
                Unmanaged<Sink>.fromOpaque(sink).takeUnretainedValue().bytes.append(bytes, count: Int(count))
                return count
            }, &code)
            guard let opened else { throw GIFFile.error(code) }
            file = opened
            transparent = palette.transparent
            EGifSetGifVersion(file, true)
            // Powers of two only; what is beyond the colours is never shown.
            let size = 1 << Int(GifBitSize(Int32(palette.colors.count + 1)))
            let table = palette.colors.map { GifColorType(Red: $0.red, Green: $0.green, Blue: $0.blue) }
            let map = GifMakeMapObject(Int32(size), table + [GifColorType](repeating: GifColorType(), count: size - table.count))
            defer { GifFreeMapObject(map) }
            guard let map else { throw .gif("there is no memory for its colours") }
            try check(EGifPutScreenDesc(file, Int32(width), Int32(height), 8, 0, map))
            guard loops else { return }
            try check(EGifPutExtensionLeader(file, APPLICATION_EXT_FUNC_CODE))
            try check(EGifPutExtensionBlock(file, 11, Array("NETSCAPE2.0".utf8)))
            try check(EGifPutExtensionBlock(file, 3, [1, 0, 0] as [UInt8]))           // 0 times: for ever
            try check(EGifPutExtensionTrailer(file))
        }

        deinit { if isOpen { EGifCloseFile(file, nil) } }

        /// - Parameter delay: hundredths of a second until the next image, 65,535 at most.
        func write(_ image: Screen.Change, delay: Int) throws(RenderError) {
            let delay = UInt16(clamping: delay)
            // "Do not dispose", with a transparent index.
            let control: [UInt8] = [UInt8(DISPOSE_DO_NOT) << 2 | 1, UInt8(delay & 255), UInt8(delay >> 8), transparent]
            try check(EGifPutExtension(file, GRAPHICS_EXT_FUNC_CODE, Int32(control.count), control))
            try check(EGifPutImageDesc(file, Int32(image.left), Int32(image.top), Int32(image.width), Int32(image.height), false, nil))
            var line = [UInt8](repeating: 0, count: image.width)
            for y in 0..<image.height {
                line.replaceSubrange(0..<image.width, with: image.indices[y * image.width..<(y + 1) * image.width])
                try check(EGifPutLine(file, &line, Int32(image.width)))
            }
        }

        func finished() throws(RenderError) -> Data {
            var code: Int32 = 0
            isOpen = false
            guard EGifCloseFile(file, &code) == GIF_OK else { throw GIFFile.error(code) }
            return sink.bytes
        }

        private func check(_ result: Int32) throws(RenderError) {
            if result != GIF_OK { throw GIFFile.error(file.pointee.Error) }
        }

        private static func error(_ code: Int32) -> RenderError {
            .gif(GifErrorString(code).map { String(cString: $0) } ?? "giflib gives no reason")
        }
    }
}
