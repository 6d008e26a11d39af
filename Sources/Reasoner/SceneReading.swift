import Foundation
import Pictures
import Scenes
import Tensors

/// What a picture was read as: a scene, and how sure the reader is of each part.
public struct SceneReading: Sendable {
    /// How likely each value of each attribute of an object is, and that it is there.
    public struct Belief: Sendable {
        /// That there is such an object.
        public var presence: Double
        /// Probabilities of the domain's values, by attribute.
        public var attributes: [String: [Double]]

        /// A belief.
        public init(presence: Double, attributes: [String: [Double]]) { (self.presence, self.attributes) = (presence, attributes) }
    }

    /// What objects can be.
    public var domain: Domain
    /// The objects that are more likely there than not, from left to right, with boxes and centres in picture pixels.
    public var scene: ObjectScene
    /// What is believed of each of them.
    public var beliefs: [Belief]
    /// Objects that may be there, but probably are not.
    public var doubtful: [(object: ObjectScene.Object, belief: Belief)]
    /// Probability that the picture shows such a scene at all.
    public var isScene: Double

    /// A reading of another detector's beliefs, one for each object of the scene.
    public init(domain: Domain, scene: ObjectScene, beliefs: [Belief], doubtful: [(object: ObjectScene.Object, belief: Belief)] = [], isScene: Double = 1) {
        (self.domain, self.scene, self.beliefs, self.doubtful, self.isScene) = (domain, scene, beliefs, doubtful, isScene)
    }
}

extension SceneReading {
    /// The boxes of all objects, doubtful ones too, with the probabilities that there is one.
    public var boxes: [(box: SIMD4<Double>, confidence: Double)] {
        let certain = zip(scene.objects, beliefs).map { ($0.box, $1.presence) }, others = doubtful.map { ($0.object.box, $0.belief.presence) }
        return (certain + others).compactMap { box, confidence in box.map { ($0, confidence) } }
    }
}

extension SceneGrid {
    /// Objects below this probability are not heard of.
    static let doubt = 0.02

    /// Whether two readings are of one object. CLEVR's rules leave a quarter of a unit between the rims of two, so centres of small ones are 0.95
    /// apart and those of large ones 1.65: nearer than that lie only two readings of one, if they are alike; those that differ must be nearer still.
    static func areOne(_ a: ObjectScene.Object, _ b: ObjectScene.Object) -> Bool {
        guard let p = a.position, let q = b.position else { return false }
        let away = SIMD2(p.x - q.x, p.y - q.y), least = 0.25 + p.z + q.z
        return (away * away).sum().squareRoot() < (a.attributes == b.attributes ? 0.85 * least : 0.55)
    }

    /// Reads pictures of any size.
    public func read(_ pictures: [Picture]) -> [SceneReading] {
        guard !pictures.isEmpty else { return [] }
        let frames = pictures.map { LookFrame(pictureWidth: $0.width, pictureHeight: $0.height, in: look.config) }
        let fitted = zip(frames, pictures).map { $0.fitted($1) }
        return bothWays(fitted).readings(frames, slots: slots, world: world)
    }

    /// Reads one picture.
    public func read(_ picture: Picture) -> SceneReading {
        read([picture])[0]
    }
}

extension SceneGrid.Outputs {
    /// The readings of a batch, one for each frame.
    package func readings(_ frames: [LookFrame], slots: GridSlots, world: World) -> [SceneReading] {
        let domain = world.domain
        let there = presence.array(), values = attributes.map { $0.array() }, geometry = geometry.array(), whole = whole.array(), S = slots.count
        return frames.enumerated().map { picture, frame in
            var found: [(object: ObjectScene.Object, belief: SceneReading.Belief)] = []
            var likely: [(slot: Int, p: Double)] = []
            for slot in 0..<S {
                let at = (picture * S + slot) * 2, p = Self.probabilities(there[at..<at + 2])[1]
                if p > SceneGrid.doubt { likely.append((slot, p)) }
            }
            likely.sort { $0.p != $1.p ? $0.p > $1.p : $0.slot < $1.slot }
            for (slot, p) in likely {
                let row = picture * S + slot
                let own = zip(domain.attributes, values).map { attribute, all in
                    (attribute.name, Self.probabilities(all[row * attribute.values.count..<(row + 1) * attribute.values.count]))
                }
                let belief = SceneReading.Belief(presence: p, attributes: Dictionary(uniqueKeysWithValues: own))
                let object = Self.object(belief, Array(geometry[row * 8..<row * 8 + 8]), slot: slot, slots, frame, domain, world)
                // A centre near an edge is shared by slots: its probability is that of all that tell of one place.
                if let first = found.firstIndex(where: { SceneGrid.areOne($0.object, object) }) {
                    found[first].belief.presence = min(1, found[first].belief.presence + p)
                    continue
                }
                found.append((object, belief))
            }
            for i in found.indices {
                // In the domain's order: a dictionary's is another in each process, and so would be the last bits of the product.
                found[i].object.confidence = domain.attributes.reduce(found[i].belief.presence) { $0 * (found[i].belief.attributes[$1.name]?.max() ?? 1) }
            }
            // CLEVR's scenes have ten objects at most: of more, those that are least likely there and least clearly something are none.
            let kept = found.filter { $0.belief.presence >= 0.5 }.sorted { ($0.object.confidence ?? 0) > ($1.object.confidence ?? 0) }.prefix(world.objects[1])
            let doubtful = found.filter { $0.belief.presence < 0.5 }
            let ordered = kept.sorted { ($0.object.pixel?.x ?? 0) < ($1.object.pixel?.x ?? 0) }
            var scene = ObjectScene(ordered.map(\.object))
            scene.stateRelationships()
            let isScene = Self.probabilities(whole[picture * 2..<picture * 2 + 2])[1]
            return SceneReading(domain: domain, scene: scene, beliefs: ordered.map(\.belief), doubtful: doubtful, isScene: isScene)
        }
    }

    private static func object(
        _ belief: SceneReading.Belief, _ geometry: [Float], slot: Int, _ slots: GridSlots, _ frame: LookFrame, _ domain: Domain, _ world: World
    ) -> ObjectScene.Object {
        let g = geometry.map(Double.init), middle = slots.middle(slot), unit = GridTargets.boxUnit
        var object = ObjectScene.Object([:])
        for attribute in domain.attributes {
            guard let p = belief.attributes[attribute.name], let best = p.indices.max(by: { p[$0] < p[$1] }) else { continue }
            object.attributes[attribute.name] = attribute.values[best]
        }
        object.position = GroundAxes.place(slots.anchor(slot) + SIMD2(g[6], g[7]), z: world.half(of: object.attributes["size"]))
        let centre = frame.pictured(middle.x + g[0] * slots.size, middle.y + g[1] * slots.size)
        object.pixel = [centre.x, centre.y, world.viewpoint.project(object.position ?? .zero, width: frame.pictureWidth, height: frame.pictureHeight).z]
        let low = frame.pictured(middle.x + g[2] * unit, middle.y + g[3] * unit), high = frame.pictured(middle.x + g[4] * unit, middle.y + g[5] * unit)
        let (w, h) = (Double(frame.pictureWidth), Double(frame.pictureHeight))
        func within(_ x: Double, _ limit: Double) -> Double { min(max(x, 0), limit) }
        object.box = [within(low.x, w), within(low.y, h), within(max(low.x, high.x), w), within(max(low.y, high.y), h)]
        return object
    }

    static func probabilities(_ logits: ArraySlice<Float>) -> [Double] {
        let top = Double(logits.max() ?? 0), e = logits.map { exp(Double($0) - top) }, sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }
}
