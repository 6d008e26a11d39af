import Files

/// Scenes as SVG text: one `<g id data-class>` an object, one `<path fill="none">` a stroke (with `data-part` where that is told), strokes of no object in a final plain `<g>`.
///
/// Boxes, labels, background and animation carry `data-atelier`, by which the reader knows that they are not ink; so does the title that
/// holds the prompt, by which the reader knows it from titles that others give.
enum SVGWriter {
    static func text(_ scenes: [Scene], options: RenderOptions) throws(RenderError) -> String {
        guard let first = scenes.first else { throw .noScenes }
        if scenes.count == 1 {
            let scale = options.size.map { Double($0) / first.longestSide } ?? 1
            return document(width: first.width * scale, height: first.height * scale, viewBox: first, options: options, title: first.prompt,
                            content: groups(first, options: options, idPrefix: "", standalone: false))
        }
        let columns = options.sheetColumns(for: scenes.count), rows = (scenes.count + columns - 1) / columns
        let cell = options.size.map { Double($0) / Double(max(columns, rows)) } ?? 256
        let sheet = Scene(width: Double(columns) * cell, height: Double(rows) * cell)
        var content = ""
        for (i, scene) in scenes.enumerated() {
            let place = [Double(i % columns) * cell, Double(i / columns) * cell, cell].map { brief($0, decimals: 4) }
            content += "<svg x=\"\(place[0])\" y=\"\(place[1])\" width=\"\(place[2])\" height=\"\(place[2])\""
            content += " viewBox=\"0 0 \(exact(scene.width)) \(exact(scene.height))\"\(pen(scene, options))>\n"
            content += groups(scene, options: options, idPrefix: "scene-\(i + 1)-", standalone: false, notesOrder: false) + "</svg>\n"
        }
        return document(width: sheet.width, height: sheet.height, viewBox: sheet, options: options, title: nil, content: content)
    }

    private static func document(width: Double, height: Double, viewBox: Scene, options: RenderOptions, title: String?, content: String) -> String {
        var text = "<svg xmlns=\"\(svgNamespace)\" width=\"\(brief(width))\" height=\"\(brief(height))\" viewBox=\"0 0 \(exact(viewBox.width)) \(exact(viewBox.height))\""
        text += " fill=\"none\" stroke=\"\(Color.ink.css)\"\(pen(viewBox, options)) stroke-linecap=\"round\" stroke-linejoin=\"round\">\n"
        if let title, !title.isEmpty { text += "<title data-atelier=\"prompt\">\(escapedMarkup(title))</title>\n" }
        if options.animate { text += animationStyle }
        if let background = options.background {
            text += "<rect data-atelier=\"background\" width=\"\(exact(viewBox.width))\" height=\"\(exact(viewBox.height))\" fill=\"\(background.css)\" stroke=\"none\"/>\n"
        }
        return text + content + "</svg>\n"
    }

    private static func pen(_ scene: Scene, _ options: RenderOptions) -> String {
        " stroke-width=\"\(brief(options.penWidth(of: scene), decimals: 4))\""
    }

