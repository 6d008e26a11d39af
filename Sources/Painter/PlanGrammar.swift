import Language
import Sketches

/// What a sentence asks for: the part of a plan before its boxes.
package struct SceneSpec: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        package var classIndex: Int
        package var size: SizeWord?
        package var place: PlaceWord?

        package init(classIndex: Int, size: SizeWord? = nil, place: PlaceWord? = nil) { (self.classIndex, self.size, self.place) = (classIndex, size, place) }
    }
    package var items: [Item] = []
    package var relations: [PlannedRelation] = []
    package var isRow = false

    package init() {}

    /// Its tokens, `<boxes>` not among them.
    package func tokens(_ v: SketchVocabulary) -> [Int] {
        let objects = items.enumerated().flatMap { index, item in
            [v.object(index), v.classToken(item.classIndex)] + (item.size.map { [v.size($0)] } ?? []) + (item.place.map { [v.place($0)] } ?? [])
        }
        func named(_ index: Int) -> [Int] { [v.classToken(items[index].classIndex), v.object(index)] }
        return objects + relations.flatMap { [v.relation($0.kind)] + named($0.subject) + named($0.object) } + (isRow ? [v.row] : [])
    }
}

/// The grammar of a plan: objects with sizes and places, relations between objects that are perhaps named first by class, perhaps a row, then boxes.
/// The model chooses; the grammar only keeps what it writes well formed, nothing said twice, and the boxes true to what the model itself wrote.
package struct PlanGrammar: TokenConstraint {
    private enum State: Equatable { case item, classOfItem, relationSubject(RelationKind), relationObject(RelationKind, Int), boxOwner, side, end, finished }

    private let vocabulary: SketchVocabulary
    private let objectLimit: Int
    private let classIndex: Int?
    private let shapes: [ClosedRange<Double>?]
    private var state = State.item
    private var rules = BoxRules()
    private var sides: [Int] = []
    /// The class of the relation's object that comes, where it was written before it.
    private var named: Int?

    /// What has been written so far.
    package private(set) var spec = SceneSpec()
    package private(set) var boxes: [GridBox] = []
    /// A box could not satisfy the plan whatever the model wrote: another seed may.
    package private(set) var isBroken = false
    /// The objects are told and their boxes come next.
    package var isSpecified: Bool { state == .boxOwner && boxes.isEmpty }

    /// - Parameters:
    ///   - given: the ink that a completed object must hold; one object only.
    ///   - classIndex: what it is, where somebody has said so.
    ///   - shapes: width over height of the drawings of each class, by index.
    package init(
        _ vocabulary: SketchVocabulary, objectLimit: Int = SketchVocabulary.objectCount, given: GridBox? = nil, classIndex: Int? = nil, shapes: [ClosedRange<Double>?] = []
    ) {
        self.vocabulary = vocabulary
        self.shapes = shapes
        self.classIndex = classIndex
        self.objectLimit = given == nil ? objectLimit : 1
        rules.given = given
    }

    /// Whether the plan is written; for a completed object, its box.
    package var isComplete: Bool { state == .finished || (state == .end && rules.given != nil) }

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        let v = vocabulary
        switch state {
        case .item:
            let count = spec.items.count, isListing = spec.relations.isEmpty && !spec.isRow
            if let last = spec.items.last, isListing, rules.given == nil {
                if last.size == nil, last.place == nil { mask.allow(v.sizeIDs) }
                if last.place == nil { mask.allow(v.placeIDs) }
            }
            if count < objectLimit, isListing { mask.allow(v.object(count)) }
            if count >= 2, !spec.isRow {
                if spec.relations.count < 2 * count { for kind in RelationKind.allCases where !subjects(of: kind).isEmpty { mask.allow(v.relation(kind)) } }
                mask.allow(v.row)
            }
            if count >= 1 { mask.allow(v.boxes) }
        case .classOfItem: if let classIndex { mask.allow(v.classToken(classIndex)) } else { mask.allow(v.classIDs) }
        case .relationSubject(let kind): allowObjects(subjects(of: kind), &mask)
        case .relationObject(let kind, let subject): allowObjects(objects(of: kind, subject), &mask)
        case .boxOwner: mask.allow(v.object(boxes.count))
        case .side:
            for step in openSteps() { mask.allow(sides.count.isMultiple(of: 2) ? v.x(step) : v.y(step)) }
        case .end, .finished: mask.allow(v.end)
        }
    }

    /// Steps of the next side; where nothing satisfies the plan, one that keeps it well formed.
    private mutating func openSteps() -> [Int] {
        let open = rules.openLeniently(after: sides, boxes: boxes)
        if open.isEmpty { isBroken = true }
        return open.isEmpty ? [BoxRules.anyStep(after: sides)] : open
    }

    /// One of these, or first the class of one of them.
    private func allowObjects(_ objects: [Int], _ mask: inout TokenMask) {
        for index in objects {
            let name = vocabulary.classToken(spec.items[index].classIndex)
            guard named == nil || named == name else { continue }
            mask.allow(vocabulary.object(index))
            if named == nil { mask.allow(name) }
        }
    }

    /// Objects that something is not yet said to be so to, either way round.
    private func objects(of kind: RelationKind, _ subject: Int) -> [Int] {
        spec.items.indices.filter { object in
            object != subject && !spec.relations.contains(PlannedRelation(kind, subject, object))
                && kind.inverse.map { !spec.relations.contains(PlannedRelation($0, object, subject)) } ?? true
        }
    }
    private func subjects(of kind: RelationKind) -> [Int] { spec.items.indices.filter { !objects(of: kind, $0).isEmpty } }

    package mutating func accept(_ token: Int) {
        let v = vocabulary
        switch state {
        case .relationSubject, .relationObject:
            named = v.classIDs.contains(token) ? token : nil
            if named != nil { return }
        default: break
        }
        switch state {
        case .item:
            if v.objectIDs.contains(token) { state = .classOfItem }
            else if v.sizeIDs.contains(token) { spec.items[spec.items.count - 1].size = SizeWord.allCases[token - v.firstSize] }
            else if v.placeIDs.contains(token) { spec.items[spec.items.count - 1].place = PlaceWord.allCases[token - v.firstPlace] }
            else if v.relationIDs.contains(token) { state = .relationSubject(RelationKind.allCases[token - v.firstRelation]) }
            else if token == v.row { spec.isRow = true }
            else {
                rules.ask(spec, shapes: shapes)
                state = .boxOwner
            }
        case .classOfItem:
            spec.items.append(SceneSpec.Item(classIndex: token - v.firstClass))
            state = .item
        case .relationSubject(let kind): state = .relationObject(kind, token - v.firstObject)
        case .relationObject(let kind, let subject):
            spec.relations.append(PlannedRelation(kind: kind, subject: subject, object: token - v.firstObject))
            state = .item
        case .boxOwner:
            sides = []
            state = .side
        case .side:
            sides.append(token - (sides.count.isMultiple(of: 2) ? v.firstX : v.firstY))
            guard sides.count == 4 else { break }
            boxes.append(GridBox(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3]))
            state = boxes.count < spec.items.count ? .boxOwner : .end
        case .end: state = .finished
        case .finished: break
        }
    }
}
