import Files

/// What a step of a program gives.
public enum StepValue: Hashable, Sendable {
    /// Objects by number, ascending.
    case objects([Int])
    /// One object by number.
    case object(Int)
    /// How many.
    case number(Int)
    /// Yes or no.
    case truth(Bool)
    /// A value of an attribute.
    case value(String)

    /// The objects that the value is about: of a set or the one; none for the rest.
    public var objects: [Int] {
        switch self {
        case .objects(let all): all
        case .object(let one): [one]
        default: []
        }
    }

    /// As the public release writes answers: `yes`, `no`, `3`, `red`; objects as numbers.
    public var text: String {
        switch self {
        case .objects(let all): all.map(String.init).joined(separator: " ")
        case .object(let one): String(one)
        case .number(let count): String(count)
        case .truth(let holds): holds ? "yes" : "no"
        case .value(let word): word
        }
    }

    /// As the public generator writes `_output`.
    public var json: JSONValue {
        switch self {
        case .objects(let all): .array(all.map(JSONValue.integer))
        case .object(let one): .integer(one)
        case .number(let count): .integer(count)
        case .truth(let holds): .bool(holds)
        case .value(let word): .string(word)
        }
    }
}

/// Kinds of values that steps take and give.
package enum StepType: String {
    case objects = "a set of objects", object = "one object", number = "a number", truth = "yes or no", value = "a value"
}

extension Function {
    /// What its inputs must be.
    package var inputTypes: [StepType] {
        switch self {
        case .scene: []
        case .filter, .unique, .count, .exist: [.objects]
        case .union, .intersect: [.objects, .objects]
        case .relate, .query, .same: [.object]
        case .equal: [.value, .value]
        case .equalInteger, .lessThan, .greaterThan: [.number, .number]
        case .equalObject: [.object, .object]
        }
    }

    /// What it gives.
    package var outputType: StepType {
        switch self {
        case .scene, .filter, .relate, .union, .intersect, .same: .objects
        case .unique: .object
        case .count: .number
        case .query: .value
        case .exist, .equal, .equalInteger, .lessThan, .greaterThan, .equalObject: .truth
        }
    }
}
