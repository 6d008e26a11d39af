import Foundation
import Sketches
import Testing

@Suite("atelier draw")
struct DrawTests {
    @Test(arguments: [
        ("svg", "<svg "), ("png", "\u{fffd}PNG"), ("pdf", "%PDF-"), ("json", "{\n"), ("ndjson", "{\"version\":1,"), ("quickdraw", "{\"word\":"), ("stroke3", "[[")
    ])
    func writesEveryForm(format: String, start: String) throws {
        let folder = try WorkFolder()
        let name = "out.\(SketchFormat(rawValue: format)?.fileExtension ?? "?")"
        let result = try folder.run("draw", "a sun above a house", "-o", name, "--format", format)
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.isEmpty && result.error.contains("wrote \(name)"))
        #expect(try folder.text(name).hasPrefix(start))
        #expect(folder.files == [name])
    }

    @Test func aSceneHoldsWhatWasAskedAndHowItCameAbout() throws {
        let folder = try WorkFolder()
        #expect(try folder.run("draw", "a sun above a house", "--seed", "18446744073709551615", "-o", "a.json").status == 0)
        let scene = try #require(SketchFile.read(folder.data("a.json"), name: "a.json").first)
        #expect(scene.prompt == "a sun above a house" && scene.seed == .max && scene.model == TinyModel.name)
        #expect(!scene.objects.isEmpty && scene.relations.allSatisfy(scene.holds))
        for (index, object) in scene.objects.enumerated() { #expect(object.box == scene.inkBox(ofObject: index)) }
    }

    @Test func theSameSeedGivesTheSameBytesWhateverTheThreads() throws {
        let folder = try WorkFolder()
        for name in ["a.svg", "a.png", "a.pdf", "a.ndjson"] {
            let draw = { (environment: [String: String], options: [String]) throws -> Data in
                let result = try Program.run(["draw", "two fish and a tree", "--seed", "4", "-o", name] + options, in: folder.url, environment: environment)
                #expect(result.status == 0)
                return try folder.data(name)
            }
            let first = try draw([:], [])
            #expect(try draw(["ATELIER_THREADS": "1"], []) == first)
            #expect(try draw(["ATELIER_THREADS": "2"], []) == first)
            #expect(try draw([:], ["--threads", "3"]) == first)
            #expect(try draw([:], ["--temperature", "1.5"]) != first)
            #expect(try draw([:], ["--top-p", "0.95", "--guidance", "2"]) == first)      // the defaults
            let free = try draw([:], ["--free"])
            #expect(try free != first && draw([:], ["--free", "--top-p", "1", "--guidance", "1.2"]) == free && draw([:], ["--free", "--guidance", "1"]) != free)
        }
        #expect(try folder.run("draw", "two fish and a tree", "--seed", "5", "-o", "b.svg").status == 0)
        #expect(try folder.data("b.svg") != folder.data("a.svg"))
    }

    @Test func aBatchAnswersEachLineInOrderAndALineAloneGivesTheSameScene() throws {
        let folder = try WorkFolder()
        try folder.write("a sun\n\ntwo fish\na quxblorf\r\na tree to the left of a house", to: "prompts.txt")
        let result = try folder.run("draw", "--prompts", "prompts.txt", "-o", "out.ndjson", "--seed", "9")
        #expect(result.status == 1)
        #expect(result.error.contains("line 2: error: ") && result.error.contains("line 4: error: ") && result.error.contains("2 of 5 lines failed"))
        let scenes = try SketchFile.read(folder.data("out.ndjson"), name: "out.ndjson")
        #expect(scenes.map(\.prompt) == ["a sun", "", "two fish", "a quxblorf", "a tree to the left of a house"])
        #expect(scenes.map { $0.error == nil } == [true, false, true, false, true])
        #expect(scenes.map { $0.strokes.isEmpty && $0.objects.isEmpty } == [false, true, false, true, false])
        #expect(scenes[0].seed == 9)
        for (line, scene) in scenes.enumerated() where scene.error == nil {
            let alone = try folder.run("draw", scene.prompt ?? "", "--seed", "\(scene.seed ?? 0)", "-o", "-", "--format", "ndjson")
            #expect(alone.text == (try folder.text("out.ndjson")).split(separator: "\n").map { $0 + "\n" }[line])
        }
    }

    @Test func jsonIsOneDocumentThatTellsAll() throws {
        let folder = try WorkFolder()
        let result = try folder.run("draw", "a sun to the left of a house", "--json", "-o", "a.svg", "--candidates", "2")
        #expect(result.status == 0)
        let report = try result.json()
        #expect(report["file"] as? String == "a.svg" && report["prompt"] as? String == "a sun to the left of a house")
        #expect((report["tokens"] as? Int ?? 0) > 10 && report["seed"] is Int && report["notices"] is [String] && report["model"] as? String == TinyModel.name)
        for relation in try #require(report["relations"] as? [[String: Any]]) { #expect(relation["holds"] is Bool && relation["relation"] is String) }
        let scene = try JSONSerialization.data(withJSONObject: #require(report["scene"]))
        #expect(try SketchFile.read(scene, name: "scene")[0].seed == (report["seed"] as? NSNumber)?.uint64Value)

        let batch = try folder.run("draw", "--prompts", "-", "--json", "-o", "b.ndjson", input: "a sun\n\n")
        let document = try batch.json()
        #expect(batch.status == 1 && document["failed"] as? Int == 1)
        let results = try #require(document["results"] as? [[String: Any]])
        #expect(results.count == 2 && results[0]["error"] == nil && results[1]["error"] is String)
    }

    @Test func withoutAnOutputANewFileIsMadeAndNoneOverwritten() throws {
        let folder = try WorkFolder()
        try folder.write("mine", to: "a-sun.svg")
        #expect(try folder.run("draw", "A sun!").status == 0)
        #expect(try folder.run("draw", "a sun").error.contains("wrote a-sun-3.svg"))
        #expect(folder.files == ["a-sun-2.svg", "a-sun-3.svg", "a-sun.svg"])
        #expect(try folder.text("a-sun.svg") == "mine")
    }

    @Test func picturesTakeTheirOptions() throws {
        let folder = try WorkFolder()
        #expect(try folder.run("draw", "a sun", "-o", "a.svg", "--animate", "--boxes", "--labels", "--colors", "--size", "500").status == 0)
        let svg = try folder.text("a.svg")
        #expect(svg.contains("@keyframes") && svg.contains("<text") && svg.contains("width=\"500\""))
        #expect(try folder.run("draw", "a sun", "-o", "b.svg").status == 0)
        #expect(try SketchFile.read(folder.data("a.svg"), name: "a")[0].strokes == SketchFile.read(folder.data("b.svg"), name: "b")[0].strokes)
    }

    @Test func aGIFDrawsItself() throws {
        let folder = try WorkFolder()
        for arguments in [["a.gif"], ["b.gif", "--animate"], ["once.gif", "--once"]] {
            let result = try folder.run(["draw", "a sun", "--size", "64", "-o"] + arguments)
            #expect(result.status == 0 && result.error.contains("wrote \(arguments[0])"), "\(result.error)")
        }
        let gif = try folder.data("a.gif"), once = try folder.data("once.gif"), loop = Data("NETSCAPE2.0".utf8)
        #expect(try gif.starts(with: Array("GIF89a".utf8)) && gif == folder.data("b.gif"))
        #expect(gif.range(of: loop) != nil && once.starts(with: Array("GIF89a".utf8)) && once.range(of: loop) == nil)
    }

    @Test func aNearWordIsANoticeAndControlCharactersDoNotReachTheTerminal() throws {
        let folder = try WorkFolder()
        let near = try folder.run("draw", "a hut", "-o", "a.json", "--json")
        #expect(near.status == 0 && near.error.contains("\"hut\""))
        #expect((try near.json()["notices"] as? [String])?.isEmpty == false)
        let odd = try folder.run("draw", "a \u{1b}[31mquxblorf\u{7}\n", "-o", "b.json")
        #expect(odd.status == 65 && !odd.error.dropLast().contains { $0 == "\n" || $0 == "\u{1b}" || $0 == "\u{7}" })
    }
}
