import Foundation
import Tensors
import Training

/// A job with one 3 x 3 parameter; its loss is the mean of the parameter, times a factor; with `isSquared`, the mean of the squares.
final class OneParameterJob: TrainingJob {
    let parameters: [NamedTensor]
    var factor: Float = 1, tokens = 1, isSquared = false

    init(_ name: String, values: [Float] = [Float](repeating: 1, count: 9)) {
        let tensor = Tensor(values, shape: [3, 3])
        tensor.requiresGradient = true
        parameters = [NamedTensor(name: name, tensor: tensor)]
    }

    var values: [Float] { parameters[0].tensor.array() }

    func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let scaled = parameters[0].tensor.scaled(by: factor)
        return (isSquared ? (scaled * scaled).mean() : scaled.mean(), tokens)
    }
}
