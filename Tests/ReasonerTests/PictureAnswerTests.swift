import Foundation
import Language
import Pictures
import Reasoner
import Scenes
import Testing

/// What follows from a picture that was read with doubts.
struct PictureAnswerTests {
    static func object(_ words: String, x: Double, y: Double = 0) -> ObjectScene.Object {
        let w = words.split(separator: " ").map(String.init)
        var object = ObjectScene.Object(["size": w[0], "color": w[1], "material": w[2], "shape": w[3]], position: [x, y, 0.35])
        object.box = [10 * x + 50, 20, 10 * x + 70, 40]
        return object
    }

    static func belief(_ object: ObjectScene.Object, presence: Double = 0.999, _ doubts: [String: [String: Double]] = [:]) -> SceneReading.Belief {
        var all: [String: [Double]] = [:]
        for attribute in Domain.clevr.attributes {
            let others = doubts[attribute.name] ?? [:], rest = 1 - others.values.reduce(0, +)
            all[attribute.name] = attribute.values.map { $0 == object.attributes[attribute.name] ? rest : others[$0] ?? 0 }
        }
        return SceneReading.Belief(presence: presence, attributes: all)
    }

    static let cube = object("large red metal cube", x: 0), ball = object("small blue rubber sphere", x: 2)

    static func reading(_ beliefs: [SceneReading.Belief], doubtful: [(object: ObjectScene.Object, belief: SceneReading.Belief)] = []) -> SceneReading {
        SceneReading(domain: .clevr, scene: ObjectScene([cube, ball]), beliefs: beliefs, doubtful: doubtful, isScene: 1)
    }

