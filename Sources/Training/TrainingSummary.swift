import Foundation

/// What a call of `train` did.
public struct TrainingSummary: Codable, Sendable, Equatable {
    /// How the call ended.
    public enum Outcome: String, Codable, Sendable {
        /// All steps of the recipe are done and the model is exported.
        case finished
        /// `maximumSteps` was reached; the model is exported, and the run can go on.
        case paused
        /// Cancelled; a checkpoint is on disk, and the run can go on.
        case cancelled
    }

    /// How the call ended.
    public var outcome: Outcome
    /// Steps done since the run began.
    public var step: Int
    /// Steps that this call did.
    public var stepsDone: Int
    /// Tokens since the run began, as the job counts them.
    public var tokens: Int
    /// Seconds of training since the run began.
    public var seconds: Double
    /// Loss of the last step that this call did; nil when it did none.
    public var loss: Double?
    /// The last evaluation of the run.
    public var evaluation: [String: Double]?
}
