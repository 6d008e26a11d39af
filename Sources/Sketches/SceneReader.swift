import Files

/// Reads one JSON record: a scene, or a QuickDraw drawing (which has `drawing` instead of `strokes`).
struct SceneReader {
    private var scene = Scene(width: 0, height: 0)
    private var version: Int?
    private var hasStrokes = false
    private var drawingAt: Int?
    /// Where each object stands, for errors that are only seen at the end.
    private var objectOffsets: [Int] = []
    /// What each object calls the parts that its strokes are, one a stroke; none where it does not say.
    private var parts: [[String?]] = []
    private var objectsWithoutBox: Set<Int> = []
    private var relationsAt: Int?

    /// Reads the record at the position, whichever of the two it is.
    static func read(_ scanner: inout JSONScanner) throws(FileError) -> (scene: Scene, isQuickDraw: Bool) {
        var reader = SceneReader()
        scanner.beginRecord()
        scanner.skipSpace()
        let start = scanner.position
        try scanner.members("an object with a scene or a QuickDraw drawing") { (scanner, key) throws(FileError) in
            try reader.member(key, &scanner)
        }
        let end = scanner.position
        defer { scanner.jump(to: end) }
        if let drawing = reader.drawingAt, !reader.hasStrokes {
            try reader.takeDrawing(&scanner, at: drawing)
            try reader.check(scanner)
            return (reader.scene, true)
        }
        try reader.require(scanner, start: start)
        // Beside strokes it is one more unknown key, wherever it stands.
        if let drawing = reader.drawingAt {
            reader.scene.extra["drawing"] = try scanner.revisit("drawing", at: drawing) { (scanner) throws(FileError) in try scanner.value() }
        }
        try reader.check(scanner)
        return (reader.scene, false)
    }

    private mutating func member(_ key: String, _ scanner: inout JSONScanner) throws(FileError) {
        switch key {
        case "version":
            if scanner.peek() == UInt8(ascii: "\"") { throw scanner.error(.expected("the number 1", found: "a string")) }
            let found = try scanner.double("the number 1", limit: .infinity)
            guard found == 1 else { throw scanner.error(.unsupportedVersion(found.isFinite ? exact(found) : "beyond all numbers", known: Sketches.sceneVersion)) }
            version = 1
        case "width": scene.width = try SceneReader.side(&scanner)
        case "height": scene.height = try SceneReader.side(&scanner)
        case "strokes":
            scene.strokes = try SceneReader.strokes(&scanner)
            hasStrokes = true
        case "drawing":
            drawingAt = scanner.position      // read at the end, when it is known whether there are strokes
            try scanner.skip()
        case "prompt": scene.prompt = try scanner.takeNull() ? nil : try scanner.string("the prompt as a string")
        case "model": scene.model = try scanner.takeNull() ? nil : try scanner.string("the model's name as a string")
        case "error": scene.error = try scanner.takeNull() ? nil : try scanner.string("the error as a string")
        case "seed": scene.seed = try scanner.takeNull() ? nil : try scanner.integer("a whole number from 0 to 18446744073709551615")
        case "objects":
            var objects: [SceneObject] = [], offsets: [Int] = [], boxless: Set<Int> = [], parts: [[String?]] = []
            try scanner.elements("a list of objects") { (scanner, index) throws(FileError) in
                try scanner.limit(index, "objects")
                offsets.append(scanner.position)
                let (object, hasBox, own) = try SceneReader.object(&scanner)
                if !hasBox { boxless.insert(index) }
                parts.append(own)
                objects.append(object)
            }
            (scene.objects, objectOffsets, objectsWithoutBox, self.parts) = (objects, offsets, boxless, parts)
        case "relations":
            relationsAt = scanner.position
            var relations: [Relation] = []
            try scanner.elements("a list of relations") { (scanner, index) throws(FileError) in
                try scanner.limit(index, "relations")
                relations.append(try SceneReader.relation(&scanner))
            }
            scene.relations = relations
        default: scene.extra[key] = try scanner.value()
        }
    }

    private static func side(_ scanner: inout JSONScanner) throws(FileError) -> Double {
        let side = try scanner.double("a number of pixels")
        guard side > 0, side >= 1e-6 else { throw scanner.error(.outOfRange("must be more than 0 pixels")) }
        return side
    }

