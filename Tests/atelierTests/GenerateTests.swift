import Foundation
import Testing

@Suite("atelier generate, eval perplexity and models export")
struct GenerateTests {
    @Test func textComesAndTheSameAsTokensInJSON() throws {
        let folder = try WorkFolder()
        let report = try folder.run("generate", TinyModel.name, "a cat", "--max-tokens", "12", "--json").json()
        let tokens = try #require(report["tokens"] as? [Int]), text = try #require(report["text"] as? String)
        #expect((1...12).contains(tokens.count) && (report["prompt_tokens"] as? Int ?? 0) > 0 && report["time_to_first_token"] != nil)
        #expect(report.keys.sorted() == ["prompt_tokens", "text", "time_to_first_token", "tokens", "tokens_per_second"])
        let plain = try folder.run("generate", TinyModel.name, "a cat", "--max-tokens", "12")
        #expect(plain.status == 0 && plain.text == text + "\n" && plain.error.isEmpty)
        let sampled = ["generate", TinyModel.name, "a cat", "--max-tokens", "12", "--temperature", "1", "--top-k", "50", "--top-p", "0.9", "--seed", "3", "--json"]
        let once = try Program.run(sampled, in: folder.url).json()["tokens"] as? [Int]
        #expect(try Program.run(sampled + ["--threads", "3"], in: folder.url).json()["tokens"] as? [Int] == once)
    }

    @Test("A drafter changes the speed, not the text", arguments: [
        ["lookup"], [TinyModel.name, "--speculation", "rsd-s"], [TinyModel.name], [TinyModel.name, "--speculation", "rsd-c", "--branching", "2,2"], [TinyModel.name, "--stop-rule", "adaedl"],
    ]) func guessing(draft: [String]) throws {
        let folder = try WorkFolder(), asked = ["generate", TinyModel.name, "a cat", "--max-tokens", "20", "--json"]
        let plain = try Program.run(asked, in: folder.url).json()["tokens"] as? [Int], guessed = try Program.run(asked + ["--draft"] + draft, in: folder.url).json()
        #expect(plain != nil && guessed["tokens"] as? [Int] == plain)
        let report = try #require(guessed["speculation"] as? [String: Any])
        #expect(report["target_passes"] as? Int ?? 99 <= 20 && report["block_efficiency"] as? Double ?? 0 >= 1)
        let sampled = asked + ["--temperature", "0.8", "--seed", "5"]
        let matched = try Program.run(sampled + ["--matching", "sampled", "--draft"] + draft, in: folder.url).json()["tokens"] as? [Int]
        #expect(try matched == Program.run(sampled, in: folder.url).json()["tokens"] as? [Int])
        #expect(try Program.run(sampled + ["--draft"] + draft, in: folder.url).json()["tokens"] as? [Int] == Program.run(sampled + ["--draft"] + draft, in: folder.url).json()["tokens"] as? [Int])
    }

    @Test func wrongDraftersAndShapesAreNamed() throws {
        let folder = try WorkFolder(), asked = ["generate", TinyModel.name, "a cat", "--max-tokens", "4"]
        for (options, status, word) in [
            (["--draft", "none"], 66, "no such model"), (["--draft", "self:99"], 64, "blocks"), (["--draft", "lookup", "--branching", "9,9,9", "--speculation", "rsd-c"], 64, "63"),
            (["--draft", "lookup", "--branching", "2,x", "--speculation", "rsd-c"], 64, "2,x"), (["--draft", "lookup", "--draft-length", "0"], 64, "1 to 63"),
            (["--draft", "lookup", "--repetition-penalty", "1.5"], 64, "--repetition-penalty"), (["--stats"], 64, "--stats goes with"), (["--stop-rule", "cost"], 64, "--draft"),
            (["--draft", "self:1", "--speculation", "rsd-s", "--stop-rule", "adaedl"], 64, "ends chains"), (["--draft", "lookup", "--speculation", "rsd-s", "--beam-width", "9223372036854775807"], 64, "guesses"),
        ] as [([String], Int32, String)] {
            let run = try Program.run(asked + options, in: folder.url)
            #expect(run.status == status && run.error.contains(word), "\(options): \(run.status) \(run.error)")
        }
    }

    @Test func exactnessIsShownAndCounted() throws {
        let folder = try WorkFolder(), run = try folder.run("verify-exactness", "--draws", "10000", "--json"), report = try run.json()
        #expect(run.status == 0)
        let cases = try #require(report["cases"] as? [[String: Any]])
        #expect(cases.count == 42 && report["draws"] as? Int == 10_000)
        let texts = try #require(cases[0]["texts"] as? [[String: Any]])
        #expect(texts.count == 216 && texts.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == 10_000)
        #expect(try folder.run("verify-exactness", "--draws", "5").status == 64)
    }

