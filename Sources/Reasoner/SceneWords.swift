import Scenes

/// Words of a scene that the reader of questions has not learnt, said in words that it has, and its programs said back: a scene of orange cones is
/// asked about as if they were gray cubes. So questions about any detector's objects can be read.
///
/// A value stands in for another of the same attribute that the question does not speak of; an attribute of which CLEVR has none, `pattern` say, for
/// `material`, `color` or `size`, whichever the question leaves alone.
struct SceneWords {
    fileprivate typealias Value = (attribute: String, value: String)

    /// A question in words that the reader knows, and what its steps are in the scene's words.
    struct Translation {
        let text: String
        private let values: [String: Value], attributes: [String: String]

        fileprivate init(text: String, values: [String: Value], attributes: [String: String]) {
            (self.text, self.values, self.attributes) = (text, values, attributes)
        }

        /// The program in the scene's words.
        func back(_ program: Program) -> Program {
            var program = program
            for i in program.nodes.indices {
                switch program.nodes[i].function {
                case .filter(let attribute):
                    let own = program.nodes[i].argument.flatMap { values[attribute + " " + $0] }
                    program.nodes[i].function = .filter(own?.attribute ?? attributes[attribute] ?? attribute)
                    program.nodes[i].argument = own?.value ?? program.nodes[i].argument
                case .query(let attribute): program.nodes[i].function = .query(attributes[attribute] ?? attribute)
                case .same(let attribute): program.nodes[i].function = .same(attributes[attribute] ?? attribute)
                case .equal(let attribute): program.nodes[i].function = .equal(attributes[attribute] ?? attribute)
                default: break
                }
            }
            return program
        }
    }

    private let domain: Domain
    /// Values and attributes that the domain does not have, the longest first.
    private let values: [Value], attributes: [String]
    /// All values of the scene.
    private let present: Set<String>

    /// Other words for values.
    private let synonyms: [String: [String]]

    /// - Parameters:
    ///   - world: what the scene's objects can be, where that is known; else there is what they are.
    ///   - domain: what the reader knows, with the words for it.
    init(_ scene: ObjectScene, of world: Domain? = nil, domain: Domain = OwnQuestions.domain) {
        let there = scene.objects.flatMap { $0.attributes.map { [$0.key, $0.value] } }, possible = world?.attributes.flatMap { attribute in attribute.values.map { [attribute.name, $0] } }
        let all = Set(there + (possible ?? []))
        self.domain = domain
        synonyms = world?.synonyms ?? [:]
        values = all.filter { $0[1].contains(where: \.isLetter) && domain.values(of: $0[0])?.contains($0[1]) != true }
            .map { ($0[0], $0[1]) }.sorted { ($0.1.count, $0.1, $0.0) > ($1.1.count, $1.1, $1.0) }
        attributes = Set(all.map { $0[0] }).filter { domain.values(of: $0) == nil }.sorted()
        present = Set(all.map { $0[1] })
    }

