import CKernels
import Foundation

extension GGUFFile {
    /// A tensor that is to be written, and how.
    public struct Part {
        /// The name and the values.
        public let named: NamedTensor
        /// `f32`, `bf16` or `q8_0`.
        public let type: TensorType
        /// Pairs a tensor with a type.
        public init(_ named: NamedTensor, as type: TensorType) { (self.named, self.type) = (named, type) }
    }

    static let alignment = 32

    /// Writes version 3, the file whole or not at all (a temporary file beside it, then a rename).
    ///
    /// BF16 is rounded to nearest, ties to even; Q8_0 as llama.cpp's reference does it, rows of a multiple of 32 values.
    public static func write(metadata: [(key: String, value: Value)], tensors: [Part], to url: URL) throws(GGUFError) {
        let data = try encode(metadata: metadata, tensors: tensors, path: url.path)
        do { try data.write(to: url, options: .atomic) } catch {
            throw .cannotWrite(path: url.path, reason: (error as NSError).localizedDescription, isFull: saysDiskIsFull(error))
        }
    }

    /// The bytes of a file.
    public static func encode(metadata: [(key: String, value: Value)], tensors: [Part], path: String = "data") throws(GGUFError) -> Data {
        var header = Data("GGUF".utf8), keys = Set<String>(), names = Set<String>(), offset = 0
        header.put(UInt32(3))
        header.put(UInt64(tensors.count))
        header.put(UInt64(metadata.count))
        for (key, value) in metadata {
            guard keys.insert(key).inserted else { throw .duplicateName(path: path, name: key) }
            guard key != "general.alignment" else { throw .metadata(path: path, key: key, reason: "is set by the writer") }
            header.put(key)
            header.put(value, withType: true)
        }
        for part in tensors {
            let name = part.named.name, shape = part.named.tensor.shape, width = shape.last ?? 0
            guard names.insert(name).inserted else { throw .duplicateName(path: path, name: name) }
            guard part.type.isWritten else { throw .tensor(path: path, name: name, reason: "\(part.type.name) is not written; take F32, BF16 or Q8_0") }
            guard (1...GGUFHeader.mostAxes).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
                throw .tensor(path: path, name: name, reason: "a shape of \(shape), expected 1 to \(GGUFHeader.mostAxes) axes of 1 or more values")
            }
            guard width.isMultiple(of: part.type.blockValues) else {
                throw .tensor(path: path, name: name, reason: "rows of \(width) values are no whole blocks of \(part.type.name), \(part.type.blockValues) values each")
            }
            header.put(name)
            header.put(UInt32(shape.count))
            for size in shape.reversed() { header.put(UInt64(size)) }
            header.put(part.type.rawValue)
            header.put(UInt64(offset))
            offset += padded(part.named.tensor.count / part.type.blockValues * part.type.blockBytes)
        }
        var data = Data(capacity: padded(header.count) + offset)
        data.append(header)
        data.pad()
        for part in tensors {
            data.append(contentsOf: blocks(of: part.named.tensor, as: part.type))
            data.pad()
        }
        return data
    }

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    private static func blocks(of tensor: Tensor, as type: TensorType) -> [UInt8] {
        let count = tensor.count, bytes = count / type.blockValues * type.blockBytes
        return [UInt8](unsafeUninitializedCapacity: bytes) { buffer, filled in
            tensor.withUnsafePointer { source in
                guard let base = buffer.baseAddress else { return }
                let target = UnsafeMutableRawPointer(base)
                switch type {
                case .bf16:
                    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4_096) { block in
                        guard let half = block.baseAddress else { return }
                        for from in stride(from: 0, to: count, by: 4_096) {
                            let n = min(4_096, count - from)
                            ck_f32_to_bf16(source + from, half, n)
                            (target + 2 * from).copyMemory(from: half, byteCount: 2 * n)
                        }
                    }
                case .q8_0: ck_gguf_write_q8_0(source, count, target)
                default: target.copyMemory(from: source, byteCount: bytes)
                }
            }
            filled = bytes
        }
    }
}

extension Data {
    fileprivate mutating func put(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    fileprivate mutating func pad() {
        while count % GGUFFile.alignment != 0 { append(0) }
    }

    private mutating func put(_ value: UInt64, bytes: Int) {
        for i in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
    }

    private mutating func put(_ value: Double, bytes: Int) {
        put(bytes == 4 ? UInt64(Float(value).bitPattern) : value.bitPattern, bytes: bytes)
    }

    private mutating func put(list type: GGUFFile.ValueType, _ count: Int) {
        put(type.rawValue)
        put(UInt64(count))
    }

    /// A value, after the number of its type (which items of a list of lists have too, as they may differ).
    fileprivate mutating func put(_ value: GGUFFile.Value, withType: Bool) {
        if withType { put(value.type.rawValue) }
        switch value {
        case .unsigned(let value, let bytes): put(value, bytes: bytes)
        case .signed(let value, let bytes): put(UInt64(bitPattern: value), bytes: bytes)
        case .float(let value, let bytes): put(value, bytes: bytes)
        case .bool(let value): append(value ? 1 : 0)
        case .text(let text): put(text)
        case .unsignedList(let list, let bytes):
            put(list: .unsigned(bytes), list.count)
            for value in list { put(value, bytes: bytes) }
        case .signedList(let list, let bytes):
            put(list: .signed(bytes), list.count)
            for value in list { put(UInt64(bitPattern: value), bytes: bytes) }
        case .floatList(let list, let bytes):
            put(list: bytes == 4 ? .float32 : .float64, list.count)
            for value in list { put(value, bytes: bytes) }
        case .boolList(let list):
            put(list: .bool, list.count)
            for value in list { append(value ? 1 : 0) }
        case .textList(let list):
            put(list: .text, list.count)
            for text in list { put(text) }
        case .lists(let list):
            put(list: .list, list.count)
            for value in list { put(value, withType: false) }
        }
    }
}

extension GGUFFile.ValueType {
    fileprivate static func unsigned(_ bytes: Int) -> Self { bytes == 1 ? .uint8 : bytes == 2 ? .uint16 : bytes == 4 ? .uint32 : .uint64 }
    fileprivate static func signed(_ bytes: Int) -> Self { bytes == 1 ? .int8 : bytes == 2 ? .int16 : bytes == 4 ? .int32 : .int64 }
}

extension GGUFFile.Value {
    fileprivate var type: GGUFFile.ValueType {
        switch self {
        case .unsigned(_, let bytes): .unsigned(bytes)
        case .signed(_, let bytes): .signed(bytes)
        case .float(_, let bytes): bytes == 4 ? .float32 : .float64
        case .bool: .bool
        case .text: .text
        default: .list
        }
    }
}
