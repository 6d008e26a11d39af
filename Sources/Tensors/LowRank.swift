import CKernels

/// weight + up · down, the changed weight of a low-rank adapter.
///
/// weight [out, in], up [out, r], down [r, in]; the result is [out, in]. Source: E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language
/// Models" (2021), equation 3, without its factor.
public func adapted(_ weight: Tensor, up: Tensor, down: Tensor) -> Tensor {
    precondition(weight.shape.count == 2 && up.shape.count == 2 && down.shape == [up.width, weight.width] && up.rows == weight.rows,
                 "adapted: weight \(weight.shape), up \(up.shape), down \(down.shape)")
    let outputs = weight.rows, inputs = weight.width, rank = up.width, y = Tensor(uninitialized: weight.shape)
    forEachPart(of: weight.count, each: elementwisePart) { at, n in (y.pointer + at).update(from: weight.pointer + at, count: n) }
    gemm(transposeA: false, transposeB: false, m: outputs, n: inputs, k: rank, up.pointer, lda: rank, down.pointer, ldb: inputs,
         beta: 1, y.pointer, ldc: inputs)
    y.record([weight, up, down]) { dy in
        weight.accumulate(sharing: dy)
        up.accumulate { target, adds in         // dup [out, r] += dy [out, in] · downᵀ
            gemm(transposeA: false, transposeB: true, m: outputs, n: rank, k: inputs, dy.pointer, lda: inputs, down.pointer, ldb: inputs,
                 beta: adds ? 1 : 0, target, ldc: rank)
        }
        down.accumulate { target, adds in       // ddown [r, in] += upᵀ · dy
            gemm(transposeA: true, transposeB: false, m: rank, n: inputs, k: outputs, up.pointer, lda: rank, dy.pointer, ldb: inputs,
                 beta: adds ? 1 : 0, target, ldc: inputs)
        }
    }
    return y
}

/// The rows of one table, then those of another of the same width: [A + B, C]. Where `above` is frozen, no work is done for its gradient.
public func stacked(_ above: Tensor, _ below: Tensor) -> Tensor {
    precondition(above.shape.count == 2 && below.shape.count == 2 && above.width == below.width, "stacked: \(above.shape) and \(below.shape)")
    let y = Tensor(uninitialized: [above.rows + below.rows, above.width])
    for (part, from) in [(above, 0), (below, above.count)] {
        forEachPart(of: part.count, each: elementwisePart) { at, n in (y.pointer + from + at).update(from: part.pointer + at, count: n) }
    }
    if !above.requiresGradient { y.firstTrainedRow = above.rows }
    y.record([above, below]) { dy in
        for (part, from) in [(above, 0), (below, above.count)] {
            part.accumulate { target, adds in
                let source = dy.pointer + from
                forEachPart(of: part.count, each: elementwisePart) { at, n in
                    if adds { ck_add(target + at, source + at, target + at, n) } else { (target + at).update(from: source + at, count: n) }
                }
            }
        }
    }
    return y
}
