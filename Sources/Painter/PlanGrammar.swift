import Language
import Sketches

/// The grammar of a drawing: plan (objects, relations), boxes, strokes. The model chooses; the grammar only keeps what it writes
/// well formed and keeps the boxes true to the relations that the model itself stated.
///
/// For *complete*, `given` holds the user's strokes: one object, its box holds them, and they are written again before new ones follow.
package struct PlanGrammar: TokenConstraint {
    package struct Limits: Sendable {
        /// The most objects in a plan; 6 fit into 1,024 positions.
        var objects = 6
        var strokesPerObject = 40
        var pointsPerObject = 160
        /// Tokens that the whole document may still take.
        var tokens = 1_000
    }

    private enum State: Equatable {
        case object, classOfObject, relationSubject(RelationKind), relationObject(RelationKind, Int)
        case boxOwner, boxSide(Int)
        case strokesOwner, strokesClass, x, y, finished
    }

    private let vocabulary: SketchVocabulary
    private let limits: Limits
    private let given: [Stroke]
    private var state = State.object
    /// Tokens that must come next, last one first.
    private var forced: [Int] = []
    private var tokensUsed = 0

    /// What has been written so far.
    package private(set) var classIndices: [Int] = []
    package private(set) var relations: [PlannedRelation] = []
    package private(set) var boxes: [GridBox] = []
    package private(set) var sketches: [[Int]] = []
    /// A box could not satisfy the stated relations whatever the model wrote: another seed may.
    package private(set) var isBroken = false
    private var sides: [Int] = []
    private var strokesDrawn = 0, pointsDrawn = 0, pointsOfStroke = 0, pointsAllowed = 0

    package init(_ vocabulary: SketchVocabulary, limits: Limits = Limits(), given: [Stroke] = []) {
        self.vocabulary = vocabulary
        self.limits = limits
        self.given = given
    }

    /// The plan is written (before `resume`), or the whole drawing.
    package var isComplete: Bool { state == .finished || (isPlanning && state == .strokesOwner) }
    private var isPlanning = true
    /// Goes on from the plan to the strokes.
    package mutating func resume() { isPlanning = false }
    private var current: Int { sketches.count - 1 }

    // MARK: what may come

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        if let next = forced.last { mask.allow(next); return }
        let v = vocabulary
        switch state {
        case .object:
            let objects = classIndices.count, most = given.isEmpty ? limits.objects : 1
            if objects < most, relations.isEmpty { mask.allow(v.object(objects)) }
            if objects >= 2, relations.count < 2 * objects { mask.allow(v.relationIDs) }
            if objects >= 1 { mask.allow(v.boxes) }
        case .classOfObject, .strokesClass: mask.allow(v.classIDs)
        case .relationSubject: for index in classIndices.indices { mask.allow(v.object(index)) }
        case .relationObject(_, let subject): for index in classIndices.indices where index != subject { mask.allow(v.object(index)) }
        case .boxOwner: mask.allow(v.object(boxes.count))
        case .boxSide(let side): allowSide(side, &mask)
        case .strokesOwner: mask.allow(v.object(sketches.count))
        case .x:
            let room = pointsDrawn < pointsAllowed
            if pointsOfStroke == 0 || room { mask.allow(v.xIDs) }
            if pointsOfStroke > 0 { mask.allow(v.penUp) }
            if pointsOfStroke == 0 {
                let mayStop = strokesDrawn > given.count || (strokesDrawn > 0 && given.isEmpty)
                if mayStop { mask.allow(v.objectEnd) }
                if mayStop, !room || strokesDrawn >= limits.strokesPerObject + given.count { mask.forbidAll(); mask.allow(v.objectEnd) }
            }
        case .y: mask.allow(v.yIDs)
        case .finished: mask.allow(v.end)
        }
    }

    /// The steps that the next side of a box may take so that every stated relation can still hold.
    private mutating func allowSide(_ side: Int, _ mask: inout TokenMask) {
        let steps = SketchVocabulary.gridSteps, index = boxes.count
        var open = (0..<steps).filter { step in
            switch side {
            case 0, 1: step <= steps - 2
            case 2: step > sides[0] 
            default: step > sides[1]
            }
        }
        if let ink = Box.of(given) {
            let least = GridBox(ink)
            open = open.filter { step in
                switch side {
                case 0: step <= least.x0
                case 1: step <= least.y0
                case 2: step >= least.x1
                default: step >= least.y1
                }
            }
        }
        let bound = relations.filter { max($0.subject, $0.object) == index }
        let later = relations.filter { min($0.subject, $0.object) == index && max($0.subject, $0.object) > index }
        if !bound.isEmpty || !later.isEmpty {
            open = open.filter { BoxFeasibility.isOpen(sides: sides + [$0], index: index, bound: bound, later: later, boxes: boxes) }
        }
        if open.isEmpty { isBroken = true; open = side < 2 ? [20] : [min((sides.count > side - 2 ? sides[side - 2] : 20) + 16, steps - 1)] }
        for step in open { mask.allow(side.isMultiple(of: 2) ? vocabulary.x(step) : vocabulary.y(step)) }
    }

    // MARK: what came

    package mutating func accept(_ token: Int) {
        tokensUsed += 1
        if forced.last == token { forced.removeLast() }
        let v = vocabulary
        switch state {
        case .object:
            if v.objectIDs.contains(token) { state = .classOfObject }
            else if v.relationIDs.contains(token) { state = .relationSubject(RelationKind.allCases[token - v.firstRelation]) }
            else { state = .boxOwner }
        case .classOfObject:
            classIndices.append(token - v.firstClass)
            state = .object
        case .relationSubject(let kind): state = .relationObject(kind, token - v.firstObject)
        case .relationObject(let kind, let subject):
            relations.append(PlannedRelation(kind: kind, subject: subject, object: token - v.firstObject))
            state = .object
        case .boxOwner:
            sides = []
            state = .boxSide(0)
        case .boxSide(let side):
            sides.append(token - (side.isMultiple(of: 2) ? v.firstX : v.firstY))
            if side < 3 { state = .boxSide(side + 1) } else {
                boxes.append(GridBox(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3]))
                state = boxes.count < classIndices.count ? .boxOwner : .strokesOwner
                if state == .strokesOwner { forced = [v.classToken(classIndices[0]), v.object(0), v.strokes] }
            }
        case .strokesOwner:
            if token == v.strokes { break }                        // the first object's id follows
            state = .strokesClass
        case .strokesClass:
            sketches.append([])
            (strokesDrawn, pointsDrawn, pointsOfStroke) = (0, 0, 0)
            state = .x
            // Each later object keeps room for a small sketch; two tokens a point, and some for pen-ups.
            let left = limits.tokens - tokensUsed - 40 * (boxes.count - current - 1) - 4
            if !given.isEmpty { forced = SketchCodec(vocabulary: v).sketch(given, in: boxes[current].box).reversed() }
            let fresh = min(limits.pointsPerObject, max((left - forced.count) * 9 / 20, 2))
            pointsAllowed = fresh + (forced.count - given.count) / 2
        case .x:
            if token == v.objectEnd {
                if sketches.count < boxes.count {
                    forced = [v.classToken(classIndices[sketches.count]), v.object(sketches.count)]
                    state = .strokesOwner
                } else { state = .finished }
            } else {
                sketches[current].append(token)
                if token == v.penUp { strokesDrawn += 1; pointsOfStroke = 0 } else { state = .y }
            }
        case .y:
            sketches[current].append(token)
            pointsDrawn += 1
            pointsOfStroke += 1
            state = .x
        case .finished: break
        }
    }
}