    /// `[[[x…],[y…]],…]`, each stroke optionally with a third list, the times.
    static func strokes(_ scanner: inout JSONScanner) throws(FileError) -> [Stroke] {
        var strokes: [Stroke] = [], total = 0
        try scanner.elements("a list of strokes [[x…],[y…]]") { (scanner, _) throws(FileError) in
            let start = scanner.position
            var parts: [[Double]] = []
            try scanner.elements("a stroke [[x…],[y…]]") { (scanner, part) throws(FileError) in
                guard part < 3 else { throw scanner.error(.expected("a stroke [[x…],[y…]] or [[x…],[y…],[t…]]", found: "a fourth list")) }
                parts.append(try scanner.numbers(part < 2 ? "a list of numbers" : "a list of times", limit: part < 2 ? ReadLimit.coordinate : ReadLimit.time))
            }
            guard parts.count >= 2 else { throw scanner.error(.expected("a stroke [[x…],[y…]]", found: "\(parts.count) lists"), at: start) }
            let xs = parts[0], ys = parts[1]
            guard !xs.isEmpty else { throw scanner.error(.expected("a stroke of at least one point", found: "none"), at: start) }
            guard xs.count == ys.count, parts.count == 2 || parts[2].count == xs.count else {
                throw scanner.error(.expected("lists of one length in a stroke", found: parts.map { "\($0.count)" }.joined(separator: " and ")), at: start)
            }
            total += xs.count
            guard total <= ReadLimit.points else { throw scanner.error(.tooManyPoints(limit: ReadLimit.points)) }
            strokes.append(Stroke(zip(xs, ys).map { Point(x: $0, y: $1) }, times: parts.count == 3 ? parts[2] : nil))
        }
        return strokes
    }

