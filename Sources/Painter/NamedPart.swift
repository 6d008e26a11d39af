/// A part of a thing that a command names: "the door of the house", "the bird's wings".
///
/// Drawings come without labels of their parts, and what is not told apart must not be done to the whole: "erase the door of the house" is no reason to
/// erase the house.
public struct NamedPart: Sendable, Equatable {
    /// The part's word; the class word of the thing that it belongs to.
    public var part, whole: String
    /// The class that the part's word is a name of, if it is: a hat may be a thing of its own.
    var partClass: String?

    /// Words of parts that are no classes.
    static let words: Set<String> = Set([
        "wing", "tail", "roof", "window", "chimney", "wheel", "tyre", "tire", "leg", "arm", "head", "body", "neck", "whisker", "beak", "feather", "fin", "petal", "branch", "trunk",
        "stem", "stalk", "ray", "beam", "handle", "lid", "string", "sail", "mast", "paw", "claw", "horn", "antenna", "shell", "mane", "stripe", "spot", "sleeve", "button", "wall", "step",
        "frame", "blade", "hair", "edge", "corner", "outline", "shadow", "flame", "wick", "strap", "lace", "sole", "heel", "spoke", "seat", "pedal", "fur", "belly", "hoof",
    ].flatMap { [$0, $0 + "s"] } + ["branches", "antennae", "hooves", "leaves", "teeth", "eyes", "ears"])
    private static let links: Set<String> = ["of", "on", "from", "off"], determiners: Set<String> = ["a", "an", "the", "this", "that", "its", "my", "his", "her", "their", "one", "both", "all"]
    /// What stands before a landmark: "to the foot of the tree" is a place.
    private static let prepositions: Set<String> = [
        "at", "to", "near", "by", "under", "over", "in", "on", "onto", "into", "above", "below", "beside", "from", "for", "toward", "towards", "inside", "behind", "beneath", "around",
    ]

    /// The parts that a sentence names.
    /// - Parameters:
    ///   - match: the class that is named from a word on, and how many words name it.
    ///   - name: the class that a single word names.
    static func all(in words: [PromptReader.Word], match: (Int) -> (name: String, length: Int)?, name: (String) -> String?) -> [NamedPart] {
        words.indices.compactMap { index in
            let word = words[index].core, own = match(index), next = index + (own?.length ?? 1)
            if let owner = owner(of: word), index + 1 < words.count, !words[index].isLast, let whole = name(owner) {
                // "The bird's wings."
                let part = words[index + 1].core, partClass = match(index + 1)?.name
                return Self.words.contains(part) || partClass != nil ? NamedPart(part: part, whole: whole, partClass: partClass) : nil
            }
            guard own != nil || Self.words.contains(word), next + 1 < words.count, links.contains(words[next].core), !words[next - 1].isLast else { return nil }
            let thing = next + (determiners.contains(words[next + 1].core) ? 2 : 1)
            guard thing < words.count, let found = match(thing), found.name != own?.name else { return nil }
            // "The cat from the house to the tree" is on its way.
            let after = thing + found.length
            guard words[next].core != "from" || after >= words.count || words[after].core != "to" else { return nil }
            let first = index > 0 && determiners.contains(words[index - 1].core) ? index - 1 : index
            guard first == 0 || !prepositions.contains(words[first - 1].core) else { return nil }
            return NamedPart(part: words[index..<next].map(\.core).joined(separator: " "), whole: found.name, partClass: own?.name)
        }
    }

    private static func owner(of word: String) -> String? { word.hasSuffix("'s") ? String(word.dropLast(2)) : word.hasSuffix("s'") ? String(word.dropLast()) : nil }

    /// - Throws: `PainterError.partOnly` where a command would change the whole thing whose part it names.
    /// - Parameters:
    ///   - found: classes of what is there; a part that is there as a thing of its own is no part.
    ///   - changed: classes of what is erased, moved, resized, replaced or redrawn.
    package static func check(_ parts: [NamedPart], found: [String], changed: Set<String>, command: String) throws(PainterError) {
        guard let named = parts.first(where: { changed.contains($0.whole) && !($0.partClass.map(found.contains) ?? false) }) else { return }
        throw .partOnly(command: command, part: named.part, whole: named.whole)
    }
}
