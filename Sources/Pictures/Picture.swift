/// A picture of pixels: red, green and blue bytes, row by row from the top left.
///
/// The module holds nothing but this: pictures read from PNG and JPEG, resized, mirrored, written as PNG. `Scenes` paints them, `Sketches`
/// traces them, the reasoner looks at them.
///
/// ```swift
/// let picture = try Picture.read(data, name: "photo.jpg")
/// let small = picture.resized(width: 320, height: 240)
/// try small.png().write(to: url)
/// ```
public struct Picture: Hashable, Sendable {
    /// Pixels.
    public let width: Int, height: Int
    /// [H, W, 3], sRGB.
    public var bytes: [UInt8]

    /// A picture of these bytes.
    /// - Precondition: three bytes a pixel.
    public init(width: Int, height: Int, bytes: [UInt8]) {
        precondition(width > 0 && height > 0 && bytes.count == width * height * 3, "\(bytes.count) bytes are not \(width) × \(height) pixels")
        (self.width, self.height, self.bytes) = (width, height, bytes)
    }

    /// The picture in another size: each new pixel is the mean of the area that it covers.
    public func resized(width: Int, height: Int) -> Picture {
        precondition(width > 0 && height > 0, "a picture of \(width) × \(height)")
        if width == self.width, height == self.height { return self }
        let across = Self.weights(from: self.width, to: width), down = Self.weights(from: self.height, to: height)
        var rows = [Float](repeating: 0, count: self.height * width * 3)            // every row at the new width
        for y in 0..<self.height {
            for x in 0..<width {
                for (source, weight) in across[x] {
                    for c in 0..<3 { rows[(y * width + x) * 3 + c] += weight * Float(bytes[(y * self.width + source) * 3 + c]) }
                }
            }
        }
        var result = [UInt8](repeating: 0, count: width * height * 3), line = [Float](repeating: 0, count: width * 3)
        for y in 0..<height {
            for i in line.indices { line[i] = 0 }
            for (source, weight) in down[y] {
                for i in line.indices { line[i] += weight * rows[source * width * 3 + i] }
            }
            for i in line.indices { result[y * width * 3 + i] = UInt8(min(255, max(0, line[i].rounded()))) }
        }
        return Picture(width: width, height: height, bytes: result)
    }

    /// The picture as a mirror shows it: left and right change places.
    public func mirrored() -> Picture {
        var result = self
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<3 { result.bytes[(y * width + x) * 3 + c] = bytes[(y * width + width - 1 - x) * 3 + c] }
            }
        }
        return result
    }

    /// For each new place the old ones that it covers, with their shares; where it is finer than the old ones, the two nearest.
    private static func weights(from old: Int, to new: Int) -> [[(Int, Float)]] {
        let step = Double(old) / Double(new), reach = max(step, 1)
        return (0..<new).map { place in
            let middle = (Double(place) + 0.5) * step, from = middle - reach / 2, to = middle + reach / 2
            var shares: [(Int, Float)] = []
            for source in max(0, Int(from.rounded(.down)))...min(old - 1, Int(to.rounded(.up))) {
                let share = min(to, Double(source) + 1) - max(from, Double(source))
                if share > 1e-9 { shares.append((source, Float(share))) }
            }
            let sum = shares.reduce(0) { $0 + $1.1 }
            return shares.map { ($0.0, $0.1 / sum) }
        }
    }
}
