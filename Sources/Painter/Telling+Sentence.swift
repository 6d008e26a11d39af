import Foundation

/// Whole sentences: clauses one after the other, a frame around them, and how they are written down.
extension Telling {
    /// The sentence that tells everything, as the model reads it but for the marks: lower case, single spaces.
    mutating func sentence() -> String {
        let clauses = clauses()
        var text = framed(clauses[0])
        for (last, next) in zip(clauses, clauses.dropFirst()) { text = joined(text, last, next) }
        text = surrounded(text)
        text = Self.written(text)
        if style.noise > 0 { text = SentenceNoise.applied(to: text, rate: style.noise, &r) }
        return SketchVocabulary.normalized(text)
    }

    // MARK: what is told

    private mutating func mood() -> Mood {
        if style.isPlain { return .fragment }
        let place = r.uniform()
        switch style.manner {
        case .terse: return place < 0.94 ? .fragment : .statement
        case .polite: return place < 0.5 ? .fragment : place < 0.65 ? .statement : .imperative
        default: return place < 0.5 ? .fragment : place < 0.76 ? .statement : .imperative
        }
    }

    private mutating func clauses() -> [Clause] {
        var mood = mood(), clauses: [Clause] = [], isRowTold = false
        let free = facts.entities.indices.filter { entity in open.allSatisfy { $0.subject != entity && $0.predicate.other != entity } }
        if facts.isRow, Set(open.flatMap { [$0.subject] + ($0.predicate.other.map { [$0] } ?? []) }).allSatisfy(canBeTakenUp) {
            clauses.append(row(mood))
            isRowTold = true
        } else if open.isEmpty {
            clauses.append(listing(Array(facts.entities.indices), mood))
        } else {
            let isReturning = facts.entities.indices.allSatisfy { free.contains($0) || canBeTakenUp($0) }
            if isReturning, facts.entities.count > 1, chance(style.listing) {                 // first all things, then where they are
                clauses.append(listing(Array(facts.entities.indices), mood))
            } else if !free.isEmpty, chance(0.35) { clauses.append(listing(free, mood)) }
            else if let anchor = open.lazy.compactMap(\.predicate.other).first, canBeTakenUp(anchor), chance(style.isPlain ? 0.3 : 0.2) {
                clauses.append(listing([anchor], mood))         // "a house", and then what stands by it
            }
        }
        while let next = nextClause(clauses.isEmpty ? mood : following(clauses[clauses.count - 1], &mood)) { clauses.append(next) }
        let missing = facts.entities.indices.filter(isNew)
        if !missing.isEmpty { clauses.append(listing(missing, clauses.isEmpty || chance(0.6) ? mood : .fragment)) }
        if facts.isRow, !isRowTold {
            clauses.append(Clause(text: say("row.after"), mood: .fragment, isLocated: true, takesUp: true))
        }
        return clauses
    }

    /// The mood of a clause after another: the same, or another after a list of things.
    private mutating func following(_ last: Clause, _ mood: inout Mood) -> Mood {
        if !style.isPlain, chance(last.isLocated ? 0.1 : 0.45) { mood = pick([.fragment, .statement, .statement, .imperative]) }
        // "Put a cat on the left *and a dog on the right*."
        return last.isLocated && mood != .fragment && chance(0.3) ? .fragment : mood
    }

    // MARK: how clauses follow one another

