import Language
import Speculation

/// A small planner that guesses what a larger one writes, plans and commands: the larger reads several guesses in one pass and picks each token as it would alone,
/// with the same seed (`Matching.sampled`), so that what it writes is the same, only sooner.
///
/// Each reads the sentence in pieces of its own; sketch tokens are known by their names.
struct PlanGuesser {
    private let part: PainterPart, target: PainterPart
    private let map: TokenMap
    /// Words of a plan are guessed well, boxes hardly: so a chain may be long, and ends at the first token that the guesser is unsure of.
    private static let shape = DraftShape.chain(8), rule = StopRule.confidence(0.5)

    /// How many times larger the other planner is at least: a guess costs about a step by so much less.
    private static let leastRatio = 8

    /// Nil where the other is not so much larger, or knows other classes.
    init?(_ part: PainterPart, for target: PainterPart) {
        guard part.vocabulary.classes == target.vocabulary.classes,
              part.session.model.config.parameterCount * Self.leastRatio <= target.session.model.config.parameterCount else { return nil }
        (self.part, self.target) = (part, target)
        let v = part.vocabulary
        map = TokenMap(v.ids.compactMap { id in
            guard id != v.pad, let token = v.tokenizer.addedToken(id).flatMap(target.vocabulary.tokenizer.id(ofAdded:)) else { return nil }
            return (id: id, token: token)
        }, count: part.session.model.config.vocabularySize, targetCount: target.session.model.config.vocabularySize, other: v.pad)
    }

    /// What guesses after a prompt.
    /// - Parameter prompt: as it is in a planner's documents.
    func drafter(_ prompt: (PainterDocuments) -> [Int]) -> ModelDrafter<PlanLaws> {
        let laws = ModelLaws(part.slots(for: 1), sampling: .greedy, temperature: 1, map: map)
        return ModelDrafter(
            PlanLaws(laws, map, prompt: prompt(part.documents), targetPrompt: prompt(target.documents).count), shape: Self.shape, rule: Self.rule, isGreedy: true)
    }
}

/// A planner's laws in the tokens of another one, whose sentence is in other pieces: the prompt, which ends in a sketch token, is exchanged for its own.
struct PlanLaws: TreeModel {
    private var laws: ModelLaws
    private let map: TokenMap
    private let prompt: [Int]
    private let targetPrompt: Int

    init(_ laws: ModelLaws, _ map: TokenMap, prompt: [Int], targetPrompt: Int) { (self.laws, self.map, self.prompt, self.targetPrompt) = (laws, map, prompt, targetPrompt) }

    mutating func begin(_ text: ArraySlice<Int>) throws {
        precondition(text.count >= targetPrompt - 1, "a text without its prompt")
        let written = text.dropFirst(targetPrompt).map(map.id)
        laws.begin(own: (text.count < targetPrompt ? prompt.dropLast() : prompt) + written)
    }
    mutating func grow(to tree: TokenTree) throws { try laws.grow(to: tree) }
    mutating func law(after node: Int, mask: TokenMask) throws -> TokenLaw { try laws.law(after: node, mask: mask) }
    mutating func pick(after node: Int, mask: TokenMask) throws -> Int { try laws.pick(after: node, mask: mask) }
    mutating func keep(_ path: [Int], of tree: TokenTree) throws { try laws.keep(path, of: tree) }
    var room: Int { laws.room }
    var vocabularySize: Int { laws.vocabularySize }
}
