/// The kinds that results on CLEVR are reported by (Johnson et al. 2017, table 1), told by a program's last step.
public enum QuestionKind: String, Sendable, CaseIterable, Codable, Comparable {
    case count, exist, compareNumbers = "compare numbers", query, compareAttribute = "compare attribute", other

    /// The kind of a program.
    public init(_ program: Program) {
        self = switch program.nodes.last?.function {
        case .count: .count
        case .exist: .exist
        case .equalInteger, .lessThan, .greaterThan: .compareNumbers
        case .query: .query
        case .equal: .compareAttribute
        default: .other
        }
    }

    public static func < (a: Self, b: Self) -> Bool { (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0) }
}
