import Scenes
import Testing

/// Sentences about scenes.
struct CaptionTests {
    private static func scene(_ things: [(String, Double, Double)]) -> ObjectScene {
        ObjectScene(things.map { name, x, depth in
            let words = name.split(separator: " ").map(String.init)
            var object = ObjectScene.Object(["size": words[0], "color": words[1], "material": words[2], "shape": words[3]])
            // Along behind: the ground's axes are turned.
            object.position = [-0.75449 * depth, 0.65631 * depth, 0.35]
            object.pixel = [x, 100, 10]
            return object
        })
    }

    @Test("Every wording tells the number, each thing from left to right with its side and depth, and how many of a kind")
    func wordings() throws {
        let scene = Self.scene([("large blue rubber sphere", 280, 1), ("small red metal cube", 40, 0), ("small gray metal cube", 160, 0.05)])
        var random = Dice(1), texts = Set<String>()
        for _ in 0..<200 {
            let text = try #require(SceneCaption(scene, width: 320, using: &random)).text
            texts.insert(text)
            #expect(SceneCaption.objects(in: text).map { $0["shape"] } == ["cube", "cube", "sphere"] && SceneCaption.objects(in: text).map { $0["color"] } == ["red", "gray", "blue"])
            #expect(text.contains("hree things") && text.lowercased().contains("on the left") && text.lowercased().contains("in the middle") && text.lowercased().contains("on the right"))
            #expect(text.hasSuffix("All in all there are two cubes and one sphere; one is made of rubber and two of metal."))
            #expect(text.contains("just as far away") && text.contains("farther back") && !text.contains("nearer"))
        }
        #expect(texts.count == 3 * 2 * 2 * 2)
        let text = "There are two things in the picture. On the left is a small red metal cube. In the middle, just as far away, is a large blue rubber sphere. All in all there is one cube."
        #expect(SceneCaption.facts(in: text).map { text[$0].lowercased() } == ["two", "left", "small", "red", "metal", "cube", "in", "just", "large", "blue", "rubber", "sphere"])
        #expect(SceneCaption.facts(in: "").isEmpty)
    }

    @Test("A single thing, and what cannot be told")
    func few() throws {
        var random = Dice(2)
        let one = try #require(SceneCaption(Self.scene([("small red metal cube", 300, 0)]), width: 320, using: &random)).text
        #expect(one.hasSuffix("All in all there is one cube, made of metal.") && !one.contains("things"))
        let two = try #require(SceneCaption(Self.scene([("large red metal cube", 30, 1), ("small red metal cube", 300, 0)]), width: 320, using: &random)).text
        #expect(two.hasSuffix("All in all there are two cubes, both made of metal.") && two.contains("nearer"))
        let three = try #require(SceneCaption(Self.scene([("large red metal cube", 30, 1), ("small red metal sphere", 150, 0), ("small red metal cylinder", 300, 0)]), width: 320, using: &random)).text
        #expect(three.hasSuffix("All in all there is one cube, one sphere and one cylinder, all made of metal."))
        #expect(SceneCaption(ObjectScene([]), width: 320, using: &random) == nil)
        #expect(SceneCaption(Self.scene((0..<11).map { ("small red metal cube", Double($0), 0) }), width: 320, using: &random) == nil)
        var unknown = Self.scene([("small red metal cube", 300, 0)])
        unknown.objects[0].attributes["color"] = nil
        #expect(SceneCaption(unknown, width: 320, using: &random) == nil)
        unknown = Self.scene([("small red metal cube", 300, 0)])
        unknown.objects[0].pixel = nil
        #expect(SceneCaption(unknown, width: 320, using: &random) == nil)
        #expect(SceneCaption.objects(in: "a small red cube and a red metal sphere").isEmpty && SceneCaption.objects(in: "").isEmpty)
    }
}
