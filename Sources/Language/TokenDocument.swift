/// One training text: token ids, and for each the weight of the loss that predicts it (0: given, not learnt).
package struct TokenDocument: Sendable, Equatable {
    package var tokens: [Int32] = []
    package var weights: [Float] = []

    package init() {}

    package mutating func append(_ ids: [Int], weight: Float) {
        tokens += ids.map(Int32.init)
        weights += [Float](repeating: weight, count: ids.count)
    }

    /// The places of inputs after which something is learnt.
    package var learntInputs: [Int] { weights.indices.dropLast().filter { weights[$0 + 1] > 0 } }
}
