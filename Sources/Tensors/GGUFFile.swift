import CKernels
import Foundation

/// llama.cpp's model files: metadata by key, then a table of tensors, then their values, many of them in blocks of small
/// integers with a scale. Versions 2 and 3, little-endian.
///
/// Opening maps the file and checks the whole header: lengths, counts, types, shapes (no overflow, no empty axis), offsets
/// aligned and inside the file, no overlaps, no name twice. Values are read one tensor at a time.
///
/// ```swift
/// let file = try GGUFFile(url)
/// file["general.architecture"]?.text                                  // "llama"
/// if let entry = file.entry("blk.0.attn_q.weight") {
///     let weight = try file.tensor(entry)                              // f32, whatever the type
///     file.withBytes(of: entry) { type, bytes in … }                   // the blocks, where they lie
/// }
/// ```
public struct GGUFFile {
    /// What the table says of one tensor.
    public struct Entry: Sendable, Equatable {
        /// As it stands in the file, such as `blk.0.attn_q.weight`.
        public let name: String
        /// How its values are stored.
        public let type: TensorType
        /// Sizes, outermost first (the file has the innermost first).
        public let shape: [Int]
        let range: Range<Int>      // in the data part

        /// Values of a row, the innermost axis.
        var width: Int { shape.last ?? 1 }
        /// Bytes of a row.
        package var rowBytes: Int { width / type.blockValues * type.blockBytes }
    }

    /// The order in which rows are wanted, which need not be the file's.
    package enum RowOrder: Equatable, Sendable {
        case stored
        /// llama.cpp keeps the two halves of a RoPE pair in neighbouring rows of a head, Hugging Face half a head apart; this gives the latter.
        case halves(heads: Int)

        /// The row of the file that is row `row` of `rows`.
        package func stored(_ row: Int, of rows: Int) -> Int {
            guard case .halves(let heads) = self else { return row }
            let width = rows / heads, head = row / width, within = row % width, half = width / 2
            return head * width + 2 * (within % half) + within / half
        }
    }

    /// Where the file is, for messages.
    public let path: String
    /// The metadata, in the file's order.
    public let metadata: [(key: String, value: Value)]
    /// The tensors, in the order of the table.
    public let entries: [Entry]
    private let values: [String: Int], places: [String: Int]
    private let data: Data
    private let start: Int         // of the data part

    /// Maps a file and checks its header.
    public init(_ url: URL) throws(GGUFError) {
        let data: Data
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw .cannotRead(path: url.path, reason: (error as NSError).localizedDescription)
        }
        try self.init(data, path: url.path)
    }

    /// - Parameter path: names the data in errors.
    public init(_ data: Data, path: String) throws(GGUFError) {
        let header = try GGUFHeader.read(data, path: path)
        (self.data, self.path, start) = (data, path, header.dataStart)
        (metadata, entries) = (header.metadata, header.entries)
        values = Dictionary(metadata.enumerated().map { ($1.key, $0) }) { first, _ in first }
        places = Dictionary(entries.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    /// The metadata value of a key; nil when there is none.
    public subscript(key: String) -> Value? { values[key].map { metadata[$0].value } }

    /// The tensor of a name; nil when there is none.
    public func entry(_ name: String) -> Entry? { places[name].map { entries[$0] } }

    /// Reads a tensor of this file as f32.
    public func tensor(_ entry: Entry) throws(GGUFError) -> Tensor { try tensor(entry, order: .stored) }

    /// Reads a tensor with its rows (its values, where it has one axis) in another order.
    /// - Precondition: the rows are heads of an even width.
    package func tensor(_ entry: Entry, order: RowOrder) throws(GGUFError) -> Tensor {
        let count = entry.shape.reduce(1, *)
        guard let storage = Storage(ifAvailable: count) else { throw .noMemory(path: path, name: entry.name, shape: entry.shape) }
        let width = entry.width, rows = count / width, each = rowsAPart(width: width), target = storage.pointer
        withBytes(of: entry) { type, bytes in
            guard let base = bytes.baseAddress else { return }
            parallelFor((rows + each - 1) / each) { part in
                for row in (part * each)..<min(rows, (part + 1) * each) {
                    let from = entry.shape.count > 1 ? order.stored(row, of: rows) : row
                    _ = ck_gguf_read(Int32(type.rawValue), base + from * entry.rowBytes, width, target + row * width)
                }
            }
        }
        if entry.shape.count == 1, order != .stored {
            let stored = Array(UnsafeBufferPointer(start: target, count: count))
            for i in 0..<count { target[i] = stored[order.stored(i, of: count)] }
        }
        return Tensor(storage: storage, shape: entry.shape)
    }

    /// Calls `body` with the blocks of a tensor of this file, row after row as stored, where they are mapped. The bytes may
    /// stand at any address; they stay there as long as the file value lives.
    package func withBytes<R>(of entry: Entry, _ body: (TensorType, UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try data.withUnsafeBytes { bytes in
            try body(entry.type, UnsafeRawBufferPointer(rebasing: bytes[(start + entry.range.lowerBound)..<(start + entry.range.upperBound)]))
        }
    }
}
