import Foundation
import Testing
import Training

#if canImport(Glibc)
import Glibc
#endif

/// The real thing: another process trains, gets a signal at a moment nobody chose, and the run goes on from its folder.
///
/// The other process is this test program again, told by its environment to run `childTrains` alone.
@Suite struct KilledProcessTests {
    private static let key = "ATELIER_TRAINING_TEST_RUN"
    private static let steps = 60
    private static let recipe = ToyJob.recipe(
        steps: steps, every: "log: 1, evaluate: 7, checkpoint: 1, checkpointMinutes: null")

    @Test(.enabled(if: ProcessInfo.processInfo.environment[key] != nil)) func childTrains() throws {
        let run = URL(fileURLWithPath: ProcessInfo.processInfo.environment[Self.key] ?? "")
        let job = ToyJob()
        job.pause = 0.002
        Interruption.install()
        let exists = FileManager.default.fileExists(atPath: run.path)
        try trainToy(job, Self.recipe, in: run, resume: exists, isCancelled: { Interruption.isRequested })
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment[key] == nil && canRunItself))
    func killedProcessesLeaveARunThatGoesOnBitForBit() throws {
        let folder = try TemporaryFolder()
        let clean = folder.url.appendingPathComponent("clean"), run = folder.url.appendingPathComponent("run")
        try trainToy(ToyJob(), Self.recipe, in: clean)

        var kills = 0, step = 0
        for wait in [0.003, 0.011, 0.007, 0.017, 0.005] {
            let child = try start(run)
            step = try waitForACheckpoint(after: step, in: run, of: child)
            Thread.sleep(forTimeInterval: wait)
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            if child.terminationReason == .uncaughtSignal { kills += 1 }
        }
        #expect(kills > 0 && step > 0)
        try trainToy(ToyJob(), Self.recipe, in: run, resume: true)
        #expect(try RunResult(run) == RunResult(clean))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment[key] == nil && canRunItself))
    func interruptedProcessEndsInOrderWithACheckpoint() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        let child = try start(run)
        _ = try waitForACheckpoint(after: 0, in: run, of: child)
        kill(child.processIdentifier, SIGINT)
        child.waitUntilExit()
        #expect(child.terminationReason == .exit && child.terminationStatus == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: run.path)
        #expect(names.contains("checkpoint") && !names.contains("checkpoint.new") && !names.contains("checkpoint.old"))
        #expect(!names.contains("model"))                            // it was stopped, not finished
    }

    // MARK: The child

    private static var program: String? { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
    /// On Linux the tests are a program of their own; elsewhere a bundle that a host loads.
    private static var canRunItself: Bool { program?.hasSuffix(".xctest") ?? false }

    private func start(_ run: URL) throws -> Process {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: try #require(Self.program))
        child.arguments = ["--testing-library", "swift-testing", "--filter", "KilledProcessTests/childTrains"]
        child.environment = ProcessInfo.processInfo.environment.merging([Self.key: run.path]) { $1 }
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        return child
    }

    /// - Returns: the step of a checkpoint that is later than `step`, or the last there is when the child has ended.
    private func waitForACheckpoint(after step: Int, in run: URL, of child: Process) throws -> Int {
        let file = run.appendingPathComponent("checkpoint/state.json")
        let deadline = Date().addingTimeInterval(60)
        var found = 0
        while Date() < deadline {
            let isLast = !child.isRunning
            // Between two renames there may be no such folder for a moment.
            found = (try? JSONDecoder().decode(TrainingState.self, from: Data(contentsOf: file)).step) ?? 0
            if found > step || isLast { break }
            Thread.sleep(forTimeInterval: 0.002)
        }
        try #require(found > 0, "the other process wrote no checkpoint")
        return found
    }
}
