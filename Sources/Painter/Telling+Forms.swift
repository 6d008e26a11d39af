import Sketches

/// Forms for two facts at once and for two like things, rows and lists.
extension Telling {
    /// A clause of a special form that tells the fact, where one fits.
    mutating func specialForm(_ fact: Fact, _ mood: Mood) -> Clause? {
        switch fact.predicate {
        case .relation(let kind, let other):
            if let clause = between(fact, mood) ?? flanked(fact, mood) { return clause }
            if let clause = chain(fact, kind, mood) { return clause }
            if areTwins(fact.subject, other), openFacts(of: [fact.subject, other]) == 1, chance(0.6) { return pair(fact, kind, other, mood) }
            if kind == .nextTo, isSingle(fact.subject), isSingle(other), isNew(fact.subject), isNew(other), chance(0.25) {
                // "Two cats and a dog next to each other" would be a row: both are single things.
                guard canLeave(fact.subject, 1), canLeave(other, 1) else { return nil }
                let text = filled("each.\(mood.rule)", ["a": name(fact.subject), "b": name(other)])
                tell(fact)
                return Clause(text: text, mood: mood)
            }
            return oneEach(fact, mood)
        case .place: return oneEach(fact, mood)
        case .size: return nil
        }
    }

    private func isSingle(_ entity: Int) -> Bool { facts.entities[entity].count == 1 }
    private func openFacts(of entities: [Int]) -> Int {
        open.count { fact in entities.contains(fact.subject) || fact.predicate.other.map { entities.contains($0) } ?? false }
    }
    /// Whether an entity may come up in a clause that tells `told` of its facts: the others must have a chance later.
    private func canLeave(_ entity: Int, _ told: Int) -> Bool { canBeTakenUp(entity) || openFacts(of: [entity]) == told }

    /// Two new single things of one class of which no size is told.
    private func areTwins(_ a: Int, _ b: Int) -> Bool {
        facts.entities[a].classIndex == facts.entities[b].classIndex && [a, b].allSatisfy { isSingle($0) && isNew($0) && facts.entities[$0].size == nil }
            && words[a][0].kind != .paired && words[a][0].kind != .plural && words[a][0].kind != .mass
    }

    /// Singular and plural for two things that come up together.
    private mutating func twinWords(_ entity: Int) -> [String: String] {
        let all = words[entity], noun = all.count > 1 && chance(style.synonym) ? pick(all.filter { $0.kind == .countable || $0 == all[0] }) : all[0]
        func marked(_ text: String) -> String { text.split(separator: " ").map { "\(Self.mark)\($0)" }.joined(separator: " ") }
        return ["n": marked(noun.singular), "N": marked(noun.plural)]
    }

    /// "Two cats, one above the other."
    private mutating func pair(_ fact: Fact, _ kind: RelationKind, _ other: Int, _ mood: Mood) -> Clause {
        let key = RelationPhrases.key(kind), rule = kind == .nextTo && chance(0.7) ? "both" : "pair"
        let text = filled("\(rule).\(mood.rule)", kind: key, twinWords(fact.subject))
        mentioned += [fact.subject, other]
        tell(fact)
        return Clause(text: text, mood: mood)
    }

    /// "Two trees, one on the left and one above a house."
    private mutating func oneEach(_ fact: Fact, _ mood: Mood) -> Clause? {
        guard let twin = open.first(where: { other in
            // Both in a place or both by something: "one above a house and one on the left" could be left of the house.
            other != fact && areTwins(fact.subject, other.subject) && fact.subject != other.subject && canBeTold(other)
                && other.predicate.isQuality == fact.predicate.isQuality && (other.predicate.other == nil) == (fact.predicate.other == nil)
                && openFacts(of: [other.subject]) == 1
        }), openFacts(of: [fact.subject]) == 1, chance(0.75) else { return nil }
        let words = twinWords(fact.subject)
        mentioned += [fact.subject, twin.subject]
        var slots = words
        for (slot, told) in [("x", fact), ("y", twin)] { slots[slot] = place(told) }
        return Clause(text: filled("one.each.\(mood.rule)", slots), mood: mood)
    }

