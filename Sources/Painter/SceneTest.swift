import Sketches
import Tensors

/// What a sentence asks for, as far as ink can show it.
public struct SceneTruth: Sendable, Equatable {
    /// The sentence.
    public let prompt: String
    /// QuickDraw's words of the asked objects, in order of mention.
    public let classes: [String]
    /// What they are to each other, by places in `classes`.
    public let relations: [Relation]

    /// A truth by its parts.
    public init(prompt: String, classes: [String], relations: [Relation]) { (self.prompt, self.classes, self.relations) = (prompt, classes, relations) }

    /// How many of the asked objects are there: equal names count as often as they are asked for.
    /// - Parameter names: what the judge sees in the strokes of each drawn object; `nil` for one without ink.
    package func recognised(_ names: [String?]) -> Int {
        var asked = Dictionary(classes.map { ($0, 1) }, uniquingKeysWith: +), found = 0
        for name in names {
            guard let name, let open = asked[name], open > 0 else { continue }
            asked[name] = open - 1
            found += 1
        }
        return found
    }

    /// Whether the scene has the asked objects and no others, as the judge sees them, and the ink bears out every relation between them.
    ///
    /// Unconditional: an object that is not recognised makes the scene wrong, wherever it stands. Objects with the same name may stand for
    /// each other.
    package func isRight(_ scene: Scene, _ names: [String?]) -> Bool {
        guard scene.objects.count == classes.count, names.count == classes.count else { return false }
        var place: [Int] = []                                    // the drawn object of each asked one so far
        func isPossible() -> Bool {
            let next = place.count
            for relation in relations where max(relation.subject, relation.object) == next - 1 {
                guard scene.holds(relation.kind, subject: place[relation.subject], object: place[relation.object]) else { return false }
            }
            if next == classes.count { return true }
            for candidate in names.indices where names[candidate] == classes[next] && !place.contains(candidate) {
                place.append(candidate)
                if isPossible() { return true }
                place.removeLast()
            }
            return false
        }
        return isPossible()
    }
}

/// Sentences about several objects, with people's drawings placed as they ask (the ceiling) and anywhere (the baseline).
///
/// Objects of a sentence are of different judged classes and without size words. A pure function of the source and the seed.
public struct SceneTest: Sendable {
    /// The sentences and what they ask for.
    public let tasks: [SceneTruth]
    /// Scenes asked for of each sentence.
    public let samples: Int
    /// Objects and relations of each sentence.
    public let objects, relations: Int
    /// All choices follow from it.
    public let seed: UInt64
    /// [task][sample]: people's held-out drawings, every relation true by their ink; the same drawings, sizes and places at random.
    public let placedRight, placedAtRandom: [[Scene]]

    /// - Parameters:
    ///   - source: human drawings that neither the Painter nor the judge has learnt from.
    ///   - classes: the judged classes, by index in the source.
    ///   - objects: of each scene, 2 or more; the composer knows up to 8.
    ///   - relations: stated in each sentence, fewer than the objects.
    ///   - samples: scenes of each sentence. Classes with fewer drawings show some of them again.
    /// - Throws: `FigureError.noPrompt` where such sentences cannot be composed.
    public init(_ source: any DrawingSource, classes: [Int], objects: Int, relations: Int, prompts: Int = 200, samples: Int = 4,
                seed: UInt64) throws(FigureError) {
        let known = classes.filter { source.count(of: $0) > 0 }
        guard 1...8 ~= objects, 0..<objects ~= relations, known.count >= objects, prompts > 0, samples > 0 else {
            throw .noPrompt(objects: objects, relations: relations)
        }
        var composer = SceneComposer(source, classes: known, exponent: 0.5)
        composer.augments = false
        var random = RandomSource(seed: RandomSource.derive(seed, 0x5CE4E, UInt64(objects)))
        var tasks: [SceneTruth] = [], right: [[Scene]] = [], anywhere: [[Scene]] = []
        var tries = 0
        while tasks.count < prompts {
            tries += 1
            guard tries <= 500 * prompts else { throw .noPrompt(objects: objects, relations: relations) }
            let composed = composer.compose(count: objects, relationCount: relations, relationKinds: PainterEvaluation.promptRelations, &random)
            guard composed.objects.count == objects, composed.relations.count == relations, !composed.isRow, composed.objects.allSatisfy({ $0.size == nil && $0.place == nil }),
                  Set(composed.objects.map(\.classIndex)).count == objects else { continue }
            let truth = SceneTruth(prompt: composed.prompt, classes: composed.objects.map { source.classes[$0.classIndex] },
                                   relations: composed.relations.map { Relation($0.kind, subject: $0.subject, object: $0.object) })
            var lot = RandomSource(seed: RandomSource.derive(seed, 0x5CE4F, UInt64(tasks.count)))
            let orders = composed.objects.map { Array(0..<source.count(of: $0.classIndex)).shuffled(using: &lot) }
            var ownRight: [Scene] = [], ownAnywhere: [Scene] = []
            for sample in 0..<samples {
                let (scene, chosen) = Self.placedRight(composed, truth, source, orders, sample, &lot)
                ownRight.append(scene)
                ownAnywhere.append(Self.placedAtRandom(chosen, truth, &lot))
            }
            tasks.append(truth)
            right.append(ownRight)
            anywhere.append(ownAnywhere)
        }
        (self.tasks, self.samples, self.objects, self.relations, self.seed) = (tasks, samples, objects, relations, seed)
        (placedRight, placedAtRandom) = (right, anywhere)
    }

