import Sketches

/// A part of a sentence that could stand alone.
struct Clause {
    var text: String
    var mood: Telling.Mood
    /// It tells where something is; else it only lists things.
    var isLocated = true
    /// It begins with something that was mentioned before.
    var takesUp = false
    /// It begins with a place: "left of a house, a cat".
    var isFronted = false
    /// It is of the one thing mentioned so far: "a cat on its left".
    var isSide = false
    /// It places a new thing by one that was mentioned before, by its name: "a dog to the right of the house".
    var refersBack = false
}

/// Clauses that tell a relation, a place or a size.
extension Telling {
    typealias Fact = SceneFacts.Fact

    /// What one template is filled with: the subjects, and for each location its facts (more than one where objects are coordinated).
    struct Filling {
        var subjects: [Int]
        var locations: [[Fact]]
        var key: String { locations.first?.first?.predicate.key ?? "" }
        var objects: [Int] { locations.first?.compactMap(\.predicate.other) ?? [] }
        var isQuality: Bool { locations.first?.first?.predicate.isQuality ?? false }
    }

    /// Tells the next of the open facts, perhaps with others; nil where none of them can be told.
    mutating func nextClause(_ mood: Mood) -> Clause? {
        let possible = open.filter(canBeTold)
        guard let fact = chance(0.6) ? possible.first : possible.isEmpty ? nil : pick(possible) else { return nil }
        if !style.isPlain || chance(0.15), let special = specialForm(fact, mood) { return special }
        if let inverted = inverted(fact, mood) { return inverted }
        return located(gathered(around: fact), mood)
    }

    /// A fact with others that go well into one clause.
    private mutating func gathered(around fact: Fact) -> Filling {
        let subject = fact.subject
        // What cannot be taken up later has to be told now.
        let mustTellAll = isNew(subject) && !canBeTakenUp(subject)
        var filling = Filling(subjects: [subject], locations: [[fact]])
        func others(_ accepts: (Fact) -> Bool) -> [Fact] { open.filter { $0 != fact && canBeTold($0) && accepts($0) } }
        if case .relation(let kind, _) = fact.predicate {
            for other in others({ $0.subject == subject && $0.predicate.key == RelationPhrases.key(kind) }) where filling.locations[0].count < 3 && chance(0.65) {
                filling.locations[0].append(other)
            }
        }
        if mustTellAll || (filling.locations[0].count == 1 && chance(style.isPlain ? 0.15 : 0.3)) {
            for other in others({ $0.subject == subject && !filling.locations[0].contains($0) && (mustTellAll || $0.predicate.isQuality == fact.predicate.isQuality) })
            where filling.locations.count < (mustTellAll ? 4 : 2) { filling.locations.append([other]) }
        }
        if filling.locations.count == 1, filling.locations[0].count == 1, !mustTellAll {
            for other in others({ $0.predicate == fact.predicate && $0.subject != subject }) where filling.subjects.count < 3 && chance(0.65) {
                // A thing that cannot be taken up must have nothing else to tell.
                let isFree = canBeTakenUp(other.subject) || open.filter { $0.subject == other.subject || $0.predicate.other == other.subject }.count == 1
                if isFree { filling.subjects.append(other.subject) }
            }
        }
        return filling
    }

    /// A clause with the subjects and where they are.
    private mutating func located(_ filling: Filling, _ mood: Mood) -> Clause {
        let family = filling.isQuality ? "quality" : "spatial"
        let areNew = filling.subjects.allSatisfy(isNew), isSingle = filling.locations.count == 1, areKnown = !filling.objects.isEmpty && !filling.objects.contains(where: isNew)
        let own = "\(filling.key).more", count = filling.subjects.reduce(0) { $0 + facts.entities[$1].count }
        var rule: String
        switch mood {
        case .fragment:
            if !areNew { rule = "\(family).known" }
            else if style.isPlain { rule = "\(family).plain" }
            else if style.manner == .terse, !filling.isQuality, chance(0.6) { rule = "spatial.terse" }
            else if isSingle, book.has(own), chance(0.06) { rule = own }
            else if !filling.isQuality, count > 1, chance(0.07) { rule = count == 2 ? "spatial.both" : "spatial.all" }
            else if chance(style.inverting * 0.6), !(style.isBare && filling.locations[0].contains { $0.predicate.other != nil }) { rule = "\(family).fronted" }
            else { rule = "\(family).fragment" }
        case .statement:
            if isSingle, book.has(own + ".statement"), chance(0.08) { rule = own + ".statement" }
            else { rule = areNew && chance(0.6) ? "\(family).statement.new" : "\(family).statement" }
        case .imperative:
            rule = isSingle && book.has(own + ".imperative") && chance(0.14) ? own + ".imperative" : "\(family).imperative"
            if rule == "spatial.imperative", areNew, chance(0.25) { rule += ".new" }
        }
        // Facts of both families in one clause: only the simplest words fit.
        if filling.locations.contains(where: { ($0.first?.predicate.isQuality ?? false) != filling.isQuality }) { rule = areNew ? "quality.plain" : "quality.known" }
        let template = template(rule, filling), isFronted = template.first == .slot("loc")
        var text = fill(template, filling)
        if isSingle, !filling.isQuality, filling.objects.count == 1, template.last == .slot("loc") { text += besideTheSame(filling.objects[0]) }
        return Clause(text: text, mood: mood, takesUp: !areNew, isFronted: isFronted && mood == .fragment, refersBack: areNew && areKnown)
    }