    /// Where the subject of a fact is, in words, which tells it.
    private mutating func place(_ fact: Fact) -> String {
        tell(fact)
        switch fact.predicate {
        case .relation(_, let other): return preposition(fact.predicate) + " " + name(other)
        case .place: return say("\(fact.predicate.key).p")
        case .size: return say("\(fact.predicate.key).adj")
        }
    }

    /// "A cat between a house and a tree": right of the first, left of the second.
    private mutating func between(_ fact: Fact, _ mood: Mood) -> Clause? {
        guard case .relation(let kind, let other) = fact.predicate, kind == .leftOf || kind == .rightOf,
              let second = open.first(where: { $0.subject == fact.subject && $0.predicate.key == RelationPhrases.key(kind == .leftOf ? .rightOf : .leftOf) }),
              let third = second.predicate.other, canBeTold(second), third != other, canLeave(fact.subject, 2), chance(0.6) else { return nil }
        let (left, right) = kind == .rightOf ? (other, third) : (third, other), facts = kind == .rightOf ? [fact, second] : [second, fact]
        guard canLeave(left, 1), canLeave(right, 1) else { return nil }
        var text = ""
        for piece in book.expand("between.\(mood.rule)", &r) {
            switch piece {
            case .text(let own): text += own
            case .slot("s"): text += name(fact.subject, .subject)
            case .slot("m"): text += name(fact.subject)
            case .slot("ab"):
                if areTwins(left, right), chance(0.7) {
                    text += "two " + (twinWords(left)["N"] ?? "")
                    mentioned += [left, right]
                } else { text += name(left) + " and " + name(right) }
            case .agree(let one, let many, _): text += isPlural([fact.subject]) ? many : one
            default: break
            }
        }
        for fact in facts { tell(fact) }
        return Clause(text: text, mood: mood)
    }

    /// "A house with a tree on each side": left of it, then right of it.
    private mutating func flanked(_ fact: Fact, _ mood: Mood) -> Clause? {
        func suits(_ entity: Int) -> Bool { isSingle(entity) && isNew(entity) && canLeave(entity, 1) }
        guard mood == .fragment, case .relation(.leftOf, let middle) = fact.predicate, isSingle(middle), suits(fact.subject),
              let second = open.first(where: { $0.predicate == .relation(.rightOf, middle) && suits($0.subject) && $0.subject != fact.subject }),
              canBeTold(second), chance(0.7) else { return nil }
        let takesUp = !isNew(middle)
        var slots = ["o": name(middle)], rule = "flank.fragment"
        if areTwins(fact.subject, second.subject) {
            rule = "flank.same"
            slots.merge(twinWords(fact.subject)) { $1 }
            mentioned += [fact.subject, second.subject]
        } else {
            slots["a"] = name(fact.subject)
            slots["b"] = name(second.subject)
        }
        let text = filled(rule, slots)
        tell(fact)
        tell(second)
        return Clause(text: text, mood: mood, takesUp: takesUp)
    }

    /// "From left to right: a cat, a dog and a house."
    private mutating func chain(_ fact: Fact, _ kind: RelationKind, _ mood: Mood) -> Clause? {
        guard kind != .inside, kind != .nextTo else { return nil }
        var links = [fact], entities = [fact.subject, fact.predicate.other ?? fact.subject]
        while let next = open.first(where: { link in
            guard let last = entities.last, case .relation(kind, let other) = link.predicate else { return false }
            return link.subject == last && !entities.contains(other)
        }), let other = next.predicate.other {
            links.append(next)
            entities.append(other)
        }
        guard entities.allSatisfy(isNew), chance(links.count > 1 ? 0.7 : 0.04) else { return nil }
        for (index, entity) in entities.enumerated() where !canLeave(entity, index == 0 || index == entities.count - 1 ? 1 : 2) { return nil }
        let text = filled("chain.\(mood.rule)", kind: RelationPhrases.key(kind), ["list": list(entities)])
        for link in links { tell(link) }
        return Clause(text: text, mood: mood)
    }

