import Painter
import Tensors
import Testing

@Suite("What a command's words ask for")
struct CommandWordsTests {
    @Test("Every way of erasing that is taught has a word for it, but for a thing's bare name; other orders mostly have none")
    func erasing() throws {
        let reader = PromptReader(classes: SpokenScene.classes)
        var random = RandomSource(seed: 51), refused: [String] = [], bare = 0, count = 0, others = 0, mistaken = 0
        let objects = [("cat", 2, 4, 20, 24), ("cat", 30, 40, 58, 62), ("house", 40, 5, 60, 25)].map {
            CanvasObject(classIndex: SpokenScene.index($0.0), box: GridBox(x0: $0.1, y0: $0.2, x1: $0.3, y1: $0.4), strokes: [])
        }
        for _ in 0..<4_000 {
            let command = EditCommand.erasing(objects, classes: SpokenScene.classes, &random)
            guard !command.operations.isEmpty else { continue }
            count += 1
            if !CommandWords.asksToErase(command.text) { bare += 1 }
            if let reading = try? reader.read(command.text, needsObject: false), CommandWords.asksForSomethingElse(reading) { refused.append(command.text) }
        }
        // A quarter of single commands are a bare name there, and slips of the keyboard spoil a few words.
        #expect(Double(bare) < 0.25 * Double(count), "\(bare) of \(count)")
        // `erase` refuses hardly any of them.
        #expect(refused.count < count / 100, "\(refused.count): \(refused.prefix(40))")
        for _ in 0..<4_000 {
            let command = EditCommand.random(objects, classes: SpokenScene.classes, &random)
            let erases = command.operations.contains { if case .erase = $0 { true } else { false } }
            if erases {
                others += 1
                if !CommandWords.asksToErase(command.text) { mistaken += 1 }
            }
        }
        #expect(Double(mistaken) < 0.05 * Double(others), "\(mistaken) of \(others)")
        for text in ["rotate the dog", "hello", "color the dog red", "flip the cat", "make everything smaller", "i like the lamp", "what is this", "paint the car", "show me the lamp", "move the dog", "don't touch the dog", "keep the dog", "leave the dog alone", "rotate the eraser", "color the donut red",
                     "move the cat close to the house", "zoom out on the cat", "turn the lamp around"] {
            #expect(!CommandWords.asksToErase(text), "\(text)")
        }
        for text in ["rotate the dog", "i like the cat", "where is the cat", "please move the dog left", "can you make the cat bigger"] { #expect(CommandWords.asksForSomethingElse(try reader.read(text, needsObject: false)), "\(text)") }
        for text in ["the dog", "the left cat", "both cats", "erase the dog", "please get rid of the cat"] { #expect(!CommandWords.asksForSomethingElse(try reader.read(text, needsObject: false)), "\(text)") }
        for text in ["erase the dog", "remvoe the cat", "get rid of it", "i don't want the dog", "keep only the cat", "wipe out the house", "take the cat away", "the dog should go", "trash the cat", "everything but the house"] { #expect(CommandWords.asksToErase(text), "\(text)") }
    }

    @Test("Sentences that speak of nothing in a drawing are known", arguments: [
        ("hello", false), ("undo", false), ("zoom in", false), ("asdf", false), ("thanks, looks great", false), ("erase everything", true), ("make it bigger", true), ("the cat", true), ("remove the other one", true),
        ("erase the wings", true), ("redraw all", true),
    ])
    func things(text: String, speaks: Bool) throws {
        let reading = try PromptReader(classes: SpokenScene.classes).read(text, needsObject: false)
        #expect(CommandWords.speaksOfThings(reading) == speaks)
    }
}
