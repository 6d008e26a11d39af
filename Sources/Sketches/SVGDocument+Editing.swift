import Files
import Foundation

extension SVGDocument {
    /// The file after the edits, every byte of what they do not name as it was.
    ///
    /// ```swift
    /// let data = try document.applying([.move(cat, dx: 40, dy: 0), .append(sun)], command: "move the cat right and add a sun")
    /// ```
    ///
    /// What goes is cut as `removing` does. A shape that moves gets a `transform` in front of its own; where style sheets, references or its own
    /// style would get in the way, a `<g transform>` around it. Its pen stays as wide as it was: `stroke-width` is divided by the scale, or, where
    /// the width is not known or the scale differs by direction, `vector-effect` holds it. Of a path with several subpaths those that move are
    /// written anew, in absolute coordinates. Boxes and labels that Atelier drew move with their object. New strokes stand where the first of
    /// those stood that they replace, else at the end.
    ///
    /// What is written is read again before it is given. The strokes are then those of `scene.applying(edits)`, in its order where the file
    /// can hold that: those that were not named equal, those that moved within two steps of `Scene.unit`; a curve that was scaled
    /// is read as other points of the same curve.
    /// - Parameters:
    ///   - options: how new strokes look.
    ///   - command: recorded with what it changed, for `undone()`; `nil` records nothing.
    /// - Throws: `EditError` for a move that cannot be carried out, or what could not be read back.
    public func applying(_ edits: [SceneEdit], options: RenderOptions = RenderOptions(), command: String? = nil) throws(EditError) -> Data {
        guard let command else { return Data(try edited(edits, options).document.bytes) }
        return try recording(command) { (bare) throws(EditError) in try bare.edited(edits, options) }
    }

    /// The file after the edits, and what was patched.
    func edited(_ edits: [SceneEdit], _ options: RenderOptions) throws(EditError) -> (document: SVGDocument, patches: [BytePatch]) {
        let edited = EditedScene(scene, edits)
        try EditedScene.check(edits, edited, file: name)
        let removal = removal(of: edited.removed)
        var cuts = try moving(edited.moves, removal)
        var additions: [Int: String] = [:]
        for addition in self.additions(edited, options) {
            guard let place = addition.place, let (cut, top) = replacement(addition.text, at: place, removal) else {
                cuts.append(additionAtEnd(addition.text))
                continue
            }
            if let top { additions[top, default: ""] += cut.text } else { cuts.append(cut) }
        }
        cuts += tops(of: removal).map { Cut(elements[$0].range, additions[$0].map { String($0.dropLast()) } ?? "") }
        let patches = patches(cuts)
        let result: SVGDocument
        do {
            result = try SVGDocument(Data(patches.applied(to: bytes)), name: name)
        } catch {
            throw EditError(file: name, line: error.line, .notReadBack(error.description))
        }
        try check(result, edited)
        return (result, patches)
    }

    // MARK: moving

    /// The changes that move strokes, and those that take subpaths out of paths that stay.
    private func moving(_ moves: [Int: Transform], _ removal: Removal) throws(EditError) -> [Cut] {
        var cuts: [Cut] = []
        let mover = moves.isEmpty ? nil : SVGMover(self)
        let byElement = Dictionary(grouping: moves.keys.sorted()) { sources[$0].element }
        for element in Set(byElement.keys).union(removal.subpaths.keys).sorted() {
            let strokes = byElement[element] ?? [], removed = removal.subpaths[element] ?? []
            let path = paths[element], drawn = path.map { $0.subpaths.count(where: \.isDrawn) } ?? 1
            if let first = strokes.first, let move = moves[first], strokes.count == drawn - removed.count, strokes.allSatisfy({ moves[$0] == move }) {
                cuts += try mover?.cuts(moving: element, by: move, stroke: first) ?? []
                if let path { cuts += SVGDocument.cuts(of: path, removing: removed) }
            } else if let path {
                var texts: [Int: String] = [:]
                for stroke in strokes {
                    guard let subpath = sources[stroke].subpath, let move = moves[stroke] else { continue }
                    texts[subpath] = try text(of: path.subpaths[subpath], of: element, under: move, stroke: stroke)
                }
                cuts += SVGDocument.cuts(of: path, removing: removed, rewriting: texts)
            }
        }
        for (object, group) in zip(scene.objects, groups) {
            guard let first = object.strokes.first, let move = moves[first], object.strokes.allSatisfy({ moves[$0] == move }), let place = places[group] else { continue }
            for note in elements[group].children where attribute("data-atelier", of: note).map({ String(decoding: bytes[$0.value], as: UTF8.self) }) == "note" {
                cuts += mover?.cuts(moving: note, by: move, in: place.inner) ?? []
            }
        }
        return cuts
    }

