import Language
import Tensors

/// A model as speculation asks it: what comes after a text and after each node of a tree behind it.
///
/// The tree's root, node 0, is the last token of the text, which the model has not read before.
public protocol TreeModel {
    /// Takes a text, in place of what there was.
    mutating func begin(_ text: ArraySlice<Int>) throws
    /// Reads the nodes of a tree that it has not read yet; the tree goes on from the one that it has.
    mutating func grow(to tree: TokenTree) throws
    /// The law of the token after a node that it has read.
    /// - Parameter mask: the tokens that may come.
    /// - Throws: `DecodingError.notFinite`.
    mutating func law(after node: Int, mask: TokenMask) throws -> TokenLaw
    /// The token after a node, drawn by a sampler of the model's own.
    /// - Throws: `DecodingError.notFinite`.
    mutating func pick(after node: Int, mask: TokenMask) throws -> Int
    /// Takes the nodes of a path from the root down as the text, read or not, and forgets the tree.
    mutating func keep(_ path: [Int], of tree: TokenTree) throws
    /// How many nodes there is room for after the text; none or less: no tree fits.
    var room: Int { get }
    /// The number of tokens that there are.
    var vocabularySize: Int { get }
    /// What its head read after the last token that was kept of a tree, [C], where it keeps that (`keepStates`); nil: not known.
    var state: [Float]? { get }
    /// From now on `state` is known after each tree.
    mutating func keepStates()
    /// Whether it guesses better for knowing the state of another model.
    var wantsState: Bool { get }
    /// Takes the other model's state after the text, before the next tree.
    mutating func take(state: [Float])
}

extension TreeModel {
    public var state: [Float]? { nil }
    public mutating func keepStates() {}
    public var wantsState: Bool { false }
    public mutating func take(state: [Float]) {}
}

/// What guesses the tokens of a round.
public protocol Drafter {
    /// The most guesses of a draft.
    var guesses: Int { get }
    /// Takes a text, in place of what there was.
    mutating func begin(_ text: ArraySlice<Int>) throws
    /// A tree of guesses below the last token.
    /// - Parameters:
    ///   - grammar: what may come; no guess breaks it, and none comes after a token that ends the text. It may be asked about the tree that is returned only.
    ///   - room: the tree is at most so many guesses deep.
    mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree
    /// Takes what was kept of a draft as text: all but the last token given, which is the next root.
    /// - Parameter accepted: guesses that were right, one that ended the text too.
    mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) throws
    /// Whether it guesses better for knowing the target's state.
    var wantsState: Bool { get }
    /// Takes the target's state after what was kept.
    mutating func take(state: [Float])
}

extension Drafter {
    public var wantsState: Bool { false }
    public mutating func take(state: [Float]) {}
}
