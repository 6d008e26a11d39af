import Files
import Foundation
import Tensors

/// What is trained beside a frozen decoder; in files a `peft` LoRA config with two keys more, where they are used.
public struct AdapterConfig: Codable, Sendable, Equatable {
    /// r, the rank of what is added to a matrix.
    public var rank = 16
    /// α: what is added is α / r · B · A.
    public var alpha = 32.0
    /// Which matrices of a block, by the names in files.
    public var targets = ["q_proj", "v_proj"]
    /// The blocks whose matrices are changed, from 0; nil: all.
    public var layers: [Int]?
    /// Cross-attention put into the base's blocks; nil: none.
    public var crossAttention: CrossAttentionConfig?
    /// Tokens after those of the base's vocabulary.
    public var addedTokens: [String] = []

    /// What `targets` may name.
    public static let matrices = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

    public init() {}

    /// The shape of a base with this in it.
    func config(of base: DecoderConfig, path: String) throws(ModelFolderError) -> DecoderConfig {
        if let cross = crossAttention {
            guard base.crossAttention == nil else { throw .adapter(path: path, problem: "it brings cross-attention and its base has some already") }
            guard cross.every <= base.layers else { throw .adapter(path: path, problem: "one of \(cross.every) blocks asks, its base has \(base.layers)") }
        }
        if let last = layers?.max(), last >= base.layers { throw .adapter(path: path, problem: "it changes block \(last) (from 0), its base has \(base.layers)") }
        guard base.tied || addedTokens.isEmpty else { throw .adapter(path: path, problem: "it adds tokens, and the head of its base is not its table of tokens") }
        var config = base
        config.vocabularySize += addedTokens.count
        config.crossAttention = crossAttention ?? base.crossAttention
        return config
    }

    /// Whether a weight of a block gets something of low rank beside it; cross-attention of its own does not.
    func changes(_ weight: String) -> Bool {
        guard !weight.contains(".cross_attn."), targets.contains(where: { weight.hasSuffix(".\($0).weight") }) else { return false }
        // model.layers.N.…
        guard let layers, let block = weight.split(separator: ".").dropFirst(2).first.flatMap({ Int($0) }) else { return true }
        return layers.contains(block)
    }

    /// Throws at the key of a value that cannot be.
    /// - Parameters: the keys of a file or a recipe for each.
    package func check<Key: CodingKey>(_ keys: KeyedDecodingContainer<Key>, rank rankKey: Key, alpha alphaKey: Key, targets targetsKey: Key) throws {
        try keys.check(rankKey, 1...1_024 ~= rank, "an integer from 1 to 1024")
        try keys.check(alphaKey, alpha > 0 && alpha <= 1e6, "a number above 0, at most 1,000,000")
        try keys.check(targetsKey, !targets.isEmpty && Set(targets).count == targets.count && targets.allSatisfy(Self.matrices.contains),
                       "some of \(Self.matrices.joined(separator: ", ")), each once")
    }

    // MARK: adapter_config.json

    private enum Key: String, CodingKey {
        case kind = "peft_type", task = "task_type", rank = "r", alpha = "lora_alpha", targets = "target_modules", layers = "layers_to_transform", bias
        case crossAttention = "cross_attention", addedTokens = "added_tokens"
        // What would change the arithmetic, and is refused.
        case rootScale = "use_rslora", direction = "use_dora", isTurned = "fan_in_fan_out", ranks = "rank_pattern", alphas = "alpha_pattern", start = "init_lora_weights"
    }

