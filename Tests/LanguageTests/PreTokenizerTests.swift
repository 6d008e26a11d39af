import Language
import Testing

struct Cut: Sendable, CustomTestStringConvertible {
    let text: String, words: [String]
    var pattern = PreTokenizer(pattern: .llama3)
    var testDescription: String { "\(text.debugDescription) by \(pattern)" }
}

private let qwen2 = PreTokenizer(pattern: .qwen2), gpt2 = PreTokenizer(), smol = PreTokenizer(splitsDigits: true), apart = PreTokenizer(pattern: .apart)

/// Words as llama.cpp cuts them: the ids of 1,167 texts were compared with its own for each pattern.
@Suite("Words of the known patterns") struct PreTokenizerTests {
    @Test(arguments: [
        Cut(text: "Hello world", words: ["Hello", " world"]), Cut(text: "I'M he'Ll", words: ["I", "'M", " he", "'Ll"]),
        Cut(text: "12345", words: ["123", "45"]), Cut(text: " 12345", words: [" ", "123", "45"]), Cut(text: "(a) b.\n\nc", words: ["(a", ")", " b", ".\n\n", "c"]),
        Cut(text: "a  \n  b", words: ["a", "  \n", " ", " b"]), Cut(text: "\t\tx  ", words: ["\t", "\tx", "  "]), Cut(text: "x \r\n", words: ["x", " \r\n"]),
        Cut(text: " !?\r\n.", words: [" !?\r\n", "."]), Cut(text: "日本 한국", words: ["日本", " 한국"]), Cut(text: "½٣", words: ["½٣"]),
        Cut(text: "12345", words: ["1", "2", "3", "4", "5"], pattern: qwen2), Cut(text: "it'S 7", words: ["it", "'S", " ", "7"], pattern: qwen2),
        Cut(text: " 123 it's", words: [" 123", " it", "'s"], pattern: gpt2), Cut(text: "I'M", words: ["I", "'", "M"], pattern: gpt2),
        Cut(text: "a  12", words: ["a", "  ", "1", "2"], pattern: smol), Cut(text: ".\n\nc", words: [".", "\n", "\n", "c"], pattern: smol),
        Cut(text: "don't", words: ["don", "'", "t"], pattern: apart), Cut(text: "a 12345!?", words: ["a", " ", "123", "45", "!?"], pattern: apart),
        Cut(text: "x+y `z", words: ["x", "+", "y", " `", "z"], pattern: apart), Cut(text: "", words: []),
    ])
    func cuts(_ cut: Cut) {
        let bytes = Array(cut.text.utf8)
        var words: [String] = []
        cut.pattern.forEachWord(in: bytes) { words.append(String(decoding: bytes[$0], as: UTF8.self)) }
        #expect(words == cut.words)
    }

    @Test("Nothing is lost, whatever the bytes", arguments: [gpt2, smol, qwen2, PreTokenizer(pattern: .llama3), apart])
    func nothingIsLost(pattern: PreTokenizer) {
        let parts: [[UInt8]] = [[0x20], [0x0A], [0x0D], [0x31], [0x61], [0x27], [0x73], [0x2E], [0xC3, 0xA9], [0xE2, 0x80, 0xA8], [0xFF], [0xE2], [0x7C]]
        for seed in 0..<300 {
            let bytes = tokens(seed % 50, below: parts.count, seed: UInt64(seed)).flatMap { parts[$0] }
            var end = 0
            pattern.forEachWord(in: bytes) { range in
                #expect(range.lowerBound == end && !range.isEmpty)
                end = range.upperBound
            }
            #expect(end == bytes.count)
        }
    }
}
