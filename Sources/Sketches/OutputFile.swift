import Foundation

/// Why a file could not be written. The file that was there before is untouched.
public enum OutputError: Error, Equatable, CustomStringConvertible {
    case cannotCreate(path: String, reason: String)
    case writing(path: String, reason: String)

    /// 73: cannot create the output; 74: input/output error (sysexits).
    public var exitCode: Int32 {
        switch self {
        case .cannotCreate: 73
        case .writing: 74
        }
    }

    public var description: String {
        switch self {
        case .cannotCreate(let path, let reason): "\(path): cannot be created: \(reason); check that the folder exists and may be written"
        case .writing(let path, let reason): "\(path): writing failed: \(reason); is the disk full?"
        }
    }
}

/// Writes whole files or nothing.
enum OutputFile {
    /// Writes to a temporary file in the same folder, then renames it over `path`. `-` is standard output; devices and pipes are
    /// written directly. A link keeps pointing where it did, an existing file keeps its permissions.
    static func write(_ data: Data, to path: String) throws(OutputError) {
        if path == "-" { return try writeAll(data, descriptor: 1, path: "standard output") }
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR { throw .cannotCreate(path: path, reason: "it is a folder") }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: reason()) }
            defer { close(descriptor) }
            return try writeAll(data, descriptor: descriptor, path: path)
        }
        let target = exists ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
        if exists, access(target, W_OK) != 0 { throw .cannotCreate(path: path, reason: reason()) }
        let temporary = target + ".\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: reason()) }
        do throws(OutputError) {
            if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
            try writeAll(data, descriptor: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw OutputError.writing(path: path, reason: reason()) }
            close(descriptor)
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard rename(temporary, target) == 0 else {
            let why = reason()
            unlink(temporary)
            throw .cannotCreate(path: path, reason: why)
        }
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

    private static func reason() -> String { String(cString: strerror(errno)) }
}
