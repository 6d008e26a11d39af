import CKernels

/// `crossEntropy(linear(x, weight), targets:weights:)` that never holds all logits: by blocks of rows, whose gradients are
/// made while their logits are in the cache. Rows that do not count (target below 0, weight 0) cost nothing.
///
/// x [N, C], weight [V, C]; the other parameters as for ``crossEntropy(_:targets:weights:)``.
public func linearCrossEntropy(_ x: Tensor, _ weight: Tensor, targets: [Int32], weights: [Float]? = nil) -> Tensor {
    let rows = x.rows, vocabulary = weight.shape[0]
    precondition(weight.shape.count == 2 && x.width == weight.shape[1], "linearCrossEntropy: x \(x.shape), weight \(weight.shape)")
    precondition(targets.count == rows && (weights?.count ?? rows) == rows,
                 "linearCrossEntropy: x \(x.shape), \(targets.count) targets, \(weights?.count ?? rows) weights")
    precondition(targets.allSatisfy { $0 < vocabulary }, "linearCrossEntropy: a target of \(vocabulary) or more")
    let mass = targets.indices.reduce(0.0) { targets[$1] < 0 ? $0 : $0 + Double(weights?[$1] ?? 1) }, divisor = mass == 0 ? 1 : mass
    let counted = targets.indices.filter { targets[$0] >= 0 && (weights?[$0] ?? 1) != 0 }
    let shares = counted.map { Double(weights?[$0] ?? 1) / divisor }
    let blocks = LossBlocks(x: x, weight: weight, rows: counted, targets: counted.map { targets[$0] }, factors: shares.map(Float.init))
    // Gradients for a loss whose own gradient is 1: the backward pass has but to scale them.
    let dx = gradientsAreOn && x.requiresGradient ? Tensor(zeros: x.shape) : nil
    let dw = gradientsAreOn && weight.requiresGradient ? Tensor(zeros: weight.shape) : nil
    let losses = blocks.run(dx: dx, dw: dw)
    let y = Tensor([Float(zip(shares, losses).reduce(0.0) { $0 + $1.0 * Double($1.1) })], shape: [])
    y.record([x, weight]) { dy in
        let scale = dy.item
        for (input, own) in [(x, dx), (weight, dw)] {
            guard let own else { continue }
            input.accumulate { target, adds in
                let skipped = input.firstTrainedRow * input.width
                if !adds { ck_fill(target, 0, skipped) }
                forEachPart(of: own.count - skipped, each: elementwisePart) { from, n in
                    ck_scale(own.pointer + skipped + from, scale, target + skipped + from, n, adds ? 1 : 0)
                }
            }
        }
    }
    return y
}

/// The rows of one `linearCrossEntropy` that count, their targets, and the factors of their gradients.
private struct LossBlocks {
    let x, weight: Tensor
    let rows: [Int], targets: [Int32], factors: [Float]
    var inputs: Int { x.width }
    var vocabulary: Int { weight.shape[0] }

    /// The losses of the rows; adds to dx and dw, which are 0.
    func run(dx: Tensor?, dw: Tensor?) -> [Float] {
        // At most 8 MiB of logits, which stay in a cache, and 512 rows; but up to 64 MiB for 256 rows of a large table, which would else be read
        // again and again. A size that depends on the vocabulary only.
        let cached = min(512, 2_097_152 / max(1, vocabulary)), block = max(cached, min(256, 16_777_216 / max(1, vocabulary)), 16), first = weight.firstTrainedRow, most = min(block, rows.count), whole = rows.count == x.rows
        let logits = Storage(uninitialized: most * vocabulary)
        let gathered = Storage(uninitialized: whole ? 0 : most * inputs), scattered = Storage(uninitialized: whole ? 0 : most * inputs)
        let bf16 = usesBF16(m: most, n: vocabulary, k: inputs), w = weight.pointer, z = logits.pointer
        let forward = bf16 ? BF16Panels(w, ldb: inputs, transposed: true, k: inputs, n: vocabulary) : nil
        let back = bf16 && dx != nil ? BF16Panels(w, ldb: inputs, transposed: false, k: vocabulary, n: inputs) : nil
        var losses = [Float](repeating: 0, count: rows.count)
        for start in stride(from: 0, to: rows.count, by: block) {
            let n = min(block, rows.count - start)
            let source = whole ? x.pointer + start * inputs : gathered.pointer
            if !whole { for i in 0..<n { (source + i * inputs).update(from: x.pointer + rows[start + i] * inputs, count: inputs) } }
            if let forward {
                multiplyRows(source, lda: inputs, m: n, k: inputs, [(forward, z, vocabulary, false)])
            } else {
                gemm(transposeA: false, transposeB: true, m: n, n: vocabulary, k: inputs, source, lda: inputs, w, ldb: inputs,
                     beta: 0, z, ldc: vocabulary)
            }
            softmax(z, start, n, into: &losses)
            if let dx {                         // dx [n, in] = dlogits [n, V] · weight [V, in]
                let target = whole ? dx.pointer + start * inputs : scattered.pointer
                if let back {
                    multiplyRows(z, lda: vocabulary, m: n, k: vocabulary, [(back, target, inputs, false)])
                } else {
                    gemm(transposeA: false, transposeB: false, m: n, n: inputs, k: vocabulary, z, lda: vocabulary, w, ldb: inputs,
                         beta: 0, target, ldc: inputs)
                }
                if !whole { for i in 0..<n { (dx.pointer + rows[start + i] * inputs).update(from: target + i * inputs, count: inputs) } }
            }
            if let dw {                         // dweight [V, in] += dlogitsᵀ [V, n] · x [n, in]
                gemm(transposeA: true, transposeB: false, m: vocabulary - first, n: inputs, k: n, z + first, lda: vocabulary, source, ldb: inputs,
                     beta: start > 0 ? 1 : 0, dw.pointer + first * inputs, ldc: inputs)
            }
        }
        withExtendedLifetime((logits, gathered, scattered)) {}
        return losses
    }

    /// Losses of `n` rows from `start`, and their gradients in place of the logits.
    private func softmax(_ logits: UnsafeMutablePointer<Float>, _ start: Int, _ n: Int, into losses: inout [Float]) {
        losses.withUnsafeMutableBufferPointer { losses in
            targets.withUnsafeBufferPointer { targets in
                factors.withUnsafeBufferPointer { factors in
                    guard let to = losses.baseAddress, let target = targets.baseAddress, let factor = factors.baseAddress else { return }
                    forEachPart(of: n, each: rowsAPart(width: vocabulary)) { from, count in
                        let at = start + from
                        ck_cross_entropy_in_place(logits + from * vocabulary, target + at, factor + at, to + at, count, vocabulary)
                    }
                }
            }
        }
    }
}
