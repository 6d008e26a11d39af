import Training

/// The words that the writers of sentences can write, and phrases of them that mean nothing by a word that they contain.
package enum WrittenWords {
    /// All words, class words and numbers among them.
    package static let all: Set<String> = {
        var words = Set(PromptWriter.numbers + ["nine", "ten", "eleven", "twelve", "dozen"])
        words.formUnion(around)
        for (name, nouns) in SynonymTable.nouns {
            words.formUnion(split(name))
            for noun in nouns { words.formUnion(split(noun.singular)); words.formUnion(split(noun.plural)) }
        }
        return words
    }()

    /// Words of the phrases themselves, whatever things are spoken of, and their common misspellings.
    private static let around = words(of: Phrasebook.prompts.names.filter { !EditPhrases.unheededRules.contains($0) })
    /// Those that are found elsewhere than in what describes a thing: "elegant" is not one, and "a elefant" no slip for it.
    private static let beyondDescription = words(of: Phrasebook.prompts.names.filter {
        !["adjective", "detail", "activity"].contains($0) && !$0.hasSuffix(".adj") && !EditPhrases.unheededRules.contains($0)
    })

    private static func words(of rules: [String]) -> Set<String> {
        var words = Set<String>()
        for name in rules { for text in Phrasebook.prompts.texts(of: name) { words.formUnion(split(text)) } }
        for (_, forms) in SentenceNoise.short { for form in forms { words.formUnion(split(form)) } }
        return words
    }

    /// How far a word is from the nearest one of those that it could be a slip for; nil: too far.
    /// - Parameter isNoun: whether it stands where only a noun can.
    static func slip(_ word: String, isNoun: Bool = false) -> Int? {
        let reach = word.count < 4 ? 0 : word.count < 7 ? 1 : 2
        guard reach > 0 else { return nil }
        let letters = word.utf8.sorted()
        return (isNoun ? beyondDescription : around).lazy.filter { $0.count > 3 && abs($0.utf8.count - word.utf8.count) <= reach }.map { known in
            // Two letters in the wrong order are one slip.
            known.utf8.count == letters.count && known.first == word.first && known.utf8.sorted() == letters ? 1 : editDistance(known, word)
        }.filter { $0 <= reach }.min()
    }

    /// A text's words without marks at their ends.
    package static func split(_ text: String) -> [String] {
        func isEdge(_ byte: UInt8) -> Bool {
            let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20, isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            return byte < 0x80 && !isLetter && !isDigit
        }
        return text.utf8.split(separator: UInt8(ascii: " ")).compactMap { word in
            var word = word
            while let first = word.first, isEdge(first) { word.removeFirst() }
            while let last = word.last, isEdge(last) { word.removeLast() }
            return word.isEmpty ? nil : String(Substring(word))
        }
    }
}