    // MARK: lists and rows

    /// "a cat, two dogs and a house"; like things of different sizes may share a noun.
    mutating func list(_ entities: [Int]) -> String {
        var parts: [String] = [], index = 0
        while index < entities.count {
            let entity = entities[index]
            if index + 1 < entities.count, let pair = sizedPair(entity, entities[index + 1]) {
                parts.append(pair)
                index += 2
            } else {
                parts.append(name(entity))
                index += 1
            }
        }
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        if !style.isPlain, chance(0.03) { parts[0] = say(parts.count < 4 ? "list.first.\(parts.count)" : "list.first") + " " + parts[0] }
        // "Small cat, big dog" is a form that is held out: two keywords with sizes always have a word between them here.
        let isKeywords = style.isBare && entities.allSatisfy { facts.entities[$0].size != nil }
        if parts.count == 2 { return filled(isKeywords ? "list.two.keywords" : style.isPlain ? "list.two.plain" : "list.two", ["a": parts[0], "b": parts[1]]) }
        let isTerse = style.manner == .terse && entities.allSatisfy { isSingle($0) && facts.entities[$0].size == nil } && chance(0.3)
        let mark = style.isPlain ? "," : say(isTerse ? "list.mark.terse" : "list.mark"), end = style.isPlain ? pick(["and", ", and", "and", ","]) : mark == "," ? say("list.last") : mark
        func joint(_ mark: String) -> String { (mark.first.map { ",;.".contains($0) } ?? false ? "" : " ") + mark + " " }
        return parts.dropLast().joined(separator: joint(mark)) + joint(end) + last
    }

    /// "a big cat and a small one"
    private mutating func sizedPair(_ a: Int, _ b: Int) -> String? {
        guard let first = facts.entities[a].size, let second = facts.entities[b].size, first != second,
              facts.entities[a].classIndex == facts.entities[b].classIndex, words[a][0].kind == .countable,
              isSingle(a), isSingle(b), isNew(a), isNew(b), openFacts(of: [a, b]) == 0, chance(0.55) else { return nil }
        mentioned += [a, b]
        var slots = twinWords(a)
        slots["x"] = say("\(first.rawValue).adj")
        slots["y"] = say("\(second.rawValue).adj")
        return filled("sized.pair", slots)
    }

    /// All things in one row.
    mutating func row(_ mood: Mood) -> Clause {
        let text = list(Array(facts.entities.indices)), rule = style.isPlain && mood == .fragment ? "row.plain" : "row.\(mood.rule)"
        if mood != .imperative, facts.entities.reduce(0, { $0 + $1.count }) > 2, chance(0.18) {
            let together = say("row.together")
            return Clause(text: mood == .fragment ? "\(text) \(together)" : pick(["\(text) are \(together)", "there are \(text) \(together)"]), mood: mood, isLocated: true)
        }
        return Clause(text: filled(rule, ["list": text]), mood: mood)
    }

    /// A list of things of which nothing else is told.
    mutating func listing(_ entities: [Int], _ mood: Mood) -> Clause {
        let isMany = entities.count > 1 || isPlural(entities), text = list(entities)
        switch mood {
        case .fragment: return Clause(text: text, mood: mood, isLocated: false)
        case .statement:
            let are = isMany ? "there are " : "there is ", start = pick([are, are, "there's ", say("see") + " ", "there should be "])
            return Clause(text: start + text, mood: mood, isLocated: false)
        case .imperative: return Clause(text: say("put") + " " + text, mood: mood, isLocated: false)
        }
    }
}

extension Telling.Mood {
    /// The end of its rules' names.
    var rule: String {
        switch self {
        case .fragment: "fragment"
        case .statement: "statement"
        case .imperative: "imperative"
        }
    }
}
