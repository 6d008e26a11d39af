import Files

/// Scenes as an Excalidraw file: each stroke a freehand element, each object a group. Several scenes stand side by side in one drawing.
///
/// Excalidraw draws a freehand stroke as a smoothed line that does not reach points far apart, so points are put between them; which ones were
/// there before stands in `customData`, with the object's class and number and the canvas. Excalidraw carries `customData` along, so that a
/// scene comes back with its objects after a person has edited it there. `appState` holds canvas and prompt until then.
enum ExcalidrawWriter {
    static func text(_ scenes: [Scene], options: RenderOptions) -> String {
        let scene = scenes.count == 1 ? scenes[0] : sheet(scenes, columns: options.sheetColumns(for: scenes.count))
        let decimals = scene.longestSide >= 100 ? 2 : scene.longestSide >= 1 ? 4 : 8
        var owner: [Int: Int] = [:]
        for (index, object) in scene.objects.enumerated() {
            for stroke in object.strokes where owner[stroke] == nil { owner[stroke] = index }
        }
        // Points no farther apart than the pen is wide, but at most 100,000 more in all.
        let length = scene.strokes.reduce(0) { $0 + $1.length }
        let step = max(scene.longestSide / 128, length / 100_000)
        let elements = scene.strokes.indices.compactMap { index in
            element(scene, index, of: owner[index], step: step, decimals: decimals, options)
        }
        var note = "\"canvas\":\(canvas(scene))"
        if let prompt = scene.prompt { note += ",\"prompt\":\(quoted(prompt))" }
        return "{\n\"type\":\"excalidraw\",\n\"version\":2,\n\"source\":\"atelier\",\n\"elements\":["
            + (elements.isEmpty ? "" : "\n" + elements.joined(separator: ",\n") + "\n")
            + "],\n\"appState\":{\"gridSize\":20,\"gridStep\":5,\"gridModeEnabled\":false,\"viewBackgroundColor\":\(quoted((options.background ?? .white).css))"
            + ",\"atelier\":{\(note)}},\n\"files\":{}\n}\n"
    }

    private static func canvas(_ scene: Scene) -> String { "[\(exact(scene.width)),\(exact(scene.height))]" }

    private static func element(_ scene: Scene, _ index: Int, of object: Int?, step: Double, decimals: Int, _ options: RenderOptions) -> String? {
        func rounded(_ point: Point) -> Point { Point(x: tidy(point.x, decimals), y: tidy(point.y, decimals)) }
        let (points, corners) = dense(scene.strokes[index].points.map(rounded), step: step)
        guard let start = points.first else { return nil }
        // A single point is taken for an element that was never drawn: Excalidraw's own dots have two, this far apart.
        var path = points.map { "[\(brief($0.x - start.x, decimals: decimals)),\(brief($0.y - start.y, decimals: decimals))]" }
        if path.count == 1 { path.append("[0.0001,0.0001]") }
        let box = Box.of(points) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
        var data: [String] = []
        if let object {
            data = ["\"class\":\(quoted(scene.objects[object].className))", "\"object\":\(object)"]
            if let confidence = scene.objects[object].confidence, confidence.isFinite { data.append("\"confidence\":\(exact(confidence))") }
        }
        data.append("\"canvas\":\(canvas(scene))")
        if corners.count < points.count { data.append("\"corners\":[\(corners.map(String.init).joined(separator: ","))]") }
        let color = options.colors ? object.map(Color.ofObject) ?? .ink : .ink
        // Excalidraw's freehand line is about five times as wide as its number says.
        let width = max(0.05, options.penWidth(of: scene) / 5)
        let members: [(key: String, value: String)] = [
            ("id", "\"stroke-\(index + 1)\""), ("type", "\"freedraw\""),
            ("x", brief(start.x, decimals: decimals)), ("y", brief(start.y, decimals: decimals)),
            ("width", brief(box.width, decimals: decimals)), ("height", brief(box.height, decimals: decimals)), ("angle", "0"),
            ("strokeColor", "\"\(color.css)\""), ("backgroundColor", "\"transparent\""), ("fillStyle", "\"solid\""),
            ("strokeWidth", brief(width, decimals: 2)), ("strokeStyle", "\"solid\""), ("roughness", "0"), ("opacity", "100"),
            ("groupIds", object.map { "[\"object-\($0 + 1)\"]" } ?? "[]"), ("frameId", "null"), ("roundness", "null"),
            ("seed", String(index + 1)), ("version", "1"), ("versionNonce", String(index + 1)), ("isDeleted", "false"),
            ("boundElements", "[]"), ("updated", "1"), ("link", "null"), ("locked", "false"), ("customData", "{\(data.joined(separator: ","))}"),
            ("points", "[\(path.joined(separator: ","))]"), ("pressures", "[\(path.map { _ in "0.5" }.joined(separator: ","))]"),
            ("simulatePressure", "false"), ("lastCommittedPoint", path[path.count - 1]),
        ]
        return "{" + members.map { quoted($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
    }

    private static func tidy(_ value: Double, _ decimals: Int) -> Double { Double(brief(value, decimals: decimals)) ?? value }

    /// The points with more between them, at most `step` apart, and the places of the old ones among the new.
    private static func dense(_ points: [Point], step: Double) -> (points: [Point], corners: [Int]) {
        guard let first = points.first else { return ([], []) }
        var result = [first], corners = [0]
        for (from, to) in zip(points, points.dropFirst()) {
            let pieces = step > 0 ? Int(max(1, min(100_000, (from.distance(to: to) / step).rounded(.up)))) : 1
            for k in 1..<max(1, pieces) { result.append(from.interpolated(to: to, Double(k) / Double(pieces))) }
            corners.append(result.count)
            result.append(to)
        }
        return (result, corners)
    }

    /// The scenes row by row on one canvas, each in a cell as large as the largest of them.
    private static func sheet(_ scenes: [Scene], columns: Int) -> Scene {
        let width = scenes.map(\.width).max() ?? 1, height = scenes.map(\.height).max() ?? 1, gap = max(width, height) / 16
        let rows = (scenes.count + columns - 1) / columns
        var sheet = Scene(width: Double(columns) * (width + gap) - gap, height: Double(rows) * (height + gap) - gap)
        for (i, scene) in scenes.enumerated() {
            let dx = Double(i % columns) * (width + gap), dy = Double(i / columns) * (height + gap), first = sheet.strokes.count
            sheet.strokes += scene.strokes.map { $0.transformed(dx: dx, dy: dy) }
            sheet.objects += scene.objects.map { object in
                var object = object
                object.strokes = object.strokes.filter(scene.strokes.indices.contains).map { $0 + first }
                return object
            }
        }
        return sheet
    }
}