    // MARK: people's drawings on a canvas

    private static func scene(_ truth: SceneTruth, _ drawings: [[Stroke]]) -> Scene {
        var scene = Scene(prompt: truth.prompt, width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, relations: truth.relations)
        for (name, strokes) in zip(truth.classes, drawings) {
            let first = scene.strokes.count
            scene.strokes += strokes
            let box = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
            scene.objects.append(SceneObject(className: name, box: box, strokes: Array(first..<scene.strokes.count)))
        }
        return scene
    }

    /// The strokes with their ink box around `center`, its longest side `longest` pixels.
    private static func placed(_ strokes: [Stroke], center: Point, longest: Double) -> [Stroke] {
        guard let ink = Box.of(strokes) else { return strokes }
        let scale = ink.longestSide > 0 ? longest / ink.longestSide : 1
        return strokes.map { $0.transformed(scale: scale, dx: center.x - scale * ink.center.x, dy: center.y - scale * ink.center.y) }
    }

    /// Drawings of the asked classes at the planned places and sizes, in their own proportions.
    ///
    /// The plan was made for other drawings: where these stand out of the canvas or a relation does not hold of them (inside, mostly), others
    /// are tried; the twentieth time they are stretched to the planned boxes, in which every relation holds.
    private static func placedRight(_ composed: ComposedScene, _ truth: SceneTruth, _ source: any DrawingSource, _ orders: [[Int]], _ sample: Int,
                                    _ random: inout RandomSource) -> (scene: Scene, chosen: [[Stroke]]) {
        let canvas = Box(x0: 0, y0: 0, x1: SketchCodec.canvasSide, y1: SketchCodec.canvasSide)
        var chosen: [[Stroke]] = []
        for attempt in 0..<20 {
            chosen = composed.objects.indices.map { index in
                let order = orders[index]
                let drawing = attempt == 0 ? order[sample % order.count] : order[random.int(below: order.count)]
                return source.drawing(composed.objects[index].classIndex, drawing)
            }
            let found = scene(truth, zip(chosen, composed.objects).map { strokes, object in
                placed(strokes, center: object.box.box.center, longest: object.box.box.longestSide)
            })
            let isInside = found.objects.allSatisfy { canvas.contains(Point(x: $0.box.x0, y: $0.box.y0)) && canvas.contains(Point(x: $0.box.x1, y: $0.box.y1)) }
            if isInside, truth.relations.allSatisfy(found.holds) { return (found, chosen) }
        }
        return (scene(truth, zip(chosen, composed.objects).map { fitted($0, to: $1.box.box) }), chosen)
    }

    /// The same drawings, each of an ordinary size for so many objects, somewhere on the canvas.
    private static func placedAtRandom(_ chosen: [[Stroke]], _ truth: SceneTruth, _ random: inout RandomSource) -> Scene {
        let sizes = SceneLayout.sizeRange(chosen.count, nil), side = SketchCodec.canvasSide
        return scene(truth, chosen.map { strokes in
            let longest = sizes.lowerBound + (sizes.upperBound - sizes.lowerBound) * random.uniform()
            let ink = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 1, y1: 1), scale = longest / max(ink.longestSide, 1)
            let x = (side - scale * ink.width) * random.uniform() + scale * ink.width / 2
            let y = (side - scale * ink.height) * random.uniform() + scale * ink.height / 2
            return placed(strokes, center: Point(x: x, y: y), longest: longest)
        })
    }
}
