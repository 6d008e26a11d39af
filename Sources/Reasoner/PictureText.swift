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
    /// Which tokens of a text tell what only a picture can: places and values; of steps what each gives, not which step it is; of sentences the words for number, kind and place. The others
    /// follow from the form, or from the question.
    package func telling(_ tokens: [Int], of text: PictureText) -> [Bool] {
        switch text {
        case .list: tokens.map { step($0) != nil || attributeAndValue($0) != nil }
        case .rationale:
            tokens.indices.map { place in
                let token = tokens[place]
                if place > 0, function(tokens[place - 1])?.takesArgument == true { return false }
                return step(token) != nil || attributeAndValue(token) != nil || numberOf(token) != nil || truthOf(token) != nil
            }
        case .caption: tellingWords(tokens)
        }
    }

    /// A word may be in several pieces: all of them tell, or none.
    private func tellingWords(_ tokens: [Int]) -> [Bool] {
        let words = SceneCaption.tellingWords(domain)
        var telling = [Bool](repeating: false, count: tokens.count), start = 0, word = ""
        func finish(_ end: Int) {
            guard words.contains(word.lowercased().filter(\.isLetter)) else { return }
            for place in start..<end { telling[place] = true }
        }
        for (place, token) in tokens.enumerated() {
            let piece = tokenizer.decode([token])
            if piece.first?.isLetter != true {
                finish(place)
                (start, word) = (place, "")
            }
            word += piece
        }
        finish(tokens.count)
        return telling
    }
}
