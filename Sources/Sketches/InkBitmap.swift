/// A grey picture of ink on paper: what ``Tracing`` follows.
public struct InkBitmap: Hashable, Sendable {
    /// Pixels.
    public let width: Int, height: Int
    /// [H, W], row by row from the top left: 0 is paper, 255 is full ink. What ``raster(_:in:size:strokeWidth:padding:)`` gives.
    public var pixels: [UInt8]

    /// A bitmap of these pixels.
    /// - Precondition: one byte a pixel, at least one pixel.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "\(pixels.count) bytes are not \(width) × \(height) pixels")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// Each pixel as the mean of the nine around it: the grain of a photograph goes, and so does half of a line of one pixel.
    func blurred() -> InkBitmap {
        var result = self
        for y in 0..<height {
            let rows = max(0, y - 1)...min(height - 1, y + 1)
            for x in 0..<width {
                let columns = max(0, x - 1)...min(width - 1, x + 1)
                var sum = 0
                for r in rows { for c in columns { sum += Int(pixels[r * width + c]) } }
                result.pixels[y * width + x] = UInt8(sum / (rows.count * columns.count))
            }
        }
        return result
    }

    /// The grey level from which a pixel is ink, by Otsu's rule: the split of the histogram that has the largest variance between its two
    /// parts (Otsu 1979, "A threshold selection method from gray-level histograms").
    ///
    /// Levels below `faintest` count as bare paper, so that the grain of a photographed sheet is never split.
    /// - Returns: the threshold, and how far apart the means of the two parts are; `nil` for a picture of one level.
    func threshold(faintest: Int = 24) -> (level: UInt8, contrast: Double)? {
        var histogram = [Int](repeating: 0, count: 256)
        for pixel in pixels { histogram[Int(pixel) < faintest ? 0 : Int(pixel)] += 1 }
        let total = Double(pixels.count), sum = histogram.indices.reduce(0.0) { $0 + Double($1 * histogram[$1]) }
        var below = 0.0, sumBelow = 0.0, best = (first: 0, last: 0, variance: 0.0, contrast: 0.0)
        for level in 1...255 {
            below += Double(histogram[level - 1])
            sumBelow += Double((level - 1) * histogram[level - 1])
            guard below > 0, below < total else { continue }
            let contrast = (sum - sumBelow) / (total - below) - sumBelow / below
            let variance = below * (total - below) * contrast * contrast
            if variance > best.variance { best = (level, level, variance, contrast) } else if variance == best.variance { best.last = level }
        }
        // Where no pixel lies between paper and ink, all levels there are as good: the middle is taken.
        return best.variance > 0 ? (UInt8((best.first + best.last) / 2), best.contrast) : nil
    }
}
