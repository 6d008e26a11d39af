import Sketches
import Tensors

/// Writes one command: what is done, to what, and in which words.
struct EditWriter {
    let references: EditReferences
    let classes: [String]
    let verbs: Set<EditCommand.Verb>
    let book = Phrasebook.prompts
    var r: RandomSource

    /// How liberal the words are.
    private let isPlain: Bool
    private let noise: Double
    /// Objects that the command changes, and those that it places others by.
    private var touched: Set<Int> = [], anchors: Set<Int> = []
    private var added = 0
    /// What the part before changed and this one changes too.
    private var again: (object: Int, name: String)?, twice: Set<Int> = []
    /// The command has one part only.
    private var isAlone = false
    /// The object that was named last, alone: "the other dog" is another one of its class.
    private var lastNamed: Int?
    /// How each object was named last.
    private var names: [Int: ObjectName] = [:]

    var objects: [CanvasObject] { references.objects }

    init(_ objects: [CanvasObject], classes: [String], verbs: Set<EditCommand.Verb>, _ r: RandomSource) {
        references = EditReferences(objects: objects)
        (self.classes, self.verbs, self.r) = (classes, verbs, r)
        isPlain = self.r.uniform() < 0.3
        noise = isPlain ? 0 : self.r.uniform() < 0.3 ? 0.02 : 0
    }

    mutating func chance(_ probability: Double) -> Bool { r.uniform() < probability }
    mutating func pick<T>(_ items: [T]) -> T { items[r.int(below: items.count)] }

    // MARK: the command

    /// A part of the command: words and what they do.
    struct Part {
        var text: String
        var operations: [EditOperation]
        /// How the words name its objects.
        var names: [Int: ObjectName] = [:]
    }

    mutating func command() -> EditCommand {
        if verbs.contains(.erase), let whole = wholesale() { return finished([whole]) }
        if verbs.isSuperset(of: [.move, .resize, .redraw]), let idle = idle() ?? everything() { return finished([idle]) }
        if let absent = absentee() { return finished([absent]) }
        let place = r.uniform(), length = isPlain ? (place < 0.85 ? 1 : 2) : place < 0.66 ? 1 : place < 0.91 ? 2 : 3
        var parts: [Part] = []
        isAlone = length == 1
        for _ in 0..<40 where parts.count < length {
            if var part = sequel(to: parts) ?? part() { part.names = names; parts.append(part) }
        }
        // A drawing in which nothing can be named clearly: all of one class.
        if parts.isEmpty, let first = objects.first {
            let all = references.alike(objects.firstIndex(of: first) ?? 0)
            parts = [Part(text: filled("do.erase.plain", ["x": group(all)]), operations: all.map { .erase($0) }, names: names)]
        }
        return finished(parts)
    }

    private mutating func finished(_ parts: [Part]) -> EditCommand {
        var text = ""
        for (index, part) in parts.enumerated() {
            if index == 0 { text = (isPlain ? "" : book.say(EditVerbs.isOrder(part.text) ? "command.frame" : "said.frame", &r) + " ") + part.text; continue }
            let joint = book.say("command.join", &r)
            text += (joint.first.map { ",;.".contains($0) } ?? false ? "" : " ") + joint + " " + part.text
        }
        if !isPlain, chance(0.12) { text += pick([", ", " ", ". "]) + coined("ending") }
        text = Telling.written(text)
        if noise > 0 { text = SentenceNoise.applied(to: text, rate: noise, &r) }
        return EditCommand(text: SketchVocabulary.normalized(Telling.unmarked(text)), operations: parts.flatMap(\.operations),
                           names: parts.flatMap { part in part.operations.map { _ in part.names } })
    }

    /// Another change of what the part before changed: "… and make it bigger".
    private mutating func sequel(to parts: [Part]) -> Part? {
        guard let part = parts.last, verbs.isSuperset(of: [.move, .resize]), part.operations.count == 1, let operation = part.operations.first, let object = operation.object, !twice.contains(object), chance(0.5) else { return nil }
        // Of two that were changed alike, both could be meant.
        if let before = parts.dropLast().last?.operations.last, CommandGrammar.isAlike(before, operation) { return nil }
        let isMoved: Bool
        switch operation {
        case .move: isMoved = false
        case .resize: isMoved = true
        case .replace, .redraw: isMoved = chance(0.5)
        default: return nil
        }
        // What has taken another's place is not called by that one's name.
        var name: String? = "it"
        if !isPlain, chance(0.25), references.alike(object).count == 1 { if case .replace = operation {} else { name = reference(to: object, isSimple: true) } }
        again = name.map { (object, $0) }
        defer { again = nil }
        let sequel = isMoved ? moving() : changing(.resize)
        if sequel != nil { twice.insert(object) }
        return sequel
    }

