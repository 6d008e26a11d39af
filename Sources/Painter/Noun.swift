/// A word for a class, and how it goes with articles and numbers.
package struct Noun: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// "a cat", "two cats".
        case countable
        /// Plural by itself: "scissors", "a pair of scissors", "two pairs of scissors".
        case paired
        /// Plural by itself, but no pair: "stairs", "grapes".
        case plural
        /// "bread", "some bread".
        case mass
        /// "the sun", but "two suns".
        case unique
    }

    package var singular, plural: String
    package var kind = Kind.countable

    /// - Parameter entry: an entry of the table of synonyms: a mark, the word, a slash and its plural where that is not the usual one.
    init(_ entry: String) {
        var text = entry[...]
        switch text.first {
        case "~": kind = .paired
        case "^": kind = .plural
        case "%": kind = .mass
        case "!": kind = .unique
        default: break
        }
        if kind != .countable { text = text.dropFirst() }
        let forms = text.split(separator: "/", maxSplits: 1)
        singular = String(forms.first ?? text)
        switch kind {
        case .paired, .plural, .mass: plural = singular
        case .countable, .unique: plural = forms.count > 1 ? String(forms[1]) : ClassWords.regularPlural(singular)
        }
    }
}
