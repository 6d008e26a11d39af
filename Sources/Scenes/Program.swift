/// A step of a program: CLEVR's 27 functions, with the attribute of the four families (`filter_color` is `.filter("color")`) left open for other worlds.
public enum Function: Hashable, Sendable {
    /// All objects.
    case scene
    /// Those of the input whose attribute has the step's argument as value.
    case filter(String)
    /// The one object of the input.
    case unique
    /// The objects that stand in the argument's relation to the input object.
    case relate
    /// Those of either input; those of both.
    case union, intersect
    /// How many; whether any.
    case count, exist
    /// An attribute's value of the input object.
    case query(String)
    /// The other objects with the input object's value of an attribute.
    case same(String)
    /// Whether two values of an attribute are equal.
    case equal(String)
    /// Two numbers compared.
    case equalInteger, lessThan, greaterThan
    /// Whether two objects are one.
    case equalObject

    /// The name in program files: `filter_color`, `equal_integer`.
    public var name: String {
        switch self {
        case .scene: "scene"
        case .filter(let attribute): "filter_" + attribute
        case .unique: "unique"
        case .relate: "relate"
        case .union: "union"
        case .intersect: "intersect"
        case .count: "count"
        case .exist: "exist"
        case .query(let attribute): "query_" + attribute
        case .same(let attribute): "same_" + attribute
        case .equal(let attribute): "equal_" + attribute
        case .equalInteger: "equal_integer"
        case .lessThan: "less_than"
        case .greaterThan: "greater_than"
        case .equalObject: "equal_object"
        }
    }

    /// The name without an attribute: `filter` for every `filter_…`.
    public var family: String {
        switch self {
        case .filter: "filter"
        case .query: "query"
        case .same: "same"
        case .equal: "equal"
        default: name
        }
    }

    /// The function of this name; nil where there is none.
    public init?(name: String) {
        switch name {
        case "scene": self = .scene
        case "unique": self = .unique
        case "relate": self = .relate
        case "union": self = .union
        case "intersect": self = .intersect
        case "count": self = .count
        case "exist": self = .exist
        case "equal_integer": self = .equalInteger
        case "less_than": self = .lessThan
        case "greater_than": self = .greaterThan
        case "equal_object": self = .equalObject
        default:
            guard let bar = name.firstIndex(of: "_") else { return nil }
            let attribute = String(name[name.index(after: bar)...])
            guard !attribute.isEmpty else { return nil }
            switch name[..<bar] {
            case "filter": self = .filter(attribute)
            case "query": self = .query(attribute)
            case "same": self = .same(attribute)
            case "equal": self = .equal(attribute)
            default: return nil
            }
        }
    }

    /// How many steps it takes its input from.
    public var inputCount: Int {
        switch self {
        case .scene: 0
        case .union, .intersect, .equal, .equalInteger, .lessThan, .greaterThan, .equalObject: 2
        default: 1
        }
    }

    /// Whether it has an argument (a value for `filter`, a relation for `relate`).
    public var takesArgument: Bool {
        switch self {
        case .filter, .relate: true
        default: false
        }
    }
}

/// A question in steps; each step's inputs are numbers of steps before it, the last step gives the answer.
public struct Program: Hashable, Sendable {
    /// One step.
    public struct Node: Hashable, Sendable {
        /// What the step does.
        public var function: Function
        /// Steps before this one that it takes its input from.
        public var inputs: [Int]
        /// The value to filter by, or the relation.
        public var argument: String?

        /// A step.
        public init(_ function: Function, inputs: [Int] = [], argument: String? = nil) {
            self.function = function
            self.inputs = inputs
            self.argument = argument
        }
    }

    /// The steps, in the order in which they are carried out.
    public var nodes: [Node]

    /// A program of these steps.
    public init(nodes: [Node]) { self.nodes = nodes }
}
