import Foundation
import Sketches
import Tensors

/// Composes scenes from single drawings: classes, sizes and relations first, then a layout in which they hold, then the sentence.
///
/// Only relations that the finished layout satisfies are stated, so the ground truth is exact.
package struct SceneComposer: Sendable {
    package let source: any DrawingSource
    /// How often each class is drawn, cumulative, by class index.
    private let cumulative: [Double]
    /// Flips and small changes of shape: more variety from the same drawings. Off for evaluation.
    package var augments = true

    /// - Parameters:
    ///   - classes: the classes to draw from; all with drawings by default.
    ///   - exponent: a class with n drawings is chosen ∝ n^exponent.
    package init(_ source: any DrawingSource, classes: [Int]? = nil, exponent: Double = 0.5) {
        self.source = source
        let chosen = Set(classes ?? Array(source.classes.indices))
        var sum = 0.0
        cumulative = source.classes.indices.map { index in
            let count = source.count(of: index)
            if count > 0, chosen.contains(index) { sum += pow(Double(count), exponent) }
            return sum
        }
    }

    package func randomClass(_ r: inout RandomSource) -> Int {
        let place = r.uniform() * (cumulative.last ?? 0)
        var low = 0, high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > place { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// One drawing of a class, changed a little when `augments`.
    package func randomDrawing(_ classIndex: Int, _ r: inout RandomSource) -> [Stroke] {
        let strokes = source.drawing(classIndex, r.int(below: source.count(of: classIndex)))
        guard augments else { return strokes }
        let flip = r.uniform() < 0.5 ? -1.0 : 1.0
        let angle = (r.uniform() - 0.5) * 0.16                   // ±4.6°
        let stretch = 1 + (r.uniform() - 0.5) * 0.2
        let (c, s) = (cos(angle), sin(angle))
        return normalized(strokes.map { stroke in
            Stroke(stroke.points.map {
                let x = ($0.x - 127.5) * flip * stretch, y = $0.y - 127.5
                return Point(x: c * x - s * y, y: s * x + c * y)
            })
        })
    }

    /// A scene of `count` objects.
    /// - Parameter relationCount: how many relations to aim for; fewer are stated when no layout satisfies them.
    package func compose(count: Int, relationCount: Int, relationKinds: [RelationKind] = RelationKind.allCases, _ r: inout RandomSource) -> ComposedScene {
        // Classes; sometimes the same twice, as a group or apart.
        var classes = [randomClass(&r)]
        while classes.count < count { classes.append(r.uniform() < 0.2 ? classes[r.int(below: classes.count)] : randomClass(&r)) }
        if r.uniform() < 0.5 { classes = Self.grouped(classes) }
        var sizes: [ComposedScene.Size?] = classes.map { _ in r.uniform() < 0.15 ? (r.uniform() < 0.5 ? .small : .big) : nil }
        var relations: [PlannedRelation] = []
        if count > 1 {
            for index in 0..<min(relationCount, count - 1) {
                // A chain over mentioned neighbours, or back to an earlier object: both readings of "and" occur.
                let subject = index + 1, object = r.uniform() < 0.7 ? index : r.int(below: index + 1)
                let kind = relationKinds[r.int(below: relationKinds.count)]
                relations.append(r.uniform() < 0.5 ? PlannedRelation(kind: kind, subject: object, object: subject)
                                                   : PlannedRelation(kind: kind, subject: subject, object: object))
            }
        }
        for relation in relations where relation.kind == .larger || relation.kind == .smaller || relation.kind == .inside {
            sizes[relation.subject] = nil
            sizes[relation.object] = nil
        }
        let drawings = classes.map { randomDrawing($0, &r) }
        var boxes: [GridBox] = []
        for attempt in 0..<12 {
            if attempt == 8 { relations.removeAll { $0.kind != .leftOf && $0.kind != .rightOf } }
            if let found = layout(drawings, sizes: sizes, relations: relations, overlap: attempt < 4 ? 0.1 : 0.35, &r) { boxes = found; break }
        }
        if boxes.isEmpty {
            relations = []
            boxes = layout(drawings, sizes: sizes, relations: [], overlap: 1, &r) ?? drawings.map { _ in GridBox(x0: 8, y0: 8, x1: 40, y1: 40) }
        }
        let objects = classes.indices.map { index in
            let own = fitted(drawings[index], to: boxes[index].box)
            return ComposedScene.Object(classIndex: classes[index], size: sizes[index], box: boxes[index], strokes: own)
        }
        var writer = PromptWriter(classes: source.classes)
        return writer.write(objects: objects, relations: relations, &r)
    }

    /// Equal classes side by side, in order of first mention.
    private static func grouped(_ classes: [Int]) -> [Int] {
        var order: [Int] = []
        for name in classes where !order.contains(name) { order.append(name) }
        return order.flatMap { name in classes.filter { $0 == name } }
    }

    /// Longest sides in pixels for a scene of `count` objects.
    package static func sizeRange(_ count: Int, _ size: ComposedScene.Size?) -> ClosedRange<Double> {
        let ordinary: ClosedRange<Double> = switch count {
        case 1: 130...230
        case 2: 75...130
        case 3, 4: 60...100
        default: 45...75
        }
        switch size {
        case nil: return ordinary
        case .small: return ordinary.lowerBound * 0.4...ordinary.lowerBound * 0.7
        case .big: return ordinary.upperBound * 1.02...min(ordinary.upperBound * 1.4, 245)
        }
    }

    private func layout(_ drawings: [[Stroke]], sizes: [ComposedScene.Size?], relations: [PlannedRelation], overlap limit: Double,
                        _ r: inout RandomSource) -> [GridBox]? {
        let side = SketchCodec.canvasSide
        var boxes: [GridBox] = []
        for index in drawings.indices {
            guard let ink = Box.of(drawings[index]) else { return nil }
            let bound = relations.filter { max($0.subject, $0.object) == index }
            var placed: GridBox?
            for _ in 0..<40 {
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
                let scale = min(longest, side - 8) / max(ink.longestSide, 1)
                let w = ink.width * scale, h = ink.height * scale
                var x = 2 + (side - 4 - w) * r.uniform(), y = 2 + (side - 4 - h) * r.uniform()
                if let relation = bound.first(where: { $0.kind == .inside }) {
                    let other = boxes[relation.subject == index ? relation.object : relation.subject].box
                    x = other.x0 + (other.width - w) * r.uniform()
                    y = other.y0 + (other.height - h) * r.uniform()
                    guard x >= 2, y >= 2, x + w <= side - 2, y + h <= side - 2 else { continue }
                }
                let box = GridBox(Box(x0: x, y0: y, x1: x + w, y1: y + h))
                guard bound.allSatisfy({ $0.subject == index ? $0.holds(box, boxes[$0.object]) : $0.holds(boxes[$0.subject], box) }) else { continue }
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
}
