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
    let mass = targets.indices.reduce(0.0) { targets[$1] < 0 ? $0 : $0 + Double(weights?[$1] ?? 1) }
    let counted = targets.indices.filter { targets[$0] >= 0 && (weights?[$0] ?? 1) != 0 }
    return linearLoss(x, weight, counted, shares: counted.map { Double(weights?[$0] ?? 1) / (mass == 0 ? 1 : mass) }, .targets(counted.map { targets[$0] }))
}

/// The weighted mean over rows of a divergence between softmax(linear(x, weight)) and a teacher's softmax(linear(teacher, teacherWeight)), which is fixed: the student
/// learns the whole law that the teacher has after each token, not one token drawn from it (Hinton et al. 2015). Never holds all logits, as above.
///
/// - Parameters:
///   - x: [N, C]; weight: [V, C].
///   - teacher: [N, D]; teacherWeight: [W, D], W at most V: the teacher's tokens are the student's first, the others have no probability there.
///   - weights: one a row; rows of weight 0 cost nothing.
public func linearDistillation(_ x: Tensor, _ weight: Tensor, teacher: Tensor, _ teacherWeight: Tensor, weights: [Float], by divergence: Divergence = .kullbackLeibler) -> Tensor {
    precondition(weight.shape.count == 2 && x.width == weight.shape[1] && teacherWeight.shape.count == 2 && teacher.width == teacherWeight.shape[1],
                 "linearDistillation: x \(x.shape), weight \(weight.shape), teacher \(teacher.shape), its weight \(teacherWeight.shape)")
    precondition(x.rows == weights.count && teacher.rows == x.rows && teacherWeight.shape[0] <= weight.shape[0],
                 "linearDistillation: x \(x.shape), teacher \(teacher.shape) of \(teacherWeight.shape[0]) tokens for \(weight.shape[0]), \(weights.count) weights")
    let mass = weights.reduce(0.0) { $0 + Double($1) }, counted = weights.indices.filter { weights[$0] != 0 }
    return linearLoss(x, weight, counted, shares: counted.map { Double(weights[$0]) / (mass == 0 ? 1 : mass) }, .teacher(teacher, teacherWeight, divergence))
}

/// What rows of logits should be.
private enum LossAim {
    /// A token each.
    case targets([Int32])
    /// The law of a teacher, of all rows: [N, D] and [W, D].
    case teacher(Tensor, Tensor, Divergence)
}

