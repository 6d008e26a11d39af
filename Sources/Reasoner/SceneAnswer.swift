import Scenes

/// A question about a scene of objects, answered: the program that it was read as, what each step gave, or why there is no answer.
public struct SceneAnswer: Sendable {
    /// Why there is no answer.
    public enum Refusal: Equatable, Sendable, CustomStringConvertible {
        /// The question is about something else than objects and what is said of them.
        case otherTopic
        /// The program asks what the scene does not tell: an object of which there are none or several, an attribute or a relation that is not there.
        case unanswerable(ProgramError)

        public var description: String {
            switch self {
            case .otherTopic: "this is no question about the objects of the scene, their size, color, material or shape, or where they are"
            case .unanswerable(.notUnique(_, 0)): "the question speaks of an object that is not there"
            case .unanswerable(.notUnique(_, let count)): "the question speaks of one object where \(count) fit: say which one"
            case .unanswerable(let error): error.description
            }
        }
    }

    /// The program that the question was read as; nil where it is about something else.
    public var program: Program?
    /// What each step gave; nil where the program cannot be carried out.
    public var trace: Trace?
    /// Why there is no answer; nil where there is one.
    public var refusal: Refusal?
    /// The model's probability of the program, 0…1.
    public var confidence: Double

    /// Reads the question and carries its program out over the scene.
    public init(_ question: String, about scene: ObjectScene, reader: QuestionReader) throws {
        let reading = try reader.read(question)
        confidence = reading.confidence
        guard let program = reading.program else {
            refusal = .otherTopic
            return
        }
        self.program = program
        do throws(ProgramError) { trace = try program.run(on: scene) } catch { refusal = .unanswerable(error) }
    }
}
