import Sketches
import Tensors

/// A sentence in the making: what has been mentioned and told so far, and names for things.
///
/// Texts come out in lower case with the articles "a" throughout; nouns and numbers carry `mark` so that slips of the pen leave them alone.
struct Telling {
    enum Mood { case fragment, statement, imperative }

    /// Goes before each word that must stay as it is.
    static let mark: Character = "\u{1}"
    static func unmarked(_ text: String) -> String { String(decoding: text.utf8.filter { $0 != 1 }, as: UTF8.self) }

    let facts: SceneFacts
    /// Words for each entity, its class's own first.
    let words: [[Noun]]
    let book = Phrasebook.prompts
    var style: SentenceStyle
    var r: RandomSource

    /// Entities in the order in which they come up.
    var mentioned: [Int] = []
    /// What has been told, in that order.
    var told: [SceneFacts.Fact] = []
    /// What is still to be told.
    var open: [SceneFacts.Fact]
    /// The word that an entity was called, the adjectives of its size, and whether it takes a verb in the plural.
    private var nounOf: [Int: Noun] = [:]
    private var sizeOf: [Int: String] = [:]
    private var isMany: [Int: Bool] = [:]
    /// Entities whose size is told later, in a clause of its own.
    private var sizedLater: Set<Int> = []

    init(_ facts: SceneFacts, classes: [String], style: SentenceStyle, _ r: RandomSource) {
        self.facts = facts
        words = facts.entities.map { SynonymTable.nouns(of: classes[$0.classIndex]) }
        self.style = style
        self.r = r
        open = facts.facts
        for (index, entity) in facts.entities.enumerated() {
            guard let size = entity.size, facts.isOnly(index), !style.isPlain, chance(0.12) else { continue }
            sizedLater.insert(index)
            open.append(SceneFacts.Fact(subject: index, predicate: .size(size)))
        }
    }

    // MARK: chance

    mutating func chance(_ probability: Double) -> Bool { r.uniform() < probability }
    mutating func pick<T>(_ items: [T]) -> T { items[r.int(below: items.count)] }
    mutating func say(_ rule: String, kind: String = "") -> String { book.say(rule, kind: kind, &r) }

    // MARK: what can be taken up

    func isNew(_ entity: Int) -> Bool { !mentioned.contains(entity) }
    /// Whether "the cat" or "the big cat" will mean this one.
    func canBeTakenUp(_ entity: Int) -> Bool { facts.isOnly(entity) || (facts.isOnlyOfSize(entity) && !sizedLater.contains(entity)) }
    func canBeNamed(_ entity: Int) -> Bool { isNew(entity) || canBeTakenUp(entity) }
    func canBeTold(_ fact: SceneFacts.Fact) -> Bool { canBeNamed(fact.subject) && (fact.predicate.other.map(canBeNamed) ?? true) }
    func isPlural(_ entities: [Int]) -> Bool { entities.count > 1 || entities.contains { isMany[$0] ?? (facts.entities[$0].count > 1) } }

    mutating func tell(_ fact: SceneFacts.Fact) {
        open.removeAll { $0 == fact }
        told.append(fact)
    }

    // MARK: names

    enum Case { case subject, object }

    /// "a cat", "the cat", "it", as it has to be here.
    /// - Parameter comparison: an adjective that tells a new thing from the one before: "a *bigger* cat".
    mutating func name(_ entity: Int, _ grammatical: Case = .object, comparison: String? = nil) -> String {
        if isNew(entity) {
            let name = newName(entity, comparison)
            mentioned.append(entity)
            return name
        }
        return knownName(entity, grammatical)
    }

