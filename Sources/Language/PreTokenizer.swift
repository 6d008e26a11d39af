/// Cuts text into the words inside which BPE merges, as GPT-2's pattern does:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// Written by hand over UTF-8 bytes, so that any bytes can be cut: a byte that is not part of valid UTF-8 counts as
/// punctuation. Nothing is dropped: the words put together are the text.
struct PreTokenizer: Sendable, Equatable {
    /// Whether every digit is a word of its own (as in SmolLM2), before the pattern is applied to what lies between.
    var splitsDigits = false

    /// Calls `word` with the byte range of each word, in order.
    func forEachWord(in text: [UInt8], _ word: (Range<Int>) -> Void) {
        guard splitsDigits else { return matchWords(in: text, 0..<text.count, word) }
        var start = 0, at = 0
        while at < text.count {
            let (kind, size) = Self.scalar(text, at, text.count)
            if kind == .number {
                matchWords(in: text, start..<at, word)
                word(at..<(at + size))
                start = at + size
            }
            at += size
        }
        matchWords(in: text, start..<text.count, word)
    }

    private func matchWords(in text: [UInt8], _ range: Range<Int>, _ word: (Range<Int>) -> Void) {
        let end = range.upperBound
        var start = range.lowerBound
        while start < end {
            if text[start] == UInt8(ascii: "'"), let size = Self.contraction(text, start, end) {
                word(start..<(start + size))
                start += size
                continue
            }
            var at = start
            if text[at] == 0x20, at + 1 < end { at += 1 }                          // " ?"
            let (kind, size) = Self.scalar(text, at, end)
            if kind != .space {
                at = Self.run(of: kind, text, at + size, end)
                word(start..<at)
                start = at
                continue
            }
            // White space: all of it at the end of the text, else all but the last character, which may lead a word.
            var last = start
            at = start
            while at < end {
                let (kind, size) = Self.scalar(text, at, end)
                if kind != .space { break }
                last = at
                at += size
            }
            let stop = at == end || last == start ? at : last
            word(start..<stop)
            start = stop
        }
    }

    private static func run(of kind: Kind, _ text: [UInt8], _ from: Int, _ end: Int) -> Int {
        var at = from
        while at < end {
            let (next, size) = scalar(text, at, end)
            if next != kind { break }
            at += size
        }
        return at
    }

    /// Bytes of 's 't 'm 'd 're 've 'll at this apostrophe.
    private static func contraction(_ text: [UInt8], _ at: Int, _ end: Int) -> Int? {
        guard at + 1 < end else { return nil }
        switch text[at + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return at + 2 < end && text[at + 2] == UInt8(ascii: "e") ? 3 : nil
        case UInt8(ascii: "l"): return at + 2 < end && text[at + 2] == UInt8(ascii: "l") ? 3 : nil
        default: return nil
        }
    }

    // MARK: Characters

    enum Kind: UInt8 { case letter, number, space, other }

    /// The kind and the size in bytes of the character at a place; an invalid byte is `.other`, size 1.
    private static func scalar(_ text: [UInt8], _ at: Int, _ end: Int) -> (Kind, Int) {
        let first = text[at]
        if first < 0x80 { return (ascii[Int(first)], 1) }
        let size: Int, lowest: UInt32
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (size, lowest, value) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (size, lowest, value) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (size, lowest, value) = (4, 0x1_0000, UInt32(first & 0x07))
        default: return (.other, 1)
        }
        guard at + size <= end else { return (.other, 1) }
        for i in 1..<size {
            let byte = text[at + i]
            guard byte & 0xC0 == 0x80 else { return (.other, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= lowest, let scalar = Unicode.Scalar(value) else { return (.other, 1) }
        return (kind(of: scalar), size)
    }

    private static let ascii: [Kind] = (0..<128).map { kind(of: Unicode.Scalar(UInt8($0))) }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return properties.isWhitespace ? .space : .other
        }
    }
}
