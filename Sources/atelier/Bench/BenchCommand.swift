import ArgumentParser
import Foundation
import Language
import Tensors

/// Measurements of this program on this machine, one file a kind of work.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures this program on this machine: training, decoding, speculation, pictures, drawing, kernels.",
        discussion: """
            Run it on an idle machine. Comparisons with other software: tools/peers.

            Example:  atelier bench draw --rounds 20
                      atelier bench train --config 5m --precision bf16 --json
            """,
        subcommands: [BenchDraw.self, BenchTrain.self, BenchDecode.self, BenchPrefill.self, BenchBatch.self, BenchSpeculation.self, BenchPictureText.self, BenchVision.self,
                      BenchKernels.self],
        defaultSubcommand: BenchDraw.self)
}

/// A model shape that is measured with random weights: Llama's, tied head, heads of 64.
enum BenchShape: String, CaseIterable, ExpressibleByArgument {
    case small = "5m", medium = "12m", large = "25m", huge = "110m"

    var config: DecoderConfig {
        let (width, layers, hidden, vocabulary) = switch self {
        case .small: (256, 6, 688, 4_096)
        case .medium: (384, 6, 1_024, 4_096)
        case .large: (512, 8, 1_376, 4_096)
        case .huge: (768, 12, 2_048, 32_000)
        }
        return DecoderConfig(
            width: width, layers: layers, heads: width / 64, headWidth: 64, hiddenWidth: hidden,
            vocabularySize: vocabulary, positions: 2_048)
    }
}

/// What every report says about where it was measured.
enum BenchMachine {
    /// E.g. "AMD EPYC, avx512, float32, 2 threads".
    static var summary: String { "\(processor), \(Compute.summary)" }

    static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
            .map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    }
}

/// Median and extremes of repeated measurements.
struct Spread: Codable {
    var median: Double, lowest: Double, highest: Double

    /// - Precondition: not empty.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        (median, lowest, highest) = (sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
    }
}

/// Seconds of each of the steps that fit into `seconds`, three or more; a step before them is done and left out.
func timedSteps(for seconds: Double, _ step: () throws -> Void) rethrows -> [Double] {
    try step()
    let clock = ContinuousClock(), begin = clock.now
    var times: [Double] = []
    while times.count < 3 || begin.duration(to: clock.now) < .seconds(seconds) { times.append(try clock.measure(step) / .seconds(1)) }
    return times
}
