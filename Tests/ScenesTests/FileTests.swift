import Files
import Foundation
import Scenes
import Testing

@Suite("Scene and question files")
struct SceneFileTests {
    @Test("Scenes come back as they were written")
    func scenes() throws {
        var scene = row
        scene.stateRelationships()
        (scene.imageFilename, scene.imageIndex, scene.split) = ("a.png", 3, "train")
        scene.objects[1].rotation = 12.5
        scene.objects[1].box = [1, 2, 3, 4]
        scene.objects[1].pixel = [10, 20, 9.5]
        scene.objects[1].confidence = 0.5
        scene.objects[1].extra["id"] = .integer(7)
        scene.extra["note"] = .string("kept")
        let data = ObjectScene.write([scene, row], info: ["split": .string("train")])
        #expect(try ObjectScene.read(data, name: "s") == [scene, row])
        #expect(try ObjectScene.read(Data(scene.line.utf8), name: "s") == [scene])
    }

    @Test("Questions come back as they were written; answers may be JSON values")
    func questions() throws {
        var question = Question("How many?", program: program("scene", "count"), answer: "4")
        (question.imageFilename, question.imageIndex, question.index, question.family) = ("a.png", 3, 9, 2)
        question.outputs = [nil, nil]
        #expect(try Question.read(Question.write([question, question]), name: "q") == [question, question])
        let text = #"{"info":{},"questions":[{"question":"a","answer":true},{"question":"b","answer":3},{"question":"c","answer":"red"},{"question":"d"}]}"#
        #expect(try Question.read(Data(text.utf8), name: "q").map(\.answer) == ["yes", "3", "red", nil])
    }

    @Test("Bad files give an error with its place and kind, never a crash", arguments: [
        ("", "is empty"), ("[]", "expected an object"), ("{}", "is missing"), (#"{"scenes":[{}]}"#, "\"objects\" is missing"),
        (#"{"scenes":{}}"#, "expected a list of scenes"), (#"{"objects":[{"3d_coords":[1,2]}]}"#, "found 2 numbers"),
        (#"{"objects":[{"3d_coords":[1,2,"x"]}]}"#, "expected a number"), (#"{"objects":[{"confidence":7}]}"#, "out of range"),
        (#"{"objects":[{"color":"red"}],"relationships":{"left":[[1]]}}"#, "numbers below 1"),
        (#"{"objects":[{"color":"red"}],"relationships":{"left":[]}}"#, "numbers below 1"),
        (#"{"objects":[{"color":"red"}]} x"#, "something follows"), (#"{"objects":[{"color":"red"#, "closing quote"),
        ("\u{89}PNG", "expected an object"), (String(repeating: "[", count: 100_000), "expected an object"),
        (#"{"objects":\#(String(repeating: "[", count: 100_000))"#, "expected an object"), (#"{"a":\#(String(repeating: "[", count: 100_000))"#, "levels deep"),
        (#"{"objects":[\#(Array(repeating: "{}", count: 1_001).joined(separator: ","))]}"#, "more than 1000 objects"),
    ])
    func badScenes(_ text: String, _ part: String) {
        let error = #expect(throws: FileError.self) { try ObjectScene.read(Data(text.utf8), name: "scenes.json") }
        #expect(error?.description.hasPrefix("scenes.json") == true && error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test("Bad questions and programs likewise", arguments: [
        ("", "is empty"), ("{}", "\"questions\" is missing"), (#"{"questions":[{"answer":"x"}]}"#, "\"question\" is missing"),
        (#"{"questions":[{"question":"x","answer":[1]}]}"#, "expected the answer"),
        (#"{"questions":[{"question":"x","program":[{"type":"paint"}]}]}"#, "found \"paint\""),
        (#"{"questions":[{"question":"x","program":[{"inputs":[]}]}]}"#, "\"type\""),
        (#"{"questions":[{"question":"x","program":[{"type":"count","inputs":[0]}]}]}"#, "not before it"),
        (#"{"questions":[{"question":"x","program":[{"type":"scene"},{"type":"filter_color","inputs":[0]}]}]}"#, "has no argument"),
        (#"{"questions":[{"question":"x","program":[{"type":"union","inputs":[0,0,0]}]}]}"#, "more than 2 inputs"),
        (#"{"questions":[{"question":"x","program":[]}]}"#, "no steps"),
        (#"{"questions":[{"question":"x""#, "'}'"),
    ])
    func badQuestions(_ text: String, _ part: String) {
        let error = #expect(throws: FileError.self) { try Question.read(Data(text.utf8), name: "q.json") }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test("A program of too many steps is refused")
    func tooLong() {
        let text = "[" + Array(repeating: #"{"type":"scene"}"#, count: 1_001).joined(separator: ",") + "]"
        #expect(throws: FileError.self) { try Program.read(Data(text.utf8), name: "p.json") }
    }

    @Test("Every cut of a good file is an error or reads whole")
    func truncated() throws {
        var scene = row
        scene.stateRelationships()
        let data = ObjectScene.write([scene])
        for count in stride(from: 0, to: data.count - 2, by: 7) {
            #expect(throws: FileError.self) { try ObjectScene.read(data.prefix(count), name: "s") }
        }
    }
}
