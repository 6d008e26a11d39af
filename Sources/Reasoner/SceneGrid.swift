import Foundation
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
    /// What objects can be.
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

    /// Fresh weights.
    public init(config: LookConfig, domain: Domain = .clevr, seed: UInt64) {
        look = Look(config: config, seed: seed)
        self.domain = domain
        var parameters: [NamedTensor] = [], place: UInt64 = 0x6121D
        let G = config.features, slots = Self.perCell * Self.perCell
        func head(_ name: String, _ outputs: Int, bias: [Float]? = nil) -> Head {
            place += 1
            var random = RandomSource(seed: RandomSource.derive(seed, place))
            let weight = Tensor.normal([outputs, G], deviation: 0.3 / Float(G).squareRoot(), using: &random)
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
        let all = linear(x, ([presence] + attributes + [geometry]).map { ($0.weight, $0.bias) })                    // [B·N, 4·outputs] each
        let rows = all.map { $0.reshaped([B * S, $0.shape[1] / (Self.perCell * Self.perCell)]) }                       // [B·S, outputs] each
        let mean = averagePositions(x.reshaped([B, N, look.config.features]))                                       // [B, G]
        return Outputs(
            presence: rows[0], attributes: Array(rows[1...attributes.count]), geometry: rows[attributes.count + 1],
            whole: linear(mean, whole.weight, bias: whole.bias))
    }

    /// Where the slots are.
    package var slots: GridSlots { GridSlots(look.config) }
}

/// The slots of a grid: which pixels they cover, and which point of the ground usually lies there.
package struct GridSlots: Sendable {
    /// Pixels of a slot's side.
    let size: Double
    /// Slots across and down.
    let columns: Int, rows: Int
    private let width: Int, height: Int

    init(_ config: LookConfig) {
        size = Double(config.cell / SceneGrid.perCell)
        (columns, rows) = (config.columns * SceneGrid.perCell, config.rows * SceneGrid.perCell)
        (width, height) = (config.pictureWidth, config.pictureHeight)
    }

    /// S.
    package var count: Int { columns * rows }

    /// The number of the slot at a column and row: cell by cell, as the heads write them.
    func index(_ column: Int, _ row: Int) -> Int {
        let k = SceneGrid.perCell
        return ((row / k) * (columns / k) + column / k) * k * k + row % k * k + column % k
    }

    /// The middle of a slot, frame pixels.
    func middle(_ index: Int) -> SIMD2<Double> {
        let k = SceneGrid.perCell, cell = index / (k * k), within = index % (k * k), across = columns / k
        return [Double(cell % across * k + within % k) * size + size / 2, Double(cell / across * k + within / k) * size + size / 2]
    }

    /// The point, along right and behind, that CLEVR's camera without jitter sees in the slot's middle, half a unit above the ground, within ±5: places
    /// are told as differences from it.
    func anchor(_ index: Int) -> SIMD2<Double> {
        guard let point = Camera().point(at: middle(index), z: 0.5, width: width, height: height) else { return .zero }
        return GroundAxes.along(point).clamped(lowerBound: .init(repeating: -5), upperBound: .init(repeating: 5))
    }
}
