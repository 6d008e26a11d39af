import Foundation
import Sketches
import Tensors

/// Where what a command adds, moves or resizes goes: boxes that its words hold for, made for training.
package struct EditLayout: Sendable {
    /// Boxes of objects that get a new one, in the order of the operations; an added object's index follows the scene's.
    package typealias Boxes = [(object: Int, box: GridBox)]

    /// Factors of the longest side; for wide and tall of that one side.
    package static func factors(_ size: SizeWord) -> ClosedRange<Double> {
        switch size {
        case .tiny: 0.25...0.4
        case .small: 0.45...0.68
        case .big: 1.4...1.9
        case .wide, .tall: 1.4...1.9
        }
    }

    /// The boxes, or nil where no layout was found.
    /// - Parameter shapes: width over height of what is added, in order.
    package static func boxes(for command: EditCommand, _ objects: [CanvasObject], shapes: [Double], _ r: inout RandomSource) -> Boxes? {
        var now = objects.map(\.box), gone = Set<Int>(), result: Boxes = [], shapes = shapes[...]
        for operation in command.operations { if case .erase(let object) = operation { gone.insert(object) } }
        for (index, operation) in command.operations.enumerated() {
            switch operation {
            case .erase, .replace, .redraw: break
            case .move(let object, let targets):
                let known = now.indices.map { gone.contains($0) ? nowhere : now[$0] }
                let places = moves(of: object, targets, boxes: known)
                guard !places.isEmpty else { return nil }
                let box = places[r.int(below: places.count)]
                now[object] = box
                result.append((object, box))
            case .resize(let object, let size):
                let places = resizings(of: object, size, boxes: now.indices.map { gone.contains($0) ? nowhere : now[$0] }, keeping: targets(before: index, in: command.operations))
                guard let box = resized(now[object], size, among: places, &r) else { return nil }
                now[object] = box
                result.append((object, box))
            case .add(_, let size, let targets):
                let range = SceneLayout.sizeRange(objects.count + 1, size), shape = shapes.popFirst() ?? 1
                var longest = (range.lowerBound + (range.upperBound - range.lowerBound) * r.uniform()) * 64 / SketchCodec.canvasSide
                for target in targets {                          // what goes into another is sized by it
                    if case .relation(.inside, let other) = target { longest = Double(now[other].longestSide) * (0.3 + 0.3 * r.uniform()) }
                }
                let drawn = size == .wide ? shape * 1.6 : size == .tall ? shape / 1.6 : shape
                let (w, h) = (longest * min(drawn, 1), longest * min(1 / drawn, 1))
                guard let box = place(width: max(1, Int(w.rounded())), height: max(1, Int(h.rounded())), of: now.count, targets, now, gone, &r) else { return nil }
                result.append((now.count, box))
                now.append(box)
            }
        }
        return result
    }

    /// Whether a box is where the targets say.
    package static func holds(_ targets: [EditTarget], _ box: GridBox, of object: Int, boxes: [GridBox]) -> Bool {
        targets.allSatisfy { target in
            switch target {
            case .relation(let kind, let other): PlannedRelation(kind: kind, subject: object, object: other).holds(box, boxes[other])
            case .place(let place): place.holds(box)
            case .toward(let kind): boxes.indices.contains(object) && PlannedRelation(kind: kind, subject: object, object: object).holds(box, boxes[object])
            }
        }
    }

    /// Whether a box shows at a glance what it is to be to others.
    private static func isClear(_ targets: [EditTarget], _ box: GridBox, _ boxes: [GridBox]) -> Bool {
        targets.allSatisfy { if case .relation(let kind, let other) = $0 { kind.isClear(box, boxes[other]) } else { true } }
    }

    /// No ink there: apart from everything.
    package static let nowhere = GridBox(x0: -1, y0: -1, x1: -1, y1: -1)

    /// The boxes that an object may be moved to: apart from the others if that is possible, and a move to one side keeps the other coordinate if it can.
    package static func moves(of object: Int, _ targets: [EditTarget], boxes: [GridBox]) -> [GridBox] {
        let old = boxes[object], last = SketchVocabulary.gridSteps - 1
        let nested = Set(targets.compactMap { if case .relation(.inside, let other) = $0 { other } else { nil } })
        func isKept(_ box: GridBox) -> Bool {
            targets.allSatisfy { target in
                guard case .toward(let kind) = target else { return true }
                return kind == .leftOf || kind == .rightOf ? box.y0 == old.y0 : box.x0 == old.x0
            }
        }
        func isApart(_ box: GridBox) -> Bool {
            boxes.indices.allSatisfy { $0 == object || nested.contains($0) || BoxRules.areApart(box, boxes[$0]) }
        }
        let right = (0...max(0, last - old.height)).flatMap { y in
            (0...max(0, last - old.width)).map { x in GridBox(x0: x, y0: y, x1: x + old.width, y1: y + old.height) }
        }.filter { holds(targets, $0, of: object, boxes: boxes) }
        let apart = right.filter(isApart), clear = apart.filter { isClear(targets, $0, boxes) }
        let rest = [clear.filter(isKept), clear, apart.filter(isKept), apart, right.filter(isKept)]
        return rest.first { !$0.isEmpty } ?? right
    }

    private static func place(width: Int, height: Int, of object: Int, _ targets: [EditTarget], _ boxes: [GridBox], _ ignored: Set<Int>, _ r: inout RandomSource) -> GridBox? {
        let last = SketchVocabulary.gridSteps - 1
        guard width <= last, height <= last else { return nil }
        for attempt in 0..<120 {
            let x = r.int(below: last - width + 1), y = r.int(below: last - height + 1)
            let box = GridBox(x0: x, y0: y, x1: x + width, y1: y + height)
            guard holds(targets, box, of: object, boxes: boxes), attempt >= 60 || isClear(targets, box, boxes) else { continue }
            let nested = Set(targets.compactMap { if case .relation(.inside, let other) = $0 { other } else { nil } })
            let isCrowded = boxes.indices.contains { other in
                guard !ignored.contains(other), other != object, !nested.contains(other), let common = box.box.intersection(boxes[other].box) else { return false }
                return common.area > (attempt < 80 ? 0 : 0.2) * max(min(box.box.area, boxes[other].box.area), 1)
            }
            if !isCrowded { return box }
        }
        return nil
    }

    /// The boxes that an object may get by being resized: about the middle that it has, as far as the canvas allows, its proportions kept
    /// (or only one side changed).
    package static func resizings(of old: GridBox, _ size: SizeWord) -> [GridBox] {
        let last = SketchVocabulary.gridSteps - 1
        return (1...last).compactMap { side -> GridBox? in
            let isAcross = size == .wide || (size != .tall && old.width >= old.height)
            let factor = Double(side) / Double(max(isAcross ? old.width : old.height, 1))
            let width = isAcross ? side : size == .tall ? old.width : Int((Double(old.width) * factor).rounded())
            let height = !isAcross ? side : size == .wide ? old.height : Int((Double(old.height) * factor).rounded())
            guard width <= last, height <= last else { return nil }
            let x = min(max(0, (old.x0 + old.x1 - width) / 2), last - width), y = min(max(0, (old.y0 + old.y1 - height) / 2), last - height)
            let box = GridBox(x0: x, y0: y, x1: x + width, y1: y + height)
            return isResized(box, from: old, size) ? box : nil
        }
    }

    /// Where the object of an operation was moved to by the one before it: what must still hold when its size has changed too.
    package static func targets(before index: Int, in operations: [EditOperation]) -> [EditTarget] {
        guard index > 0, case .move(let object, let targets) = operations[index - 1], operations[index].object == object else { return [] }
        return targets.filter { if case .toward = $0 { false } else { true } }
    }

    /// Those of them that go no farther than the word says, and cover nothing that was not covered before, as long as there are any.
    /// - Parameter targets: they still hold, if any size lets them.
    package static func resizings(of object: Int, _ size: SizeWord, boxes: [GridBox], keeping targets: [EditTarget] = []) -> [GridBox] {
        let old = boxes[object], any = resizings(of: old, size), kept = any.filter { holds(targets, $0, of: object, boxes: boxes) }, all = kept.isEmpty ? any : kept, farthest = factors(size)
        let others = boxes.indices.filter { $0 != object && BoxRules.areApart(old, boxes[$0]) }
        let moderate = all.filter { box in
            let own = max(side(old, size), 1)                    // steps are coarse: of a box of one step two are the least more
            return side(box, size) <= (max(farthest.upperBound, 0.75) * own).rounded(.up) && side(box, size) >= (min(farthest.lowerBound, 1) * own).rounded(.down)
        }
        let apart = moderate.filter { box in others.allSatisfy { BoxRules.areApart(box, boxes[$0]) } }
        return [apart, moderate].first { !$0.isEmpty } ?? all
    }

    /// The side that a word of size is about.
    private static func side(_ box: GridBox, _ size: SizeWord) -> Double { Double(size == .wide ? box.width : size == .tall ? box.height : box.longestSide) }

    private static func resized(_ old: GridBox, _ size: SizeWord, among boxes: [GridBox], _ r: inout RandomSource) -> GridBox? {
        let wanted = factors(size).lowerBound + (factors(size).upperBound - factors(size).lowerBound) * r.uniform()
        return boxes.min { abs(side($0, size) - wanted * side(old, size)) < abs(side($1, size) - wanted * side(old, size)) }
    }

    /// Longest sides by a third more or a quarter less; wide and tall ones by that side.
    package static func isResized(_ box: GridBox, from old: GridBox, _ size: SizeWord) -> Bool {
        switch size {
        case .tiny, .small: Double(box.longestSide) <= 0.75 * Double(old.longestSide)
        case .big: Double(box.longestSide) >= 1.33 * Double(old.longestSide)
        case .wide: Double(box.width) >= 1.33 * Double(old.width) && box.height <= old.height + 1
        case .tall: Double(box.height) >= 1.33 * Double(old.height) && box.width <= old.width + 1
        }
    }
}
