/// Scenes as CLEVR's generator lays them out, of its world or another (Johnson et al. 2017, supplementary A).
public struct SceneSampler: Sendable {
    /// Which colours a shape may have.
    public enum ColorSet: String, Codable, Sendable, CaseIterable {
        /// Any.
        case all
        /// CoGenT's conditions: A gives cubes gray, blue, brown, yellow and cylinders red, green, purple, cyan; B swaps the two.
        case cogentA = "A", cogentB = "B"

        /// The colours of a shape.
        public func colors(of shape: String, in world: World = .clevr) -> [String] {
            let first = ["gray", "blue", "brown", "yellow"], second = ["red", "green", "purple", "cyan"]
            switch (self, shape) {
            case (.cogentA, "cube"), (.cogentB, "cylinder"): return first
            case (.cogentA, "cylinder"), (.cogentB, "cube"): return second
            default: return world.colors.map(\.name)
            }
        }
    }

    /// What objects can be.
    public let world: World
    private let domain: Domain
    /// How many objects.
    public var objects: ClosedRange<Int>
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
    public init(_ world: World = .clevr) {
        (self.world, domain) = (world, world.domain)
        objects = world.objects[0]...world.objects[1]
    }

    /// A scene seen by a camera, with places, pixels, relations; its boxes are those of the picture once it is rendered.
    public func sample(_ renderer: SceneRenderer, using random: inout some RandomNumberGenerator) -> ObjectScene {
        // The number is drawn once: drawn again after each failure, scenes of many objects would be rare.
        let count = Int.random(in: objects, using: &random)
        while true {
            guard let placed = layout(count, using: &random), isVisible(placed, renderer) else { continue }
            return seen(placed, renderer)
        }
    }

    /// Objects at free places, with relations; nothing is asked about who hides whom.
    public func layout(using random: inout some RandomNumberGenerator) -> ObjectScene {
        let count = Int.random(in: objects, using: &random)
        while true {
            if var scene = layout(count, using: &random) {
                scene.stateRelationships()
                return scene
            }
        }
    }

    /// Whether no object is hidden too far. The picture is looked at in half its size: who hides whom shows there too.
    public func isVisible(_ scene: ObjectScene, _ renderer: SceneRenderer) -> Bool {
        var coarse = renderer
        (coarse.width, coarse.height) = (max(80, renderer.width / 2), max(60, renderer.height / 2))
        let least = Double(visiblePixels) * Double(coarse.width * coarse.height) / (480 * 320)
        return coarse.visiblePixels(scene).allSatisfy { Double($0) >= least }
    }

    /// The scene with its pixels in a renderer's pictures, and its relations.
    public func seen(_ scene: ObjectScene, _ renderer: SceneRenderer) -> ObjectScene {
        var scene = scene
        for i in scene.objects.indices {
            scene.objects[i].pixel = scene.objects[i].position.map { renderer.camera.project($0, width: renderer.width, height: renderer.height) }
        }
        scene.stateRelationships()
        return scene
    }

    /// Whether distances, margins and colours are as the rules want them.
    public func obeysRules(_ scene: ObjectScene) -> Bool {
        for (index, object) in scene.objects.enumerated() {
            guard let place = object.position, abs(place.x) <= extent, abs(place.y) <= extent, scene.objects[..<index].allSatisfy({ isClear(place, of: $0, scene.directions) }),
                  colors.colors(of: object.attributes["shape"] ?? "", in: world).contains(object.attributes["color"] ?? "") else { return false }
        }
        return true
    }

    /// A free place for an object beside those of a scene; nil where 50 tries find none.
    func place(_ object: ObjectScene.Object, besides scene: ObjectScene, using random: inout some RandomNumberGenerator) -> SIMD3<Double>? {
        let half = world.half(of: object.attributes["size"])
        for _ in 0..<50 {
            let spot = SIMD3(Double.random(in: -extent...extent, using: &random), Double.random(in: -extent...extent, using: &random), half)
            if scene.objects.allSatisfy({ isClear(spot, of: $0, scene.directions) }) { return spot }
        }
        return nil
    }

    /// Any object at a free place beside those of a scene.
    func object(besides scene: ObjectScene, using random: inout some RandomNumberGenerator) -> ObjectScene.Object? {
        func any(_ attribute: String) -> String { domain.values(of: attribute)?.randomElement(using: &random) ?? "" }
        let shape = any("shape"), size = any("size"), color = colors.colors(of: shape, in: world).randomElement(using: &random) ?? "", material = any("material")
        var object = ObjectScene.Object(["shape": shape, "size": size, "color": color, "material": material], rotation: Double.random(in: 0..<360, using: &random))
        object.position = place(object, besides: scene, using: &random)
        return object.position == nil ? nil : object
    }

    /// Objects one after another; nil where one finds no place.
    private func layout(_ count: Int, using random: inout some RandomNumberGenerator) -> ObjectScene? {
        var scene = ObjectScene([])
        for _ in 0..<count {
            guard let object = object(besides: scene, using: &random) else { return nil }
            scene.objects.append(object)
        }
        return scene
    }

    /// The height of a thing on the ground is half its size.
    private func isClear(_ spot: SIMD3<Double>, of other: ObjectScene.Object, _ directions: [String: SIMD3<Double>]) -> Bool {
        guard let there = other.position else { return true }
        let between = spot - there, flat = SIMD3(between.x, between.y, 0)
        guard dot(flat, flat).squareRoot() - spot.z - there.z >= gap else { return false }
        return ["right", "behind"].allSatisfy { abs(dot(flat, directions[$0] ?? .zero)) >= margin }
    }
}
