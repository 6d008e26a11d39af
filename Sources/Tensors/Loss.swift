import CKernels

/// The weighted mean of -log softmax(logits)[target] over the rows, a scalar.
///
/// - Parameters:
///   - logits: [N, V].
///   - targets: one a row; rows with a target below 0 are left out.
///   - weights: one a row, default 1; the sum is divided by the weights of the rows that count (0 rows: loss 0).
public func crossEntropy(_ logits: Tensor, targets: [Int32], weights: [Float]? = nil) -> Tensor {
    let width = logits.width, rows = logits.rows, part = rowsAPart(width: width)
    precondition(targets.count == rows && (weights?.count ?? rows) == rows,
                 "crossEntropy: logits \(logits.shape), \(targets.count) targets, \(weights?.count ?? rows) weights")
    precondition(targets.allSatisfy { $0 < width }, "crossEntropy: a target of \(width) or more")
    let losses = Storage(uninitialized: rows), lse = Storage(uninitialized: rows)
    let source = logits.pointer
    targets.withUnsafeBufferPointer { targets in
        guard let base = targets.baseAddress else { return }
        forEachPart(of: rows, each: part) { from, n in
            ck_cross_entropy(source + from * width, base + from, losses.pointer + from, lse.pointer + from, n, width)
        }
    }
    var total = 0.0, mass = 0.0
    for r in 0..<rows where targets[r] >= 0 {
        let w = Double(weights?[r] ?? 1)
        if w != 0 { total += w * Double(losses.pointer[r]) }
        mass += w
    }
    let divisor = mass == 0 ? 1 : mass
    let y = Tensor([Float(total / divisor)], shape: [])
    y.record([logits]) { dy in
        let factor = Double(dy.item) / divisor
        let factors = targets.indices.map { Float(factor * Double(weights?[$0] ?? 1)) }
        let source = logits.pointer
        logits.accumulate { dx, adds in
            targets.withUnsafeBufferPointer { targets in
                factors.withUnsafeBufferPointer { factors in
                    guard let base = targets.baseAddress, let each = factors.baseAddress else { return }
                    forEachPart(of: rows, each: part) { from, n in
                        ck_cross_entropy_backward(source + from * width, base + from, lse.pointer + from, each + from,
                                                  dx + from * width, n, width, adds ? 1 : 0)
                    }
                }
            }
        }
    }
    return y
}
