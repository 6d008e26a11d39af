import CKernels
import Foundation
import Tensors
import Testing

/// Products with weights in panels, straight from the kernels: every format at every level that this machine has.
@Suite("Panels") struct PanelTests {
    static let formats = [CK_F32, CK_BF16, CK_INT8, CK_Q4].map { Int32($0) }
    /// Edges: one input, odd, primes, a whole group and more; one output, a panel, a panel and a rest.
    static let sizes = [(1, 1), (2, 31), (31, 32), (32, 33), (67, 70), (256, 96), (577, 130)]

    /// Weights in panels, and what they are after rounding.
    struct Packed {
        let format: Int32, inputs: Int, outputs: Int
        let bytes: UnsafeMutableRawPointer
        var weights: [Float] = []

        init(_ weights: [Float], format: Int32, inputs: Int, outputs: Int) {
            (self.format, self.inputs, self.outputs) = (format, inputs, outputs)
            let size = ck_panel_bytes(format, inputs), panels = (outputs + 31) / 32
            bytes = .allocate(byteCount: panels * size, alignment: 64)
            weights.withUnsafeBufferPointer { source in
                for panel in 0..<panels {
                    var rows = [UnsafePointer<Float>?](repeating: nil, count: 32)
                    for j in 0..<32 where panel * 32 + j < outputs { rows[j] = source.baseAddress?.advanced(by: (panel * 32 + j) * inputs) }
                    rows.withUnsafeBufferPointer { ck_panel_pack(format, $0.baseAddress, inputs, bytes + panel * size) }
                }
            }
            for row in 0..<outputs {
                var values = [Float](repeating: .nan, count: inputs)
                ck_panel_row(format, bytes + row / 32 * size, row % 32, inputs, &values)
                self.weights += values
            }
        }

        func multiply(_ x: [Float], level: Int32 = -1, epilogue: Int = 0, onto old: [Float]? = nil, parts: [Range<Int>]? = nil, bias: [Float]? = nil) -> [Float] {
            let rows = x.count / inputs, gated = epilogue == Int(CK_GATED), wide = gated ? outputs / 2 : outputs, units = (wide + 31) / 32
            let prepared = UnsafeMutableRawPointer.allocate(byteCount: rows * ck_input_bytes(format, inputs) + 64, alignment: 64)
            defer { prepared.deallocate() }
            ck_prepare_inputs(format, x, rows, inputs, inputs, prepared)
            var y = old ?? [Float](repeating: .nan, count: rows * wide)
            (bias ?? [0]).withUnsafeBufferPointer { shift in
                var m = ck_panels(format: format, inputs: inputs, outputs: wide, data: bytes, bias: bias == nil ? nil : shift.baseAddress)
                for part in parts ?? [0..<units] {
                    ck_panels_rows(level, &m, prepared, rows, Int32(epilogue), part.lowerBound, part.upperBound, &y, wide)
                }
            }
            return y
        }
    }

    static func packed(_ format: Int32, _ inputs: Int, _ outputs: Int, seed: UInt64 = 2) -> Packed {
        Packed(values([outputs, inputs], seed: seed).array(), format: format, inputs: inputs, outputs: outputs)
    }

    @Test("Weights survive packing within what the format can hold", arguments: formats)
    func rounding(format: Int32) {
        for (inputs, outputs) in Self.sizes {
            let original = values([outputs, inputs], seed: 2).array(), kept = Packed(original, format: format, inputs: inputs, outputs: outputs).weights
            for row in 0..<outputs {
                for group in stride(from: 0, to: inputs, by: 32) {
                    let places = row * inputs + group..<row * inputs + min(group + 32, inputs)
                    let largest = original[places].map(abs).max() ?? 0, span = (original[places].max() ?? 0) - (original[places].min() ?? 0)
                    for i in places {
                        let bound: Float = switch format {
                        case Int32(CK_F32): 0
                        case Int32(CK_BF16): abs(original[i]) / 256
                        case Int32(CK_INT8): largest / 127 * 0.56       // half a step, and the rounding of the scale
                        default: span / 15 * 0.56 + largest / 1_000
                        }
                        #expect(abs(kept[i] - original[i]) <= bound)
                    }
                }
            }
        }
    }

    @Test("Each format and level agrees with double precision", arguments: formats, [0, 1, 2, 3, 4] as [Int32])
    func products(format: Int32, level: Int32) {
        guard level <= ck_panel_level() else { return }
        for (inputs, outputs) in Self.sizes {
            let matrix = Self.packed(format, inputs, outputs), x = values([13, inputs], seed: 1).array(), bias = values([outputs], seed: 3).array()
            let y = matrix.multiply(x, level: level, bias: bias)
            for r in 0..<13 {
                // Inputs are rounded too: to 8 bits of precision, or to 127 steps of the largest of their group.
                let row = Array(x[r * inputs..<(r + 1) * inputs])
                let slack: Double = format == Int32(CK_F32) ? 1e-6 : format == Int32(CK_BF16) ? 1.0 / 256 : 0
                for o in 0..<outputs {
                    var sum = Double(bias[o]), size = 1.0, steps = 0.0
                    for i in 0..<inputs {
                        let w = Double(matrix.weights[o * inputs + i])
                        sum += w * Double(row[i])
                        size += abs(w * Double(row[i]))
                        if format >= Int32(CK_INT8) {
                            let group = i / 32 * 32
                            steps += abs(w) * Double(row[group..<min(group + 32, inputs)].map(abs).max() ?? 0) / 127 * 0.51
                        }
                    }
                    #expect(abs(Double(y[r * outputs + o]) - sum) <= slack * size + steps + 1e-5 * size)
                }
            }
        }
    }

