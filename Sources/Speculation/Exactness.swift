import Foundation
import Language
import Tensors

/// Whether speculation leaves the target's law as it is: texts of toy languages, counted, against the law of all texts, which is enumerated. Wrong forms of it must be found out.
public struct Exactness: Sendable, Codable {
    /// One way of speculating, and what came of it.
    public struct Case: Sendable, Codable {
        /// What was tried.
        public let name: String
        /// Whether it is one that must fail.
        public let isWrong: Bool
        /// Whether tokens were limited by a grammar.
        public let hasGrammar: Bool
        /// Every text: its probability, and how often it came.
        public let texts: [Text]
        public let test: ChiSquare
        /// Whether the outcome is as it must be.
        public var isAsExpected: Bool { isWrong ? test.probability < Exactness.surelyWrong : test.probability > Exactness.doubtful }

        private enum CodingKeys: String, CodingKey { case name, isWrong = "wrong", hasGrammar = "grammar", texts, test }
    }

    /// A text of a toy language.
    public struct Text: Sendable, Codable {
        public let tokens: [Int]
        public let probability: Double
        public let count: Int
    }

    /// All that were tried.
    public let cases: [Case]
    /// Texts drawn for each.
    public let draws: Int

    /// A right way passes above, a wrong one must be below; a seed is fixed, so that nothing flickers.
    static let doubtful = 1e-4, surelyWrong = 1e-6

    /// Whether all right ways pass and all wrong ones are found out.
    public var holds: Bool { cases.allSatisfy(\.isAsExpected) }

    /// Tries everything.
    /// - Parameters:
    ///   - draws: texts for each case.
    ///   - note: called with each case as it is done.
    public static func check(draws: Int, seed: UInt64 = 0, note: ((Case) throws -> Void)? = nil) throws -> Exactness {
        var cases: [Case] = []
        for hasGrammar in [false, true] {
            for way in Way.all {
                let done = try way.run(draws: draws, seed: seed, hasGrammar: hasGrammar)
                try note?(done)
                cases.append(done)
            }
        }
        return Exactness(cases: cases, draws: draws)
    }
}

/// A way of speculating with toys.
private struct Way {
    let name: String
    var shape = DraftShape.chain(3)
    var rule = StopRule.fixed
    var isGreedy = false
    var matching = Matching.rejection
    var fault: Fault?
    /// How unlike the target the drafter is.
    var distance: Float = 0.6

    /// What can be done wrong.
    enum Fault {
        /// The law of the next sibling still has those that were refused.
        case noDraftCorrection
        /// Siblings are tried from the likeliest down, whatever the order in which they were drawn.
        case sortedSiblings
        /// A guess is dropped since it looks unlikely.
        case droppedAfterLooking
        /// After a refusal the token comes from the target's law, not from the residual.
        case targetForResidual
        /// After the last guess the token comes from the law before it.
        case wrongRow
    }

    static let all: [Way] = [
        Way(name: "chain of 1", shape: .chain(1)),
        Way(name: "chain of 4", shape: .chain(4)),
        Way(name: "chain of 4, a drafter like the target", shape: .chain(4), distance: 0.1),
        Way(name: "chain, AdaEDL", shape: .chain(4), rule: .adaEDL(AdaEDL())),
        Way(name: "chain, confidence", shape: .chain(4), rule: .confidence(0.5)),
        Way(name: "chain, cost", shape: .chain(4), rule: .cost(CostRule(DraftCosts(draft: 0.1, target: [1, 1.05, 1.1, 1.15, 1.2])))),
        Way(name: "RSD-C 2, 2", shape: .branching([2, 2])),
        Way(name: "RSD-C 3, 1, 1", shape: .branching([3, 1, 1])),
        Way(name: "RSD-C 6 of 6", shape: .branching([6, 2])),
        Way(name: "RSD-S 2 wide, 3 deep", shape: .beam(width: 2, depth: 3)),
        Way(name: "RSD-S 4 wide, 3 deep", shape: .beam(width: 4, depth: 3)),
        Way(name: "tree with replacement 2, 2", shape: .branching([2, 2], replacement: true)),
        Way(name: "independent chains 3, 1", shape: .branching([3, 1], replacement: true)),
        Way(name: "likeliest guesses 2, 1", shape: .branching([2, 1]), isGreedy: true),
        Way(name: "likeliest guesses, beam", shape: .beam(width: 3, depth: 2), isGreedy: true),
        Way(name: "sampled and matched", shape: .branching([2, 1, 1]), isGreedy: true, matching: .sampled),
        Way(name: "wrong: no correction of the draft after a refusal", shape: .branching([3, 1]), fault: .noDraftCorrection, distance: 1),
        Way(name: "wrong: siblings sorted by probability", shape: .branching([2, 2]), fault: .sortedSiblings),
        Way(name: "wrong: a guess dropped after looking at it", shape: .chain(2), fault: .droppedAfterLooking),
        Way(name: "wrong: the target's law for the residual", shape: .chain(3), fault: .targetForResidual),
        Way(name: "wrong: the last token from the wrong row", shape: .chain(2), fault: .wrongRow),
    ]

