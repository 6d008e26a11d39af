import Files
import Foundation

/// A question about a picture, as CLEVR's question files have it.
public struct Question: Hashable, Sendable {
    /// The words.
    public var text: String
    /// The picture's file name and number.
    public var imageFilename: String?, imageIndex: Int?
    /// The question's own number.
    public var index: Int?
    /// The family of questions that it was made from.
    public var family: Int?
    /// Its steps, where the file has them, and what the file says each gives (`_output`; nil where it does not).
    public var program: Program?, outputs: [JSONValue?]
    /// The answer as the public release writes it (`yes`, `3`, `red`), where the file has one.
    public var answer: String?

    /// A question in words.
    public init(_ text: String, program: Program? = nil, answer: String? = nil) {
        self.text = text
        self.program = program
        self.answer = answer
        outputs = []
    }

    /// The questions of a file, `{"questions": […]}`.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> [Question] {
        var scanner = JSONScanner([UInt8](data), file: name), questions: [Question]?
        guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "{\"questions\": […]}")) }
        try scanner.members("an object with \"questions\"") { (scanner, key) throws(FileError) in
            guard key == "questions" else { return try scanner.skip() }
            var list: [Question] = []
            try scanner.elements("a list of questions") { (scanner, index) throws(FileError) in
                try scanner.limit(index, "questions")
                scanner.beginRecord()
                list.append(try Question(&scanner))
            }
            questions = list
        }
        guard scanner.peek() == nil else { throw scanner.error(.malformed("something follows the end of the questions")) }
        guard let questions else { throw scanner.error(.missing("\"questions\""), at: 0) }
        return questions
    }

    private init(_ scanner: inout JSONScanner) throws(FileError) {
        let start = scanner.position
        var text: String?, program: Program?, outputs: [JSONValue?] = []
        self.init("")
        try scanner.members("a question") { (scanner, key) throws(FileError) in
            switch key {
            case "question": text = try scanner.string("the question as a string")
            case "image_filename": imageFilename = try scanner.takeNull() ? nil : try scanner.string("a file name as a string")
            case "image_index": imageIndex = try scanner.takeNull() ? nil : try scanner.integer("a whole number")
            case "question_index": index = try scanner.takeNull() ? nil : try scanner.integer("a whole number")
            case "question_family_index": family = try scanner.takeNull() ? nil : try scanner.integer("a whole number")
            case "program": if try !scanner.takeNull() { (program, outputs) = try Program.take(&scanner) }
            case "answer":
                let at = scanner.position
                switch try scanner.value() {
                case .string(let text): answer = text
                case .integer(let count): answer = String(count)
                case .bool(let holds): answer = holds ? "yes" : "no"
                case .null: answer = nil
                default: throw scanner.error(.expected("the answer as a string, a whole number or true or false", found: "another value"), at: at)
                }
            default: try scanner.skip()
            }
        }
        guard let text else { throw scanner.error(.missing("\"question\""), at: start) }
        self.text = text
        self.program = program
        self.outputs = outputs
    }

    /// The questions as the public release writes them.
    public static func write(_ questions: [Question], info: [String: JSONValue] = [:]) -> Data {
        Data((#"{"info":"# + JSONValue.object(info).text + #","questions":["# + questions.map { "\n" + $0.line }.joined(separator: ",") + "\n]}\n").utf8)
    }

    /// The question as JSON on one line.
    public var line: String {
        var members: [String: JSONValue] = ["question": .string(text)]
        if let imageFilename { members["image_filename"] = .string(imageFilename) }
        if let imageIndex { members["image_index"] = .integer(imageIndex) }
        if let index { members["question_index"] = .integer(index) }
        if let family { members["question_family_index"] = .integer(family) }
        if let answer { members["answer"] = .string(answer) }
        if let program { members["program"] = program.json }
        return JSONValue.object(members).text
    }
}
