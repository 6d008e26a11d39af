extension PromptReader.Reading {
    /// What a plan has that no word of the prompt seems to name, and what it lacks of what is named: told beside the plan and never mended, for what
    /// the sentence means is the model's to say.
    /// - Parameter planned: the classes of the plan's objects, one each.
    /// - Returns: sentences for whoever wrote the prompt.
    package func doubts(of planned: [String]) -> [String] {
        var numbers: [String: Int] = [:], order: [String] = []
        for name in planned {
            if numbers[name] == nil { order.append(name) }
            numbers[name, default: 0] += 1
        }
        var doubts: [String] = []
        let unnamed = order.filter { name in !mentioned.contains { Self.isKin($0, name) } }
        if !unnamed.isEmpty { doubts.append("no word names \(Self.list(unnamed)), which the plan has") }
        let missing = mentioned(beyond: Set(order)).filter { name in !order.contains { Self.isKin($0, name) } }
        if !missing.isEmpty { doubts.append("the plan has no \(missing.joined(separator: " and no "))") }
        for name in order where counted.contains(name) {
            guard let asked = counts[name], let number = numbers[name], asked != number else { continue }
            doubts.append("the words seem to ask for \(asked) \(asked == 1 ? name : ClassWords.plural(name)), the plan has \(number)")
        }
        return doubts.isEmpty ? [] : doubts + ["if that is not what was meant, say it in other words"]
    }

    /// What a command names and its steps leave out: of a chain the model may forget a part.
    /// - Parameter found: the classes of what was there before; what is named of them may be a landmark.
    package func doubts(of steps: [Painter.EditStep], found: [String]) -> [String] {
        var doubts: [String] = []
        let forgotten = mentioned(beyond: Set(steps.map(\.className) + found))
        if !forgotten.isEmpty { doubts.append("nothing was done about \(Self.list(forgotten)): say it in a command of its own") }
        for name in counted.sorted() {
            let added = steps.count { $0.verb == "add" && $0.className == name }
            guard added > 0, let asked = counts[name], asked != added else { continue }
            doubts.append("the words seem to ask for \(asked) \(asked == 1 ? name : ClassWords.plural(name)), \(added) \(added == 1 ? "was" : "were") added")
        }
        return doubts
    }

    /// Whether a step is one of more erasures of a class than the words tell: "one of the clouds", where all three would go. Fewer are no such thing:
    /// two that touch may have been read as one.
    package func isOneTooMany(_ step: Painter.EditStep, of steps: [Painter.EditStep]) -> Bool {
        guard step.verb == "erase", !isWholesale, counted.contains(step.className), let asked = counts[step.className] else { return false }
        return asked < steps.count { $0.verb == step.verb && $0.className == step.className }
    }

    /// Classes that the sentence names and that are not among others, in order of mention.
    private func mentioned(beyond others: Set<String>) -> [String] {
        var seen = others
        return mentioned.filter { seen.insert($0).inserted }
    }

    /// Whether one may be a shorter name of the other: "the cake" of a birthday cake.
    private static func isKin(_ a: String, _ b: String) -> Bool { a == b || a.hasSuffix(" " + b) || b.hasSuffix(" " + a) }

    private static func list(_ names: [String]) -> String { names.map(ClassWords.withArticle).joined(separator: " and ") }
}
