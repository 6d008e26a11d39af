import Files
import Painter

/// One argument of a tool: its schema, and how a given value is checked, come from the same words.
struct ToolInput {
    /// What values there are.
    enum Kind {
        /// A string of at most so many bytes.
        case text(limit: Int)
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case flag
        case choice([String])
        /// A JSON object; what is in it is for the tool to say.
        case object
        /// A list of values with this schema, at most so many.
        case list(of: JSONValue, limit: Int)
        /// The number of an open scene.
        case scene
    }

    let name: String, kind: Kind
    /// What it does, for a reader that has never seen the product.
    let about: String
    /// What holds where it is not given.
    var usual: JSONValue?
    var isRequired = false
    var examples: [JSONValue] = []

    /// The longest sentence that is read.
    static let sentenceLimit = 4_000
    /// The largest seed that every JSON reader can hold.
    static let seedLimit = 9_007_199_254_740_991

    /// Its JSON Schema.
    var schema: JSONValue {
        var members: [String: JSONValue] = ["description": .string(about)]
        switch kind {
        case .text(let limit): members.merge(["type": "string", "maxLength": .integer(limit)]) { $1 }
        case .integer(let range): members.merge(["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]) { $1 }
        case .number(let range): members.merge(["type": "number", "minimum": .short(range.lowerBound), "maximum": .short(range.upperBound)]) { $1 }
        case .flag: members["type"] = "boolean"
        case .choice(let words): members.merge(["type": "string", "enum": .strings(words)]) { $1 }
        case .object: members["type"] = "object"
        case .list(let item, let limit): members.merge(["type": "array", "items": item, "maxItems": .integer(limit)]) { $1 }
        case .scene: members.merge(["type": "integer", "minimum": 1]) { $1 }
        }
        members["default"] = usual
        if !examples.isEmpty { members["examples"] = .array(examples) }
        return .object(members)
    }

    /// What is wrong with a value; nil where nothing is.
    func complaint(about value: JSONValue) -> String? {
        func expected(_ what: String) -> String { "\"\(name)\" is \(what), not \(shown(value))" }
        switch kind {
        case .text(let limit):
            guard let text = value.string else { return expected("a string") }
            return text.utf8.count <= limit ? nil : "\"\(name)\" is \(text.utf8.count) bytes long; at most \(limit) are read"
        case .integer(let range): return value.whole.map(range.contains) == true ? nil : expected("a whole number from \(range.lowerBound) to \(range.upperBound)")
        case .number(let range):
            return value.double.map(range.contains) == true ? nil : expected("a number from \(brief(range.lowerBound)) to \(brief(range.upperBound))")
        case .flag: return value.bool == nil ? expected("true or false") : nil
        case .choice(let words): return value.string.map(words.contains) == true ? nil : expected("one of \(words.joined(separator: ", "))")
        case .object: return value.object == nil ? expected("an object") : nil
        case .list(_, let limit):
            guard let items = value.array else { return expected("a list") }
            return items.count <= limit ? nil : "\"\(name)\" has \(items.count) items; at most \(limit) are read"
        case .scene: return SceneName(value) == nil ? expected("the number of a scene, as in 1") : nil
        }
    }

    /// A value for an error's sentence: short ones as they are.
    private func shown(_ value: JSONValue) -> String {
        switch value {
        case .string(let text) where text.count <= 40: "\"\(singleLine(text))\""
        case .integer, .number, .bool: value.text
        case .digits(let text) where text.count <= 40: text
        default: value.kind
        }
    }
}

extension ToolInput {
    // What many tools take.

    /// The scene that is meant, and the revision that it must have.
    static func scene(changes: Bool) -> [ToolInput] {
        let revision = changes
            ? "The revision of the scene that this is meant for, as its last answer told. Refused if the scene has changed since; the refusal names the current revision."
            : "If given, refused unless the scene still has this revision."
        return [
            ToolInput(name: "scene", kind: .scene, about: "The number of the scene, as draw or open answered it.", isRequired: true, examples: [1]),
            ToolInput(name: "revision", kind: .integer(1...Int(Int32.max)), about: revision, isRequired: changes, examples: changes ? [1] : []),
        ]
    }

    /// A picture in the answer.
    static func image(_ usual: Bool) -> ToolInput {
        ToolInput(name: "image", kind: .flag, about: "Also answer a PNG picture, 256 pixels at its longest side, so that you can see the result.", usual: .bool(usual))
    }

    /// How new strokes are drawn.
    static let drawing: [ToolInput] = [
        ToolInput(name: "seed", kind: .integer(0...seedLimit), about: "Chance: the same seed gives the same strokes again, another seed other ones. Try others where a drawing is poor.",
                  usual: 0, examples: [7]),
        ToolInput(name: "style", kind: .choice(["auto", "doodle", "icon"]),
                  about: "doodle: as people doodle. icon: few clean strokes, as on a button. auto: whichever draws each thing better.", usual: "auto"),
        ToolInput(name: "detail", kind: .integer(1...5), about: "How much the strokes tell: 1, a few lines, to 5, every bend.", usual: .integer(SketchDetail.usual.rawValue)),
        ToolInput(name: "candidates", kind: .integer(1...64),
                  about: "Each thing is sketched this often, and the one that is recognised best is kept. More is slower and better.", usual: .integer(DrawingOptions().candidates)),
        ToolInput(name: "temperature", kind: .number(0...4), about: "0 takes the likeliest strokes, 1 draws them by the model's own laws.", usual: .short(Double(Painter.defaultSampling.temperature))),
    ]
}
