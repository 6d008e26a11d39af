import Foundation
import Sketches
import Training

/// What can be told of a prompt before the model reads it: which classes it names, and which words nobody knows.
///
/// The model itself reads the sentence as it was written. Only a noun that no class answers to cannot stand: one that is near a class, by its letters or
/// by what it means, is replaced with a notice that names the alternatives; one that is near nothing is an error. Any other unknown word stays: the
/// model has learnt to pass over words that say nothing to it.
public struct PromptReader: Sendable {
    /// A prompt ready for the model.
    public struct Reading: Sendable, Equatable {
        /// The sentence that the model reads.
        public var text: String
        /// One sentence for each replaced word.
        public var notices: [String] = []
        /// Known classes that the sentence names, in order of mention, each mention once.
        public var mentioned: [String] = []
        /// Those of them that it names in the plural, or with "all", "both", "every".
        public var plurals: Set<String> = []
        /// Parts of things that a command names.
        public var parts: [NamedPart] = []
        /// Classes that are named only as what a part belongs to, or as what something is on: not what the command is about.
        var owners: Set<String> { Set(parts.map(\.whole)).filter { whole in mentioned.count { $0 == whole } <= parts.count { $0.whole == whole } } }
        /// How many objects of each class the words seem to ask for; "the cat" after "a cat" is the same cat. For limits and notices only.
        public var counts: [String: Int] = [:]
        /// Those of them that a number stands before.
        package var counted: Set<String> = []

        /// A command about everything: "erase everything", "delete all".
        public var isEverything: Bool { mentioned.isEmpty && !isExclusion && !Set(words).isDisjoint(with: ["everything", "all"]) }
        /// A command about everything but what it names: "everything except the cat", "keep only the cat".
        public var isExclusion: Bool {
            let words = words
            if !Set(words).isDisjoint(with: ["except", "apart", "exception"]) { return true }
            if words.contains("keep") || words.contains("leave"), !Set(words).isDisjoint(with: ["only", "just", "rest", "else", "but"]) { return true }
            let all: Set<String> = ["everything", "all", "else", "things", "objects", "nothing", "anything"]
            return words.indices.contains { words[$0] == "but" && !all.isDisjoint(with: words[max(0, $0 - 2)..<$0]) }
        }
        /// Whether a command can be about a thing of a class: it names the class, or speaks of things without their names. A part alone ("the wings") is
        /// no thing's name.
        /// - Parameter className: empty: any thing, whatever it is called.
        package func canBeAbout(_ className: String) -> Bool {
            let words = Set(words)
            if mentioned.contains(className) || !words.isDisjoint(with: Self.anything) { return true }
            return !className.isEmpty && mentioned.isEmpty && words.isDisjoint(with: NamedPart.words)
        }
        private static let anything: Set<String> = [
            "everything", "anything", "all", "both", "rest", "other", "others", "else", "thing", "things", "object", "objects", "item", "items", "one", "ones", "what", "whatever", "whole",
            "drawing", "drawings", "picture", "scene", "except", "apart", "only", "each",
        ]
        /// About everything that is somewhere, or everything but something: more is meant than is named.
        public var isWholesale: Bool { isExclusion || !Set(words).isDisjoint(with: ["everything", "anything"]) }

        private var words: [String] { WrittenWords.split(text) }
    }

    /// The most words that a prompt or command may have, and the most letters a word that could be a class.
    public static let wordLimit = 80, letterLimit = 40
    /// The most objects that a scene holds.
    static let objectLimit = SketchVocabulary.objectCount

    /// Words that stand for things named before, which the sentences that the model has read do not all have.
    private static let pronouns: Set<String> = ["he", "him", "his", "she", "her", "hers", "they", "them", "their", "former", "latter"]
    /// Colours that are nothing else. ("Orange" is a fruit too.)
    private static let colours: Set<String> = [
        "red", "green", "blue", "yellow", "purple", "violet", "pink", "brown", "beige", "turquoise", "golden", "silver", "grey", "gray", "colourful", "colorful", "coloured", "colored",
    ]

    private let classes: [String]
    private let names: ClassNames

    /// A reader for the classes of a vocabulary.
    public init(classes: [String]) {
        self.classes = classes
        names = ClassNames(classes)
    }

