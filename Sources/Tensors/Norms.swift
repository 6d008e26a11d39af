import CKernels

/// x / rms(x) · weight over the last axis (Zhang and Sennrich 2019).
///
/// x [..., C], weight [C].
public func rmsNorm(_ x: Tensor, _ weight: Tensor, epsilon: Float) -> Tensor {
    let width = x.width, rows = x.rows, part = rowsAPart(width: width)
    precondition(weight.count == width, "rmsNorm: x \(x.shape), weight \(weight.shape)")
    let y = Tensor(uninitialized: x.shape), inverse = Storage(uninitialized: rows)
    let source = x.pointer, scale = weight.pointer, target = y.pointer, kept = inverse.pointer
    forEachPart(of: rows, each: part) { from, n in
        ck_rms_norm(source + from * width, scale, target + from * width, kept + from, n, width, epsilon)
    }
    y.record([x, weight]) { dy in
        let source = x.pointer, scale = weight.pointer, kept = inverse.pointer, d = dy.pointer
        x.accumulate { dx, adds in
            forEachPart(of: rows, each: part) { from, n in
                ck_rms_norm_backward(source + from * width, scale, kept + from, d + from * width, dx + from * width, nil, n, width, adds ? 1 : 0)
            }
        }
        weight.accumulate { dw, adds in
            sumOverRowBlocks(rows: rows, width: width, into: dw, adds: adds) { from, n, partial in
                ck_rms_norm_backward(source + from * width, scale, kept + from, d + from * width, nil, partial, n, width, 0)
            }
        }
    }
    return y
}

/// (x - mean) / deviation · weight + bias over the last axis (Ba et al. 2016).
///
/// x [..., C], weight and bias [C].
public func layerNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float) -> Tensor {
    let width = x.width, rows = x.rows, part = rowsAPart(width: width)
    precondition(weight.count == width && bias.count == width, "layerNorm: x \(x.shape), weight \(weight.shape), bias \(bias.shape)")
    let y = Tensor(uninitialized: x.shape), mean = Storage(uninitialized: rows), inverse = Storage(uninitialized: rows)
    let source = x.pointer, scale = weight.pointer, shift = bias.pointer, target = y.pointer
    forEachPart(of: rows, each: part) { from, n in
        ck_layer_norm(source + from * width, scale, shift, target + from * width, mean.pointer + from, inverse.pointer + from, n, width, epsilon)
    }
    y.record([x, weight, bias]) { dy in
        let source = x.pointer, scale = weight.pointer, d = dy.pointer, m = mean.pointer, k = inverse.pointer
        x.accumulate { dx, adds in
            forEachPart(of: rows, each: part) { from, n in
                ck_layer_norm_backward(source + from * width, scale, m + from, k + from, d + from * width, dx + from * width, nil, nil, n, width, adds ? 1 : 0)
            }
        }
        weight.accumulate { dw, adds in
            sumOverRowBlocks(rows: rows, width: width, into: dw, adds: adds) { from, n, partial in
                ck_layer_norm_backward(source + from * width, scale, m + from, k + from, d + from * width, nil, partial, nil, n, width, 0)
            }
        }
        bias.accumulate { db, adds in columnSums(d, rows: rows, width: width, into: db, adds: adds) }
    }
    return y
}

/// Normalises each group of channels of each image, then scales and shifts each channel (Wu and He 2018).
///
/// x [B, C, H, W] (or [B, C, ...]), weight and bias [C]; `groups` divides C. With `relu` the result is `relu` of that, at no
/// cost of its own in time or memory.
public func groupNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, groups: Int, epsilon: Float = 1e-5, relu: Bool = false) -> Tensor {
    precondition(x.shape.count >= 2, "groupNorm: x \(x.shape)")
    let batch = x.shape[0], channels = x.shape[1], area = x.shape.dropFirst(2).reduce(1, *)
    precondition(groups > 0 && channels % groups == 0 && weight.count == channels && bias.count == channels,
                 "groupNorm: x \(x.shape), weight \(weight.shape), \(groups) groups")
    let each = channels / groups, size = each * area
    let y = Tensor(uninitialized: x.shape), mean = Storage(uninitialized: batch * groups), inverse = Storage(uninitialized: batch * groups)
    let source = x.pointer, scale = weight.pointer, shift = bias.pointer, target = y.pointer
    parallelFor(batch * groups) { i in
        let c = i % groups * each
        ck_group_norm(source + i * size, scale + c, shift + c, target + i * size, mean.pointer + i, inverse.pointer + i, each, area, epsilon, relu ? 1 : 0)
    }
    y.record([x, weight, bias]) { dy in
        let source = x.pointer, scale = weight.pointer, shift = bias.pointer, d = dy.pointer, m = mean.pointer, k = inverse.pointer
        let partial = Storage(uninitialized: 2 * batch * channels)      // [2, B, C]: of weight, of bias
        let dw = partial.pointer, db = partial.pointer + batch * channels
        func run(_ dx: UnsafeMutablePointer<Float>?, _ adds: Bool) {
            parallelFor(batch * groups) { i in
                let c = i % groups * each
                ck_group_norm_backward(source + i * size, scale + c, shift + c, m[i], k[i], d + i * size, dx.map { $0 + i * size },
                                       dw + i * each, db + i * each, each, area, relu ? 1 : 0, adds ? 1 : 0)
            }
        }
        if x.requiresGradient { x.accumulate { dx, adds in run(dx, adds) } } else { run(nil, false) }
        weight.accumulate { sums, adds in columnSums(dw, rows: batch, width: channels, into: sums, adds: adds) }
        bias.accumulate { sums, adds in columnSums(db, rows: batch, width: channels, into: sums, adds: adds) }
        withExtendedLifetime(partial) {}
    }
    return y
}
