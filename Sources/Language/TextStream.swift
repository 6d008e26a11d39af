/// Turns tokens into text as they come, never giving half a character: bytes wait until their character is whole.
///
/// ```swift
/// var stream = TextStream(tokenizer)
/// for id in ids { print(stream.append(id), terminator: "") }
/// print(stream.finish())
/// ```
public struct TextStream: Sendable {
    private let tokenizer: Tokenizer
    private var waiting: [UInt8] = []

    /// Starts with nothing.
    public init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

    /// The characters that this token completes. Added tokens have no text; bytes that are of no character become U+FFFD.
    public mutating func append(_ id: Int) -> String {
        waiting += tokenizer.decodeBytes([id], skippingAdded: true)
        let whole = waiting.count - Self.unfinished(waiting)
        let text = String(decoding: waiting[..<whole], as: UTF8.self)
        waiting.removeFirst(whole)
        return text
    }

    /// What is left: the beginning of a character that never came becomes U+FFFD.
    public mutating func finish() -> String {
        defer { waiting = [] }
        return String(decoding: waiting, as: UTF8.self)
    }

    /// Bytes at the end that begin a character which may still be completed: at most three.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let first = bytes[bytes.count - count]
            if first & 0xC0 == 0x80 { continue }
            let size = switch first { case 0xC2...0xDF: 2; case 0xE0...0xEF: 3; case 0xF0...0xF4: 4; default: 1 }
            guard size > count else { return 0 }
            // The second byte has a narrower range after some first bytes; outside of it no character can come any more.
            guard count > 1 else { return count }
            let second = bytes[bytes.count - count + 1]
            switch first {
            case 0xE0: return second >= 0xA0 ? count : 0
            case 0xED: return second < 0xA0 ? count : 0
            case 0xF0: return second >= 0x90 ? count : 0
            case 0xF4: return second < 0x90 ? count : 0
            default: return count
            }
        }
        return 0
    }
}
