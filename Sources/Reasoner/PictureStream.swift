import Foundation
import Pictures
import Scenes
import Tensors

/// Pictures with what they show, rendered for training: a fixed list of them, each made when it is first asked for and then kept, shown in another
/// light, mirrored or noisy each time. A batch is a function of the seed and its number alone.
///
/// Not thread-safe; it renders on the pool's threads.
package final class PictureStream {
    /// A picture in the frame, and its scene with places and boxes in frame pixels; no scene: a picture of something else.
    package struct Sample: Equatable {
        package var picture: Picture
        package var scene: ObjectScene?
    }

    private let config: LookConfig, world: World, colors: SceneSampler.ColorSet, other: Double, isVaried: Bool
    private let seed: UInt64
    private var kept: [Sample?]

    /// - Parameters:
    ///   - count: pictures in the list.
    ///   - other: share of pictures that show no scene.
    ///   - isVaried: whether light, paint and camera noise are varied widely; else as in the public pictures.
    package init(config: LookConfig, world: World = .clevr, colors: SceneSampler.ColorSet, count: Int, other: Double, isVaried: Bool = true, seed: UInt64) {
        (self.config, self.world, self.colors, self.other, self.isVaried, self.seed) = (config, world, colors, other, isVaried, seed)
        kept = [Sample?](repeating: nil, count: count)
    }

    /// The pictures of a list of numbers, as they were rendered.
    package func samples(_ numbers: [Int]) -> [Sample] {
        let missing = Set(numbers.filter { kept[$0] == nil }).sorted()
        for (number, sample) in zip(missing, parallelMap(missing.count) { self.render(missing[$0]) }) { kept[number] = sample }
        return numbers.compactMap { kept[$0] }
    }

    /// A batch of training: the list once in its order, from then on drawn at random; each picture changed.
    package func batch(_ index: Int, count: Int) -> [Sample] {
        var random = RandomSource(seed: RandomSource.derive(seed, UInt64(index) + 1, 0xBA7C))
        let numbers = (0..<count).map { place in index * count + place < kept.count ? index * count + place : random.int(below: kept.count) }
        let seeds = numbers.map { _ in random.next() }, samples = samples(numbers)
        return parallelMap(count) { place in
            var own = RandomSource(seed: seeds[place])
            return samples[place].changed(using: &own)
        }
    }

    private func render(_ number: Int) -> Sample {
        var random = RandomSource(seed: RandomSource.derive(seed, UInt64(number) + 1, 0x91C7))
        // The public release's sizes: one width, two heights.
        let low = random.uniform() < 0.5, height = low ? config.pictureWidth * 2 / 3 : config.pictureWidth * 3 / 4
        let frame = LookFrame(pictureWidth: config.pictureWidth, pictureHeight: height, in: config)
        if random.uniform() < other, let picture = UnanswerablePictures.sample(width: config.pictureWidth, height: height, using: &random) {
            return Sample(picture: frame.fitted(picture), scene: nil)
        }
        let style = isVaried ? RenderStyle.sampled(using: &random) : RenderStyle()
        let renderer = SceneRenderer(width: config.pictureWidth, height: height, camera: world.camera(using: &random), style: style, world: world)
        var sampler = SceneSampler(world)
        sampler.colors = colors
        var scene = sampler.sample(renderer, using: &random)
        let rendering = renderer.render(scene, seed: random.next())
        for i in scene.objects.indices {
            scene.objects[i].box = rendering.boxes[i].map { box in
                let low = frame.framed(box.x, box.y), high = frame.framed(box.z, box.w)
                return [low.x, max(0, low.y), high.x, min(Double(frame.height), high.y)]
            }
            scene.objects[i].pixel = scene.objects[i].pixel.map { pixel in
                let place = frame.framed(pixel.x, pixel.y)
                return [place.x, place.y, pixel.z]
            }
        }
        scene.relationships = [:]
        return Sample(picture: frame.fitted(rendering.picture), scene: scene)
    }
}

extension PictureStream.Sample {
    /// The same scene as a mirror, another exposure and a noisier sensor show it; one in three is much too dark, noisy or out of focus, so that
    /// the reader learns how sure it can be. Colours keep their names.
    package func changed(using random: inout RandomSource) -> Self {
        var changed = random.uniform() < 0.5 ? mirrored() : self
        let isBad = random.uniform() < 0.35, gain = isBad ? exp(-1.2 + 1.5 * random.uniform()) : 0.85 + 0.3 * random.uniform(), lift = 12 * (random.uniform() - 0.5)
        if isBad, random.uniform() < 0.5 { changed.picture.smooth(times: 1 + random.int(below: 5)) }
        let gains = (0..<3).map { _ in Float(gain * (0.96 + 0.08 * random.uniform())) }
        let noise = random.uniform() < 0.4 ? Float((isBad ? 25 : 8) * random.uniform()) : 0, step = 1 + 2 * random.int(below: 500)
        var at = random.int(below: Self.noise.count)
        for i in changed.picture.bytes.indices {
            at = (at &+ step) & (Self.noise.count - 1)
            let value = Float(changed.picture.bytes[i]) * gains[i % 3] + Float(lift) + noise * Self.noise[at]
            changed.picture.bytes[i] = UInt8(min(255, max(0, value + 0.5)))
        }
        return changed
    }

    /// As seen in a mirror: CLEVR's cameras look along the axis behind, so left and right change places and nothing else.
    package func mirrored() -> Self {
        let width = picture.width
        var result = self
        result.picture = picture.mirrored()
        guard let scene else { return result }
        for (i, object) in scene.objects.enumerated() {
            result.scene?.objects[i].position = object.position.map(GroundAxes.mirrored)
            if let pixel = object.pixel { result.scene?.objects[i].pixel = [Double(width) - pixel.x, pixel.y, pixel.z] }
            if let box = object.box { result.scene?.objects[i].box = [Double(width) - box.z, box.y, Double(width) - box.x, box.w] }
        }
        return result
    }

    /// Normal deviates, read at changing strides: drawing one for each pixel would cost more than the network.
    private static let noise: [Float] = {
        var random = RandomSource(seed: 0x0153)
        return (0..<65_536).map { _ in Float(random.normal()) }
    }()
}

extension Picture {
    /// Blurs by (1, 2, 1) / 4 along both axes, so many times: a deviation of √(times / 2) pixels.
    fileprivate mutating func smooth(times: Int) {
        let line = width * 3
        for _ in 0..<times {
            var before = bytes
            for y in 0..<height {
                for i in 0..<line {
                    let at = y * line + i, left = i >= 3 ? at - 3 : at, right = i + 3 < line ? at + 3 : at
                    bytes[at] = UInt8((Int(before[left]) + 2 * Int(before[at]) + Int(before[right]) + 2) / 4)
                }
            }
            before = bytes
            for at in bytes.indices {
                let above = at >= line ? at - line : at, below = at + line < bytes.count ? at + line : at
                bytes[at] = UInt8((Int(before[above]) + 2 * Int(before[at]) + Int(before[below]) + 2) / 4)
            }
        }
    }
}
