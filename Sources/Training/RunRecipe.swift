import Files
import Foundation
import Tensors

/// The part of a recipe that every training run shares: length, batch, optimiser, rhythm and places.
///
/// A recipe is a YAML file. The keys below are read here, strictly: a key that is not known is an error that names the
/// nearest known one. Other top-level sections (`model:`, `data:`, …) belong to the job, which decodes them from the
/// same text with `RecipeDocument.section(_:as:keys:)`.
/// ```yaml
/// name: painter-sketcher
/// kind: painter
/// steps: 40000
/// batch: {microBatches: 2}
/// optimizer: {learningRate: 1e-3, warmup: 200}
/// every: {log: 10, evaluate: 500}
/// ```
public struct RunRecipe: Codable, Sendable, Equatable {
    /// The run's name, shown in reports and model cards.
    public var name: String
    /// Which job trains: `painter`, `judge`, …
    public var kind: String
    /// Everything random in the run follows from this number. Absent: 0.
    public var seed: UInt64
    /// Optimiser steps in the whole run.
    public var steps: Int
    /// How a step's batch is cut.
    public var batch: Batch
    /// AdamW and its learning rate.
    public var optimizer: Optimizer
    /// Decay of the exponential moving average of the weights, in 0..<1; nil keeps none. With an average, evaluation,
    /// samples and the exported model use it in place of the raw weights.
    public var ema: Double?
    /// How often things happen.
    public var every: Every
    /// Run folder; relative paths are the caller's to resolve. Absent: the command decides.
    public var output: String?
    /// Model folder to start from instead of fresh weights. Read by the job.
    public var initialModel: String?
    /// How matrix products read their inputs: `bfloat16` trains about twice as fast on CPUs that have it and falls back to
    /// `float32` on others (the run says so at its start); sums, weights and moments are f32 either way. Absent: as
    /// `ATELIER_PRECISION` says, else float32.
    public var precision: Compute.Precision?
    /// Whether a block's activations are computed again in the backward pass instead of kept: far less memory, about a third more
    /// time, the same bits. May change when a run goes on. Read by the job. Absent: false.
    public var checkpointing: Bool

    /// How one step's batch is cut.
    public struct Batch: Codable, Sendable, Equatable {
        /// Forward and backward passes whose gradients are summed into one step (gradient accumulation).
        public var microBatches: Int

        /// One pass a step unless said otherwise.
        public init(microBatches: Int = 1) {
            self.microBatches = microBatches
        }
    }

    /// AdamW and its learning rate.
    public struct Optimizer: Codable, Sendable, Equatable {
        /// Peak learning rate.
        public var learningRate: Double
        /// Where the schedule ends, as a fraction of the peak.
        public var minimumLearningRate: Double
        /// Steps of linear rise from 0 to the peak.
        public var warmup: Int
        /// The curve after the warm-up.
        public var schedule: LearningRateSchedule.Shape
        /// Share of all steps that the final decay of `wsd` takes.
        public var decayFraction: Double
        /// Decay of the first and second moment.
        public var betas: [Double]
        /// Added to the root of the second moment.
        public var epsilon: Double
        /// Decoupled weight decay, for parameters with two or more dimensions.
        public var weightDecay: Double
        /// Largest global gradient norm; a larger gradient is scaled down to it. `null` switches clipping off.
        public var clip: Double?

        /// The defaults are those of a recipe.
        public init(learningRate: Double, minimumLearningRate: Double = 0.1, warmup: Int = 0,
                    schedule: LearningRateSchedule.Shape = .cosine, decayFraction: Double = 0.2,
                    betas: [Double] = [0.9, 0.95], epsilon: Double = 1e-8, weightDecay: Double = 0.1,
                    clip: Double? = 1) {
            self.learningRate = learningRate
            self.minimumLearningRate = minimumLearningRate
            self.warmup = warmup
            self.schedule = schedule
            self.decayFraction = decayFraction
            self.betas = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.clip = clip
        }
    }

