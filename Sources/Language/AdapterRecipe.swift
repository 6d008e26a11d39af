import Files

/// The `adapter:` section of a recipe: the initial model, of any kind, is frozen; what is trained stands beside its weights.
public struct AdapterRecipe: Codable, Sendable, Equatable {
    /// As in ``AdapterConfig``.
    public var rank = 16, alpha = 32.0, targets = ["q_proj", "v_proj"]
    /// How many blocks are changed, counted from the last; nil: all.
    public var upper: Int?

    public init() {}
    /// Keys of the section.
    public enum CodingKeys: String, CodingKey, CaseIterable { case rank, alpha, targets, upper }
    /// - Throws: `Swift.DecodingError` naming the key and what was expected.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.rank, into: &rank)
        try keys.read(.alpha, into: &alpha)
        try keys.read(.targets, into: &targets)
        upper = try keys.decodeIfPresent(Int.self, forKey: .upper)
        try config(layers: 1).check(keys, rank: .rank, alpha: .alpha, targets: .targets)
        try keys.check(.upper, upper.map { $0 > 0 } ?? true, "a number of blocks, 1 or more")
    }

    /// An adapter of these sizes beside a model of so many blocks.
    public func config(layers: Int) -> AdapterConfig {
        var config = AdapterConfig()
        (config.rank, config.alpha, config.targets) = (rank, alpha, targets)
        if let upper, upper < layers { config.layers = Array(layers - upper..<layers) }
        return config
    }
}
