import Sketches
import Tensors

/// One training text: token ids, and for each the weight of the loss that predicts it (0: given, not learnt).
package struct PainterDocument: Sendable, Equatable {
    package var tokens: [Int32] = []
    package var weights: [Float] = []

    /// One token decides about a whole stroke or object where a point is one of hundreds: these count for more.
    package static let labelWeight: Float = 6, classWeight: Float = 8

    package mutating func append(_ ids: [Int], weight: Float) {
        tokens += ids.map(Int32.init)
        weights += [Float](repeating: weight, count: ids.count)
    }
}

/// The tasks of one Painter, as documents. What the user gives has weight 0, what the model must write more.
package struct PainterDocuments: Sendable {
    package enum Task: String, CaseIterable, Sendable, Codable { case draw, edit, complete }

    package let codec: SketchCodec
    package init(codec: SketchCodec) { self.codec = codec }
    private var v: SketchVocabulary { codec.vocabulary }

    // MARK: the beginnings, shared with generation

    package func drawPrompt(_ text: String) -> [Int] { [v.begin, v.draw] + v.text(text) + [v.plan] }
    /// - Parameter strokes: in reading order.
    package func canvasPrompt(_ strokes: [Stroke], tolerance: Double = SketchCodec.tolerance) -> [Int] {
        [v.begin, v.canvas] + codec.canvas(strokes, tolerance: tolerance) + [v.detect]
    }
    /// Asks which object a stroke belongs to: its pointer, its box once more, the objects begun that are nearest to it, and how near.
    /// The answer is an object's id.
    package func strokeQuery(_ index: Int, _ stroke: Stroke, near: [(object: Int, steps: Int)]) -> [Int] {
        [v.pointer(index)] + (stroke.box.map { codec.box(GridBox($0)) } ?? []) + near.flatMap { [v.object($0.object), v.x($0.steps)] }
    }
    /// An object as found, to be named: its box, and its strokes again in the frame of that box. The answer is its class.
    package func closeUp(_ index: Int, _ strokes: [Stroke], tolerance: Double = SketchCodec.tolerance) -> [Int] {
        guard let ink = Box.of(strokes) else { return [v.object(index)] }
        return [v.object(index)] + codec.box(GridBox(ink)) + codec.sketch(strokes, in: ink, tolerance: tolerance)
    }
    package func erasePrompt(_ command: String) -> [Int] { [v.erase] + v.text(command) + [v.answer] }
    /// The strokes are of one object: a box around all of them, and points in it.
    package func completePrompt(_ strokes: [Stroke], text: String) -> [Int] {
        let ink = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
        return [v.begin, v.complete] + v.text(text) + [v.canvas] + codec.box(GridBox(ink)) + codec.sketch(strokes, in: ink) + [v.plan]
    }

    // MARK: whole documents

    /// Prompt, plan (objects, relations, boxes), then each object's strokes.
    package func draw(_ scene: ComposedScene) -> PainterDocument {
        var document = PainterDocument()
        document.append(drawPrompt(scene.prompt), weight: 0)
        var answer: [Int] = []
        for (index, object) in scene.objects.enumerated() { answer += [v.object(index), v.classToken(object.classIndex)] }
        for relation in scene.relations { answer += [v.relation(relation.kind), v.object(relation.subject), v.object(relation.object)] }
        answer.append(v.boxes)
        for (index, object) in scene.objects.enumerated() { answer += [v.object(index)] + codec.box(object.box) }
        answer.append(v.strokes)
        for (index, object) in scene.objects.enumerated() {
            answer += [v.object(index), v.classToken(object.classIndex)] + codec.sketch(object.strokes, in: object.box.box) + [v.objectEnd]
        }
        document.append(answer + [v.end], weight: 1)
        return document
    }

    /// A canvas without ids, the object of each stroke, the class of each object, then erase commands with their answers.
    /// - Parameter length: the most tokens; a fuller canvas is copied more coarsely, and nil where that does not help.
    package func edit(_ scene: ComposedScene, commands: Int, classes: [String], length: Int, _ r: inout RandomSource) -> PainterDocument? {
        let canvas = ReadCanvas(scene)
        guard canvas.strokes.count <= SketchVocabulary.pointerCount, canvas.objects.count <= SketchVocabulary.objectCount else { return nil }
        let asked = (0..<commands).map { _ in EraseCommand.random(canvas.objects, classes: classes, &r) }
        for tolerance in SketchCodec.canvasTolerances {
            let document = edit(canvas, asked, tolerance)
            if document.tokens.count <= length { return document }
        }
        return nil
    }

    private func edit(_ canvas: ReadCanvas, _ asked: [EraseCommand], _ tolerance: Double) -> PainterDocument {
        var document = PainterDocument()
        document.append(canvasPrompt(canvas.strokes, tolerance: tolerance), weight: 0)
        let proximity = StrokeProximity(canvas.strokes)
        for (index, stroke) in canvas.strokes.enumerated() {
            document.append(strokeQuery(index, stroke, near: proximity.nearest(to: index, owners: canvas.owners[..<index])), weight: 0)
            document.append([v.object(canvas.owners[index])], weight: index == 0 ? 0 : PainterDocument.labelWeight)
        }
        for (index, object) in canvas.objects.enumerated() {
            document.append(closeUp(index, object.strokes.map { canvas.strokes[$0] }, tolerance: tolerance), weight: 0)
            document.append([v.classToken(object.classIndex)], weight: PainterDocument.classWeight)
        }
        for command in asked {
            document.append(erasePrompt(command.text), weight: 0)
            for index in command.erased {
                document.append([v.object(index)], weight: PainterDocument.labelWeight)
                document.append(canvas.objects[index].strokes.map(v.pointer), weight: 0)
            }
            document.append([v.end], weight: 1)
        }
        return document
    }

    /// The first strokes of an object, then its class, whole box, and all strokes: the given ones again, the missing ones learnt.
    package func complete(_ object: ComposedScene.Object, given: Int, text: String) -> PainterDocument {
        var document = PainterDocument()
        document.append(completePrompt(Array(object.strokes.prefix(given)), text: text), weight: 0)
        document.append([v.object(0)], weight: 0)
        document.append([v.classToken(object.classIndex)], weight: text.isEmpty ? PainterDocument.classWeight : 1)
        document.append([v.boxes, v.object(0)] + codec.box(object.box) + [v.strokes, v.object(0), v.classToken(object.classIndex)], weight: 1)
        document.append(codec.sketch(Array(object.strokes.prefix(given)), in: object.box.box), weight: 0)
        document.append(codec.sketch(Array(object.strokes.dropFirst(given)), in: object.box.box) + [v.objectEnd, v.end], weight: 1)
        return document
    }
}

