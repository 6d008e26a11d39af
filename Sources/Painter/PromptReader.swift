import Foundation
import Sketches
import Training

/// What a prompt says before the model reads it: which words are classes, and which words nobody knows.
///
/// The model itself reads the sentence. This only keeps words out of it that it has never seen: an unknown noun is replaced by the
/// nearest known class, with a notice that names the alternatives; a prompt in which nothing is known is an error.
public struct PromptReader: Sendable {
    /// A prompt ready for the model.
    public struct Reading: Sendable, Equatable {
        /// The sentence that the model reads: known words only.
        public var text: String
        /// One sentence for each replaced or ignored word.
        public var notices: [String] = []
        /// Known classes that the sentence names, in order of mention, each mention once.
        public var mentioned: [String] = []
        /// Those of them that it names in the plural, or with "all", "both", "every".
        public var plurals: Set<String> = []
        /// How many objects of each class it asks for; "the cat" after "a cat" is the same cat.
        public var counts: [String: Int] = [:]
        /// A command about everything: "erase everything", "delete all".
        public var isEverything: Bool { mentioned.isEmpty && !isExclusion && !Set(text.split(separator: " ").map(String.init)).isDisjoint(with: ["everything", "all"]) }
        /// A command about everything but what it names: "everything except the cat".
        public var isExclusion: Bool { !Set(text.split(separator: " ").map(String.init)).isDisjoint(with: ["except", "but", "apart"]) }
    }

    /// The most words that a prompt or command may have, and the most letters a word that could be a class.
    public static let wordLimit = 80, letterLimit = 40

    private let classes: [String]
    /// Singular and plural of each class, as lists of words, longest first.
    private let names: [(words: [String], name: String)]

    /// A reader for the classes of a vocabulary.
    public init(classes: [String]) {
        self.classes = classes
        names = classes.flatMap { name in
            Array(Set([name.lowercased(), ClassWords.plural(name)])).map { ($0.split(separator: " ").map(String.init), name) }
        }.sorted { $0.0.count > $1.0.count }
    }

    /// Words around the nouns that the model has read in training.
    static let structure: Set<String> = {
        var words = Set("a an the one two three four five six 1 2 3 4 5 6 and with all both every everything except but apart from draw drawing sketch picture please of to on erase remove delete rub out take away small little tiny smaller smallest big large huge bigger biggest left leftmost right rightmost top upper bottom lower is that its".split(separator: " ").map(String.init))
        for phrases in PromptWriter.phrases.values { for phrase in phrases { words.formUnion(phrase.split(separator: " ").map(String.init)) } }
        return words
    }()

    /// Words that change nothing and that people write: left out before the model reads the prompt.
    static let fillers: Set<String> = [
        "i", "want", "would", "like", "me", "my", "some", "make", "create", "show", "give", "us", "here", "there", "are", "which", "this", "can", "you",
        "for", "now", "just", "very", "nice", "beautiful", "cute", "simple", "image", "scene", "put", "place", "placed", "standing", "sitting", "also", "then", "it", "side",
    ]

    /// Everyday words for classes that QuickDraw calls otherwise.
    static let synonyms: [String: String] = [
        "kitten": "cat", "kitty": "cat", "puppy": "dog", "automobile": "car", "bike": "bicycle", "plane": "airplane", "aeroplane": "airplane",
        "sofa": "couch", "auto": "car", "pony": "horse", "bunny": "rabbit", "ship": "sailboat", "boat": "sailboat", "mug": "coffee cup", "home": "house",
        "hut": "house", "building": "house", "sunglasses": "eyeglasses", "glasses": "eyeglasses", "spectacles": "eyeglasses", "tv": "television", "mobile": "cell phone",
        "smartphone": "cell phone", "phone": "telephone", "lorry": "truck", "doughnut": "donut", "burger": "hamburger", "cap": "hat", "hen": "bird", "chicken": "bird",
        "kid": "face", "man": "face", "woman": "face", "person": "face", "boy": "face", "girl": "face", "rose": "flower", "tulip": "flower", "daisy": "flower",
        "pine": "tree", "oak": "tree", "serpent": "snake", "hound": "dog", "bull": "cow", "hare": "rabbit", "timepiece": "clock", "lamp": "lantern",
        "smiley": "smiley face", "insect": "ant", "bug": "ant", "goldfish": "fish", "salmon": "fish", "notebook": "laptop", "pc": "computer",
        "wineglass": "wine glass", "ball": "circle", "disc": "circle", "ring": "circle", "rectangle": "square", "loaf": "bread",
    ]

