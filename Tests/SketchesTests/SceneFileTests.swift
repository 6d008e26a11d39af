import Foundation
import Sketches
import Testing

@Suite struct SceneFileTests {
    @Test(arguments: [SketchFormat.json, .ndjson])
    func everythingComesBack(_ format: SketchFormat) throws {
        let scene = sampleScene()
        for scenes in [[scene], [scene, squares([("sun", 0, 0, 5)]), Scene(width: 0.5, height: 1e6, error: "no idea")]] {
            let data = try SketchFile.write(scenes, format: format)
            #expect(try SketchFile.read(data, name: "x") == scenes)
        }
    }

    @Test func codable() throws {
        let scene = sampleScene()
        let data = try JSONEncoder().encode(scene)
        var again = try JSONDecoder().decode(Scene.self, from: data)
        // Foundation has no integers beyond 64 bits; all else is equal.
        again.extra["huge"] = scene.extra["huge"]
        #expect(again == scene)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Scene.self, from: Data(#"{"version":1,"width":3}"#.utf8)) }
        let box = Box(x0: 1, y0: 2, x1: 3, y1: 4.5)
        #expect(String(decoding: try JSONEncoder().encode(box), as: UTF8.self) == "[1,2,3,4.5]")
        #expect(try JSONDecoder().decode(Box.self, from: Data("[1,2,3,4.5]".utf8)) == box)
    }

