import CKernels
import Foundation

/// How weights are kept for decoding.
public enum WeightFormat: String, Codable, Sendable, CaseIterable {
    /// As trained.
    case float32 = "f32"
    /// Rounded to 8 bits of precision, inputs too; half the memory.
    case bfloat16 = "bf16"
    /// Bytes with a scale for every 32 inputs, inputs likewise; about a quarter of the memory.
    case int8
    /// Half bytes with a scale and a least value for every 32 inputs; 5 bits a weight.
    case int4

    var code: Int32 {
        switch self {
        case .float32: Int32(CK_F32)
        case .bfloat16: Int32(CK_BF16)
        case .int8: Int32(CK_INT8)
        case .int4: Int32(CK_Q4)
        }
    }
}

/// A matrix of weights [outputs, inputs] as decoding reads it: in panels of 32 outputs, each read front to back
/// (layouts: `CKernels.h`). The bits of a row of the product depend neither on the other rows nor on the threads.
package final class PanelMatrix {
    package let format: WeightFormat
    package let inputs: Int
    /// Of the product; with gates half of the rows of weights.
    package let outputs: Int
    /// Whether the product is silu(gate · x) · (up · x), by elements.
    package let isGated: Bool

    private let panels: UnsafeRawPointer
    private let owner: AnyObject
    private let bias: Storage?

    /// Matrices [·, inputs] under each other, all of one width, with a bias or none each.
    package convenience init(stacking tensors: [Tensor], biases: [Tensor?] = [], format: WeightFormat) {
        let inputs = tensors[0].width, counts = tensors.map(\.rows), outputs = counts.reduce(0, +)
        precondition(tensors.allSatisfy { $0.width == inputs }, "stacking matrices of other widths")
        var bias: Storage?
        if biases.contains(where: { $0 != nil }) {
            let whole = Storage(uninitialized: outputs)
            whole.fill(0)
            var at = 0
            for (count, part) in zip(counts, biases) {
                if let part { (whole.pointer + at).update(from: part.pointer, count: count) }
                at += count
            }
            bias = whole
        }
        self.init(format: format, inputs: inputs, outputs: outputs, isGated: false, bias: bias) { index, _ in
            var row = index
            for (tensor, count) in zip(tensors, counts) {
                if row < count { return UnsafePointer(tensor.pointer + row * inputs) }
                row -= count
            }
            return nil
        }
        withExtendedLifetime(tensors) {}
    }

    /// gate and up [outputs, inputs] for a gated product.
    package convenience init(gate: Tensor, up: Tensor, format: WeightFormat) {
        precondition(gate.shape == up.shape, "gate \(gate.shape), up \(up.shape)")
        let inputs = gate.width, outputs = gate.rows
        self.init(format: format, inputs: inputs, outputs: outputs, isGated: true, bias: nil) { index, isUp in
            index < outputs ? UnsafePointer((isUp ? up : gate).pointer + index * inputs) : nil
        }
        withExtendedLifetime((gate, up)) {}
    }

    /// Stored matrices [·, inputs] under each other, or the gate and its partner.
    /// - Parameter format: nil: as they are stored, without rounding where panels of that kind exist for all of them.
    /// - Throws: what reading them throws.
    package convenience init(_ weights: [StoredWeight], biases: [Tensor?] = [], isGated: Bool = false, format: WeightFormat?) throws(GGUFError) {
        let blocks = weights.compactMap { if case .blocks(let blocks) = $0 { blocks } else { nil } }
        if format == nil, blocks.count == weights.count, biases.allSatisfy({ $0 == nil }), let kind = blocks.first?.panels,
           blocks.allSatisfy({ $0.panels?.blocks == kind.blocks }) {
            self.init(blocks, kind.blocks, format: kind.format, isGated: isGated)
            return
        }
        let own = format ?? blocks.first?.nearest ?? .float32
        var tensors: [Tensor] = []
        for weight in weights { tensors.append(try weight.tensor()) }
        if isGated { self.init(gate: tensors[0], up: tensors[1], format: own) } else { self.init(stacking: tensors, biases: biases, format: own) }
    }

    /// Blocks as a GGUF file has them, all of one type.
    private convenience init(_ blocks: [WeightBlocks], _ type: Int32, format: WeightFormat, isGated: Bool) {
        let inputs = blocks[0].shape[1], counts = blocks.map { $0.shape[0] }
        let outputs = isGated ? counts[0] : counts.reduce(0, +)
        precondition(blocks.allSatisfy { $0.shape[1] == inputs }, "stacking matrices of other widths")
        let bases = blocks.map { $0.withBytes { $1.baseAddress } }       // mapped as long as the files live, which is beyond this
        self.init(format: format, inputs: inputs, outputs: outputs, isGated: isGated, bias: nil) { first, isUp, target in
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer?.self, capacity: Int(CK_PANEL)) { rows in
                for j in 0..<Int(CK_PANEL) {
                    var part = isUp ? 1 : 0, row = first + j
                    if !isGated { while part < counts.count, row >= counts[part] { (row, part) = (row - counts[part], part + 1) } }
                    let isThere = part < counts.count && row < counts[part]
                    rows[j] = isThere ? bases[part].map { $0 + blocks[part].order.stored(row, of: counts[part]) * blocks[part].rowBytes } : nil
                }
                ck_panel_pack_blocks(type, rows.baseAddress, inputs, target)
            }
        }
        withExtendedLifetime(blocks) {}
    }

    private convenience init(
        format: WeightFormat, inputs: Int, outputs: Int, isGated: Bool, bias: Storage?,
        row: (_ index: Int, _ isUp: Bool) -> UnsafePointer<Float>?
    ) {
        self.init(format: format, inputs: inputs, outputs: outputs, isGated: isGated, bias: bias) { first, isUp, target in
            withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: Int(CK_PANEL)) { rows in
                for j in 0..<Int(CK_PANEL) { rows[j] = row(first + j, isUp) }
                ck_panel_pack(format.code, rows.baseAddress, inputs, target)
            }
        }
    }

    /// - Parameter pack: writes the panel of 32 rows from `first` on (of the gate or its partner); rows beyond the end are zeros.
    private init(
        format: WeightFormat, inputs: Int, outputs: Int, isGated: Bool, bias: Storage?,
        pack: (_ first: Int, _ isUp: Bool, _ target: UnsafeMutableRawPointer) -> Void
    ) {
        let panel = Int(CK_PANEL), units = (outputs + panel - 1) / panel, count = isGated ? 2 * units : units
        let size = ck_panel_bytes(format.code, inputs)
        let (base, slab) = PanelSlab.place(count * size)
        parallelFor(count) { index in
            pack((isGated ? index / 2 : index) * panel, isGated && index % 2 == 1, base + index * size)
        }
        (self.format, self.inputs, self.outputs, self.isGated, self.bias) = (format, inputs, outputs, isGated, bias)
        (panels, owner) = (UnsafeRawPointer(base), slab)
    }

    // MARK: Files

    /// Panels as a file has them: mapped and read in place, or, of a large file (or one that is not mapped), copied to large pages.
    ///
    /// `entry` is U8 [bytes]; the bias, where there is one, is a tensor of its own.
    /// - Throws: `SafeTensorsError.entry` where the size is not that of such a matrix.
    package init(
        _ entry: SafeTensors.Entry, of file: SafeTensors.File, format: WeightFormat, inputs: Int, outputs: Int, isGated: Bool, bias: Tensor?
    ) throws(SafeTensorsError) {
        (self.format, self.inputs, self.outputs, self.isGated, self.bias) = (format, inputs, outputs, isGated, bias?.storage)
        let units = (outputs + Int(CK_PANEL) - 1) / Int(CK_PANEL), bytes = (isGated ? 2 * units : units) * ck_panel_bytes(format.code, inputs)
        guard entry.format == .u8, entry.shape == [bytes] else {
            throw .entry(path: file.path, name: entry.name, reason: "\(entry.format.rawValue) \(entry.shape), expected U8 [\(bytes)]")
        }
        let (start, owner) = file.bytes(of: entry)
        if Int(bitPattern: start) % 64 == 0, file.byteCount <= PanelSlab.mappedLimit {
            (panels, self.owner) = (start, owner)
        } else {
            let (base, slab) = PanelSlab.place(bytes)
            forEachPart(of: bytes, each: 1 << 20) { from, count in (base + from).copyMemory(from: start + from, byteCount: count) }
            withExtendedLifetime(owner) {}
            (panels, self.owner) = (UnsafeRawPointer(base), slab)
        }
    }

    /// What `init(_:of:…)` reads: the panels and, where there is one, the bias.
    func parts(named name: String) -> [SafeTensors.Part] {
        let panels = SafeTensors.Part(name: name + ".panels", format: .u8, shape: [byteCount]) { [self] data in
            data.append(self.panels.assumingMemoryBound(to: UInt8.self), count: byteCount)
        }
        guard let bias else { return [panels] }
        return [panels, Tensor(storage: bias, shape: [outputs]).part(named: name + ".bias")]
    }

    /// Writes matrices and tensors to one file, whole or not at all.
    package static func write(
        _ matrices: [(name: String, matrix: PanelMatrix)], _ tensors: [NamedTensor], metadata: [String: String], to url: URL
    ) throws(SafeTensorsError) {
        // Panels first: their sizes are multiples of 64 bytes, so that each starts at one.
        var parts = matrices.flatMap { $0.matrix.parts(named: $0.name) } + tensors.map { $0.tensor.part(named: $0.name) }
        parts = parts.filter { $0.format == .u8 } + parts.filter { $0.format != .u8 }
        try SafeTensors.write(SafeTensors.encode(parts, metadata: metadata, path: url.path), to: url)
    }

    /// What `byteCount` of a matrix without gates is.
    package static func byteCount(inputs: Int, outputs: Int, format: WeightFormat) -> Int {
        (outputs + Int(CK_PANEL) - 1) / Int(CK_PANEL) * ck_panel_bytes(format.code, inputs)
    }

    /// Bytes of the panels, padding included: what one product reads.
    package var byteCount: Int { count * ck_panel_bytes(format.code, inputs) }

    private var count: Int {
        let units = (outputs + Int(CK_PANEL) - 1) / Int(CK_PANEL)
        return isGated ? 2 * units : units
    }

    /// One row of weights as `Float`, for embeddings.
    package func copyRow(_ index: Int, into target: UnsafeMutablePointer<Float>) {
        let panel = Int(CK_PANEL)
        ck_panel_row(format.code, panels + index / panel * ck_panel_bytes(format.code, inputs), index % panel, inputs, target)
    }

    /// y [rows, outputs] (or += with `adds`), `stride` floats a row, of inputs in this matrix's form.
    package func multiply(_ prepared: PreparedRows, rows: Int, adds: Bool = false, into y: UnsafeMutablePointer<Float>, stride: Int) {
        precondition(prepared.format == format && prepared.inputs == inputs, "rows prepared for another matrix")
        Compute.configured
        var description = ck_panels(format: format.code, inputs: inputs, outputs: outputs, data: panels, bias: bias.map { UnsafePointer($0.pointer) })
        ck_panels_multiply(&description, prepared.start, rows, Int32(isGated ? CK_GATED : adds ? CK_ADD : CK_STORE), y, stride)
    }
}

