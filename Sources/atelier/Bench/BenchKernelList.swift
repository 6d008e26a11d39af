import Tensors

extension BenchKernels {
    /// One line of the table: what is run, how much work it is, and the limit that applies to it.
    struct Kernel {
        enum Bound {
            case f32, bf16, int8, memory
            /// As in the list of limits.
            var name: String {
                switch self {
                case .f32: "f32 multiply-add"
                case .bf16: "bf16 multiply-add"
                case .int8: "int8 multiply-add"
                case .memory: "read 512 MiB in all"
                }
            }
            var unit: String { self == .memory ? "GB/s" : self == .int8 ? "Gop/s" : "GFLOP/s" }
        }
        let name, shape: String
        let limit: Bound
        /// Operations, or bytes read and written, of one call.
        let work: Double
        /// Makes the operands and gives the call that is timed.
        let prepare: () -> () -> Void

        init(_ name: String, _ shape: String, _ limit: Bound, work: Double, prepare: @escaping () -> () -> Void) {
            (self.name, self.shape, self.limit, self.work, self.prepare) = (name, shape, limit, work, prepare)
        }
    }
}

// MARK: - The list: a kernel is a line here

extension BenchKernels.Kernel {
    private static let tokens = 4_096

    static func all() -> [Self] {
        var list: [Self] = []
        for precision in Probe.hasBF16 ? [Compute.Precision.float32, .bfloat16] : [.float32] {
            for (model, inputs, outputs) in [("5m", 256, 688), ("5m", 688, 256), ("5m", 256, 4_096), ("25m", 512, 1_376), ("25m", 1_376, 512)] {
                list += products(model, inputs: inputs, outputs: outputs, precision)
            }
        }
        for format in WeightFormat.allCases { list += panels(format) }
        for (model, heads) in [("5m", 4), ("25m", 8)] { list += attentions(model, heads: heads) }
        let width = 512, hidden = 1_376, floats = 4.0 * Double(tokens)
        list += passes("RMSNorm", "\(tokens) × \(width)", .memory, [[tokens, width], [width]],
                       forward: floats * 2 * Double(width), backward: floats * 5 * Double(width)) { rmsNorm($0[0], $0[1], epsilon: 1e-5) }
        list += passes("SwiGLU", "\(tokens) × \(hidden)", .memory, [[tokens, hidden], [tokens, hidden]],
                       forward: floats * 3 * Double(hidden), backward: floats * 5 * Double(hidden)) { swiGLU(gate: $0[0], up: $0[1]) }
        list += passes("cross-entropy", "\(tokens) × 4,096", .memory, [[tokens, 4_096]], forward: floats * 4_096, backward: floats * 2 * 4_096) {
            crossEntropy($0[0], targets: (0..<Int32(tokens)).map { $0 })
        }
        let parameters = 1 << 23
        list.append(Self("AdamW", "8 Mi parameters", .memory, work: 28 * Double(parameters)) {
            let parameter = random([parameters]), gradient = random([parameters])
            parameter.gradient = gradient
            var optimizer = AdamW()
            return { optimizer.step(parameters: [parameter], learningRate: 1e-4) }
        })
        list.append(Self("exp", "8 Mi values", .memory, work: 8 * Double(parameters)) {
            let x = random([parameters]), y = Tensor(zeros: [parameters])
            return { Probe.exponentials(x, into: y) }
        })
        return list
    }

    /// y = x · wᵀ, and the gradients of x and of w.
    private static func products(_ model: String, inputs: Int, outputs: Int, _ precision: Compute.Precision) -> [Self] {
        let work = 2 * Double(tokens * inputs * outputs), shape = "\(model): \(tokens) × \(inputs) → \(outputs)"
        let type = precision == .bfloat16 ? "bf16" : "f32", limit = precision == .bfloat16 ? Bound.bf16 : .f32
        func product(_ name: String, _ prepare: @escaping (_ x: Tensor, _ w: Tensor) -> () -> Void) -> Self {
            Self("product \(type) \(name)", shape, limit, work: work) {
                let body = prepare(random([tokens, inputs], gradient: false), random([outputs, inputs], gradient: false))
                return { Compute.withPrecision(precision, body) }
            }
        }
        return [
            product("forward") { x, w in { _ = linear(x, w) } },
            product("input gradient") { x, w in
                x.requiresGradient = true
                return Probe.backward(of: linear(x, w))
            },
            product("weight gradient") { x, w in
                w.requiresGradient = true
                return Probe.backward(of: linear(x, w))
            },
        ]
    }

    /// Products with weights in panels, as decoding has them: of one row with more weights than caches hold, bound by memory, and of
    /// 64 rows, bound by arithmetic.
    private static func panels(_ format: WeightFormat) -> [Self] {
        func product(_ shape: String, rows: Int, inputs: Int, outputs: Int, _ limit: Bound, work: Double) -> Self {
            Self("panels \(format.rawValue)", "\(shape): \(rows) × \(inputs) → \(outputs)", limit, work: work) {
                let matrix = PanelMatrix(stacking: [random([outputs, inputs], gradient: false)], format: format)
                let x = random([rows, inputs], gradient: false), y = Tensor(zeros: [rows, outputs]), prepared = PreparedRows(rows: rows, for: [matrix])
                return { Probe.multiply(x, matrix, prepared, into: y) }
            }
        }
        let arithmetic: Bound = switch format {
        case .float32: .f32
        case .bfloat16: Probe.hasBF16 ? .bf16 : .f32
        case .int8, .int4: .int8
        }
        let bytes = PanelMatrix.byteCount(inputs: 768, outputs: 32_000, format: format)
        return [
            product("110m", rows: 1, inputs: 768, outputs: 32_000, .memory, work: Double(bytes)),
            product("25m", rows: 64, inputs: 512, outputs: 1_376, arithmetic, work: 2 * 64 * 512 * 1_376),
        ]
    }

    /// Causal attention over 16 sequences of 256, heads of 64; recomputation of scores is not counted.
    private static func attentions(_ model: String, heads: Int) -> [Self] {
        let length = 256, batch = tokens / length, rotary = RotaryTable(headWidth: 64, base: 10_000, positions: length)
        let forward = 4 * 64 * Double(heads * batch * length * (length + 1) / 2)
        return passes("attention", "\(model): \(batch) × \(length), \(heads) heads of 64", .f32, Array(repeating: [tokens, heads * 64], count: 3),
                      forward: forward, backward: 2 * forward) {
            attention(query: $0[0], key: $0[1], value: $0[2], batch: batch, length: length, heads: heads, keyValueHeads: heads, mask: .causal, rotary: rotary)
        }
    }

    /// Both passes of an operation on operands of the given shapes.
    private static func passes(
        _ name: String, _ shape: String, _ limit: Bound, _ operands: [[Int]], forward: Double, backward: Double,
        _ operation: @escaping ([Tensor]) -> Tensor
    ) -> [Self] {
        [Self("\(name) forward", shape, limit, work: forward) {
            let operands = operands.map { random($0) }
            return { withoutGradients { _ = operation(operands) } }
         },
         Self("\(name) backward", shape, limit, work: backward) { Probe.backward(of: operation(operands.map { random($0) })) }]
    }

    private static func random(_ shape: [Int], gradient: Bool = true) -> Tensor {
        var random = RandomSource(seed: 1)
        let tensor = Tensor.normal(shape, deviation: 0.5, using: &random)
        tensor.requiresGradient = gradient
        return tensor
    }
}
