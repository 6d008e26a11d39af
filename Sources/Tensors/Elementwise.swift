import CKernels

/// a + b. b may have the shape of a's last axes and is then repeated over the first ones.
public func add(_ a: Tensor, _ b: Tensor) -> Tensor {
    checkSuffix("add", a, b)
    let y = Tensor(uninitialized: a.shape), rows = a.count / max(1, b.count), width = b.count
    let p = a.pointer, q = b.pointer, target = y.pointer
    if rows == 1 {
        forEachPart(of: a.count, each: elementwisePart) { from, n in ck_add(p + from, q + from, target + from, n) }
    } else {
        forEachPart(of: rows, each: rowsAPart(width: width)) { from, n in
            for r in from..<from + n { ck_add(p + r * width, q, target + r * width, width) }
        }
    }
    y.record([a, b]) { dy in
        a.accumulate(sharing: dy)
        if rows == 1 {
            b.accumulate(sharing: dy)
        } else {
            b.accumulate { db, adds in columnSums(dy.pointer, rows: rows, width: width, into: db, adds: adds) }
        }
    }
    return y
}

/// a · b by elements. b may have the shape of a's last axes and is then repeated over the first ones.
public func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    checkSuffix("multiply", a, b)
    let y = Tensor(uninitialized: a.shape), rows = a.count / max(1, b.count), width = b.count
    let part = rows == 1 ? elementwisePart : rowsAPart(width: width) * width
    /// body(offset in a, offset in b, length) over pieces that lie within one repetition of b.
    func pieces(_ body: (Int, Int, Int) -> Void) {
        forEachPart(of: a.count, each: part) { from, n in
            if rows == 1 { return body(from, from, n) }
            for start in stride(from: from, to: from + n, by: width) { body(start, 0, width) }
        }
    }
    let p = a.pointer, q = b.pointer, target = y.pointer
    pieces { i, j, n in ck_multiply(p + i, q + j, target + i, n) }
    y.record([a, b]) { dy in
        let d = dy.pointer, p = a.pointer, q = b.pointer
        a.accumulate { da, adds in pieces { i, j, n in ck_multiply_into(d + i, q + j, da + i, n, adds ? 1 : 0) } }
        b.accumulate { db, adds in
            if rows == 1 {
                pieces { i, j, n in ck_multiply_into(d + i, p + j, db + i, n, adds ? 1 : 0) }
            } else {
                sumOverRowBlocks(rows: rows, width: width, into: db, adds: adds) { from, n, partial in
                    ck_column_product_sums(d + from * width, p + from * width, n, width, partial, 0)
                }
            }
        }
    }
    return y
}

/// `add(a, b)`.
public func + (a: Tensor, b: Tensor) -> Tensor { add(a, b) }
/// `multiply(a, b)`, by elements.
public func * (a: Tensor, b: Tensor) -> Tensor { multiply(a, b) }

/// silu(gate) · up, by elements (Shazeer 2020).
public func swiGLU(gate: Tensor, up: Tensor) -> Tensor {
    precondition(gate.shape == up.shape, "swiGLU: gate \(gate.shape), up \(up.shape)")
    let y = Tensor(uninitialized: gate.shape)
    let g = gate.pointer, u = up.pointer, target = y.pointer
    forEachPart(of: gate.count, each: elementwisePart) { from, n in ck_swiglu(g + from, u + from, target + from, n) }
    y.record([gate, up]) { dy in
        let d = dy.pointer, g = gate.pointer, u = up.pointer
        gate.accumulate { dg, gateAdds in
            // Both at once when both are wanted: the sigmoid is computed once.
            if up.requiresGradient && up !== gate {
                up.accumulate { du, upAdds in
                    forEachPart(of: gate.count, each: elementwisePart) { from, n in
                        ck_swiglu_backward(g + from, u + from, d + from, dg + from, du + from, n, gateAdds ? 1 : 0, upAdds ? 1 : 0)
                    }
                }
            } else {
                forEachPart(of: gate.count, each: elementwisePart) { from, n in
                    ck_swiglu_backward(g + from, u + from, d + from, dg + from, nil, n, gateAdds ? 1 : 0, 0)
                }
            }
        }
        if up === gate || !gate.requiresGradient {
            up.accumulate { du, adds in
                forEachPart(of: gate.count, each: elementwisePart) { from, n in
                    ck_swiglu_backward(g + from, u + from, d + from, nil, du + from, n, 0, adds ? 1 : 0)
                }
            }
        }
    }
    return y
}

extension Tensor {
    /// x · factor, by elements.
    public func scaled(by factor: Float) -> Tensor {
        unary({ x, y, n in ck_scale(x, factor, y, n, 0) }, { _, dy, dx, n, adds in ck_scale(dy, factor, dx, n, adds) })
    }

    /// max(x, 0), by elements; the gradient at 0 is 0.
    public func relu() -> Tensor {
        unary({ x, y, n in ck_relu(x, y, n) }, { x, dy, dx, n, adds in ck_relu_backward(x, dy, dx, n, adds) })
    }

    /// x·Φ(x) with the exact normal distribution function (not the tanh approximation).
    public func gelu() -> Tensor {
        unary({ x, y, n in ck_gelu(x, y, n) }, { x, dy, dx, n, adds in ck_gelu_backward(x, dy, dx, n, adds) })
    }

    /// The sum of all values, a scalar; added in double precision.
    public func sum() -> Tensor { reduced(times: 1) }

    /// The mean of all values, a scalar.
    public func mean() -> Tensor { reduced(times: 1 / Float(max(1, count))) }

    private func reduced(times factor: Float) -> Tensor {
        let total = partialSums(count: count) { [pointer] from, n in ck_sum(pointer + from, n) }
        let y = Tensor([Float(total) * factor], shape: [])
        y.record([self]) { [input = self] dy in
            let value = dy.item * factor
            input.accumulate { dx, adds in
                forEachPart(of: input.count, each: elementwisePart) { from, n in
                    if adds { for i in from..<from + n { dx[i] += value } } else { ck_fill(dx + from, value, n) }
                }
            }
        }
        return y
    }

    private func unary(
        _ forward: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
        _ backward: @escaping (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int32) -> Void
    ) -> Tensor {
        let y = Tensor(uninitialized: shape), source = pointer, target = y.pointer
        forEachPart(of: count, each: elementwisePart) { from, n in forward(source + from, target + from, n) }
        y.record([self]) { [input = self] dy in
            let x = input.pointer, d = dy.pointer
            input.accumulate { dx, adds in
                forEachPart(of: input.count, each: elementwisePart) { from, n in
                    backward(x + from, d + from, dx + from, n, adds ? 1 : 0)
                }
            }
        }
        return y
    }
}

/// `x.relu()`.
public func relu(_ x: Tensor) -> Tensor { x.relu() }
/// `x.gelu()`.
public func gelu(_ x: Tensor) -> Tensor { x.gelu() }

/// The sum over fixed parts of 0..<count, added in order.
func partialSums(count: Int, _ body: (Int, Int) -> Double) -> Double {
    let parts = (count + elementwisePart - 1) / elementwisePart
    guard parts > 1 else { return count > 0 ? body(0, count) : 0 }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: parts) { sums in
        let base = UnsafeMutablePointer(sums.baseAddress)
        forEachPart(of: count, each: elementwisePart) { from, n in base?[from / elementwisePart] = body(from, n) }
        return sums.reduce(0, +)
    }
}

private func checkSuffix(_ name: String, _ a: Tensor, _ b: Tensor) {
    precondition(a.shape.suffix(b.shape.count) == b.shape[...], "\(name): shapes \(a.shape) and \(b.shape)")
}
