import Foundation
import Pictures
import Scenes
import Tensors

/// What a picture shows, read off the grid features of ``Look``: the surrogate task that teaches it to see.
///
/// Each cell of the grid has 2 × 2 slots of 8 × 8 pixels. A slot says whether an object's centre lies in it, what the object is, where in the slot
/// its centre is, its box, and where on the ground it stands; one further output says whether the picture is a scene at all. Centres as points of
/// a dense map follow Zhou et al. 2019, "Objects as Points".
///
/// Letters: B pictures, N cells, S = 4·N slots, G features.
public final class SceneGrid {
    /// The shape of the eye.
    public let look: Look
    /// What objects can be and where they are seen from.
    public let world: World
    /// What objects can be, in words.
    public let domain: Domain
    /// All weights, the eye's first.
    public let parameters: [NamedTensor]

    private let presence: Head, attributes: [Head], geometry: Head, whole: Head
    private struct Head { let weight, bias: Tensor }

    /// Slots along a cell's side.
    static let perCell = 2
    /// Centre in the slot (2), box (4), place on the ground (2).
    package static let geometryCount = 8

    /// What the heads say of a batch.
    package struct Outputs {
        /// [B·S, 2]: no centre here, a centre.
        package let presence: Tensor
        /// [B·S, values] each.
        package let attributes: [Tensor]
        /// [B·S, 8]
        package let geometry: Tensor
        /// [B, 2]: another picture, a scene.
        package let whole: Tensor

        package init(presence: Tensor, attributes: [Tensor], geometry: Tensor, whole: Tensor) {
            (self.presence, self.attributes, self.geometry, self.whole) = (presence, attributes, geometry, whole)
        }
    }

    /// Fresh weights; as in ``Look``.
    public init(config: LookConfig, world: World = .clevr, seed: UInt64?) {
        look = Look(config: config, seed: seed)
        (self.world, domain) = (world, world.domain)
        var parameters: [NamedTensor] = [], place: UInt64 = 0x6121D
        let G = config.features, slots = Self.perCell * Self.perCell
        func head(_ name: String, _ outputs: Int, bias: [Float]? = nil) -> Head {
            place += 1
            let weight = seed.map { seed in
                var random = RandomSource(seed: RandomSource.derive(seed, place))
                return Tensor.normal([outputs, G], deviation: 0.3 / Float(G).squareRoot(), using: &random)
            } ?? Tensor(zeros: [outputs, G])
            let bias = Tensor(bias ?? [Float](repeating: 0, count: outputs), shape: [outputs])
            for (suffix, tensor) in [("weight", weight), ("bias", bias)] {
                tensor.requiresGradient = true
                parameters.append(NamedTensor(name: "grid.\(name).\(suffix)", tensor: tensor))
            }
            return Head(weight: weight, bias: bias)
        }
        // Few slots have a centre: begin with saying so.
        presence = head("presence", slots * 2, bias: (0..<slots).flatMap { _ in [2, -2] })
        attributes = domain.attributes.map { head("attribute." + $0.name, slots * $0.values.count) }
        geometry = head("geometry", slots * Self.geometryCount)
        whole = head("whole", 2)
        self.parameters = look.parameters + parameters
    }

    /// What the heads say of pictures [B, 3, H, W] as ``LookFrame`` makes them.
    package func callAsFunction(_ pictures: Tensor) -> Outputs {
        let B = pictures.shape[0], S = slots.count, N = look.config.cells
        let x = look(pictures)                                                                                      // [B·N, G]
        let plain = heads.filter { !$0.isColorless }, blind = heads.filter(\.isColorless)
        var all = zip(plain, linear(x, plain.map { ($0.head.weight, $0.head.bias) })).map { ($0.place, $1) }           // [B·N, 4·outputs] each
        if !blind.isEmpty {
            let y = look(Self.withoutColors(pictures))                                                              // [B·N, G]
            all += zip(blind, linear(y, blind.map { ($0.head.weight, $0.head.bias) })).map { ($0.place, $1) }
        }
        let rows = all.sorted { $0.0 < $1.0 }.map { $1.reshaped([B * S, $1.shape[1] / (Self.perCell * Self.perCell)]) }    // [B·S, outputs] each
        let mean = averagePositions(x.reshaped([B, N, look.config.features]))                                       // [B, G]
        return Outputs(
            presence: rows[0], attributes: Array(rows[1...attributes.count]), geometry: rows[attributes.count + 1],
            whole: linear(mean, whole.weight, bias: whole.bias))
    }

