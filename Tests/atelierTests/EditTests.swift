import Foundation
import Sketches
import Testing

@Suite("atelier erase, detect and complete")
struct EditTests {
    /// A hand-written SVG with things around the strokes that an edit must not touch.
    static let svg = """
        <?xml version="1.0"?>
        <!-- kept:  as it is -->
        <svg   xmlns="http://www.w3.org/2000/svg" viewBox='0 0 200 100'>
          <title>Two things &amp; a word</title>
          <g id='one' data-class="sun"><circle cx="40" cy="40" r="20.50"/>
            <path d="m 40 10 0 -8"/></g>
          <text x="90" y="90">hello</text>
        \t<g data-class="house">
            <path d="M120 90 V40 H180 V90 Z"/><path d="M120 40 L150 10 L180 40"/>
          </g>
        </svg>

        """

    /// Whether `part` is `whole` less some of its characters.
    private func isCut(_ part: String, of whole: String) -> Bool {
        var rest = Substring(whole)
        for character in part {
            guard let place = rest.firstIndex(of: character) else { return false }
            rest = rest[rest.index(after: place)...]
        }
        return true
    }

    @Test func erasingFromAnSVGCutsBytesAndChangesNone() throws {
        let folder = try WorkFolder()
        try folder.write(Self.svg, to: "in.svg")
        for (command, meant) in [("the sun", [0, 1]), ("the house", [2, 3]), ("everything", [0, 1, 2, 3]), ("everything except the house", [0, 1]),
                                 ("the sun and the house", [0, 1, 2, 3]), ("remove the sun", [0, 1])] {
            let result = try folder.run("erase", "in.svg", command, "-o", "out.svg", "--json")
            #expect(result.status == 0, "\(result.error)")
            let report = try result.json(), strokes = try #require(report["strokes"] as? [Int])
            #expect(strokes == meant, "\(command)")
            let before = try SketchFile.read(Data(Self.svg.utf8), name: "in")[0], after = try SketchFile.read(folder.data("out.svg"), name: "out")[0]
            #expect(after.strokes == before.removing(strokes: Set(strokes)).strokes)
            let text = try folder.text("out.svg")
            #expect(isCut(text, of: Self.svg) && text.count < Self.svg.count)
            for kept in ["<!-- kept:  as it is -->", "viewBox='0 0 200 100'", "<text x=\"90\" y=\"90\">hello</text>"] { #expect(text.contains(kept)) }
            #expect(result.error.contains("note: "), "text that cannot be read is named")
        }
        #expect(try folder.text("in.svg") == Self.svg)
        for (command, says) in [("the fish", "found nothing that"), ("everything except the fish", "found nothing that"), ("please", "names no thing"), ("no sun", "\"no\"")] {
            let refused = try folder.run("erase", "in.svg", command, "-o", "refused.svg")
            #expect(refused.status == 65 && refused.error.contains(says), "\(command): \(refused.error)")
        }
        let half = try folder.run("erase", "in.svg", "the sun and the fish", "-o", "half.svg")
        #expect(half.status == 0 && half.error.contains("found no fish"))
        #expect(!folder.files.contains("refused.svg"))
    }

    @Test func whatIsErasedIsExplainedAndCanBeTakenBack() throws {
        let folder = try WorkFolder()
        try folder.write(Self.svg, to: "in.svg")
        let explained = try folder.run("erase", "in.svg", "the sun", "--explain")
        #expect(explained.status == 0 && explained.text.contains("erase sun   strokes 0 1   100 %") && folder.files == ["in.svg"])
        #expect(try folder.run("erase", "in.svg", "the sun", "-o", "out.svg", "--undoable").status == 0)
        #expect(try SketchFile.read(folder.data("out.svg"), name: "out")[0].objects.map(\.className) == ["house"])
        #expect(try folder.run("undo", "out.svg", "-o", "back.svg").status == 0)
        #expect(try folder.data("back.svg") == folder.data("in.svg"))
        #expect(try folder.run("erase", "in.svg", "the sun", "--sureness", "2").status == 64)
    }

    @Test func linesKeepUnknownKeysAndOneThatFailsStaysAsItWas() throws {
        let folder = try WorkFolder()
        let strokes = "[[[10,60,60,10,10],[10,10,60,60,10]],[[150,200],[150,200.25]]]"
        let objects = "[{\"class\":\"box\",\"box\":[10,10,60,60],\"strokes\":[0],\"mine\":{\"a\":[1,2.5,null]}},{\"class\":\"sun\",\"box\":[150,150,200,200.25],\"strokes\":[1]}]"
        let commands = ["the box", "the sun", "everything", "the box and the sun", "all except the sun", "", "the quxblorf"]
        var lines = commands.map { "{\"version\":1,\"width\":256,\"height\":256,\"command\":\"\($0)\",\"key\":18446744073709551615,\"objects\":\(objects),\"strokes\":\(strokes)}" }
        lines.append("{\"version\":1,\"width\":256,\"height\":256,\"strokes\":\(strokes)}")
        try folder.write(lines.joined(separator: "\n"), to: "in.ndjson")
        let result = try folder.run("erase", "in.ndjson", "-o", "out.ndjson")
        let before = try SketchFile.read(folder.data("in.ndjson"), name: "in"), after = try SketchFile.read(folder.data("out.ndjson"), name: "out")
        #expect(after.count == lines.count && result.status == 1)
        #expect(after.suffix(3).allSatisfy { $0.error != nil }, "no command, a word nobody knows")
        #expect(after.prefix(5).map { $0.strokes.count } == [1, 1, 0, 0, 1] && after[0].strokes == [before[0].strokes[1]] && after[4].strokes == after[0].strokes)
        for (old, new) in zip(before, after) {
            #expect(new.extra == old.extra)
            if new.error != nil {
                var same = new
                same.error = nil
                #expect(same == old)
            } else {
                #expect(new.strokes.count < old.strokes.count && new.strokes.allSatisfy(old.strokes.contains))
                #expect(new.objects.allSatisfy { object in old.objects.contains { $0.className == object.className && $0.extra == object.extra && $0.box == object.box } })
            }
        }
        let given = try folder.run("erase", "in.ndjson", "the quxblorf", "-o", "all.ndjson")
        #expect(given.status == 1 && given.error.contains("\(lines.count) of \(lines.count) lines failed"))
    }

    @Test func detectFillsInObjectsAndPrintsATable() throws {
        let folder = try WorkFolder()
        try folder.write(Self.svg, to: "in.svg")
        let table = try folder.run("detect", "in.svg", "--relations", "-o", "found.json")
        #expect(table.status == 0 && table.text.contains("confidence"))
        let before = try SketchFile.read(Data(Self.svg.utf8), name: "in")[0], found = try SketchFile.read(folder.data("found.json"), name: "found")[0]
        #expect(found.strokes == before.strokes && !found.objects.isEmpty)
        for object in found.objects {
            #expect(object.box == Box.of(found.strokes(of: object)) && 0...1 ~= (object.confidence ?? -1))
        }
        let json = try folder.run("detect", "in.svg", "--json")
        let report = try json.json()
        #expect((report["objects"] as? [Any])?.count == found.objects.count && report["relations"] is [Any] && report["file"] == nil)
        for (name, start) in [("a.png", "\u{fffd}PNG"), ("a.svg", "<svg ")] {
            #expect(try folder.run("detect", "in.svg", "-o", name).status == 0)
            #expect(try folder.text(name).hasPrefix(start))
        }
        #expect(try folder.text("a.svg").contains("data-atelier=\"note\""))
    }

    @Test func detectReadsEveryFormAndLinesInOrder() throws {
        let folder = try WorkFolder()
        try folder.write("""
            {"word":"box","key_id":"77","drawing":[[[0,90,90,0,0],[0,0,90,90,0]]]}
            {"version":1,"width":9,"height":9,"strokes":[]}
            {"word":"sun","drawing":[[[5.5,80],[7,60],[0,40]]]}
            """, to: "in.ndjson")
        let result = try folder.run("detect", "in.ndjson", "--json", "-o", "out.ndjson")
        #expect(result.status == 1)
        let report = try result.json()
        #expect((report["results"] as? [Any])?.count == 3 && report["failed"] as? Int == 1)
        let scenes = try SketchFile.read(folder.data("out.ndjson"), name: "out")
        #expect(scenes.map { $0.error == nil } == [true, false, true])
        #expect(scenes[0].extra["key_id"] == .string("77"))
        let stroke3 = try folder.run("detect", "-", input: "[[5,5,0],[40,0,0],[0,40,1]]")
        #expect(stroke3.status == 0 && stroke3.text.contains("confidence"))
    }

    @Test func detectTellsTheLikeliestClassesOfEachObject() throws {
        let folder = try WorkFolder()
        try folder.write(Self.svg, to: "in.svg")
        for (arguments, count) in [([], 3), (["--top", "2", "--readings", "3"], 2), (["--top", "1", "--readings", "1"], 1)] {
            let report = try folder.run(["detect", "in.svg", "--json"] + arguments).json()
            let objects = try #require(report["objects"] as? [[String: Any]])
            #expect(!objects.isEmpty)
            for object in objects {
                let classes = try #require(object["classes"] as? [[String: Any]]), sure = classes.compactMap { $0["confidence"] as? Double }
                #expect(classes.count == count && sure.count == count && sure == sure.sorted(by: >))
                #expect(classes[0]["class"] as? String == object["class"] as? String && sure[0] == object["confidence"] as? Double)
            }
        }
        let one = try folder.run("detect", "in.svg", "--seed", "4").text
        #expect(try folder.run("detect", "in.svg", "--seed", "4").text == one)
        for arguments in [["detect", "in.svg", "--readings", "0"], ["detect", "in.svg", "--top", "0"], ["erase", "in.svg", "the sun", "--readings", "65"],
                          ["describe", "in.svg", "--readings", "-1"], ["edit", "in.svg", "erase the sun", "--readings", "x"]] {
            #expect(try folder.run(arguments).status == 64, "\(arguments)")
        }
    }

    @Test func completingKeepsEveryStrokeAndEveryByteOfAnSVG() throws {
        let folder = try WorkFolder()
        try folder.write(Self.svg, to: "in.svg")
        let result = try folder.run("complete", "in.svg", "a house", "-o", "out.svg", "--json", "--seed", "3")
        #expect(result.status == 0, "\(result.error)")
        let text = try folder.text("out.svg"), head = Self.svg.components(separatedBy: "</svg>")[0]
        #expect(text.hasPrefix(head) && text.hasSuffix("</svg>\n\n") || text.hasPrefix(head) && text.hasSuffix("</svg>\n"))
        let before = try SketchFile.read(Data(Self.svg.utf8), name: "in")[0], after = try SketchFile.read(folder.data("out.svg"), name: "out")[0]
        #expect(Array(after.strokes.prefix(before.strokes.count)) == before.strokes)
        #expect(after.strokes.count - before.strokes.count == (try result.json()["newStrokes"] as? [Any])?.count)
        #expect(after.strokes.count > before.strokes.count)

        try folder.write("{\"version\":1,\"width\":640,\"height\":480,\"strokes\":[[[100.25,300],[80,90]]],\"note\":\"mine\"}", to: "in.json")
        for _ in 0..<2 { #expect(try folder.run("complete", "in.json", "--seed", "8").status == 0) }
        #expect(try folder.data("in-completed.json") == folder.data("in-completed-2.json"))
        let scene = try SketchFile.read(folder.data("in-completed.json"), name: "c")[0]
        #expect(scene.strokes[0].points == [Point(x: 100.25, y: 80), Point(x: 300, y: 90)] && scene.extra["note"] == .string("mine") && scene.strokes.count > 1)
    }

    @Test func severalEndingsAreASheetOrLines() throws {
        let folder = try WorkFolder()
        try folder.write(Self.svg, to: "in.svg")
        let result = try folder.run("complete", "in.svg", "a house", "-o", "out.ndjson", "--endings", "4", "--json", "--seed", "3")
        #expect(result.status == 0, "\(result.error)")
        let report = try result.json(), endings = try #require(report["endings"] as? [[String: Any]])
        #expect(report["file"] as? String == "out.ndjson" && endings.count == 4 && Set(endings.compactMap { $0["ending"] as? Int }) == [1, 2, 3, 4])
        let before = try SketchFile.read(Data(Self.svg.utf8), name: "in")[0], scenes = try SketchFile.read(folder.data("out.ndjson"), name: "out")
        #expect(scenes.count == 4 && Set(scenes.map(\.strokes)).count == 4)
        for (scene, ending) in zip(scenes, endings) {
            #expect(Array(scene.strokes.prefix(before.strokes.count)) == before.strokes)
            #expect(scene.strokes.count == before.strokes.count + ((ending["newStrokes"] as? [Int])?.count ?? 0) && ending["class"] is String)
        }
        // The first of one is the first of many, where no more are drawn.
        #expect(try folder.run("complete", "in.svg", "a house", "-o", "one.ndjson", "--candidates", "1", "--seed", "3").status == 0)
        let number = try #require(endings.firstIndex { $0["ending"] as? Int == 1 })
        #expect(try SketchFile.read(folder.data("one.ndjson"), name: "one") == [scenes[number]])
        for (form, start) in [("svg", "<svg "), ("png", "\u{fffd}PNG"), ("pdf", "%PDF")] {
            #expect(try folder.run("complete", "in.svg", "a house", "-o", "sheet.\(form)", "--endings", "4", "--seed", "3").status == 0)
            #expect(try folder.text("sheet.\(form)").hasPrefix(start))
        }
        #expect(try folder.text("sheet.svg").components(separatedBy: "<svg x=").count == 5)
    }

    @Test func endingsOfLinesStandAfterEachOther() throws {
        let folder = try WorkFolder()
        let line = #"{"version":1,"width":100,"height":100,"strokes":[[[10,80],[80,20]]]}"#
        try folder.write("\(line)\n{\"version\":1,\"width\":9,\"height\":9,\"strokes\":[]}\n\(line)\n", to: "in.ndjson")
        let result = try folder.run("complete", "in.ndjson", "-o", "out.ndjson", "--endings", "2", "--json")
        let report = try result.json(), results = try #require(report["results"] as? [[String: Any]])
        #expect(result.status == 1 && report["failed"] as? Int == 1 && results.map { ($0["endings"] as? [Any])?.count } == [2, 0, 2] && results[1]["error"] is String)
        let scenes = try SketchFile.read(folder.data("out.ndjson"), name: "out")
        #expect(scenes.map { $0.error == nil } == [true, true, false, true, true] && scenes[0].seed == scenes[1].seed && scenes[0].seed != scenes[3].seed)
        for (arguments, part) in [(["--endings", "0"], "1 to 16"), (["--endings", "17"], "1 to 16"), (["--candidates", "0"], "1 to 64"), (["--endings", "2", "--candidates", "3"], "one of the two")] {
            let refused = try folder.run(["complete", "in.ndjson"] + arguments)
            #expect(refused.status == 64 && refused.error.contains(part), "\(refused.error)")
        }
    }
}