    /// How often things happen, in steps. Nil means only at the end (evaluation, samples).
    public struct Every: Codable, Sendable, Equatable {
        /// A line in `log.jsonl`.
        public var log: Int
        /// Held-out losses.
        public var evaluate: Int?
        /// Pictures in `samples/`.
        public var sample: Int?
        /// A checkpoint.
        public var checkpoint: Int
        /// A checkpoint is also written when this many minutes have passed since the last one; `null` switches it off.
        public var checkpointMinutes: Double?

        /// The defaults are those of a recipe.
        public init(log: Int = 10, evaluate: Int? = nil, sample: Int? = nil, checkpoint: Int = 500,
                    checkpointMinutes: Double? = 10) {
            self.log = log
            self.evaluate = evaluate
            self.sample = sample
            self.checkpoint = checkpoint
            self.checkpointMinutes = checkpointMinutes
        }
    }

    /// A recipe without a file; the defaults are those of a recipe, and nothing is checked.
    public init(name: String, kind: String, seed: UInt64 = 0, steps: Int, batch: Batch = Batch(), optimizer: Optimizer,
                ema: Double? = nil, every: Every = Every(), output: String? = nil, initialModel: String? = nil,
                precision: Compute.Precision? = nil, checkpointing: Bool = false) {
        self.name = name
        self.kind = kind
        self.seed = seed
        self.steps = steps
        self.batch = batch
        self.optimizer = optimizer
        self.ema = ema
        self.every = every
        self.output = output
        self.initialModel = initialModel
        self.precision = precision
        self.checkpointing = checkpointing
    }

    /// Reads the shared part of a recipe text.
    /// - Parameters:
    ///   - yaml: the whole recipe.
    ///   - file: the name to show in errors.
    ///   - jobSections: the job's own top-level keys. When given, any other key is an error; when nil, unknown
    ///     top-level keys are left to the job unless they look like a misspelt shared key.
    public init(yaml: String, file: String = "recipe.yaml", jobSections: [String]? = nil) throws(RecipeError) {
        self = try RecipeDocument(text: yaml, file: file).run(jobSections: jobSections)
    }
}

// MARK: - Decoding: defaults and checks in one place

extension RunRecipe {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, kind, seed, steps, batch, optimizer, ema, every, output, initialModel, precision, checkpointing
    }

    /// Reads the keys, with defaults for those that may be absent, and checks them.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        name = try keys.decode(String.self, forKey: .name)
        kind = try keys.decode(String.self, forKey: .kind)
        seed = try keys.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
        steps = try keys.decode(Int.self, forKey: .steps)
        batch = try keys.decodeIfPresent(Batch.self, forKey: .batch) ?? Batch()
        optimizer = try keys.decode(Optimizer.self, forKey: .optimizer)
        ema = try keys.decodeIfPresent(Double.self, forKey: .ema)
        every = try keys.decodeIfPresent(Every.self, forKey: .every) ?? Every()
        output = try keys.decodeIfPresent(String.self, forKey: .output)
        initialModel = try keys.decodeIfPresent(String.self, forKey: .initialModel)
        precision = try keys.decodeIfPresent(Compute.Precision.self, forKey: .precision)
        checkpointing = try keys.decodeIfPresent(Bool.self, forKey: .checkpointing) ?? false
        try keys.check(.name, !name.isEmpty, "a name")
        try keys.check(.steps, 1...1_000_000_000 ~= steps, "a whole number from 1 to 1,000,000,000")
        try keys.check(.ema, ema.map { 0..<1 ~= $0 } ?? true, "a decay from 0 to below 1, such as 0.999")
    }
}

extension RunRecipe.Batch {
    enum CodingKeys: String, CodingKey, CaseIterable { case microBatches }

    /// Reads the keys, with defaults for those that may be absent, and checks them.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        microBatches = try keys.decodeIfPresent(Int.self, forKey: .microBatches) ?? 1
        try keys.check(.microBatches, 1...65_536 ~= microBatches, "a whole number from 1 to 65,536")
    }
}

