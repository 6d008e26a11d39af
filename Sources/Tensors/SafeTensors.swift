import CKernels
import Foundation

/// A tensor with the name it has in a weight file.
public struct NamedTensor {
    public let name: String
    public let tensor: Tensor
    public init(name: String, tensor: Tensor) { (self.name, self.tensor) = (name, tensor) }
}

/// What is wrong with a safetensors file: which file, where in it, what was expected.
public enum SafeTensorsError: Error, Equatable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// The file is shorter than its header says, or the header is longer than 100 MB.
    case headerLength(path: String, length: UInt64, fileSize: Int)
    case headerSyntax(path: String, reason: String)
    case entry(path: String, name: String, reason: String)
    case overlap(path: String, name: String, other: String)
    case coverage(path: String, covered: Int, dataSize: Int)
    case duplicateName(path: String, name: String)

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "\(path): cannot read: \(reason)"
        case .cannotWrite(let path, let reason): "\(path): cannot write: \(reason)"
        case .headerLength(let path, let length, let size):
            "\(path): the first 8 bytes announce a header of \(length) bytes, the file has \(size); not a safetensors file, or cut short"
        case .headerSyntax(let path, let reason): "\(path): the header is not valid: \(reason); fetch or write the file again"
        case .entry(let path, let name, let reason): "\(path): tensor \(name): \(reason)"
        case .overlap(let path, let name, let other): "\(path): the data of tensor \(name) overlap those of \(other)"
        case .coverage(let path, let covered, let size):
            "\(path): its tensors cover \(covered) of \(size) data bytes; the file is damaged or cut short"
        case .duplicateName(let path, let name): "\(path): two tensors are named \(name)"
        }
    }
}

/// Hugging Face's weight files: an 8-byte length, a JSON header (name: dtype, shape, data_offsets), then the values.
///
/// Reading maps the file and copies the values to `Float` (F32, F16 and BF16). The header is checked before any value is
/// touched: lengths, shapes (no overflow), offsets inside the file, no overlaps, no gaps. NaN is a value like any other.
public enum SafeTensors {
    public enum Format: String, Sendable, CaseIterable {
        case f32 = "F32", f16 = "F16", bf16 = "BF16"
        var bytes: Int { self == .f32 ? 4 : 2 }
    }

    /// What a file holds, tensors in the order of their data; a collection of them.
    public struct Contents: RandomAccessCollection {
        public let tensors: [NamedTensor]
        public let metadata: [String: String]
        public var startIndex: Int { 0 }
        public var endIndex: Int { tensors.count }
        public subscript(index: Int) -> NamedTensor { tensors[index] }
    }

    static let largestHeader = 100_000_000

    public static func read(_ url: URL) throws(SafeTensorsError) -> Contents {
        let path = url.path
        let data: Data
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw .cannotRead(path: path, reason: (error as NSError).localizedDescription)
        }
        return try read(data, path: path)
    }

    /// - Parameter path: names the data in errors.
    public static func read(_ data: Data, path: String) throws(SafeTensorsError) -> Contents {
        let (header, start) = try parseHeader(data, path: path)
        var tensors: [NamedTensor] = []
        for entry in header.entries {
            let tensor = Tensor(uninitialized: entry.shape), count = tensor.count
            data.withUnsafeBytes { bytes in
                guard count > 0, let base = bytes.baseAddress else { return }
                let source = base + start + entry.range.lowerBound
                switch entry.format {
                case .f32: UnsafeMutableRawPointer(tensor.pointer).copyMemory(from: source, byteCount: count * 4)
                // Data may stand at an odd address: half floats go through an aligned block at a time.
                case .f16, .bf16: widen(source, count: count, entry.format, into: tensor.pointer)
                }
            }
            tensors.append(NamedTensor(name: entry.name, tensor: tensor))
        }
        return Contents(tensors: tensors, metadata: header.metadata)
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

    /// Writes the file whole or not at all (a temporary file beside it, then a rename).
    ///
    /// Values that a format cannot hold are rounded to nearest, ties to even; the header is padded so that data start at
    /// a multiple of 64 bytes.
    public static func write(
        _ tensors: [NamedTensor], to url: URL, format: Format = .f32, metadata: [String: String] = [:]
    ) throws(SafeTensorsError) {
        let data = try encode(tensors, format: format, metadata: metadata, path: url.path)
        do { try data.write(to: url, options: .atomic) } catch {
            throw .cannotWrite(path: url.path, reason: (error as NSError).localizedDescription)
        }
    }

    /// The bytes of a file with these tensors, in their order.
    public static func encode(
        _ tensors: [NamedTensor], format: Format = .f32, metadata: [String: String] = [:], path: String = "data"
    ) throws(SafeTensorsError) -> Data {
        var names = Set<String>(), offset = 0, parts: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(jsonQuoted($0.key)):\(jsonQuoted($0.value))" }
            parts.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for named in tensors {
            guard names.insert(named.name).inserted else { throw .duplicateName(path: path, name: named.name) }
            guard named.name != "__metadata__" else { throw .entry(path: path, name: named.name, reason: "a reserved name") }
            let end = offset + named.tensor.count * format.bytes
            let shape = named.tensor.shape.map(String.init).joined(separator: ",")
            parts.append("\(jsonQuoted(named.name)):{\"dtype\":\"\(format.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Data("{\(parts.joined(separator: ","))}".utf8)
        while (8 + header.count) % 64 != 0 { header.append(0x20) }
        var data = Data(capacity: 8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        for named in tensors {
            let count = named.tensor.count, source = named.tensor.pointer
            switch format {
            case .f32: data.append(UnsafeBufferPointer(start: source, count: count))
            case .f16, .bf16:
                let narrow = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
                    if let base = buffer.baseAddress {
                        if format == .bf16 { ck_f32_to_bf16(source, base, count) } else { ck_f32_to_f16(source, base, count) }
                    }
                    filled = count
                }
                narrow.withUnsafeBufferPointer { data.append($0) }
            }
            withExtendedLifetime(named) {}
        }
        return data
    }
}
