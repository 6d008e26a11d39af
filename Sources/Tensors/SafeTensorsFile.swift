import CKernels
import Foundation

extension SafeTensors {
    /// A file whose header has been read and checked, and whose values have not: they are mapped, and read one tensor at a
    /// time. What a header promises takes no memory until it is asked for.
    package struct File {
        package let path: String
        package let header: Header
        private let data: Data
        /// Where the data part begins.
        private let start: Int

        /// Maps a file and checks its header.
        package init(_ url: URL) throws(SafeTensorsError) {
            let data: Data
            do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
                throw .cannotRead(path: url.path, reason: (error as NSError).localizedDescription)
            }
            try self.init(data, path: url.path)
        }

        /// - Parameter path: names the data in errors.
        package init(_ data: Data, path: String) throws(SafeTensorsError) {
            (header, start) = try SafeTensors.parseHeader(data, path: path)
            (self.data, self.path) = (data, path)
        }

        /// Reads the values of one of the header's entries.
        /// - Throws: `SafeTensorsError.noMemory`.
        package func tensor(_ entry: Entry) throws(SafeTensorsError) -> Tensor { try tensor(entry, from: 0, entry.shape) }

        /// Reads some rows of a matrix.
        /// - Precondition: the entry has two axes and these rows.
        package func tensor(_ entry: Entry, rows: Range<Int>) throws(SafeTensorsError) -> Tensor {
            precondition(entry.shape.count == 2 && rows.lowerBound >= 0 && rows.upperBound <= entry.shape[0], "rows \(rows) of \(entry.shape)")
            return try tensor(entry, from: rows.lowerBound * entry.shape[1], [rows.count, entry.shape[1]])
        }

        /// - Parameter from: the first value, counted in values.
        private func tensor(_ entry: Entry, from: Int, _ shape: [Int]) throws(SafeTensorsError) -> Tensor {
            let count = shape.reduce(1, *)
            guard entry.format != .u8 else { throw .entry(path: path, name: entry.name, reason: "dtype U8 where numbers were expected") }
            guard let storage = Storage(ifAvailable: count) else { throw .noMemory(path: path, name: entry.name, shape: shape) }
            data.withUnsafeBytes { bytes in
                guard count > 0, let base = bytes.baseAddress else { return }
                let source = base + start + entry.range.lowerBound + from * entry.format.bytes
                switch entry.format {
                case .f32: UnsafeMutableRawPointer(storage.pointer).copyMemory(from: source, byteCount: count * 4)
                // Data may stand at an odd address: half floats go through an aligned block at a time.
                case .f16, .bf16: SafeTensors.widen(source, count: count, entry.format, into: storage.pointer)
                case .u8: break                 // refused above
                }
            }
            return Tensor(storage: storage, shape: shape)
        }

        /// Of the whole file.
        var byteCount: Int { data.count }

        /// Where the bytes of an entry lie, with what keeps them there: the file stays mapped, its pages are shared between
        /// processes.
        func bytes(of entry: Entry) -> (start: UnsafeRawPointer, owner: NSData) {
            let owner = data as NSData
            return (owner.bytes + start + entry.range.lowerBound, owner)
        }

        /// Reads everything.
        package func contents() throws(SafeTensorsError) -> Contents {
            var tensors: [NamedTensor] = []
            for entry in header.entries { tensors.append(NamedTensor(name: entry.name, tensor: try tensor(entry))) }
            return Contents(tensors: tensors, metadata: header.metadata)
        }
    }

    private static func widen(_ source: UnsafeRawPointer, count: Int, _ format: Format, into target: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4096) { block in
            guard let base = block.baseAddress else { return }
            for from in stride(from: 0, to: count, by: 4096) {
                let n = min(4096, count - from)
                UnsafeMutableRawPointer(base).copyMemory(from: source + from * 2, byteCount: n * 2)
                if format == .bf16 { ck_bf16_to_f32(base, target + from, n) } else { ck_f16_to_f32(base, target + from, n) }
            }
        }
    }
}
