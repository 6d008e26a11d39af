import Sketches

/// A relation between two objects of a scene and whether the ink bears it out, for `--json` and tables.
struct RelationReport: Encodable {
    let relation: RelationKind
    let subject, object: Int
    let subjectClass, objectClass: String
    let holds: Bool

    init(_ relation: Relation, in scene: Scene) {
        func name(_ index: Int) -> String { scene.objects.indices.contains(index) ? scene.objects[index].className : "?" }
        self.relation = relation.kind
        (subject, object) = (relation.subject, relation.object)
        (subjectClass, objectClass) = (name(subject), name(object))
        holds = scene.holds(relation)
    }

    /// "cat 1 left of house 2": classes with their places in the list of objects, counted from 1.
    var sentence: String { "\(subjectClass) \(subject + 1) \(Self.verb(relation)) \(objectClass) \(object + 1)" }

    private static func verb(_ kind: RelationKind) -> String { "is \(kind.rawValue)" }
}

extension SceneObject {
    /// "cat (5 strokes)", for notes.
    var brief: String { "\(className) (\(strokes.count) stroke\(strokes.count == 1 ? "" : "s"))" }
}

/// "1 stroke", "2 strokes".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A list for a sentence, or a word for none.
func listed(_ words: [String], none: String = "nothing") -> String { words.isEmpty ? none : words.joined(separator: ", ") }

/// One document for a batch.
struct BatchReport<Result: Encodable>: Encodable {
    /// The file written; nil where none was.
    let file: String?
    let failed: Int
    let results: [Result]
}
