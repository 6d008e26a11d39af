import Foundation
import Language
import Painter
import Sketches
import Tensors
import Testing

@Suite("Reading a window several times over")
struct WindowReadingTests {
    private let vocabulary = PainterFixture.vocabulary

    /// A scene of some objects that fits one window, its strokes in any order.
    private func scene(_ seed: UInt64, objects: Int) throws -> Scene {
        var random = PainterFixture.random(seed)
        for _ in 0..<50 {
            let composed = PainterFixture.composer.compose(count: objects, relationCount: 0, &random)
            let scene = Scene(width: 256, height: 256, strokes: ShuffledCanvas(composed, &random).strokes)
            if windows(scene).count == 1 { return scene }
        }
        throw PainterError.emptyCanvas
    }

    private func windows(_ scene: Scene) -> [CanvasWindow] {
        CanvasWindow.all(of: scene, strokes: scene.strokes.indices, documents: PainterFixture.documents, capacity: 1_024)
    }

    private func window(_ seed: UInt64, objects: Int) throws -> CanvasWindow { try windows(scene(seed, objects: objects))[0] }

    /// A reading as the model was trained to make it: in one session, question by question.
    /// - Parameter owners: what to answer; nil: the likeliest each time.
    private func plainReading(_ window: CanvasWindow, model seed: UInt64, owners: [Int]? = nil) throws -> WindowReading {
        let session = DecodingSession(PainterFixture.decoder(seed: seed), capacity: 1_024), documents = PainterFixture.documents, proximity = StrokeProximity(window.strokes)
        func shares(_ ids: Range<Int>) -> [Double] {
            let logits = session.lastLogits[ids].map(Double.init), most = logits.max() ?? 0, weights = logits.map { exp($0 - most) }, sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        func likeliest(_ shares: [Double]) -> Int { shares.indices.max { shares[$0] < shares[$1] } ?? 0 }
        var reading = WindowReading()
        try session.extend(with: window.prompt)
        for (index, stroke) in window.strokes.enumerated() {
            try session.extend(with: documents.strokeQuery(index, stroke, near: proximity.nearest(to: index, owners: reading.owners)))
            let open = min(reading.objectCount + 1, SketchVocabulary.objectCount), own = shares(vocabulary.firstObject..<vocabulary.firstObject + open)
            let owner = owners?[index] ?? likeliest(own)
            reading.owners.append(owner)
            reading.certainty.append(own[owner])
            try session.extend(with: vocabulary.object(owner))
        }
        for strokes in reading.objects {
            session.truncate(to: 0)
            try session.extend(with: documents.namePrompt(strokes.map { window.strokes[$0] }, limit: min(window.positions, 512)))
            reading.shares.append(shares(vocabulary.classIDs))
            let classes = vocabulary.classIDs.reduce(0) { $0 + exp(Double(session.lastLogits[$1])) }, none = exp(Double(session.lastLogits[vocabulary.anyClass]))
            reading.wholeness.append(classes / (classes + none))
        }
        return reading
    }

    /// Readings of a window as it is, none in a mirror.
    private func unmirrored(_ readings: Int = ReadingOptions.usual, seed: UInt64 = 0) -> ReadingOptions {
        var options = ReadingOptions(readings: readings, seed: seed)
        options.weights.mirrors = false
        return options
    }

    /// Whether two readings say the same, however often they came out.
    private func isSame(_ a: WindowReading, _ b: WindowReading) -> Bool {
        a.owners == b.owners && a.certainty == b.certainty && a.shares == b.shares && zip(a.wholeness, b.wholeness).allSatisfy { abs($0 - $1) < 1e-9 }
    }

    @Test("One reading takes the likeliest answer to every question", arguments: [1, 2, 3] as [UInt64])
    func greedy(seed: UInt64) throws {
        let painter = PainterFixture.painter(seed: seed)
        for objects in 1...4 {
            let window = try window(seed * 10 + UInt64(objects), objects: objects)
            let readings = try painter.readings(of: window, number: 0, ReadingOptions(readings: 1))
            #expect(readings.count == 1 && readings[0].isGreedy && readings[0].count == 1)
            #expect(isSame(readings[0], try plainReading(window, model: seed)))
            let found = try painter.detect(scene(seed * 10 + UInt64(objects), objects: objects), reading: ReadingOptions(readings: 1))
            for (object, (strokes, shares)) in zip(found.objects, zip(readings[0].objects, readings[0].shares)) {
                let sure = strokes.reduce(0) { $0 + readings[0].certainty[$1] } / Double(strokes.count)
                #expect(object.strokes == strokes.map { window.indices[$0] }.sorted())
                let reported = ShareTemperature.applied(ReadingWeights().classTemperature, to: shares).max() ?? 0
                #expect(abs((object.confidence ?? -1) - sure * reported) < 1e-4)
            }
        }
    }

    @Test("A full window is read to its end, what is named cut where its context ends")
    func full() throws {
        var random = PainterFixture.random(7)
        let strokes = (0..<12).map { _ in Stroke((0..<30).map { _ in Point(x: 256 * random.uniform(), y: 256 * random.uniform()) }) }
        let scene = Scene(width: 256, height: 256, strokes: strokes)
        for window in windows(scene) {
            #expect(window.positions <= 1_024)
            let readings = try PainterFixture.painter(seed: 2).readings(of: window, number: 0, unmirrored(4, seed: 1))
            for reading in readings { #expect(isSame(reading, try plainReading(window, model: 2, owners: reading.owners))) }
        }
    }

    @Test("A reading that shares its beginning with others is what it would be alone")
    func sharedBeginnings() throws {
        let window = try window(31, objects: 3), readings = try PainterFixture.painter(seed: 4).readings(of: window, number: 0, unmirrored(8, seed: 5))
        #expect(readings.reduce(0) { $0 + $1.count } == 8 && readings.count > 2, "an untrained model is unsure of everything")
        for reading in readings { #expect(isSame(reading, try plainReading(window, model: 4, owners: reading.owners))) }
        #expect(Set(readings.map(\.owners)).count == readings.count)
    }

    @Test("Every stroke belongs to one object, and objects are numbered as they begin")
    func partitions() throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let window = try window(seed, objects: 4)
            for reading in try PainterFixture.painter(seed: seed).readings(of: window, number: 0, ReadingOptions(readings: 6, seed: seed)) {
                #expect(reading.owners.count == window.strokes.count && reading.objects.joined().sorted() == Array(window.strokes.indices))
                var begun = 0
                for owner in reading.owners {
                    #expect(0...begun ~= owner)
                    begun = max(begun, owner + 1)
                }
                #expect(begun <= SketchVocabulary.objectCount && reading.shares.count == begun)
                #expect(reading.certainty.allSatisfy { 0...1 ~= $0 } && reading.shares.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-9 && $0.count == vocabulary.classes.count })
            }
        }
    }

    @Test("A seed gives the same readings however many are made beside them; another seed gives others")
    func seeds() throws {
        let window = try window(12, objects: 4), painter = PainterFixture.painter(seed: 3)
        func readings(_ count: Int, seed: UInt64 = 9, number: Int = 0) throws -> [WindowReading] {
            try painter.readings(of: window, number: number, unmirrored(count, seed: seed))
        }
        // 3 slots, 8, and 8 of which five are used again.
        let few = try readings(3), some = try readings(8), many = try readings(13)
        #expect(try readings(8) == some)
        for reading in few { #expect(some.contains { isSame($0, reading) }) }
        for reading in some { #expect(many.contains { isSame($0, reading) }) }
        #expect(many.reduce(0) { $0 + $1.count } == 13 && Set(many.map(\.owners)).count == many.count)
        #expect(few[0].isGreedy && some[0].isGreedy && many.count { $0.isGreedy } == 1)
        #expect(try readings(8, seed: 10) != some && readings(8, number: 1) != some)
        let detected = try painter.detect(scene(12, objects: 4), reading: ReadingOptions(seed: 9)).objects
        #expect(try painter.detect(scene(12, objects: 4), reading: ReadingOptions(seed: 9)).objects == detected)
    }

    @Test("Readings that agree are one")
    func agreement() throws {
        var options = unmirrored(8)
        options.weights.ownerTemperature = 1e-6                  // as good as the likeliest each time
        let window = try window(3, objects: 3), painter = PainterFixture.painter(seed: 5), readings = try painter.readings(of: window, number: 0, options)
        #expect(readings.count == 1 && readings[0].count == 8)
        #expect(isSame(readings[0], try plainReading(window, model: 5)))
        for object in try painter.read(scene(3, objects: 3), strokes: 0..<window.strokes.count, options).objects {
            #expect(object.agreement == 1 && object.confidence == object.shares.max())
        }
    }

    @Test("A canvas and its mirror image are read alike, half of the readings each way", arguments: [1, 2, 3] as [UInt64])
    func mirror(seed: UInt64) throws {
        let scene = try scene(60 + seed, objects: 3), painter = PainterFixture.painter(seed: seed)
        var mirrored = scene
        mirrored.strokes = scene.strokes.map { Stroke($0.points.map { Point(x: 256 - $0.x, y: $0.y) }) }
        /// Classes by the scene's strokes of an object.
        func names(_ scene: Scene) throws -> [[Int]: [Double]] {
            let window = windows(scene)[0], readings = try painter.readings(of: window, number: 0, ReadingOptions(readings: 9, seed: seed))
            #expect(readings.reduce(0) { $0 + $1.count } == 9 && readings.count { $0.isGreedy } == 1)
            #expect(Set(readings.map(\.owners)).count == readings.count)
            return Dictionary(readings.flatMap { reading in zip(reading.objects, reading.shares).map { ($0.map { window.indices[$0] }.sorted(), $1) } }, uniquingKeysWith: { first, _ in first })
        }
        let own = try names(scene), other = try names(mirrored), both = Set(own.keys).intersection(other.keys)
        #expect(!both.isEmpty)
        for object in both {
            let (a, b) = (own[object] ?? [], other[object] ?? [])
            #expect(a.count == vocabulary.classes.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 } && abs(a.reduce(0, +) - 1) < 1e-9)
        }
        // Two views are two opinions: their mean is neither of them.
        let plain = try painter.readings(of: windows(scene)[0], number: 0, unmirrored(1))[0], window = windows(scene)[0]
        for (object, shares) in zip(plain.objects, plain.shares) {
            if let mean = own[object.map { window.indices[$0] }.sorted()] { #expect(mean != shares) }
        }
    }

    @Test("The best of many readings scores at least as well as the likeliest choices do")
    func best() throws {
        let weights = ReadingWeights()
        for seed in 1...4 as ClosedRange<UInt64> {
            let window = try window(40 + seed, objects: 3), painter = PainterFixture.painter(seed: seed)
            let readings = try painter.readings(of: window, number: 0, unmirrored()), weighed = WeighedReadings(readings, weights)
            let greedy = try painter.readings(of: window, number: 0, ReadingOptions(readings: 1))[0]
            #expect(readings.contains { $0.isGreedy && isSame($0, greedy) })
            let best = weighed.readings[weighed.best]
            #expect(best.score(weights) == weighed.readings.map { $0.score(weights) }.max() && best.score(weights) >= greedy.score(weights))
            #expect(Array(weighed.readings.prefix(readings.count)) == readings && weighed.readings.count <= readings.count + 1)
            #expect(abs(weighed.weights.reduce(0, +) - 1) < 1e-12)
            let found = try painter.read(scene(40 + seed, objects: 3), strokes: 0..<window.strokes.count, unmirrored()).objects
            #expect(found.map(\.strokes) == best.objects.map { $0.map { window.indices[$0] }.sorted() })
            #expect(found.allSatisfy { 0...1 ~= $0.agreement && $0.agreement > 0 && 0...1 ~= $0.confidence })
        }
    }

    /// A reading with all that belongs to it; shares of two classes.
    private func reading(_ owners: [Int], certainty: [Double], _ shares: [Double], wholeness: [Double]) -> WindowReading {
        var reading = WindowReading()
        (reading.owners, reading.certainty, reading.shares, reading.wholeness) = (owners, certainty, shares.map { [$0, 1 - $0] }, wholeness)
        return reading
    }

    @Test("What readings say of parts that hang together goes with what others say of the rest")
    func mixtures() {
        let a = reading([0, 0, 1, 1, 2], certainty: [1, 0.5, 1, 0.9, 0.9], [0.9, 0.8, 0.7], wholeness: [0.2, 0.3, 0.4])
        let b = reading([0, 1, 2, 2, 2], certainty: [1, 0.6, 1, 0.9, 0.1], [0.95, 0.6, 0.65], wholeness: [0.5, 0.6, 0.7])
        #expect(a.differences(from: b) == [[0, 1], [2, 3, 4]] && b.differences(from: a) == [[0, 1], [2, 3, 4]] && a.differences(from: a).isEmpty)
        let mixed = a.taking([0, 1], from: b)
        #expect(mixed == reading([0, 1, 2, 2, 3], certainty: [1, 0.6, 1, 0.9, 0.9], [0.95, 0.6, 0.8, 0.7], wholeness: [0.5, 0.6, 0.3, 0.4]))
        #expect(a.taking([2, 3, 4], from: b) == reading([0, 0, 1, 1, 1], certainty: [1, 0.5, 1, 0.9, 0.1], [0.9, 0.65], wholeness: [0.2, 0.7]))
        #expect(a.taking(Array(0..<5), from: b) == b && a.taking([], from: b) == a)
        // Objects that cross: all of it is one part.
        let c = reading([0, 1, 0, 1, 2], certainty: [1, 1, 1, 1, 1], [0.5, 0.5, 0.5], wholeness: [1, 1, 1])
        #expect(a.differences(from: c) == [[0, 1, 2, 3]])
        // By certainty alone b is better about the first two strokes, a about the others.
        var weights = ReadingWeights()
        (weights.classes, weights.wholeness) = (0, 0)
        let weighed = WeighedReadings([a, b], weights)
        #expect(weighed.best == 2 && weighed.readings == [a, b, mixed] && abs(weighed.weights.reduce(0, +) - 1) < 1e-12)
        #expect(WeighedReadings([a, a.taking([0, 1], from: b)], weights).readings.count == 2, "it is there already")
    }

    @Test func readingsAreWeighedByScoreAndNumber() {
        func reading(_ owners: [Int], _ shares: [[Double]], count: Int) -> WindowReading {
            var reading = WindowReading()
            (reading.owners, reading.certainty, reading.shares, reading.count) = (owners, [1, 0.5, 0.5], shares, count)
            return reading
        }
        // Scores: ln(0.25 · 0.8 · 0.6) = ln 0.12 three times, ln(0.25 · 0.9 · 0.5) = ln 0.1125 once.
        let a = reading([0, 0, 1], [[0.8, 0.2], [0.6, 0.4]], count: 3), b = reading([0, 1, 1], [[0.9, 0.1], [0.5, 0.5]], count: 1)
        var weights = ReadingWeights()
        (weights.owners, weights.classes) = (1, 1)
        let weighed = WeighedReadings([a, b], weights)
        #expect(abs(a.score(weights) - log(0.12)) < 1e-12 && abs(b.score(weights) - log(0.1125)) < 1e-12 && weighed.best == 0)
        func isNear(_ strokes: [Int], _ share: Double) -> Bool { abs(weighed.agreement(on: strokes) - share) < 1e-12 }
        #expect(isNear([0, 1], 0.36 / 0.4725) && isNear([2], 0.36 / 0.4725) && isNear([0], 0.1125 / 0.4725) && isNear([1, 2], 0.1125 / 0.4725) && isNear([0, 2], 0))
        // The better one is taken though the other came out more often; strokes alone leave both equal, and the first is taken.
        let c = reading([0, 1, 1], [[0.9, 0.1], [0.8, 0.2]], count: 1)
        #expect(WeighedReadings([a, c], weights).best == 1)
        weights.classes = 0
        #expect(WeighedReadings([a, c], weights).best == 0)
        // So is the whole one of two, where the mistake shows.
        var f = a
        (f.wholeness, weights.wholeness) = ([0.5, 0.5], 2)
        #expect(abs(f.score(weights) - log(0.25 * 0.25 * 0.25)) < 1e-12, "nothing of classes, twice the logarithms of a half")
        // A class that a command names is evidence for the reading that has it: 0.2025 against 0.0625, times 1 + 59 · 0.19 and 1 + 59 · 0.75.
        weights.classes = 1                                     // again
        let d = reading([0, 0, 1], [[0.9, 0.1], [0.9, 0.1]], count: 1), e = reading([0, 1, 1], [[0.5, 0.5], [0.5, 0.5]], count: 1)
        let heard = WeighedReadings([d, e], weights, named: [1], hearing: 60)
        #expect(abs(d.presence(of: 1) - 0.19) < 1e-12 && abs(e.presence(of: 1) - 0.75) < 1e-12)
        #expect(WeighedReadings([d, e], weights).best == 0 && heard.best == 1 && WeighedReadings([d, e], weights, named: [0], hearing: 60).best == 0)
        #expect(abs(heard.agreement(on: [0]) - 0.0625 * 45.25 / (0.0625 * 45.25 + 0.2025 * 12.21)) < 1e-12)
        // One reading cannot agree with itself: its strokes' probabilities stand for it.
        #expect(WeighedReadings([c], weights).agreement(on: [1, 2]) == 0.5 && WeighedReadings([c], weights).agreement(on: [0]) == 1)
        #expect(WeighedReadings([a], weights).agreement(on: [0, 1]) == 1)
    }

    @Test("The likeliest classes come first, the object's own before all")
    func classes() throws {
        let scene = try scene(52, objects: 3), painter = PainterFixture.painter(seed: 6)
        for top in [1, 3, 99] {
            let found = try painter.detect(scene, top: top)
            #expect(found.classes.count == found.objects.count)
            for (object, classes) in zip(found.objects, found.classes) {
                #expect(classes.count == min(top, vocabulary.classes.count) && Set(classes.map(\.className)).count == classes.count)
                #expect(classes[0].className == object.className && classes[0].confidence == object.confidence)
                #expect(zip(classes, classes.dropFirst()).allSatisfy { $0.confidence >= $1.confidence } && classes.reduce(0) { $0 + $1.confidence } < 1.001)
            }
        }
        // A temperature changes how sure it is, and no order.
        var flat = ReadingOptions()
        flat.weights.classTemperature = 4
        let found = try painter.detect(scene), flatter = try painter.detect(scene, reading: flat)
        #expect(found.classes.map { $0.map(\.className) } == flatter.classes.map { $0.map(\.className) })
        #expect(zip(found.classes, flatter.classes).allSatisfy { $0[0].confidence > $1[0].confidence })
    }

    @Test("A reading keeps to the distances that it has asked for before")
    func distancesAreKept() throws {
        let strokes = try scene(61, objects: 3).strokes, proximity = StrokeProximity(strokes), last = strokes.count - 1
        var distances: [Int: Double] = [:]
        for owners in [Array(repeating: 0, count: last), (0..<last).map { $0 % 3 }, (0..<last).map { $0 / 2 % 5 }] {
            let kept = proximity.nearest(to: last, owners: owners, distances: &distances), alone = proximity.nearest(to: last, owners: owners)
            #expect(kept.map(\.object) == alone.map(\.object) && kept.map(\.steps) == alone.map(\.steps))
        }
    }

    // MARK: the ranker

    @Test func aSecondOpinionIsWeighedAmongTheClassesThatItKnows() {
        let model = [0.1, 0.2, 0.3, 0.4], ranker: [Float] = [0.5, 0.1, 0.4]
        func mixed(_ weight: Double, _ row: [Float]? = nil) -> [Double] {
            SecondOpinion(of: ["unknown", "c", "a"], on: ["a", "b", "c", "d"], weight: weight).mixed(model, row ?? ranker)
        }
        func isNear(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 1e-7 } }
        // a and c share 0.4: √(0.1 · 0.4) to √(0.3 · 0.1).
        let half = mixed(0.5), sum = 0.2 + 0.03.squareRoot()
        #expect(isNear(half, [0.4 * 0.2 / sum, 0.2, 0.4 * 0.03.squareRoot() / sum, 0.4]) && abs(half.reduce(0, +) - 1) < 1e-7)
        #expect(isNear(mixed(0), model) && isNear(mixed(1), [0.32, 0.2, 0.08, 0.4]))
        #expect(mixed(0.5, [1, 0, 0]) == model, "it knows none of the two")
        #expect(SecondOpinion(of: ["x"], on: ["a", "b"], weight: 0.5).mixed([0.3, 0.7], [1]) == [0.3, 0.7])
    }

    @Test("What a ranker alone says is what it says of the object's strokes as of a drawing")
    func ranker() throws {
        let painter = PainterFixture.painter(seed: 2), ranker = try RankerFixture.ranker(classes: PainterFixture.drawings.classes.reversed())
        painter.ranker = ranker
        var options = unmirrored(4, seed: 3)
        options.weights.ranker = 1
        let scene = try scene(71, objects: 2)
        for object in try painter.read(scene, strokes: scene.strokes.indices, options).objects {
            let row = ranker.probabilities([object.strokes.map { scene.strokes[$0] }])[0]
            for (classIndex, share) in object.shares.enumerated() {
                let output = try #require(ranker.classes.firstIndex(of: vocabulary.classes[classIndex]))
                #expect(abs(share - Double(row[output])) < 0.01)
            }
        }
        // None of the model's classes: it has nothing to say.
        painter.ranker = try RankerFixture.ranker(classes: ["dragon", "lamp"])
        let without = try PainterFixture.painter(seed: 2).detect(scene, reading: options).objects
        #expect(try painter.detect(scene, reading: options).objects == without)
    }
}
