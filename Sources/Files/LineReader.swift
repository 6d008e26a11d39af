import Foundation

/// Reads lines of a file or of standard input, in memory for one line: files may be larger than memory.
package final class LineReader {
    /// A line without its end.
    package enum Line {
        case whole([UInt8])
        /// A line that was longer than the limit; what it began with.
        case tooLong(start: [UInt8])
    }

    /// The most bytes of a line.
    package static let limit = 16 << 20

    private let descriptor: Int32, name: String, isOwn: Bool
    private var chunk = [UInt8](repeating: 0, count: 1 << 16), position = 0, end = 0

    /// Lines of standard input.
    package init() { (descriptor, name, isOwn) = (0, "standard input", false) }

    /// - Throws: `FileError` for one that cannot be opened.
    package init(contentsOf url: URL) throws(FileError) {
        (name, isOwn) = (url.path, true)
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(file: url.path, .unreadable(String(cString: strerror(errno)))) }
    }

    deinit { if isOwn, descriptor >= 0 { close(descriptor) } }

    /// The next line, the last one also without a line end; nil at the end of the input.
    /// - Throws: `FileError` where it cannot be read.
    package func next() throws(FileError) -> Line? {
        var line: [UInt8] = [], isTooLong = false, hasBegun = false
        while true {
            if position == end, try !fill() { return hasBegun ? (isTooLong ? .tooLong(start: line) : .whole(line)) : nil }
            hasBegun = true
            let lineEnd = chunk[position..<end].firstIndex(of: UInt8(ascii: "\n")), part = position..<(lineEnd ?? end)
            if line.count + part.count > Self.limit { isTooLong = true }
            line += chunk[part].prefix(Self.limit - line.count)
            position = lineEnd.map { $0 + 1 } ?? end
            if lineEnd != nil { return isTooLong ? .tooLong(start: line) : .whole(line) }
        }
    }

    /// Reads on, as much as there is; false at the end.
    private func fill() throws(FileError) -> Bool {
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(file: name, .unreadable(String(cString: strerror(errno)))) }
            (position, end) = (0, count)
            return count > 0
        }
    }
}
