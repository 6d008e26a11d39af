import Foundation
import Painter
import Sketches
import Testing

@Suite("Scenes of several objects")
struct SceneFigureTests {
    /// Objects as squares of ten pixels at (x, y), one stroke each; `nil` for an object without ink.
    private func scene(_ places: [(x: Double, y: Double)?]) -> Scene {
        var scene = Scene(width: 256, height: 256)
        for place in places {
            guard let (x, y) = place else {
                scene.objects.append(SceneObject(className: "thing", box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: []))
                continue
            }
            scene.strokes.append(Stroke([Point(x: x, y: y), Point(x: x + 10, y: y), Point(x: x + 10, y: y + 10), Point(x: x, y: y + 10)]))
            scene.objects.append(SceneObject(className: "thing", box: Box(x0: x, y0: y, x1: x + 10, y1: y + 10), strokes: [scene.strokes.count - 1]))
        }
        return scene
    }

    private let catLeftOfDog = SceneTruth(prompt: "a cat left of a dog", classes: ["cat", "dog"], relations: [Relation(.leftOf, subject: 0, object: 1)])

    @Test func aSceneIsRightByWhatTheJudgeSeesNotByItsOrder() {
        let apart = scene([(10, 100), (200, 100)])
        #expect(catLeftOfDog.isRight(apart, ["cat", "dog"]))
        #expect(!catLeftOfDog.isRight(apart, ["dog", "cat"]))                         // both there, the wrong way round
        #expect(catLeftOfDog.isRight(scene([(200, 100), (10, 100)]), ["dog", "cat"]))  // drawn in another order
        #expect(!catLeftOfDog.isRight(apart, ["cat", "cow"]) && !catLeftOfDog.isRight(apart, ["cat", nil]))
        #expect(!catLeftOfDog.isRight(scene([(10, 100), (200, 100), (100, 200)]), ["cat", "dog", "cow"]))
        #expect(catLeftOfDog.recognised(["dog", "cat"]) == 2 && catLeftOfDog.recognised(["cat", "cat"]) == 1 && catLeftOfDog.recognised([nil]) == 0)
    }

    @Test func equalNamesMayStandForEachOther() {
        let truth = SceneTruth(prompt: "a cat above a cat left of a dog", classes: ["cat", "cat", "dog"],
                               relations: [Relation(.above, subject: 0, object: 1), Relation(.leftOf, subject: 1, object: 2)])
        let places: [(x: Double, y: Double)?] = [(10, 200), (10, 10), (200, 200)]
        #expect(truth.isRight(scene(places), ["cat", "cat", "dog"]))
        #expect(!truth.isRight(scene([(220, 200), (10, 10), (200, 200)]), ["cat", "cat", "dog"]))
        #expect(truth.recognised(["cat", "cat", "dog"]) == 3 && truth.recognised(["cat", "dog", "dog"]) == 2)
    }

    /// What a judge without faults says of scenes whose objects stand in the order of the sentence.
    private func faultless(_ test: SceneTest) -> [String] { test.tasks.flatMap { truth in (0..<test.samples).flatMap { _ in truth.classes } } }

