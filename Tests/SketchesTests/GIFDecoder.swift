import Foundation

/// A plain reader of GIF files, written from the format's description: blocks, colour table, LZW, composition. It knows what animations need.
struct GIFDecoder {
    struct Malformed: Error { let what: String }

    struct Image {
        var left = 0, top = 0, width = 0, height = 0
        /// Hundredths of a second.
        var delay = 0
        var disposal = 0
        var transparent: UInt8?
        var indices: [UInt8] = []
    }

    private(set) var width = 0, height = 0
    /// Red, green, blue.
    private(set) var colors: [[UInt8]] = []
    private(set) var images: [Image] = []
    /// How often it is repeated, 0 for ever; nil where the file says nothing.
    private(set) var loops: Int?
    private var bytes: [UInt8]
    private var at = 0

    init(_ data: Data) throws {
        bytes = [UInt8](data)
        guard String(decoding: try take(6), as: UTF8.self) == "GIF89a" else { throw Malformed(what: "header") }
        width = try word()
        height = try word()
        let packed = try take(3)[0]
        guard packed & 0x80 != 0 else { throw Malformed(what: "no colour table") }
        for _ in 0..<(2 << Int(packed & 7)) { colors.append(try take(3)) }
        var next = Image()
        while true {
            switch try take(1)[0] {
            case 0x21:
                let label = try take(1)[0], first = try block(), rest = try blocks()
                if label == 0xf9 {
                    guard first.count == 4, rest.isEmpty else { throw Malformed(what: "control block") }
                    next.disposal = Int(first[0] >> 2 & 7)
                    next.delay = Int(first[1]) | Int(first[2]) << 8
                    next.transparent = first[0] & 1 == 1 ? first[3] : nil
                } else if label == 0xff, String(decoding: first, as: UTF8.self) == "NETSCAPE2.0" {
                    guard rest.count == 3, rest[0] == 1 else { throw Malformed(what: "loop block") }
                    loops = Int(rest[1]) | Int(rest[2]) << 8
                }
            case 0x2c:
                (next.left, next.top, next.width, next.height) = (try word(), try word(), try word(), try word())
                guard try take(1)[0] == 0 else { throw Malformed(what: "local colours or interlacing") }
                let size = Int(try take(1)[0])
                next.indices = try GIFDecoder.unpacked(blocks(), codeSize: size, count: next.width * next.height)
                guard next.left + next.width <= width, next.top + next.height <= height else { throw Malformed(what: "image outside") }
                images.append(next)
                next = Image()
            case 0x3b:
                guard at == bytes.count else { throw Malformed(what: "bytes after the end") }
                return
            case let other: throw Malformed(what: "block \(other)")
            }
        }
    }

    /// What is shown with each image, red, green, blue and opacity (0 or 255) a pixel; images stay in place.
    func composed() throws -> [[UInt8]] {
        var screen = [UInt8](repeating: 0, count: width * height * 4)
        return try images.map { image in
            for (i, index) in image.indices.enumerated() where index != image.transparent {
                guard Int(index) < colors.count else { throw Malformed(what: "colour \(index)") }
                let pixel = (image.top + i / image.width) * width + image.left + i % image.width
                screen.replaceSubrange(pixel * 4..<pixel * 4 + 4, with: colors[Int(index)] + [255])
            }
            return screen
        }
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard at + count <= bytes.count else { throw Malformed(what: "ends at \(at)") }
        defer { at += count }
        return Array(bytes[at..<at + count])
    }

    private mutating func word() throws -> Int {
        let pair = try take(2)
        return Int(pair[0]) | Int(pair[1]) << 8
    }

    private mutating func block() throws -> [UInt8] { try take(Int(take(1)[0])) }

    /// Blocks up to the empty one, joined.
    private mutating func blocks() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try block()
            if part.isEmpty { return all }
            all += part
        }
    }

    private static func unpacked(_ packed: [UInt8], codeSize: Int, count: Int) throws -> [UInt8] {
        guard 2...8 ~= codeSize else { throw Malformed(what: "code size \(codeSize)") }
        let clear = 1 << codeSize, end = clear + 1
        let roots = (0..<clear).map { [UInt8($0)] } + [[], []]
        var table = roots, width = codeSize + 1, before: [UInt8]?, result: [UInt8] = []
        var bits = 0, held = 0, at = 0
        while true {
            while held < width {
                guard at < packed.count else { throw Malformed(what: "codes end early") }
                bits |= Int(packed[at]) << held
                (held, at) = (held + 8, at + 1)
            }
            let code = bits & (1 << width - 1)
            (bits, held) = (bits >> width, held - width)
            if code == end { break }
            if code == clear {
                (table, width, before) = (roots, codeSize + 1, nil)
                continue
            }
            let run: [UInt8]
            if code < table.count { run = table[code] } else if let before, code == table.count { run = before + [before[0]] } else { throw Malformed(what: "code \(code)") }
            result += run
            if let before, table.count < 4_096 { table.append(before + [run[0]]) }
            before = run
            if table.count == 1 << width, width < 12 { width += 1 }
        }
        guard result.count == count else { throw Malformed(what: "\(result.count) pixels of \(count)") }
        return result
    }
}