    /// - Throws: `Swift.DecodingError` naming the key and what was expected.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        try keys.check(.kind, try keys.decode(String.self, forKey: .kind) == "LORA", "\"LORA\"")
        try keys.check(.bias, try keys.decodeIfPresent(String.self, forKey: .bias) ?? "none" == "none", "\"none\": trained biases are not supported")
        for key in [Key.rootScale, .direction, .isTurned] { try keys.check(key, try keys.decodeIfPresent(Bool.self, forKey: key) != true, "false: true is not supported") }
        for key in [Key.ranks, .alphas] { try keys.check(key, try keys.decodeIfPresent([String: Double].self, forKey: key) ?? [:] == [:], "nothing: ranks and factors of single matrices are not supported") }
        // Other beginnings than these change the base.
        if let start = try? keys.decodeIfPresent(String.self, forKey: .start) { try keys.check(.start, start == "gaussian", "true or \"gaussian\"") }
        rank = try keys.integer(.rank) ?? 0
        try keys.read(.alpha, into: &alpha)
        targets = try keys.decode([String].self, forKey: .targets)
        try check(keys, rank: .rank, alpha: .alpha, targets: .targets)
        // `peft` has a single block without a list too.
        if let one = try? keys.decodeIfPresent(Int.self, forKey: .layers) { layers = [one] } else { layers = try keys.decodeIfPresent([Int].self, forKey: .layers) }
        try keys.check(.layers, layers.map { !$0.isEmpty && Set($0).count == $0.count && $0.allSatisfy { 0..<1 << 10 ~= $0 } } ?? true, "blocks from 0 to 1023, each once")
        crossAttention = try keys.decodeIfPresent(CrossAttentionConfig.self, forKey: .crossAttention)
        try keys.read(.addedTokens, into: &addedTokens)
        try keys.check(.addedTokens, addedTokens.count <= 1 << 16 && Set(addedTokens).count == addedTokens.count && !addedTokens.contains(""), "at most 65536 names, none empty or twice")
    }

    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode("LORA", forKey: .kind)
        try keys.encode("CAUSAL_LM", forKey: .task)
        try keys.encode(rank, forKey: .rank)
        try keys.encode(alpha, forKey: .alpha)
        try keys.encode(targets, forKey: .targets)
        try keys.encodeIfPresent(layers, forKey: .layers)
        try keys.encode("none", forKey: .bias)
        try keys.encodeIfPresent(crossAttention, forKey: .crossAttention)
        if !addedTokens.isEmpty { try keys.encode(addedTokens, forKey: .addedTokens) }
    }
}

/// A frozen decoder and what is trained beside it: low-rank changes of its matrices (LoRA, Hu et al. 2021), cross-attention put between its
/// blocks, rows for new tokens. The base's own weights never change.
///
/// ```swift
/// let adapter = try Adapter(base: ModelFile.open(url).decoder(), config, seed: 1)
/// let loss = adapter.decoder().loss(ids: ids, targets: targets, batch: 8, length: 512)
/// loss.backward()                                     // gradients in adapter.parameters
/// ```
/// An adapter is a function from its weights to those of a decoder, so that there is one definition of the model, and a decoder made without
/// gradients is the merged model.
public final class Adapter {
    /// What is frozen.
    public let base: Decoder
    /// What is trained.
    public let config: AdapterConfig
    /// The weights that are trained, always in the same order: `lora_A` [r, in] and `lora_B` [out, r] of a matrix under its name,
    /// cross-attention under its own, and the rows of the new tokens.
    public let parameters: [NamedTensor]

    private let decoderConfig: DecoderConfig
    private let byName: [String: Tensor]
    private static let newRows = "model.embed_tokens.added"
    /// The rows of the new tokens, [added, C]; nil where there are none.
    package var addedRows: Tensor? { byName[Self.newRows] }

