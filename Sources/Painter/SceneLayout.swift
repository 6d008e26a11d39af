import Foundation
import Sketches
import Tensors

/// What a scene asks of its boxes, and boxes that satisfy it.
package struct SceneLayout: Sendable {
    package var sizes: [SizeWord?]
    package var places: [PlaceWord?]
    package var relations: [PlannedRelation] = []
    package var isRow = false

    package init(count: Int) {
        sizes = [SizeWord?](repeating: nil, count: count)
        places = [PlaceWord?](repeating: nil, count: count)
    }

    /// Longest sides in pixels for a scene of `count` objects.
    package static func sizeRange(_ count: Int, _ size: SizeWord?) -> ClosedRange<Double> {
        let ordinary: ClosedRange<Double> = switch count {
        case 1: 130...230
        case 2: 75...130
        case 3, 4: 60...100
        case 5, 6: 45...75
        default: 38...60
        }
        return switch size {
        case nil, .wide, .tall: ordinary
        case .tiny: ordinary.lowerBound * 0.25...ordinary.lowerBound * 0.4
        case .small: ordinary.lowerBound * 0.45...ordinary.lowerBound * 0.7
        case .big: ordinary.upperBound * 1.02...min(ordinary.upperBound * 1.4, 245)
        }
    }

    /// Boxes for drawings, in order. What no layout satisfies is asked no more: first places and most relations, then everything.
    package mutating func arrange(_ drawings: [[Stroke]], overlap: (Double, Double), _ r: inout RandomSource) -> [GridBox] {
        for attempt in 0..<14 {
            switch attempt {
            case 8: for place in relations { (places[place.subject], places[place.object]) = (nil, nil) }
            case 10: relations.removeAll { $0.kind != .leftOf && $0.kind != .rightOf }
            case 12: (relations, isRow, places) = ([], false, places.map { _ in nil })
            default: break
            }
            let limit = attempt < 6 ? overlap.0 : overlap.1
            if let found = isRow ? row(drawings, &r) : layout(drawings, overlap: limit, &r) { return found }
        }
        return layout(drawings, overlap: 1, &r) ?? drawings.map { _ in GridBox(x0: 8, y0: 8, x1: 40, y1: 40) }
    }

    private static let side = SketchCodec.canvasSide

    /// Width and height of a drawing's box whose longest side is `longest`; wide and tall ones are drawn out.
    private func extent(_ drawing: [Stroke], _ longest: Double, _ size: SizeWord?, _ r: inout RandomSource) -> (w: Double, h: Double)? {
        guard let ink = Box.of(drawing) else { return nil }
        var (w, h) = (max(ink.width, 1e-6), max(ink.height, 1e-6))
        if size == .wide { w *= 1.35 + 0.5 * r.uniform() }
        if size == .tall { h *= 1.35 + 0.5 * r.uniform() }
        let scale = min(longest, Self.side - 8) / max(w, h)
        return (w * scale, h * scale)
    }

    private func layout(_ drawings: [[Stroke]], overlap limit: Double, _ r: inout RandomSource) -> [GridBox]? {
        let side = Self.side
        var boxes: [GridBox] = []
        for index in drawings.indices {
            let bound = relations.filter { max($0.subject, $0.object) == index }
            var placed: GridBox?
            for attempt in 0..<40 {
                let range = Self.sizeRange(drawings.count, sizes[index])
                var longest = range.lowerBound + (range.upperBound - range.lowerBound) * r.uniform()
                for relation in bound {                          // aim, then test below
                    let other = Double(boxes[relation.subject == index ? relation.object : relation.subject].longestSide + 1) * side / 64
                    let isLarge = (relation.subject == index) == (relation.kind == .larger)
                    switch relation.kind {
                    case .larger, .smaller: longest = isLarge ? other * (1.3 + 0.7 * r.uniform()) : other / (1.3 + 0.9 * r.uniform())
                    case .inside: longest = relation.subject == index ? other * (0.3 + 0.35 * r.uniform()) : other * (1.5 + r.uniform())
                    default: break
                    }
                }
                guard let (w, h) = extent(drawings[index], longest, sizes[index], &r) else { return nil }
                var x = 2 + (side - 4 - w) * along(places[index]?.column, &r), y = 2 + (side - 4 - h) * along(places[index]?.row, &r)
                if let relation = bound.first(where: { $0.kind == .inside }) {
                    let other = boxes[relation.subject == index ? relation.object : relation.subject].box
                    x = other.x0 + (other.width - w) * r.uniform()
                    y = other.y0 + (other.height - h) * r.uniform()
                    guard x >= 2, y >= 2, x + w <= side - 2, y + h <= side - 2 else { continue }
                }
                let box = GridBox(Box(x0: x, y0: y, x1: x + w, y1: y + h)).widened
                guard places[index]?.holds(box) ?? true,
                      bound.allSatisfy({ $0.subject == index ? $0.holds(box, boxes[$0.object]) : $0.holds(boxes[$0.subject], box) }) else { continue }
                // As people mean it, where there is room.
                guard attempt >= 30 || bound.allSatisfy({ $0.kind.isClear(box, boxes[$0.subject == index ? $0.object : $0.subject]) }) else { continue }
                let crowded = boxes.indices.contains { other in
                    let isNested = bound.contains { $0.kind == .inside && ($0.subject == other || $0.object == other) }
                    guard !isNested, let common = box.box.intersection(boxes[other].box) else { return false }
                    return common.area > limit * max(min(box.box.area, boxes[other].box.area), 1)
                }
                if !crowded { placed = box; break }
            }
            guard let placed else { return nil }
            boxes.append(placed)
        }
        return boxes
    }

    /// Where along the canvas a box goes, 0…1 of the room that it leaves: anywhere, or as the word says.
    private func along(_ side: Int?, _ r: inout RandomSource) -> Double {
        switch side {
        case -1: 0.25 * r.uniform()
        case 1: 1 - 0.25 * r.uniform()
        // "At the top" says nothing of left and right, but most people mean somewhere about the middle.
        case 0: 0.5 + 0.2 * r.normal().clamped(to: -2...2)
        default: r.uniform()
        }
    }

    /// Side by side, their feet or their middles on one line.
    private func row(_ drawings: [[Stroke]], _ r: inout RandomSource) -> [GridBox]? {
        let side = Self.side, share = (side - 12) / Double(drawings.count)
        let range = Self.sizeRange(drawings.count, nil), common = min(range.lowerBound + (range.upperBound - range.lowerBound) * r.uniform(), share * 0.92)
        var extents: [(w: Double, h: Double)] = []
        for (index, drawing) in drawings.enumerated() {
            let factor = switch sizes[index] {
            case .tiny: 0.35
            case .small: 0.6
            default: 0.85 + 0.15 * r.uniform()
            }
            guard let extent = extent(drawing, common * factor, sizes[index], &r) else { return nil }
            extents.append(extent)
        }
        let tallest = extents.map(\.h).max() ?? 0, middle = (tallest / 2 + 4) + (side - 8 - tallest) * (0.5 + 0.25 * r.normal().clamped(to: -2...2)).clamped(to: 0...1)
        let widths = extents.reduce(0) { $0 + $1.w }, gap = (side - 8 - widths) / Double(drawings.count + 1) * (0.5 + 0.5 * r.uniform())
        var x = (side - widths - gap * Double(drawings.count - 1)) / 2, boxes: [GridBox] = []
        for (w, h) in extents {
            boxes.append(GridBox(Box(x0: x, y0: middle - h / 2, x1: x + w, y1: middle + h / 2)).widened)
            x += w + gap
        }
        let holds = zip(boxes, boxes.dropFirst()).allSatisfy { RowRule.follows($1, after: $0) }
        return holds && boxes.allSatisfy({ $0.x0 >= 0 && $0.y0 >= 0 }) && x <= side + gap ? boxes : nil
    }
}

/// When boxes stand in a row: each right of the one before, their middles on one line.
package enum RowRule {
    /// Twice the steps by which middles may differ.
    static let reach = 6

    package static func follows(_ next: GridBox, after last: GridBox) -> Bool {
        next.x0 + next.x1 >= last.x0 + last.x1 + 2 * PlannedRelation.centreMargin && abs(next.y0 + next.y1 - last.y0 - last.y1) <= reach
    }
}
