import Language
import Tensors

extension DecodingBatch {
    /// Writes sketches under guidance: each in two slots, in one of which its class is not told, and what telling it changes is taken `weight` times
    /// (classifier-free guidance: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, on logits): l = l(untold) + weight · (l(told) − l(untold)).
    ///
    /// Each comes out as it would alone. An odd slot stays empty.
    /// - Parameters:
    ///   - weight: 1 is no guidance; above, sketches are more of their class and less varied.
    ///   - onFinish: called with each task as it ends, in the order of ending; the error is what its step threw.
    func run(_ tasks: [SketchTask], guidance weight: Float, onFinish: (_ index: Int, _ task: SketchTask, _ error: (any Error)?) throws -> Void) throws {
        var next = 0, active = [(index: Int, task: SketchTask)?](repeating: nil, count: slots / 2), guided: [Float] = []
        func take(_ pair: Int) -> (index: Int, task: SketchTask)? {
            guard next < tasks.count else { return nil }
            for slot in [2 * pair, 2 * pair + 1] { truncate(slot, to: 0) }
            defer { next += 1 }
            return (next, tasks[next])
        }
        /// The logits [V] that the pair's next token is picked by; none before the first.
        func mix(_ pair: Int) {
            guard isReady(2 * pair) else { return guided.removeAll(keepingCapacity: true) }
            let told = logits(2 * pair), untold = logits(2 * pair + 1)
            guided = told.indices.map { untold[$0] + weight * (told[$0] - untold[$0]) }
        }
        var additions: [(slot: Int, tokens: [Int])] = []
        repeat {
            additions.removeAll(keepingCapacity: true)
            for pair in active.indices {
                work: while case (let index, var task)? = active[pair] ?? take(pair) {
                    active[pair] = nil                              // one owner: no copy of what the task holds
                    mix(pair)
                    let step: DecodingStep
                    do { step = try guided.withUnsafeBufferPointer { try task.step($0, position: position(2 * pair), capacity: capacity) } } catch {
                        try onFinish(index, task, error)
                        continue
                    }
                    guard case .append(let tokens) = step else {
                        try onFinish(index, task, nil)
                        continue
                    }
                    additions += [(2 * pair, tokens), (2 * pair + 1, guided.isEmpty ? task.untoldStart : tokens)]
                    active[pair] = (index, task)
                    break work
                }
            }
            try extend(additions)
        } while !additions.isEmpty
    }
}
