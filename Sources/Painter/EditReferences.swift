import Sketches
import Tensors

/// How a command can name the objects of a drawing so that nobody else is meant.
struct EditReferences {
    let objects: [CanvasObject]

    /// What tells an object from the others of its class; the rules are of `EditPhrases`.
    enum Sign: Equatable {
        /// The only one of its class.
        case only
        /// The largest or smallest: `known.big`, `known.small`.
        case size(String)
        /// The last one in a direction.
        case side(RelationKind)
        /// The first, second … from one side.
        case ordinal(Int, from: String)
        /// The one in the middle of three.
        case middle
        case place(PlaceWord)
        /// The only one that is so to another object, which is the only one of its class.
        case relation(RelationKind, Int)

        /// The same as a token says it, where one can.
        var told: ObjectSign? {
            switch self {
            case .size(let word): SizeWord(rawValue: word).map(ObjectSign.size)
            case .side(let kind): .side(kind)
            case .place(let place): .place(place)
            case .only, .ordinal, .middle, .relation: nil
            }
        }
    }

    /// The signs of an object that a token can say; none where it is the only one of its class.
    func told(_ index: Int) -> [ObjectSign] {
        isOnly(index) ? [] : signs(of: index, anchors: []).compactMap { $0.told }
    }

    func alike(_ index: Int) -> [Int] { objects.indices.filter { objects[$0].classIndex == objects[index].classIndex } }
    func isOnly(_ index: Int) -> Bool { alike(index).count == 1 }
    private func box(_ index: Int) -> GridBox { objects[index].box }

    /// All signs that tell the object from others of its class; of one that is alone, what is true of it.
    /// - Parameter anchors: objects that may be named beside it.
    func signs(of index: Int, anchors: [Int]) -> [Sign] {
        let all = alike(index), others = all.filter { $0 != index }
        var signs: [Sign] = others.isEmpty ? [.only] : []
        if !others.isEmpty {
            let sides = others.map { Double(box($0).longestSide) }, own = Double(box(index).longestSide)
            if let least = sides.min(), least >= EditCommand.clearRatio * own { signs.append(.size("small")) }
            if let most = sides.max(), own >= EditCommand.clearRatio * max(most, 1) { signs.append(.size("big")) }
            let clear = 2 * EditCommand.clearSteps
            func across(_ index: Int) -> Int { box(index).x0 + box(index).x1 }
            func down(_ index: Int) -> Int { box(index).y0 + box(index).y1 }
            for (kind, value, sign) in [(RelationKind.leftOf, across, 1), (.rightOf, across, -1), (.above, down, 1), (.below, down, -1)] {
                if others.allSatisfy({ sign * (value($0) - value(index)) >= clear }) { signs.append(.side(kind)) }
            }
            for (value, first, last) in [(across, "left", "right"), (down, "top", "bottom")] {
                let order = all.sorted { value($0) < value($1) }
                guard zip(order, order.dropFirst()).allSatisfy({ value($1) - value($0) >= clear }), let place = order.firstIndex(of: index) else { continue }
                signs.append(.ordinal(place + 1, from: first))
                signs.append(.ordinal(order.count - place, from: last))
                if order.count == 3, place == 1 { signs.append(.middle) }
            }
        }
        for place in PlaceWord.allCases where place.holds(box(index)) && !others.contains(where: { isNear(place, box($0)) }) { signs.append(.place(place)) }
        for anchor in anchors where isOnly(anchor) && anchor != index {
            for kind in [RelationKind.leftOf, .rightOf, .above, .below, .nextTo, .inside] where PlannedRelation(kind, index, anchor).holds(box(index), box(anchor)) {
                if others.allSatisfy({ Self.isClearlyNot(kind, box($0), box(anchor)) }) { signs.append(.relation(kind, anchor)) }
            }
        }
        return signs
    }

    /// Whether somebody could say of a box that it lies at a place: a few steps off are not enough to tell.
    private func isNear(_ place: PlaceWord, _ box: GridBox) -> Bool {
        let reach = EditCommand.clearSteps
        return [(0, 0), (-reach, 0), (reach, 0), (0, -reach), (0, reach)].contains { dx, dy in
            place.holds(GridBox(x0: box.x0 + dx, y0: box.y0 + dy, x1: box.x1 + dx, y1: box.y1 + dy))
        }
    }

    /// Whether nobody would say so of two boxes.
    static func isClearlyNot(_ kind: RelationKind, _ a: GridBox, _ b: GridBox) -> Bool {
        switch kind {
        case .leftOf: a.x0 + a.x1 >= b.x0 + b.x1
        case .rightOf: a.x0 + a.x1 <= b.x0 + b.x1
        case .above: a.y0 + a.y1 >= b.y0 + b.y1
        case .below: a.y0 + a.y1 <= b.y0 + b.y1
        case .inside: a.box.intersection(b.box) == nil
        case .larger: a.longestSide <= b.longestSide
        case .smaller: a.longestSide >= b.longestSide
        case .nextTo: a.box.gap(to: b.box) * Double(SketchVocabulary.gridSteps) / SketchCodec.canvasSide >= 14
        }
    }

    /// The objects clearly on one side of another, if each object is clearly on that side or clearly not.
    func all(_ kind: RelationKind, of anchor: Int) -> [Int]? {
        var found: [Int] = []
        for index in objects.indices where index != anchor {
            if PlannedRelation(kind, index, anchor).holds(box(index), box(anchor)) { found.append(index) }
            else if !Self.isClearlyNot(kind, box(index), box(anchor)) { return nil }
        }
        return found
    }

    // MARK: what can be asked

    /// Whether some place for a box of this size satisfies the targets, and it is not there already.
    /// - Parameter object: what is moved; nil for something new.
    func isPossible(_ targets: [EditTarget], width: Int, height: Int, of object: Int?) -> Bool {
        let last = SketchVocabulary.gridSteps - 1
        guard width < last, height < last else { return false }
        func holds(_ target: EditTarget, _ place: GridBox) -> Bool {
            switch target {
            case .relation(let kind, let other): PlannedRelation(kind, -1, other).holds(place, box(other))
            case .place(let word): word.holds(place)
            case .toward(let kind): object.map { PlannedRelation(kind, -1, $0).holds(place, box($0)) } ?? false
            }
        }
        if let object, targets.contains(where: { holds($0, box(object)) }) { return false }
        // Room for a clear step, not just the least one.
        if let object, case .toward(let kind)? = targets.first {
            let own = box(object), room = switch kind {
            case .leftOf: own.x0
            case .rightOf: last - own.x1
            case .above: own.y0
            default: last - own.y1
            }
            guard room >= 2 * EditCommand.clearSteps else { return false }
        }
        for y in stride(from: 0, through: last - height, by: 2) {
            for x in stride(from: 0, through: last - width, by: 2) {
                let place = GridBox(x0: x, y0: y, x1: x + width, y1: y + height)
                if targets.allSatisfy({ holds($0, place) }) { return true }
            }
        }
        return false
    }

    /// Whether an object can become clearly larger or smaller that way on the canvas.
    func canResize(_ index: Int, _ size: SizeWord) -> Bool {
        let own = box(index), last = Double(SketchVocabulary.gridSteps - 1), growth = 1.4
        return switch size {
        case .big: Double(own.longestSide) * growth <= last && own.longestSide >= 3
        case .wide: Double(own.width) * growth <= last && own.width >= 3
        case .tall: Double(own.height) * growth <= last && own.height >= 3
        case .small: own.longestSide >= 6
        case .tiny: own.longestSide >= 10
        }
    }
}
