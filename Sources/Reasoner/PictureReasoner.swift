import Foundation
import Language
import Scenes

/// The whole of it: looks at a picture, reads a question about it, answers.
///
/// ```swift
/// let reasoner = try PictureReasoner(folder: url)
/// let answer = try reasoner.answer("How many red balls are left of the cube?", about: Picture.read(data, name: "scene.png"))
/// print(answer.trace?.answer.text ?? "unknown", answer.confidence)
/// ```
/// Not thread-safe.
public final class PictureReasoner {
    /// The eye.
    public let grid: SceneGrid
    /// The reader of questions.
    public let reader: QuestionReader

    /// Reads a reasoner's folder: the eye (`look.json`, `look.safetensors`) beside the reader's model.
    /// - Throws: `ReasonerError`, `ModelFolderError`, `SafeTensorsError`.
    public init(folder: URL) throws {
        grid = try SceneGrid(folder: folder)
        reader = try QuestionReader(folder: folder)
    }

    /// What a picture shows.
    public func look(_ picture: Picture) -> SceneReading { grid.read(picture) }

    /// Answers a question about a picture.
    public func answer(_ question: String, about picture: Picture) throws -> SceneAnswer {
        try SceneAnswer(question, about: look(picture), reader: reader)
    }
}
