import Language
import Sketches

/// The grammar of what is found on a canvas: objects with class, box and the pointers of their strokes (ascending, each stroke once).
package struct DetectGrammar: TokenConstraint {
    private enum State: Equatable { case object, classOfObject, boxSide(Int), pointers, finished }

    private let vocabulary: SketchVocabulary
    private let strokeCount: Int
    private var state = State.object
    private var free: Set<Int>
    private var sides: [Int] = []
    package private(set) var objects: [CanvasObject] = []

    /// - Parameter strokeCount: strokes on the canvas, at most `SketchVocabulary.pointerCount`.
    package init(_ vocabulary: SketchVocabulary, strokeCount: Int) {
        self.vocabulary = vocabulary
        self.strokeCount = strokeCount
        free = Set(0..<strokeCount)
    }

    package var isComplete: Bool { state == .finished }

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        let v = vocabulary, last = SketchVocabulary.gridSteps - 1
        switch state {
        case .object: mask.allow(v.object(objects.count))
        case .classOfObject: mask.allow(v.classIDs)
        case .boxSide(0): mask.allow(v.xIDs)
        case .boxSide(1): mask.allow(v.yIDs)
        case .boxSide(2): mask.allow(v.x(sides[0])..<v.x(last) + 1)
        case .boxSide: mask.allow(v.y(sides[1])..<v.y(last) + 1)
        case .pointers:
            let own = objects[objects.count - 1].strokes
            for stroke in free where stroke > own.last ?? -1 { mask.allow(v.pointer(stroke)) }
            if !own.isEmpty {
                if free.isEmpty || objects.count == SketchVocabulary.objectCount { mask.allow(v.end); mask.allow(v.erase) }
                else { mask.allow(v.object(objects.count)); mask.allow(v.end); mask.allow(v.erase) }
            }
        case .finished: mask.allow(v.end)
        }
    }

    package mutating func accept(_ token: Int) {
        let v = vocabulary
        switch state {
        case .object: state = .classOfObject
        case .classOfObject:
            objects.append(CanvasObject(classIndex: token - v.firstClass, box: GridBox(x0: 0, y0: 0, x1: 0, y1: 0), strokes: []))
            sides = []
            state = .boxSide(0)
        case .boxSide(let side):
            sides.append(token - (side.isMultiple(of: 2) ? v.firstX : v.firstY))
            state = side < 3 ? .boxSide(side + 1) : .pointers
            if side == 3 { objects[objects.count - 1].box = GridBox(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3]) }
        case .pointers:
            if v.pointerIDs.contains(token) {
                objects[objects.count - 1].strokes.append(token - v.firstPointer)
                free.remove(token - v.firstPointer)
            } else if v.objectIDs.contains(token) { state = .classOfObject }
            else { state = .finished }
        case .finished: break
        }
    }
}

/// The grammar of an answer to an erase command: ids of found objects in order, each followed by exactly its own pointers.
///
/// `candidates` are the objects that the command's words leave open (of a class that it names, or of none that it excepts); the model
/// chooses among them, at least one where there are any. What a command does not name can so never be erased.
package struct EraseGrammar: TokenConstraint {
    private let vocabulary: SketchVocabulary
    private let objects: [CanvasObject]
    private let candidates: Set<Int>
    private let mustErase: Bool
    private var forced: [Int] = []
    package private(set) var erased: [Int] = []
    package private(set) var isComplete = false

    /// - Parameter candidates: nil leaves every object open, and none at all.
    package init(_ vocabulary: SketchVocabulary, objects: [CanvasObject], candidates: Set<Int>? = nil) {
        self.vocabulary = vocabulary
        self.objects = objects
        self.candidates = candidates ?? Set(objects.indices)
        mustErase = !(candidates ?? []).isEmpty
    }

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        if let next = forced.last { mask.allow(next); return }
        for index in objects.indices where index > erased.last ?? -1 && candidates.contains(index) { mask.allow(vocabulary.object(index)) }
        if mustErase, erased.isEmpty { return }
        mask.allow(vocabulary.end)
        mask.allow(vocabulary.erase)
    }

    package mutating func accept(_ token: Int) {
        if forced.last == token { forced.removeLast(); return }
        guard vocabulary.objectIDs.contains(token) else { isComplete = true; return }
        let index = token - vocabulary.firstObject
        erased.append(index)
        forced = objects[index].strokes.reversed().map(vocabulary.pointer)
    }
}
