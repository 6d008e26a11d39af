/// Rows of packed documents: what one micro-batch trains on.
package struct PackedRows {
    package let rows, length: Int
    /// [rows · length] each.
    package var ids: [Int32]
    /// The next token, or −1 where nothing is learnt.
    package var targets: [Int32]
    /// What each target counts for.
    package var weights: [Float]
    /// First position of the own document, in its row: attention sees nothing before it.
    package var starts: [Int32]
    /// Positions in use, by row.
    package private(set) var used: [Int]

    package init(rows: Int, length: Int, pad: Int) {
        (self.rows, self.length) = (rows, length)
        ids = [Int32](repeating: Int32(pad), count: rows * length)
        targets = [Int32](repeating: -1, count: rows * length)
        weights = [Float](repeating: 0, count: rows * length)
        starts = (0..<rows * length).map { Int32($0 % length) }
        used = [Int](repeating: 0, count: rows)
    }

    /// Puts a document into the first row with room, or into a certain one. Its last token is never an input; a token of weight 0 is read, not learnt.
    package mutating func add(tokens: [Int32], weights own: [Float], row wanted: Int? = nil) -> Bool {
        let inputs = tokens.count - 1
        guard let row = wanted ?? used.firstIndex(where: { $0 + inputs <= length }), used[row] + inputs <= length else { return false }
        let first = row * length + used[row]
        for offset in 0..<inputs {
            ids[first + offset] = tokens[offset]
            weights[first + offset] = own[offset + 1]
            if own[offset + 1] > 0 { targets[first + offset] = tokens[offset + 1] }
            starts[first + offset] = Int32(used[row])
        }
        used[row] += inputs
        return true
    }

    /// Puts documents into a row until three of those that came did not fit.
    /// - Parameters:
    ///   - next: the next document; nil: none this time, ask again.
    ///   - added: told of the place of each that was put.
    package mutating func fill(_ row: Int, with next: () -> TokenDocument?, added: (Int) -> Void = { _ in }) {
        var refused = 0
        while refused < 3 {
            guard let document = next(), 2...length + 1 ~= document.tokens.count else { continue }
            let first = row * length + used[row]
            if add(tokens: document.tokens, weights: document.weights, row: row) { added(first) } else { refused += 1 }
        }
    }
}
