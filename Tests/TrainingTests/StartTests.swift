import Foundation
import Tensors
import Testing
import Training

/// What a run says, and keeps, of how it is computed: at its start and at each resume.
@Suite struct StartTests {
    /// Trains in `run` and gives back what was told before the first step.
    private func told(_ text: String = ToyJob.recipe(), in run: URL, resume: Bool = false, until steps: Int? = nil) throws -> [TrainingEvent] {
        var told: [TrainingEvent] = []
        try trainToy(ToyJob(), text, in: run, resume: resume, maximumSteps: steps, progress: { event in
            switch event {
            case .started, .notice: told.append(event)
            default: break
            }
        })
        return told
    }

    private func starts(in run: URL) throws -> [LogEntry] {
        try LogEntry.read(run.appendingPathComponent("log.jsonl")).filter { $0.start != nil }
    }

    /// Changes what the checkpoint keeps of how it was computed, as if another machine or version had written it.
    private func rewrite(_ run: URL, compute: RunCompute?) throws {
        let file = run.appendingPathComponent("checkpoint/state.json")
        var state = try JSONDecoder().decode(TrainingState.self, from: Data(contentsOf: file))
        state.compute = compute
        try JSONEncoder().encode(state).write(to: file)
    }

    @Test func startAndResumeAreToldAndLogged() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        // The number of threads may change between two tests; it is in the summary and not in the log.
        let first = try told(in: run, until: 4), second = try told(in: run, resume: true)
        guard case .started(from: 0, of: 4, let one)? = first.first, case .started(from: 4, of: 20, let two)? = second.first else {
            Issue.record("\(first), \(second)")
            return
        }
        let now = RunCompute()
        for summary in [one, two] { #expect(summary.hasPrefix("\(Compute.kernels.rawValue), \(now.precision), ")) }
        #expect(Compute.withPrecision(.float32) { RunCompute().kernels } == Compute.kernels.rawValue.replacing("+amx", with: ""))
        #expect(Compute.withPrecision(.bfloat16) { Compute.precision == .float32 || RunCompute().kernels == Compute.kernels.rawValue })
        #expect(first.count == 1 && second.count == 1)
        #expect(try starts(in: run) == [LogEntry(step: 0, start: now), LogEntry(step: 4, start: now)])
        #expect(try LogEntry.read(run.appendingPathComponent("log.jsonl")).first?.start == now)
    }

    @Test(arguments: [RunCompute(kernels: "avx1024", precision: "float32"), RunCompute(kernels: Compute.kernels.rawValue, precision: "float8")])
    func anotherWayOfComputingIsNoticedOnce(_ before: RunCompute) throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run")
        _ = try told(in: run, until: 4)
        try rewrite(run, compute: before)
        let second = try told(in: run, resume: true, until: 8)
        guard case .notice(let text)? = second.last, second.count == 2 else {
            Issue.record("\(second)")
            return
        }
        #expect(text.contains("\(before.kernels) kernels in \(before.precision) so far"))
        #expect(try starts(in: run).map(\.notices) == [nil, [text]])
        #expect(try told(in: run, resume: true).count == 1)           // the checkpoint at step 8 is of this machine
    }

    @Test func checkpointThatDoesNotSayGoesOnWithoutANotice() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run"), clean = folder.url.appendingPathComponent("clean")
        _ = try told(in: run, until: 4)
        try rewrite(run, compute: nil)
        #expect(try !String(contentsOf: run.appendingPathComponent("checkpoint/state.json"), encoding: .utf8).contains("compute"))
        #expect(try told(in: run, resume: true).count == 1)
        try trainToy(ToyJob(), in: clean)
        #expect(try RunResult(run).model == RunResult(clean).model)
    }

    @Test func otherStepsAreNoticedOnce() throws {
        let folder = try TemporaryFolder()
        let run = folder.url.appendingPathComponent("run"), longer = ToyJob.recipe(steps: 30)
        _ = try told(in: run, until: 4)
        let text = "steps was 20 and is 30: the learning-rate schedule changes from here"
        #expect(try told(longer, in: run, resume: true, until: 8).last == .notice(text))
        #expect(try starts(in: run).last?.notices == [text])
        #expect(try told(longer, in: run, resume: true, until: 12).count == 1)
        // A flat schedule has no length.
        let flat = folder.url.appendingPathComponent("flat")
        func recipe(_ steps: Int) -> String { ToyJob.recipe(steps: steps).replacing("warmup: 3", with: "minimumLearningRate: 1") }
        _ = try told(recipe(20), in: flat, until: 4)
        #expect(try told(recipe(30), in: flat, resume: true, until: 8).count == 1)
    }

    @Test func precisionThatTheProcessorHasNotIsNoticed() {
        let plain = RunCompute(kernels: "avx2", precision: "float32")
        #expect(plain.notices(wanted: .bfloat16, before: nil).map { $0.contains("asks for bfloat16") && $0.contains("in float32") } == [true])
        #expect(plain.notices(wanted: .float32, before: plain).isEmpty && plain.notices(wanted: nil, before: nil).isEmpty)
    }

    @Test func precisionOfTheRecipeHoldsDuringTheRunOnly() throws {
        let folder = try TemporaryFolder()
        let before = Compute.precision, best = Compute.withPrecision(.bfloat16) { Compute.precision }
        for (name, wanted, used) in [("a", Compute.Precision.bfloat16, best), ("b", .float32, .float32)] {
            let run = folder.url.appendingPathComponent(name)
            var seen: Set<Compute.Precision> = []
            try trainToy(ToyJob(), ToyJob.recipe(steps: 2) + "\nprecision: \(wanted.rawValue)", in: run, progress: { _ in seen.insert(Compute.precision) })
            #expect(seen == [used] && Compute.precision == before)
            #expect(try starts(in: run).first?.start?.precision == used.rawValue)
        }
    }
}
