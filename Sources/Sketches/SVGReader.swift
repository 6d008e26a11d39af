import Files
import Foundation

/// Walks an SVG's elements and collects what can be read as strokes, with the place each came from.
struct SVGReader {
    /// Where a stroke stands in the file.
    struct Source: Sendable {
        var element: Int
        /// The subpath of a `<path>`; `nil` for the other shapes.
        var subpath: Int?
    }

    /// A path's data with its place in the file.
    struct Path: Sendable {
        var text: XMLText
        var subpaths: [Subpath]
    }

    /// Where a shape or an object's group is, for moving it.
    struct Place: Sendable {
        /// From the coordinates around the element to the scene.
        var outer: Transform
        /// From its own coordinates, its transform included, to the scene.
        var inner: Transform
        var stroke: String?
        var strokeWidth: String?
        /// What the shape notes of the drawing order.
        var order: Double?
    }

    /// What applies to an element from those around it.
    private struct Context {
        var transform = Transform.identity
        var group: Int?
        /// The part of the object around: what its innermost labelled element is called.
        var part: String?
        var fill: String?
        var stroke: String?
        var strokeWidth: String?
        /// `display: none` here or on anything around: no descendant can undo it.
        var isRemoved = false
        /// `visibility`, inherited: a descendant may be visible again.
        var isInvisible = false
    }

    private struct Found {
        var stroke: Stroke
        var source: Source
        var group: Int?
        var order: Double?
    }

    private let bytes: [UInt8]
    private let file: String
    private let elements: [XMLElement]
    private var found: [Found] = []
    private var pointCount = 0
    private var notices: [(text: String, lines: [Int])] = []
    private var counted = (offset: 0, line: 1)

    private(set) var paths: [Int: Path] = [:]
    /// By element: shapes that were read, and groups that are objects.
    private(set) var places: [Int: Place] = [:]
    /// Whether strokes are in the order that they note, not in the file's.
    private(set) var notesOrder = false
    /// How far the lines that stand for curves may be from these, pixels.
    private(set) var tolerance = 0.125
    /// The canvas: from `viewBox`, else from `width` and `height`, else `nil`.
    private(set) var frame: Box?
    /// From the user space inside the root to the scene: the root's own transform, and the shift of the canvas's corner to 0, 0.
    private(set) var placement = Transform.identity

    init(_ bytes: [UInt8], _ elements: [XMLElement], file: String) {
        self.bytes = bytes
        self.elements = elements
        self.file = file
    }

    /// The scene, and for each of its strokes the source; for each object the `<g>` it is.
    mutating func read() throws(FileError) -> (scene: Scene, sources: [Source], groups: [Int]) {
        guard elements[0].name == "svg" else {
            throw FileError(file: file, line: bytes.line(at: elements[0].range.lowerBound), .expected("an <svg> element", found: "<\(elements[0].name.prefix(60))>"))
        }
        frame = rootFrame()
        if let frame { tolerance = max(frame.longestSide, 1e-3) * 0.0005 }
        var context = Context()
        if let frame { context.transform = .translation(-frame.x0, -frame.y0) }
        inherit(0, &context)
        placement = context.transform
        for child in elements[0].children { try visit(child, context) }
        return scene()
    }

    /// The prompt, which files written here hold in a title with a mark; other titles say what a file's author likes.
    private var prompt: String? {
        guard let title = elements[0].children.first(where: { elements[$0].name == "title" && value("data-atelier", of: $0)?.string == "prompt" }),
              let end = elements[title].contentEnd, elements[title].children.isEmpty else { return nil }
        let range = elements[title].contentStart..<end
        return range.isEmpty || bytes[range].contains(UInt8(ascii: "<")) ? nil : XMLText(bytes, range).string
    }

    /// Names of what was not read, each with its lines.
    var warnings: [String] {
        notices.prefix(40).map { notice in
            let lines = notice.lines.prefix(3).map(String.init).joined(separator: ", ") + (notice.lines.count > 3 ? " and \(notice.lines.count - 3) more" : "")
            return "\(notice.lines.count == 1 ? "line" : "lines") \(lines): \(notice.text)"
        } + (notices.count > 40 ? ["and \(notices.count - 40) other things that are no strokes"] : [])
    }

    private mutating func warn(_ text: String, _ element: Int) {
        // Elements are visited in the file's order, so the lines are counted once.
        let offset = elements[element].range.lowerBound
        if offset > counted.offset {
            counted = (offset, counted.line + bytes[counted.offset..<offset].count { $0 == 10 })
        }
        let line = counted.line
        if let known = notices.firstIndex(where: { $0.text == text }) {
            notices[known].lines.append(line)
        } else if notices.count < 1000 {
            notices.append((text, [line]))
        }
    }

