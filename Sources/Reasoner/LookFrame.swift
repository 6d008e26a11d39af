import Pictures
import Scenes
import Tensors

/// How pictures of any size lie in the frame that a ``Look`` sees: scaled to its width; what is too high loses rows above and below alike, what is
/// too low gets its outermost rows repeated. CLEVR's pictures of 320 × 240 and 480 × 320 have one field of view across, so an object is as large
/// in the frame whichever of the two it comes from.
public struct LookFrame: Hashable, Sendable {
    /// The frame's pixels.
    public let width: Int, height: Int
    /// The picture's pixels.
    public let pictureWidth: Int, pictureHeight: Int
    /// Frame pixels of a picture pixel.
    public var scale: Double { Double(width) / Double(pictureWidth) }
    /// Rows of the scaled picture, and how many of them are cut above (negative: repeated).
    private var scaledHeight: Int { max(1, Int((Double(pictureHeight) * scale).rounded())) }
    private var cut: Int { Int((Double(scaledHeight - height) / 2).rounded(.down)) }

    /// The frame of a model for pictures of a size.
    public init(pictureWidth: Int, pictureHeight: Int, in config: LookConfig) {
        (width, height) = (config.pictureWidth, config.pictureHeight)
        (self.pictureWidth, self.pictureHeight) = (pictureWidth, pictureHeight)
    }

    /// The picture as the model sees it.
    public func fitted(_ picture: Picture) -> Picture {
        let scaled = picture.resized(width: width, height: scaledHeight), line = width * 3
        if scaledHeight == height { return scaled }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(height * line)
        for y in 0..<height {
            let from = min(max(y + cut, 0), scaledHeight - 1) * line
            bytes += scaled.bytes[from..<from + line]
        }
        return Picture(width: width, height: height, bytes: bytes)
    }

    /// A place in the picture as one in the frame.
    public func framed(_ x: Double, _ y: Double) -> SIMD2<Double> { [x * scale, y * scale - Double(cut)] }

    /// A place in the frame as one in the picture.
    public func pictured(_ x: Double, _ y: Double) -> SIMD2<Double> { [x / scale, (y + Double(cut)) / scale] }

    /// Frames as a network reads them: [B, 3, H, W], -2…2.
    package static func tensor(_ frames: [Picture]) -> Tensor {
        let height = frames[0].height, width = frames[0].width, area = height * width
        let planes = parallelMap(frames.count) { index in
            var values = [Float](repeating: 0, count: 3 * area)
            let bytes = frames[index].bytes
            for i in 0..<area {
                for c in 0..<3 { values[c * area + i] = Float(bytes[3 * i + c]) * (4 / 255) - 2 }
            }
            return values
        }
        return Tensor(planes.flatMap { $0 }, shape: [frames.count, 3, height, width])
    }
}
