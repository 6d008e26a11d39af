import Foundation
import Language
import Sketches
import Speculation
import Tensors

/// Draws, erases, detects and completes sketches with small language models that write and read strokes as tokens.
///
/// Main types: `Painter` (a loaded model and its tasks), `PainterPart` (one of its decoders), `SketchVocabulary` (tokens), `PlanGrammar`, `SketchGrammar`, `CommandGrammar` (what
/// may be written), `SceneComposer` and `PainterDocuments` (training data), `PainterJob` (training), `PainterEvaluation` (figures).
///
/// ```swift
/// let painter = try Painter(folder: URL(filePath: "models/painter-small"))
/// let drawn = try painter.draw("a cat to the left of a house", seed: 7)
/// let found = try painter.detect(drawn.scene)
/// let erased = try painter.erase("the cat", from: drawn.scene)
/// let rest = drawn.scene.removing(strokes: erased.strokes)
/// ```
///
/// Not thread-safe: its decoders have one context each. The same model, seed and input give the same output, whatever the thread count.
public final class Painter {
    /// Default sampling of strokes. What a plan names is the likeliest; its boxes are drawn cooler (`DrawingOptions.boxTemperature`).
    public static let defaultSampling = Sampling(temperature: 1, topP: 0.95)
    /// Positions of one sketch.
    static let sketchPositions = 512

    /// Positions of a context: a painter needs the least of these, and uses the most at most, whatever its config allows.
    static let positions = 256...8_192
    /// The most positions of an adapter's rows in training, and so of its contexts: its base may have many more, of which no drawing was ever read.
    static let adapterPositions = 1_024
    /// What stands between a user's sentence and the model.
    public let reader: PromptReader
    /// The model folder's name, written into scenes.
    public let name: String
    /// Which styles the model has for which class.
    public let styles: StyleTable
    /// What names candidates, to tell the better ones, and objects that are read, as a second opinion; without one the likeliest is taken.
    public var ranker: Judge?
    /// What draws, and whatever else has no decoder of its own.
    let sketcher: PainterPart
    /// Folders of other decoders, and those that have been needed.
    private let folders: [PainterRole: URL]
    private var parts: [PainterRole: PainterPart] = [:]
    /// The folder of the painter's own planner where another one plans, and what guesses by it.
    private let guesserFolder: URL?
    private var guesser: PlanGuesser??
    /// Whether the painter's own planner guesses ahead of a much larger one in its place, which changes nothing but the time that plans and commands take.
    public var guessesPlans = true
    /// What guessing came to; may be begun anew.
    public var guesses = SpeculationFigures()
    private let weightFormat: WeightFormat?
    /// Tokens picked since the start, for benchmarks.
    public internal(set) var tokenCount = 0

    /// The classes, and the sketcher's tokens.
    public var vocabulary: SketchVocabulary { sketcher.vocabulary }
    /// How the sketcher's weights are kept.
    public var format: WeightFormat { sketcher.session.model.format }

    /// Reads a model folder, or an adapter's with its base: the sketcher. Decoders of other roles lie in folders of it that are called as the role is, and are
    /// read when they are first needed; for a role without one, the folder's own decoder does the work.
    /// - Parameters:
    ///   - format: how weights are kept; nil: as the folders have them, bf16 beside a base.
    ///   - planner: the folder of another planner.
    /// - Throws: `ModelFolderError`; `PainterError` where the model is no painter.
    public init(folder: URL, format: WeightFormat? = nil, planner: URL? = nil) throws {
        name = folder.standardizedFileURL.lastPathComponent
        sketcher = try PainterPart(folder: folder, name: name, format: format)
        reader = PromptReader(classes: sketcher.vocabulary.classes)
        styles = try StyleTable(folder: folder)
        weightFormat = format
        var folders: [PainterRole: URL] = [:]
        for role in PainterRole.allCases { folders[role] = Self.folder(of: role, in: folder) }
        guesserFolder = planner == nil ? nil : folders[.planner]
        if let planner { folders[.planner] = planner }
        self.folders = folders
    }

