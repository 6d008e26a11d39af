import Painter
import Testing

@Suite("Reading prompts before the model does")
struct PromptReaderTests {
    private let reader = PromptReader(classes: ["cat", "dog", "house", "cell phone", "The Eiffel Tower", "bicycle", "fish", "mouse", "tree", "sun"])

    @Test(arguments: [
        ("a cat to the left of a house", ["cat", "house"]),
        ("Two CATS above a cell phone.", ["cat", "cell phone"]),
        ("three mice and a fish", ["mouse", "fish"]),
        ("please draw the Eiffel Tower next to a tree", ["The Eiffel Tower", "tree"]),
    ])
    func findsClasses(_ prompt: String, _ classes: [String]) throws {
        let reading = try reader.read(prompt)
        #expect(reading.mentioned == classes)
        #expect(reading.notices.isEmpty)
    }

    @Test func anUnknownWordBecomesTheNearestClassWithANotice() throws {
        let typo = try reader.read("a bycicle left of a hause")
        #expect(typo.mentioned == ["bicycle", "house"])
        #expect(typo.text == "a bicycle left of a house")
        #expect(typo.notices.count == 2)
        let synonym = try reader.read("a kitten")
        #expect(synonym.text == "a cat")
        #expect(synonym.notices[0].contains("\"kitten\""))
    }

    @Test func adjectivesAreLeftOutAloud() throws {
        let reading = try reader.read("a crimson cat")
        #expect(reading.text == "a cat")
        #expect(reading.notices == ["left out: \"crimson\""])
    }

    @Test(arguments: [
        ("a brown cat", "a cat"), ("a sleeping cat", "a cat"), ("a tall tree", "a tree"), ("a man riding a bicycle", "a face a bicycle"), ("a cat,a dog", "a cat, a dog"),
    ])
    func describingWordsAreNoThings(_ prompt: String, _ text: String) {
        var classes = ["cat", "dog", "tree", "bicycle", "face", "crown", "sleeping bag", "diving board", "The Great Wall of China"]
        classes.sort()
        #expect((try? PromptReader(classes: classes).read(prompt))?.text == text)
    }

    static let counted: [(String, [String: Int], Set<String>)] = [
        ("four trees", ["tree": 4], ["tree"]), ("a cat and two dogs", ["cat": 1, "dog": 2], ["dog"]), ("cats", ["cat": 1], ["cat"]), ("both fish", ["fish": 1], ["fish"]),
        ("a cat left of a dog and the dog left of a tree", ["cat": 1, "dog": 1, "tree": 1], []), ("a cat and a cat", ["cat": 2], []), ("every cat", ["cat": 1], ["cat"]),
    ]

    @Test(arguments: counted)
    func countsAndPlurals(_ prompt: String, _ counts: [String: Int], _ plurals: Set<String>) throws {
        let reading = try reader.read(prompt)
        #expect(reading.counts == counts && reading.plurals == plurals)
    }

    @Test(arguments: ["no cats", "a cat without a dog", "zero dogs", "not a cat"])
    func negationsAreRefused(_ prompt: String) {
        #expect { try reader.read(prompt) } throws: { if case PainterError.negation = $0 { true } else { false } }
    }

    @Test func nonsenseIsAnError() {
        #expect { try reader.read(String(repeating: "q", count: 1_000_000)) } throws: { if case PainterError.unknownWords = $0 { true } else { false } }
        #expect(throws: PainterError.emptyPrompt) { try reader.read("  \n ") }
        #expect(throws: PainterError.noObject(prompt: "draw please")) { try reader.read("draw please") }
        #expect { try reader.read("a qwxyzzy") } throws: { error in
            guard case PainterError.unknownWords(let words, near: let near) = error else { return false }
            return words == ["qwxyzzy"] && !near.isEmpty
        }
        #expect { try reader.read("a cat next to a qwxyzzy") } throws: { error in
            guard case PainterError.unknownWords = error else { return false }
            return true
        }
    }

    @Test func limits() {
        #expect(throws: PainterError.promptTooLong(words: 10_000, limit: PromptReader.wordLimit)) {
            try reader.read(Array(repeating: "cat", count: 10_000).joined(separator: " "))
        }
        #expect(throws: PainterError.tooManyObjects(asked: 900, limit: 6)) { try reader.read("900 cats") }
        #expect(throws: PainterError.tooManyObjects(asked: 1_000, limit: 6)) { try reader.read("1000000 cats") }
        #expect(throws: PainterError.tooManyObjects(asked: 7, limit: 6)) { try reader.read("four cats and three dogs") }
    }

    @Test func commandsNeedNoObject() throws {
        #expect(try reader.read("erase everything", needsObject: false).text == "erase everything")
        #expect(try reader.read("the small cat", needsObject: false).text == "the small cat")
    }
}
