import Foundation

extension SafeTensors {
    /// What a header says of one tensor.
    package struct Entry {
        package let name: String
        package let format: Format
        package let shape: [Int]
        let range: Range<Int>      // in the data part
    }

    /// A checked header: its entries, in the order of their data, cover the data part exactly.
    package struct Header {
        package internal(set) var entries: [Entry] = []
        package internal(set) var metadata: [String: String] = [:]
    }

    /// The checked header and where the data part starts.
    static func parseHeader(_ data: Data, path: String) throws(SafeTensorsError) -> (header: Header, start: Int) {
        guard data.count >= 8 else { throw .headerLength(path: path, length: 0, fileSize: data.count) }
        let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(largestHeader), Int(length) <= data.count - 8 else {
            throw .headerLength(path: path, length: length, fileSize: data.count)
        }
        let start = 8 + Int(length)
        var parser = HeaderParser(bytes: [UInt8](data.dropFirst(8).prefix(Int(length))), path: path)
        var header = try parser.parse()
        header.entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        let size = data.count - start
        var end = 0, previous = ""
        for entry in header.entries {
            guard entry.range.upperBound <= size else {
                throw .entry(path: path, name: entry.name, reason: "its data end at \(entry.range.upperBound) of \(size) bytes; the file is cut short")
            }
            guard entry.range.lowerBound >= end else { throw .overlap(path: path, name: entry.name, other: previous) }
            guard entry.range.lowerBound == end else { throw .coverage(path: path, covered: end, dataSize: size) }
            (end, previous) = (entry.range.upperBound, entry.name)
        }
        guard end == size else { throw .coverage(path: path, covered: end, dataSize: size) }
        return (header, start)
    }
}

/// Reads exactly the JSON that a safetensors header may be: one object of objects with known keys. No recursion, so depth
/// cannot hurt; integers are read as integers, so large counts are seen as such.
private struct HeaderParser {
    let bytes: [UInt8]
    let path: String
    var at = 0

    init(bytes: [UInt8], path: String) { (self.bytes, self.path) = (bytes, path) }

    mutating func parse() throws(SafeTensorsError) -> SafeTensors.Header {
        var header = SafeTensors.Header(), names = Set<String>()
        try expect("{")
        if !take("}") {
            repeat {
                let name = try string()
                try expect(":")
                guard names.insert(name).inserted else { throw .duplicateName(path: path, name: name) }
                if name == "__metadata__" { header.metadata = try metadata() } else { header.entries.append(try entry(name)) }
            } while take(",")
            try expect("}")
        }
        skipSpace()
        guard at == bytes.count else { throw syntax("text after the end") }
        return header
    }

    private mutating func metadata() throws(SafeTensorsError) -> [String: String] {
        var result: [String: String] = [:]
        try expect("{")
        if take("}") { return result }
        repeat {
            let key = try string()
            try expect(":")
            result[key] = try string()
        } while take(",")
        try expect("}")
        return result
    }

    private mutating func entry(_ name: String) throws(SafeTensorsError) -> SafeTensors.Entry {
        var format: SafeTensors.Format?, shape: [Int]?, offsets: [Int]?
        try expect("{")
        repeat {
            let key = try string()
            try expect(":")
            switch key {
            case "dtype":
                let dtype = try string()
                format = SafeTensors.Format(rawValue: dtype)
                if format == nil { throw .entry(path: path, name: name, reason: "dtype \(dtype); F32, F16, BF16 and U8 are read") }
            case "shape": shape = try integers()
            case "data_offsets": offsets = try integers()
            default: throw syntax("unknown key \(key) of tensor \(name)")
            }
        } while take(",")
        try expect("}")
        guard let format, let shape, let offsets else { throw .entry(path: path, name: name, reason: "dtype, shape or data_offsets is missing") }
        guard shape.count <= 8 else { throw .entry(path: path, name: name, reason: "\(shape.count) axes, at most 8 are read") }
        guard offsets.count == 2, offsets[0] <= offsets[1] else { throw .entry(path: path, name: name, reason: "data_offsets \(offsets), expected [begin, end]") }
        var size = format.bytes
        for length in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard !overflow else { throw .entry(path: path, name: name, reason: "shape \(shape) is too large") }
            size = product
        }
        guard size == offsets[1] - offsets[0] else {
            throw .entry(path: path, name: name, reason: "shape \(shape) of \(format.rawValue) needs \(size) bytes, data_offsets give \(offsets[1] - offsets[0])")
        }
        return SafeTensors.Entry(name: name, format: format, shape: shape, range: offsets[0]..<offsets[1])
    }

    private mutating func integers() throws(SafeTensorsError) -> [Int] {
        var result: [Int] = []
        try expect("[")
        if take("]") { return result }
        repeat {
            skipSpace()
            var value = 0, digits = 0
            while at < bytes.count, case let digit = Int(bytes[at]) - 48, (0...9).contains(digit) {
                let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
                let (next, carry) = tens.addingReportingOverflow(digit)
                guard !overflow && !carry else { throw syntax("a number too large") }
                (value, digits, at) = (next, digits + 1, at + 1)
            }
            guard digits > 0 else { throw syntax("a whole number of 0 or more expected") }
            result.append(value)
        } while take(",")
        try expect("]")
        return result
    }

    private mutating func string() throws(SafeTensorsError) -> String {
        try expect("\"")
        let begin = at
        var escapes = false
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] >= 0x20 else { throw syntax("a control character in a string") }
            if bytes[at] == UInt8(ascii: "\\") {
                escapes = true
                at += 1
            }
            at += 1
        }
        guard at < bytes.count else { throw syntax("a string without an end") }
        at += 1
        let text: String?
        if escapes {
            text = try? JSONDecoder().decode(String.self, from: Data(bytes[begin - 1..<at]))
        } else {
            text = String(validating: bytes[begin..<at - 1], as: UTF8.self)
        }
        guard let text else { throw syntax("a string that is not valid UTF-8 or has a wrong escape") }
        return text
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SafeTensorsError) {
        guard take(character) else { throw syntax("'\(character)' expected") }
    }

    private func syntax(_ reason: String) -> SafeTensorsError { .headerSyntax(path: path, reason: "\(reason) at byte \(8 + min(at, bytes.count))") }
}
