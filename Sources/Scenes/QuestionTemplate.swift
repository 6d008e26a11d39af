import Files
import Foundation

/// A family of questions: wordings with gaps, and the steps that they mean; CLEVR's public template form (Johnson et al. 2017, supplementary A).
///
/// `<Z>`, `<C2>`, … stand for values of an attribute or for nothing, `<R>` for a relation; words in brackets may be left out. Besides the 27
/// functions a step may be `filter`, `relate_filter`, and either with `_unique`, `_count` or `_exist`: several steps in one.
public struct QuestionTemplate: Hashable, Sendable {
    /// What a gap stands for.
    public enum Gap: Hashable, Sendable {
        /// A value of this attribute, or nothing.
        case attribute(String)
        /// A relation.
        case relation
    }

    /// One step, with the gaps that are its arguments.
    public struct Node: Hashable, Sendable {
        /// A function's name, or one of several steps in one.
        public var name: String
        /// Steps before this one.
        public var inputs: [Int]
        /// Names of gaps, brackets included.
        public var gaps: [String]

        /// A step.
        public init(_ name: String, _ inputs: [Int] = [], gaps: [String] = []) {
            self.name = name
            self.inputs = inputs
            self.gaps = gaps
        }
    }

    /// The wordings, any of which may be used.
    public var texts: [String]
    /// The steps; the last one answers.
    public var nodes: [Node]
    /// What each gap stands for.
    public var gaps: [String: Gap]
    /// Gaps that stay empty: what the question asks for must not be told.
    public var empty: Set<String>
    /// Pairs of steps whose values must differ.
    public var distinct: [[Int]]

    /// A family.
    public init(texts: [String], nodes: [Node], gaps: [String: Gap], empty: Set<String> = [], distinct: [[Int]] = []) {
        self.texts = texts
        self.nodes = nodes
        self.gaps = gaps
        self.empty = empty
        self.distinct = distinct
    }

