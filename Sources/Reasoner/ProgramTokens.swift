import Language
import Scenes

extension ReasonerVocabulary {
    /// A program as tokens, each step after those that it takes its input from (postfix): a step that serves two others is written twice.
    /// nil where a function or an argument has no token.
    public func tokens(of program: Program) -> [Int]? {
        guard let last = program.nodes.indices.last else { return nil }
        var tokens: [Int] = []
        func write(_ step: Int) -> Bool {
            let node = program.nodes[step]
            for input in node.inputs where input >= step || !write(input) { return false }
            guard let id = id(of: node.function), tokens.count < 512 else { return false }
            tokens.append(id)
            guard node.function.takesArgument else { return true }
            guard let argument = node.argument, let id = self.id(ofArgument: argument, of: node.function) else { return false }
            tokens.append(id)
            return true
        }
        return write(last) ? tokens : nil
    }

    /// The program that tokens say; nil where they say none.
    public func program(of tokens: [Int]) -> Program? {
        var nodes: [Program.Node] = [], stack: [Int] = [], place = 0
        while place < tokens.count {
            guard let function = function(tokens[place]), stack.count >= function.inputCount else { return nil }
            var node = Program.Node(function, inputs: Array(stack.suffix(function.inputCount)))
            place += 1
            if function.takesArgument {
                guard place < tokens.count, let argument = argument(tokens[place]) else { return nil }
                node.argument = argument
                place += 1
            }
            stack.removeLast(function.inputCount)
            stack.append(nodes.count)
            nodes.append(node)
        }
        let program = Program(nodes: nodes)
        return stack.count == 1 && (try? program.check()) != nil ? program : nil
    }
}

/// What a program may go on with: functions whose inputs are there, arguments of the right kind, an end when one answer is left.
package struct ProgramGrammar: TokenConstraint {
    private let vocabulary: ReasonerVocabulary
    /// What waits to be used: its type, and of a value the attribute.
    private var stack: [(type: StepType, attribute: String?)] = []
    private var argumentOf: Function?
    private var isFresh = true
    package private(set) var isComplete = false

    private let end: Int

    /// - Parameter end: the token that ends a program; nil: the document's.
    package init(_ vocabulary: ReasonerVocabulary, end: Int? = nil) {
        self.vocabulary = vocabulary
        self.end = end ?? vocabulary.end
    }

    package mutating func allowed(_ mask: inout TokenMask) {
        if let function = argumentOf {
            for id in vocabulary.arguments(of: function) { mask.allow(id) }
            return
        }
        if isFresh { mask.allow(vocabulary.unknown) }
        for (function, id) in vocabulary.functions where stack.suffix(function.inputCount).map(\.type) == function.inputTypes {
            // Two sets at most wait for each other: nothing takes more.
            if function == .scene, stack.count > 1 || stack.first?.type == .truth { continue }
            // What waits below must be of a kind that goes together with what this gives.
            if let below = stack.dropLast(function.inputCount).last, !Self.go(together: below, function) { continue }
            if case .equal(let attribute) = function, stack.suffix(2).contains(where: { $0.attribute != attribute }) { continue }
            mask.allow(id)
        }
        if stack.count == 1, let last = stack.first?.type, last != .objects, last != .object { mask.allow(end) }
    }

    private static func go(together below: (type: StepType, attribute: String?), _ function: Function) -> Bool {
        switch function.outputType {
        case .objects, .object: true
        case .number: below.type == .number
        case .value: if case .query(let attribute) = function { below.type == .value && below.attribute == attribute } else { false }
        case .truth: false
        }
    }

    package mutating func accept(_ token: Int) {
        isFresh = false
        if argumentOf != nil {
            argumentOf = nil
        } else if let function = vocabulary.function(token) {
            stack.removeLast(function.inputCount)
            if case .query(let attribute) = function { stack.append((.value, attribute)) } else { stack.append((function.outputType, nil)) }
            argumentOf = function.takesArgument ? function : nil
        } else {
            isComplete = true
        }
    }
}
