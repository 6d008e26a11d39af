import CTurboJPEG
import Files
import Foundation

extension Picture {
    /// The most pixels that a picture may have.
    public static let pixelLimit = 64_000_000

    /// Reads a PNG or JPEG, told by its first bytes.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> Picture {
        guard !data.isEmpty else { throw FileError(file: name, .empty(expected: "a picture, PNG or JPEG")) }
        if data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return try readPNG(data, name: name) }
        if data.starts(with: [0xFF, 0xD8, 0xFF]) { return try readJPEG(data, name: name) }
        throw FileError(file: name, .unknownForm("is neither a PNG nor a JPEG picture"))
    }

    static func checkSize(_ width: Int, _ height: Int, name: String) throws(FileError) {
        guard width > 0, height > 0, width <= 32_767, height <= 32_767, width * height <= pixelLimit else {
            throw FileError(file: name, .outOfRange("is \(width) × \(height) pixels; at most \(pixelLimit) in all, 32,767 a side"))
        }
    }

    private static func readJPEG(_ data: Data, name: String) throws(FileError) -> Picture {
        guard let decoder = tjInitDecompress() else { throw FileError(file: name, .malformed("the JPEG cannot be read (no memory)")) }
        defer { tjDestroy(decoder) }
        func failure() -> FileError { FileError(file: name, .malformed("the JPEG cannot be read (\(String(cString: tjGetErrorStr2(decoder))))")) }
        let source = [UInt8](data)
        var width: Int32 = 0, height: Int32 = 0, sampling: Int32 = 0, space: Int32 = 0
        guard tjDecompressHeader3(decoder, source, UInt(source.count), &width, &height, &sampling, &space) == 0 else { throw failure() }
        guard width > 0, height > 0 else { throw FileError(file: name, .malformed("the JPEG cannot be read (it ends before its size)")) }
        try checkSize(Int(width), Int(height), name: name)
        var bytes = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
        // A file that ends early is a warning there and an error here.
        guard tjDecompress2(decoder, source, UInt(source.count), &bytes, width, 0, height, Int32(TJPF_RGB.rawValue), 0) == 0 else { throw failure() }
        return Picture(width: Int(width), height: Int(height), bytes: bytes)
    }
}