    /// One part, if what was drawn by lot can be said.
    private mutating func part() -> Part? {
        var shares: [(EditCommand.Verb, Double)] = [(.erase, 0.33), (.move, 0.25), (.resize, 0.12), (.replace, 0.08), (.redraw, 0.05), (.add, 0.17)]
        let isFull = objects.count + added >= SketchVocabulary.objectCount, isDone = touched.count >= objects.count
        shares.removeAll { !verbs.contains($0.0) || ($0.0 == .add ? isFull : isDone) }
        var place = r.uniform() * shares.reduce(0) { $0 + $1.1 }
        guard let verb = shares.first(where: { place -= $0.1; return place < 0 })?.0 ?? shares.last?.0 else { return nil }
        switch verb {
        case .add: return adding()
        case .move: return moving()
        default: return changing(verb)
        }
    }

    // MARK: erasing by the dozen

    /// Everything, everything but some, everything on one side.
    private mutating func wholesale() -> Part? {
        let present = Array(Set(objects.map(\.classIndex))).sorted(), place = r.uniform() * (verbs.count == 1 ? 1 : 2.5)
        guard objects.count > 1, place < 0.29 else { return nil }
        let rule = isPlain ? "do.erase.plain" : "do.erase"
        if place < 0.04 { return Part(text: filled(rule, ["x": book.say("all.things", &r)]), operations: objects.indices.map { .erase($0) }) }
        if place < 0.08, present.count > 1 {
            let kinds: [RelationKind] = [.leftOf, .rightOf, .above, .below]
            for anchor in objects.indices.shuffled(using: &r) where references.isOnly(anchor) {
                let kind = pick(kinds)
                guard let found = references.all(kind, of: anchor), !found.isEmpty, let name = reference(to: anchor, isSimple: true) else { continue }
                let text = "everything \(pick(["", "", "that is "]))\(say("p", kind)) \(name)"
                return Part(text: filled("do.erase", ["x": text]), operations: found.map { .erase($0) })
            }
        }
        guard present.count > 1 else { return nil }
        var kept = [pick(present)]
        if present.count > 2, chance(0.3), let other = present.first(where: { $0 != kept[0] }) { kept.append(other) }
        let names = listed(kept.map { classIndex in group(objects.indices.filter { objects[$0].classIndex == classIndex }) })
        let erased = objects.indices.filter { !kept.contains(objects[$0].classIndex) }.map { EditOperation.erase($0) }
        if !isPlain, chance(0.25) { return Part(text: filled("keep.only", ["x": names]), operations: erased) }
        return Part(text: filled(rule, ["x": filled("all.but", ["x": names])]), operations: erased)
    }

    /// What asks for nothing that can be done: other verbs, remarks, questions.
    private mutating func idle() -> Part? {
        guard chance(0.06) else { return nil }
        if objects.isEmpty || chance(0.25) { return Part(text: coined("no.command"), operations: []) }
        let index = r.int(below: objects.count)
        guard let name = reference(to: index, isSimple: true) else { return nil }
        var slots = ["x": name]
        if let other = objects.indices.filter({ $0 != index && references.alike($0).count == 1 }).randomElement(using: &r), let second = reference(to: other, isSimple: true) { slots["y"] = second }
        return Part(text: filled(slots["y"] == nil ? "other.verb" : pick(["other.verb", "other.verb.two"]), slots), operations: [])
    }

