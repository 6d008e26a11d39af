import ArgumentParser
import Foundation
import Tensors

/// Forward and backward passes of two picture classifiers on random pictures.
struct BenchVision: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vision",
        abstract: "Forward and backward passes of picture classifiers: images a second, share of the arithmetic limit, memory.",
        discussion: """
            Pictures of 3 x 64 x 64, 71 classes, cross-entropy, no optimiser; the first step is left out of the figure.
            conv: four 3 x 3 convolutions to 32, 64, 128, 128 channels, strides 1, 2, 2, 1, each with group norm and ReLU.
            vit: patches of 8, width 192, 6 layers, 3 heads of 64, MLP 768.

            Example:  atelier bench vision --network conv --precision bf16 --seconds 10 --json
            """)

    @Option(help: "Network: conv or vit.") var network = VisionNetwork.conv
    @Option(help: "Inputs of matrix products: f32 or bf16.") var precision = WeightFormat.float32
    @OptionGroup var compute: ThreadOptions
    @Option(help: "How long to measure.") var seconds = 10.0
    @Option(help: "Pictures a step.") var batch = 32
    @Flag(help: "Print one JSON document.") var json = false

    struct Report: Codable {
        var machine = "", network = "", precision = ""
        var threads = 0, parameters = 0, batch = 0, steps = 0
        var images_per_second = 0.0
        /// Arithmetic of the step's convolutions, matrix products and attention, GFLOP/s.
        var gflops = 0.0
        var step_seconds: Spread?
        var loss = 0.0
        var peak_memory_bytes = 0
    }

    func validate() throws {
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds takes a number above 0, at most 3,600") }
        guard 1...4_096 ~= batch else { throw ValidationError("--batch takes 1 to 4,096") }
        guard precision == .float32 || precision == .bfloat16 else { throw ValidationError("--precision takes f32 or bf16") }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            try Compute.withPrecision(precision == .bfloat16 ? .bfloat16 : .float32) {
                var random = RandomSource(seed: 1)
                let model: any VisionModel = network == .conv ? ConvolutionStack(&random) : VisionTransformer(&random)
                let pictures = Tensor.normal([batch, 3, 64, 64], deviation: 1, using: &random)
                let targets = (0..<batch).map { _ in Int32(random.int(below: 71)) }
                for tensor in model.parameters { tensor.requiresGradient = true }
                var report = Report(
                    machine: BenchMachine.summary, network: network.rawValue, precision: (network == .conv ? Compute.convolutionPrecision : Compute.precision) == .bfloat16 ? "bf16" : "f32",
                    threads: Compute.threads, parameters: model.parameters.reduce(0) { $0 + $1.count }, batch: batch)
                let spread = Spread(timedSteps(for: seconds) {
                    for tensor in model.parameters { tensor.zeroGradient() }
                    let loss = crossEntropy(model.logits(pictures), targets: targets)
                    loss.backward()
                    report.loss = Double(loss.item)
                    report.steps += 1
                })
                report.step_seconds = spread
                report.images_per_second = Double(batch) / spread.median
                report.gflops = model.flopsAnImage * report.images_per_second / 1e9
                report.peak_memory_bytes = Compute.peakMemory
                if json { return try printJSON(report) }
                try say("""
                    \(report.machine); \(report.network), \(report.precision), \(batch) images a step, \(report.steps) steps
                    \(String(format: "%.1f", report.images_per_second)) images/s (best step \(String(format: "%.1f", Double(batch) / spread.lowest)))   \
                    \(Int(report.gflops)) GFLOP/s   \(report.peak_memory_bytes / 1_048_576) MiB at most
                    """)
            }
        }
    }
}

enum VisionNetwork: String, CaseIterable, ExpressibleByArgument { case conv, vit }

/// A classifier of pictures [B, 3, 64, 64] into 71 classes.
private protocol VisionModel {
    var parameters: [Tensor] { get }
    /// Floating-point operations of an image forward and backward, products only.
    var flopsAnImage: Double { get }
    func logits(_ pictures: Tensor) -> Tensor
}

