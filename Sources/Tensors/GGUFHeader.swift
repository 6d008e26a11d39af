import Foundation

/// A checked header of a GGUF file.
struct GGUFHeader {
    var metadata: [(key: String, value: GGUFFile.Value)] = []
    var entries: [GGUFFile.Entry] = []
    var dataStart = 0

    /// The most bytes that metadata and tensor table may take: five times the largest in common use.
    static let largest = 128 << 20
    /// How deep lists may stand in lists, and how many axes a tensor may have.
    static let deepest = 4, mostAxes = 4

    static func read(_ data: Data, path: String) throws(GGUFError) -> GGUFHeader {
        let result = data.withUnsafeBytes { bytes -> Result<GGUFHeader, GGUFError> in
            var reader = Reader(bytes: UnsafeRawBufferPointer(rebasing: bytes.prefix(largest)), path: path, fileSize: bytes.count)
            do throws(GGUFError) { return .success(try reader.header()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The next multiple of an alignment; nil beyond the numbers.
    static func aligned(_ offset: Int, _ alignment: Int) -> Int? {
        let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
        return overflow ? nil : sum / alignment * alignment
    }

    /// Walks through the bytes; every read asks first whether they are there.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer, path: String, fileSize: Int
        var at = 0

        private var left: Int { bytes.count - at }

        mutating func header() throws(GGUFError) -> GGUFHeader {
            var header = GGUFHeader()
            guard left >= 4, bytes.prefix(4).elementsEqual("GGUF".utf8) else { throw .notGGUF(path: path) }
            at = 4
            let version: UInt32 = try integer("the version")
            guard version == 2 || version == 3 else { throw .version(path: path, found: version) }
            let tensors = try count("the number of tensors", least: 8 + 4 + 8 + 4 + 8)
            let pairs = try count("the number of metadata values", least: 8 + 4 + 1)

            var keys = Set<String>(), alignment = 32
            for index in 0..<pairs {
                let key = try name("metadata key \(index)")
                guard keys.insert(key).inserted else { throw .duplicateName(path: path, name: key) }
                let value = try value(of: try valueType(key), key)
                if key == "general.alignment" {
                    guard let wanted = value.integer, (1...(1 << 20)).contains(wanted), wanted & (wanted - 1) == 0 else {
                        throw .metadata(path: path, key: key, reason: "expected a power of two up to 1048576")
                    }
                    alignment = wanted
                }
                header.metadata.append((key, value))
            }
            var names = Set<String>()
            for index in 0..<tensors {
                let entry = try entry(index, alignment)
                guard names.insert(entry.name).inserted else { throw .duplicateName(path: path, name: entry.name) }
                header.entries.append(entry)
            }
            // `at` is at most `largest`, so this cannot overflow.
            header.dataStart = GGUFHeader.aligned(at, alignment) ?? at
            try checkPlaces(header.entries, size: max(0, fileSize - header.dataStart))
            return header
        }

        private func checkPlaces(_ entries: [GGUFFile.Entry], size: Int) throws(GGUFError) {
            var end = 0, previous = ""
            for entry in entries.sorted(by: { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }) {
                guard entry.range.upperBound <= size else {
                    throw .tensor(path: path, name: entry.name, reason: "its data end at \(entry.range.upperBound) of \(size) bytes; the file is cut short, fetch it anew")
                }
                guard entry.range.lowerBound >= end else { throw .overlap(path: path, name: entry.name, other: previous) }
                (end, previous) = (entry.range.upperBound, entry.name)
            }
        }

        // MARK: Tensors

        private mutating func entry(_ index: Int, _ alignment: Int) throws(GGUFError) -> GGUFFile.Entry {
            let name = try name("the name of tensor \(index)"), place = "tensor \(name)"
            let axes: UInt32 = try integer(place)
            guard (1...UInt32(GGUFHeader.mostAxes)).contains(axes) else {
                throw .tensor(path: path, name: name, reason: "\(axes) axes, expected 1 to \(GGUFHeader.mostAxes)")
            }
            var shape: [Int] = [], total = 1
            for _ in 0..<axes {
                let size: UInt64 = try integer(place)
                guard let length = Int(exactly: size), length > 0 else {
                    throw .tensor(path: path, name: name, reason: "an axis of \(size) values, expected 1 or more")
                }
                let (product, overflow) = total.multipliedReportingOverflow(by: length)
                guard !overflow, product <= Int.max / 8 else { throw .tensor(path: path, name: name, reason: "a shape too large") }
                total = product
                shape.insert(length, at: 0)
            }
            let number: UInt32 = try integer(place), offset: UInt64 = try integer(place)
            guard let type = GGUFFile.TensorType(rawValue: number) else {
                let known = GGUFFile.TensorType.allCases.map(\.name).joined(separator: ", ")
                throw .tensor(path: path, name: name, reason: "its values are of type \(number); \(known) are read, so take the model in one of these")
            }
            let width = shape[shape.count - 1]
            guard width.isMultiple(of: type.blockValues) else {
                throw .tensor(path: path, name: name, reason: "rows of \(width) values are no whole blocks of \(type.name), \(type.blockValues) values each")
            }
            let size = total / type.blockValues * type.blockBytes       // at most 4.5 bytes a value: cannot overflow
            guard let begin = Int(exactly: offset), begin.isMultiple(of: alignment) else {
                throw .tensor(path: path, name: name, reason: "its data begin at \(offset), not a multiple of \(alignment)")
            }
            let (end, overflow) = begin.addingReportingOverflow(size)
            guard !overflow else { throw .tensor(path: path, name: name, reason: "its data begin at \(offset), beyond any file") }
            return GGUFFile.Entry(name: name, type: type, shape: shape, range: begin..<end)
        }

        // MARK: Metadata

        private mutating func valueType(_ key: String) throws(GGUFError) -> GGUFFile.ValueType {
            let number: UInt32 = try integer("metadata \(key)")
            guard let type = GGUFFile.ValueType(rawValue: number) else {
                throw .metadata(path: path, key: key, reason: "values of type \(number), expected 0 to 12")
            }
            return type
        }

        private mutating func value(of type: GGUFFile.ValueType, _ key: String, depth: Int = 0) throws(GGUFError) -> GGUFFile.Value {
            let place = "metadata \(key)"
            switch type {
            case .uint8: return .unsigned(UInt64(try integer(place) as UInt8), bytes: 1)
            case .uint16: return .unsigned(UInt64(try integer(place) as UInt16), bytes: 2)
            case .uint32: return .unsigned(UInt64(try integer(place) as UInt32), bytes: 4)
            case .uint64: return .unsigned(try integer(place), bytes: 8)
            case .int8: return .signed(Int64(try integer(place) as Int8), bytes: 1)
            case .int16: return .signed(Int64(try integer(place) as Int16), bytes: 2)
            case .int32: return .signed(Int64(try integer(place) as Int32), bytes: 4)
            case .int64: return .signed(try integer(place), bytes: 8)
            case .float32: return .float(Double(Float(bitPattern: try integer(place))), bytes: 4)
            case .float64: return .float(Double(bitPattern: try integer(place)), bytes: 8)
            case .bool: return .bool(try bool(key))
            case .text: return .text(String(decoding: try textBytes(place), as: UTF8.self))
            case .list:
                guard depth < GGUFHeader.deepest else {
                    throw .metadata(path: path, key: key, reason: "lists in lists more than \(GGUFHeader.deepest) deep")
                }
                return try list(of: try valueType(key), key, depth: depth + 1)
            }
        }

        private mutating func list(of type: GGUFFile.ValueType, _ key: String, depth: Int) throws(GGUFError) -> GGUFFile.Value {
            let place = "metadata \(key)"
            let count = try count(place, least: type.leastBytes)
            switch type {
            case .uint8: return .unsignedList(try items(count) { (r: inout Reader) throws(GGUFError) in UInt64(try r.integer(place) as UInt8) }, bytes: 1)
            case .uint16: return .unsignedList(try items(count) { (r: inout Reader) throws(GGUFError) in UInt64(try r.integer(place) as UInt16) }, bytes: 2)
            case .uint32: return .unsignedList(try items(count) { (r: inout Reader) throws(GGUFError) in UInt64(try r.integer(place) as UInt32) }, bytes: 4)
            case .uint64: return .unsignedList(try items(count) { (r: inout Reader) throws(GGUFError) in try r.integer(place) }, bytes: 8)
            case .int8: return .signedList(try items(count) { (r: inout Reader) throws(GGUFError) in Int64(try r.integer(place) as Int8) }, bytes: 1)
            case .int16: return .signedList(try items(count) { (r: inout Reader) throws(GGUFError) in Int64(try r.integer(place) as Int16) }, bytes: 2)
            case .int32: return .signedList(try items(count) { (r: inout Reader) throws(GGUFError) in Int64(try r.integer(place) as Int32) }, bytes: 4)
            case .int64: return .signedList(try items(count) { (r: inout Reader) throws(GGUFError) in try r.integer(place) }, bytes: 8)
            case .float32:
                return .floatList(try items(count) { (r: inout Reader) throws(GGUFError) in Double(Float(bitPattern: try r.integer(place))) }, bytes: 4)
            case .float64: return .floatList(try items(count) { (r: inout Reader) throws(GGUFError) in Double(bitPattern: try r.integer(place)) }, bytes: 8)
            case .bool: return .boolList(try items(count) { (r: inout Reader) throws(GGUFError) in try r.bool(key) })
            case .text:
                return .textList(try items(count) { (r: inout Reader) throws(GGUFError) in String(decoding: try r.textBytes(place), as: UTF8.self) })
            case .list: return .lists(try items(count) { (r: inout Reader) throws(GGUFError) in try r.value(of: .list, key, depth: depth) })
            }
        }

        /// - Precondition: `count` items have been found to fit into the file, by their least size.
        private mutating func items<T>(_ count: Int, _ next: (inout Reader) throws(GGUFError) -> T) throws(GGUFError) -> [T] {
            var items: [T] = []
            items.reserveCapacity(count)
            for _ in 0..<count { items.append(try next(&self)) }
            return items
        }

        // MARK: Parts

        private mutating func integer<T: FixedWidthInteger>(_ part: String) throws(GGUFError) -> T {
            guard MemoryLayout<T>.size <= left else { throw .truncated(path: path, part: part, at: at) }
            defer { at += MemoryLayout<T>.size }
            return T(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: T.self))
        }

        private mutating func bool(_ key: String) throws(GGUFError) -> Bool {
            let byte: UInt8 = try integer("metadata \(key)")
            guard byte < 2 else { throw .metadata(path: path, key: key, reason: "a truth value of \(byte), expected 0 or 1") }
            return byte == 1
        }

        /// A count of things that take `least` bytes each or more: no larger than what is left of the file.
        private mutating func count(_ part: String, least: Int) throws(GGUFError) -> Int {
            let found: UInt64 = try integer(part)
            guard let count = Int(exactly: found), count <= left / least else { throw .truncated(path: path, part: part, at: at) }
            return count
        }

        private mutating func textBytes(_ part: String) throws(GGUFError) -> UnsafeRawBufferPointer {
            let length = try count(part, least: 1)
            defer { at += length }
            return UnsafeRawBufferPointer(rebasing: bytes[at..<(at + length)])
        }

        private mutating func name(_ part: String) throws(GGUFError) -> String {
            let bytes = try textBytes(part)
            guard (1...65_535).contains(bytes.count), let name = String(validating: bytes, as: UTF8.self) else {
                throw .truncated(path: path, part: "\(part) (expected a text of 1 to 65535 bytes)", at: at)
            }
            return name
        }
    }
}
