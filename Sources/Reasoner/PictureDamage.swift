import Pictures
import Scenes
import Tensors

/// Ways in which a picture comes out badly, to see whether a reader of it knows.
public enum PictureDamage: String, Sendable, CaseIterable, Codable {
    /// Out of focus (deviation of 1.5 pixels at 320 across); a noisy sensor (deviation of 20 of 255); too little light (a third).
    case blurred, noisy, dark

    /// The picture so damaged; the same for a seed.
    public func applied(to picture: Picture, seed: UInt64) -> Picture {
        var result = picture
        switch self {
        case .blurred:
            // Three box filters in turn are near to a Gaussian.
            let reach = max(1, (picture.width + 160) / 320)
            for _ in 0..<3 { result = Self.boxed(result, reach: reach) }
        case .noisy:
            var random = RandomSource(seed: seed)
            for i in result.bytes.indices { result.bytes[i] = UInt8(min(255, max(0, (Double(picture.bytes[i]) + 20 * random.normal()).rounded()))) }
        case .dark:
            for i in result.bytes.indices { result.bytes[i] = picture.bytes[i] / 3 }
        }
        return result
    }

    /// Means over 2·reach + 1 pixels, along rows and then columns.
    private static func boxed(_ picture: Picture, reach: Int) -> Picture {
        let (w, h, n) = (picture.width, picture.height, 2 * reach + 1)
        var across = picture, down = picture
        for y in 0..<h {
            for x in 0..<w {
                for c in 0..<3 {
                    let sum = (-reach...reach).reduce(0) { $0 + Int(picture.bytes[(y * w + min(max(x + $1, 0), w - 1)) * 3 + c]) }
                    across.bytes[(y * w + x) * 3 + c] = UInt8((sum + n / 2) / n)
                }
            }
        }
        for y in 0..<h {
            for i in 0..<w * 3 {
                let sum = (-reach...reach).reduce(0) { $0 + Int(across.bytes[min(max(y + $1, 0), h - 1) * w * 3 + i]) }
                down.bytes[y * w * 3 + i] = UInt8((sum + n / 2) / n)
            }
        }
        return down
    }
}
