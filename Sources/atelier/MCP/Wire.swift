import Files
import Foundation

/// Messages from the client: lines of standard input.
struct LineReader {
    /// A line without its end.
    enum Line {
        case whole([UInt8])
        /// A line that was longer than `limit`; what it began with.
        case tooLong(start: [UInt8])
    }

    /// The most bytes of a line.
    static let limit = 16 << 20

    private var chunk = [UInt8](repeating: 0, count: 1 << 16), position = 0, end = 0

    /// The next line, the last one also without a line end; nil at the end of the input.
    mutating func next() throws(CommandError) -> Line? {
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
    private mutating func fill() throws(CommandError) -> Bool {
        while true {
            let count = chunk.withUnsafeMutableBytes { Foundation.read(0, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .noInput(path: "standard input", reason: "cannot be read: \(String(cString: strerror(errno)))") }
            (position, end) = (0, count)
            return count > 0
        }
    }
}

/// Messages to the client: lines of what was standard output. From then on standard output is standard error, so that nothing else can get among them.
struct Wire {
    private let descriptor: Int32

    /// Takes standard output.
    init() throws(OutputError) {
        // A client that has gone is an error of writing, not the end by a signal.
        signal(SIGPIPE, SIG_IGN)
        descriptor = dup(1)
        guard descriptor >= 0 else { throw .writing(path: "standard output", reason: String(cString: strerror(errno))) }
        _ = dup2(2, 1)
    }

    /// Sends a message; JSON text of ours has no line ends.
    func send(_ message: JSONValue) throws(OutputError) {
        let bytes = Array((message.text + "\n").utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .writing(path: "standard output", reason: String(cString: strerror(errno))) }
            done += count
        }
    }
}
