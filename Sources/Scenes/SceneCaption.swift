/// Sentences that tell what a scene shows: how many things, each from left to right with where it stands, then how many there are of a shape and of a material.
///
///     There are two things in the picture. On the left is a small red metal cube. Then comes a large blue rubber sphere, on the right and farther back. All in
///     all there is one cube and one sphere; one is made of rubber and one of metal.
public struct SceneCaption {
    private static let numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    private static let summing = "All in all"
    private static let sides = ["on the left", "in the middle", "on the right"]

    /// The most objects that it has a word for.
    public static let mostObjects = 10

    /// The sentences.
    public let text: String

    /// One of several wordings; nil for a scene without objects or with too many, or of which a place or a value is not known.
    /// - Parameters:
    ///   - scene: with relations or places, which tell how far away things are.
    ///   - width: of the picture, pixels.
    ///   - domain: what objects can be, in nouns of regular plural. Its last attribute is the noun, the one before it what things are made of.
    public init?(_ scene: ObjectScene, domain: Domain = .clevr, width: Double, using random: inout some RandomNumberGenerator) {
        let objects = scene.objects
        guard 1...Self.mostObjects ~= objects.count, width > 0, let noun = domain.attributes.last, let substance = domain.attributes.dropLast().last,
              objects.allSatisfy({ object in object.pixel != nil && object.position != nil && domain.attributes.allSatisfy { object.attributes[$0.name] != nil } }) else { return nil }
        let order = objects.indices.sorted { (objects[$0].pixel?.x ?? 0, $0) < (objects[$1].pixel?.x ?? 0, $1) }, number = Self.numbers[objects.count], many = Self.plural("thing", objects.count)
        var sentences: [String] = []
        func either(_ all: String...) -> String { all.randomElement(using: &random) ?? "" }
        sentences.append(either("The picture shows \(number) \(many).", "There \(objects.count == 1 ? "is" : "are") \(number) \(many) in the picture.", "\(Self.capitalized(number)) \(many) can be seen."))
        for (place, index) in order.enumerated() {
            let name = domain.name(of: objects[index]), thing = "\("aeiou".contains(name.first ?? "x") ? "an" : "a") \(name)", x = (objects[index].pixel?.x ?? 0) / width
            let side = Self.sides[x < 0.38 ? 0 : x < 0.62 ? 1 : 2]
            guard place > 0 else {
                sentences.append(either("\(Self.capitalized(side)) is \(thing).", "\(Self.capitalized(thing)) stands \(side)."))
                continue
            }
            let before = order[place - 1], isBehind = scene.related("behind", to: before)?.contains(index) == true, isInFront = scene.related("front", to: before)?.contains(index) == true
            let depth = isBehind ? "farther back" : isInFront ? "nearer" : "just as far away"
            sentences.append(either("Then comes \(thing), \(side) and \(depth).", "\(Self.capitalized(side)), \(depth), is \(thing)."))
        }
        func counts(_ attribute: Domain.Attribute) -> [(value: String, count: Int)] {
            attribute.values.map { value in (value, objects.count { $0.attributes[attribute.name] == value }) }.filter { $0.count > 0 }
        }
        let kinds = counts(noun), stuff = counts(substance), isOne = kinds.first?.count == 1, all = [1: "", 2: "both "][objects.count] ?? "all "
        let shapes = Self.list(kinds.map { "\(Self.numbers[$0.count]) \(Self.plural($0.value, $0.count))" })
        let made = stuff.count == 1 ? "\(all)made of \(stuff[0].value)" : Self.list(stuff.enumerated().map { "\(Self.numbers[$1.count]) \($0 == 0 ? ($1.count == 1 ? "is made of" : "are made of") : "of") \($1.value)" })
        sentences.append("\(Self.summing) there \(isOne ? "is" : "are") \(shapes)\(stuff.count == 1 ? ", " : "; ")\(made).")
        text = sentences.joined(separator: " ")
    }

    /// What a text names, in its order: attributes of each object of which all are told, one word after another.
    public static func objects(in text: String, domain: Domain = .clevr) -> [[String: String]] {
        let words = text.lowercased().split { !$0.isLetter }.map(String.init), count = domain.attributes.count
        guard words.count >= count else { return [] }
        return (0...words.count - count).compactMap { start in
            let run = zip(domain.attributes, words[start...])
            return run.allSatisfy { $0.values.contains($1) } ? Dictionary(run.map { ($0.name, $1) }, uniquingKeysWith: { first, _ in first }) : nil
        }
    }

    /// Where a caption says something that another picture would have otherwise: the number, each thing's values, and the word that decides on a place, "in" of "in the middle". What sums up
    /// follows from these, and is none of them.
    public static func facts(in text: String, domain: Domain = .clevr) -> [Range<String.Index>] {
        let told = text.range(of: summing).map { text[..<$0.lowerBound] } ?? text[...], words = domain.attributes.flatMap(\.values) + numbers + ["left", "right", "nearer", "farther"]
        var facts: [Range<String.Index>] = [], word = told.startIndex
        while word < told.endIndex {
            let end = told[word...].firstIndex { !$0.isLetter } ?? told.endIndex, rest = told[word...].lowercased()
            if words.contains(told[word..<end].lowercased()) || rest.hasPrefix("in the middle") || rest.hasPrefix("just as far") { facts.append(word..<end) }
            word = told[end...].firstIndex(where: \.isLetter) ?? told.endIndex
        }
        return facts
    }

    private static func plural(_ word: String, _ count: Int) -> String { count == 1 ? word : word + "s" }
    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
    private static func list(_ parts: [String]) -> String { parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1] }
}
