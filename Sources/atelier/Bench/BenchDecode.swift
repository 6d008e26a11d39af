import ArgumentParser
import Foundation
import Language
import Tensors

extension WeightFormat: ExpressibleByArgument {}

/// How weights are kept, or as the file has them.
enum BenchFormat: String, CaseIterable, ExpressibleByArgument {
    case f32, bf16, int8, int4, file

    var format: WeightFormat? { WeightFormat(rawValue: rawValue) }
}

/// Which model decodes, and how: shared by the measurements below.
struct BenchModelOptions: ParsableArguments {
    @Option(help: "Model shape with random weights: 5m, 12m, 25m or 110m.") var config = BenchShape.small
    @Option(help: ArgumentHelp("A model folder or GGUF file in place of a shape.", valueName: "path")) var model: String?
    @Option(help: "Weights: f32, bf16, int8, int4, or file: as the model has them.") var precision = BenchFormat.bf16
    @OptionGroup var compute: ThreadOptions
    @Option(help: "Runs to take the median of.") var repeats = 5
    @Flag(help: "Print one JSON document.") var json = false

    func validate() throws {
        guard 1...1_000 ~= repeats else { throw ValidationError("--repeats takes 1 to 1,000") }
    }

    var name: String { model ?? config.rawValue }

    func decoder() throws -> Decoder {
        if let model { return try ModelFile.open(ModelLibrary.folder(model)).decoder() }
        return Decoder(config: config.config, seed: 1)
    }

    func load(positions: Int) throws -> DecodingModel {
        compute.apply()
        if let model { return try ModelFile.open(ModelLibrary.folder(model)).decoding(format: precision.format, positions: positions) }
        return DecodingModel(Decoder(config: config.config, seed: 1), format: precision.format ?? .float32, positions: positions)
    }
}

/// What a measurement of decoding says.
struct DecodeReport: Codable {
    var machine = "", model = "", precision = ""
    var threads = 0, streams = 1, tokens = 0
    /// Median over the repeats, all streams together.
    var tokens_per_second = 0.0
    var spread: Spread?
    /// Weights that a token (or one pass for all streams) reads, and how fast they are read.
    var weight_bytes = 0, gigabytes_per_second = 0.0
    var gflops = 0.0
    var peak_memory_bytes = 0

    /// - Parameters:
    ///   - tokens: of one run; passes: over the weights in one run; attended: positions in view of a token on average.
    init(_ options: BenchModelOptions, _ model: DecodingModel, seconds: [Double], tokens: Int, streams: Int = 1, passes: Int, attended: Double) {
        (machine, self.model, precision) = ("\(BenchMachine.processor), \(Compute.kernels.rawValue)", options.name, options.precision.rawValue)
        (threads, self.streams, self.tokens) = (Compute.threads, streams, tokens)
        let spread = Spread(seconds.map { Double(tokens) / $0 })
        self.spread = spread
        tokens_per_second = spread.median
        weight_bytes = model.byteCount
        gigabytes_per_second = Double(model.byteCount * passes) / Double(tokens) * spread.median / 1e9
        gflops = model.config.forwardFlops(attended: attended) * spread.median / 1e9
        peak_memory_bytes = Compute.peakMemory
    }

    func print(_ options: BenchModelOptions) throws {
        if options.json { return try printJSON(self) }
        try say("""
            \(machine), \(threads) thread\(threads == 1 ? "" : "s"); \(model), \(precision), \(counted(streams, "stream")), \(tokens) tokens
            \(Int(tokens_per_second)) tokens/s (\(Int(spread?.lowest ?? 0))…\(Int(spread?.highest ?? 0)))   \
            \(String(format: "%.1f", gigabytes_per_second)) GB/s of weights   \(Int(gflops)) GFLOP/s   \(peak_memory_bytes / 1_048_576) MiB at most
            """)
    }
}

/// Seconds of each of `repeats` runs after one to warm up.
private func measured(_ repeats: Int, _ body: () throws -> Void) rethrows -> [Double] {
    try body()
    let clock = ContinuousClock()
    return try (0..<repeats).map { _ in try clock.measure(body) / .seconds(1) }
}

