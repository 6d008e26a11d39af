import Foundation
import Tensors

/// What is trained beside a frozen decoder; in files a `peft` LoRA config with two keys more.
public struct AdapterConfig: Codable, Sendable, Equatable {
    /// r, the rank of what is added to a matrix.
    public var rank = 16
    /// α: what is added is α / r · B · A.
    public var alpha = 32.0
    /// Which matrices of a block, by the names in files.
    public var targets = ["q_proj", "v_proj"]
    /// Cross-attention put into the base's blocks; nil: none.
    public var crossAttention: CrossAttentionConfig?
    /// Tokens after those of the base's vocabulary.
    public var addedTokens: [String] = []

    /// What `targets` may name.
    public static let matrices = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

    public init() {}

    /// The shape of a base with this in it.
    func config(of base: DecoderConfig, vocabularySize: Int) -> DecoderConfig {
        var config = base
        config.vocabularySize = vocabularySize
        config.crossAttention = crossAttention ?? base.crossAttention
        return config
    }

    /// Whether a weight of a block gets something of low rank beside it; cross-attention of its own does not.
    func changes(_ weight: String) -> Bool {
        !weight.contains(".cross_attn.") && targets.contains { weight.hasSuffix(".\($0).weight") }
    }

    // MARK: adapter_config.json

    private enum Key: String, CodingKey {
        case kind = "peft_type", task = "task_type", rank = "r", alpha = "lora_alpha", targets = "target_modules", bias, crossAttention = "cross_attention", addedTokens = "added_tokens"
    }

    /// - Throws: `Swift.DecodingError` naming the key and what was expected.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        func wrong(_ key: Key, _ what: String) -> Swift.DecodingError { .dataCorruptedError(forKey: key, in: keys, debugDescription: what) }
        guard try keys.decode(String.self, forKey: .kind) == "LORA" else { throw wrong(.kind, "expected \"LORA\"") }
        guard try keys.decodeIfPresent(String.self, forKey: .bias) ?? "none" == "none" else { throw wrong(.bias, "trained biases are not supported, expected \"none\"") }
        rank = try keys.decode(Int.self, forKey: .rank)
        alpha = try keys.decode(Double.self, forKey: .alpha)
        targets = try keys.decode([String].self, forKey: .targets)
        crossAttention = try keys.decodeIfPresent(CrossAttentionConfig.self, forKey: .crossAttention)
        addedTokens = try keys.decodeIfPresent([String].self, forKey: .addedTokens) ?? []
        guard 1...1_024 ~= rank else { throw wrong(.rank, "expected an integer from 1 to 1024, found \(rank)") }
        guard alpha.isFinite, alpha > 0, alpha <= 1e6 else { throw wrong(.alpha, "expected a number above 0, at most 1,000,000") }
        guard Set(targets).count == targets.count, targets.allSatisfy(Self.matrices.contains) else {
            throw wrong(.targets, "expected some of \(Self.matrices.joined(separator: ", ")), each once")
        }
        guard addedTokens.count <= 1 << 16, Set(addedTokens).count == addedTokens.count, !addedTokens.contains("") else {
            throw wrong(.addedTokens, "expected at most 65536 names, none empty or twice")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode("LORA", forKey: .kind)
        try keys.encode("CAUSAL_LM", forKey: .task)
        try keys.encode(rank, forKey: .rank)
        try keys.encode(alpha, forKey: .alpha)
        try keys.encode(targets, forKey: .targets)
        try keys.encode("none", forKey: .bias)
        try keys.encodeIfPresent(crossAttention, forKey: .crossAttention)
        try keys.encode(addedTokens, forKey: .addedTokens)
    }
}

/// A frozen decoder and what is trained beside it: low-rank changes of its matrices (LoRA, Hu et al. 2021), cross-attention put between its
/// blocks, rows for new tokens. The base's own weights never change.
///
/// ```swift
/// let adapter = try Adapter(base: ModelFile.open(url).decoder(), config, tokens: tokenizer.count, seed: 1)
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

    /// Fresh weights that change nothing yet: `lora_B` and the projections back out of cross-attention are 0.
    /// - Parameter tokens: tokens of the vocabulary with the new ones.
    /// - Throws: `ModelFolderError.adapter` for a base that it does not fit.
    public convenience init(base: Decoder, _ config: AdapterConfig, tokens: Int, seed: UInt64) throws(ModelFolderError) {
        let table = base.embedding.array(), deviation = 0.5 * (table.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, table.count))).squareRoot()
        var place: UInt64 = 0
        try self.init(base: base, config, tokens: tokens, path: "adapter") { (name, shape) throws(ModelFolderError) in
            place += 1
            var random = RandomSource(seed: RandomSource.derive(seed, place))
            if shape.count == 1 { return Tensor.filled(1, shape: shape) }
            if name.hasSuffix("lora_B.weight") || name.hasSuffix("o_proj.weight") { return Tensor(zeros: shape) }
            return Tensor.normal(shape, deviation: name == Self.newRows ? Float(deviation) : 1 / Float(shape[1]).squareRoot(), using: &random)
        }
    }

    /// Walks through the adapter's weights in order; `weight` makes or finds each by name and shape.
    init(base: Decoder, _ config: AdapterConfig, tokens: Int, path: String, weight: (_ name: String, _ shape: [Int]) throws(ModelFolderError) -> Tensor) throws(ModelFolderError) {
        let old = base.config, added = tokens - old.vocabularySize
        guard old.tied, old.crossAttention == nil || config.crossAttention == nil, added == config.addedTokens.count else {
            throw .adapter(path: path, problem: "a base needs a tied head, as many rows as it has tokens, none of those that the adapter adds, and no cross-attention beside the adapter's")
        }
        if let cross = config.crossAttention, !(1...old.layers ~= cross.every) {
            throw .adapter(path: path, problem: "cross-attention in one of \(cross.every) blocks, the base has \(old.layers)")
        }
        decoderConfig = config.config(of: old, vocabularySize: tokens)
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
        if added > 0 { try take(Self.newRows, [added, old.width]) }
        for parameter in base.parameters { parameter.tensor.requiresGradient = false }
        (self.base, self.config, self.parameters) = (base, config, parameters)
        byName = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor) })
    }

    /// The base with what the adapter has learnt so far. Its gradients flow to `parameters`; made without gradients it is a model by itself.
    public func decoder() -> Decoder {
        let old = Dictionary(uniqueKeysWithValues: base.parameters.map { ($0.name, $0.tensor) }), scale = Float(config.alpha / Double(config.rank))
        return Decoder(config: decoderConfig, isTrained: false) { [byName] name, shape in
            guard let weight = old[name] else { return byName[name] ?? Tensor(zeros: shape) }
            if name == "model.embed_tokens.weight" { return byName[Self.newRows].map { stacked(weight, $0) } ?? weight }
            let stem = name.dropLast("weight".count)
            guard let up = byName[stem + "lora_B.weight"], let down = byName[stem + "lora_A.weight"] else { return weight }
            return adapted(weight, up: up.scaled(by: scale), down: down)               // W + α/r · B · A
        }
    }
}
