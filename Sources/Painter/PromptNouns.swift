import Training

/// All words for the classes of a vocabulary.
struct ClassNames: Sendable {
    struct Match {
        var name: String
        /// Words.
        var length: Int
        var isPlural: Bool
        /// Plural by itself: "a pair of scissors" are one.
        var isPaired: Bool
    }

    private struct Form {
        var words: [String]
        var name: String
        var isPlural, isPaired: Bool
    }

    /// Forms by their first word, longest first.
    private var forms: [String: [Form]] = [:]
    /// Single words that are no class's own name.
    private var synonyms: [(word: String, name: String)] = []

    init(_ classes: [String]) {
        let own = Set(classes.map { $0.lowercased() })
        for name in classes {
            for (index, noun) in SynonymTable.nouns(of: name).enumerated() where index == 0 || !own.contains(noun.singular) {
                let isPaired = noun.kind == .paired
                add(noun.singular, name, isPlural: false, isPaired)
                if noun.plural != noun.singular { add(noun.plural, name, isPlural: true, isPaired) }
                if isPaired { add("pairs of " + noun.singular, name, isPlural: true, false) }
                if index > 0, !noun.singular.contains(" ") { synonyms += [(noun.singular, name), (noun.plural, name)] }
            }
        }
        for key in forms.keys { forms[key]?.sort { $0.words.count > $1.words.count } }
    }

    private mutating func add(_ text: String, _ name: String, isPlural: Bool, _ isPaired: Bool) {
        let words = text.split(separator: " ").map(String.init)
        guard let first = words.first else { return }
        forms[first, default: []].append(Form(words: words, name: name, isPlural: isPlural, isPaired: isPaired))
    }

    /// The longest name that begins at a word. A name does not go on past a mark.
    func match(at index: Int, of words: [PromptReader.Word]) -> Match? {
        for form in forms[words[index].core] ?? [] where index + form.words.count <= words.count {
            let own = words[index..<index + form.words.count]
            if zip(own, form.words).allSatisfy({ $0.core == $1 }), !own.dropLast().contains(where: \.isLast) {
                return Match(name: form.name, length: form.words.count, isPlural: form.isPlural, isPaired: form.isPaired)
            }
        }
        return nil
    }

    /// The class of the synonym that is nearest by its letters.
    func nearestSynonym(_ word: String, within reach: Int) -> (name: String, distance: Int)? {
        guard reach > 0 else { return nil }
        var best: (name: String, distance: Int)?
        for synonym in synonyms where abs(synonym.word.utf8.count - word.utf8.count) <= reach && synonym.word.utf8.count > 3 {
            let distance = editDistance(synonym.word, word)
            if distance <= reach, distance < best?.distance ?? .max { best = (synonym.name, distance) }
        }
        return best
    }
}

/// Counts what a prompt asks for, as its words come up.
struct Counter {
    private(set) var total = 0
    private var number = 1, place = -10

    private static let numbers: [String: Int] = {
        var numbers = ["pair": 2, "pairs": 2, "couple": 2, "both": 2, "trio": 3, "few": 3, "several": 4, "dozen": 12, "hundred": 100, "thousand": 1_000]
        for (value, word) in (PromptWriter.numbers + ["nine", "ten", "eleven", "twelve"]).enumerated() where value > 1 { numbers[word] = value }
        return numbers
    }()

    /// A number in words, figures, or as "3x".
    static func number(_ word: String) -> Int? {
        if let known = numbers[word] { return known }
        let digits = word.hasSuffix("x") ? String(word.dropLast()) : word.hasPrefix("x") ? String(word.dropFirst()) : word
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return min(Int(digits) ?? 1_000, 1_000)
    }

    mutating func read(_ value: Int, at index: Int, of words: [PromptReader.Word]) {
        let isHalf = words[index].core == "dozen" && words[max(0, index - 2)..<index].contains { $0.core == "half" }
        number = isHalf ? 6 : value
        place = index
    }

