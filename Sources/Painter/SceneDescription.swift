import Sketches

/// A true sentence about a scene: what is there, how many of each, and how the things stand to one another.
///
/// Only relations that the ink bears out are told, and only of things that a word tells from the others.
public struct SceneDescription: Sendable, Equatable {
    /// One or more sentences.
    public var text: String
    /// The relations that they tell, by indices of the scene's objects.
    public var relations: [Relation]

    /// - Returns: nil for a scene without objects.
    public init?(_ scene: Scene) {
        guard !scene.objects.isEmpty else { return nil }
        var names: [String] = []
        for object in scene.objects where !names.contains(object.className) { names.append(object.className) }
        func members(_ name: String) -> [Int] { scene.objects.indices.filter { scene.objects[$0].className == name } }
        let parts = names.map { name -> String in
            let count = members(name).count
            return count == 1 ? ClassWords.withArticle(name) : "\(Self.number(count)) \(ClassWords.plural(name))"
        }
        var sentences = [Self.sentence(Self.joined(parts))], told: [Relation] = []
        // Each kind of thing after the first is placed by one before it: all its members alike, or it is not told.
        for (place, name) in names.enumerated().dropFirst() {
            let own = members(name)
            let found = names[..<place].lazy.reversed().compactMap { other -> (other: String, kind: RelationKind)? in
                let theirs = members(other)
                guard theirs.count == 1, let kind = Self.kinds.first(where: { kind in own.allSatisfy { scene.holds(kind, subject: $0, object: theirs[0]) } }) else { return nil }
                return (other, kind)
            }.first
            guard let found else { continue }
            let noun = own.count == 1 ? "the \(Self.bare(name)) is" : "the \(ClassWords.plural(name)) are"
            sentences.append(Self.sentence("\(noun) \(Self.phrase(found.kind)) the \(Self.bare(found.other))"))
            told += own.map { Relation(found.kind, subject: $0, object: members(found.other)[0]) }
        }
        text = sentences.joined(separator: " ")
        relations = told
    }

    /// What is told first where several hold.
    private static let kinds: [RelationKind] = [.inside, .above, .below, .leftOf, .rightOf, .nextTo]

    private static func phrase(_ kind: RelationKind) -> String {
        switch kind {
        case .leftOf: "to the left of"
        case .rightOf: "to the right of"
        default: kind.rawValue
        }
    }

    private static func number(_ count: Int) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
        return words.indices.contains(count) ? words[count] : String(count)
    }

    private static func bare(_ name: String) -> String {
        let name = name.lowercased()
        return name.hasPrefix("the ") ? String(name.dropFirst(4)) : name
    }

    private static func joined(_ parts: [String]) -> String {
        parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
