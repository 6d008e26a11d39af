import Foundation
import Pictures
import Scenes
import Tensors

/// Pictures that are no scenes of objects: noise, textures, flat shapes, line drawings, scenes cut to pieces or turned over. Learning to tell them
/// apart is how the reader knows that it cannot know.
package enum UnanswerablePictures {
    /// A picture of something else; never nil for sides of 16 pixels or more.
    package static func sample(width: Int, height: Int, using random: inout RandomSource) -> Picture? {
        guard width >= 16, height >= 16 else { return nil }
        var canvas = Canvas(width: width, height: height)
        switch random.int(below: 8) {
        case 0: canvas.noise(using: &random)
        case 1: canvas.texture(using: &random)
        case 2:
            canvas.texture(using: &random)
            for _ in 0..<random.int(below: 12) { canvas.shape(using: &random) }
        case 3:
            canvas.fade(from: color(&random), to: color(&random))
            for _ in 0..<random.int(below: 15) { canvas.shape(using: &random) }
        case 4, 5:
            let paper = 150 + 105 * random.uniform()
            canvas.fade(from: .init(repeating: paper), to: .init(repeating: paper))
            let ink = random.uniform() < 0.6 ? SIMD3(repeating: 60 * random.uniform()) : color(&random)
            for _ in 0..<(2 + random.int(below: 25)) { canvas.stroke(ink, using: &random) }
        case 6: return pieces(of: scene(width, height, &random), using: &random)
        default: return turned(scene(width, height, &random), &random)
        }
        return canvas.picture
    }

    private static func color(_ random: inout RandomSource) -> SIMD3<Double> { [255 * random.uniform(), 255 * random.uniform(), 255 * random.uniform()] }

    private static func scene(_ width: Int, _ height: Int, _ random: inout RandomSource) -> Picture {
        let renderer = SceneRenderer(width: width, height: height, camera: World.clevr.camera(using: &random), style: .sampled(using: &random))
        return renderer.render(SceneSampler().sample(renderer, using: &random), seed: random.next()).picture
    }

    /// Tiles in another order.
    private static func pieces(of picture: Picture, using random: inout RandomSource) -> Picture {
        let across = 2 + random.int(below: 5), down = 2 + random.int(below: 4), w = picture.width / across, h = picture.height / down
        let order = Array(0..<across * down).shuffled(using: &random)
        var result = picture
        for (to, from) in order.enumerated() {
            for y in 0..<h {
                for x in 0..<w * 3 {
                    result.bytes[(to / across * h + y) * picture.width * 3 + to % across * w * 3 + x] =
                        picture.bytes[(from / across * h + y) * picture.width * 3 + from % across * w * 3 + x]
                }
            }
        }
        return result
    }

    /// Upside down, or a negative.
    private static func turned(_ picture: Picture, _ random: inout RandomSource) -> Picture {
        var result = picture
        let line = picture.width * 3
        if random.uniform() < 0.5 { for i in result.bytes.indices { result.bytes[i] = 255 - picture.bytes[i] } } else {
            for y in 0..<picture.height { for i in 0..<line { result.bytes[y * line + i] = picture.bytes[(picture.height - 1 - y) * line + i] } }
        }
        return result
    }

    /// Colours of pixels in the making.
    private struct Canvas {
        let width: Int, height: Int
        var pixels: [SIMD3<Double>]

        init(width: Int, height: Int) {
            (self.width, self.height) = (width, height)
            pixels = [SIMD3<Double>](repeating: .zero, count: width * height)
        }

        var picture: Picture {
            Picture(width: width, height: height, bytes: pixels.flatMap { p in (0..<3).map { UInt8(min(255, max(0, p[$0].rounded()))) } })
        }

        /// The pixels between two places that lie in the picture.
        private static func span(_ from: Double, _ to: Double, _ limit: Int) -> Range<Int> {
            let low = min(max(Int(from), 0), limit)
            return low..<min(max(Int(to), low), limit)
        }

        mutating func noise(using random: inout RandomSource) {
            let isGray = random.uniform() < 0.5, strength = 20 + 200 * random.uniform(), middle = UnanswerablePictures.color(&random)
            for i in pixels.indices {
                let own = strength * (random.uniform() - 0.5)
                pixels[i] = middle + (isGray ? .init(repeating: own) : [own, strength * (random.uniform() - 0.5), strength * (random.uniform() - 0.5)])
            }
        }

        mutating func fade(from a: SIMD3<Double>, to b: SIMD3<Double>) {
            for y in 0..<height { for x in 0..<width { pixels[y * width + x] = a + (b - a) * (Double(y) / Double(height)) } }
        }

        /// Smooth noise of several scales, in two colours or three.
        mutating func texture(using random: inout RandomSource) {
            let base = UnanswerablePictures.color(&random), colors = (0..<2).map { _ in UnanswerablePictures.color(&random) - 127 }
            for i in pixels.indices { pixels[i] = base }
            for octave in 0..<5 {
                let step = Double(8 << octave) * (0.7 + 0.6 * random.uniform()), weight = 0.35 * (0.4 + random.uniform()) * Double(octave + 1) / 3
                let columns = Int(Double(width) / step) + 3, rows = Int(Double(height) / step) + 3, tint = colors[octave % 2]
                let knots = (0..<columns * rows).map { _ in random.uniform() - 0.5 }
                for y in 0..<height {
                    let v = Double(y) / step, j = Int(v), fy = v - Double(j)
                    for x in 0..<width {
                        let u = Double(x) / step, i = Int(u), fx = u - Double(i)
                        let above = knots[j * columns + i] * (1 - fx) + knots[j * columns + i + 1] * fx
                        let below = knots[(j + 1) * columns + i] * (1 - fx) + knots[(j + 1) * columns + i + 1] * fx
                        pixels[y * width + x] += tint * (weight * 2 * (above * (1 - fy) + below * fy))
                    }
                }
            }
        }

        /// A flat ellipse, box or triangle, anywhere.
        mutating func shape(using random: inout RandomSource) {
            let kind = random.int(below: 3), color = UnanswerablePictures.color(&random), x = Double(width) * random.uniform(), y = Double(height) * random.uniform()
            let a = 6 + Double(width) * 0.25 * random.uniform(), b = 6 + Double(height) * 0.3 * random.uniform(), angle = Double.pi * random.uniform()
            let (c, s) = (cos(angle), sin(angle)), reach = max(a, b) * 1.5
            for py in Self.span(y - reach, y + reach, height) {
                for px in Self.span(x - reach, x + reach, width) {
                    let dx = Double(px) - x, dy = Double(py) - y, u = (dx * c + dy * s) / a, v = (dy * c - dx * s) / b
                    let isInside = switch kind {
                    case 0: u * u + v * v < 1
                    case 1: abs(u) < 0.9 && abs(v) < 0.9
                    default: v < 0.8 && v > 2 * abs(u) - 1
                    }
                    if isInside { pixels[py * width + px] = color }
                }
            }
        }

        /// A line of a pen that wanders.
        mutating func stroke(_ ink: SIMD3<Double>, using random: inout RandomSource) {
            var x = Double(width) * random.uniform(), y = Double(height) * random.uniform(), angle = 2 * Double.pi * random.uniform()
            let turn = 0.25 * (random.uniform() - 0.5), pen = 1 + random.int(below: 3)
            for _ in 0..<(20 + random.int(below: 150)) {
                for py in Self.span(y, y + Double(pen), height) { for px in Self.span(x, x + Double(pen), width) { pixels[py * width + px] = ink } }
                angle += turn + 0.15 * (random.uniform() - 0.5)
                x += cos(angle)
                y += sin(angle)
            }
        }
    }
}
