import Files

/// One thing that is drawn: its class, its ink box and the indices of its strokes in the scene.
public struct SceneObject: Hashable, Sendable {
    /// QuickDraw's word with spaces (`cell phone`); `class` in JSON.
    public var className: String
    /// The exact ink box of the object's strokes, canvas pixels.
    public var box: Box
    /// Indices into the scene's `strokes`, in drawing order.
    public var strokes: [Int]
    /// 0…1, where a detector found the object.
    public var confidence: Double?
    /// Keys of the file that Atelier does not know, kept.
    public var extra: [String: JSONValue]

    /// An object by its parts. Nothing is checked here: `box` should be the ink box of the strokes, which the caller knows.
    public init(className: String, box: Box, strokes: [Int], confidence: Double? = nil, extra: [String: JSONValue] = [:]) {
        self.className = className
        self.box = box
        self.strokes = strokes
        self.confidence = confidence
        self.extra = extra
    }
}

/// A canvas with what is drawn on it: strokes, the objects they form, and relations between objects.
///
/// Coordinates are pixels, y down. Strokes may lie outside the canvas and are kept. Its JSON is the exchange form of Atelier.
public struct Scene: Hashable, Sendable {
    /// The words that the scene was drawn from.
    public var prompt: String?
    /// The canvas, in pixels: more than 0.
    public var width, height: Double
    /// The seed that alone reproduces the scene with `model`.
    public var seed: UInt64?
    /// The name of the model that drew the scene.
    public var model: String?
    /// What is drawn, each with its strokes; a stroke may belong to none.
    public var objects: [SceneObject]
    /// The ink, in drawing order.
    public var strokes: [Stroke]
    /// Statements about the objects, by their indices; not checked against the ink.
    public var relations: [Relation]
    /// Why a line of a batch could not be done; `nil` for a scene that is as wanted.
    public var error: String?
    /// Keys of the file that Atelier does not know, kept.
    public var extra: [String: JSONValue]

    /// The version of the JSON form.
    public var version: Int { Sketches.sceneVersion }

    /// A scene by its parts, an empty canvas by default; `width` and `height` in pixels. Indices are not checked here.
    public init(prompt: String? = nil, width: Double, height: Double, seed: UInt64? = nil, model: String? = nil,
                objects: [SceneObject] = [], strokes: [Stroke] = [], relations: [Relation] = [], error: String? = nil,
                extra: [String: JSONValue] = [:]) {
        self.prompt = prompt
        (self.width, self.height) = (width, height)
        self.seed = seed
        self.model = model
        self.objects = objects
        self.strokes = strokes
        self.relations = relations
        self.error = error
        self.extra = extra
    }

    /// The longest side of the canvas, pixels.
    public var longestSide: Double { max(width, height) }

    /// The strokes of an object, in its order. Indices without a stroke are passed over.
    public func strokes(of object: SceneObject) -> [Stroke] {
        object.strokes.compactMap { strokes.indices.contains($0) ? strokes[$0] : nil }
    }

    /// The indices of the strokes that belong to no object, in drawing order.
    public var looseStrokes: [Int] {
        let owned = Set(objects.flatMap(\.strokes))
        return strokes.indices.filter { !owned.contains($0) }
    }

    /// The scene without those strokes. Indices are renumbered; an object that loses its last stroke goes, with its relations; an object
    /// that loses some gets the ink box of the rest. Everything else is equal.
    public func removing(strokes removed: Set<Int>) -> Scene {
        var result = self
        var newIndex: [Int: Int] = [:]
        result.strokes = []
        for (i, stroke) in strokes.enumerated() where !removed.contains(i) {
            newIndex[i] = result.strokes.count
            result.strokes.append(stroke)
        }
        var newObject: [Int: Int] = [:]
        result.objects = []
        for (i, object) in objects.enumerated() {
            var object = object
            let before = object.strokes
            object.strokes = before.compactMap { newIndex[$0] }
            if object.strokes.isEmpty, !before.isEmpty { continue }
            if object.strokes.count < before.count, let box = Box.of(result.strokes(of: object)) { object.box = box }
            newObject[i] = result.objects.count
            result.objects.append(object)
        }
        result.relations = relations.compactMap { relation in
            guard let subject = newObject[relation.subject], let object = newObject[relation.object] else { return nil }
            return Relation(relation.kind, subject: subject, object: object)
        }
        return result
    }
}