    /// The objects' groups, then the loose strokes, a line each element.
    ///
    /// - Parameters:
    ///   - standalone: each group says how its strokes look, for a file whose root does not.
    ///   - notesOrder: where strokes are not in the order of the scene, each path notes its index.
    ///   - orders: what strokes note of their order instead, by index.
    static func groups(_ scene: Scene, options: RenderOptions, idPrefix: String, standalone: Bool, notesOrder: Bool = true, orders: [Int: String] = [:]) -> String {
        var written: Set<Int> = []
        let objects = scene.objects.map { object in object.strokes.filter { scene.strokes.indices.contains($0) && written.insert($0).inserted } }
        let loose = scene.strokes.indices.filter { !written.contains($0) }
        let order = objects.flatMap { $0 } + loose
        let isOrdered = zip(order, order.dropFirst()).allSatisfy { $0 < $1 }
        let timing = options.animate ? StrokeTiming(scene) : nil
        let decimals = scene.longestSide >= 100 ? 2 : scene.longestSide >= 1 ? 4 : 8
        let look = standalone ? " fill=\"none\" stroke=\"\(Color.ink.css)\"\(pen(scene, options)) stroke-linecap=\"round\" stroke-linejoin=\"round\"" : ""

        func path(_ index: Int) -> String {
            let number = (orders[index] ?? (isOrdered || !notesOrder ? nil : String(index))).map { " data-stroke=\"\($0)\"" } ?? ""
            let style = timing.map { " style=\"\(animation(of: $0.spans[index]))\"" } ?? ""
            let part = scene.strokes[index].part.map { " data-part=\"\(escapedMarkup($0))\"" } ?? ""
            return "<path fill=\"none\"\(part)\(number)\(timing == nil ? "" : " pathLength=\"1\"")\(style) d=\"\(scene.strokes[index].pathData(decimals: decimals))\"/>\n"
        }
        let notes = options.boxes || options.labels
            ? annotations(of: scene, options: options, scale: 1) { text, size in Double(text.count) * size * 0.6 } : []
        var text = ""
        for (i, strokes) in objects.enumerated() where !strokes.isEmpty {
            let object = scene.objects[i]
            text += "<g id=\"\(idPrefix)\(identifier(object.className))-\(i + 1)\" data-class=\"\(escapedMarkup(object.className))\""
            if let confidence = object.confidence, confidence.isFinite { text += " data-confidence=\"\(exact(confidence))\"" }
            text += look.isEmpty || !options.colors ? look : look.replacing("stroke=\"\(Color.ink.css)\"", with: "stroke=\"\(Color.ofObject(i).css)\"")
            if look.isEmpty, options.colors { text += " stroke=\"\(Color.ofObject(i).css)\"" }
            text += ">\n" + strokes.map(path).joined()
            if i < notes.count { text += note(notes[i]) }
            text += "</g>\n"
        }
        if !loose.isEmpty { text += "<g\(look)>\n" + loose.map(path).joined() + "</g>\n" }
        return text
    }

    private static func note(_ note: Annotation) -> String {
        var text = ""
        func rect(_ box: Box, radius: Double) -> String {
            "<rect data-atelier=\"note\" x=\"\(brief(box.x0))\" y=\"\(brief(box.y0))\" width=\"\(brief(box.width))\" height=\"\(brief(box.height))\" rx=\"\(brief(radius))\""
        }
        if let frame = note.frame {
            text += rect(frame, radius: note.lineWidth * 2) + " stroke=\"\(note.color.css)\" stroke-width=\"\(brief(note.lineWidth))\"/>\n"
        }
        if let label = note.label {
            text += rect(label.plate, radius: label.textSize * 0.25) + " fill=\"\(note.color.css)\" stroke=\"none\"/>\n"
            let middle = (label.plate.x0 + label.plate.x1) / 2
            text += "<text data-atelier=\"note\" x=\"\(brief(middle))\" y=\"\(brief(label.baseline.y))\" fill=\"#ffffff\" stroke=\"none\" text-anchor=\"middle\""
            text += " font-family=\"sans-serif\" font-weight=\"bold\" font-size=\"\(brief(label.textSize))\">\(escapedMarkup(label.text))</text>\n"
        }
        return text
    }

    /// A class as part of an id: letters, digits and hyphens.
    private static func identifier(_ name: String) -> String {
        let text = String(name.lowercased().prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        guard let first = text.first, first.isLetter else { return "object" }
        return text
    }

    // MARK: animation

    /// The dash lives in the key frames only, so that viewers without CSS animation show the whole drawing. The gap of the dash is a little
    /// longer than the line, and the offset in the middle of it, so that no round cap shows before its time.
    private static let animationStyle = """
        <style data-atelier="animation">
        @keyframes draw { from { stroke-dasharray: 1 1.2; stroke-dashoffset: 1.1 } to { stroke-dasharray: 1 1.2; stroke-dashoffset: 0 } }
        @keyframes dot { from { opacity: 0 } to { opacity: 1 } }
        @media (prefers-reduced-motion: reduce) { path { animation: none !important } }
        </style>

        """

    private static func animation(of span: StrokeTiming.Span) -> String {
        "animation:\(span.isDot ? "dot" : "draw") \(brief(span.duration, decimals: 3))s linear \(brief(span.begin, decimals: 3))s both"
    }
}

extension Stroke {
    /// SVG path data of the polyline, its numbers rounded to so many places. A dot is a line to its own place, which round caps make visible; two points in
    /// one place end in `z`, so that the reader tells them from a dot.
    package func pathData(decimals: Int) -> String {
        guard let first = points.first else { return "" }
        func pair(_ p: Point) -> String { "\(brief(p.x, decimals: decimals)) \(brief(p.y, decimals: decimals))" }
        let start = pair(first)
        if points.count == 1 { return "M\(start)L\(start)" }
        return "M\(start)L" + points.dropFirst().map(pair).joined(separator: " ") + (points.count == 2 && pair(points[1]) == start ? "z" : "")
    }
}
