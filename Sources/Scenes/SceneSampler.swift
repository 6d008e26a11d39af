/// Scenes as CLEVR's generator lays them out (Johnson et al. 2017, supplementary A).
public struct SceneSampler: Sendable {
    /// Which colours a shape may have.
    public enum ColorSet: String, Sendable, CaseIterable {
        /// Any.
        case all
        /// CoGenT's conditions: A gives cubes gray, blue, brown, yellow and cylinders red, green, purple, cyan; B swaps the two.
        case cogentA = "A", cogentB = "B"

        /// The colours of a shape.
        public func colors(of shape: String) -> [String] {
            let first = ["gray", "blue", "brown", "yellow"], second = ["red", "green", "purple", "cyan"]
            switch (self, shape) {
            case (.cogentA, "cube"), (.cogentB, "cylinder"): return first
            case (.cogentA, "cylinder"), (.cogentB, "cube"): return second
            default: return Domain.clevr.values(of: "color") ?? []
            }
        }
    }

    /// How many objects.
    public var objects = 3...10
    /// Which colours.
    public var colors = ColorSet.all
    /// Least distance between two objects' rims, scene units.
    public var gap = 0.25
    /// Least distance of two objects along each relation's direction, scene units, so that relations are plain.
    public var margin = 0.4
    /// Least pixels of each object that are not hidden, in a picture of 480 × 320; as much less as a picture is smaller.
    public var visiblePixels = 200
    /// Objects lie within ± this on the ground.
    public var extent = 3.0

    /// CLEVR's rules.
    public init() {}

    /// A scene seen by a camera, with places, pixels, relations; its boxes are those of the picture once it is rendered.
    public func sample(_ renderer: SceneRenderer, using random: inout some RandomNumberGenerator) -> ObjectScene {
        let least = Double(visiblePixels) * Double(renderer.width * renderer.height) / (480 * 320)
        // For the question who hides whom a picture a quarter as wide does.
        var coarse = renderer
        (coarse.width, coarse.height) = (max(80, renderer.width / 2), max(60, renderer.height / 2))
        let coarseLeast = least * Double(coarse.width * coarse.height) / Double(renderer.width * renderer.height)
        // The number is drawn once: drawn again after each failure, scenes of many objects would be rare.
        let count = Int.random(in: objects, using: &random)
        while true {
            guard let placed = place(count, using: &random) else { continue }
            guard coarse.visiblePixels(placed).allSatisfy({ Double($0) >= coarseLeast }) else { continue }
            var scene = placed
            for i in scene.objects.indices {
                scene.objects[i].pixel = scene.objects[i].position.map { renderer.camera.project($0, width: renderer.width, height: renderer.height) }
            }
            scene.stateRelationships()
            return scene
        }
    }

    /// Objects one after another at free places; nil where one finds none in 50 tries.
    private func place(_ count: Int, using random: inout some RandomNumberGenerator) -> ObjectScene? {
        var scene = ObjectScene([])
        func any(_ attribute: String) -> String { Domain.clevr.values(of: attribute)?.randomElement(using: &random) ?? "" }
        for _ in 0..<count {
            let shape = any("shape"), size = any("size"), half = SceneRenderer.halves[size] ?? 0
            let color = colors.colors(of: shape).randomElement(using: &random) ?? "", material = any("material")
            var free: SIMD3<Double>?
            for _ in 0..<50 where free == nil {
                let spot = SIMD3(Double.random(in: -extent...extent, using: &random), Double.random(in: -extent...extent, using: &random), half)
                if scene.objects.allSatisfy({ isClear(spot, half, of: $0, scene.directions) }) { free = spot }
            }
            guard let free else { return nil }
            scene.objects.append(.init(
                ["shape": shape, "size": size, "color": color, "material": material], position: free, rotation: Double.random(in: 0..<360, using: &random)))
        }
        return scene
    }

    private func isClear(_ spot: SIMD3<Double>, _ half: Double, of other: ObjectScene.Object, _ directions: [String: SIMD3<Double>]) -> Bool {
        guard let there = other.position else { return true }
        let between = spot - there, flat = SIMD3(between.x, between.y, 0)
        guard dot(flat, flat).squareRoot() - half - there.z >= gap else { return false }
        return ["right", "behind"].allSatisfy { abs(dot(flat, directions[$0] ?? .zero)) >= margin }
    }

}
