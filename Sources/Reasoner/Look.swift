import Tensors

/// The eye of the reasoner: pictures to grid features, one row a cell of 16 × 16 pixels.
///
/// A stem of strided 3 × 3 convolutions (group norm, ReLU), then transformer blocks whose attention is divided: over time between the same
/// cells of all frames so far (videos only), then over space within a frame (Bertasius et al. 2021, "Is Space-Time Attention All You Need for
/// Video Understanding?", section 3; the encoder of "Look, Remember and Reason").
///
/// Letters: B entries, F frames, N cells, G features.
public final class Look {
    /// The shape.
    public let config: LookConfig
    /// The weights, named as in the file (`look.…`), always in the same order.
    public let parameters: [NamedTensor]

    private let stem: [Stage]
    private let positions: Tensor               // [N, G]
    private let times: Tensor?                  // [F, G]
    private let blocks: [Block]
    private let norm: Tensor                    // [G]

    private struct Stage { let weight, bias, scale, shift: Tensor }
    private struct Attention { let norm, query, key, value, output: Tensor }
    private struct Block {
        let time: Attention?
        let space: Attention
        let norm, gate, up, down: Tensor
    }

    /// Fresh weights; each has its own random stream, derived from the seed and its place. Without a seed the matrices are 0, to be read from a file.
    public init(config: LookConfig, seed: UInt64?) {
        var parameters: [NamedTensor] = [], place: UInt64 = 0
        func take(_ name: String, _ shape: Int..., deviation: Float) -> Tensor {
            place += 1
            let tensor = seed.map { seed in
                var random = RandomSource(seed: RandomSource.derive(seed, place))
                return Tensor.normal(shape, deviation: deviation, using: &random)
            } ?? Tensor(zeros: shape)
            tensor.requiresGradient = true
            parameters.append(NamedTensor(name: "look." + name, tensor: tensor))
            return tensor
        }
        func filled(_ name: String, _ count: Int, _ value: Float) -> Tensor {
            place += 1
            let tensor = Tensor.filled(value, shape: [count])
            tensor.requiresGradient = true
            parameters.append(NamedTensor(name: "look." + name, tensor: tensor))
            return tensor
        }
        let G = config.features, residual = 1 / Float(max(1, 2 * config.layers)).squareRoot(), deviation = 1 / Float(G).squareRoot()
        var inputs = 3
        stem = (config.stem + [G]).enumerated().map { index, outputs in
            let at = "stem.\(index)."
            defer { inputs = outputs }
            return Stage(
                weight: take(at + "conv.weight", outputs, inputs, 3, 3, deviation: Float(2 / Double(9 * inputs)).squareRoot()),   // He et al. 2015
                bias: filled(at + "conv.bias", outputs, 0), scale: filled(at + "norm.weight", outputs, 1), shift: filled(at + "norm.bias", outputs, 0))
        }
        positions = take("positions", config.cells, G, deviation: 0.02)
        times = config.frames > 1 ? take("times", config.frames, G, deviation: 0.02) : nil
        func attention(_ at: String) -> Attention {
            Attention(
                norm: filled(at + "norm.weight", G, 1), query: take(at + "q_proj.weight", G, G, deviation: deviation),
                key: take(at + "k_proj.weight", G, G, deviation: deviation), value: take(at + "v_proj.weight", G, G, deviation: deviation),
                output: take(at + "o_proj.weight", G, G, deviation: deviation * residual))
        }
        blocks = (0..<config.layers).map { index in
            let at = "blocks.\(index)."
            return Block(
                time: config.frames > 1 ? attention(at + "time.") : nil, space: attention(at + "space."),
                norm: filled(at + "mlp.norm.weight", G, 1), gate: take(at + "mlp.gate_proj.weight", config.hiddenWidth, G, deviation: deviation),
                up: take(at + "mlp.up_proj.weight", config.hiddenWidth, G, deviation: deviation),
                down: take(at + "mlp.down_proj.weight", G, config.hiddenWidth, deviation: residual / Float(config.hiddenWidth).squareRoot()))
        }
        norm = filled("norm.weight", G, 1)
        self.config = config
        self.parameters = parameters
    }

    /// Grid features [B·F·N, G] of pictures [B·F, 3, H, W] (``LookFrame``'s), frames of an entry after each other.
    /// - Precondition: pictures of the config's size, `frames` at most the config's.
    public func callAsFunction(_ pictures: Tensor, frames: Int = 1) -> Tensor {
        let count = pictures.shape[0], N = config.cells, G = config.features
        precondition(pictures.shape == [count, 3, config.pictureHeight, config.pictureWidth] && count % frames == 0,
                     "pictures \(pictures.shape) in groups of \(frames), the model sees \(config.pictureWidth) × \(config.pictureHeight)")
        precondition(1...config.frames ~= frames, "\(frames) frames, the model sees \(config.frames)")
        var x = pictures                                                                        // [B·F, 3, H, W]
        for stage in stem {
            x = conv2d(x, stage.weight, bias: stage.bias, stride: 2, padding: 1)
            x = groupNorm(x, stage.scale, stage.shift, groups: 8, relu: true)                   // [B·F, C, H / 2, W / 2]
        }
        x = patches(x, size: 1).reshaped([count * N, G])                                        // [B·F·N, G]
        x = x + embedding(positions, ids: (0..<count * N).map { Int32($0 % N) })
        if let times { x = x + embedding(times, ids: (0..<count * N).map { Int32($0 / N % frames) }) }
        for block in blocks {
            if let time = block.time, frames > 1 { x = x + overTime(x, time, frames: frames) }
            x = x + attend(x, block.space, batch: count, length: N, mask: .full)
            let m = linear(rmsNorm(x, block.norm, epsilon: 1e-5), [(block.gate, nil), (block.up, nil)])     // [B·F·N, hidden] each
            x = x + linear(swiGLU(gate: m[0], up: m[1]), block.down)
        }
        return rmsNorm(x, norm, epsilon: 1e-5)
    }

    private func attend(_ x: Tensor, _ a: Attention, batch: Int, length: Int, mask: AttentionMask) -> Tensor {
        let p = linear(rmsNorm(x, a.norm, epsilon: 1e-5), [(a.query, nil), (a.key, nil), (a.value, nil)])
        return linear(attention(
            query: p[0], key: p[1], value: p[2], batch: batch, length: length, heads: config.heads, keyValueHeads: config.heads, mask: mask,
            rotary: nil), a.output)
    }

    /// Attention between the frames of one cell; a frame sees itself and those before it, so that a stream can be read as it comes.
    private func overTime(_ x: Tensor, _ a: Attention, frames: Int) -> Tensor {
        let N = config.cells, entries = x.shape[0] / (frames * N)
        // Row r of the reordered features is (entry, cell, frame); an embedding picks rows, and gives gradients back to them.
        let byCell = (0..<x.shape[0]).map { r in Int32(r / (N * frames) * frames * N + r % frames * N + r / frames % N) }
        let byFrame = (0..<x.shape[0]).map { r in Int32(r / (N * frames) * frames * N + r % N * frames + r / N % frames) }
        let mixed = attend(embedding(x, ids: byCell), a, batch: entries * N, length: frames, mask: .causal)        // [B·N·F, G]
        return embedding(mixed, ids: byFrame)
    }
}
