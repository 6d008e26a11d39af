/// What can go wrong between a prompt and a picture; each case says what, where and what to try.
public enum PainterError: Error, Equatable, CustomStringConvertible {
    case notAPainter(missing: String)
    case emptyPrompt
    case promptTooLong(words: Int, limit: Int)
    case unknownWords([String], near: [String])
    case noObject(prompt: String)
    case tooManyObjects(asked: Int, limit: Int)
    case emptyCanvas
    case canvasTooLarge(strokes: Int)
    case nothingNamed(command: String, found: [String])
    case noPlan(prompt: String)
    case badPack(path: String, reason: String)
    case noData(path: String)
    case noJudge(path: String)
    case badRecipe(String)

    public var description: String {
        switch self {
        case .notAPainter(let token):
            "the model's vocabulary has no token \(token); choose a painter-… model folder with --model"
        case .emptyPrompt: "the prompt is empty; try \"a cat to the left of a house\""
        case .promptTooLong(let words, let limit):
            "the prompt has \(words) words, more than the \(limit) that the model can read; shorten it or split it into several prompts"
        case .unknownWords(let words, let near):
            "cannot draw \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
                + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))")
                + "; `atelier models info` lists every known class"
        case .noObject(let prompt):
            "\"\(prompt)\" names nothing to draw; name one or more classes, as in \"two cats above a car\""
        case .tooManyObjects(let asked, let limit):
            "the prompt asks for \(asked) objects, one scene holds at most \(limit); split it into several prompts"
        case .emptyCanvas: "the drawing has no strokes"
        case .canvasTooLarge(let strokes): "\(strokes) strokes are more than one drawing to complete may have; give the strokes of one object"
        case .nothingNamed(let command, let found):
            "found nothing that \"\(command)\" names; the drawing seems to hold: \(found.isEmpty ? "nothing known" : found.joined(separator: ", "))"
        case .noPlan(let prompt): "no layout could be found for \"\(prompt)\"; try another --seed or fewer relations"
        case .badPack(let path, let reason): "\(path): \(reason); write it anew with `atelier data quickdraw --from DIR`"
        case .noData(let path): "no prepared drawings at \(path); run `atelier data quickdraw --from DIR` first"
        case .noJudge(let path): "no judge network at \(path); train one with `atelier train datasets/recipes/judge-small.yaml`"
        case .badRecipe(let reason): "recipe: \(reason)"
        }
    }
}