    @Test("people's drawings stand as the sentence asks", arguments: [(2, 1), (4, 3)])
    func placedRight(objects: Int, relations: Int) throws {
        let source = ProceduralDrawings(seed: 8, drawingsPerClass: 3)
        let test = try SceneTest(source, classes: Array(0..<12), objects: objects, relations: relations, prompts: 12, seed: 5)
        #expect(test.tasks.count == 12 && test.placedRight.allSatisfy { $0.count == 4 } && test.placedAtRandom.allSatisfy { $0.count == 4 })
        for (truth, scenes) in zip(test.tasks, test.placedRight) {
            #expect(truth.relations.count == relations && Set(truth.classes).count == objects)
            for scene in scenes {
                #expect(scene.objects.map(\.className) == truth.classes && truth.relations.allSatisfy(scene.holds))
                #expect(scene.looseStrokes.isEmpty && scene.objects.allSatisfy { $0.box == Box.of(scene.strokes(of: $0)) })
                #expect(scene.objects.allSatisfy { $0.box.x0 >= -0.01 && $0.box.y0 >= -0.01 && $0.box.x1 <= 256.01 && $0.box.y1 <= 256.01 })
            }
        }
        let names = faultless(test)
        let figures = try test.figures(of: test.placedRight) { _ in names }
        #expect(figures.people.right == Rate(hits: 48, trials: 48) && figures.people.everySample == Rate(hits: 12, trials: 12))
        #expect(figures.people.objects == Rate(hits: 48 * objects, trials: 48 * objects) && figures.painter == figures.people)
        #expect(figures.rightShare == Estimate(1) && figures.everySampleShare == Estimate(1))
        #expect(figures.random.recognised.value == 1 && figures.random.right.value < 0.7 && figures.random.everySample.value < 0.5)
        #expect(figures.random.rightWhereRecognised == figures.random.right)
        #expect(try JSONDecoder().decode(SceneFigures.self, from: JSONEncoder().encode(figures)) == figures)
        #expect(figures.description.contains("scenes of \(objects) objects with \(relations) relation"))
        let again = try SceneTest(source, classes: Array(0..<12), objects: objects, relations: relations, prompts: 12, seed: 5)
        #expect(again.tasks == test.tasks && again.placedRight == test.placedRight && again.placedAtRandom == test.placedAtRandom)
    }

    @Test func oneWrongScenePerSentenceSpoilsFourOfFour() throws {
        let test = try SceneTest(ProceduralDrawings(seed: 8, drawingsPerClass: 3), classes: Array(0..<12), objects: 2, relations: 1, prompts: 8, seed: 5)
        // The Painter draws what people drew, but leaves the second scene of every other sentence empty.
        let drawn = test.placedRight.enumerated().map { task, scenes in
            scenes.enumerated().map { task % 2 == 0 && $0 == 1 ? Scene(width: 256, height: 256) : $1 }
        }
        let names = faultless(test), own = zip(test.tasks, drawn).flatMap { truth, scenes in scenes.flatMap { $0.objects.isEmpty ? [] : truth.classes } }
        var asked: [Int] = []
        let figures = try test.figures(of: drawn) { drawings in
            asked.append(drawings.count)
            return asked.count == 1 ? own : names
        }
        #expect(asked == [56, 64, 64])
        #expect(figures.painter.recognised == Rate(hits: 28, trials: 32) && figures.painter.right == figures.painter.recognised)
        #expect(figures.painter.everySample == Rate(hits: 4, trials: 8) && figures.painter.objects == Rate(hits: 56, trials: 64))
        #expect(figures.rightShare.value == 0.875 && figures.rightShare.low < 0.875 && figures.rightShare.high <= 1)
        #expect(figures.everySampleShare.value == 0.5)
    }

    @Test func anObjectWithoutInkIsNotShownToTheJudge() throws {
        let test = try SceneTest(ProceduralDrawings(seed: 8, drawingsPerClass: 3), classes: [0, 1, 2], objects: 1, relations: 0, prompts: 1, samples: 1, seed: 5)
        let name = test.tasks[0].classes[0]
        let figures = try test.figures(of: [[scene([nil])]]) { $0.map { _ in name } }
        #expect(figures.painter.objects.hits == 0 && figures.painter.right.hits == 0 && figures.people.right.hits == 1)
    }

    @Test func wrongInputIsNamed() throws {
        let source = ProceduralDrawings(seed: 8, drawingsPerClass: 3)
        #expect(throws: FigureError.noPrompt(objects: 3, relations: 2)) { try SceneTest(source, classes: [0, 1], objects: 3, relations: 2, seed: 1) }
        #expect(throws: FigureError.noPrompt(objects: 2, relations: 2)) { try SceneTest(source, classes: [0, 1], objects: 2, relations: 2, seed: 1) }
        let test = try SceneTest(source, classes: [0, 1], objects: 2, relations: 1, prompts: 2, seed: 1)
        #expect(throws: FigureError.wrongSamples(prompt: 1, expected: 4, found: 3)) {
            try test.figures(of: [test.placedRight[0], Array(test.placedRight[1].dropLast())]) { $0.map { _ in "" } }
        }
        #expect(throws: FigureError.wrongSamples(prompt: 1, expected: 4, found: 0)) { try test.figures(of: [test.placedRight[0]]) { $0.map { _ in "" } } }
    }
}
