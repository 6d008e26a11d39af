import Files

/// One scene of a JSON file as bytes, from brace to brace, with the places of what edits change.
struct SceneRecord {
    let scene: Scene
    private let file: String
    private let bytes: [UInt8]
    private let layout: JSONLayout

    init(_ bytes: [UInt8], file: String) throws(FileError) {
        self.file = file
        self.bytes = bytes
        var scanner = JSONScanner(bytes, file: file)
        scene = try SceneReader.read(&scanner).scene
        layout = try JSONLayout(bytes, file: file)
    }

    // MARK: editing

    func applying(_ edits: [SceneEdit], command: String?) throws(EditError) -> [UInt8] {
        guard let command else { return try edited(edits).bytes }
        var bare = self, history = EditHistory(), foreign: Range<Int>?
        if let recorded { (bare, history) = recorded } else if layout.member("history") != nil {
            let range = try foreignHistory()
            (bare, foreign) = (try without(range), range)
        }
        var (edited, patches) = try bare.edited(edits)
        guard edited != bare.bytes else { return bytes }
        if let foreign {
            patches = patches.map { patch in
                if patch.range.upperBound <= foreign.lowerBound { return patch }
                return BytePatch(patch.range.lowerBound + foreign.count..<patch.range.upperBound + foreign.count, patch.text)
            }
            patches = (patches + [BytePatch(foreign, "")]).inOrder()
        }
        let original = foreign == nil ? bare.bytes : bytes, isFull = history.entries.count == EditHistory.limit
        history.record(command, patches, from: original, to: edited)
        let result = try joined(edited, history)
        // Undoing gives the scene as it is now: tried before it is promised. A full history has forgotten an entry by then.
        let undone = try history.undone(edited, file: file)
        guard isFull ? undone.bytes == original : try joined(undone.bytes, undone.history) == bytes else {
            throw EditError(file: file, .notReadBack("the edit could not be undone"))
        }
        return result
    }

    /// The bytes after the edits, and what was patched.
    private func edited(_ edits: [SceneEdit]) throws(EditError) -> (bytes: [UInt8], patches: [BytePatch]) {
        let edited = EditedScene(scene, edits)
        try EditedScene.check(edits, edited, file: file)
        let patches = try patches(edited)
        let result = patches.applied(to: bytes)
        let again: SceneRecord
        do { again = try SceneRecord(result, file: file) } catch { throw EditError(file: file, .notReadBack(error.description)) }
        guard again.scene == edited.scene else { throw EditError(file: file, .notReadBack("it has other values")) }
        return (result, patches)
    }

    private func patches(_ edited: EditedScene) throws(EditError) -> [BytePatch] {
        var patches: [BytePatch] = [], members: [(key: String, value: String)] = []
        let strokes = zip(edited.ink, edited.scene.strokes).map { ink, stroke in
            guard let origin = ink.origin else { return JSONList.Item.new(SceneWriter.stroke(stroke)) }
            return .kept(origin, text: ink.move == .identity ? nil : SceneWriter.stroke(stroke))
        }
        guard let list = layout.list("strokes") else { throw EditError(file: file, .notReadBack("it has no strokes")) }
        patches += list.patches(strokes, in: bytes, lead: layout.itemLead)

        let objects = edited.things.map { thing in thing.origin.map { JSONList.Item.kept($0, text: nil) } ?? .new(SceneWriter.object(thing.object, of: edited.scene)) }
        if let list = layout.list("objects") {
            patches += list.patches(objects, in: bytes, lead: layout.itemLead)
            for thing in edited.things { patches += self.patches(of: thing, edited) }
        } else if !objects.isEmpty {
            members.append(("objects", "[" + edited.things.map { SceneWriter.object($0.object, of: edited.scene) }.joined(separator: ",") + "]"))
        }

        func text(_ relation: Relation) -> String { "[\(quoted(relation.kind.rawValue)),\(relation.subject),\(relation.object)]" }
        let relations = edited.statements.map { statement in statement.origin.map { JSONList.Item.kept($0, text: nil) } ?? .new(text(statement.relation)) }
        if let list = layout.list("relations") {
            patches += list.patches(relations, in: bytes, lead: "")
            for statement in edited.statements {
                guard let origin = statement.origin else { continue }
                let old = scene.relations[origin], parts = layout.relations[origin].items
                if old.subject != statement.relation.subject { patches.append(BytePatch(parts[1], String(statement.relation.subject))) }
                if old.object != statement.relation.object { patches.append(BytePatch(parts[2], String(statement.relation.object))) }
            }
        } else if !relations.isEmpty {
            members.append(("relations", "[" + edited.statements.map { text($0.relation) }.joined(separator: ",") + "]"))
        }
        if !members.isEmpty { patches.append(layout.insertion(members)) }
        return patches.inOrder()
    }

