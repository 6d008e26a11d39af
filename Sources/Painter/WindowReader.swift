import Foundation
import Language
import Sketches
import Tensors

/// Reads a window of a canvas several times over: first each stroke is given to an object, then each object is seen closely and named.
///
/// The first reading takes the likeliest object for every stroke, each other one draws it, by numbers of its own. Readings that have said the same
/// so far are one text: they share a slot of a batch until some say otherwise, and go on in a copy of it. So what all agree on is read once, and a
/// reading comes out the same whatever the others say and however many slots there are.
struct WindowReader {
    private let painter: Painter
    private let window: CanvasWindow
    private let options: ReadingOptions
    /// All numbers that are drawn follow from it.
    private let seed: UInt64
    private let batch: DecodingBatch
    private let opinion: SecondOpinion?
    private var v: SketchVocabulary { painter.vocabulary }

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
    ///   - batch: with room for the window's positions. What it holds is forgotten.
    init(_ window: CanvasWindow, number: Int, _ options: ReadingOptions, of painter: Painter, in batch: DecodingBatch) {
        (self.painter, self.window, self.options, self.batch) = (painter, window, options, batch)
        seed = RandomSource.derive(options.seed, UInt64(number) + 1)
        opinion = painter.ranker.map { SecondOpinion(of: $0.classes, on: painter.vocabulary.classes, weight: options.weights.ranker) }
    }

    /// Different readings, each with how often it came out; the likeliest choices first.
    /// - Throws: `PainterError.brokenModel` where the model's numbers overflow.
    func readings() throws -> [WindowReading] {
        var all: [WindowReading] = []
        for first in stride(from: 0, to: options.readings, by: batch.slots) {
            var fresh: [Branch] = []
            for branch in try labelled(first..<min(first + batch.slots, options.readings)) {
                if let known = all.firstIndex(where: { $0.owners == branch.reading.owners }) { all[known].count += branch.readings.count } else { fresh.append(branch) }
            }
            all += try named(fresh)
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
                return (branch.slot, branch.pending + painter.documents.strokeQuery(index, stroke, near: near))
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

    /// Sees each object closely and names it; what was named before it is known then.
    private func named(_ branches: [Branch]) throws -> [WindowReading] {
        var branches = branches
        let objects = branches.map(\.reading.objects), opinions = opinions(on: Set(objects.joined()))
        for object in 0..<(objects.map(\.count).max() ?? 0) {
            let asked = branches.indices.filter { object < objects[$0].count }
            try batch.extend(asked.map { (branches[$0].slot, branches[$0].pending + closeUp(object, objects[$0], branches[$0])) })
            for index in asked {
                var shares = try probabilities(branches[index].slot, v.classIDs)
                if let opinion, let second = opinions[objects[index][object]] { shares = opinion.mixed(shares, second) }
                branches[index].reading.shares.append(shares)
                branches[index].pending = [v.classToken(Self.likeliest(shares))]
            }
            painter.tokenCount += asked.count
        }
        return branches.map(\.reading)
    }

    /// An object seen closely, cut where it would leave no room for those still to be named.
    private func closeUp(_ object: Int, _ objects: [[Int]], _ branch: Branch) -> [Int] {
        let tokens = painter.documents.closeUp(object, objects[object].map { window.strokes[$0] }, tolerance: window.tolerance)
        let room = window.positions - batch.position(branch.slot) - branch.pending.count - 6 * (objects.count - object)
        return Array(tokens.prefix(max(room, 1)))
    }

    /// What the ranker says of each of these objects; nothing without a ranker. Each is shown as a drawing by itself is.
    private func opinions(on objects: Set<[Int]>) -> [[Int]: [Float]] {
        guard let ranker = painter.ranker else { return [:] }
        let objects = objects.sorted { $0.lexicographicallyPrecedes($1) }
        let rows = ranker.probabilities(objects.map { object in normalized(object.map { window.strokes[$0] }) })
        return Dictionary(uniqueKeysWithValues: zip(objects, rows))
    }

    // MARK: what the model expects

    /// What is expected next in a slot among `ids`, as shares of 1.
    private func probabilities(_ slot: Int, _ ids: Range<Int>) throws -> [Double] {
        let logits = batch.logits(slot)[ids].map(Double.init), most = logits.max() ?? 0
        guard logits.allSatisfy(\.isFinite) else { throw PainterError.brokenModel(name: painter.name) }
        let weights = logits.map { exp($0 - most) }, sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    private static func likeliest(_ shares: [Double]) -> Int { shares.indices.max { shares[$0] < shares[$1] } ?? 0 }
}
