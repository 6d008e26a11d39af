import Foundation

/// The readings of one window, weighed against one another. Readings that came out the same add up: that they agree is evidence.
package struct WeighedReadings: Sendable {
    /// Each differs from the others in some stroke's object. The last may be put together from several of the others, where that is better than any.
    package let readings: [WindowReading]
    /// How much each is believed, 1 in sum: the exponential of its score, as often as it was made; one that was put together counts once.
    package let weights: [Double]
    /// The place of the one with the best score, the first of equals.
    package let best: Int

    /// - Parameters:
    ///   - named: classes that a command names. That is evidence: a reading that has one of them becomes as many times likelier as hearing it proves.
    ///   - hearing: how many times that is.
    /// - Precondition: there is a reading.
    package init(_ readings: [WindowReading], _ weights: ReadingWeights, named: [Int] = [], hearing: Double = 1) {
        precondition(!readings.isEmpty, "no readings")
        func score(_ reading: WindowReading) -> Double { reading.score(weights) + named.reduce(0) { $0 + log(1 + (hearing - 1) * reading.presence(of: $1)) } }
        var readings = readings, scores = readings.map(score)
        if let mixed = Self.mixed(readings, scores, score), !readings.contains(where: { $0.owners == mixed.owners }) {
            readings.append(mixed)
            scores.append(score(mixed))
        }
        best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        let top = scores[best], raw = zip(readings, scores).map { Double($0.count) * exp($1 - top) }, sum = raw.reduce(0, +)
        self.readings = readings
        self.weights = raw.map { $0 / sum }
    }

    /// The best reading with what others say better in some of its parts, until no other has anything better; nil where none has.
    private static func mixed(_ readings: [WindowReading], _ scores: [Double], _ score: (WindowReading) -> Double) -> WindowReading? {
        guard let first = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return nil }
        var best = (reading: readings[first], score: scores[first]), isMixed = false
        while true {
            let mixtures = readings.flatMap { other in best.reading.differences(from: other).map { best.reading.taking($0, from: other) } }
            guard let next = mixtures.map({ ($0, score($0)) }).max(by: { $0.1 < $1.1 }), next.1 > best.score + 1e-9 else { break }
            (best, isMixed) = (next, true)
        }
        return isMixed ? best.reading : nil
    }

    /// How far the readings agree that these strokes and no others are an object, 0…1. One reading alone cannot agree: there the mean
    /// probability of its strokes' objects stands for it.
    package func agreement(on strokes: [Int]) -> Double {
        if readings.count == 1, readings[0].count == 1 { return strokes.reduce(0) { $0 + readings[0].certainty[$1] } / Double(max(strokes.count, 1)) }
        return min(zip(readings, weights).reduce(0) { $0 + ($1.0.objects.contains(strokes) ? $1.1 : 0) }, 1)
    }
}