    /// "… *and a dog below it*": another thing that stands somewhere to what was named last.
    private mutating func besideTheSame(_ object: Int) -> String {
        guard !style.isPlain || chance(0.3), mentioned.last == object, let next = open.first(where: { fact in
            fact.predicate.other == object && !fact.predicate.isQuality && isNew(fact.subject)
                && (canBeTakenUp(fact.subject) || open.count { $0.subject == fact.subject || $0.predicate.other == fact.subject } == 1)
        }), chance(0.5) else { return "" }
        let thing = name(next.subject)
        let side = preposition(next.predicate) + (isPlural([object]) ? " them" : " it")
        tell(next)
        return pick([" and ", " and ", ", and ", " with "]) + thing + " " + side
    }

    /// A template of a rule that suits what it is filled with.
    private mutating func template(_ rule: String, _ filling: Filling) -> [Phrasebook.Piece] {
        var template: [Phrasebook.Piece] = []
        for _ in 0..<12 {
            template = book.expand(rule, kind: filling.key, &r)
            let names = template.compactMap { if case .slot(let name) = $0 { name } else { nil } }
            let needsReturn = names.contains("S"), comparesNew = names.contains("s^")
            if (!needsReturn || filling.subjects.allSatisfy(canBeTakenUp)) && (!comparesNew || filling.subjects.allSatisfy(isNew)) { break }
        }
        return template
    }

    private mutating func fill(_ template: [Phrasebook.Piece], _ filling: Filling) -> String {
        var text = ""
        for (index, piece) in template.enumerated() {
            switch piece {
            case .text(let own): text += own
            case .slot(let slot):
                switch slot {
                case "s": text += names(filling.subjects, .subject)
                case "m": text += names(filling.subjects, .object)
                case "S": text += names(filling.subjects, .subject)
                case "s^": text += name(filling.subjects[0], comparison: say("\(filling.key).er"))
                case "o": text += names(filling.objects, .object)
                case "coin": text += coin()
                case "loc": text += locations(filling, mayGoOn: index == template.count - 1)
                default: break
                }
            case .agree(let one, let many, let withObject): text += isPlural(withObject ? filling.objects : filling.subjects) ? many : one
            default: break
            }
        }
        // Templates without a location tell the first fact by themselves.
        for fact in filling.locations.joined() where open.contains(fact) {
            for subject in filling.subjects { tell(Fact(subject: subject, predicate: fact.predicate)) }
        }
        return text
    }

    /// "left of a house and above a car".
    private mutating func locations(_ filling: Filling, mayGoOn: Bool) -> String {
        var parts: [String] = []
        for location in filling.locations {
            guard let first = location.first else { continue }
            switch first.predicate {
            case .relation:
                var part = preposition(first.predicate) + " "
                let objects = location.compactMap(\.predicate.other), wereNew = objects.allSatisfy(isNew)
                part += names(objects, of: filling.subjects)
                for fact in location { for subject in filling.subjects { tell(Fact(subject: subject, predicate: fact.predicate)) } }
                if mayGoOn, wereNew, objects.count == 1, filling.locations.count == 1, !style.isPlain { part += goingOn(from: objects[0], besides: filling.subjects) }
                parts.append(part)
            case .place(let place):
                let key = AttributePhrases.key(place)
                let isShort = chance(style.manner == .terse ? 0.6 : style.manner == .learner ? 0.12 : 0)
                parts.append(say(style.isPlain ? "\(key).plain" : isShort ? "\(key).short" : "\(key).p"))
                for subject in filling.subjects { tell(Fact(subject: subject, predicate: first.predicate)) }
            case .size(let size):
                parts.append(say("\(size.rawValue).adj"))
                for subject in filling.subjects { tell(Fact(subject: subject, predicate: first.predicate)) }
            }
        }
        guard parts.count > 1, let last = parts.last else { return parts.joined() }
        return parts.dropLast().joined(separator: ", ") + pick([" and ", " and ", " and also ", ", and ", " but ", " and "]) + last
    }

    mutating func preposition(_ predicate: SceneFacts.Predicate) -> String {
        let short = "\(predicate.key).short"
        if style.manner == .terse, book.has(short), chance(0.3) { return say(short) }
        return say(style.isPlain ? "\(predicate.key).plain" : "\(predicate.key).p")
    }

    /// "… a house *that is above a car*": the thing just named is the next one's subject.
    private mutating func goingOn(from entity: Int, besides: [Int]) -> String {
        let next = open.first { fact in
            fact.subject == entity && !(fact.predicate.other.map { besides.contains($0) } ?? false) && (fact.predicate.other.map(isNew) ?? true) && canBeTold(fact)
        }
        guard let next, chance(canBeTakenUp(entity) ? 0.3 : 0.9) else { return "" }
        let verb = isPlural([entity]) ? "are" : "is"
        let link = pick([" that \(verb) ", " that \(verb) ", " which \(verb) ", ", which \(verb) ", " that itself \(verb) "])
        return link + locations(Filling(subjects: [entity], locations: [[next]]), mayGoOn: true)
    }