    @Test(arguments: ["1.50", "123456789012345678901234567890.5", "1E5", "-0", "-0.0", "0.1", "5e-324", "12345678901234567890", "1e+300", "2.5", "10", "-7"])
    func numbersOfUnknownKeysKeepTheirText(number: String) throws {
        let text = #"{"version":1,"width":9,"height":9,"objects":[],"strokes":[],"x":"# + number + "}\n"
        let scene = try read(text)[0]
        #expect(scene.json == text)
        #expect(try read(scene.json) == [scene])
        let decoded = try JSONDecoder().decode(Scene.self, from: JSONEncoder().encode(scene))
        if number.count < 20 { #expect(Double(try #require(decoded.json.matches(of: /"x":([^}]+)/).first).output.1) == Double(number)) }
    }

    @Test func formOfTheText() throws {
        var scene = squares([("cat", 1, 2, 3)])
        scene.relations = []
        scene.strokes[0] = line(1, 2, 4, 5.5)
        scene.objects[0].box = Box(x0: 1, y0: 2, x1: 4, y1: 5.5)
        #expect(scene.json == #"{"version":1,"width":256,"height":256,"objects":[{"class":"cat","box":[1,2,4,5.5],"strokes":[0]}],"strokes":[[[1,4],[2,5.5]]]}"# + "\n")
    }

    @Test func optionalKeysMayBeMissingOrNull() throws {
        let scene = try read(#" {"strokes":[[[1,2],[3,4]]],"height":10,"width":20,"version":1,"prompt":null,"seed":null,"objects":[{"class":"a","strokes":[0]}]} "#)[0]
        #expect(scene.prompt == nil && scene.seed == nil && scene.objects[0].box == Box(x0: 1, y0: 3, x1: 2, y1: 4))
        #expect(try read(#"{"version":1,"width":1,"height":1,"strokes":[]}"#)[0].strokes.isEmpty)
    }

    @Test func quickDrawSimplifiedAndRaw() throws {
        let text = #"{"word":"cell phone","key_id":"5","recognized":true,"drawing":[[[0,255],[10,20]],[[3],[4]]]}"# + "\n"
            + #"{"word":"cat","drawing":[[[300.5,310],[0,700],[0,17.5]]]}"# + "\n\n"
        let content = try SketchFile.content(of: Data(text.utf8), name: "q")
        #expect(content.form == .quickDraw && content.scenes.count == 2)
        let phone = content.scenes[0], cat = content.scenes[1]
        #expect(phone.objects.map(\.className) == ["cell phone"] && phone.objects[0].box == Box(x0: 0, y0: 4, x1: 255, y1: 20))
        #expect(phone.width == 256 && phone.extra["key_id"] == .string("5") && phone.extra["recognized"] == .bool(true))
        #expect(cat.width == 700 && cat.strokes[0].times == [0, 17.5])
        let written = try SketchFile.write(content.scenes, format: .quickdraw)
        #expect(try SketchFile.read(written, name: "q") == content.scenes)
    }

    @Test func quickDrawWritesALineAnObject() throws {
        let scenes = try SketchFile.read(SketchFile.write([sampleScene()], format: .quickdraw), name: "q")
        #expect(scenes.map { $0.objects.first?.className } == ["cat", "cell phone", ""])
        #expect(scenes.map(\.strokes.count) == [2, 1, 1])
    }

    @Test func quickDrawLineWithObjectsOfItsOwn() throws {
        let text = #"{"word":"two","relations":[["left of",0,1]],"objects":[{"class":"a","strokes":[0]},{"class":"b","strokes":[1]}],"#
            + #""drawing":[[[0,9],[0,9]],[[20],[30]]]}"#
        let scene = try read(text)[0]
        #expect(scene.objects.map(\.className) == ["a", "b"] && scene.objects[0].box == Box(x0: 0, y0: 0, x1: 9, y1: 9))
        #expect(scene.relations == [Relation(.leftOf, subject: 0, object: 1)] && scene.extra == ["word": .string("two")])
        #expect(try read(scene.json) == [scene])
    }

    @Test func drawingBesideStrokesIsKeptWhereverItStands() throws {
        let head = #""version":1,"width":9,"height":9"#, strokes = #""strokes":[[[1],[1]]]"#, drawing = #""drawing":[[[2],[3]],"x"]"#
        for text in ["{\(head),\(strokes),\(drawing)}", "{\(head),\(drawing),\(strokes)}", "{\(drawing),\(strokes),\(head)}"] {
            let scenes = try read(text)
            #expect(scenes[0].strokes == [line(1, 1)])
            #expect(scenes[0].extra == ["drawing": .array([.array([.array([.integer(2)]), .array([.integer(3)])]), .string("x")])])
            #expect(try read(scenes[0].json) == scenes)
        }
    }

    @Test func stroke3() throws {
        let scene = try read("[[10,20,0],[5,0,1],[-5,2.5,0],[0,1,0]]")[0]
        #expect(scene.strokes == [line(10, 20, 15, 20), line(10, 22.5, 10, 23.5)])
        #expect(try read("[[-10,-20,0],[5,50,1]]")[0].strokes == [line(0, 0, 5, 50)])
        let sample = sampleScene()
        for scenes in [[sample], [sample, sample]] {
            let again = try SketchFile.read(SketchFile.write(scenes, format: .stroke3), name: "s")
            #expect(again.map(\.strokes) == scenes.map(\.strokes))
        }
    }

    @Test func formIsToldByContent() throws {
        let scene = sampleScene()
        let cases: [(SketchFormat, SketchFileContent.Form)] = [(.json, .sceneJSON), (.ndjson, .sceneJSON), (.quickdraw, .quickDraw), (.stroke3, .stroke3), (.svg, .svg), (.npz, .npz), (.excalidraw, .excalidraw)]
        for (format, form) in cases {
            #expect(try SketchFile.content(of: SketchFile.write([scene], format: format), name: "misleading.png").form == form)
        }
        #expect(try SketchFile.content(of: SketchFile.write([scene, scene], format: .ndjson), name: "x").form == .sceneLines)
        #expect(SketchFormat(path: "a/b.SVG") == .svg && SketchFormat(path: "x.jsonl") == .ndjson && SketchFormat(path: "x") == nil)
        #expect(SketchFormat(path: "x.npz") == .npz && SketchFormat(path: "x.Excalidraw") == .excalidraw)
    }

    @Test func whatCannotBeWritten() throws {
        var scene = sampleScene()
        scene.strokes[0].points[0].x = .nan
        for format in SketchFormat.allCases {
            #expect(throws: SketchWriteError.notFinite(scene: 0)) { try SketchFile.write([scene], format: format) }
        }
        #expect(throws: SketchWriteError.noScenes) { try SketchFile.write([], format: .svg) }
        #expect(try SketchFile.write([], format: .ndjson).isEmpty)
    }
}
