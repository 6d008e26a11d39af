import Files

/// The shape of a decoder-only model: the part of a Hugging Face `config.json` that Atelier reads and writes.
///
/// Llama and Qwen2 shapes: RMSNorm before attention and MLP, RoPE, grouped-query attention, SwiGLU. Decoding checks every
/// value, so a config that decodes is one that can be built; unknown keys are ignored.
public struct DecoderConfig: Codable, Sendable, Equatable {
    /// The family, `model_type` in the file.
    public enum ModelType: String, Codable, Sendable {
        /// Biases on query, key, value and output, or (usually) nowhere.
        case llama
        /// Biases on query, key and value.
        case qwen2
    }

    /// Which family's biases the shape has.
    public var modelType: ModelType
    /// C, `hidden_size`.
    public var width: Int
    /// L, `num_hidden_layers`.
    public var layers: Int
    /// H, `num_attention_heads`.
    public var heads: Int
    /// H_kv, `num_key_value_heads`: each is shared by `heads / keyValueHeads` query heads.
    public var keyValueHeads: Int
    /// D, `head_dim`; `width / heads` where the file has none.
    public var headWidth: Int
    /// F, `intermediate_size`.
    public var hiddenWidth: Int
    /// V, `vocab_size`.
    public var vocabularySize: Int
    /// Longest sequence, `max_position_embeddings`.
    public var positions: Int
    /// `rope_theta`.
    public var ropeBase: Float
    /// `rms_norm_eps`.
    public var epsilon: Float
    /// `tie_word_embeddings`: the head's weight is the embedding table.
    public var tied: Bool
    /// Biases in attention: `attention_bias` for Llama, always for Qwen2.
    public var attentionBias: Bool
    /// What some blocks ask beside the text, `cross_attention`; nil in plain decoders.
    public var crossAttention: CrossAttentionConfig?
    /// G, `hint_width`: how many numbers the model may be told beside a token; nil in plain decoders.
    public var hintWidth: Int?
    /// `bos_token_id`.
    public var beginToken: Int?
    /// `eos_token_id`, one or several.
    public var endTokens: [Int]
    /// `pad_token_id`.
    public var padToken: Int?

    /// A Llama shape unless said otherwise.
    public init(
        modelType: ModelType = .llama, width: Int, layers: Int, heads: Int, keyValueHeads: Int? = nil,
        headWidth: Int? = nil, hiddenWidth: Int, vocabularySize: Int, positions: Int, ropeBase: Float = 10_000,
        epsilon: Float = 1e-5, tied: Bool = true, attentionBias: Bool? = nil, crossAttention: CrossAttentionConfig? = nil, hintWidth: Int? = nil, beginToken: Int? = nil,
        endTokens: [Int] = [], padToken: Int? = nil
    ) {
        self.modelType = modelType
        self.width = width
        self.layers = layers
        self.heads = heads
        self.keyValueHeads = keyValueHeads ?? heads
        self.headWidth = headWidth ?? width / max(heads, 1)
        self.hiddenWidth = hiddenWidth
        self.vocabularySize = vocabularySize
        self.positions = positions
        self.ropeBase = ropeBase
        self.epsilon = epsilon
        self.tied = tied
        self.attentionBias = attentionBias ?? (modelType == .qwen2)
        self.crossAttention = crossAttention
        self.hintWidth = hintWidth
        self.beginToken = beginToken
        self.endTokens = endTokens
        self.padToken = padToken
    }

    /// Number of weights.
    public var parameterCount: Int {
        let query = heads * headWidth, keyValue = keyValueHeads * headWidth
        var attention = 2 * width * query + 2 * width * keyValue
        if attentionBias { attention += query + 2 * keyValue }
        if outputBias { attention += width }
        let layer = attention + 3 * width * hiddenWidth + 2 * width
        let cross = crossAttention.map { cross in (layers / cross.every) * (2 * width * query + 2 * cross.sourceWidth * keyValue + width) } ?? 0
        let hint = hintWidth.map { $0 + width * $0 } ?? 0
        return layers * layer + cross + hint + width + (tied ? 1 : 2) * vocabularySize * width
    }

