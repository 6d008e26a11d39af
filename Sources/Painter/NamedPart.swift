/// A part of a thing that a command names: "the door of the house", "the bird's wings".
///
/// Drawings come without labels of their parts, and what is not told apart must not be done to the whole: "erase the door of the house" is no reason to
/// erase the house. A part's word may be a class too: a hat on a snowman may be a thing of its own.
public struct NamedPart: Sendable, Equatable {
    /// The part's word; the class word of the thing that it belongs to.
    public var part, whole: String

    /// Words of parts that are no classes.
    static let words: Set<String> = Set([
        "wing", "tail", "roof", "window", "chimney", "tyre", "tire", "head", "body", "neck", "whisker", "beak", "fin", "petal", "branch", "trunk", "stem", "stalk", "ray", "beam",
        "handle", "lid", "string", "sail", "mast", "paw", "claw", "horn", "antenna", "shell", "mane", "stripe", "sleeve", "button", "wall", "blade", "hair", "shadow", "flame",
        "wick", "strap", "lace", "sole", "heel", "spoke", "seat", "pedal", "fur", "belly", "hoof", "wheel", "leg", "arm", "ear", "eye", "tooth", "leaf", "feather",
    ].flatMap { [$0, ClassWords.regularPlural($0)] } + ["antennae", "hooves", "leaves", "teeth"])
    private static let links: Set<String> = ["of", "on", "in", "from", "off"]
    private static let determiners: Set<String> = [
        "a", "an", "the", "this", "that", "these", "those", "its", "my", "your", "our", "his", "her", "their", "one", "both", "all", "each", "every", "any",
    ]
    /// What may stand between the article and the thing, or between "bird's" and "wing".
    private static let adjectives: Set<String> = [
        "big", "bigger", "biggest", "large", "larger", "largest", "small", "smaller", "smallest", "little", "tiny", "tall", "wide", "left", "right", "upper", "lower", "top", "bottom",
        "middle", "leftmost", "rightmost", "other", "first", "second", "third", "last", "front", "back", "old", "new", "two", "three", "four",
    ]
    /// What stands before a landmark: "to the foot of the tree" is a place.
    private static let prepositions: Set<String> = [
        "at", "to", "near", "by", "under", "over", "in", "on", "onto", "into", "above", "below", "beside", "from", "for", "toward", "towards", "inside", "behind", "beneath", "around",
    ]

    /// The parts that a sentence names.
    /// - Parameter match: the class that the first of these words name, and how many of them do.
    static func all(in words: [PromptReader.Word], match: (ArraySlice<PromptReader.Word>) -> (name: String, length: Int)?) -> [NamedPart] {
        /// The first word from there on that is neither an article nor an adjective.
        func thing(from start: Int, after link: String) -> Int? {
            var index = start
            while index < words.count, match(words[index...]) == nil, determiners.contains(words[index].core) || adjectives.contains(words[index].core)
                || (link == "off" && words[index].core == "of") { index += 1 }
            return index < words.count ? index : nil
        }
        return words.indices.compactMap { index in
            let word = words[index].core
            if let owner = owner(words[index]), index + 1 < words.count, let part = thing(from: index + 1, after: ""),
               let whole = match([PromptReader.Word(Substring(owner))])?.name {
                return Self.words.contains(words[part].core) || match(words[part...]) != nil ? NamedPart(part: words[part].core, whole: whole) : nil      // "the bird's left wing"
            }
            let own = match(words[index...]), next = index + (own?.length ?? 1)
            guard own != nil || Self.words.contains(word), next < words.count, !words[next - 1].isLast else { return nil }
            if let own, Self.words.contains(words[next].core) { return NamedPart(part: words[next].core, whole: own.name) }                              // "the car wheels"
            let link = words[next].core
            // In a house stand things of their own; "a bottle of beer" is one thing.
            guard links.contains(link), own == nil || link != "in", let thing = thing(from: next + 1, after: link), own == nil || link != "of" || thing > next + 1,
                  let found = match(words[thing...]), found.name != own?.name else { return nil }
            // "The cat from the house to the tree" is on its way.
            let after = thing + found.length
            guard link != "from" || after >= words.count || words[after].core != "to" else { return nil }
            let first = index > 0 && determiners.contains(words[index - 1].core) ? index - 1 : index
            guard first == 0 || !prepositions.contains(words[first - 1].core) else { return nil }
            return NamedPart(part: words[index..<next].map(\.core).joined(separator: " "), whole: found.name)
        }
    }

    /// "Cat" of "cat's", "birds" of "birds'".
    private static func owner(_ word: PromptReader.Word) -> String? {
        word.core.hasSuffix("'s") ? String(word.core.dropLast(2)) : word.core.hasSuffix("s") && word.after.hasPrefix("'") ? word.core : nil
    }

    /// - Parameters:
    ///   - reading: of the command.
    ///   - changed: classes of what is erased, moved, resized, replaced or redrawn.
    /// - Throws: `PainterError.partOnly` where a command would change a whole thing that it names only as what a part belongs to.
    package static func check(_ reading: PromptReader.Reading, changed: Set<String>, command: String) throws(PainterError) {
        let owners = reading.owners
        guard let named = reading.parts.first(where: { changed.contains($0.whole) && owners.contains($0.whole) }) else { return }
        throw .partOnly(command: command, part: named.part, whole: named.whole)
    }
}
