import Files

/// A scene under edit that remembers where each stroke, object and relation came from: the one account by which values and files are edited.
///
/// The order of what stays never changes, and moves of a stroke are composed, so that a file is written once for a whole list of edits.
struct EditedScene {
    /// A stroke: as it was first, where it came from, how it moved since.
    struct Ink {
        var stroke: Stroke
        /// The index in the scene before all edits; `nil` for a new stroke.
        var origin: Int?
        /// For a new stroke that took the place of others: the first of those, by its index before all edits.
        var place: Int?
        /// For a new stroke, which of the insertions it came with.
        var insertion = 0
        var move = Transform.identity
    }

    struct Thing {
        var object: SceneObject
        /// The index before all edits; `nil` for a new object.
        var origin: Int?
        /// Whether strokes of it moved or went.
        var isTouched = false
    }

    struct Statement {
        var relation: Relation
        /// The index before all edits; `nil` for a new relation.
        var origin: Int?
    }

    let base: Scene
    private(set) var ink: [Ink]
    private(set) var things: [Thing]
    private(set) var statements: [Statement]
    /// The scene after all edits.
    private(set) var scene: Scene
    private var insertions = 0

    init(_ base: Scene, _ edits: [SceneEdit]) {
        self.base = base
        scene = base
        ink = base.strokes.enumerated().map { Ink(stroke: $1, origin: $0) }
        things = base.objects.enumerated().map { Thing(object: $1, origin: $0) }
        statements = base.relations.enumerated().map { Statement(relation: $1, origin: $0) }
        for edit in edits {
            switch edit {
            case .remove(let strokes): remove(strokes)
            case .transform(let strokes, let move): if move.isUsable { transform(strokes, move.transform) }
            case .append(let addition): insert(addition, at: ink.count, objectsAt: things.count, place: nil)
            case .replace(let strokes, let addition):
                guard let first = strokes.filter(ink.indices.contains).min() else {
                    insert(addition, at: ink.count, objectsAt: things.count, place: nil)
                    continue
                }
                let place = ink[first].origin ?? ink[first].place
                let thing = remove(strokes) ?? things.count
                insert(addition, at: first, objectsAt: thing, place: place)
            }
        }
        finish()
    }

    // MARK: what became of the scene before

    /// Strokes that went, by their indices before all edits.
    var removed: Set<Int> { Set(base.strokes.indices).subtracting(ink.compactMap(\.origin)) }

    /// How strokes that stay moved, by their indices before all edits.
    var moves: [Int: Transform] {
        var moves: [Int: Transform] = [:]
        for ink in ink where ink.move != .identity {
            if let origin = ink.origin { moves[origin] = ink.move }
        }
        return moves
    }

    // MARK: edits

    /// Takes strokes out. The result is where the first object stood that went with its strokes.
    @discardableResult private mutating func remove(_ removed: Set<Int>) -> Int? {
        guard removed.contains(where: ink.indices.contains) else { return nil }
        var newIndex: [Int: Int] = [:], kept: [Ink] = []
        for (i, stroke) in ink.enumerated() where !removed.contains(i) {
            newIndex[i] = kept.count
            kept.append(stroke)
        }
        ink = kept
        var newThing: [Int: Int] = [:], left: [Thing] = [], firstGone: Int?
        for (i, old) in things.enumerated() {
            var thing = old
            thing.object.strokes = old.object.strokes.compactMap { newIndex[$0] }
            if thing.object.strokes.count < old.object.strokes.count {
                thing.isTouched = true
                if thing.object.strokes.isEmpty {
                    firstGone = firstGone ?? left.count
                    continue
                }
            }
            newThing[i] = left.count
            left.append(thing)
        }
        things = left
        renumber { newThing[$0] }
        return firstGone
    }

    private mutating func renumber(_ newIndex: (Int) -> Int?) {
        statements = statements.compactMap { old in
            guard let subject = newIndex(old.relation.subject), let object = newIndex(old.relation.object) else { return nil }
            return Statement(relation: Relation(old.relation.kind, subject: subject, object: object), origin: old.origin)
        }
    }

    private mutating func transform(_ strokes: Set<Int>, _ move: Transform) {
        guard move != .identity else { return }
        for index in strokes where ink.indices.contains(index) { ink[index].move = move.after(ink[index].move) }
        for i in things.indices where things[i].object.strokes.contains(where: strokes.contains) { things[i].isTouched = true }
    }

    /// Puts in the strokes and objects of another scene, strokes object by object, which is the order that every form of file can hold.
    private mutating func insert(_ addition: Scene, at index: Int, objectsAt thing: Int, place: Int?) {
        insertions += 1
        var newIndex: [Int: Int] = [:], new: [Ink] = []
        for old in addition.objects.flatMap(\.strokes) + addition.strokes.indices where addition.strokes.indices.contains(old) && newIndex[old] == nil {
            guard !addition.strokes[old].points.isEmpty else { continue }
            newIndex[old] = index + new.count
            new.append(Ink(stroke: addition.strokes[old], place: place, insertion: insertions))
        }
        for i in things.indices {
            things[i].object.strokes = things[i].object.strokes.map { $0 < index ? $0 : $0 + new.count }
        }
        ink.insert(contentsOf: new, at: index)
        renumber { $0 < thing ? $0 : $0 + addition.objects.count }
        things.insert(contentsOf: addition.objects.map { object in
            var object = object
            object.strokes = object.strokes.compactMap { newIndex[$0] }
            return Thing(object: object)
        }, at: thing)
        statements += addition.relations
            .filter { addition.objects.indices.contains($0.subject) && addition.objects.indices.contains($0.object) }
            .map { Statement(relation: Relation($0.kind, subject: $0.subject + thing, object: $0.object + thing)) }
    }

    // MARK: the result

    private mutating func finish() {
        let unit = base.unit
        scene.strokes = ink.map { ink in
            guard ink.move != .identity else { return ink.stroke }
            return Stroke(ink.stroke.points.map { point in
                let moved = ink.move(point)
                return Point(x: (moved.x * unit).rounded() / unit, y: (moved.y * unit).rounded() / unit)
            }, times: ink.stroke.times, part: ink.stroke.part)
        }
        for i in things.indices where things[i].isTouched {
            if let box = Box.of(scene.strokes(of: things[i].object)) { things[i].object.box = box }
        }
        scene.objects = things.map(\.object)
        let result = scene
        statements = statements.filter { [things] statement in
            let pair = [statement.relation.subject, statement.relation.object]
            guard pair.allSatisfy(things.indices.contains), pair.contains(where: { things[$0].isTouched }) else { return true }
            return result.holds(statement.relation)
        }
        scene.relations = statements.map(\.relation)
    }

    /// Refuses what no file can hold.
    static func check(_ edits: [SceneEdit], _ edited: EditedScene, file: String) throws(EditError) {
        for edit in edits {
            if case .transform(_, let move) = edit, !move.isUsable { throw EditError(file: file, .badMove) }
        }
        for (ink, stroke) in zip(edited.ink, edited.scene.strokes) where ink.origin == nil || ink.move != .identity {
            guard stroke.points.allSatisfy({ abs($0.x) <= ReadLimit.coordinate && abs($0.y) <= ReadLimit.coordinate }) else {
                throw EditError(file: file, .tooFar(stroke: ink.origin))
            }
        }
        for thing in edited.things where thing.origin == nil {
            let box = thing.object.box
            guard [box.x0, box.y0, box.x1, box.y1].allSatisfy({ abs($0) <= ReadLimit.coordinate }) else { throw EditError(file: file, .tooFar(stroke: nil)) }
        }
    }
}
