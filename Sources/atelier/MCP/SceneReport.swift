import Files
import Foundation
import Painter
import Sketches

/// What tools tell of a scene: short enough for a language model to read, true of the ink.
struct SceneReport {
    /// The most objects that are listed, and the most whose relations are measured.
    static let objectLimit = 200, relationLimit = 40

    let entry: SceneStore.Entry
    /// What the caller should know.
    var notices: [String] = []
    /// Scenes that were closed for this one.
    var closed: [Int] = []
    /// Relations that were asked for; with none, all that the ink bears out are told.
    var asked: [Relation]?
    /// How surely each object is recognised as what it shall be.
    var recognised: [Double?] = []

    /// The members of the report with their schemas.
    static let members: [String: JSONValue] = [
        "scene": ["type": "integer", "description": "The scene's number, for other tools."],
        "revision": ["type": "integer", "description": "The scene's revision now, for the next change."],
        "uri": ["type": "string", "description": "The resource that holds the whole scene as JSON."],
        "summary": ["type": "string", "description": "What the scene shows, in words."],
        "width": ["type": "number", "description": "The canvas, in pixels; x goes right, y goes down."],
        "height": ["type": "number"],
        "objects": ["type": "array", "description": "What is drawn, in drawing order.", "items": objectSchema],
        "objectCount": ["type": "integer", "description": "How many objects there are, also those that are not listed."],
        "strokeCount": ["type": "integer"],
        "looseStrokes": ["type": "integer", "description": "Strokes that belong to no object."],
        "relations": strings("How objects stand to each other, measured on their ink; numbers are places in the list of objects, from 1."),
        "notShown": strings("Relations that were asked for and that the drawing does not show; another seed may."),
        "notices": strings("What you should know: words that were replaced or ignored, scenes that were closed."),
    ]
    /// Those that are always there.
    static let always = ["scene", "revision", "uri", "summary", "width", "height", "objects", "objectCount", "strokeCount", "looseStrokes", "relations", "notices"]

    /// The schema of a list of strings.
    static func strings(_ description: String) -> JSONValue { ["type": "array", "items": ["type": "string"], "description": .string(description)] }

    private static let objectSchema: JSONValue = [
        "type": "object",
        "properties": [
            "class": ["type": "string"],
            "box": ["type": "array", "items": ["type": "number"], "description": "The ink's left, top, right and bottom edge."],
            "strokes": ["type": "integer", "description": "How many strokes it has."],
            "confidence": ["type": "number", "description": "How sure the reader of strokes is of the class, 0 to 1."],
            "recognised": ["type": "number", "description": "How surely a second network names it as what it shall be, 0 to 1; below 0.5 try another seed."],
        ],
        "required": ["class", "box", "strokes"],
    ]

    /// The report.
    var json: [String: JSONValue] {
        let scene = entry.version.scene
        let asked = (asked ?? []).map { RelationReport($0, in: scene) }
        let relations = asked.isEmpty ? Self.relations(of: scene) : asked.filter(\.holds)
        var notices = notices.map(Studio.worded)
        if !closed.isEmpty { notices.append("closed to make room: scene\(closed.count == 1 ? "" : "s") \(closed.map(String.init).joined(separator: ", "))") }
        var members: [String: JSONValue] = [
            "scene": .integer(entry.number), "revision": .integer(entry.revision), "uri": .string(entry.name.uri), "summary": .string(scene.summary),
            "width": .short(scene.width), "height": .short(scene.height),
            "objects": .array(scene.objects.prefix(Self.objectLimit).enumerated().map { Self.object($1, recognised.indices.contains($0) ? recognised[$0] : nil) }),
            "objectCount": .integer(scene.objects.count), "strokeCount": .integer(scene.strokes.count), "looseStrokes": .integer(scene.looseStrokes.count),
            "relations": Self.sentences(relations), "notices": .strings(notices),
        ]
        if self.asked != nil { members["notShown"] = Self.sentences(asked.filter { !$0.holds }) }
        return members
    }

    /// One object.
    static func object(_ object: SceneObject, _ recognised: Double? = nil) -> JSONValue {
        let box = object.box
        var members: [String: JSONValue] = [
            "class": .string(singleLine(object.className, limit: 100)), "box": .array([box.x0, box.y0, box.x1, box.y1].map(JSONValue.short)),
            "strokes": .integer(object.strokes.count),
        ]
        members["confidence"] = object.confidence.map(JSONValue.short)
        members["recognised"] = recognised.map(JSONValue.short)
        return .object(members)
    }

    /// Relations in words; names of files' own may be long.
    static func sentences(_ relations: [RelationReport]) -> JSONValue { .strings(relations.map { singleLine($0.sentence, limit: 200) }) }

    /// The relations that the ink bears out, one of each pair that says the same: left of without right of, larger without smaller. None where there are
    /// too many objects to tell of.
    static func relations(of scene: Scene) -> [RelationReport] {
        guard scene.objects.count <= relationLimit else { return [] }
        return scene.measuredRelations().filter { ![.rightOf, .below, .smaller].contains($0.kind) && ($0.kind != .nextTo || $0.subject < $0.object) }
            .map { RelationReport($0, in: scene) }
    }
}

extension Scene {
    /// What the scene shows, in words: its objects, else how much ink there is.
    var summary: String {
        let ink = counted(strokes.count, "stroke")
        guard !objects.isEmpty else { return strokes.isEmpty ? "An empty canvas." : "\(ink) that no object is named for yet." }
        guard objects.count <= SceneReport.relationLimit, let description = SceneDescription(self) else { return "\(counted(objects.count, "object")), \(ink)." }
        return singleLine(description.text)
    }
}
