import Files
import Foundation
import Sketches
import Testing

@Suite struct EditHistoryTests {
    static let svg = "<svg viewBox='0 0 99 99'>\n<path d='M1 1h1'/>\n<g data-class='dog'><path d='M5 5h9m9-9--9v1'/></g>\n<line x2='9' y2='-9'/>\n</svg>\n"

    /// The checksum, written down once more.
    private static func sum(_ text: some Sequence<UInt8>) -> String {
        let hash = text.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return String(repeating: "0", count: 16 - String(hash, radix: 16).count) + String(hash, radix: 16)
    }

    @Test func theRecordOfAnSVG() throws {
        let before = "<svg viewBox='0 0 99 99'><path d='M1 1h1'/>\n</svg>"
        let bare = "<svg viewBox='0 0 99 99'><path transform=\"translate(5 0)\" d='M1 1h1'/>\n</svg>"
        let data = try SVGDocument(Data(before.utf8)).applying([.move([0], dx: 5, dy: 0)], command: "move — it -- ")
        let record = "<!-- atelier:history [{\"command\":\"move \\u2014 it -\\u002d \",\"before\":[[30,27,\"\"]],\"is\":\"\(Self.sum(bare.utf8))\",\"was\":\"\(Self.sum(before.utf8))\"}] -->\n"
        #expect(data.utf8Text == bare.replacing("</svg>", with: record + "</svg>"))
        let document = try SVGDocument(data)
        #expect(document.commands == ["move — it -- "] && document.warnings.isEmpty)
        let undone = try document.undone()
        #expect(undone.data.utf8Text == before && undone.command == "move — it -- ")
    }

    @Test func theRecordOfAScene() throws {
        let before = #"{"version":1,"width":9,"height":9,"strokes":[[[1,2],[3,4.50]],[[5],[5]]]}"#
        let bare = #"{"version":1,"width":9,"height":9,"strokes":[[[5],[5]]]}"#
        let data = try SceneDocument(Data(before.utf8)).applying([.remove([0])], command: "erase \"it\"")
        let record = #","history":[{"command":"erase \"it\"","before":[[45,0,"[[1,2],[3,4.50]],"]],"is":""# + Self.sum(bare.utf8) + #"","was":""# + Self.sum(before.utf8) + #""}]}"#
        #expect(data.utf8Text == bare.dropLast() + record)
        #expect(try SceneDocument(data).undone().data.utf8Text == before)
        let page = try SketchFile.write([sampleScene()], format: .json)
        #expect(try SceneDocument(page).applying([.remove([0])], command: "c").utf8Text.contains("\n \"history\": [{"))
    }