    /// The changes inside of an object that stays.
    private func patches(of thing: EditedScene.Thing, _ edited: EditedScene) -> [BytePatch] {
        guard let origin = thing.origin else { return [] }
        let old = scene.objects[origin], place = layout.objects[origin]
        var patches: [BytePatch] = []
        let position = Dictionary(uniqueKeysWithValues: old.strokes.enumerated().map { ($1, $0) })
        let kept = thing.object.strokes.compactMap { index in
            edited.ink[index].origin.flatMap { old in position[old].map { (place: $0, text: old == index ? nil : String(index)) } }
        }
        if let list = place.strokes { patches += list.patches(kept.map { .kept($0.place, text: $0.text) }, in: bytes, lead: "") }
        if let list = place.parts, list.items.count == old.strokes.count { patches += list.patches(kept.map { .kept($0.place, text: nil) }, in: bytes, lead: "") }
        if let list = place.box {
            let sides = [(old.box.x0, thing.object.box.x0), (old.box.y0, thing.object.box.y0), (old.box.x1, thing.object.box.x1), (old.box.y1, thing.object.box.y1)]
            for (range, (before, after)) in zip(list.items, sides) where before != after { patches.append(BytePatch(range, exact(after))) }
        }
        return patches
    }

    // MARK: history

    var commands: [String] { recorded?.history.entries.map(\.command) ?? [] }

    /// The bytes before the last recorded edit, and its command.
    func undone() throws(EditError) -> (bytes: [UInt8], command: String) {
        guard let recorded else {
            guard layout.member("history") != nil else { throw EditError(file: file, .noHistory) }
            throw EditError(file: file, .badHistory("the key \"history\" was changed, moved or printed anew"))
        }
        let undone = try recorded.history.undone(recorded.bare.bytes, file: file)
        return (try joined(undone.bytes, undone.history), undone.command)
    }

    /// The recorded edits and the scene without them, where they stand in their place and spelling.
    private var recorded: (bare: SceneRecord, history: EditHistory)? {
        guard let last = layout.members.last, last.key == "history", layout.members.count > 1 else { return nil }
        let start = layout.members[layout.members.count - 2].value.upperBound
        guard let history = try? EditHistory(Array(bytes[last.value]), file: file),
              let bare = try? SceneRecord(Array(bytes[..<start] + bytes[last.value.upperBound...]), file: file),
              bare.layout.member("history") == nil, bare.joined(history) == bytes else { return nil }
        return (bare, history)
    }

    /// Where a history stands that is ours but elsewhere or printed anew. It cannot be used any more: it goes, and undoing brings it back.
    private func foreignHistory() throws(EditError) -> Range<Int> {
        let members = layout.members
        guard members.count(where: { $0.key == "history" }) == 1, let index = members.firstIndex(where: { $0.key == "history" }), members.count > 1,
              (try? EditHistory(Array(bytes[members[index].value]), file: file)) != nil else { throw EditError(file: file, .historyTaken) }
        return index == 0 ? members[0].start..<members[1].start : members[index - 1].value.upperBound..<members[index].value.upperBound
    }

    private func without(_ range: Range<Int>) throws(EditError) -> SceneRecord {
        do {
            return try SceneRecord([BytePatch(range, "")].applied(to: bytes), file: file)
        } catch {
            throw EditError(file: file, .notReadBack(error.description))
        }
    }

    private func joined(_ history: EditHistory) -> [UInt8] {
        history.entries.isEmpty ? bytes : [layout.insertion([("history", history.text(forXML: false))])].applied(to: bytes)
    }

    private func joined(_ bare: [UInt8], _ history: EditHistory) throws(EditError) -> [UInt8] {
        if history.entries.isEmpty { return bare }
        do {
            return try SceneRecord(bare, file: file).joined(history)
        } catch {
            throw EditError(file: file, .badHistory("what it restores is no scene"))
        }
    }
}
