import Foundation
import Painter
import Sketches
import Testing
import Training

/// An untrained ranker.
enum RankerFixture {
    static func ranker(classes: [String]) throws -> Judge {
        let recipe = RunRecipe(name: "ranker", kind: "ranker", seed: 1, steps: 1, optimizer: .init(learningRate: 1e-3))
        let all = PainterFixture.drawings
        let named = StyledDrawings(doodles: Renamed(classes: classes, source: all))
        return try JudgeJob(recipe: recipe, role: .ranker, drawings: named, heldOut: Renamed(classes: classes, source: all), classes: Array(classes.indices), size: 16, channels: [8], batch: 4).judge
    }

    private struct Renamed: DrawingSource {
        var classes: [String]
        var source: ProceduralDrawings
        func count(of classIndex: Int) -> Int { source.count(of: classIndex) }
        func drawing(_ classIndex: Int, _ index: Int) -> [Stroke] { source.drawing(classIndex, index) }
    }
}

@Suite("A ranker picks among candidates and judges nothing")
struct RankerTests {
    @Test func theChosenCandidateIsSurestOrSureEnough() throws {
        let painter = PainterFixture.painter()
        painter.ranker = try RankerFixture.ranker(classes: PainterFixture.drawings.classes)
        let drawn = try painter.draw("a fish", seed: 3)
        #expect(drawn.recognised.count == drawn.scene.objects.count && drawn.recognised.allSatisfy { 0...1 ~= ($0 ?? -1) })
        // Of one candidate there is none to choose; of many the surest is at least as sure.
        var one = DrawingOptions()
        one.candidates = 1
        let single = try painter.draw("a fish", seed: 3, options: one)
        for (best, first) in zip(drawn.recognised, single.recognised) { #expect((best ?? 0) >= (first ?? 0) || (best ?? 0) >= 0.8) }
        #expect(try painter.draw("a fish", seed: 3).scene == drawn.scene)
    }

    @Test func aClassThatItDoesNotKnowIsTakenByLikelihood() throws {
        let painter = PainterFixture.painter()
        let without = try painter.draw("a fish", seed: 3).scene
        painter.ranker = try RankerFixture.ranker(classes: ["dragon", "lamp"])
        let drawn = try painter.draw("a fish", seed: 3)
        #expect(drawn.scene == without && drawn.recognised.allSatisfy { $0 == nil })
    }

    @Test func aRankerIsNoJudge() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ranker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let recipe = RunRecipe(name: "ranker", kind: "ranker", seed: 1, steps: 1, optimizer: .init(learningRate: 1e-3))
        let drawings = StyledDrawings(doodles: PainterFixture.drawings)
        try JudgeJob(recipe: recipe, role: .ranker, drawings: drawings, heldOut: PainterFixture.drawings, classes: [1, 2], size: 16, channels: [8], batch: 4).export(to: folder)
        #expect(try Judge(folder: folder, role: .ranker).role == .ranker)
        #expect(throws: PainterError.self) { try Judge(folder: folder) }
    }
}