    /// Edits, each undone in turn: every state comes back byte for byte.
    private static func roundTrip(_ start: Data, _ edit: (Data, Int) throws -> Data, _ undo: (Data) throws -> (data: Data, command: String)) throws {
        var states = [start]
        for round in 0..<24 { states.append(try edit(states[round], round)) }
        var data = states[24]
        for round in (4..<24).reversed() {
            let undone = try undo(data)
            #expect(undone.command == "edit \(round)")
            // Beyond twenty the record itself has forgotten its oldest entries.
            if round == 4 { #expect(undone.data.count <= states[round].count) } else if round > 23 { #expect(undone.data == states[round]) }
            data = undone.data
        }
        do {
            _ = try undo(data)
            Issue.record("something was undone")
        } catch { #expect((error as? EditError)?.problem == .noHistory) }
        data = states[20]
        for round in (0..<20).reversed() {
            data = try undo(data).data
            #expect(data == states[round], "round \(round)")
        }
        #expect(data == start)
    }

    @Test(arguments: ["\n", "\r\n", ""])
    func everyStateOfAnSVGComesBack(_ lineEnd: String) throws {
        let text = Self.svg.replacing("\n", with: lineEnd)
        try Self.roundTrip(Data(text.utf8)) { data, round in
            try SVGDocument(data).applying([round % 3 == 0 ? .append(squares([("sun -- ☀", Double(round), 3, 9)])) : .move([round % 4], dx: -1, dy: -0.5)], command: "edit \(round)")
        } _: { try SVGDocument($0, name: "f").undone() }
        try Self.roundTrip(Data("<svg viewBox='0 0 9 9'/>".utf8)) { data, round in
            try SVGDocument(data).applying([.append(squares([("a", 1, 1, 2)]))], command: "edit \(round)")
        } _: { try SVGDocument($0, name: "f").undone() }
    }

    @Test func everyStateOfASceneComesBack() throws {
        let other = squares([("sun", 1, 1, 5)]).json
        for text in [SceneDocumentTests.text, SceneDocumentTests.text.replacing("\n", with: "\r\n"), "[" + SceneDocumentTests.text + "," + other + "]", SceneDocumentTests.text + other] {
            try Self.roundTrip(Data(text.utf8)) { data, round in
                try SceneDocument(data).applying([round % 3 == 0 ? .append(squares([("sun -- ☀", Double(round), 3, 9)])) : .move([round % 4], dx: -1, dy: -0.5)], command: "edit \(round)")
            } _: { try SceneDocument($0, name: "f").undone() }
        }
    }

    @Test func randomSVGsComeBack() throws {
        var dice = Dice(23)
        for file in PiecedFile.all {
            for round in 0..<25 {
                var states = [Data(file.text.utf8)]
                for _ in 0..<3 {
                    let document = try SVGDocument(states[states.count - 1]), next = try document.applying(randomEdits(of: document.scene, &dice), command: "edit")
                    if next != states[states.count - 1] { states.append(next) }
                    if try SVGDocument(next).scene.strokes.isEmpty { break }
                }
                for state in states.indices.dropFirst().reversed() {
                    #expect(try SVGDocument(states[state]).undone().data == states[state - 1], "\(file.testDescription), round \(round)")
                }
            }
        }
    }

    @Test func bytesThatAreNoUTF8ComeBack() throws {
        var bytes = Array("<?xml version='1.0' encoding='ISO-8859-1'?><svg viewBox='0 0 9 9'><g data-class='a'><title>".utf8)
        bytes += [0xe9, 0xff]
        bytes += Array("</title><path d='M1 1h1'/></g></svg>".utf8)
        let data = try SVGDocument(Data(bytes)).applying([.remove([0])], command: "erase it")
        #expect(data.utf8Text.contains("\"base64\"") && data.allSatisfy { $0 < 127 })
        #expect(try SVGDocument(data).undone().data == Data(bytes))
    }

    @Test func nothingChangedIsNotRecorded() throws {
        let data = Data(Self.svg.utf8)
        #expect(try SVGDocument(data).applying([.remove([99])], command: "c") == data)
        let scene = Data(SceneDocumentTests.text.utf8)
        #expect(try SceneDocument(scene).applying([], command: "c") == scene)
    }

    @Test func aChangeByOtherHandsIsNotUndone() throws {
        let svg = try SVGDocument(Data(Self.svg.utf8)).applying([.remove([0])], command: "erase it").utf8Text
        for changed in [svg.replacing("y2='-9'", with: "y2='-8'"), svg.replacing("viewBox", with: "  viewBox")] {
            let document = try SVGDocument(Data(changed.utf8), name: "f")
            #expect(throws: EditError(file: "f", .changedSince("erase it"))) { try document.undone() }
            // From there on edits can be undone again, down to that change.
            let next = try document.applying([.remove([0])], command: "more"), undone = try SVGDocument(next, name: "f").undone()
            #expect(undone.data.utf8Text == changed && undone.command == "more")
            #expect(throws: EditError(file: "f", .changedSince("erase it"))) { try SVGDocument(undone.data, name: "f").undone() }
        }
        let moved = svg.replacing("</svg>", with: "<g/></svg>")
        #expect(throws: EditError(file: "f", .badHistory("the comment that records edits was changed or moved"))) { try SVGDocument(Data(moved.utf8), name: "f").undone() }
        let next = try SVGDocument(Data(moved.utf8)).applying([.remove([0])], command: "more")
        #expect(try SVGDocument(next).undone().data.utf8Text == moved)

        let scene = try SceneDocument(Data(SceneDocumentTests.text.utf8)).applying([.remove([0])], command: "erase it").utf8Text
        let other = scene.replacing("1.50", with: "1.5")
        #expect(throws: EditError(file: "f", line: 1, .changedSince("erase it"))) { try SceneDocument(Data(other.utf8), name: "f").undone() }
    }

    @Test func aSceneThatWasPrintedAnewGoesOn() throws {
        let scene = try SceneDocument(Data(SceneDocumentTests.text.utf8)).applying([.remove([0])], command: "erase it")
        var anew = try SketchFile.write(SketchFile.read(scene, name: "x"), format: .json)
        for round in 0..<4 {
            #expect(throws: EditError(file: "f", line: 1, .badHistory("the key \"history\" was changed, moved or printed anew"))) { try SceneDocument(anew, name: "f").undone() }
            let next = try SceneDocument(anew).applying([.move([0], dx: 1, dy: 0)], command: "move it")
            #expect(next.utf8Text.ranges(of: "\"history\":").count == 1 && next.count < 3000, "round \(round)")
            #expect(try SceneDocument(next).undone().data == anew)
            anew = try SketchFile.write(SketchFile.read(next, name: "x"), format: .json)
        }
    }

    // MARK: hostile

    private static let edited = "<svg viewBox='0 0 9 9'><path d='M1 1h1'/></svg>"
    private static func entry(_ before: String, was: String = edited, is now: String = edited) -> String {
        "{\"command\":\"c\",\"before\":[\(before)],\"is\":\"\(sum(now.utf8))\",\"was\":\"\(sum(was.utf8))\"}"
    }

    @Test(arguments: [
        "", "not JSON", "[", "{}", "[1]", "[{}]", "[null]", "[{\"command\":1}]", "[] []", "[" + entry("[0,0,\"x\"]") + ",1]", "[" + entry("[0,0]") + "]",
        "[" + entry("[-1,0,\"x\"]") + "]", "[" + entry("[0,-5,\"x\"]") + "]", "[" + entry("[1e3,0,\"x\"]") + "]", "[" + entry("[99999999999999999999,0,\"x\"]") + "]",
        "[" + entry("[9223372036854775807,9223372036854775807,\"x\"]") + "]", "[" + entry("[0,0,\"x\",\"base65\"]") + "]", "[" + entry("[0,0,\"*\",\"base64\"]") + "]",
        "[" + entry("[0,0,\"x\"]").replacing("\"is\"", with: "\"it\"") + "]", "[" + entry("").replacing("\"was\":\"", with: "\"was\":\"0") + "]",
        "[" + [String](repeating: entry(""), count: 21).joined(separator: ",") + "]", String(repeating: "[", count: 9000), "[ " + entry("") + "]",
    ])
    func whatIsNoHistory(_ text: String) throws {
        let file = Self.edited.replacing("</svg>", with: "<!-- atelier:history \(text) --></svg>")
        let document = try SVGDocument(Data(file.utf8), name: "f")
        #expect(document.commands.isEmpty)
        #expect(throws: EditError(file: "f", .badHistory("the comment that records edits was changed or moved"))) { try document.undone() }
        let next = try document.applying([.remove([0])], command: "erase it")
        #expect(try SVGDocument(next).undone().data.utf8Text == file)
    }

    @Test func entriesThatWouldDoHarm() throws {
        func undone(_ entry: String) throws -> String {
            let file = Self.edited.replacing("</svg>", with: "<!-- atelier:history [\(entry)] --></svg>")
            return try SVGDocument(Data(file.utf8), name: "f").undone().data.utf8Text
        }
        let count = Self.edited.utf8.count
        #expect(try undone(Self.entry("[0,\(count),\"gone\"]", was: "gone")) == "gone")
        for outside in ["[\(count),1,\"\"]", "[1000000,0,\"x\"]", "[0,\(count + 1),\"\"]", "[5,5,\"\"],[7,1,\"\"]", "[5,5,\"\"],[1,1,\"\"]", "[0,1099511627776,\"\"]"] {
            #expect(throws: EditError(file: "f", .badHistory("an entry reaches beyond the file"))) { try undone(Self.entry(outside)) }
        }
        #expect(throws: EditError(file: "f", .badHistory("its last entry does not restore what was there"))) { try undone(Self.entry("[0,0,\"x\"]")) }
        #expect(throws: EditError(file: "f", .changedSince("c"))) { try undone(Self.entry("[0,0,\"x\"]", is: "other")) }
        let two = Self.entry("", was: Self.edited) + "," + Self.entry("[0,\(count),\"gone\"]", was: "gone")
        #expect(throws: EditError(file: "f", line: 1, .badHistory("what it restores is no SVG"))) { try undone(two) }
        #expect(throws: EditError(file: "f", .badHistory("what it restores has no end tag"))) { try undone(Self.entry("") + "," + Self.entry("[0,\(count),\"<svg/>\"]", was: "<svg/>")) }

        let scene = #"{"version":1,"width":9,"height":9,"strokes":[]}"#
        for entry in ["[0,99,\"\"]", "[-1,0,\"\"]", "[0,0,\"x\"]", "[0,1,\"x\"]"] {
            let file = scene.dropLast() + ",\"history\":[\(Self.entry(entry, was: "x", is: scene))]}"
            #expect(throws: EditError.self) { try SceneDocument(Data(file.utf8)).undone() }
        }
        let broken = scene.dropLast() + ",\"history\":[\(Self.entry("", was: scene, is: scene)),\(Self.entry("[0,\(scene.utf8.count),\"[]\"]", was: "[]", is: scene))]}"
        #expect(throws: EditError(file: "f", line: 1, .badHistory("what it restores is no scene"))) { try SceneDocument(Data(broken.utf8), name: "f").undone() }
        #expect(throws: EditError(file: "f", line: 1, .noHistory)) { try SceneDocument(Data(scene.utf8), name: "f").undone() }
    }
}
