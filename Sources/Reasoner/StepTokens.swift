import Language
import Scenes

extension ReasonerVocabulary {
    /// A program with what each step gives, as the model writes it: after each function (and its argument) the object, the number, the value.
    /// A step that gives a set goes through its objects one by one (see `ScanTokens.swift`), one that compares repeats what it compares:
    /// `<scene> <filter_color> <color red> <o1> <color blue> <no> <o2> <color red> <yes> <unique> <o2> … <equal_size> <size large> <size small> <no>`.
    /// All objects of the scene are not repeated. nil where something has no token.
    /// - Parameter scene: what the trace is about, with places.
    package func tokens(of trace: Trace, in scene: ObjectScene) -> [Int]? {
        var tokens: [Int] = []
        func writeOperands(_ node: Program.Node) -> Bool {
            let operands = node.inputs.map { self.tokens(of: trace.steps[$0].value, of: trace.steps[$0].node.function) }
            tokens += operands.flatMap { $0 ?? [] }
            return operands.allSatisfy { $0 != nil }
        }
        func write(_ index: Int) -> Bool {
            let step = trace.steps[index]
            for input in step.node.inputs where input >= index || !write(input) { return false }
            guard let function = id(of: step.node.function), tokens.count < 512 else { return false }
            tokens.append(function)
            if step.node.function.takesArgument {
                guard let argument = step.node.argument, let id = id(ofArgument: argument, of: step.node.function) else { return false }
                tokens.append(id)
            }
            if step.node.function == .scene { return true }
            let value: [Int]?
            if case .objects(let chosen) = step.value {
                let inputs = step.node.inputs.map { trace.steps[$0].value }
                var all = Array(scene.objects.indices), object: Int?
                if step.node.function.choosesFromInput, case .objects(let given)? = inputs.first { all = given }
                if case .object(let one)? = inputs.first { object = one }
                value = self.tokens(scanning: all, for: chosen, step.node.function, step.node.argument, input: object, in: scene)
            } else {
                value = self.tokens(of: step.value, of: step.node.function)
                guard !step.node.function.compares || writeOperands(step.node) else { return false }
            }
            guard let value else { return false }
            tokens += value
            return true
        }
        return trace.steps.indices.last.map(write) == true ? tokens : nil
    }

    /// What a step gives that is no set, as tokens; nil where there is none for it.
    package func tokens(of value: StepValue, of function: Function) -> [Int]? {
        switch value {
        case .objects: nil
        case .object(let one): one < Self.objectCount ? [object(one)] : nil
        case .number(let count): count <= Self.objectCount ? [number(count)] : nil
        case .truth(let holds): [truth(holds)]
        case .value(let word):
            if case .query(let attribute) = function { id(of: word, of: attribute).map { [$0] } } else { nil }
        }
    }

    /// The steps that tokens say, each with what was written for it, and the program that they make; nil where they say none.
    package func trace(of tokens: [Int], objects count: Int) -> Trace? {
        var plain: [Int] = [], values: [[Int]] = []
        for token in tokens {
            if function(token) != nil {
                plain.append(token)
                values.append([])
            } else if let last = plain.last, let function = function(last), function.takesArgument, argument(token) != nil {
                plain.append(token)
            } else if !values.isEmpty {
                values[values.count - 1].append(token)
            }
        }
        guard let program = program(of: plain), program.nodes.count == values.count else { return nil }
        var steps: [Trace.Step] = []
        for (node, own) in zip(program.nodes, values) {
            guard let value = value(own, of: node.function, objects: count) else { return nil }
            steps.append(Trace.Step(node: node, value: value))
        }
        return Trace(steps: steps)
    }

    /// What tokens after a function say that it gives.
    package func value(_ tokens: [Int], of function: Function, objects count: Int) -> StepValue? {
        if function == .scene { return .objects(Array(0..<count)) }
        switch function.outputType {
        case .objects: return .objects(chosen(tokens).filter { $0 < count })
        case .object: return tokens.first.flatMap(objectOf).map(StepValue.object)
        case .number: return tokens.first.flatMap(numberOf).map(StepValue.number)
        case .truth: return tokens.last.flatMap(truthOf).map(StepValue.truth)
        case .value: return tokens.first.flatMap { attributeAndValue($0)?.value }.map(StepValue.value)
        }
    }
}

