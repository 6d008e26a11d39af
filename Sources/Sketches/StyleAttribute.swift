import Foundation

/// The declarations of a `style` attribute (CSS Style Attributes). Of equal names the last counts, one with `!important` before all others.
struct StyleAttribute {
    private var declarations: [String: (value: String, isImportant: Bool)] = [:]

    /// The value of a property, without white space around it and without `!important`.
    subscript(name: String) -> String? { declarations[name]?.value }

    init(_ text: [UInt8]) {
        var declaration: [UInt8] = [], nesting = 0, quote: UInt8?
        var at = 0
        while at < text.count {
            let byte = text[at]
            at += 1
            if byte == UInt8(ascii: "\\"), at < text.count {
                declaration += [byte, text[at]]
                at += 1
            } else if let open = quote {
                if byte == open { quote = nil }
                declaration.append(byte)
            } else if byte == UInt8(ascii: "/"), nesting == 0, at < text.count, text[at] == UInt8(ascii: "*") {
                at += 2      // to where the first "*/" can end
                while at < text.count, text[at] != UInt8(ascii: "/") || text[at - 1] != UInt8(ascii: "*") { at += 1 }
                at += 1
                declaration.append(32)
            } else if byte == UInt8(ascii: ";"), nesting == 0 {
                add(declaration)
                declaration = []
            } else {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
                case UInt8(ascii: "("): nesting += 1
                case UInt8(ascii: ")"): nesting = max(0, nesting - 1)
                default: break
                }
                declaration.append(byte)
            }
        }
        add(declaration)
    }

    private mutating func add(_ declaration: [UInt8]) {
        guard let colon = declaration.firstIndex(of: UInt8(ascii: ":")) else { return }
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        let name = text(declaration[..<colon]).lowercased()
        var value = text(declaration[(colon + 1)...]), isImportant = false
        if value.suffix(9).lowercased() == "important" {
            let rest = value.dropLast(9).trimmingCharacters(in: .whitespacesAndNewlines)
            isImportant = rest.hasSuffix("!")
            if isImportant { value = rest.dropLast().trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        if value.isEmpty || declarations[name]?.isImportant == true && !isImportant { return }
        declarations[name] = (value, isImportant)
    }
}
