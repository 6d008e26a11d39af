import Foundation
import Reasoner
import Tensors
import Testing

/// The eye of the reasoner, on small shapes.
struct LookTests {
    static func config(frames: Int = 1) -> LookConfig {
        var config = LookConfig()
        (config.pictureWidth, config.pictureHeight, config.stem, config.features) = (24, 16, [8], 16)
        (config.layers, config.heads, config.hiddenWidth, config.frames) = (2, 4, 24, frames)
        return config
    }

    static func pictures(_ count: Int, seed: UInt64 = 1) -> Tensor {
        var random = RandomSource(seed: seed)
        return Tensor((0..<count * 3 * 16 * 24).map { _ in Float(random.uniform()) }, shape: [count, 3, 16, 24])
    }

    @Test("Grid features have a row a cell, and come back bit for bit")
    func shape() {
        let config = Self.config(), look = Look(config: config, seed: 1), pictures = Self.pictures(2)
        #expect(config.cell == 4 && config.cells == 24)
        let features = withoutGradients { look(pictures) }
        #expect(features.shape == [2 * 24, 16] && features.isFinite)
        #expect(withoutGradients { look(pictures) }.array() == features.array())
        #expect(withoutGradients { Look(config: config, seed: 1)(pictures) }.array() == features.array())
        #expect(withoutGradients { Look(config: config, seed: 2)(pictures) }.array() != features.array())
    }

    @Test("Entries do not see each other; frames see those before them only")
    func separation() {
        let look = Look(config: Self.config(frames: 3), seed: 3), a = Self.pictures(3, seed: 4).array(), b = Self.pictures(3, seed: 5).array()
        let each = 3 * 16 * 24, rows = 24 * 16
        func features(_ values: [Float]) -> [Float] { withoutGradients { look(Tensor(values, shape: [values.count / each, 3, 16, 24]), frames: 3) }.array() }
        let both = features(a + b)
        #expect(Array(both[..<(3 * rows)]) == features(a) && Array(both[(3 * rows)...]) == features(b))
        // The last frame is another: the first two stay as they were.
        let changed = features(Array(a[..<(2 * each)]) + Array(b[(2 * each)...])), same = features(a)
        #expect(Array(changed[..<(2 * rows)]) == Array(same[..<(2 * rows)]) && changed != same)
        // The first frame is another: all change.
        let earlier = features(Array(b[..<each]) + Array(a[each...]))
        #expect(earlier[(2 * rows)...] != same[(2 * rows)...])
    }

    @Test("Every weight gets the gradient that differences show", arguments: [1, 2])
    func gradients(frames: Int) {
        let look = Look(config: Self.config(frames: frames), seed: 6), pictures = Self.pictures(frames, seed: 7)
        var random = RandomSource(seed: 8)
        let direction = Tensor.normal([frames * 24, 16], deviation: 1, using: &random)
        func value() -> Tensor { (look(pictures, frames: frames) * direction).mean() }
        value().backward()
        for parameter in look.parameters {
            let gradient = parameter.tensor.gradient?.array() ?? [], values = parameter.tensor.array()
            #expect(gradient.count == values.count, "\(parameter.name)")
            guard let at = gradient.indices.max(by: { abs(gradient[$0]) < abs(gradient[$1]) }) else { continue }
            func moved(_ by: Float) -> Double {
                var other = values
                other[at] += by
                parameter.tensor.copy(from: other)
                defer { parameter.tensor.copy(from: values) }
                return Double(withoutGradients { value() }.item)
            }
            let step: Float = 4e-3, slope = (moved(step) - moved(-step)) / Double(2 * step)
            #expect(abs(slope - Double(gradient[at])) < 2e-4 + 0.05 * abs(slope), "\(parameter.name): \(slope), \(gradient[at])")
        }
    }

    @Test("A shape is read back, and one that cannot be built is refused")
    func configs() throws {
        let config = Self.config(frames: 2)
        #expect(try JSONDecoder().decode(LookConfig.self, from: JSONEncoder().encode(config)) == config)
        #expect(try JSONDecoder().decode(LookConfig.self, from: Data("{}".utf8)) == LookConfig())
        for bad in [#"{"picture_width": 330}"#, #"{"stem": [9]}"#, #"{"stem": []}"#, #"{"heads": 5}"#, #"{"frames": 0}"#, #"{"features": 12}"#, #"{"layers": -1}"#, #"{"hidden_width": 1e9}"#] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(LookConfig.self, from: Data(bad.utf8)) }
        }
    }
}
