import Foundation
import Language
import Pictures
import Scenes

/// The whole of it: looks at a picture, reads a question about it, answers.
///
/// ```swift
/// let reasoner = try PictureReasoner(folder: url)
/// let reading = reasoner.look(try Picture.read(data, name: "scene.png"))
/// let answer = try reasoner.answer("How many red balls are left of the cube?", about: reading)
/// print(answer.text ?? "unknown", answer.confidence)
/// ```
/// Not thread-safe.
public final class PictureReasoner {
    /// How an answer comes about.
    public enum Mode: String, Sendable, CaseIterable, Codable {
        /// The language model answers at once; it lists objects, then writes steps with their values; it reads the question into a program,
        /// which is carried out exactly over the objects that the eye found.
        case direct, rationale, program
    }

    /// The eye.
    public let grid: SceneGrid
    /// The reader of questions.
    public let reader: QuestionReader
    /// Whether the language model lists the objects before it writes steps (``LanguageReasoner/remembers``).
    public var remembers = true
    /// The language model.
    public let model: DecodingModel
    /// Guesses what the language model writes.
    public var guesser: PictureGuesser? { didSet { (writer, looked) = (nil, nil) } }
    private var writer: LanguageReasoner?, looked: Picture?

    /// Reads a reasoner's folder: the eye (`look.json`, `look.safetensors`) beside the reader's model.
    /// - Throws: `ReasonerError`, `ModelFolderError`, `SafeTensorsError`.
    public init(folder: URL) throws {
        grid = try SceneGrid(folder: folder)
        let file = try ModelFile.open(folder)
        guard let tokenizer = file.tokenizer else { throw ReasonerError.notAReasoner(missing: "tokenizer.json") }
        model = try file.decoding(positions: LanguageReasoner.positions)
        reader = try QuestionReader(model, tokenizer)
    }

    /// What a picture shows.
    public func look(_ picture: Picture) -> SceneReading { grid.read(picture) }

    /// Answers a question about what a picture was read as: the mode `program`.
    /// - Parameter certain: as for `SceneAnswer`.
    public func answer(_ question: String, about reading: SceneReading, certain: Bool = false) throws -> SceneAnswer {
        try SceneAnswer(question, about: reading, reader: reader, certain: certain)
    }

    /// Answers a question about a picture.
    /// - Throws: `ReasonerError.notAReasoner` where the language model of `direct` and `rationale` does not see pictures.
    public func answer(_ question: String, about picture: Picture, _ mode: Mode = .program, certain: Bool = false) throws -> SceneAnswer {
        if mode == .program { return try answer(question, about: look(picture), certain: certain) }
        let writer = try writer ?? LanguageReasoner(model, reader.vocabulary.tokenizer, grid: grid, guesser: guesser)
        self.writer = writer
        writer.remembers = remembers
        if looked != picture { try writer.look(picture) }
        looked = picture
        return SceneAnswer(try writer.answer(question, mode == .direct ? .direct : .rationale, guesses: certain))
    }
}
