import Sketches
import Tensors

/// How like people's a Painter's drawings are, and how varied: distances between sets of drawings in the judge's features.
///
/// Every set has the same number of drawings, class by class, as the two sides of a `DrawingSample`, and is compared with its `reference`.
/// Distances depend on judge and count and compare only within one report, hence the ratio to the floor.
public struct LikenessReport: Codable, Sendable, Equatable, CustomStringConvertible {
    /// One set of drawings beside the reference.
    public struct Row: Codable, Sendable, Equatable {
        /// Squared Fréchet distance (Heusel et al. 2017), in squared units of the judge's features.
        public var distance = 0.0
        /// The distance over that of people's own drawings: 1 is as good as people. Interval: jackknife over ten groups of drawings, on the logarithm.
        public var ratio = Estimate()
        /// Drawings that lie among people's; people's that lie among the drawings (Kynkäänniemi et al. 2019, k = 3). The intervals take the
        /// other side as given.
        public var precision = Rate(), recall = Rate()
        /// The recall over that of people's own drawings. Interval: bootstrap over the reference, both other sides as given.
        public var recallShare = Estimate()
        /// Drawings in a ball of people's, over k; people's with a drawing near (Naeem et al. 2020, k = 5).
        public var density = 0.0, coverage = Rate()
        /// Mean distance between two drawings of a class, over people's: 0 is one drawing again and again. Interval: bootstrap over classes.
        public var spread = Estimate()
    }

    /// The judge whose features are taken, and their number.
    public var judge = "", features = 0
    /// Drawings a side, those that were wanted, and their classes. Fewer than wanted: there are no more held-out drawings.
    public var count = 0, wanted = 0, classes = 0
    /// All choices follow from it.
    public var seed: UInt64 = 0
    /// What the Painter drew.
    public var painter = Row()
    /// The other half of people's drawings: the floor.
    public var people = Row()
    /// People's drawings written as tokens and read back: what the codec costs before any model. `nil` where no codec was given.
    public var roundTrip: Row?
    /// Baselines: people's drawings with 2 % jitter; one drawing of each class again and again.
    public var jitter = Row(), repeated = Row()

    /// Groups of the jackknife.
    private static let groups = 10

    /// Compares what a Painter drew, and the baselines, with people's drawings.
    /// - Parameters:
    ///   - drawings: the Painter's, in the order and number of `sample.quotas`; an empty drawing counts as one that is like nothing.
    ///   - roundTrip: strokes as the Painter's codec reads them back after writing them, in a frame of 256 like the sample's.
    /// - Throws: `FigureError.wrongCount` where the drawings do not match the sample, `notFinite` for a judge without sense.
    public static func measure(_ drawings: [[[Stroke]]], against sample: DrawingSample, judge: Judge, seed: UInt64,
                               roundTrip: (([Stroke]) -> [Stroke])? = nil) throws(FigureError) -> LikenessReport {
        var report = try measure(drawings, against: sample, seed: seed, roundTrip: roundTrip, features: judge.features)
        report.judge = judge.name
        return report
    }

    /// The same with any features, [drawings][width] of drawings.
    package static func measure(_ drawings: [[[Stroke]]], against sample: DrawingSample, seed: UInt64, roundTrip: (([Stroke]) -> [Stroke])? = nil,
                                features: ([[Stroke]]) -> [[Float]]) throws(FigureError) -> LikenessReport {
        try sample.check(drawings)
        func vectors(_ drawings: [[[Stroke]]]) -> [[Float]] { features(drawings.flatMap { $0 }) }
        let comparison = try LikenessComparison(reference: vectors(sample.reference), people: vectors(sample.people),
                                                counts: sample.quotas.map(\.count), groups: groups, seed: seed)
        var report = LikenessReport()
        (report.count, report.wanted, report.classes, report.seed) = (sample.count, sample.wanted, sample.quotas.count, seed)
        report.features = comparison.width
        report.people = comparison.people
        report.painter = try comparison.row(vectors(drawings))
        report.jitter = try comparison.row(vectors(sample.jittered(seed: seed)))
        report.repeated = try comparison.row(vectors(sample.repeated))
        if let roundTrip { report.roundTrip = try comparison.row(vectors(sample.people.map { $0.map(roundTrip) })) }
        return report
    }

