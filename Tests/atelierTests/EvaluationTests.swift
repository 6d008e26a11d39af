import Foundation
import Testing

@Suite("atelier eval painter and models styles")
struct EvaluationTests {
    /// A folder with prepared drawings of two classes in `data`, and networks of these kinds that have learnt nothing.
    private func prepared(_ kinds: [String]) throws -> WorkFolder {
        let folder = try WorkFolder()
        try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("drawings"), withIntermediateDirectories: true)
        let lines = ["house", "sun"].flatMap { word in
            (0..<90).map { "{\"word\":\"\(word)\",\"key_id\":\"\(word)-\($0)\",\"recognized\":true,\"drawing\":[[[0,200,\(40 + $0)],[10,\($0),200]],[[50,90],[60,\(70 + $0)]]]}" }
        }
        try folder.write(lines.joined(separator: "\n"), to: "drawings/all.ndjson")
        let made = try folder.run("data", "quickdraw", "--from", "drawings", "-o", "data")
        #expect(made.status == 0, "\(made.error)")
        for kind in kinds {
            try folder.write("""
                name: \(kind)
                kind: \(kind)
                steps: 1
                optimizer: {learningRate: 1e-3}
                model: {size: 16, channels: [8]}
                data: {source: data, batch: 2}

                """, to: "\(kind).yaml")
            let trained = try folder.run("train", "\(kind).yaml", "--run", "run-\(kind)", "--export", kind)
            #expect(trained.status == 0, "\(trained.error)")
        }
        return folder
    }

    @Test func aReportIsWrittenBesideTheFigures() throws {
        let folder = try prepared(["judge"])
        try folder.write("{\"text\":\"a sun\",\"objects\":[{\"class\":\"sun\",\"count\":1}],\"relations\":[]}\n", to: "requests.ndjson")
        let command = ["eval", "painter", "--judge", "judge", "--data", "data", "--requests", "requests.ndjson", "--quick", "--seed", "3", "--only", "recognition", "--json"]
        let plain = try folder.run(command), shown = try folder.run(command + ["--report", "out/page"])
        #expect(plain.status == 0 && shown.status == 0 && shown.error.contains("wrote out/page/index.html"), "\(shown.error)")
        let html = try folder.text("out/page/index.html")
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("<h3>sun</h3>") && html.contains("<h3>house</h3>"))
        #expect(html.contains("atelier eval painter --judge judge --data data --requests requests.ndjson --seed 3 --quick --only recognition"))
        // The figures are the same document as without.
        var a = try plain.json(), b = try shown.json()
        (a["seconds"], b["seconds"]) = (nil, nil)
        #expect(NSDictionary(dictionary: a) == NSDictionary(dictionary: b))
    }

    @Test func whatFailsWritesNothing() throws {
        let folder = try WorkFolder()
        #expect(try folder.run("eval", "painter", "--judge", "none", "--report", "out").status == 66)
        #expect(folder.files.isEmpty)
        try folder.write("mine", to: "file")
        let taken = try folder.run("eval", "painter", "--judge", "none", "--report", "file")
        #expect(taken.status == 73 && taken.error.contains("file"))
        #expect(try folder.text("file") == "mine" && folder.files == ["file"])
    }

    @Test func stylesAreChosenAndWritten() throws {
        let folder = try prepared(["ranker"])
        try FileManager.default.copyItem(at: TinyModel.make(), to: folder.url.appendingPathComponent("painter"))
        // A painter of doodles alone has no choice.
        let none = try folder.run("models", "styles", "painter", "--ranker", "ranker")
        #expect(none.status == 65 && none.error.contains("two styles"), "\(none.error)")
        let before = #"{"icons":["house","moon","sun"],"onlyIcons":["house"],"preferred":["moon"]}"#
        try folder.write(before, to: "painter/styles.json")
        #expect(try folder.run("models", "styles", "painter", "--ranker", "none").status == 66)
        #expect(try folder.text("painter/styles.json") == before)

        let result = try folder.run("models", "styles", "painter", "--ranker", "ranker", "--samples", "8", "--json", "-o", "sheet.png"), report = try result.json()
        #expect(result.status == 0 && report["samples"] as? Int == 8 && report["margin"] as? Double == 0.1, "\(result.error)")
        let classes = try #require(report["classes"] as? [[String: Any]]), one = try #require(classes.first)
        #expect(classes.count == 1 && one["class"] as? String == "sun" && report["unknown"] as? [String] == ["moon"])
        let doodle = try #require(one["doodle"] as? Double), icon = try #require(one["icon"] as? Double), isIcon = icon - doodle > 0.1
        #expect(one["preferred"] as? String == (isIcon ? "icon" : "doodle"))
        #expect(try folder.data("sheet.png").starts(with: [0x89, 0x50]))
        let table = try #require(JSONSerialization.jsonObject(with: folder.data("painter/styles.json")) as? [String: [String]])
        #expect(table == ["icons": ["house", "moon", "sun"], "onlyIcons": ["house"], "preferred": isIcon ? ["moon", "sun"] : ["moon"]])
        #expect(try folder.run("models", "styles", "painter", "--ranker", "ranker", "--samples", "8").text.contains("\nsun "))
    }
}