extension RunRecipe.Optimizer {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case learningRate, minimumLearningRate, warmup, schedule, decayFraction, betas, epsilon, weightDecay, clip
    }

    /// Reads the keys, with defaults for those that may be absent, and checks them.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(learningRate: try keys.decode(Double.self, forKey: .learningRate))
        try keys.read(.minimumLearningRate, into: &minimumLearningRate)
        try keys.read(.warmup, into: &warmup)
        try keys.read(.schedule, into: &schedule)
        try keys.read(.decayFraction, into: &decayFraction)
        try keys.read(.betas, into: &betas)
        try keys.read(.epsilon, into: &epsilon)
        try keys.read(.weightDecay, into: &weightDecay)
        if keys.contains(.clip) { clip = try keys.decodeIfPresent(Double.self, forKey: .clip) }
        try keys.check(.learningRate, learningRate > 0 && learningRate.isFinite, "a number above 0")
        try keys.check(.minimumLearningRate, 0...1 ~= minimumLearningRate, "a fraction of learningRate, from 0 to 1")
        try keys.check(.warmup, warmup >= 0, "a number of steps, 0 or more")
        try keys.check(.decayFraction, 0...1 ~= decayFraction, "a share of the steps, from 0 to 1")
        try keys.check(.betas, betas.count == 2 && betas.allSatisfy { 0..<1 ~= $0 }, "two numbers from 0 to below 1")
        try keys.check(.epsilon, epsilon > 0 && epsilon.isFinite, "a number above 0")
        try keys.check(.weightDecay, weightDecay >= 0 && weightDecay.isFinite, "a number, 0 or more")
        try keys.check(.clip, clip.map { $0 > 0 && $0.isFinite } ?? true, "a number above 0, or null for no clipping")
    }
}

extension RunRecipe.Every {
    enum CodingKeys: String, CodingKey, CaseIterable { case log, evaluate, sample, checkpoint, checkpointMinutes }

    /// Reads the keys, with defaults for those that may be absent, and checks them.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        try keys.read(.log, into: &log)
        evaluate = try keys.decodeIfPresent(Int.self, forKey: .evaluate)
        sample = try keys.decodeIfPresent(Int.self, forKey: .sample)
        try keys.read(.checkpoint, into: &checkpoint)
        if keys.contains(.checkpointMinutes) {
            checkpointMinutes = try keys.decodeIfPresent(Double.self, forKey: .checkpointMinutes)
        }
        for (key, value) in [(CodingKeys.log, log), (.evaluate, evaluate ?? 1), (.sample, sample ?? 1),
                             (.checkpoint, checkpoint)] {
            try keys.check(key, value >= 1, "a number of steps, 1 or more")
        }
        try keys.check(.checkpointMinutes, checkpointMinutes.map { $0 > 0 } ?? true, "minutes above 0, or null")
    }
}

// MARK: - Encoding: `null` is written where absent would mean another default

extension RunRecipe.Optimizer {
    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(learningRate, forKey: .learningRate)
        try keys.encode(minimumLearningRate, forKey: .minimumLearningRate)
        try keys.encode(warmup, forKey: .warmup)
        try keys.encode(schedule, forKey: .schedule)
        try keys.encode(decayFraction, forKey: .decayFraction)
        try keys.encode(betas, forKey: .betas)
        try keys.encode(epsilon, forKey: .epsilon)
        try keys.encode(weightDecay, forKey: .weightDecay)
        try keys.encode(clip, forKey: .clip)
    }
}

extension RunRecipe.Every {
    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(log, forKey: .log)
        try keys.encode(evaluate, forKey: .evaluate)
        try keys.encode(sample, forKey: .sample)
        try keys.encode(checkpoint, forKey: .checkpoint)
        try keys.encode(checkpointMinutes, forKey: .checkpointMinutes)
    }
}
