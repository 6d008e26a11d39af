import CKernels

/// y = x · weightᵀ + bias.
///
/// x [..., in], weight [out, in], bias [out]; the result is [..., out].
public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil) -> Tensor { linear(x, [(weight, bias)])[0] }

/// Several linear maps of one x, which is read and packed once: the projections of attention, the two of a gated layer.
///
/// x [..., in], each weight [out, in], each bias [out]; the results, in order, are [..., out].
public func linear(_ x: Tensor, _ maps: [(weight: Tensor, bias: Tensor?)]) -> [Tensor] {
    for (weight, bias) in maps {
        precondition(weight.shape.count == 2 && x.width == weight.shape[1], "linear: x \(x.shape), weight \(weight.shape)")
        precondition(bias == nil || bias?.count == weight.shape[0], "linear: bias \(bias?.shape ?? []), weight \(weight.shape)")
    }
    let plan = LinearPlan(x: x, maps: maps)
    // The results hand their gradients to one node, made before them and so run after them.
    let joint = Tensor(uninitialized: [0]), gradients = LinearGradients(count: maps.count)
    joint.record([x] + maps.map(\.weight) + maps.compactMap(\.bias)) { _ in plan.backward(gradients.all) }
    let results = plan.forward()
    for (i, y) in results.enumerated() {
        y.record([joint]) { dy in
            gradients.all[i] = dy
            joint.gradient = joint.detached()
        }
    }
    return results
}

/// Where the results of one call leave their gradients.
private final class LinearGradients {
    var all: [Tensor?]
    init(count: Int) { all = [Tensor?](repeating: nil, count: count) }
}

private struct LinearPlan {
    let x: Tensor
    let maps: [(weight: Tensor, bias: Tensor?)]
    var rows: Int { x.rows }
    var inputs: Int { x.width }

    func forward() -> [Tensor] {
        let results = maps.map { Tensor(uninitialized: x.shape.dropLast() + [$0.weight.shape[0]]) }
        for ((_, bias), y) in zip(maps, results) {
            guard let bias else { continue }
            let source = bias.pointer, target = y.pointer, outputs = bias.count
            forEachPart(of: rows, each: rowsAPart(width: outputs)) { from, n in
                for r in from..<from + n { (target + r * outputs).update(from: source, count: outputs) }
            }
        }
        var together: [(b: BF16Panels, c: UnsafeMutablePointer<Float>, ldc: Int, adds: Bool)] = []
        for ((weight, bias), y) in zip(maps, results) {
            let outputs = weight.shape[0]
            if usesBF16(m: rows, n: outputs, k: inputs) {
                let panels = BF16Panels(weight.pointer, ldb: inputs, transposed: true, k: inputs, n: outputs)
                together.append((panels, y.pointer, outputs, bias != nil))
            } else {
                gemm(transposeA: false, transposeB: true, m: rows, n: outputs, k: inputs, x.pointer, lda: inputs,
                     weight.pointer, ldb: inputs, beta: bias == nil ? 0 : 1, y.pointer, ldc: outputs)
            }
        }
        if !together.isEmpty { multiplyRows(x.pointer, lda: inputs, m: rows, k: inputs, together) }
        return results
    }

    func backward(_ gradients: [Tensor?]) {
        var columns: BF16Panels?            // x, for the gradients of the weights
        for ((weight, bias), dy) in zip(maps, gradients) {
            guard let dy else { continue }
            let outputs = weight.shape[0]
            x.accumulate { dx, adds in          // dx [N, in] += dy [N, out] · weight [out, in]
                gemm(transposeA: false, transposeB: false, m: rows, n: inputs, k: outputs, dy.pointer, lda: outputs,
                     weight.pointer, ldb: inputs, beta: adds ? 1 : 0, dx, ldc: inputs)
            }
            weight.accumulate { dw, adds in     // dweight [out, in] += dyᵀ [out, N] · x [N, in]
                if usesBF16(m: outputs, n: inputs, k: rows) {
                    let x = columns ?? BF16Panels(x.pointer, ldb: inputs, transposed: false, k: rows, n: inputs)
                    columns = x
                    x.multiply(columnsOf: dy.pointer, lda: outputs, m: outputs, dw, ldc: inputs, adds: adds)
                } else {
                    gemm(transposeA: true, transposeB: false, m: outputs, n: inputs, k: rows, dy.pointer, lda: outputs,
                         x.pointer, ldb: inputs, beta: adds ? 1 : 0, dw, ldc: inputs)
                }
            }
            bias?.accumulate { db, adds in columnSums(dy.pointer, rows: rows, width: outputs, into: db, adds: adds) }
        }
    }
}

/// Rows of a table by number.
///
/// table [V, C], ids in 0..<V: [N, C].
public func embedding(_ table: Tensor, ids: [Int32]) -> Tensor {
    precondition(table.shape.count == 2, "embedding: table \(table.shape)")
    let vocabulary = table.shape[0], width = table.shape[1]
    precondition(ids.allSatisfy { $0 >= 0 && $0 < vocabulary }, "embedding: an id outside 0..<\(vocabulary)")
    let y = Tensor(uninitialized: [ids.count, width])
    let source = table.pointer, target = y.pointer
    forEachPart(of: ids.count, each: rowsAPart(width: width)) { from, n in
        for r in from..<from + n { (target + r * width).update(from: source + Int(ids[r]) * width, count: width) }
    }
    y.record([table]) { dy in
        table.accumulate { dt, adds in
            let source = dy.pointer, columns = 64      // by columns: rows of one id are added in their order
            if !adds { forEachPart(of: table.count, each: elementwisePart) { from, n in ck_fill(dt + from, 0, n) } }
            ids.withUnsafeBufferPointer { ids in
                guard let base = ids.baseAddress else { return }
                forEachPart(of: width, each: columns) { from, n in
                    ck_scatter_rows(source, base, ids.count, width, from, from + n, dt)
                }
            }
        }
    }
    return y
}

/// sums[width] (+)= column sums of x[rows, width]: partial sums of fixed blocks of rows, added in order.
func columnSums(_ x: UnsafePointer<Float>, rows: Int, width: Int, into sums: UnsafeMutablePointer<Float>, adds: Bool) {
    sumOverRowBlocks(rows: rows, width: width, into: sums, adds: adds) { from, n, partial in
        ck_column_sums(x + from * width, n, width, partial, 0)
    }
}

/// Runs `body(firstRow, rows, partial[width])` on fixed blocks of rows and adds the partial results in order.
func sumOverRowBlocks(
    rows: Int, width: Int, into sums: UnsafeMutablePointer<Float>, adds: Bool,
    _ body: (Int, Int, UnsafeMutablePointer<Float>) -> Void
) {
    let block = 128, blocks = (rows + block - 1) / block
    let partial = Storage(uninitialized: blocks * width), base = partial.pointer
    parallelFor(blocks) { i in body(i * block, min(block, rows - i * block), base + i * width) }
    ck_column_sums(base, blocks, width, sums, adds ? 1 : 0)
    withExtendedLifetime(partial) {}
}
