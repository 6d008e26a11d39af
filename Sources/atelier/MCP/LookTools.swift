import Files
import Painter
import Reasoner
import Scenes
import Sketches

/// Shows a scene.
struct RenderTool: MCPTool {
    let name = "render", title = "Show a scene"
    let description = """
        Shows a scene: as a PNG picture that you can look at, as SVG text, or as scene JSON with every stroke. The last two are also what to save as a file, for scenes \
        live only as long as the server. Changes nothing.
        """
    let hints = ToolHints(isReadOnly: true)
    let outputs: (members: [String: JSONValue], always: [String])? = nil

    var inputs: [ToolInput] {
        ToolInput.scene(changes: false) + [
            ToolInput(name: "format", kind: .choice(["png", "svg", "json"]), about: "png: a picture. svg, json: the text of a file.", usual: "png"),
            ToolInput(name: "size", kind: .integer(16...2_048), about: "The longest side of the picture in pixels; for png 512 if not given, for svg the canvas's own.", examples: [512]),
            ToolInput(name: "colors", kind: .flag, about: "Each object in its own colour.", usual: false),
            ToolInput(name: "boxes", kind: .flag, about: "A box around each object.", usual: false),
            ToolInput(name: "labels", kind: .flag, about: "Each object's class beside it.", usual: false),
            ToolInput(name: "transparent", kind: .flag, about: "No paper behind the strokes.", usual: false),
            ToolInput(name: "animate", kind: .flag, about: "svg: the strokes draw themselves, in order.", usual: false),
        ]
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let entry = try studio.scene(arguments), format = arguments.text("format") ?? "png", scene = entry.version.scene
        let size = arguments.whole("size"), flags = ["colors", "boxes", "labels", "transparent", "animate"].filter(arguments.flag)
        if format == "json" { return ToolResult([.text(try entry.json())]) }
        if format == "svg", size == nil, flags.isEmpty { return ToolResult([.text(try entry.svg())]) }
        guard format == "svg" || !flags.contains("animate") else { throw ArgumentError(description: "\"animate\" needs \"format\": \"svg\"") }
        let options = RenderOptions(
            size: size ?? (format == "png" ? 512 : nil), colors: flags.contains("colors"), boxes: flags.contains("boxes"), labels: flags.contains("labels"),
            background: flags.contains("transparent") ? nil : .white, animate: flags.contains("animate"))
        let data = try SketchFile.write([scene], format: format == "svg" ? .svg : .png, options: options)
        if format == "svg" { return ToolResult([.text(String(decoding: data, as: UTF8.self))]) }
        return ToolResult([.image(png: data), .text("Scene \(entry.number) at revision \(entry.revision): \(scene.summary)")])
    }
}

/// Names what the strokes show.
struct DetectTool: MCPTool {
    let name = "detect", title = "Find objects in a scene"
    let description = """
        Reads the strokes of a scene and names the objects in it: class, box, strokes and confidence of each, and how they stand to each other. Looks at the strokes alone, not at \
        the names that the scene carries, and changes nothing. Use it on drawings that were opened without names, or to check whether a drawing is recognisable.
        """
    let hints = ToolHints(isReadOnly: true)

    var inputs: [ToolInput] { ToolInput.scene(changes: false) + [ToolInput.image(false)] }

    var outputs: (members: [String: JSONValue], always: [String])? {
        let kept = ["scene", "revision", "objects", "objectCount", "relations"]
        return (SceneReport.members.filter { kept.contains($0.key) }, kept)
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let entry = try studio.scene(arguments)
        var scene = entry.version.scene
        scene.objects = try studio.found(in: entry)
        return ToolResult([
            "scene": .integer(entry.number), "revision": .integer(entry.revision), "objectCount": .integer(scene.objects.count),
            "objects": .array(scene.objects.prefix(SceneReport.objectLimit).map { SceneReport.object($0) }), "relations": SceneReport.sentences(SceneReport.relations(of: scene)),
        ], studio.preview(of: scene, if: arguments.flag("image"), named: true))
    }
}

/// Says what a scene shows.
struct DescribeTool: MCPTool {
    let name = "describe", title = "Describe a scene"
    let description = """
        Says in a sentence or two what a scene shows: which things, how many of each, how they stand to each other. Every relation told is true of the ink. Objects that the \
        scene names are taken as named; without any, the strokes are read first. Changes nothing.
        """
    let hints = ToolHints(isReadOnly: true)

    var inputs: [ToolInput] { ToolInput.scene(changes: false) }

