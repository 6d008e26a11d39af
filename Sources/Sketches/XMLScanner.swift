import Files

/// The name of SVG's namespace.
let svgNamespace = "http://www.w3.org/2000/svg"

/// One element of an XML file, with the byte ranges it occupies.
struct XMLElement: Sendable {
    /// Whose vocabulary a name is of.
    enum Namespace: Sendable {
        /// SVG's, or whatever the root is in: many files leave SVG's out, misspell it or give it by an entity.
        case svg
        /// Another that is declared: other programs' notes.
        case other
        /// None: the prefix is not declared, or there is none and the root has one.
        case none
    }

    /// The name; without its prefix where it is one of SVG's.
    let name: String
    let namespace: Namespace
    let parent: Int?
    let attributes: [XMLAttribute]
    /// From `<` to behind the end tag.
    var range: Range<Int>
    /// Behind the start tag's `>`.
    let contentStart: Int
    /// Where the content ends: at the end tag's `<`, or `nil` for `<name/>`.
    var contentEnd: Int?
    var children: [Int] = []
    /// Whether there is text besides white space directly inside.
    var hasText = false
}

struct XMLAttribute: Sendable {
    let name: String
    /// The bytes between the quotes.
    let value: Range<Int>
}

/// A small, safe XML tokenizer that keeps byte offsets, for editing a file without touching the rest of it.
///
/// It reads elements and attributes of UTF-8 text. A document type is passed over and its entities are never expanded, nothing outside the
/// file is read, and nesting is limited: neither "billion laughs" nor external entities can do harm. Not a validator.
struct XMLScanner {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private(set) var elements: [XMLElement] = []
    /// Where comments of the kind stand in which edits are recorded.
    private(set) var histories: [Range<Int>] = []
    private var open: [Open] = []
    /// What each prefix ("" is none) is bound to, by the elements that are open: the last one counts.
    private var bound: [String: [String]] = [:]
    private var root: (prefix: String, namespace: String?) = ("", nil)

    /// An element whose end tag is still to come.
    private struct Open {
        var element: Int
        /// The name as written, with its prefix.
        var name: String
        /// The prefixes that it declares.
        var declared: [String]
    }

    /// Reads a file: all elements in document order, the root first.
    static func scanned(_ bytes: [UInt8], file: String) throws(FileError) -> XMLScanner {
        var scanner = XMLScanner(bytes: bytes, file: file)
        try scanner.scan()
        return scanner
    }

    private init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private func error(_ problem: FileError.Problem, at offset: Int) -> FileError {
        FileError(file: file, line: bytes.line(at: offset), problem)
    }