    func attribute(_ name: String, of element: Int) -> XMLAttribute? { elements[element].attributes.first { $0.name == name } }

    /// Decimals for coordinates that `frame` takes to the scene: a hundredth of the scene's step.
    func decimals(in frame: Transform) -> Int {
        let wanted = log10(max(frame.reach, 1e-300) * scene.unit).rounded(.up) + 2
        return Int(min(max(wanted, 0), 15))
    }

    /// A subpath as path data, moved.
    private func text(of subpath: Subpath, of element: Int, under move: Transform, stroke: Int) throws(EditError) -> String {
        guard let frame = places[element]?.inner, let own = move.seen(in: frame) else {
            throw EditError(file: name, line: bytes.line(at: elements[element].range.lowerBound), .cannotMove(stroke: stroke, "its transform has no inverse"))
        }
        let decimals = decimals(in: frame)
        func pair(_ point: Point) -> String {
            let moved = own(point)
            return "\(brief(moved.x, decimals: decimals)) \(brief(moved.y, decimals: decimals))"
        }
        var text = "M" + pair(subpath.start)
        for segment in subpath.segments {
            switch segment {
            case .line(let end): text += "L" + pair(end)
            case .cubic(let a, let b, let end): text += "C\(pair(a)) \(pair(b)) \(pair(end))"
            }
        }
        return text + (subpath.isClosed ? "z" : "")
    }

    // MARK: adding

    /// The new strokes as elements, each insertion by the stroke whose place it takes, in drawing order.
    private func additions(_ edited: EditedScene, _ options: RenderOptions) -> [(place: Int?, text: String)] {
        let new = edited.ink.indices.filter { edited.ink[$0].origin == nil }
        let insertions = Dictionary(grouping: new) { edited.ink[$0].insertion }.values.sorted { $0[0] < $1[0] }
        let orders = orders(edited)
        return zip(insertions, freePrefixes(insertions.count)).map { strokes, prefix in
            let newIndex = Dictionary(uniqueKeysWithValues: strokes.enumerated().map { ($1, $0) })
            var addition = Scene(width: scene.width, height: scene.height, strokes: strokes.map { edited.scene.strokes[$0] })
            addition.objects = edited.scene.objects.compactMap { object in
                var object = object
                object.strokes = object.strokes.compactMap { newIndex[$0] }
                return object.strokes.isEmpty ? nil : object
            }
            let ownOrders = Dictionary(uniqueKeysWithValues: strokes.enumerated().compactMap { index, stroke in orders[stroke].map { (index, $0) } })
            return (edited.ink[strokes[0]].place, SVGWriter.groups(addition, options: options, idPrefix: prefix, standalone: true, notesOrder: false, orders: ownOrders))
        }
    }