    private static func object(_ scanner: inout JSONScanner) throws(FileError) -> (SceneObject, hasBox: Bool, parts: [String?]) {
        let start = scanner.position
        var name: String?, box: Box?, strokes: [Int]?, parts: [String?] = [], partsAt = start
        var object = SceneObject(className: "", box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: [])
        try scanner.members("an object with class, box and strokes") { (scanner, key) throws(FileError) in
            switch key {
            case "class": name = try scanner.string("the class as a string")
            case "box":
                let at = scanner.position
                if try scanner.takeNull() { return }
                let sides = try scanner.numbers("[x0, y0, x1, y1]")
                guard sides.count == 4, sides[0] <= sides[2], sides[1] <= sides[3] else {
                    throw scanner.error(.expected("[x0, y0, x1, y1] with x0 ≤ x1 and y0 ≤ y1", found: "[\(sides.prefix(8).map(exact).joined(separator: ", "))]"), at: at)
                }
                box = Box(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3])
            case "strokes":
                var indices: [Int] = [], seen: Set<Int> = []
                try scanner.elements("a list of stroke indices") { (scanner, position) throws(FileError) in
                    try scanner.limit(position, "stroke indices")
                    let index: Int = try scanner.integer("the index of a stroke")
                    guard seen.insert(index).inserted else { throw scanner.error(.expected("each stroke once", found: "\(index) again")) }
                    indices.append(index)
                }
                strokes = indices
            case "parts":
                if try scanner.takeNull() { return }
                var names: [String?] = []
                partsAt = scanner.position
                try scanner.elements("a list of the parts that the strokes are") { (scanner, position) throws(FileError) in
                    try scanner.limit(position, "parts")
                    names.append(try scanner.takeNull() ? nil : try scanner.string("a part's name as a string, or null"))
                }
                parts = names
            case "confidence": object.confidence = try scanner.takeNull() ? nil : try scanner.double("a number from 0 to 1")
            default: object.extra[key] = try scanner.value()
            }
        }
        guard let name else { throw scanner.error(.missing("\"class\""), at: start) }
        guard let strokes else { throw scanner.error(.missing("\"strokes\" (indices into the scene's strokes)"), at: start) }
        guard parts.isEmpty || parts.count == strokes.count else {
            throw scanner.error(.expected("a part, or null, for each of the object's \(strokes.count) strokes", found: "\(parts.count)"), at: partsAt)
        }
        object.className = name
        object.strokes = strokes
        if let box { object.box = box }
        return (object, box != nil, parts)
    }

    private static func relation(_ scanner: inout JSONScanner) throws(FileError) -> Relation {
        let start = scanner.position
        var kind: RelationKind?, indices: [Int] = []
        let form = "a relation [\"left of\", subject, object]"
        try scanner.elements(form) { (scanner, index) throws(FileError) in
            if index == 0 {
                let word = try scanner.string(form)
                guard let known = RelationKind(rawValue: word) else {
                    let all = RelationKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw scanner.error(.expected("one of \(all)", found: "\"\(word.prefix(60))\""))
                }
                kind = known
            } else {
                guard index <= 2 else { throw scanner.error(.expected(form, found: "more than three entries")) }
                indices.append(try scanner.integer("the index of an object"))
            }
        }
        guard let kind, indices.count == 2 else { throw scanner.error(.expected(form, found: "fewer than three entries"), at: start) }
        return Relation(kind, subject: indices[0], object: indices[1])
    }

    /// Checks that a scene has its required keys.
    private func require(_ scanner: JSONScanner, start: Int) throws(FileError) {
        let hint = "a scene has \"version\", \"width\", \"height\" and \"strokes\"; a QuickDraw line has \"drawing\""
        guard hasStrokes else { throw scanner.error(.missing("\"strokes\" (\(hint))"), at: start) }
        guard version != nil else { throw scanner.error(.missing("\"version\" (\(hint))"), at: start) }
        guard scene.width > 0 else { throw scanner.error(.missing("\"width\" (\(hint))"), at: start) }
        guard scene.height > 0 else { throw scanner.error(.missing("\"height\" (\(hint))"), at: start) }
    }

    /// Checks what needs the whole record, a scene or a QuickDraw line: the indices of objects and relations. Gives objects their missing boxes.
    private mutating func check(_ scanner: JSONScanner) throws(FileError) {
        for i in scene.objects.indices {
            let object = scene.objects[i]
            if let bad = object.strokes.first(where: { !scene.strokes.indices.contains($0) }) {
                var error = scanner.error(.expected("stroke indices from 0 to \(scene.strokes.count - 1)", found: "\(bad)"), at: objectOffsets[i])
                error.key = "objects[\(i)].strokes"
                throw error
            }
            if objectsWithoutBox.contains(i) {
                guard let box = Box.of(scene.strokes(of: object)) else {
                    var error = scanner.error(.missing("\"box\" (needed where there are no strokes; [0,0,0,0] in a plan lets one be chosen)"), at: objectOffsets[i])
                    error.key = "objects[\(i)]"
                    throw error
                }
                scene.objects[i].box = box
            }
        }
        for (object, own) in zip(scene.objects, parts) {
            for (stroke, part) in zip(object.strokes, own) where part?.isEmpty == false { scene.strokes[stroke].part = part }
        }
        for (i, relation) in scene.relations.enumerated() {
            for index in [relation.subject, relation.object] where !scene.objects.indices.contains(index) {
                var error = scanner.error(.expected("object indices from 0 to \(scene.objects.count - 1)", found: "\(index)"), at: relationsAt)
                error.key = "relations[\(i)]"
                throw error
            }
        }
    }

    /// The drawing as a scene of one object; QuickDraw's other keys (`key_id`, `recognized`, …) go to `extra`. A line that lists objects
    /// itself keeps these, and its `word` as one of the other keys.
    private mutating func takeDrawing(_ scanner: inout JSONScanner, at drawingAt: Int) throws(FileError) {
        scene.strokes = try scanner.revisit("drawing", at: drawingAt) { (scanner) throws(FileError) in try SceneReader.strokes(&scanner) }
        (scene.width, scene.height) = SceneReader.canvas(for: scene.strokes)
        if scene.objects.isEmpty, case .string(let word)? = scene.extra["word"], let box = Box.of(scene.strokes) {
            scene.extra["word"] = nil
            scene.objects = [SceneObject(className: word, box: box, strokes: Array(scene.strokes.indices))]
        }
    }

    /// A square canvas for strokes that come without one: 256 where that fits (QuickDraw), else as large as the ink needs.
    static func canvas(for strokes: [Stroke]) -> (width: Double, height: Double) {
        guard let box = Box.of(strokes) else { return (256, 256) }
        let needed = max(box.x1, box.y1)
        if needed <= 256, box.longestSide >= 32 || box.longestSide == 0 { return (256, 256) }
        let side = needed >= 32 ? needed.rounded(.up) : max(needed, 1)
        return (side, side)
    }
}
