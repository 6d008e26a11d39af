import Sketches
import Tensors

/// One thing that a command does. Objects are indices into the canvas's.
package enum EditOperation: Sendable, Equatable {
    case erase(Int)
    case move(Int, [EditTarget])
    /// Relative to itself: `small` is smaller, `wide` wider.
    case resize(Int, SizeWord)
    case replace(Int, classIndex: Int)
    case redraw(Int)
    case add(classIndex: Int, size: SizeWord?, targets: [EditTarget])

    /// The object that is changed; none for one that is added.
    package var object: Int? {
        switch self {
        case .erase(let object), .move(let object, _), .resize(let object, _), .replace(let object, _), .redraw(let object): object
        case .add: nil
        }
    }
}

/// Where something is moved or added.
package enum EditTarget: Sendable, Equatable {
    /// What it shall be to another object: "to the right of the tree".
    case relation(RelationKind, Int)
    case place(PlaceWord)
    /// From where it is: "a bit to the left" (`leftOf`), "up" (`above`).
    case toward(RelationKind)
}

/// What an object alone is among those of its class: what tells it from them in a word or two, and in a token.
package enum ObjectSign: Sendable, Hashable {
    /// The largest or smallest, clearly.
    case size(SizeWord)
    /// The last one to a side, clearly.
    case side(RelationKind)
    /// The only one there.
    case place(PlaceWord)

    package func token(_ v: SketchVocabulary) -> Int {
        switch self {
        case .size(let word): v.size(word)
        case .side(let kind): v.relation(kind)
        case .place(let place): v.place(place)
        }
    }
}

/// How a command names an object: by its class, and perhaps by a sign.
package struct ObjectName: Sendable, Hashable {
    package var sign: ObjectSign?

    package init(sign: ObjectSign? = nil) { self.sign = sign }
}

/// A command in words and what it does: made for training and evaluation, never used to answer one.
///
/// - What a command names is told by the drawing as it is before the command, and named clearly: no two objects fit the words, or it is one of several, whichever: the first.
/// - Each object is changed by one operation, or by two that follow each other (resized and moved, in either order; drawn anew or another's place taken, then one of these), and nothing is placed by an
///   object that the same command changes.
/// - Operations come in the order of the words; objects of a group by index.
package struct EditCommand: Sendable, Equatable {
    package var text: String
    /// None when the drawing holds nothing of the kind.
    package var operations: [EditOperation]
    /// Of each operation, how its words name objects, by index; those that are not named ("everything") are not there.
    package var names: [[Int: ObjectName]]

    package init(text: String, operations: [EditOperation], names: [[Int: ObjectName]] = []) {
        (self.text, self.operations) = (text, operations)
        self.names = names.isEmpty ? operations.map { _ in [:] } : names
    }

    /// Ascending indices of the objects to erase.
    package var erased: [Int] { operations.compactMap { if case .erase(let object) = $0 { object } else { nil } }.sorted() }

    /// Least ratio of longest sides, and least difference of centres in grid steps, for "the small cat", "the left cat" to be clear.
    package static let clearRatio = 1.2, clearSteps = 4

    package enum Verb: Sendable, CaseIterable { case erase, move, resize, replace, redraw, add }

    /// A command for a drawing of these objects, one of very many.
    /// - Parameter verbs: what it may do.
    package static func random(_ objects: [CanvasObject], classes: [String], verbs: Set<Verb> = Set(Verb.allCases), _ r: inout RandomSource) -> EditCommand {
        var writer = EditWriter(objects, classes: classes, verbs: verbs, r)
        let command = writer.command()
        r = writer.r
        return command
    }

    /// A command that only erases.
    package static func erasing(_ objects: [CanvasObject], classes: [String], _ r: inout RandomSource) -> EditCommand {
        random(objects, classes: classes, verbs: [.erase], &r)
    }
}
