import ArgumentParser
import Files
import Foundation
import Sketches

/// A note for the person: one line on standard error, never mixed with output.
func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((singleLine(text) + "\n").utf8))
}

/// The text without line ends and control characters, which a prompt or a file may hold and a terminal would obey; long ones are cut.
func singleLine(_ text: String, limit: Int = 2_000) -> String {
    var line = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit).map {
        $0.value < 32 || 127..<160 ~= $0.value || 0x2028...0x202e ~= $0.value || 0x2066...0x2069 ~= $0.value ? " " : $0
    }))
    if text.unicodeScalars.count > limit { line += " …" }
    return line
}

/// A line of the result, on standard output.
/// - Throws: `OutputError` where it cannot be written (a full disk).
func say(_ text: String) throws(OutputError) {
    try SketchFile.writeAtomically(Data((text + "\n").utf8), to: "-")
}

/// One JSON document on standard output, keys in order, lists of numbers on one line.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try SketchFile.writeAtomically(Data(JSONPage.text([UInt8](encoder.encode(value)))), to: "-")
}

/// Lays out compact JSON for reading.
private enum JSONPage {
    /// Objects a member a line; a list stays on its line unless it holds objects or is nested deeper than twice.
    static func text(_ json: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [], depth = 0, position = 0, inline = 0
        out.reserveCapacity(json.count * 2)
        func newLine() {
            out.append(UInt8(ascii: "\n"))
            out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        }
        while position < json.count {
            let byte = json[position]
            switch byte {
            case UInt8(ascii: "\""):
                let end = endOfString(json, from: position)
                out += json[position..<end]
                position = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                out.append(byte)
                let isEmpty = position + 1 < json.count && (json[position + 1] == UInt8(ascii: "}") || json[position + 1] == UInt8(ascii: "]"))
                if inline > 0 || isEmpty || (byte == UInt8(ascii: "[") && staysOnALine(json, from: position)) { inline += 1 } else {
                    depth += 1
                    newLine()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if inline > 0 { inline -= 1 } else {
                    depth -= 1
                    newLine()
                }
                out.append(byte)
            case UInt8(ascii: ","):
                out.append(byte)
                if inline == 0 { newLine() }
            case UInt8(ascii: ":"): out += [byte, UInt8(ascii: " ")]
            default: out.append(byte)
            }
            position += 1
        }
        out.append(UInt8(ascii: "\n"))
        return out
    }

    /// The place after a string's closing quote.
    private static func endOfString(_ json: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < json.count, json[position] != UInt8(ascii: "\"") { position += json[position] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(position + 1, json.count)
    }

    private static func staysOnALine(_ json: [UInt8], from start: Int) -> Bool {
        var position = start, depth = 0
        while position < json.count {
            switch json[position] {
            case UInt8(ascii: "\""):
                position = endOfString(json, from: position)
                continue
            case UInt8(ascii: "{"): return false
            case UInt8(ascii: "["):
                depth += 1
                if depth > 2 { return false }
            case UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return true }
            default: break
            }
            position += 1
        }
        return true
    }
}
