import Scenes

extension SceneReading {
    /// A scene that the picture may show.
    public struct Hypothesis: Sendable {
        /// The scene.
        public var scene: ObjectScene
        /// Its probability through that of the likeliest scene.
        public var weight: Double
        /// How it differs from the likeliest: `"object 2 is a sphere"`; nil for that one.
        public var change: String?
    }

    /// Hypotheses lighter than this are left out.
    private static let least = 1e-5
    /// How many of the heaviest changes are also taken two at a time.
    private static let paired = 12

    /// The likeliest scene and those that differ from it in one thing (an object less or more, another value), or in two of the likeliest such
    /// things; heaviest first. Beliefs of different things are taken as independent.
    public func hypotheses() -> [Hypothesis] {
        var changes = singleChanges()
        changes.sort { $0.weight > $1.weight }
        var all = [Hypothesis(scene: scene, weight: 1, change: nil)]
        all += changes.map { Hypothesis(scene: $0.applied(to: scene), weight: $0.weight, change: $0.name) }
        let likely = changes.prefix(Self.paired)
        for (index, a) in likely.enumerated() {
            for b in likely.prefix(index) where a.weight * b.weight > Self.least && a.isCompatible(with: b) {
                // An object that goes shifts the numbers of those after it: values are changed first.
                let (first, second) = a.removes == nil ? (a, b) : (b, a)
                guard first.removes == nil else { continue }
                all.append(Hypothesis(scene: second.applied(to: first.applied(to: scene)), weight: a.weight * b.weight, change: "\(first.name), \(second.name)"))
            }
        }
        return all.sorted { $0.weight > $1.weight }
    }

    private struct Change {
        var name: String, weight: Double
        var object: Int?, removes: Int?
        var attribute: String?, value: String?
        var added: ObjectScene.Object?

        func isCompatible(with other: Change) -> Bool {
            guard let object, let its = other.object, object == its else { return true }
            return removes == nil && other.removes == nil && attribute != other.attribute
        }

        func applied(to scene: ObjectScene) -> ObjectScene {
            var result = scene
            if let object, let attribute, let value, result.objects.indices.contains(object) { result.objects[object].attributes[attribute] = value }
            if let removes { result.objects.remove(at: removes) }
            if let added { result.objects.append(added) }
            result.relationships = [:]
            return result
        }
    }

    private func singleChanges() -> [Change] {
        var changes: [Change] = []
        func odds(_ p: Double, _ q: Double) -> Double { p / max(q, 1e-12) }
        for (index, belief) in beliefs.enumerated() {
            changes.append(Change(name: "object \(index) is not there", weight: odds(1 - belief.presence, belief.presence), object: index, removes: index))
            for attribute in domain.attributes {
                guard let p = belief.attributes[attribute.name], let best = p.max() else { continue }
                for (value, own) in zip(attribute.values, p) where scene.objects[index].attributes[attribute.name] != value {
                    changes.append(Change(name: "object \(index) is \(value)", weight: odds(own, best), object: index, attribute: attribute.name, value: value))
                }
            }
        }
        for (object, belief) in doubtful {
            changes.append(Change(name: "there is a \(domain.name(of: object)) too", weight: odds(belief.presence, 1 - belief.presence), added: object))
        }
        return changes.filter { $0.weight > Self.least }
    }
}