    /// The heads of slots in the order of the outputs, and whether each reads the look without colours.
    private var heads: [(place: Int, head: Head, isColorless: Bool)] {
        let colorless = [false] + domain.attributes.map { look.config.colorless.contains($0.name) } + [false]
        return zip([presence] + attributes + [geometry], colorless).enumerated().map { ($0, $1.0, $1.1) }
    }

    /// Each pixel's red, green and blue in the proportion in which eyes see their brightness (ITU-R BT.601), in the place of all three.
    private static func withoutColors(_ pictures: Tensor) -> Tensor {
        let B = pictures.shape[0], area = pictures.shape[2] * pictures.shape[3], old = pictures.array()
        let planes = parallelMap(B) { b in
            let at = b * 3 * area
            let brightness = (0..<area).map { 0.299 * old[at + $0] + 0.587 * old[at + area + $0] + 0.114 * old[at + 2 * area + $0] }
            return brightness + brightness + brightness
        }
        return Tensor(planes.flatMap { $0 }, shape: pictures.shape)
    }

    /// What a language model's cross-attention asks, [B·N, G]: the look's features, and where in the picture each of them is (sines and cosines of
    /// column and row, as Carion et al. 2020, DETR, add them to keys), which the look itself needs only here and there.
    package func features(_ frames: [Picture]) -> Tensor {
        let config = look.config, N = config.cells, G = config.features
        let code = (0..<N).flatMap { cell in
            (0..<G).map { g -> Float in
                // Waves of 2 to 80 cells: half of the features for the column, half for the row.
                let place = Float(g < G / 2 ? cell % config.columns : cell / config.columns), wave = Float(g % (G / 2) / 2) / Float(max(1, G / 4 - 1))
                let angle = 2 * Float.pi * place / (2 * exp(wave * log(40)))
                return g % 2 == 0 ? sin(angle) : cos(angle)
            }
        }
        let places = Tensor(code, shape: [N, G])
        return withoutGradients { look(LookFrame.tensor(frames)) + embedding(places, ids: (0..<frames.count * N).map { Int32($0 % N) }) }
    }

    /// Where the slots are.
    package var slots: GridSlots { GridSlots(look.config, camera: world.viewpoint) }
}

/// The slots of a grid: which pixels they cover, and which point of the ground usually lies there.
package struct GridSlots: Sendable {
    /// Pixels of a slot's side.
    let size: Double
    /// Slots across and down.
    let columns: Int, rows: Int
    private let width: Int, height: Int, camera: Camera

    init(_ config: LookConfig, camera: Camera) {
        size = Double(config.cell / SceneGrid.perCell)
        (columns, rows) = (config.columns * SceneGrid.perCell, config.rows * SceneGrid.perCell)
        (width, height, self.camera) = (config.pictureWidth, config.pictureHeight, camera)
    }

    /// S.
    package var count: Int { columns * rows }

    /// The number of the slot at a column and row: cell by cell, as the heads write them.
    func index(_ column: Int, _ row: Int) -> Int {
        let k = SceneGrid.perCell
        return ((row / k) * (columns / k) + column / k) * k * k + row % k * k + column % k
    }

    /// The slot that a mirror between left and right shows in the place of another.
    package func mirrored(_ index: Int) -> Int {
        let k = SceneGrid.perCell, cell = index / (k * k), across = columns / k
        return self.index(columns - 1 - (cell % across * k + index % k), cell / across * k + index % (k * k) / k)
    }

    /// The middle of a slot, frame pixels.
    package func middle(_ index: Int) -> SIMD2<Double> {
        let k = SceneGrid.perCell, cell = index / (k * k), within = index % (k * k), across = columns / k
        return [Double(cell % across * k + within % k) * size + size / 2, Double(cell / across * k + within / k) * size + size / 2]
    }

    /// The point, along right and behind, that the world's camera without jitter sees in the slot's middle, half a unit above the ground, within ±5: places
    /// are told as differences from it.
    func anchor(_ index: Int) -> SIMD2<Double> {
        guard let point = camera.point(at: middle(index), z: 0.5, width: width, height: height) else { return .zero }
        return GroundAxes.along(point).clamped(lowerBound: .init(repeating: -5), upperBound: .init(repeating: 5))
    }
}
