import Tensors

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
    let file: GGUFFile
    let entry: GGUFFile.Entry
    /// Which of the file's rows is which row of the weight: `order.stored(row, of: shape[0])`.
    package let order: GGUFFile.RowOrder

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
