/// The project's own families of questions about CLEVR's world, in its own words: chains of up to three relations, "and", "or", sameness,
/// comparisons of values, of numbers and of objects. All 27 functions occur.
public enum OwnQuestions {
    /// CLEVR's world with the words that people use for it.
    public static let domain: Domain = {
        var domain = Domain.clevr
        domain.synonyms = [
            "thing": ["thing", "object", "item"], "sphere": ["sphere", "ball"], "cube": ["cube", "block", "box"], "cylinder": ["cylinder"],
            "large": ["large", "big", "huge"], "small": ["small", "tiny", "little"],
            "metal": ["metal", "metallic", "shiny"], "rubber": ["rubber", "matte", "dull"], "gray": ["gray", "grey"],
            "left": ["left of", "to the left of", "on the left side of"], "right": ["right of", "to the right of", "on the right side of"],
            "behind": ["behind", "in back of"], "front": ["in front of", "before"],
        ]
        return domain
    }()

    /// Another world with its own words, and ours for what it shares with CLEVR: relations, "thing", values of the same name.
    public static func domain(of world: World) -> Domain {
        var own = world.domain
        for (key, words) in domain.synonyms where own.synonyms[key] == nil && (own.attribute(of: key) != nil || own.relations.contains(key) || key == "thing") {
            // "box" is no word for a cube where there are boxes.
            own.synonyms[key] = words.filter { $0 == key || own.attribute(of: $0) == nil }
        }
        return own
    }

    /// The families without wordings that name values which another world does not have ("rubber or metal?").
    public static func templates(for world: World) -> [QuestionTemplate] {
        let own = world.domain
        let foreign = Domain.clevr.attributes.flatMap(\.values).filter { own.attribute(of: $0) == nil }.flatMap { [$0] + (domain.synonyms[$0] ?? []) }
        return templates.map { template in
            var template = template
            let texts = template.texts.filter { text in Set(text.split { !$0.isLetter }.map { $0.lowercased() }).isDisjoint(with: foreign) }
            if !texts.isEmpty { template.texts = texts }
            return template
        }
    }

    /// All families.
    public static let templates: [QuestionTemplate] = chains + sameness + conjunctions + disjunctions + comparisons + counts + [identity]

    // MARK: parts

    private static let attributes = ["size", "color", "material", "shape"]
    private static let letters = ["size": "Z", "color": "C", "material": "M", "shape": "S"]

    private static func number(_ level: Int) -> String { level == 0 ? "" : String(level + 1) }
    private static func gap(_ attribute: String, _ level: Int) -> String { "<\(letters[attribute] ?? "")\(number(level))>" }
    private static func relation(_ level: Int) -> String { "<R\(number(level))>" }
    /// "big red metal cube" with gaps.
    private static func noun(_ level: Int) -> String { attributes.map { gap($0, level) }.joined(separator: " ") }
    private static func gaps(_ level: Int) -> [String] { attributes.map { gap($0, level) } }

    private static func template(
        _ texts: [String], _ nodes: [QuestionTemplate.Node], empty: [String] = [], distinct: [[Int]] = []
    ) -> QuestionTemplate {
        var gaps: [String: QuestionTemplate.Gap] = [:]
        for name in nodes.flatMap(\.gaps) { gaps[name] = name.hasPrefix("<R") ? .relation : .attribute(letters.first { $0.value == String(name.dropFirst().prefix(1)) }?.key ?? "") }
        return QuestionTemplate(texts: texts, nodes: nodes, gaps: gaps, empty: Set(empty), distinct: distinct)
    }

    /// "the big cube left of the ball": a reference over `levels` nouns from `first` on, the outermost last.
    private static func reference(_ first: Int, _ levels: Int) -> String {
        (1..<max(levels, 1)).reduce("the " + noun(first)) { inner, level in "the \(noun(first + level)) [that is] \(relation(first + level - 1)) \(inner)" }
    }

