import Pictures
import Scenes
import Tensors

extension SceneGrid {
    /// What the heads say of pictures, each seen as it is and as a mirror shows it, and the mean of the two: errors that the two views do not
    /// share halve. Twice the time of one view.
    package func bothWays(_ frames: [Picture]) -> Outputs {
        let B = frames.count
        let outputs = withoutGradients { self(LookFrame.tensor(frames + frames.map { $0.mirrored() })) }              // 2·B pictures
        return outputs.meanOfMirrored(B, slots: slots)
    }
}

extension SceneGrid.Outputs {
    /// Of 2·B pictures, the second half of which are the first's mirror images, the mean for each of the first B.
    func meanOfMirrored(_ B: Int, slots: GridSlots) -> Self {
        let S = slots.count, mirror = (0..<S).map(slots.mirrored)
        func mean(_ tensor: Tensor, _ turned: ([Float]) -> [Float] = { $0 }) -> Tensor {
            let width = tensor.shape[1], values = tensor.array()
            var result = [Float](repeating: 0, count: B * S * width)
            for b in 0..<B {
                for s in 0..<S {
                    let own = (b * S + s) * width, there = ((B + b) * S + mirror[s]) * width
                    let other = turned(Array(values[there..<there + width]))
                    for i in 0..<width { result[own + i] = (values[own + i] + other[i]) / 2 }
                }
            }
            return Tensor(result, shape: [B * S, width])
        }
        let geometry = mean(geometry) { g in
            // Centre across, and place along right, change their sign; the box's left and right change places too.
            [-g[0], g[1], -g[4], g[3], -g[2], g[5], -g[6], g[7]]
        }
        let all = whole.array(), pair = (0..<B * 2).map { (all[$0] + all[B * 2 + $0]) / 2 }
        return Self(presence: mean(presence), attributes: attributes.map { mean($0) }, geometry: geometry, whole: Tensor(pair, shape: [B, 2]))
    }
}