    /// What new strokes note of the drawing order, in a file that does: numbers between those of their neighbours.
    private func orders(_ edited: EditedScene) -> [Int: String] {
        guard notesOrder else { return [:] }
        let known = edited.ink.map { ink in ink.origin.flatMap { places[sources[$0].element]?.order } }
        var orders: [Int: String] = [:], start = 0
        while start < known.count {
            guard known[start] == nil else { start += 1; continue }
            let end = known[start...].firstIndex { $0 != nil } ?? known.count
            let before = start > 0 ? known[start - 1] : nil, after = end < known.count ? known[end] : nil
            for i in 0..<(end - start) {
                let place = Double(i), count = Double(end - start)
                let number = switch (before, after) {
                case (nil, nil): place
                case (let before?, nil): before.rounded(.down) + 1 + place
                case (nil, let after?): after.rounded(.up) - count + place
                case (let before?, let after?): before + (after - before) * (place + 1) / (count + 1)
                }
                orders[start + i] = exact(number)
            }
            start = end
        }
        return orders
    }

    /// The change that puts elements where a stroke stood, and the removed element in whose place they stand, if it goes.
    private func replacement(_ text: String, at stroke: Int, _ removal: Removal) -> (cut: Cut, top: Int?)? {
        var place = sources[stroke].element, top: Int?, next: Int? = place
        while let element = next {
            if removal.elements.contains(element) { (place, top) = (element, element) }
            next = elements[element].parent
        }
        guard let parent = elements[place].parent, let inverse = places[place]?.outer.inverse else { return nil }
        var text = wrapped(text, in: parent, inverse: inverse)
        if endsLinesWithCarriageReturn(at: elements[place].range.lowerBound) { text = text.replacing("\n", with: "\r\n") }
        if let top { return (Cut(elements[top].range, text), top) }
        // Of a path that stays the new strokes stand before the rest where its first subpath goes, else behind.
        let first = paths[place]?.subpaths.firstIndex(where: \.isDrawn)
        let range = elements[place].range, at = sources[stroke].subpath == first ? range.lowerBound : range.upperBound
        return (Cut(at..<at, text), nil)
    }

    // MARK: checking

    /// Whether an edited file has the strokes that it should: those that stay in their order in the file, with the new ones among them.
    private func check(_ result: SVGDocument, _ edited: EditedScene) throws(EditError) {
        let new = edited.ink.count { $0.origin == nil }
        guard result.scene.strokes.count == edited.ink.count else {
            throw EditError(file: name, .notReadBack("it has \(result.scene.strokes.count) strokes, not \(edited.ink.count)"))
        }
        let wanted = Dictionary(uniqueKeysWithValues: edited.ink.indices.compactMap { index in edited.ink[index].origin.map { ($0, index) } })
        var rest = inFileOrder().filter { wanted[$0] != nil }[...], others = 0
        for index in result.inFileOrder() {
            let found = result.scene.strokes[index]
            if let origin = rest.first, let index = wanted[origin], isAlike(found, edited.scene.strokes[index], edited.ink[index].move) {
                rest.removeFirst()
            } else {
                others += 1
            }
        }
        guard let origin = rest.first else { return }
        let line = bytes.line(at: elements[sources[origin].element].range.lowerBound)
        throw EditError(file: name, line: line, .notReadBack("stroke \(origin) is not where it should be, and \(others - new) are that should not"))
    }

    /// The strokes as the file has them one after the other.
    private func inFileOrder() -> [Int] {
        sources.indices.sorted { (sources[$0].element, sources[$0].subpath ?? 0) < (sources[$1].element, sources[$1].subpath ?? 0) }
    }

    private func isAlike(_ found: Stroke, _ wanted: Stroke, _ move: Transform) -> Bool {
        guard move != .identity else { return found == wanted }
        guard let a = found.box, let b = wanted.box else { return false }
        // A curve that grew is flattened anew; both stay within the tolerance of it.
        let slack = 2 / scene.unit + (move.isTranslation ? 0 : tolerance * (1 + move.reach))
        return zip([a.x0, a.y0, a.x1, a.y1], [b.x0, b.y0, b.x1, b.y1]).allSatisfy { abs($0 - $1) <= slack }
    }
}
