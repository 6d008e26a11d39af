/// What can be wrong with a recipe file: the place, what was expected, what to do.
public enum RecipeError: Error, Equatable, CustomStringConvertible {
    /// The file is not there or no text.
    case unreadable(file: String, reason: String)
    /// The text is not YAML.
    case notYAML(file: String, reason: String)
    /// The recipe, or a section of it, is no list of keys.
    case notAMapping(file: String, section: String)
    /// A key that nobody reads, and the known one most like it.
    case unknownKey(file: String, line: Int?, key: String, nearest: String?, known: [String])
    /// A key that must be there is not.
    case missingKey(file: String, key: String)
    /// A value of another kind or outside its range.
    case badValue(file: String, line: Int?, key: String, found: String, expected: String)
    /// What was to be set in a recipe is no key with a value, or leads through something that is no section.
    case badAssignment(String)

    /// The sentence for the user: file and line, what stands there, what to write.
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
        case .badAssignment(let text):
            return "\(text): expected KEY=VALUE with a key of the recipe, as in seed=2 or data.rows=4"
        }
    }

    private static func place(_ file: String, _ line: Int?) -> String {
        line.map { "\(file):\($0)" } ?? file
    }
}