    // MARK: attributes

    private func value(_ name: String, of element: Int) -> XMLText? {
        elements[element].attributes.first { $0.name == name }.map { XMLText(bytes, $0.value) }
    }

    /// A presentation attribute; a declaration in `style` wins.
    private func property(_ name: String, _ style: StyleAttribute, of element: Int) -> String? {
        style[name] ?? value(name, of: element)?.string.trimmingCharacters(in: .whitespaces)
    }

    /// What part of an object an element is called: `data-part`, else the name that Inkscape keeps.
    private func label(of element: Int) -> String? {
        (value("data-part", of: element) ?? value("inkscape:label", of: element)).map { $0.string.trimmingCharacters(in: .whitespaces) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A length in user units (1 px); `nil` for percentages and what is no length.
    private func length(_ name: String, of element: Int) -> Double? {
        guard let text = value(name, of: element) else { return nil }
        var scanner = NumberScanner(text.bytes)
        scanner.skipSpace()
        guard let number = scanner.number(), abs(number) <= ReadLimit.coordinate else { return nil }
        let rest = String(decoding: text.bytes[scanner.position...], as: UTF8.self).trimmingCharacters(in: .whitespaces)
        return lengthUnits[rest].map { number * $0 }
    }

    private func numbers(_ name: String, of element: Int) -> (values: [Double], isWhole: Bool)? {
        guard let text = value(name, of: element) else { return nil }
        var scanner = NumberScanner(text.bytes), values: [Double] = []
        while true {
            scanner.skipSeparators()
            guard let number = scanner.number() else { return (values, scanner.isAtEnd) }
            values.append(number)
        }
    }

    private func viewBox(of element: Int) -> Box? {
        guard let (v, isWhole) = numbers("viewBox", of: element), isWhole, v.count == 4, v.allSatisfy({ abs($0) <= ReadLimit.coordinate }),
              v[2] >= 1e-6, v[3] >= 1e-6 else { return nil }
        return Box(x0: v[0], y0: v[1], x1: v[0] + v[2], y1: v[1] + v[3])
    }

    private func rootFrame() -> Box? {
        if let box = viewBox(of: 0) { return box }
        guard let width = length("width", of: 0), let height = length("height", of: 0), width >= 1e-6, height >= 1e-6 else { return nil }
        return Box(x0: 0, y0: 0, x1: width, y1: height)
    }

    private mutating func inherit(_ element: Int, _ context: inout Context) {
        let style = StyleAttribute(value("style", of: element)?.bytes ?? [])
        if let fill = property("fill", style, of: element) { context.fill = fill }
        if context.group != nil, let part = label(of: element) { context.part = part }
        if let stroke = property("stroke", style, of: element) { context.stroke = stroke }
        if let width = property("stroke-width", style, of: element), width != "inherit" { context.strokeWidth = width }
        if property("display", style, of: element) == "none" { context.isRemoved = true }
        switch property("visibility", style, of: element) {
        case "visible": context.isInvisible = false
        case "hidden", "collapse": context.isInvisible = true
        default: break      // absent, "inherit" or not known: as around
        }
        if let transform = transform(style, of: element) { context.transform = context.transform.after(transform) }
        for name in ["clip-path", "mask"] {
            if let reference = property(name, style, of: element), reference != "none" { warn("\(name) is not applied: strokes are read whole", element) }
        }
        for name in ["translate", "rotate", "scale", "offset-path"] {
            if let move = style[name], move != "none" { warn("\(name) in a style is not applied: strokes are read where they are without it", element) }
        }
    }

    /// What moves the element: `transform` in its style, else the attribute.
    private mutating func transform(_ style: StyleAttribute, of element: Int) -> Transform? {
        guard let text = style["transform"].map({ Array($0.utf8) }) ?? value("transform", of: element)?.bytes else { return nil }
        guard let transform = Transform(svg: text) else {
            warn("the transform \"\(String(decoding: text.prefix(40), as: UTF8.self))\" cannot be read and was passed over", element)
            return nil
        }
        guard !transform.isTranslation, let origin = property("transform-origin", style, of: element) else { return transform }
        var scanner = NumberScanner(Array(origin.utf8)), sides: [Double] = []
        while let number = scanner.number(), let unit = lengthUnits[scanner.word()] {
            sides.append(number * unit)
            scanner.skipSpace()
        }
        guard scanner.isAtEnd, 2...3 ~= sides.count, property("transform-box", style, of: element) ?? "view-box" == "view-box" else {
            warn("transform-origin \"\(origin.prefix(40))\" is not applied: only lengths from the canvas's corner are read", element)
            return transform
        }
        return transform.around(Point(x: sides[0], y: sides[1]))
    }

    // MARK: elements

    private mutating func visit(_ index: Int, _ outer: Context) throws(FileError) {
        let element = elements[index]
        if value("data-atelier", of: index) != nil { return }      // our own background, boxes, labels, animation, prompt
        guard element.namespace == .svg else {
            if element.namespace == .none { warn("<\(element.name.prefix(40))> is not read: it is not in SVG's namespace", index) }
            return
        }
        var context = outer
        switch element.name {
        case "g", "a", "switch", "svg":
            inherit(index, &context)
            if element.name == "g", value("data-class", of: index) != nil {
                (context.group, context.part) = (index, nil)
                places[index] = Place(outer: outer.transform, inner: context.transform)
            }
            if element.name == "svg" { context.transform = context.transform.after(viewport(index)) }
            for child in element.children { try visit(child, context) }
        case "path", "line", "polyline", "polygon", "rect", "circle", "ellipse":
            inherit(index, &context)
            try shape(index, context, in: outer.transform)
        case "title", "desc", "metadata", "defs", "symbol", "clipPath", "mask", "marker", "pattern", "filter", "linearGradient", "radialGradient": break
        case "style": warn("<style> is not read: style sheets do not change strokes here", index)
        default: warn("<\(element.name.prefix(40))> is not read: it is not a stroke", index)
        }
    }

    /// The transform of a nested `<svg>`.
    private func viewport(_ index: Int) -> Transform {
        let place = Transform.translation(length("x", of: index) ?? 0, length("y", of: index) ?? 0)
        guard let box = viewBox(of: index) else { return place }
        let width = length("width", of: index) ?? box.width, height = length("height", of: index) ?? box.height
        let scale = min(width / box.width, height / box.height)      // preserveAspectRatio xMidYMid meet
        return place.after(.translation((width - box.width * scale) / 2, (height - box.height * scale) / 2))
            .after(.scale(scale, scale)).after(.translation(-box.x0, -box.y0))
    }

    private mutating func shape(_ index: Int, _ context: Context, in outer: Transform) throws(FileError) {
        let name = elements[index].name
        if context.isRemoved || context.isInvisible { return warn("a hidden <\(name)> is not read", index) }
        if context.fill == "none", context.stroke == "none" { return warn("a <\(name)> without stroke and fill is invisible and not read", index) }
        let subpaths: [Subpath]
        if name == "path" {
            guard let text = value("d", of: index) else { return warn("a <path> has no d", index) }
            let data = PathData(text.bytes)
            if let at = data.brokenAt {
                let rest = String(decoding: text.bytes[at...].prefix(16), as: UTF8.self)
                warn("path data is broken at \"\(rest)\"; what follows there is not read", index)
            }
            paths[index] = Path(text: text, subpaths: data.subpaths)
            subpaths = data.subpaths
        } else {
            guard let outline = outline(index) else { return warn("a <\(name)> has no or unknown measures", index) }
            subpaths = [outline]
            if name == "rect", isBackground(outline, context) { return warn("a rectangle behind the whole picture is taken as background", index) }
        }
        let order = value("data-stroke", of: index).flatMap { Double($0.string) }.flatMap { $0.isFinite ? $0 : nil }
        for (i, subpath) in subpaths.enumerated() where subpath.isDrawn {
            guard let points = subpath.flattened(context.transform, tolerance: tolerance, limit: ReadLimit.points - pointCount) else {
                throw FileError(file: file, line: bytes.line(at: elements[index].range.lowerBound), .tooManyPoints(limit: ReadLimit.points))
            }
            guard points.allSatisfy({ abs($0.x) <= ReadLimit.coordinate && abs($0.y) <= ReadLimit.coordinate }) else {
                warn("a <\(name)> lies more than \(exact(ReadLimit.coordinate)) pixels away and is not read", index)
                continue
            }
            pointCount += points.count
            let source = Source(element: index, subpath: name == "path" ? i : nil)
            places[index] = Place(outer: outer, inner: context.transform, stroke: context.stroke, strokeWidth: context.strokeWidth, order: order)
            found.append(Found(stroke: Stroke(points, part: context.part), source: source, group: context.group, order: order))
        }
    }

    /// A shape other than a path, as one; `nil` where its measures cannot be read.
    private mutating func outline(_ index: Int) -> Subpath? {
        func measure(_ name: String) -> Double? {
            elements[index].attributes.contains { $0.name == name } ? length(name, of: index) : 0
        }
        func closed(_ start: Point, _ segments: [PathSegment]) -> Subpath {
            Subpath(start: start, segments: segments, isClosed: true, text: 0..<0, lead: .none)
        }
        switch elements[index].name {
        case "line":
            guard let x1 = measure("x1"), let y1 = measure("y1"), let x2 = measure("x2"), let y2 = measure("y2") else { return nil }
            return Subpath(start: Point(x: x1, y: y1), segments: [.line(Point(x: x2, y: y2))], text: 0..<0, lead: .none)
        case "rect":
            guard let x = measure("x"), let y = measure("y"), let w = length("width", of: index), let h = length("height", of: index), w > 0, h > 0 else { return nil }
            let given = (length("rx", of: index), length("ry", of: index))
            let rx = min(w / 2, max(0, given.0 ?? given.1 ?? 0)), ry = min(h / 2, max(0, given.1 ?? given.0 ?? 0))
            let start = Point(x: x + rx, y: y)
            var segments: [PathSegment] = []
            let corners = [(Point(x: x + w - rx, y: y), Point(x: x + w, y: y + ry)), (Point(x: x + w, y: y + h - ry), Point(x: x + w - rx, y: y + h)),
                           (Point(x: x + rx, y: y + h), Point(x: x, y: y + h - ry)), (Point(x: x, y: y + ry), start)]
            for (before, after) in corners {
                segments.append(.line(before))
                if rx > 0, ry > 0 { segments += arcSegments(from: before, to: after, rx: rx, ry: ry, degrees: 0, isLarge: false, isSweep: true) }
            }
            return closed(start, segments)
        case "circle", "ellipse":
            let isCircle = elements[index].name == "circle"
            guard let cx = measure("cx"), let cy = measure("cy"), let rx = length(isCircle ? "r" : "rx", of: index),
                  let ry = isCircle ? rx : length("ry", of: index), rx > 0, ry > 0 else { return nil }
            let right = Point(x: cx + rx, y: cy), left = Point(x: cx - rx, y: cy)
            return closed(right, arcSegments(from: right, to: left, rx: rx, ry: ry, degrees: 0, isLarge: false, isSweep: true)
                + arcSegments(from: left, to: right, rx: rx, ry: ry, degrees: 0, isLarge: false, isSweep: true))
        default:
            guard let (v, isWhole) = numbers("points", of: index), v.count >= 2 else { return nil }
            if !isWhole || !v.count.isMultiple(of: 2) { warn("a list of points is not whole; what follows the last good pair is not read", index) }
            let points = stride(from: 0, to: v.count - 1, by: 2).map { Point(x: v[$0], y: v[$0 + 1]) }
            return Subpath(start: points[0], segments: points.dropFirst().map(PathSegment.line), isClosed: elements[index].name == "polygon",
                           text: 0..<0, lead: .none)
        }
    }

    private func isBackground(_ outline: Subpath, _ context: Context) -> Bool {
        guard let frame, context.stroke == nil || context.stroke == "none", context.fill != "none",
              let box = outline.flattened(context.transform, tolerance: tolerance, limit: ReadLimit.points).flatMap({ Box.of($0) }) else { return false }
        let slack = frame.longestSide * 0.001
        return box.x0 <= slack && box.y0 <= slack && box.x1 >= frame.width - slack && box.y1 >= frame.height - slack
    }

    // MARK: the scene

    private mutating func scene() -> (scene: Scene, sources: [Source], groups: [Int]) {
        // Files written here note the drawing order where it differs from the order in the file.
        if !found.isEmpty, found.allSatisfy({ $0.order != nil }), Set(found.map(\.order)).count == found.count {
            found.sort { ($0.order ?? 0) < ($1.order ?? 0) }
            notesOrder = true
        }
        let strokes = found.map(\.stroke)
        let size = frame.map { ($0.width, $0.height) } ?? SceneReader.canvas(for: strokes)
        var scene = Scene(prompt: prompt, width: size.0, height: size.1, strokes: strokes)
        let members = Dictionary(grouping: found.indices.filter { found[$0].group != nil }) { found[$0].group ?? 0 }
        let groups = members.keys.sorted()
        for group in groups {
            guard let indices = members[group], let box = Box.of(indices.map { strokes[$0] }) else { continue }
            let confidence = value("data-confidence", of: group).flatMap { Double($0.string) }.flatMap { $0.isFinite ? $0 : nil }
            scene.objects.append(SceneObject(className: value("data-class", of: group)?.string ?? "", box: box, strokes: indices, confidence: confidence))
        }
        return (scene, found.map(\.source), groups)
    }
}
