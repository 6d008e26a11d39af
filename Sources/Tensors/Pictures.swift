import CKernels

/// Cuts pictures into square patches, row by row of patches: what a ViT's first `linear` reads (Dosovitskiy et al. 2020).
///
/// x [B, C, H, W] with sides that `size` divides: [B, (H/size)·(W/size), C·size·size]. `linear` of it with a weight
/// [out, C·size·size] is `conv2d` with the same numbers as [out, C, size, size], stride `size`, and tokens last.
public func patches(_ x: Tensor, size: Int) -> Tensor {
    precondition(x.shape.count == 4 && size > 0 && x.shape[2] % size == 0 && x.shape[3] % size == 0, "patches: x \(x.shape), size \(size)")
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let across = width / size, down = height / size, depth = channels * size * size
    let y = Tensor(uninitialized: [batch, down * across, depth])
    /// body(offset in x, offset in y) for every run of `size` values, one row of patches a part.
    func runs(_ body: (Int, Int) -> Void) {
        parallelFor(batch * down) { row in
            let (b, py) = (row / down, row % down)
            for c in 0..<channels {
                for ky in 0..<size {
                    let from = ((b * channels + c) * height + py * size + ky) * width, to = row * across * depth + (c * size + ky) * size
                    for px in 0..<across { body(from + px * size, to + px * depth) }
                }
            }
        }
    }
    let source = x.pointer, target = y.pointer
    runs { i, j in (target + j).update(from: source + i, count: size) }
    y.record([x]) { dy in
        let d = dy.pointer
        x.accumulate { dx, adds in
            runs { i, j in
                if adds { ck_add(dx + i, d + j, dx + i, size) } else { (dx + i).update(from: d + j, count: size) }
            }
        }
    }
    return y
}

/// The mean over the positions of each sequence: [B, T, C] to [B, C].
public func averagePositions(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 3, "averagePositions: x \(x.shape)")
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    let y = Tensor(uninitialized: [batch, width]), factor = 1 / Float(max(1, length))
    let source = x.pointer, target = y.pointer
    parallelFor(batch) { b in
        ck_column_sums(source + b * length * width, length, width, target + b * width, 0)
        ck_scale(target + b * width, factor, target + b * width, width, 0)
    }
    y.record([x]) { dy in
        let d = dy.pointer
        x.accumulate { dx, adds in
            parallelFor(batch) { b in
                for t in 0..<length { ck_scale(d + b * width, factor, dx + (b * length + t) * width, width, adds ? 1 : 0) }
            }
        }
    }
    return y
}
