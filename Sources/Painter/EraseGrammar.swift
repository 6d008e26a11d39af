import Language
import Sketches

/// The grammar of an answer to an erase command: ids of objects in order, each followed by exactly its own pointers.
///
/// `groups` are the objects that the command's words leave open, those of one class together; of each group the model chooses at least
/// one. What a command does not name can so never be erased, and nothing that it names be left out.
package struct EraseGrammar: TokenConstraint {
    private let vocabulary: SketchVocabulary
    private let objects: [CanvasObject]
    private let groups: [[Int]]
    private var forced: [Int] = []
    /// Chosen objects, ascending.
    package private(set) var erased: [Int] = []
    package private(set) var isComplete = false

    /// - Parameter groups: indices into `objects`, none in two groups.
    package init(_ vocabulary: SketchVocabulary, objects: [CanvasObject], groups: [[Int]]) {
        self.vocabulary = vocabulary
        self.objects = objects
        self.groups = groups.filter { !$0.isEmpty }
    }

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        if let next = forced.last { mask.allow(next); return }
        // Ids ascend, so a group that has nothing yet must not be passed over.
        let waiting = groups.filter { $0.allSatisfy { !erased.contains($0) } }
        let limit = waiting.compactMap { $0.max() }.min() ?? objects.count
        for index in groups.joined() where index > erased.last ?? -1 && index <= limit { mask.allow(vocabulary.object(index)) }
        if waiting.isEmpty { mask.allow(vocabulary.end) }
    }

    package mutating func accept(_ token: Int) {
        if forced.last == token { forced.removeLast(); return }
        guard vocabulary.objectIDs.contains(token) else { isComplete = true; return }
        let index = token - vocabulary.firstObject
        erased.append(index)
        forced = objects[index].strokes.reversed().map(vocabulary.pointer)
    }
}