    /// Every object resized, moved to one side or drawn anew.
    private mutating func everything() -> Part? {
        guard objects.count > 1, chance(0.025) else { return nil }
        let all = objects.indices, name = coined("all.things"), references = references
        switch r.int(below: 3) {
        case 0:
            let size = pick([SizeWord.big, .small, .small])
            guard all.allSatisfy({ references.canResize($0, size) }) else { return nil }
            return Part(text: filled("\(size.rawValue).resize", ["x": name]), operations: all.map { .resize($0, size) })
        case 1:
            let kind = pick([RelationKind.leftOf, .rightOf, .above, .below])
            guard all.allSatisfy({ references.isPossible([.toward(kind)], width: objects[$0].box.width, height: objects[$0].box.height, of: $0) }) else { return nil }
            return Part(text: filled("do.toward", kind: RelationPhrases.key(kind), ["x": name]), operations: all.map { .move($0, [.toward(kind)]) })
        default: return Part(text: filled("do.redraw", ["x": name]), operations: all.map { .redraw($0) })
        }
    }

    /// Something that is not there.
    private mutating func absentee() -> Part? {
        let present = Set(objects.map(\.classIndex))
        guard chance(verbs.count == 1 ? 0.05 : 0.03) || (objects.isEmpty && !verbs.contains(.add)),
              let absent = (0..<20).map({ _ in r.int(below: classes.count) }).first(where: { !present.contains($0) }) else { return nil }
        let name = "the " + word(absent).one
        let erasing = isPlain ? "do.erase.plain" : verbs.contains(.erase) ? "do.erase" : "do.redraw"
        let rule = verbs.contains(.resize) && chance(0.4) ? pick(["big.resize", "small.resize", "do.redraw"]) : erasing
        return Part(text: filled(rule, ["x": name]), operations: [])
    }

    // MARK: one verb

    /// What an operation is done to.
    private struct Subject {
        var text: String
        var indices: [Int]
    }

    /// An object, all of a class, or two of them, such that each can be changed so.
    private mutating func subject(isMoved: Bool = false, _ suits: (Int) -> Bool) -> Subject? {
        if let again { return suits(again.object) ? Subject(text: again.name, indices: [again.object]) : nil }
        let free = objects.indices.filter { !touched.contains($0) && !anchors.contains($0) && suits($0) }
        guard !free.isEmpty else { return nil }
        let index = pick(free), alike = references.alike(index)
        if alike.count > 1, chance(0.4), alike.allSatisfy(free.contains) { return Subject(text: group(alike), indices: alike) }
        guard let name = reference(to: index, isSimple: isPlain && isMoved, isMoved: isMoved) else { return nil }
        if chance(0.14), let other = free.filter({ $0 != index && objects[$0].classIndex != objects[index].classIndex }).randomElement(using: &r) {
            let others = references.alike(other)
            if others.count > 1, chance(0.5), others.allSatisfy(free.contains) { return Subject(text: listed([name, group(others)]), indices: [index] + others) }
            if let second = reference(to: other, isSimple: true) { return Subject(text: listed([name, second]), indices: [index, other]) }
        }
        lastNamed = index
        return Subject(text: name, indices: [index])
    }

    private mutating func changing(_ verb: EditCommand.Verb) -> Part? {
        let size = pick([SizeWord.big, .big, .small, .small, .tiny, .wide, .tall]), references = references
        guard let subject = subject({ verb != .resize || references.canResize($0, size) }) else { return nil }
        var slots = ["x": subject.text]
        let isMany = subject.indices.count > 1
        touched.formUnion(subject.indices)
        switch verb {
        case .resize: return Part(text: filled("\(size.rawValue).resize", isMany: isMany, slots), operations: subject.indices.map { .resize($0, size) })
        case .redraw: return Part(text: filled("do.redraw", isMany: isMany, slots), operations: subject.indices.map { .redraw($0) })
        case .replace:
            let classIndex = otherClass(than: objects[subject.indices[0]].classIndex), noun = word(classIndex)
            slots["new"] = isMany ? "\(chance(0.4) && subject.indices.count == 2 ? "two " : "")\(noun.many)" : article(noun)
            return Part(text: filled("do.replace", isMany: isMany, slots), operations: subject.indices.map { .replace($0, classIndex: classIndex) })
        default:
            let rule = isPlain ? "do.erase.plain" : verbs.count == 1 && isAlone && chance(0.25) ? "do.erase.bare" : "do.erase"
            return Part(text: filled(rule, isMany: isMany, slots), operations: subject.indices.map { .erase($0) })
        }
    }

