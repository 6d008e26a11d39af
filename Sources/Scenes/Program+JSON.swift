import Files
import Foundation

extension Program {
    /// The most steps that a file's program may have; CLEVR's longest has 23.
    public static let stepLimit = 1_000

    /// The program of a file: a list of steps, alone or as `{"program": […]}`.
    ///
    /// A step is `{"type": "filter_color", "inputs": [0], "value_inputs": ["red"]}`; `function` is `type`, `side_inputs` is `value_inputs`.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> Program {
        var scanner = JSONScanner([UInt8](data), file: name), program: Program?
        guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "a program: a list of steps")) }
        if scanner.peek() == UInt8(ascii: "{") {
            try scanner.members("an object with \"program\"") { (scanner, key) throws(FileError) in
                if key == "program" { program = try take(&scanner).program } else { try scanner.skip() }
            }
        } else {
            program = try take(&scanner).program
        }
        guard scanner.peek() == nil else { throw scanner.error(.malformed("something follows the end of the program")) }
        guard let program else { throw scanner.error(.missing("\"program\""), at: 0) }
        return program
    }

    /// The program at the scanner's position, checked, and what the file says that each step gives.
    static func take(_ scanner: inout JSONScanner) throws(FileError) -> (program: Program, outputs: [JSONValue?]) {
        let start = scanner.position
        var nodes: [Node] = [], outputs: [JSONValue?] = []
        try scanner.elements("a list of steps") { (scanner, index) throws(FileError) in
            guard index < stepLimit else { throw scanner.error(.tooMany("steps", limit: stepLimit)) }
            let at = scanner.position
            var function: Function?, inputs: [Int] = [], argument: String?, output: JSONValue?
            try scanner.members("a step") { (scanner, key) throws(FileError) in
                switch key {
                case "type", "function":
                    let at = scanner.position, name = try scanner.string("the function's name as a string")
                    guard let known = Function(name: name) else {
                        throw scanner.error(.expected("a function such as filter_color, relate or count", found: "\"\(name.prefix(40))\""), at: at)
                    }
                    function = known
                case "inputs":
                    try scanner.elements("a list of step numbers") { (scanner, place) throws(FileError) in
                        guard place < 2 else { throw scanner.error(.tooMany("inputs", limit: 2)) }
                        inputs.append(try scanner.integer("the number of a step"))
                    }
                case "value_inputs", "side_inputs":
                    try scanner.elements("a list of at most one value") { (scanner, place) throws(FileError) in
                        guard place < 1 else { throw scanner.error(.tooMany("values", limit: 1)) }
                        argument = try scanner.string("a value as a string")
                    }
                case "_output": output = try scanner.value()
                default: try scanner.skip()
                }
            }
            guard let function else { throw scanner.error(.missing("\"type\" (the step's function)"), at: at) }
            nodes.append(Node(function, inputs: inputs, argument: argument))
            outputs.append(output)
        }
        let program = Program(nodes: nodes)
        do throws(ProgramError) { try program.check() } catch { throw scanner.error(.malformed(error.description), at: start) }
        return (program, outputs)
    }

    /// The steps as the public release has them.
    public var json: JSONValue {
        .array(nodes.map { node in
            .object([
                "function": .string(node.function.name), "inputs": .array(node.inputs.map(JSONValue.integer)),
                "value_inputs": .array(node.argument.map { [.string($0)] } ?? []),
            ])
        })
    }
}