/// Room for rows of inputs in the form that a product reads. One buffer serves matrices of several widths and formats, one after
/// the other.
package final class PreparedRows {
    private let storage: Storage
    fileprivate var format = WeightFormat.float32
    fileprivate var inputs = 0
    fileprivate var start: UnsafeRawPointer { UnsafeRawPointer(storage.pointer) }

    /// - Parameter matrices: what the rows are for.
    package init(rows: Int, for matrices: [PanelMatrix]) {
        let bytes = matrices.map { ck_input_bytes($0.format.code, $0.inputs) }.max() ?? 0
        storage = Storage(uninitialized: max(1, (rows * bytes + 3) / 4))
    }

    /// Takes x [rows, inputs], `stride` floats a row.
    package func prepare(_ x: UnsafePointer<Float>, rows: Int, stride: Int, for matrix: PanelMatrix) {
        (format, inputs) = (matrix.format, matrix.inputs)
        let size = ck_input_bytes(format.code, inputs), base = UnsafeMutableRawPointer(storage.pointer)
        precondition(rows * size <= storage.count * MemoryLayout<Float>.stride, "no room for \(rows) rows")
        let code = format.code, inputs = inputs
        forEachPart(of: rows, each: rowsAPart(width: inputs)) { from, count in
            ck_prepare_inputs(code, x + from * stride, count, stride, inputs, base + from * size)
        }
    }
}

extension Tensor {
    fileprivate func part(named name: String) -> SafeTensors.Part {
        SafeTensors.Part(name: name, format: .f32, shape: shape) { [self] data in data.append(UnsafeBufferPointer(start: pointer, count: count)) }
    }
}