    @Test("Scenes that a picture may show weigh as their parts do")
    func hypotheses() {
        let reading = Self.reading(
            [Self.belief(Self.cube, ["color": ["brown": 0.2]]), Self.belief(Self.ball, presence: 0.9)], doubtful: [(Self.object("small gray rubber cube", x: -2), Self.belief(Self.object("small gray rubber cube", x: -2), presence: 0.1))])
        let all = reading.hypotheses()
        #expect(all[0].change == nil && all[0].weight == 1 && all[0].scene.objects == reading.scene.objects)
        let brown = all.first { $0.change == "object 0 is brown" }, gone = all.first { $0.change == "object 1 is not there" }, more = all.first { $0.change?.hasPrefix("there is a small gray") == true }
        #expect(abs((brown?.weight ?? 0) - 0.25) < 1e-9 && brown?.scene.objects[0].attributes["color"] == "brown")
        #expect(abs((gone?.weight ?? 0) - 1 / 9.0) < 1e-9 && gone?.scene.objects.count == 1)
        #expect(abs((more?.weight ?? 0) - 1 / 9.0) < 1e-9 && more?.scene.objects.count == 3)
        // Two at a time: brown and gone, in either order, once.
        let both = all.filter { $0.change?.contains("brown") == true && $0.change?.contains("object 1 is not there") == true }
        #expect(both.count == 1 && abs(both[0].weight - 0.25 / 9) < 1e-9 && both[0].scene.objects.map { $0.attributes["color"] } == ["brown"])
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.weight >= $1.weight })
    }

    @Test("Scores: objects by place, values, places")
    func score() {
        var score = SceneScore()
        var moved = Self.ball
        moved.position = [2.3, 0, 0.35]
        moved.attributes["shape"] = "cube"
        score.add(ObjectScene([Self.cube, moved, Self.object("small red metal cube", x: 5)]), truth: ObjectScene([Self.cube, Self.ball]))
        #expect(score.matched == 2 && score.found == 3 && score.there == 2 && abs(score.f1 - 0.8) < 1e-9)
        #expect(abs(score.attributes - 7.0 / 8) < 1e-9 && score.right["shape"] == 1 && abs((score.placeError ?? 0) - 0.15) < 1e-9 && score.whole == 0)
        #expect(score.relations == 8 && score.rightRelations == 8)
        score.add(ObjectScene([Self.ball, Self.cube]), truth: ObjectScene([Self.cube, Self.ball]))
        #expect(score.whole == 0.5)
    }

    @Test("Calibration, on numbers worked by hand")
    func calibration() {
        var calibration = Calibration()
        #expect(calibration.error == 0 && calibration.rankedRight == nil)
        for (confidence, isRight) in [(0.95, true), (0.95, true), (0.95, false), (0.15, false)] { calibration.add(confidence: confidence, isRight: isRight) }
        // Bins: |2.85 - 2| and |0.15 - 0|, of four.
        #expect(abs(calibration.error - (0.85 + 0.15) / 4) < 1e-9)
        // Of the four pairs of right and wrong two are in order and two tie.
        #expect(abs((calibration.rankedRight ?? 0) - 0.75) < 1e-9)
    }

    @Test("Damage is what it says, and the same each time")
    func damage() {
        let picture = Picture(width: 40, height: 30, bytes: (0..<3_600).map { UInt8($0 / 3 % 40 < 20 ? 30 : 210) })
        let dark = PictureDamage.dark.applied(to: picture, seed: 1)
        #expect(dark.bytes[0] == 10 && dark.bytes[117] == 70)
        let blurred = PictureDamage.blurred.applied(to: picture, seed: 1)
        #expect(blurred.bytes[0] == 30 && (60...180).contains(blurred.bytes[3 * 20]))
        #expect(PictureDamage.noisy.applied(to: picture, seed: 1) == PictureDamage.noisy.applied(to: picture, seed: 1))
        #expect(PictureDamage.noisy.applied(to: picture, seed: 1) != PictureDamage.noisy.applied(to: picture, seed: 2))
    }

    @Test("Kinds of questions by their last step")
    func kinds() {
        func kind(_ function: Function) -> QuestionKind { QuestionKind(Program(nodes: [.init(.scene), .init(function, inputs: [0])])) }
        #expect(kind(.count) == .count && kind(.exist) == .exist && kind(.lessThan) == .compareNumbers && kind(.query("size")) == .query && kind(.equal("color")) == .compareAttribute)
        #expect(kind(.unique) == .other)
    }

    @Test("A page shows each step on the picture, or on a map where there is none; words of others do not become markup")
    func page() throws {
        let v = QuestionReadingTests.vocabulary, shape = DecoderConfig(width: 16, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 16, vocabularySize: v.count, positions: 320, tied: true)
        let reader = try QuestionReader(DecodingModel(Language.Decoder(config: shape, seed: 1), positions: 320), v.tokenizer)
        var scene = ObjectScene([Self.cube, Self.ball]), answer = try SceneAnswer("how many?", about: scene, reader: reader)
        let program = Program(nodes: [.init(.scene), .init(.filter("color"), inputs: [0], argument: "red"), .init(.count, inputs: [1])])
        scene.objects[0].attributes["color"] = "red"
        (answer.scene, answer.program, answer.trace, answer.text, answer.refusal) = (scene, program, try program.run(on: scene), "1", nil)
        let question = "how <b>many</b> & \"which\"?"
        let html = TracePage(question: question, answer: answer, picture: Data([0x89, 0x50, 1]), width: 320, height: 240).html
        #expect(html.contains("how &lt;b&gt;many&lt;/b&gt; &amp; &quot;which&quot;?") && !html.contains("<b>many"))
        #expect(html.components(separatedBy: "<figure>").count == 4 && html.contains("data:image/png;base64,"))
        #expect(html.components(separatedBy: "stroke-width=\"1.6\"").count == 1 + 2 + 1, "two objects outlined for the scene, one for the filter")
        scene.objects[1].attributes["color"] = "\"/><script>"
        answer.scene = scene
        let map = TracePage(question: "q", answer: answer, picture: nil, width: 320, height: 240).html
        #expect(map.contains("<circle") && map.contains("fill=\"red\"") && !map.contains("<script>"))
    }
}
