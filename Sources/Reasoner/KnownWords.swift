import Foundation
import Scenes
import Training

/// The words that questions about such scenes are made of. A reader of questions makes something of any word, of "dragons" too; a word outside
/// this list may mean what no program says, so it is named instead of guessed at.
package enum KnownWords {
    /// The words of a question that are not known, in their order, each once. A slip of the keyboard in a word of four letters or more is known; so
    /// is what has fewer than three.
    package static func strangers(in question: String) -> [String] {
        var seen = Set<String>()
        return words(of: question).filter { word in
            guard !all.contains(word), seen.insert(word).inserted else { return false }
            if word.contains(where: \.isNumber) { return true }
            guard word.count >= 3 else { return false }
            return !all.contains { $0.count >= 4 && isSlip(word, of: $0) }
        }
    }

    /// The word for an object, a value or a relation that is most like another, if one is alike.
    static func nearest(to word: String) -> String? {
        guard let near = Training.nearest(to: word, in: meanings.sorted()), editDistance(near, word) <= max(1, word.count / 3) else { return nil }
        return near
    }

    /// One letter too many, missing or another (two in a long word), or two neighbours in the other order.
    private static func isSlip(_ word: String, of known: String) -> Bool {
        let most = word.count >= 9 ? 2 : 1
        guard abs(word.count - known.count) <= most else { return false }
        if word.count == known.count, word.sorted() == known.sorted() {
            let places = zip(word, known).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
            if places.count == 2, places[1] == places[0] + 1 { return true }
        }
        return editDistance(word, known) <= most
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "’" }
            .map { String($0).replacingOccurrences(of: "’", with: "'").trimmingCharacters(in: CharacterSet(charactersIn: "'")) }
            .filter { !$0.isEmpty }
    }

    private static let meanings: Set<String> = {
        let domain = OwnQuestions.domain
        let values = domain.attributes.flatMap { [$0.name] + $0.values } + domain.synonyms.flatMap { [$0.key] + $0.value }
        let shapes = (domain.values(of: "shape") ?? []) + ["thing"], plurals = shapes.flatMap { domain.synonyms[$0] ?? [$0] }.map { $0 + ($0.hasSuffix("x") ? "es" : "s") }
        return Set((values + plurals).flatMap(words))
    }()

    private static let all: Set<String> = {
        // What stands between the gaps of a wording: "<Z> <C>" are none of its words.
        let texts = OwnQuestions.templates.flatMap(\.texts).flatMap { $0.split(separator: "<").map { String($0.split(separator: ">", maxSplits: 1).last ?? "") } }
        return meanings.union((texts + Colloquial.pieces + [others]).flatMap(words))
    }()

    /// Words that other wordings of the same questions have, and those that change nothing. None that asks for what no program says: "not",
    /// "between", "most", "two", "where".
    private static let others = """
        above below another an greater less visible it it's they them these those this am be been was were he she we us our my your
        all each every only just exactly total altogether together ones something everything
        colors colours colored coloured sizes sized shapes shaped materials kinds type types
        exist exists existing present contain contains appear appears located placed positioned sitting standing lying found shown shows seen
        picture pictures image images photo scene view
        smaller larger bigger
        hey hi hello ok okay please thanks thank so well now could would should may might will want like need let know wonder think say give answer question
        what's whats that's thats there's theres i'd i'm
        hand direction towards toward for if then too about
        """
}
