import Sketches
import Tensors

extension Phrasebook {
    /// All that the writers of sentences and commands draw from.
    package static let prompts = Phrasebook(RelationPhrases.tables + AttributePhrases.tables + FramePhrases.tables + [FormPhrases.table] + EditPhrases.tables)
}

/// Writes the sentence for a composed scene, one of very many, and reorders its objects as the sentence mentions them.
///
/// What the sentence states is what the plan says, no more and no less:
/// - Objects come in the order of first mention; those of a group ("three ducks") side by side.
/// - A relation's subject is what is said to be somewhere (see `RelationPhrases`); left, right, above and below are as one sees the picture.
/// - What is said of a group or of coordinated things holds for each of them: "a sun above a house and a tree" is above both, "two birds above a
///   tree" are both above it, subject by subject. A thing that shares nothing is kept apart by more than a bare "and".
/// - Relations, places and sizes that could not be said clearly are left out of the plan as well.
package struct PromptWriter {
    package let classes: [String]

    /// - Parameter classes: class words by class index.
    package init(classes: [String]) { self.classes = classes }

    /// The most words of a sentence.
    private static let wordLimit = 60

    package static let numbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight"]
    /// Common words of each relation, the plainest first.
    package static let phrases: [RelationKind: [String]] = Dictionary(uniqueKeysWithValues: RelationKind.allCases.map {
        ($0, Phrasebook.prompts.texts(of: RelationPhrases.key($0) + ".plain"))
    })

    /// The scene with its sentence; objects in order of mention, relations in order of statement.
    package mutating func write(objects: [ComposedScene.Object], relations: [PlannedRelation], isRow: Bool = false, _ r: inout RandomSource) -> ComposedScene {
        let isRow = isRow && objects.count > 1
        var (facts, telling, sentence) = tell(objects, relations, isRow, &r)
        for attempt in 1..<8 where sentence.utf8.count(where: { $0 == UInt8(ascii: " ") }) >= Self.wordLimit {
            // A sentence that nobody would read to its end: another, at last one that tells less.
            (facts, telling, sentence) = tell(objects, attempt < 4 ? relations : Array(relations.prefix(relations.count / 2)), isRow, &r)
        }

        sentence = Telling.unmarked(sentence)

        // Entities as mentioned, each with its members side by side.
        let order = telling.mentioned.flatMap { facts.entities[$0].members }
        var place = [Int](repeating: 0, count: objects.count)
        for (new, old) in order.enumerated() { place[old] = new }
        var written = order.map { objects[$0] }
        for index in written.indices { written[index].place = nil }
        var stated: [PlannedRelation] = []
        for fact in telling.told {
            let subjects = facts.entities[fact.subject].members
            switch fact.predicate {
            case .relation(let kind, let other):
                for subject in subjects {
                    for object in facts.entities[other].members { stated.append(PlannedRelation(kind: kind, subject: place[subject], object: place[object])) }
                }
            case .place(let word): for subject in subjects { written[place[subject]].place = word }
            case .size: break
            }
        }
        for fact in telling.open {                                // sizes that no clause came to tell
            if case .size = fact.predicate { for member in facts.entities[fact.subject].members { written[place[member]].size = nil } }
        }
        return ComposedScene(objects: written, relations: stated, isRow: isRow, prompt: sentence)
    }

    private func tell(_ objects: [ComposedScene.Object], _ relations: [PlannedRelation], _ isRow: Bool, _ r: inout RandomSource) -> (SceneFacts, Telling, String) {
        let style = SentenceStyle(&r)
        let facts = SceneFacts(objects, relations, isRow: isRow, splitting: style.isPlain ? 0.04 : 0.1, shuffling: style.isPlain ? 0.15 : 0.3, &r)
        var telling = Telling(facts, classes: classes, style: style, r)
        let sentence = telling.sentence()
        r = telling.r
        return (facts, telling, sentence)
    }
}
