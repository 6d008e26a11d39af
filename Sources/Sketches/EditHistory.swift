import Files
import Foundation

/// What edits did to a file, for taking them back: the last twenty, oldest first.
///
/// An entry holds the command and the patches that restore the bytes before it, `{"command": "move the cat left", "before": [[120, 5, "old"]],
/// "is": "1f…", "was": "07…"}`: at byte 120 five bytes become `old`. `is` and `was` are checksums of the file after and before the edit. All
/// of them are about the file without its history, which stands at one place and in one spelling; where it does not, it is not used.
struct EditHistory: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var command: String
        var before: [BytePatch]
        /// Checksums of the bytes after and before the edit.
        var after, original: UInt64
    }

    /// Older entries are forgotten.
    static let limit = 20

    private(set) var entries: [Entry] = []

    init() {}

    /// Adds an edit that turned `original` into `edited`.
    mutating func record(_ command: String, _ patches: [BytePatch], from original: [UInt8], to edited: [UInt8]) {
        entries.append(Entry(command: command, before: patches.undoing(in: original), after: fnv1a(edited), original: fnv1a(original)))
        entries.removeFirst(max(0, entries.count - EditHistory.limit))
    }

    /// The bytes before the last edit, its command, and the history that these bytes had.
    /// - Parameter edited: the file without its history.
    func undone(_ edited: [UInt8], file: String) throws(EditError) -> (bytes: [UInt8], command: String, history: EditHistory) {
        guard let last = entries.last else { throw EditError(file: file, .noHistory) }
        guard fnv1a(edited) == last.after else { throw EditError(file: file, .changedSince(last.command)) }
        guard last.before.fits(edited.count) else { throw EditError(file: file, .badHistory("an entry reaches beyond the file")) }
        let bytes = last.before.applied(to: edited)
        guard fnv1a(bytes) == last.original else { throw EditError(file: file, .badHistory("its last entry does not restore what was there")) }
        var history = self
        history.entries.removeLast()
        return (bytes, last.command, history)
    }

    // MARK: text

    /// JSON on one line. For XML comments in ASCII, and never with two hyphens in a row.
    func text(forXML: Bool) -> String {
        func quote(_ string: String) -> String { forXML ? EditHistory.quotedForXML(string) : quoted(string) }
        let items = entries.map { entry -> String in
            let before = entry.before.map { patch -> String in
                "[\(patch.range.lowerBound),\(patch.range.count),\(EditHistory.text(of: patch.text, quote))]"
            }
            let sums = [EditHistory.hexadecimal(entry.after), EditHistory.hexadecimal(entry.original)]
            return "{\"command\":\(quote(entry.command)),\"before\":[\(before.joined(separator: ","))],\"is\":\"\(sums[0])\",\"was\":\"\(sums[1])\"}"
        }
        return "[" + items.joined(separator: ",") + "]"
    }

    /// Bytes as a string; as base64 where they are no UTF-8, or where that is shorter (text that is all escapes).
    private static func text(of bytes: [UInt8], _ quote: (String) -> String) -> String {
        let base64 = "\"\(Data(bytes).base64EncodedString())\",\"base64\""
        guard let string = String(validating: bytes, as: UTF8.self) else { return base64 }
        let text = quote(string)
        return text.utf8.count <= base64.utf8.count + 16 ? text : base64
    }

    private static func quotedForXML(_ string: String) -> String {
        var text = "", previous: UInt16 = 0
        for unit in quoted(string).utf16 {
            if unit >= 127 || unit == 45 && previous == 45 {
                let hex = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            } else if let scalar = UnicodeScalar(unit) {
                text.unicodeScalars.append(scalar)
            }
            previous = unit
        }
        return text
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads the JSON text; the whole of `bytes` must be it.
    /// - Throws: `FileError` where it is anything else.
    init(_ bytes: [UInt8], file: String) throws(FileError) {
        var scanner = JSONScanner(bytes, file: file), entries: [Entry] = []
        try scanner.elements("a list of edits") { (scanner, index) throws(FileError) in
            guard index < EditHistory.limit else { throw scanner.error(.tooMany("edits", limit: EditHistory.limit)) }
            entries.append(try EditHistory.entry(&scanner))
        }
        guard scanner.peek() == nil else { throw scanner.error(.malformed("has more after the end of its history")) }
        self.entries = entries
    }

    private static func entry(_ scanner: inout JSONScanner) throws(FileError) -> Entry {
        var command: String?, before: [BytePatch]?, sums: [String: UInt64] = [:]
        let start = scanner.position
        try scanner.members("an edit") { (scanner, key) throws(FileError) in
            switch key {
            case "command": command = try scanner.string("the command as a string")
            case "before":
                var patches: [BytePatch] = []
                try scanner.elements("a list of patches") { (scanner, index) throws(FileError) in
                    try scanner.limit(index, "patches")
                    patches.append(try patch(&scanner))
                }
                before = patches
            case "is", "was":
                let text = try scanner.string("a checksum")
                guard text.utf8.count == 16, let sum = UInt64(text, radix: 16) else {
                    throw scanner.error(.expected("sixteen hexadecimal digits", found: "\"\(text.prefix(40))\""))
                }
                sums[key] = sum
            default: throw scanner.error(.expected("command, before, is or was", found: "\"\(key.prefix(40))\""))
            }
        }
        guard let command, let before, let after = sums["is"], let original = sums["was"] else {
            throw scanner.error(.missing("one of command, before, is, was"), at: start)
        }
        return Entry(command: command, before: before, after: after, original: original)
    }

    private static func patch(_ scanner: inout JSONScanner) throws(FileError) -> BytePatch {
        let form = "a patch [offset, length, text]"
        var numbers: [Int] = [], text: String?, isBase64 = false
        try scanner.elements(form) { (scanner, index) throws(FileError) in
            switch index {
            case 0, 1:
                let number: Int = try scanner.integer("a number of bytes")
                guard 0...1 << 40 ~= number else { throw scanner.error(.outOfRange("\(number) is no number of bytes")) }
                numbers.append(number)
            case 2: text = try scanner.string(form)
            case 3:
                guard try scanner.string(form) == "base64" else { throw scanner.error(.expected(form, found: "a fourth entry")) }
                isBase64 = true
            default: throw scanner.error(.expected(form, found: "more than four entries"))
            }
        }
        guard numbers.count == 2, let text else { throw scanner.error(.expected(form, found: "fewer than three entries")) }
        let range = numbers[0]..<numbers[0] + numbers[1]
        guard isBase64 else { return BytePatch(range, text) }
        guard let data = Data(base64Encoded: text) else { throw scanner.error(.malformed("a patch is not valid base64")) }
        return BytePatch(range, Array(data))
    }
}
