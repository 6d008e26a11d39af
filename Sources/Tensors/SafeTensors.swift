import CKernels
import Files
import Foundation

/// A tensor with the name it has in a weight file.
public struct NamedTensor {
    /// As it stands in the file, such as `model.norm.weight`.
    public let name: String
    /// The values; shared with whoever else has the tensor.
    public let tensor: Tensor
    /// Names a tensor.
    public init(name: String, tensor: Tensor) { (self.name, self.tensor) = (name, tensor) }
}

/// What is wrong with a safetensors file: which file, where in it, what was expected.
public enum SafeTensorsError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or mapped.
    case cannotRead(path: String, reason: String)
    /// The file cannot be written; `isFull` where the disk or the user's share of it is full.
    case cannotWrite(path: String, reason: String, isFull: Bool = false)
    /// The file is shorter than its header says, or the header is longer than 100 MB.
    case headerLength(path: String, length: UInt64, fileSize: Int)
    /// The header is not the JSON it should be.
    case headerSyntax(path: String, reason: String)
    /// One tensor's type, shape or place makes no sense, or cannot be read here.
    case entry(path: String, name: String, reason: String)
    /// Two tensors share bytes.
    case overlap(path: String, name: String, other: String)
    /// Bytes that belong to no tensor.
    case coverage(path: String, covered: Int, dataSize: Int)
    /// Two tensors of one name, read or to be written.
    case duplicateName(path: String, name: String)
    /// The system has not the memory for this tensor.
    case noMemory(path: String, name: String, shape: [Int])

    /// The sentence for the user: which file, where in it, what was expected.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "\(path): cannot read: \(reason)"
        case .cannotWrite(let path, let reason, _): "\(path): cannot write: \(reason)"
        case .headerLength(let path, let length, let size):
            "\(path): the first 8 bytes announce a header of \(length) bytes, the file has \(size); not a safetensors file, or cut short"
        case .headerSyntax(let path, let reason): "\(path): the header is not valid: \(reason); fetch or write the file again"
        case .entry(let path, let name, let reason): "\(path): tensor \(name): \(reason)"
        case .overlap(let path, let name, let other): "\(path): the data of tensor \(name) overlap those of \(other)"
        case .coverage(let path, let covered, let size):
            "\(path): its tensors cover \(covered) of \(size) data bytes; the file is damaged or cut short"
        case .duplicateName(let path, let name): "\(path): two tensors are named \(name)"
        case .noMemory(let path, let name, let shape): "\(path): tensor \(name): no memory for \(shape) values; free some or take a smaller model"
        }
    }
}

/// Hugging Face's weight files: an 8-byte length, a JSON header (name: dtype, shape, data_offsets), then the values.
///
/// Reading maps the file and copies the values to `Float` (F32, F16 and BF16). The header is checked before any value is
/// touched: lengths, shapes (no overflow), offsets inside the file, no overlaps, no gaps. NaN is a value like any other.
public enum SafeTensors {
    /// How values are stored, by its name in the file.
    public enum Format: String, Sendable, CaseIterable {
        case f32 = "F32", f16 = "F16", bf16 = "BF16"
        /// Bytes that are not numbers of their own, such as packed weights.
        case u8 = "U8"
        var bytes: Int {
            switch self {
            case .f32: 4
            case .f16, .bf16: 2
            case .u8: 1
            }
        }
        /// What tensors can be read from and written as.
        public static let numbers: [Format] = [.f32, .f16, .bf16]
    }

    /// What a file holds, tensors in the order of their data; a collection of them.
    public struct Contents: RandomAccessCollection {
        /// All tensors, as `Float`.
        public let tensors: [NamedTensor]
        /// The header's `__metadata__`, free text by key.
        public let metadata: [String: String]
        /// Always 0.
        public var startIndex: Int { 0 }
        /// The number of tensors.
        public var endIndex: Int { tensors.count }
        /// The tensor at a place in the order of the data.
        public subscript(index: Int) -> NamedTensor { tensors[index] }
    }

    static let largestHeader = 100_000_000

    /// Reads a whole file.
    public static func read(_ url: URL) throws(SafeTensorsError) -> Contents { try File(url).contents() }

    /// - Parameter path: names the data in errors.
    public static func read(_ data: Data, path: String) throws(SafeTensorsError) -> Contents { try File(data, path: path).contents() }

    /// Writes the file whole or not at all (a temporary file beside it, then a rename).
    ///
    /// Values that a format cannot hold are rounded to nearest, ties to even; the header is padded so that data start at
    /// a multiple of 64 bytes.
    public static func write(
        _ tensors: [NamedTensor], to url: URL, format: Format = .f32, metadata: [String: String] = [:]
    ) throws(SafeTensorsError) {
        try write(encode(tensors, format: format, metadata: metadata, path: url.path), to: url)
    }

    static func write(_ data: Data, to url: URL) throws(SafeTensorsError) {
        do { try data.write(to: url, options: .atomic) } catch {
            throw .cannotWrite(path: url.path, reason: (error as NSError).localizedDescription, isFull: saysDiskIsFull(error))
        }
    }

    /// The bytes of a file with these tensors, in their order.
    /// - Precondition: `format` is a number's.
    public static func encode(
        _ tensors: [NamedTensor], format: Format = .f32, metadata: [String: String] = [:], path: String = "data"
    ) throws(SafeTensorsError) -> Data {
        precondition(format != .u8, "tensors are numbers")
        let parts = tensors.map { named in
            Part(name: named.name, format: format, shape: named.tensor.shape) { data in
                let count = named.tensor.count, source = named.tensor.pointer
                if format == .f32 { return data.append(UnsafeBufferPointer(start: source, count: count)) }
                let narrow = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
                    if let base = buffer.baseAddress {
                        if format == .bf16 { ck_f32_to_bf16(source, base, count) } else { ck_f32_to_f16(source, base, count) }
                    }
                    filled = count
                }
                narrow.withUnsafeBufferPointer { data.append($0) }
                withExtendedLifetime(named) {}
            }
        }
        return try encode(parts, metadata: metadata, path: path)
    }

    /// One entry to be written.
    struct Part {
        let name: String, format: Format, shape: [Int]
        /// Appends the values.
        let write: (inout Data) -> Void
    }

    /// Data start at a multiple of 64 bytes.
    static func encode(_ parts: [Part], metadata: [String: String], path: String) throws(SafeTensorsError) -> Data {
        var names = Set<String>(), offset = 0, entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for part in parts {
            guard names.insert(part.name).inserted else { throw .duplicateName(path: path, name: part.name) }
            guard part.name != "__metadata__" else { throw .entry(path: path, name: part.name, reason: "a reserved name") }
            let end = offset + part.shape.reduce(part.format.bytes, *)
            let shape = part.shape.map(String.init).joined(separator: ",")
            entries.append("\(quoted(part.name)):{\"dtype\":\"\(part.format.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Data("{\(entries.joined(separator: ","))}".utf8)
        while (8 + header.count) % 64 != 0 { header.append(0x20) }
        var data = Data(capacity: 8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        for part in parts { part.write(&data) }
        return data
    }
}
