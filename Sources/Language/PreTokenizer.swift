/// Cuts text into the words inside which BPE merges, by the pattern of GPT-2 or one of its followers.
///
/// Written by hand over UTF-8 bytes, so that any bytes can be cut: a byte that is not part of valid UTF-8 counts as
/// punctuation. Nothing is dropped: the words put together are the text.
struct PreTokenizer: Sendable, Equatable {
    /// What a word is, in the notation of regular expressions.
    enum Pattern: Sendable, Equatable {
        /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
        case gpt2
        /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
        case llama3
        /// The same with numbers a digit at a time: `\p{N}` instead of `\p{N}{1,3}`.
        case qwen2
        /// What llama.cpp does for files that name no pattern ("default"): runs of `[\p{P}$+<=>^~|]` apart, GPT-2's words
        /// in between, of those the numbers apart, and of them each three ASCII digits.
        case apart
    }

    /// Whether every digit is a word of its own (as in SmolLM2), before the pattern is applied to what lies between.
    var splitsDigits = false
    /// What a word is.
    var pattern = Pattern.gpt2

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
        switch pattern {
        case .gpt2: Self.matchGPT2(text, range, word)
        case .llama3: Self.matchLlama3(text, range, digits: 3, word)
        case .qwen2: Self.matchLlama3(text, range, digits: 1, word)
        case .apart: Self.matchApart(text, range, word)
        }
    }

    private static func matchGPT2(_ text: [UInt8], _ range: Range<Int>, _ word: (Range<Int>) -> Void) {
        let end = range.upperBound
        var start = range.lowerBound
        while start < end {
            if text[start] == UInt8(ascii: "'"), let size = contraction(text, start, end, anyCase: false) {
                word(start..<(start + size))
                start += size
                continue
            }
            var at = start
            if text[at] == 0x20, at + 1 < end { at += 1 }                          // " ?"
            let (kind, size) = scalar(text, at, end)
            let stop = kind == .space ? endOfSpace(text, start, end, linesApart: false) : run(of: kind, text, at + size, end)
            word(start..<stop)
            start = stop
        }
    }

    private static func matchLlama3(_ text: [UInt8], _ range: Range<Int>, digits: Int, _ word: (Range<Int>) -> Void) {
        let end = range.upperBound
        var start = range.lowerBound
        while start < end {
            let stop = endOfLlama3(text, start, end, digits)
            word(start..<stop)
            start = stop
        }
    }

    private static func endOfLlama3(_ text: [UInt8], _ start: Int, _ end: Int, _ digits: Int) -> Int {
        if text[start] == UInt8(ascii: "'"), let size = contraction(text, start, end, anyCase: true) { return start + size }
        var (kind, size) = scalar(text, start, end)
        var at = start + size
        if kind == .letter { return run(of: .letter, text, at, end) }
        if kind == .number {
            for _ in 1..<max(digits, 1) where at < end {
                let (next, size) = scalar(text, at, end)
                if next != .number { break }
                at += size
            }
            return at
        }
        if !isLineEnd(text[start]), at < end {                                     // "[^\r\n\p{L}\p{N}]?\p{L}+"
            let (next, size) = scalar(text, at, end)
            if next == .letter { return run(of: .letter, text, at + size, end) }
        }
        if text[start] == 0x20, start + 1 < end {                                  // " ?"
            (kind, size) = scalar(text, start + 1, end)
            at = start + 1 + size
        }
        guard kind == .other else { return endOfSpace(text, start, end, linesApart: true) }
        at = run(of: .other, text, at, end)
        while at < end, isLineEnd(text[at]) { at += 1 }
        return at
    }

    private static func matchApart(_ text: [UInt8], _ range: Range<Int>, _ word: (Range<Int>) -> Void) {
        var start = range.lowerBound, at = start
        func numbers(_ range: Range<Int>) {
            var start = range.lowerBound, at = start
            while at < range.upperBound {
                let (kind, size) = scalar(text, at, range.upperBound)
                guard kind == .number else { at += size; continue }
                if start < at { word(start..<at) }
                start = at
                let stop = run(of: .number, text, at, range.upperBound)
                while at < stop {
                    let isThree = at + 3 <= stop && text[at] < 0x80 && text[at + 1] < 0x80 && text[at + 2] < 0x80
                    if isThree {
                        if start < at { word(start..<at) }
                        word(at..<(at + 3))
                        start = at + 3
                    }
                    at += isThree ? 3 : scalar(text, at, stop).1
                }
                if start < stop { word(start..<stop) }
                start = stop
            }
            if start < range.upperBound { word(start..<range.upperBound) }
        }
        while at < range.upperBound {
            let (isMark, size) = mark(text, at, range.upperBound)
            guard isMark else { at += size; continue }
            matchGPT2(text, start..<at, numbers)
            start = at
            while at < range.upperBound, case let (isMark, size) = mark(text, at, range.upperBound), isMark { at += size }
            word(start..<at)
            start = at
        }
        matchGPT2(text, start..<range.upperBound, numbers)
    }

    // MARK: Parts

    private static func run(of kind: Kind, _ text: [UInt8], _ from: Int, _ end: Int) -> Int {
        var at = from
        while at < end {
            let (next, size) = scalar(text, at, end)
            if next != kind { break }
            at += size
        }
        return at
    }

    /// White space: all of it at the end of the text, else all but the last character, which may lead a word; with
    /// `linesApart` up to its last line end where it has one.
    private static func endOfSpace(_ text: [UInt8], _ start: Int, _ end: Int, linesApart: Bool) -> Int {
        var at = start, last = start, afterLine = start
        while at < end {
            let (kind, size) = scalar(text, at, end)
            if kind != .space { break }
            last = at
            at += size
            if isLineEnd(text[last]) { afterLine = at }
        }
        if linesApart, afterLine > start { return afterLine }
        return at == end || last == start ? at : last
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// Bytes of 's 't 'm 'd 're 've 'll at this apostrophe.
    private static func contraction(_ text: [UInt8], _ at: Int, _ end: Int, anyCase: Bool) -> Int? {
        func letter(_ i: Int) -> UInt8 {
            guard i < end else { return 0 }
            return anyCase && (0x41...0x5A).contains(text[i]) ? text[i] | 0x20 : text[i]
        }
        switch letter(at + 1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return letter(at + 2) == UInt8(ascii: "e") ? 3 : nil
        case UInt8(ascii: "l"): return letter(at + 2) == UInt8(ascii: "l") ? 3 : nil
        default: return nil
        }
    }

    // MARK: Characters

    enum Kind: UInt8 { case letter, number, space, other }

    /// The kind and the size in bytes of the character at a place; an invalid byte is `.other`, size 1.
    private static func scalar(_ text: [UInt8], _ at: Int, _ end: Int) -> (Kind, Int) {
        let first = text[at]
        if first < 0x80 { return (ascii[Int(first)], 1) }
        let (scalar, size) = decoded(text, at, end)
        return (scalar.map(kind) ?? .other, size)
    }

    /// Whether the character is of `[\p{P}$+<=>^~|]`, and its size in bytes.
    private static func mark(_ text: [UInt8], _ at: Int, _ end: Int) -> (Bool, Int) {
        let (scalar, size) = text[at] < 0x80 ? (Unicode.Scalar(text[at]), 1) : decoded(text, at, end)
        guard let scalar else { return (false, size) }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
             .otherPunctuation: return (true, size)
        default: return (["$", "+", "<", "=", ">", "^", "~", "|"].contains(scalar), size)
        }
    }

    /// The character of several bytes at a place; nil and size 1 where they are not valid UTF-8.
    private static func decoded(_ text: [UInt8], _ at: Int, _ end: Int) -> (Unicode.Scalar?, Int) {
        let first = text[at]
        let size: Int, lowest: UInt32
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (size, lowest, value) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (size, lowest, value) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (size, lowest, value) = (4, 0x1_0000, UInt32(first & 0x07))
        default: return (nil, 1)
        }
        guard at + size <= end else { return (nil, 1) }
        for i in 1..<size {
            let byte = text[at + i]
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= lowest, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, size)
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