    private static let vocabularySize = 6, length = 3

    func run(draws: Int, seed: UInt64, hasGrammar: Bool) throws -> Exactness.Case {
        try hasGrammar ? run(draws, seed, ToyGrammar(vocabularySize: Self.vocabularySize)) : run(draws, seed, FreeText())
    }

    private func run<Constraint: TokenConstraint>(_ draws: Int, _ seed: UInt64, _ constraint: Constraint) throws -> Exactness.Case {
        let target = ToyModel(vocabularySize: Self.vocabularySize, seed: RandomSource.derive(seed, 1), picks: RandomSource.derive(seed, 3))
        let drafter = target.mixed(with: ToyModel(vocabularySize: Self.vocabularySize, sharpness: 1.5, seed: RandomSource.derive(seed, 2)), share: distance)
        let law = target.texts(after: [0], length: Self.length, under: constraint)
        var counts: [[Int]: Int] = [:]
        var decoding = SpeculativeDecoding(
            target: FaultyTarget(model: target, hasWrongRow: fault == .wrongRow),
            drafter: FaultyDrafter(drafter: ModelDrafter(drafter, shape: shape, rule: rule, isGreedy: isGreedy), fault: fault),
            constraint: constraint, matching: matching, seed: RandomSource.derive(seed, 4))
        if fault == .targetForResidual {
            decoding.verify = { guesses, drawn, law, random in
                let outcome = Verification.verify(guesses, drawn: drawn, from: law, random: &random)
                if case .given = outcome { return .given(law.draw(&random)) }
                return outcome
            }
        }
        for _ in 0..<draws {
            try decoding.begin([0], constraint: constraint)
            var text: [Int] = []
            while text.count < Self.length, !decoding.isComplete { text += try decoding.round() }
            counts[Array(text.prefix(Self.length)), default: 0] += 1
        }
        let texts = Set(law.keys).union(counts.keys).sorted { $0.lexicographicallyPrecedes($1) }.map { Exactness.Text(tokens: $0, probability: law[$0] ?? 0, count: counts[$0] ?? 0) }
        return Exactness.Case(name: name, isWrong: fault != nil, hasGrammar: !(constraint is FreeText), texts: texts, test: ChiSquare(counts, law: law))
    }
}

/// A target that may give the law before a leaf for that after it.
private struct FaultyTarget: TreeModel {
    var model: ToyModel
    let hasWrongRow: Bool
    private var tree = TokenTree()

    init(model: ToyModel, hasWrongRow: Bool) { (self.model, self.hasWrongRow) = (model, hasWrongRow) }

    var vocabularySize: Int { model.vocabularySize }
    var room: Int { model.room }
    mutating func begin(_ text: ArraySlice<Int>) { model.begin(text) }
    mutating func grow(to tree: TokenTree) {
        self.tree = tree
        model.grow(to: tree)
    }
    mutating func law(after node: Int, mask: TokenMask) -> TokenLaw {
        let isLeaf = tree.children(of: node).isEmpty
        return model.law(after: hasWrongRow && isLeaf ? tree.parents[node] ?? node : node, mask: mask)
    }
    mutating func pick(after node: Int, mask: TokenMask) -> Int { model.pick(after: node, mask: mask) }
    mutating func keep(_ path: [Int], of tree: TokenTree) { model.keep(path, of: tree) }
}

/// A drafter whose drafts are spoilt.
private struct FaultyDrafter: Drafter {
    var drafter: ModelDrafter<ToyModel>
    let fault: Way.Fault?

    var guesses: Int { drafter.guesses }
    mutating func begin(_ text: ArraySlice<Int>) throws { try drafter.begin(text) }

    mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree {
        var own = grammar                             // nodes get other numbers below
        let draft = try drafter.draft(after: last, grammar: &own, room: room, random: &random)
        switch fault {
        case nil, .targetForResidual, .wrongRow: return draft
        case .noDraftCorrection, .sortedSiblings, .droppedAfterLooking: break
        }
        var spoilt = DraftTree(root: last)
        func copy(_ node: Int, to place: Int) {
            var children = draft.tree.children(of: node), drawn = draft.drawing(at: node)
            guard case .withoutReplacement(let law) = drawn, !children.isEmpty else { return }
            func probability(_ child: Int) -> Float { law[draft.tree.tokens[child]] }
            if fault == .noDraftCorrection { drawn = .withReplacement(law) }
            if fault == .sortedSiblings { children.sort { probability($0) > probability($1) } }
            if fault == .droppedAfterLooking { children.removeAll { probability($0) < 0.3 } }
            for (child, place) in zip(children, spoilt.add(children.map { draft.tree.tokens[$0] }, below: place, drawn: drawn)) { copy(child, to: place) }
        }
        copy(0, to: 0)
        return spoilt
    }

    mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) throws { try drafter.keep(draft, path: path, accepted: accepted) }
}
