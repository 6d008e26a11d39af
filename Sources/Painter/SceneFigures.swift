import Sketches
import Tensors

/// How far scenes of several objects are what a sentence asks for, seen by the judge and measured on the ink alone: nothing that the Painter
/// says of its scene counts, except which strokes form an object.
///
/// The rows are those of VISOR (Gokhale et al. 2022: object accuracy, VISOR unconditional, VISOR₄), for drawings and for any number of objects.
/// A scene with an object too many is wrong.
public struct SceneFigures: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Scenes of one origin.
    public struct Row: Codable, Sendable, Equatable {
        /// Asked objects that the judge finds, one by one.
        public var objects = Rate()
        /// Scenes in which it finds all of them and no others.
        public var recognised = Rate()
        /// Scenes in which it does, and every relation is right too.
        public var right = Rate()
        /// Sentences of which every sample is right.
        public var everySample = Rate()
        /// Relations right, where all objects are found: VISOR conditional.
        public var rightWhereRecognised: Rate { Rate(hits: right.hits, trials: recognised.hits) }
    }

    /// Objects and relations of each sentence, sentences, scenes of each.
    public var objects = 0, relations = 0, prompts = 0, samples = 0
    /// All choices follow from it.
    public var seed: UInt64 = 0
    /// What the Painter drew; people's drawings placed right, the ceiling; the same placed at random, the baseline. The intervals of the rates
    /// take scenes of one sentence as independent of each other.
    public var painter = Row(), people = Row(), random = Row()
    /// The Painter's rate over people's. Intervals: bootstrap over sentences, so the scenes of one stay together.
    public var recognisedShare = Estimate(), rightShare = Estimate(), everySampleShare = Estimate()

    /// A table.
    public var description: String {
        """
        scenes of \(objects) objects with \(relations) relation\(relations == 1 ? "" : "s"), \(prompts) sentences, \(samples) scenes of each (95 % intervals)
        objects recognised           \(painter.objects)
        all recognised               \(painter.recognised)
          people's, placed right     \(people.recognised)
          share of that ceiling      \(recognisedShare)
        relations right too          \(painter.right)
          people's, placed right     \(people.right)
          share of that ceiling      \(rightShare)
          people's, placed at random \(random.right)
          where all are recognised   \(painter.rightWhereRecognised)
        right in \(samples) of \(samples)              \(painter.everySample)
          people's, placed right     \(people.everySample)
          share of that ceiling      \(everySampleShare)
          people's, placed at random \(random.everySample)
        """
    }
}

extension SceneTest {
    /// Draws, judges and measures.
    /// - Parameters:
    ///   - draw: a scene of `tasks[task].prompt`; `sample` counts from 0 and must change the seed. An empty scene where none could be drawn.
    ///   - judge: of all classes that the test asks for.
    public func figures(judge: Judge, draw: (_ task: Int, _ sample: Int) throws -> Scene) throws -> SceneFigures {
        let drawn = try tasks.indices.map { task in try (0..<samples).map { try draw(task, $0) } }
        return try figures(of: drawn, judge: judge)
    }

    /// Judges and measures what was drawn, [task][sample].
    /// - Throws: `FigureError.wrongSamples` where scenes are missing.
    public func figures(of drawn: [[Scene]], judge: Judge) throws(FigureError) -> SceneFigures {
        try figures(of: drawn, names: judge.words)
    }

    /// The same with any judge.
    /// - Parameter names: the class word of each drawing, none of which is empty.
    package func figures(of drawn: [[Scene]], names: ([[Stroke]]) -> [String]) throws(FigureError) -> SceneFigures {
        for task in 0..<max(tasks.count, drawn.count) {
            let found = drawn.indices.contains(task) ? drawn[task].count : 0, expected = tasks.indices.contains(task) ? samples : 0
            guard found == expected else { throw .wrongSamples(prompt: task, expected: expected, found: found) }
        }
        let own = tallies(drawn, names), people = tallies(placedRight, names), random = tallies(placedAtRandom, names)
        var figures = SceneFigures()
        (figures.objects, figures.relations, figures.prompts, figures.samples, figures.seed) = (objects, relations, tasks.count, samples, seed)
        (figures.painter, figures.people, figures.random) = (row(own), row(people), row(random))
        func share(_ stream: UInt64, _ hits: (SceneTally) -> Int) -> Estimate {
            .bootstrap(over: tasks.count, seed: RandomSource.derive(seed, 0x5CE50, stream)) { places in
                let ceiling = places.reduce(0) { $0 + hits(people[$1]) }
                return ceiling > 0 ? Double(places.reduce(0) { $0 + hits(own[$1]) }) / Double(ceiling) : 0
            }
        }
        figures.recognisedShare = share(0) { $0.recognised }
        figures.rightShare = share(1) { $0.right }
        figures.everySampleShare = share(2) { $0.right == samples ? 1 : 0 }
        return figures
    }

    /// What a judge takes every object of every scene for, [task][sample][object]; nil for one without ink. It sees each once, all in one go.
    package static func names(in scenes: [[Scene]], _ names: ([[Stroke]]) -> [String]) -> [[[String?]]] {
        let drawings = scenes.joined().flatMap { scene in scene.objects.map(scene.strokes(of:)) }
        let isInk = drawings.map { Box.of($0) != nil }
        var seen = names(zip(drawings, isInk).filter(\.1).map(\.0))[...], inked = isInk[...]
        return scenes.map { samples in samples.map { scene in scene.objects.map { _ in inked.popFirst() == true ? seen.popFirst() : nil } } }
    }

    private func tallies(_ scenes: [[Scene]], _ names: ([[Stroke]]) -> [String]) -> [SceneTally] {
        zip(tasks, zip(scenes, Self.names(in: scenes, names))).map { truth, samples in
            var tally = SceneTally()
            for (scene, own) in zip(samples.0, samples.1) {
                let found = truth.recognised(own)
                tally.objects += found
                tally.recognised += found == truth.classes.count && own.count == found ? 1 : 0
                tally.right += truth.isRight(scene, own) ? 1 : 0
            }
            return tally
        }
    }

    private func row(_ tallies: [SceneTally]) -> SceneFigures.Row {
        func sum(_ count: (SceneTally) -> Int) -> Int { tallies.reduce(0) { $0 + count($1) } }
        let scenes = tasks.count * samples
        return SceneFigures.Row(
            objects: Rate(hits: sum(\.objects), trials: scenes * objects), recognised: Rate(hits: sum(\.recognised), trials: scenes),
            right: Rate(hits: sum(\.right), trials: scenes), everySample: Rate(hits: sum { $0.right == samples ? 1 : 0 }, trials: tasks.count))
    }
}

/// The scenes of one sentence: objects found, scenes with all of them, scenes that are right.
private struct SceneTally {
    var objects = 0, recognised = 0, right = 0
}
