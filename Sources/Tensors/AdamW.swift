import CKernels
import Foundation

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
///
/// Parameters with fewer than two axes (norm weights, biases) are not decayed. A parameter without a gradient is left
/// alone in that step. Always give the same parameters in the same order: moments are kept by position.
public struct AdamW {
    /// As in `init`; `steps` aside, they may change between steps.
    public var beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float
    /// Steps taken, for the bias correction; stored in checkpoints.
    public var steps: Int
    /// First and second moments by parameter order; empty before the first step. Stored in checkpoints.
    public var firstMoments: [Tensor], secondMoments: [Tensor]

    /// - Parameters:
    ///   - beta1: decay of the first moment; beta2: of the second.
    ///   - epsilon: added to the root of the second moment.
    ///   - weightDecay: share of the learning rate by which matrices shrink each step.
    public init(beta1: Float = 0.9, beta2: Float = 0.95, epsilon: Float = 1e-8, weightDecay: Float = 0) {
        (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
        (steps, firstMoments, secondMoments) = (0, [], [])
    }

    /// One update; gradients are multiplied by `gradientScale` (clipping, averaging over micro-batches) and left as they are.
    public mutating func step(parameters: [Tensor], learningRate: Float, gradientScale: Float = 1) {
        if firstMoments.isEmpty {
            firstMoments = parameters.map { Tensor(zeros: $0.shape) }
            secondMoments = parameters.map { Tensor(zeros: $0.shape) }
        }
        precondition(firstMoments.count == parameters.count && secondMoments.count == parameters.count,
                     "AdamW: \(parameters.count) parameters, moments of \(firstMoments.count)")
        steps += 1
        let correction1 = Float(1 - pow(Double(beta1), Double(steps))), correction2 = Float(1 - pow(Double(beta2), Double(steps)))
        let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
        for (i, parameter) in parameters.enumerated() {
            guard let gradient = parameter.gradient else { continue }
            let first = firstMoments[i], second = secondMoments[i]
            precondition(first.count == parameter.count && second.count == parameter.count, "AdamW: moments of another shape at parameter \(i)")
            let p = parameter.pointer, g = gradient.pointer, m = first.pointer, v = second.pointer
            let decay = parameter.shape.count >= 2 ? weightDecay : 0
            forEachPart(of: parameter.count, each: elementwisePart) { from, n in
                ck_adamw(p + from, g + from, m + from, v + from, n, learningRate, beta1, beta2, correction1, correction2, epsilon, decay, gradientScale)
            }
            withExtendedLifetime((parameter, gradient, first, second)) {}
        }
    }
}

/// √Σ g² over the gradients of all parameters, in double precision and a fixed order.
public func globalGradientNorm(_ parameters: [Tensor]) -> Float {
    var total = 0.0
    for parameter in parameters {
        guard let gradient = parameter.gradient else { continue }
        let g = gradient.pointer
        total += partialSums(count: gradient.count) { from, n in ck_sum_squares(g + from, n) }
        withExtendedLifetime(gradient) {}
    }
    return Float(total.squareRoot())
}
