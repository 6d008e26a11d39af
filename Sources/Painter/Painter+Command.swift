import Foundation
import Language
import Sketches
import Tensors

extension Painter {
    /// What is less sure than this is not done unless the user insists: wrongly removed strokes are the worst error.
    public static let defaultSureness = 0.3
    /// How sure an erasure is at most of a command that has no word for it ("rotate the dog" erases no dog), or that tells of fewer things.
    static let unaskedSureness = 0.02
    /// How sure, of what it would be, a change is of a thing that the command does not name: "make the tree smaller and move it" moves no house.
    static let unnamedSureness = 0.1

    /// One thing that a command does.
    public struct EditStep: Sendable, Equatable, Codable {
        /// erase, add, move, resize, replace or redraw.
        public var verb: String
        /// The class of what is edited, or of what is new.
        public var className: String
        /// Indices of its strokes in the scene before the command; none of what is added.
        public var strokes: [Int] = []
        /// How sure the model is, 0…1: of the words, and of the object that they mean.
        public var confidence = 1.0

        package init(verb: String, className: String, strokes: [Int] = [], confidence: Double = 1) {
            (self.verb, self.className, self.strokes, self.confidence) = (verb, className, strokes, confidence)
        }

        /// - Throws: `PainterError.unsure` about the step that is least sure, where that is less than `sureness`.
        static func check(_ steps: [EditStep], sureness: Double, command: String) throws(PainterError) {
            guard let doubtful = steps.min(by: { $0.confidence < $1.confidence }), doubtful.confidence < sureness else { return }
            throw .unsure(command: command, guess: "\(doubtful.verb) the \(doubtful.className)", confidence: doubtful.confidence)
        }
    }

    /// A scene after a command.
    public struct Edited: Sendable {
        public var scene: Scene
        /// The same as changes, for files that are edited byte for byte; each in terms of the scene that those before it made.
        public var edits: [SceneEdit]
        /// What was done, in the order of the words.
        public var steps: [EditStep]
        /// Classes of all objects found.
        public var found: [String]
        /// What the user should know.
        public var notices: [String]
        /// The seed that draws the same new strokes again.
        public var seed: UInt64
    }

