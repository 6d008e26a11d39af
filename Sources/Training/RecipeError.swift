/// What can be wrong with a recipe file: the place, what was expected, what to do.
public enum RecipeError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case notYAML(file: String, reason: String)
    case notAMapping(file: String, section: String)
    case unknownKey(file: String, line: Int?, key: String, nearest: String?, known: [String])
    case missingKey(file: String, key: String)
    case badValue(file: String, line: Int?, key: String, found: String, expected: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            return "\(file): cannot be read (\(reason)); give the path of a recipe in YAML"
        case .notYAML(let file, let reason):
            return "\(file): not valid YAML: \(reason)"
        case .notAMapping(let file, let section):
            let place = section.isEmpty ? "a recipe" : "the section \(section)"
            return "\(file): \(place) must be a list of `key: value` lines"
        case .unknownKey(let file, let line, let key, let nearest, let known):
            let hint = nearest.map { "did you mean \($0)? " } ?? ""
            return "\(Self.place(file, line)): unknown key \(key); \(hint)known here: \(known.joined(separator: ", "))"
        case .missingKey(let file, let key):
            return "\(file): the key \(key) is missing; add it"
        case .badValue(let file, let line, let key, let found, let expected):
            return "\(Self.place(file, line)): \(key) is \(found); expected \(expected)"
        }
    }

    private static func place(_ file: String, _ line: Int?) -> String {
        line.map { "\(file):\($0)" } ?? file
    }
}
