import Sketches

/// Parts that a drawing's file labels ("wings" of a bird: ``Sketches/Stroke/part``), and which of them a command names.
///
/// Labels are told from the words that mean whole things: in a drawing with a hat of its own, "the hat" is that, whatever a snowman wears.
struct LabelledParts {
    /// One part of one object.
    struct Part: Equatable {
        /// The file's word for it, and the object's index in the scene.
        var label: String, object: Int
        /// The object's class word, and which strokes of the scene the part is.
        var className: String, strokes: Set<Int>

        /// "wings of the bird".
        var name: String { "\(label) of the \(className)" }
        /// Whether a command's word for a part is this one's, in the singular or the plural; an "eye" may be the left one.
        func isCalled(_ word: String) -> Bool { LabelledParts.forms(label).contains { $0 == word || $0.hasSuffix(" " + word) } }
    }

    private let all: [Part]

    /// The parts that a scene's objects have; none where these are not trusted.
    init(_ scene: Scene, trustsObjects: Bool = true) {
        guard trustsObjects else { all = []; return }
        let classes = Set(scene.objects.map { ClassWords.plain($0.className) })
        all = scene.objects.enumerated().flatMap { index, object -> [Part] in
            let groups = Dictionary(grouping: object.strokes.filter(scene.strokes.indices.contains)) { Self.plain(scene.strokes[$0].part ?? "") }
            return groups.keys.sorted().compactMap { label in
                // "Big bird" in a drawing of a bird is that.
                let things = Self.forms(label).flatMap { [$0, $0.split(separator: " ").last.map(String.init) ?? ""] }
                guard !label.isEmpty, classes.isDisjoint(with: things) else { return nil }
                return Part(label: label, object: index, className: object.className, strokes: Set(groups[label] ?? []))
            }
        }
    }

    /// A label as commands are read: in small letters, without marks and an article.
    private static func plain(_ label: String) -> String {
        let words = WrittenWords.split(ClassWords.plain(label))
        return words.dropFirst(["the", "a", "an"].contains(words.first) ? 1 : 0).joined(separator: " ")
    }

    /// The labels in the singular and the plural.
    var labels: Set<String> { Set(all.flatMap { Self.forms($0.label) }) }

    /// The parts that a command names, whatever they belong to.
    func named(in text: String) -> [Part] {
        let text = " " + WrittenWords.split(text).joined(separator: " ") + " "
        return all.filter { part in Self.forms(part.label).contains { text.contains(" \($0) ") } }
    }

    /// A label in the singular and the plural, whichever it has.
    private static func forms(_ label: String) -> [String] {
        var forms = [label, ClassWords.regularPlural(label)]
        for (ending, instead) in [("ves", "f"), ("ies", "y"), ("es", ""), ("s", "")] where label.hasSuffix(ending) {
            let singular = String(label.dropLast(ending.count)) + instead
            if ClassWords.regularPlural(singular) == label { forms.append(singular) }
        }
        return forms
    }
}
