import Foundation

/// One line of `log.jsonl`: either the state of training at a step, or the result of an evaluation.
public struct LogEntry: Codable, Sendable, Equatable {
    /// Steps done, counted from 1.
    public var step: Int
    /// Mean training loss since the entry before, weighted by tokens.
    public var loss: Double?
    public var learningRate: Double?
    /// Global gradient norm of this step before clipping.
    public var gradientNorm: Double?
    /// Tokens seen since the run began.
    public var tokens: Int?
    public var tokensPerSecond: Double?
    /// Seconds of training since the run began, pauses between resumes left out.
    public var seconds: Double?
    /// Held-out losses by task.
    public var evaluation: [String: Double]?

    public init(step: Int, loss: Double? = nil, learningRate: Double? = nil, gradientNorm: Double? = nil,
                tokens: Int? = nil, tokensPerSecond: Double? = nil, seconds: Double? = nil,
                evaluation: [String: Double]? = nil) {
        self.step = step
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
        try events.write(scalars, step: entry.step)
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
