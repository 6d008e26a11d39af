import Foundation
import Sketches
import Testing

@Suite("atelier render")
struct RenderTests {
    static let lines = """
        {"version":1,"width":100,"height":50,"objects":[{"class":"cell phone","box":[5,5,90,45],"strokes":[0]}],"strokes":[[[5,90],[5,45]],[[1.25,2],[3,4]]],"x":[1,{"y":null}]}
        {"word":"cat","key_id":5,"drawing":[[[0,255,100],[0,255,40]]]}

        """

    @Test("Every readable form becomes every writable one", arguments: ["svg", "png", "gif", "pdf", "json", "ndjson", "quickdraw", "stroke3"])
    func converts(format: String) throws {
        let folder = try WorkFolder()
        try folder.write(Self.lines, to: "in.ndjson")
        let result = try folder.run("render", "in.ndjson", "-o", "out", "--format", format, "--json")
        #expect(result.status == 0, "\(result.error)")
        #expect(try result.json()["strokes"] as? Int == 3)
        guard ["json", "ndjson", "quickdraw", "stroke3"].contains(format) else { return }
        let scenes = try SketchFile.read(folder.data("out"), name: "out")
        #expect(scenes.flatMap(\.strokes).count == 3)
        if format.hasSuffix("json") { #expect(try scenes == SketchFile.read(Data(Self.lines.utf8), name: "in")) }
        #expect(try folder.run("render", "out", "-o", "again.png", "--columns", "1", "--labels", "--colors", "--size", "64").status == 0)
        #expect(try folder.text("again.png").hasPrefix("\u{fffd}PNG"))
    }

    @Test func standardInputAndOutput() throws {
        let folder = try WorkFolder()
        let result = try folder.run("render", "-", "-o", "-", "--format", "ndjson", input: "<svg viewBox=\"0 0 9 9\"><path d=\"M1 1L5 5\"/><text>no</text></svg>")
        #expect(result.status == 0 && result.text.hasPrefix("{\"version\":1") && result.text.hasSuffix("}\n"))
        #expect(result.error.contains("text"))
        #expect(folder.files.isEmpty)
    }
}
