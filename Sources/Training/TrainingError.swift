import Foundation
import Tensors

/// What stops a training run: the place, the values, what to do about it.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The run folder holds something already and `resume` was not asked for.
    case runExists(path: String)
    /// `resume` was asked for, but there is no such run folder.
    case nothingToResume(path: String)
    /// Another process is training in the folder.
    case runInUse(path: String)
    /// The recipe is not the one the checkpoint was made with.
    case recipeChanged(key: String, checkpoint: String, now: String)
    /// A checkpoint is there but cannot be used.
    case checkpointDamaged(path: String, reason: String)
    /// The checkpoint's parameters are not the job's.
    case checkpointMismatch(name: String, expected: [Int], found: [Int]?)
    /// The loss or the gradient is no longer a number. Steps count from 1, as in the log.
    case diverged(step: Int, what: String, value: String, learningRate: Double)
    /// A loss that is no scalar, or a micro-batch with nothing to learn from.
    case badLoss(step: Int, microBatch: Int, reason: String)
    /// Something of the run folder cannot be written; `isFull` where the disk or the user's share of it is full.
    case cannotWrite(path: String, reason: String, isFull: Bool = false)

    /// The sentence for the user: the place, the values, what to do.
    public var description: String {
        switch self {
        case .runExists(let path):
            "\(path): this folder is not empty; go on with --resume, or choose another output folder"
        case .nothingToResume(let path):
            "\(path): there is no run to resume; leave out --resume to start one"
        case .runInUse(let path):
            "\(path): another process is training in this folder; wait for it or choose another output folder"
        case .recipeChanged(let key, let checkpoint, let now):
            "the recipe has changed since the checkpoint: \(key) was \(checkpoint) and is \(now); "
                + "put it back (steps, name, output and every may change), or start a new run in another folder"
        case .checkpointDamaged(let path, let reason):
            "\(path): the checkpoint cannot be used (\(reason)); restore the folder from a copy or start a new run"
        case .checkpointMismatch(let name, let expected, let found):
            "the checkpoint does not fit the model: \(name) is \(expected) in the model and "
                + (found.map { "\($0)" } ?? "missing") + " in the checkpoint; was it made by another version?"
        case .diverged(let step, let what, let value, let learningRate):
            "step \(step): the \(what) is \(value) at learning rate \(learningRate); the last checkpoint is untouched: "
                + "try a lower optimizer.learningRate, a longer warmup or a smaller clip, and look at the data of this step"
        case .badLoss(let step, let microBatch, let reason):
            "step \(step), micro-batch \(microBatch): \(reason)"
        case .cannotWrite(let path, let reason, isFull: false):
            "\(path): cannot be written (\(reason)); check the folder's rights"
        case .cannotWrite(let path, let reason, isFull: true):
            "\(path): cannot be written (\(reason)); free some space, then go on with --resume"
        }
    }

    /// What the failure of a write at `url` is called here.
    static func cannotWrite(_ url: URL, because error: any Error) -> TrainingError {
        if case SafeTensorsError.cannotWrite(_, let reason, let isFull) = error {
            return .cannotWrite(path: url.path, reason: reason, isFull: isFull)
        }
        return .cannotWrite(path: url.path, reason: reason(error), isFull: saysDiskIsFull(error))
    }
}
