import Foundation
import Language
import Tensors

/// A language of few tokens whose laws are a table of the last two tokens: small enough that the law of all its texts can be written down.
package struct ToyModel: TreeModel {
    package let vocabularySize: Int
    private let laws: [[Float]]                   // [(V + 1)², V]; V stands for "none before"
    private var text: [Int] = []
    private var tree = TokenTree()
    private var random: RandomSource
    private let isGreedy: Bool

    /// A language by chance.
    /// - Parameters:
    ///   - sharpness: the larger, the surer it is of its tokens.
    ///   - isGreedy: takes the likeliest token for sure.
    package init(vocabularySize: Int, sharpness: Double = 1, seed: UInt64, picks: UInt64 = 0, isGreedy: Bool = false) {
        var random = RandomSource(seed: seed)
        self.vocabularySize = vocabularySize
        self.isGreedy = isGreedy
        laws = (0..<(vocabularySize + 1) * (vocabularySize + 1)).map { _ in (0..<vocabularySize).map { _ in Float(exp(sharpness * random.normal())) } }
        self.random = RandomSource(seed: picks)
    }

    /// A language that lies between this one and another: `share` of the other.
    package func mixed(with other: ToyModel, share: Float) -> ToyModel {
        ToyModel(self, laws: zip(laws, other.laws).map { own, other in
            let sum = own.reduce(0, +), otherSum = other.reduce(0, +)
            return zip(own, other).map { (1 - share) * $0 / sum + share * $1 / otherSum }
        })
    }

    private init(_ other: ToyModel, laws: [[Float]]) {
        (self.laws, vocabularySize, random, isGreedy) = (laws, other.vocabularySize, other.random, other.isGreedy)
    }

    package mutating func begin(_ text: ArraySlice<Int>) { (self.text, tree) = (Array(text), TokenTree()) }
    package mutating func grow(to tree: TokenTree) { self.tree = tree }
    package mutating func keep(_ path: [Int], of tree: TokenTree) {
        text += path.map { tree.tokens[$0] }
        self.tree = TokenTree()
    }

    package let room = Int.max

    package func law(after node: Int, mask: TokenMask) -> TokenLaw {
        precondition(node < tree.count, "a law of a node that was not read")
        return law(after: text + tree.path(to: node).map { tree.tokens[$0] }, mask: mask)
    }

    package mutating func pick(after node: Int, mask: TokenMask) -> Int { law(after: node, mask: mask).draw(&random) }

    /// The law after a text.
    package func law(after text: [Int], mask: TokenMask) -> TokenLaw {
        let two = text.suffix(2), last = two.last ?? vocabularySize, before = two.count > 1 ? two[two.startIndex] : vocabularySize
        var weights = laws[before * (vocabularySize + 1) + last]
        for token in weights.indices where !mask.isAllowed(token) { weights[token] = 0 }
        let law = TokenLaw(weights: weights)
        return isGreedy ? TokenLaw(certain: law.likeliest(1)[0], of: vocabularySize) : law
    }

    /// The probability of every text of `length` tokens after a prompt; a shorter one where the constraint ends it.
    package func texts(after prompt: [Int], length: Int, under constraint: some TokenConstraint) -> [[Int]: Double] {
        var all: [[Int]: Double] = [:]
        func go(_ text: [Int], _ probability: Double, _ constraint: some TokenConstraint) {
            guard text.count < length, !constraint.isComplete else { return all[text] = probability }
            var constraint = constraint, mask = TokenMask(count: vocabularySize)
            constraint.allowed(&mask)
            let law = law(after: prompt + text, mask: mask)
            for token in 0..<vocabularySize where law[token] > 0 {
                var next = constraint
                next.accept(token)
                go(text + [token], probability * Double(law[token]), next)
            }
        }
        go([], 1, constraint)
        return all
    }
}

/// A grammar for toys: no token three times running, of an odd token only an even one may follow where the vocabulary has more than three, and the last token ends the text.
package struct ToyGrammar: TokenConstraint {
    private let vocabularySize: Int
    private var last: [Int] = []
    package private(set) var isComplete = false

    package init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

    package mutating func allowed(_ mask: inout TokenMask) {
        for token in 0..<vocabularySize where !(last.count == 2 && last.allSatisfy { $0 == token }) {
            if vocabularySize > 3, let before = last.last, !before.isMultiple(of: 2), !token.isMultiple(of: 2) { continue }
            mask.allow(token)
        }
    }

    package mutating func accept(_ token: Int) {
        last = (last + [token]).suffix(2)
        isComplete = token == vocabularySize - 1
    }
}
