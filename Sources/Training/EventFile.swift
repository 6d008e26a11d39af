import Foundation

/// A TensorBoard event file of scalars.
///
/// The file is a row of TFRecords, each an `Event` message in protocol-buffer form:
/// `UInt64 length, UInt32 masked CRC32C of those 8 bytes, message, UInt32 masked CRC32C of the message`, little-endian.
/// Only the four fields used here are written: `wall_time` (1), `step` (2), `file_version` (3), `summary` (5).
package final class EventFile {
    private let file: AppendFile

    /// Opens the run's event file, or makes one. With `keepingThrough`, events after that step and a record cut short
    /// are removed, so that a resumed run continues the curves without a seam.
    package init(in folder: URL, keepingThrough step: Int) throws(TrainingError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        if let name = names.filter({ $0.hasPrefix(Self.prefix) }).sorted().last {
            file = try AppendFile(folder.appendingPathComponent(name))
            let data = try file.contents()
            try file.cut(to: Self.length(of: data, through: step))
        } else {
            let time = String(format: "%010d", Int(Date().timeIntervalSince1970))
            file = try AppendFile(folder.appendingPathComponent("\(Self.prefix)\(time).atelier"))
        }
        if file.size == 0 {
            try file.append(Self.record(Self.event(step: nil, time: Date().timeIntervalSince1970, version: "brain.Event:2")))
        }
    }

    package static let prefix = "events.out.tfevents."

    /// Appends the values of one step, a scalar for each tag.
    package func write(_ values: [String: Double], step: Int) throws(TrainingError) {
        try file.append(Self.record(Self.event(step: step, time: Date().timeIntervalSince1970, values: values)))
    }

    package func synchronize() throws(TrainingError) { try file.synchronize() }

    // MARK: Records

    static func record(_ message: [UInt8]) -> Data {
        let length = bytes(of: UInt64(message.count))
        var data = Data(length)
        data.append(contentsOf: bytes(of: CRC32C.masked(length)))
        data.append(contentsOf: message)
        data.append(contentsOf: bytes(of: CRC32C.masked(message)))
        return data
    }

    /// The messages of a file, up to the first record that is cut short or fails a checksum.
    package static func messages(in data: Data) -> [[UInt8]] {
        records(in: [UInt8](data)).map(\.message)
    }

    /// Bytes of the longest prefix of whole records with steps up to `step`.
    static func length(of data: Data, through step: Int) -> Int {
        var length = 0
        for record in records(in: [UInt8](data)) {
            if let found = self.step(of: record.message), found > step { break }
            length = record.end
        }
        return length
    }

    private static func records(in bytes: [UInt8]) -> [(message: [UInt8], end: Int)] {
        var found: [(message: [UInt8], end: Int)] = []
        var at = 0
        while at + 12 <= bytes.count {
            let head = Array(bytes[at..<at + 8])
            let length = number(head)
            guard number(bytes[at + 8..<at + 12]) == UInt64(CRC32C.masked(head)),
                  length <= UInt64(bytes.count), at + 16 + Int(length) <= bytes.count else { break }
            let message = Array(bytes[at + 12..<at + 12 + Int(length)])
            let end = at + 16 + Int(length)
            guard number(bytes[end - 4..<end]) == UInt64(CRC32C.masked(message)) else { break }
            found.append((message, end))
            at = end
        }
        return found
    }

    // MARK: Messages

    static func event(step: Int?, time: Double, version: String? = nil, values: [String: Double] = [:]) -> [UInt8] {
        var event: [UInt8] = [1 << 3 | 1] + bytes(of: time.bitPattern)                      // wall_time, 64 bits
        if let step { event += [2 << 3 | 0] + varint(UInt64(step)) }                        // step
        if let version { event += field(3, Array(version.utf8)) }                           // file_version
        guard !values.isEmpty else { return event }
        var summary: [UInt8] = []
        for (tag, value) in values.sorted(by: { $0.key < $1.key }) {
            let entry = field(1, Array(tag.utf8)) + [2 << 3 | 5] + bytes(of: Float(value).bitPattern)
            summary += field(1, entry)                                                      // Summary.value
        }
        return event + field(5, summary)
    }

    /// Field 2 of an event. Wall time comes first in every message written here.
    private static func step(of message: [UInt8]) -> Int? {
        guard message.count > 10, message[9] == 2 << 3 else { return nil }
        var value: UInt64 = 0
        for (i, byte) in message[10...].prefix(10).enumerated() {
            value |= UInt64(byte & 0x7f) << UInt64(7 * i)
            if byte & 0x80 == 0 { return Int(clamping: value) }
        }
        return nil
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }

    private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The Castagnoli checksum, as TensorFlow's record files mask it.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }

    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xff)] }
    }

    /// Rotated and offset, so that a checksum of data that holds checksums stays meaningful.
    package static func masked(_ bytes: [UInt8]) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xa282_ead8
    }
}
