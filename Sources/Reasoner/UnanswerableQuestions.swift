import Scenes

/// Questions that no program answers: about other things, or about values that the world does not have.
package enum UnanswerableQuestions {
    /// A question that is to be refused.
    package static func sample(using random: inout some RandomNumberGenerator) -> String {
        func one(_ words: [String]) -> String { words.randomElement(using: &random) ?? "" }
        if Bool.random(using: &random), let template = OwnQuestions.templates.randomElement(using: &random),
           let text = template.filled(OwnQuestions.domain, using: &random)?.text, let changed = strange(text, using: &random) { return changed }
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return "\(one(["what is", "tell me", "do you know", "can you say", "i would like to know"])) \(one(topics))?"
        case 1: return "\(one(["who", "why did someone", "when did anyone", "how could anybody"])) \(one(deeds)) the \(one(things))?"
        case 2: return "\(one(["is", "was", "will"])) the \(one(things)) \(one(["for sale", "old", "happy", "moving", "heavy", "expensive", "alive", "edible", "broken", "new"]))?"
        case 3: return "\(one(["write", "sing", "draw", "translate", "explain", "delete", "open"])) \(one(["a poem", "a song", "this text", "the file", "my homework", "a cat", "everything"])) \(one(["", "please", "for me", "now"]))"
        case 4: return "how many \(one(["people", "cars", "dogs", "trees", "letters", "windows", "animals", "legs", "faces", "books"])) \(one(["are there", "can you see", "does the picture show", "are left of the cube"]))?"
        case 5: return "what \(one(["brand", "temperature", "weight", "price", "age", "smell", "name", "texture", "pattern", "speed"])) \(one(["is", "has"])) the \(one(things))?"
        default: return (0..<Int.random(in: 1...6, using: &random)).map { _ in one(syllables) + one(["", "", one(syllables)]) }.joined(separator: " ")
        }
    }

    /// The question with one value's word replaced by one that the world does not have.
    private static func strange(_ text: String, using random: inout some RandomNumberGenerator) -> String? {
        var words = text.split(separator: " ").map(String.init)
        let places = words.indices.filter { known[stem(words[$0])] != nil }
        guard let place = places.randomElement(using: &random), let kind = known[stem(words[place])], let other = foreign[kind]?.randomElement(using: &random) else { return nil }
        let plural = kind == "shape" && stem(words[place]).hasSuffix("s"), mark = words[place].last.map { "?,.".contains($0) } == true ? String(words[place].suffix(1)) : ""
        words[place] = other + (plural ? "s" : "") + mark
        return words.joined(separator: " ")
    }

    private static func stem(_ word: String) -> String { word.lowercased().trimmingSuffix { "?,.\"".contains($0) } }

    /// Words for values, singular and plural, by attribute.
    private static let known: [String: String] = {
        var known: [String: String] = [:]
        for attribute in OwnQuestions.domain.attributes {
            for word in attribute.values.flatMap({ [$0] + (OwnQuestions.domain.synonyms[$0] ?? []) }) {
                known[word] = attribute.name
                if attribute.name == "shape" { known[word + (word.hasSuffix("x") ? "es" : "s")] = attribute.name }
            }
        }
        return known
    }()

    private static let foreign = [
        "size": ["gigantic-looking", "thin", "tall", "flat", "wide", "long"],
        "color": ["orange", "pink", "black", "white", "golden", "turquoise", "striped", "beige", "violet"],
        "material": ["wooden", "glass", "plastic", "paper", "leather", "stone", "woollen", "icy"],
        "shape": ["pyramid", "cone", "car", "dog", "cup", "chair", "triangle", "torus", "tree", "star", "book", "person"],
    ]
    private static let topics = [
        "the weather", "the time", "the capital of france", "your name", "the meaning of life", "two plus two", "the news", "the date", "how old you are",
        "a good recipe", "the way to the station", "who won the match", "the best film", "what day it is", "the price of bread", "how to cook rice",
    ]
    private static let deeds = ["make", "buy", "paint", "break", "steal", "eat", "photograph", "invent", "throw", "hide"]
    private static let things = ["picture", "cube", "red ball", "camera", "table", "big cylinder", "photo", "room", "metal thing", "artist"]
    private static let syllables = ["ka", "lor", "min", "te", "pru", "sha", "vok", "el", "ist", "ron", "dy", "qua", "zim", "ba", "fen"]
}

extension String {
    fileprivate func trimmingSuffix(_ isMark: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isMark(last) { text.removeLast() }
        return String(text)
    }
}
