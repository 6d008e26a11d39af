import CKernels

/// 2-D convolution (cross-correlation, as usual in networks) with zero padding.
///
/// x [B, Cin, H, W], weight [Cout, Cin, K, K], bias [Cout]; the result is [B, Cout, H', W'] with
/// H' = (H + 2·padding - K) / stride + 1. im2col and sgemm, one image a thread.
public func conv2d(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0) -> Tensor {
    precondition(x.shape.count == 4 && weight.shape.count == 4 && weight.shape[1] == x.shape[1] && weight.shape[2] == weight.shape[3],
                 "conv2d: x \(x.shape), weight \(weight.shape)")
    precondition(stride > 0 && padding >= 0 && (bias?.count ?? weight.shape[0]) == weight.shape[0], "conv2d: stride \(stride), padding \(padding), bias \(bias?.shape ?? [])")
    let batch = x.shape[0], channels = weight.shape[0], kernel = weight.shape[2]
    let plan = ck_convolution(
        channels: x.shape[1], height: x.shape[2], width: x.shape[3], kernel: kernel, stride: stride, padding: padding,
        out_height: (x.shape[2] + 2 * padding - kernel) / stride + 1, out_width: (x.shape[3] + 2 * padding - kernel) / stride + 1)
    precondition(x.shape[2] + 2 * padding >= kernel && x.shape[3] + 2 * padding >= kernel, "conv2d: kernel \(kernel) is larger than x \(x.shape)")
    let area = plan.out_height * plan.out_width, depth = plan.channels * kernel * kernel        // of the columns: [depth, area]
    let image = plan.channels * plan.height * plan.width
    let y = Tensor(uninitialized: [batch, channels, plan.out_height, plan.out_width])
    let source = x.pointer, kernels = weight.pointer, target = y.pointer, shift = bias?.pointer
    parallelFor(batch) { b in
        let columns = Storage(uninitialized: depth * area)
        withUnsafePointer(to: plan) { ck_im2col($0, source + b * image, columns.pointer) }
        let out = target + b * channels * area
        if let shift { for c in 0..<channels { ck_fill(out + c * area, shift[c], area) } }
        gemmOneThread(transposeA: false, transposeB: false, m: channels, n: area, k: depth, kernels, lda: depth,
                      columns.pointer, ldb: area, beta: shift == nil ? 0 : 1, out, ldc: area)
    }
    y.record([x, weight] + (bias.map { [$0] } ?? [])) { dy in
        let source = x.pointer, kernels = weight.pointer, d = dy.pointer
        x.accumulate { dx, adds in
            parallelFor(batch) { b in
                let columns = Storage(uninitialized: depth * area)
                gemmOneThread(transposeA: true, transposeB: false, m: depth, n: area, k: channels, kernels, lda: depth,
                              d + b * channels * area, ldb: area, beta: 0, columns.pointer, ldc: area)
                if !adds { ck_fill(dx + b * image, 0, image) }
                withUnsafePointer(to: plan) { ck_col2im($0, columns.pointer, dx + b * image) }
            }
        }
        weight.accumulate { dw, adds in
            // Images are dealt into a fixed number of groups; a group is summed in order, then the groups are.
            let groups = min(batch, 16), size = channels * depth
            let partial = Storage(uninitialized: groups * size), sums = partial.pointer
            parallelFor(groups) { group in
                let columns = Storage(uninitialized: depth * area)
                for b in stride_(from: group, to: batch, by: groups) {
                    withUnsafePointer(to: plan) { ck_im2col($0, source + b * image, columns.pointer) }
                    gemmOneThread(transposeA: false, transposeB: true, m: channels, n: depth, k: area, d + b * channels * area, lda: area,
                                  columns.pointer, ldb: area, beta: b == group ? 0 : 1, sums + group * size, ldc: depth)
                }
            }
            ck_column_sums(sums, groups, size, dw, adds ? 1 : 0)
            withExtendedLifetime(partial) {}
        }
        bias?.accumulate { db, adds in
            for c in 0..<channels {
                var total = 0.0
                for b in 0..<batch { total += ck_sum(d + (b * channels + c) * area, area) }
                db[c] = adds ? db[c] + Float(total) : Float(total)
            }
        }
    }
    return y
}

/// `stride` of the standard library, where a parameter hides its name.
private func stride_(from: Int, to: Int, by: Int) -> StrideTo<Int> { stride(from: from, to: to, by: by) }

/// The maximum of each `size` x `size` window; windows do not overlap, a rest at the right and bottom is left out.
///
/// x [B, C, H, W]: [B, C, H / size, W / size]. Of equal maxima the first gets the gradient.
public func maxPool2d(_ x: Tensor, size: Int) -> Tensor {
    precondition(x.shape.count == 4 && size > 0, "maxPool2d: x \(x.shape), size \(size)")
    let (height, width, planes) = (x.shape[2], x.shape[3], x.shape[0] * x.shape[1])
    let area = height * width, outArea = (height / size) * (width / size)
    let y = Tensor(uninitialized: [x.shape[0], x.shape[1], height / size, width / size])
    let places = Storage(uninitialized: planes * outArea)               // Int32 of the same size
    let place = UnsafeMutableRawPointer(places.pointer).bindMemory(to: Int32.self, capacity: max(1, planes * outArea))
    let source = x.pointer, target = y.pointer
    parallelFor(planes) { i in
        ck_max_pool(source + i * area, target + i * outArea, place + i * outArea, 1, height, width, size)
    }
    y.record([x]) { dy in
        let d = dy.pointer
        x.accumulate { dx, adds in
            parallelFor(planes) { i in
                if !adds { ck_fill(dx + i * area, 0, area) }
                for j in i * outArea..<(i + 1) * outArea { dx[i * area + Int(place[j])] += d[j] }
            }
        }
        withExtendedLifetime(places) {}
    }
    return y
}

/// The mean over each plane: [B, C, H, W] to [B, C].
public func averagePoolGlobal(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 4, "averagePoolGlobal: x \(x.shape)")
    let planes = x.shape[0] * x.shape[1], area = x.shape[2] * x.shape[3]
    let y = Tensor(uninitialized: [x.shape[0], x.shape[1]])
    let source = x.pointer, target = y.pointer
    for i in 0..<planes { target[i] = Float(ck_sum(source + i * area, area) / Double(max(1, area))) }
    y.record([x]) { dy in
        let d = dy.pointer
        x.accumulate { dx, adds in
            for i in 0..<planes {
                let value = d[i] / Float(max(1, area))
                if adds { for j in i * area..<(i + 1) * area { dx[j] += value } } else { ck_fill(dx + i * area, value, area) }
            }
        }
    }
    return y
}
