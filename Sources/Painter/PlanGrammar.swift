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
        return objects + relations.flatMap { [v.relation($0.kind), v.object($0.subject), v.object($0.object)] } + (isRow ? [v.row] : [])
    }
}

/// The grammar of a plan: objects with sizes and places, relations, perhaps a row, then boxes. The model chooses; the grammar only keeps what it
/// writes well formed and the boxes true to what the model itself wrote.
package struct PlanGrammar: TokenConstraint {
    private enum State: Equatable { case item, classOfItem, relationSubject(RelationKind), relationObject(RelationKind, Int), boxOwner, side, end, finished }

    private let vocabulary: SketchVocabulary
    private let objectLimit: Int
    private let classIndex: Int?
    private var state = State.item
    private var rules = BoxRules()
    private var sides: [Int] = []

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
    package init(_ vocabulary: SketchVocabulary, objectLimit: Int = SketchVocabulary.objectCount, given: GridBox? = nil, classIndex: Int? = nil) {
        self.vocabulary = vocabulary
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
                if spec.relations.count < 2 * count { mask.allow(v.relationIDs) }
                mask.allow(v.row)
            }
            if count >= 1 { mask.allow(v.boxes) }
        case .classOfItem: if let classIndex { mask.allow(v.classToken(classIndex)) } else { mask.allow(v.classIDs) }
        case .relationSubject: for index in spec.items.indices { mask.allow(v.object(index)) }
        case .relationObject(_, let subject): for index in spec.items.indices where index != subject { mask.allow(v.object(index)) }
        case .boxOwner: mask.allow(v.object(boxes.count))
        case .side:
            for step in openSteps() { mask.allow(sides.count.isMultiple(of: 2) ? v.x(step) : v.y(step)) }
        case .end, .finished: mask.allow(v.end)
        }
    }

    /// Steps of the next side; where nothing satisfies the plan, first overlaps are allowed, then everything.
    private mutating func openSteps() -> [Int] {
        let open = rules.open(after: sides, boxes: boxes)
        if !open.isEmpty { return open }
        var looser = rules
        looser.mayOverlap = true
        let overlapping = looser.open(after: sides, boxes: boxes)
        if !overlapping.isEmpty { rules = looser; return overlapping }
        isBroken = true
        let last = SketchVocabulary.gridSteps - 1
        return [sides.count < 2 ? 20 : min(sides[sides.count - 2] + 16, last)]
    }

    package mutating func accept(_ token: Int) {
        let v = vocabulary
        switch state {
        case .item:
            if v.objectIDs.contains(token) { state = .classOfItem }
            else if v.sizeIDs.contains(token) { spec.items[spec.items.count - 1].size = SizeWord.allCases[token - v.firstSize] }
            else if v.placeIDs.contains(token) { spec.items[spec.items.count - 1].place = PlaceWord.allCases[token - v.firstPlace] }
            else if v.relationIDs.contains(token) { state = .relationSubject(RelationKind.allCases[token - v.firstRelation]) }
            else if token == v.row { spec.isRow = true }
            else {
                (rules.relations, rules.places, rules.isRow) = (spec.relations, spec.items.map(\.place), spec.isRow)
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
            // One box that had to cover another does not free the next.
            rules.mayOverlap = false
            state = boxes.count < spec.items.count ? .boxOwner : .end
        case .end: state = .finished
        case .finished: break
        }
    }
}