    /// The steps of such a reference, after steps that were there before.
    private static func steps(_ first: Int, _ levels: Int, after nodes: [QuestionTemplate.Node]) -> [QuestionTemplate.Node] {
        var nodes = nodes + [.init("scene"), .init("filter_unique", [nodes.count], gaps: gaps(first))]
        for level in 1..<max(levels, 1) { nodes.append(.init("relate_filter_unique", [nodes.count - 1], gaps: [relation(first + level - 1)] + gaps(first + level))) }
        return nodes
    }

    /// Things that are counted or looked for: nouns of the outermost level, related to a reference below it.
    private static func group(_ relations: Int, plural: Bool = true) -> String {
        let noun = noun(relations) + (plural ? "s" : "")
        return relations == 0 ? noun : "\(noun) [that \(plural ? "are" : "is")] \(relation(relations - 1)) \(reference(0, relations))"
    }

    private static func group(_ relations: Int, end: String) -> [QuestionTemplate.Node] {
        if relations == 0 { return [.init("scene"), .init("filter_" + end, [0], gaps: gaps(0))] }
        let before = steps(0, relations, after: [])
        return before + [.init("relate_filter_" + end, [before.count - 1], gaps: [relation(relations - 1)] + gaps(relations))]
    }

    private static func counting(_ things: String) -> [String] {
        ["Count the \(things).", "Tell me how many \(things) there are.", "How many \(things) can you see?", "How many \(things) does the picture show?",
         "What is the count of \(things)?", "how many \(things)?", "number of \(things)?"]
    }

    private static func looking(_ things: String, _ thing: String) -> [String] {
        ["Can you see any \(things)?", "Does the picture show any \(things)?", "Is there at least one \(thing)?", "Do you see a \(thing) anywhere?",
         "any \(things)?", "Would I find a \(thing) here?"]
    }

    /// Questions for a value of what `thing` refers to.
    private static func asking(_ attribute: String, of thing: String) -> [String] {
        switch attribute {
        case "size": ["Which size does \(thing) have?", "Tell me the size of \(thing).", "Is \(thing) big or small?", "how large is \(thing)?", "size of \(thing)?"]
        case "color": ["Which color is \(thing)?", "What colour does \(thing) have?", "Name the color of \(thing).", "In which colour is \(thing) painted?", "colour of \(thing)?"]
        case "material": ["Which material is \(thing) made from?", "Out of what is \(thing) made?", "Name the material of \(thing).", "Is \(thing) rubber or metal?", "material of \(thing)?"]
        default: ["Which shape does \(thing) have?", "What form has \(thing)?", "Name the shape of \(thing).", "What kind of solid is \(thing)?", "shape of \(thing)?"]
        }
    }

    // MARK: families

    /// Zero to three relations, then a count, a yes or no, or a value.
    private static let chains: [QuestionTemplate] = (0...3).flatMap { relations -> [QuestionTemplate] in
        let things = group(relations)
        let found = [
            template(counting(things), group(relations, end: "count")),
            template(looking(things, group(relations, plural: false)), group(relations, end: "exist")),
        ]
        return found + attributes.map { attribute in
            let nodes = steps(0, relations + 1, after: [])
            return template(
                asking(attribute, of: reference(0, relations + 1)), nodes + [.init("query_" + attribute, [nodes.count - 1])],
                empty: [gap(attribute, relations)])
        }
    }

