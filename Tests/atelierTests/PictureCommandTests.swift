import Foundation
import Testing

@Suite("atelier look, ask about pictures, pose, eval reasoner")
struct PictureCommandTests {
    static let released = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "models/reasoner-clevr").path

    @Test("The smallest reader and eye are trained, and look, ask and eval give all that they promise")
    func tiny() throws {
        let folder = try WorkFolder()
        try folder.write("""
            name: reader
            kind: questions
            steps: 1
            optimizer: {learningRate: 1e-3}
            model: {width: 16, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 16, textVocabulary: 300}
            data: {rows: 1}

            """, to: "reader.yaml")
        try folder.write("""
            name: eye
            kind: look
            steps: 1
            optimizer: {learningRate: 1e-3}
            model: {picture_width: 96, picture_height: 64, stem: [8, 8, 8], features: 16, layers: 1, heads: 2, hidden_width: 16}
            data: {batch: 2, pictures: 2}

            """, to: "eye.yaml")
        for name in ["reader", "eye"] {
            let trained = try folder.run("train", "\(name).yaml", "--export", "tiny")
            #expect(trained.status == 0, "\(trained.error)")
        }
        #expect(try folder.run("data", "clevr", "--count", "2", "--questions", "3", "--width", "96", "--height", "64", "-o", "set").status == 0)
        let picture = "set/images/CLEVR_atelier_000000.png"

        let answer = try folder.run("ask", picture, "How many red things are there?", "--model", "tiny", "--json"), json = try answer.json()
        #expect(answer.status == 0 && Set(json.keys).isSuperset(of: ["answer", "confidence", "objects", "trace", "agreement"]), "\(answer.error)")
        let page = try folder.run("ask", picture, "How many <red> things are there?", "--model", "tiny", "--trace", "-o", "page.html")
        #expect(try page.status == 0 && folder.text("page.html").contains("data:image/png;base64,") && folder.text("page.html").contains("&lt;red&gt;"), "\(page.error)")
        // A reader that has not learnt to see says so where it is to write by itself.
        #expect(try folder.run("ask", picture, "How many?", "--model", "tiny", "--reasoner", "rationale").status == 65)

        let look = try folder.run("look", picture, "--model", "tiny", "-o", "overlay.png", "--json")
        #expect(try look.status == 0 && look.json()["objects"] is [Any] && look.json()["scene_probability"] is Double, "\(look.error)")
        #expect(try folder.data("overlay.png").starts(with: [0x89, 0x50]))
        #expect(try folder.run("look", picture, "--model", "tiny", "-o", "scene.json").status == 0)
        #expect(try folder.run("ask", "scene.json", "How many red things are there?", "--model", "tiny", "--json").status == 0)

        let all = try folder.run("ask", "--questions", "set/questions.json", "--images", "set/images", "--model", "tiny", "-o", "answers.json")
        #expect(all.status == 0, "\(all.error)")
        let answers = try #require((JSONSerialization.jsonObject(with: folder.data("answers.json")) as? [String: Any])?["answers"] as? [[String: Any]])
        #expect(answers.count == 6 && answers.allSatisfy { ($0["answer"] as? String)?.isEmpty == false && $0["image_filename"] is String && $0["confidence"] is Double })

        let figures = try folder.run("eval", "reasoner", "--questions", "set/questions.json", "--images", "set/images", "--scenes", "set/scenes.json", "--model", "tiny", "--damaged", "--json")
        #expect(try figures.status == 0 && (figures.json()["parts"] as? [[String: Any]])?.count == 4, "\(figures.error)")
        let refusals = try folder.run("eval", "refusals", "--questions", "set/questions.json", "--images", "set/images", "--scenes", "set/scenes.json", "--model", "tiny", "--count", "3", "--strange", "set/images", "--json")
        #expect(try refusals.status == 0 && (refusals.json()["parts"] as? [[String: Any]])?.count == 5, "\(refusals.error)")

        try FileManager.default.removeItem(at: folder.url.appendingPathComponent(picture))
        let missing = try folder.run("ask", "--questions", "set/questions.json", "--images", "set/images", "--model", "tiny", "-o", "answers.json")
        #expect(missing.status == 1 && missing.error.contains("CLEVR_atelier_000000.png"))
    }

    @Test("Questions about a drawing may name what it has not, by everyday words, and ask about the one thing or the other", arguments: [
        ("How many ducks are left of the house?", "1"), ("Is there a cat?", "no"), ("how many kittens are there?", "0"), ("Is the duck left of the house?", "yes"), ("Is the sun below the house?", "no"),
        ("Is there a cottage?", "yes"), ("What is above the house?", "sun"), ("Is the duck on the left hand side of the house?", "yes"), ("Is there a polar bear?", "no"),
    ])
    func drawing(question: String, answer: String) throws {
        let folder = try WorkFolder()
        try folder.write("""
            {"version": 1, "width": 256, "height": 256, "objects": [{"class": "duck", "box": [10, 150, 60, 200], "strokes": [0]}, {"class": "house", "box": [110, 110, 200, 210], "strokes": [1]},
             {"class": "sun", "box": [120, 10, 170, 60], "strokes": [2]}], "strokes": [[[10, 60], [150, 200]], [[110, 200], [110, 210]], [[120, 170], [10, 60]]]}

            """, to: "scene.json")
        let answered = try folder.run("ask", "scene.json", question, "--model", Self.released)
        #expect(answered.status == 0 && answered.text == answer + "\n", "\(answered.text)\(answered.error)")
        let empty = try folder.run("ask", "scene.json", "  ?", "--model", Self.released)
        #expect(empty.status == 64 && empty.error.contains("question is empty"))
    }

    @Test("A draft is trained for the released reasoner: it answers as before, and bench tells what guessing came to")
    func draft() throws {
        let folder = try WorkFolder()
        try folder.write("""
            name: draft
            kind: picture-draft
            steps: 2
            optimizer: {learningRate: 1e-3}
            every: {log: 1, evaluate: 2}
            model: {width: 16, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 16, textVocabulary: 300}
            data: {target: "\(Self.released)", rows: 2, length: 192, pictures: 4, captions: 0.3}

            """, to: "draft.yaml")
        let seeing = ["--set", "name=seeing", "--set", "data.seesPicture=true", "--set", "data.crossEvery=1"]
        for (name, more) in [("draft", []), ("seeing", seeing)] {
            let trained = try folder.run(["train", "draft.yaml", "--run", "run-\(name)", "--export", name] + more)
            #expect(trained.status == 0, "\(trained.error)")
        }
        #expect(try folder.run("train", "draft.yaml", "--run", "run-draft", "--resume").status == 0)
        #expect(try folder.run("data", "clevr", "--count", "1", "--questions", "1", "--width", "320", "--height", "240", "-o", "set").status == 0)
        let asked = ["ask", "set/images/CLEVR_atelier_000000.png", "How many red things are there?", "--model", Self.released, "--reasoner", "rationale", "--json"]
        let plain = try folder.run(asked).json(), guessed = try folder.run(asked + ["--draft", "draft"])
        #expect(try guessed.status == 0 && guessed.json()["answer"] as? String == plain["answer"] as? String, "\(guessed.error)")
        for (arguments, status, says) in [
            (["ask", "draft.yaml", "why?", "--reasoner", "rationale", "--draft", "draft"], 64, "for pictures"), (asked + ["--draft", "none"], 66, "none: there is no such model"), (["ask", "a.png", "why?", "--draft", "draft"], 64, "rationale"),
            (["bench", "picture-text", Self.released, "--text-draft", "seeing", "--pictures", "2", "--methods", "plain"], 65, "--picture-draft"),
            (["bench", "picture-text", Self.released, "--methods", "text:chain:2"], 64, "--text-draft"), (["bench", "picture-text", Self.released, "--methods", "text:lookup"], 64, "text:lookup"),
        ] as [([String], Int32, String)] {
            let refused = try folder.run(arguments)
            #expect(refused.status == status && refused.error.contains(says), "\(arguments): \(refused.error)")
        }
        let bench = try folder.run([
            "bench", "picture-text", Self.released, "--text-draft", "draft", "--picture-draft", "seeing", "--pictures", "2", "--questions", "1", "--repeats", "1", "--table-pictures", "3", "--json",
            "--methods", "plain:int8", "lookup:2", "table:3", "text:chain:2", "picture:rsd-c:2,1", "text:chain:4:cost",
        ]), report = try bench.json(), rows = try #require(report["rows"] as? [[String: Any]], "\(bench.error)")
        #expect(rows.count == 3 * 7 && Set(rows.compactMap { $0["text"] as? String }) == ["list", "rationale", "caption"])
        for row in rows where row["method"] as? String != "plain:int8" { #expect(row["same_text"] as? Bool == true, "\(row)") }
        #expect(rows.contains { ($0["acceptance"] as? Double ?? 0) > 0 } && (report["facts"] as? [String: Double])?["list"] ?? 0 > 0.5)
    }

    @Test("A file that is no picture, or half of one, is an error of the data", arguments: ["", "hello", "\u{89}PNG\r\n\u{1a}\n", "GIF89a"])
    func bad(content: String) throws {
        let folder = try WorkFolder()
        try folder.write(content, to: "p.png")
        for command in [["look", "p.png"], ["ask", "p.png", "How many?"]] {
            let result = try folder.run(command + ["--model", Self.released])
            #expect(result.status == 65 && result.error.contains("p.png") && result.output.isEmpty, "\(result.error)")
        }
        #expect(try folder.run(["look", "none.png", "--model", Self.released]).status == 66)
    }

    @Test("Posed pictures have the answer, their twins another, and the released reasoner sees both")
    func pose() throws {
        let folder = try WorkFolder(), question = "How many red cubes are there?"
        let made = try folder.run(["pose", question, "--answer", "2", "--flip", "--count", "3", "--seed", "1", "-o", "posed", "--model", Self.released, "--json"])
        #expect(try made.status == 0 && made.json()["pairs"] as? Int == 3, "\(made.error)")
        let edits = try #require(JSONSerialization.jsonObject(with: folder.data("posed/edits.json")) as? [[String: Any]])
        var right = 0
        for edit in edits {
            #expect(edit["answer"] as? String == "2" && edit["twin_answer"] as? String != "2" && edit["edit"] is String)
            for (image, answer) in [("image", "answer"), ("twin_image", "twin_answer")] {
                let name = try #require(edit[image] as? String), found = try folder.run(["ask", "posed/images/\(name)", question, "--model", Self.released])
                right += found.text == "\(edit[answer] ?? "")\n" ? 1 : 0
            }
        }
        #expect(right >= 5, "\(right) of 6")
        #expect(try folder.text("posed/index.html").contains("pose_000002_twin.png"))
        #expect(try folder.run(["pose", question, "--answer", "red", "-o", "x", "--model", Self.released]).status == 64)
        #expect(try folder.run(["pose", "what is the weather", "-o", "x", "--model", Self.released]).status == 65)
        #expect(try folder.run(["pose", question, "-o", "posed", "--model", Self.released]).status == 73)
        // The same bytes from another process: no dictionary's order shows.
        let symbolic = ["pose", "How many red cubes are left of the big sphere?", "--answer", "2", "--flip", "--count", "20", "--seed", "4", "--symbolic", "--model", Self.released]
        for name in ["a", "b"] { #expect(try folder.run(symbolic + ["-o", name]).status == 0) }
        #expect(try folder.text("a/scenes.json") == folder.text("b/scenes.json"))
        let looks = try (0..<3).map { _ in try folder.run(["look", "posed/images/pose_000001.png", "--json", "--model", Self.released]).text }
        #expect(Set(looks).count == 1)
        let why = try folder.run(["ask", "posed/images/pose_000000.png", question, "--why-not", "3", "--model", Self.released])
        #expect(why.status == 0 && why.text.contains("3, if one were to"), "\(why.text)\(why.error)")
    }
}
