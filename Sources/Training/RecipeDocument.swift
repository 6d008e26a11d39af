import Foundation
import Yams

/// A recipe file as read: its text and its YAML tree, from which the trainer and the job each decode their sections.
/// ```swift
/// let document = try RecipeDocument(contentsOf: url)
/// let run = try document.run(jobSections: ["model", "data"])
/// let data = try document.section("data", as: DataSettings.self, keys: ["rows", "length"])
/// ```
public struct RecipeDocument {
    /// The name shown in errors.
    public let file: String
    /// The text as it stands in the file.
    public let text: String
    let root: Node

    /// A recipe is a page of text; anything larger is another kind of file.
    private static let largestFile = 1 << 20

    /// Reads a recipe file.
    /// - Throws: `RecipeError`: not readable, not YAML, no mapping.
    public init(contentsOf url: URL) throws(RecipeError) {
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw .unreadable(file: url.path, reason: reason(error))
        }
        guard data.count <= Self.largestFile, let text = String(data: data, encoding: .utf8) else {
            throw .unreadable(file: url.path, reason: "not a UTF-8 text below 1 MiB")
        }
        try self.init(text: text, file: url.path)
    }

    /// - Parameter file: the name to show in errors.
    public init(text: String, file: String = "recipe.yaml") throws(RecipeError) {
        self.file = file
        self.text = text
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw .notYAML(file: file, reason: "\(error)")
        }
        guard let node, node.mapping != nil else { throw .notAMapping(file: file, section: "") }
        root = node
    }

    private init(file: String, root: Node) throws(RecipeError) {
        do { text = try Yams.serialize(node: root) } catch { throw .notYAML(file: file, reason: "\(error)") }
        (self.file, self.root) = (file, root)
    }

    /// The same recipe with some keys set anew, without its comments: what a run of one of several settings is recorded as.
    /// - Parameter assignments: a key, or a path with dots, and a value in YAML: `seed=2`, `data.lists=0.3`. A section that is not there is made.
    /// A run is resumed with the same ones.
    /// - Throws: `RecipeError.badAssignment`, or `notYAML` for what cannot be written as YAML.
    public func setting(_ assignments: [String]) throws(RecipeError) -> RecipeDocument {
        guard !assignments.isEmpty else { return self }
        var root = root
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), let found = try? Yams.compose(yaml: String(assignment[assignment.index(after: equals)...])) else {
                throw .badAssignment(assignment)
            }
            let path = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
            guard !path.contains(""), Self.set(Self.withoutPlace(found), at: path[...], in: &root) else { throw .badAssignment(assignment) }
        }
        return try RecipeDocument(file: file, root: root)
    }

    /// A value from elsewhere has no line of this file.
    private static func withoutPlace(_ node: Node) -> Node {
        switch node {
        case .scalar(let scalar): Node(scalar.string, scalar.tag, scalar.style)
        case .sequence(let sequence): Node(sequence.map(withoutPlace), sequence.tag, sequence.style)
        case .mapping(let mapping): Node(mapping.map { (withoutPlace($0.key), withoutPlace($0.value)) }, mapping.tag, mapping.style)
        default: node
        }
    }

    /// False where the path leads through something that is no section.
    private static func set(_ value: Node, at path: ArraySlice<String>, in node: inout Node) -> Bool {
        guard let key = path.first, node.mapping != nil else { return false }
        if path.count == 1 {
            node[key] = value
            return true
        }
        var section = node[key].flatMap { $0.null == nil ? $0 : nil } ?? Node([(Node, Node)]())
        guard set(value, at: path.dropFirst(), in: &section) else { return false }
        node[key] = section
        return true
    }

    /// Decodes the shared part. `jobSections` as in `RunRecipe.init(yaml:file:jobSections:)`.
    public func run(jobSections: [String]? = nil) throws(RecipeError) -> RunRecipe {
        let shared = RunRecipe.CodingKeys.allCases.map(\.rawValue)
        if let jobSections {
            try check(root, path: "", known: shared + jobSections)
        } else {
            try checkForMisspelling(of: shared)
        }
        let parts = [("batch", RunRecipe.Batch.CodingKeys.allCases.map(\.rawValue)),
                     ("optimizer", RunRecipe.Optimizer.CodingKeys.allCases.map(\.rawValue)),
                     ("every", RunRecipe.Every.CodingKeys.allCases.map(\.rawValue))]
        for (section, known) in parts {
            guard let node = root[section], node.null == nil else { continue }
            try check(node, path: section, known: known)
        }
        return try decode(RunRecipe.self, from: root, path: [])
    }

    /// Decodes one of the job's sections; a key outside `keys` is an error naming the nearest.
    /// - Parameters:
    ///   - name: a top-level key, or a path with dots (`data.mix`). An absent section decodes like an empty one, so
    ///     that a type whose keys all have defaults needs none.
    ///   - keys: every key the section may have; nil allows any.
    public func section<T: Decodable>(_ name: String, as type: T.Type, keys: [String]?) throws(RecipeError) -> T {
        var node: Node? = root
        let path = name.split(separator: ".").map(String.init)
        for part in path { node = node?[part] }
        let found: Node = if let node, node.null == nil { node } else { Node([(Node, Node)]()) }
        if let keys { try check(found, path: name, known: keys) }
        return try decode(type, from: found, path: path)
    }

    /// Whether a section is there with something in it.
    public func has(_ section: String) -> Bool { root[section].map { $0.null == nil } ?? false }

    /// The top-level keys, in the file's order.
    public var sections: [String] { root.mapping?.keys.compactMap(\.string) ?? [] }

    // MARK: Checks

    private func check(_ node: Node, path: String, known: [String]) throws(RecipeError) {
        guard let mapping = node.mapping else { throw .notAMapping(file: file, section: path) }
        for key in mapping.keys {
            let name = key.string ?? "?"
            if !known.contains(name) { throw unknown(key, path: path, known: known) }
        }
    }

    /// Unknown top-level keys belong to the job, save those one slip away from a shared key.
    private func checkForMisspelling(of known: [String]) throws(RecipeError) {
        for key in root.mapping?.keys.map({ $0 }) ?? [] {
            guard let name = key.string, !known.contains(name), let near = nearest(to: name, in: known) else { continue }
            let slip = near.count <= 4 ? 1 : 2
            if editDistance(name.lowercased(), near.lowercased()) <= slip { throw unknown(key, path: "", known: known) }
        }
    }

    private func unknown(_ key: Node, path: String, known: [String]) -> RecipeError {
        let name = key.string ?? "?"
        return .unknownKey(file: file, line: key.mark?.line, key: path.isEmpty ? name : "\(path).\(name)",
                           nearest: nearest(to: name, in: known), known: known)
    }

    // MARK: Decoding

    private func decode<T: Decodable>(_ type: T.Type, from node: Node, path: [String]) throws(RecipeError) -> T {
        do {
            return try YAMLDecoder().decode(type, from: node)
        } catch let error as DecodingError {
            throw explain(error, from: node, path: path)
        } catch {
            throw .notYAML(file: file, reason: "\(error)")
        }
    }

    /// Turns a `DecodingError` into the key, its line, what stands there and what was expected.
    private func explain(_ error: DecodingError, from node: Node, path: [String]) -> RecipeError {
        let context: DecodingError.Context
        let expected: String
        var missing: String?
        switch error {
        case .typeMismatch(let type, let found):
            (context, expected) = (found, name(of: type))
        case .valueNotFound(let type, let found):
            (context, expected) = (found, name(of: type))
        case .keyNotFound(let key, let found):
            (context, expected, missing) = (found, "", key.stringValue)
        case .dataCorrupted(let found):
            (context, expected) = (found, found.debugDescription)
        @unknown default:
            return .notYAML(file: file, reason: "\(error)")
        }
        var keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        if let missing {
            keys.append(missing)
            return .missingKey(file: file, key: (path + keys).joined(separator: "."))
        }
        var at: Node? = node
        for key in keys { at = Int(key).flatMap { at?.sequence?[safe: $0] } ?? at?[key] }
        return .badValue(file: file, line: at?.mark?.line, key: (path + keys).joined(separator: "."),
                         found: at.map(Self.shown) ?? "absent", expected: expected)
    }

    private static func shown(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "\"\(scalar.string)\""
        case .mapping: "a mapping"
        case .sequence(let sequence): "a list of \(sequence.count)"
        default: "an alias"
        }
    }

    private func name(of type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is UInt64.Type: "a whole number, 0 or more"
        case is Double.Type, is Float.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is Node.Scalar.Type: "a single value"
        default: "\(type)"
        }
    }
}

extension Node.Sequence {
    fileprivate subscript(safe index: Int) -> Node? { indices.contains(index) ? self[index] : nil }
}

/// The known word with the fewest edits from `word`; nil for an empty list or when nothing is alike.
package func nearest(to word: String, in known: [String]) -> String? {
    let scored = known.map { (editDistance(word.lowercased(), $0.lowercased()), $0) }
    guard let best = scored.min(by: { $0.0 < $1.0 }) else { return nil }
    return best.0 < max(word.count, best.1.count) ? best.1 : nil
}

/// The short reason inside a Foundation error.
func reason(_ error: any Error) -> String {
    (error as NSError).localizedDescription
}
