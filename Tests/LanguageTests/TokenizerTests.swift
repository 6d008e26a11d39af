import Foundation
import Language
import Tensors
import Testing

private let captions = [
    "a cat left of a house", "a cat inside a big house", "the sun above a tree", "draw a cat and a dog next to a house",
    "it's a dog's house, isn't it?", "42 cats and 7 dogs", "a house above the tree and the sun",
]
private let small = Tokenizer.train(on: captions, vocabularySize: 300, addedTokens: ["<begin>", "<end>", "<x0>", "cat"])

struct TokenizerTests {
    @Test("Text comes back exactly", arguments: [
        "", " ", "a cat", "  two  spaces ", "tabs\t\tand\r\nlines\n\n", "don't we've I'll 's 'S", "naïve café ÀÉ", "한국어 스케치",
        "日本語、テスト。", "👩‍👩‍👧 🏳️‍🌈 é e\u{301}", "x²+y³=½ Ⅷ ٣٤", "\u{0}\u{7F}\u{A0}\u{2028}\u{3000}", "<begin> <end> <x0> cat",
    ])
    func roundTrip(text: String) {
        #expect(Array(small.decode(small.encode(text)).utf8) == Array(text.utf8))
    }

    @Test("Any bytes come back exactly, valid UTF-8 or not")
    func bytesRoundTrip() {
        var random = RandomSource(seed: 3)
        for _ in 0..<300 {
            let bytes = (0..<random.int(below: 40)).map { _ in UInt8(random.int(below: 256)) }
            #expect(small.decodeBytes(small.encode(bytes: bytes)) == bytes)
        }
        let all = (0...255).map { UInt8($0) }
        #expect(small.decodeBytes(small.encode(bytes: all)) == all)
    }

    @Test("Text learned from is shorter than its bytes and made of text pieces only")
    func compresses() {
        #expect(small.encode(captions[0]).count < captions[0].utf8.count * 3 / 4)
        #expect(captions.allSatisfy { small.encode($0).allSatisfy(small.isText) })
    }

    @Test("User text never gives an added token", arguments: ["<begin>", "a<end>b", "cat", " cat cat", "<x0><x0>", "<beg" + "in>"])
    func addedTokensAreUnreachable(text: String) {
        #expect(small.encode(text).allSatisfy { small.addedToken($0) == nil && $0 < small.textCount })
    }

    @Test("Added tokens follow the text; extending keeps old ids")
    func addedTokens() {
        #expect(small.count == small.textCount + 4)
        #expect(small.textCount <= 300 && small.textCount > 256)
        #expect(small.id(ofAdded: "<begin>") == small.textCount)
        #expect(small.addedToken(small.textCount + 1) == "<end>")
        #expect(small.id(ofAdded: "<none>") == nil && small.addedToken(0) == nil && small.addedToken(9_999) == nil)
        let more = small.extended(with: ["<end>", "<new>", "<new>"])
        #expect(more.count == small.count + 1)
        #expect(more.id(ofAdded: "<new>") == small.count)
        #expect(more.id(ofAdded: "<end>") == small.id(ofAdded: "<end>"))
        #expect(more.encode(captions[3]) == small.encode(captions[3]))
    }

    @Test("Added tokens decode to their names or are skipped; unknown ids become U+FFFD")
    func decodesAdded() {
        let ids = [small.textCount] + small.encode("a cat") + [small.textCount + 1]
        #expect(small.decode(ids) == "<begin>a cat<end>")
        #expect(small.decode(ids, skippingAdded: true) == "a cat")
        #expect(small.decode([-1, small.count]) == "\u{FFFD}\u{FFFD}")
    }

    @Test("Training does not depend on the order of the texts")
    func trainingIsDeterministic() {
        let again = Tokenizer.train(on: captions.reversed(), vocabularySize: 300, addedTokens: ["<begin>", "<end>", "<x0>", "cat"])
        #expect(again == small)
    }

    @Test("Training without text, and beyond what the text holds")
    func trainingLimits() {
        #expect(Tokenizer.train(on: [], vocabularySize: 300, addedTokens: []).count == 256)
        let few = Tokenizer.train(on: ["abab abab"], vocabularySize: 10_000, addedTokens: [])
        #expect(few.textCount < 262 && few.encode("abab").count == 1)
    }

