import Sketches
import Tensors

/// Drawings of both styles under one list of classes: the doodles' first, then those that only icons show.
package struct StyledDrawings: Sendable {
    /// Class words, in the order of the class tokens.
    package let classes: [String]
    private let sources: [SketchStyle: any DrawingSource]
    /// Where a class is in a style's own list.
    private let places: [SketchStyle: [Int?]]
    /// Of doodles, by their own classes: which show their class clearly. Empty: all of them.
    private let isGood: [[Bool]]

    /// The share of a class's drawings that counts as good, the best graded ones.
    package static let goodShare = 0.6

    /// - Parameters:
    ///   - classes: the list to go by; nil: the doodles', then the icons' others.
    ///   - grades: how clearly each doodle shows its class, by class and drawing; nil: all are good.
    package init(doodles: any DrawingSource, icons: (any DrawingSource)? = nil, classes: [String]? = nil, grades: [[Float]]? = nil) {
        let known = Set(doodles.classes)
        let list = classes ?? doodles.classes + (icons?.classes.filter { !known.contains($0) } ?? [])
        var sources: [SketchStyle: any DrawingSource] = [.doodle: doodles]
        sources[.icon] = icons
        self.classes = list
        self.sources = sources
        places = sources.mapValues { source in
            let own = Dictionary(source.classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            return list.map { own[$0] }
        }
        isGood = (grades ?? []).map { own in
            guard !own.isEmpty else { return [] }
            let least = own.sorted(by: >)[min(own.count - 1, Int(Self.goodShare * Double(own.count)))]
            return own.map { $0 >= least }
        }
    }

    /// Drawings of a class in a style.
    package func count(of classIndex: Int, _ style: SketchStyle) -> Int {
        places[style]?[classIndex].flatMap { sources[style]?.count(of: $0) } ?? 0
    }

    /// Drawings of a class in all styles.
    package func count(of classIndex: Int) -> Int { SketchStyle.allCases.reduce(0) { $0 + count(of: classIndex, $1) } }

    /// - Precondition: `index < count(of: classIndex, style)`.
    package func drawing(_ classIndex: Int, _ style: SketchStyle, _ index: Int) -> [Stroke] {
        guard let place = places[style]?[classIndex], let source = sources[style] else { return [] }
        return source.drawing(place, index)
    }

    /// Whether a drawing is of the better ones of its class.
    package func quality(_ classIndex: Int, _ style: SketchStyle, _ index: Int) -> SketchQuality {
        guard style == .doodle, let place = places[style]?[classIndex], isGood.indices.contains(place), isGood[place].indices.contains(index) else { return .good }
        return isGood[place][index] ? .good : .fair
    }
}
