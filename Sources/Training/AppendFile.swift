import Foundation

/// A file that grows at its end and can be cut back: the log and the event file of a run.
///
/// Each `append` is one write to the system, so that a killed process loses at most the line it was writing.
package final class AppendFile {
    package let url: URL
    package private(set) var size: Int
    private let handle: FileHandle

    package init(_ url: URL) throws(TrainingError) {
        self.url = url
        do {
            if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
            handle = try FileHandle(forUpdating: url)
            size = Int(clamping: try handle.seekToEnd())
        } catch {
            throw .cannotWrite(url, because: error)
        }
    }

    deinit { try? handle.close() }

    package func contents() throws(TrainingError) -> Data {
        try run {
            try handle.seek(toOffset: 0)
            return try handle.readToEnd() ?? Data()
        }
    }

    package func append(_ data: Data) throws(TrainingError) {
        try run {
            try handle.seek(toOffset: UInt64(size))
            try handle.write(contentsOf: data)
        }
        size += data.count
    }

    /// Removes everything after the first `length` bytes.
    package func cut(to length: Int) throws(TrainingError) {
        try run { try handle.truncate(atOffset: UInt64(length)) }
        size = length
    }

    package func synchronize() throws(TrainingError) {
        try run { try handle.synchronize() }
    }

    private func run<R>(_ body: () throws -> R) throws(TrainingError) -> R {
        do { return try body() } catch {
            throw .cannotWrite(url, because: error)
        }
    }
}
