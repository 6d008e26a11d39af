import Language
import Sketches

/// An object that the model found on a canvas, or that a file told of.
package struct ReadObject: Sendable {
    /// Index into the vocabulary's classes; nil for a file's own word that is none of them.
    package var classIndex: Int?
    package var className: String
    /// Ascending indices into the scene's strokes.
    package var strokes: [Int]
    /// How sure it is, 0…1, that these strokes are one object: how far the readings agree on them. 1 for what a file told.
    package var agreement = 1.0
    /// The probability of every class, if these are its strokes; empty for what a file told.
    package var shares: [Double] = []
    /// Of strokes and class together, as it was read; 1 for what a file told.
    package var confidence = 1.0

    /// How sure it is that this is an object of its class; or, where some classes are excepted, that it is an object of none of them.
    package func confidence(excepting classes: [Int]?) -> Double {
        guard let classes, !shares.isEmpty else { return confidence }
        return agreement * max(0, 1 - classes.reduce(0) { $0 + shares[$1] })
    }

    /// The likeliest classes, as indices into the vocabulary's, each with the confidence of strokes and class together.
    package func likeliest(_ count: Int) -> [(classIndex: Int, confidence: Double)] {
        shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }.prefix(count).map { ($0, agreement * shares[$0]) }
    }
}

/// A window of a canvas, and the ways in which it was read, the likeliest choices first.
package struct ReadWindow: Sendable {
    let window: CanvasWindow
    let readings: [WindowReading]
}

extension Painter {
    /// The most slots for readings of one window, and the most positions of all of them together.
    private static let readingSlots = 8, readingPositions = 8_192

    /// Reads strokes, window by window, and takes of each the best reading.
    /// - Parameter progress: called after each window with how many are done, and of how many.
    package func read(
        _ scene: Scene, strokes: some Sequence<Int>, _ options: ReadingOptions, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws -> (objects: [ReadObject], windows: Int) {
        let windows = try readings(of: scene, strokes: strokes, options, progress: progress)
        return (objects(of: windows, options), windows.count)
    }

    /// Reads strokes, window by window, in all the ways that come out.
    package func readings(
        of scene: Scene, strokes: some Sequence<Int>, _ options: ReadingOptions, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws -> [ReadWindow] {
        let part = try part(.reader), windows = CanvasWindow.all(of: scene, strokes: strokes, documents: part.documents, capacity: part.session.capacity)
        return try windows.enumerated().map { number, window in
            defer { progress(number + 1, windows.count) }
            return ReadWindow(window: window, readings: try readings(of: window, number: number, options))
        }
    }

    /// The objects of each window's best reading.
    /// - Parameter named: classes that a command names, by index: readings that have them are the likelier for it.
    package func objects(of windows: [ReadWindow], _ options: ReadingOptions, named: [Int] = []) -> [ReadObject] {
        windows.flatMap { objects(of: $0.window, $0.readings, options, named: named) }
    }

    /// Different readings of a window, the likeliest choices first: half of them as it is, half as a mirror shows it. What an object is, both views say.
    package func readings(of window: CanvasWindow, number: Int, _ options: ReadingOptions) throws -> [WindowReading] {
        let part = try part(.reader), ways = options.weights.mirrors && options.readings > 1 ? [false, true] : [false]
        let views = ways.compactMap { WindowView(window, isMirrored: $0, documents: part.documents, capacity: part.session.capacity) }
        let positions = views.map(\.window.positions).max() ?? window.positions, each = (options.readings + views.count - 1) / views.count
        let most = max(1, min(each, Self.readingSlots, Self.readingPositions / positions))
        let batch = Self.batch(of: part, slots: part.slots(most, capacity: positions), positions: positions)
        let readers = views.enumerated().map { place, view in
            WindowReader(view.window, number: number, view: UInt64(place), options.making(min(each, options.readings - place * each)), of: self, by: part, in: batch)
        }
        var readings: [WindowReading] = []
        for (place, (view, reader)) in zip(views, readers).enumerated() {
            for var reading in try reader.readings().map(view.back) {
                reading.isGreedy = reading.isGreedy && place == 0
                if let known = readings.firstIndex(where: { $0.owners == reading.owners }) { readings[known].add(reading) } else { readings.append(reading) }
            }
        }
        let objects = Set(readings.flatMap(\.objects)), looks = try zip(views, readers).map { view, reader in try reader.looks(at: Set(objects.map(view.seen))) }
        for index in readings.indices {
            let seen = readings[index].objects.map { object in zip(views, looks).compactMap { view, looks in looks[view.seen(object)] } }
            readings[index].shares = seen.map { geometricMean($0.map(\.shares)) }
            readings[index].wholeness = seen.map { looks in looks.reduce(0) { $0 + $1.wholeness } / Double(max(looks.count, 1)) }
        }
        return readings
    }

    /// The objects of the best reading.
    private func objects(of window: CanvasWindow, _ readings: [WindowReading], _ options: ReadingOptions, named: [Int]) -> [ReadObject] {
        let weighed = WeighedReadings(readings, options.weights, named: named, hearing: Self.hearing), best = weighed.readings[weighed.best]
        return zip(best.objects, best.shares).map { strokes, shares in
            let shares = ShareTemperature.applied(options.weights.classTemperature, to: shares), agreement = weighed.agreement(on: strokes)
            let likeliest = shares.indices.max { shares[$0] < shares[$1] } ?? 0
            return ReadObject(
                classIndex: likeliest, className: vocabulary.classes[likeliest], strokes: strokes.map { window.indices[$0] }.sorted(), agreement: agreement,
                shares: shares, confidence: agreement * shares[likeliest])
        }
    }

    /// Slots for readings: those of the last window, unless they are too few, too small or far too large.
    private static func batch(of part: PainterPart, slots: Int, positions: Int) -> DecodingBatch {
        if let reading = part.reading, reading.slots == slots, positions...2 * positions ~= reading.capacity { return reading }
        part.reading = nil                                        // its memory first
        let batch = DecodingBatch(part.session.model, slots: slots, capacity: positions)
        part.reading = batch
        return batch
    }
}
