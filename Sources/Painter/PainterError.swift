/// What can go wrong between a prompt and a picture; each case says what, where and what to try.
public enum PainterError: Error, Equatable, CustomStringConvertible {
    case notAPainter(missing: String)
    case brokenModel(name: String)
    case tooShort(name: String, positions: Int)
    case emptyPrompt
    case promptTooLong(words: Int, limit: Int)
    case unknownWords([String], near: [String])
    case noObject(prompt: String)
    case negation(String)
    case tooManyObjects(asked: Int, limit: Int)
    case emptyCanvas
    case canvasTooLarge(strokes: Int)
    case nothingNamed(command: String, found: [String])
    case tooManyAlike(command: String, count: Int)
    case unsure(command: String, guess: String, confidence: Double)
    /// A command that speaks of nothing in a drawing.
    case noSubject(command: String)
    /// A command that says nothing of what can be done.
    case notUnderstood(command: String)
    /// Nothing that a command says fits into the drawing.
    case noRoom(command: String, steps: [String])
    /// A command names a part of a thing, and parts are not told apart.
    case partOnly(command: String, part: String, whole: String)
    /// A command that was read as doing something else than erasing to a thing of which it names a labelled part.
    case partKept(command: String, part: String, whole: String)
    case noPlan(prompt: String)
    case badPlan(String)
    case badPack(path: String, reason: String)
    case badLine(path: String, line: Int, reason: String, expected: String = "a drawing of QuickDraw's simplified form: {\"word\":…,\"key_id\":…,\"drawing\":[[[x…],[y…]],…]}")
    case unreadable(path: String)
    case unwritable(path: String)
    case noData(path: String, remedy: String = "run `atelier data quickdraw --from DIR` first")
    case noJudge(path: String, role: String)
    case badRecipe(String)
    case badStyles(path: String)
    /// Not what `shapes.json` holds; nil: not even a table.
    case badShapes(path: String, className: String?)
    case otherClasses(path: String, name: String)

    public var description: String {
        switch self {
        case .notAPainter(let token):
            "the model's vocabulary has no token \(token); choose a painter-… model folder with --model"
        case .brokenModel(let name): "\(name): the weights give no finite numbers; fetch or train the model anew"
        case .tooShort(let name, let positions): "\(name): config.json allows \(positions) positions, a painter needs \(Painter.positions.lowerBound) or more"
        case .emptyPrompt: "the sentence is empty; try \"a cat to the left of a house\" to draw, \"the cat\" to erase"
        case .promptTooLong(let words, let limit):
            "the sentence has \(words) words, more than the model can read (\(limit) at most, fewer long ones); shorten it or split it"
        case .unknownWords(let words, let near):
            "unknown: \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
                + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")
                + "; `atelier models info` lists every known class"
        case .noObject(let prompt):
            "\"\(prompt)\" names no thing; name one or more classes, as in \"two cats above a car\""
        case .negation(let word):
            "\"\(word)\" cannot be understood: say what there shall be, or \"everything except …\" to erase"
        case .tooManyObjects(let asked, let limit):
            "the prompt asks for \(asked) objects, one scene holds at most \(limit); split it into several prompts"
        case .emptyCanvas: "the drawing has no strokes"
        case .canvasTooLarge(let strokes): "\(strokes) strokes are more than one drawing to complete may have; give the strokes of one object"
        case .nothingNamed(let command, let found):
            "found nothing that \"\(command)\" names; the drawing seems to hold: \(found.isEmpty ? "nothing known" : found.joined(separator: ", "))"
        case .tooManyAlike(let command, let count):
            "\"\(command)\" leaves \(count) objects open, more than can be compared at once; name all of them, or split the drawing"
        case .unsure(let command, let guess, let confidence):
            "\"\(command)\": not sure enough to do it (best guess, with \(Int((100 * confidence).rounded())) %: \(guess)); say more, or do it all the same with --sureness 0"
        case .noSubject(let command): "\"\(command)\" names nothing in the drawing; say what is to be done to which thing, as in \"make the cat bigger\""
        case .notUnderstood(let command): "\"\(command)\" asks for nothing that can be done; things can be erased, added, moved (say where to), resized, replaced by others and drawn anew"
        case .noRoom(let command, let steps): "\"\(command)\": there is no room to \(steps.joined(separator: " or to ")); make room first, or ask for less"
        case .partOnly(let command, let part, let whole):
            "\"\(command)\": what of the \(whole) is its \(part) is not told, and the rest must stay; say \"the \(whole)\" to mean all of it, or label the part's strokes (data-part=\"\(part)\" in an SVG, \"parts\" in a scene) to erase them"
        case .partKept(let command, let part, let whole):
            "\"\(command)\": parts of things can be erased and nothing else; say \"erase the \(part) of the \(whole)\" in a command of its own"
        case .noPlan(let prompt): "no layout could be found for \"\(prompt)\"; try another --seed or fewer relations"
        case .badPlan(let reason): "the plan cannot be drawn: \(reason); `atelier draw PROMPT --plan-only` writes one to start from"
        case .badPack(let path, let reason): "\(path): \(reason); write it anew with `atelier data quickdraw --from DIR`"
        case .badLine(let path, let line, let reason, let expected): "\(path):\(line): \(reason); expected \(expected)"
        case .unreadable(let path): "\(path): cannot be read; check that it is a file and its permissions"
        case .unwritable(let path): "\(path): cannot be written; check that it is a folder, its permissions and the space left"
        case .noData(let path, let remedy): "no drawings at \(path); \(remedy)"
        case .noJudge(let path, let role): "no \(role) at \(path); train one with `atelier train datasets/recipes/\(role)-small.yaml`"
        case .badRecipe(let reason): "recipe: \(reason)"
        case .badShapes(let path, let name):
            "\(path): \(name.map { "\"\($0)\" has no two" } ?? "holds no classes with two") numbers, the least width over height first, as in {\"cat\": [0.7, 1.3]}; fetch the model's folder anew"
        case .badStyles(let path): "\(path): holds no lists icons, onlyIcons and preferred; fetch the model's folder anew"
        case .otherClasses(let path, let name): "\(path): its classes are not those of \(name); use decoders that were trained on the same data"
        }
    }
}
