import Foundation
import Testing

@Suite("atelier data texts, an adapter trained on them, and eval language")
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

    @Test("What cannot be is one line and leaves no file", arguments: [
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
