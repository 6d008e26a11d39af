import Foundation

/// Why a file could not be written. The file that was there before is untouched.
public enum OutputError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be made or replaced: no such folder, no permission, a folder in its place.
    case cannotCreate(path: String, reason: String)
    /// The bytes could not be written: a full disk, a closed pipe.
    case writing(path: String, reason: String)

    /// 73: cannot create the output; 74: input/output error (sysexits).
    public var exitCode: Int32 {
        switch self {
        case .cannotCreate: 73
        case .writing: 74
        }
    }

    /// The sentence for the user: path, reason, what to check.
    public var description: String {
        switch self {
        case .cannotCreate(let path, let reason): "\(path): cannot be created: \(reason); check that the folder exists and may be written"
        case .writing(let path, let reason): "\(path): writing failed: \(reason); is the disk full?"
        }
    }
}

/// The temporary file that is being written, as a C string that is never freed. A plain word that needs no initialisation: a signal handler
/// finds it set or nil, whatever it interrupts.
nonisolated(unsafe) private var temporaryInUse: UnsafeMutablePointer<CChar>?

/// Removes the temporary file of a write that is under way, so that ending the process leaves nothing behind. For signal handlers: it calls
/// `unlink` and nothing else. Of files that several threads write at once it knows the last begun.
package func removeTemporaryFileNow() {
    if let path = temporaryInUse { unlink(path) }
}

/// Writes whole files or nothing.
package enum OutputFile {
    /// Writes to a temporary file in the same folder, then renames it over `path`. `-` is standard output; devices and pipes are
    /// written directly. A link keeps pointing where it did, also where nothing is there yet; an existing file keeps its permissions.
    package static func write(_ data: Data, to path: String) throws(OutputError) {
        if path == "-" { return try writeAll(data, descriptor: 1, path: "standard output") }
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: reason()) }
            defer { close(descriptor) }
            return try writeAll(data, descriptor: descriptor, path: path)
        }
        let file = try FileReplacement(path)
        do throws(OutputError) { try writeAll(data, descriptor: file.descriptor, path: path) } catch {
            file.discard()
            throw error
        }
        try file.commit()
    }

    private static func writeAll(_ data: Data, descriptor: Int32, path: String) throws(OutputError) {
        let failure: String? = data.withUnsafeBytes { buffer -> String? in
            var done = 0
            while done < buffer.count {
                let count = Foundation.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    return reason()
                }
                done += count
            }
            return nil
        }
        if let failure { throw .writing(path: path, reason: failure) }
    }
}

/// A file that is being made: a temporary one in the same folder, which `commit()` renames over `path`. A link keeps pointing where it did, also
/// where nothing is there yet; an existing file keeps its permissions. End it with either `commit()` or `discard()`.
package struct FileReplacement {
    /// Where to write: the temporary file, empty and open at `descriptor`. Others may write it by its path.
    package let temporary: String
    let descriptor: Int32
    private let path, target: String

    /// Makes the temporary file.
    package init(_ path: String) throws(OutputError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR { throw .cannotCreate(path: path, reason: "it is a folder") }
        if exists, status.st_mode & S_IFMT != S_IFREG { throw .cannotCreate(path: path, reason: "it is a device or a pipe, not a file") }
        let target = try FileReplacement.target(of: path)
        if exists, access(target, W_OK) != 0 { throw .cannotCreate(path: path, reason: reason()) }
        // Not after the target's name, which may be as long as names can be.
        temporary = FileReplacement.folder(of: target) + "atelier-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16)).tmp"
        (self.path, self.target) = (path, target)
        temporaryInUse = strdup(temporary)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let why = reason()
            temporaryInUse = nil
            throw .cannotCreate(path: path, reason: why)
        }
        if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
    }

    /// Puts the file in its place, once its bytes are on the disk. On an error nothing is left of it.
    package func commit() throws(OutputError) {
        guard fsync(descriptor) == 0 else {
            let why = reason()
            discard()
            throw .writing(path: path, reason: why)
        }
        guard rename(temporary, target) == 0 else {
            let why = reason()
            discard()
            throw .cannotCreate(path: path, reason: why)
        }
        close(descriptor)
        temporaryInUse = nil
    }

    /// Removes the temporary file; what was at `path` stays as it was.
    package func discard() {
        close(descriptor)
        unlink(temporary)
        temporaryInUse = nil
    }

    /// The file that a path means: links are followed, also to where nothing is yet.
    private static func target(of path: String) throws(OutputError) -> String {
        var target = path
        for _ in 0..<40 {      // as many as Linux follows
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(target, &buffer, buffer.count)
            guard count >= 0 else { return target }
            guard let link = String(validating: buffer[..<count], as: UTF8.self) else {
                throw .cannotCreate(path: path, reason: "it is a link to a name that is not UTF-8")
            }
            target = link.hasPrefix("/") ? link : folder(of: target) + link
        }
        throw .cannotCreate(path: path, reason: String(cString: strerror(ELOOP)))
    }

    /// A path's folder with the slash at its end; nothing for a plain name.
    private static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
    }
}

private func reason() -> String { String(cString: strerror(errno)) }