    @Test("A row has the same bits alone, in a batch and in parts", arguments: formats, [0, 1, 2, 3, 4] as [Int32])
    func bits(format: Int32, level: Int32) {
        guard level <= ck_panel_level() else { return }
        let (inputs, outputs) = (75, 170), matrix = Self.packed(format, inputs, outputs)
        for rows in [1, 2, 3, 5, 8, 11, 27, 33, 50] {
            let x = values([rows, inputs], seed: 1).array(), all = matrix.multiply(x, level: level)
            let alone = (0..<rows).flatMap { matrix.multiply(Array(x[$0 * inputs..<($0 + 1) * inputs]), level: level) }
            #expect(alone == all)
            #expect(matrix.multiply(x, level: level, parts: [0..<1, 1..<4, 4..<6]) == all)
        }
        #expect(matrix.multiply([], level: level) == [])
    }

    @Test("Sums onto what is there, and gates", arguments: formats)
    func epilogues(format: Int32) {
        let (inputs, outputs, rows) = (64, 102, 5), matrix = Self.packed(format, inputs, outputs), x = values([rows, inputs], seed: 1).array()
        let plain = matrix.multiply(x), old = values([rows, outputs], seed: 9).array()
        #expect(matrix.multiply(x, epilogue: Int(CK_ADD), onto: old) == zip(plain, old).map { $0 + $1 })
        // Panels take turns: 32 rows of the gate, the 32 of its partner; the same matrix seen as 51 gates would end in the middle of one.
        let pairs = Self.packed(format, inputs, 128), both = pairs.multiply(x), gated = pairs.multiply(x, epilogue: Int(CK_GATED))
        for r in 0..<rows {
            for o in 0..<64 {
                let gate = both[r * 128 + o / 32 * 64 + o % 32], up = both[r * 128 + o / 32 * 64 + 32 + o % 32]
                #expect(abs(gated[r * 64 + o] - gate / (1 + exp(-gate)) * up) <= 1e-5 * (1 + abs(gate * up)))
            }
        }
    }

    @Test("Levels agree with each other: integers exactly summed, floats in the same order", arguments: formats)
    func levels(format: Int32) {
        let matrix = Self.packed(format, 577, 130), x = values([7, 577], seed: 1).array(), best = matrix.multiply(x)
        for level in 0...ck_panel_level() {
            #expect(difference(matrix.multiply(x, level: level), best) < 2e-5)
        }
    }

    @Test("Blocks of a GGUF file give the weights that they describe")
    func blocks() {
        var random = RandomSource(seed: 4)
        for (type, format, size) in [(CK_BLOCKS_Q8_0, CK_INT8, 34), (CK_BLOCKS_Q4_0, CK_Q4, 18), (CK_BLOCKS_Q4_1, CK_Q4, 20)] {
            let inputs = 96, outputs = 33
            var bytes = [UInt8](), expected = [Float]()
            for _ in 0..<outputs * inputs / 32 {
                let scale = Float(Float16(random.uniform())), least = Float(Float16(random.uniform() - 0.5))
                var block = withUnsafeBytes(of: Float16(scale).bitPattern) { Array($0) }
                if size == 20 { block += withUnsafeBytes(of: Float16(least).bitPattern) { Array($0) } }
                let values = (0..<(size == 34 ? 32 : 16)).map { _ in UInt8(random.int(below: 256)) }
                bytes += block + values
                for i in 0..<32 {
                    switch size {
                    case 34: expected.append(scale * Float(Int8(bitPattern: values[i])))
                    case 18: expected.append(scale * Float(Int(i < 16 ? values[i] & 15 : values[i - 16] >> 4) - 8))
                    default: expected.append(scale * Float(i < 16 ? values[i] & 15 : values[i - 16] >> 4) + least)
                    }
                }
            }
            let panel = ck_panel_bytes(Int32(format), inputs), target = UnsafeMutableRawPointer.allocate(byteCount: 2 * panel, alignment: 64)
            defer { target.deallocate() }
            bytes.withUnsafeBytes { source in
                for first in [0, 32] {
                    var rows = [UnsafeRawPointer?](repeating: nil, count: 32)
                    for j in 0..<32 where first + j < outputs { rows[j] = source.baseAddress?.advanced(by: (first + j) * 3 * size) }
                    rows.withUnsafeBufferPointer { ck_panel_pack_blocks(Int32(type), $0.baseAddress, inputs, target + first / 32 * panel) }
                }
            }
            for row in 0..<outputs {
                var values = [Float](repeating: .nan, count: inputs)
                ck_panel_row(Int32(format), target + row / 32 * panel, row % 32, inputs, &values)
                #expect(difference(values, Array(expected[row * inputs..<(row + 1) * inputs])) < 1e-6 * 8)
            }
        }
    }
}
