import Language
import Scenes

/// What a language model writes of a picture that it looks at.
public enum PictureText: Sendable, Equatable {
    /// The objects, from left to right.
    case list
    /// The steps to a question's answer, with what each gives, after the list.
    case rationale(question: String)
    /// Sentences.
    case caption
}

extension ReasonerVocabulary {
    /// Which tokens of a text state a fact: a place, a value, a number, what a step gives. Another picture would have others, while the rest, which object comes next, which step, the words between, follows
    /// from the form or the question. In lists and captions only the picture tells facts; in a rationale the list before it tells most of them.
    package func facts(_ tokens: [Int], of text: PictureText) -> [Bool] {
        switch text {
        case .list: tokens.map { step($0) != nil || attributeAndValue($0) != nil }
        case .rationale:
            tokens.indices.map { place in
                let token = tokens[place], before = place > 0 ? function(tokens[place - 1]) : nil
                if before?.takesArgument == true { return false }
                if objectOf(token) != nil { return before?.outputType == .object }            // elsewhere it is the next one in turn
                return step(token) != nil || attributeAndValue(token) != nil || numberOf(token) != nil || truthOf(token) != nil
            }
        case .caption: captionFacts(tokens)
        }
    }

    /// A word may be in several pieces: all of them state it, or none.
    private func captionFacts(_ tokens: [Int]) -> [Bool] {
        var text = "", ends: [Int] = []
        for token in tokens {
            text += tokenizer.decode([token])
            ends.append(text.utf8.count)
        }
        let facts = SceneCaption.facts(in: text, domain: domain).map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound)..<text.utf8.distance(from: text.startIndex, to: $0.upperBound) }
        return zip([0] + ends, ends).map { start, end in facts.contains { $0.overlaps(start..<end) } }
    }
}
