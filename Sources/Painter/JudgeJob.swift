import Foundation
import Sketches
import Tensors
import Training

/// Trains the judge on its share of the drawings.
public final class JudgeJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]

    struct Shape: Codable {
        var size: Int?
        var channels: [Int]?
    }
    struct Source: Codable {
        var source: String?
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

    /// A job by recipe: `model: {size, channels}`, `data: {source, batch}`.
    /// - Throws: `RecipeError`, `PainterError.noData` where the drawings are not prepared, `badRecipe`.
    public convenience init(recipe: RunRecipe, document: RecipeDocument) throws {
        let shape = try document.section("model", as: Shape.self, keys: ["size", "channels"])
        let source = try document.section("data", as: Source.self, keys: ["source", "batch"])
        let folder = URL(fileURLWithPath: source.source ?? "data/quickdraw")
        let pack = try DrawingPack(contentsOf: QuickDrawData.url(of: .judge, in: folder))
        let ceiling = try DrawingPack(contentsOf: QuickDrawData.url(of: .ceiling, in: folder))
        let judged = try QuickDrawData.judgedClasses(in: folder).filter { pack.count(of: $0) > 0 && ceiling.count(of: $0) > 0 }
        try self.init(recipe: recipe, drawings: pack, heldOut: ceiling, classes: judged, size: shape.size, channels: shape.channels, batch: source.batch ?? 64)
    }

    package init(recipe: RunRecipe, drawings: any DrawingSource, heldOut: any DrawingSource, classes: [Int], size: Int? = nil, channels: [Int]? = nil, batch: Int) throws {
        guard recipe.initialModel == nil else { throw PainterError.badRecipe("a judge cannot start from an initialModel") }
        guard classes.count > 1 else { throw PainterError.badRecipe("a judge needs two classes or more with \(QuickDrawData.judgedMinimum) drawings") }
        guard 1...4_096 ~= batch else { throw PainterError.badRecipe("data.batch: 1 to 4,096") }
        var config = JudgeConfig(classes: classes.map { drawings.classes[$0] })
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
        self.heldOut = classes.flatMap { name in (0..<min(heldOut.count(of: name), 20)).map { (heldOut.drawing(name, $0), label[name] ?? 0) } }
        seed = recipe.seed
        self.batch = batch
    }

    /// Mean cross-entropy of one batch of pictures, a pure function of (seed, step, micro-batch).
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        var random = RandomSource(seed: RandomSource.derive(seed, UInt64(step) + 1, UInt64(microBatch)))
        var pictures: [Float] = [], targets: [Int32] = []
        let size = judge.config.size
        for _ in 0..<batch {
            let name = composer.randomClass(&random)
            var strokes = composer.randomDrawing(name, &random)
            // The Painter's copies are simplified; the judge must not care.
            if random.uniform() < 0.5 { strokes = strokes.map { simplified($0, tolerance: 2 + 4 * random.uniform()) } }
            pictures += Judge.picture(strokes, size: size)
            targets.append(label[name] ?? 0)
        }
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
