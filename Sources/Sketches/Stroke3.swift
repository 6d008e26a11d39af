import Files

/// Stroke-3, the form of sketch-rnn: rows `[dx, dy, p]`, offsets from the last point (the first from 0, 0), `p` 1 where the pen is lifted after it.
enum Stroke3 {
    /// Reads the rows of one drawing.
    static func read(_ scanner: inout JSONScanner) throws(FileError) -> Scene {
        var strokes: [Stroke] = [], points: [Point] = [], total = 0
        var pen = Point(x: 0, y: 0)
        try scanner.elements("a list of rows [dx, dy, p]") { (scanner, _) throws(FileError) in
            let at = scanner.position
            let row = try scanner.numbers("a row [dx, dy, p]")
            guard row.count == 3, row[2] == 0 || row[2] == 1 else {
                throw scanner.error(.expected("a row [dx, dy, p] with p 0 or 1 (stroke-3)", found: "[\(row.prefix(8).map(exact).joined(separator: ", "))]"), at: at)
            }
            pen = Point(x: pen.x + row[0], y: pen.y + row[1])
            guard abs(pen.x) <= ReadLimit.coordinate, abs(pen.y) <= ReadLimit.coordinate else {
                throw scanner.error(.outOfRange("the pen has run \(exact(ReadLimit.coordinate)) pixels away"), at: at)
            }
            points.append(pen)
            total += 1
            guard total <= ReadLimit.points else { throw scanner.error(.tooManyPoints(limit: ReadLimit.points), at: at) }
            if row[2] == 1 {
                strokes.append(Stroke(points))
                points = []
            }
        }
        if !points.isEmpty { strokes.append(Stroke(points)) }
        return scene(of: strokes)
    }

    /// The strokes on a canvas of their own. Ink left of or above the origin is moved onto it.
    static func scene(of strokes: [Stroke]) -> Scene {
        var strokes = strokes
        if let box = Box.of(strokes), box.x0 < 0 || box.y0 < 0 {
            strokes = strokes.map { $0.transformed(dx: max(0, -box.x0), dy: max(0, -box.y0)) }
        }
        let canvas = SceneReader.canvas(for: strokes)
        return Scene(width: canvas.width, height: canvas.height, strokes: strokes)
    }

    /// The rows of a scene's strokes; classes, boxes and the canvas are not part of the form.
    static func text(_ scene: Scene) -> String {
        var rows: [String] = []
        var pen = Point(x: 0, y: 0)      // where a reader's sum of the offsets stands, so that roundings do not add up
        for stroke in scene.strokes {
            for (i, point) in stroke.points.enumerated() {
                let dx = point.x - pen.x, dy = point.y - pen.y
                pen = Point(x: pen.x + dx, y: pen.y + dy)
                rows.append("[\(exact(dx)),\(exact(dy)),\(i == stroke.points.count - 1 ? 1 : 0)]")
            }
        }
        return "[" + rows.joined(separator: ",") + "]"
    }
}
