import Foundation

/// The learning rate of each step: a linear warm-up, then a cosine (Loshchilov & Hutter 2017) or a plateau with a
/// linear decay at the end (warmup-stable-decay, Hu et al. 2024).
///
/// Steps count from 0. The peak is reached at the last warm-up step, the floor exactly at the last step of the run.
public struct LearningRateSchedule: Sendable, Equatable {
    /// The curve after the warm-up, by its name in a recipe.
    public enum Shape: String, Codable, Sendable, CaseIterable {
        /// Half a cosine from the peak to the floor.
        case cosine
        /// The peak, then a straight line to the floor over the last `decayFraction` of the run.
        case wsd
    }

    /// The highest rate.
    public let peak: Double
    /// The rate of the last step.
    public let floor: Double
    /// Steps of the rise to the peak.
    public let warmup: Int
    /// All steps of the run.
    public let steps: Int
    /// The curve after the warm-up.
    public let shape: Shape
    /// First step of the final decay: after the warm-up for `cosine`.
    public let decayStart: Int

    /// The schedule that a recipe describes.
    public init(_ recipe: RunRecipe) {
        let optimizer = recipe.optimizer
        peak = optimizer.learningRate
        floor = optimizer.learningRate * optimizer.minimumLearningRate
        warmup = optimizer.warmup
        steps = recipe.steps
        shape = optimizer.schedule
        switch shape {
        case .cosine:
            decayStart = warmup
        case .wsd:
            let decaySteps = Int((Double(recipe.steps) * optimizer.decayFraction).rounded())
            decayStart = max(warmup, recipe.steps - decaySteps)
        }
    }

    /// The learning rate of a step; steps past the end stay at the floor.
    public func rate(at step: Int) -> Double {
        if step < warmup { return peak * Double(step + 1) / Double(warmup) }
        if step < decayStart { return peak }
        let length = steps - 1 - decayStart
        let progress = length > 0 ? min(1, Double(step - decayStart) / Double(length)) : (step >= steps ? 1 : 0)
        switch shape {
        case .cosine: return floor + (peak - floor) * (1 + cos(.pi * progress)) / 2
        case .wsd: return peak + (floor - peak) * progress
        }
    }
}
