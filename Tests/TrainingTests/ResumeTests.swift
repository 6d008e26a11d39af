import Foundation
import Tensors
import Testing
import Training

/// A run that was stopped, in whatever way, and resumed ends bit for bit like one that was not.
@Suite struct ResumeTests {
    private struct Killed: Error, Equatable {}

    private static let unbrokenRun = Result {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        try trainToy(ToyJob(), in: run)
        return try RunResult(run)
    }

    private static func unbroken() throws -> RunResult { try unbrokenRun.get() }

    @Test(arguments: [1, 4, 5, 13, 20])
    func pausedRunGoesOnBitForBit(after steps: Int) throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let every = "log: 3, sample: 10, checkpoint: 4, checkpointMinutes: null"
        let first = try trainToy(ToyJob(), ToyJob.recipe(every: every), in: run, maximumSteps: steps)
        #expect(first.outcome == (steps == 20 ? .finished : .paused) && first.step == steps)
        let last = try trainToy(ToyJob(), ToyJob.recipe(every: every), in: run, resume: true)
        #expect(last.outcome == .finished && last.stepsDone == 20 - steps && last.step == 20)
        #expect(try RunResult(run).model == Self.unbroken().model)
    }

    @Test(arguments: [0, 1, 6, 12, 39])
    func cancelledRunLeavesACheckpointAndGoesOn(afterMicroBatches count: Int) throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let job = ToyJob()
        let summary = try trainToy(job, in: run, isCancelled: { job.asked.count == count })
        #expect(summary.outcome == .cancelled && summary.step == count / 2)
        #expect(FileManager.default.fileExists(atPath: run.appendingPathComponent("checkpoint/state.json").path))
        #expect(!FileManager.default.fileExists(atPath: run.appendingPathComponent("model").path))
        try trainToy(ToyJob(), in: run, resume: true)
        #expect(try RunResult(run) == Self.unbroken())
    }

    /// Stops at a stage of a checkpoint's writing; for files being written then, also cuts them short.
    @Test(arguments: CheckpointStore.Stage.allCases, [1, 2])
    func checkpointTornAtAnyStageResumes(at stage: CheckpointStore.Stage, ofCheckpoint number: Int) throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let text = ToyJob.recipe()
        for isTorn in [false, true] {
            try? FileManager.default.removeItem(at: run)
            var trainer: Trainer? = try Trainer(RunRecipe(yaml: text), recipeText: text, job: ToyJob(), run: run, resume: false)
            var begun = 0
            trainer?.store.onStage = { reached in
                if reached == .began { begun += 1 }
                if reached == stage && begun == number { throw Killed() }
            }
            #expect(throws: Killed()) { try trainer?.train(maximumSteps: nil, isCancelled: { false }, progress: { _ in }) }
            trainer = nil
            if isTorn && [.wroteTensors, .wroteRecipe, .wroteState].contains(stage) {
                let file = [.wroteTensors: "state.safetensors", .wroteRecipe: "recipe.yaml", .wroteState: "state.json"][stage] ?? ""
                let url = run.appendingPathComponent("checkpoint.new/\(file)")
                let whole = try Data(contentsOf: url)
                try whole.prefix(whole.count / 2).write(to: url)
            }
            let job = ToyJob()
            try trainToy(job, in: run, resume: true)
            #expect(try RunResult(run) == Self.unbroken())
            let lastWhole = [.movedOld, .movedNew, .removedOld].contains(stage) || (stage == .wroteState && !isTorn) ? number : number - 1
            #expect(job.asked.first == [4 * lastWhole, 0])      // it did start where the last whole checkpoint was
        }
    }

    @Test func tornLogLineIsCutOff() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let job = ToyJob()
        try trainToy(job, in: run, isCancelled: { job.asked.count == 20 })
        let log = run.appendingPathComponent("log.jsonl")
        try (try Data(contentsOf: log) + Data(#"{"step":12,"loss":3.5}"#.utf8) + Data("\n{\"step\":15,\"lo".utf8)).write(to: log)
        try trainToy(ToyJob(), in: run, resume: true)
        #expect(try RunResult(run) == Self.unbroken())
    }

    @Test func resumingAFinishedRunChangesNothing() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        try trainToy(ToyJob(), in: run)
        let job = ToyJob()
        let summary = try trainToy(job, in: run, resume: true)
        #expect(summary.stepsDone == 0 && summary.outcome == .finished && summary.evaluation?["toy"] != nil)
        #expect(job.asked.isEmpty && job.evaluated.isEmpty)
        #expect(try RunResult(run) == Self.unbroken())
    }

    @Test func runFolderIsNeverOverwrittenOrInvented() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        #expect(throws: TrainingError.nothingToResume(path: run.path)) { try trainToy(ToyJob(), in: run, resume: true) }
        try trainToy(ToyJob(), in: run, maximumSteps: 1)
        let error = try #require(throws: TrainingError.self) { try trainToy(ToyJob(), in: run) }
        #expect(error == .runExists(path: run.path) && "\(error)".contains("--resume"))
    }

    @Test func twoProcessesCannotShareAFolder() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let text = ToyJob.recipe()
        let first = try Trainer(RunRecipe(yaml: text), recipeText: text, job: ToyJob(), run: run, resume: false)
        #expect(throws: TrainingError.runInUse(path: run.path)) { try trainToy(ToyJob(), in: run, resume: true) }
        withExtendedLifetime(first) {}
    }

    #if os(Linux)
    /// A child has copies of its parent's descriptors until it executes its program: they must not hold a folder that was let go.
    @Test func copyOfTheLockHoldsNobodyOut() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let text = ToyJob.recipe()
        var trainer: Trainer? = try Trainer(RunRecipe(yaml: text), recipeText: text, job: ToyJob(), run: run, resume: false)
        let files = FileManager.default
        let held = try files.contentsOfDirectory(atPath: "/proc/self/fd").first { number in
            (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))?.hasSuffix("\(folder.url.lastPathComponent)/run/.lock") ?? false
        }
        let copy = dup(try #require(held.flatMap { Int32($0) }))
        defer { close(copy) }
        withExtendedLifetime(trainer) {}
        trainer = nil
        try trainToy(ToyJob(), in: run, resume: true, maximumSteps: 1)
    }
    #endif

    @Test func changedRecipeIsRefusedByKey() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        try trainToy(ToyJob(), in: run, maximumSteps: 4)
        #expect(throws: TrainingError.recipeChanged(key: "optimizer.learningRate", checkpoint: "0.02", now: "0.03")) {
            try trainToy(ToyJob(), ToyJob.recipe(learningRate: 0.03), in: run, resume: true)
        }
        #expect(throws: TrainingError.recipeChanged(key: "model.hidden", checkpoint: "6", now: "7")) {
            try trainToy(ToyJob(), ToyJob.recipe().replacing("hidden: 6", with: "hidden: 7"), in: run, resume: true)
        }
        #expect(throws: TrainingError.recipeChanged(key: "ema", checkpoint: "0.9", now: "absent")) {
            try trainToy(ToyJob(), ToyJob.recipe(ema: ""), in: run, resume: true)
        }
        // A command's option counts like the file; steps, rhythm and output are free.
        let text = ToyJob.recipe()
        var recipe = try RunRecipe(yaml: text)
        recipe.seed = 2
        #expect(throws: TrainingError.recipeChanged(key: "seed", checkpoint: "1", now: "2")) {
            try train(recipe, recipeText: text, job: ToyJob(), run: run, resume: true)
        }
        let longer = ToyJob.recipe(steps: 22, every: "log: 1") + "\noutput: elsewhere\ncheckpointing: true"
        #expect(try trainToy(ToyJob(), longer, in: run, resume: true).step == 22)
        #expect(try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8) == longer)
    }

    @Test func shortTensorFileFallsBackOnTheCheckpointBefore() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run"), files = FileManager.default
        try trainToy(ToyJob(), in: run, maximumSteps: 4)
        try files.copyItem(at: run.appendingPathComponent("checkpoint"), to: folder.url.appendingPathComponent("first"))
        try trainToy(ToyJob(), in: run, resume: true, maximumSteps: 8)
        try files.moveItem(at: folder.url.appendingPathComponent("first"), to: run.appendingPathComponent("checkpoint.old"))
        let tensors = run.appendingPathComponent("checkpoint/state.safetensors")
        try Data(contentsOf: tensors).dropLast(9).write(to: tensors)
        let job = ToyJob()
        try trainToy(job, in: run, resume: true)
        #expect(job.asked.first == [4, 0])
        #expect(try RunResult(run).model == Self.unbroken().model)
    }

    @Test func damagedOrForeignCheckpointIsRefused() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        try trainToy(ToyJob(), in: run, maximumSteps: 4)
        let other = ToyJob()
        let wider = OneParameterJob(other.parameters[0].name)
        #expect(throws: TrainingError.checkpointMismatch(name: "weight/in.weight", expected: [3, 3], found: [6, 2])) {
            try train(RunRecipe(yaml: ToyJob.recipe()), recipeText: ToyJob.recipe(), job: wider, run: run, resume: true)
        }
        let tensors = run.appendingPathComponent("checkpoint/state.safetensors")
        let whole = try Data(contentsOf: tensors)
        try whole.dropLast().write(to: tensors)
        let error = try #require(throws: TrainingError.self) { try trainToy(ToyJob(), in: run, resume: true) }
        guard case .checkpointDamaged = error else {
            Issue.record("\(error)")
            return
        }
        try (Data([255, 255]) + whole.dropFirst(2)).write(to: tensors)
        #expect(throws: TrainingError.self) { try trainToy(ToyJob(), in: run, resume: true) }
    }
}
