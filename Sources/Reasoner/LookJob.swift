import Files
import Foundation
import Scenes
import Tensors
import Training

/// The `data:` section of an eye's recipe: which pictures.
public struct LookData: Codable, Sendable, Equatable {
    /// Pictures in one micro-batch.
    public var batch = 16
    /// Pictures in the list that training goes through; each is rendered once and kept in memory (215 KB for 320 × 224).
    public var pictures = 20_000
    /// Colours of the shapes: all, or CoGenT's condition A or B.
    public var colors = SceneSampler.ColorSet.all
    /// Share of pictures that show no scene.
    public var other = 0.06
    /// A file (YAML) of another world than CLEVR's, in its form.
    public var world: String?

    public init() {}
    public enum CodingKeys: String, CodingKey, CaseIterable { case batch, pictures, colors, other, world }
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.batch, into: &batch)
        try keys.read(.pictures, into: &pictures)
        try keys.read(.colors, into: &colors)
        try keys.read(.other, into: &other)
        world = try keys.decodeIfPresent(String.self, forKey: .world)
        try keys.check(.batch, 1...1_024 ~= batch, "1 to 1,024")
        try keys.check(.pictures, 1...1_000_000 ~= pictures, "1 to 1,000,000")
        try keys.check(.world, world == nil || colors == .all, "no world beside colors: A and B are CLEVR's")
        try keys.check(.other, 0..<1 ~= other, "0 to less than 1")
    }
}

/// Trains the eye of the reasoner on rendered pictures: the surrogate task of saying what stands where (``SceneGrid``).
public final class LookJob: TrainingJob {
    /// Top-level recipe keys of this job.
    public static let sections = ["model", "data"]
    private static let heldOutCount = 96

    /// What is trained.
    public let grid: SceneGrid
    private let data: LookData, microBatches: Int
    private let stream: PictureStream, heldOut: [PictureStream]

    /// The eye's weights and the heads'.
    public var parameters: [NamedTensor] { grid.parameters }

    /// A job by recipe: `model:` is a ``LookConfig``, `data:` a ``LookData``; `initialModel` a folder that such a run has written.
    /// - Throws: `RecipeError`; `ReasonerError.badRecipe`; what `SceneGrid.read(folder:)` throws.
    public init(recipe: RunRecipe, document: RecipeDocument) throws {
        var config = try document.section("model", as: LookConfig.self, keys: LookConfig.keys)
        data = try document.section("data", as: LookData.self, keys: LookData.CodingKeys.allCases.map(\.rawValue))
        if let initial = recipe.initialModel {
            guard config == LookConfig(), data.world == nil else { throw ReasonerError.badRecipe("initialModel beside model or data.world: the initial model has its own; leave one out") }
            grid = try SceneGrid(folder: URL(fileURLWithPath: initial))
            config = grid.look.config
        } else {
            let world = try data.world.map { try RecipeDocument(contentsOf: URL(fileURLWithPath: $0)).section("", as: World.self, keys: World.keys) }
            grid = SceneGrid(config: config, world: world ?? .clevr, seed: recipe.seed)
        }
        guard config.cell % (8 * SceneGrid.perCell) == 0, config.frames == 1 else { throw ReasonerError.badRecipe("model: a stem of 3 convolutions or more, and 1 frame") }
        let domain = grid.domain
        guard config.colorless.allSatisfy({ domain.values(of: $0) != nil }) else {
            throw ReasonerError.badRecipe("model.colorless: attributes are \(domain.attributes.map(\.name).joined(separator: ", "))")
        }
        microBatches = recipe.batch.microBatches
        let shape = config, colors = data.colors, world = grid.world
        stream = PictureStream(config: shape, world: world, colors: colors, count: data.pictures, other: data.other, seed: recipe.seed)
        // Of another seed: as the public pictures look, and as varied as training's.
        heldOut = [false, true].map {
            PictureStream(config: shape, world: world, colors: colors, count: Self.heldOutCount, other: 0, isVaried: $0, seed: recipe.seed &+ 0x4E1D)
        }
    }

    /// Loss of one batch of pictures, and their number.
    public func loss(step: Int, microBatch: Int) throws -> (loss: Tensor, tokens: Int) {
        let batch = stream.batch(step * microBatches + microBatch, count: data.batch)
        return (loss(batch), batch.count)
    }

    private func loss(_ batch: [PictureStream.Sample]) -> Tensor {
        grid(LookFrame.tensor(batch.map(\.picture))).loss(GridTargets(batch.map(\.scene), slots: grid.slots, domain: grid.domain))
    }

    /// Held-out figures on pictures like the public ones (`clevr_…`) and on varied ones (`varied_…`): F1 of the objects found, shares of right
    /// attributes among them, mean error of their places (units), share of scenes without any fault.
    public func evaluate() throws -> [String: Double] {
        var figures: [String: Double] = [:]
        for (name, stream) in zip(["clevr", "varied"], heldOut) {
            var score = SceneScore(), losses: [Double] = []
            for start in stride(from: 0, to: Self.heldOutCount, by: 16) {
                let samples = stream.samples(Array(start..<min(start + 16, Self.heldOutCount)))
                losses.append(Double(withoutGradients { loss(samples) }.item))
                for (reading, sample) in zip(grid.read(samples.map(\.picture)), samples) {
                    if let truth = sample.scene { score.add(reading.scene, truth: truth, domain: grid.domain) }
                }
            }
            figures["\(name)_loss"] = losses.reduce(0, +) / Double(losses.count)
            figures["\(name)_f1"] = score.f1
            figures["\(name)_attributes"] = score.attributes
            // Before anything is found there is no place to be wrong about.
            figures["\(name)_place"] = score.placeError
            figures["\(name)_whole"] = score.whole
        }
        return figures
    }

    /// Writes `look.json` and `look.safetensors`.
    public func export(to folder: URL) throws { try grid.write(to: folder) }
}