    var outputs: (members: [String: JSONValue], always: [String])? {
        let members: [String: JSONValue] = [
            "scene": ["type": "integer"], "revision": ["type": "integer"], "text": ["type": "string", "description": "The description."],
            "objects": SceneReport.strings("The classes of all objects."),
        ]
        return (members, ["scene", "revision", "text", "objects"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let entry = try studio.scene(arguments), scene = try studio.named(entry)
        guard let description = SceneDescription(scene) else { throw PainterError.emptyCanvas }
        return ToolResult([
            "scene": .integer(entry.number), "revision": .integer(entry.revision), "text": .string(singleLine(description.text)),
            "objects": .strings(scene.objects.prefix(SceneReport.objectLimit).map { singleLine($0.className, limit: 100) }),
        ])
    }
}

/// Answers a question about a scene.
struct AskTool: MCPTool {
    let name = "ask", title = "Ask about a scene"
    let description = """
        Answers a question about the objects of a scene by steps that can be checked: how many there are, whether there is one, what kind of thing ("shape") is somewhere, which of \
        two sets is larger; with the names of the things that the scene has, large and small, and left of, right of, above, below. Examples: "How many ducks are left of the \
        house?"; "Is there a tree above the boat?"; "What shape is the thing right of the small cat?"; "Are there more fish than boats?". Other questions get a reason in place of an \
        answer. Objects that the scene names are taken as named; without any, the strokes are read first. Changes nothing.
        """
    let hints = ToolHints(isReadOnly: true)

    var inputs: [ToolInput] {
        ToolInput.scene(changes: false) + [
            ToolInput(name: "question", kind: .text(limit: ToolInput.sentenceLimit), about: "The question, in English.", isRequired: true,
                      examples: ["How many ducks are left of the house?"]),
        ]
    }

    var outputs: (members: [String: JSONValue], always: [String])? {
        let step: JSONValue = [
            "type": "object", "required": ["step", "value"],
            "properties": ["step": ["type": "string"], "value": ["description": "What the step gave; objects by their places in the scene's list, from 0."]],
        ]
        let members: [String: JSONValue] = [
            "scene": ["type": "integer"], "revision": ["type": "integer"],
            "answer": ["type": "string", "description": "A number, yes, no or a class; unknown where there is none."],
            "confidence": ["type": "number", "description": "How sure it is that the question was read rightly, 0 to 1; 0 for no answer."],
            "reason": ["type": "string", "description": "Why there is no answer."],
            "steps": ["type": "array", "items": step, "description": "The program that the question was read as, and what each step gave."],
        ]
        return (members, ["scene", "revision", "answer", "confidence", "steps"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let entry = try studio.scene(arguments), question = arguments.text("question") ?? ""
        guard question.contains(where: { $0.isLetter || $0.isNumber }) else { throw ArgumentError(description: "ask needs a \"question\", as in \"How many ducks are left of the house?\"") }
        let answer = try SceneAnswer(ObjectScene.question(aboutDrawing: question), about: ObjectScene(drawing: studio.named(entry)), of: .drawings, reader: studio.reader())
        var members: [String: JSONValue] = [
            "scene": .integer(entry.number), "revision": .integer(entry.revision), "answer": .string(answer.text ?? "unknown"),
            "confidence": .short(answer.text == nil ? 0 : answer.confidence),
            "steps": .array((answer.trace?.steps ?? []).map { ["step": .string($0.node.shown), "value": $0.value.json] }),
        ]
        members["reason"] = answer.refusal.map { .string($0.description) }
        return ToolResult(members)
    }
}

/// Lists what is open.
struct ScenesTool: MCPTool {
    let name = "scenes", title = "List open scenes"
    let description = "Lists the scenes that are open, with the current revision of each, what it shows and which changes can be taken back. Changes nothing."
    let hints = ToolHints(isReadOnly: true)
    let inputs: [ToolInput] = []

    var outputs: (members: [String: JSONValue], always: [String])? {
        let scene: JSONValue = [
            "type": "object",
            "properties": [
                "scene": ["type": "integer"], "revision": ["type": "integer"], "uri": ["type": "string"], "summary": ["type": "string"],
                "changes": SceneReport.strings("Changes that undo can take back, the last one first."),
            ],
            "required": ["scene", "revision", "uri", "summary", "changes"],
        ]
        return (["scenes": ["type": "array", "items": scene]], ["scenes"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        ToolResult(["scenes": .array(studio.scenes.all.map { entry in
            [
                "scene": .integer(entry.number), "revision": .integer(entry.revision), "uri": .string(entry.name.uri), "summary": .string(entry.version.scene.summary),
                "changes": .strings(entry.changes.map { singleLine($0, limit: 200) }),
            ]
        })])
    }
}