    /// Fresh weights that change nothing yet: `lora_B` and the projections back out of cross-attention are 0. New rows are half as large as the base's.
    /// - Throws: `ModelFolderError.adapter` for a base that it does not fit.
    public convenience init(base: Decoder, _ config: AdapterConfig, seed: UInt64) throws(ModelFolderError) {
        let table = config.addedTokens.isEmpty ? [] : base.embedding.array()
        let deviation = 0.5 * (table.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, table.count))).squareRoot()
        var place: UInt64 = 0
        try self.init(base: base, config, path: "adapter") { (name, shape) throws(ModelFolderError) in
            place += 1
            var random = RandomSource(seed: RandomSource.derive(seed, place))
            if shape.count == 1 { return Tensor.filled(1, shape: shape) }
            if name.hasSuffix("lora_B.weight") || name.hasSuffix("o_proj.weight") { return Tensor(zeros: shape) }
            return Tensor.normal(shape, deviation: name == Self.newRows ? Float(deviation) : 1 / Float(shape[1]).squareRoot(), using: &random)
        }
    }

    /// Walks through the adapter's weights in order; `weight` makes or finds each by name and shape.
    init(base: Decoder, _ config: AdapterConfig, path: String, weight: (_ name: String, _ shape: [Int]) throws(ModelFolderError) -> Tensor) throws(ModelFolderError) {
        decoderConfig = try config.config(of: base.config, path: path)
        var parameters: [NamedTensor] = []
        func take(_ name: String, _ shape: [Int]) throws(ModelFolderError) {
            let tensor = try weight(name, shape)
            tensor.requiresGradient = true
            parameters.append(NamedTensor(name: name, tensor: tensor))
        }
        let known = Set(base.parameters.map(\.name))
        for (name, shape) in Decoder.weights(of: decoderConfig) {
            if config.changes(name) {
                let stem = name.dropLast("weight".count)
                try take(stem + "lora_A.weight", [config.rank, shape[1]])
                try take(stem + "lora_B.weight", [shape[0], config.rank])
            } else if !known.contains(name) {
                try take(name, shape)
            }
        }
        if !config.addedTokens.isEmpty { try take(Self.newRows, [config.addedTokens.count, base.config.width]) }
        for parameter in base.parameters { parameter.tensor.requiresGradient = false }
        (self.base, self.config, self.parameters) = (base, config, parameters)
        byName = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor) })
    }

    /// The base with what the adapter has learnt so far. Its gradients flow to `parameters`; made without gradients it is a model by itself.
    /// With gradients it cannot be run with `checkpointing`: weights that are results of operations would have to be among the inputs of each piece.
    public func decoder() -> Decoder {
        let old = Dictionary(uniqueKeysWithValues: base.parameters.map { ($0.name, $0.tensor) }), scale = Float(config.alpha / Double(config.rank))
        return Decoder(config: decoderConfig, isTrained: false) { [byName] name, _ in
            guard let weight = old[name] else {
                guard let own = byName[name] else { preconditionFailure("an adapter without \(name)") }
                return own
            }
            if name == "model.embed_tokens.weight" { return byName[Self.newRows].map { stacked(weight, $0) } ?? weight }
            let stem = name.dropLast("weight".count)
            guard let up = byName[stem + "lora_B.weight"], let down = byName[stem + "lora_A.weight"] else { return weight }
            return adapted(weight, up: up.scaled(by: scale), down: down)               // W + α/r · B · A
        }
    }
}

extension Decoder {
    /// Some of the values of the table of tokens, by which a base is told from another of the same shape.
    var sample: [Float] {
        let values = embedding.array(), step = max(1, values.count / 61)
        return stride(from: step / 2, to: values.count, by: step).map { values[$0] }
    }

    /// A hash of some values of every weight: tells a model from another of the same shape, or from itself in another number format.
    package var fingerprint: String {
        var bytes: [UInt8] = []
        for parameter in parameters {
            let values = parameter.tensor.array()
            for index in stride(from: 0, to: values.count, by: max(1, values.count / 61)) { withUnsafeBytes(of: values[index].bitPattern.littleEndian) { bytes += $0 } }
        }
        return String(fnv1a(bytes), radix: 16)
    }

    /// Whether a sample is of this base, in whatever number format: a format changes values by a few hundredths of their size, other training by more.
    func isAlike(_ other: [Float]) -> Bool {
        let own = sample
        guard own.count == other.count else { return false }
        let distance = zip(own, other).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }, size = own.reduce(0.0) { $0 + Double($1) * Double($1) }
        return distance <= 0.01 * size
    }
}
