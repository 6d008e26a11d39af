import Foundation
import Sketches
import Tensors

/// What a judge folder's `config.json` holds.
struct JudgeConfig: Codable, Sendable, Equatable {
    var model_type = "atelier-judge"
    /// Pixels of a side of the raster.
    var size = 48
    /// Channels of the convolution stages; each halves the side.
    var channels = [24, 48, 96, 128]
    /// Class words in the order of the outputs.
    var classes: [String]
}

/// A small convolutional network that names single drawings from their picture: the judge of what a Painter draws.
///
/// Independent of the Painter: it sees rasters, not strokes' tokens, shares no weights with it, and is trained on the judge's own share
/// of the drawings. Stages of 3 × 3 convolution, group norm, ReLU and 2 × 2 maximum, then a mean over the rest and a linear layer.
public final class Judge {
    /// What a network is for; one never does the other's work.
    public enum Role: String, Sendable {
        /// Scores what a Painter draws.
        case judge
        /// Picks among a Painter's candidates, and grades its drawings.
        case ranker

        var modelType: String { "atelier-" + rawValue }
    }

    let config: JudgeConfig
    /// What it is for.
    public var role: Role { config.model_type == Role.ranker.modelType ? .ranker : .judge }
    /// The folder's name.
    public private(set) var name = "judge"
    /// The weights, named as in the file.
    public let parameters: [NamedTensor]
    private let stages: [(weight: Tensor, bias: Tensor, scale: Tensor, shift: Tensor)]
    private let head, headBias: Tensor

    /// Class words in the order of the outputs.
    public var classes: [String] { config.classes }

    init(config: JudgeConfig, seed: UInt64) {
        var random = RandomSource(seed: seed)
        var parameters: [NamedTensor] = [], stages: [(Tensor, Tensor, Tensor, Tensor)] = []
        var inputs = 1
        func add(_ name: String, _ tensor: Tensor) -> Tensor {
            tensor.requiresGradient = true
            parameters.append(NamedTensor(name: name, tensor: tensor))
            return tensor
        }
        for (index, outputs) in config.channels.enumerated() {
            let deviation = Float((2 / Double(9 * inputs)).squareRoot())                 // He et al. 2015
            stages.append((
                add("stages.\(index).conv.weight", .normal([outputs, inputs, 3, 3], deviation: deviation, using: &random)),
                add("stages.\(index).conv.bias", Tensor(zeros: [outputs])),
                add("stages.\(index).norm.weight", .filled(1, shape: [outputs])),
                add("stages.\(index).norm.bias", Tensor(zeros: [outputs]))))
            inputs = outputs
        }
        head = add("head.weight", .normal([config.classes.count, inputs], deviation: 0.05, using: &random))
        headBias = add("head.bias", Tensor(zeros: [config.classes.count]))
        self.config = config
        self.parameters = parameters
        self.stages = stages
    }

    /// Logits [B, classes] of pictures [B, 1, size, size] in 0…1.
    func logits(_ pictures: Tensor) -> Tensor { linear(pooled(pictures), head, bias: headBias) }

    /// What the last stage sees, averaged over places: [B, width] of pictures [B, 1, size, size] in 0…1.
    private func pooled(_ pictures: Tensor) -> Tensor {
        var x = pictures                                                                 // [B, 1, S, S]
        for stage in stages {
            x = conv2d(x, stage.weight, bias: stage.bias, stride: 1, padding: 1)         // [B, C, S, S]
            x = maxPool2d(groupNorm(x, stage.scale, stage.shift, groups: 8, epsilon: 1e-5, relu: true), size: 2)   // [B, C, S/2, S/2]
        }
        return averagePoolGlobal(x)                                                      // [B, width]
    }

    /// Of the pen, in pixels of the raster.
    static let strokeWidth = 1.6

