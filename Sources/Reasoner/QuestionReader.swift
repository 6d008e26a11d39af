import Foundation
import Language
import Scenes

/// Reads questions in words into programs, with a decoder that writes them token by token under a grammar.
///
/// ```swift
/// let reader = try QuestionReader(DecodingModel(folder.decoder), tokenizer)
/// let reading = try reader.read("How many red balls are left of the cube?")
/// print(reading.program?.nodes.count ?? 0, reading.confidence)
/// ```
/// Not thread-safe.
public final class QuestionReader {
    /// What a question was read as.
    public struct Reading: Sendable {
        /// The steps; nil for a question that is about something else.
        public var program: Program?
        /// The model's probability of all that it wrote, 0…1.
        public var confidence: Double
        /// Words that are not known (``KnownWords``): where there are any, there is no program.
        public var strangers: [String] = []
    }

    /// The model's tokens.
    public let vocabulary: ReasonerVocabulary
    private let session: DecodingSession

    /// The most tokens of a question, and of a program.
    public static let questionLimit = 192, programLimit = 96

    /// - Throws: `ReasonerError.notAReasoner` for another model's tokenizer.
    public init(_ model: DecodingModel, _ tokenizer: Tokenizer) throws(ReasonerError) {
        vocabulary = try ReasonerVocabulary(tokenizer)
        session = DecodingSession(model, capacity: Self.questionLimit + Self.programLimit + 3)
    }

    /// Reads a reasoner's folder.
    /// - Throws: `ReasonerError.notAReasoner`; `ModelFolderError` for a folder that is none.
    public convenience init(folder: URL) throws {
        let file = try ModelFile.open(folder)
        guard let tokenizer = file.tokenizer else { throw ReasonerError.notAReasoner(missing: "tokenizer.json") }
        try self.init(file.decoding(positions: Self.questionLimit + Self.programLimit + 3), tokenizer)
    }

    /// The likeliest program, step by step (greedy). A question of more than `questionLimit` tokens is about something else.
    /// - Parameter guesses: makes what it can of words that it does not know.
    public func read(_ question: String, guesses: Bool = false) throws -> Reading {
        let strangers = guesses ? [] : KnownWords.strangers(in: question)
        guard strangers.isEmpty else { return Reading(program: nil, confidence: 1, strangers: strangers) }
        let text = vocabulary.text(question)
        guard text.count <= Self.questionLimit else { return Reading(program: nil, confidence: 1) }
        session.truncate(to: 0)
        try session.extend(with: [vocabulary.begin, vocabulary.ask] + text + [vocabulary.program])
        var grammar = ProgramGrammar(vocabulary), mask = TokenMask(count: session.model.config.vocabularySize), tokens: [Int] = [], logProbability = 0.0
        while !grammar.isComplete, tokens.count < Self.programLimit {
            mask.forbidAll()
            grammar.allowed(&mask)
            guard let pick = session.likeliest(of: mask) else { break }
            logProbability += pick.logProbability
            grammar.accept(pick.token)
            if !grammar.isComplete {
                tokens.append(pick.token)
                try session.extend(with: pick.token)
            } else if pick.token == vocabulary.unknown {
                return Reading(program: nil, confidence: exp(logProbability))
            }
        }
        return Reading(program: grammar.isComplete ? vocabulary.program(of: tokens) : nil, confidence: exp(logProbability))
    }
}
