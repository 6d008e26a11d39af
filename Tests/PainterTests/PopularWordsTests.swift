import Foundation
import Painter
import Testing

@Suite("The hundred words of the gallery")
struct PopularWordsTests {
    private static let renders = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "renders")

    @Test("Each line of renders/words.txt is one word as people say it, and is read as its class")
    func lines() throws {
        let text = try String(contentsOf: Self.renders.appending(path: "words.txt"), encoding: .utf8), reader = PromptReader(classes: SpokenScene.classes)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(PopularWords.all.count == 100 && lines.count == 101 && lines.last == "")
        for (line, popular) in zip(lines, PopularWords.all) {
            let noun = try #require(SynonymTable.nouns(of: popular.className).first { $0.singular == popular.word }, "\(popular.word) is no word for \(popular.className)")
            let expected = switch noun.kind {
            case .mass, .plural, .paired: popular.word
            case .unique: "the " + popular.word
            case .countable: ClassWords.article(before: popular.word) + " " + popular.word
            }
            #expect(line == expected)
            let reading = try reader.read(line)
            #expect(reading.text == line && reading.notices.isEmpty && reading.mentioned == [popular.className] && reading.counts == [popular.className: 1], "\(line)")
        }
    }

    @Test func theGalleryTellsTheCommand() throws {
        let text = try String(contentsOf: Self.renders.appending(path: "README.md"), encoding: .utf8)
        #expect(text.contains("`atelier draw --prompts renders/words.txt -o renders/words.png`"))
    }
}
