import Language
import Sketches
import Tensors

/// The tasks of a Painter, as documents. What the user gives has weight 0, what the model must write more.
///
///     plan      <begin><draw> text <plan> ⟨<o1><class cat><small><top left> … <left of><class cat><o1><class dog><o2> … <row> <boxes><o1> x y x y …⟩ <end>
///     sketch    <begin><sketch><doodle><d3><good><class cat> w h <strokes> ⟨x y x y … <up> … </object>⟩
///     canvas    <begin><canvas> strokes <detect> each stroke's ⟨object⟩
///     name      <begin><detect> w h <strokes> x y x y … <up> … <answer> ⟨<class cat>⟩
///     group     the same of strokes that may be no whole object: ⟨<class cat>⟩, or ⟨<any>⟩ where some are missing or others are among them
///     command   <begin><edit> <o1><class cat> x y x y … text <answer> ⟨<erase><o1> <move><o2><left of><o1> … <boxes><o2> x y x y …⟩ <end>
///     complete  <begin><complete> box and strokes <plan> <o1> ⟨class⟩ <boxes> <o1> ⟨whole box⟩; it goes on as a sketch of that class in that box
///     word      <begin><draw> text <plan> <o1> ⟨<class cat>⟩
///     text      an instruction as a language model is given it, ⟨what it wrote⟩ (`InstructionForm`); no sketch tokens
///
/// An object is sketched, and named, in a document of its own: what the other objects look like says nothing about it, objects and candidates can
/// be drawn side by side, and a class is learnt from a hundred tokens where a canvas has six.
package struct PainterDocuments: Sendable {
    package enum Task: String, CaseIterable, Sendable, Codable {
        case word, plan, command, sketch, canvas, name, group, complete, text

        /// The decoder that does it.
        package var role: PainterRole {
            switch self {
            case .word, .plan, .command, .text: .planner
            case .sketch: .sketcher
            case .canvas, .name, .group, .complete: .reader
            }
        }
    }

    /// One token decides about a whole stroke or object where a point is one of hundreds: these count for more.
    package static let labelWeight: Float = 6, classWeight: Float = 16
    /// What a plan names, where its boxes go, and where a sketch stops.
    package static let specWeight: Float = 3, boxWeight: Float = 0.75, endWeight: Float = 2

    package let codec: SketchCodec
    package init(codec: SketchCodec) { self.codec = codec }
    private var v: SketchVocabulary { codec.vocabulary }

    // MARK: the beginnings, shared with generation

    package func planPrompt(_ text: String) -> [Int] { [v.begin, v.draw] + v.text(text) + [v.plan] }
    /// - Parameters:
    ///   - classIndex: nil: a class that is not told, for guidance.
    ///   - shape: width and height, in any unit.
    package func sketchPrompt(_ classIndex: Int?, style: SketchStyle, detail: SketchDetail, quality: SketchQuality, shape: [Int]) -> [Int] {
        [v.begin, v.sketch, v.style(style), v.detail(detail), v.quality(quality), classIndex.map(v.classToken) ?? v.anyClass] + shape + [v.strokes]
    }
    /// - Parameter strokes: in reading order.
    package func canvasPrompt(_ strokes: [Stroke], tolerance: Double = SketchCodec.tolerance) -> [Int] {
        [v.begin, v.canvas] + codec.canvas(strokes, tolerance: tolerance) + [v.detect]
    }
    /// Asks which object a stroke belongs to: its pointer, its box once more, the objects begun that are nearest to it, and how near.
    /// The answer is an object's id.
    package func strokeQuery(_ index: Int, _ stroke: Stroke, near: [(object: Int, steps: Int)]) -> [Int] {
        [v.pointer(index)] + (stroke.box.map { codec.box(GridBox($0)) } ?? []) + near.flatMap { [v.object($0.object), v.x($0.steps)] }
    }
    /// An object seen by itself, whatever its size, to be named: its shape and its strokes in reading order. The answer is its class.
    /// - Parameter limit: the most tokens; a drawing of more is copied more coarsely, then cut.
    package func namePrompt(_ strokes: [Stroke], detail: SketchDetail = .usual, limit: Int = .max) -> [Int] {
        let read = StrokeProximity(normalized(strokes)).readingOrder().map { strokes[$0] }     // coarse copies depend on the size
        var tokens: [Int] = []
        for detail in SketchDetail.allCases.reversed().drop(while: { $0 != detail }) {
            let (shape, copy) = codec.sketch(read, detail: detail)
            tokens = [v.begin, v.detect] + shape + [v.strokes] + copy
            if tokens.count < limit { break }
        }
        return tokens.prefix(limit - 1) + [v.answer]
    }
    /// The objects of a scene by class, by what tells each from others of its class, and by box; and what is to be done with them.
    package func commandPrompt(_ objects: [CanvasObject], _ command: String) -> [Int] {
        let references = EditReferences(objects: objects)
        let told = objects.enumerated().flatMap { index, object in
            [v.object(index), v.classToken(object.classIndex)] + references.told(index).map { $0.token(v) } + codec.box(object.box)
        }
        return [v.begin, v.edit] + told + v.text(command) + [v.answer]
    }
    /// The strokes are of one object: a box around all of them, and points in it.
    package func completePrompt(_ strokes: [Stroke]) -> [Int] {
        let ink = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
        return [v.begin, v.complete] + codec.box(GridBox(ink)) + codec.sketch(strokes, in: ink) + [v.plan]
    }

    // MARK: whole documents

    /// What a sentence asks for, and boxes for it.
    /// - Parameter isCut: without the boxes, which are half of it: what is hard to learn is to understand the sentence.
    package func plan(_ scene: ComposedScene, isCut: Bool = false) -> TokenDocument {
        var document = TokenDocument()
        document.append(planPrompt(scene.prompt), weight: 0)
        for (index, object) in scene.objects.enumerated() {
            document.append([v.object(index)], weight: Self.specWeight)
            document.append([v.classToken(object.classIndex)], weight: Self.classWeight)
            document.append((object.size.map { [v.size($0)] } ?? []) + (object.place.map { [v.place($0)] } ?? []), weight: Self.specWeight)
        }
        for relation in scene.relations {
            document.append([v.relation(relation.kind)], weight: Self.specWeight)
            // Which objects are meant is the hardest to learn; their classes, written first, are in the sentence.
            for index in [relation.subject, relation.object] {
                document.append([v.classToken(scene.objects[index].classIndex), v.object(index)], weight: Self.classWeight)
            }
        }
        document.append((scene.isRow ? [v.row] : []) + [v.boxes], weight: Self.specWeight)
        if isCut { return document }
        for (index, object) in scene.objects.enumerated() { document.append([v.object(index)] + codec.box(object.box), weight: Self.boxWeight) }
        document.append([v.end], weight: 1)
        return document
    }

    /// The beginning of a plan: what the first thing is called, and its class.
    package func word(_ scene: ComposedScene) -> TokenDocument {
        var document = TokenDocument()
        document.append(planPrompt(scene.prompt) + [v.object(0)], weight: 0)
        document.append([v.classToken(scene.objects[0].classIndex)], weight: Self.classWeight)
        return document
    }

    /// One object by itself.
    package func sketch(_ classIndex: Int?, _ drawing: SceneComposer.Drawing, detail: SketchDetail) -> TokenDocument {
        var document = TokenDocument()
        let (shape, strokes) = codec.sketch(drawing.strokes, detail: detail)
        document.append(sketchPrompt(classIndex, style: drawing.style, detail: detail, quality: drawing.quality, shape: shape), weight: 0)
        document.append(strokes, weight: 1)
        document.append([v.objectEnd], weight: Self.endWeight)
        return document
    }

    /// An object and its class; nil where the strokes are no whole object.
    package func name(_ classIndex: Int?, _ strokes: [Stroke], detail: SketchDetail) -> TokenDocument {
        var document = TokenDocument()
        document.append(namePrompt(strokes, detail: detail), weight: 0)
        document.append([classIndex.map(v.classToken) ?? v.anyClass], weight: Self.classWeight)
        return document
    }

    /// A canvas without ids, and the object of each stroke.
    /// - Parameter length: the most tokens; a fuller canvas is copied more coarsely, and nil where that does not help.
    package func canvas(_ scene: ComposedScene, length: Int) -> TokenDocument? {
        let canvas = ReadCanvas(scene)
        guard canvas.strokes.count <= SketchVocabulary.pointerCount, canvas.objects.count <= SketchVocabulary.objectCount else { return nil }
        let proximity = StrokeProximity(canvas.strokes)
        for tolerance in SketchCodec.canvasTolerances {
            let document = self.canvas(canvas, proximity, tolerance)
            if document.tokens.count <= length { return document }
        }
        return nil
    }

    private func canvas(_ canvas: ReadCanvas, _ proximity: StrokeProximity, _ tolerance: Double) -> TokenDocument {
        var document = TokenDocument()
        document.append(canvasPrompt(canvas.strokes, tolerance: tolerance), weight: 0)
        for (index, stroke) in canvas.strokes.enumerated() {
            document.append(strokeQuery(index, stroke, near: proximity.nearest(to: index, owners: canvas.owners[..<index])), weight: 0)
            document.append([v.object(canvas.owners[index])], weight: index == 0 ? 0 : Self.labelWeight)
        }
        return document
    }

    /// A command about a scene's objects, the operations that it asks for, and where what is new or moved goes.
    package func command(_ objects: [CanvasObject], _ command: EditCommand, boxes: [(object: Int, box: GridBox)]) -> TokenDocument {
        var document = TokenDocument()
        document.append(commandPrompt(objects, command.text), weight: 0)
        var added = objects.count
        for (operation, names) in zip(command.operations, command.names) {
            for (token, weight) in operationTokens(operation, names, of: objects, added: added) { document.append([token], weight: weight) }
            if case .add = operation { added += 1 }
        }
        if !boxes.isEmpty {
            document.append([v.boxes], weight: Self.specWeight)
            for (object, box) in boxes { document.append([v.object(object)] + codec.box(box), weight: Self.boxWeight) }
        }
        document.append([v.end], weight: Self.specWeight)
        return document
    }

    /// An operation's tokens and what they weigh. An object comes after its name, if it has one in the words: its class, and the sign that tells it
    /// from others of the class. Which object is meant is the hardest to learn, and few tokens of many.
    /// - Parameter added: the id of an object that the operation adds.
    private func operationTokens(_ operation: EditOperation, _ names: [Int: ObjectName], of objects: [CanvasObject], added: Int) -> [(token: Int, weight: Float)] {
        func plain(_ tokens: Int...) -> [(Int, Float)] { tokens.map { ($0, Self.specWeight) } }
        func told(_ object: Int) -> [(Int, Float)] {
            let name = names[object].map { [v.classToken(objects[object].classIndex)] + ($0.sign.map { [$0.token(v)] } ?? []) } ?? []
            return (name + [v.object(object)]).map { ($0, Self.classWeight) }
        }
        func targets(_ targets: [EditTarget], of object: Int) -> [(Int, Float)] {
            targets.flatMap { target in
                switch target {
                case .relation(let kind, let other): plain(v.relation(kind)) + told(other)
                case .place(let place): plain(v.place(place))
                case .toward(let kind): plain(v.relation(kind), v.object(object))       // of where it was
                }
            }
        }
        return switch operation {
        case .erase(let object): plain(v.erase) + told(object)
        case .move(let object, let to): plain(v.move) + told(object) + targets(to, of: object)
        case .resize(let object, let size): plain(v.resize) + told(object) + plain(v.size(size))
        case .replace(let object, let classIndex): plain(v.replace) + told(object) + plain(v.classToken(classIndex))
        case .redraw(let object): plain(v.redraw) + told(object)
        case .add(let classIndex, let size, let to):
            plain(v.add, v.object(added), v.classToken(classIndex)) + (size.map { plain(v.size($0)) } ?? []) + targets(to, of: added)
        }
    }

    /// The first strokes of an object, then its class and whole box.
    package func complete(_ object: ComposedScene.Object, given: Int) -> TokenDocument {
        var document = TokenDocument()
        document.append(completePrompt(Array(object.strokes.prefix(given))), weight: 0)
        document.append([v.object(0)], weight: 0)
        document.append([v.classToken(object.classIndex)], weight: Self.classWeight)
        document.append([v.boxes, v.object(0)], weight: 0)
        document.append(codec.box(object.box), weight: Self.boxWeight)
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

extension [CanvasObject] {
    /// As a command's document lists them: of like things the first is the left one.
    package func fromLeftToRight() -> [CanvasObject] { sorted { $0.box.isFartherLeft(than: $1.box) } }
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