    /// Does what a sentence says to the objects of a scene: erase, add, move, resize, replace and redraw, several at once. Strokes that it does not name
    /// stay as they are.
    /// - Parameters:
    ///   - trustsObjects: take the objects that the scene carries as found, and read only strokes that belong to none of them.
    ///   - sureness: what the model is less sure of is not done; 0 does everything.
    ///   - reading: how strokes are read that belong to none; its seed is `seed`.
    /// - Throws: `PainterError`: nothing is named or nothing that the drawing holds, nothing asked for that can be done, no room for it; `unsure`.
    public func edit(
        _ command: String, of scene: Scene, seed: UInt64, options: DrawingOptions = DrawingOptions(), line: Int = 0, trustsObjects: Bool = true, sureness: Double = 0,
        reading strokes: ReadingOptions = ReadingOptions()
    ) throws -> Edited {
        let labelled = LabelledParts(scene, trustsObjects: trustsObjects), own = RandomSource.derive(seed, UInt64(line))
        let reading = try reader.read(command, needsObject: false, labels: labelled.labels), named = labelled.named(in: reading.text)
        guard !named.isEmpty || CommandWords.speaksOfThings(reading) else { throw PainterError.noSubject(command: command) }
        let (objects, _) = try readObjects(of: scene, for: reading, trustsObjects: trustsObjects, strokes.seeded(own))
        // Those that the sentence names first, then the others, as many as a command's document tells of. "The wings" alone are of what has some.
        let parts = Dictionary(grouping: named) { $0.object }
        let namesThings = parts.isEmpty || objects.contains { reading.mentioned.contains($0.className) }
        let ranked = objects.indices.filter { namesThings || parts[$0] != nil }.sorted { a, b in
            let (first, second) = (reading.mentioned.contains(objects[a].className), reading.mentioned.contains(objects[b].className))
            return first == second ? a < b : first
        }
        let shown = fromLeftToRight(Array(ranked.filter { isTellable(objects[$0], scene) }.prefix(SketchVocabulary.objectCount - 1)), of: objects, scene)
        let known = canvasObjects(shown.map { objects[$0] }, scene)
        var scope = CommandGrammar.Scope()
        scope.classes = Set(reading.mentioned.compactMap(vocabulary.classIndex))
        let (answer, confidences) = try operations(for: reading.text, known, scope)
        guard !answer.operations.isEmpty else {
            let found = objects.map(\.className)
            throw reading.mentioned.isEmpty || !Set(found).isDisjoint(with: reading.mentioned) ? PainterError.notUnderstood(command: command) : PainterError.nothingNamed(command: command, found: found)
        }
        // Of a thing of which the command names a part, only that goes.
        var gone: [Int: [LabelledParts.Part]] = [:], changed = Set<String>()
        for operation in answer.operations {
            guard let object = operation.object else { continue }
            if case .erase = operation, let own = parts[shown[object]], reading.parts.allSatisfy({ part in own.contains { $0.isCalled(part.part) } }) {
                gone[object] = own
                continue
            }
            if let part = parts[shown[object]]?.first { throw PainterError.partKept(command: command, part: part.label, whole: part.className) }
            changed.insert(vocabulary.classes[known[object].classIndex])
        }
        try NamedPart.check(reading, changed: changed, command: command)
        let asksToErase = CommandWords.asksToErase(reading.text)
        var isNamedAtAll = reading.mentioned.isEmpty
        var edit = try SceneChanges(answer, confidences, known, scene, of: self, seed: own, options, parts: gone)
        for index in edit.steps.indices {
            let object = edit.subjects[index].map { objects[shown[$0]].confidence } ?? 1
            edit.steps[index].confidence *= object
            guard let subject = edit.subjects[index], gone[subject] == nil else {
                isNamedAtAll = true
                continue
            }
            let className = objects[shown[subject]].className
            let isNamed = named.isEmpty ? reading.canBeAbout(className) : reading.mentioned.contains(className)
            if !isNamed { edit.steps[index].confidence *= Self.unnamedSureness } else { isNamedAtAll = true }
            if edit.steps[index].verb == "erase", !asksToErase || reading.isOneTooMany(edit.steps[index], of: edit.steps) {
                edit.steps[index].confidence = min(edit.steps[index].confidence, Self.unaskedSureness)
            }
        }
        // "Do it all the same" is no advice where nothing asks for it, nor where what is named is not there.
        guard sureness == 0 || isNamedAtAll || edit.steps.isEmpty else { throw PainterError.nothingNamed(command: command, found: objects.map(\.className)) }
        let unasked = edit.steps.indices.filter { index in edit.steps[index].verb == "erase" && !asksToErase && edit.subjects[index].map { gone[$0] == nil } ?? true }
        guard sureness == 0 || unasked.isEmpty || unasked.count < edit.steps.count else { throw PainterError.notUnderstood(command: command) }
        try EditStep.check(edit.steps, sureness: sureness, command: command)
        guard !edit.edits.isEmpty || edit.undone.isEmpty else { throw PainterError.noRoom(command: command, steps: edit.undone) }
        var notices = reading.notices + edit.undone.map { "there is no room to \($0) as the command says" }
        if answer.isCrowded { notices.append("there is no room for all that the command says: what is new went elsewhere") }
        notices += reading.doubts(of: edit.steps, found: objects.map(\.className))
        return Edited(
            scene: scene.applying(edit.edits), edits: edit.edits, steps: edit.steps, found: objects.map(\.className), notices: notices, seed: own)
    }
}

/// The changes that operations make to a scene, new strokes drawn.
struct SceneChanges {
    private(set) var edits: [SceneEdit] = []
    var steps: [Painter.EditStep] = []
    /// The object of each step, by its place among the known ones; nil for a new one.
    private(set) var subjects: [Int?] = []
    /// What could not be done, since there is no room: "move the cat". These are no steps.
    private(set) var undone: [String] = []

