import Tensors

/// A decoder-only transformer of Llama or Qwen2 shape: the differentiable form, for training and for whole sequences.
///
/// The module `Language` holds what a language model is made of: `Tokenizer` (text and ids), `DecoderConfig` and `Decoder`
/// (the model), `DecodingSession` (the same model with a KV cache), `Sampler`, `TokenConstraint` and `generate` (choosing
/// tokens), `ModelFolder` (Hugging Face files). It knows nothing of sketches or scenes.
///
/// ```swift
/// let folder = try ModelFolder.read(url)                       // config.json, tokenizer.json, model.safetensors
/// let session = DecodingSession(folder.decoder, capacity: 512)
/// var sampler = Sampler(Sampling(temperature: 0.8), seed: 7)
/// var text = FreeText(endTokens: folder.decoder.config.endTokens)
/// let ids = try generate(session, prompt: tokenizer.encode("a cat"), sampler: &sampler, constraint: &text, limit: 100)
/// print(tokenizer.decode(ids, skippingAdded: true))
///
/// let decoder = Decoder(config: config, seed: 1)               // from nothing
/// let loss = decoder.loss(ids: ids, targets: targets, batch: 4, length: 512)
/// loss.backward()                                              // gradients in decoder.parameters
/// ```
///
/// Letters: B batch, T positions, C width, H heads, H_kv key-value heads, D head width, F hidden width, V vocabulary.
/// Source: H. Touvron et al., "LLaMA: Open and Efficient Foundation Language Models" (2023).
public final class Decoder {
    /// The model's shape.
    public let config: DecoderConfig
    /// All weights under their Hugging Face names, always in the same order.
    public let parameters: [NamedTensor]

    package let embedding: Tensor               // [V, C]
    private let hint: Hint?
    let layers: [Layer]
    package let norm: Tensor                            // [C]
    package let head: Tensor                            // [V, C]; the embedding when tied
    private var rotaryTable: RotaryTable?
    private var rotaryLength = 0

    /// Fresh weights, normal: embeddings with deviation 0.02, matrices 1 / √inputs, the two projections back into the
    /// residual stream that over √(2L); norms 1, biases 0. Each weight has its own random stream, derived from the seed and its place.
    public convenience init(config: DecoderConfig, seed: UInt64) {
        let residual = 1 / Float(2 * config.layers).squareRoot()
        var place: UInt64 = 0
        self.init(config: config) { name, shape in
            place += 1
            if shape.count == 1 { return name.hasSuffix("bias") ? Tensor(zeros: shape) : Tensor.filled(1, shape: shape) }
            var random = RandomSource(seed: RandomSource.derive(seed, place))
            let intoResidual = name.hasSuffix("o_proj.weight") || name.hasSuffix("down_proj.weight")
            if name == "model.embed_tokens.weight" { return Tensor.normal(shape, deviation: 0.02, using: &random) }
            let deviation = 1 / Float(shape[1]).squareRoot()
            if name == "model.hint_proj.weight" { return Tensor.normal(shape, deviation: 0.02 * deviation, using: &random) }    // as large as an embedding
            return Tensor.normal(shape, deviation: intoResidual ? deviation * residual : deviation, using: &random)
        }
    }

    /// Walks through the model's weights in order; `weight` makes or finds each by name and shape.
    /// - Parameter isTrained: every weight gets a gradient; else those do that want one as they come (``Adapter``).
    init<E: Error>(config: DecoderConfig, isTrained: Bool = true, weight: (_ name: String, _ shape: [Int]) throws(E) -> Tensor) throws(E) {
        var parameters: [NamedTensor] = []
        func take(_ name: String, _ shape: Int...) throws(E) -> Tensor {
            let tensor = try weight(name, shape)
            if isTrained { tensor.requiresGradient = true }
            parameters.append(NamedTensor(name: name, tensor: tensor))
            return tensor
        }
        let C = config.width, F = config.hiddenWidth, V = config.vocabularySize
        let query = config.heads * config.headWidth, keyValue = config.keyValueHeads * config.headWidth
        let embedding = try take("model.embed_tokens.weight", V, C)
        hint = try config.hintWidth.map { G throws(E) in Hint(norm: try take("model.hint_norm.weight", G), projection: try take("model.hint_proj.weight", C, G)) }
        func cross(_ at: String, _ layer: Int) throws(E) -> CrossAttention? {
            guard let cross = config.crossAttention, cross.isIn(layer: layer) else { return nil }
            return CrossAttention(
                norm: try take(at + "cross_attn_layernorm.weight", C),
                query: try take(at + "cross_attn.q_proj.weight", query, C),
                key: try take(at + "cross_attn.k_proj.weight", keyValue, cross.sourceWidth),
                value: try take(at + "cross_attn.v_proj.weight", keyValue, cross.sourceWidth),
                output: try take(at + "cross_attn.o_proj.weight", C, query))
        }
        var layers: [Layer] = []
        for i in 0..<config.layers {
            let at = "model.layers.\(i)."
            let attention = at + "self_attn.", bias = config.attentionBias
            layers.append(Layer(
                inputNorm: try take(at + "input_layernorm.weight", C),
                query: try take(attention + "q_proj.weight", query, C),
                queryBias: bias ? try take(attention + "q_proj.bias", query) : nil,
                key: try take(attention + "k_proj.weight", keyValue, C),
                keyBias: bias ? try take(attention + "k_proj.bias", keyValue) : nil,
                value: try take(attention + "v_proj.weight", keyValue, C),
                valueBias: bias ? try take(attention + "v_proj.bias", keyValue) : nil,
                output: try take(attention + "o_proj.weight", C, query),
                outputBias: config.outputBias ? try take(attention + "o_proj.bias", C) : nil,
                cross: try cross(at, i),
                hiddenNorm: try take(at + "post_attention_layernorm.weight", C),
                gate: try take(at + "mlp.gate_proj.weight", F, C),
                up: try take(at + "mlp.up_proj.weight", F, C),
                down: try take(at + "mlp.down_proj.weight", C, F)))
        }
        self.embedding = embedding
        self.layers = layers
        norm = try take("model.norm.weight", C)
        head = config.tied ? embedding : try take("lm_head.weight", V, C)
        self.config = config
        self.parameters = parameters
    }