/// Σ share · loss over the rows that count.
private func linearLoss(_ x: Tensor, _ weight: Tensor, _ counted: [Int], shares: [Double], _ aim: LossAim) -> Tensor {
    let blocks = LossBlocks(x: x, weight: weight, rows: counted, aim: aim, factors: shares.map(Float.init))
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

/// The rows of a loss that count, what they should be, and the factors of their gradients.
private struct LossBlocks {
    let x, weight: Tensor
    let rows: [Int], aim: LossAim, factors: [Float]
    var inputs: Int { x.width }
    var vocabulary: Int { weight.shape[0] }

    /// The losses of the rows; adds to dx and dw, which are 0.
    func run(dx: Tensor?, dw: Tensor?) -> [Float] {
        // At most 8 MiB of logits, which stay in a cache, and 512 rows; but up to 64 MiB for 256 rows of a large table, which would else be read
        // again and again. A size that depends on the vocabulary only.
        let cached = min(512, 2_097_152 / max(1, vocabulary)), usual = max(cached, min(256, 16_777_216 / max(1, vocabulary)), 16)
        // What is standardised is so over all rows of a block: up to 256 MiB, and as much for the teacher's.
        let block = standardizes ? max(usual, 67_108_864 / max(1, vocabulary)) : usual, first = weight.firstTrainedRow, most = min(block, rows.count), whole = rows.count == x.rows
        let logits = Storage(uninitialized: most * vocabulary)
        let gathered = Storage(uninitialized: whole ? 0 : most * inputs), scattered = Storage(uninitialized: whole ? 0 : most * inputs)
        let bf16 = usesBF16(m: most, n: vocabulary, k: inputs), w = weight.pointer, z = logits.pointer
        let forward = bf16 ? BF16Panels(w, ldb: inputs, transposed: true, k: inputs, n: vocabulary) : nil
        let back = bf16 && dx != nil ? BF16Panels(w, ldb: inputs, transposed: false, k: vocabulary, n: inputs) : nil
        var losses = [Float](repeating: 0, count: rows.count), taught: TeacherLogits?
        if case .teacher(let teacher, let weight, _) = aim { taught = TeacherLogits(teacher, weight, rows: rows, most: most) }
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
            taught?.make(start, n)
            softmax(z, start, n, taught?.logits.pointer, into: &losses)
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
    private func softmax(_ logits: UnsafeMutablePointer<Float>, _ start: Int, _ n: Int, _ taught: UnsafeMutablePointer<Float>?, into losses: inout [Float]) {
        losses.withUnsafeMutableBufferPointer { losses in
            factors.withUnsafeBufferPointer { factors in
                guard let to = losses.baseAddress, let factor = factors.baseAddress else { return }
                switch aim {
                case .targets(let targets):
                    targets.withUnsafeBufferPointer { targets in
                        guard let target = targets.baseAddress else { return }
                        forEachPart(of: n, each: rowsAPart(width: vocabulary)) { from, count in
                            let at = start + from
                            ck_cross_entropy_in_place(logits + from * vocabulary, target + at, factor + at, to + at, count, vocabulary)
                        }
                    }
                case .teacher(_, let weight, let divergence):
                    guard let taught else { return }
                    let known = weight.shape[0]
                    switch divergence {
                    case .kullbackLeibler:
                        forEachPart(of: n, each: rowsAPart(width: vocabulary)) { from, count in
                            let at = start + from
                            ck_distillation_in_place(logits + from * vocabulary, taught + from * known, factor + at, to + at, count, vocabulary, known)
                        }
                    case .totalVariation(let standardized):
                        totalVariation(logits, taught, n, known, factor + start, to + start, standardized: standardized)
                    case .policy(let samples, let seed):
                        let random = RandomSource(seed: RandomSource.derive(seed, UInt64(start)))
                        policyGradient(logits, taught, n, known, factor + start, to + start, samples: samples, random)
                    }
                }
            }
        }
    }

    /// Whether gradients are scaled by what all rows of a block have.
    private var standardizes: Bool {
        guard case .teacher(_, _, let divergence) = aim else { return false }
        switch divergence {
        case .kullbackLeibler, .totalVariation(standardized: false): return false
        case .totalVariation(standardized: true), .policy: return true
        }
    }

    private func totalVariation(
        _ logits: UnsafeMutablePointer<Float>, _ taught: UnsafeMutablePointer<Float>, _ n: Int, _ known: Int, _ factors: UnsafePointer<Float>, _ losses: UnsafeMutablePointer<Float>, standardized: Bool
    ) {
        var more = [Int](repeating: 0, count: n)
        more.withUnsafeMutableBufferPointer { more in
            guard let more = more.baseAddress else { return }
            forEachPart(of: n, each: rowsAPart(width: vocabulary)) { from, count in
                ck_total_variation_in_place(logits + from * vocabulary, taught + from * known, factors + from, losses + from, more + from, count, vocabulary, known)
            }
        }
        guard standardized else { return }
        // The cost is 1 for some of the tokens, 0 for the others.
        let scale = Self.scale(mean: Double(more.reduce(0, +)) / Double(n * vocabulary))
        forEachPart(of: n * vocabulary, each: elementwisePart) { from, count in ck_scale(logits + from, scale, logits + from, count, 0) }
    }

    /// One over the deviation of costs of 0 and 1.
    private static func scale(mean: Double) -> Float { Float(1 / max(mean * (1 - mean), 1e-8).squareRoot()) }

    private func policyGradient(
        _ logits: UnsafeMutablePointer<Float>, _ taught: UnsafeMutablePointer<Float>, _ n: Int, _ known: Int, _ factors: UnsafePointer<Float>, _ losses: UnsafeMutablePointer<Float>, samples: Int,
        _ random: RandomSource
    ) {
        var random = random
        let chances = (0..<n * samples).map { _ in Float(random.uniform()) }
        var drawn = [Int32](repeating: 0, count: n * samples), costs = [Float](repeating: 0, count: n * samples)
        chances.withUnsafeBufferPointer { chances in
            drawn.withUnsafeMutableBufferPointer { drawn in
                costs.withUnsafeMutableBufferPointer { costs in
                    guard let chances = chances.baseAddress, let drawn = drawn.baseAddress, let costs = costs.baseAddress else { return }
                    forEachPart(of: n, each: rowsAPart(width: vocabulary)) { from, count in
                        ck_policy_draw_in_place(logits + from * vocabulary, taught + from * known, chances + from * samples, samples, drawn + from * samples, costs + from * samples,
                                                losses + from, count, vocabulary, known)
                    }
                    let all = UnsafeBufferPointer(start: costs, count: n * samples), mean = all.reduce(0.0) { $0 + Double($1) } / Double(n * samples)
                    let scale = Self.scale(mean: mean)
                    for index in all.indices { costs[index] = (costs[index] - Float(mean)) * scale }
                    forEachPart(of: n, each: rowsAPart(width: vocabulary)) { from, count in
                        ck_policy_gradient_in_place(logits + from * vocabulary, drawn + from * samples, costs + from * samples, samples, factors + from, count, vocabulary)
                    }
                }
            }
        }
    }
}

/// The logits of a teacher, a block of rows at a time.
private struct TeacherLogits {
    let logits: Storage                               // [most, W]
    private let x, weight: Tensor
    private let rows: [Int]
    private let gathered: Storage
    private let panels: BF16Panels?

    init(_ x: Tensor, _ weight: Tensor, rows: [Int], most: Int) {
        let inputs = x.width, known = weight.shape[0]
        (self.x, self.weight, self.rows) = (x, weight, rows)
        (logits, gathered) = (Storage(uninitialized: most * known), Storage(uninitialized: most * inputs))
        panels = usesBF16(m: most, n: known, k: inputs) ? BF16Panels(weight.pointer, ldb: inputs, transposed: true, k: inputs, n: known) : nil
    }

    /// Of `n` of the rows from `start` on.
    func make(_ start: Int, _ n: Int) {
        let inputs = x.width, known = weight.shape[0]
        for i in 0..<n { (gathered.pointer + i * inputs).update(from: x.pointer + rows[start + i] * inputs, count: inputs) }
        if let panels {
            multiplyRows(gathered.pointer, lda: inputs, m: n, k: inputs, [(panels, logits.pointer, known, false)])
        } else {
            gemm(transposeA: false, transposeB: true, m: n, n: known, k: inputs, gathered.pointer, lda: inputs, weight.pointer, ldb: inputs, beta: 0, logits.pointer, ldc: known)
        }
    }
}