    private mutating func moving() -> Part? {
        let references = references, place = r.uniform()
        func suits(_ targets: [EditTarget]) -> (Int) -> Bool {
            { index in
                let box = references.objects[index].box, isAnchor = targets.contains { if case .relation(_, index) = $0 { true } else { false } }
                return !isAnchor && references.isPossible(targets, width: box.width, height: box.height, of: index)
            }
        }
        func part(_ rule: String, _ kind: String, _ subject: Subject, _ targets: [EditTarget], _ slots: [String: String] = [:]) -> Part {
            touched.formUnion(subject.indices)
            let words = slots.merging(["x": subject.text]) { $1 }
            return Part(text: filled(rule, kind: kind, isMany: subject.indices.count > 1, words), operations: subject.indices.map { .move($0, targets) })
        }
        if place < 0.32 {
            let kind = pick([RelationKind.leftOf, .rightOf, .above, .below]), targets = [EditTarget.toward(kind)]
            guard let subject = subject(isMoved: true, suits(targets)) else { return nil }
            return part("do.toward", RelationPhrases.key(kind), subject, targets)
        }
        if place < 0.6 {
            let word = pick(PlaceWord.allCases), targets = [EditTarget.place(word)]
            guard let subject = subject(isMoved: true, suits(targets)) else { return nil }
            return part(word == .middle && chance(0.15) ? "do.centre" : "do.place", AttributePhrases.key(word), subject, targets)
        }
        guard let (anchor, kind) = anchorAndKind() else { return nil }
        var targets = [EditTarget.relation(kind, anchor)], more: (text: String, target: EditTarget)?
        if !isPlain, place > 0.93 {
            let word = pick(PlaceWord.allCases)
            more = (book.say("\(AttributePhrases.key(word)).at", &r), .place(word))
        }
        if let more { targets.append(more.target) }
        guard let subject = subject(isMoved: true, suits(targets)), let name = reference(to: anchor, isSimple: true) else { return nil }
        anchors.insert(anchor)
        var moved = part(kind == .nextTo && chance(0.25) ? "near.closer" : "do.relation", RelationPhrases.key(kind), subject, targets, ["y": name])
        if let more { moved.text += pick([" and ", ", "]) + more.text }
        return moved
    }

    private mutating func anchorAndKind() -> (Int, RelationKind)? {
        let free = objects.indices.filter { !touched.contains($0) }
        guard !free.isEmpty else { return nil }
        return (pick(Array(free)), pick([.leftOf, .rightOf, .above, .below, .inside, .nextTo, .leftOf, .rightOf, .above, .below, .nextTo]))
    }

    private mutating func adding() -> Part? {
        let present = Array(Set(objects.map(\.classIndex))).sorted()
        let classIndex = !present.isEmpty && chance(0.2) ? pick(present) : r.int(below: classes.count)
        let size: SizeWord? = chance(0.2) ? pick(SizeWord.allCases) : nil, noun = word(classIndex)
        let room = SketchVocabulary.objectCount - objects.count - added, count = chance(0.18) && room > 1 ? min(room, pick([2, 2, 2, 3, 3, 4])) : 1
        let adjective = size.map { book.say(isPlain ? "\($0.rawValue).plain" : "\($0.rawValue).adj", &r) + " " } ?? ""
        let own = Word(one: adjective + noun.one, many: adjective + noun.many, kind: noun.kind)
        let isMore = present.contains(classIndex)
        let number = count == 2 ? pick(["two ", "two ", "2 ", "a couple of "]) : count > 2 ? book.say("number.\(count)", &r) + " " : ""
        let new = count > 1 ? number + own.many
            : isMore && chance(0.75) ? pick(["another ", "another ", "one more ", "a second "]) + own.one : article(own)
        var slots = ["new": new], targets: [EditTarget] = [], key = "", rule = isPlain ? "do.add.plain" : "do.add"
        let place = r.uniform()
        if place < 0.36 {
            let word = pick(PlaceWord.allCases)
            targets = [.place(word)]
            slots["loc"] = book.say("\(AttributePhrases.key(word)).\(isPlain ? "plain" : "p")", &r)
            rule = "do.add.where"
        } else if place < 0.8, let (anchor, kind) = anchorAndKind(), let name = reference(to: anchor, isSimple: true) {
            targets = [.relation(kind, anchor)]
            let isWith = !isPlain && chance(0.12)
            (key, rule) = (RelationPhrases.key(kind), isWith ? "do.add.with" : "do.add.where")
            guard references.isPossible(targets, width: kind == .inside ? 4 : 10, height: kind == .inside ? 4 : 10, of: nil) else { return nil }
            slots["y"] = name
            slots["loc"] = say(isPlain ? "plain" : "p", kind) + " " + name
            anchors.insert(anchor)
        }
        added += count
        let operations = [EditOperation](repeating: .add(classIndex: classIndex, size: size, targets: targets), count: count)
        if isPlain, rule == "do.add.where" { return Part(text: pick(["add ", "add ", "draw ", "put "]) + new + " " + (slots["loc"] ?? ""), operations: operations) }
        return Part(text: filled(rule, kind: key, isMany: count > 1, slots), operations: operations)
    }

