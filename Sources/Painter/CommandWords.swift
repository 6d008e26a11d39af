import Training

/// Words by which a command asks for what cannot be taken back at a glance. The model makes something of any sentence, of "hello" and of "rotate the dog" too, and what it makes of them is
/// often to erase; a sentence without words for that is not obeyed.
package enum CommandWords {
    /// Whether a sentence asks for things to go, perhaps with a slip of the keyboard in the verb.
    package static func asksToErase(_ text: String) -> Bool {
        let words = WrittenWords.split(text), line = " " + words.joined(separator: " ") + " "
        return !erasing.isDisjoint(with: words) || phrases.contains { line.contains(" \($0) ") } || words.contains(where: isSlip)
            || pairs.contains { first, second in words.firstIndex(of: first).map { words[$0...].dropFirst().prefix(5).contains(second) } ?? false }
    }

    /// Whether it gives an order of another kind, or says something else than a thing's name.
    package static func asksForSomethingElse(_ reading: PromptReader.Reading) -> Bool {
        // "The scale" is a thing that is called so.
        let named = Set(reading.mentioned.flatMap(SynonymTable.nouns).flatMap { WrittenWords.split($0.singular) + WrittenWords.split($0.plural) })
        return !asksToErase(reading.text) && WrittenWords.split(reading.text).prefix(4).contains { !named.contains($0) && (EditVerbs.isOrder($0) || remarks.contains($0)) }
    }

    /// Whether it speaks of anything in a drawing, by name or not, or of a change.
    package static func speaksOfThings(_ reading: PromptReader.Reading) -> Bool {
        !reading.mentioned.isEmpty || !reading.parts.isEmpty || reading.canBeAbout("") || !unnamed.union(NamedPart.words).isDisjoint(with: WrittenWords.split(reading.text))
    }

    private static let remarks: Set<String> = ["like", "love", "where", "what", "who", "how", "why", "is", "are", "was", "see", "look", "looks", "nice", "hello", "hi", "thanks", "undo", "redo", "save"]

    private static let unnamed: Set<String> = [
        "it", "its", "them", "they", "these", "those", "him", "her", "he", "she", "page", "canvas", "sheet", "animal", "animals", "shape", "shapes", "bigger", "larger", "smaller", "wider", "taller", "enlarge",
        "shrink", "redraw", "move", "shift",
    ]

    private static let erasing: Set<String> = [
        "erase", "erases", "erased", "erasing", "remove", "removes", "removed", "removing", "delete", "deletes", "deleted", "deleting", "rid", "wipe", "wiped", "clear", "cleared", "cut", "scrap", "scrapped",
        "drop", "dropped", "eliminate", "eliminated", "lose", "hide", "hidden", "discard", "discarded", "toss", "gone", "disappear", "disappears", "vanish", "vanishes", "kill", "exclude", "omit", "trash",
        "ditch", "dump", "destroy", "dispose", "banish", "invisible", "except", "anymore",
    ]
    private static let phrases = [
        "rub out", "take away", "take off", "take out", "throw out", "throw away", "cross out", "kick out", "make away", "go away", "out with", "away with", "leave out", "better without", "should go", "must go",
        "has to go", "have to go", "can go", "needs to go", "need to go", "should leave", "must leave", "can leave", "not needed", "isn't needed", "aren't needed", "changed my mind", "no need", "keep only", "only keep",
        "keep just", "leave only", "only leave", "leave just", "keep nothing", "the rest", "everything but", "all but", "everything else", "don't want", "dont want", "don't need", "dont need", "no longer",
    ]
    /// The second a few words after the first: "take the cat away".
    private static let pairs = [("take", "away"), ("take", "out"), ("take", "off"), ("rub", "out"), ("throw", "out"), ("throw", "away"), ("cross", "out"), ("kick", "out"), ("get", "out"), ("leave", "out"), ("want", "gone"),
                                ("should", "leave"), ("must", "leave"), ("should", "go"), ("must", "go"), ("to", "leave"), ("let", "go")]

    /// One letter or two neighbours wrong in one of the commonest verbs, and no word of its own.
    private static func isSlip(_ word: String) -> Bool {
        guard word.count >= 4, !WrittenWords.all.contains(word) else { return false }
        return ["erase", "remove", "delete", "eliminate", "disappear"].contains { $0.first == word.first && (editDistance($0, word) <= 1 || ($0.count == word.count && $0.sorted() == word.sorted())) }
    }
}