private struct ConvolutionStack: VisionModel {
    static let shape: [(inputs: Int, outputs: Int, stride: Int)] = [(3, 32, 1), (32, 64, 2), (64, 128, 2), (128, 128, 1)]
    let parameters: [Tensor]

    init(_ random: inout RandomSource) {
        var all: [Tensor] = []
        for layer in Self.shape {
            all += [.normal([layer.outputs, layer.inputs, 3, 3], deviation: Float((2 / Double(9 * layer.inputs)).squareRoot()), using: &random),
                    Tensor(zeros: [layer.outputs]), .filled(1, shape: [layer.outputs]), Tensor(zeros: [layer.outputs])]
        }
        parameters = all + [.normal([71, 128], deviation: 0.05, using: &random), Tensor(zeros: [71])]
    }

    var flopsAnImage: Double {
        var total = 3 * 2.0 * 71 * 128, side = 64
        for (index, layer) in Self.shape.enumerated() {
            side /= layer.stride
            total += (index == 0 ? 2 : 3) * 2 * Double(side * side * layer.outputs * layer.inputs * 9)     // pictures need no gradient
        }
        return total
    }

    func logits(_ pictures: Tensor) -> Tensor {
        var x = pictures
        for (index, layer) in Self.shape.enumerated() {
            let p = parameters[4 * index..<4 * index + 4].map { $0 }
            x = groupNorm(conv2d(x, p[0], bias: p[1], stride: layer.stride, padding: 1), p[2], p[3], groups: 8, relu: true)
        }
        return linear(averagePoolGlobal(x), parameters[16], bias: parameters[17])
    }
}

/// ViT (Dosovitskiy et al. 2020) with a mean over positions.
private struct VisionTransformer: VisionModel {
    let width = 192, layers = 6, heads = 3, patch = 8, positions = 64
    let parameters: [Tensor]

    init(_ random: inout RandomSource) {
        let width = width
        func matrix(_ outputs: Int, _ inputs: Int) -> [Tensor] {
            [.normal([outputs, inputs], deviation: 0.02, using: &random), Tensor(zeros: [outputs])]
        }
        func norm() -> [Tensor] { [.filled(1, shape: [width]), Tensor(zeros: [width])] }
        var all = matrix(width, 3 * patch * patch) + [.normal([positions, width], deviation: 0.02, using: &random)]
        for _ in 0..<layers {
            all += norm() + matrix(width, width) + matrix(width, width) + matrix(width, width) + matrix(width, width)
            all += norm() + matrix(4 * width, width) + matrix(width, 4 * width)
        }
        parameters = all + norm() + matrix(71, width)
    }

    var flopsAnImage: Double {
        let matrices = Double(layers * 12 * width * width), first = Double(3 * patch * patch * width), attended = Double(layers * positions * width)
        return Double(positions) * (6 * matrices + 4 * first + 12 * attended) + 6 * 71 * Double(width)
    }

    func logits(_ pictures: Tensor) -> Tensor {
        let batch = pictures.shape[0]
        var x = linear(patches(pictures, size: patch), parameters[0], bias: parameters[1]) + parameters[2]       // [B, T, C]
        for layer in 0..<layers {
            let p = parameters[3 + 16 * layer..<19 + 16 * layer].map { $0 }
            let h = layerNorm(x, p[0], p[1], epsilon: 1e-5)
            let a = attention(query: linear(h, p[2], bias: p[3]), key: linear(h, p[4], bias: p[5]), value: linear(h, p[6], bias: p[7]),
                              batch: batch, length: positions, heads: heads, keyValueHeads: heads, mask: .full, rotary: nil)
            x = x + linear(a, p[8], bias: p[9])
            x = x + linear(gelu(linear(layerNorm(x, p[10], p[11], epsilon: 1e-5), p[12], bias: p[13])), p[14], bias: p[15])
        }
        let end = Array(parameters.suffix(4))
        return linear(averagePositions(layerNorm(x, end[0], end[1], epsilon: 1e-5)), end[2], bias: end[3])
    }
}