    // MARK: names

    private static let ordinals = [
        ("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th"), ("sixth", "6th"), ("seventh", "7th"), ("eighth", "8th"),
    ]

    private struct Word {
        var one, many: String
        var kind: Noun.Kind
    }

    /// A word for a class, its own most often.
    private mutating func word(_ classIndex: Int) -> Word {
        let all = SynonymTable.nouns(of: classes[classIndex])
        let noun = all.count > 1 && chance(isPlain ? 0.12 : 0.35) ? all[1 + min(r.int(below: all.count - 1), r.int(below: all.count - 1))] : all[0]
        func marked(_ text: String) -> String { text.split(separator: " ").map { "\(Telling.mark)\($0)" }.joined(separator: " ") }
        return Word(one: marked(noun.singular), many: marked(noun.plural), kind: noun.kind)
    }

    private mutating func article(_ noun: Word) -> String {
        switch noun.kind {
        case .countable: chance(0.94) ? "a \(noun.one)" : noun.one
        case .unique: pick(["a ", "the "]) + noun.one
        case .paired: pick(["a pair of ", ""]) + noun.one
        case .mass, .plural: pick(["some ", ""]) + noun.one
        }
    }

    private mutating func otherClass(than own: Int) -> Int {
        (0..<20).map { _ in r.int(below: classes.count) }.first { $0 != own } ?? (own + 1) % max(classes.count, 1)
    }

    /// All of a class: "the cat", "both cats", "all the cats".
    private mutating func group(_ indices: [Int]) -> String {
        guard let first = indices.first else { return "" }
        for index in indices { names[index] = ObjectName() }
        let noun = word(objects[first].classIndex)
        guard indices.count > 1 else { return "the \(noun.one)" }
        if isPlain { return pick(["the ", "all ", indices.count == 2 ? "both " : "all the "]) + noun.many }
        return filled(indices.count == 2 ? "the.both" : "the.all", ["n": noun.one, "N": noun.many, "number": book.say("number.\(min(indices.count, 8))", &r)])
    }

    private mutating func listed(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + pick([" and ", " and ", " and ", ", and ", " & ", " as well as ", " and also "]) + last
    }

