import Foundation
import Language

/// How an instruction is put to a language model and how its answer ends: in the model's chat turns, or, where it has none, on a line of its own.
public struct InstructionForm: Sendable {
    /// The model's own tokens.
    public let tokenizer: Tokenizer
    /// What may end an answer; the first is learnt as its end. Empty where the model has none.
    package let endTokens: [Int]
    private let turns: ChatTurns?
    private let begin: [Int]

    /// - Throws: `ModelFolderError` for a model without a tokenizer.
    public init(_ file: ModelFile) throws(ModelFolderError) {
        tokenizer = try file.ownTokenizer()
        turns = try? file.chat()
        begin = file.beginTokens
        endTokens = ((turns.map { [$0.end] } ?? []) + file.config.endTokens).filter { 0..<file.config.vocabularySize ~= $0 }
    }

    /// What the model reads before it writes.
    package func prompt(_ instruction: String) -> [Int] {
        turns?.prompt([.user(instruction)], tokenizer) ?? begin + tokenizer.encode(instruction + "\n")
    }

    /// An instruction, or the first piece of a running text, which has no loss, and what was written on it, which has.
    /// - Parameter limit: the most tokens; a longer text is cut. Nil where nothing would be left to learn.
    package func document(_ text: BaseText, limit: Int) -> TokenDocument? {
        var document = TokenDocument(), written = tokenizer.encode(text.text) + (text.isCut ? [] : endTokens.prefix(1))
        let given = text.instruction.map(prompt) ?? Array(written.prefix(1))
        document.append(given, weight: 0)
        if text.instruction == nil { written.removeFirst(given.count) }
        let room = limit - document.tokens.count
        guard room > 0, !written.isEmpty, !document.tokens.isEmpty else { return nil }
        document.append(Array(written.prefix(room)), weight: 1)
        return document
    }
}
