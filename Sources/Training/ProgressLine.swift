import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the trainer tells while it works.
public enum TrainingEvent: Sendable, Equatable {
    /// Training starts, from a checkpoint when `from` is above 0; `compute` is `Compute.summary` as it is in force.
    case started(from: Int, of: Int, compute: String)
    /// Something about this start that a person should know. The log keeps it, too.
    case notice(String)
    /// A step is done.
    case step(TrainingProgress)
    /// `log.jsonl` has a new entry, of training or of an evaluation.
    case logged(LogEntry)
    /// A checkpoint is on disk.
    case checkpoint(step: Int)
    /// The model folder is on disk.
    case exported(URL)
    /// The run stops here, finished or not.
    case ended(TrainingSummary.Outcome)
}

/// Where a run stands.
public struct TrainingProgress: Sendable, Equatable {
    /// Steps done, and steps that this call will go to.
    public var step: Int, steps: Int
    /// This step's loss.
    public var loss: Double
    /// Smoothed over about ten steps.
    public var tokensPerSecond: Double
    /// At the pace of this process so far.
    public var secondsLeft: Double

    /// Puts together what the trainer tells after a step.
    public init(step: Int, steps: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double) {
        self.step = step
        self.steps = steps
        self.loss = loss
        self.tokensPerSecond = tokensPerSecond
        self.secondsLeft = secondsLeft
    }
}

/// Shows a run on standard error: one line that renews itself on a terminal, else one line for each log entry.
/// ```swift
/// let line = ProgressLine()
/// try train(recipe, …, progress: line.show)
/// ```
public final class ProgressLine {
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var shown = 0
    private var lastShown: ContinuousClock.Instant?
    private var latest: TrainingProgress?

    /// Writes to standard error.
    public convenience init() {
        self.init(isTerminal: isatty(STDERR_FILENO) == 1) { text in
            try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        }
    }

    package init(isTerminal: Bool, write: @escaping (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Prints an event, or nothing where it needs no words.
    public func show(_ event: TrainingEvent) {
        switch event {
        case .started(let from, let steps, let compute):
            say("\(from > 0 ? "going on at step \(grouped(from)) of" : "training for") \(grouped(steps)) steps (\(compute))")
        case .notice(let text):
            say("note: \(text)")
        case .step(let progress):
            latest = progress
            if isTerminal { renew(progress) }
        case .logged(let entry):
            if let evaluation = entry.evaluation {
                let results = evaluation.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.4f", $0.value))" }
                say("step \(grouped(entry.step))  evaluation: \(results.joined(separator: ", "))")
            } else if !isTerminal, var progress = latest {
                progress.loss = entry.loss ?? progress.loss
                say(Self.line(progress))
            }
        case .checkpoint:
            break
        case .exported(let url):
            endLine()
            say("model written to \(url.path)")
        case .ended(let outcome):
            endLine()
            if outcome == .cancelled { say("stopped after step \(grouped(latest?.step ?? 0)); --resume goes on from here") }
        }
    }

    /// `step 1,200/20,000  loss 2.3456  8,123 tokens/s  1 h 12 min left`
    package static func line(_ progress: TrainingProgress) -> String {
        "step \(grouped(progress.step))/\(grouped(progress.steps))  loss \(String(format: "%.4f", progress.loss))  "
            + "\(grouped(Int(clamping: progress.tokensPerSecond))) tokens/s  \(duration(progress.secondsLeft)) left"
    }

    /// At most ten times a second, and always at the end.
    private func renew(_ progress: TrainingProgress) {
        let now = ContinuousClock.now
        if let last = lastShown, now - last < .milliseconds(100), progress.step < progress.steps { return }
        lastShown = now
        let text = Self.line(progress)
        write("\r" + text + String(repeating: " ", count: max(0, shown - text.count)))
        shown = text.count
    }

    private func endLine() {
        if shown > 0 { write("\n") }
        shown = 0
    }

    /// A line that stays, above the renewing one.
    private func say(_ text: String) {
        let rest = max(0, shown - text.count)
        write((shown > 0 ? "\r" : "") + text + String(repeating: " ", count: rest) + "\n")
        shown = 0
    }
}

private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return String(digits.enumerated().flatMap { i, digit in
        i > 0 && (digits.count - i).isMultiple(of: 3) ? [",", digit] : [digit]
    })
}

private func duration(_ seconds: Double) -> String {
    let total = Int(clamping: seconds)
    if total < 60 { return "\(total) s" }
    if total < 3600 { return "\(total / 60) min \(total % 60) s" }
    return "\(total / 3600) h \(total % 3600 / 60) min"
}

extension Int {
    /// The whole part; 0 for what is not a number, the ends of the range for what lies beyond.
    init(clamping value: Double) {
        self = value.isNaN ? 0 : value >= 9e18 ? .max : value <= -9e18 ? .min : Int(value)
    }
}
