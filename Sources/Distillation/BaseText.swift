import Files
import Foundation

/// A text that a language model wrote, on an instruction or as running text that goes on from an opening: a line of the file that `atelier data texts` writes.
///
///     {"instruction":"Name three rivers.","temperature":0.7,"text":"The Nile, …"}
///     {"opening":"In the spring of","temperature":1,"text":"In the spring of 1912 …"}
///
/// An adapter that also learns such texts of its base goes on writing like it. `"cut":true` stands beside a text that was not finished.
public struct BaseText: Sendable, Equatable {
    /// What was asked; nil: nothing was, and the text is running text.
    public var instruction: String?
    /// What was answered; of running text all, its opening too.
    public var text: String
    /// The words that a running text was given to begin with; empty for an answer.
    public var opening = ""
    /// What the text was sampled at.
    public var temperature: Double
    /// The text was ended by the limit of tokens, not by the model.
    public var isCut: Bool

    /// An answer.
    public init(instruction: String, text: String, temperature: Double, isCut: Bool = false) {
        (self.instruction, self.text, self.temperature, self.isCut) = (instruction, text, temperature, isCut)
    }
    /// Running text.
    public init(opening: String, text: String, temperature: Double, isCut: Bool = false) {
        (self.opening, self.text, self.temperature, self.isCut) = (opening, text, temperature, isCut)
    }

    /// The share of instructions that are never trained on.
    package static let heldOutShare = 0.1
    /// Whether the text is held out: by its instruction or opening, so that all texts on one are on the same side.
    public var isHeldOut: Bool { SHA256.unitInterval(instruction ?? opening) < Self.heldOutShare }

    // MARK: files

    /// The most bytes of a file.
    private static let limit = 256 << 20

    /// The texts of a file, one a line.
    /// - Throws: `FileError` with the line of what is wrong: not JSON, cut short, a key missing, an empty text; a file without texts.
    public static func read(_ url: URL) throws(FileError) -> [BaseText] {
        guard let handle = FileHandle(forReadingAtPath: url.path) else {
            let isThere = FileManager.default.fileExists(atPath: url.path)
            throw FileError(file: url.path, .unreadable(isThere ? "it cannot be opened" : "there is no such file; write it with `atelier data texts`"))
        }
        let data: Data
        do { data = try handle.read(upToCount: limit + 1) ?? Data() } catch { throw FileError(file: url.path, .unreadable(error.localizedDescription)) }
        guard data.count <= limit else { throw FileError(file: url.path, .tooMany("bytes", limit: limit)) }
        return try read(data, name: url.path)
    }

    /// The texts in a file's bytes.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> [BaseText] {
        var scanner = JSONScanner([UInt8](data), file: name), texts: [BaseText] = []
        guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "texts, one a line, as `atelier data texts` writes them")) }
        while scanner.peek() != nil {
            try scanner.limit(texts.count, "texts")
            scanner.beginRecord()
            texts.append(try BaseText(&scanner))
        }
        return texts
    }

    private init(_ scanner: inout JSONScanner) throws(FileError) {
        let start = scanner.position
        var instruction: String?, opening: String?, text: String?, temperature: Double?, isCut = false
        try scanner.members("a text with its instruction, as {\"instruction\":…,\"temperature\":…,\"text\":…}") { (scanner, key) throws(FileError) in
            switch key {
            case "instruction": instruction = try Self.words(&scanner)
            case "opening": opening = try Self.words(&scanner)
            case "text": text = try Self.words(&scanner)
            case "temperature":
                let at = scanner.position, value = try scanner.double("a temperature")
                guard 0...4 ~= value else { throw scanner.error(.outOfRange("a temperature is a number from 0 to 4, not \(value)"), at: at) }
                temperature = value
            case "cut":
                let at = scanner.position
                guard case .bool(let value) = try scanner.value() else { throw scanner.error(.expected("true or false", found: "another value"), at: at) }
                isCut = value
            default: try scanner.skip()
            }
        }
        guard instruction != nil || opening != nil else { throw scanner.error(.missing("\"instruction\""), at: start) }
        guard let text else { throw scanner.error(.missing("\"text\""), at: start) }
        guard let temperature else { throw scanner.error(.missing("\"temperature\""), at: start) }
        self.init(opening: opening ?? "", text: text, temperature: temperature, isCut: isCut)
        self.instruction = instruction
    }

    private static func words(_ scanner: inout JSONScanner) throws(FileError) -> String {
        let at = scanner.position, words = try scanner.string("a string")
        guard words.contains(where: { !$0.isWhitespace }) else { throw scanner.error(.outOfRange("is empty; there is nothing to learn from it"), at: at) }
        return words
    }

    /// The text as JSON on one line.
    public var line: String {
        var members: [String: JSONValue] = ["temperature": .number(temperature), "text": .string(text)]
        if let instruction { members["instruction"] = .string(instruction) }
        if !opening.isEmpty { members["opening"] = .string(opening) }
        if isCut { members["cut"] = .bool(true) }
        return JSONValue.object(members).text
    }
}
