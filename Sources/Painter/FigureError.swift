/// Why a figure cannot be computed: what was found, what is needed, what to do.
public enum FigureError: Error, Equatable, CustomStringConvertible {
    /// Held-out drawings for two sides of a comparison are missing.
    case tooFewDrawings(found: Int, needed: Int)
    /// A set to be compared is not of the classes and counts that were asked for.
    case wrongCount(className: String, expected: Int, found: Int)
    /// Feature vectors of another length than the first, or none.
    case unevenFeatures(row: Int, expected: Int, found: Int)
    /// A feature is infinite or not a number.
    case notFinite(row: Int)
    /// No sentence of the wanted form could be composed.
    case noPrompt(objects: Int, relations: Int)
    /// Another number of prompts, or of samples of one, than was asked for.
    case wrongSamples(prompt: Int, expected: Int, found: Int)

    public var description: String {
        switch self {
        case .tooFewDrawings(let found, let needed):
            "\(found) held-out drawings are too few to compare, \(needed) are needed; prepare more with `atelier data quickdraw --from DIR`"
        case .wrongCount(let className, let expected, let found): "\(className): expected \(expected) drawings to compare, found \(found)"
        case .unevenFeatures(let row, let expected, let found): "feature vector \(row) has \(found) values, expected \(expected)"
        case .notFinite(let row): "the judge gives no finite features for drawing \(row); train it anew"
        case .noPrompt(let objects, let relations):
            "no scene of \(objects) objects with \(relations) relations could be composed; name more classes, or ask for fewer relations"
        case .wrongSamples(let prompt, let expected, let found): "prompt \(prompt): expected \(expected) scenes, found \(found)"
        }
    }
}
