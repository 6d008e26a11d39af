import Files
import Foundation

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
