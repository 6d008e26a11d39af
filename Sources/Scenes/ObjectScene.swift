import Files

/// Objects with attributes and places, as a picture shows them or a file lists them: CLEVR's scene form, opened to other worlds.
public struct ObjectScene: Hashable, Sendable {
    /// One object.
    public struct Object: Hashable, Sendable {
        /// Values by attribute: `["size": "small", "color": "red", …]`. Which attributes there are is the world's matter (``Domain``).
        public var attributes: [String: String]
        /// Centre in scene units (CLEVR's `3d_coords`: x, y on the ground, z up); nil where it is not known.
        public var position: SIMD3<Double>?
        /// Turn about the vertical as CLEVR's files have it: a number in 0..<360 that its generator draws as degrees and then gives to Blender,
        /// which takes radians. So the turn seen in a picture is this many radians (measured: the public set's masks fit no other reading).
        public var rotation: Double?
        /// Centre in the picture, pixels from the top left, and distance from the camera (`pixel_coords`).
        public var pixel: SIMD3<Double>?
        /// Left, top, right, bottom in the picture, pixels, right and bottom excluded.
        public var box: SIMD4<Double>?
        /// 0…1, where a detector found the object.
        public var confidence: Double?
        /// Other keys of the object in its file.
        public var extra: [String: JSONValue]

        /// An object with these attributes, at this place.
        public init(_ attributes: [String: String], position: SIMD3<Double>? = nil, rotation: Double? = nil) {
            self.attributes = attributes
            self.position = position
            self.rotation = rotation
            extra = [:]
        }
    }

    /// The objects; their numbers in programs are places in this list.
    public var objects: [Object]
    /// The picture's file name, where there is a picture.
    public var imageFilename: String?
    /// The scene's number in its set.
    public var imageIndex: Int?
    /// The set's name (`train`, `val`).
    public var split: String?
    /// Direction of each relation in scene units (`right`, `behind`, …).
    public var directions: [String: SIMD3<Double>]
    /// `relationships["left"][i]`: the objects that are left of object i, as the file says. Where a relation is missing here, ``related(_:to:)``
    /// derives it from places.
    public var relationships: [String: [[Int]]]
    /// Other keys of the scene in its file.
    public var extra: [String: JSONValue]

    /// A scene of these objects with CLEVR's directions.
    public init(_ objects: [Object]) {
        self.objects = objects
        directions = Self.clevrDirections
        relationships = [:]
        extra = [:]
    }

    /// The directions of the public set, alike in all its pictures but for rounding.
    public static let clevrDirections: [String: SIMD3<Double>] = [
        "right": [0.65631, 0.75449, 0], "left": [-0.65631, -0.75449, 0],
        "behind": [-0.75449, 0.65631, 0], "front": [0.75449, -0.65631, 0],
    ]

    /// How far along a direction another object must be to stand in its relation (CLEVR's generator: 0.2).
    public static let relationThreshold = 0.2

    /// The objects that stand in `relation` to object `index` ("left": those left of it), in ascending order: as the file states it, else by
    /// places. nil where neither tells.
    public func related(_ relation: String, to index: Int) -> [Int]? {
        if let stated = relationships[relation] { return index < stated.count ? Set(stated[index]).subtracting([index]).sorted() : nil }
        guard let direction = directions[relation], let from = objects[index].position else { return nil }
        var found: [Int] = []
        for (other, object) in objects.enumerated() where other != index {
            guard let to = object.position else { return nil }
            let along = (to - from) * direction
            if along.x + along.y + along.z > Self.relationThreshold { found.append(other) }
        }
        return found
    }

    /// Fills `relationships` from places for every direction; objects without a place leave it as it was.
    public mutating func stateRelationships() {
        guard objects.allSatisfy({ $0.position != nil }) else { return }
        relationships = [:]
        for relation in directions.keys.sorted() {
            let all = objects.indices.map { related(relation, to: $0) ?? [] }
            relationships[relation] = all
        }
    }
}
