import Tensors

/// Slips of the pen, and the short cuts of people in a hurry. Words with `Telling.mark` (nouns and their numbers) stay as they are, and no slip makes
/// another word that a sentence may hold.
enum SentenceNoise {
    /// Short forms that people type.
    static let short: [String: [String]] = [
        "please": ["pls", "plz", "pleas", "pleese"], "you": ["u"], "and": ["&", "n", "+"], "with": ["w/", "wiht", "w"], "there's": ["theres"], "i'd": ["id"], "that's": ["thats"],
        "it's": ["its"], "i'm": ["im"], "you're": ["youre", "ur"], "the": ["teh", "th"], "picture": ["pic", "picure"], "want": ["wanna have", "wnat"], "your": ["ur"],
        "because": ["cause", "cuz", "bc"], "thanks": ["thx", "tx", "ty"], "something": ["sth"], "next": ["nxt"], "beside": ["besides", "besid"], "underneath": ["undernieth", "underneeth"],
        "beneath": ["beneeth"], "left": ["lft", "letf"], "right": ["rigth", "rite"], "above": ["abov", "abouve"], "below": ["bellow", "belo"], "middle": ["midle", "middel"],
        "centre": ["center"], "center": ["centre"], "corner": ["cornor", "conrer"], "bottom": ["botom", "buttom"], "between": ["betwen", "inbetween"], "drawing": ["drawin"], "bigger": ["biger"],
        "smaller": ["smaler"], "than": ["then"], "inside": ["insid", "in side"], "don't": ["dont"], "isn't": ["isnt"], "aren't": ["arent"],
        "let's": ["lets"], "what's": ["whats"], "should": ["shoud", "shud"], "could": ["coud", "cud"], "would": ["woud"], "sitting": ["siting"], "standing": ["standin"],
    ]

    static func applied(to text: String, rate: Double, _ r: inout RandomSource) -> String {
        var words = text.split(separator: " ").map(String.init)
        for index in words.indices where !words[index].contains(Telling.mark) {
            let word = words[index], core = word.filter { $0.isLetter || $0 == "'" }
            guard word.hasPrefix(core), !core.isEmpty else { continue }
            let end = word.dropFirst(core.count)
            if let shorter = short[core], r.uniform() < rate * 5 { words[index] = shorter[r.int(below: shorter.count)] + end }
            else if ["a", "an", "the"].contains(core), end.isEmpty, r.uniform() < rate, index + 1 < words.count { words[index] = "" }
            else if core.count >= 5, core.utf8.count == core.count, r.uniform() < rate * 0.6 {
                let slipped = slip(core, &r)
                if !WrittenWords.all.contains(slipped) { words[index] = slipped + end }
            }
        }
        var line = words.filter { !$0.isEmpty }.joined(separator: " ")
        if r.uniform() < rate * 2 { line = line.filter { $0 != "'" } }
        if r.uniform() < rate * 2 { line = withoutCommas(line) }
        return line
    }

    /// Without the commas that say nothing: one before "and" keeps things apart.
    private static func withoutCommas(_ line: String) -> String {
        var words = line.split(separator: " ").map(String.init)
        for index in words.indices.dropLast() where words[index].hasSuffix(",") && !["and", "plus", "as", "along", "also", "together", "&", "n", "+"].contains(words[index + 1]) {
            words[index].removeLast()
        }
        return words.joined(separator: " ")
    }

    private static func slip(_ word: String, _ r: inout RandomSource) -> String {
        var letters = Array(word.utf8)
        let place = 1 + r.int(below: letters.count - 2)
        switch r.int(below: 4) {
        case 0: letters.remove(at: place)
        case 1: letters.swapAt(place, place + 1)
        case 2: letters.insert(letters[place], at: place)
        default: letters[place] = UInt8(ascii: "a") + UInt8(r.int(below: 26))
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