    /// Llama's `attention_bias` puts a bias on the output projection too.
    var outputBias: Bool { attentionBias && modelType == .llama }

    // MARK: config.json

    private enum Key: String, CodingKey {
        case architectures, modelType = "model_type", width = "hidden_size", layers = "num_hidden_layers"
        case heads = "num_attention_heads", keyValueHeads = "num_key_value_heads", headWidth = "head_dim"
        case hiddenWidth = "intermediate_size", vocabularySize = "vocab_size", positions = "max_position_embeddings"
        case ropeBase = "rope_theta", ropeParameters = "rope_parameters", ropeScaling = "rope_scaling"
        case epsilon = "rms_norm_eps", tied = "tie_word_embeddings", attentionBias = "attention_bias", mlpBias = "mlp_bias"
        case activation = "hidden_act", slidingWindow = "use_sliding_window"
        case crossAttention = "cross_attention", hintWidth = "hint_width"
        case beginToken = "bos_token_id", endTokens = "eos_token_id", padToken = "pad_token_id"
    }

    private enum RopeKey: String, CodingKey { case type = "rope_type", oldType = "type", base = "rope_theta" }

    /// Reads both spellings of RoPE: `rope_theta` beside the rest (transformers 4) and inside `rope_parameters` (5).
    /// - Throws: `Swift.DecodingError` naming the key and what was expected.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        func wrong(_ key: Key, _ what: String) -> Swift.DecodingError {
            .dataCorruptedError(forKey: key, in: keys, debugDescription: what)
        }
        func integer(_ key: Key) throws -> Int? {
            do { return try keys.integer(key) } catch Swift.DecodingError.dataCorrupted(let context) { throw wrong(key, "expected \(context.debugDescription)") }
        }
        func size(_ key: Key, limit: Int, ifAbsent: Int? = nil) throws -> Int {
            let found = try integer(key)
            if found == nil, ifAbsent == nil { throw wrong(key, "missing") }
            guard let value = found ?? ifAbsent, (1...limit).contains(value) else {
                throw wrong(key, "expected an integer from 1 to \(limit)\(found.map { ", found \($0)" } ?? "")")
            }
            return value
        }
        let family = try keys.decode(String.self, forKey: .modelType)
        guard let modelType = ModelType(rawValue: family) else {
            throw wrong(.modelType, "expected \"llama\" or \"qwen2\", found \"\(family)\"")
        }
        self.modelType = modelType
        width = try size(.width, limit: 1 << 17)
        layers = try size(.layers, limit: 1 << 10)
        heads = try size(.heads, limit: 1 << 10)
        keyValueHeads = try size(.keyValueHeads, limit: 1 << 10, ifAbsent: heads)
        guard heads.isMultiple(of: keyValueHeads) else {
            throw wrong(.keyValueHeads, "\(heads) heads cannot share \(keyValueHeads) key-value heads")
        }
        if try integer(.headWidth) == nil, !width.isMultiple(of: heads) {
            throw wrong(.heads, "a width of \(width) cannot be split into \(heads) heads")
        }
        headWidth = try size(.headWidth, limit: 256, ifAbsent: max(1, width / heads))
        guard headWidth.isMultiple(of: 2) else { throw wrong(.headWidth, "RoPE needs an even head width, found \(headWidth)") }
        hiddenWidth = try size(.hiddenWidth, limit: 1 << 19)
        vocabularySize = try size(.vocabularySize, limit: 1 << 22)
        positions = try size(.positions, limit: 1 << 24, ifAbsent: modelType == .llama ? 2_048 : 32_768)

        var base = try keys.decodeIfPresent(Float.self, forKey: .ropeBase)
        for key in [Key.ropeParameters, .ropeScaling] where try keys.contains(key) && !keys.decodeNil(forKey: key) {
            let rope = try keys.nestedContainer(keyedBy: RopeKey.self, forKey: key)
            let type = try rope.decodeIfPresent(String.self, forKey: .type) ?? rope.decodeIfPresent(String.self, forKey: .oldType)
            guard (type ?? "default") == "default" else {
                throw wrong(key, "RoPE scaling \"\(type ?? "")\" is not supported, only \"default\"")
            }
            base = try rope.decodeIfPresent(Float.self, forKey: .base) ?? base
        }
        ropeBase = base ?? 10_000
        guard ropeBase.isFinite, ropeBase > 0 else { throw wrong(.ropeBase, "expected a number above 0") }
        epsilon = try keys.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-6
        guard epsilon.isFinite, epsilon > 0, epsilon < 1 else { throw wrong(.epsilon, "expected a number between 0 and 1") }
        tied = try keys.decodeIfPresent(Bool.self, forKey: .tied) ?? false
        let bias = try keys.decodeIfPresent(Bool.self, forKey: .attentionBias) ?? false
        attentionBias = modelType == .qwen2 || bias
        for key in [Key.mlpBias, .slidingWindow] where try keys.decodeIfPresent(Bool.self, forKey: key) == true {
            throw wrong(key, "true is not supported")
        }
        let activation = try keys.decodeIfPresent(String.self, forKey: .activation) ?? "silu"
        guard activation == "silu" else { throw wrong(.activation, "expected \"silu\", found \"\(activation)\"") }
        let cross = try keys.decodeIfPresent(CrossAttentionConfig.self, forKey: .crossAttention)
        if let cross, cross.every > layers { throw wrong(.crossAttention, "one of \(cross.every) blocks asks, there are \(layers)") }
        crossAttention = cross
        hintWidth = try integer(.hintWidth) == nil ? nil : size(.hintWidth, limit: 1 << 17)
        beginToken = try integer(.beginToken)
        padToken = try integer(.padToken)
        if let list = try? keys.decodeIfPresent([Int].self, forKey: .endTokens) { endTokens = list } else {
            endTokens = try integer(.endTokens).map { [$0] } ?? []
        }
    }

    /// Writes both spellings of RoPE, so that older and newer `transformers` load the folder.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode([modelType == .llama ? "LlamaForCausalLM" : "Qwen2ForCausalLM"], forKey: .architectures)
        try keys.encode(modelType, forKey: .modelType)
        try keys.encode(width, forKey: .width)
        try keys.encode(layers, forKey: .layers)
        try keys.encode(heads, forKey: .heads)
        try keys.encode(keyValueHeads, forKey: .keyValueHeads)
        try keys.encode(headWidth, forKey: .headWidth)
        try keys.encode(hiddenWidth, forKey: .hiddenWidth)
        try keys.encode(vocabularySize, forKey: .vocabularySize)
        try keys.encode(positions, forKey: .positions)
        try keys.encode(ropeBase, forKey: .ropeBase)
        var rope = keys.nestedContainer(keyedBy: RopeKey.self, forKey: .ropeParameters)
        try rope.encode("default", forKey: .type)
        try rope.encode(ropeBase, forKey: .base)
        try keys.encode(epsilon, forKey: .epsilon)
        try keys.encode(tied, forKey: .tied)
        if modelType == .llama { try keys.encode(attentionBias, forKey: .attentionBias) }
        try keys.encode("silu", forKey: .activation)
        try keys.encodeIfPresent(crossAttention, forKey: .crossAttention)
        try keys.encodeIfPresent(hintWidth, forKey: .hintWidth)
        // Absent keys would mean Llama's own defaults (1 and 2), which name other tokens here: null says "none".
        try keys.encode(beginToken, forKey: .beginToken)
        if endTokens.count == 1 { try keys.encode(endTokens[0], forKey: .endTokens) }
        else { try keys.encode(endTokens.isEmpty ? nil : endTokens, forKey: .endTokens) }
        try keys.encode(padToken, forKey: .padToken)
    }
}