    /// Several names, as "a cat and a dog".
    /// - Parameter subjects: what is said to be somewhere to these.
    mutating func names(_ entities: [Int], _ grammatical: Case = .object, of subjects: [Int] = []) -> String {
        guard entities.count > 1 else { return entities.first.map { name($0, grammatical) } ?? "" }
        // Nothing else has been spoken of: "above both of them".
        let isOfTwo = entities.count == 2 && entities.allSatisfy { facts.entities[$0].count == 1 } && Set(mentioned).subtracting(subjects) == Set(entities)
        if grammatical == .object, isOfTwo, !style.isPlain, chance(0.4) { return say("both.of.them") }
        let parts = entities.map { name($0, grammatical) }
        if parts.count == 2 { return filled("list.shared", ["a": parts[0], "b": parts[1]]) }
        return parts.dropLast().joined(separator: ", ") + pick([" and ", " and ", ", and "]) + (parts.last ?? "")
    }

    private func marked(_ text: String) -> String { text.split(separator: " ").map { "\(Self.mark)\($0)" }.joined(separator: " ") }

    /// The class's own name or another word, the commoner ones more often.
    private mutating func noun(_ entity: Int) -> Noun {
        let all = words[entity]
        guard all.count > 1, chance(style.synonym) else { return all[0] }
        let shares = (1..<all.count).map { 1 / Double($0 + 1) }
        var place = r.uniform() * shares.reduce(0, +)
        for (index, share) in shares.enumerated() {
            place -= share
            if place < 0 { return all[index + 1] }
        }
        return all[1]
    }

    private mutating func newName(_ entity: Int, _ comparison: String?) -> String {
        let thing = facts.entities[entity]
        var noun = noun(entity)
        if thing.count > 1, noun.kind == .mass || noun.kind == .plural, let other = words[entity].first(where: { $0.kind == .countable }) { noun = other }
        nounOf[entity] = noun
        isMany[entity] = thing.count > 1
        var before = comparison.map { $0 + " " } ?? "", after = ""
        if let size = thing.size, !sizedLater.contains(entity) {
            // An adjective that shall tell things apart stands before the noun, so that it can be repeated.
            if style.isPlain || facts.isOnlyOfSize(entity) || chance(0.84) {
                let adjective = say(style.isPlain ? "\(size.rawValue).plain" : "\(size.rawValue).adj")
                sizeOf[entity] = adjective
                before += adjective + " "
            } else if chance(0.7) || thing.count > 1 {
                after = " " + agreeing("size.after", kind: size.rawValue, [entity])
            } else { after = ", " + say("size.one", kind: size.rawValue) + "," }
        }
        if chance(style.describing), !(words[entity][0].singular == "face") {
            let adjective = coined("adjective")
            if before.isEmpty { before = adjective + " " }
            else if chance(0.5) { before = adjective + pick([" ", " ", ", "]) + before }
            else { before = before.dropLast() + pick([" ", " ", ", ", " and "]) + adjective + " " }
        }
        if chance(style.describing * 0.2), after.isEmpty, thing.count == 1 { after = " " + coined(chance(0.6) ? "detail" : "activity") }
        return article(thing, noun, before, entity) + after
    }

    /// The noun with what goes before it, and article or number.
    private mutating func article(_ thing: SceneFacts.Entity, _ noun: Noun, _ before: String, _ entity: Int) -> String {
        let one = before + marked(noun.singular), many = before + marked(noun.plural)
        let earlier = mentioned.filter { facts.entities[$0].classIndex == thing.classIndex }
        if thing.count > 1 {
            let number = say("number.\(min(thing.count, 8))")
            if noun.kind == .plural { return "\(number) \(before)sets of \(marked(noun.plural))" }
            if noun.kind == .paired { return chance(0.7) ? "\(number) \(before)pairs of \(marked(noun.plural))" : "\(number) \(many)" }
            if style.isPlain { return "\(number) \(many)" }
            if style.isBare, chance(0.4) { return "\(number) \(one)" }
            if !earlier.isEmpty, thing.count <= 3, chance(0.7) { return filled("more.\(thing.count)", ["N": many]) }
            return filled("group.\(min(thing.count, 8))", ["N": many, "n": one])
        }
        switch noun.kind {
        case .mass: return style.isBare || chance(0.55) ? one : "some \(one)"
        case .plural:
            isMany[entity] = true
            return style.isBare || chance(0.6) ? one : "some \(one)"
        case .paired:
            guard !chance(0.4) || !earlier.isEmpty else { isMany[entity] = true; return one }
            return (earlier.isEmpty ? pick(["a", "a", "a", "one"]) : "another") + " \(before)pair of \(marked(noun.plural))"
        case .unique: if earlier.isEmpty, facts.isOnly(entity), chance(0.5) { return "the \(one)" }
        case .countable: break
        }
        if !earlier.isEmpty { return filled(earlier.count == 1 && facts.entities[earlier[0]].count == 1 ? "again" : "again.third", ["n": one]) }
        if style.isBare { return one }
        if canBeTakenUp(entity), style.isDefinite || (!style.isPlain && chance(0.05)) { return "the \(one)" }
        return filled(style.isPlain ? "one.plain" : "one", ["n": one])
    }

