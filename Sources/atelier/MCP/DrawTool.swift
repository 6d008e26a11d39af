import Files
import Foundation
import Painter
import Sketches

/// Makes a scene from a sentence, from a list of things with their places, or from both.
struct DrawTool: MCPTool {
    let name = "draw", title = "Draw a sentence"
    let description = """
        Draws a short English sentence as a sketch of pen strokes, and keeps it as a new scene at revision 1. One to eight concrete things, with counts ("three fish"), sizes \
        ("a tiny boat", "a tall tree"), places on the canvas ("in the top left corner", "in a row") and relations (left of, right of, above, below, inside, next to, larger than, \
        smaller than). The canvas is 256 by 256 pixels; x goes right, y goes down. To lay the scene out yourself, give "objects", each with a box, instead of the prompt. Answers \
        the scene's number and revision, its objects with boxes, which relations hold, notices about words that were replaced, and a picture. Change the scene with edit, \
        erase or complete; for another drawing of the same call draw again with another seed.
        """
    let hints = ToolHints()

    var inputs: [ToolInput] {
        [
            ToolInput(name: "prompt", kind: .text(limit: ToolInput.sentenceLimit), about: "What to draw, one short English sentence. Needed unless objects are given.",
                      examples: ["a cat to the left of a house", "three fish in a row and a tiny boat at the top"]),
            ToolInput(name: "objects", kind: .list(of: Self.objectSchema, limit: 8),
                      about: "The things to draw, in place of what the prompt says. Boxes are used as they are if every object has one; else the layout is made here.",
                      examples: [[["class": "cat", "box": [20, 120, 110, 230]], ["class": "house", "box": [130, 60, 246, 230]]]]),
        ] + ToolInput.drawing + [ToolInput.image(true)]
    }

    private static let objectSchema: JSONValue = [
        "type": "object",
        "properties": [
            "class": ["type": "string", "description": "A thing that can be drawn, by its name in atelier://classes, as in cat or cell phone."],
            "box": ["type": "array", "items": ["type": "number", "minimum": 0, "maximum": 256], "minItems": 4, "maxItems": 4,
                    "description": "Where its ink goes: left, top, right and bottom edge in pixels of the canvas."],
        ],
        "required": ["class"],
    ]

    var outputs: (members: [String: JSONValue], always: [String])? {
        (SceneReport.members.merging(["seed": ["type": "integer", "description": "The seed that gives this drawing again."]]) { $1 }, SceneReport.always + ["seed", "notShown"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let prompt = arguments.text("prompt") ?? ""
        var order = Painter.Order(prompt)
        if let objects = arguments["objects"]?.array, !objects.isEmpty { order.plan = try Self.plan(objects) }
        if prompt.isEmpty, order.plan == nil { throw ArgumentError(description: "draw needs a \"prompt\", as in \"a cat to the left of a house\", or \"objects\"") }
        let painter = try studio.painter(), seed = arguments.seed
        guard let drawn = try painter.draw([order], seed: seed, options: arguments.drawing).first?.get() else { throw PainterError.noPlan(prompt: prompt) }
        var scene = drawn.scene
        if prompt.isEmpty { scene.prompt = nil }
        let (entry, closed) = try studio.scenes.add(SceneVersion(scene))
        let report = SceneReport(entry: entry, notices: drawn.notices, closed: closed, asked: drawn.stated, recognised: drawn.recognised)
        return ToolResult(report.json.merging(["seed": .digits(String(drawn.seed))]) { $1 }, studio.preview(of: scene, if: arguments.flag("image")) + [.link(to: entry)])
    }

    /// A plan of objects that the caller laid out.
    private static func plan(_ objects: [JSONValue]) throws(ArgumentError) -> Scene {
        var plan = Scene(width: 256, height: 256)
        for (place, given) in objects.enumerated() {
            func wrong(_ what: String) -> ArgumentError { ArgumentError(description: "objects[\(place)]\(what)") }
            guard let members = given.object else { throw wrong(" is an object with a \"class\", not \(given.kind)") }
            guard let name = members["class"]?.string, name.utf8.count <= 100 else { throw wrong(" needs a \"class\", the name of a thing, as in \"cat\"") }
            var object = SceneObject(className: name, box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: [])
            if let box = members["box"], box != .null {
                let edges = (box.array ?? []).compactMap(\.double)
                guard edges.count == 4, box.array?.count == 4, edges.allSatisfy({ 0...256 ~= $0 }), edges[0] < edges[2], edges[1] < edges[3] else {
                    throw wrong(".box is four numbers from 0 to 256: left, top, right, bottom")
                }
                object.box = Box(x0: edges[0], y0: edges[1], x1: edges[2], y1: edges[3])
            }
            plan.objects.append(object)
        }
        return plan
    }
}
