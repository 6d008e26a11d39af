import Files

/// One change of a scene.
public enum SceneEdit: Hashable, Sendable, CustomStringConvertible {
    /// An object more, after the others.
    case added(ObjectScene.Object)
    /// An object less; those after it move up.
    case removed(Int)
    /// An object at another place.
    case moved(Int, to: SIMD3<Double>)
    /// An object with another value of an attribute.
    case changed(Int, attribute: String, value: String)

    /// What is done, in words; numbers of objects are those before the edit.
    public var description: String {
        switch self {
        case .added(let object): "add a \(Self.name(object.attributes))\(object.position.map { " at (\(brief($0.x)), \(brief($0.y)))" } ?? "")"
        case .removed(let index): "remove object \(index)"
        case .moved(let index, let place): "move object \(index) to (\(brief(place.x)), \(brief(place.y)))"
        case .changed(let index, let attribute, let value): "make the \(attribute) of object \(index) \(value)"
        }
    }

    /// What is done to a scene, with its objects called by what they are: `make the red large cube (object 2) green`.
    public func description(in scene: ObjectScene) -> String {
        func name(_ index: Int) -> String {
            guard scene.objects.indices.contains(index) else { return "object \(index)" }
            return "the \(Self.name(scene.objects[index].attributes)) (object \(index))"
        }
        return switch self {
        case .added: description
        case .removed(let index): "remove \(name(index))"
        case .moved(let index, let place): "move \(name(index)) to (\(brief(place.x)), \(brief(place.y)))"
        case .changed(let index, _, let value): "make \(name(index)) \(value)"
        }
    }

    private static func name(_ attributes: [String: String]) -> String {
        let known = Domain.clevr.attributes.compactMap { attributes[$0.name] }
        return (known.isEmpty ? attributes.keys.sorted().compactMap { attributes[$0] } : known).joined(separator: " ")
    }

    /// The scene after the edit, with relations derived from places anew where the scene has places; nil where the object is not there, or where
    /// a file's stated relations cannot follow.
    public func applied(to scene: ObjectScene) -> ObjectScene? {
        var edited = scene
        switch self {
        case .added(let object): edited.objects.append(object)
        case .removed(let index):
            guard edited.objects.indices.contains(index) else { return nil }
            edited.objects.remove(at: index)
        case .moved(let index, let place):
            guard edited.objects.indices.contains(index) else { return nil }
            edited.objects[index].position = place
        case .changed(let index, let attribute, let value):
            guard edited.objects.indices.contains(index), edited.objects[index].attributes[attribute] != nil else { return nil }
            edited.objects[index].attributes[attribute] = value
            // CLEVR's things stand on the ground: their middle is as high as half their size.
            let half = World.clevr.half(of: value)
            if attribute == "size", half > 0, edited.objects[index].position?.z != nil { edited.objects[index].position?.z = half }
        }
        if edited.objects.allSatisfy({ $0.position != nil }) {
            if !scene.relationships.isEmpty { edited.stateRelationships() }
        } else if !scene.relationships.isEmpty, edited.objects.count != scene.objects.count {
            return nil
        }
        return edited
    }
}
