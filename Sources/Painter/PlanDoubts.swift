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
        let unnamed = order.filter { !mentioned.contains($0) }
        if !unnamed.isEmpty { doubts.append("no word names \(Self.list(unnamed)), which the plan has") }
        let missing = mentioned(beyond: Set(order))
        if !missing.isEmpty { doubts.append("the plan has no \(missing.joined(separator: " and no "))") }
        for name in order where counted.contains(name) {
            guard let asked = counts[name], let number = numbers[name], asked != number else { continue }
            doubts.append("the words seem to ask for \(asked) \(asked == 1 ? name : ClassWords.plural(name)), the plan has \(number)")
        }
        return doubts.isEmpty ? [] : doubts + ["if that is not what was meant, say it in other words"]
    }

    /// Classes that the sentence names and that are not among others, in order of mention.
    func mentioned(beyond others: Set<String>) -> [String] {
        var seen = others
        return mentioned.filter { seen.insert($0).inserted }
    }

    private static func list(_ names: [String]) -> String { names.map(ClassWords.withArticle).joined(separator: " and ") }
}