    private mutating func joined(_ text: String, _ last: Clause, _ next: Clause) -> String {
        let rule: String
        switch (last.mood, next.mood) {
        case (_, .fragment) where next.isSide: rule = "join.side"
        case (_, .fragment) where next.isFronted: rule = last.isLocated ? "join.fronted" : "join.apart"
        case (.statement, .fragment) where last.isLocated && next.isLocated, (.imperative, .fragment) where last.isLocated && next.isLocated: rule = "join.on"
        case (.fragment, .fragment):
            // "A house and a dog to the right of the house": the house is named again, so only the dog can be meant.
            if next.refersBack, !last.isLocated, chance(0.6) { rule = "join.located" }
            else if !next.isLocated { rule = "join.listed" }
            else if next.takesUp { rule = "join.known" }
            else { rule = last.isLocated ? "join.located" : "join.apart" }
        case (_, .fragment): rule = next.isLocated && next.takesUp ? "join.known" : last.isLocated && !next.isLocated ? "join.listed" : "join.apart"
        case (.fragment, .statement): rule = next.takesUp ? "join.where" : "join.statement"
        case (.imperative, .statement): rule = next.takesUp ? "join.where" : "join.statement"
        case (.statement, .statement): rule = "join.statements"
        case (_, .imperative): rule = last.mood == .imperative ? "join.orders" : "join.order"
        }
        let joint = say(rule)
        return text + (joint.first.map { ",;.:".contains($0) } ?? false ? "" : " ") + joint + " " + next.text
    }

    // MARK: what is said around it

    private mutating func framed(_ first: Clause) -> String {
        if style.isPlain { return say("frame.plain") + " " + first.text }
        if style.manner == .terse, chance(0.7) { return first.text }
        let frame = coined("frame.\(first.mood.rule)")
        // "Make that cat stand …" would be about a cat that is there.
        let isBare = style.isBare || first.text.first == Self.mark
        return isBare && frame.hasSuffix(" that") ? first.text : frame + " " + first.text
    }

    private mutating func surrounded(_ text: String) -> String {
        var text = text
        if style.isPlain { return chance(style.fillers) ? text + " " + say("ending.plain") : text }
        if chance(style.fillers * 0.22) { text = coined("small talk") + pick([". ", ". ", ". ", "! ", ", ", ": ", " - ", "; "]) + text }
        if chance(style.fillers * 0.3) { text = coined("hello") + pick([", ", ", ", " ", "! ", ". ", " - "]) + text }
        if chance(style.fillers * 0.25) { text = pick([coined("purpose"), coined("style")]) + pick([", ", ": ", ". ", ", ", " - "]) + text }
        if chance(style.fillers * 0.12) { text = coined("setting") + pick([": ", ": ", ". ", " - ", ", "]) + text }
        for rule in ["setting", "purpose", "style", "ending"] where chance(style.fillers * (rule == "ending" ? 0.45 : rule == "setting" ? 0.12 : 0.35)) {
            text += pick([", ", " ", ". ", ". ", ", ", " - ", "; ", rule == "ending" ? "! " : " ("]) + coined(rule)
            if text.contains(" ("), !text.contains(")") { text += ")" }
        }
        if chance(style.fillers * 0.12) { text += pick([". ", ". ", "! ", "; "]) + coined("small talk") }
        return text
    }

    // MARK: how it is written down

    /// Marks where they belong, "an" before vowels, single spaces.
    static func written(_ text: String) -> String {
        func isMark(_ byte: UInt8?) -> Bool { byte.map { ",;.:!?".utf8.contains($0) } ?? false }
        var words: [Substring] = []
        for var word in text.split(separator: " ") {
            // Of two marks in succession the last one stays.
            if isMark(word.utf8.last), isMark(word.utf8.dropLast().last), let mark = word.last { word = Substring(word.dropLast(2)) + String(mark) }
            if isMark(word.utf8.first), var last = words.popLast() {
                if isMark(last.utf8.last) { last.removeLast() }
                words.append(last + word)
            } else { words.append(word) }
        }
        while let last = words.last, isMark(last.utf8.last), !last.hasSuffix(".") { words[words.count - 1].removeLast() }
        for index in words.indices.dropLast() where words[index] == "a" {
            words[index] = Substring(ClassWords.article(before: words[index + 1].drop { $0 == Self.mark || $0 == "(" }))
        }
        return words.joined(separator: " ")
    }
}
