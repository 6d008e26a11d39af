import Language
import Scenes

/// The one vocabulary of a reasoner: text pieces, then control tokens, functions, values, relations, objects, numbers and places.
///
/// | tokens | meaning |
/// |---|---|
/// | `<begin>` `<end>` `<pad>` | document frame |
/// | `<look>` `<ask>` | parts that are read: what is to be seen, the question |
/// | `<program>` `<steps>` `<answer>` | parts that are written |
/// | `<unknown>` | in place of a program: the question is about something else |
/// | `<scene>` … `<equal_object>` | functions |
/// | `<size small>` … | values; `<relation left>` … relations |
/// | `<o1>` … `<o10>`, `<n0>` … `<n10>`, `<yes>` `<no>` | objects, numbers, truth |
/// | `<x0>` … `<x63>`, `<y0>` … `<y63>` | places on the ground, along the picture's right and into it |
public struct ReasonerVocabulary: Sendable {
    /// The most objects of a scene, and the steps of a place on each axis.
    public static let objectCount = 10, gridSteps = 64

    /// The tokenizer with all tokens.
    public let tokenizer: Tokenizer
    /// The world whose values and relations have tokens.
    public let domain: Domain
    /// Ids of the frame and of a document's parts.
    public let begin, end, pad, look, ask, program, steps, answer, unknown: Int
    let functions: [(function: Function, id: Int)]
    private let functionIDs: [Function: Int], values: [String: [String: Int]], relations: [String: Int]
    private let functionOf: [Int: Function], valueOf: [Int: String], relationOf: [Int: String]
    private let attributeOf: [Int: String]
    private let firstObject, firstNumber, firstX, firstY, yes, no: Int

    private static let control = ["<begin>", "<end>", "<pad>", "<look>", "<ask>", "<program>", "<steps>", "<answer>", "<unknown>", "<yes>", "<no>"]

    /// The functions of a world, in id order.
    static func functions(of domain: Domain) -> [Function] {
        [.scene, .unique, .relate, .union, .intersect, .count, .exist, .equalInteger, .lessThan, .greaterThan, .equalObject]
            + domain.attributes.flatMap { [.filter($0.name), .query($0.name), .same($0.name), .equal($0.name)] }
    }

    /// The added tokens of a world's vocabulary, in id order.
    public static func addedTokens(_ domain: Domain) -> [String] {
        control + functions(of: domain).map { "<\($0.name)>" }
            + domain.attributes.flatMap { attribute in attribute.values.map { "<\(attribute.name) \($0)>" } } + domain.relations.map { "<relation \($0)>" }
            + (1...objectCount).map { "<o\($0)>" } + (0...objectCount).map { "<n\($0)>" }
            + (0..<gridSteps).map { "<x\($0)>" } + (0..<gridSteps).map { "<y\($0)>" }
    }