    /// What shares a value with an object: whether, how many, and what they are like.
    private static let sameness: [QuestionTemplate] = attributes.flatMap { attribute -> [QuestionTemplate] in
        let word = attribute == "color" ? "colour" : attribute, own = reference(0, 1), others = noun(1) + "s", other = noun(1)
        let same = steps(0, 1, after: []) + [.init("same_" + attribute, [1])], hidden = [gap(attribute, 0)]
        var all = [
            template(["Does anything else share its \(attribute) with \(own)?", "Does some other thing match \(own) in \(word)?",
                      "is anything else of the same \(attribute) as \(own)?"], same + [.init("exist", [2])], empty: hidden),
            template(["Count the other things that share the \(attribute) of \(own).", "How many more objects match \(own) in \(word)?",
                      "how many other items have the \(attribute) of \(own)?"], same + [.init("count", [2])], empty: hidden),
        ]
        let both = hidden + [gap(attribute, 1)]
        all += [
            template(["Does any other \(other) share its \(attribute) with \(own)?", "Do other \(others) match \(own) in \(word)?",
                      "any other \(others) with the \(attribute) of \(own)?"], same + [.init("filter_exist", [2], gaps: gaps(1))], empty: both),
            template(["Count the other \(others) that share the \(attribute) of \(own).", "How many other \(others) match \(own) in \(word)?"],
                     same + [.init("filter_count", [2], gaps: gaps(1))], empty: both),
        ]
        return all + attributes.filter { $0 != attribute }.map { asked in
            let nodes = same + [.init("filter_unique", [2], gaps: gaps(1)), .init("query_" + asked, [3])]
            return template(
                asking(asked, of: "the other \(other) that shares its \(attribute) with \(own)")
                    + asking(asked, of: "the other \(other) matching \(own) in \(word)"), nodes, empty: both + [gap(asked, 1)])
        }
    }

    /// Two relations that hold at once.
    private static let conjunctions: [QuestionTemplate] = {
        var nodes = steps(0, 1, after: [])
        nodes.append(.init("relate", [1], gaps: ["<R>"]))
        nodes = steps(1, 1, after: nodes)
        nodes.append(.init("relate", [4], gaps: ["<R2>"]))
        nodes.append(.init("intersect", [2, 5]))
        let place = "<R> the \(noun(0)) and [also] <R2> the \(noun(1))"
        let found = [
            template(counting("\(noun(2))s that are \(place)"), nodes + [.init("filter_count", [6], gaps: gaps(2))], distinct: [[1, 4]]),
            template(looking("\(noun(2))s that are \(place)", "\(noun(2)) that is \(place)"), nodes + [.init("filter_exist", [6], gaps: gaps(2))], distinct: [[1, 4]]),
        ]
        return found + attributes.map { attribute in
            template(
                asking(attribute, of: "the \(noun(2)) that is [both] \(place)"),
                nodes + [.init("filter_unique", [6], gaps: gaps(2)), .init("query_" + attribute, [7])], empty: [gap(attribute, 2)], distinct: [[1, 4]])
        }
    }()

    /// Either of two kinds.
    private static let disjunctions: [QuestionTemplate] = {
        let plain: [QuestionTemplate.Node] = [
            .init("scene"), .init("filter", [0], gaps: gaps(0)), .init("scene"), .init("filter", [2], gaps: gaps(1)), .init("union", [1, 3]),
        ]
        let either = "\(noun(0))s or \(noun(1))s", one = "\(noun(0)) or \(noun(1))"
        var left = steps(0, 1, after: [])
        left.append(.init("relate_filter", [1], gaps: ["<R>"] + gaps(1)))
        let related = "\(noun(1))s [that are] <R> the \(noun(0))"
        let mixed = left + [.init("scene"), .init("filter", [3], gaps: gaps(2)), .init("union", [2, 4])]
        let second = steps(2, 1, after: left)
        let both = second + [.init("relate_filter", [4], gaps: ["<R2>"] + gaps(3)), .init("union", [2, 5])]
        let bothText = "[either] \(related) or \(noun(3))s [that are] <R2> the \(noun(2))", mixedText = "\(related) or \(noun(2))s"
        func of(_ nodes: [QuestionTemplate.Node], _ end: String) -> [QuestionTemplate.Node] { nodes + [.init(end, [nodes.count - 1])] }
        var all = [
            template(counting("things that are [either] \(either)"), of(plain, "count")),
            template(looking("things that are \(either)", "thing that is a \(one)"), of(plain, "exist")),
            template(counting("things that are \(mixedText)"), of(mixed, "count")),
            template(counting("things that are \(bothText)"), of(both, "count")),
            template(["Does the picture show things that are \(bothText)?", "any things that are \(bothText)?"], of(both, "exist")),
        ]
        for attribute in attributes {
            let kept = gap(attribute, 2), noun = attribute == "shape" ? "\(kept)s" : "\(kept) things"
            all.append(template(
                counting("\(noun) that are [either] \(either)"), plain + [.init("filter_" + attribute, [4], gaps: [kept]), .init("count", [5])],
                empty: [gap(attribute, 0), gap(attribute, 1)]))
        }
        return all
    }()

