import Files
import Foundation
import Sketches
import Testing

@Suite("Excalidraw") struct ExcalidrawTests {
    private func content(_ text: String) throws(FileError) -> SketchFileContent { try SketchFile.content(of: Data(text.utf8), name: "x.excalidraw") }

    private func written(_ scenes: [Scene], options: RenderOptions = RenderOptions()) throws -> String {
        String(decoding: try SketchFile.write(scenes, format: .excalidraw, options: options), as: UTF8.self)
    }

    /// A file of these elements.
    private func file(_ elements: String...) -> String { #"{"type":"excalidraw","version":2,"elements":["# + elements.joined(separator: ",") + "]}" }

    /// Whether two lists of strokes are the same to a rounding.
    private func expectAlike(_ a: [Stroke], _ b: [Stroke], within tolerance: Double = 0.0051) {
        #expect(a.map(\.points.count) == b.map(\.points.count))
        for (p, q) in zip(a.flatMap(\.points), b.flatMap(\.points)) { #expect(abs(p.x - q.x) <= tolerance && abs(p.y - q.y) <= tolerance, "\(p) \(q)") }
    }

    // MARK: out and in

    @Test("A scene comes back: canvas, prompt, strokes, objects")
    func roundTrip() throws {
        let scene = sampleScene(), read = try content(written([scene]))
        let again = read.scenes[0]
        #expect(read.form == .excalidraw && read.scenes.count == 1 && read.warnings.isEmpty)
        #expect(again.width == scene.width && again.height == scene.height && again.prompt == scene.prompt)
        expectAlike(again.strokes, scene.strokes)
        #expect(again.objects.map(\.className) == ["cat", "cell phone"] && again.objects.map(\.strokes) == [[0, 2], [1]])
        #expect(again.objects.map(\.confidence) == [nil, 0.75] && again.objects[0].box == Box(x0: 20, y0: 60, x1: 70, y1: 110))
        #expect(try written([again]) == written([scene]))      // once rounded, nothing changes any more
    }

    @Test("Any strokes come back, on canvases of every size", arguments: [0.5, 28, 256, 3_000])
    func anyStrokes(side: Double) throws {
        var dice = Dice(UInt64(side))
        var scene = Scene(width: side, height: side / 2)
        for count in [1, 2, 3, 40, 1, 200] {
            scene.strokes.append(Stroke((0..<count).map { _ in Point(x: .random(in: -side...side * 2, using: &dice), y: .random(in: 0...side, using: &dice)) }))
        }
        let again = try content(written([scene])).scenes[0]
        expectAlike(again.strokes, scene.strokes, within: side >= 100 ? 0.0051 : side >= 1 ? 0.000051 : 1e-8)
        #expect(again.width == scene.width && again.height == scene.height)
    }

    @Test("Objects keep their order and their strokes when these are mixed")
    func order() throws {
        var scene = squares([("sun", 0, 0, 9), ("tree", 20, 0, 9), ("sun", 40, 0, 9), ("house", 60, 0, 9)])
        scene.objects[0].strokes = [3]
        scene.objects[0].box = scene.strokes[3].box ?? scene.objects[0].box
        scene.objects[3].strokes = [0]
        scene.objects[3].box = scene.strokes[0].box ?? scene.objects[3].box
        #expect(try content(written([scene])).scenes[0].objects == scene.objects)
        #expect(try content(written([Scene(width: 40, height: 30)])).scenes == [Scene(width: 40, height: 30)])
    }

    @Test("Every element has the keys that Excalidraw's own have")
    func keys() throws {
        let text = try written([sampleScene()], options: RenderOptions(colors: true))
        let root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["type"] as? String == "excalidraw" && root["version"] as? Int == 2 && root["files"] is [String: Any] && root["appState"] is [String: Any])
        let elements = try #require(root["elements"] as? [[String: Any]])
        #expect(elements.count == 4 && Set(elements.compactMap { $0["id"] as? String }).count == 4)
        let keys = ["id", "type", "x", "y", "width", "height", "angle", "strokeColor", "backgroundColor", "fillStyle", "strokeWidth", "strokeStyle", "roughness",
                    "opacity", "groupIds", "frameId", "roundness", "seed", "version", "versionNonce", "isDeleted", "boundElements", "updated", "link", "locked",
                    "points", "pressures", "simulatePressure", "lastCommittedPoint", "customData"]
        for element in elements {
            #expect(Set(keys).symmetricDifference(element.keys).isEmpty)
            let points = try #require(element["points"] as? [[Double]])
            #expect(points.count >= 2 && points[0] == [0, 0] && (element["pressures"] as? [Double])?.count == points.count)
            // Excalidraw's smoothed line keeps close to points this near to each other.
            for (a, b) in zip(points, points.dropFirst()) { #expect(hypot(a[0] - b[0], a[1] - b[1]) <= 2.02) }
        }
        #expect(elements.map { ($0["groupIds"] as? [String])?.count } == [1, 1, 1, 0])
        #expect(elements[0]["strokeColor"] as? String == Color.ofObject(0).css && elements[3]["strokeColor"] as? String == Color.ink.css)
    }

    @Test("Several scenes stand side by side")
    func sheet() throws {
        let one = squares([("cat", 10, 10, 50)]), two = squares([("dog", 10, 10, 50)])
        let sheet = try content(written([one, two, one])).scenes[0]
        #expect(sheet.objects.map(\.className) == ["cat", "dog", "cat"] && sheet.strokes.count == 3 && sheet.width == 528 && sheet.height == 528)
        #expect(sheet.objects.map(\.box.x0) == [10, 282, 10] && sheet.objects.map(\.box.y0) == [10, 10, 282])
    }

    // MARK: what a person has done there

    @Test("After an edit in Excalidraw objects and canvas are still known")
    func edited() throws {
        var text = try written([squares([("cat", 20, 60, 50), ("sun", 150, 20, 30)])])
        let start = try #require(text.range(of: ",\n\"appState\"")).lowerBound
        text = text[..<start] + "}"                                                       // Excalidraw keeps nothing of ours there
        let scene = try content(text).scenes[0]
        #expect(scene.width == 256 && scene.objects.map(\.className) == ["cat", "sun"] && scene.objects[0].box == Box(x0: 20, y0: 60, x1: 70, y1: 110))
        // One object moved off the canvas: the canvas is what is drawn, with a margin.
        let moved = try content(text.replacing(#""x":150"#, with: #""x":350"#)).scenes[0]
        // 360 × 90 of ink and a margin of 4 % on each side.
        #expect(moved.width == 388 && moved.height == 118 && moved.objects.map(\.box) == [Box(x0: 14, y0: 54, x1: 64, y1: 104), Box(x0: 344, y0: 14, x1: 374, y1: 44)])
        // Both groups in a group of the person's, and a copy of one with a group of its own.
        let grouped = text.replacing("[\"object-1\"]", with: "[\"object-1\",\"all\"]").replacing("[\"object-2\"]", with: "[\"object-2\",\"all\"]")
        #expect(try content(grouped).scenes[0].objects.map(\.className) == ["cat", "sun"])
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("{\"id\"") })
        let copied = text.replacing(line, with: line + line.replacing("stroke-1", with: "x").replacing("object-1", with: "copy"))
        #expect(try content(copied).scenes[0].objects.map(\.className) == ["cat", "cat", "sun"])
    }

    @Test("A stroke added to an object's group belongs to it; groups without a class are none of ours")
    func groups() throws {
        func dot(_ x: Int, _ groups: String, _ data: String = "null") -> String {
            #"{"type":"freedraw","x":\#(x),"y":0,"points":[[0,0],[1,1]],"groupIds":[\#(groups)],"customData":\#(data)}"#
        }
        let scene = try content(file(dot(0, "\"a\"", #"{"class":"cat","object":0}"#), dot(5, "\"a\""), dot(10, "\"b\""), dot(15, "\"b\""), dot(20, "", #"{"class":"sun"}"#))).scenes[0]
        #expect(scene.objects.map(\.className) == ["cat", "sun"] && scene.objects.map(\.strokes) == [[0, 1], [4]] && scene.looseStrokes == [2, 3])
    }

    // MARK: Excalidraw's own elements

    @Test("Lines are placed by their element and turned about the middle of their box")
    func lines() throws {
        let scene = try content(file(
            #"{"type":"line","x":100,"y":50,"width":40,"height":0,"points":[[0,0],[40,0]],"angle":1.5707963267948966}"#,
            #"{"type":"freedraw","x":0,"y":0,"points":[[0,0],[10,0],[10,10]]}"#,
            #"{"type":"arrow","x":5,"y":5,"points":[[0,0],[30,0]],"endArrowhead":null}"#)).scenes[0]
        // The leftmost and topmost ink is at 0, and gets a margin of 10.
        expectAlike(scene.strokes, [line(130, 40, 130, 80), line(10, 10, 20, 10, 20, 20), line(15, 15, 45, 15)], within: 1e-6)
        #expect(scene.width == 140 && scene.height == 90)
    }

    @Test("Rectangles, diamonds and ellipses are outlines")
    func shapes() throws {
        let scene = try content(file(
            #"{"type":"rectangle","x":10,"y":10,"width":100,"height":60}"#, #"{"type":"diamond","x":10,"y":10,"width":100,"height":60}"#,
            #"{"type":"ellipse","x":10,"y":10,"width":100,"height":60}"#, #"{"type":"rectangle","x":10,"y":10,"width":100,"height":60,"roundness":{"type":3}}"#)).scenes[0]
        #expect(scene.strokes[0] == line(10, 10, 110, 10, 110, 70, 10, 70, 10, 10))
        #expect(scene.strokes[1] == line(60, 10, 110, 40, 60, 70, 10, 40, 60, 10))
        for p in scene.strokes[2].points { #expect(abs(hypot((p.x - 60) / 50, (p.y - 40) / 30) - 1) < 0.005) }
        #expect(scene.strokes.allSatisfy { $0.box == Box(x0: 10, y0: 10, x1: 110, y1: 70) && $0.points.first == $0.points.last })
        // A corner's rounding begins a quarter of the shorter side before it.
        let corner = Point(x: 110, y: 10)
        #expect(abs((scene.strokes[3].points.map { $0.distance(to: corner) }.min() ?? 0) - 15 * 0.5.squareRoot() / 2) < 0.5)
    }

    @Test("A round line is smooth through its points, a sharp one is not")
    func curves() throws {
        let points = #""x":0,"y":0,"points":[[0,0],[50,50],[100,0]]"#
        let scene = try content(file(#"{"type":"line",\#(points),"roundness":{"type":2}}"#, #"{"type":"line",\#(points),"roundness":null}"#,
                                     #"{"type":"draw",\#(points),"strokeSharpness":"round"}"#, #"{"type":"arrow",\#(points),"roundness":{"type":2},"elbowed":true,"endArrowhead":null}"#)).scenes[0]
        #expect(scene.strokes[0].points.count > 10 && scene.strokes[0].points.contains(Point(x: 60, y: 60)) && scene.strokes[2] == scene.strokes[0])
        #expect(scene.strokes[1].points.count == 3 && scene.strokes[3] == scene.strokes[1])
    }

    @Test("What is no line is named, deleted elements are not")
    func warnings() throws {
        let text = #"{"type":"text","x":1,"y":1,"text":"hello"}"#
        let read = try content(file(text, text, #"{"type":"image","x":1,"y":1}"#, #"{"type":"frame"}"#, #"{"type":"text","isDeleted":true}"#,
                                    #"{"type":"line","x":0,"y":0,"points":[[0,0],[5,5]],"isDeleted":true}"#, #"{"type":"arrow","x":0,"y":0,"points":[[0,0],[50,5]]}"#,
                                    #"{"type":"ellipse","width":9,"height":9,"opacity":0}"#, #"{"type":"freedraw","points":[]}"#))
        #expect(read.scenes[0].strokes.count == 1 && read.warnings.count == 6)
        for (warning, start) in zip(read.warnings, ["2 × \"text\" is not read", "1 × \"image\"", "1 × \"frame\"", "the heads of an arrow", "1 × an element that cannot be seen", "1 × an element without points"]) {
            #expect(warning.hasPrefix(start))
        }
        #expect(try content(file()).scenes[0].strokes.isEmpty)
        #expect(try content(#" {"elements":[],"type":"excalidraw/clipboard"} "#).form == .excalidraw)
    }

    @Test("A scene with a type of its own is still a scene")
    func notOurs() throws {
        #expect(try content(#"{"type":"doodle","version":1,"width":9,"height":9,"strokes":[[[1],[1]]]}"#).form == .sceneJSON)
        #expect(try content(#"{"version":1,"width":9,"height":9,"strokes":[],"type":"excalidraw"}"#).form == .sceneJSON)
    }

    // MARK: bad input

    @Test(arguments: [
        HostileInputTests.Bad("no elements", #"{"type":"excalidraw"}"#, says: "\"elements\""),
        HostileInputTests.Bad("a library", #"{"type":"excalidrawlib","libraryItems":[]}"#, key: "type", says: "library of parts"),
        HostileInputTests.Bad("another type", #"{"type":"excalidraw+","elements":[]}"#, key: "type", says: "excalidraw+"),
        HostileInputTests.Bad("elements no list", #"{"type":"excalidraw","elements":{}}"#, key: "elements", says: "found an object"),
        HostileInputTests.Bad("element no object", #"{"type":"excalidraw","elements":[7]}"#, key: "elements[0]", says: "found a number"),
        HostileInputTests.Bad("x no number", #"{"type":"excalidraw","elements":[{"type":"line","x":"1"}]}"#, key: "elements[0].x", says: "found a string"),
        HostileInputTests.Bad("x huge", #"{"type":"excalidraw","elements":[{"type":"line","x":1e300}]}"#, key: "elements[0].x", says: "out of range"),
        HostileInputTests.Bad("point of one number", #"{"type":"excalidraw","elements":[{"type":"line","points":[[1]]}]}"#, key: "elements[0].points[0]", says: "1 numbers"),
        HostileInputTests.Bad("point no number", #"{"type":"excalidraw","elements":[{"type":"line","points":[[1,null]]}]}"#, key: "elements[0].points[0][1]", says: "found null"),
        HostileInputTests.Bad("far away", #"{"type":"excalidraw","elements":[{"type":"line","x":9e6,"points":[[9e6,0],[0,0]]}]}"#, key: "elements[0]", says: "beyond 10000000 pixels"),
        HostileInputTests.Bad("group no text", #"{"type":"excalidraw","elements":[{"groupIds":[1]}]}"#, key: "elements[0].groupIds[0]", says: "a group's id"),
        HostileInputTests.Bad("more after it", #"{"type":"excalidraw","elements":[]} {"#, says: "more after the end"),
        HostileInputTests.Bad("second line", "{\"type\":\"excalidraw\",\n\"elements\":[{\"x\":[]}]}", line: 2, key: "elements[0].x", says: "found an array"),
    ])
    func badInputNamesThePlace(_ bad: HostileInputTests.Bad) {
        let error = #expect(throws: FileError.self) { try content(bad.text) }
        #expect(error?.line == bad.line && error?.key == bad.key && error?.exitCode == 65)
        #expect(error?.description.contains(bad.says) == true, "\(error?.description ?? "")")
    }

    @Test("What other programs keep in an element may be anything")
    func foreign() throws {
        for data in ["[]", "7", #""x""#, #"{"class":7,"object":"a","corners":{},"canvas":[1],"confidence":null}"#, #"{"corners":[0,9,2],"canvas":[-1,"x"]}"#,
                     #"{"canvas":[1e300,5],"object":99999999999999999999}"#, #"{"corners":[0,1.5,2]}"#] {
            let scene = try content(file(#"{"type":"freedraw","x":1,"y":2,"points":[[0,0],[5,5],[9,0]],"customData":\#(data),"roundness":\#(data),"endArrowhead":\#(data)}"#)).scenes[0]
            #expect(scene.strokes == [line(10, 10, 15, 15, 19, 10)] && scene.objects.isEmpty)
        }
    }

    @Test("Half a file is an error at every length")
    func truncated() throws {
        let text = Array(try written([Scene(width: 50, height: 50, objects: [], strokes: [line(1, 1, 9, 9), line(4, 4)])]).utf8)
        for count in 1..<text.count - 2 {
            let error = #expect(throws: FileError.self, "\(count) bytes") { try SketchFile.read(Data(text[..<count]), name: "x") }
            #expect(error?.description.isEmpty == false)
        }
    }

    @Test("Points are counted over the whole drawing, flattened")
    func tooManyPoints() {
        let wave = (0..<8_000).map { "[\($0),\($0 % 2 * 9000000)]" }.joined(separator: ",")
        let error = #expect(throws: FileError.self) { try content(file(#"{"type":"line","points":[\#(wave)],"roundness":{"type":2}}"#)) }
        #expect(error?.problem == .tooManyPoints(limit: 1_000_000) && error?.key == "elements[0]")
    }
}
