/// Everything of a run besides tensors that the next step depends on, and the counters of its log.
///
/// There is no random state in it: a job's batch is a pure function of seed, step and micro-batch.
package struct TrainingState: Codable, Sendable, Equatable {
    package static let currentVersion = 1

    package var version = currentVersion
    /// Steps done.
    package var step = 0
    /// The recipe as it was used, and a hash of everything a resumed run must share with it.
    package var recipe: RunRecipe
    package var recipeHash: String
    /// How the run was computed up to here; nil in checkpoints of versions that did not keep it.
    package var compute: RunCompute?
    /// Size of the tensor file, set when it is written.
    package var tensorBytes = 0
    /// Since the run began.
    package var tokens = 0
    package var seconds = 0.0
    /// Since the last log entry.
    package var interval = Interval()
    /// The last evaluation and its step; the step of the last samples.
    package var evaluation: [String: Double]?
    package var evaluatedAt: Int?
    package var sampledAt: Int?

    package struct Interval: Codable, Sendable, Equatable {
        /// Σ loss · tokens.
        package var weightedLoss = 0.0
        package var tokens = 0
        /// Time inside steps only.
        package var seconds = 0.0

        package init() {}
    }

    package init(recipe: RunRecipe, recipeHash: String) {
        self.recipe = recipe
        self.recipeHash = recipeHash
    }
}
