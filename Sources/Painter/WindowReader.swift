import Foundation
import Language
import Sketches
import Tensors

/// Reads a window of a canvas several times over: each stroke is given to an object. Then each object is named, in a context for itself.
///
/// The first reading takes the likeliest object for every stroke, each other one draws it, by numbers of its own. Readings that have said the same
/// so far are one text: they share a slot of a batch until some say otherwise, and go on in a copy of it. So what all agree on is read once, and a
/// reading comes out the same whatever the others say and however many slots there are.
struct WindowReader {
    private let painter: Painter
    private let documents: PainterDocuments
    private let window: CanvasWindow
    private let options: ReadingOptions
    /// All numbers that are drawn follow from it.
    private let seed: UInt64
    private let batch: DecodingBatch
    private let opinion: SecondOpinion?
    private let v: SketchVocabulary

    /// One text, and the readings that have said it so far.
    private struct Branch {
        var slot: Int
        /// Ascending.
        var readings: [Int]
        /// Tokens chosen and not yet read.
        var pending: [Int] = []
        var reading = WindowReading()
    }

    /// - Parameters:
    ///   - number: the window's place among those of its canvas.
    ///   - view: the way in which it is seen, each with chance of its own.
    ///   - part: the painter's reader.
    ///   - batch: with room for the window's positions. What it holds is forgotten.
    init(_ window: CanvasWindow, number: Int, view: UInt64 = 0, _ options: ReadingOptions, of painter: Painter, by part: PainterPart, in batch: DecodingBatch) {
        (documents, v) = (part.documents, part.vocabulary)
        (self.painter, self.window, self.options, self.batch) = (painter, window, options, batch)
        seed = RandomSource.derive(options.seed, UInt64(number) + 1, view)
        opinion = painter.ranker.map { SecondOpinion(of: $0.classes, on: painter.vocabulary.classes, weight: options.weights.ranker) }
    }

    /// Different readings, each with how often it came out; the likeliest choices first. Nothing is named yet.
    /// - Throws: `PainterError.brokenModel` where the model's numbers overflow.
    func readings() throws -> [WindowReading] {
        var all: [WindowReading] = []
        for first in stride(from: 0, to: options.readings, by: batch.slots) {
            for branch in try labelled(first..<min(first + batch.slots, options.readings)) {
                if let known = all.firstIndex(where: { $0.owners == branch.reading.owners }) { all[known].count += branch.readings.count } else { all.append(branch.reading) }
            }
        }
        return all
    }

    // MARK: objects of strokes

    /// Gives each stroke an object once it is asked for: one begun before, or the next new one.
    private func labelled(_ readings: Range<Int>) throws -> [Branch] {
        for slot in 0..<batch.slots { batch.truncate(slot, to: 0) }
        try batch.extend([(0, window.prompt)])
        var random = readings.map { RandomSource(seed: RandomSource.derive(seed, 0, UInt64($0) + 1)) }
        var branches = [Branch(slot: 0, readings: Array(readings))]
        var free = Array((1..<batch.slots).reversed())
        let proximity = StrokeProximity(window.strokes)
        for (index, stroke) in window.strokes.enumerated() {
            var distances: [Int: Double] = [:]
            try batch.extend(branches.map { branch in
                let near = proximity.nearest(to: index, owners: branch.reading.owners, distances: &distances)
                return (branch.slot, branch.pending + documents.strokeQuery(index, stroke, near: near))
            })
            var grown: [Branch] = []
            for branch in branches {
                let open = min(branch.reading.objectCount + 1, SketchVocabulary.objectCount)
                let shares = try probabilities(branch.slot, v.firstObject..<v.firstObject + open)
                let owners = branch.readings.map { $0 == 0 ? Self.likeliest(shares) : drawn(shares, &random[$0 - readings.lowerBound]) }
                let groups = Dictionary(grouping: owners.indices, by: { owners[$0] }).sorted { $0.value[0] < $1.value[0] }
                for (place, group) in groups.enumerated() {
                    var own = branch
                    own.readings = group.value.map { branch.readings[$0] }
                    if place > 0 {                                 // there are never more texts than readings, nor more readings than slots
                        own.slot = free.removeLast()
                        batch.copy(branch.slot, to: own.slot)
                    }
                    own.reading.owners.append(group.key)
                    own.reading.certainty.append(shares[group.key])
                    own.pending = [v.object(group.key)]
                    grown.append(own)
                }
            }
            branches = grown
            painter.tokenCount += branches.count
        }
        for index in branches.indices {
            branches[index].reading.count = branches[index].readings.count
            branches[index].reading.isGreedy = branches[index].readings.first == 0
        }
        return branches.sorted { $0.readings[0] < $1.readings[0] }
    }