    /// Reads a prompt.
    /// - Parameters:
    ///   - needsObject: whether it asks for a drawing, which must have something in it; else it is a command.
    ///   - labels: of parts, in small letters, which the drawing's file explains: they name nothing else.
    /// - Throws: `PainterError`: empty, too long, negated, nothing known, a noun that is near nothing, or nothing to draw.
    public func read(_ prompt: String, needsObject: Bool = true, labels: Set<String> = []) throws(PainterError) -> Reading {
        let text = Self.tidied(prompt)
        guard !text.isEmpty else { throw .emptyPrompt }
        var words = text.split(separator: " ").map(Word.init)
        guard words.count <= Self.wordLimit else { throw .promptTooLong(words: words.count, limit: Self.wordLimit) }
        if let long = words.first(where: { $0.core.count > 4 * Self.letterLimit }) { throw .unknownWords([String(long.core.prefix(Self.letterLimit)) + "…"], near: []) }
        // "Erase the cat" is no drawing of one.
        if needsObject, let first = words.first?.core, ["erase", "remove", "delete", "undo"].contains(first) { throw .negation(first) }
        var reading = Reading(text: ""), strangers: [String] = [], nouns: [String] = [], passed: [String] = [], isColoured = false, counter = Counter(), index = 0
        let longest = labels.reduce(0) { max($0, $1.split(separator: " ").count) }
        while index < words.count {
            if let label = stride(from: min(longest, words.count - index), to: 0, by: -1).first(where: { length in
                labels.contains(words[index..<index + length].map(\.core).joined(separator: " "))
            }) { index += label; continue }
            let phrase = HarmlessPhrases.length(at: index, of: words, isCommand: !needsObject)
            let found = names.match(at: index, of: words)
            if let found, found.length >= phrase {
                counter.mention(found.name, isPlural: found.isPlural, isPaired: found.isPaired, at: index, of: words, &reading)
                index += found.length
                continue
            }
            if phrase > 0 { index += phrase; continue }
            let word = words[index].core
            if word.isEmpty { index += 1; continue }
            if Self.colours.contains(word) { isColoured = true }
            if HarmlessPhrases.negations.contains(word) { throw .negation(word) }
            if let value = Counter.number(word) { counter.read(value, at: index, of: words) }
            else if Self.pronouns.contains(word) {}
            else if needsObject || !NamedPart.words.contains(word), let (name, others) = replacement(at: index, of: words) {
                let isPlural = word.hasSuffix("s") && counter.isMany(before: index)
                reading.notices.append("\"\(word)\" is not a known class: took \"\(name)\"" + (others.isEmpty ? "" : "; also near: \(others.joined(separator: ", "))"))
                words[index].core = isPlural ? ClassWords.plural(name) : name.lowercased()
                if index > 0, ["a", "an"].contains(words[index - 1].core) { words[index - 1].core = ClassWords.article(before: words[index].core) }
                counter.mention(name, isPlural: isPlural, at: index, of: words, &reading)
            } else if !WrittenWords.all.contains(word), needsObject || !NamedPart.words.contains(word) {
                strangers.append(word)
                let place = place(of: index, words)
                if place == .clear || place == .likely, WrittenWords.slip(word, isNoun: place == .clear) == nil {
                    if place == .clear { nouns.append(word) } else { passed.append(word) }
                }
            }
            index += 1
        }
        guard nouns.isEmpty else { throw .unknownWords(nouns, near: nouns.flatMap { near($0, count: 3) }) }
        if needsObject {
            guard !reading.mentioned.isEmpty else {
                guard strangers.isEmpty else { throw .unknownWords(strangers, near: strangers.flatMap { near($0, count: 3) }) }
                throw .noObject(prompt: prompt)
            }
            reading.notices += passed.map { "\"\($0)\" names nothing that can be drawn: passed over" }
            if isColoured { reading.notices.append("drawings are black lines: colours are passed over") }
            guard counter.total <= Self.objectLimit else { throw .tooManyObjects(asked: counter.total, limit: Self.objectLimit) }
        }
        if !needsObject {
            reading.parts = NamedPart.all(in: words) { own in names.match(at: 0, of: Array(own)).map { ($0.name, $0.length) } }
        }
        reading.text = SketchVocabulary.normalized(words.map(\.text).joined(separator: " "))
        return reading
    }

    // MARK: the letters

    /// Lower case, single spaces, and of the marks only those that the model has read.
    static func tidied(_ prompt: String) -> String {
        var text = ""
        for character in prompt.lowercased() {
            switch character {
            case "’", "‘", "`", "´": text.append("'")
            case "–", "—", "−": text += " - "
            case "…": text += "... "
            case "×": text.append("x")
            case ",", ";": text += "\(character) "
            case "(": text += " ("
            case ".", ":", "!", "?", "'", "&", "+", "/", ")", "-": text.append(character)
            default: text.append(character.isLetter || character.isNumber ? character : " ")
            }
        }
        // "Hello!!!" says no more than "hello!".
        for mark in ["!", "?", ","] { while text.contains(mark + mark) { text = text.replacing(mark + mark, with: mark) } }
        return SketchVocabulary.normalized(text)
    }

