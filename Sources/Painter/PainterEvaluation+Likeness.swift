import Foundation
import Sketches
import Tensors

extension PainterEvaluation {
    /// How like people's drawings, and how different from one another, what `draw` gives is.
    func likeness() throws -> LikenessReport {
        let sample = try DrawingSample(heldOut, classes: judged, count: size.likeness, seed: seed), codec = painter.sketcher.documents.codec
        let orders = sample.quotas.enumerated().flatMap { place, quota in
            (0..<quota.count).map { Painter.Order(ClassWords.withArticle(quota.className), line: 1_000 * (place + 1) + $0) }
        }
        var drawn = try painter.draw(orders, seed: RandomSource.derive(seed, 0x11CE), options: drawing)[...]
        let drawings = sample.quotas.map { quota in
            defer { drawn = drawn.dropFirst(quota.count) }
            return drawn.prefix(quota.count).map { answer -> [Stroke] in
                guard let scene = try? answer.get().scene, let object = scene.objects.first else { return [] }
                return normalized(scene.strokes(of: object))
            }
        }
        return try LikenessReport.measure(drawings, against: sample, judge: judge, seed: seed) { strokes in
            guard let ink = Box.of(strokes) else { return strokes }
            return fitted(codec.strokes(codec.sketch(strokes, detail: .usual).strokes), to: ink)
        }
    }

    /// Scenes of two objects with a relation and of four with three: whether the judge finds all objects and the ink bears out every relation.
    func scenes(_ samples: inout EvaluationSamples?) throws -> [SceneFigures] {
        // Objects of a scene are of different classes: where there are too few, there are no such scenes.
        try [(2, 1), (4, 3)].filter { $0.0 <= judged.count }.map { objects, relations in
            let test = try SceneTest(
                heldOut, classes: judged, objects: objects, relations: relations, prompts: size.scenes, seed: RandomSource.derive(seed, 0x5CE, UInt64(objects)))
            let orders = test.tasks.enumerated().flatMap { place, task in
                (0..<test.samples).map { Painter.Order(task.prompt, line: 100 * (place + 1) + $0) }
            }
            let drawn = try painter.draw(orders, seed: RandomSource.derive(seed, 0x5CF, UInt64(objects)), options: drawing)
            let empty = Scene(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide)
            let scenes = test.tasks.indices.map { place in
                (0..<test.samples).map { (try? drawn[place * test.samples + $0].get().scene) ?? empty }
            }
            if samples != nil {
                let seen = SceneTest.names(in: scenes, judge.words)
                for (task, truth) in test.tasks.enumerated() {
                    for sample in 0..<test.samples {
                        let isRight = truth.isRight(scenes[task][sample], seen[task][sample])
                        if sample == 0 {
                            samples?.scenes.append(.init(truth: truth, scene: scenes[task][0], seenAs: seen[task][0], isRight: isRight))
                        }
                        samples?.judgements.append(Judgement("scenes of \(objects)", truth.prompt, seenAs: seen[task][sample], isRight: isRight))
                    }
                }
            }
            return try test.figures(of: scenes, judge: judge)
        }
    }
}
