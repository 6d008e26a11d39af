/// English around class words: articles and plurals.
package enum ClassWords {
    /// "a cat", "an ant", "the eiffel tower".
    package static func withArticle(_ name: String) -> String {
        let name = name.lowercased()
        if name.hasPrefix("the ") { return name }
        return ("aeiou".contains(name.first ?? "x") ? "an " : "a ") + name
    }

    private static let irregular = [
        "mouse": "mice", "foot": "feet", "fish": "fish", "sheep": "sheep", "leaf": "leaves", "knife": "knives", "tooth": "teeth",
        "octopus": "octopuses", "cactus": "cacti", "goatee": "goatees", "grass": "grasses", "police": "police",
    ]
    private static let alreadyPlural: Set<String> = [
        "eyeglasses", "headphones", "binoculars", "pants", "shorts", "scissors", "pliers", "stairs", "string beans", "peas", "grapes",
        "underwear", "stitches", "flip flops", "rollerskates", "animal migration", "camouflage", "broccoli", "bread", "rain", "lightning", "asparagus",
    ]

    /// "cats", "mice", "the eiffel towers".
    package static func plural(_ name: String) -> String {
        let name = name.lowercased()
        if alreadyPlural.contains(name) { return name }
        var words = name.split(separator: " ").map(String.init)
        guard let last = words.last else { return name }
        words[words.count - 1] = pluralWord(last)
        return words.joined(separator: " ")
    }

    private static func pluralWord(_ word: String) -> String {
        if let known = irregular[word] { return known }
        if ["s", "x", "z", "ch", "sh"].contains(where: word.hasSuffix) { return word + "es" }
        if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) { return word.dropLast() + "ies" }
        return word + "s"
    }
}