    /// Names and shapes of a config's weights, in the order of `parameters`: the same walk, over tensors without values.
    static func weights(of config: DecoderConfig) -> [(name: String, shape: [Int])] {
        var weights: [(name: String, shape: [Int])] = []
        let empty = Tensor(zeros: [0])
        _ = Decoder(config: config) { name, shape in
            weights.append((name, shape))
            return empty
        }
        return weights
    }

    /// The weights of one block, named as in the file.
    struct Layer {
        let inputNorm: Tensor                   // input_layernorm
        let query: Tensor, queryBias: Tensor?   // q_proj [H·D, C]
        let key: Tensor, keyBias: Tensor?       // k_proj [H_kv·D, C]
        let value: Tensor, valueBias: Tensor?   // v_proj [H_kv·D, C]
        let output: Tensor, outputBias: Tensor? // o_proj [C, H·D]
        let cross: CrossAttention?              // cross_attn, in some blocks of some models
        let hiddenNorm: Tensor                  // post_attention_layernorm
        let gate, up, down: Tensor              // gate_proj, up_proj [F, C], down_proj [C, F]

        /// x [B·T, C] after this block: attention (to the source too, where there is one), then the gated MLP, each beside the residual stream.
        func states(
            _ x: Tensor, _ config: DecoderConfig, batch: Int, length: Int, mask: AttentionMask, rotary: RotaryTable, source: CrossSource?
        ) -> Tensor {
            let a = rmsNorm(x, inputNorm, epsilon: config.epsilon)
            let projected = linear(a, [(query, queryBias), (key, keyBias), (value, valueBias)])   // [B·T, H·D], twice [B·T, H_kv·D]
            let mixed = attention(
                query: projected[0], key: projected[1], value: projected[2],
                batch: batch, length: length, heads: config.heads, keyValueHeads: config.keyValueHeads,
                mask: mask, rotary: rotary)
            var y = x + linear(mixed, output, bias: outputBias)
            if let cross, let source { y = cross(y, source: source, config, batch: batch, length: length) }
            let m = rmsNorm(y, hiddenNorm, epsilon: config.epsilon)
            let gated = linear(m, [(gate, nil), (up, nil)])                             // [B·T, F] each
            return y + linear(swiGLU(gate: gated[0], up: gated[1]), down)
        }
    }

    // MARK: Forward

    /// Logits [B·T, V] of whole sequences, differentiable.
    ///
    /// - Parameters:
    ///   - ids: B·T token ids, row after row.
    ///   - mask: causal, or narrower (packed documents).
    ///   - source: what cross-attention asks; nil: it is passed over.
    ///   - hints: what the model is told beside each token, [B·T, G], rows of zeros where nothing is; nil: nothing anywhere.
    ///   - checkpointing: keep only the states between blocks and compute each block's activations again in the backward pass:
    ///     about a third more time, far less memory, the same bits.
    /// - Precondition: ids are of the vocabulary, `length` at most `config.positions`, source and hints of the config's widths.
    public func logits(
        ids: [Int32], batch: Int, length: Int, mask: AttentionMask = .causal, source: CrossSource? = nil, hints: Tensor? = nil, checkpointing: Bool = false
    ) -> Tensor {
        linear(states(ids: ids, batch: batch, length: length, mask: mask, source: source, hints: hints, checkpointing: checkpointing), head)
    }

