import Files
import Foundation
import Sketches
import Testing

@Suite struct SceneDocumentTests {
    static let text = """
        {
          "height": 256.0, "width" : 2.56e2, "version": 1,
          "mine": {"b": 1.50, "a": [ ]},
          "strokes": [
            [[10.00, 50], [20, 60.10]],
            [[100,200],[100.0,2e2]] ,
            [ [1, 2], [3, 4], [0, 17.50] ]
          ],
          "objects": [
            {"id": "\\u00e9", "class": "cat", "strokes": [0, 2], "box": [1, 3.00, 50, 60.10]},
            { "class": "house", "strokes": [ 1 ], "box": [100, 100, 200, 200], "x": null }
          ],
          "relations": [["left of", 0, 1], ["smaller than", 0 , 1]]
        }

        """

    private static func edited(_ text: String, _ edits: [SceneEdit], scene: Int = 0) throws -> String {
        String(decoding: try SceneDocument(Data(text.utf8)).applying(edits, toScene: scene), as: UTF8.self)
    }

    @Test func nothingEditedIsTheSameFile() throws {
        #expect(try Self.edited(Self.text, []) == Self.text)
        #expect(try Self.edited(Self.text, [.remove([9]), .move([0], dx: 0, dy: 0)]) == Self.text)
    }

