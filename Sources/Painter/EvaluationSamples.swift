import Sketches

/// What stands behind the figures of a `PainterEvaluation`: drawings, scenes and commands, and what became of them. Kept only when asked for.
///
/// Nothing is picked: of sentences that are drawn several times the first scene is kept, of everything else all.
public struct EvaluationSamples: Sendable {
    /// A class that the judge knows.
    public struct JudgedClass: Sendable {
        /// The judge's word for it.
        public var name: String
        /// What `draw` gives, in the order of its seeds.
        public var drawings: [Drawing]
        /// How often the judge recognises the Painter's single samples, and people's held-out drawings.
        public var oneSample: Rate, people: Rate

        package init(name: String, drawings: [Drawing], oneSample: Rate, people: Rate) {
            (self.name, self.drawings, self.oneSample, self.people) = (name, drawings, oneSample, people)
        }

        /// How often it recognises `drawings`.
        public var recognised: Rate { Rate(of: drawings.map { $0.seenAs == name }) }
    }

    /// A drawing of one thing.
    public struct Drawing: Sendable {
        /// On the canvas; none where nothing was drawn.
        public var strokes: [Stroke]
        /// What the judge takes it for, and how surely, 0…1.
        public var seenAs: String, probability: Double

        package init(strokes: [Stroke], seenAs: String, probability: Double) { (self.strokes, self.seenAs, self.probability) = (strokes, seenAs, probability) }
    }

    /// A class and what it is taken for most.
    package struct Confusion: Sendable, Equatable {
        package var asked: String, seenAs: String
        /// Drawings that are taken for it, of how many.
        package var count: Int, drawings: Int

        package init(asked: String, seenAs: String, count: Int, drawings: Int) { (self.asked, self.seenAs, self.count, self.drawings) = (asked, seenAs, count, drawings) }
    }

    /// A scene drawn from a sentence.
    public struct AskedScene: Sendable {
        /// The sentence and what it asks for.
        public var truth: SceneTruth
        /// What was drawn.
        public var scene: Scene
        /// What the judge takes each drawn object for, nil for one without ink; empty where no judge was asked.
        public var seenAs: [String?]
        /// The asked objects are there and no others, and the ink bears out every relation.
        public var isRight: Bool

        package init(truth: SceneTruth, scene: Scene, seenAs: [String?] = [], isRight: Bool) {
            (self.truth, self.scene, self.seenAs, self.isRight) = (truth, scene, seenAs, isRight)
        }

        /// The asked relations, by places in `truth.classes`, and whether the ink bears them out between the objects that the Painter calls so; false
        /// where one of them is missing.
        package var relations: [(relation: Relation, holds: Bool)] {
            var free = Array(scene.objects.indices)
            let place = truth.classes.map { name -> Int? in
                let found = free.first { scene.objects[$0].className == name }
                free.removeAll { $0 == found }
                return found
            }
            return truth.relations.map { relation in
                guard let subject = place[relation.subject], let object = place[relation.object] else { return (relation, false) }
                return (relation, scene.holds(relation.kind, subject: subject, object: object))
            }
        }
    }

    /// A command to erase something from strokes without order and objects.
    public struct Erasure: Sendable {
        /// The command.
        public var command: String
        /// The drawing before it, on the standard canvas.
        public var strokes: [Stroke]
        /// Indices of the strokes that it means.
        public var wanted: Set<Int>
        /// Indices of those that were erased; nil where the Painter refused.
        public var erased: Set<Int>?

        package init(command: String, strokes: [Stroke], wanted: Set<Int>, erased: Set<Int>?) {
            (self.command, self.strokes, self.wanted, self.erased) = (command, strokes, wanted, erased)
        }

        /// All that was meant and nothing else went.
        public var isExact: Bool { erased == wanted }
    }

    /// Objects found in strokes without order and objects.
    public struct Detection: Sendable {
        /// On the standard canvas.
        public var strokes: [Stroke]
        /// What is there, and what was found.
        public var truth: [SceneObject], found: [SceneObject]

        package init(strokes: [Stroke], truth: [SceneObject], found: [SceneObject]) { (self.strokes, self.truth, self.found) = (strokes, truth, found) }

        /// Which of `found` are right, and which of `truth` were missed: an object is right where one of its class is that no surer one has taken, the boxes
        /// overlapping by half or more, as `DetectionScore` counts.
        package var matches: (right: Set<Int>, missed: [Int]) {
            var open = Array(truth.indices), right: Set<Int> = []
            let surest = found.indices.sorted { (found[$1].confidence ?? 0, $0) < (found[$0].confidence ?? 0, $1) }
            for index in surest {
                func overlap(_ other: Int) -> Double { truth[other].box.intersectionOverUnion(found[index].box) }
                let own = open.filter { truth[$0].className == found[index].className && overlap($0) >= 0.5 }
                guard let match = own.max(by: { overlap($0) < overlap($1) }) else { continue }
                right.insert(index)
                open.removeAll { $0 == match }
            }
            return (right, open)
        }

        /// Objects found that are wrong, and objects missed.
        package var faults: Int {
            let (right, missed) = matches
            return found.count - right.count + missed.count
        }
    }

    /// Distances to the nearest training drawing of the class, 0…1, ascending.
    public struct Distances: Sendable {
        /// Of what the Painter drew, and of people's held-out drawings.
        public var painter: [Double], people: [Double]
        /// What is nearer counts as a near copy.
        public var nearCopy: Double

        package init(painter: [Double], people: [Double], nearCopy: Double) { (self.painter, self.people, self.nearCopy) = (painter, people, nearCopy) }
    }

    /// By part of the evaluation; empty where it was not measured.
    public var classes: [JudgedClass] = []
    public var scenes: [AskedScene] = [], prompts: [AskedScene] = []
    public var erasures: [Erasure] = []
    public var detections: [Detection] = []
    public var distances: Distances?
    /// Every judgement, in the order of the evaluation; of drawings and scenes those that were not kept too.
    public var judgements: [Judgement] = []

    /// Nothing yet.
    public init() {}

    /// The classes, those first that are recognised least in what `draw` gives; of equals those first that people draw better.
    package var worstFirst: [JudgedClass] {
        classes.enumerated().sorted { a, b in
            let (one, other) = (a.element, b.element)
            return (one.recognised.value, other.people.value, a.offset) < (other.recognised.value, one.people.value, b.offset)
        }.map(\.element)
    }

    /// For each class that is ever taken for another, the one that it is taken for most, of equals the first by the alphabet; the commonest first.
    package var confusions: [Confusion] {
        classes.compactMap { own -> Confusion? in
            let others = own.drawings.filter { $0.seenAs != own.name }.reduce(into: [:]) { $0[$1.seenAs, default: 0] += 1 }
            guard let most = others.min(by: { ($1.value, $0.key) < ($0.value, $1.key) }) else { return nil }
            return Confusion(asked: own.name, seenAs: most.key, count: most.value, drawings: own.drawings.count)
        }.sorted { ($1.count, $0.asked) < ($0.count, $1.asked) }
    }
}
