import Files
import Tensors

/// Where a decoder asks something else than its own text: rows of features, of a picture's grid for instance.
///
/// Every `every`-th block has, between its attention and its MLP, a second attention whose queries are the text's and whose keys and values
/// are made of the asked rows (Vaswani et al. 2017, section 3.2.3; between the blocks of a language model: Bhattacharyya et al. 2023, "Look,
/// Remember and Reason"). All positions see all rows.
public struct CrossAttentionConfig: Codable, Sendable, Equatable {
    /// One block of so many has it, the last of each group.
    public var every: Int
    /// G, the width of the rows that are asked; `source_width` in files.
    public var sourceWidth: Int

    private enum CodingKeys: String, CodingKey { case every, sourceWidth = "source_width" }

    /// - Throws: `DecodingError` for a key that is missing or outside its range.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        (every, sourceWidth) = (try keys.integer(.every) ?? 0, try keys.integer(.sourceWidth) ?? 0)
        try keys.check(.every, 1...1 << 10 ~= every, "an integer from 1 to 1024")
        try keys.check(.sourceWidth, 1...1 << 17 ~= sourceWidth, "an integer from 1 to 131072")
    }

    /// - Precondition: both are 1 or more.
    public init(every: Int, sourceWidth: Int) {
        precondition(every > 0 && sourceWidth > 0, "cross-attention in every \(every) blocks to rows of width \(sourceWidth)")
        (self.every, self.sourceWidth) = (every, sourceWidth)
    }

    /// Whether block `layer`, counted from 0, has it.
    public func isIn(layer: Int) -> Bool { layer % every == every - 1 }
}

/// Rows that a decoder's cross-attention asks, as many for each entry of a batch.
public struct CrossSource {
    /// [B·S, G].
    public let rows: Tensor
    /// S.
    public let length: Int

    /// - Precondition: `rows` are whole entries of `length`.
    public init(_ rows: Tensor, length: Int) {
        precondition(length > 0 && rows.shape.count == 2 && rows.shape[0] % length == 0, "\(rows.shape) are not entries of \(length) rows")
        (self.rows, self.length) = (rows, length)
    }
}

/// The weights of one cross-attention, named as in the file (`cross_attn.…`).
struct CrossAttention {
    let norm: Tensor                            // cross_attn_layernorm [C]
    let query: Tensor                           // q_proj [H·D, C]
    let key, value: Tensor                      // k_proj, v_proj [H_kv·D, G]
    let output: Tensor                          // o_proj [C, H·D]

    /// x [B·T, C] beside what it learns from the source.
    func callAsFunction(_ x: Tensor, source: CrossSource, _ config: DecoderConfig, batch: Int, length: Int) -> Tensor {
        let asked = linear(rmsNorm(x, norm, epsilon: config.epsilon), query)            // [B·T, H·D]
        let answers = linear(source.rows, [(key, nil), (value, nil)])                   // [B·S, H_kv·D] each
        let mixed = attention(
            query: asked, key: answers[0], value: answers[1], batch: batch, length: length, keyLength: source.length, heads: config.heads,
            keyValueHeads: config.keyValueHeads, mask: .full, rotary: nil)
        return x + linear(mixed, output)
    }
}

extension DecodingModel {
    /// The same as decoding reads it.
    struct CrossLayer {
        let norm: Tensor
        let query: PanelMatrix                  // [H·D, C]
        let keyValue: PanelMatrix               // k and v under each other: [2·H_kv·D, G]
        let output: PanelMatrix                 // [C, H·D]
        var matrices: [PanelMatrix] { [query, keyValue, output] }
    }
}
