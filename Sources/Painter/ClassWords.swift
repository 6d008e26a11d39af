/// English around class words: articles and plurals.
package enum ClassWords {
    /// A name in small letters, hyphens and underscores as spaces: by this, names of files and folders meet class words.
    package static func plain(_ name: String) -> String {
        name.lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }.joined(separator: " ")
    }

    /// "a cat", "an ant", "the eiffel tower", "scissors".
    package static func withArticle(_ name: String) -> String {
        let name = name.lowercased()
        if name.hasPrefix("the ") { return name }
        switch SynonymTable.nouns[name]?.first?.kind {
        case .paired, .plural, .mass: return name
        default: return article(before: name) + " " + name
        }
    }

    /// "a", or "an" before a vowel that is spoken.
    package static func article(before word: some StringProtocol) -> String {
        if spokenWithVowel.contains(where: { word.hasPrefix($0) }) { return "an" }
        if spokenWithConsonant.contains(where: { word.hasPrefix($0) }) { return "a" }
        return "aeiou8".contains(word.first ?? "x") ? "an" : "a"
    }

    private static let spokenWithVowel = ["hour", "heirloom", "x-ray", "mp3", "lcd", "11", "18"]
    private static let spokenWithConsonant = ["uni", "use", "util", "uku", "eu", "one", "once", "u-", "u ", "ufo"]

    private static let irregular = [
        "mouse": "mice", "foot": "feet", "fish": "fish", "sheep": "sheep", "leaf": "leaves", "knife": "knives", "tooth": "teeth", "loaf": "loaves",
        "calf": "calves", "wolf": "wolves", "shelf": "shelves", "ox": "oxen", "child": "children", "goose": "geese", "man": "men", "woman": "women",
        "cactus": "cacti", "potato": "potatoes", "tomato": "tomatoes", "volcano": "volcanoes", "tornado": "tornadoes", "mosquito": "mosquitoes",
        "hero": "heroes", "aircraft": "aircraft", "spacecraft": "spacecraft", "person": "people",
    ]

    /// "cats", "mice", "the eiffel towers", "scissors".
    package static func plural(_ name: String) -> String {
        let name = name.lowercased(), isNamed = name.hasPrefix("the "), bare = isNamed ? String(name.dropFirst(4)) : name
        return (isNamed ? "the " : "") + (SynonymTable.nouns[bare]?.first?.plural ?? regularPlural(bare))
    }

    /// The plural by rule, of the last word.
    static func regularPlural(_ name: String) -> String {
        var words = name.split(separator: " ").map(String.init)
        guard let last = words.last else { return name }
        words[words.count - 1] = pluralWord(last)
        return words.joined(separator: " ")
    }

    private static func pluralWord(_ word: String) -> String {
        if let known = irregular[word] { return known }
        if word.hasSuffix("man"), word != "human" { return word.dropLast(2) + "en" }
        if ["s", "x", "z", "ch", "sh"].contains(where: word.hasSuffix) { return word + "es" }
        if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) { return word.dropLast() + "ies" }
        return word + "s"
    }
}
