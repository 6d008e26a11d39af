import Foundation

/// One way to read a window: which strokes belong together, and what they show.
package struct WindowReading: Sendable, Equatable {
    /// The object of each stroke, in the order of reading; a new one takes the next number.
    package var owners: [Int] = []
    /// The model's probability of each of these.
    package var certainty: [Double] = []
    /// The shares of the classes [classes] of each object, 1 in sum.
    package var shares: [[Double]] = []
    /// How likely each object's strokes are a whole object, with none missing and no others, as far as they show it themselves.
    package var wholeness: [Double] = []
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

    /// How likely an object is whole and of a class, 0…1.
    package func presence(of classIndex: Int) -> Double {
        1 - shares.enumerated().reduce(1) { rest, object in
            let share = object.element.indices.contains(classIndex) ? object.element[classIndex] : 0
            return rest * (1 - share * (wholeness.indices.contains(object.offset) ? wholeness[object.offset] : 1))
        }
    }

    /// Joins what came out the same in another view: as often as both, and as certain as both on the whole (geometric mean).
    mutating func add(_ other: WindowReading) {
        certainty = zip(certainty, other.certainty).map { ($0 * $1).squareRoot() }
        count += other.count
    }

    /// Where another reading differs: the smallest sets of strokes, ascending, that no object of either reaches out of and that the two group differently.
    /// What one says of such a set goes with what the other says of the rest.
    package func differences(from other: WindowReading) -> [[Int]] {
        var label = Array(owners.indices)
        for object in objects + other.objects {
            let own = Set(object.map { label[$0] })
            for stroke in label.indices where own.contains(label[stroke]) { label[stroke] = own.min() ?? label[stroke] }
        }
        let sets = Dictionary(grouping: label.indices, by: { label[$0] }).values.sorted { $0[0] < $1[0] }
        let own = Set(objects), others = Set(other.objects)
        return sets.filter { set in
            let inside = Set(set)
            return own.filter { inside.contains($0[0]) } != others.filter { inside.contains($0[0]) }
        }
    }

    /// This reading with the objects of some strokes as another one has them.
    /// - Parameter strokes: a set that no object of either reaches out of.
    package func taking(_ strokes: [Int], from other: WindowReading) -> WindowReading {
        let taken = Set(strokes)
        var mixed = WindowReading(), numbers: [Int: Int] = [:]      // those of `other` come after our own
        for stroke in owners.indices {
            let source = taken.contains(stroke) ? other : self, owner = source.owners[stroke], key = taken.contains(stroke) ? objectCount + owner : owner
            if numbers[key] == nil {
                numbers[key] = numbers.count
                if source.shares.indices.contains(owner) { mixed.shares.append(source.shares[owner]) }
                if source.wholeness.indices.contains(owner) { mixed.wholeness.append(source.wholeness[owner]) }
            }
            mixed.owners.append(numbers[key] ?? 0)
            mixed.certainty.append(source.certainty[stroke])
        }
        return mixed
    }

    /// The higher, the likelier: logarithms of the strokes' objects, of each object's likeliest class, and of its being whole.
    package func score(_ weights: ReadingWeights) -> Double {
        func sum(_ probabilities: [Double]) -> Double { probabilities.reduce(0) { $0 + log(max($1, 1e-300)) } }
        return weights.owners * sum(certainty) + weights.classes * sum(shares.map { $0.max() ?? 0 }) + weights.wholeness * sum(wholeness)
    }
}
