import Foundation
import Sketches
import Tensors
import Training

/// Trains a network that names drawings: a judge on the judge's share of the drawings and the judged classes, or a ranker on the Painter's share, its
/// icons and all classes.
public final class JudgeJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]

    struct Shape: Codable {
        var size: Int?
        var channels: [Int]?
    }
    struct Source: Codable {
        var source: String?
        var icons: String?
        var batch: Int?
    }

    /// The network in training.
    public let judge: Judge
    private let composer: SceneComposer
    private let heldOut: [(strokes: [Stroke], label: Int32)]
    /// Output index by class index of the pack.
    private let label: [Int: Int32]
    private let seed: UInt64
    private let batch: Int

    /// What is trained.
    public var parameters: [NamedTensor] { judge.parameters }

    /// A job by recipe: `model: {size, channels}`, `data: {source, icons, batch}`.
    /// - Parameter role: judge or ranker, by the recipe's kind.
    /// - Throws: `RecipeError`, `PainterError.noData` where the drawings are not prepared, `badRecipe`.
    public convenience init(recipe: RunRecipe, document: RecipeDocument, role: Judge.Role) throws {
        let shape = try document.section("model", as: Shape.self, keys: ["size", "channels"])
        let source = try document.section("data", as: Source.self, keys: role == .judge ? ["source", "batch"] : ["source", "icons", "batch"])
        let folder = URL(fileURLWithPath: source.source ?? "data/quickdraw")
        let ceiling = try DrawingPack(contentsOf: QuickDrawData.url(of: .ceiling, in: folder))
        let doodles = try DrawingPack(contentsOf: QuickDrawData.url(of: role == .judge ? .judge : .painter, in: folder))
        let icons = try source.icons.map { try DrawingPack(contentsOf: IconData.url(in: URL(fileURLWithPath: $0))) }
        let drawings = StyledDrawings(doodles: doodles, icons: icons)
        let classes = role == .ranker ? drawings.classes.indices.filter { drawings.count(of: $0) > 0 }
            : try QuickDrawData.judgedClasses(in: folder).filter { doodles.count(of: $0) > 0 && ceiling.count(of: $0) > 0 }
        try self.init(recipe: recipe, role: role, drawings: drawings, heldOut: ceiling, classes: classes, size: shape.size, channels: shape.channels, batch: source.batch ?? 64)
    }

    package init(
        recipe: RunRecipe, role: Judge.Role = .judge, drawings: StyledDrawings, heldOut: any DrawingSource, classes: [Int], size: Int? = nil, channels: [Int]? = nil, batch: Int
    ) throws {
        guard recipe.initialModel == nil else { throw PainterError.badRecipe("a \(role.rawValue) cannot start from an initialModel") }
        guard classes.count > 1 else { throw PainterError.badRecipe("a \(role.rawValue) needs two classes or more\(role == .judge ? " with \(QuickDrawData.judgedMinimum) drawings" : "")") }
        guard 1...4_096 ~= batch else { throw PainterError.badRecipe("data.batch: 1 to 4,096") }
        var config = JudgeConfig(model_type: role.modelType, classes: classes.map { drawings.classes[$0] })
        config.size = size ?? config.size
        config.channels = channels ?? config.channels
        guard 16...256 ~= config.size, 1...6 ~= config.channels.count, config.channels.allSatisfy({ 8...512 ~= $0 && $0 % 8 == 0 }),
              config.size >> config.channels.count > 0 else {
            throw PainterError.badRecipe("model: size 16 to 256, channels multiples of 8, at most as many as size can be halved")
        }
        judge = Judge(config: config, seed: recipe.seed)
        composer = SceneComposer(drawings, classes: classes, exponent: 0.5)
        label = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
        let label = self.label
        self.heldOut = classes.filter(heldOut.classes.indices.contains).flatMap { name in
            (0..<min(heldOut.count(of: name), 20)).map { (heldOut.drawing(name, $0), label[name] ?? 0) }
        }
        seed = recipe.seed
        self.batch = batch
    }

    /// Mean cross-entropy of one batch of pictures, a pure function of (seed, step, micro-batch).
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let size = judge.config.size
        let examples = parallelMap(batch) { index -> (picture: [Float], label: Int32) in
            var random = RandomSource(seed: RandomSource.derive(RandomSource.derive(seed, UInt64(index) + 1), UInt64(step) + 1, UInt64(microBatch)))
            let name = composer.randomClass(&random)
            var strokes = composer.randomDrawing(name, &random).strokes
            // The Painter's copies are simplified; the network must not care. Nor about the pen.
            if random.uniform() < 0.5 { strokes = strokes.map { simplified($0, tolerance: 2 + 4 * random.uniform()) } }
            let width = Judge.strokeWidth * (0.8 + 0.5 * random.uniform())
            return (Judge.picture(strokes, size: size, strokeWidth: width), label[name] ?? 0)
        }
        let pictures = examples.flatMap(\.picture), targets = examples.map(\.label)
        let logits = judge.logits(Tensor(pictures, shape: [batch, 1, size, size]))
        return (crossEntropy(logits, targets: targets), batch)
    }

    /// Loss and accuracy on human drawings of the ceiling's share, up to 20 a class.
    public func evaluate() throws -> [String: Double] {
        let rows = judge.probabilities(heldOut.map(\.strokes))
        var loss = 0.0, right = 0
        for (row, item) in zip(rows, heldOut) {
            loss -= log(Double(max(row[Int(item.label)], 1e-9)))
            if row.indices.max(by: { row[$0] < row[$1] }) == Int(item.label) { right += 1 }
        }
        return ["loss": loss / Double(rows.count), "accuracy": Double(right) / Double(rows.count)]
    }

    /// Writes the judge's folder.
    public func export(to folder: URL) throws { try judge.write(to: folder) }
}
