import Language
import Tensors

/// Guesses by a model.
public struct ModelDrafter<Model: TreeModel>: Drafter {
    /// The model that guesses.
    public private(set) var model: Model
    /// The shape of its drafts.
    public let shape: DraftShape
    /// When a chain ends early.
    public private(set) var rule: StopRule
    /// Takes its likeliest tokens instead of drawing them: for a target that decodes greedily, or by its own sampler.
    public let isGreedy: Bool

    /// - Precondition: `shape.problem` is nil.
    public init(_ model: Model, shape: DraftShape, rule: StopRule = .fixed, isGreedy: Bool = false) {
        precondition(shape.problem == nil, shape.problem ?? "")
        (self.model, self.shape, self.rule, self.isGreedy) = (model, shape, rule, isGreedy)
    }

    public var guesses: Int { shape.guesses }

    public mutating func begin(_ text: ArraySlice<Int>) throws { try model.begin(text) }

    public mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree {
        var draft = DraftTree(root: last)
        guard model.room > guesses, !shape.isChain || rule.drafts() else { return draft }
        switch shape {
        case .branching(let counts, let replacement):
            var level = [0]
            for (depth, count) in counts.prefix(room).enumerated() {
                level = level.filter { grammar.mask(after: $0, of: draft.tree) != nil }
                guard !level.isEmpty else { break }
                try model.grow(to: draft.tree)
                var next: [Int] = [], ends = false
                for node in level {
                    guard let mask = grammar.mask(after: node, of: draft.tree), let law = try law(after: node, mask) else { continue }
                    next += add(count, replacement, below: node, law, to: &draft, &random)
                    if shape.isChain { ends = rule.ends(with: law, depth: depth + 1) }
                }
                if ends { break }
                level = next
            }
        case .beam(let width, let depth):
            var beam = [StochasticBeam.Entry(node: 0, logProbability: 0, value: 0)]
            for _ in 0..<min(depth, room) {
                beam = beam.filter { grammar.mask(after: $0.node, of: draft.tree) != nil }
                guard !beam.isEmpty else { break }
                try model.grow(to: draft.tree)
                var laws: [Int: TokenLaw] = [:], guesses: [StochasticBeam.Guess] = []
                for entry in beam {
                    guard let mask = grammar.mask(after: entry.node, of: draft.tree), let law = try law(after: entry.node, mask) else { continue }
                    laws[entry.node] = law
                    guesses += isGreedy ? StochasticBeam.likeliest(below: entry, law: law, width: width)
                        : StochasticBeam.guesses(below: entry, law: law, width: width, random: &random)
                }
                let best = guesses.enumerated().sorted { ($0.element.value, $1.offset) > ($1.element.value, $0.offset) }.prefix(width).map(\.element)
                beam = beam.flatMap { entry -> [StochasticBeam.Entry] in
                    let own = best.filter { $0.parent == entry.node }            // in the order in which they were drawn
                    guard let law = laws[entry.node], !own.isEmpty else { return [] }
                    let nodes = draft.add(own.map(\.token), below: entry.node, drawn: isGreedy ? .chosen : .withoutReplacement(law))
                    return zip(nodes, own).map { StochasticBeam.Entry(node: $0, logProbability: $1.logProbability, value: $1.value) }
                }
            }
        }
        return draft
    }

    /// None where its numbers overflow: what guesses must not fail.
    private mutating func law(after node: Int, _ mask: TokenMask) throws -> TokenLaw? {
        do { return try model.law(after: node, mask: mask) } catch DecodingError.notFinite { return nil }
    }

    private func add(_ count: Int, _ replacement: Bool, below node: Int, _ law: TokenLaw, to draft: inout DraftTree, _ random: inout RandomSource) -> [Int] {
        if isGreedy { return draft.add(law.likeliest(count), below: node, drawn: .chosen) }
        if replacement { return draft.add((0..<count).map { _ in law.draw(&random) }, below: node, drawn: .withReplacement(law)) }
        return draft.add(law.draw(withoutReplacement: count, &random), below: node, drawn: .withoutReplacement(law))
    }

    public mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) throws {
        if shape.isChain { rule.note(drafted: draft.guesses, accepted: accepted) }
        try model.keep(path, of: draft.tree)
    }

    public var wantsState: Bool { model.wantsState }

    public mutating func take(state: [Float]) { model.take(state: state) }
}