    /// The question in words that the reader knows; nil where all are known already, or where too many stand-ins would be needed.
    func translation(of question: String) -> Translation? {
        guard !values.isEmpty else { return nil }
        var words = question.lowercased().split(whereSeparator: \.isWhitespace).map(Word.init)
        // What the question speaks of: where, in how many words, with which ending.
        var spoken: [(at: Int, count: Int, ending: String, value: Value?, attribute: String)] = [], free = [Bool](repeating: true, count: words.count)
        func find(_ text: String, _ value: Value?, _ attribute: String) {
            let parts = text.lowercased().split { $0.isWhitespace || $0 == "_" }.map(String.init)
            guard let last = parts.last, parts.count <= words.count else { return }
            for at in 0...words.count - parts.count where free[at..<at + parts.count].allSatisfy({ $0 }) && zip(words[at...], parts.dropLast()).allSatisfy({ $0.core == $1 }) {
                guard let ending = words[at + parts.count - 1].ending(after: last) else { continue }
                for i in at..<at + parts.count { free[i] = false }
                spoken.append((at, parts.count, ending, value, attribute))
            }
        }
        // The longest words first, whoever they stand for: "polar bear" before "bear".
        let names = values.flatMap { value in ([value.value] + (synonyms[value.value] ?? [])).map { (word: $0, value: value) } }
        for (word, value) in names.sorted(by: { ($0.word.split(separator: " ").count, $0.word.count, $1.word) > ($1.word.split(separator: " ").count, $1.word.count, $0.word) }) { find(word, value, value.attribute) }
        for attribute in attributes { find(attribute, nil, attribute) }

        // What it speaks of in known words may stand for nothing else.
        var taken = Set<String>(), left = zip(words, free).filter(\.1).map(\.0)
        for attribute in domain.attributes {
            for value in attribute.values where (domain.synonyms[value] ?? [value]).contains(where: { word in left.contains { $0.ending(after: word) != nil } }) { taken.formUnion([value, attribute.name]) }
            if left.contains(where: { $0.core == attribute.name || Self.otherNames[$0.core] == attribute.name }) || spoken.contains(where: { $0.attribute == attribute.name }) { taken.insert(attribute.name) }
        }
        left.removeAll()
        var standIns: [String: String] = [:], chosen: [String: String] = [:], back: [String: Value] = [:]
        for attribute in Set(spoken.map(\.attribute)).sorted() {
            if domain.values(of: attribute) != nil { standIns[attribute] = attribute; continue }
            guard let other = ["material", "color", "size"].first(where: { !taken.contains($0) && domain.values(of: $0) != nil }) else { return nil }
            taken.insert(other)
            standIns[attribute] = other
        }
        let reserved = Set(values.compactMap(sameThing))
        for case let value? in spoken.map(\.value) where chosen[value.attribute + " " + value.value] == nil {
            guard let attribute = standIns[value.attribute], let known = domain.values(of: attribute) else { return nil }
            guard let other = sameThing(value) ?? known.first(where: { !taken.contains($0) && !reserved.contains($0) }) else { return nil }
            taken.insert(other)
            chosen[value.attribute + " " + value.value] = other
            back[attribute + " " + other] = value
        }
        // "sphere" is said of what the scene calls a ball.
        for value in values {
            if let other = sameThing(value), back[value.attribute + " " + other] == nil { back[value.attribute + " " + other] = value }
        }
        for one in spoken.sorted(by: { $0.at > $1.at }) {
            let last = words[one.at + one.count - 1]
            let text = one.value.flatMap { chosen[$0.attribute + " " + $0.value] } ?? standIns[one.attribute] ?? one.attribute
            let plural = one.ending == "s" || one.ending == "es" ? "s" : ""
            words.replaceSubrange(one.at..<one.at + one.count, with: [Word(core: text + plural, mark: last.mark)])
        }
        let renamed = standIns.filter { $0.key != $0.value }.map { ($0.value, $0.key) }
        return Translation(text: words.map { $0.core + $0.mark }.joined(separator: " "), values: back, attributes: Dictionary(renamed, uniquingKeysWith: { first, _ in first }))
    }

    /// The known value that a value of the scene is another word for, "sphere" of "ball", where the scene calls nothing so itself.
    private func sameThing(_ value: Value) -> String? {
        domain.values(of: value.attribute)?.first { domain.synonyms[$0]?.contains(value.value) == true && !present.contains($0) }
    }

    /// Words that speak of an attribute without its name: "what is it made of".
    private static let otherNames = ["made": "material", "colour": "color", "form": "shape"]

    /// A word and the marks after it.
    private struct Word {
        var core: String, mark: String

        init(_ text: Substring) {
            let end = text.lastIndex { $0.isLetter || $0.isNumber }.map(text.index(after:)) ?? text.endIndex
            (core, mark) = (String(text[..<end]), String(text[end...]))
        }

        init(core: String, mark: String) { (self.core, self.mark) = (core, mark) }

        /// What the word adds to another: nothing, a plural's s, the en of "wooden"; nil where it is another word.
        func ending(after word: String) -> String? {
            guard core.hasPrefix(word) else { return nil }
            let ending = String(core.dropFirst(word.count))
            return ["", "s", "es", "en"].contains(ending) ? ending : nil
        }
    }
}
