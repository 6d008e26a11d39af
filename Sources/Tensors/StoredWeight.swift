import CKernels

/// A weight as its file has it.
package enum StoredWeight {
    /// Values, as f32.
    case tensor(Tensor)
    /// Blocks of small integers or narrow floats, still in the file.
    case blocks(WeightBlocks)

    /// The values as f32, whatever the file has.
    package func tensor() throws(GGUFError) -> Tensor {
        switch self {
        case .tensor(let tensor): tensor
        case .blocks(let blocks): try blocks.tensor()
        }
    }
}

/// The blocks of a weight in a GGUF file, mapped and not yet read.
package struct WeightBlocks {
    private let file: GGUFFile
    private let entry: GGUFFile.Entry
    /// Which of the file's rows is which row of the weight: `order.stored(row, of: shape[0])`.
    package let order: GGUFFile.RowOrder

    package init(file: GGUFFile, entry: GGUFFile.Entry, order: GGUFFile.RowOrder) { (self.file, self.entry, self.order) = (file, entry, order) }

    /// The panels that hold these blocks without rounding; nil where there are none and where a row is not whole groups of 32.
    var panels: (format: WeightFormat, blocks: Int32)? {
        guard shape.count == 2, shape[1].isMultiple(of: 32) else { return nil }
        switch type {
        case .q8_0: return (.int8, Int32(CK_BLOCKS_Q8_0))
        case .q4_0: return (.int4, Int32(CK_BLOCKS_Q4_0))
        case .q4_1: return (.int4, Int32(CK_BLOCKS_Q4_1))
        default: return nil
        }
    }

    /// What the values are kept as where no blocks fit: half floats that bf16 holds, else bytes for whatever has few bits.
    var nearest: WeightFormat {
        switch type {
        case .f32, .f16: .float32
        case .bf16: .bfloat16
        default: panels?.format ?? .int8
        }
    }

    /// How the values are stored.
    package var type: GGUFFile.TensorType { entry.type }
    /// Rows and columns, outermost first.
    package var shape: [Int] { entry.shape }
    /// Bytes of a row.
    package var rowBytes: Int { entry.rowBytes }

    /// Calls `body` with the blocks, in the file's order of rows, where they are mapped.
    package func withBytes<R>(_ body: (GGUFFile.TensorType, UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try file.withBytes(of: entry, body)
    }

    /// The values as f32, rows in the weight's order.
    package func tensor() throws(GGUFError) -> Tensor { try file.tensor(entry, order: order) }
}
