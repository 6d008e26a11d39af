import Training

/// Words by which a command asks for what cannot be taken back at a glance. The model makes something of any sentence, of "hello" and of "rotate the dog" too, and what it makes of them is
/// often to erase; a sentence without a word for that is not obeyed.
package enum CommandWords {
    /// Whether a sentence has a word that asks for things to go, or one but for a slip of the keyboard.
    package static func asksToErase(_ text: String) -> Bool {
        WrittenWords.split(text).contains { word in
            erasing.contains(word) || (word.count >= 5 && erasing.contains { $0.count >= 4 && (editDistance($0, word) <= 1 || ($0.count == word.count && $0.sorted() == word.sorted())) })
        }
    }

    /// Whether it speaks of anything in a drawing, by name or not.
    package static func speaksOfThings(_ reading: PromptReader.Reading) -> Bool {
        !reading.mentioned.isEmpty || !reading.parts.isEmpty || reading.canBeAbout("") || !pronouns.union(NamedPart.words).isDisjoint(with: WrittenWords.split(reading.text))
    }

    private static let pronouns: Set<String> = ["it", "its", "them", "they", "this", "that", "these", "those", "him", "her", "he", "she"]

    static let erasing: Set<String> = [
        "erase", "erases", "erased", "erasing", "remove", "removes", "removed", "removing", "delete", "deletes", "deleted", "deleting", "rub", "rid", "wipe", "wiped", "clear", "cleared", "cut", "scrap",
        "scrapped", "drop", "dropped", "eliminate", "eliminated", "lose", "cross", "hide", "hidden", "kick", "discard", "discarded", "toss", "throw", "thrown", "away", "out", "off", "gone", "go", "goes",
        "disappear", "disappears", "vanish", "vanishes", "leave", "leaves", "keep", "only", "except", "but", "without", "no", "not", "don't", "dont", "doesn't", "need", "nothing", "rest", "take", "kill",
        "strike", "exclude", "omit", "minus", "exit",
    ]
}
