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
        let cases: [(SketchFormat, SketchFileContent.Form)] = [(.json, .sceneJSON), (.ndjson, .sceneJSON), (.quickdraw, .quickDraw), (.stroke3, .stroke3), (.svg, .svg)]
        for (format, form) in cases {
            #expect(try SketchFile.content(of: SketchFile.write([scene], format: format), name: "misleading.png").form == form)
        }
        #expect(try SketchFile.content(of: SketchFile.write([scene, scene], format: .ndjson), name: "x").form == .sceneLines)
        #expect(SketchFormat(path: "a/b.SVG") == .svg && SketchFormat(path: "x.jsonl") == .ndjson && SketchFormat(path: "x") == nil)
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

    @Test func filesAreWrittenWholeOrNotAtAll() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sketches-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.json").path, link = folder.appendingPathComponent("link.json").path
        try SketchFile.writeAtomically(Data("one".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try SketchFile.writeAtomically(Data("two".utf8), to: link)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a.json", "link.json"])
        #expect(throws: OutputError.self) { try SketchFile.writeAtomically(Data(), to: folder.path + "/none/a.json") }
        do { try SketchFile.writeAtomically(Data(), to: folder.path) } catch { #expect(error.exitCode == 73) }
        do { try SketchFile.writeAtomically(Data(count: 9), to: "/dev/full") } catch { #expect(error.exitCode == 74) }
        do { _ = try SketchFile.load(folder.path + "/none") } catch { #expect(error.exitCode == 66) }
    }
}
