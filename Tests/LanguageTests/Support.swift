import Foundation
import Language
import Tensors

/// A folder for one test, removed afterwards.
func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
    let url = FileManager.default.temporaryDirectory.appending(path: "language-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}

/// Small shapes that differ in what matters: sharing of heads, a head width of its own, tying, biases.
enum Shapes {
    static let llama = DecoderConfig(
        width: 32, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 48, vocabularySize: 70, positions: 160, endTokens: [2])
    static let untied = DecoderConfig(
        width: 24, layers: 1, heads: 3, headWidth: 10, hiddenWidth: 40, vocabularySize: 33, positions: 160,
        ropeBase: 500, tied: false, attentionBias: true, beginToken: 0, endTokens: [1, 2], padToken: 3)
    static let qwen = DecoderConfig(
        modelType: .qwen2, width: 32, layers: 2, heads: 4, keyValueHeads: 1, hiddenWidth: 40, vocabularySize: 50,
        positions: 160, ropeBase: 1_000_000, epsilon: 1e-6)
    static let all = [llama, untied, qwen]
}

/// A decoder whose biases and norms differ from their initial values, so that a test sees them.
func stirred(_ config: DecoderConfig, seed: UInt64 = 5) -> Decoder {
    let decoder = Decoder(config: config, seed: seed)
    for (i, parameter) in decoder.parameters.enumerated() {
        var random = RandomSource(seed: UInt64(i) + 100)
        let size: Float = parameter.tensor.shape.count == 1 ? 0.3 : 0.15
        parameter.tensor.copy(from: parameter.tensor.array().map { $0 + size * Float(random.normal()) })
    }
    return decoder
}

/// Tokens from 0 to below `size`.
func tokens(_ count: Int, below size: Int, seed: UInt64 = 1) -> [Int] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in random.int(below: size) }
}