    @Test func onlyWhatIsNamedChanges() throws {
        let moved = try Self.edited(Self.text, [.move([1], dx: 10, dy: 0.004)])
        #expect(moved == Self.text.replacing("[[100,200],[100.0,2e2]] ,", with: "[[110,210],[100,200]] ,").replacing("[100, 100, 200, 200]", with: "[110, 100, 210, 200]"))
        let without = try Self.edited(Self.text, [.remove([0, 2])])
        #expect(without == Self.text.replacing("""
              [[10.00, 50], [20, 60.10]],
                [[100,200],[100.0,2e2]] ,
                [ [1, 2], [3, 4], [0, 17.50] ]
            """.trimmingCharacters(in: .whitespaces), with: "[[100,200],[100.0,2e2]]")
            .replacing("""
              {"id": "\\u00e9", "class": "cat", "strokes": [0, 2], "box": [1, 3.00, 50, 60.10]},
                { "class"
            """.trimmingCharacters(in: .whitespaces), with: "{ \"class\"")
            .replacing("[ 1 ]", with: "[ 0 ]").replacing("[[\"left of\", 0, 1], [\"smaller than\", 0 , 1]]", with: "[]"))
        let part = try Self.edited(Self.text, [.remove([0])])
        #expect(part.contains("\"strokes\": [1], \"box\": [1, 3.00, 2, 4]") && part.contains("[ 0 ]") && part.contains("[ [1, 2], [3, 4], [0, 17.50] ]"))
    }

    @Test func whatIsAddedIsSpacedAsTheRest() throws {
        let added = try Self.edited(Self.text, [.append(squares([("sun", 5, 5, 2)]))])
        #expect(added.contains("""
                [ [1, 2], [3, 4], [0, 17.50] ],
                [[5,7,7,5,5],[5,5,7,7,5]]
              ],
            """))
        #expect(added.contains("""
            "x": null },
                {"class":"sun","box":[5,5,7,7],"strokes":[3]}
              ],
            """))
        let replaced = try Self.edited(Self.text, [.replace([1], by: squares([("sun", 5, 5, 2)]))])
        #expect(replaced.contains("60.10]],\n    [[5,7,7,5,5],[5,5,7,7,5]] ,\n    [ [1, 2]") && replaced.contains("\"relations\": []"))
        let bare = #"{"version":1,"width":9,"height":9,"strokes":[]}"#
        var addition = squares([("a", 1, 1, 2), ("b", 5, 1, 2)])
        addition.relations = [Relation(.leftOf, subject: 0, object: 1)]
        #expect(try Self.edited(bare, [.append(addition)]) == #"{"version":1,"width":9,"height":9,"strokes":[[[1,3,3,1,1],[1,1,3,3,1]],[[5,7,7,5,5],[1,1,3,3,1]]],"#
            + #""objects":[{"class":"a","box":[1,1,3,3],"strokes":[0]},{"class":"b","box":[5,1,7,3],"strokes":[1]}],"relations":[["left of",0,1]]}"#)
        let page = String(decoding: try SketchFile.write([Scene(width: 9, height: 9)], format: .json), as: UTF8.self)
        #expect(try Self.edited(page, [.append(Scene(width: 9, height: 9, strokes: [line(1, 1, 2, 2), line(3, 3)]))])
            == SketchFile.write([Scene(width: 9, height: 9, strokes: [line(1, 1, 2, 2), line(3, 3)])], format: .json).utf8Text)
    }

    @Test func severalScenes() throws {
        let scene = Self.text.trimmingCharacters(in: .whitespacesAndNewlines), other = squares([("sun", 0, 0, 5)]).json
        for (file, index) in [("[\n\(scene) ,\(other)]\n", 0), ("\u{feff}\(other)\n\n\(scene)\n", 1), (other + other + scene, 2)] {
            let edited = try Self.edited(file, [.remove([1])], scene: index)
            #expect(edited == file.replacing(scene, with: try Self.edited(scene, [.remove([1])])))
        }
        let lines = try SceneDocument(Data((other + other + other).utf8))
        let all = try lines.applying([0: [.remove([0])], 2: [.move([0], dx: 1, dy: 1)]], commands: [2: "move it"])
        #expect(try SceneDocument(all).scenes.map(\.strokes.count) == [0, 1, 1])
        #expect(try SceneDocument(all).commands(scene: 2) == ["move it"] && SceneDocument(all).commands(scene: 0) == [])
    }

    @Test func whateverIsEdited() throws {
        var dice = Dice(5)
        for round in 0..<400 {
            let scene = randomScene(&dice, side: [256, 24, 1000].randomElement(using: &dice) ?? 256), edits = randomEdits(of: scene, &dice)
            for format in [SketchFormat.json, .ndjson] {
                var text = try SketchFile.write([scene], format: format).utf8Text
                if Bool.random(using: &dice) { text = text.replacing(",", with: " , ").replacing(":", with: " : ").replacing("[", with: "[ ") }
                let document = try SceneDocument(Data(text.utf8)), data = try document.applying(edits)
                #expect(document.scenes == [scene])
                #expect(try SketchFile.read(data, name: "x") == [scene.applying(edits)], "round \(round): \(edits)\n\(text)\n\(data.utf8Text)")
                // The text of strokes that were not named stands there in order.
                let items = Self.items(text), fate = Fate(of: scene.strokes.count, edits)
                var position = data.utf8Text.startIndex
                for index in fate.stays.compactMap({ $0 }) where fate.untouched.contains(index) {
                    let found = data.utf8Text.range(of: items[index], range: position..<data.utf8Text.endIndex)
                    #expect(found != nil, "round \(round)")
                    position = found?.upperBound ?? position
                }
                let recorded = try document.applying(edits, command: "c")
                #expect(try SketchFile.read(recorded, name: "x")[0].strokes == scene.applying(edits).strokes)
                if recorded != Data(text.utf8) { #expect(try SceneDocument(recorded).undone().data == Data(text.utf8), "round \(round)") }
            }
        }
    }

    /// The texts of the strokes.
    private static func items(_ text: String) -> [String] {
        guard let start = text.firstRange(of: "\"strokes\"", after: "\"strokes\"") ?? text.firstRange(of: "\"strokes\"") else { return [] }
        var items: [String] = [], depth = 0, item = ""
        for character in text[start.upperBound...].drop(while: { $0 != "[" }) {
            if character == "[" { depth += 1 }
            if depth >= 2 { item.append(character) }
            if character == "]" {
                depth -= 1
                if depth == 1 { items.append(item); item = "" }
                if depth == 0 { return items }
            }
        }
        return items
    }

    @Test func whatCannotBeDone() throws {
        func problem(_ text: String, _ edits: [SceneEdit], scene: Int = 0, command: String? = nil) -> EditError? {
            do {
                _ = try SceneDocument(Data(text.utf8), name: "x").applying(edits, toScene: scene, command: command)
                return nil
            } catch { return error as? EditError }
        }
        let scene = squares([("sun", 0, 0, 5)]).json
        #expect(problem(scene, [], scene: 1)?.description == "x: has no scene 2; it has 1")
        #expect(problem(scene + #"{"word":"cat","drawing":[[[1],[2]]]}"#, [], scene: 1) == EditError(file: "x", line: 2, .notEditable(1)))
        #expect(problem(scene + scene, [.move([0], dx: 1e8, dy: 0)], scene: 1) == EditError(file: "x", line: 2, .tooFar(stroke: 0)))
        #expect(problem(scene, [.resize([0], scale: .nan, about: Point(x: 0, y: 0))])?.problem == .badMove)
        for history in ["\"drawn in 1990\"", "[1]", "{}", "[{\"command\":\"x\"}]"] {
            let taken = scene.replacing("}\n", with: ",\"history\":\(history)}\n")
            #expect(problem(taken, [.remove([0])], command: "c")?.problem == .historyTaken)
            #expect(problem(taken, [.remove([0])]) == nil)
        }
        for bad in ["", " ", "[1]", "[[[1,2,0]]]", "{}", scene + "x", "[\(scene)] 1"] {
            #expect(throws: FileError.self, "\(bad)") { try SceneDocument(Data(bad.utf8)) }
        }
        #expect(try SceneDocument(Data("[]".utf8)).scenes.isEmpty)
    }
}

extension Data {
    var utf8Text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
    /// Where `text` stands last, if it stands there twice.
    fileprivate func firstRange(of text: String, after first: String) -> Range<String.Index>? {
        let all = ranges(of: text)
        return all.count > 1 ? all.last { range in self[range.upperBound...].prefix(60).contains("[[") || self[range.upperBound...].prefix(60).contains("[ [") } : nil
    }
}
