import Sketches
import Tensors

/// One training text: token ids, and for each the weight of the loss that predicts it (0: given, not learnt).
package struct PainterDocument: Sendable, Equatable {
    package var tokens: [Int32] = []
    package var weights: [Float] = []

    package mutating func append(_ ids: [Int], weight: Float) {
        tokens += ids.map(Int32.init)
        weights += [Float](repeating: weight, count: ids.count)
    }
}

/// The tasks of one Painter, as documents. What the user gives has weight 0, what the model must write has weight 1.
package struct PainterDocuments: Sendable {
    package enum Task: String, CaseIterable, Sendable, Codable { case draw, edit, complete }

    package let codec: SketchCodec
    package init(codec: SketchCodec) { self.codec = codec }
    private var v: SketchVocabulary { codec.vocabulary }

    // MARK: the beginnings, shared with generation

    package func drawPrompt(_ text: String) -> [Int] { [v.begin, v.draw] + v.text(text) + [v.plan] }
    package func canvasPrompt(_ strokes: [Stroke], tolerance: Double = SketchCodec.tolerance) -> [Int] {
        [v.begin, v.canvas] + codec.canvas(strokes, tolerance: tolerance) + [v.detect]
    }
    package func erasePrompt(_ command: String) -> [Int] { [v.erase] + v.text(command) + [v.answer] }
    package func completePrompt(_ strokes: [Stroke], text: String) -> [Int] {
        [v.begin, v.complete] + v.text(text) + [v.canvas] + codec.canvas(strokes) + [v.plan]
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

    /// A canvas without ids, the objects found on it (left to right), then erase commands with their answers.
    package func edit(_ scene: ComposedScene, commands: Int, classes: [String], _ r: inout RandomSource) -> PainterDocument? {
        let canvas = ShuffledCanvas(scene, &r)
        guard canvas.strokes.count <= SketchVocabulary.pointerCount else { return nil }
        var document = PainterDocument()
        document.append(canvasPrompt(canvas.strokes), weight: 0)
        document.append(objectList(canvas.objects), weight: 1)
        for _ in 0..<commands {
            let command = EraseCommand.random(canvas.objects, classes: classes, &r)
            document.append(erasePrompt(command.text), weight: 0)
            document.append(eraseAnswer(command.erased, objects: canvas.objects), weight: 1)
        }
        document.append([v.end], weight: 1)
        return document
    }

    /// Found objects: id, class, box, pointers each.
    package func objectList(_ objects: [CanvasObject]) -> [Int] {
        objects.enumerated().flatMap { index, object in
            [v.object(index), v.classToken(object.classIndex)] + codec.box(object.box) + object.strokes.map(v.pointer)
        }
    }

    /// The answer to a command: each erased object's id, then its pointers.
    package func eraseAnswer(_ erased: [Int], objects: [CanvasObject]) -> [Int] {
        erased.flatMap { [v.object($0)] + objects[$0].strokes.map(v.pointer) }
    }

    /// The first strokes of an object, then its class, whole box, and all strokes: the given ones again, the missing ones learnt.
    package func complete(_ object: ComposedScene.Object, given: Int, text: String) -> PainterDocument {
        var document = PainterDocument()
        document.append(completePrompt(Array(object.strokes.prefix(given)), text: text), weight: 0)
        let head = [v.object(0), v.classToken(object.classIndex), v.boxes, v.object(0)] + codec.box(object.box)
        document.append(head + [v.strokes, v.object(0), v.classToken(object.classIndex)], weight: 1)
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
}

/// The strokes of a scene in any order, without ids, and the truth about them.
package struct ShuffledCanvas: Sendable {
    package var strokes: [Stroke] = []
    /// Left to right by centre, then top to bottom.
    package var objects: [CanvasObject]

    package init(_ scene: ComposedScene, _ r: inout RandomSource) {
        var all = scene.objects.enumerated().flatMap { index, object in object.strokes.map { (stroke: $0, owner: index) } }
        all.shuffle(using: &r)
        strokes = all.map(\.stroke)
        let own = scene.objects.enumerated().map { index, object in
            CanvasObject(classIndex: object.classIndex, box: object.box, strokes: all.indices.filter { all[$0].owner == index })
        }
        objects = own.sorted { ($0.box.x0 + $0.box.x1, $0.box.y0 + $0.box.y1) < ($1.box.x0 + $1.box.x1, $1.box.y0 + $1.box.y1) }
    }
}