    /// Words that mean this object and no other, or any of its kind where it is the first of them; nil where none do.
    /// - Parameters:
    ///   - isSimple: of one that is alone in its class nothing more is said, and no words of place come after the noun: they could be taken for where
    ///     something goes.
    ///   - isMoved: such words come after "that is" only.
    private mutating func reference(to index: Int, isSimple: Bool, isMoved: Bool = false) -> String? {
        let noun = word(objects[index].classIndex), alike = references.alike(index)
        names[index] = ObjectName()
        if alike.count == 2, let last = lastNamed, last != index, alike.contains(last), touched.contains(last), chance(0.6) { return filled("the.other", ["n": noun.one]) }
        if alike.count == 1, isSimple || chance(0.85) { return "the \(noun.one)" }
        // Any of them will do: the first.
        if alike.count > 1, index == alike[0], !isPlain, lastNamed == nil, chance(0.15) { return "\(pick(["one of", "one of", "any one of", "just one of"])) the \(noun.many)" }
        let near = objects.indices.filter { !touched.contains($0) && $0 != index }
        let signs = references.signs(of: index, anchors: isSimple ? [] : near).filter { sign in
            if isSimple, case .place = sign { false } else { true }
        }
        let link = isMoved ? "that is " : pick(["", "", "that is "])
        guard !signs.isEmpty else { return nil }
        // By kinds, so that many places or neighbours do not drown the rest; size first: where it tells, it is said most and learnt last.
        var kinds: [[EditReferences.Sign]] = [[], [], [], [], []]
        for sign in signs {
            switch sign {
            case .only: kinds[0].append(sign)
            case .size: kinds[1].append(sign)
            case .side, .middle: kinds[2].append(sign)
            case .ordinal: kinds[3].append(sign)
            case .place, .relation: kinds[4].append(sign)
            }
        }
        kinds.removeAll(where: \.isEmpty)
        let sign = pick(kinds[min(r.int(below: kinds.count), r.int(below: kinds.count))])
        if alike.count > 1 { names[index]?.sign = sign.told }
        switch sign {
        case .only: return "the \(noun.one)"
        case .size(let size): return "the \(book.say("known.\(size)", &r)) \(noun.one)"
        case .side(let kind):
            let key = RelationPhrases.key(kind)
            return isPlain || isSimple || isMoved || chance(0.5) ? "the \(book.say("known.\(key)", &r)) \(noun.one)" : "the \(noun.one) \(book.say("after.\(key)", &r))"
        case .middle: return isSimple || isMoved || chance(0.6) ? "the middle \(noun.one)" : "the \(noun.one) in the middle"
        case .ordinal(let place, from: let side):
            guard Self.ordinals.indices.contains(place - 1) else { return nil }
            let (word, figure) = Self.ordinals[place - 1], from = pick(["from the ", "from the ", "from the ", "from ", "counting from the "])
            return "the \(chance(0.85) ? word : figure) \(noun.one) \(from)\(side)"
        case .place(let place): return "the \(noun.one) \(link)\(book.say("\(AttributePhrases.key(place)).\(isPlain ? "plain" : "at")", &r))"
        case .relation(let kind, let anchor):
            anchors.insert(anchor)
            return "the \(noun.one) \(link)\(say(isPlain ? "plain" : "p", kind)) the \(word(objects[anchor].classIndex).one)"
        }
    }

    // MARK: filling

    private mutating func say(_ rule: String, _ kind: RelationKind) -> String { book.say("\(RelationPhrases.key(kind)).\(rule)", &r) }

    private mutating func coined(_ rule: String) -> String { book.say(rule, &r) }

    private mutating func filled(_ rule: String, kind: String = "", isMany: Bool = false, _ slots: [String: String]) -> String {
        book.expand(rule, kind: kind, &r).map { piece in
            switch piece {
            case .text(let text): text
            case .slot(let name): slots[name] ?? ""
            case .agree(let one, let many, let withObject): isMany && !withObject ? many : one
            default: ""
            }
        }.joined()
    }
}

/// Words that begin an order; other commands say what shall be.
enum EditVerbs {
    private static let others: Set<String> = [
        "make", "put", "place", "set", "position", "have", "send", "get", "leave", "keep", "enlarge", "increase", "scale", "blow", "double", "grow",
        "zoom", "magnify", "expand", "shrink", "decrease", "reduce", "halve", "size", "turn", "widen", "broaden", "stretch", "pull", "lengthen",
        "heighten", "raise", "replace", "change", "swap", "exchange", "draw", "transform", "switch", "substitute", "convert", "redraw", "try", "give",
        "rotate", "flip", "mirror", "tilt", "spin", "color", "colour", "paint", "fill", "copy", "duplicate", "clone", "label", "rename", "select", "highlight", "show", "count", "animate",
        "describe", "explain", "group", "lock", "shade", "export", "align", "connect", "link", "compare", "wiggle", "bend", "polish",
        "do", "sketch", "redo", "repeat", "improve", "start", "fix", "center", "centre", "bring", "stick", "trade", "rearrange", "only", "erase",
        "add", "also", "let", "take",
    ]
    private static let all: Set<String> = {
        var words = others
        for rule in ["remove", "shift", "put in"] {
            for text in Phrasebook.prompts.texts(of: rule) { words.formUnion(WrittenWords.split(text).prefix(1)) }
        }
        return words
    }()

    static func isOrder(_ text: String) -> Bool { text.split(separator: " ").first.map { all.contains(String($0)) } ?? false }
}
