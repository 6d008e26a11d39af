import Foundation
import Tensors
import Training

/// A two-layer network that learns y = |x₀ - x₁| from points drawn by seed, step and micro-batch.
final class ToyJob: TrainingJob {
    let parameters: [NamedTensor]
    var rows = 8
    /// All micro-batches of a step as one.
    var joined = false, microBatches = 1
    /// Multiplies the loss of one step (counted from 0).
    var fault: (step: Int, factor: Float)?
    var pause = 0.0
    /// What the trainer asked for.
    var asked: [[Int]] = [], evaluated: [[Float]] = [], sampled: [Int] = []

    private let seed: UInt64

    init(seed: UInt64 = 1) {
        self.seed = seed
        var random = RandomSource(seed: seed)
        parameters = [("in.weight", [6, 2]), ("in.bias", [6]), ("out.weight", [1, 6])].map { (name: String, shape: [Int]) in
            let tensor = Tensor.normal(shape, deviation: 0.7, using: &random)
            tensor.requiresGradient = true
            return NamedTensor(name: name, tensor: tensor)
        }
    }

    var weights: [[Float]] { parameters.map { $0.tensor.array() } }

    func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        asked.append([step, microBatch])
        if pause > 0 { Thread.sleep(forTimeInterval: pause) }
        var x: [Float] = [], target: [Float] = []
        for part in joined ? Array(0..<microBatches) : [microBatch] {
            // Uneven micro-batches: rows, rows + 1, …
            var random = RandomSource(seed: RandomSource.derive(seed, UInt64(step + 1), UInt64(part)))
            for _ in 0..<rows + part {
                let (a, b) = (Float(random.normal()), Float(random.normal()))
                x += [a, b]
                target.append(-abs(a - b))
            }
        }
        var loss = Self.error(parameters, x, target)
        if let fault, fault.step == step { loss = loss.scaled(by: fault.factor) }
        return (loss, target.count)
    }

    private static func error(_ parameters: [NamedTensor], _ x: [Float], _ target: [Float]) -> Tensor {
        let rows = target.count
        let hidden = linear(Tensor(x, shape: [rows, 2]), parameters[0].tensor, bias: parameters[1].tensor).relu()   // [rows, 6]
        let error = linear(hidden, parameters[2].tensor) + Tensor(target, shape: [rows, 1])                         // [rows, 1]
        return (error * error).mean()
    }

    func evaluate() throws -> [String: Double] {
        evaluated.append(weights.flatMap { $0 })
        return ["toy": Double(Self.error(parameters, [1, 0, 0, 1, 1, 1, -2, 1], [-1, -1, 0, -3]).item)]
    }

    func sample(step: Int, to folder: URL) throws {
        sampled.append(step)
        try Data("\(step)".utf8).write(to: folder.appendingPathComponent("step-\(step).png"))
    }

    func export(to folder: URL) throws {
        let bytes = weights.joined().flatMap { withUnsafeBytes(of: $0.bitPattern, Array.init) }
        try Data(bytes).write(to: folder.appendingPathComponent("weights"))
    }

    static func recipe(
        steps: Int = 20, microBatches: Int = 2, learningRate: Double = 0.02, clip: String = "0.5", ema: String = "ema: 0.9", every: String = "log: 3, evaluate: 7, sample: 10, checkpoint: 4, checkpointMinutes: null"
    ) -> String {
        """
        name: toy
        kind: toy
        seed: 1
        steps: \(steps)
        batch: {microBatches: \(microBatches)}
        optimizer: {learningRate: \(learningRate), warmup: 3, weightDecay: 0.1, clip: \(clip)}
        every: {\(every)}
        \(ema)
        model: {hidden: 6}
        """
    }
}

/// Trains a toy in `run` and gives back the summary.
@discardableResult
func trainToy(
    _ job: ToyJob, _ text: String = ToyJob.recipe(), in run: URL, resume: Bool = false, maximumSteps: Int? = nil,
    isCancelled: () -> Bool = { false }, progress: (TrainingEvent) -> Void = { _ in }
) throws -> TrainingSummary {
    try train(RunRecipe(yaml: text), recipeText: text, job: job, run: run, resume: resume, maximumSteps: maximumSteps,
              isCancelled: isCancelled, progress: progress)
}

/// What two runs must share to be the same: the exported weights and the log, without its times and its starts.
struct RunResult: Equatable, Sendable {
    let model: Data
    let log: [LogEntry]
    let names: [String]

    init(_ run: URL) throws {
        model = try Data(contentsOf: run.appendingPathComponent("model/weights"))
        log = try LogEntry.read(run.appendingPathComponent("log.jsonl")).filter { $0.start == nil }.map { entry in
            var entry = entry
            entry.seconds = nil
            entry.tokensPerSecond = nil
            return entry
        }
        names = try FileManager.default.subpathsOfDirectory(atPath: run.path).filter { !$0.contains("tfevents") }.sorted()
    }
}
