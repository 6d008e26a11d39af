import Foundation
import Testing

@Suite("atelier data texts and states, an adapter and a draft trained on them, and eval language")
struct LanguageCommandTests {
    @Test func aModelsOwnTextsTrainAnAdapterThatDrawsAndIsMeasured() throws {
        let folder = try WorkFolder()
        let made = try folder.run("data", "texts", "--model", TinyModel.name, "--count", "90", "--max-tokens", "4", "-o", "data/texts.ndjson", "--seed", "1", "--json"), report = try made.json()
        #expect(made.status == 0 && report["texts"] as? Int ?? 0 > 60 && report["heldOut"] as? Int ?? 0 > 0, "\(made.error)")
        let lines = try folder.text("data/texts.ndjson").split(separator: "\n")
        #expect(lines.count == report["texts"] as? Int && lines.allSatisfy { $0.hasPrefix("{") && $0.contains("\"instruction\":") })
        #expect(try folder.run("data", "texts", "--model", TinyModel.name, "--count", "90", "--max-tokens", "4", "-o", "-", "--seed", "1").output == folder.data("data/texts.ndjson"))

        try folder.write("""
            name: beside
            kind: painter
            steps: 2
            optimizer: {learningRate: 1e-3}
            every: {log: 1}
            initialModel: "\(TinyModel.make().path)"
            adapter: {rank: 2, alpha: 4}
            data: {source: procedural, rows: 1, texts: data/texts.ndjson, mix: {text: 0.4}}

            """, to: "beside.yaml")
        let trained = try folder.run("train", "beside.yaml", "--run", "run", "--export", "beside")
        #expect(trained.status == 0, "\(trained.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("beside").path).contains("adapter_config.json"))
        #expect(try folder.run("draw", "a sun", "--model", "beside", "-o", "sun.svg").status == 0)

        try folder.write(String(repeating: "The sun is above the house, and a fish is below it.\n", count: 20), to: "text.txt")
        let measured = try folder.run("eval", "language", "beside", "--text", "text.txt", "--texts", "data/texts.ndjson", "--window", "32", "--json")
        let parts = try #require(measured.json()["parts"] as? [[String: Any]])
        #expect(measured.status == 0 && parts.count == 2, "\(measured.error)")
        for part in parts { #expect(part["before"] as? Double ?? 0 > 1 && part["after"] as? Double ?? 0 > 1 && (part["ratio"] as? [String: Any])?["low"] != nil) }
        #expect(try folder.run("eval", "language", "beside", "--text", "text.txt").text.contains("beside"))
    }

    @Test func aDraftIsTrainedForAModelAndGuessesForIt() throws {
        let folder = try WorkFolder(), model = try TinyModel.make().path
        #expect(try folder.run("data", "texts", "--model", model, "--count", "80", "--max-tokens", "8", "--temperatures", "0,1", "-o", "written.ndjson").status == 0)
        #expect(try folder.text("written.ndjson").contains("\"temperature\":0.0,"))
        let kept = try folder.run("data", "states", "written.ndjson", "--model", model, "--length", "256", "-o", "states", "--json")
        #expect(try kept.status == 0 && kept.json()["tokens"] as? Int ?? 0 > 200, "\(kept.error)")
        try folder.write("""
            name: draft
            kind: draft
            steps: 3
            optimizer: {learningRate: 1e-3}
            every: {log: 1}
            model: {width: 16, layers: 1, heads: 1, keyValueHeads: 1, hiddenWidth: 32, positions: 256, textVocabulary: 256}
            data: {target: "\(model)", texts: [written.ndjson], distilled: written.ndjson, states: states, share: 0.5, loss: tvd, rows: 1, length: 256}

            """, to: "draft.yaml")
        let trained = try folder.run("train", "draft.yaml", "--run", "run", "--export", "draft", "--json")
        #expect(trained.status == 0, "\(trained.error)")
        let asked = ["generate", model, "a cat", "--max-tokens", "12", "--temperature", "0", "--json"], plain = try folder.run(asked).json()["tokens"] as? [Int]
        let guessed = try folder.run(asked + ["--draft", "draft", "--stop-rule", "fixed"])
        #expect(try guessed.status == 0 && guessed.json()["tokens"] as? [Int] == plain && plain?.isEmpty == false, "\(guessed.error)")
        #expect(try (guessed.json()["speculation"] as? [String: Any])?["drafted"] as? Int ?? 0 > 0)
        // It is resumed, and the states of another folder are missed.
        #expect(try folder.run("train", "draft.yaml", "--run", "run", "--resume").status == 0)
        let missing = try folder.run("train", "draft.yaml", "--run", "other", "--set", "data.states=nowhere")
        #expect(missing.status == 66 && missing.error.contains("atelier data states"), "\(missing.error)")
        let text = try folder.text("draft/draft.json")
        try folder.write(text.replacing("\"digest\":\"", with: "\"digest\":\"0"), to: "draft/draft.json")
        let foreign = try folder.run(asked + ["--draft", "draft"])
        #expect(foreign.status == 65 && foreign.error.contains(model), "\(foreign.error)")
    }

    @Test("What cannot be is one line and leaves no file", arguments: [
        (["data", "texts", "--temperatures", "0,hot"], 64, "0,hot"), (["data", "states", "a.txt", "--length", "8"], 64, "--length"), (["data", "states", "none.ndjson", "-o", "s"], 66, "none.ndjson"),
        (["data", "texts", "--count", "0"], 64, "--count"), (["data", "texts", "--max-tokens", "0"], 64, "--max-tokens"), (["data", "texts", "-o", ""], 64, "file name"),
        (["data", "texts", "--model", "none", "-o", "t.ndjson"], 66, "none"), (["data", "texts", "--model", TinyModel.name, "-o", "."], 73, "folder"),
        (["eval", "language", TinyModel.name], 64, "--text"), (["eval", "language", TinyModel.name, "--text", "a.txt"], 65, "no adapter"),
        (["eval", "language", TinyModel.name, "--texts", "a.txt"], 65, "a.txt:1"), (["eval", "language", TinyModel.name, "--texts", "none.ndjson"], 66, "data texts"),
    ])
    func refused(arguments: [String], status: Int32, says: String) throws {
        let folder = try WorkFolder()
        try folder.write("some words of a text", to: "a.txt")
        let result = try folder.run(arguments)
        #expect(result.status == status && result.error.contains(says), "\(result.error)")
        #expect(folder.files == ["a.txt"])
    }
}
