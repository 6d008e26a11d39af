import Foundation
import Testing

@Suite("atelier models, tokenize and train")
struct ModelTests {
    @Test func trainingExportsAModelAndSaysSoInJSON() throws {
        let model = try TinyModel.make()
        let report = try TinyModel.training.get().json()
        #expect(report["outcome"] as? String == "finished" && report["step"] as? Int == 2)
        let files = try FileManager.default.contentsOfDirectory(atPath: model.path)
        #expect(Set(files).isSuperset(of: ["config.json", "model.safetensors", "tokenizer.json"]))
    }

    @Test func exportKeepsAModelCardAndARunFolderIsNotOverwritten() throws {
        let folder = try WorkFolder()
        try folder.write(TinyModel.recipe, to: "tiny.yaml")
        try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("out"), withIntermediateDirectories: true)
        try folder.write("my card", to: "out/README.md")
        #expect(try folder.run("train", "tiny.yaml", "--run", "run", "--maximum-steps", "1", "--export", "out").status == 0)
        #expect(try folder.text("out/README.md") == "my card")
        let again = try folder.run("train", "tiny.yaml", "--run", "run")
        #expect(again.status == 73 && again.error.contains("--resume"))
        #expect(try folder.run("train", "tiny.yaml", "--run", "run", "--resume", "--export", "out").status == 0)
        // Stopped and resumed, or in one go: the same model.
        #expect(try folder.data("out/model.safetensors") == Data(contentsOf: TinyModel.make().appendingPathComponent("model.safetensors")))
        #expect(try folder.run("train", "tiny.yaml", "--run", "none", "--resume").status == 66)
    }

    @Test func controlCLeavesACheckpointAndEndsWith130() throws {
        let folder = try WorkFolder()
        try folder.write(TinyModel.recipe.replacingOccurrences(of: "steps: 2", with: "steps: 1000000"), to: "long.yaml")
        let child = try Program.process(["train", "long.yaml", "--run", "run"], in: folder.url)
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        let log = folder.url.appendingPathComponent("run/log.jsonl").path
        for _ in 0..<600 where (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int) ?? 0 == 0 { usleep(50_000) }
        child.interrupt()
        child.waitUntilExit()
        #expect(child.terminationReason == .exit && child.terminationStatus == 130)
        #expect(FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("run/checkpoint/state.safetensors").path))
    }

    @Test func modelsAreFoundByNameByFolderAndByDefault() throws {
        let folder = try WorkFolder(), model = try TinyModel.make()
        let list = try folder.run("models", "list", "--json").json()
        let entries = try #require(list["models"] as? [[String: Any]])
        #expect(entries.contains { $0["name"] as? String == TinyModel.name && $0["isDefault"] as? Bool == true })
        for arguments in [["models", "info", "--json"], ["models", "info", TinyModel.name, "--json"], ["models", "info", model.path, "--json"]] {
            let info = try Program.run(arguments, in: folder.url).json()
            #expect((info["classes"] as? [String])?.count == 12 && info["type"] as? String == "llama" && (info["parameters"] as? Int ?? 0) > 10_000)
        }
        #expect(try folder.run("models").text.contains(TinyModel.name))
        // In ./models, and painter-small before others.
        for name in ["painter-a", "painter-small", "painter-z"] {
            let copy = folder.url.appendingPathComponent("models/\(name)")
            try FileManager.default.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: model, to: copy)
        }
        let own = try folder.run("models", "info", "--json", environment: ["ATELIER_MODELS": folder.url.appendingPathComponent("models").path]).json()
        #expect(own["name"] as? String == "painter-small")
        // Without it a whole model before an adapter.
        let others = folder.url.appendingPathComponent("models")
        try FileManager.default.removeItem(at: others.appendingPathComponent("painter-small"))
        try Data("{}".utf8).write(to: others.appendingPathComponent("painter-a/adapter_config.json"))
        #expect(try folder.run("models", "info", "--json", environment: ["ATELIER_MODELS": others.path]).json()["name"] as? String == "painter-z")
        let none = try folder.run("draw", "a sun", "--model", "painter-none")
        #expect(none.status == 66 && none.error.contains("models list"))
    }

    @Test func logitsAreOneANumberATokenAndTheSameWithMoreThreads() throws {
        let folder = try WorkFolder()
        let result = try folder.run("models", "logits", TinyModel.name, "--ids", "1,2,3", "--json")
        let report = try result.json(), info = try folder.run("models", "info", TinyModel.name, "--json").json()
        #expect(report["ids"] as? [Int] == [1, 2, 3])
        #expect((report["logits"] as? [Double])?.count == (info["config"] as? [String: Any])?["vocab_size"] as? Int)
        #expect(try folder.run("models", "logits", TinyModel.name, "--ids", "1,2,3", "--json", "--threads", "3").output == result.output)
        #expect(try folder.run("models", "logits", TinyModel.name, "--ids", "1,2", "--json").output != result.output)
    }

    @Test(arguments: ["a sun above a house", "", " ", "<end>", "naïve 고양이 \u{1b}[0m", "--json"])
    func tokensOfATextAreNeverControlTokens(text: String) throws {
        let folder = try WorkFolder()
        let tokens = try folder.run("models", "tokens", TinyModel.name, "--text=\(text)", "--json")
        let ids = try #require(tokens.json()["ids"] as? [Int])
        let textTokens = try folder.run("models", "info", TinyModel.name, "--json").json()["textTokens"] as? Int ?? 0
        #expect(ids.allSatisfy { 0..<textTokens ~= $0 } && ids.isEmpty == text.isEmpty)
        let tokenized = try folder.run("tokenize", "--json", "--", text).json()
        #expect(tokenized["ids"] as? [Int] == ids && (tokenized["pieces"] as? [String])?.count == ids.count)
    }
}