/// What the steps of a rationale may go on with: functions whose inputs are there, arguments and values of the right kind, then `<answer>` and one.
package struct StepGrammar: TokenConstraint {
    private let vocabulary: ReasonerVocabulary
    private var program: ProgramGrammar
    /// What is written now: nothing yet or a step's value, the argument of a function, the answer, nothing more; what is
    /// compared; and of a scan: the look before the first object, what is looked up of one, whether it is chosen.
    private enum State {
        case value(Function?, written: Int), argument(Function), operand(Function, Int), own(Function), look(Function, Int), choice(Function, Int), answer, done
    }
    private var lookup: ReasonerVocabulary.Lookup?
    private var state = State.value(nil, written: 0)
    private var last: Function?
    private let objects: Int

    /// - Parameter objects: how many objects there are to speak of.
    package init(_ vocabulary: ReasonerVocabulary, objects: Int) {
        (self.vocabulary, self.objects) = (vocabulary, objects)
        program = ProgramGrammar(vocabulary, end: vocabulary.answer)
    }

    /// Whether the answer is written.
    package var isComplete: Bool { if case .done = state { true } else { false } }

    package mutating func allowed(_ mask: inout TokenMask) {
        switch state {
        case .done: return
        case .answer: if let last { values(of: last).forEach { mask.allow($0) } }
        case .argument(let function): vocabulary.arguments(of: function).forEach { mask.allow($0) }
        case .operand(let function, _): operands(of: function).forEach { mask.allow($0) }
        case .own, .look: if let lookup { vocabulary.tokens(for: lookup).forEach { mask.allow($0) } }
        case .choice: [true, false].forEach { mask.allow(vocabulary.truth($0)) }
        case .value(let function, let written):
            if let function, function != .scene {
                if function.outputType == .objects {
                    // Ascending; none is allowed too.
                    for index in written..<objects { mask.allow(vocabulary.object(index)) }
                } else if written == 0 {
                    return values(of: function).forEach { mask.allow($0) }
                }
            }
            program.allowed(&mask)
        }
    }

    private func values(of function: Function) -> [Int] {
        if case .query(let attribute) = function { vocabulary.tokens(for: .attribute(attribute)) } else { values(of: function.outputType) }
    }

    private func operands(of function: Function) -> [Int] {
        if case .equal(let attribute) = function { vocabulary.tokens(for: .attribute(attribute)) } else { function.inputTypes.first.map(values) ?? [] }
    }

    private func values(of type: StepType) -> [Int] {
        switch type {
        case .objects, .value: []
        case .object: (0..<objects).map(vocabulary.object)
        case .number: (0...ReasonerVocabulary.objectCount).map(vocabulary.number)
        case .truth: [vocabulary.truth(true), vocabulary.truth(false)]
        }
    }

    package mutating func accept(_ token: Int) {
        switch state {
        case .done: return
        case .answer: state = .done
        case .argument(let function):
            program.accept(token)
            begin(function, vocabulary.argument(token))
        case .operand(let function, let place): state = place + 1 < function.inputCount ? .operand(function, place + 1) : .value(function, written: 0)
        case .own(let function): state = .value(function, written: 0)
        case .look(let function, let index): state = .choice(function, index)
        // After object i of a set only later ones may come.
        case .choice(let function, let index): state = .value(function, written: index + 1)
        case .value(let function, _):
            if let next = vocabulary.function(token) {
                program.accept(token)
                last = next
                if next.takesArgument { state = .argument(next) } else { begin(next, nil) }
            } else if token == vocabulary.answer {
                state = .answer
            } else if token == vocabulary.unknown {
                state = .done
            } else if let function, function.outputType == .objects, let index = vocabulary.objectOf(token) {
                state = lookup == nil ? .choice(function, index) : .look(function, index)
            } else {
                state = .value(function, written: 1)
            }
        }
    }

    /// The function and its argument are written, its value begins.
    private mutating func begin(_ function: Function, _ argument: String?) {
        lookup = vocabulary.lookup(of: function, argument)
        state = function.compares ? .operand(function, 0) : lookup != nil && function.comparesWithInput ? .own(function) : .value(function, written: 0)
    }
}