    /// A word with the marks around it.
    struct Word: Sendable {
        var before = "", core: String, after = ""

        init(_ text: Substring) {
            let isCore: (Character) -> Bool = { $0.isLetter || $0.isNumber }
            guard let first = text.firstIndex(where: isCore), let last = text.lastIndex(where: isCore) else { (core, after) = ("", String(text)); return }
            (before, core, after) = (String(text[..<first]), String(text[first...last]), String(text[text.index(after: last)...]))
        }

        var text: String { before + core + after }
        /// A sentence or a part of one ends here.
        var isLast: Bool { after.contains { ",;.:!?)".contains($0) } }
    }

    // MARK: unknown nouns

    /// The class to take for an unknown word, if it stands where a noun does.
    private func replacement(at index: Int, of words: [Word]) -> (name: String, others: [String])? {
        let word = words[index].core, place = place(of: index, words)
        guard !word.contains("'") else { return nil }            // "the rabbit's" is no rabbit
        // "A buterfly in a tree" is no adverb: one letter from a class, and from nothing else.
        if place == .none, word.count > 6, !isBeforeThing(index, words), !WrittenWords.all.contains(word), WrittenWords.slip(word) == nil, let found = nearest(word), found.distance == 1 { return (found.name, found.others) }
        guard place != .none else { return nil }
        if place != .filler, let known = SynonymTable.substitutes[word]?.first(where: classes.contains) { return (known, []) }
        guard !WrittenWords.all.contains(word), place == .clear || place == .likely, let found = nearest(word, isClear: place == .clear) else { return nil }
        // "A drawin" is a drawing rather than a brain.
        if let slip = WrittenWords.slip(word, isNoun: place == .clear), slip < found.distance || (slip == found.distance && place != .clear) { return nil }
        return (found.name, found.others)
    }

    private func place(of index: Int, _ words: [Word]) -> NounPlace {
        if isBeforeThing(index, words) || isVerbAfterThing(index, words) { return .none }
        // Of "a chunk of cheese" the cheese is drawn.
        if index + 2 < words.count, words[index + 1].core == "of", !words[index].isLast, !words[index + 1].isLast, names.match(at: index + 2, of: words) != nil { return .filler }
        return NounPlace(index, words)
    }

    /// Whether it stands right before a thing, as adjectives do.
    private func isBeforeThing(_ index: Int, _ words: [Word]) -> Bool {
        index + 1 < words.count && !words[index].isLast && names.match(at: index + 1, of: words) != nil
    }

    /// Whether it is what a thing does or did: "a guitar hangs over …", "the cat jumped".
    private func isVerbAfterThing(_ index: Int, _ words: [Word]) -> Bool {
        let word = words[index].core
        guard (word.hasSuffix("s") && !word.hasSuffix("ss")) || word.hasSuffix("ed") else { return false }
        return (1...3).contains { length in
            guard index >= length, !words[index - length..<index].contains(where: \.isLast) else { return false }
            return names.match(at: index - length, of: words)?.length == length
        }
    }

    /// The nearest class of an unknown word by its letters and a few others near, or nil where nothing is near enough.
    func nearest(_ word: String, isClear: Bool = true) -> (name: String, others: [String], distance: Int)? {
        guard 4...Self.letterLimit ~= word.count else { return nil }
        let ranked = ranking(word)
        guard let best = ranked.first else { return nil }
        let reach = isClear ? max(1, word.count / 3) : word.count < 7 ? 1 : 2
        if best.distance <= min(reach, 1) || (best.distance <= reach && names.nearestSynonym(word, within: min(1, best.distance - 1)) == nil) {
            return (best.name, Array(ranked.dropFirst().prefix(3).map(\.name)), best.distance)
        }
        guard let (name, distance) = names.nearestSynonym(word, within: word.count < 8 ? 1 : 2) else { return nil }
        return (name, ranked.prefix(3).map(\.name).filter { $0 != name }, distance)
    }

    /// Known classes by likeness to a word.
    func near(_ word: String, count: Int) -> [String] { Array(ranking(word).prefix(count).map(\.name)) }

    private func ranking(_ word: String) -> [(name: String, distance: Int)] {
        guard word.count <= Self.letterLimit else { return [] }
        return classes.map { name in
            // A part of a name counts only as it is: "tower" is the Eiffel Tower, "tall" is no wall.
            if name.lowercased().split(separator: " ").contains(where: { $0 == word }) { return (name, 0) }
            return (name, min(editDistance(name.lowercased(), word), editDistance(ClassWords.plural(name), word)))
        }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    }
}
