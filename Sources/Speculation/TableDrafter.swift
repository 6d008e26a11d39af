import Language
import Tensors

/// What mostly follows the last tokens, counted in texts of the kind that is to be written: an n-gram model of which only the likeliest token of each context is kept.
public struct NGramTable: Sendable {
    private struct Guess { let token: Int, share: Double }
    private let guesses: [[Int]: Guess]
    /// The longest context.
    public let longest: Int

    /// - Parameter longest: tokens of a context, at most; shorter ones are counted too.
    public init(_ texts: some Sequence<[Int]>, longest: Int = 4) {
        precondition(longest > 0, "contexts of \(longest) tokens")
        var counts: [[Int]: [Int: Int]] = [:]
        for text in texts {
            for place in text.indices.dropFirst() {
                for count in 1...min(longest, place) { counts[Array(text[place - count..<place]), default: [:]][text[place], default: 0] += 1 }
            }
        }
        guesses = counts.compactMapValues { following in
            following.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { best in Guess(token: best.key, share: Double(best.value) / Double(following.values.reduce(0, +))) }
        }
        self.longest = longest
    }

    /// The likeliest token after the longest context that is known, and its share of what followed there; nil: none is known.
    public func next(after text: ArraySlice<Int>) -> (token: Int, share: Double)? {
        for count in (1...longest).reversed() where count <= text.count {
            if let guess = guesses[Array(text.suffix(count))] { return (guess.token, guess.share) }
        }
        return nil
    }
}

/// Guesses from a table of what followed in other texts. Costs next to nothing, and knows a form by heart.
public struct TableDrafter: Drafter {
    private let table: NGramTable, length: Int, least: Double
    private var text: [Int] = []

    /// - Parameters:
    ///   - length: the most guesses of a draft.
    ///   - least: a guess with less than this share ends the draft.
    public init(_ table: NGramTable, length: Int, least: Double = 0.3) {
        precondition((1..<DecodingBatch.largestTree).contains(length), "\(length) guesses from a table")
        (self.table, self.length, self.least) = (table, length, least)
    }

    public var guesses: Int { length }

    public mutating func begin(_ text: ArraySlice<Int>) { self.text = Array(text) }

    public mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree {
        var draft = DraftTree(root: last), node = 0, all = Array(text.suffix(table.longest)) + [last]
        for _ in 0..<min(length, room) {
            guard let next = table.next(after: all[...]), next.share >= least, let mask = grammar.mask(after: node, of: draft.tree), mask.isAllowed(next.token) else { break }
            node = draft.add([next.token], below: node, drawn: .chosen)[0]
            all.append(next.token)
        }
        return draft
    }

    public mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) {
        for node in path { text.append(draft.tree.tokens[node]) }
    }
}
