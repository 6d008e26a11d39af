import Distillation
import Files
import Foundation
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
}
