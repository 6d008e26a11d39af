import Painter
import Tensors
import Testing

@Suite("Reading prompts before the model does")
struct PromptReaderTests {
    private let reader = PromptReader(classes: ["cat", "dog", "house", "cell phone", "The Eiffel Tower", "bicycle", "fish", "mouse", "tree", "sun", "scissors", "line", "pencil", "person", "school", "bird"])

    @Test(arguments: [
        ("a cat to the left of a house", ["cat", "house"]),
        ("Two CATS above a cell phone.", ["cat", "cell phone"]),
        ("three mice and a fish", ["mouse", "fish"]),
        ("please draw the Eiffel Tower next to a tree", ["The Eiffel Tower", "tree"]),
        ("a kitty, a couple of puppies and somebody's bike", ["cat", "dog", "bicycle"]),
        ("could you draw two pairs of scissors for my daughter?", ["scissors"]),
        ("a pencil sketch of a cat in a line with a dog, in simple lines", ["cat", "dog"]),
        ("a cat on the right hand side, for a school project", ["cat"]),
    ])
    func findsClassesAndLeavesTheWords(_ prompt: String, _ classes: [String]) throws {
        let reading = try reader.read(prompt)
        #expect(reading.mentioned == classes)
        #expect(reading.notices.isEmpty)
        #expect(reading.text == SketchVocabulary.normalized(prompt))
    }

    @Test func anUnknownNounBecomesTheNearestClassWithANotice() throws {
        let typo = try reader.read("a bycicle left of a hause")
        #expect(typo.mentioned == ["bicycle", "house"])
        #expect(typo.text == "a bicycle left of a house")
        #expect(typo.notices.count == 2 && typo.notices[0].contains("\"bycicle\""))
        let likeness = try reader.read("two seagulls over a hut, please")
        #expect(likeness.text == "two birds over a house, please")
        #expect(likeness.notices.count == 2 && likeness.notices[1].contains("\"hut\""))
        #expect(try reader.read("an igloo").text == "a house")
        let all = PromptReader(classes: ["cat", "house", "elephant", "butterfly"])
        #expect(try all.read("an elefant").text == "an elephant" && all.read("one buterfly on a house").text == "one butterfly on a house")
    }

    @Test("Words that are no nouns stay, known or not", arguments: [
        "a crimson cat", "a sleeping cat", "a cat wibbling on a house", "for my friend zoltan: a cat", "a very blorfy tall tree", "hey zork, draw a cat", "a cat for a bar mitzvah", "teh cat wiht a dog",
        "a drawin of a cat", "a cat biger than a dog", "a chunk of cat", "a cat for the leaflet of the memorial service", "a cat sitting comfotably on a house",
    ])
    func otherWordsStay(_ prompt: String) throws {
        let reading = try reader.read(prompt)
        #expect(reading.text == prompt && reading.notices.isEmpty)
    }

