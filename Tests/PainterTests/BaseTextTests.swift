import Files
import Foundation
import Language
import Painter
import Testing

@Suite("Texts that a language model writes itself")
struct BaseTextTests {
    private static func read(_ text: String) throws -> [BaseText] { try BaseText.read(Data(text.utf8), name: "t.ndjson") }
    private static let good = #"{"instruction":"Name a bird.","temperature":0.7,"text":"A robin."}"#

    @Test("A file gives back what was written, whatever the words")
    func roundTrip() throws {
        let texts = [
            BaseText(instruction: "Name a bird.", text: "A robin.", temperature: 0.7), BaseText(instruction: "고양이 \"naïve\"", text: "a\nb\t\\ \u{1} <|im_end|> 🙂", temperature: 1, isCut: true),
            BaseText(instruction: "x", text: " y ", temperature: 0), BaseText(opening: "In the", text: "In the sea.", temperature: 1),
        ]
        #expect(try Self.read(texts.map(\.line).joined(separator: "\n") + "\n") == texts)
        #expect(texts[0].line == Self.good && texts[1].line.contains(#""cut":true"#) && !texts[1].line.contains("\n"))
        // Keys in any order, others passed over, white space between lines.
        #expect(try Self.read("\n " + #"{"text":"A robin.","note":[1,{"a":null}],"temperature":0.7,"instruction":"Name a bird."}"# + "\r\n\n" + Self.good).map(\.text) == ["A robin.", "A robin."])
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        /// Good lines before.
        var after = 0
        let text: String
        var line: Int? = 1
        let says: String
        var testDescription: String { "\(says): \(text.prefix(60))" }
    }

