import Foundation
import Sketches
import Testing

@Suite("atelier interpolate")
struct InterpolateTests {
    static let first = """
        {"version":1,"width":100,"height":50,"prompt":"a box","objects":[{"class":"box","box":[5,5,45,45],"strokes":[0],"mine":1}],"strokes":[[[5,45,45,5,5],[5,5,45,45,5]],[[60,90],[10,40]]],"x":[1,null]}

        """
    static let second = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 60 60\"><path d=\"M50 50L10 10\"/><circle cx=\"30\" cy=\"30\" r=\"20\"/><path d=\"M1 1L9 1\"/></svg>"

    private func folder() throws -> WorkFolder {
        let folder = try WorkFolder()
        try folder.write(Self.first, to: "a.json")
        try folder.write(Self.second, to: "b.svg")
        return folder
    }

    @Test func theEndsOfTheLinesAreTheDrawings() throws {
        let folder = try folder()
        let result = try folder.run("interpolate", "a.json", "b.svg", "-o", "out.ndjson", "--steps", "5", "--json")
        #expect(result.status == 0, "\(result.error)")
        let report = try result.json()
        #expect(report["file"] as? String == "out.ndjson" && report["format"] as? String == "ndjson" && report["steps"] as? Int == 5)
        #expect((report["matches"] as? [[Int]])?.count == 2 && (report["growing"] as? [Int])?.count == 1 && report["shrinking"] as? [Int] == [])
        let scenes = try SketchFile.read(folder.data("out.ndjson"), name: "out")
        #expect(try scenes.first == SketchFile.read(Data(Self.first.utf8), name: "a")[0] && scenes.last == SketchFile.read(Data(Self.second.utf8), name: "b")[0])
        #expect(scenes.map(\.width) == [100, 90, 80, 70, 60] && scenes[1...3].allSatisfy { $0.strokes.count == 3 })
        let eased = try folder.run("interpolate", "a.json", "b.svg", "-o", "-", "--format", "ndjson", "--steps", "5", "--ease")
        let slower = try SketchFile.read(eased.output, name: "eased")
        #expect(slower.first == scenes.first && slower.last == scenes.last && slower[2] == scenes[2] && slower[1].width > scenes[1].width)
    }

    @Test("A sheet, pages, a morph", arguments: [("svg", "<svg "), ("png", "\u{fffd}PNG"), ("pdf", "%PDF"), ("gif", "GIF89a"), ("excalidraw", "{")])
    func pictures(form: String, start: String) throws {
        let folder = try folder()
        let result = try folder.run("interpolate", "a.json", "b.svg", "-o", "out.\(form)", "--size", "128", "--colors")
        #expect(result.status == 0 && result.error.contains("2 strokes become others, 1 grow"), "\(result.error)")
        #expect(try folder.text("out.\(form)").hasPrefix(start))
        let again = try folder.run("interpolate", "a.json", "b.svg", "-o", "-", "--format", form, "--size", "128", "--colors")
        #expect(try again.output == folder.data("out.\(form)"))
    }

    @Test func withoutAnOutputASheetIsMadeAndAGIFMayPlayOnce() throws {
        let folder = try folder()
        #expect(try folder.run("interpolate", "a.json", "b.svg").error.contains("wrote a-to-b.svg: 7 drawings"))
        #expect(try folder.text("a-to-b.svg").components(separatedBy: "<svg x=").count == 8)
        #expect(try folder.run("interpolate", "-", "b.svg", input: Self.first).error.contains("wrote sketch-to-b.svg"))
        #expect(try folder.run("interpolate", "a.json", "b.svg", "-o", "once.gif", "--once", "--steps", "3", "--size", "32").status == 0)
        let loop = Data("NETSCAPE2.0".utf8), once = try folder.data("once.gif")
        #expect(once.starts(with: Array("GIF89a".utf8)) && once.range(of: loop) == nil)
        // Of several drawings the first, with a note.
        try folder.write(RenderTests.lines, to: "many.ndjson")
        let several = try folder.run("interpolate", "many.ndjson", "b.svg", "-o", "c.json")
        #expect(several.status == 0 && several.error.contains("holds 2 drawings"))
    }

    @Test("What cannot be done says why", arguments: [
        (["interpolate", "a.json"], Int32(64), "Missing"), (["interpolate", "a.json", "b.svg", "--steps", "1"], 64, "--steps takes 2 to 100"),
        (["interpolate", "a.json", "b.svg", "--steps", "101"], 64, "--steps"), (["interpolate", "-", "-"], 64, "one drawing"),
        (["interpolate", "a.json", "b.svg", "--columns", "0"], 64, "--columns"), (["interpolate", "a.json", "none.svg"], 66, "there is no such file"),
        (["interpolate", "a.json", "empty.json"], 65, "the second drawing has no strokes"), (["interpolate", "empty.json", "b.svg"], 65, "the first drawing has no strokes"),
        (["interpolate", "a.json", "b.svg", "-o", "c.mp4"], 64, "atelier-media"), (["interpolate", "a.json", "b.svg", "-o", "c.svg", "--once"], 64, "--once needs GIF"),
    ])
    func refuses(_ arguments: [String], status: Int32, part: String) throws {
        let folder = try folder()
        try folder.write(#"{"version":1,"width":9,"height":9,"strokes":[]}"#, to: "empty.json")
        let result = try folder.run(arguments)
        #expect(result.status == status && result.error.contains(part) && result.output.isEmpty, "\(result.error)")
        #expect(folder.files == ["a.json", "b.svg", "empty.json"])
    }
}
