import Foundation
import Sketches
import Tensors

/// Composes scenes from single drawings: classes, sizes, places and relations first, then a layout in which they hold, then the sentence.
///
/// Only what the finished layout satisfies is stated, so the ground truth is exact.
package struct SceneComposer: Sendable {
    package let drawings: StyledDrawings
    /// How often each class is drawn, cumulative, by class index.
    private let cumulative: [Double]
    /// Small changes of shape: more variety from the same drawings. Off for evaluation.
    package var augments = true
    /// The share of icons where a class has both styles.
    package var iconShare = 0.1
    /// Shares of objects with a size and with a place, and of scenes that stand in a row.
    package var sized = 0.15, placed = 0.12, inRow = 0.05

    /// - Parameters:
    ///   - classes: the classes to draw from; all with drawings by default.
    ///   - exponent: a class with n drawings is chosen ∝ n^exponent.
    ///   - favoured: class words that are chosen twice as often.
    package init(_ drawings: StyledDrawings, classes: [Int]? = nil, exponent: Double = 0.5, favoured: Set<String> = []) {
        self.drawings = drawings
        let chosen = Set(classes ?? Array(drawings.classes.indices))
        var sum = 0.0
        cumulative = drawings.classes.indices.map { index in
            let count = drawings.count(of: index)
            if count > 0, chosen.contains(index) { sum += pow(Double(count), exponent) * (favoured.contains(drawings.classes[index]) ? 2 : 1) }
            return sum
        }
    }

    /// Of drawings of one style.
    package init(_ source: any DrawingSource, classes: [Int]? = nil, exponent: Double = 0.5) {
        self.init(StyledDrawings(doodles: source), classes: classes, exponent: exponent)
    }

    /// Class words, in the order of the class tokens.
    package var classes: [String] { drawings.classes }

    package func randomClass(_ r: inout RandomSource) -> Int {
        let place = r.uniform() * (cumulative.last ?? 0)
        var low = 0, high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > place { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// One drawing of a class and how it is drawn.
    package struct Drawing: Sendable {
        package var strokes: [Stroke]
        package var style: SketchStyle
        package var quality: SketchQuality
    }

    /// One drawing of a class, changed a little when `augments`.
    /// - Parameter iconShare: how often an icon, where the class has both; nil: the composer's.
    package func randomDrawing(_ classIndex: Int, iconShare: Double? = nil, _ r: inout RandomSource) -> Drawing {
        let doodles = drawings.count(of: classIndex, .doodle), icons = drawings.count(of: classIndex, .icon)
        let style: SketchStyle = doodles == 0 || (icons > 0 && r.uniform() < iconShare ?? self.iconShare) ? .icon : .doodle
        let count = style == .icon ? icons : doodles, index = r.int(below: max(count, 1))
        let strokes = drawings.drawing(classIndex, style, index)
        return Drawing(
            strokes: augments ? Augmentation(count: count, style: style)(strokes, &r) : strokes, style: style,
            quality: drawings.quality(classIndex, style, index))
    }

    /// A scene of `count` objects.
    /// - Parameters:
    ///   - relationCount: how many relations to aim for; fewer are stated when no layout satisfies them.
    ///   - overlap: the share of the smaller box that two boxes may have in common, for a first try and where that finds no layout.
    package func compose(
        count: Int, relationCount: Int, relationKinds: [RelationKind] = RelationKind.allCases, overlap: (Double, Double) = (0, 0.35), _ r: inout RandomSource
    ) -> ComposedScene {
        // Classes; sometimes the same twice, as a group or apart.
        var classes = [randomClass(&r)]
        while classes.count < count { classes.append(r.uniform() < 0.2 ? classes[r.int(below: classes.count)] : randomClass(&r)) }
        if r.uniform() < 0.5 { classes = Self.grouped(classes) }
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
        return compose(classes, relations, overlap: overlap, &r)
    }

    /// A scene of `count` objects of a kind that people ask for: groups, chains, several things around one.
    package func composePattern(count: Int, overlap: (Double, Double) = (0, 0.35), _ r: inout RandomSource) -> ComposedScene {
        let pattern = ScenePatterns(count: count, &r) { randomClass(&$0) }
        return compose(pattern.classes, pattern.relations, overlap: overlap, &r)
    }

    /// A scene in which two or three things of one class, placed anyhow, have to be told apart by whoever speaks of one of them; with up to two others.
    package func composeAlike(_ r: inout RandomSource) -> ComposedScene {
        let name = randomClass(&r)
        var classes = [Int](repeating: name, count: r.uniform() < 0.7 ? 2 : 3)
        for _ in 0..<r.int(below: 3) { classes.insert(randomClass(&r), at: r.int(below: classes.count + 1)) }
        return compose(classes, [], overlap: (0, 0.35), &r)
    }

    private func compose(_ classes: [Int], _ relations: [PlannedRelation], overlap: (Double, Double), _ r: inout RandomSource) -> ComposedScene {
        let count = classes.count
        var scene = SceneLayout(count: count)
        scene.relations = relations
        scene.isRow = count > 1 && r.uniform() < inRow
        if scene.isRow { scene.relations = [] }
        for index in classes.indices {
            let compared = scene.relations.contains { [.larger, .smaller, .inside].contains($0.kind) && ($0.subject == index || $0.object == index) }
            if !compared, r.uniform() < sized { scene.sizes[index] = SizeWord.allCases[r.int(below: SizeWord.allCases.count)] }
            let isRelated = scene.relations.contains { $0.subject == index || $0.object == index }
            // A place and a relation together are rarely asked for, and rarely fit.
            if !scene.isRow, r.uniform() < (isRelated ? placed / 3 : placed) { scene.places[index] = PlaceWord.allCases[r.int(below: PlaceWord.allCases.count)] }
        }
        // "Two birds at the top": a group is asked for as one.
        for index in classes.indices.dropFirst() where classes[index] == classes[index - 1] && r.uniform() < 0.8 {
            (scene.sizes[index], scene.places[index]) = (scene.sizes[index - 1], scene.places[index - 1])
        }
        let drawings = classes.map { randomDrawing($0, &r).strokes }
        let boxes = scene.arrange(drawings, overlap: overlap, &r)
        let objects = classes.indices.map { index in
            ComposedScene.Object(
                classIndex: classes[index], size: scene.sizes[index], place: scene.places[index], box: boxes[index], strokes: fitted(drawings[index], to: boxes[index].box))
        }
        var writer = PromptWriter(classes: self.classes)
        let written = writer.write(objects: objects, relations: scene.relations, isRow: scene.isRow, &r)
        // A row is planned as it is mentioned, from left to right.
        let isInOrder = !written.isRow || zip(written.objects, written.objects.dropFirst()).allSatisfy { RowRule.follows($1.box, after: $0.box) }
        return isInOrder ? written : compose(classes, relations, overlap: overlap, &r)
    }

    /// Equal classes side by side, in order of first mention.
    private static func grouped(_ classes: [Int]) -> [Int] {
        var order: [Int] = []
        for name in classes where !order.contains(name) { order.append(name) }
        return order.flatMap { name in classes.filter { $0 == name } }
    }
}
