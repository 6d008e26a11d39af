/// Makes questions for scene after scene so that neither a family nor an answer within it is much more frequent than others: who guesses by the
/// words alone shall not be right often (Johnson et al. 2017, supplementary A: rejection by counts).
public struct QuestionBalance: Sendable {
    /// The families.
    public let templates: [QuestionTemplate]
    /// Values, relations and words.
    public let domain: Domain
    /// Answers given so far, by family.
    public private(set) var counts: [[String: Int]]

    /// Nothing asked yet.
    public init(_ templates: [QuestionTemplate] = OwnQuestions.templates, domain: Domain = OwnQuestions.domain) {
        self.templates = templates
        self.domain = domain
        counts = [[String: Int]](repeating: [:], count: templates.count)
    }

    /// Up to `count` questions about a scene, each of another family while there are families left; fewer where the scene is too poor.
    public mutating func questions(for scene: ObjectScene, count: Int, using random: inout some RandomNumberGenerator) -> [Question] {
        var questions: [Question] = []
        // Families asked least come first; those asked alike in any order.
        let order = templates.indices.shuffled(using: &random).sorted { total($0) < total($1) }
        for family in order where questions.count < count {
            guard let filled = rarest(family, scene, using: &random), let answer = filled.answer?.text else { continue }
            counts[family][answer, default: 0] += 1
            var question = Question(filled.text, program: filled.program, answer: answer)
            question.family = family
            question.imageFilename = scene.imageFilename
            question.imageIndex = scene.imageIndex
            questions.append(question)
        }
        return questions
    }

    private func total(_ family: Int) -> Int { counts[family].values.reduce(0, +) }

    /// Of a few questions of a family the one whose answer was given least.
    private func rarest(_ family: Int, _ scene: ObjectScene, using random: inout some RandomNumberGenerator) -> QuestionTemplate.Filled? {
        let own = counts[family]
        let no = own["no"] ?? 0, yes = own["yes"] ?? 0
        if templates[family].answersYesOrNo {
            let wanted = StepValue.truth(yes < no || (yes == no && Bool.random(using: &random)))
            if let found = templates[family].filled(for: scene, domain, answering: wanted, using: &random) { return found }
        }
        var best: QuestionTemplate.Filled?
        for _ in 0..<3 {
            guard let found = templates[family].filled(for: scene, domain, using: &random) else { continue }
            if best.map({ own[found.answer?.text ?? ""] ?? 0 < own[$0.answer?.text ?? ""] ?? 0 }) ?? true { best = found }
        }
        // Where one answer alone is left and is far ahead of the others, the family waits for another scene.
        if let answer = best?.answer?.text, let most = own[answer], own.count > 1, most > 10 + 3 * total(family) / own.count { return nil }
        return best
    }
}

extension QuestionTemplate {
    /// Whether its answers are yes and no.
    package var answersYesOrNo: Bool {
        guard let last = nodes.last, let shape = Shape(last.name) else { return false }
        switch shape {
        case .one(let function): return function.outputType == .truth
        case .several(_, let end): return end == .exist
        }
    }
}