    @Test func speculationIsMeasuredBesidePlainDecoding() throws {
        let folder = try WorkFolder(), bench = ["bench", "speculation", TinyModel.name, "--draft", TinyModel.name, "--prompts", "1", "--tokens", "8", "--repeats", "2", "--temperatures", "0,1"]
        let report = try Program.run(bench + ["--methods", "plain", "chain:2", "rsd-s:2x2", "--json"], in: folder.url).json()
        let rows = try #require(report["rows"] as? [[String: Any]])
        #expect(rows.count == 6 && rows.prefix(3).allSatisfy { $0["same_text"] as? Bool == true } && rows.allSatisfy { $0["speedup"] as? Double ?? 0 > 0 })
        for wrong in [["--budgets", "7"], ["--methods", "chain:99"], ["--methods", "rsd-c:2,x"], ["--budgets", "6", "--draft", "lookup"], ["--budgets", "6", "--methods", "plain"]] {
            #expect(try Program.run(bench + wrong, in: folder.url).status == 64, "\(wrong)")
        }
        #expect(try Program.run(bench + ["--budgets", "6"], in: folder.url).text.contains("rsd-c:2,2"))
    }

    @Test func anExportedModelAnswersAlike() throws {
        let folder = try WorkFolder()
        #expect(try folder.run("models", "export", TinyModel.name, "-o", "m.gguf", "--type", "f32").status == 0)
        let ids = ["--ids", "1,2,3", "--json"]
        #expect(try Program.run(["models", "logits", "m.gguf"] + ids, in: folder.url).output == Program.run(["models", "logits", TinyModel.name] + ids, in: folder.url).output)
        // In the same arithmetic: as they are stored, one is multiplied in f32 and the other in bf16.
        let asked = ["a cat", "--max-tokens", "8", "--precision", "f32"]
        #expect(try Program.run(["generate", "m.gguf"] + asked, in: folder.url).output == Program.run(["generate", TinyModel.name] + asked, in: folder.url).output)
        #expect(try folder.run("models", "info", "m.gguf", "--json").json()["type"] as? String == "gguf")
        try folder.write("\"a cat\"\n\"\"\n", to: "t.jsonl")
        let lines = try folder.run("tokenize", "--model", "m.gguf", "--strings", "t.jsonl")
        #expect(lines.status == 0 && lines.text.hasSuffix("]\n[]\n"))
        #expect(try folder.run("models", "export", TinyModel.name, "-o", "none/m.gguf").status == 73)
    }

    @Test func perplexityHasABaselineBesideIt() throws {
        let folder = try WorkFolder()
        try folder.write(String(repeating: "a cat above a house. ", count: 20), to: "text.txt")
        let report = try folder.run("eval", "perplexity", TinyModel.name, "--text", "text.txt", "--window", "32", "--json").json()
        #expect((report["perplexity"] as? Double ?? 0) > 1 && (report["unigram_perplexity"] as? Double ?? 0) > 1)
        #expect(report["scored"] as? Int == (report["tokens"] as? Int ?? 0) - (report["windows"] as? Int ?? 0))
        try folder.write("", to: "empty.txt")
        #expect(try folder.run("eval", "perplexity", TinyModel.name, "--text", "empty.txt").status == 65)
        #expect(try folder.run("eval", "perplexity", TinyModel.name, "--text", "none.txt").status == 66)
        #expect(try folder.run("eval", "perplexity", TinyModel.name, "--text", "text.txt", "--window", "99999").status == 64)
    }

    @Test func missingAndBrokenModelsHaveTheirExitCodes() throws {
        let folder = try WorkFolder()
        #expect(try folder.run("models", "export", TinyModel.name, "-o", "m.gguf").status == 0)
        let whole = try folder.data("m.gguf")
        try whole.prefix(whole.count / 2).write(to: folder.url.appendingPathComponent("cut.gguf"))
        try folder.write("hello", to: "text.gguf")
        for (model, status) in [("none.gguf", 66), ("none", 66), ("cut.gguf", 65), ("text.gguf", 65)] as [(String, Int32)] {
            let result = try folder.run("generate", model, "a cat")
            #expect(result.status == status && result.error.hasPrefix("error: ") && result.output.isEmpty, "\(model): \(result.error)")
        }
        let chat = try folder.run("generate", "m.gguf", "a cat", "--chat")
        #expect(chat.status == 65 && chat.error.contains("no chat template"))
        let long = try folder.run("generate", "m.gguf", String(repeating: "q z x ", count: 600))
        #expect(long.status == 65 && long.error.contains("positions"))
        #expect(try folder.run("generate", "m.gguf", "").status == 64)
    }

    @Test(arguments: [["--temperature", "5"], ["--top-k", "0"], ["--top-p", "0"], ["--max-tokens", "0"], ["--repetition-penalty", "0"], ["--system", "x"]])
    func wrongUsage(options: [String]) throws {
        let folder = try WorkFolder()
        #expect(try Program.run(["generate", TinyModel.name, "a"] + options, in: folder.url).status == 64)
    }
}
