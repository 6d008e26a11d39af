extension QuestionTemplate {
    /// A question with its gaps filled in.
    public struct Filled: Hashable, Sendable {
        /// The words.
        public var text: String
        /// The steps, of CLEVR's 27 functions.
        public var program: Program
        /// The answer on the scene that the gaps were filled for; nil without a scene.
        public var answer: StepValue?
        /// The place of the wording in the template's `texts`.
        public var wording: Int
    }

    /// Fills the gaps with any values, for a question by itself, without a picture: what a reader of questions trains on.
    /// - Parameter wording: which of `texts`; nil: any.
    public func filled(_ domain: Domain, wording: Int? = nil, using random: inout some RandomNumberGenerator) -> Filled? {
        fill(domain, scene: nil, wording: wording, using: &random)
    }

    /// Fills the gaps so that the question can be asked about a scene: references name one object, no relation is idle. nil where that was not
    /// found in a few tries.
    /// - Parameter answer: what the answer shall be, for sets of questions whose answers are balanced; nil: any.
    public func filled(
        for scene: ObjectScene, _ domain: Domain, wording: Int? = nil, answering answer: StepValue? = nil, using random: inout some RandomNumberGenerator
    ) -> Filled? {
        for _ in 0..<(answer == nil ? 6 : 60) {
            if let found = fill(domain, scene: scene, wording: wording, using: &random), answer == nil || found.answer == answer { return found }
        }
        return nil
    }

    private func fill(_ domain: Domain, scene: ObjectScene?, wording: Int?, using random: inout some RandomNumberGenerator) -> Filled? {
        var values: [String: String] = [:], program = Program(nodes: []), ends: [Int] = [], results: [StepValue] = []
        /// Adds a step, carried out where there is a scene; false where it cannot be.
        func add(_ node: Program.Node) -> Bool {
            program.nodes.append(node)
            guard let scene else { return true }
            guard let value = try? node.value(step: program.nodes.count - 1, inputs: node.inputs.map { results[$0] }, scene) else { return false }
            results.append(value)
            return true
        }
        for node in nodes {
            guard let shape = Shape(node.name) else { return nil }
            let inputs = node.inputs.map { ends[$0] }
            switch shape {
            case .one(let function):
                var argument: String?
                if function.takesArgument {
                    guard let gap = node.gaps.first, let kind = gaps[gap],
                          let pick = (kind == .relation ? domain.relations : domain.values(of: kind.name) ?? []).randomElement(using: &random) else { return nil }
                    values[gap] = pick
                    argument = pick
                }
                guard add(.init(function, inputs: inputs, argument: argument)) else { return nil }
                if function == .relate, case .objects(let all)? = results.last, all.isEmpty { return nil }
            case .several(let relates, let end):
                var last = inputs[0], asked = node.gaps
                if relates {
                    guard let pick = domain.relations.randomElement(using: &random) else { return nil }
                    values[asked.removeFirst()] = pick
                    guard add(.init(.relate, inputs: [last], argument: pick)) else { return nil }
                    last = program.nodes.count - 1
                }
                let open = asked.filter { !empty.contains($0) }, pool = results.indices.contains(last) ? results[last].objects : nil
                guard let filters = filters(open, domain, pool: pool, scene: scene, unique: end == .unique, relates: relates, using: &random) else { return nil }
                for (gap, value) in filters {
                    guard case .attribute(let name)? = gaps[gap] else { return nil }
                    values[gap] = value
                    guard add(.init(.filter(name), inputs: [last], argument: value)) else { return nil }
                    last = program.nodes.count - 1
                }
                if let end { guard add(.init(end, inputs: [last])) else { return nil } }
            }
            ends.append(program.nodes.count - 1)
        }
        if scene == nil {
            // Without values of steps two references differ if their words do.
            guard distinct.allSatisfy({ words(of: $0[0], values) != words(of: $0[1], values) }) else { return nil }
        } else {
            // Numbers may be equal: else "as many … as …" would never be true.
            guard distinct.allSatisfy({ pair in
                guard case .object(let a) = results[ends[pair[0]]], case .object(let b) = results[ends[pair[1]]] else { return true }
                return a != b
            }) else { return nil }
        }
        guard let index = wording ?? texts.indices.randomElement(using: &random), texts.indices.contains(index) else { return nil }
        return Filled(text: render(texts[index], values, domain, using: &random), program: program, answer: results.last, wording: index)
    }

    private func words(of node: Int, _ values: [String: String]) -> [String?] { nodes[node].gaps.map { values[$0] } }

    /// Values for some of the gaps, in the gaps' order; with a scene so that one object of the pool remains (`unique`), or any number.
    private func filters(
        _ open: [String], _ domain: Domain, pool: [Int]?, scene: ObjectScene?, unique: Bool, relates: Bool, using random: inout some RandomNumberGenerator
    ) -> [(gap: String, value: String)]? {
        func name(_ gap: String) -> String { if case .attribute(let name)? = gaps[gap] { name } else { "" } }
        func some() -> [String] { open.filter { _ in Bool.random(using: &random) } }
        guard let scene, let pool else {
            var picked = some()
            if picked.isEmpty, unique || Int.random(in: 0..<8, using: &random) > 0 { picked = open.randomElement(using: &random).map { [$0] } ?? [] }
            return picked.compactMap { gap in (domain.values(of: name(gap)) ?? []).randomElement(using: &random).map { (gap, $0) } }
        }
        func matches(_ filters: [(gap: String, value: String)], _ objects: some Sequence<Int>) -> Int {
            objects.reduce(0) { count, object in count + (filters.allSatisfy { scene.objects[object].attributes[name($0.gap)] == $0.value } ? 1 : 0) }
        }
        for _ in 0..<8 {
            let own = pool.randomElement(using: &random), invents = !unique && (own == nil || Int.random(in: 0..<4, using: &random) == 0)
            let picked = some()
            if picked.isEmpty, !unique, Int.random(in: 0..<8, using: &random) > 0 { continue }
            let filters = picked.compactMap { gap -> (gap: String, value: String)? in
                let value = invents ? (domain.values(of: name(gap)) ?? []).randomElement(using: &random) : own.flatMap { scene.objects[$0].attributes[name(gap)] }
                return value.map { (gap, $0) }
            }
            guard filters.count == picked.count else { return nil }
            let here = matches(filters, pool)
            if unique, here != 1 { continue }
            // A relation that changes nothing would be idle.
            if relates, matches(filters, scene.objects.indices) == here { continue }
            return filters
        }
        return nil
    }

    /// The wording with its gaps filled by synonyms, optional words kept or not, spaces put right.
    private func render(_ text: String, _ values: [String: String], _ domain: Domain, using random: inout some RandomNumberGenerator) -> String {
        func word(_ value: String) -> String { domain.synonyms[value]?.randomElement(using: &random) ?? value }
        var result = "", rest = Substring(text)
        while let at = rest.firstIndex(where: { $0 == "<" || $0 == "[" }) {
            result += rest[..<at]
            let close: Character = rest[at] == "<" ? ">" : "]"
            guard let end = rest[at...].firstIndex(of: close) else { break }
            if close == ">" {
                let gap = String(rest[at...end])
                if let value = values[gap] { result += word(value) } else if gaps[gap] == .attribute("shape") { result += word("thing") }
                // The wording's own "s" makes the plural: boxes.
                if result.hasSuffix("x"), rest[rest.index(after: end)...].hasPrefix("s") { result += "e" }
            } else if Bool.random(using: &random) {
                result += rest[rest.index(after: at)..<end]
            }
            rest = rest[rest.index(after: end)...]
        }
        return withoutIdleOther(spaced(result + rest), values)
    }

    /// One space between words, none before a mark; "an" before a vowel.
    private func spaced(_ text: String) -> String {
        var words: [String] = []
        for word in text.split(separator: " ") {
            if let first = word.first, "?;,.".contains(first), let last = words.last { words[words.count - 1] = last + word } else { words.append(String(word)) }
        }
        for (index, word) in words.enumerated().dropLast() where word == "a" || word == "A" {
            if let first = words[index + 1].lowercased().first, "aeiou".contains(first) { words[index] = word + "n" }
        }
        return words.joined(separator: " ")
    }

    /// "other" is left out where the two things are told apart by what is said of them, as the public generator does.
    private func withoutIdleOther(_ text: String, _ values: [String: String]) -> String {
        guard text.contains(" other ") || text.contains(" another ") else { return text }
        let differ = gaps.contains { gap, _ in
            guard !gap.contains("2"), let a = values[gap], let b = values[gap.dropLast() + "2>"] else { return false }
            return a != b
        }
        return differ ? text.replacing(" other ", with: " ").replacing(" another ", with: " a ") : text
    }
}

extension QuestionTemplate.Gap {
    fileprivate var name: String { if case .attribute(let name) = self { name } else { "" } }
}
