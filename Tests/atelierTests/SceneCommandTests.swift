import Foundation
import Testing

@Suite("atelier program, ask and data clevr")
struct SceneCommandTests {
    static let scene = """
        {"objects":[{"size":"large","color":"red","material":"metal","shape":"cube","3d_coords":[-1,-1,0.7]},
                    {"size":"small","color":"blue","material":"rubber","shape":"sphere","3d_coords":[1,1,0.35]}]}
        """
    static let program = #"[{"function":"scene","inputs":[]},{"function":"filter_color","inputs":[0],"value_inputs":["blue"]},{"function":"unique","inputs":[1]},{"function":"relate","inputs":[2],"value_inputs":["left"]},{"function":"count","inputs":[3]}]"#

    @Test("A program's steps and answer, as text and as JSON")
    func run() throws {
        let folder = try WorkFolder()
        try folder.write(Self.scene, to: "scene.json")
        try folder.write(Self.program, to: "program.json")
        let text = try folder.run("program", "run", "scene.json", "program.json")
        #expect(text.status == 0 && text.text.hasSuffix("answer: 1\n") && text.text.contains("3  relate left(2) = {0}\n"), "\(text.text)\(text.error)")
        let json = try folder.run("program", "run", "-", "program.json", "--json", input: Self.scene).json()
        #expect(json["answer"] as? String == "1" && (json["trace"] as? [[String: Any]])?.count == 5)
    }

    @Test("What has no answer, and what is no scene or program, says so", arguments: [
        (#"[{"function":"scene"},{"function":"unique","inputs":[0]}]"#, Int32(65), "the one object of 2"),
        (#"[{"function":"paint"}]"#, 65, "found \"paint\""), ("", 65, "is empty"), ("{", 65, "p.json"),
    ])
    func badPrograms(_ program: String, status: Int32, part: String) throws {
        let folder = try WorkFolder()
        try folder.write(Self.scene, to: "scene.json")
        try folder.write(program, to: "p.json")
        let result = try folder.run("program", "run", "scene.json", "p.json")
        #expect(result.status == status && result.error.contains(part) && result.output.isEmpty, "\(result.error)")
    }

    @Test("Made scenes come with pictures, boxes, questions whose programs give their answers, and depend on the seed alone")
    func makes() throws {
        let folder = try WorkFolder()
        let made = try folder.run("data", "clevr", "--count", "3", "--questions", "4", "--width", "96", "--height", "64", "--seed", "7", "-o", "set", "--json")
        #expect(made.status == 0, "\(made.error)")
        #expect(try made.json()["scenes"] as? Int == 3)
        let scenes = try folder.text("set/scenes.json"), questions = try folder.text("set/questions.json")
        #expect(scenes.contains("\"box\":[") && scenes.contains("CLEVR_atelier_000002.png"))
        #expect(try folder.data("set/images/CLEVR_atelier_000000.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let first = try #require((JSONSerialization.jsonObject(with: folder.data("set/questions.json")) as? [String: Any])?["questions"] as? [[String: Any]]).first
        let question = try #require(first)
        try JSONSerialization.data(withJSONObject: question["program"] ?? []).write(to: folder.url.appendingPathComponent("p.json"))
        let answer = try folder.run("program", "run", "set/scenes.json", "p.json", "--index", "\(question["image_index"] ?? 0)", "--json").json()["answer"] as? String
        #expect(answer != nil && answer == question["answer"] as? String)
        #expect(try folder.run("data", "clevr", "--count", "3", "-o", "set").status == 73)
        #expect(try folder.run("data", "clevr", "--count", "3", "--questions", "4", "--width", "96", "--height", "64", "--seed", "7", "-o", "again").status == 0)
        #expect(try folder.text("again/scenes.json") == scenes && folder.text("again/questions.json") == questions)
        for name in ["CLEVR_atelier_000000.png", "CLEVR_atelier_000002.png"] { #expect(try folder.data("again/images/\(name)") == folder.data("set/images/\(name)")) }
        #expect(try folder.run("data", "clevr", "--count", "0", "-o", "x").status == 64)
    }

    @Test("ask answers or says why not, one entry for each question of a file; the smallest reader is trained for it")
    func asks() throws {
        let folder = try WorkFolder()
        try folder.write(Self.scene, to: "scene.json")
        #expect(try folder.run("ask", "scene.json", "How many?").status == 66, "there is no reasoner among the models")
        try folder.write("""
            name: reasoner-tiny
            kind: questions
            steps: 1
            optimizer: {learningRate: 1e-3}
            model: {width: 16, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 16, textVocabulary: 300}
            data: {rows: 1}

            """, to: "tiny.yaml")
        let trained = try folder.run("train", "tiny.yaml", "--export", "tiny")
        #expect(trained.status == 0, "\(trained.error)")
        let answer = try folder.run("ask", "scene.json", "How many red things are there?", "--model", "tiny", "--json")
        let json = try answer.json()
        #expect(answer.status == 0 && (json["objects"] as? [Any])?.count == 2 && json["answer"] is String && json["trace"] is [Any])
        try folder.write(#"{"questions":[{"question":"a?","image_index":0},{"question":"b?","image_index":0,"question_index":9}]}"#, to: "q.json")
        try folder.write(#"{"scenes":[\#(Self.scene.dropLast()),"image_index":0}]}"#, to: "s.json")
        let all = try folder.run("ask", "--questions", "q.json", "--scenes", "s.json", "--model", "tiny", "-o", "answers.json")
        #expect(all.status == 0, "\(all.error)")
        let answers = try #require((JSONSerialization.jsonObject(with: folder.data("answers.json")) as? [String: Any])?["answers"] as? [[String: Any]])
        #expect(answers.map { $0["question_index"] as? Int } == [0, 9] && answers.allSatisfy { ($0["answer"] as? String)?.isEmpty == false })
        try folder.write("\u{89}PNG", to: "fake.png")
        try Data([0x89, 0x50, 0x4E, 0x47, 1, 2]).write(to: folder.url.appendingPathComponent("picture.png"))
        let picture = try folder.run("ask", "picture.png", "How many?", "--model", "tiny")
        #expect(picture.status == 65 && picture.error.contains("PNG"), "\(picture.error)")
        let edited = try folder.run("ask", "scene.json", "How many red things are there?", "--model", "tiny", "--why-not", "1", "--json")
        #expect(try edited.status == 0 && (edited.json()["whyNot"] as? [String: Any])?["answer"] as? String == "1", "\(edited.error)")
        #expect(try folder.run("ask", "scene.json").status == 64)
        let figures = try folder.run("eval", "questions", "--count", "5", "--model", "tiny", "--json")
        #expect(try figures.status == 0 && (figures.json()["parts"] as? [Any])?.count == 3, "\(figures.error)")
    }
}