    /// Reads a prompt.
    /// - Throws: `PainterError`: empty, too long, nothing known, or nothing to draw.
    public func read(_ prompt: String, needsObject: Bool = true) throws(PainterError) -> Reading {
        // A comma without a space still parts two things.
        let text = SketchVocabulary.normalized(prompt.replacing(",", with: ", ").replacing(";", with: ", "))
        guard !text.isEmpty else { throw .emptyPrompt }
        let words = text.split(separator: " ").map(String.init)
        guard words.count <= Self.wordLimit else { throw .promptTooLong(words: words.count, limit: Self.wordLimit) }
        if let long = words.first(where: { $0.count > 4 * Self.letterLimit }) { throw .unknownWords([String(long.prefix(Self.letterLimit)) + "…"], near: []) }
        var reading = Reading(text: "")
        var kept: [String] = [], unknown: [String] = [], index = 0
        var counted = 0, number = 1
        func mention(_ name: String, isPlural: Bool) {
            let before = kept.last.map { Self.split($0).word } ?? ""
            reading.mentioned.append(name)
            if isPlural || number > 1 || !Self.every.isDisjoint(with: kept.suffix(2)) { reading.plurals.insert(name) }
            let asked = isPlural ? max(number, 1) : 1
            if before != "the" || reading.counts[name] == nil {
                reading.counts[name, default: 0] += asked
                counted += asked
            }
            number = 1
        }
        while index < words.count {
            // A comma stays with its word; other marks are nothing to draw.
            let (word, mark) = Self.split(words[index])
            if word.isEmpty { index += 1; continue }
            if let (name, length, isPlural) = classAt(index, of: words) {
                let end = Self.split(words[index + length - 1])
                // "9 fish": some plurals look like their singular.
                mention(name, isPlural: isPlural || name.lowercased() == ClassWords.plural(name) && number > 1)
                kept += words[index..<index + length - 1].map { Self.split($0).word } + [end.word + end.mark]
                index += length
                continue
            }
            if Self.negations.contains(word) { throw .negation(word) }
            if let value = Self.number(word) { number = value; kept.append(word + mark) }
            else if Self.structure.contains(word) { kept.append(word + mark) }
            else if Self.fillers.contains(word) { if !mark.isEmpty, let last = kept.popLast() { kept.append(last + mark) } }
            else if mark.isEmpty, Self.describes(index, of: words) || classAt(index + 1, of: words) != nil { reading.notices.append("left out: \"\(word)\"") }
            else if let (name, others) = nearest(word) {
                let plural = word.hasSuffix("s") && number > 1
                mention(name, isPlural: plural)
                kept.append((plural ? ClassWords.plural(name) : name.lowercased()) + mark)
                reading.notices.append("\"\(word)\" is not a known class: took \"\(name)\""
                    + (others.isEmpty ? "" : "; also near: \(others.joined(separator: ", "))"))
            } else { unknown.append(word) }
            index += 1
        }
        if needsObject, reading.mentioned.isEmpty {
            guard unknown.isEmpty else { throw .unknownWords(unknown, near: unknown.flatMap { near($0, count: 3) }) }
            throw .noObject(prompt: prompt)
        }
        if !unknown.isEmpty {
            // A noun that cannot be drawn must not vanish in silence.
            if unknown.contains(where: { word in Self.looksLikeNoun(word, in: words) }) {
                throw .unknownWords(unknown, near: unknown.flatMap { near($0, count: 3) })
            }
            reading.notices.append("left out: \(unknown.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        if needsObject, counted > 6 { throw .tooManyObjects(asked: counted, limit: 6) }
        reading.text = kept.joined(separator: " ")
        return reading
    }

    private static func split(_ word: String) -> (word: String, mark: String) {
        let core = word.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "'" }
        return (core, word.hasSuffix(",") ? "," : "")
    }

    private static func number(_ word: String) -> Int? {
        if let index = PromptWriter.numbers.firstIndex(of: word), index > 0 { return index }
        if let index = ["seven", "eight", "nine", "ten", "eleven", "twelve"].firstIndex(of: word) { return 7 + index }
        guard !word.isEmpty, word.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return min(Int(word) ?? 1_000, 1_000)
    }

    /// Words that turn a sentence round, which the model has never read.
    static let negations: Set<String> = ["no", "not", "without", "zero", "0", "never", "none", "don't"]
    private static let every: Set<String> = ["all", "both", "every", "each"]

    /// "a man riding a horse": a verb before an article is not a thing to draw.
    private static func describes(_ index: Int, of words: [String]) -> Bool {
        guard index > 0, index + 1 < words.count, words[index].hasSuffix("ing"), words[index].count > 4 else { return false }
        return ["a", "an", "the", "one", "two", "three"].contains(words[index + 1])
    }

    /// An unknown word at the end, before a comma or before a word of structure is taken for a noun ("a qwx above a cat").
    private static func looksLikeNoun(_ word: String, in words: [String]) -> Bool {
        guard let index = words.firstIndex(where: { split($0).word == word }) else { return false }
        guard index + 1 < words.count else { return true }
        let next = split(words[index + 1]).word
        return words[index].hasSuffix(",") || structure.contains(next)
    }

    private func classAt(_ index: Int, of words: [String]) -> (name: String, length: Int, isPlural: Bool)? {
        for (parts, name) in names where index + parts.count <= words.count {
            if parts.indices.allSatisfy({ Self.split(words[index + $0]).word == parts[$0] }) {
                return (name, parts.count, parts != name.lowercased().split(separator: " ").map(String.init))
            }
        }
        return nil
    }

    /// The nearest class of an unknown word and a few others near, or nil where nothing is near enough.
    func nearest(_ word: String) -> (name: String, others: [String])? {
        for form in [word, word.hasSuffix("s") ? String(word.dropLast()) : word] {
            if let known = Self.synonyms[form], classes.contains(known) { return (known, []) }
        }
        let ranked = ranking(word)
        guard let best = ranked.first, best.distance <= max(1, word.count / 3), word.count > 3 else { return nil }
        return (best.name, Array(ranked.dropFirst().prefix(3).map(\.name)))
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
