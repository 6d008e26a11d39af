import Tensors

/// A decoder's weights as decoding reads them: in a number format of their own, matrices that share an input put together.
///
/// A snapshot: training that goes on does not change it. May be shared by any number of sessions and batches, which may not
/// decode at the same time on several threads.
///
/// ```swift
/// let model = DecodingModel(folder.decoder, format: .int8)
/// let session = DecodingSession(model, capacity: 512)
/// ```
public final class DecodingModel {
    /// The model's shape.
    public let config: DecoderConfig
    /// How most of the weights are kept; norms and biases are always f32.
    public let format: WeightFormat

    let embedding: PanelMatrix                  // [V, C]
    let hint: HintLayer?
    let layers: [Layer]
    let norm: Tensor                            // [C]
    let head: PanelMatrix                       // [V, C]; the embedding when tied
    let rotary: RotaryTable

    struct Layer {
        let inputNorm: Tensor
        let attention: PanelMatrix              // q, k and v under each other: [(H + 2·H_kv)·D, C]
        let output: PanelMatrix                 // [C, H·D]
        let cross: CrossLayer?
        let hiddenNorm: Tensor
        let gated: PanelMatrix                  // gate and up: [F, C]
        let down: PanelMatrix                   // [C, F]
    }

    /// Reads the weights of a decoder, which is not needed any more afterwards.
    /// - Parameter positions: how far sequences may go; nil: as far as the model's config allows, at most 8,192.
    public convenience init(_ decoder: Decoder, format: WeightFormat = .float32, positions: Int? = nil) {
        var weights: [String: Tensor] = [:]
        for parameter in decoder.parameters { weights[parameter.name] = parameter.tensor }
        // Tensors cannot fail to be read, and all of the config's weights are there.
        try! self.init(config: decoder.config, format: format, positions: positions) { name, shape in .tensor(weights[name] ?? Tensor(zeros: shape)) }
    }

    /// Walks through the model's weights by their Hugging Face names.
    /// - Parameters:
    ///   - format: nil: as the weights are stored.
    ///   - path: of the file, for errors.
    convenience init(
        config: DecoderConfig, format: WeightFormat?, positions: Int?, path: String = "",
        weight: (_ name: String, _ shape: [Int]) throws(ModelFolderError) -> StoredWeight
    ) throws(ModelFolderError) {
        func stored(_ name: String, _ shape: Int...) throws(ModelFolderError) -> StoredWeight { try weight(name, shape) }
        func tensor(_ name: String, _ count: Int) throws(ModelFolderError) -> Tensor {
            let stored = try weight(name, [count]), tensor: Tensor
            do throws(GGUFError) { tensor = try stored.tensor() } catch { throw .gguf(error) }
            guard tensor.isFinite else { throw .notFinite(path: path, name: name) }
            return tensor.copied()
        }
        func matrix(_ weights: [StoredWeight], biases: [Tensor?] = [], isGated: Bool = false) throws(ModelFolderError) -> PanelMatrix {
            do throws(GGUFError) { return try PanelMatrix(weights, biases: biases, isGated: isGated, format: format) } catch { throw .gguf(error) }
        }
        let C = config.width, F = config.hiddenWidth, V = config.vocabularySize
        let query = config.heads * config.headWidth, keyValue = config.keyValueHeads * config.headWidth
        let embedding = try matrix([stored("model.embed_tokens.weight", V, C)])
        let hint = try config.hintWidth.map { G throws(ModelFolderError) in
            HintLayer(norm: try tensor("model.hint_norm.weight", G), projection: try matrix([stored("model.hint_proj.weight", C, G)]))
        }
        func cross(_ at: String, _ layer: Int) throws(ModelFolderError) -> CrossLayer? {
            guard let cross = config.crossAttention, cross.isIn(layer: layer) else { return nil }
            let own = at + "cross_attn.", G = cross.sourceWidth
            return CrossLayer(
                norm: try tensor(at + "cross_attn_layernorm.weight", C), query: try matrix([stored(own + "q_proj.weight", query, C)]),
                keyValue: try matrix([stored(own + "k_proj.weight", keyValue, G), stored(own + "v_proj.weight", keyValue, G)]),
                output: try matrix([stored(own + "o_proj.weight", C, query)]))
        }
        var layers: [Layer] = []
        for index in 0..<config.layers {
            let at = "model.layers.\(index).", attention = at + "self_attn.", mlp = at + "mlp."
            let biases = config.attentionBias
                ? [try tensor(attention + "q_proj.bias", query), try tensor(attention + "k_proj.bias", keyValue), try tensor(attention + "v_proj.bias", keyValue)] : []
            layers.append(Layer(
                inputNorm: try tensor(at + "input_layernorm.weight", C),
                attention: try matrix(
                    [stored(attention + "q_proj.weight", query, C), stored(attention + "k_proj.weight", keyValue, C), stored(attention + "v_proj.weight", keyValue, C)],
                    biases: biases),
                output: try matrix(
                    [stored(attention + "o_proj.weight", C, query)], biases: config.outputBias ? [tensor(attention + "o_proj.bias", C)] : []),
                cross: try cross(at, index),
                hiddenNorm: try tensor(at + "post_attention_layernorm.weight", C),
                gated: try matrix([stored(mlp + "gate_proj.weight", F, C), stored(mlp + "up_proj.weight", F, C)], isGated: true),
                down: try matrix([stored(mlp + "down_proj.weight", C, F)])))
        }
        self.init(
            config: config, format: format ?? layers.first?.attention.format ?? embedding.format, embedding: embedding, hint: hint, layers: layers,
            norm: try tensor("model.norm.weight", C), head: config.tied ? embedding : try matrix([stored("lm_head.weight", V, C)]), positions: positions)
    }

    init(
        config: DecoderConfig, format: WeightFormat, embedding: PanelMatrix, hint: HintLayer?, layers: [Layer], norm: Tensor, head: PanelMatrix, positions: Int?
    ) {
        (self.config, self.format, self.embedding, self.hint, self.layers, self.norm, self.head) = (config, format, embedding, hint, layers, norm, head)
        rotary = RotaryTable(
            headWidth: config.headWidth, base: config.ropeBase, positions: max(1, min(positions ?? 8_192, config.positions)))
    }

    /// The first blocks of this model under its own norm and head, which share its weights: a model that guesses what this one says, and is told nothing.
    /// - Precondition: 1 block or more, at most as many as there are.
    public func first(_ blocks: Int) -> DecodingModel {
        precondition((1...layers.count).contains(blocks), "\(blocks) of \(layers.count) blocks")
        var config = config
        config.layers = blocks
        config.hintWidth = nil
        return DecodingModel(
            config: config, format: format, embedding: embedding, hint: nil, layers: Array(layers.prefix(blocks)), norm: norm, head: head, positions: rotary.positions)
    }

    /// The farthest position of a sequence.
    public var positions: Int { min(config.positions, rotary.positions) }

    /// Bytes of weights that one token reads.
    public var byteCount: Int { layers.reduce(head.byteCount) { $0 + $1.matrices.reduce(0) { $0 + $1.byteCount } } }

    /// All matrices, for sizing buffers.
    var matrices: [PanelMatrix] { layers.flatMap(\.matrices) + [head] }
}

extension DecodingModel.Layer {
    var matrices: [PanelMatrix] { [attention, output, gated, down] + (cross?.matrices ?? []) }
}
