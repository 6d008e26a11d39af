import ArgumentParser
import Foundation
import Language
import Tensors

/// Whole training steps of a Llama shape: forward, backward, clipping and AdamW on random tokens.
struct BenchTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Whole training steps of a Llama shape on random tokens: tokens a second, share of the arithmetic limit, memory.",
        discussion: """
            16 sequences of 256 tokens a step, AdamW, the first step left out of the figure.

            Example:  atelier bench train --config 5m --precision bf16 --seconds 20 --json
            """)

    @Option(help: "Model shape: 5m, 12m, 25m or 110m.") var config = BenchShape.small
    @Option(help: "Inputs of matrix products: f32 or bf16.") var precision = WeightFormat.bfloat16
    @OptionGroup var compute: ThreadOptions
    @Option(help: "How long to measure.") var seconds = 10.0
    @Option(help: "Sequences a step.") var batch = 16
    @Option(help: "Tokens a sequence.") var length = 256
    @Flag(help: "Compute activations again in the backward pass instead of keeping them.") var checkpointing = false
    @Flag(help: "Print one JSON document.") var json = false

    struct Report: Codable {
        var machine = "", config = "", precision = ""
        var checkpointing = false
        var threads = 0, parameters = 0, steps = 0
        var tokens_per_second = 0.0
        /// Arithmetic of the step's matrix products and attention, GFLOP/s (recomputation not counted).
        var gflops = 0.0
        var step_seconds: Spread?
        var loss = 0.0
        var peak_memory_bytes = 0
    }

    func validate() throws {
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds takes a number above 0, at most 3,600") }
        guard 1...1_024 ~= batch, 1...2_048 ~= length else { throw ValidationError("--batch takes 1 to 1,024, --length 1 to 2,048") }
        guard precision == .float32 || precision == .bfloat16 else { throw ValidationError("--precision takes f32 or bf16 in training") }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let shape = config.config
            try Compute.withPrecision(precision == .bfloat16 ? .bfloat16 : .float32) {
                let decoder = Decoder(config: shape, seed: 1)
                let tensors = decoder.parameters.map(\.tensor)
                var optimizer = AdamW(weightDecay: 0.1), random = RandomSource(seed: 2)
                let ids = (0..<batch * length).map { _ in Int32(random.int(below: shape.vocabularySize)) }
                let targets = (0..<batch * length).map { _ in Int32(random.int(below: shape.vocabularySize)) }
                var report = Report(
                    machine: BenchMachine.summary, config: config.rawValue, precision: Compute.precision == .bfloat16 ? "bf16" : "f32",
                    checkpointing: checkpointing, threads: Compute.threads, parameters: shape.parameterCount)
                let spread = Spread(timedSteps(for: seconds) {
                    for tensor in tensors { tensor.zeroGradient() }
                    let loss = decoder.loss(ids: ids, targets: targets, batch: batch, length: length, checkpointing: checkpointing)
                    loss.backward()
                    let norm = globalGradientNorm(tensors)
                    optimizer.step(parameters: tensors, learningRate: 1e-4, gradientScale: min(1, 1 / norm))
                    report.loss = Double(loss.item)
                    report.steps += 1
                })
                report.step_seconds = spread
                report.tokens_per_second = Double(batch * length) / spread.median
                report.gflops = shape.trainingFlops(length: length) * report.tokens_per_second / 1e9
                report.peak_memory_bytes = Compute.peakMemory
                if json { return try printJSON(report) }
                try say("""
                    \(report.machine); \(report.config), \(report.precision)\(checkpointing ? ", checkpointing" : ""), \(batch) × \(length) tokens a step, \(report.steps) steps
                    \(Int(report.tokens_per_second)) tokens/s   \(Int(report.gflops)) GFLOP/s   \(report.peak_memory_bytes / 1_048_576) MiB at most
                    """)
            }
        }
    }
}

extension DecoderConfig {
    /// Floating-point operations a token of a forward pass with `attended` positions in view: two a weight of a matrix, four
    /// a channel and position of attention.
    func forwardFlops(attended: Double) -> Double {
        let matrices = parameterCount - width * (2 * layers + 1) - (tied ? 0 : vocabularySize * width)
        return 2 * Double(matrices) + 4 * Double(layers * heads * headWidth) * attended
    }

    /// Operations a token of a training step on sequences of a length: the backward pass counts twice.
    func trainingFlops(length: Int) -> Double { 3 * forwardFlops(attended: Double(length + 1) / 2) }
}