    /// Whether a number of several was told just before.
    func isMany(before index: Int) -> Bool { number > 1 && index - place <= 4 }

    /// Numbers that stand for no number.
    private static let vague: Set<String> = ["few", "several"]
    private static let every: Set<String> = ["all", "both", "every", "each", "any"]
    private static let back: Set<String> = ["the", "that", "this", "these", "those", "both", "said", "all"]

    mutating func mention(_ name: String, isPlural: Bool, isPaired: Bool = false, at index: Int, of words: [PromptReader.Word], _ reading: inout PromptReader.Reading) {
        let before = words[max(0, index - 2)..<index].map(\.core)
        // A mark between a number and a noun parts them.
        let isOnePair = isPaired && isMany(before: index) && words[place].core == "pair"
        let isCounted = isMany(before: index) && !isOnePair && !words[max(0, place)..<index].contains(where: \.isLast)
        let looksAlike = ClassWords.plural(name) == name.lowercased().replacing("the ", with: "")
        reading.mentioned.append(name)
        // "One of the clouds" is one, whichever.
        let near = words[max(0, index - 4)..<index].map(\.core), isOneOf = zip(near, near.dropFirst()).contains { ["one", "1"].contains($0) && $1 == "of" }
        if isOneOf { reading.counted.insert(name) } else if isPlural || isCounted || !Self.every.isDisjoint(with: words[max(0, index - 3)..<index].map(\.core)) { reading.plurals.insert(name) }
        if isCounted, !Self.vague.contains(words[place].core) { reading.counted.insert(name) }
        let asked = isCounted && !isOneOf && (isPlural || looksAlike || words[place].core.contains("x")) ? number : 1
        if Self.back.isDisjoint(with: before) || reading.counts[name] == nil {
            reading.counts[name, default: 0] += asked
            total += asked
        }
        number = 1
        place = -10
    }
}

/// Whether a word stands where a noun does.
enum NounPlace {
    /// After an article or a number, perhaps with adjectives between, and before a verb, a preposition, a mark or the end.
    case clear
    /// At the beginning, or after a preposition or "and", and before the same.
    case likely
    /// In what is said around the things: "for a …".
    case filler
    case none

    private static let articles: Set<String> = ["a", "an", "the", "one", "another", "two", "three", "four", "five", "six", "seven", "eight", "some", "both", "every"]
    private static let owners: Set<String> = ["my", "our", "your", "his", "her", "their", "its"]
    private static let around: Set<String> = [
        "for", "about", "as", "like", "because", "from", "by", "called", "named", "titled", "style", "made", "hi", "hello", "hey", "dear", "thanks", "name",
    ]
    /// What is said around the things ends where more of them are asked for.
    private static let additions: Set<String> = ["and", "with", "plus", "also", "please", "draw", "sketch", "doodle", "make", "paint", "show", "want", "need", "put", "add", "see", "have"]
    private static let joints: Set<String> = [
        "and", "with", "is", "are", "on", "in", "at", "to", "left", "right", "above", "over", "under", "below", "beneath", "underneath", "beside", "next", "near", "by", "close", "inside", "within",
        "that", "which", "who", "for", "from", "has", "have", "plus", "as", "but", "between", "behind", "also", "too", "please", "should", "stands", "sits", "lies", "atop", "of", "bigger", "larger",
        "smaller", "twice", "half", "not", "goes", "must", "so", "where", "then", "or", "there", "alongside", "holding", "containing",
    ]

