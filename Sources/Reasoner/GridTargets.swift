import Scenes
import Tensors

/// What the heads of ``SceneGrid`` are to say of a batch of pictures.
package struct GridTargets {
    /// [B·S]: 1 where a centre lies; weights are 0 in the slots beside it, of which two could claim it.
    package private(set) var presence: [Int32], presenceWeights: [Float]
    /// Slots that know of an object: those of the centres and those beside them.
    package private(set) var rows: [Int32] = []
    /// For each of these, the number of its object's value of each attribute, [attributes][rows].
    package private(set) var values: [[Int32]]
    /// For each of these, what its geometry is to be, [rows, 8].
    package private(set) var geometry: [Float] = []
    /// [B]: 1 for scenes.
    package private(set) var whole: [Int32] = []
    /// Objects in all pictures.
    package private(set) var objects = 0

    /// - Parameter scenes: places and boxes in frame pixels; nil for pictures that show no scene.
    package init(_ scenes: [ObjectScene?], slots: GridSlots, domain: Domain) {
        presence = [Int32](repeating: 0, count: scenes.count * slots.count)
        presenceWeights = [Float](repeating: 1, count: presence.count)
        values = domain.attributes.map { _ in [] }
        for (picture, scene) in scenes.enumerated() {
            whole.append(scene == nil ? 0 : 1)
            if let scene { add(scene, from: picture * slots.count, slots: slots, domain: domain) }
        }
    }

    private mutating func add(_ scene: ObjectScene, from first: Int, slots: GridSlots, domain: Domain) {
        // The object that each slot tells of: the nearest of those whose centres lie within a slot's width.
        var told: [Int: (object: Int, distance: Double)] = [:]
        for (index, object) in scene.objects.enumerated() {
            guard let pixel = object.pixel else { continue }
            let column = Int((pixel.x / slots.size).rounded(.down)), row = Int((pixel.y / slots.size).rounded(.down))
            guard 0..<slots.columns ~= column, 0..<slots.rows ~= row else { continue }
            objects += 1
            for y in max(0, row - 1)...min(slots.rows - 1, row + 1) {
                for x in max(0, column - 1)...min(slots.columns - 1, column + 1) {
                    let slot = slots.index(x, y), away = SIMD2(pixel.x, pixel.y) - slots.middle(slot)
                    let isCentre = x == column && y == row, distance = isCentre ? -1 : max(abs(away.x), abs(away.y))
                    guard distance < slots.size, distance < told[slot]?.distance ?? .infinity else { continue }
                    told[slot] = (index, distance)
                    if isCentre { presence[first + slot] = 1 }
                    presenceWeights[first + slot] = isCentre || presence[first + slot] == 1 ? 1 : 0
                }
            }
        }
        for (slot, claim) in told.sorted(by: { $0.key < $1.key }) {
            let object = scene.objects[claim.object]
            rows.append(Int32(first + slot))
            for (place, attribute) in domain.attributes.enumerated() {
                values[place].append(object.attributes[attribute.name].flatMap { attribute.values.firstIndex(of: $0) }.map(Int32.init) ?? -1)
            }
            geometry += Self.geometry(of: object, at: slot, slots)
        }
    }

    /// Centre from the slot's middle in slots, edges from it in 32 pixels, place from the anchor in units.
    private static func geometry(of object: ObjectScene.Object, at slot: Int, _ slots: GridSlots) -> [Float] {
        let middle = slots.middle(slot), anchor = slots.anchor(slot), pixel = object.pixel ?? .zero, place = object.position ?? .zero
        let box = object.box ?? [pixel.x, pixel.y, pixel.x, pixel.y], along = GroundAxes.along(place)
        return [
            (pixel.x - middle.x) / slots.size, (pixel.y - middle.y) / slots.size,
            (box.x - middle.x) / boxUnit, (box.y - middle.y) / boxUnit, (box.z - middle.x) / boxUnit, (box.w - middle.y) / boxUnit,
            along.x - anchor.x, along.y - anchor.y,
        ].map { Float($0) }
    }

    /// Frame pixels in which edges of boxes are told.
    static let boxUnit = 32.0
}

extension SceneGrid.Outputs {
    /// Cross-entropies of presence, of each attribute and of being a scene, and absolute errors of the geometry.
    package func loss(_ targets: GridTargets) -> Tensor {
        let count = Float(max(1, targets.objects)), mass = targets.presenceWeights.reduce(0, +)
        var loss = crossEntropy(presence, targets: targets.presence, weights: targets.presenceWeights).scaled(by: mass / count)
            + crossEntropy(whole, targets: targets.whole).scaled(by: 0.5)
        guard !targets.rows.isEmpty else { return loss }
        for (logits, wanted) in zip(attributes, targets.values) where wanted.contains(where: { $0 >= 0 }) {
            loss = loss + crossEntropy(embedding(logits, ids: targets.rows), targets: wanted)                         // [rows, values]
        }
        let wanted = Tensor(targets.geometry.map { -$0 }, shape: [targets.rows.count, SceneGrid.geometryCount])
        let away = embedding(geometry, ids: targets.rows) + wanted                                                   // [rows, 8]
        return loss + (away.relu() + away.scaled(by: -1).relu()).mean().scaled(by: 4)
    }
}