    private mutating func knownName(_ entity: Int, _ grammatical: Case) -> String {
        let isMany = isPlural([entity])
        // Alone so far, it can only be "it".
        if mentioned == [entity], !style.isPlain, chance(0.6) { return isMany ? (grammatical == .subject ? "they" : "them") : "it" }
        guard var noun = nounOf[entity] else { return "" }
        if chance(0.05) { noun = words[entity][0] }
        let adjective = facts.isOnly(entity) ? "" : sizeOf[entity].map { $0 + " " } ?? ""
        let count = facts.entities[entity].count
        let one = adjective + marked(noun.singular), many = adjective + marked(noun.plural)
        // "Frog below mushroom, butterfly above mushroom": who leaves articles out does so here too.
        if style.isBare, canBeTakenUp(entity), chance(0.55) { return count == 1 ? one : many }
        if count == 1 { return style.isPlain || noun.kind != .countable ? "the \(one)" : filled("known", ["n": one]) }
        if noun.kind == .paired || noun.kind == .plural { return "the \(many)" }
        if style.isPlain || chance(0.6) { return "the \(many)" }
        return chance(0.35) ? (count == 2 ? pick(["both \(many)", "the two \(many)"]) : "the \(say("number.\(min(count, 8))")) \(many)") : filled("knowns", ["N": many])
    }

    // MARK: filling

    /// A rule with its slots filled.
    mutating func filled(_ rule: String, kind: String = "", _ slots: [String: String]) -> String {
        book.expand(rule, kind: kind, &r).map { piece in
            switch piece {
            case .text(let text): text
            case .slot(let name): slots[name] ?? (name == "coin" ? coin() : "")
            case .agree(let one, _, _): one
            default: ""
            }
        }.joined()
    }

    /// A rule whose verbs agree with the entities.
    mutating func agreeing(_ rule: String, kind: String, _ entities: [Int]) -> String {
        let isMany = isPlural(entities)
        return book.expand(rule, kind: kind, &r).map { piece in
            switch piece {
            case .text(let text): text
            case .slot: coin()
            case .agree(let one, let many, _): isMany ? many : one
            default: ""
            }
        }.joined()
    }

    /// A rule with words made up for its coins.
    mutating func coined(_ rule: String) -> String {
        let pieces = book.expand(rule, &r)
        return pieces.map { piece in
            if case .slot = piece { return coin() }
            if case .text(let text) = piece { return text }
            return ""
        }.joined()
    }

    private static let onsets = [
        "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gl", "h", "j", "k", "kr", "l", "m", "n", "p", "pl", "qu", "r", "s", "sh", "sk", "st", "t", "th", "tr", "v", "w", "y", "z", "",
    ]
    private static let vowels = ["a", "e", "i", "o", "u", "a", "e", "o", "ai", "ee", "oo", "ou", "ea", "y"]
    private static let codas = ["", "", "", "n", "r", "l", "m", "s", "t", "k", "x", "nd", "rt", "ng", "sh", "lp", "ck", "b", "v"]

    /// A word that nobody has read before.
    mutating func coin() -> String {
        (0..<2 + r.int(below: 2)).map { _ in pick(Self.onsets) + pick(Self.vowels) + pick(Self.codas) }.joined()
    }
}
