import Tensors

/// An exponential moving average of the weights.
///
/// `average ← d·average + (1 - d)·weight` after each step, with `d = min(decay, (1 + t) / (10 + t))` at step t, so that
/// the first steps do not weigh for ever.
struct MovingAverage {
    let decay: Double
    /// One array a parameter, in the job's order.
    private(set) var values: [[Float]]

    init(decay: Double, of parameters: [NamedTensor]) {
        self.decay = decay
        values = parameters.map { $0.tensor.array() }
    }

    /// Takes in the weights after step `step`, counted from 0.
    mutating func update(_ parameters: [NamedTensor], step: Int) {
        let t = Double(step + 1)
        let keep = Float(min(decay, (1 + t) / (10 + t)))
        for (i, parameter) in parameters.enumerated() {
            let weights = parameter.tensor.array()
            values[i].withUnsafeMutableBufferPointer { average in
                weights.withUnsafeBufferPointer { weights in
                    for j in 0..<min(average.count, weights.count) {
                        average[j] = keep * average[j] + (1 - keep) * weights[j]
                    }
                }
            }
        }
    }

    mutating func restore(_ saved: [[Float]]) { values = saved }

    /// Runs `body` with the averages in the parameters' places, then puts the weights back.
    func swapped<R>(into parameters: [NamedTensor], _ body: () throws -> R) rethrows -> R {
        let weights = parameters.map { $0.tensor.array() }
        defer { for (parameter, saved) in zip(parameters, weights) { parameter.tensor.copy(from: saved) } }
        for (parameter, average) in zip(parameters, values) { parameter.tensor.copy(from: average) }
        return try body()
    }
}
