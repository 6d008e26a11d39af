/// Training runs: recipes, the optimiser loop, checkpoints that survive any kill, and logs.
///
/// A *job* owns a model and its data and says what the loss of a micro-batch is; `train` does the rest. Everything that
/// a step depends on is a function of the recipe and the checkpoint, so a run that was stopped and resumed has the same
/// weights, bit for bit, as one that was not.
///
/// Main types: `RunRecipe` (the shared part of a recipe file), `RecipeDocument` (its text, and the job's own sections),
/// `TrainingJob`, `train`, `TrainingSummary`, `ProgressLine`, `Interruption`.
/// ```swift
/// final class LineJob: TrainingJob {
///     let slope = Tensor(zeros: [1, 1])
///     init() { slope.requiresGradient = true }
///     var parameters: [NamedTensor] { [NamedTensor(name: "slope", tensor: slope)] }
///     func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
///         let x = Tensor([1, 2], shape: [2, 1])
///         let error = linear(x, slope) + Tensor([-3, -6], shape: [2, 1])
///         return ((error * error).mean(), 2)
///     }
/// }
/// let document = try RecipeDocument(contentsOf: url)
/// let summary = try train(document.run(), recipeText: document.text, job: LineJob(), run: folder, resume: false)
/// ```
import Foundation
import Tensors

/// A model in training: its parameters, its loss, and what to do with it now and then.
public protocol TrainingJob: AnyObject {
    /// What is trained, always the same tensors in the same order.
    var parameters: [NamedTensor] { get }

    /// The loss of one micro-batch, a scalar, and the number of tokens that it counts for, above 0.
    ///
    /// Must be a pure function of the parameters, the recipe's seed, `step` (from 0) and `microBatch` (from 0): a resumed
    /// run asks for the same batches again.
    ///
    /// `tokens` has two uses. It is the micro-batch's weight: a step follows Σ tokensᵢ·∇lossᵢ / Σ tokensᵢ, and the log
    /// shows Σ tokensᵢ·lossᵢ / Σ tokensᵢ. These are the gradient and the mean of the whole batch only if each loss is a
    /// mean over targets that count alike and `tokens` is their number; a job that gives the same number for all
    /// micro-batches takes the mean of their losses instead, whatever each learns from. And it is what the log and the
    /// progress line report as tokens and tokens/s: with positions that are read but not learnt in it, the speed is that
    /// of reading.
    func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int)

    /// Held-out losses, or other figures, by task. Called without gradients, on the averaged weights if there are any.
    func evaluate() throws -> [String: Double]

    /// Writes pictures of what the model does now as `step-N.png` into `folder`.
    func sample(step: Int, to folder: URL) throws

    /// Writes the model folder into `folder`, which exists and is empty.
    func export(to folder: URL) throws

    /// Writes into the run folder what a run that is gone on with must find as it was at its beginning, such as a tokenizer that was trained for
    /// it. Called once, before the first step.
    func keep(in run: URL) throws
}

extension TrainingJob {
    /// Measures nothing.
    public func evaluate() throws -> [String: Double] { [:] }
    /// Draws nothing.
    public func sample(step: Int, to folder: URL) throws {}
    /// Writes nothing.
    public func export(to folder: URL) throws {}
    /// Keeps nothing.
    public func keep(in run: URL) throws {}
}

/// Trains a job to the end of its recipe, and keeps the run folder.
///
/// - Parameters:
///   - recipe: the shared part as it shall be used (a command's options may have changed it).
///   - recipeText: the whole recipe file, kept as `recipe.yaml`; on resuming, the job's sections are compared with it.
///   - run: the run folder. It must not exist or be empty, unless `resume` is true; then it must exist.
///   - resume: go on from the last checkpoint, or from the start if none was completed. Where kernels, precision or the
///     recipe's `steps` are no longer the checkpoint's, `progress` and the log get a notice.
///   - maximumSteps: stop in good order when this many steps are done since the run began; a later call can go on.
///   - isCancelled: asked before each micro-batch; on true a checkpoint is written and the call returns.
///   - progress: told of the start and its notices, each step, log entry, checkpoint. `ProgressLine.show` prints it.
/// - Throws: `TrainingError`, `RecipeError`, and whatever the job throws. The last checkpoint is then untouched.
@discardableResult
public func train(
    _ recipe: RunRecipe, recipeText: String, job: any TrainingJob, run: URL, resume: Bool, maximumSteps: Int? = nil,
    isCancelled: () -> Bool = { false }, progress: (TrainingEvent) -> Void = { _ in }
) throws -> TrainingSummary {
    let trainer = try Trainer(recipe, recipeText: recipeText, job: job, run: run, resume: resume)
    return try trainer.train(maximumSteps: maximumSteps, isCancelled: isCancelled, progress: progress)
}
