import Sketches

/// What the boxes of a plan must satisfy: the relations, places and the row that the plan itself states, and that nothing covers anything else
/// unless one is said to be inside the other. Beyond that, where there is room, that things are large enough to be recognised and that what is said to be
/// left of another is more left of it than above it.
package struct BoxRules: Sendable {
    package var relations: [PlannedRelation] = []
    package var places: [PlaceWord?] = []
    package var isRow = false
    /// A box that the first object's must hold: what the user has drawn of it.
    package var given: GridBox?
    /// How large each box should be; nil: as it comes.
    package var sizes: [UsualSize?] = []

    /// What is asked of a box beyond the plan's words, from what people would draw to what just fits.
    private enum Care: Int {
        /// Relations that are seen at a glance, and everything that follows.
        case clear
        /// Large enough, and apart from the others.
        case roomy
        /// Large enough, if it covers a little of another.
        case lapping
        /// Large enough, if it covers much of another.
        case covering
        /// Apart from the others, if it is small.
        case apart
        /// Nothing.
        case careless
    }
    /// What is asked of the box that is being written: less once there is no room for more.
    private var care = Care.clear
    /// Whether more is asked than that the box fits.
    private var isCareful: Bool { care.rawValue < Care.apart.rawValue }
    /// The share of the smaller of two boxes that may be covered rather than that the box is too small.
    private var overlap: Double {
        switch care {
        case .clear, .roomy, .apart: 0
        case .lapping: 0.25
        case .covering: 0.6
        case .careless: .infinity
        }
    }
    /// By direction, steps for each box and those that are to follow it.
    private var spans: [RelationKind: [Int]] = [:]

    package init() {}

    /// Asks for what a plan states.
    /// - Parameter shapes: width over height of the drawings of each class, by index.
    package mutating func ask(_ spec: SceneSpec, shapes: [ClosedRange<Double>?] = []) {
        (relations, places, isRow) = (spec.relations, spec.items.map(\.place), spec.isRow)
        sizes = spec.items.enumerated().map { index, item in
            UsualSize(
                count: spec.items.count, item.size, shape: shapes.indices.contains(item.classIndex) ? shapes[item.classIndex] : nil,
                in: spec.relations.filter { $0.subject == index || $0.object == index }, of: index, isRow: spec.isRow)
        }
    }

    private static let last = SketchVocabulary.gridSteps - 1
    /// Steps of the shortest box that is tried for what is not written yet.
    private static let least = 3

    /// The steps that the next side of box `boxes.count` may take so that the plan's words can still hold, with as much care as there is room for;
    /// none where the words cannot hold.
    /// - Parameter sides: those written already, in the order x0 y0 x1 y1; none: a new box begins.
    package mutating func openLeniently(after sides: [Int], boxes: [GridBox]) -> [Int] {
        if sides.isEmpty {
            let isSaid = relations.contains { max($0.subject, $0.object) == boxes.count && $0.kind.isAcross != nil }
            care = given != nil ? .apart : isSaid ? .clear : .roomy
            for kind in [RelationKind.leftOf, .rightOf, .above, .below] { spans[kind] = spans(kind, after: boxes.count) }
        }
        while true {
            let open = open(after: sides, boxes: boxes)
            guard open.isEmpty, let less = Care(rawValue: care.rawValue + 1) else { return open }
            care = less
        }
    }

    /// A step for the next side that leaves the box well formed, whatever else.
    package static func anyStep(after sides: [Int]) -> Int { sides.count < 2 ? 20 : min(sides[sides.count - 2] + 16, last) }

    /// The steps that the next side of box `boxes.count` may take so that everything that is asked now can still hold.
    private func open(after sides: [Int], boxes: [GridBox]) -> [Int] {
        let last = Self.last
        let own: (Int) -> Bool = { step in
            switch sides.count {
            case 0, 1: step <= last - 1
            case 2: step > sides[0]
            default: step > sides[1]
            }
        }
        return (0...last).filter { own($0) && isOpen(sides + [$0], boxes: boxes) }
    }

    /// Whether a partly written box can be completed. Ends to come are tried in steps of four, at their extremes and where a rule begins or ceases to hold:
    /// the shortest box is apart from others where any is, and the other rules are monotone in them.
    private func isOpen(_ sides: [Int], boxes: [GridBox]) -> Bool {
        let index = boxes.count
        let bound = relations.filter { max($0.subject, $0.object) == index && min($0.subject, $0.object) < index }
        let later = relations.filter { min($0.subject, $0.object) == index && max($0.subject, $0.object) > index }
        let place = places.indices.contains(index) ? places[index] : nil
        let isFree = bound.isEmpty && later.isEmpty && place == nil && given == nil && (!isRow || index == 0) && (care == .careless || index == 0) && usual(index) == nil
        if isFree { return true }
        let x1s = sides.count > 2 ? Steps(sides[2]) : Self.ends(from: sides[0], critical(from: sides[0], isAcross: true, bound, place, boxes))
        // What is wanted rather than needed may be missed for once.
        let y0s = sides.count > 1 ? [sides[1]] : Array(stride(from: 0, to: Self.last, by: isCareful ? 2 : 1))
        var y1s = [Steps?](repeating: nil, count: y0s.count)
        for x1 in x1s {
            // What speaks of one direction alone is found out before the other is tried.
            guard holdsAcross(sides[0], x1, index, bound, later, place, boxes) else { continue }
            let heights = usual(index)?.heights(width: x1 - sides[0]) ?? []
            for (row, y0) in y0s.enumerated() {
                var ends = y1s[row] ?? (sides.count > 3 ? Steps(sides[3]) : Self.ends(from: y0, critical(from: y0, isAcross: false, bound, place, boxes)))
                y1s[row] = ends
                if sides.count <= 3 { ends.add(heights.lazy.map { y0 + $0 }, after: y0) }
                for y1 in ends {
                    if holds(GridBox(x0: sides[0], y0: y0, x1: x1, y1: y1), index, bound, later, place, boxes) { return true }
                }
            }
        }
        return false
    }

    /// Ends at which something that bounds the box begins or ceases to hold, on the canvas or not: sides of other boxes, and what relations, the row and the
    /// place ask of middles and lengths. What lies between two such ends may be the only box that fits.
    private func critical(from start: Int, isAcross: Bool, _ bound: [PlannedRelation], _ place: PlaceWord?, _ boxes: [GridBox]) -> [Int] {
        func middle(_ box: GridBox) -> Int { isAcross ? box.x0 + box.x1 : box.y0 + box.y1 }      // twice
        var ends = boxes.flatMap { isAcross ? [$0.x0, $0.x1] : [$0.y0, $0.y1] }
        for relation in bound {
            let other = boxes[min(relation.subject, relation.object)], longest = Double(other.longestSide), margin = 2 * PlannedRelation.centreMargin
            switch relation.kind {
            case .leftOf, .rightOf, .above, .below: ends += [middle(other) - margin - start, middle(other) + margin - start]
            case .larger, .smaller: ends += [start + Int((longest * PlannedRelation.sizeRatio).rounded(.up)), start + Int((longest / PlannedRelation.sizeRatio).rounded(.down))]
            case .inside, .nextTo: break
            }
        }
        if isRow, let other = boxes.last { ends += [-RowRule.reach, RowRule.reach, 2 * PlannedRelation.centreMargin].map { middle(other) + $0 - start } }
        if place != nil { ends += PlaceWord.bounds.map { $0 - start } }
        if let size = usual(boxes.count) { ends += [start + size.shortest, start + size.longest, start + size.most] }
        return ends
    }

    private static func ends(from start: Int, _ critical: [Int]) -> Steps {
        var ends = Steps(last)
        guard start < last else { return ends }
        for step in [start + 1, min(start + least, last), (start + last) / 2] { ends.add(step) }
        for step in stride(from: start + 2, to: last, by: 4) { ends.add(step) }
        ends.add(critical, after: start)
        return ends
    }

    private func holdsAcross(
        _ x0: Int, _ x1: Int, _ index: Int, _ bound: [PlannedRelation], _ later: [PlannedRelation], _ place: PlaceWord?, _ boxes: [GridBox]
    ) -> Bool {
        if index == 0, let given, x0 > given.x0 || x1 < given.x1 { return false }
        let flat = GridBox(x0: x0, y0: 0, x1: x1, y1: 1)
        if isRow, let last = boxes.last, flat.x0 + flat.x1 < last.x0 + last.x1 + 2 * PlannedRelation.centreMargin { return false }
        // Those of a row that are still to come.
        if isRow, isCareful, sizes.indices.contains(index) {
            let others = sizes[(index + 1)...].reduce(0) { $0 + ($1?.span ?? Self.least) }
            if Self.last - x1 < others { return false }
        }
        for relation in bound where relation.kind == .leftOf || relation.kind == .rightOf {
            guard relation.subject == index ? relation.holds(flat, boxes[relation.object]) : relation.holds(boxes[relation.subject], flat) else { return false }
        }
        for relation in later where relation.kind == .leftOf || relation.kind == .rightOf {
            guard leavesRoom(flat, relation, isSubject: relation.subject == index) else { return false }
        }
        return true
    }

    private func holds(_ box: GridBox, _ index: Int, _ bound: [PlannedRelation], _ later: [PlannedRelation], _ place: PlaceWord?, _ boxes: [GridBox]) -> Bool {
        if index == 0, let given, box.y0 > given.y0 || box.y1 < given.y1 { return false }
        guard place?.holds(box) ?? true, usual(index)?.holds(box) ?? true else { return false }
        if care == .clear, !bound.allSatisfy({ isClear($0, $0.subject == index ? box : boxes[$0.subject], $0.object == index ? box : boxes[$0.object]) }) { return false }
        if isRow, let last = boxes.last, !RowRule.follows(box, after: last) { return false }
        guard bound.allSatisfy({ $0.subject == index ? $0.holds(box, boxes[$0.object]) : $0.holds(boxes[$0.subject], box) }),
              later.allSatisfy({ leavesRoom(box, $0, isSubject: $0.subject == index) }) else { return false }
        return overlap == .infinity || boxes.indices.allSatisfy { other in
            let isNested = bound.contains { $0.kind == .inside && ($0.subject == other || $0.object == other) }
            return isNested || Self.areApart(box, boxes[other]) || (overlap > 0 && Self.share(box, boxes[other]) <= overlap)
        }
    }

    private func usual(_ index: Int) -> UsualSize? { isCareful && sizes.indices.contains(index) ? sizes[index] : nil }

    /// Whether two things' boxes show at a glance what is said of them; what is said to be above *and* left of another has to be only so.
    private func isClear(_ relation: PlannedRelation, _ a: GridBox, _ b: GridBox) -> Bool {
        if relation.kind.isClear(a, b) { return true }
        guard let isAcross = relation.kind.isAcross else { return false }
        return relations.contains { other in
            other.kind.isAcross == !isAcross
                && (other.subject == relation.subject && other.object == relation.object || other.subject == relation.object && other.object == relation.subject)
        }
    }

    /// The share of the smaller box that two have in common.
    private static func share(_ a: GridBox, _ b: GridBox) -> Double {
        let width = max(min(a.x1, b.x1) - max(a.x0, b.x0), 0), height = max(min(a.y1, b.y1) - max(a.y0, b.y0), 0)
        return Double(width * height) / Double(max(min(a.width * a.height, b.width * b.height), 1))
    }

    /// Whether two boxes have no more than an edge in common.
    package static func areApart(_ a: GridBox, _ b: GridBox) -> Bool {
        min(a.x1, b.x1) - max(a.x0, b.x0) <= 0 || min(a.y1, b.y1) - max(a.y0, b.y0) <= 0
    }

    /// Room for the other box of a relation, and for those that stand to that as it stands to this, and so on: each of its usual size, or at least 3 steps.
    private func leavesRoom(_ box: GridBox, _ relation: PlannedRelation, isSubject: Bool) -> Bool {
        let last = Self.last, kind = isSubject ? relation.kind : relation.kind.inverse ?? relation.kind, other = isSubject ? relation.object : relation.subject
        // Apart where there is room for more than the words ask for, or the middles just as far off as these ask for.
        func room(_ beyond: Int, _ middle: Int) -> Bool {
            if isCareful, let spans = spans[kind], spans.indices.contains(other) { return beyond >= spans[other] }
            return middle >= Self.least + 2 * PlannedRelation.centreMargin
        }
        return switch kind {
        case .leftOf: room(last - box.x1, 2 * last - box.x0 - box.x1)
        case .rightOf: room(box.x0, box.x0 + box.x1)
        case .above: room(last - box.y1, 2 * last - box.y0 - box.y1)
        case .below: room(box.y0, box.y0 + box.y1)
        case .inside: isSubject ? box.longestSide < last - 2 : box.longestSide >= 4
        case .larger: box.longestSide >= 4
        case .smaller: box.longestSide <= 49
        case .nextTo: true
        }
    }

    /// Steps for each box in a direction, and for all that are to follow it and are not there yet.
    private func spans(_ kind: RelationKind, after placed: Int) -> [Int] {
        let own = sizes.map { $0?.span ?? Self.least }
        let links = Set(relations.compactMap { relation -> [Int]? in
            relation.kind == kind ? [relation.subject, relation.object] : relation.kind.inverse == kind ? [relation.object, relation.subject] : nil
        }).filter { $0[1] > placed && own.indices.contains($0[0]) && own.indices.contains($0[1]) }.sorted { $0.lexicographicallyPrecedes($1) }
        var spans = own
        // As many rounds as the longest chain has links; what runs in a circle ends at the canvas's side.
        for _ in own { for link in links { spans[link[0]] = min(max(spans[link[0]], own[link[0]] + spans[link[1]]), Self.last) } }
        return spans
    }
}

/// Some of the grid's 64 steps, in order.
private struct Steps: Sequence, IteratorProtocol {
    private var bits: UInt64 = 0

    init(_ step: Int) { add(step) }

    mutating func add(_ step: Int) { bits |= 1 << UInt64(step) }
    /// Adds those of some numbers that are steps after another.
    mutating func add(_ steps: some Sequence<Int>, after start: Int) {
        for step in steps where step > start && step < SketchVocabulary.gridSteps { add(step) }
    }

    mutating func next() -> Int? {
        guard bits != 0 else { return nil }
        defer { bits &= bits - 1 }
        return bits.trailingZeroBitCount
    }
}
