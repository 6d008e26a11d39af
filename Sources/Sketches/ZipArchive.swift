import Files
import Foundation

/// A zip archive, as far as numpy's `.npz` needs it: members stored or deflated, no encryption, no parts, below 4 GiB.
///
/// (PKWARE's APPNOTE 6.3; the central directory at the end counts, not the members' own headers.)
struct ZipArchive {
    /// One file of the archive.
    struct Member {
        var name: String
        fileprivate var header, packed, unpacked: Int
        fileprivate var isDeflated: Bool
        fileprivate var checksum: UInt32
    }

    /// The most bytes that all members may unpack to. sketch-rnn's largest class has about 60 MB.
    static let unpackedLimit = 256 << 20

    /// The members in the order of the directory.
    let members: [Member]
    private let bytes: [UInt8]
    private let file: String

    init(_ bytes: [UInt8], file: String) throws(FileError) {
        (self.bytes, self.file) = (bytes, file)
        let fields = Fields(bytes: bytes)
        func broken(_ what: String) -> FileError { FileError(file: file, .malformed("the zip archive \(what)")) }
        // The end record is last, before a comment of up to 65,535 bytes.
        let end = stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1).first { at in
            fields.number(at, 4) == 0x0605_4b50 && at + 22 + (fields.number(at + 20, 2) ?? 0) == bytes.count
        }
        guard let end, let count = fields.number(end + 10, 2), let size = fields.number(end + 12, 4), let start = fields.number(end + 16, 4) else {
            throw broken("has no directory at its end")
        }
        guard count < 0xffff, start < 0xffff_ffff else {
            throw FileError(file: file, .outOfRange("the zip archive has more than 65,534 members or 4 GiB; save fewer drawings in one file"))
        }
        guard start + size <= end else { throw broken("has a directory that reaches beyond it") }
        var members: [Member] = [], at = start, total = 0
        for _ in 0..<count {
            guard fields.number(at, 4) == 0x0201_4b50, let flags = fields.number(at + 8, 2), let method = fields.number(at + 10, 2),
                  let checksum = fields.number(at + 16, 4), let packed = fields.number(at + 20, 4), let unpacked = fields.number(at + 24, 4),
                  let nameLength = fields.number(at + 28, 2), let extra = fields.number(at + 30, 2), let comment = fields.number(at + 32, 2),
                  let header = fields.number(at + 42, 4), at + 46 + nameLength + extra + comment <= end else { throw broken("has a broken directory") }
            let name = String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self)
            func bad(_ problem: FileError.Problem) -> FileError { FileError(file: file, key: ZipArchive.shown(name), problem) }
            guard flags & 1 == 0 else { throw bad(.unknownForm("is encrypted; save the archive without a password")) }
            guard method == 0 || method == 8 else {
                throw bad(.expected("a stored or deflated member", found: "compression method \(method); save it with numpy.savez or savez_compressed"))
            }
            total += unpacked
            guard total <= Self.unpackedLimit else {
                throw bad(.outOfRange("the archive unpacks to more than \(Self.unpackedLimit >> 20) MiB; split it into smaller files"))
            }
            // Deflate cannot do better than 1 to 1,032: what claims more is a trap, and nothing of that size is made.
            guard method == 0 ? packed == unpacked : unpacked <= packed * 1_032 + 64 else { throw bad(.malformed("claims a size that its bytes cannot give")) }
            members.append(Member(name: name, header: header, packed: packed, unpacked: unpacked, isDeflated: method == 8, checksum: UInt32(checksum)))
            at += 46 + nameLength + extra + comment
        }
        self.members = members
    }

    /// The member's bytes, unpacked and checked.
    func content(of member: Member) throws(FileError) -> [UInt8] {
        func broken(_ what: String) -> FileError { FileError(file: file, key: Self.shown(member.name), .malformed(what)) }
        let fields = Fields(bytes: bytes)
        guard fields.number(member.header, 4) == 0x0403_4b50, let nameLength = fields.number(member.header + 26, 2),
              let extra = fields.number(member.header + 28, 2) else { throw broken("has no header where the directory says") }
        let start = member.header + 30 + nameLength + extra
        guard start + member.packed <= bytes.count else { throw broken("reaches beyond the archive") }
        let packed = bytes[start..<start + member.packed]
        guard let content = member.isDeflated ? Zlib.inflate(packed, count: member.unpacked) : Array(packed) else { throw broken("cannot be unpacked") }
        guard Zlib.checksum(content[...]) == member.checksum else { throw broken("does not have the checksum that the directory says") }
        return content
    }

    /// A member's name for a message.
    static func shown(_ name: String) -> String { String(name.prefix(60).map { $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? "?" : $0 }) }

    /// An archive of the members as they are, without compression; the same members give the same bytes.
    /// - Precondition: at most 65,534 members, below 4 GiB in all.
    static func stored(_ members: [(name: String, bytes: [UInt8])]) -> Data {
        var archive: [UInt8] = [], directory: [UInt8] = []
        func append(_ value: Int, _ count: Int, to bytes: inout [UInt8]) { for k in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * k))) } }
        for member in members {
            let header = archive.count, name = Array(member.name.utf8)
            // From "version needed" to "length of extra field", the same here and in the directory; the date is the first that zip knows, 1980-01-01.
            var common: [UInt8] = []
            for (value, count) in [(20, 2), (0, 2), (0, 2), (0, 2), (0x21, 2), (Int(Zlib.checksum(member.bytes[...])), 4),
                                   (member.bytes.count, 4), (member.bytes.count, 4), (name.count, 2), (0, 2)] { append(value, count, to: &common) }
            append(0x0403_4b50, 4, to: &archive)
            archive += common + name + member.bytes
            append(0x0201_4b50, 4, to: &directory)
            append(20, 2, to: &directory)
            directory += common
            for (value, count) in [(0, 2), (0, 2), (0, 2), (0, 4), (header, 4)] { append(value, count, to: &directory) }
            directory += name
        }
        precondition(members.count < 0xffff && archive.count < 0xffff_ffff, "a zip archive of \(members.count) members, \(archive.count) bytes")
        let start = archive.count
        archive += directory
        append(0x0605_4b50, 4, to: &archive)
        for (value, count) in [(0, 2), (0, 2), (members.count, 2), (members.count, 2), (directory.count, 4), (start, 4), (0, 2)] {
            append(value, count, to: &archive)
        }
        return Data(archive)
    }
}

/// Little-endian numbers at places in bytes.
private struct Fields {
    let bytes: [UInt8]

    /// The number of `count` bytes at `offset`; `nil` beyond the end.
    func number(_ offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset + count <= bytes.count else { return nil }
        return (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
}