    /// The picture that a judge sees of single-object strokes: their ink box centred in a square.
    static func picture(_ strokes: [Stroke], size: Int, strokeWidth: Double = strokeWidth) -> [Float] {
        guard let ink = Box.of(strokes) else { return [Float](repeating: 0, count: size * size) }
        let half = max(ink.longestSide / 2, 1), center = ink.center
        let square = Box(x0: center.x - half, y0: center.y - half, x1: center.x + half, y1: center.y + half)
        return raster(strokes, in: square, size: size, strokeWidth: strokeWidth, padding: 3).map { Float($0) / 255 }
    }

    /// Class probabilities of each drawing, in the order of `classes`.
    public func probabilities(_ drawings: [[Stroke]]) -> [[Float]] {
        rows(of: drawings, logits).map { own in
            let top = own.max() ?? 0
            let weights = own.map { exp($0 - top) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
    }

    /// The vector before the linear layer of each drawing, [drawings][width]: 0 or more each, what likeness is measured in.
    public func features(_ drawings: [[Stroke]]) -> [[Float]] { rows(of: drawings, pooled) }

    /// One row of `output` a drawing, from the drawings' pictures, 64 at a time.
    private func rows(of drawings: [[Stroke]], _ output: (Tensor) -> Tensor) -> [[Float]] {
        let size = config.size
        var all: [[Float]] = []
        for start in stride(from: 0, to: drawings.count, by: 64) {
            let part = drawings[start..<min(start + 64, drawings.count)]
            let pictures = Tensor(part.flatMap { Self.picture($0, size: size) }, shape: [part.count, 1, size, size])
            let values = withoutGradients { output(pictures) }.array(), width = values.count / part.count
            for row in 0..<part.count { all.append(Array(values[row * width..<(row + 1) * width])) }
        }
        return all
    }

    /// The likeliest class of each drawing, as an index into `classes`, and its probability.
    package func readings(_ drawings: [[Stroke]]) -> [(label: Int, probability: Double)] {
        probabilities(drawings).map { row in
            let best = row.enumerated().max { $0.element < $1.element }
            return (best?.offset ?? 0, Double(best?.element ?? 0))
        }
    }

    /// The likeliest class of each drawing, as an index into `classes`.
    public func verdicts(_ drawings: [[Stroke]]) -> [Int] { readings(drawings).map(\.label) }

    /// The likeliest class of each drawing, as a word.
    package func words(_ drawings: [[Stroke]]) -> [String] { verdicts(drawings).map { classes[$0] } }

    // MARK: files

    /// Reads the folder of a judge or of a ranker.
    /// - Throws: `PainterError.noJudge` where it is none; `SafeTensorsError` for damaged weights.
    public convenience init(folder: URL, role: Role = .judge) throws {
        let path = folder.appendingPathComponent("config.json")
        guard let data = try? Data(contentsOf: path) else { throw PainterError.noJudge(path: folder.path, role: role.rawValue) }
        guard let config = try? JSONDecoder().decode(JudgeConfig.self, from: data), config.model_type == role.modelType,
              8...512 ~= config.size, 1...8 ~= config.channels.count, config.channels.allSatisfy({ 8...1_024 ~= $0 && $0 % 8 == 0 }),
              config.size >> config.channels.count > 0, 1...10_000 ~= config.classes.count else { throw PainterError.noJudge(path: path.path, role: role.rawValue) }
        self.init(config: config, seed: 0)
        name = folder.standardizedFileURL.lastPathComponent
        let stored = try SafeTensors.read(folder.appendingPathComponent("model.safetensors")).tensors
        for parameter in parameters {
            guard let found = stored.first(where: { $0.name == parameter.name }), found.tensor.shape == parameter.tensor.shape
            else { throw PainterError.noJudge(path: "\(folder.path): \(parameter.name)", role: role.rawValue) }
            parameter.tensor.copy(from: found.tensor.array())
        }
    }

    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(config).write(to: folder.appendingPathComponent("config.json"), options: .atomic)
        try SafeTensors.write(parameters, to: folder.appendingPathComponent("model.safetensors"), format: .bf16)
    }
}
