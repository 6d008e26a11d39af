import Language
import Sketches

/// The grammar of an answer to a command: operations, objects in them perhaps named first by class and sign (`<erase><class sun><small><o2>`), then boxes for what is moved, resized or added. The model chooses; the grammar keeps the
/// operations to objects and classes that the words leave open, and the boxes true to what the model itself wrote.
package struct CommandGrammar: TokenConstraint {
    /// What a command may do.
    package struct Scope: Sendable {
        /// Objects that the words may mean, in groups of which each must be touched; none: all objects, in one group that need not be.
        package var groups: [[Int]] = []
        /// Classes that may be added or put in another's place; nil: all.
        package var classes: Set<Int>?
        /// Only erasing.
        package var erasesOnly = false

        package init() {}
    }

    private enum Verb { case erase, add, move, resize, replace, redraw }
    private enum State { case operation, subject(Verb), size, newClass, addedClass, addedSize, target, targetObject(RelationKind), boxOwner, side, end, finished }

    private let vocabulary: SketchVocabulary
    private let scope: Scope
    private let shapes: [ClosedRange<Double>?]
    private var state = State.operation
    /// Boxes as they are after the operations so far.
    private var boxes: [GridBox?]
    private let start: [GridBox]
    /// Tokens of each object's class and of what tells it from others of the class, and those that were written before the object that comes.
    private let classes: [Int], signs: [Set<Int>]
    private var named: Int?, sign: Int?
    /// Objects whose boxes are to be written, in order, and the operation that gives each its box.
    private var pending: [(object: Int, operation: Int)] = []
    private var placed = 0
    private var sides: [Int] = []
    /// Of the added object whose box is being written.
    private var rules = BoxRules()
    private var choices: [GridBox] = []
    /// Objects that are changed, and those of them that are changed twice.
    private var touched = Set<Int>(), twice = Set<Int>()

    package private(set) var operations: [EditOperation] = []
    /// Boxes of moved, resized and added objects, after the operation at that place; an added one's index follows the scene's.
    package private(set) var newBoxes: [(object: Int, box: GridBox, operation: Int)] = []
    /// Which of the tokens said each operation: its own, and the last one's with what ends the list.
    package private(set) var ranges: [Range<Int>] = []
    private var count = 0
    /// A box could not be as the command says: what is there stays as it is, what is new goes elsewhere.
    package var isBroken: Bool { isCrowded || !unplaced.isEmpty }
    /// Something new went elsewhere.
    package private(set) var isCrowded = false
    /// Moves and resizings for which there was no room, by their places among the operations.
    package private(set) var unplaced = Set<Int>()

    /// - Parameter shapes: width over height of the drawings of each class, by index.
    package init(_ vocabulary: SketchVocabulary, objects: [CanvasObject], scope: Scope = Scope(), shapes: [ClosedRange<Double>?] = []) {
        self.vocabulary = vocabulary
        self.shapes = shapes
        self.scope = scope
        start = objects.map(\.box)
        let references = EditReferences(objects: objects)
        classes = objects.map { vocabulary.classToken($0.classIndex) }
        signs = objects.indices.map { Set(references.told($0).map { $0.token(vocabulary) }) }
        boxes = start
    }

    package var isComplete: Bool { if case .finished = state { true } else { false } }

    private var waiting: Bool { scope.groups.contains { $0.allSatisfy { !touched.contains($0) } } }
    /// What may be changed so: each object once, and the one that was changed last once more: "make it bigger and move it to the left".
    private func subjects(_ verb: Verb) -> [Int] {
        let open = scope.groups.isEmpty ? Array(start.indices) : scope.groups.flatMap { $0 }.sorted(), last = changedOnce(for: verb)
        return open.filter { !touched.contains($0) || $0 == last }
    }

    /// The object of the last operation, where this one may follow upon it.
    private func changedOnce(for verb: Verb) -> Int? {
        guard let last = operations.last, let object = last.object, !twice.contains(object) else { return nil }
        // Of several things that were changed alike, "them" would be all.
        if operations.count > 1, Self.isAlike(operations[operations.count - 2], last) { return nil }
        return switch (last, verb) {
        case (.move, .resize), (.resize, .move), (.replace, .move), (.replace, .resize), (.redraw, .move), (.redraw, .resize): object
        default: nil
        }
    }
    /// Whether both do the same, so that what follows may be said of both together.
    static func isAlike(_ a: EditOperation, _ b: EditOperation) -> Bool {
        switch (a, b) {
        case (.move, .move), (.resize, .resize), (.replace, .replace), (.redraw, .redraw): true
        default: false
        }
    }
    private static let operationLimit = 12

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        let v = vocabulary
        switch state {
        case .operation: allowOperation(&mask)
        case .subject(.add): mask.allow(v.object(boxes.count))
        case .subject(let verb): allowObjects(subjects(verb), &mask)
        case .size: mask.allow(v.sizeIDs)
        case .newClass, .addedClass:
            if let classes = scope.classes, !classes.isEmpty { for index in classes { mask.allow(v.classToken(index)) } } else { mask.allow(v.classIDs) }
        case .addedSize:
            mask.allow(v.sizeIDs)
            allowTarget(&mask)
            allowOperation(&mask)
        case .target:
            allowTarget(&mask)
            if case .move(_, let targets)? = operations.last, targets.isEmpty { break }
            allowOperation(&mask)
        case .targetObject:
            // Itself: where it was, for "to the left".
            let own: Int? = if case .move(let object, _)? = operations.last { object } else { nil }
            allowObjects(boxes.indices.filter { ($0 < start.count || $0 < boxes.count - 1) && (boxes[$0] != nil || $0 == own) }, &mask)
        case .boxOwner: mask.allow(v.object(pending[placed].object))
        case .side: for step in openSteps() { mask.allow(sides.count.isMultiple(of: 2) ? v.x(step) : v.y(step)) }
        case .end, .finished: mask.allow(v.end)
        }
    }

    /// One of these; or first the class of one of them, or a sign that tells one from others of its class; then one of those that are so.
    private func allowObjects(_ objects: [Int], _ mask: inout TokenMask) {
        let v = vocabulary
        for index in objects {
            guard classes.indices.contains(index) else {          // something new: it has no name yet
                if named == nil, sign == nil { mask.allow(v.object(index)) }
                continue
            }
            guard named == nil || named == classes[index], sign.map(signs[index].contains) ?? true else { continue }
            mask.allow(v.object(index))
            if sign == nil { for token in signs[index] { mask.allow(token) } }
            if sign == nil, named == nil { mask.allow(classes[index]) }
        }
    }

    private func allowOperation(_ mask: inout TokenMask) {
        let v = vocabulary
        if operations.count < Self.operationLimit {
            if !subjects(.erase).isEmpty { mask.allow(v.erase) }
            if !scope.erasesOnly {
                for (id, verb) in [(v.move, Verb.move), (v.resize, .resize), (v.replace, .replace), (v.redraw, .redraw)] where !subjects(verb).isEmpty { mask.allow(id) }
                if boxes.count < SketchVocabulary.objectCount { mask.allow(v.add) }
            }
        }
        if !waiting { mask.allow(pending.isEmpty ? v.end : v.boxes) }
    }

    private func allowTarget(_ mask: inout TokenMask) {
        let targets: [EditTarget] = switch operations.last {
        case .move(_, let targets)?: targets
        case .add(_, _, let targets)?: targets
        default: []
        }
        guard targets.count < 2 else { return }
        // A moved thing may be told by where it was; a new one needs another thing to be told by.
        let isMove = if case .move? = operations.last { true } else { false }
        if isMove || boxes.contains(where: { $0 != nil }) { mask.allow(vocabulary.relationIDs) }
        mask.allow(vocabulary.placeIDs)
    }

    package mutating func accept(_ token: Int) {
        let v = vocabulary
        defer { count += 1 }
        let isPlacing = switch state { case .boxOwner, .side: true; default: false }
        if let last = ranges.last, !isPlacing, last.upperBound == count { ranges[ranges.count - 1] = last.lowerBound..<count + 1 }
        if [v.erase, v.add, v.move, v.resize, v.replace, v.redraw].contains(token) {
            if let last = ranges.popLast() { ranges.append(last.lowerBound..<count) }
            ranges.append(count..<count + 1)
        }
        let isNaming = switch state { case .subject, .targetObject: true; default: false }
        if isNaming, !v.objectIDs.contains(token) {
            if v.classIDs.contains(token) { named = token } else { sign = token }
            return
        }
        (named, sign) = (nil, nil)
        switch state {
        case .operation, .addedSize, .target: acceptOperation(token)
        case .subject(let verb):
            let object = token - v.firstObject
            if !touched.insert(object).inserted { twice.insert(object) }
            switch verb {
            case .erase: operations.append(.erase(object)); boxes[object] = nil; state = .operation
            case .redraw: operations.append(.redraw(object)); state = .operation
            case .move: operations.append(.move(object, [])); pending.append((object, operations.count - 1)); state = .target
            case .resize: operations.append(.resize(object, .big)); pending.append((object, operations.count - 1)); state = .size
            case .replace: operations.append(.replace(object, classIndex: 0)); state = .newClass
            case .add: boxes.append(nil); pending.append((object, operations.count)); state = .addedClass
            }
        case .size:
            if case .resize(let object, _)? = operations.popLast() { operations.append(.resize(object, SizeWord.allCases[token - v.firstSize])) }
            state = .operation
        case .newClass:
            if case .replace(let object, _)? = operations.popLast() { operations.append(.replace(object, classIndex: token - v.firstClass)) }
            state = .operation
        case .addedClass:
            operations.append(.add(classIndex: token - v.firstClass, size: nil, targets: []))
            state = .addedSize
        case .targetObject(let kind):
            let other = token - v.firstObject
            if case .move(let object, _)? = operations.last, object == other { append(.toward(kind)) } else { append(.relation(kind, other)) }
            state = .target
        case .boxOwner:
            sides = []
            let (object, operation) = pending[placed]
            choices = start.indices.contains(object) ? choices(of: operation) : []
            if !start.indices.contains(object) { rules = rules(ofAdded: object) }
            if start.indices.contains(object), choices.isEmpty {                // no room: it stays as it is
                unplaced.insert(operation)
                choices = [boxes[object] ?? start[object]]
            }
            state = .side
        case .side:
            sides.append(token - (sides.count.isMultiple(of: 2) ? v.firstX : v.firstY))
            guard sides.count == 4 else { break }
            let box = GridBox(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3])
            boxes[pending[placed].object] = box
            newBoxes.append((pending[placed].object, box, pending[placed].operation))
            placed += 1
            state = placed < pending.count ? .boxOwner : .end
        case .end, .finished: state = .finished
        }
    }

    private mutating func acceptOperation(_ token: Int) {
        let v = vocabulary
        if v.sizeIDs.contains(token), case .add(let classIndex, _, let targets)? = operations.popLast() {
            operations.append(.add(classIndex: classIndex, size: SizeWord.allCases[token - v.firstSize], targets: targets))
            state = .target
        } else if v.relationIDs.contains(token) { state = .targetObject(RelationKind.allCases[token - v.firstRelation]) }
        else if v.placeIDs.contains(token) {
            append(.place(PlaceWord.allCases[token - v.firstPlace]))
            state = .target
        } else if token == v.boxes { state = .boxOwner }
        else if token == v.end { state = .finished }
        else {
            let verbs: [(Int, Verb)] = [(v.erase, .erase), (v.add, .add), (v.move, .move), (v.resize, .resize), (v.replace, .replace), (v.redraw, .redraw)]
            if let verb = verbs.first(where: { $0.0 == token })?.1 { state = .subject(verb) }
        }
    }

    private mutating func append(_ target: EditTarget) {
        switch operations.popLast() {
        case .move(let object, let targets)?: operations.append(.move(object, targets + [target]))
        case .add(let classIndex, let size, let targets)?: operations.append(.add(classIndex: classIndex, size: size, targets: targets + [target]))
        case let other?: operations.append(other)
        case nil: break
        }
    }

    // MARK: boxes

    /// Steps of the next side of the box that is being written.
    private mutating func openSteps() -> [Int] {
        let object = pending[placed].object
        let open = start.indices.contains(object) ? choices.filter { Self.sides($0).starts(with: sides) }.map { Self.sides($0)[sides.count] }
            : rules.openLeniently(after: sides, boxes: boxes[..<object].map { $0 ?? EditLayout.nowhere })
        if !open.isEmpty { return Array(Set(open)).sorted() }
        isCrowded = true
        return [BoxRules.anyStep(after: sides)]
    }

    private static func sides(_ box: GridBox) -> [Int] { [box.x0, box.y0, box.x1, box.y1] }

    /// Where a moved or resized object may go.
    private func choices(of operation: Int) -> [GridBox] {
        let known = boxes.map { $0 ?? EditLayout.nowhere }
        return switch operations[operation] {
        case .resize(let object, let size): EditLayout.resizings(of: object, size, boxes: known, keeping: EditLayout.targets(before: operation, in: operations))
        case .move(let object, let targets): EditLayout.moves(of: object, targets, boxes: known)
        default: []
        }
    }

    private func rules(ofAdded object: Int) -> BoxRules {
        var rules = BoxRules(), index = start.count
        for operation in operations {
            guard case .add(let classIndex, let size, let targets) = operation else { continue }
            if index == object {
                rules.places = [PlaceWord?](repeating: nil, count: object + 1)
                for target in targets {
                    switch target {
                    case .relation(let kind, let other): rules.relations.append(PlannedRelation(kind: kind, subject: object, object: other))
                    case .place(let place): rules.places[object] = place
                    case .toward: break
                    }
                }
                let count = boxes[..<object].count { $0 != nil } + 1
                let shape = shapes.indices.contains(classIndex) ? shapes[classIndex] : nil
                rules.sizes = [UsualSize?](repeating: nil, count: object) + [UsualSize(count: count, size, shape: shape, in: rules.relations, of: object)]
            }
            index += 1
        }
        return rules
    }
}
