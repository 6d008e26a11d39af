import Files

/// Reads Excalidraw's JSON (`"type":"excalidraw"`, a file or what its clipboard holds).
///
/// Freehand strokes, lines and arrows become strokes; rectangles, diamonds and ellipses their outlines. Deleted elements are passed over; all
/// else is counted in the warnings. An object is a group of strokes that files written here give a class (``ExcalidrawWriter``).
struct ExcalidrawReader {
    private struct Part {
        var stroke: Stroke
        var note: ExcalidrawElement.Note
        var groups: [String]
        var label: Label? { note.className.map { Label(className: $0, number: note.object) } }
    }

    private struct Label: Hashable {
        var className: String
        var number: Int?
    }

    private var parts: [Part] = []
    private var pointCount = 0
    private var notRead: [(type: String, count: Int)] = []
    private var invisible = 0, arrowheads = 0, empty = 0
    private var canvas: (width: Double, height: Double)?
    private var prompt: String?

    /// Whether the object at the position says that it is Excalidraw's. Ends at the first key that settles it.
    static func isNext(_ scanner: JSONScanner) -> Bool {
        var probe = scanner
        guard probe.peek() == UInt8(ascii: "{") else { return false }
        repeat {
            probe.jump(to: probe.position + 1)
            guard probe.peek() == UInt8(ascii: "\""), let key = try? probe.string("a key"), probe.peek() == UInt8(ascii: ":") else { return false }
            probe.jump(to: probe.position + 1)
            switch key {
            case "type": return probe.peek() == UInt8(ascii: "\"") && ((try? probe.string("a type"))?.hasPrefix("excalidraw") ?? false)
            case "strokes", "drawing": return false
            default: guard (try? probe.skip()) != nil else { return false }
            }
        } while probe.peek() == UInt8(ascii: ",")
        return false
    }

    /// Reads the drawing at the position, as one scene.
    static func read(_ scanner: inout JSONScanner) throws(FileError) -> (scene: Scene, warnings: [String]) {
        var reader = ExcalidrawReader()
        scanner.skipSpace()
        let start = scanner.position
        var hasElements = false
        try scanner.members("an Excalidraw drawing") { (scanner, key) throws(FileError) in
            switch key {
            case "type":
                let type = try scanner.string("the type as a string")
                guard type != "excalidrawlib" else {
                    throw scanner.error(.expected("a drawing", found: "a library of parts; put the wanted parts on Excalidraw's canvas and save that"))
                }
                guard type == "excalidraw" || type == "excalidraw/clipboard" else {
                    throw scanner.error(.expected("\"excalidraw\"", found: "\"\(type.prefix(60))\"; save the drawing as an .excalidraw file"))
                }
            case "elements":
                hasElements = true
                try scanner.elements("a list of elements") { (scanner, index) throws(FileError) in
                    try scanner.limit(index, "elements")
                    try reader.element(&scanner)
                }
            case "appState" where scanner.peek() == UInt8(ascii: "{"):
                try scanner.members("the state of Excalidraw") { (scanner, key) throws(FileError) in
                    guard key == "atelier" else { return try scanner.skip() }
                    scanner.beginRecord()
                    reader.remember(try scanner.value())
                }
            default: try scanner.skip()
            }
        }
        guard hasElements else { throw scanner.error(.missing("\"elements\" (the list of what is drawn)"), at: start) }
        return (reader.scene(), reader.warnings)
    }

    /// What a file written here says of its scene.
    private mutating func remember(_ value: JSONValue) {
        guard case .object(let members) = value else { return }
        canvas = ExcalidrawElement.canvas(members["canvas"])
        if case .string(let text)? = members["prompt"] { prompt = text }
    }

    private mutating func element(_ scanner: inout JSONScanner) throws(FileError) {
        let at = scanner.position
        let element = try ExcalidrawElement(&scanner, points: ReadLimit.points - pointCount)
        guard !element.isDeleted else { return }
        guard ExcalidrawElement.kinds.contains(element.type) else { return pass(over: element.type) }
        guard !element.isInvisible else { return invisible += 1 }
        guard let path = element.path else { return empty += 1 }
        guard let points = element.points(of: path, limit: ReadLimit.points - pointCount) else {
            throw scanner.error(.tooManyPoints(limit: ReadLimit.points), at: at)
        }
        guard points.allSatisfy({ abs($0.x) <= ReadLimit.coordinate && abs($0.y) <= ReadLimit.coordinate }) else {
            throw scanner.error(.outOfRange("the element reaches beyond \(exact(ReadLimit.coordinate)) pixels"), at: at)
        }
        if element.hasArrowhead { arrowheads += 1 }
        pointCount += points.count
        parts.append(Part(stroke: Stroke(points), note: element.note, groups: element.groups))
    }