    // MARK: the other thing first

    /// "a house with a cat to its left", "… and a dog on its right".
    private mutating func inverted(_ fact: Fact, _ mood: Mood) -> Clause? {
        guard case .relation(_, let object) = fact.predicate, chance(mentioned == [object] ? 2 * style.inverting : style.inverting) else { return nil }
        let subject = fact.subject, isQuality = fact.predicate.isQuality
        // A new subject that cannot be taken up would lose what else is to be told of it.
        guard canBeTakenUp(subject) || open.filter({ $0.subject == subject || $0.predicate.other == subject }).count == 1 else { return nil }
        let wasNew = isNew(object), subjectIsNew = isNew(subject)
        if !isQuality, subjectIsNew, mentioned == [object], chance(0.7) {
            // Only one thing is there so far: "on its left a cat".
            let rule = mood == .fragment ? "spatial.side" : "spatial.side.\(mood.rule)", filling = Filling(subjects: [subject], locations: [[fact]])
            return Clause(text: fill(template(rule, filling), filling), mood: mood, isSide: mood == .fragment)
        }
        if !isQuality, subjectIsNew, mentioned.last == object, mentioned.count > 1, mood != .imperative, chance(0.35) {
            // "Above it a submarine, and above *that* a ship."
            let filling = Filling(subjects: [subject], locations: [[fact]])
            return Clause(text: fill(template(mood == .fragment ? "spatial.that" : "spatial.that.statement", filling), filling), mood: mood, isFronted: mood == .fragment)
        }
        if isQuality, !wasNew, !subjectIsNew, mentioned.count == 2 {
            let filling = Filling(subjects: [subject], locations: [[fact]])
            return Clause(text: fill(template("quality.of.two.\(mood.rule)", filling), filling), mood: mood, takesUp: true)
        }
        let more = open.filter { other in
            guard other != fact, other.predicate.other == object, !other.predicate.isQuality, isNew(other.subject), other.subject != subject,
                  canBeTold(other) else { return false }
            return canBeTakenUp(other.subject) || open.filter { $0.subject == other.subject || $0.predicate.other == other.subject }.count == 1
        }
        if !isQuality, subjectIsNew, let second = more.first, chance(0.5) { return withBoth(fact, second, object, mood, takesUp: !wasNew) }
        let family = isQuality ? "quality.inverted" : "spatial.inverted", own = "\(fact.predicate.key).more.inverted"
        var rule = family
        switch mood {
        case .fragment: if !isQuality, !wasNew { rule = "spatial.inverted.known" } else if book.has(own), chance(0.25) { rule = own }
        case .statement:
            if isQuality { guard wasNew, subjectIsNew else { return nil }; rule += ".statement.new" }
            else { rule += wasNew && subjectIsNew && chance(0.6) ? ".statement.new" : ".statement" }
        case .imperative: rule += ".imperative"
        }
        if isQuality, !subjectIsNew { return nil }
        let filling = Filling(subjects: [subject], locations: [[fact]])
        return Clause(text: fill(template(rule, filling), filling), mood: mood, takesUp: !wasNew)
    }

    private mutating func withBoth(_ first: Fact, _ second: Fact, _ object: Int, _ mood: Mood, takesUp: Bool) -> Clause {
        let whole = name(object, mood == .statement ? .subject : .object), isMany = isPlural([object])
        var sides: [String] = []
        for fact in [first, second] {
            let thing = name(fact.subject)
            sides.append(thing + "\u{2}" + book.expand("\(fact.predicate.key).with", kind: fact.predicate.key, &r).map { piece in
                switch piece {
                case .text(let text): text
                case .agree(let one, let many, let withObject): (withObject ? isMany : isPlural([fact.subject])) ? many : one
                default: ""
                }
            }.joined())
            tell(fact)
        }
        if mood != .imperative, chance(0.15) {
            // "A house. To its left a cat, and to its right a dog."
            let turned = sides.map { side in side.split(separator: "\u{2}", maxSplits: 1).reversed().joined(separator: " ") }
            return Clause(text: whole + pick([". ", ". ", ", ", "; "]) + turned.joined(separator: pick([", ", " and ", ", and ", ". "])), mood: .fragment, takesUp: takesUp)
        }
        let joined = sides.map { $0.replacing("\u{2}", with: " ") }.joined(separator: pick([" and ", " and ", ", and ", " and also "]))
        let text = switch mood {
        case .fragment: whole + pick([" with ", " with ", " that \(isMany ? "have" : "has") ", " having ", ": "]) + joined
        case .statement: whole + (isMany ? " have " : " has ") + joined
        case .imperative: say("put") + " " + whole + " with " + joined
        }
        return Clause(text: text, mood: mood, takesUp: takesUp)
    }
}