private func randomTokens(_ count: Int, _ config: DecoderConfig, seed: UInt64 = 3) -> [Int] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in random.int(below: config.vocabularySize) }
}

struct BenchDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Decoding one stream: tokens a second, share of the memory bandwidth, memory.",
        discussion: """
            Feeds tokens one by one from an empty cache and computes the logits after each; nothing is sampled.

            Example:  atelier bench decode --config 5m --precision int8 --tokens 256 --json
            """)

    @OptionGroup var options: BenchModelOptions
    @Option(help: "Tokens a run.") var tokens = 256
    @Option(help: ArgumentHelp("Write the random model as a folder, for other software, and end.", valueName: "dir")) var writeModel: String?

    func validate() throws {
        guard 1...8_192 ~= tokens else { throw ValidationError("--tokens takes 1 to 8,192") }
    }

    func run() throws {
        try exitCleanly {
            if let writeModel {
                try ModelFolder(decoder: options.decoder()).write(to: URL(fileURLWithPath: writeModel), format: .f32)
                return note("wrote \(options.name), f32, to \(writeModel)")
            }
            let model = try options.load(positions: tokens), session = DecodingSession(model, capacity: tokens)
            let ids = randomTokens(session.capacity, model.config)
            let seconds = try measured(options.repeats) {
                session.truncate(to: 0)
                for id in ids { try session.extend(with: id) }
            }
            try DecodeReport(options, model, seconds: seconds, tokens: ids.count, passes: ids.count, attended: Double(ids.count + 1) / 2).print(options)
        }
    }
}

struct BenchPrefill: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prefill",
        abstract: "Reading a prompt: tokens a second until the logits after its last token.",
        discussion: "Example:  atelier bench prefill --config 25m --precision bf16 --prompt 512 --json")

    @OptionGroup var options: BenchModelOptions
    @Option(help: "Tokens of the prompt.") var prompt = 512

    func validate() throws {
        guard 1...8_192 ~= prompt else { throw ValidationError("--prompt takes 1 to 8,192") }
    }

    func run() throws {
        try exitCleanly {
            let model = try options.load(positions: prompt), session = DecodingSession(model, capacity: prompt)
            let ids = randomTokens(session.capacity, model.config)
            let seconds = try measured(options.repeats) {
                session.truncate(to: 0)
                try session.extend(with: ids)
            }
            try DecodeReport(options, model, seconds: seconds, tokens: ids.count, passes: 1, attended: Double(ids.count + 1) / 2).print(options)
        }
    }
}

struct BenchBatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Decoding several streams together: tokens a second of all.",
        discussion: "Example:  atelier bench batch --config 25m --precision bf16 --streams 8 --tokens 256 --json")

    @OptionGroup var options: BenchModelOptions
    @Option(help: "Streams decoded together.") var streams = 8
    @Option(help: "Tokens a stream.") var tokens = 256

    func validate() throws {
        guard 1...256 ~= streams else { throw ValidationError("--streams takes 1 to 256") }
        guard 1...8_192 ~= tokens else { throw ValidationError("--tokens takes 1 to 8,192") }
    }

    func run() throws {
        try exitCleanly {
            let model = try options.load(positions: tokens), batch = DecodingBatch(model, slots: streams, capacity: tokens)
            let ids = (0..<streams).map { randomTokens(batch.capacity, model.config, seed: UInt64($0 + 3)) }
            let seconds = try measured(options.repeats) {
                for slot in 0..<streams { batch.truncate(slot, to: 0) }
                for step in 0..<batch.capacity { try batch.extend((0..<streams).map { ($0, [ids[$0][step]]) }) }
            }
            try DecodeReport(
                options, model, seconds: seconds, tokens: streams * batch.capacity, streams: streams, passes: batch.capacity,
                attended: Double(batch.capacity + 1) / 2).print(options)
        }
    }
}
