import Foundation
import Tensors

/// One run in progress: the job, the optimiser, the averages and the counters between two checkpoints.
package final class Trainer {
    private let recipe: RunRecipe
    private let recipeText: String
    private let job: any TrainingJob
    private let folder: RunFolder
    private let parameters: [NamedTensor]
    private let schedule: LearningRateSchedule
    private let log: TrainingLog
    private var optimizer: AdamW
    private var average: MovingAverage?
    private var state: TrainingState
    /// What to tell at the start: what this process does otherwise than asked, or than the checkpoint's did.
    private let notices: [String]

    /// Where checkpoints are written. Tests stop the writing midway through `store.onStage`.
    package var store: CheckpointStore

    /// Opens the run folder and, on resuming, puts the checkpoint's weights into the job.
    package init(_ recipe: RunRecipe, recipeText: String, job: any TrainingJob, run: URL, resume: Bool) throws {
        let document = try RecipeDocument(text: recipeText)
        let comparison = try RecipeComparison(recipe, document)
        let folder = try RunFolder(run, resume: resume)
        let store = CheckpointStore(run: run)
        let saved = resume ? try store.settle() : nil
        if let saved { try Self.check(comparison, isThatOf: saved, in: store) }

        self.recipe = recipe
        self.recipeText = recipeText
        self.job = job
        self.folder = folder
        self.store = store
        parameters = job.parameters
        schedule = LearningRateSchedule(recipe)
        let settings = recipe.optimizer
        optimizer = AdamW(
            beta1: Float(settings.betas[0]), beta2: Float(settings.betas[1]), epsilon: Float(settings.epsilon),
            weightDecay: Float(settings.weightDecay))
        let compute = Compute.withPrecision(recipe.precision) { RunCompute() }
        notices = compute.notices(wanted: recipe.precision, before: saved?.compute) + Self.notices(of: schedule, after: saved?.recipe)
        state = saved ?? TrainingState(recipe: recipe, recipeHash: comparison.hash)
        state.recipe = recipe
        state.compute = compute
        if saved != nil {
            average = try CheckpointTensors.read(
                store.tensors, into: parameters, optimizer: &optimizer, steps: state.step, decay: recipe.ema)
        } else {
            average = recipe.ema.map { [parameters] in MovingAverage(decay: $0, of: parameters) }
        }
        if saved == nil { try job.keep(in: run) }
        try folder.writeRecipe(recipeText)
        log = try TrainingLog(in: run, keepingThrough: state.step)
    }

    private static func check(_ comparison: RecipeComparison, isThatOf saved: TrainingState, in store: CheckpointStore) throws {
        let before = try RecipeComparison(saved.recipe, RecipeDocument(text: store.recipeText(), file: "checkpoint/recipe.yaml"))
        if let (key, mine, theirs) = comparison.difference(from: before) {
            throw TrainingError.recipeChanged(key: key, checkpoint: theirs, now: mine)
        }
        guard before.hash == saved.recipeHash else {
            throw TrainingError.checkpointDamaged(path: store.current.path, reason: "its recipe.yaml was edited")
        }
    }

    /// Another number of steps is another schedule; a flat one does not show it.
    private static func notices(of schedule: LearningRateSchedule, after saved: RunRecipe?) -> [String] {
        guard let saved, saved.steps != schedule.steps, schedule.floor < schedule.peak else { return [] }
        return ["steps was \(saved.steps) and is \(schedule.steps): the learning-rate schedule changes from here"]
    }

    // MARK: The loop

    /// Trains to the end, in the recipe's precision; see the function `train`.
    package func train(maximumSteps: Int?, isCancelled: () -> Bool, progress: (TrainingEvent) -> Void) throws -> TrainingSummary {
        try Compute.withPrecision(recipe.precision) {
            try run(maximumSteps: maximumSteps, isCancelled: isCancelled, progress: progress)
        }
    }

    private func run(maximumSteps: Int?, isCancelled: () -> Bool, progress: (TrainingEvent) -> Void) throws -> TrainingSummary {
        let first = state.step
        let last = max(first, min(recipe.steps, maximumSteps ?? recipe.steps))
        let clock = Stopwatch(), secondsBefore = state.seconds
        var sinceCheckpoint = Stopwatch()
        var checkpointed = first > 0 ? first : nil
        var pace = Pace()
        var lastLoss: Double?
        progress(.started(from: first, of: last, compute: Compute.summary))
        for notice in notices { progress(.notice(notice)) }
        try log.write(LogEntry(step: first, start: state.compute, notices: notices.isEmpty ? nil : notices))

        while state.step < last {
            let stepClock = Stopwatch()
            guard let result = try step(isCancelled: isCancelled) else {
                state.seconds = secondsBefore + clock.seconds
                if checkpointed != state.step { try checkpoint(progress) }
                progress(.ended(.cancelled))
                return summary(.cancelled, first: first, loss: lastLoss)
            }
            lastLoss = result.loss
            state.step += 1
            state.tokens += result.tokens
            state.interval.weightedLoss += result.loss * Double(result.tokens)
            state.interval.tokens += result.tokens
            state.interval.seconds += stepClock.seconds
            state.seconds = secondsBefore + clock.seconds
            pace.add(tokens: result.tokens, seconds: stepClock.seconds)
            let left = clock.seconds / Double(state.step - first) * Double(last - state.step)
            progress(.step(TrainingProgress(
                step: state.step, steps: last, loss: result.loss, tokensPerSecond: pace.tokensPerSecond, secondsLeft: left)))

            // A checkpoint comes last: whatever a resumed run finds in the log up to its step is complete.
            if state.step.isMultiple(of: recipe.every.log) { try writeLog(result, progress) }
            if let every = recipe.every.evaluate, state.step.isMultiple(of: every) { try evaluate(progress) }
            if let every = recipe.every.sample, state.step.isMultiple(of: every) { try sample() }
            let isOld = recipe.every.checkpointMinutes.map { sinceCheckpoint.seconds >= $0 * 60 } ?? false
            if state.step.isMultiple(of: recipe.every.checkpoint) || isOld {
                state.seconds = secondsBefore + clock.seconds
                try checkpoint(progress)
                checkpointed = state.step
                sinceCheckpoint = Stopwatch()
            }
        }

        if state.evaluatedAt != state.step {
            try evaluate(progress)
            checkpointed = nil
        }
        if state.sampledAt != state.step {
            try sample()
            checkpointed = nil
        }
        state.seconds = secondsBefore + clock.seconds
        if checkpointed != state.step { try checkpoint(progress) }
        try folder.replaceFolder(folder.model) { place in try withAveragedWeights { try job.export(to: place) } }
        progress(.exported(folder.model))
        let outcome: TrainingSummary.Outcome = state.step >= recipe.steps ? .finished : .paused
        progress(.ended(outcome))
        return summary(outcome, first: first, loss: lastLoss)
    }

    private func summary(_ outcome: TrainingSummary.Outcome, first: Int, loss: Double?) -> TrainingSummary {
        TrainingSummary(outcome: outcome, step: state.step, stepsDone: state.step - first, tokens: state.tokens,
                        seconds: state.seconds, loss: loss, evaluation: state.evaluation)
    }

    // MARK: One step

    private struct StepResult {
        var loss: Double, tokens: Int, learningRate: Double, gradientNorm: Double
    }

    /// Does one step, or, when cancelled before its last micro-batch, nothing.
    private func step(isCancelled: () -> Bool) throws -> StepResult? {
        let number = state.step + 1
        let learningRate = schedule.rate(at: state.step)
        for parameter in parameters { parameter.tensor.zeroGradient() }
        var weightedLoss = 0.0, tokens = 0, firstTokens = 1
        for microBatch in 0..<recipe.batch.microBatches {
            if isCancelled() { return nil }
            let (loss, count) = try job.loss(step: state.step, microBatch: microBatch)
            guard loss.count == 1 else {
                throw TrainingError.badLoss(step: number, microBatch: microBatch, reason: "the loss has shape \(loss.shape) instead of one value")
            }
            guard count > 0 else {
                throw TrainingError.badLoss(step: number, microBatch: microBatch, reason: "no token to learn from; look at the data of this step")
            }
            let value = Double(loss.item)
            guard value.isFinite else { throw diverged("loss", value, learningRate) }
            if microBatch == 0 { firstTokens = count }
            // Weights relative to the first micro-batch: exactly 1 when all have the same number of tokens.
            loss.backward(scale: Float(Double(count) / Double(firstTokens)))
            weightedLoss += value * Double(count)
            tokens += count
        }
        var scale = Double(firstTokens) / Double(tokens)
        let tensors = parameters.map(\.tensor)
        let norm = Double(globalGradientNorm(tensors)) * scale
        guard norm.isFinite else { throw diverged("gradient norm", norm, learningRate) }
        if let clip = recipe.optimizer.clip, norm > clip { scale *= clip / norm }
        optimizer.step(parameters: tensors, learningRate: Float(learningRate), gradientScale: Float(scale))
        average?.update(parameters, step: state.step)
        return StepResult(loss: weightedLoss / Double(tokens), tokens: tokens, learningRate: learningRate, gradientNorm: norm)
    }

    private func diverged(_ what: String, _ value: Double, _ learningRate: Double) -> TrainingError {
        .diverged(step: state.step + 1, what: what, value: "\(value)", learningRate: learningRate)
    }

    // MARK: Now and then

    private func writeLog(_ result: StepResult, _ progress: (TrainingEvent) -> Void) throws {
        let interval = state.interval
        let entry = LogEntry(
            step: state.step, loss: interval.weightedLoss / Double(interval.tokens), learningRate: result.learningRate,
            gradientNorm: result.gradientNorm, tokens: state.tokens,
            tokensPerSecond: (Double(interval.tokens) / max(interval.seconds, 1e-9)).rounded(), seconds: state.seconds)
        try log.write(entry)
        state.interval = .init()
        progress(.logged(entry))
    }

    private func evaluate(_ progress: (TrainingEvent) -> Void) throws {
        let evaluation = try withAveragedWeights { try job.evaluate() }
        state.evaluatedAt = state.step
        guard !evaluation.isEmpty else { return }
        state.evaluation = evaluation
        let entry = LogEntry(step: state.step, evaluation: evaluation)
        try log.write(entry)
        progress(.logged(entry))
    }

    private func sample() throws {
        try folder.makeFolder(folder.samples)
        try withAveragedWeights { try job.sample(step: state.step, to: folder.samples) }
        state.sampledAt = state.step
    }

    private func checkpoint(_ progress: (TrainingEvent) -> Void) throws {
        try log.synchronize()
        try store.write(state, recipeText: recipeText) { url in
            try CheckpointTensors.write(to: url, parameters: parameters, optimizer: optimizer, average: average)
        }
        progress(.checkpoint(step: state.step))
    }

    private func withAveragedWeights<R>(_ body: () throws -> R) throws -> R {
        try withoutGradients {
            guard let average else { return try body() }
            return try average.swapped(into: parameters, body)
        }
    }
}

/// Seconds since it was made.
private struct Stopwatch {
    private let start = ContinuousClock.now
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}

/// Tokens a second, smoothed over about ten steps.
private struct Pace {
    private var tokens = 0.0, seconds = 0.0
    var tokensPerSecond: Double { seconds > 0 ? tokens / seconds : 0 }

    mutating func add(tokens new: Int, seconds spent: Double) {
        tokens = tokens * 0.9 + Double(new)
        seconds = seconds * 0.9 + spent
    }
}
