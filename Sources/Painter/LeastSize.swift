import Sketches

/// How large a box should be at least for its thing to be recognised, in steps of the grid.
///
/// Of 65,000 people's drawings one in fifty is flatter than 1 : 4.
package struct LeastSize: Hashable, Sendable {
    package var shortest, longest: Int
    /// Shortest over longest side.
    package var proportion: Double

    /// For thing `index` of a scene of `count` things.
    /// - Parameter relations: those in which it stands; what is compared with another, or in it, may be smaller.
    package init(count: Int, _ size: SizeWord?, in relations: [PlannedRelation] = [], of index: Int, isRow: Bool = false) {
        let isInside = relations.contains { $0.kind == .inside && $0.subject == index }, isCompared = relations.contains { $0.kind.isComparison }
        var pixels = SceneLayout.sizeRange(count, size).lowerBound * (isInside ? 0.3 : isCompared ? 0.5 : 0.8)
        if isRow { pixels = min(pixels, SketchCodec.canvasSide / Double(count) * 0.6) }
        let isDrawnOut = size == .wide || size == .tall
        proportion = isDrawnOut ? 0.15 : 0.25
        longest = Int(pixels * Double(SketchVocabulary.gridSteps) / SketchCodec.canvasSide)
        shortest = max(1, Int(Double(longest) * proportion * 1.2))
    }

    package func isReached(by box: GridBox) -> Bool {
        let short = min(box.width, box.height), long = box.longestSide
        return short >= shortest && long >= longest && Double(short) >= proportion * Double(long)
    }
}
