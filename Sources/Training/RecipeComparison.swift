import Files
import Yams

/// Tells whether two recipe texts describe the same training, so that a checkpoint of one may go on under the other.
///
/// Comments, order and spelling of numbers (`1e-3`, `0.001`) do not count. `output`, `name`, `every` and `checkpointing` may
/// change: they decide where, how often and in how much memory, not what one step does. `steps` may change too, so that a run can be made longer or shorter, but it
/// is the length of the learning-rate schedule: other steps from here on have other rates (with `cosine` at once, with `wsd`
/// from the start of the decay), and the run is no longer one that had this length from the beginning. `Trainer` says so.
package struct RecipeComparison {
    private static let free: Set<String> = ["steps", "output", "name", "every", "checkpointing"]

    /// Every scalar of the recipe that a resumed run must share, by its path.
    package let values: [String: String]

    /// - Parameter recipe: the shared part as it is used, with its defaults and with what a command's options changed;
    ///   the job's sections are taken from the document's text.
    package init(_ recipe: RunRecipe, _ document: RecipeDocument) throws(RecipeError) {
        let shared: Node
        do { shared = try Yams.compose(yaml: YAMLEncoder().encode(recipe)) ?? "" } catch {
            throw .notYAML(file: document.file, reason: "\(error)")
        }
        let own = Set(RunRecipe.CodingKeys.allCases.map(\.rawValue))
        var values: [String: String] = [:]
        for (key, node) in shared.mapping.map(Array.init) ?? [] {
            guard let name = key.string, !Self.free.contains(name) else { continue }
            Self.flatten(node, path: name, into: &values)
        }
        for (key, node) in document.root.mapping.map(Array.init) ?? [] {
            guard let name = key.string, !own.contains(name) else { continue }
            Self.flatten(node, path: name, into: &values)
        }
        self.values = values
    }

    /// The first key, by name, that differs, with both values.
    package func difference(from other: RecipeComparison) -> (key: String, mine: String, theirs: String)? {
        let keys = Set(values.keys).union(other.values.keys).sorted()
        for key in keys where values[key] != other.values[key] {
            return (key, values[key] ?? "absent", other.values[key] ?? "absent")
        }
        return nil
    }

    /// 64-bit FNV-1a of the sorted paths and values, in hexadecimal.
    package var hash: String {
        let digits = String(fnv1a(values.keys.sorted().map { "\($0)=\(values[$0] ?? "")\n" }.joined().utf8), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func flatten(_ node: Node, path: String, into values: inout [String: String]) {
        switch node {
        case .scalar(let scalar):
            values[path] = Double(scalar.string).map { "\($0)" } ?? scalar.string
            // A whole number beyond 2^53 keeps its digits: two seeds must not fall together.
            if let whole = UInt64(scalar.string) { values[path] = "\(whole)" }
            if let number = Double(scalar.string), let whole = Int64(exactly: number), abs(number) < 9e15 {
                values[path] = "\(whole)"
            }
        case .mapping(let mapping):
            for (key, value) in mapping { flatten(value, path: "\(path).\(key.string ?? "?")", into: &values) }
        case .sequence(let sequence):
            for (i, value) in sequence.enumerated() { flatten(value, path: "\(path).\(i)", into: &values) }
        default:
            values[path] = "alias"
        }
    }
}
