import Files
import Foundation
import Sketches

/// Scenes as resources, which a client shows to its user or gives to its model: each as JSON, as SVG and as a picture; and the words that can be drawn.
enum SceneResources {
    /// The resource that lists every class.
    static let classes = "atelier://classes"

    /// What there is now, as `resources/list` has it.
    static func list(_ studio: Studio, for version: MCPVersion) -> JSONValue {
        var words: [String: JSONValue] = [
            "uri": .string(classes), "name": "classes", "mimeType": "text/plain", "description": "The things that can be drawn and recognised, one a line.",
        ]
        if version.hasStructure { words["title"] = "Things that can be drawn" }
        return .array([.object(words)] + studio.scenes.all.flatMap { entry in [SceneName.Form.json, .svg].map { entry.resource($0, for: version) } })
    }

    /// How addresses are made, as `resources/templates/list` has it.
    static func templates(for version: MCPVersion) -> JSONValue {
        let json = "A scene as JSON: canvas, objects with class, box and strokes, relations, and every stroke as lists of x and y, in pixels; \"revision\" is the scene's."
        let svg = "A scene as SVG, a group for each object and a path for each stroke; one that was opened from SVG is that file, edited in place."
        let about: [(SceneName.Form, name: String, title: String, what: String)] = [
            (.json, "scene", "Scene", json), (.svg, "scene-svg", "Scene as SVG", svg),
            (.png, "scene-png", "Scene as a picture", "A scene as a PNG picture."),
        ]
        return .array(about.map { form, name, title, what in
            var members: [String: JSONValue] = [
                "uriTemplate": .string("atelier://scene/{number}" + form.rawValue), "name": .string(name), "mimeType": .string(form.mimeType), "description": .string(what),
            ]
            if version.hasStructure { members["title"] = .string(title) }
            return .object(members)
        })
    }

    /// What a resource holds, as a list of one.
    /// - Throws: `RPCError` where there is no such resource; else what stops it from being written.
    static func contents(of uri: String, _ studio: Studio, for version: MCPVersion) throws -> JSONValue {
        if uri == classes {
            return [["uri": .string(uri), "mimeType": "text/plain", "text": .string(try studio.painter().vocabulary.classes.joined(separator: "\n") + "\n")]]
        }
        let (name, entry) = try scene(uri, studio, for: version)
        return [try entry.contents(name.form, for: version)]
    }

    /// The scene that an address means.
    static func scene(_ uri: String, _ studio: Studio, for version: MCPVersion) throws(RPCError) -> (name: SceneName, entry: SceneStore.Entry) {
        guard let name = SceneName(uri: uri) else {
            throw .noResource("there is no resource \"\(singleLine(uri, limit: 200))\"; scenes are atelier://scene/1 and so on", uri: uri, in: version)
        }
        do { return (name, try studio.scenes.entry(name.number)) } catch { throw .noResource(error.description, uri: uri, in: version) }
    }
}

extension SceneStore.Entry {
    /// The scene as a resource of a list.
    func resource(_ form: SceneName.Form, for version: MCPVersion) -> JSONValue {
        var members: [String: JSONValue] = [
            "uri": .string(SceneName(number: number, form: form).uri), "name": .string("scene-\(number)" + (form == .json ? ".json" : form.rawValue)),
            "mimeType": .string(form.mimeType), "description": .string("Revision \(revision): \(singleLine(self.version.scene.summary, limit: 300))"),
        ]
        if version.hasStructure { members.merge(["title": .string("Scene \(number)"), "_meta": ["revision": .integer(revision)]]) { $1 } }
        return .object(members)
    }

    /// What the resource holds.
    fileprivate func contents(_ form: SceneName.Form, for version: MCPVersion) throws -> JSONValue {
        var members: [String: JSONValue] = ["uri": .string(SceneName(number: number, form: form).uri), "mimeType": .string(form.mimeType)]
        switch form {
        case .json: members["text"] = .string(try json())
        case .svg: members["text"] = .string(try svg())
        case .png:
            let png = try SketchFile.write([self.version.scene], format: .png, options: RenderOptions(size: 512))
            members["blob"] = .string(png.base64EncodedString())
        }
        if version.hasStructure { members["_meta"] = ["revision": .integer(revision)] }
        return .object(members)
    }

    /// The scene as JSON on one line, with its revision.
    func json() throws -> String {
        var scene = version.scene
        scene.extra["revision"] = .integer(revision)
        return String(decoding: try SketchFile.write([scene], format: .ndjson), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// The SVG file that it was opened from, as edited; else one drawn anew.
    func svg() throws -> String {
        String(decoding: try version.svg ?? SketchFile.write([version.scene], format: .svg), as: UTF8.self)
    }
}