/// Whether a partly written box can still satisfy relations: exact interval arithmetic on the place grid, by trying the rest.
package enum BoxFeasibility {
    /// - Parameters:
    ///   - sides: 1–4 sides of the box `index`, in the order x0 y0 x1 y1.
    ///   - bound: relations of the box with finished boxes.
    ///   - later: relations with boxes still to come; the box must leave room for them.
    package static func isOpen(sides: [Int], index: Int, bound: [PlannedRelation], later: [PlannedRelation], boxes: [GridBox]) -> Bool {
        let last = SketchVocabulary.gridSteps - 1, least = 3
        // Extremes suffice: each relation is monotone in each side, so the box can be completed if one of these completions works for all.
        let xs: [Int] = sides.count > 2 ? [sides[2]] : candidates(from: sides[0], last: last, least: least)
        let y0s: [Int] = sides.count > 1 ? [sides[1]] : [0, 8, 16, 24, 32, 40, 48, 56]
        for x1 in xs {
            for y0 in y0s {
                for y1 in sides.count > 3 ? [sides[3]] : candidates(from: y0, last: last, least: least) {
                    let box = GridBox(x0: sides[0], y0: y0, x1: x1, y1: y1)
                    if bound.allSatisfy({ $0.subject == index ? $0.holds(box, boxes[$0.object]) : $0.holds(boxes[$0.subject], box) }),
                       later.allSatisfy({ leavesRoom(box, $0, isSubject: $0.subject == index) }) { return true }
                }
            }
        }
        return false
    }

    private static func candidates(from start: Int, last: Int, least: Int) -> [Int] {
        guard start < last else { return [last] }
        return Array(Set([start + 1, min(start + least, last), (start + last) / 2, last] + stride(from: start + 2, to: last, by: 4)))
    }

    /// Room for the other box of a relation, a box of at least 3 steps.
    private static func leavesRoom(_ box: GridBox, _ relation: PlannedRelation, isSubject: Bool) -> Bool {
        let last = SketchVocabulary.gridSteps - 1, other = 3
        let kind = isSubject ? relation.kind : relation.kind.inverse ?? relation.kind
        return switch kind {
        case .leftOf: box.x0 + box.x1 <= 2 * last - other - 2 * PlannedRelation.centreMargin
        case .rightOf: box.x0 + box.x1 >= other + 2 * PlannedRelation.centreMargin
        case .above: box.y0 + box.y1 <= 2 * last - other - 2 * PlannedRelation.centreMargin
        case .below: box.y0 + box.y1 >= other + 2 * PlannedRelation.centreMargin
        case .inside: isSubject ? box.longestSide < last - 2 : box.longestSide >= 4
        case .larger: box.longestSide >= 4
        case .smaller: box.longestSide <= 49
        case .nextTo: true
        }
    }
}