    /// Draws a place by shares, at the temperature of owners.
    private func drawn(_ shares: [Double], _ random: inout RandomSource) -> Int {
        let weights = ShareTemperature.applied(options.weights.ownerTemperature, to: shares)
        var rest = random.uniform() * weights.reduce(0, +)
        for (place, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return place }
        }
        return Self.likeliest(shares)
    }

    // MARK: classes of objects

    /// What an object's strokes show by themselves: the shares of the classes, 1 in sum, and how likely they are a whole object.
    struct Look {
        var shares: [Double]
        var wholeness: Double
    }

    /// Looks at objects side by side; at one that several readings have found, once.
    func looks(at objects: Set<[Int]>) throws -> [[Int]: Look] {
        let objects = objects.sorted { $0.lexicographicallyPrecedes($1) }, opinions = opinions(on: objects)
        var looks: [[Int]: Look] = [:]
        for start in stride(from: 0, to: objects.count, by: batch.slots) {
            let some = objects[start..<min(start + batch.slots, objects.count)]
            for slot in 0..<batch.slots { batch.truncate(slot, to: 0) }
            try batch.extend(some.enumerated().map { slot, object in
                (slot, documents.namePrompt(object.map { window.strokes[$0] }, limit: min(Painter.sketchPositions, window.positions)))
            })
            for (slot, object) in some.enumerated() {
                var shares = try probabilities(slot, v.classIDs)
                if let opinion, let second = opinions[object] { shares = opinion.mixed(shares, second) }
                looks[object] = Look(shares: shares, wholeness: try wholeness(slot))
            }
            painter.tokenCount += some.count
        }
        return looks
    }

    /// What the ranker says of each of these objects; nothing without a ranker. Each is shown as a drawing by itself is.
    private func opinions(on objects: [[Int]]) -> [[Int]: [Float]] {
        guard let ranker = painter.ranker else { return [:] }
        let rows = ranker.probabilities(objects.map { object in normalized(object.map { window.strokes[$0] }) })
        return Dictionary(uniqueKeysWithValues: zip(objects, rows))
    }

    // MARK: what the model expects

    /// What is expected next in a slot among `ids`, as shares of 1.
    private func probabilities(_ slot: Int, _ ids: Range<Int>) throws -> [Double] {
        guard let shares = shares(batch.logits(slot)[ids]) else { throw PainterError.brokenModel(name: painter.name) }
        return shares
    }

    /// How likely the answer in a slot is a class, and not that the strokes are no whole object.
    private func wholeness(_ slot: Int) throws -> Double {
        let logits = batch.logits(slot)
        guard let shares = shares(Array(logits[v.classIDs]) + [logits[v.anyClass]]), let broken = shares.last else { throw PainterError.brokenModel(name: painter.name) }
        return 1 - broken
    }

    private static func likeliest(_ shares: [Double]) -> Int { shares.indices.max { shares[$0] < shares[$1] } ?? 0 }
}

/// Logits of some tokens as shares of 1 (softmax); nil where they are no numbers.
func shares(_ logits: some Collection<Float>) -> [Double]? {
    let most = Double(logits.max() ?? 0)
    guard logits.allSatisfy(\.isFinite) else { return nil }
    let weights = logits.map { exp(Double($0) - most) }, sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
}

/// What several say of the same classes, as shares of 1: the geometric mean. One alone stays as it is.
/// - Parameter opinions: shares of as many classes each.
func geometricMean(_ opinions: [[Double]]) -> [Double] {
    guard opinions.count > 1, let first = opinions.first else { return opinions.first ?? [] }
    let logs = first.indices.map { index in opinions.reduce(0) { $0 + log(max($1[index], 1e-300)) } / Double(opinions.count) }
    let most = logs.max() ?? 0, weights = logs.map { exp($0 - most) }, sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
}
