import Files
import Painter
import Sketches

/// How sure a change must be to be done.
private let sureness = ToolInput(
    name: "sureness", kind: .number(0...1), about: "Nothing is done, and the best guess is told, where the reader is less sure than this. 0 does it anyhow.",
    usual: .number(Painter.defaultSureness))

/// What a change consists of.
private let stepsSchema: JSONValue = [
    "type": "array", "description": "What was done, in the order of the words.",
    "items": [
        "type": "object",
        "properties": [
            "verb": ["type": "string", "enum": ["erase", "add", "move", "resize", "replace", "redraw"]], "class": ["type": "string"],
            "strokes": ["type": "integer", "description": "How many strokes of the scene before it is about."],
            "confidence": ["type": "number", "description": "How sure the reader is, 0 to 1."],
        ],
        "required": ["verb", "class", "strokes", "confidence"],
    ],
]

private func told(_ steps: [Painter.EditStep]) -> JSONValue {
    .array(steps.map { step in
        ["verb": .string(step.verb), "class": .string(step.className), "strokes": .integer(step.strokes.count), "confidence": .short(step.confidence)]
    })
}

/// Does what a sentence says to a scene.
struct EditTool: MCPTool {
    let name = "edit", title = "Edit a scene"
    let description = """
        Does what an English sentence says to a scene: erase, add, move, resize, replace or redraw things, several at once. Strokes that the sentence does not name stay as they \
        are. Examples: "move the cat to the right of the house"; "make the tree bigger and add a sun in the top left corner"; "erase the left bird, then redraw the dog"; \
        "replace the boat with a fish". Answers what was done, how sure the reader of the sentence is of each step, and the scene with its next revision. Name the \
        revision that the change is meant for; undo takes the change back.
        """
    let hints = ToolHints(isDestructive: true, isIdempotent: true)

    var inputs: [ToolInput] {
        ToolInput.scene(changes: true) + [
            ToolInput(name: "command", kind: .text(limit: ToolInput.sentenceLimit), about: "What to do, one English sentence.", isRequired: true,
                      examples: ["move the cat to the right of the house"]),
            sureness,
        ] + ToolInput.drawing + [ToolInput.image(true)]
    }