    /// Finds the reasoner's tokens in a tokenizer.
    /// - Throws: `ReasonerError.notAReasoner` when one is missing.
    public init(_ tokenizer: Tokenizer, domain: Domain = .clevr) throws(ReasonerError) {
        func id(_ token: String) throws(ReasonerError) -> Int {
            guard let id = tokenizer.id(ofAdded: token) else { throw .notAReasoner(missing: token) }
            return id
        }
        self.tokenizer = tokenizer
        self.domain = domain
        begin = try id("<begin>"); end = try id("<end>"); pad = try id("<pad>"); look = try id("<look>"); ask = try id("<ask>")
        program = try id("<program>"); steps = try id("<steps>"); answer = try id("<answer>"); unknown = try id("<unknown>")
        var functions: [(function: Function, id: Int)] = [], values: [String: [String: Int]] = [:], relations: [String: Int] = [:]
        for function in Self.functions(of: domain) { functions.append((function, try id("<\(function.name)>"))) }
        for attribute in domain.attributes {
            for value in attribute.values { values[attribute.name, default: [:]][value] = try id("<\(attribute.name) \(value)>") }
        }
        for relation in domain.relations { relations[relation] = try id("<relation \(relation)>") }
        (self.functions, self.values, self.relations) = (functions, values, relations)
        functionIDs = Dictionary(functions.map { ($0.function, $0.id) }, uniquingKeysWith: { first, _ in first })
        functionOf = Dictionary(functions.map { ($0.id, $0.function) }, uniquingKeysWith: { first, _ in first })
        valueOf = Dictionary(values.values.flatMap { $0.map { ($0.value, $0.key) } }, uniquingKeysWith: { first, _ in first })
        attributeOf = Dictionary(values.flatMap { attribute, all in all.map { ($0.value, attribute) } }, uniquingKeysWith: { first, _ in first })
        firstObject = try id("<o1>"); firstNumber = try id("<n0>"); firstX = try id("<x0>"); firstY = try id("<y0>"); yes = try id("<yes>"); no = try id("<no>")
        relationOf = Dictionary(relations.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    /// Tokens in all.
    public var count: Int { tokenizer.count }

    func id(of function: Function) -> Int? { functionIDs[function] }
    func function(_ id: Int) -> Function? { functionOf[id] }
    /// The token of a step's argument: a value of the attribute that is filtered by, or a relation.
    func id(ofArgument argument: String, of function: Function) -> Int? {
        switch function {
        case .filter(let attribute): values[attribute]?[argument]
        case .relate: relations[argument]
        default: nil
        }
    }
    /// The tokens that a function's argument may be.
    func arguments(of function: Function) -> [Int] {
        switch function {
        case .filter(let attribute): Array((values[attribute] ?? [:]).values)
        case .relate: Array(relations.values)
        default: []
        }
    }
    func argument(_ id: Int) -> String? { valueOf[id] ?? relationOf[id] }

    /// The token of an attribute's value.
    func id(of value: String, of attribute: String) -> Int? { values[attribute]?[value] }
    /// What an attribute's value is, of its token.
    func attributeAndValue(_ id: Int) -> (attribute: String, value: String)? {
        guard let attribute = attributeOf[id], let value = valueOf[id] else { return nil }
        return (attribute, value)
    }
    func id(ofRelation relation: String) -> Int? { relations[relation] }

    /// Tokens of object `index` (from 0; the first is written `<o1>`), of a number, of yes and no. Added tokens of one kind follow each other.
    package func object(_ index: Int) -> Int { firstObject + index }
    package func objectOf(_ id: Int) -> Int? { 0..<Self.objectCount ~= id - firstObject ? id - firstObject : nil }
    func number(_ count: Int) -> Int { firstNumber + count }
    func numberOf(_ id: Int) -> Int? { 0...Self.objectCount ~= id - firstNumber ? id - firstNumber : nil }
    func truth(_ holds: Bool) -> Int { holds ? yes : no }
    func truthOf(_ id: Int) -> Bool? { id == yes ? true : id == no ? false : nil }
    /// Tokens of a place at a share, 0…1, of an axis.
    func x(_ share: Double) -> Int { firstX + Self.gridStep(share) }
    func y(_ share: Double) -> Int { firstY + Self.gridStep(share) }
    /// The step of a place's token on its axis.
    func step(_ id: Int) -> Int? {
        for first in [firstX, firstY] where 0..<Self.gridSteps ~= id - first { return id - first }
        return nil
    }
    /// The tokens of an axis.
    var xs: Range<Int> { firstX..<firstX + Self.gridSteps }
    var ys: Range<Int> { firstY..<firstY + Self.gridSteps }
    private static func gridStep(_ share: Double) -> Int { min(gridSteps - 1, max(0, Int(share * Double(gridSteps)))) }

    /// Token ids of a question in words.
    public func text(_ text: String) -> [Int] { tokenizer.encode(Self.normalized(text)) }

    /// Ways of asking for a caption.
    static let captionRequests = ["describe the picture", "what does the picture show", "tell me what you see"]

    /// What is read before a caption: `<ask> describe the picture <answer>`.
    func captionPrompt(_ request: String = captionRequests[0]) -> [Int] { [ask] + text(request) + [answer] }

    /// What is written of a picture in words, and its end.
    func tokens(captioning text: String) -> [Int] { tokenizer.encode(text) + [end] }

    /// The form in which the model reads questions: lower case, single spaces, no mark at the end.
    public static func normalized(_ text: String) -> String {
        var line = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        while let last = line.last, ".!?;: ".contains(last) { line.removeLast() }
        return line
    }
}

/// Why a folder or a recipe is none of a reasoner.
public enum ReasonerError: Error, Equatable, CustomStringConvertible {
    /// A token that a reasoner's tokenizer has.
    case notAReasoner(missing: String)
    /// A file of the eye that is missing, damaged or does not fit.
    case badEye(path: String, reason: String)
    /// A recipe asks for what does not go together.
    case badRecipe(String)
    /// A draft that cannot guess for this reasoner.
    case badDraft(String)

    public var description: String {
        switch self {
        case .notAReasoner(let missing): "not a reasoner's model, or not one for this: it has no \(missing)"
        case .badEye(let path, let reason): "\(path): \(reason); give a folder of a reasoner with look.json and look.safetensors"
        case .badRecipe(let why): "recipe: \(why)"
        case .badDraft(let why): "the draft is for another reasoner: \(why); train it for this one (a recipe of kind picture-draft)"
        }
    }
}