/// An object on a canvas: which of the canvas's strokes are its own.
package struct CanvasObject: Sendable, Equatable {
    package var classIndex: Int
    package var box: GridBox
    /// Ascending indices into the canvas.
    package var strokes: [Int]

    package init(classIndex: Int, box: GridBox, strokes: [Int]) { (self.classIndex, self.box, self.strokes) = (classIndex, box, strokes) }
}

/// The strokes of a composed scene as a `CanvasWindow` of its strokes would have them, and the truth about them.
package struct ReadCanvas: Sendable {
    package var strokes: [Stroke]
    /// The object of each stroke.
    package var owners: [Int]
    /// In the order of their first strokes.
    package var objects: [CanvasObject]

    package init(_ scene: ComposedScene) {
        let frame = CanvasFrame(width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, strokes: scene.objects.flatMap(\.strokes))
        let all = scene.objects.enumerated().flatMap { index, object in object.strokes.map { (stroke: frame.standard($0), owner: index) } }
        let order = StrokeProximity(all.map(\.stroke)).readingOrder()
        strokes = order.map { all[$0].stroke }
        var place: [Int: Int] = [:]                              // from the scene's order of objects to ours
        owners = []
        objects = []
        for (index, from) in order.enumerated() {
            let owner = all[from].owner
            if place[owner] == nil {
                place[owner] = objects.count
                let ink = Box.of(scene.objects[owner].strokes.map(frame.standard)).map(GridBox.init)
                objects.append(CanvasObject(classIndex: scene.objects[owner].classIndex, box: ink ?? scene.objects[owner].box, strokes: []))
            }
            let own = place[owner] ?? 0
            owners.append(own)
            objects[own].strokes.append(index)
        }
    }
}

/// The strokes of a composed scene in any order, as a file would have them, and the truth about them.
package struct ShuffledCanvas: Sendable {
    package var strokes: [Stroke]
    package var objects: [CanvasObject]

    package init(_ scene: ComposedScene, _ r: inout RandomSource) {
        let all = scene.objects.enumerated().flatMap { index, object in object.strokes.map { (stroke: $0, owner: index) } }.shuffled(using: &r)
        strokes = all.map(\.stroke)
        objects = scene.objects.enumerated().map { index, object in
            CanvasObject(classIndex: object.classIndex, box: object.box, strokes: all.indices.filter { all[$0].owner == index })
        }
    }
}
