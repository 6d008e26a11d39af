import Files
import Foundation
import Sketches

/// Makes a scene of a drawing that the caller has.
struct OpenTool: MCPTool {
    let name = "open", title = "Open a drawing"
    let description = """
        Opens a drawing that you have as a new scene at revision 1, so that the other tools can work with it. Give exactly one of: content, the text of a file (SVG, scene JSON, \
        QuickDraw JSON, stroke-3 JSON, Excalidraw); scene, the same scene JSON as an object; picture, a PNG or JPEG of a line drawing, whose lines are traced. An SVG is \
        edited in place: what edits do not name stays byte for byte as it is. Objects that the file names (groups with data-class, "objects" of scene JSON) are taken as named; \
        call detect to see what bare strokes show.
        """
    let hints = ToolHints()

    /// The most strokes and objects of a scene that agents work with.
    static let strokeLimit = 20_000, objectLimit = 500

    var inputs: [ToolInput] {
        [
            ToolInput(name: "content", kind: .text(limit: LineReader.limit), about: "The text of a file with one drawing; its form is told by the text.",
                      examples: ["<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 100\"><path d=\"M10 90 V40 H70 V90 Z\"/></svg>"]),
            ToolInput(name: "scene", kind: .object, about: "Scene JSON: version, width, height and strokes (each a list of x and a list of y, in pixels); optional objects, relations.",
                      examples: [["version": 1, "width": 256, "height": 256, "strokes": [[[10, 60, 60, 10, 10], [10, 10, 60, 60, 10]]]]]),
            ToolInput(name: "picture", kind: .text(limit: LineReader.limit), about: "A PNG or JPEG file of a drawing in dark lines on light paper, as base64."),
            ToolInput.image(true),
        ]
    }

    var outputs: (members: [String: JSONValue], always: [String])? {
        (SceneReport.members.merging(["form": ["type": "string", "description": "The form that the drawing was in."]]) { $1 }, SceneReport.always + ["form"])
    }

    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult {
        let data = try data(arguments), content = try SketchFile.content(of: data, name: "drawing")
        guard let read = content.scenes.first, content.scenes.count == 1 else {
            throw ArgumentError(description: "the text holds \(content.scenes.count) drawings; open one at a time")
        }
        guard read.strokes.count <= Self.strokeLimit, read.objects.count <= Self.objectLimit else {
            throw ArgumentError(
                description: "the drawing has \(counted(read.strokes.count, "stroke")) and \(counted(read.objects.count, "object")); at most \(Self.strokeLimit) and \(Self.objectLimit) are taken")
        }
        var scene = read
        // Scenes that were read from here carry their revision; a new one begins at 1.
        scene.extra["revision"] = nil
        let (entry, closed) = try studio.scenes.add(SceneVersion(scene, svg: content.document == nil ? nil : data))
        let report = SceneReport(entry: entry, notices: content.warnings, closed: closed)
        return ToolResult(report.json.merging(["form": .string(content.form.rawValue)]) { $1 }, studio.preview(of: scene, if: arguments.flag("image")) + [.link(to: entry)])
    }

    private func data(_ arguments: ToolArguments) throws(ArgumentError) -> Data {
        let given = ["content", "scene", "picture"].filter { arguments[$0] != nil }
        guard given.count == 1 else {
            let needs = "open needs \"content\" (the text of an SVG or scene JSON), \"scene\" or \"picture\""
            throw ArgumentError(description: given.isEmpty ? needs : "open takes one of \(given.joined(separator: ", ")), not several")
        }
        if let text = arguments.text("content") { return Data(text.utf8) }
        if let scene = arguments["scene"], scene.object != nil { return Data(scene.text.utf8) }
        guard let base64 = arguments.text("picture"), let data = Data(base64Encoded: base64, options: .ignoreUnknownCharacters), !data.isEmpty else {
            throw ArgumentError(description: "\"picture\" is not base64 of a file")
        }
        guard PictureFile.isPicture(data) else { throw ArgumentError(description: "\"picture\" is no PNG or JPEG; give the text of other files as \"content\"") }
        return data
    }
}
