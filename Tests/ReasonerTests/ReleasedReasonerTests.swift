import Foundation
import Reasoner
import Scenes
import Tensors
import Testing

/// The example of the module's documentation, with the model that ships, on pictures that it has not seen.
struct ReleasedReasonerTests {
    @Test("It finds the objects of both sizes of picture, answers, and refuses what it cannot know")
    func released() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "models/reasoner-clevr")
        let reasoner = try PictureReasoner(folder: folder)
        var score = SceneScore(), random = RandomSource(seed: 0x4E1EA5ED), asked = 0, right = 0, balance = QuestionBalance()
        for index in 0..<12 {
            let renderer = SceneRenderer(width: index % 2 == 0 ? 320 : 480, height: index % 2 == 0 ? 240 : 320, camera: .jittered(using: &random))
            let scene = SceneSampler().sample(renderer, using: &random), reading = reasoner.look(renderer.render(scene, seed: random.next()).picture)
            score.add(reading.scene, truth: scene)
            #expect(reading.isScene > 0.5)
            for question in balance.questions(for: scene, count: 4, using: &random) {
                asked += 1
                right += try reasoner.answer(question.text, about: reading, certain: true).text == question.answer ? 1 : 0
            }
        }
        #expect(score.f1 > 0.95 && score.attributes > 0.97 && (score.placeError ?? 1) < 0.3, "\(score.f1), \(score.attributes), \(score.placeError ?? 1)")
        #expect(Double(right) > 0.9 * Double(asked), "\(right) of \(asked)")

        var refused = 0
        for _ in 0..<20 {
            guard let picture = UnanswerablePictures.sample(width: 320, height: 240, using: &random) else { continue }
            refused += try reasoner.answer("How many red things are there?", about: picture).refusal == .otherPicture ? 1 : 0
        }
        #expect(refused >= 18, "\(refused) of 20")
    }
}
