import Painter
import Tensors
import Testing

@Suite("Words for classes")
struct SynonymTests {
    private static let table = SynonymTable.nouns

    @Test func thereAreManyAndEachClassHasItsOwnNameFirst() {
        let synonyms = Self.table.values.reduce(0) { $0 + $1.count - 1 }
        #expect(synonyms >= 250 && Self.table.count > 400)
        for (name, nouns) in Self.table { #expect(nouns.first?.singular == name) }
    }

    @Test func noWordStandsForTwoClasses() {
        var owners: [String: String] = [:]
        for (name, nouns) in Self.table {
            for form in Set(nouns.flatMap { [$0.singular, $0.plural] }) {
                #expect(owners[form] == nil || owners[form] == name, "\(form): \(owners[form] ?? "") and \(name)")
                owners[form] = name
            }
        }
        for name in Self.table.keys { #expect(owners[name] == name) }
    }

    @Test(arguments: [
        ("kitty", "kitties"), ("puppy", "puppies"), ("lorry", "lorries"), ("loaf", "loaves"), ("goldfish", "goldfish"), ("bunch of grapes", "bunches of grapes"), ("glasses", "glasses"), ("ox", "oxen"),
    ])
    func pluralsOfSynonyms(_ singular: String, _ plural: String) {
        let found = Self.table.values.joined().first { $0.singular == singular }
        #expect(found?.plural == plural)
    }

    @Test(arguments: [
        ("mouse", "mice"), ("snowman", "snowmen"), ("foot", "feet"), ("knife", "knives"), ("scissors", "scissors"), ("cactus", "cacti"), ("strawberry", "strawberries"), ("bus", "buses"), ("bench", "benches"),
        ("The Eiffel Tower", "the eiffel towers"), ("sheep", "sheep"), ("house plant", "house plants"), ("tooth", "teeth"), ("potato", "potatoes"), ("drums", "drums"), ("leaf", "leaves"), ("person", "people"),
    ])
    func pluralsOfClasses(_ name: String, _ plural: String) { #expect(ClassWords.plural(name) == plural) }

    @Test(arguments: [
        ("cat", "a cat"), ("ant", "an ant"), ("The Mona Lisa", "the mona lisa"), ("hourglass", "an hourglass"), ("umbrella", "an umbrella"), ("ufo", "a ufo"), ("scissors", "scissors"), ("bread", "bread"), ("t-shirt", "a t-shirt"),
    ])
    func articles(_ name: String, _ expected: String) { #expect(ClassWords.withArticle(name) == expected) }

    @Test func substitutesLeadToClasses() {
        #expect(SynonymTable.substitutes.count > 120)
        let words = Set(Self.table.values.joined().map(\.singular))
        for (word, classes) in SynonymTable.substitutes {
            #expect(classes.allSatisfy { Self.table[$0] != nil }, "\(word): \(classes)")
            // What only some models have a class for may stand in for it in the others; no other word of a class may.
            if words.contains(word), Self.table[word] == nil { #expect(classes.contains { Self.table[$0]?.contains { $0.singular == word } == true }, "\(word)") }
        }
    }

    @Test("Everything that a phrasebook may say can be said")
    func rulesAreWhole() {
        var random = RandomSource(seed: 1)
        // A rule for many kinds is tried with one of them.
        let keys = ["quality": "larger", "size": "tiny", "do.place": "l"]
        for name in Phrasebook.prompts.names {
            let first = name.split(separator: ".").first.map(String.init) ?? ""
            let kind = keys[name] ?? keys[first] ?? (Phrasebook.prompts.has(first + ".p") || Phrasebook.prompts.has(first + ".adj") ? first : "left")
            for _ in 0..<20 { _ = Phrasebook.prompts.expand(name, kind: kind, &random) }
            #expect(!Phrasebook.prompts.texts(of: name).contains { $0.contains("*") || $0.contains("|") }, "\(name)")
        }
    }
}
