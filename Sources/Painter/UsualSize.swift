import Sketches

/// How large a box should be for its thing to be recognised and to leave room for the others, in steps of the grid.
///
/// Of 65,000 people's drawings one in fifty is flatter than 1 : 4.
package struct UsualSize: Hashable, Sendable {
    /// The shorter side at least; the longer side at least and at most.
    package var shortest, longest, most: Int
    /// Shortest over longest side, at least.
    package var proportion: Double

    /// For thing `index` of a scene of `count` things.
    /// - Parameter relations: those in which it stands; what is compared with another, or in it, may be smaller or larger.
    package init(count: Int, _ size: SizeWord?, in relations: [PlannedRelation] = [], of index: Int, isRow: Bool = false) {
        let isInside = relations.contains { $0.kind == .inside && $0.subject == index }, isAround = relations.contains { $0.kind == .inside && $0.object == index }
        let isCompared = relations.contains { $0.kind.isComparison }, range = SceneLayout.sizeRange(count, size)
        var least = range.lowerBound * (isInside ? 0.3 : isCompared ? 0.5 : 0.8)
        if isRow { least = min(least, SketchCodec.canvasSide / Double(count) * 0.6) }
        func steps(_ pixels: Double) -> Double { pixels * Double(SketchVocabulary.gridSteps) / SketchCodec.canvasSide }
        proportion = size == .wide || size == .tall ? 0.15 : 0.25
        longest = Int(steps(least))
        shortest = max(1, Int(steps(least) * proportion * 1.2))
        most = min(Int(steps(range.upperBound * (isAround ? 2.5 : isCompared ? 2 : 1.2)).rounded(.up)), SketchVocabulary.gridSteps - 1)
    }

    package func holds(_ box: GridBox) -> Bool {
        let short = min(box.width, box.height), long = box.longestSide
        return short >= shortest && longest...max(longest, most) ~= long && Double(short) >= proportion * Double(long)
    }

    /// A side that such a box has in either direction, however it lies.
    package var span: Int { max(shortest, longest * 2 / 3) }
}