    /// - Parameter parts: what alone goes of an object that is erased, by its place among the known ones.
    init(
        _ answer: CommandGrammar, _ confidences: [Double], _ known: [CanvasObject], _ scene: Scene, of painter: Painter, seed: UInt64, _ options: DrawingOptions,
        parts: [Int: [LabelledParts.Part]] = [:]
    ) throws {
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: scene.strokes, enlarges: false), classes = painter.vocabulary.classes
        // After each operation; of an object that is changed twice, the last is where it stays.
        let boxAfter = Dictionary(answer.newBoxes.map { ($0.operation, $0.box) }, uniquingKeysWith: { $1 }), lastBox = Dictionary(answer.newBoxes.map { ($0.object, $0.box) }, uniquingKeysWith: { $1 })
        let shapes = try painter.part(.planner).shapes
        // New strokes, all objects and candidates side by side.
        var orders: [(step: Int, order: SketchTask.Order)] = [], added = known.count
        for (step, operation) in answer.operations.enumerated() {
            func order(_ classIndex: Int, _ box: GridBox?) {
                guard let box else { return }
                let style = painter.styles.style(of: classes[classIndex], asked: options.style)
                orders.append((step, SketchTask.Order(classIndex: classIndex, style: style, detail: options.detail, box: box)))
            }
            switch operation {
            case .add(let classIndex, _, _):
                order(classIndex, lastBox[added])
                added += 1
            case .replace(let object, let classIndex):
                let own = ShapeTable.fitted(known[object].box, to: shapes[classIndex])
                order(classIndex, lastBox[object].map { own.carried(from: known[object].box, to: $0) } ?? own)
            case .redraw(let object): order(known[object].classIndex, lastBox[object] ?? known[object].box)
            case .erase, .move, .resize: break
            }
        }
        let each = max(options.candidates, 1)
        let sketches = try painter.sketch(orders.flatMap { step, order in
            (0..<each).map { SketchTask(order, seed: RandomSource.derive(seed, UInt64(step) + 1, UInt64($0)), sampling: options.sampling, of: painter) }
        }, guidance: options.guidance)
        var drawn: [Int: Scene] = [:]
        for (place, (step, order)) in orders.enumerated() {
            guard let sketch = painter.best(Array(sketches[place * each..<(place + 1) * each]), classIndex: order.classIndex, box: order.box.box) else { continue }
            drawn[step] = Self.object(classes[order.classIndex], fitted(sketch.strokes, to: order.box.box), frame, scene)
        }