    private mutating func pass(over type: String) {
        let name = String(type.prefix(40))
        if let known = notRead.firstIndex(where: { $0.type == name }) {
            notRead[known].count += 1
        } else if notRead.count < 40 {
            notRead.append((name, 1))
        } else {
            notRead[39] = ("others", notRead[39].count + 1)
        }
    }

    private var warnings: [String] {
        var lines = notRead.map { "\($0.count) × \"\($0.type)\" is not read: freehand strokes, lines, arrows, rectangles, diamonds and ellipses are" }
        if arrowheads > 0 { lines.append("the heads of \(arrowheads == 1 ? "an arrow" : "\(arrowheads) arrows") are not read, only the shafts") }
        if invisible > 0 { lines.append("\(invisible) × an element that cannot be seen (opacity 0, or transparent) is not read") }
        if empty > 0 { lines.append("\(empty) × an element without points or size is not read") }
        return lines
    }

    // MARK: the scene

    private func scene() -> Scene {
        let ink = Box.of(parts.map(\.stroke))
        var strokes = parts.map(\.stroke), size = canvas
        if size == nil, let noted = parts.lazy.compactMap(\.note.canvas).first, let ink,
           ink.x0 >= 0, ink.y0 >= 0, ink.x1 <= noted.width, ink.y1 <= noted.height { size = noted }
        if size == nil, let ink {
            // Excalidraw's canvas has no edge: the drawing gets a margin around it.
            let margin = max(10, ink.longestSide * 0.04).rounded()
            strokes = strokes.map { $0.transformed(dx: margin - ink.x0, dy: margin - ink.y0) }
            size = (ink.width + 2 * margin, ink.height + 2 * margin)
        }
        let (width, height) = size ?? SceneReader.canvas(for: strokes)
        var scene = Scene(prompt: prompt, width: width, height: height, strokes: strokes)
        scene.objects = members.compactMap { indices in
            guard let named = indices.first(where: { parts[$0].label != nil }), let box = Box.of(indices.map { strokes[$0] }) else { return nil }
            return SceneObject(className: parts[named].note.className ?? "", box: box, strokes: indices, confidence: parts[named].note.confidence)
        }
        return scene
    }

    /// The strokes of each object, in the order that the objects had.
    ///
    /// Strokes of one class and number that share a group are one object, also when a person has made groups of groups; a copy has a group of
    /// its own and is another object. A stroke added to an object's group belongs to it.
    private var members: [[Int]] {
        var leader = Array(parts.indices)
        func find(_ index: Int) -> Int {
            var index = index
            while leader[index] != index {
                leader[index] = leader[leader[index]]
                index = leader[index]
            }
            return index
        }
        struct Shared: Hashable { var label: Label, group: String? }
        var first: [Shared: Int] = [:], labels: [String: Set<Label>] = [:]
        for (index, part) in parts.enumerated() {
            guard let label = part.label else { continue }
            for group in part.groups { labels[group, default: []].insert(label) }
            let shared = part.groups.isEmpty ? (label.number == nil ? [] : [Shared(label: label, group: nil)]) : part.groups.map { Shared(label: label, group: $0) }
            for key in shared {
                if let other = first[key] { leader[find(index)] = find(other) } else { first[key] = index }
            }
        }
        for (index, part) in parts.enumerated() where part.label == nil {
            guard let group = part.groups.first(where: { labels[$0] != nil }), let label = labels[group], label.count == 1, let only = label.first,
                  let other = first[Shared(label: only, group: group)] else { continue }
            leader[index] = find(other)
        }
        let sets = Dictionary(grouping: parts.indices, by: find).values.map { $0.sorted() }
            .filter { $0.contains { parts[$0].label != nil } }
        func order(_ indices: [Int]) -> (Int, Int) { (indices.lazy.compactMap { parts[$0].note.object }.first ?? .max, indices[0]) }
        return sets.sorted { order($0) < order($1) }
    }
}