    @Test(arguments: [
        ("a man riding a bicycle", "a person riding a bicycle"), ("a cat,a dog", "a cat, a dog"), ("A  cat — and a ‘dog’!!", "a cat - and a 'dog'"), ("a cat (tiny)\n\ton a house…", "a cat (tiny) on a house"),
        ("a \u{1b}[31mcat\u{7} 😀", "a 31mcat"),
    ])
    func lettersAreTidied(_ prompt: String, _ text: String) throws {
        if text.hasSuffix("31mcat") { #expect(throws: PainterError.self) { try reader.read(prompt) } } else { #expect(try reader.read(prompt).text == text) }
    }

    @Test("What it cannot draw, and colours, it passes over with a notice", arguments: [("a house with smoke", "\"smoke\""), ("a red cat", "colours"), ("a cat and grobbles", "\"grobbles\"")])
    func whatCannotBeDrawnIsTold(_ prompt: String, _ word: String) throws {
        let reading = try reader.read(prompt)
        #expect(reading.text == prompt && reading.notices.count == 1 && reading.notices[0].contains(word))
    }

    @Test("What a thing does is no thing", arguments: ["a cat hangs over a house", "a dog hats on a house", "a cat and a dog, the latter above the former", "a cat with a bird on its left and a tree near him"])
    func verbsAndPronounsStay(_ prompt: String) throws {
        let reading = try reader.read(prompt)
        #expect(reading.text == prompt && reading.notices.isEmpty)
    }

    @Test func whatAPlanHasAndLacksIsTold() throws {
        let reading = try reader.read("two cats next to a house")
        #expect(reading.doubts(of: ["cat", "house", "cat"]).isEmpty)
        #expect(reading.doubts(of: ["cat", "house"]).first == "the words seem to ask for 2 cats, the plan has 1")
        #expect(reading.doubts(of: ["cat", "cat", "tree"]).prefix(2) == ["no word names a tree, which the plan has", "the plan has no house"])
        #expect(try PromptReader(classes: ["bus", "school bus"]).read("a school bus, and on the bus a school bus").doubts(of: ["school bus"]).count == 0)
        // Nothing is said of numbers where none was told: terse sentences name one thing again and again.
        #expect(try reader.read("house left of tree, cat right of house").doubts(of: ["house", "tree", "cat"]).isEmpty)
        #expect(try reader.read("two cats, a dog").doubts(of: ["cat", "cat", "dog", "dog"]).isEmpty)
    }

    @Test func whatACommandLeavesOutIsTold() throws {
        let reading = try reader.read("add three birds, a sun and a tree next to the house", needsObject: false)
        func added(_ names: String...) -> [Painter.EditStep] { names.map { Painter.EditStep(verb: "add", className: $0) } }
        #expect(reading.doubts(of: added("bird", "bird", "bird", "sun", "tree"), found: ["house"]).isEmpty)
        #expect(reading.doubts(of: added("bird", "bird", "sun"), found: ["house"]) == [
            "nothing was done about a tree: say it in a command of its own", "the words seem to ask for 3 birds, 2 were added",
        ])
        // What is there may be what the words place things by, and how many of it are moved is not counted.
        #expect(try self.reader.read("move the two birds to the left of the tree", needsObject: false)
            .doubts(of: [Painter.EditStep(verb: "move", className: "bird")], found: ["bird", "bird", "tree"]).isEmpty)
    }

    @Test("More erasures than the words tell are too many, fewer are not", arguments: [
        ("erase one of the cats", 1, 3), ("erase two of the cats", 2, 3), ("erase both cats", 2, 3), ("erase the 2 cats and the dog", 2, 3),
    ])
    func moreThanTold(_ command: String, _ asked: Int, _ found: Int) throws {
        let reading = try reader.read(command, needsObject: false)
        for count in 1...found {
            let steps = [Painter.EditStep(verb: "erase", className: "dog")] + (0..<count).map { _ in Painter.EditStep(verb: "erase", className: "cat") }
            #expect(reading.isOneTooMany(steps[1], of: steps) == (count > asked) && !reading.isOneTooMany(steps[0], of: steps))
        }
        // Without a number, with a vague one, or with what is kept told, all may go.
        let three = (0..<3).map { _ in Painter.EditStep(verb: "erase", className: "cat") }
        for free in ["erase the cats", "erase several cats", "erase a few cats", "erase everything but one of the cats", "erase all cats"] {
            #expect(try !self.reader.read(free, needsObject: false).isOneTooMany(three[0], of: three), "\(free)")
        }
    }

    static let counted: [(String, [String: Int], Set<String>)] = [
        ("four trees", ["tree": 4], ["tree"]), ("a cat and two dogs", ["cat": 1, "dog": 2], ["dog"]), ("cats", ["cat": 1], ["cat"]), ("both fish", ["fish": 2], ["fish"]),
        ("a cat left of a dog and the dog left of a tree", ["cat": 1, "dog": 1, "tree": 1], []), ("a cat and a cat", ["cat": 2], []), ("every cat", ["cat": 1], ["cat"]), ("one of the cats", ["cat": 1], []), ("one of two cats", ["cat": 1], []), ("a pair of scissors", ["scissors": 1], []),
        ("a pair of kittens", ["cat": 2], ["cat"]), ("half a dozen trees", ["tree": 6], ["tree"]), ("3x cat", ["cat": 3], ["cat"]),
    ]

    @Test(arguments: counted)
    func countsAndPlurals(_ prompt: String, _ counts: [String: Int], _ plurals: Set<String>) throws {
        let reading = try reader.read(prompt)
        #expect(reading.counts == counts && reading.plurals == plurals)
    }

    @Test(arguments: ["no cats", "a cat without a dog", "zero dogs", "not a cat", "a house, but never a tree"])
    func negationsAreRefused(_ prompt: String) {
        #expect { try reader.read(prompt) } throws: { if case PainterError.negation = $0 { true } else { false } }
    }

    @Test(arguments: ["a cat, no rush", "a cat not as big as a dog", "a cat, no colours please", "a cat not far from a dog", "don't worry about details, a cat", "a cat. without shading", "no problem if not perfect? no hurry: a cat"])
    func harmlessNegationsAreNot(_ prompt: String) {
        if prompt.contains("perfect") { #expect(throws: PainterError.self) { try reader.read(prompt) } } else { #expect((try? reader.read(prompt))?.mentioned.first == "cat") }
    }

    @Test func nonsenseIsAnError() {
        #expect { try reader.read(String(repeating: "q", count: 1_000_000)) } throws: { if case PainterError.unknownWords = $0 { true } else { false } }
        #expect(throws: PainterError.emptyPrompt) { try reader.read("  \n ") }
        #expect(throws: PainterError.emptyPrompt) { try reader.read("😀 ***") }
        #expect(throws: PainterError.noObject(prompt: "draw please")) { try reader.read("draw please") }
        for (prompt, word) in [("a qwxyzzy", "qwxyzzy"), ("a cat next to a qwxyzzy", "qwxyzzy"), ("qwxyzzy", "qwxyzzy"), ("two big qwxyzzies on a house", "qwxyzzies"), ("for my son draw a qwxyzzy and a cat", "qwxyzzy")] {
            #expect { try reader.read(prompt) } throws: { error in
                guard case PainterError.unknownWords(let words, near: let near) = error else { return false }
                return words == [word] && !near.isEmpty
            }
        }
    }

    @Test func limits() {
        #expect(throws: PainterError.promptTooLong(words: 10_000, limit: PromptReader.wordLimit)) {
            try reader.read(Array(repeating: "cat", count: 10_000).joined(separator: " "))
        }
        #expect(throws: PainterError.tooManyObjects(asked: 900, limit: 8)) { try reader.read("900 cats") }
        #expect(throws: PainterError.tooManyObjects(asked: 1_000, limit: 8)) { try reader.read("1000000 cats") }
        #expect(throws: PainterError.tooManyObjects(asked: 12, limit: 8)) { try reader.read("twelve cats") }
        #expect(throws: PainterError.tooManyObjects(asked: 9, limit: 8)) { try reader.read("five cats and four dogs") }
        #expect((try? reader.read("four cats and four dogs")) != nil)
    }

    @Test func commandsNeedNoObject() throws {
        #expect(try reader.read("erase everything", needsObject: false).text == "erase everything")
        #expect(try reader.read("the small cat", needsObject: false).text == "the small cat")
        #expect(try reader.read("i don't want the cat", needsObject: false).mentioned == ["cat"])
        for (command, isExclusion) in [("everything except the cat", true), ("all but the cat", true), ("keep only the cat", true), ("remove the cat but slowly", false), ("nice, but erase the cat", false)] {
            #expect(try reader.read(command, needsObject: false).isExclusion == isExclusion, "\(command)")
        }
        #expect(try reader.read("erase everything", needsObject: false).isEverything)
        #expect(try !reader.read("erase the cat, that's all", needsObject: false).isEverything)
    }

    @Test("Every command that can be written can be read")
    func commandsAreRead() {
        let classes = SpokenScene.classes, all = PromptReader(classes: classes)
        var random = RandomSource(seed: 41), failed: [String] = []
        for _ in 0..<600 {
            let objects = (0..<1 + random.int(below: 4)).map { _ in
                CanvasObject(classIndex: random.int(below: classes.count), box: GridBox(x0: random.int(below: 30), y0: random.int(below: 30), x1: 31 + random.int(below: 30), y1: 31 + random.int(below: 30)), strokes: [])
            }
            let command = EditCommand.random(objects, classes: classes, &random)
            if (try? all.read(command.text, needsObject: false))?.text != command.text { failed.append(command.text) }
        }
        // Slips of the pen may look like something else.
        #expect(failed.count <= 6, "\(failed)")
    }
}
