import Files
import Foundation
import Sketches
import Testing

/// Which part of its object a stroke is: told in scenes and SVGs, kept by whatever changes them.
@Suite struct PartLabelTests {
    private static let json = """
        {"version":1,"width":100,"height":100,"objects":[
          {"class":"cat","box":[0,0,10,10],"strokes":[0,2,3],"parts":[null, "left ear" ,"tail"]},
          {"class":"bird","box":[50,0,60,10],"strokes":[1]}],
         "strokes":[[[0,10],[0,10]],[[50,60],[0,10]],[[2,4],[0,3]],[[8,10],[7,10]]]}
        """
    private static func scene(_ text: String) throws -> Scene { try SketchFile.content(of: Data(text.utf8), name: "x").scenes[0] }

    @Test func scenesTellPartsAndKeepThem() throws {
        let scene = try Self.scene(Self.json)
        #expect(scene.strokes.map(\.part) == [nil, nil, "left ear", "tail"])
        #expect(scene.objects[0].extra.isEmpty)
        let again = try Self.scene(String(decoding: try JSONEncoder().encode(scene), as: UTF8.self))
        #expect(again == scene)
        #expect(scene.removing(strokes: [0]).strokes.map(\.part) == [nil, "left ear", "tail"])
        #expect(scene.applying([.move([2], dx: 1, dy: 1)]).strokes[2].part == "left ear")
    }

    @Test func theirListLosesWhatGoesAndNothingElse() throws {
        let edited = String(decoding: try SceneDocument(Data(Self.json.utf8)).applying([.remove([2])], toScene: 0), as: UTF8.self)
        #expect(edited.contains(#""strokes":[0,2],"parts":[null,"tail"]"#) || edited.contains(#""strokes":[0,2],"parts":[null, "tail"]"#), "\(edited)")
        #expect(try Self.scene(edited).strokes.map(\.part) == [nil, nil, "tail"])
        let grown = try SceneDocument(Data(Self.json.utf8)).applying([.append(try Self.scene(Self.json))], toScene: 0)
        #expect(try Self.scene(String(decoding: grown, as: UTF8.self)).strokes.map(\.part) == [nil, nil, "left ear", "tail", nil, "left ear", "tail", nil])
    }

    @Test(arguments: ["null", "[]"])
    func nothingToldIsNoLabel(parts: String) throws {
        let text = Self.json.replacing(#"[null, "left ear" ,"tail"]"#, with: parts), scene = try Self.scene(text)
        #expect(scene.strokes.allSatisfy { $0.part == nil })
        let edited = try SceneDocument(Data(text.utf8)).applying([.remove([2])], toScene: 0)
        #expect(String(decoding: edited, as: UTF8.self).contains("\"parts\":\(parts)}"))
    }

    @Test(arguments: [
        (#""parts":["a"]"#, "a part, or null, for each of the object's 2 strokes"), (#""parts":["a","b","c"]"#, "a part, or null"), (#""parts":{"a":1}"#, "a list of the parts"),
        (#""parts":[1,2]"#, "a part's name as a string, or null"), (#""parts":"wing""#, "a list of the parts"),
    ])
    func wrongListsAreErrors(parts: String, message: String) throws {
        let text = #"{"version":1,"width":9,"height":9,"objects":[{"class":"cat","strokes":[0,1],\#(parts)}],"strokes":[[[0,1],[0,1]],[[2,3],[0,1]]]}"#
        #expect { try Self.scene(text) } throws: { "\($0)".contains(message) }
    }

    @Test func drawingsTellPartsByGroupsAndPaths() throws {
        let text = """
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 100 100" fill="none" stroke="black">
            <g inkscape:label="Layer 1"><g data-class="bird" inkscape:label="my bird"><path d="M0 0L10 10"/><g inkscape:label="wings"><path d="M20 20L30 30"/><path data-part=" left &amp; tip" d="M30 20L30 25"/></g>
            <path data-part="" d="M40 40L41 45"/></g><path data-part="loose" d="M60 60L70 70"/></g>
            </svg>
            """
        let scene = try Self.scene(text)
        #expect(scene.strokes.map(\.part) == [nil, "wings", "left & tip", nil, nil])
        let written = String(decoding: try SketchFile.write([scene], format: .svg), as: UTF8.self)
        #expect(written.contains(#"data-part="left &amp; tip""#))
        #expect(try Self.scene(written).strokes.map(\.part) == [nil, "wings", "left & tip", nil, nil])
        // Erasing leaves every other byte.
        let document = try SVGDocument(Data(text.utf8))
        #expect(String(decoding: document.removing(strokes: [1, 2]), as: UTF8.self).contains(#"<g inkscape:label="wings">"#))
    }
}
