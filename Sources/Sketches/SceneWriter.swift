import Files

/// Scenes as JSON text: keys in the order of the format's description, unknown keys after them, in alphabetical order.
enum SceneWriter {
    /// One scene on one line, without a line end.
    static func line(_ scene: Scene) -> String {
        "{" + members(scene).map { quoted($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
    }

    /// One scene with a line for each key, object and stroke.
    static func page(_ scene: Scene, indent: String = "") -> String {
        let lines = members(scene, separator: ",\n\(indent)  ").map { "\(indent) \(quoted($0.key)): \($0.value)" }
        return "\(indent){\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }

    private static func members(_ scene: Scene, separator: String = ",") -> [(key: String, value: String)] {
        var members: [(key: String, value: String)] = [("version", String(scene.version))]
        if let prompt = scene.prompt { members.append(("prompt", quoted(prompt))) }
        members.append(("width", exact(scene.width)))
        members.append(("height", exact(scene.height)))
        if let seed = scene.seed { members.append(("seed", String(seed))) }
        if let model = scene.model { members.append(("model", quoted(model))) }
        members.append(("objects", list(scene.objects.map { object($0, of: scene) }, separator)))
        members.append(("strokes", list(scene.strokes.map(stroke), separator)))
        if !scene.relations.isEmpty {
            members.append(("relations", list(scene.relations.map { "[\(quoted($0.kind.rawValue)),\($0.subject),\($0.object)]" }, ",")))
        }
        if let error = scene.error { members.append(("error", quoted(error))) }
        return members + unknown(scene.extra, besides: members)
    }

    private static func unknown(_ extra: [String: JSONValue], besides known: [(key: String, value: String)]) -> [(key: String, value: String)] {
        let taken = Set(known.map(\.key))
        return extra.keys.sorted().filter { !taken.contains($0) }.map { ($0, (extra[$0] ?? .null).text) }
    }

    private static func list(_ items: [String], _ separator: String) -> String {
        let lead = separator.dropFirst()
        return items.isEmpty ? "[]" : "[" + lead + items.joined(separator: separator) + "]"
    }

    /// An object with what parts its strokes are, where any is told.
    static func object(_ object: SceneObject, of scene: Scene) -> String {
        let box = [object.box.x0, object.box.y0, object.box.x1, object.box.y1].map(exact).joined(separator: ",")
        var members: [(key: String, value: String)] = [
            ("class", quoted(object.className)), ("box", "[\(box)]"),
            ("strokes", "[" + object.strokes.map(String.init).joined(separator: ",") + "]"),
        ]
        let parts = object.strokes.map { scene.strokes.indices.contains($0) ? scene.strokes[$0].part : nil }
        if parts.contains(where: { $0 != nil }) { members.append(("parts", "[" + parts.map { $0.map(quoted) ?? "null" }.joined(separator: ",") + "]")) }
        if let confidence = object.confidence, confidence.isFinite { members.append(("confidence", exact(confidence))) }
        members += unknown(object.extra, besides: members)
        return "{" + members.map { quoted($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
    }

    static func stroke(_ stroke: Stroke) -> String {
        var lists = [stroke.points.map(\.x), stroke.points.map(\.y)]
        if let times = stroke.times, times.count == stroke.points.count { lists.append(times) }
        return "[" + lists.map { "[" + $0.map(exact).joined(separator: ",") + "]" }.joined(separator: ",") + "]"
    }

    /// QuickDraw lines: one an object, and one without a word for strokes of no object.
    static func quickDrawLines(_ scene: Scene) -> [String] {
        var drawings = scene.objects.map { (word: $0.className, strokes: scene.strokes(of: $0)) }
        let loose = scene.looseStrokes.map { scene.strokes[$0] }
        if !loose.isEmpty || drawings.isEmpty { drawings.append((scene.objects.isEmpty ? scene.prompt ?? "" : "", loose)) }
        return drawings.map { drawing in
            var members: [(key: String, value: String)] = [("word", quoted(drawing.word))]
            if drawings.count == 1 { members += unknown(scene.extra, besides: members + [("drawing", "")]) }
            members.append(("drawing", "[" + drawing.strokes.map(stroke).joined(separator: ",") + "]"))
            return "{" + members.map { quoted($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
        }
    }

    // MARK: JSON text
}

extension Scene: Codable {
    /// Reads the JSON form with all its checks; `SketchFile` gives better places in errors and is faster.
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let tree = try JSONValue(from: decoder)
        var scanner = JSONScanner(Array(tree.text.utf8), file: "scene")
        do {
            self = try SceneReader.read(&scanner).scene
        } catch {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// Writes the JSON form, unknown keys included.
    /// - Throws: `FileError` where a number is not finite, or the encoder's `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var scanner = JSONScanner(Array(SceneWriter.line(self).utf8), file: "scene")
        try scanner.value().encode(to: encoder)
    }
}
