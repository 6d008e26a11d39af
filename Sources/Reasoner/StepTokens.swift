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

    /// The steps that tokens say, each with what was written for it, and the program that they make; nil where they say none. What was looked up of
    /// an object and what was compared are not part of it.
    /// - Parameter objects: how many there are; nil: as many as the tokens speak of.
    package func trace(of tokens: [Int], objects: Int?) -> Trace? {
        let count = objects ?? (tokens.compactMap(objectOf).max() ?? -1) + 1
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
/// A scan goes through the objects that are to be chosen from (all, or those that the steps before have chosen, as written), each in its turn; what is
/// looked up and what is chosen is the model's own.
package struct StepGrammar: TokenConstraint {
    private let vocabulary: ReasonerVocabulary
    private var program: ProgramGrammar
    /// What comes next: a step, a function's argument or value, what is compared; of a scan, the look before the first object, the object of a
    /// place, what is looked up of it, whether it is chosen; the answer; nothing.
    private enum State {
        case step, argument(Function), value(Function), operand(Function, Int), own, object(Int), look(Int), choice(Int), answer, done
    }
    private var state = State.step
    private var last: Function?
    /// How many objects there are; nil until a scan of all has told.
    private var objects: Int?
    /// The sets among the values that wait to be used; values of another kind stand as empty ones.
    private var waiting: [[Int]] = []
    /// Of the scan that is being written: what is looked up, the objects, those chosen.
    private var lookup: ReasonerVocabulary.Lookup?, scanned: [Int] = [], chosen: [Int] = []

    /// - Parameter objects: how many objects there are to speak of; nil: no list has told.
    package init(_ vocabulary: ReasonerVocabulary, objects: Int?) {
        (self.vocabulary, self.objects) = (vocabulary, objects)
        program = ProgramGrammar(vocabulary, end: vocabulary.answer)
    }

    /// Whether the answer is written.
    package var isComplete: Bool { if case .done = state { true } else { false } }

    private var all: [Int] { Array(0..<(objects ?? ReasonerVocabulary.objectCount)) }

    package mutating func allowed(_ mask: inout TokenMask) {
        switch state {
        case .done: return
        case .step: program.allowed(&mask)
        case .answer: if let last { values(of: last).forEach { mask.allow($0) } }
        case .argument(let function): vocabulary.arguments(of: function).forEach { mask.allow($0) }
        case .value(let function): values(of: function).forEach { mask.allow($0) }
        case .operand(let function, _): operands(of: function).forEach { mask.allow($0) }
        case .own, .look: if let lookup { vocabulary.tokens(for: lookup).forEach { mask.allow($0) } }
        case .choice: [true, false].forEach { mask.allow(vocabulary.truth($0)) }
        case .object(let place):
            if place < scanned.count { mask.allow(vocabulary.object(scanned[place])) }
            if objects == nil, place > 0 { program.allowed(&mask) }
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
        case .object: all.map(vocabulary.object)
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
        case .value: finish([])
        case .operand(let function, let place): state = place + 1 < function.inputCount ? .operand(function, place + 1) : .value(function)
        case .own: goOn(with: 0)
        case .look(let place): state = .choice(place)
        case .choice(let place):
            if vocabulary.truthOf(token) == true { chosen.append(scanned[place]) }
            goOn(with: place + 1)
        case .object(let place):
            if vocabulary.objectOf(token) != nil {
                state = lookup == nil ? .choice(place) : .look(place)
            } else {
                // No further object: now it is known how many there are.
                (objects, waiting) = (place, waiting.map { $0.filter { $0 < place } })
                finish(chosen)
                accept(token)
            }
        case .step:
            if let next = vocabulary.function(token) {
                program.accept(token)
                last = next
                if next.takesArgument { state = .argument(next) } else { begin(next, nil) }
            } else {
                state = token == vocabulary.answer ? .answer : .done
            }
        }
    }

    /// The function and its argument are written, its value begins.
    private mutating func begin(_ function: Function, _ argument: String?) {
        let inputs = Array(waiting.suffix(function.inputCount))
        waiting.removeLast(inputs.count)
        switch function.outputType {
        case .objects where function == .scene: finish(all)
        case .objects:
            lookup = vocabulary.lookup(of: function, argument)
            (scanned, chosen) = (function.choosesFromInput ? inputs.first ?? [] : all, [])
            if lookup != nil, function.comparesWithInput { state = .own } else { goOn(with: 0) }
        default: state = function.compares ? .operand(function, 0) : .value(function)
        }
    }

    private mutating func goOn(with place: Int) { if place < scanned.count { state = .object(place) } else { finish(chosen) } }

    /// A step's value is written.
    private mutating func finish(_ set: [Int]) {
        waiting.append(set)
        state = .step
    }
}