    var outputs: (members: [String: JSONValue], always: [String])? {
        (SceneReport.members.merging(["steps": stepsSchema]) { $1 }, SceneReport.always + ["steps"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let command = arguments.text("command") ?? "", before = try studio.scene(arguments)
        let edited = try studio.painter().edit(
            command, of: before.version.scene, seed: arguments.seed, options: arguments.drawing, sureness: arguments.number("sureness") ?? Painter.defaultSureness)
        let (version, notice) = before.version.changed(to: edited.scene) { try $0.applying(edited.edits) }
        return try studio.change(
            before, to: version, by: command, notices: edited.notices + [notice].compactMap { $0 }, more: ["steps": told(edited.steps)], image: arguments.flag("image"))
    }
}

/// Takes things out of a scene.
struct EraseTool: MCPTool {
    let name = "erase", title = "Erase from a scene"
    let description = """
        Erases what an English phrase names from a scene; everything else stays as it is. Examples: "the cat"; "the small dog"; "all birds"; "everything except the house". \
        Refused, with what the scene seems to hold, where nothing of the kind is there or the reader of the strokes is not sure enough. Name the revision that the change is meant for; undo takes the change back.
        """
    let hints = ToolHints(isDestructive: true, isIdempotent: true)

    var inputs: [ToolInput] {
        ToolInput.scene(changes: true) + [
            ToolInput(name: "command", kind: .text(limit: ToolInput.sentenceLimit), about: "What to erase.", isRequired: true, examples: ["the cat", "everything except the house"]),
            sureness, ToolInput.image(true),
        ]
    }

    var outputs: (members: [String: JSONValue], always: [String])? {
        let more: [String: JSONValue] = [
            "erased": SceneReport.strings("The classes of what was erased."),
            "erasedStrokes": ["type": "integer", "description": "How many strokes went."], "steps": stepsSchema,
        ]
        return (SceneReport.members.merging(more) { $1 }, SceneReport.always + ["erased", "erasedStrokes", "steps"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let command = arguments.text("command") ?? "", before = try studio.scene(arguments)
        let erased = try studio.painter().erase(command, from: before.version.scene, sureness: arguments.number("sureness") ?? Painter.defaultSureness)
        let (version, notice) = before.version.changed(to: before.version.scene.removing(strokes: erased.strokes)) { $0.removing(strokes: erased.strokes) }
        return try studio.change(
            before, to: version, by: "erase " + command, notices: erased.notices + [notice].compactMap { $0 },
            more: ["erased": .strings(erased.classes), "erasedStrokes": .integer(erased.strokes.count), "steps": told(erased.steps)], image: arguments.flag("image"))
    }
}

/// Finishes what was begun.
struct CompleteTool: MCPTool {
    let name = "complete", title = "Finish a drawing"
    let description = """
        Finishes a drawing that was begun: adds the strokes that are missing; those that are there stay as they are. It finishes the thing that the loose strokes begin (those that \
        belong to no object); where every stroke has an object, the one of the class that the prompt names. Say what it shall be, or leave that to the model. Name the \
        revision that the change is meant for; undo takes the change back.
        """
    let hints = ToolHints(isIdempotent: true)

    var inputs: [ToolInput] {
        ToolInput.scene(changes: true) + [
            ToolInput(name: "prompt", kind: .text(limit: ToolInput.sentenceLimit), about: "What the drawing shall be.", examples: ["a cat"]),
        ] + ToolInput.drawing.filter { ["seed", "candidates", "temperature"].contains($0.name) } + [ToolInput.image(true)]
    }

    var outputs: (members: [String: JSONValue], always: [String])? {
        let more: [String: JSONValue] = [
            "class": ["type": "string", "description": "What the model made of it."],
            "newStrokes": ["type": "integer", "description": "How many strokes were added, at the end."],
        ]
        return (SceneReport.members.merging(more) { $1 }, SceneReport.always + ["class", "newStrokes"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let prompt = arguments.text("prompt") ?? "", before = try studio.scene(arguments), old = before.version.scene
        let options = arguments.drawing
        let completed = try studio.painter().complete(old, prompt: prompt, seed: arguments.seed, sampling: options.sampling, candidates: options.candidates)
        let new = Array(completed.scene.strokes.dropFirst(old.strokes.count))
        var addition = Scene(width: old.width, height: old.height, strokes: new)
        if let box = Box.of(new) { addition.objects = [SceneObject(className: completed.className, box: box, strokes: Array(new.indices))] }
        let (version, notice) = before.version.changed(to: completed.scene) { $0.appending(addition) }
        return try studio.change(
            before, to: version, by: "complete " + completed.className, notices: completed.notices + [notice].compactMap { $0 },
            more: ["class": .string(completed.className), "newStrokes": .integer(new.count)], image: arguments.flag("image"))
    }
}

/// Takes the last change back.
struct UndoTool: MCPTool {
    let name = "undo", title = "Take the last change back"
    let description = """
        Takes the last change of a scene back: the scene is then as it was before it, with a next revision of its own. Again takes back the change before that, up to \
        \(SceneStore.undoLimit) of them. Name the revision that is current.
        """
    let hints = ToolHints(isDestructive: true, isIdempotent: true)

    var inputs: [ToolInput] { ToolInput.scene(changes: true) + [ToolInput.image(true)] }

    var outputs: (members: [String: JSONValue], always: [String])? {
        let more: [String: JSONValue] = [
            "undone": ["type": "string", "description": "What was taken back."],
            "left": SceneReport.strings("What can still be taken back, the last change first."),
        ]
        return (SceneReport.members.merging(more) { $1 }, SceneReport.always + ["undone", "left"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let (entry, change) = try studio.scenes.undo(studio.scene(arguments).number)
        let report = SceneReport(entry: entry).json.merging(["undone": .string(change), "left": .strings(entry.changes)]) { $1 }
        return ToolResult(report, studio.preview(of: entry.version.scene, if: arguments.flag("image")) + [.link(to: entry)])
    }
}

extension Studio {
    /// Puts a changed version in a scene's place, and tells of it.
    fileprivate func change(
        _ before: SceneStore.Entry, to version: SceneVersion, by change: String, notices: [String], more: [String: JSONValue], image: Bool
    ) throws -> ToolResult {
        let (entry, closed) = try scenes.change(before.number, to: version, by: change)
        let report = SceneReport(entry: entry, notices: notices, closed: closed)
        return ToolResult(report.json.merging(more) { $1 }, preview(of: version.scene, if: image) + [.link(to: entry)])
    }
}
