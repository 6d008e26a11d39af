import CKernels

/// Kernels for decoding: raw pointers, no graph, no allocation. The bits of a row depend neither on the number of rows
/// computed with it nor on the threads.
package enum Inference {
    /// y[r] = weight · x[r] + bias: x [rows, inputs], weight [outputs, inputs], y [rows, outputs].
    package static func linear(
        _ x: UnsafePointer<Float>, rows: Int, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        inputs: Int, outputs: Int, into y: UnsafeMutablePointer<Float>
    ) {
        Compute.configured
        ck_linear(x, rows, weight, bias, inputs, outputs, y)
    }

    /// x [rows, width], weight [width]; `y` may be `x`.
    package static func rmsNorm(
        _ x: UnsafePointer<Float>, rows: Int, width: Int, weight: UnsafePointer<Float>, epsilon: Float,
        into y: UnsafeMutablePointer<Float>
    ) {
        ck_rms_norm_rows(x, weight, y, rows, width, epsilon)
    }

    /// Turns queries or keys x [rows, heads · headWidth] in place; row r stands at position `first` + r.
    package static func rotate(_ x: UnsafeMutablePointer<Float>, rows: Int, heads: Int, table: borrowing RotaryTable, first: Int) {
        precondition(first >= 0 && first + rows <= table.positions, "rotate: positions \(first)..<\(first + rows) of \(table.positions)")
        let half = table.headWidth / 2
        table.cosines.withUnsafeBufferPointer { cosines in
            table.sines.withUnsafeBufferPointer { sines in
                guard let c = cosines.baseAddress, let s = sines.baseAddress else { return }
                ck_rotate_rows(x, rows, heads, table.headWidth, c + first * half, s + first * half)
            }
        }
    }

    /// Causal attention of new rows over a cache that already holds their keys (rotated) and values.
    ///
    /// query [rows, heads · headWidth], caches [capacity, keyValueHeads · headWidth] by position, y like query; row r
    /// stands at position `first` + r and sees 0...first + r. Scores are scaled by 1/√headWidth here.
    package static func attendCached(
        query: UnsafePointer<Float>, rows: Int, first: Int, keyCache: UnsafePointer<Float>, valueCache: UnsafePointer<Float>,
        heads: Int, keyValueHeads: Int, headWidth: Int, into y: UnsafeMutablePointer<Float>
    ) {
        precondition(headWidth <= Int(CK_MAX_HEAD), "attendCached: head width \(headWidth), at most \(CK_MAX_HEAD)")
        Compute.configured
        ck_attend_rows(query, rows, first, keyCache, valueCache, heads, keyValueHeads, headWidth, y)
    }

    /// y = silu(gate) · up; `y` may be `gate` or `up`.
    package static func siluMultiply(
        gate: UnsafePointer<Float>, up: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>
    ) {
        ck_silu_multiply(gate, up, y, count)
    }

    /// y += x.
    package static func add(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
        ck_add(x, y, y, count)
    }

    /// Copies row `id` of an embedding table [V, width].
    package static func embed(_ id: Int, table: UnsafePointer<Float>, width: Int, into y: UnsafeMutablePointer<Float>) {
        y.update(from: table + id * width, count: width)
    }
}
