import Foundation

/// One line of `log.jsonl`: a start or resume, the state of training at a step, or the result of an evaluation.
public struct LogEntry: Codable, Sendable, Equatable {
    /// Steps done: 0 at the start of a run.
    public var step: Int
    /// In the entry of a start or resume: how the steps that follow are computed.
    public var start: RunCompute?
    /// What was told at that start, if anything.
    public var notices: [String]?
    /// Mean training loss since the entry before, weighted by tokens.
    public var loss: Double?
    /// Of this step.
    public var learningRate: Double?
    /// Global gradient norm of this step before clipping.
    public var gradientNorm: Double?
    /// Tokens since the run began, as the job counts them.
    public var tokens: Int?
    /// Since the entry before, evaluations and checkpoints left out.
    public var tokensPerSecond: Double?
    /// Seconds of training since the run began, pauses between resumes left out.
    public var seconds: Double?
    /// Held-out losses by task.
    public var evaluation: [String: Double]?

    /// An entry with what is given.
    public init(step: Int, start: RunCompute? = nil, notices: [String]? = nil, loss: Double? = nil, learningRate: Double? = nil,
                gradientNorm: Double? = nil, tokens: Int? = nil, tokensPerSecond: Double? = nil, seconds: Double? = nil,
                evaluation: [String: Double]? = nil) {
        self.step = step
        self.start = start
        self.notices = notices
        self.loss = loss
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.tokens = tokens
        self.tokensPerSecond = tokensPerSecond
        self.seconds = seconds
        self.evaluation = evaluation
    }

    /// The entries of a `log.jsonl`, in order; a line cut short is left out.
    public static func read(_ url: URL) throws -> [LogEntry] {
        try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).compactMap { try? decoder().decode(LogEntry.self, from: $0) }
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }

    func line() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(self) + [UInt8(ascii: "\n")]
    }
}

/// The run's curves: `log.jsonl` for programs and the event file for TensorBoard, written together.
final class TrainingLog {
    private let lines: AppendFile
    private let events: EventFile

    /// Opens both; entries after `step` (written after the checkpoint that the run resumes from) are removed.
    init(in folder: URL, keepingThrough step: Int) throws {
        lines = try AppendFile(folder.appendingPathComponent("log.jsonl"))
        let data = try lines.contents()
        try lines.cut(to: Self.length(of: data, through: step))
        events = try EventFile(in: folder, keepingThrough: step)
    }

    func write(_ entry: LogEntry) throws {
        try lines.append(try entry.line())
        var scalars = ["train/loss": entry.loss, "train/learning_rate": entry.learningRate,
                       "train/gradient_norm": entry.gradientNorm, "train/tokens_per_second": entry.tokensPerSecond]
            .compactMapValues { $0 }
        for (task, value) in entry.evaluation ?? [:] { scalars["evaluation/\(task)"] = value }
        if !scalars.isEmpty { try events.write(scalars, step: entry.step) }
    }

    func synchronize() throws {
        try lines.synchronize()
        try events.synchronize()
    }

    /// Bytes of the longest prefix of whole lines with steps up to `step`.
    static func length(of data: Data, through step: Int) -> Int {
        var length = 0
        var start = data.startIndex
        while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let entry = try? LogEntry.decoder().decode(LogEntry.self, from: data[start..<end]), entry.step <= step else { break }
            start = end + 1
            length = start - data.startIndex
        }
        return length
    }
}
