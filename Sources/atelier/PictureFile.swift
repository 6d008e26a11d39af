import Foundation
import Pictures
import Scenes

/// A picture file, or a scene file: what `ask` and `look` take.
enum PictureFile {
    /// Whether bytes begin as a picture does.
    static func isPicture(_ data: Data) -> Bool {
        [[0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("GIF8".utf8), Array("BM".utf8), Array("RIFF".utf8), Array("%PDF".utf8)].contains { data.starts(with: $0) }
    }

    /// The most bytes of a picture file.
    static let limit = 256 << 20

    /// Reads a picture.
    static func read(_ path: String) throws -> (picture: Picture, data: Data) {
        let data = try InputFile.data(path, limit: limit)
        return (try Picture.read(data, name: path == "-" ? "standard input" : path), data)
    }
}
