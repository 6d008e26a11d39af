import Language
import Tensors

/// Guesses from the text itself: what followed the last time that its last tokens stood there (prompt look-up decoding, Saxena 2023). Costs next to nothing, and is right where a text repeats
/// itself: quotations, lists, code.
public struct LookupDrafter: Drafter {
    /// The most guesses of a draft.
    public let length: Int
    private let longest: Int
    private var text: [Int] = []
    private var places: [[Int]: Int] = [:]        // where the latest of each run of 1 to `longest` tokens ends

    /// - Parameter longest: tokens that must be the same, at most; shorter runs are looked for where there is none so long.
    public init(length: Int, longest: Int = 3) {
        precondition((1..<DecodingBatch.largestTree).contains(length) && longest > 0, "a look-up of \(length) guesses after \(longest) tokens")
        (self.length, self.longest) = (length, longest)
    }

    public var guesses: Int { length }

    public mutating func begin(_ text: ArraySlice<Int>) {
        (self.text, places) = ([], [:])
        for token in text { append(token) }
    }

    /// A run is known once a token follows it.
    private mutating func append(_ token: Int) {
        for count in 1...longest where count <= text.count { places[Array(text.suffix(count))] = text.count }
        text.append(token)
    }

    public mutating func draft<Constraint>(after last: Int, grammar: inout TreeGrammar<Constraint>, room: Int, random: inout RandomSource) throws -> DraftTree {
        var draft = DraftTree(root: last), node = 0
        let all = text + [last], known = places
        guard let place = (1...min(longest, all.count)).reversed().lazy.compactMap({ known[Array(all.suffix($0))] }).first else { return draft }
        for token in all[place...].prefix(min(length, room)) {
            guard let mask = grammar.mask(after: node, of: draft.tree), mask.isAllowed(token) else { break }
            node = draft.add([token], below: node, drawn: .chosen)[0]
        }
        return draft
    }

    public mutating func keep(_ draft: DraftTree, path: [Int], accepted: Int) {
        for node in path { append(draft.tree.tokens[node]) }
    }
}
