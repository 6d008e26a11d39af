import Tensors

/// What a decoder may be told beside a token: a row of numbers, of what another model thought when it wrote that token. It is normed, projected and added to the
/// token's embedding; a token without one, or with a row of zeros, is read as it is.
///
/// A draft that is told the states of its target's head guesses far better than one that reads the text alone (Li et al. 2024, "EAGLE"; Ankner et al. 2024, "Hydra").
struct Hint {
    let norm: Tensor                            // hint_norm [G]
    let projection: Tensor                      // hint_proj [C, G]

    /// What is added to the embeddings: [B·T, C] of rows [B·T, G].
    func callAsFunction(_ rows: Tensor, epsilon: Float) -> Tensor { linear(rmsNorm(rows, norm, epsilon: epsilon), projection) }
}

extension DecodingModel {
    /// The same as decoding reads it.
    struct HintLayer {
        let norm: Tensor
        let projection: PanelMatrix             // [C, G]
    }
}

/// Memory for one hint.
final class HintRow {
    private let layer: DecodingModel.HintLayer
    private let epsilon: Float
    private let normed: Buffer                  // [G]
    private let prepared: PreparedRows

    init(_ layer: DecodingModel.HintLayer, epsilon: Float) {
        (self.layer, self.epsilon) = (layer, epsilon)
        normed = Buffer(layer.projection.inputs)
        prepared = PreparedRows(rows: 1, for: [layer.projection])
    }

    /// Adds a hint [G] to a token's embedding [C].
    func add(_ hint: [Float], to x: UnsafeMutablePointer<Float>) {
        let G = layer.projection.inputs
        precondition(hint.count == G, "a hint of \(hint.count) numbers, the model takes \(G)")
        Inference.rmsNorm(hint, rows: 1, width: G, weight: layer.norm, epsilon: epsilon, into: normed.start)
        prepared.prepare(normed.start, rows: 1, stride: G, for: layer.projection)
        layer.projection.multiply(prepared, rows: 1, adds: true, into: x, stride: layer.projection.outputs)
    }
}