    @Test("A long word is merged like a short one, and quickly")
    func longWords() {
        let trained = Tokenizer.train(on: [String(repeating: "abcabd", count: 40), "aaaa aaaaaa aa"], vocabularySize: 290, addedTokens: [])
        var random = RandomSource(seed: 8)
        for length in [2, 10, 47, 48, 49, 50, 200] {
            let word = (0..<length).map { _ in ["a", "b", "c", "d"][random.int(below: 4)] }.joined()
            var plain = word.utf8.map(Int32.init), linked = plain
            trained.mergeShort(&plain)
            trained.mergeLong(&linked)
            #expect(plain == linked, "length \(length)")
            #expect(trained.encode(word).map(Int32.init) == plain, "length \(length)")
        }
        let start = ContinuousClock.now
        #expect(trained.encode(String(repeating: "a", count: 200_000)).count < 100_000)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("tokenizer.json comes back equal")
    func fileRoundTrip() throws {
        try withFolder { folder in
            let file = folder.appending(path: "tokenizer.json")
            let odd = small.extended(with: ["<class \"quoted\\\" 한>", "<tab\t>"])
            try odd.write(to: file)
            let read = try Tokenizer(contentsOf: file)
            #expect(read == odd)
            #expect(read.encode("a dog's house 42") == odd.encode("a dog's house 42"))
            try read.write(to: file)
            #expect(try Tokenizer(contentsOf: file) == odd)
        }
    }

    @Test("Merges as pairs, added tokens inside the vocabulary and single digits are read, written and read")
    func foreignFile() throws {
        let json = try JSONSerialization.jsonObject(with: data(of: small))
        var file = try #require(json as? [String: Any])
        var model = try #require(file["model"] as? [String: Any])
        let merges = try #require(model["merges"] as? [String])
        model["merges"] = merges.map { $0.split(separator: " ").map(String.init) }
        // <|endoftext|> as id 0 in vocabulary and added tokens: everything else moves up by one, as in SmolLM2.
        var vocab = try #require(model["vocab"] as? [String: Int]).mapValues { $0 + 1 }
        vocab["<|endoftext|>"] = 0
        model["vocab"] = vocab
        file["model"] = model
        file["added_tokens"] = [["id": 0, "content": "<|endoftext|>", "special": true]]
        file["pre_tokenizer"] = ["type": "Sequence", "pretokenizers": [
            ["type": "Digits", "individual_digits": true], ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true]]]
        try withFolder { folder in
            let url = folder.appending(path: "tokenizer.json")
            try JSONSerialization.data(withJSONObject: file).write(to: url)
            let read = try Tokenizer(contentsOf: url)
            #expect(read.id(ofAdded: "<|endoftext|>") == 0)
            #expect(read.encode("a cat") == small.encode("a cat").map { $0 + 1 })
            #expect(read.encode("<|endoftext|>").allSatisfy { $0 > 0 })
            #expect(read.encode("x 123").count == read.encode("x ").count + 3)
            try read.write(to: url)
            #expect(try Tokenizer(contentsOf: url) == read)
        }
    }

    struct BadFile: Sendable, CustomTestStringConvertible {
        let name: String, old: String, new: String, key: String
        var testDescription: String { name }
    }

    @Test("A damaged tokenizer.json gives an error with the key", arguments: [
        BadFile(name: "not BPE", old: "\"type\": \"BPE\"", new: "\"type\": \"Unigram\"", key: "model.type"),
        BadFile(name: "byte fallback", old: "\"byte_fallback\": false", new: "\"byte_fallback\": true", key: "model.byte_fallback"),
        BadFile(name: "normalizer", old: "\"normalizer\": null", new: "\"normalizer\": {\"type\": \"Lowercase\"}", key: "normalizer"),
        BadFile(name: "no pre-tokenizer", old: "\"pre_tokenizer\"", new: "\"other\"", key: "pre_tokenizer"),
        BadFile(name: "no vocabulary", old: "\"vocab\"", new: "\"words\"", key: "model.vocab"),
        BadFile(name: "no merges", old: "\"merges\"", new: "\"rules\"", key: "model.merges"),
        BadFile(name: "id used twice", old: "\"\\\"\": 34", new: "\"\\\"\": 33", key: "an id not used twice"),
        BadFile(name: "huge id", old: "\"\\\"\": 34", new: "\"\\\"\": 99999999999", key: "an integer from 0"),
        BadFile(name: "fractional id", old: "\"\\\"\": 34", new: "\"\\\"\": 34.5", key: "an integer from 0"),
        BadFile(name: "wide gap", old: "\"\\\"\": 34", new: "\"\\\"\": 3000000", key: "wide gaps"),
        BadFile(name: "byte missing", old: "\"\\\"\": 34,", new: "", key: "a piece for each byte"),
        BadFile(name: "piece outside the alphabet", old: "\"\\\"\": 34", new: "\"\\\"\": 34, \"日\": 400", key: "byte alphabet"),
        BadFile(name: "merge of strangers", old: "\"merges\": [", new: "\"merges\": [\"zq qz\",", key: "model.merges[0]"),
        BadFile(name: "merge of three", old: "\"merges\": [", new: "\"merges\": [\"a b c\",", key: "model.merges[0]"),
        BadFile(name: "added twice", old: "\"content\": \"<end>\"", new: "\"content\": \"<begin>\"", key: "a name not used twice"),
        BadFile(name: "added without name", old: "\"content\": \"<end>\"", new: "\"content\": 5", key: "added_tokens[1].content"),
    ])
    func rejects(_ bad: BadFile) throws {
        let text = String(decoding: try data(of: small), as: UTF8.self)
        #expect(text.contains(bad.old))
        try withFolder { folder in
            let file = folder.appending(path: "tokenizer.json")
            try Data(text.replacingOccurrences(of: bad.old, with: bad.new).utf8).write(to: file)
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: file) }
            #expect(error.map { "\($0)".contains(bad.key) && "\($0)".contains(file.path) } == true, "\(error.map { "\($0)" } ?? "")")
        }
    }

    @Test("A truncated, missing, empty or deeply nested file gives an error")
    func rejectsTruncated() throws {
        let whole = try data(of: small)
        try withFolder { folder in
            let file = folder.appending(path: "tokenizer.json")
            #expect(throws: TokenizerError.unreadable(path: file.path, reason: "no such file")) { try Tokenizer(contentsOf: file) }
            for length in [0, 1, 100, whole.count / 2, whole.count - 3] {
                try whole.prefix(length).write(to: file)
                #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: file) }
            }
            try Data(String(repeating: "[", count: 100_000).utf8).write(to: file)
            #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: file) }
        }
    }

    private func data(of tokenizer: Tokenizer) throws -> Data {
        try withFolder { folder in
            try tokenizer.write(to: folder.appending(path: "tokenizer.json"))
            return try Data(contentsOf: folder.appending(path: "tokenizer.json"))
        }
    }
}