    /// The families of a file of the public generator: a list of templates.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> [QuestionTemplate] {
        var scanner = JSONScanner([UInt8](data), file: name), all: [QuestionTemplate] = []
        guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "a list of question templates")) }
        try scanner.elements("a list of question templates") { (scanner, index) throws(FileError) in
            try scanner.limit(index, "templates")
            all.append(try QuestionTemplate(&scanner))
        }
        guard scanner.peek() == nil else { throw scanner.error(.malformed("something follows the end of the templates")) }
        return all
    }

    /// Other words for values and relations, of the public generator's `synonyms.json`: `{"large": ["large", "big"], …}`.
    public static func readSynonyms(_ data: Data, name: String) throws(FileError) -> [String: [String]] {
        var scanner = JSONScanner([UInt8](data), file: name), synonyms: [String: [String]] = [:]
        guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "an object of lists of words")) }
        try scanner.members("an object of lists of words") { (scanner, key) throws(FileError) in synonyms[key] = try scanner.strings("a list of words") }
        return synonyms
    }

    private init(_ scanner: inout JSONScanner) throws(FileError) {
        self.init(texts: [], nodes: [], gaps: [:])
        let start = scanner.position
        try scanner.members("a question template") { (scanner, key) throws(FileError) in
            switch key {
            case "text": texts = try scanner.strings("a list of wordings")
            case "nodes":
                try scanner.elements("a list of steps") { (scanner, index) throws(FileError) in
                    guard index < Program.stepLimit else { throw scanner.error(.tooMany("steps", limit: Program.stepLimit)) }
                    var node = Node("")
                    let at = scanner.position
                    try scanner.members("a step") { (scanner, key) throws(FileError) in
                        switch key {
                        case "type": node.name = try scanner.string("the function's name as a string")
                        case "inputs":
                            try scanner.elements("a list of step numbers") { (scanner, _) throws(FileError) in
                                let at = scanner.position, input: Int = try scanner.integer("the number of a step")
                                guard (0..<index).contains(input) else { throw scanner.error(.expected("a step before this one", found: "\(input)"), at: at) }
                                node.inputs.append(input)
                            }
                        case "side_inputs": node.gaps = try scanner.strings("a list of gaps")
                        default: try scanner.skip()
                        }
                    }
                    guard Shape(node.name) != nil else { throw scanner.error(.expected("a function or a filter", found: "\"\(node.name.prefix(40))\""), at: at) }
                    nodes.append(node)
                }
            case "params":
                try scanner.elements("a list of gaps") { (scanner, _) throws(FileError) in
                    let at = scanner.position
                    var name: String?, kind: String?
                    try scanner.members("a gap") { (scanner, key) throws(FileError) in
                        switch key {
                        case "name": name = try scanner.string("the gap's name as a string")
                        case "type": kind = try scanner.string("the gap's type as a string")
                        default: try scanner.skip()
                        }
                    }
                    guard let name, let kind else { throw scanner.error(.missing("\"name\" or \"type\""), at: at) }
                    gaps[name] = kind == "Relation" ? .relation : .attribute(kind.lowercased())
                }
            case "constraints":
                try scanner.elements("a list of constraints") { (scanner, _) throws(FileError) in
                    var kind = "", names: [JSONValue] = []
                    try scanner.members("a constraint") { (scanner, key) throws(FileError) in
                        switch key {
                        case "type": kind = try scanner.string("the constraint's type as a string")
                        case "params":
                            let value = try scanner.value()
                            if case .array(let list) = value { names = list }
                        default: try scanner.skip()
                        }
                    }
                    switch kind {
                    case "NULL": for case .string(let name) in names { empty.insert(name) }
                    case "OUT_NEQ": distinct.append(names.compactMap { if case .integer(let step) = $0 { step } else { nil } })
                    default: throw scanner.error(.expected("the constraint NULL or OUT_NEQ", found: "\"\(kind.prefix(40))\""))
                    }
                }
            default: try scanner.skip()
            }
        }
        guard !texts.isEmpty, !nodes.isEmpty else { throw scanner.error(.missing("\"text\" or \"nodes\""), at: start) }
        for (step, node) in nodes.enumerated() {
            guard let shape = Shape(node.name), node.inputs.count == shape.inputCount, node.gaps.allSatisfy({ gaps[$0] != nil }),
                  !shape.relates || node.gaps.first.flatMap({ gaps[$0] }) == .relation else {
                throw scanner.error(.malformed("step \(step), \(node.name.prefix(40)), has other inputs or gaps than it takes"), at: start)
            }
        }
        guard distinct.allSatisfy({ $0.count == 2 && $0.allSatisfy(nodes.indices.contains) }) else {
            throw scanner.error(.malformed("OUT_NEQ names steps that are not there"), at: start)
        }
    }

    /// What a step of a template does: one function, or a relation, filters and an end in one.
    enum Shape {
        case one(Function)
        case several(relates: Bool, end: Function?)

        init?(_ name: String) {
            for (start, relates) in [("relate_filter", true), ("filter", false)] {
                if name == start { self = .several(relates: relates, end: nil); return }
                for end in [Function.unique, .count, .exist] where name == start + "_" + end.name {
                    self = .several(relates: relates, end: end)
                    return
                }
            }
            guard let function = Function(name: name) else { return nil }
            self = .one(function)
        }

        var inputCount: Int {
            switch self {
            case .one(let function): function.inputCount
            case .several: 1
            }
        }

        var relates: Bool {
            switch self {
            case .one(let function): function == .relate
            case .several(let relates, _): relates
            }
        }
    }
}

extension JSONScanner {
    fileprivate mutating func strings(_ expected: String) throws(FileError) -> [String] {
        var all: [String] = []
        try elements(expected) { (scanner, index) throws(FileError) in
            try scanner.limit(index, "words")
            all.append(try scanner.string("a string"))
        }
        return all
    }
}
