import Painter
import Sketches
import Testing

@Suite("Guidance takes what a class changes several times")
struct SketchGuidanceTests {
    private func drawn(_ guidance: Float, _ prompts: [String], seed: UInt64 = 5) throws -> [Scene] {
        var options = DrawingOptions()
        (options.candidates, options.guidance) = (2, guidance)
        return try PainterFixture.painter(seed: 3).draw(prompts.map { Painter.Order($0) }, seed: seed, options: options).map { try $0.get().scene }
    }

    @Test func onceIsNoGuidance() throws {
        // Next to 1, sums round otherwise, but all choices are the same.
        #expect(try drawn(1.000_001, ["a sun", "a house and a fish"]) == drawn(1, ["a sun", "a house and a fish"]))
    }

    @Test func eachSketchComesOutAsItWouldAlone() throws {
        let prompts = (0..<20).map { ["a sun", "a house", "a fish and a tree"][$0 % 3] }
        let together = try drawn(3, prompts)
        #expect(together[0].strokes != (try drawn(1, [prompts[0]])[0].strokes))
        for index in [0, 1, 2] { #expect(try drawn(3, [prompts[index]])[0].strokes == together[index].strokes) }
        #expect(try drawn(3, prompts) == together)
    }
}