    static let bad = [
        Bad(text: "", line: nil, says: "is empty"), Bad(text: " \n\n", line: nil, says: "is empty"), Bad(text: "[1,2]", says: "expected a text"), Bad(after: 1, text: "<html>", line: 2, says: "expected a text"),
        Bad(after: 2, text: #"{"instruction":"a","temperature":1,"te"#, line: 3, says: "is the file whole?"), Bad(after: 1, text: #"{"instruction":"a","temperature":1,"text":"b""#, line: 2, says: "','"),
        Bad(after: 1, text: #"{"instruction":"a","temperature":1}"#, line: 2, says: "\"text\" is missing"), Bad(text: #"{"temperature":1,"text":"b"}"#, says: "\"instruction\" is missing"),
        Bad(text: #"{"instruction":"a","text":"b"}"#, says: "\"temperature\" is missing"), Bad(after: 3, text: #"{"instruction":"a","temperature":1,"text":"  "}"#, line: 4, says: "nothing to learn"),
        Bad(text: #"{"instruction":"","temperature":1,"text":"b"}"#, says: "nothing to learn"), Bad(text: #"{"instruction":"a","temperature":9,"text":"b"}"#, says: "from 0 to 4"),
        Bad(text: #"{"instruction":"a","temperature":-0.1,"text":"b"}"#, says: "from 0 to 4"), Bad(text: #"{"instruction":"a","temperature":1e999,"text":"b"}"#, says: "out of range"),
        Bad(text: #"{"instruction":3,"temperature":1,"text":"b"}"#, says: "instruction: expected"), Bad(text: #"{"instruction":"a","temperature":"1","text":"b"}"#, says: "temperature: expected"),
        Bad(text: #"{"instruction":"a","temperature":1,"text":"b","cut":1}"#, says: "cut: expected"), Bad(text: #"{"instruction":"a\ud800","temperature":1,"text":"b"}"#, says: "surrogate"),
        Bad(after: 1, text: #"{"x":"# + String(repeating: "[", count: 100_000), line: 2, says: "nested"),
    ]

    @Test("What is wrong with a file is said with its line", arguments: bad)
    func refused(_ bad: Bad) {
        do {
            _ = try Self.read(String(repeating: Self.good + "\n", count: bad.after) + bad.text)
            Issue.record("it was taken")
        } catch let error as FileError {
            #expect(error.line == bad.line && "\(error)".contains(bad.says) && "\(error)".hasPrefix("t.ndjson"), "\(error)")
        } catch { Issue.record("\(error)") }
    }

    @Test("A file that is none is no crash")
    func noFile() throws {
        #expect(throws: FileError.self) { try BaseText.read(URL(filePath: "/nowhere/texts.ndjson")) }
        #expect(throws: FileError.self) { try BaseText.read(FileManager.default.temporaryDirectory) }
        #expect(throws: FileError.self) { try BaseText.read(Data([0xff, 0xfe, 0, 1]), name: "bytes") }
        #expect(throws: FileError.self) { try BaseText.read(Data("{\"instruction\":\"".utf8) + Data([0xff, 0x22, 0x7d]), name: "bytes") }
    }

    @Test("Instructions are many and of all kinds, each once before any comes again; a tenth of them is held out, by their words")
    func instructions() {
        let some = Instructions.some(2_000, seed: 3)
        #expect(Instructions.count >= 600 && Set(some).count >= 600 && some.allSatisfy { $0.count > 5 && !$0.contains("{}") })
        #expect(Instructions.some(300, seed: 3) == Array(some.prefix(300)) && Instructions.some(300, seed: 4) != Array(some.prefix(300)) && Instructions.some(0, seed: 3).isEmpty)
        #expect(Set(some.prefix(240)).count == 240)
        let texts = Set(some).map { BaseText(instruction: $0, text: "a", temperature: 1) }, held = Double(texts.count { $0.isHeldOut }) / Double(texts.count)
        #expect(0.05...0.16 ~= held, "\(held)")
        #expect(texts.allSatisfy { $0.isHeldOut == BaseText(instruction: $0.instruction ?? "", text: "another", temperature: 0.3, isCut: true).isHeldOut })
    }

    @Test("A model's own texts are pieces of text only, the same for the same seed, and each as if it were alone")
    func written() throws {
        try LanguageFixture.withFolder { folder in
            try LanguageFixture.write(to: folder)
            let file = try ModelFile.open(folder)
            var seen: [Int] = []
            let texts = try BaseText.written(by: file, count: 30, limit: 9, seed: 5) { seen.append($0) }
            #expect(seen == Array(1...30) && texts.count > 25 && texts.allSatisfy { BaseText.temperatures.contains($0.temperature) && !$0.text.contains("<|") })
            #expect(Set(texts.map(\.temperature)).count == 3 && texts.contains { $0.isCut } && texts.allSatisfy { Instructions.some(30, seed: 5).contains($0.instruction ?? "") })
            #expect(try BaseText.written(by: file, count: 30, limit: 9, seed: 5) == texts && BaseText.written(by: file, count: 30, limit: 9, seed: 6) != texts)
            // Running texts begin with their openings, and change nothing of the answers.
            let more = try BaseText.written(by: file, count: 30, running: 12, limit: 9, seed: 5), running = more.filter { $0.instruction == nil }
            #expect(Array(more.prefix(texts.count)) == texts && running.count > 8 && running.allSatisfy { $0.text.hasPrefix($0.opening) && !$0.opening.isEmpty && $0.temperature == 1 })
            #expect(Set(Openings.some(200, seed: 5)).count == 200 && Openings.some(0, seed: 5).isEmpty)
            let form = try InstructionForm(file), document = try #require(form.document(running[0], limit: 100))
            #expect(document.weights.first == 0 && document.weights.dropFirst().allSatisfy { $0 == 1 } && document.weights.count == document.tokens.count)
            #expect(document.tokens.map(Int.init).starts(with: form.tokenizer.encode(running[0].text)))
            let fewer = try BaseText.written(by: file, count: 4, limit: 9, seed: 5)
            #expect(fewer == Array(texts.prefix(fewer.count)) && !fewer.isEmpty)
            #expect(try Self.read(texts.map(\.line).joined(separator: "\n")) == texts)
        }
    }

    @Test("Perplexities before and after: the base's by itself, the adapter's with its new tokens")
    func figures() throws {
        try LanguageFixture.withFolder { folder in
            let place = folder.appending(path: "base"), written = folder.appending(path: "adapter")
            try LanguageFixture.write(to: place)
            try LanguageFixture.job(place).export(to: written)
            let adapter = try ModelFile.open(written), base = try ModelFile.open(place), form = try InstructionForm(adapter)
            let text = Array(repeating: LanguageFixture.sentences.joined(separator: "\n"), count: 4).joined(separator: "\n"), ids = LanguageFixture.tokenizer.encode(text)
            let held = (0..<400).map { BaseText(instruction: "name \($0) things", text: "the moon and the sun", temperature: 1) }
            let sources = [
                LanguageFigures.Source("english", text: text, tokenizer: form.tokenizer, window: 32, count: 1_000), LanguageFigures.Source("written", written: held, form: form, limit: 512, count: 5),
            ]
            #expect(sources[1].count == 5 && LanguageFigures.Source("none", text: "", tokenizer: form.tokenizer, window: 32, count: 9).count == 0)
            var done: [Int] = []
            let figures = try LanguageFigures.measure(adapter, on: sources, format: .float32, seed: 2) { done.append($0) }
            #expect(done == Array(1...2 * (sources[0].count + 5)) && figures.adapter == "adapter" && figures.base == "base" && figures.parts.map(\.source) == ["english", "written"])
            let alone = try #require(try Perplexity.measure(base.decoding(format: .float32), ids: ids, window: 32))
            #expect(abs(figures.parts[0].before / alone.perplexity - 1) < 1e-6 && figures.parts[0].tokens == alone.scored && figures.parts[0].documents == alone.windows)
            #expect(figures.parts[1].tokens == 5 * (LanguageFixture.tokenizer.encode("the moon and the sun").count + 1))
            for part in figures.parts {
                // An untrained model gives each token the same share, so new tokens take theirs.
                #expect(abs(part.ratio.value - part.after / part.before) < 1e-9 && part.ratio.value > 1.2 && part.ratio.low <= part.ratio.value && part.ratio.value <= part.ratio.high)
            }
            #expect(try LanguageFigures.measure(adapter, on: sources, format: .float32, seed: 2).parts == figures.parts)
            let few = LanguageFigures.Source("few", text: text, tokenizer: form.tokenizer, window: 32, count: 3)
            #expect(few.count == 3)
            #expect(throws: ModelFolderError.self) { try LanguageFigures.measure(base, on: sources) }
        }
    }
}