    private mutating func scan() throws(FileError) {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "<") {
                try markup()
            } else {
                try text()
            }
        }
        if let last = open.last { throw error(.malformed("<\(last.name.prefix(60))> is never closed"), at: elements[last.element].range.lowerBound) }
        guard !elements.isEmpty else { throw error(.malformed("there is no element"), at: 0) }
    }

    private mutating func text() throws(FileError) {
        let start = position
        var blank = true
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
            if !bytes[position].isXMLSpace { blank = false }
            position += 1
        }
        if blank { return }
        guard let parent = open.last?.element else { throw error(.malformed("there is text outside of all elements"), at: start) }
        elements[parent].hasText = true
    }

    private mutating func markup() throws(FileError) {
        let start = position
        if matches("<!--") {
            let isHistory = matches("<!-- atelier:history ")
            position += 4
            try skip(past: "-->", what: "a comment", from: start)
            if isHistory { histories.append(start..<position) }
        } else if matches("<![CDATA[") {
            guard let parent = open.last?.element else { throw error(.malformed("there is text outside of all elements"), at: start) }
            elements[parent].hasText = true
            try skip(past: "]]>", what: "a CDATA section", from: start)
        } else if matches("<?") {
            try skip(past: "?>", what: "a processing instruction", from: start)
        } else if matches("<!DOCTYPE") {
            guard elements.isEmpty else { throw error(.malformed("a document type stands after the start"), at: start) }
            try skipDocumentType()
        } else if matches("</") {
            try endTag()
        } else {
            try startTag()
        }
    }

    private func matches(_ text: StaticString) -> Bool {
        guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { bytes[position..<position + $0.count].elementsEqual($0) }
    }

    private mutating func skip(past end: StaticString, what: String, from start: Int) throws(FileError) {
        while position < bytes.count {
            if matches(end) {
                position += end.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw error(.malformed("\(what) is never closed"), at: start)
    }

    /// Passes over `<!DOCTYPE … [ … ]>` without reading any declaration in it.
    private mutating func skipDocumentType() throws(FileError) {
        let start = position
        var brackets = 0
        position += 2
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let quote = bytes[position]
                guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { throw error(.malformed("a document type is never closed"), at: start) }
                position = end + 1
            case UInt8(ascii: "<") where matches("<!--"): try skip(past: "-->", what: "a comment", from: position)
            case UInt8(ascii: "["): brackets += 1; position += 1
            case UInt8(ascii: "]"): brackets -= 1; position += 1
            case UInt8(ascii: ">") where brackets <= 0: position += 1; return
            default: position += 1
            }
        }
        throw error(.malformed("a document type is never closed"), at: start)
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isXMLSpace { position += 1 }
    }

    private mutating func name(_ start: Int) throws(FileError) -> String {
        let first = position
        while position < bytes.count, bytes[position].isXMLName { position += 1 }
        guard position > first else { throw error(.malformed("'<' is not followed by a tag (write &lt; for the sign)"), at: start) }
        return String(decoding: bytes[first..<position], as: UTF8.self)
    }

    private mutating func endTag() throws(FileError) {
        let start = position
        position += 2
        let name = try name(start)
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else { throw error(.malformed("the end tag </\(name.prefix(60)) is not closed"), at: start) }
        position += 1
        guard let last = open.popLast() else { throw error(.malformed("</\(name.prefix(60))> closes nothing"), at: start) }
        guard last.name == name else {
            throw error(.malformed("</\(name.prefix(60))> closes <\(last.name.prefix(60))>"), at: start)
        }
        elements[last.element].contentEnd = start
        elements[last.element].range = elements[last.element].range.lowerBound..<position
        undeclare(last.declared)
    }

    private mutating func startTag() throws(FileError) {
        let start = position
        position += 1
        let name = try name(start)
        guard elements.isEmpty || !open.isEmpty else { throw error(.malformed("there is a second root element <\(name.prefix(60))>"), at: start) }
        guard elements.count < ReadLimit.parts else { throw error(.tooMany("elements", limit: ReadLimit.parts), at: start) }
        guard open.count < ReadLimit.depth else { throw error(.tooDeep(limit: ReadLimit.depth), at: start) }
        var attributes: [XMLAttribute] = [], names: Set<String> = []
        while true {
            skipSpace()
            guard position < bytes.count else { throw error(.malformed("the tag <\(name.prefix(60)) is not closed"), at: start) }
            let isEmpty = matches("/>")
            if isEmpty || bytes[position] == UInt8(ascii: ">") {
                position += isEmpty ? 2 : 1
                let index = elements.count, parent = open.last?.element
                if let parent { elements[parent].children.append(index) }
                let declared = declare(attributes)
                let (namespace, local) = resolve(name)
                elements.append(XMLElement(name: local, namespace: namespace, parent: parent, attributes: attributes, range: start..<position, contentStart: position))
                if isEmpty { undeclare(declared) } else { open.append(Open(element: index, name: name, declared: declared)) }
                return
            }
            guard bytes[position].isXMLName else { throw error(.malformed("the tag <\(name.prefix(60)) has a stray character"), at: position) }
            let attribute = try attribute(of: name)
            guard names.insert(attribute.name).inserted else {
                throw error(.malformed("<\(name.prefix(60))> has the attribute \(attribute.name.prefix(60)) twice"), at: position)
            }
            attributes.append(attribute)
        }
    }

    // MARK: namespaces

    /// Binds the prefixes that `xmlns` attributes declare, and says which.
    private mutating func declare(_ attributes: [XMLAttribute]) -> [String] {
        var declared: [String] = []
        for attribute in attributes where attribute.name == "xmlns" || attribute.name.hasPrefix("xmlns:") {
            let prefix = String(attribute.name.dropFirst(6))
            bound[prefix, default: []].append(XMLText(bytes, attribute.value).string)
            declared.append(prefix)
        }
        return declared
    }

    private mutating func undeclare(_ prefixes: [String]) {
        for prefix in prefixes {
            bound[prefix]?.removeLast()
            if bound[prefix]?.isEmpty == true { bound[prefix] = nil }
        }
    }

    /// The namespace of an element's name, and the name to know it by.
    private mutating func resolve(_ name: String) -> (XMLElement.Namespace, name: String) {
        let colon = name.utf8.firstIndex(of: UInt8(ascii: ":"))
        let prefix = colon.map { String(name[..<$0]) } ?? ""
        let local = colon.map { String(name[name.utf8.index(after: $0)...]) } ?? name
        let namespace = bound[prefix]?.last.flatMap { $0.isEmpty ? nil : $0 }
        if elements.isEmpty { root = (prefix, namespace) }
        let isRoots = namespace == root.namespace && (namespace != nil || prefix == root.prefix)
        if isRoots || namespace == svgNamespace { return (.svg, local) }
        return (namespace == nil ? .none : .other, name)
    }

    private mutating func attribute(of element: String) throws(FileError) -> XMLAttribute {
        let start = position
        let name = try name(start)
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
            throw error(.malformed("the attribute \(name.prefix(60)) of <\(element.prefix(60))> has no value"), at: start)
        }
        position += 1
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
            throw error(.malformed("the value of \(name.prefix(60)) is not in quotes"), at: start)
        }
        let quote = bytes[position]
        let first = position + 1
        position = first
        while position < bytes.count, bytes[position] != quote {
            guard bytes[position] != UInt8(ascii: "<") else { throw error(.malformed("the value of \(name.prefix(60)) has a '<' (or is not closed)"), at: start) }
            position += 1
        }
        guard position < bytes.count else { throw error(.malformed("the value of \(name.prefix(60)) is not closed"), at: start) }
        position += 1
        return XMLAttribute(name: name, value: first..<position - 1)
    }
}