    /// A table, a set a block.
    public var description: String {
        func three(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
        func block(_ name: String, _ row: Row) -> String {
            """
            \(name)
              distance, over the floor   \(three(row.distance)), \(row.ratio) ×
              recall of people's         \(row.recall)
                over people's own        \(row.recallShare)
              spread inside a class      \(row.spread) of people's
              precision                  \(row.precision)
              density, coverage          \(three(row.density)), \(row.coverage)
            """
        }
        let short = count < wanted ? ", not \(wanted): there are no more held-out drawings" : ""
        let head = "likeness in \(features) features of \(judge), \(count) drawings a side\(short), \(classes) classes (95 % intervals)"
        let rows = [("the painter's drawings", painter), ("people's (the floor)", people)] + (roundTrip.map { [("people's through the codec", $0)] } ?? [])
            + [("people's with 2 % jitter", jitter), ("one drawing a class again and again", repeated)]
        return ([head] + rows.map { block($0.0, $0.1) }).joined(separator: "\n")
    }
}

/// The reference and people's side, with everything about them that each further set needs.
private struct LikenessComparison {
    let width: Int
    private let reference: FeatureSet
    /// Drawings of each class lie together; where each class lies.
    private let ranges: [Range<Int>]
    private let seed: UInt64
    /// From the whole reference, and from it without each group of drawings; people's distances to the same.
    private let from: FrechetDistance, fromParts: [FrechetDistance]
    private let floor: Double, floors: [Double]
    private let peopleFigures: NeighbourFigures
    /// People's own row.
    private(set) var people = LikenessReport.Row()

    /// Which drawings a group leaves out: every tenth, so that each group has its share of every larger class.
    private static func without(_ group: Int, of groups: Int, _ features: [[Float]]) -> [[Float]] {
        features.indices.filter { $0 % groups != group }.map { features[$0] }
    }

    init(reference: [[Float]], people: [[Float]], counts: [Int], groups: Int, seed: UInt64) throws(FigureError) {
        width = reference.first?.count ?? 0
        self.seed = seed
        var ranges: [Range<Int>] = []
        for count in counts { ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + count) }
        self.ranges = ranges
        from = FrechetDistance(from: try FeatureGaussian(reference))
        floor = from.to(try FeatureGaussian(people))
        var fromParts: [FrechetDistance] = [], floors: [Double] = []
        for group in 0..<groups {
            let part = FrechetDistance(from: try FeatureGaussian(Self.without(group, of: groups, reference)))
            floors.append(part.to(try FeatureGaussian(Self.without(group, of: groups, people))))
            fromParts.append(part)
        }
        (self.fromParts, self.floors) = (fromParts, floors)
        self.reference = FeatureSet(reference)
        peopleFigures = NeighbourFigures(real: self.reference, drawn: FeatureSet(people))
        self.people = try row(people)
    }

    func row(_ features: [[Float]]) throws(FigureError) -> LikenessReport.Row {
        var row = LikenessReport.Row()
        row.distance = from.to(try FeatureGaussian(features))
        var ratios: [Double] = []
        for (group, part) in fromParts.enumerated() {
            let distance = part.to(try FeatureGaussian(Self.without(group, of: fromParts.count, features)))
            ratios.append(floors[group] > 0 ? distance / floors[group] : 0)
        }
        row.ratio = .jackknife(ratio: floor > 0 ? row.distance / floor : 0, replicates: ratios)
        let drawn = FeatureSet(features), figures = NeighbourFigures(real: reference, drawn: drawn)
        (row.precision, row.recall, row.coverage) = (Rate(of: figures.drawnAmongReal), Rate(of: figures.realAmongDrawn), Rate(of: figures.realCovered))
        row.density = figures.density
        row.recallShare = .bootstrap(over: reference.count, seed: RandomSource.derive(seed, 0x11CE)) { places in
            let own = places.count { figures.realAmongDrawn[$0] }, people = places.count { peopleFigures.realAmongDrawn[$0] }
            return people > 0 ? Double(own) / Double(people) : 0
        }
        // Classes of two drawings and more, each with the same weight.
        let spreads = ranges.compactMap { range in drawn.spread(in: range).flatMap { own in reference.spread(in: range).map { (own, $0) } } }
        row.spread = .bootstrap(over: spreads.count, seed: RandomSource.derive(seed, 0x11CF)) { places in
            let people = places.reduce(0) { $0 + spreads[$1].1 }
            return people > 0 ? places.reduce(0) { $0 + spreads[$1].0 } / people : 0
        }
        return row
    }
}