    init(_ index: Int, _ words: [PromptReader.Word]) {
        let word = words[index], next = index + 1 < words.count ? words[index + 1].core : ""
        guard word.core.allSatisfy(\.isLetter), !(word.core.hasSuffix("ing") || word.core.hasSuffix("ly")) || word.isLast || next.isEmpty,
              word.isLast || next.isEmpty || Self.joints.contains(next) || (next.hasSuffix("ing") && next.count > 4) else { self = .none; return }
        // Back over adjectives to what the noun hangs on.
        var at = index - 1
        func isHead(_ word: String) -> Bool {
            [Self.articles, Self.owners, Self.joints, Self.around].contains { $0.contains(word) } || Counter.number(word) != nil
        }
        while at >= max(0, index - 3), !words[at].isLast, !isHead(words[at].core) { at -= 1 }
        guard at >= 0, !words[at].isLast else { self = at == index - 1 ? .likely : .none; return }
        let head = words[at].core
        var first = at                                            // "for the leaflet of the …"
        while first > max(0, at - 5), !words[first - 1].isLast, !Self.additions.contains(words[first - 1].core) { first -= 1 }
        if words[first...at].contains(where: { Self.around.contains($0.core) }) || (Self.owners.contains(head) && index > 1) { self = .filler }
        else if Self.articles.contains(head) || Counter.number(head) != nil { self = .clear }
        else if at == index - 1, Self.joints.contains(head) || ["draw", "sketch", "drawing", "picture"].contains(head) { self = .likely }
        else { self = .none }
    }
}

/// Phrases that mean nothing by a word that they contain: "a line drawing" draws no line, "no rush" denies nothing.
enum HarmlessPhrases {
    /// Words that turn a sentence round, which the model has never read.
    static let negations: Set<String> = ["no", "not", "without", "zero", "0", "never", "none", "don't", "dont", "nor", "neither"]

    private static let common = [
        "not as", "not so", "not far", "not too", "not very", "not quite", "not nearly", "no problem", "no rush", "no hurry", "no need", "no worries", "no matter", "no pressure",
        "no colour", "no color", "no colours", "no colors", "no text", "no words", "no background", "no shading", "no details", "no frame", "no border", "no idea", "no doubt", "not necessarily",
        "without colour", "without color", "without colours", "without colors", "without text", "without shading", "without background", "without a background", "without details", "without any colour",
        "without any color", "without frame", "don't worry", "don't forget", "don't mind", "don't care", "dont worry", "dont mind", "dont forget", "don't hesitate", "not sure", "never mind", "don't need colour",
        "school project", "school homework", "school play", "phone wallpaper", "phone case", "gift card", "coloring book", "colouring book", "picture book", "book cover", "baby shower",
    ]

    private static let inPrompts = table(of: Phrasebook.prompts.names.filter { name in
        !name.hasSuffix(".resize") && !["do.", "keep.", "said.", "command."].contains(where: name.hasPrefix) && !EditPhrases.unheededRules.contains(name)
    })
    private static let inCommands = table(of: Phrasebook.prompts.names.filter { !EditPhrases.unheededRules.contains($0) })

    /// Phrases by their first word, longest first.
    private static func table(of rules: [String]) -> [String: [[String]]] {
        let nouns = Set(SynonymTable.nouns.values.flatMap { $0 }.flatMap { [$0.singular, $0.plural] })
        var table: [String: [[String]]] = [:]
        for text in rules.flatMap({ Phrasebook.prompts.texts(of: $0) }) + common {
            let words = WrittenWords.split(text)
            guard words.count > 1, common.contains(text) || words.indices.contains(where: { index in
                negations.contains(words[index]) || nouns.contains(words[index]) || (index + 1 < words.count && nouns.contains(words[index] + " " + words[index + 1]))
            }) else { continue }
            if table[words[0]]?.contains(words) != true { table[words[0], default: []].append(words) }
        }
        return table.mapValues { $0.sorted { $0.count > $1.count } }
    }

    /// How many words from here on are such a phrase.
    static func length(at index: Int, of words: [PromptReader.Word], isCommand: Bool) -> Int {
        let table = isCommand ? inCommands : inPrompts
        for phrase in table[words[index].core] ?? [] where index + phrase.count <= words.count {
            let own = words[index..<index + phrase.count]
            if zip(own, phrase).allSatisfy({ $0.core == $1 }), !own.dropLast().contains(where: \.isLast) { return phrase.count }
        }
        return 0
    }
}