    /// Whether two objects share a value; each may be named by a relation.
    private static let comparisons: [QuestionTemplate] = attributes.flatMap { attribute -> [QuestionTemplate] in
        [(1, 1), (1, 2), (2, 1), (2, 2)].map { left, right in
            let a = reference(0, left), b = reference(left, right), word = attribute == "color" ? "colour" : attribute
            let first = steps(0, left, after: []), second = steps(left, right, after: first), ends = [first.count - 1, second.count - 1]
            let nodes = second + [
                .init("query_" + attribute, [ends[0]]), .init("query_" + attribute, [ends[1]]), .init("equal_" + attribute, [second.count, second.count + 1]),
            ]
            // Their levels: a reference's outermost noun is its last.
            return template(
                ["Do \(a) and \(b) match in \(word)?", "Is \(a) of the same \(attribute) as \(b)?", "Do \(a) and \(b) share their \(attribute)?",
                 "Are \(a) and \(b) alike in \(attribute)?", "same \(word): \(a) and \(b)?"],
                nodes, empty: [gap(attribute, left - 1), gap(attribute, left + right - 1)], distinct: [ends])
        }
    }

    /// Two numbers of things compared.
    private static let counts: [QuestionTemplate] = ["equal_integer", "less_than", "greater_than"].flatMap { function -> [QuestionTemplate] in
        func texts(_ a: String, _ b: String) -> [String] {
            switch function {
            case "equal_integer": ["Are there as many \(a) as \(b)?", "Do the \(a) equal the \(b) in number?", "same number of \(a) and \(b)?"]
            case "less_than": ["Are \(a) outnumbered by \(b)?", "Do I count fewer \(a) than \(b)?", "fewer \(a) than \(b)?"]
            default: ["Do \(a) outnumber \(b)?", "Do I count more \(a) than \(b)?", "more \(a) than \(b)?"]
            }
        }
        let plain: [QuestionTemplate.Node] = [
            .init("scene"), .init("filter_count", [0], gaps: gaps(0)), .init("scene"), .init("filter_count", [2], gaps: gaps(1)), .init(function, [1, 3]),
        ]
        let one = group(1, end: "count"), oneText = group(1)
        let mixed = one + [.init("scene"), .init("filter_count", [3], gaps: gaps(2)), .init(function, [2, 4])]
        let reversed = one + [.init("scene"), .init("filter_count", [3], gaps: gaps(2)), .init(function, [4, 2])]
        var both = steps(2, 1, after: one)
        both.append(.init("relate_filter_count", [4], gaps: ["<R2>"] + gaps(3)))
        both.append(.init(function, [2, 5]))
        return [
            template(texts("\(noun(0))s", "\(noun(1))s"), plain),
            template(texts(oneText, "\(noun(2))s"), mixed),
            template(texts("\(noun(2))s", oneText), reversed),
            template(texts(oneText, "\(noun(3))s [that are] <R2> the \(noun(2))"), both),
        ]
    }

    /// Whether two descriptions mean one object.
    private static let identity: QuestionTemplate = {
        let first = steps(0, 1, after: []), second = steps(1, 2, after: first)
        return template(
            ["Is \(reference(0, 1)) also \(reference(1, 2))?", "Do \"\(reference(0, 1))\" and \"\(reference(1, 2))\" mean one object?"],
            second + [.init("equal_object", [first.count - 1, second.count - 1])])
    }()
}
