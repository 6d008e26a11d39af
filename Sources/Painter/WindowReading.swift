import Foundation

/// One way to read a window: which strokes belong together, and what they show.
package struct WindowReading: Sendable, Equatable {
    /// The object of each stroke, in the order of reading; a new one takes the next number.
    package var owners: [Int] = []
    /// The model's probability of each of these.
    package var certainty: [Double] = []
    /// The shares of the classes [classes] of each object, 1 in sum.
    package var shares: [[Double]] = []
    /// How many readings came out so, and whether the one that took the likeliest each time is among them.
    package var count = 1, isGreedy = false

    package init() {}

    /// Objects begun so far.
    package var objectCount: Int { (owners.max() ?? -1) + 1 }

    /// The strokes of each object, ascending: places in the order of reading.
    package var objects: [[Int]] {
        var objects = [[Int]](repeating: [], count: objectCount)
        for (stroke, owner) in owners.enumerated() { objects[owner].append(stroke) }
        return objects
    }

    /// How likely an object is of a class, 0…1.
    package func presence(of classIndex: Int) -> Double { 1 - shares.reduce(1) { $0 * (1 - ($1.indices.contains(classIndex) ? $1[classIndex] : 0)) } }

    /// Joins what came out the same in another view: as often as both, and as certain as both on the whole (geometric mean).
    mutating func add(_ other: WindowReading) {
        certainty = zip(certainty, other.certainty).map { ($0 * $1).squareRoot() }
        count += other.count
    }

    /// The higher, the likelier: logarithms of the strokes' objects and of each object's likeliest class.
    package func score(_ weights: ReadingWeights) -> Double {
        func sum(_ probabilities: [Double]) -> Double { probabilities.reduce(0) { $0 + log(max($1, 1e-300)) } }
        return weights.owners * sum(certainty) + weights.classes * sum(shares.map { $0.max() ?? 0 })
    }
}
