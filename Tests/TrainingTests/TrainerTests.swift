import Foundation
import Tensors
import Testing
import Training

/// What one step does, and what stops it.
@Suite struct TrainerTests {
    @Test func lossFalls() throws {
        let folder = try TemporaryFolder()
        let summary = try trainToy(ToyJob(), ToyJob.recipe(steps: 300), in: folder.url.appendingPathComponent("run"))
        let log = try LogEntry.read(folder.url.appendingPathComponent("run/log.jsonl"))
        let losses = log.compactMap(\.loss)
        #expect(losses.count == 100)
        #expect(try #require(losses.last) < 0.3 * (try #require(losses.first)))
        #expect(summary.outcome == .finished && summary.step == 300 && summary.tokens == 300 * 17)
        #expect(log.filter { $0.evaluation != nil }.map(\.step) == Array(stride(from: 7, through: 300, by: 7)) + [300])
    }

    /// The example at the top of `Training.swift`, with a recipe.
    @Test func exampleOfTheModuleLearnsItsSlope() throws {
        final class LineJob: TrainingJob {
            let slope = Tensor(zeros: [1, 1])
            init() { slope.requiresGradient = true }
            var parameters: [NamedTensor] { [NamedTensor(name: "slope", tensor: slope)] }
            func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
                let x = Tensor([1, 2], shape: [2, 1])
                let error = linear(x, slope) + Tensor([-3, -6], shape: [2, 1])
                return ((error * error).mean(), 2)
            }
        }
        let folder = try TemporaryFolder()
        let job = LineJob()
        let document = try RecipeDocument(text: """
            name: line
            kind: line
            steps: 200
            optimizer: {learningRate: 0.1, minimumLearningRate: 0, weightDecay: 0}
            """)
        try train(document.run(), recipeText: document.text, job: job, run: folder.url.appendingPathComponent("run"), resume: false)
        #expect(abs(job.slope.item - 3) < 0.01)
    }

    @Test func logHasTheMeanLossSinceTheEntryBefore() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        var losses: [Double] = []
        try trainToy(ToyJob(), in: run, progress: { if case .step(let progress) = $0 { losses.append(progress.loss) } })
        let entries = try LogEntry.read(run.appendingPathComponent("log.jsonl")).filter { $0.loss != nil }
        #expect(entries.map(\.step) == [3, 6, 9, 12, 15, 18])
        for entry in entries {
            let mean = losses[entry.step - 3..<entry.step].reduce(0, +) / 3
            #expect(abs(try #require(entry.loss) - mean) < 1e-12 && entry.tokens == 17 * entry.step)
        }
    }

    @Test func accumulationEqualsOneBigBatch() throws {
        let folder = try TemporaryFolder()
        let parts = ToyJob(), whole = ToyJob()
        (whole.joined, whole.microBatches) = (true, 3)
        let one = try trainToy(parts, ToyJob.recipe(steps: 5, microBatches: 3), in: folder.url.appendingPathComponent("a"))
        let two = try trainToy(whole, ToyJob.recipe(steps: 5, microBatches: 1), in: folder.url.appendingPathComponent("b"))
        #expect(parts.asked.count == 15 && whole.asked.count == 5)
        #expect(one.tokens == two.tokens)
        for (a, b) in zip(parts.weights.joined(), whole.weights.joined()) { #expect(abs(a - b) <= 1e-4 * max(1, abs(b))) }
        #expect(abs(try #require(one.loss) - (try #require(two.loss))) < 1e-4)
        #expect(parts.weights != ToyJob().weights)
    }

    struct Clipping: Sendable { let clip: String, microBatches: Int, norm: Double }

    /// AdamW hardly sees the size of a gradient, so the test makes epsilon large: then a step is about `rate · g / ε`.
    @Test(arguments: [
        Clipping(clip: "null", microBatches: 1, norm: 90), Clipping(clip: "0.75", microBatches: 1, norm: 0.75),
        Clipping(clip: "1000", microBatches: 1, norm: 90), Clipping(clip: "100", microBatches: 4, norm: 90),
        Clipping(clip: "30", microBatches: 4, norm: 30),
    ])
    func clippingScalesTheWholeGradient(_ test: Clipping) throws {
        let folder = try TemporaryFolder()
        let job = OneParameterJob("p")
        job.factor = 270                                             // nine gradients of 30: norm 90
        job.tokens = 5
        let text = """
            name: clip
            kind: clip
            steps: 1
            batch: {microBatches: \(test.microBatches)}
            optimizer: {learningRate: 1, minimumLearningRate: 1, betas: [0, 0], epsilon: 1e6, weightDecay: 0, clip: \(test.clip)}
            every: {log: 1}
            """
        try train(RunRecipe(yaml: text), recipeText: text, job: job, run: folder.url.appendingPathComponent("run"), resume: false)
        let moved = job.values.map { (1 - Double($0)) * 1e6 }        // ≈ the clipped gradient; f32 near 1 resolves 0.06
        #expect(moved.allSatisfy { abs($0 - test.norm / 3) < 0.13 }, "\(moved)")
        let logged = try LogEntry.read(folder.url.appendingPathComponent("run/log.jsonl")).compactMap(\.gradientNorm)
        #expect(abs(try #require(logged.first) - 90) < 1e-3)         // the log has the norm before clipping
    }

    @Test func averageIsUsedOutsideTrainingOnly() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let job = ToyJob(), plain = ToyJob()
        var history: [[Float]] = []
        let text = ToyJob.recipe(steps: 6, every: "log: 1, evaluate: 3")
        let start = job.weights.flatMap { $0 }
        try trainToy(job, text, in: run, progress: { event in
            if case .step = event { history.append(job.weights.flatMap { $0 }) }
        })
        try trainToy(plain, ToyJob.recipe(steps: 6, ema: "", every: "log: 1"), in: folder.url.appendingPathComponent("plain"))
        #expect(job.weights == plain.weights)                        // the average does not touch the training
        var average = start
        for (t, weights) in history.enumerated() {
            let keep = Float(min(0.9, (2 + Double(t)) / (11 + Double(t))))
            average = zip(average, weights).map { keep * $0 + (1 - keep) * $1 }
            if t == 2 || t == 5 {
                let used = job.evaluated[t / 3]
                for (a, b) in zip(average, used) { #expect(abs(a - b) < 1e-5) }
                #expect(used != weights)
            }
        }
        let bytes = try Data(contentsOf: run.appendingPathComponent("model/weights"))
        #expect(bytes == Data(job.evaluated[1].flatMap { withUnsafeBytes(of: $0.bitPattern, Array.init) }))
    }

    @Test(arguments: [Float.nan, .infinity])
    func lossThatIsNoNumberStopsTheRun(_ factor: Float) throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let job = ToyJob()
        job.fault = (step: 9, factor: factor)
        let error = try #require(throws: TrainingError.self) { try trainToy(job, in: run) }
        guard case .diverged(let step, let what, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(step == 10 && what == "loss" && "\(error)".contains("lower optimizer.learningRate"))
        // The last checkpoint is whole: with the fault gone the run ends as if nothing had been.
        try trainToy(ToyJob(), in: run, resume: true)
        let clean = folder.url.appendingPathComponent("clean")
        try trainToy(ToyJob(), in: clean)
        #expect(try RunResult(run) == RunResult(clean))
    }

    @Test func gradientThatIsNoNumberStopsTheRun() throws {
        let folder = try TemporaryFolder()
        let job = OneParameterJob("p", values: [Float](repeating: 1e-30, count: 9))
        (job.factor, job.isSquared) = (3e38, true)                   // loss 9e16, gradient beyond f32
        let text = ToyJob.recipe(microBatches: 1, ema: "")
        #expect(throws: TrainingError.diverged(step: 1, what: "gradient norm", value: "inf", learningRate: 0.02 / 3)) {
            try train(RunRecipe(yaml: text), recipeText: text, job: job, run: folder.url.appendingPathComponent("a"), resume: false)
        }
        #expect(job.values == [Float](repeating: 1e-30, count: 9))
    }

    @Test func batchWithoutTokensStopsTheRun() throws {
        let folder = try TemporaryFolder()
        let job = OneParameterJob("p")
        job.tokens = 0
        let text = ToyJob.recipe(microBatches: 1, ema: "")
        #expect(throws: TrainingError.badLoss(step: 1, microBatch: 0, reason: "no token to learn from; look at the data of this step")) {
            try train(RunRecipe(yaml: text), recipeText: text, job: job, run: folder.url.appendingPathComponent("a"), resume: false)
        }
    }

    @Test func runFolderHasItsParts() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("deep/run")
        let job = ToyJob()
        try trainToy(job, in: run)
        #expect(try RunResult(run).names == [
            ".lock", "checkpoint", "checkpoint/recipe.yaml", "checkpoint/state.json", "checkpoint/state.safetensors",
            "log.jsonl", "model", "model/weights", "recipe.yaml", "samples", "samples/step-10.png", "samples/step-20.png"])
        #expect(job.sampled == [10, 20])
        #expect(try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8) == ToyJob.recipe())
        let names = try FileManager.default.contentsOfDirectory(atPath: run.path).filter { $0.contains("tfevents") }
        let events = EventFile.messages(in: try Data(contentsOf: run.appendingPathComponent(try #require(names.first))))
        #expect(names.count == 1 && events.count == 1 + 6 + 3)       // version; log at 3…18; evaluation at 7, 14, 20
    }

    @Test func fullDiskIsToldFromOtherFailures() throws {
        // `/dev/full` takes nothing, as a full disk would.
        if FileManager.default.fileExists(atPath: "/dev/full") {
            let file = try AppendFile(URL(fileURLWithPath: "/dev/full"))
            let error = try #require(throws: TrainingError.self) { try file.append(Data("a line\n".utf8)) }
            guard case .cannotWrite("/dev/full", _, isFull: true) = error else {
                Issue.record("\(error)")
                return
            }
            #expect("\(error)".contains("free some space"))
        }
        let folder = try TemporaryFolder()
        let missing = folder.url.appendingPathComponent("none/file")
        let error = try #require(throws: TrainingError.self) { try AppendFile(missing) }
        guard case .cannotWrite(missing.path, _, isFull: false) = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("rights"))
    }

    @Test func fullDiskWhileACheckpointIsWrittenKeepsItsName() throws {
        let folder = try TemporaryFolder()
        let store = CheckpointStore(run: folder.url)
        let full = SafeTensorsError.cannotWrite(path: "t", reason: "no space left", isFull: true)
        #expect(throws: TrainingError.cannotWrite(
            path: store.coming.appendingPathComponent("state.safetensors").path, reason: "no space left", isFull: true)) {
            try store.write(TrainingState(recipe: RunRecipe(yaml: ToyJob.recipe()), recipeHash: ""), recipeText: "") { _ in throw full }
        }
    }

    @Test func unwritablePlaceIsNamed() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        #expect(throws: TrainingError.self) { try trainToy(ToyJob(), in: file) }
        #expect(throws: TrainingError.self) { try trainToy(ToyJob(), in: file.appendingPathComponent("run")) }
    }

    @Test func failureOfTheJobPassesThroughAndKeepsTheOldModel() throws {
        struct Full: Error {}
        final class Failing: TrainingJob {
            let inner = OneParameterJob("p")
            var fails = false
            var parameters: [NamedTensor] { inner.parameters }
            func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) { try inner.loss(step: step, microBatch: microBatch) }
            func export(to folder: URL) throws {
                try Data("new".utf8).write(to: folder.appendingPathComponent("weights"))
                if fails { throw Full() }
            }
        }
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run"), job = Failing(), text = ToyJob.recipe(ema: "")
        try train(RunRecipe(yaml: text), recipeText: text, job: job, run: run, resume: false, maximumSteps: 2)
        job.fails = true
        #expect(throws: Full.self) { try train(RunRecipe(yaml: text), recipeText: text, job: job, run: run, resume: true) }
        #expect(try String(contentsOf: run.appendingPathComponent("model/weights"), encoding: .utf8) == "new")
    }
}
