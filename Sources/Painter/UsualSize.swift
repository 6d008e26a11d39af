import Sketches

/// How large a box should be, and of what shape, for its thing to be recognised and to leave room for the others, in steps of the grid.
package struct UsualSize: Hashable, Sendable {
    /// The shorter side at least; the longer side at least and at most.
    package var shortest, longest, most: Int
    /// Width over height.
    package var shape: ClosedRange<Double>

    /// What any class may be: of 65,000 people's drawings one in fifty is flatter than 1 : 4.
    package static let anyShape = 0.25...4.0

    /// For thing `index` of a scene of `count` things.
    /// - Parameters:
    ///   - shape: width over height of most of the class's drawings.
    ///   - relations: those in which it stands; what is compared with another, or in it, may be smaller or larger.
    package init(count: Int, _ size: SizeWord?, shape: ClosedRange<Double>? = nil, in relations: [PlannedRelation] = [], of index: Int, isRow: Bool = false) {
        let isInside = relations.contains { $0.kind == .inside && $0.subject == index }, isAround = relations.contains { $0.kind == .inside && $0.object == index }
        let isCompared = relations.contains { $0.kind.isComparison }, range = SceneLayout.sizeRange(count, size)
        var least = range.lowerBound * (isInside ? 0.3 : isCompared ? 0.5 : 0.8)
        if isRow { least = min(least, SketchCodec.canvasSide / Double(count) * 0.6) }
        func steps(_ pixels: Double) -> Double { pixels * Double(SketchVocabulary.gridSteps) / SketchCodec.canvasSide }
        longest = Int(steps(least))
        most = min(Int(steps(range.upperBound * (isAround ? 2.5 : isCompared ? 2 : 1.2)).rounded(.up)), SketchVocabulary.gridSteps - 1)
        let own = shape ?? Self.anyShape
        self.shape = switch size {
        case .wide: own.lowerBound...own.upperBound * 2
        case .tall: own.lowerBound / 2...own.upperBound
        default: own
        }
        shortest = max(1, Int(steps(least) * min(self.shape.lowerBound, 1 / self.shape.upperBound, 1)))
    }

    /// A step more or less makes no shape another.
    package func holds(_ box: GridBox) -> Bool {
        let width = Double(box.width), height = Double(box.height)
        return min(box.width, box.height) >= shortest && longest...max(longest, most) ~= box.longestSide
            && width + 1 >= shape.lowerBound * (height - 1) && width - 1 <= shape.upperBound * (height + 1)
    }

    /// Heights of such boxes of a width, the least, a middle one and the greatest.
    package func heights(width: Int) -> [Int] {
        let least = Double(width) / shape.upperBound, greatest = Double(width) / shape.lowerBound
        return [least.rounded(.up), (least * greatest).squareRoot().rounded(), greatest.rounded(.down)].map { Int(min($0, 1_000)) }
    }

    /// A side that such a box has in either direction, however it lies.
    package var span: Int { max(shortest, longest * 2 / 3) }
}