    /// The folder of a role's own decoder in a painter's; nil where the painter's does its work.
    package static func folder(of role: PainterRole, in folder: URL) -> URL? {
        guard role != .sketcher else { return nil }
        let own = folder.appendingPathComponent(role.rawValue)
        return FileManager.default.fileExists(atPath: own.path) ? own : nil
    }

    /// A painter of parts.
    /// - Precondition: all have the same classes.
    init(sketcher: PainterPart, others: [PainterRole: PainterPart] = [:], name: String, styles: StyleTable) {
        (self.sketcher, self.name, self.styles, parts) = (sketcher, name, styles, others)
        (reader, weightFormat, folders, guesserFolder) = (PromptReader(classes: sketcher.vocabulary.classes), nil, [:], nil)
    }

    /// A painter of a decoder in training, with its weights as they are now, in all roles.
    /// - Parameters:
    ///   - format: how weights are kept.
    ///   - isAdapter: whether the decoder is a base with what an adapter has learnt.
    /// - Throws: `PainterError.notAPainter` where the vocabulary lacks sketch tokens, `tooShort` where the context is.
    public convenience init(
        decoder: Language.Decoder, tokenizer: Tokenizer, name: String, styles: StyleTable = StyleTable(), format: WeightFormat = .float32, isAdapter: Bool = false
    ) throws(PainterError) {
        let model = DecodingModel(decoder, format: format, positions: isAdapter ? Self.adapterPositions : Self.positions.upperBound)
        self.init(sketcher: try PainterPart(model: model, tokenizer: tokenizer, name: name, isAdapter: isAdapter), name: name, styles: styles)
    }

    /// The decoder of a role.
    /// - Throws: as `init(folder:)` does, the first time; `PainterError.otherClasses`.
    func part(_ role: PainterRole) throws -> PainterPart {
        if let part = parts[role] { return part }
        guard let folder = folders[role] else { return sketcher }
        let part = try PainterPart(folder: folder, name: "\(name)/\(role.rawValue)", format: weightFormat)
        guard part.vocabulary.classes == vocabulary.classes else { throw PainterError.otherClasses(path: folder.path, name: name) }
        parts[role] = part
        return part
    }

    /// What guesses the planner's tokens; nil where nothing does: the planner is the painter's own, or not much larger, or its own cannot be read, which is no
    /// harm as long as another one plans.
    /// - Throws: as `part` does, of the planner.
    func planGuesser() throws -> PlanGuesser? {
        guard guessesPlans, let guesserFolder else { return nil }
        if let guesser { return guesser }
        let planner = try part(.planner), own = try? PainterPart(folder: guesserFolder, name: "\(name)/planner", format: weightFormat)
        let made = own.flatMap { PlanGuesser($0, for: planner) }
        guesser = .some(made)                                       // if there is none, that is known too
        return made
    }

    /// Hundredths of a pixel: what files carry, so that what is shown and what is written are one thing.
    static func rounded(_ strokes: [Stroke]) -> [Stroke] {
        strokes.map { Stroke($0.points.map { Point(x: ($0.x * 100).rounded() / 100, y: ($0.y * 100).rounded() / 100) }, times: $0.times, part: $0.part) }
    }

    struct TokenLog {
        var tokens: [Int] = []
        var probabilities: [Float] = []
        var mean: Double {
            let logs = probabilities.map { log(Double(max($0, 1e-9))) }
            return logs.isEmpty ? 0 : logs.reduce(0, +) / Double(logs.count)
        }
    }
}

extension Scene {
    /// An object of this scene's strokes, its box their exact ink box.
    package func object(_ className: String, strokes indices: [Int], confidence: Double?) -> SceneObject {
        let ink = Box.of(indices.map { strokes[$0] }) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0)
        return SceneObject(className: className, box: ink, strokes: indices, confidence: confidence.map(Self.rounded(confidence:)))
    }

    /// Four places, as files carry it.
    static func rounded(confidence: Double) -> Double { (confidence * 10_000).rounded() / 10_000 }
}
