import Sketches
import Tensors

/// Two disjoint sides of held-out human drawings with the same number of each class on both: the yardstick of likeness.
///
/// The distance between the sides is what two groups of people are apart: the floor that no Painter can be expected to be under. A class
/// with n drawings gives min(⌊n/2⌋, 18) to each side, so that rare ones count and frequent ones do not drown them; drawings beyond the
/// wanted number are left out of the fullest classes, drawn by lot. A pure function of the source and the seed.
public struct DrawingSample: Sendable {
    /// How many drawings of one class every set that is compared must have.
    public struct Quota: Codable, Sendable, Equatable {
        /// QuickDraw's word.
        public let className: String
        /// The class's place in the source.
        public let classIndex: Int
        /// Drawings of it on each side, 1 or more.
        public let count: Int
    }

    /// Drawings a side that the published figure takes, as the Fréchet distance depends on it.
    public static let standardCount = 1_024
    /// Drawings of a class on one side, at most: 71 classes then give 1,029, a few more than needed.
    public static let largestQuota = 18

    /// Classes and counts, in the order of the classes asked for: what the Painter has to draw.
    public let quotas: [Quota]
    /// Drawings a side that were wanted. Where `count` is less there are no more of them.
    public let wanted: Int
    /// The side that everything is compared with, and the one that stands for people: by quota, then by drawing.
    public let reference, people: [[[Stroke]]]

    /// Drawings a side.
    public var count: Int { quotas.reduce(0) { $0 + $1.count } }

    /// - Parameters:
    ///   - source: human drawings that neither the Painter nor the judge has learnt from.
    ///   - classes: the judged classes, by index in the source; ones with fewer than two drawings are passed over.
    ///   - count: drawings a side, at most; all there are, class by class alike on both sides, where there are not so many.
    /// - Throws: `FigureError.tooFewDrawings` where the sides would have fewer than six.
    public init(_ source: any DrawingSource, classes: [Int], count: Int = Self.standardCount, perClass: Int = Self.largestQuota,
                seed: UInt64) throws(FigureError) {
        var random = RandomSource(seed: RandomSource.derive(seed, 0x5A3E))
        var counts = classes.map { min(source.count(of: $0) / 2, perClass) }
        var excess = counts.reduce(0, +) - count
        while excess > 0 {
            // One from each of the fullest classes, in an order by lot, before the next round.
            let most = counts.max() ?? 0
            for place in counts.indices.filter({ counts[$0] == most }).shuffled(using: &random).prefix(excess) { counts[place] -= 1; excess -= 1 }
        }
        var quotas: [Quota] = [], reference: [[[Stroke]]] = [], people: [[[Stroke]]] = []
        for (index, own) in zip(classes, counts) where own > 0 {
            var lot = RandomSource(seed: RandomSource.derive(seed, 0x5A3F, UInt64(index)))
            let chosen = Array(0..<source.count(of: index)).shuffled(using: &lot)
            quotas.append(Quota(className: source.classes[index], classIndex: index, count: own))
            reference.append(chosen[0..<own].map { source.drawing(index, $0) })
            people.append(chosen[own..<2 * own].map { source.drawing(index, $0) })
        }
        let found = counts.reduce(0, +)
        guard found >= NeighbourFigures.least else { throw .tooFewDrawings(found: 2 * found, needed: 2 * NeighbourFigures.least) }
        (self.quotas, self.reference, self.people, wanted) = (quotas, reference, people, count)
    }

    /// Checks that a set is of the sample's classes and counts.
    /// - Throws: `FigureError.wrongCount` for the first class that is not.
    package func check(_ drawings: [[[Stroke]]]) throws(FigureError) {
        for (place, quota) in quotas.enumerated() {
            let found = place < drawings.count ? drawings[place].count : 0
            guard found == quota.count else { throw .wrongCount(className: quota.className, expected: quota.count, found: found) }
        }
    }

    // MARK: baselines

    /// One drawing of each class, again and again: recognised as well as people's, without any variety.
    public var repeated: [[[Stroke]]] { people.map { own in own.map { _ in own[0] } } }

    /// People's drawings with a trembling hand.
    /// - Parameter share: deviation of each point in x and in y, over the longest side of the drawing; 0.02 is a tremor that one just sees.
    public func jittered(by share: Double = 0.02, seed: UInt64) -> [[[Stroke]]] {
        var random = RandomSource(seed: RandomSource.derive(seed, 0x5A40))
        return people.map { own in own.map { Self.jittered($0, by: share, using: &random) } }
    }

    /// Every point moved on its own, normally distributed.
    static func jittered(_ strokes: [Stroke], by share: Double, using random: inout RandomSource) -> [Stroke] {
        let deviation = share * (Box.of(strokes)?.longestSide ?? 0)
        return strokes.map { stroke in
            Stroke(stroke.points.map { point in
                let dx = deviation * random.normal(), dy = deviation * random.normal()
                return Point(x: point.x + dx, y: point.y + dy)
            })
        }
    }
}
