/// Why a program has no answer on a scene.
public enum ProgramError: Error, Equatable, CustomStringConvertible {
    /// A program without steps.
    case empty
    /// Step `step` takes its input from a step that is not before it.
    case badInput(step: Int, input: Int)
    /// Step `step` has another number of inputs than its function takes.
    case inputCount(step: Int, function: String, expected: Int, found: Int)
    /// Step `step` takes its input from a step that gives something else.
    case inputType(step: Int, function: String, expected: String, found: String)
    /// Step `step` needs a value to filter by, or a relation.
    case missingArgument(step: Int, function: String)
    /// Step `step` asks for the one object of none (`count` 0) or of several.
    case notUnique(step: Int, count: Int)
    /// Step `step` asks an object for an attribute that it does not have.
    case noAttribute(step: Int, attribute: String, object: Int)
    /// Step `step` asks for a relation that neither the file nor places tell.
    case noRelation(step: Int, relation: String)

    public var description: String {
        switch self {
        case .empty: "the program has no steps"
        case .badInput(let step, let input): "step \(step) takes its input from step \(input), which is not before it"
        case .inputCount(let step, let function, let expected, let found): "step \(step), \(function), takes \(expected) inputs, not \(found)"
        case .inputType(let step, let function, let expected, let found): "step \(step), \(function), takes \(expected), not \(found)"
        case .missingArgument(let step, let function): "step \(step), \(function), has no argument: give the value or relation in \"value_inputs\""
        case .notUnique(let step, 0): "step \(step) asks for the one object of none"
        case .notUnique(let step, let count): "step \(step) asks for the one object of \(count)"
        case .noAttribute(let step, let attribute, let object): "step \(step): object \(object) has no \(attribute)"
        case .noRelation(let step, let relation): "step \(step): nothing tells which objects are \(relation) of others; give \"relationships\", or places and directions"
        }
    }
}

/// A program carried out: what each step gave.
public struct Trace: Hashable, Sendable {
    /// One step.
    public struct Step: Hashable, Sendable {
        /// The step as it stands in the program.
        public var node: Program.Node
        /// What it gave.
        public var value: StepValue

        /// A step and its value.
        public init(node: Program.Node, value: StepValue) { (self.node, self.value) = (node, value) }
    }

    /// The steps in order.
    public var steps: [Step]

    /// These steps.
    public init(steps: [Step]) { self.steps = steps }

    /// What the last step gave.
    public var answer: StepValue { steps.last?.value ?? .objects([]) }
}

extension Program {
    /// Checks that every step has the inputs and the argument that its function takes, from steps before it.
    public func check() throws(ProgramError) {
        guard !nodes.isEmpty else { throw .empty }
        for (step, node) in nodes.enumerated() {
            let types = node.function.inputTypes, name = node.function.name
            guard node.inputs.count == types.count else { throw .inputCount(step: step, function: name, expected: types.count, found: node.inputs.count) }
            for (input, type) in zip(node.inputs, types) {
                guard (0..<step).contains(input) else { throw .badInput(step: step, input: input) }
                let found = nodes[input].function.outputType
                guard found == type else { throw .inputType(step: step, function: name, expected: type.rawValue, found: found.rawValue) }
                // Values are compared with values of the same attribute only, and `query` alone gives values.
                if case .equal(let attribute) = node.function, nodes[input].function != .query(attribute) {
                    throw .inputType(step: step, function: name, expected: "query_" + attribute, found: nodes[input].function.name)
                }
            }
            guard !node.function.takesArgument || node.argument != nil else { throw .missingArgument(step: step, function: name) }
        }
    }

    /// Carries the steps out, exactly, and keeps what each gave.
    /// - Throws: ``ProgramError`` for a program that is none, or that asks what the scene does not tell.
    public func run(on scene: ObjectScene) throws(ProgramError) -> Trace {
        try check()
        var values: [StepValue] = []
        values.reserveCapacity(nodes.count)
        for (step, node) in nodes.enumerated() {
            values.append(try node.value(step: step, inputs: node.inputs.map { values[$0] }, scene))
        }
        return Trace(steps: zip(nodes, values).map { Trace.Step(node: $0, value: $1) })
    }
}

extension Trace {
    /// Of each step, whether it gives what its inputs, as they stand here, give on a scene: a written trace checked step by step, so that
    /// one mistake counts once; `unique` of a set that has not one object has nothing to give, whatever is written.
    /// - Precondition: the steps make a program (`Program.check`), each value of its function's type.
    public func checked(on scene: ObjectScene) -> [Bool] {
        steps.enumerated().map { index, step in
            let inputs = step.node.inputs.map { steps[$0].value }
            let known = inputs.allSatisfy { input in
                switch input {
                case .object(let one): scene.objects.indices.contains(one)
                case .objects(let all): all.allSatisfy(scene.objects.indices.contains)
                default: true
                }
            }
            return known && (try? step.node.value(step: index, inputs: inputs, scene)) == step.value
        }
    }
}

extension Program.Node {
    /// - Parameter inputs: of the types that the function takes, as `Program.check` has seen.
    func value(step: Int, inputs: [StepValue], _ scene: ObjectScene) throws(ProgramError) -> StepValue {
        func attribute(_ name: String, of object: Int) throws(ProgramError) -> String {
            guard let value = scene.objects[object].attributes[name] else { throw .noAttribute(step: step, attribute: name, object: object) }
            return value
        }
        switch (function, inputs.first, inputs.last) {
        case (.scene, _, _): return .objects(Array(scene.objects.indices))
        case (.filter(let name), .objects(let all)?, _):
            var found: [Int] = []
            for object in all where try attribute(name, of: object) == argument { found.append(object) }
            return .objects(found)
        case (.unique, .objects(let all)?, _):
            guard all.count == 1 else { throw .notUnique(step: step, count: all.count) }
            return .object(all[0])
        case (.relate, .object(let object)?, _):
            guard let relation = argument, let found = scene.related(relation, to: object) else { throw .noRelation(step: step, relation: argument ?? "") }
            return .objects(found)
        case (.union, .objects(let a)?, .objects(let b)?): return .objects(Set(a).union(b).sorted())
        case (.intersect, .objects(let a)?, .objects(let b)?): return .objects(Set(a).intersection(b).sorted())
        case (.count, .objects(let all)?, _): return .number(all.count)
        case (.exist, .objects(let all)?, _): return .truth(!all.isEmpty)
        case (.query(let name), .object(let object)?, _): return .value(try attribute(name, of: object))
        case (.same(let name), .object(let object)?, _):
            let own = try attribute(name, of: object)
            var found: [Int] = []
            for other in scene.objects.indices where other != object {
                if try attribute(name, of: other) == own { found.append(other) }
            }
            return .objects(found)
        case (.equal, .value(let a)?, .value(let b)?): return .truth(a == b)
        case (.equalInteger, .number(let a)?, .number(let b)?): return .truth(a == b)
        case (.lessThan, .number(let a)?, .number(let b)?): return .truth(a < b)
        case (.greaterThan, .number(let a)?, .number(let b)?): return .truth(a > b)
        case (.equalObject, .object(let a)?, .object(let b)?): return .truth(a == b)
        default: preconditionFailure("step \(step): inputs were not checked")
        }
    }
}
