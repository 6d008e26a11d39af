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
    let layers: [Layer]
    let norm: Tensor                            // [C]
    let head: PanelMatrix                       // [V, C]; the embedding when tied
    let rotary: RotaryTable

    struct Layer {
        let inputNorm: Tensor
        let attention: PanelMatrix              // q, k and v under each other: [(H + 2·H_kv)·D, C]
        let output: PanelMatrix                 // [C, H·D]
        let hiddenNorm: Tensor
        let gated: PanelMatrix                  // gate and up: [F, C]
        let down: PanelMatrix                   // [C, F]
    }

    /// Reads the weights of a decoder, which is not needed any more afterwards.
    /// - Parameter positions: how far sequences may go; nil: as far as the model's config allows, at most 8,192.
    public convenience init(_ decoder: Decoder, format: WeightFormat = .float32, positions: Int? = nil) {
        let embedding = PanelMatrix(stacking: [decoder.embedding], format: format)
        let head = decoder.config.tied ? embedding : PanelMatrix(stacking: [decoder.head], format: format)
        let layers = decoder.layers.map { layer in
            Layer(
                inputNorm: layer.inputNorm.copied(),
                attention: PanelMatrix(
                    stacking: [layer.query, layer.key, layer.value], biases: [layer.queryBias, layer.keyBias, layer.valueBias], format: format),
                output: PanelMatrix(stacking: [layer.output], biases: [layer.outputBias], format: format),
                hiddenNorm: layer.hiddenNorm.copied(),
                gated: PanelMatrix(gate: layer.gate, up: layer.up, format: format),
                down: PanelMatrix(stacking: [layer.down], format: format))
        }
        self.init(
            config: decoder.config, format: format, embedding: embedding, layers: layers, norm: decoder.norm.copied(), head: head,
            positions: positions)
    }

    init(
        config: DecoderConfig, format: WeightFormat, embedding: PanelMatrix, layers: [Layer], norm: Tensor, head: PanelMatrix, positions: Int?
    ) {
        (self.config, self.format, self.embedding, self.layers, self.norm, self.head) = (config, format, embedding, layers, norm, head)
        rotary = RotaryTable(
            headWidth: config.headWidth, base: config.ropeBase, positions: max(1, min(positions ?? 8_192, config.positions)))
    }

    /// The farthest position of a sequence.
    public var positions: Int { min(config.positions, rotary.positions) }

    /// Bytes of weights that one token reads.
    public var byteCount: Int { layers.reduce(head.byteCount) { $0 + $1.matrices.reduce(0) { $0 + $1.byteCount } } }

    /// All matrices, for sizing buffers.
    var matrices: [PanelMatrix] { layers.flatMap(\.matrices) + [head] }
}

extension DecodingModel.Layer {
    var matrices: [PanelMatrix] { [attention, output, gated, down] }
}