/// An attribute's value with character references resolved, and where each byte of it stands in the file.
struct XMLText: Sendable {
    var bytes: [UInt8] = []
    /// The offset in the file of each byte, and of the end: `bytes.count + 1` entries.
    var offsets: [Int] = []

    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Resolves `&lt;` `&gt;` `&amp;` `&quot;` `&apos;` `&#N;` `&#xN;`; any other reference stays as it is.
    init(_ file: [UInt8], _ range: Range<Int>) {
        bytes.reserveCapacity(range.count)
        offsets.reserveCapacity(range.count + 1)
        var at = range.lowerBound
        while at < range.upperBound {
            if file[at] == UInt8(ascii: "&"), let end = file[at..<min(range.upperBound, at + 12)].firstIndex(of: UInt8(ascii: ";")),
               let resolved = XMLText.resolved(String(decoding: file[at + 1..<end], as: UTF8.self)) {
                for byte in resolved.utf8 {
                    bytes.append(byte)
                    offsets.append(at)
                }
                at = end + 1
            } else {
                bytes.append(file[at])
                offsets.append(at)
                at += 1
            }
        }
        offsets.append(range.upperBound)
    }

    private static func resolved(_ reference: String) -> String? {
        switch reference {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard reference.hasPrefix("#") else { return nil }
            let isHex = reference.hasPrefix("#x")
            guard let code = UInt32(reference.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10) else { return nil }
            return UnicodeScalar(code).map { String(Character($0)) }
        }
    }
}

extension [UInt8] {
    /// The line of the byte at `offset`, counted from 1.
    func line(at offset: Int) -> Int {
        self[..<Swift.min(offset, count)].count { $0 == UInt8(ascii: "\n") } + 1
    }
}

extension UInt8 {
    var isXMLSpace: Bool { self == 32 || self == 10 || self == 13 || self == 9 }

    fileprivate var isXMLName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: self >= 128
        }
    }
}
