import Files

/// Where the parts of a scene stand in its JSON: what can be edited by byte ranges.
struct JSONLayout {
    struct Member {
        var key: String
        /// The offset of the key's first quote.
        var start: Int
        var value: Range<Int>
    }

    /// The lists of an object; `box` is `nil` where it is missing or null, `parts` where none are told.
    struct Object {
        var strokes, box, parts: JSONList?
    }

    private let bytes: [UInt8]
    /// The keys in the file's order.
    private(set) var members: [Member] = []
    private var lists: [String: JSONList] = [:]
    private(set) var objects: [Object] = []
    private(set) var relations: [JSONList] = []

    /// Finds the parts of a scene that was read without error.
    init(_ bytes: [UInt8], file: String) throws(FileError) {
        self.bytes = bytes
        var scanner = JSONScanner(bytes, file: file), members: [Member] = [], lists: [String: JSONList] = [:], objects: [Object] = [], relations: [JSONList] = []
        var start = 1
        try scanner.members("a scene") { (scanner, key) throws(FileError) in
            while start < bytes.count, bytes[start] != UInt8(ascii: "\"") { start += 1 }      // white space and a comma
            let value = scanner.position
            switch key {
            case "strokes": lists[key] = try JSONList(&scanner) { (scanner) throws(FileError) in try scanner.skip() }
            case "objects":
                objects = []
                lists[key] = try JSONList(&scanner) { (scanner) throws(FileError) in objects.append(try JSONLayout.object(&scanner)) }
            case "relations":
                relations = []
                lists[key] = try JSONList(&scanner) { (scanner) throws(FileError) in
                    relations.append(try JSONList(&scanner) { (scanner) throws(FileError) in try scanner.skip() })
                }
            default: try scanner.skip()
            }
            members.append(Member(key: key, start: start, value: value..<scanner.position))
            start = scanner.position
        }
        (self.members, self.lists, self.objects, self.relations) = (members, lists, objects, relations)
    }

    private static func object(_ scanner: inout JSONScanner) throws(FileError) -> Object {
        var object = Object()
        try scanner.members("an object") { (scanner, key) throws(FileError) in
            switch key {
            case "strokes": object.strokes = try JSONList(&scanner) { (scanner) throws(FileError) in try scanner.skip() }
            case "parts":
                if try scanner.takeNull() { return }
                object.parts = try JSONList(&scanner) { (scanner) throws(FileError) in try scanner.skip() }
            case "box":
                if try scanner.takeNull() { return }
                object.box = try JSONList(&scanner) { (scanner) throws(FileError) in try scanner.skip() }
            default: try scanner.skip()
            }
        }
        return object
    }

    /// A list by its key; of equal keys the last counts.
    func list(_ key: String) -> JSONList? { lists[key] }

    func member(_ key: String) -> Member? { members.last { $0.key == key } }

    /// White space before the items of lists that have none yet.
    var itemLead: String {
        let lead = memberLead
        return lead.contains("\n") ? lead + " " : ""
    }

    /// The white space before the last key.
    private var memberLead: String {
        guard let last = members.last else { return "" }
        return String(decoding: bytes[..<last.start].reversed().prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "{") }.reversed(), as: UTF8.self)
    }

    /// The change that adds keys at the end, spaced as the last one is.
    func insertion(_ new: [(key: String, value: String)]) -> BytePatch {
        guard let last = members.last else { return BytePatch(1..<1, new.map { quoted($0.key) + ":" + $0.value }.joined(separator: ",")) }
        let colon = String(decoding: bytes[..<last.value.lowerBound].reversed().prefix { $0 != UInt8(ascii: "\"") }.reversed(), as: UTF8.self)
        let text = new.map { "," + memberLead + quoted($0.key) + colon + $0.value }.joined()
        return BytePatch(last.value.upperBound..<last.value.upperBound, text)
    }
}

/// A list in JSON text with the places of its items.
struct JSONList {
    /// An item of the list as it will be.
    enum Item {
        /// The item at an index of the list as it is; with another text, where there is one.
        case kept(Int, text: String?)
        case new(String)
    }

    /// From bracket to bracket.
    var range: Range<Int>
    var items: [Range<Int>] = []

    init(_ scanner: inout JSONScanner, _ item: (inout JSONScanner) throws(FileError) -> Void) throws(FileError) {
        let start = scanner.position
        var items: [Range<Int>] = []
        try scanner.elements("a list") { (scanner, _) throws(FileError) in
            let start = scanner.position
            try item(&scanner)
            items.append(start..<scanner.position)
        }
        (range, self.items) = (start..<scanner.position, items)
    }

    /// The changes that make the list what it will be; what is kept is in the order that it has.
    /// - Parameter lead: white space before new items of a list that is empty.
    func patches(_ list: [Item], in bytes: [UInt8], lead: String) -> [BytePatch] {
        var patches: [BytePatch] = [], next = 0, new: [String] = []
        for item in list {
            switch item {
            case .new(let text): new.append(text)
            case .kept(let index, let text):
                if let patch = patch(next..<index, new, bytes, lead) { patches.append(patch) }
                if let text { patches.append(BytePatch(items[index], text)) }
                (next, new) = (index + 1, [])
            }
        }
        if let patch = patch(next..<items.count, new, bytes, lead) { patches.append(patch) }
        return patches
    }

    /// The change that puts new items in the place of some, of one or of none.
    private func patch(_ old: Range<Int>, _ new: [String], _ bytes: [UInt8], _ lead: String) -> BytePatch? {
        if old.isEmpty, new.isEmpty { return nil }
        if items.isEmpty { return BytePatch(range.lowerBound + 1..<range.upperBound - 1, lead + new.joined(separator: "," + lead)) }
        let separator = "," + self.lead(min(max(old.lowerBound, 1), items.count - 1), bytes)
        let text = new.joined(separator: separator)
        if !old.isEmpty, !new.isEmpty { return BytePatch(items[old.lowerBound].lowerBound..<items[old.upperBound - 1].upperBound, text) }
        if old.isEmpty {
            if old.lowerBound < items.count { return BytePatch(items[old.lowerBound].lowerBound..<items[old.lowerBound].lowerBound, text + separator) }
            return BytePatch(items[items.count - 1].upperBound..<items[items.count - 1].upperBound, separator + text)
        }
        if old.count == items.count { return BytePatch(range.lowerBound + 1..<range.upperBound - 1, "") }
        if old.upperBound < items.count { return BytePatch(items[old.lowerBound].lowerBound..<items[old.upperBound].lowerBound, "") }
        return BytePatch(items[old.lowerBound - 1].upperBound..<items[items.count - 1].upperBound, "")
    }

    /// The white space before an item.
    private func lead(_ index: Int, _ bytes: [UInt8]) -> String {
        String(decoding: bytes[..<items[index].lowerBound].reversed().prefix { $0 == 32 || $0 == 10 || $0 == 13 || $0 == 9 }.reversed(), as: UTF8.self)
    }
}
