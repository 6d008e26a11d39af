import Language
import Painter
import Sketches
import Testing

@Suite("Several endings of one beginning")
struct EndingTests {
    /// Two strokes of something, on a canvas that is not square.
    private var begun: Scene {
        Scene(width: 640, height: 480, strokes: [
            Stroke([Point(x: 100.25, y: 80), Point(x: 300, y: 90.5), Point(x: 280, y: 300)]), Stroke([Point(x: 120, y: 100), Point(x: 130, y: 220)]),
        ], extra: ["key_id": .string("mine")])
    }

    private func byNumber(_ endings: [Painter.Completed]) -> [Int: Scene] { Dictionary(uniqueKeysWithValues: endings.map { ($0.ending, $0.scene) }) }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func theSameSeedGivesTheSameEndingsHoweverManyAreAskedFor(seed: UInt64) throws {
        let painter = PainterFixture.painter(seed: seed)
        let four = try painter.endings(4, of: begun, prompt: "a house", seed: seed), eight = try painter.endings(8, of: begun, prompt: "a house", seed: seed)
        #expect(four.count == 4 && eight.count == 8 && Set(four.map(\.ending)).count == 4)
        #expect(byNumber(eight).filter { byNumber(four)[$0.key] != nil } == byNumber(four))
        // From a painter that has done nothing before, too; alone in its slot; and from another seed others.
        #expect(try byNumber(PainterFixture.painter(seed: seed).endings(8, of: begun, prompt: "a house", seed: seed)) == byNumber(eight))
        #expect(try painter.endings(1, of: begun, prompt: "a house", seed: seed)[0].scene == byNumber(four)[0])
        #expect(try byNumber(painter.endings(4, of: begun, prompt: "a house", seed: seed + 1)) != byNumber(four))
    }

    @Test func noTwoAreAlikeAndNoneTouchesWhatWasGiven() throws {
        let endings = try PainterFixture.painter().endings(16, of: begun, seed: 5)
        #expect(endings.count == 16 && Set(endings.map(\.scene.strokes)).count == 16)
        for ending in endings {
            #expect(Array(ending.scene.strokes.prefix(2)) == begun.strokes && ending.scene.extra == begun.extra)
            #expect(ending.newStrokes >= 1 && ending.scene.strokes.count == 2 + ending.newStrokes)
            #expect(ending.scene.objects.map(\.className) == [ending.className] && ending.className == endings[0].className, "what it is stands fast")
            #expect(ending.recognised == nil && ending.notices == endings[0].notices)
        }
    }

    @Test func atTemperatureZeroThereIsOne() throws {
        let painter = PainterFixture.painter()
        let only = try painter.endings(5, of: begun, seed: 1, sampling: .greedy)
        #expect(only.count == 1 && only[0].notices.contains { $0.contains("1 of 5 different endings") })
        #expect(try painter.complete(begun, seed: 9, sampling: .greedy).scene.strokes == only[0].scene.strokes)
        #expect(try painter.endings(1, of: begun, seed: 1, sampling: .greedy)[0].notices.allSatisfy { !$0.contains("different") })
    }

    @Test func aRankerPutsTheSurestFirst() throws {
        let painter = PainterFixture.painter()
        let likeliest = try painter.endings(6, of: begun, prompt: "a house", seed: 2)
        painter.ranker = try RankerFixture.ranker(classes: PainterFixture.drawings.classes)
        let surest = try painter.endings(6, of: begun, prompt: "a house", seed: 2)
        let rates = surest.map { $0.recognised ?? -1 }
        #expect(rates == rates.sorted(by: >) && rates.allSatisfy { 0...1 ~= $0 })
        #expect(byNumber(surest) == byNumber(likeliest), "the order alone is another")
        // One ending is the best of its candidates, which are the same ones.
        let one = try painter.complete(begun, prompt: "a house", seed: 2, candidates: 6)
        #expect((one.recognised ?? 0) >= 0.8 || one.recognised == rates[0])
        #expect(byNumber(surest)[one.ending] == one.scene)
        let first = try painter.complete(begun, prompt: "a house", seed: 2, candidates: 1)
        #expect(first.ending == 0 && byNumber(surest)[0] == first.scene)
        // A class that it does not know is taken by likelihood.
        painter.ranker = try RankerFixture.ranker(classes: ["dragon", "lamp"])
        #expect(try painter.endings(6, of: begun, prompt: "a house", seed: 2).map(\.ending) == likeliest.map(\.ending))
        #expect(try painter.complete(begun, prompt: "a house", seed: 2, candidates: 6).ending == likeliest[0].ending)
    }

    @Test func aLineOfABatchHasASeedOfItsOwn() throws {
        let painter = PainterFixture.painter()
        let third = try painter.endings(3, of: begun, seed: 4, line: 2)
        #expect(try painter.endings(3, of: begun, seed: third[0].scene.seed ?? 0).map(\.scene) == third.map(\.scene))
        #expect(try painter.complete(begun, seed: 4, line: 2).scene.seed == third[0].scene.seed)
    }

    @Test func aDrawingWithoutStrokesHasNone() {
        #expect(throws: PainterError.emptyCanvas) { try PainterFixture.painter().endings(3, of: Scene(width: 9, height: 9), seed: 1) }
    }
}