    /// Mean cross-entropy in nats, weighted; a target below 0 is left out. `source` and `checkpointing` as in `logits`.
    /// - Parameters:
    ///   - narrow: a target among these tokens is told from them alone, any other from the whole vocabulary; nil: all are told from the whole.
    ///     Where nothing else may stand, a few rows of a large head will do.
    ///   - teacher: a model of the same tokens, or the first of them: of what is told from the whole vocabulary its law is learnt, the loss being the
    ///     divergence from it; targets then only say what counts. It reads the same ids.
    ///   - factor: of that divergence, whose gradients are small beside those of other tasks where the model is near its teacher.
    public func loss(
        ids: [Int32], targets: [Int32], weights: [Float]? = nil, batch: Int, length: Int, mask: AttentionMask = .causal,
        source: CrossSource? = nil, checkpointing: Bool = false, among narrow: Range<Int>? = nil, teacher: Decoder? = nil, factor: Float = 1
    ) -> Tensor {
        let x = states(ids: ids, batch: batch, length: length, mask: mask, source: source, checkpointing: checkpointing)
        let narrow = narrow ?? 0..<0
        precondition(narrow.lowerBound >= 0 && narrow.upperBound <= config.vocabularySize, "tokens \(narrow) of a vocabulary of \(config.vocabularySize)")
        let isNarrow = targets.map { narrow.contains(Int($0)) }
        let few = zip(targets, isNarrow).map { $1 ? $0 - Int32(narrow.lowerBound) : -1 }, others = zip(targets, isNarrow).map { $1 ? -1 : $0 }
        func mass(_ targets: [Int32]) -> Double { targets.indices.reduce(0) { targets[$1] < 0 ? $0 : $0 + Double(weights?[$1] ?? 1) } }
        let fewMass = mass(few), otherMass = mass(others), total = fewMass + otherMass
        func whole() -> Tensor {
            guard let teacher else { return linearCrossEntropy(x, head, targets: others, weights: weights) }
            // Padding has a token that the teacher may not know; what follows a text does not count.
            let theirs = ids.map { $0 < Int32(teacher.config.vocabularySize) ? $0 : 0 }
            let known = withoutGradients { teacher.states(ids: theirs, batch: batch, length: length, mask: mask) }
            let divergence = linearDistillation(x, head, teacher: known, teacher.head, weights: others.indices.map { others[$0] < 0 ? 0 : weights?[$0] ?? 1 })
            return factor == 1 ? divergence : divergence.scaled(by: factor)
        }
        guard fewMass > 0 else { return whole() }
        let rows = Tensors.embedding(head, ids: narrow.map(Int32.init))                 // [narrow, C]
        let narrowed = linearCrossEntropy(x, rows, targets: few, weights: weights)
        // The mean over all that count, from the means of both kinds.
        return otherMass > 0 ? narrowed.scaled(by: Float(fewMass / total)) + whole().scaled(by: Float(otherMass / total)) : narrowed
    }

    /// What the head reads: the last layer's states after the final norm, [B·T, C]. `source`, `hints` and `checkpointing` as in `logits`.
    public func states(
        ids: [Int32], batch: Int, length: Int, mask: AttentionMask = .causal, source: CrossSource? = nil, hints: Tensor? = nil, checkpointing: Bool = false
    ) -> Tensor {
        precondition(ids.count == batch * length, "\(ids.count) ids are not \(batch) × \(length)")
        precondition(length <= config.positions, "\(length) positions, the model has \(config.positions)")
        precondition(source.map { $0.rows.count == batch * $0.length * (config.crossAttention?.sourceWidth ?? 0) } ?? true,
                     "a source of \(source?.rows.shape ?? []) for \(batch) entries, the model asks rows of width \(config.crossAttention?.sourceWidth ?? 0)")
        precondition(hints.map { $0.shape == [ids.count, config.hintWidth ?? 0] } ?? true, "hints of \(hints?.shape ?? []) for \(ids.count) tokens, the model takes \(config.hintWidth ?? 0) numbers")
        let rotary = rotary(positions: length)
        var x = Tensors.embedding(embedding, ids: ids)                                  // [B·T, C]
        if let hint, let hints { x = x + hint(hints, epsilon: config.epsilon) }
        for layer in layers {
            let asked = layer.cross == nil ? nil : source
            let block = { [config] (x: [Tensor]) in
                let source = asked.map { CrossSource(x[1], length: $0.length) }
                return layer.states(x[0], config, batch: batch, length: length, mask: mask, rotary: rotary, source: source)
            }
            let inputs = [x] + (asked.map { [$0.rows] } ?? [])
            x = checkpointing ? checkpoint(inputs, block) : block(inputs)
        }
        return rmsNorm(x, norm, epsilon: config.epsilon)
    }

    /// The RoPE table for at least so many positions, made once and doubled when it is too short: a config may promise
    /// 131,072 positions of which a run uses 512.
    func rotary(positions: Int) -> RotaryTable {
        if let rotaryTable, positions <= rotaryLength { return rotaryTable }
        rotaryLength = min(config.positions, max(positions, 2 * rotaryLength, 256))
        let table = RotaryTable(headWidth: config.headWidth, base: config.ropeBase, positions: rotaryLength)
        rotaryTable = table
        return table
    }
}
