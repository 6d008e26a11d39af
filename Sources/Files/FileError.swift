/// Why a file could not be read: where (file, line, key), what was found, what was expected or can be done.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, with the values that the sentence needs.
    public enum Problem: Equatable, Sendable {
        /// The file is missing or cannot be opened.
        case unreadable(String)
        /// Nothing, or nothing but white space; what should be there.
        case empty(expected: String)
        /// Not JSON, not SVG; what it looks like instead, and what to do.
        case unknownForm(String)
        /// Not well-formed JSON or XML; what is wrong with it.
        case malformed(String)
        /// A key that must be there is not; its name.
        case missing(String)
        /// A value of another kind than wanted.
        case expected(String, found: String)
        /// A number too large, too small or not allowed there; the whole sentence.
        case outOfRange(String)
        /// The form's version is another than the one read here.
        case unsupportedVersion(String, known: Int)
        /// Nested beyond `limit` levels.
        case tooDeep(limit: Int)
        /// A drawing of more than `limit` points.
        case tooManyPoints(limit: Int)
        /// More than `limit` of what is named, in the plural.
        case tooMany(String, limit: Int)
    }

    /// The file, as the caller named it.
    public var file: String
    /// Counted from 1.
    public var line: Int?
    /// The path of the value, like `objects[1].box[2]`.
    public var key: String?
    /// What is wrong there.
    public var problem: Problem

    /// An error in `file`; `line` counted from 1 and `key`, where they are known.
    public init(file: String, line: Int? = nil, key: String? = nil, _ problem: Problem) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
    }

    /// 66 for an input that is not there, 65 for bad data (sysexits).
    public var exitCode: Int32 {
        if case .unreadable = problem { 66 } else { 65 }
    }

    /// One line for the user: `file:line: key: what is wrong; what to do`.
    public var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let key { place += ": \(key)" }
        return "\(place): \(sentence)"
    }

    private var sentence: String {
        switch problem {
        case .unreadable(let reason): "cannot be read: \(reason); check the path and the permissions"
        case .empty(let what): "is empty; expected \(what)"
        case .unknownForm(let hint): hint
        case .malformed(let what): "\(what); is the file whole?"
        case .missing(let what): "\(what) is missing"
        case .expected(let what, let found): "expected \(what), found \(found)"
        case .outOfRange(let what): what
        case .unsupportedVersion(let found, let known): "version \(found) is not known here, only \(known); a newer Atelier may read it"
        case .tooDeep(let limit): "is nested more than \(limit) levels deep; no file of this kind needs that"
        case .tooManyPoints(let limit): "a drawing has more than \(limit) points; simplify it first"
        case .tooMany(let what, let limit): "has more than \(limit) \(what); split it into smaller files"
        }
    }
}
