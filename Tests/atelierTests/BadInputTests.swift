import Foundation
import Testing

/// Bad input: a clear sentence, the right exit code, nothing written, nothing lost, no crash.
@Suite("Bad input")
struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let arguments: [String]
        var file = ""
        let status: Int32
        /// What the sentence names.
        let says: String
        var testDescription: String { name }
    }

    static func deep(_ text: String, _ count: Int = 100_000) -> String { String(repeating: text, count: count) }

    static let cases: [Case] = [
        Case(name: "empty prompt", arguments: ["draw", "", "-o", "old.svg"], status: 64, says: "empty"),
        Case(name: "blank prompt", arguments: ["draw", " \t\n ", "-o", "old.svg"], status: 64, says: "empty"),
        Case(name: "10,000 words", arguments: ["draw", deep("cat ", 10_000), "-o", "old.svg"], status: 65, says: "10000 words"),
        Case(name: "unknown class", arguments: ["draw", "a quxblorf", "-o", "old.svg"], status: 65, says: "quxblorf"),
        Case(name: "nothing to draw", arguments: ["draw", "to the left of", "-o", "old.svg"], status: 65, says: "names no thing"),
        Case(name: "an endless word", arguments: ["draw", deep("q"), "-o", "old.svg"], status: 65, says: "unknown"),
        Case(name: "a negation", arguments: ["draw", "no sun", "-o", "old.svg"], status: 65, says: "\"no\""),
        Case(name: "a million", arguments: ["draw", "1000000 suns", "-o", "old.svg"], status: 65, says: "at most 8"),
        Case(name: "too many objects", arguments: ["draw", "9 suns", "-o", "old.svg"], status: 65, says: "at most 8"),
        Case(name: "no prompts file", arguments: ["draw", "--prompts", "none.txt", "-o", "old.svg"], status: 66, says: "none.txt"),
        Case(name: "empty prompts file", arguments: ["draw", "--prompts", "in", "-o", "old.svg"], status: 65, says: "in: is empty"),
        Case(name: "missing model", arguments: ["draw", "a sun", "--model", "none", "-o", "old.svg"], status: 66, says: "none"),
        Case(name: "folder without a model", arguments: ["draw", "a sun", "--model", ".", "-o", "old.svg"], status: 66, says: "config.json"),
        Case(name: "output folder missing", arguments: ["draw", "a sun", "-o", "none/a.svg"], status: 73, says: "no folder none"),
        Case(name: "output is a folder", arguments: ["draw", "a sun", "-o", ".", "--format", "svg"], status: 73, says: "is a folder"),
        Case(name: "output cannot be created", arguments: ["draw", "a sun", "-o", "/proc/none/a.svg"], status: 73, says: "/proc/none"),
        Case(name: "full disk", arguments: ["draw", "a sun", "-o", "/dev/full", "--format", "png"], status: 74, says: "No space left"),
        Case(name: "no input", arguments: ["erase", "none.svg", "the sun", "-o", "old.svg"], status: 66, says: "none.svg"),
        Case(name: "input is a folder", arguments: ["detect", ".", "-o", "old.svg"], status: 66, says: "is a folder"),
        Case(name: "nothing to undo", arguments: ["undo", "in", "-o", "old.svg"], file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[[[1],[2]]]}", status: 65, says: "undo"),
        Case(name: "nothing to describe", arguments: ["describe", "in"], file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[]}", status: 65, says: "no strokes"),
        Case(name: "no such drawing to ask about", arguments: ["ask", "in", "How many suns are there?", "--index", "2"], file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[[[1],[2]]]}", status: 64, says: "1 drawing"),
        Case(name: "nowhere to remember", arguments: ["erase", "in", "the sun", "--undoable", "-o", "old.svg"], file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[[[1],[2]]]}", status: 64, says: "--undoable"),
        Case(name: "grades to a missing folder", arguments: ["data", "grades", "--ranker", "none", "--drawings", "none", "-o", "none/a.grades"], status: 66, says: "none"),
        Case(name: "endless input", arguments: ["render", "/dev/zero", "-o", "old.svg"], status: 65, says: "larger than 256 MiB"),
        Case(name: "empty input", arguments: ["render", "in", "-o", "old.svg"], status: 65, says: "in: is empty"),
        Case(name: "a picture of pixels", arguments: ["detect", "in", "-o", "old.svg"], file: "\u{89}PNG\r\n\u{1a}\n", status: 65, says: "in: is no form"),
        Case(name: "truncated SVG", arguments: ["erase", "in", "the sun", "-o", "old.svg"], file: "<svg viewBox=\"0 0 9 9\"><path d=\"M1 1", status: 65, says: "in:1"),
        Case(name: "deep SVG", arguments: ["erase", "in", "the sun", "-o", "old.svg"], file: "<svg>" + deep("<g>"), status: 65, says: "levels deep"),
        Case(name: "entity bomb", arguments: ["erase", "in", "the sun", "-o", "old.svg"],
             file: "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><svg><path d=\"&b;\"/></svg>", status: 65, says: "&b;"),
        Case(name: "malformed ndjson", arguments: ["erase", "in", "the sun", "-o", "old.svg"],
             file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[]}\n{\"version\":1,\"width\":", status: 65, says: "in:2"),
        Case(name: "not a scene", arguments: ["detect", "in", "-o", "old.svg"], file: "{\"a\":1}", status: 65, says: "\"strokes\""),
        Case(name: "deep JSON", arguments: ["detect", "in", "-o", "old.svg"], file: "{\"a\":" + deep("["), status: 65, says: "levels deep"),
        Case(name: "NaN", arguments: ["render", "in", "-o", "old.svg"], file: "{\"version\":1,\"width\":NaN,\"height\":9,\"strokes\":[]}", status: 65, says: "width"),
        Case(name: "huge numbers", arguments: ["render", "in", "-o", "old.svg"],
             file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[[[1e300],[2]]]}", status: 65, says: "strokes[0][0][0]"),
        Case(name: "stroke that is not there", arguments: ["render", "in", "-o", "old.svg"],
             file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[],\"objects\":[{\"class\":\"a\",\"box\":[0,0,1,1],\"strokes\":[7]}]}", status: 65, says: "objects[0].strokes"),
        Case(name: "picture too large", arguments: ["render", "in", "-o", "old.png"],
             file: "{\"version\":1,\"width\":9000000,\"height\":9,\"strokes\":[[[1],[2]]]}", status: 65, says: "--size"),
        Case(name: "empty canvas", arguments: ["detect", "in", "-o", "old.svg"], file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[]}", status: 65, says: "no strokes"),
        Case(name: "no command", arguments: ["erase", "in", "-o", "old.svg"], file: "{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[[[1],[2]]]}", status: 64, says: "what to erase"),
        Case(name: "no token", arguments: ["models", "logits", "painter-tiny", "--ids", "99999"], status: 65, says: "99999"),
        Case(name: "no recipe", arguments: ["train", "none.yaml"], status: 66, says: "none.yaml"),
        Case(name: "recipe of another kind", arguments: ["train", "in"], file: "name: a\nkind: sculptor\nsteps: 1\noptimizer: {learningRate: 1}\n", status: 65, says: "sculptor"),
        Case(name: "misspelt recipe", arguments: ["train", "in"], file: "name: a\nkind: painter\nstep: 1\noptimizer: {learningRate: 1}\n", status: 65, says: "steps"),
        Case(name: "no data", arguments: ["data", "quickdraw", "--from", "none"], status: 66, says: "none"),
        Case(name: "no folder for data", arguments: ["data", "quickdraw", "--from", ".", "-o", ""], status: 64, says: "-o takes a folder"),
        Case(name: "no ndjson", arguments: ["data", "quickdraw", "--from", "."], status: 66, says: "ndjson"),
    ]

    @Test(arguments: cases)
    func isRefused(_ bad: Case) throws {
        let folder = try WorkFolder()
        try folder.write("old", to: "old.svg")
        try folder.write("old", to: "old.png")
        try folder.write(bad.file, to: "in")
        let result = try Program.run(bad.arguments, in: folder.url)
        #expect(result.status == bad.status, "\(result.error.prefix(500))")
        #expect(result.output.isEmpty)
        let lines = result.error.split(separator: "\n")
        #expect(lines.last?.hasPrefix("error: ") == true && lines.dropLast().allSatisfy { $0.hasPrefix("note: ") }, "\(result.error.prefix(500))")
        #expect(lines.allSatisfy { $0.count < 2_500 })
        #expect(result.error.contains(bad.says), "\(result.error.prefix(500))")
        #expect(folder.files == ["in", "old.png", "old.svg"])
        #expect(try folder.text("old.svg") == "old" && folder.text("old.png") == "old")
    }

    @Test("A full disk under standard output", arguments: [
        ["draw", "a sun", "-o", "-"], ["draw", "a sun", "--json", "-o", "a.svg"], ["models", "list"], ["models", "info", "painter-tiny"], ["tokenize", "a sun"],
    ])
    func standardOutputIsFull(arguments: [String]) throws {
        let folder = try WorkFolder()
        let result = try Program.run(arguments, in: folder.url, outputPath: "/dev/full")
        #expect(result.status == 74 && result.error.contains("standard output: writing failed"))
    }

    // MARK: model folders

    struct BadModel: CustomTestStringConvertible, Sendable {
        let name: String
        let status: Int32
        let says: String
        let damage: @Sendable (URL) throws -> Void
        var testDescription: String { name }
    }

    /// A safetensors file of this header.
    static func weights(_ header: String, length: UInt64? = nil, values: Int = 64) -> Data {
        let bytes = Array(header.utf8)
        return withUnsafeBytes(of: (length ?? UInt64(bytes.count)).littleEndian) { Data($0) } + Data(bytes) + Data(count: values)
    }

    static func replace(_ header: String, length: UInt64? = nil) -> @Sendable (URL) throws -> Void {
        { try weights(header, length: length).write(to: $0.appendingPathComponent("model.safetensors")) }
    }

    static let models: [BadModel] = [
        BadModel(name: "no weights", status: 66, says: "model.safetensors") { try FileManager.default.removeItem(at: $0.appendingPathComponent("model.safetensors")) },
        BadModel(name: "no tokenizer", status: 66, says: "tokenizer.json") { try FileManager.default.removeItem(at: $0.appendingPathComponent("tokenizer.json")) },
        BadModel(name: "weights cut short", status: 65, says: "cut short") {
            let file = $0.appendingPathComponent("model.safetensors")
            try Data(contentsOf: file).dropLast(1_000).write(to: file)
        },
        BadModel(name: "weights of zero bytes", status: 65, says: "model.safetensors") { try Data().write(to: $0.appendingPathComponent("model.safetensors")) },
        BadModel(name: "header longer than the file", status: 65, says: "header", damage: replace("{}", length: .max)),
        BadModel(name: "header is no JSON", status: 65, says: "header", damage: replace("{\"a\":")),
        BadModel(name: "huge counts", status: 65, says: "model.embed_tokens.weight",
                 damage: replace("{\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9223372036854775807],\"data_offsets\":[0,64]}}")),
        BadModel(name: "tensors that overlap", status: 65, says: "overlap",
                 damage: replace("{\"a\":{\"dtype\":\"F32\",\"shape\":[16],\"data_offsets\":[0,64]},\"b\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[32,64]}}")),
        BadModel(name: "deep header", status: 65, says: "header", damage: replace("{\"a\":" + deep("["))),
        BadModel(name: "other weights", status: 65, says: "model.embed_tokens.weight", damage: replace("{\"a\":{\"dtype\":\"F32\",\"shape\":[16],\"data_offsets\":[0,64]}}")),
        BadModel(name: "config of another shape", status: 65, says: "expected") {
            let file = $0.appendingPathComponent("config.json")
            try Data(String(decoding: Data(contentsOf: file), as: UTF8.self).replacingOccurrences(of: "\"hidden_size\" : 32", with: "\"hidden_size\" : 64").utf8).write(to: file)
        },
        BadModel(name: "config of huge counts", status: 65, says: "config.json") {
            let file = $0.appendingPathComponent("config.json")
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            try Data(text.replacingOccurrences(of: "\"hidden_size\" : 32", with: "\"hidden_size\" : 4611686018427387904").utf8).write(to: file)
        },
        BadModel(name: "config of few positions", status: 65, says: "positions") {
            let file = $0.appendingPathComponent("config.json")
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            try Data(text.replacingOccurrences(of: "\"max_position_embeddings\" : 768", with: "\"max_position_embeddings\" : 40").utf8).write(to: file)
        },
        BadModel(name: "config is no JSON", status: 65, says: "config.json") { try Data("{".utf8).write(to: $0.appendingPathComponent("config.json")) },
        BadModel(name: "tokenizer is no JSON", status: 65, says: "tokenizer.json") { try Data("[1".utf8).write(to: $0.appendingPathComponent("tokenizer.json")) },
        BadModel(name: "weights that are no numbers", status: 65, says: "finite") {
            // NaN is a value like any other to a file, but nothing can be drawn with it.
            let file = $0.appendingPathComponent("model.safetensors")
            var data = try Data(contentsOf: file)
            let start = 8 + Int(data.prefix(8).withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) })
            for index in stride(from: start + 1, to: data.count, by: 2) { (data[index - 1], data[index]) = (0xc0, 0x7f) }
            try data.write(to: file)
        },
    ]

    @Test(arguments: models)
    func aDamagedModelIsRefused(_ bad: BadModel) throws {
        let folder = try WorkFolder()
        let model = folder.url.appendingPathComponent("painter-bad")
        try FileManager.default.copyItem(at: TinyModel.make(), to: model)
        try bad.damage(model)
        let result = try folder.run("draw", "a sun", "--model", "painter-bad", "-o", "a.svg")
        #expect(result.status == bad.status, "\(result.error)")
        #expect(result.error.contains(bad.says) && result.error.hasPrefix("error: ") && result.error.split(separator: "\n").count == 1, "\(result.error)")
        #expect(folder.files == ["painter-bad"])
    }
}
