import Painter
import Sketches

/// A sentence without what varies from scene to scene: things become `#`, numbers `%`, sizes `~`, and marks go.
///
/// Two sentences with the same mask are of one form.
struct PromptMask {
    /// Words by their first one, longest first, and what stands for them.
    private var table: [String: [(words: [String], sign: String)]] = [:]

    static let shared = PromptMask()

    init() {
        for nouns in SynonymTable.nouns.values {
            for noun in nouns { for form in Set([noun.singular, noun.plural]) { add(form, "#") } }
        }
        for number in PromptWriter.numbers.dropFirst() + (1...12).map(String.init) { add(number, "%") }
        for size in SizeWord.allCases { for word in Phrasebook.prompts.texts(of: size.rawValue + ".adj") { add(word, "~") } }
        for key in table.keys { table[key]?.sort { $0.words.count > $1.words.count } }
    }

    private mutating func add(_ text: String, _ sign: String) {
        let words = WrittenWords.split(text)
        guard let first = words.first else { return }
        table[first, default: []].append((words, sign))
    }

    func callAsFunction(_ text: String) -> String {
        let words = WrittenWords.split(text.lowercased())
        var masked: [String] = [], index = 0
        while index < words.count {
            if let found = table[words[index]]?.first(where: { words[index...].starts(with: $0.words) }) {
                masked.append(found.sign)
                index += found.words.count
            } else {
                masked.append(words[index])
                index += 1
            }
        }
        return masked.joined(separator: " ")
    }
}

/// Scenes to be put in words: few objects, as the composer makes them.
struct SpokenScene {
    var objects: [ComposedScene.Object]
    var relations: [PlannedRelation] = []
    var isRow = false

    /// All classes that have words.
    static let classes = SynonymTable.nouns.keys.sorted()
    static func index(_ name: String) -> Int { classes.firstIndex(of: name) ?? 0 }

    init(_ names: [String], _ relations: [PlannedRelation] = [], isRow: Bool = false) {
        objects = names.map { ComposedScene.Object(Self.index($0)) }
        (self.relations, self.isRow) = (relations, isRow)
    }

    /// A scene by lot, of four objects at most.
    static func random(_ r: inout some RandomNumberGenerator) -> SpokenScene {
        var scene = SpokenScene([])
        let count = Int.random(in: 1...4, using: &r)
        while scene.objects.count < count {
            let again = scene.objects.randomElement(using: &r)?.classIndex
            let classIndex = Int.random(in: 0..<10, using: &r) < 2 ? again : nil
            scene.objects.append(ComposedScene.Object(classIndex ?? Int.random(in: 0..<classes.count, using: &r)))
        }
        scene.isRow = count > 1 && Int.random(in: 0..<20, using: &r) == 0
        if !scene.isRow {
            for index in scene.objects.indices.dropFirst() where Bool.random(using: &r) {
                let kind = RelationKind.allCases[Int.random(in: 0..<8, using: &r)], other = Int.random(in: 0..<index, using: &r)
                scene.relations.append(Bool.random(using: &r) ? PlannedRelation(kind, index, other) : PlannedRelation(kind, other, index))
            }
        }
        for index in scene.objects.indices {
            if Int.random(in: 0..<6, using: &r) == 0 { scene.objects[index].size = SizeWord.allCases.randomElement(using: &r) }
            if !scene.isRow, Int.random(in: 0..<10, using: &r) == 0 { scene.objects[index].place = PlaceWord.allCases.randomElement(using: &r) }
        }
        return scene
    }
}