        // Moves first, then additions at the end, then replacements, then what goes: so the indices of what is still to come are easy to tell.
        var now = known.map(\.box), centers = known.map { object in Box.of(object.strokes.map { scene.strokes[$0] })?.center }, redrawn = Set<Int>(), called = known.map { classes[$0.classIndex] }
        var moves: [SceneEdit] = [], additions: [SceneEdit] = [], replacements: [(strokes: Set<Int>, scene: Scene)] = [], gone = Set<Int>()
        for (step, operation) in answer.operations.enumerated() {
            var verb = "", className = "", subject: Int?, part: Set<Int>?
            func own(_ object: Int) -> Set<Int> { Set(known[object].strokes) }
            switch operation {
            case .erase(let object):
                (verb, className, subject) = ("erase", parts[object]?.map(\.name).joined(separator: ", ") ?? classes[known[object].classIndex], object)
                part = parts[object].map { Set($0.flatMap(\.strokes)) }
                gone.formUnion(part ?? own(object))
            case .move(let object, _):
                (verb, className, subject) = ("move", called[object], object)
                if answer.unplaced.contains(step) {
                    undone.append("move the \(className)")
                    continue
                }
                guard let box = boxAfter[step], !redrawn.contains(object) else { break }
                let by = frame.originalVector(Self.middle(box) - Self.middle(now[object]))
                moves.append(.move(own(object), dx: by.x, dy: by.y))
                (now[object], centers[object]) = (box, centers[object].map { $0 + by })
            case .resize(let object, _):
                (verb, className, subject) = ("resize", called[object], object)
                if answer.unplaced.contains(step) {
                    undone.append("resize the \(className)")
                    continue
                }
                guard let box = boxAfter[step], let center = centers[object], !redrawn.contains(object) else { break }
                let old = now[object], by = frame.originalVector(Self.middle(box) - Self.middle(old))
                func factor(_ new: Int, _ before: Int) -> Double { Double(max(new, 1)) / Double(max(before, 1)) }
                let across = factor(box.width, old.width), down = factor(box.height, old.height)
                // Grid steps are coarse: where both sides change, they change alike.
                let isAlike = box.width != old.width && box.height != old.height, one = factor(box.longestSide, old.longestSide)
                moves.append(.transform(own(object), StrokeMove(
                    scaleX: isAlike ? one : across, scaleY: isAlike ? one : down, about: center, dx: by.x, dy: by.y)))
                (now[object], centers[object]) = (box, center + by)
            case .replace(let object, let classIndex):
                (verb, className, subject) = ("replace", classes[classIndex], object)
                guard let scene = drawn[step] else {
                    undone.append("draw the \(className)")
                    continue
                }
                redrawn.insert(object)                          // drawn where it ends
                called[object] = className
                replacements.append((own(object), scene))
            case .redraw(let object):
                (verb, className, subject) = ("redraw", classes[known[object].classIndex], object)
                guard let scene = drawn[step] else {
                    undone.append("draw the \(className)")
                    continue
                }
                redrawn.insert(object)
                replacements.append((own(object), scene))
            case .add(let classIndex, _, _):
                (verb, className) = ("add", classes[classIndex])
                if let scene = drawn[step] { additions.append(.append(scene)) }
            }
            steps.append(Painter.EditStep(verb: verb, className: className, strokes: part?.sorted() ?? subject.map { known[$0].strokes } ?? [], confidence: confidences[step]))
            subjects.append(subject)
        }
        edits = moves + additions
        var place: (Int) -> Int? = { $0 }                       // nil: gone already, with another object that has it too
        for (strokes, new) in replacements {
            let there = Set(strokes.compactMap(place)), before = place, count = new.strokes.count
            guard let first = there.min() else { continue }
            edits.append(.replace(there, by: new))
            place = { old in
                guard let index = before(old), !there.contains(index) else { return nil }
                return index < first ? index : index - there.count { $0 < index } + count
            }
        }
        let left = Set(gone.compactMap(place))
        if !left.isEmpty { edits.append(.remove(left)) }
    }

    /// A new object in the scene's own coordinates.
    private static func object(_ className: String, _ strokes: [Stroke], _ frame: CanvasFrame, _ scene: Scene) -> Scene {
        let unit = scene.unit
        let placed = strokes.map { stroke in
            Stroke(stroke.points.map { point in
                let there = frame.original(point)
                return Point(x: (there.x * unit).rounded() / unit, y: (there.y * unit).rounded() / unit)
            })
        }
        var addition = Scene(width: scene.width, height: scene.height, strokes: placed)
        addition.objects = [addition.object(className, strokes: Array(placed.indices), confidence: nil)]
        return addition
    }

    private static func middle(_ box: GridBox) -> Point { box.box.center }
}

extension GridBox {
    /// This box where another one, which it stood for, was moved to and resized.
    fileprivate func carried(from old: GridBox, to new: GridBox) -> GridBox {
        let last = SketchVocabulary.gridSteps - 1
        func side(_ start: Int, _ length: Int, _ oldStart: Int, _ oldLength: Int, _ newStart: Int, _ newLength: Int) -> (Int, Int) {
            let own = min(max(1, length * max(newLength, 1) / max(oldLength, 1)), last)
            // The middles move alike: in half steps.
            let from = (2 * start + length + (2 * newStart + newLength) - (2 * oldStart + oldLength) - own) / 2
            return (min(max(0, from), last - own), min(max(0, from), last - own) + own)
        }
        let (x0, x1) = side(x0, width, old.x0, old.width, new.x0, new.width), (y0, y1) = side(y0, height, old.y0, old.height, new.y0, new.height)
        return GridBox(x0: x0, y0: y0, x1: x1, y1: y1)
    }
}

private func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
private func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }

extension CanvasFrame {
    /// A difference of two places of the standard canvas in the scene's own units.
    func originalVector(_ difference: Point) -> Point {
        let from = original(Point(x: 0, y: 0)), to = original(difference)
        return Point(x: to.x - from.x, y: to.y - from.y)
    }
}
