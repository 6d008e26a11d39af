import Files

/// The shape of ``Look``: what pictures it sees and how it reads them.
public struct LookConfig: Codable, Sendable, Equatable {
    /// Pixels; multiples of `cell`.
    public var pictureWidth = 320, pictureHeight = 240
    /// Channels of the stem's convolutions, each of which halves both sides; multiples of 8.
    public var stem = [32, 64, 96]
    /// G, the width of the features: of the stem's last convolution and of the blocks after it; a multiple of 8.
    public var features = 192
    /// Transformer blocks after the stem.
    public var layers = 4
    /// Attention heads; an even divisor of `features`.
    public var heads = 6
    /// Width of the gated MLP in each block.
    public var hiddenWidth = 512
    /// F, the most frames of a video; 1: pictures only, without attention over time.
    public var frames = 1
    /// Attributes that are read from a second look at the picture without its colours, so that no colour can speak for them.
    public var colorless: [String] = []

    /// The shape for CLEVR's pictures.
    public init() {}

    /// Pixels of a side of a grid cell.
    public var cell: Int { 1 << (stem.count + 1) }
    /// Cells across and down.
    public var columns: Int { pictureWidth / cell }
    public var rows: Int { pictureHeight / cell }
    /// N, the cells of a frame.
    public var cells: Int { columns * rows }

    /// The keys of a file or recipe.
    static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case pictureWidth = "picture_width", pictureHeight = "picture_height", stem, features, layers, heads, hiddenWidth = "hidden_width", frames, colorless
    }

    /// Reads a shape; keys that are absent have the values of `init()`.
    /// - Throws: `DecodingError` for a shape that cannot be built.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.pictureWidth, into: &pictureWidth)
        try keys.read(.pictureHeight, into: &pictureHeight)
        try keys.read(.stem, into: &stem)
        try keys.read(.features, into: &features)
        try keys.read(.layers, into: &layers)
        try keys.read(.heads, into: &heads)
        try keys.read(.hiddenWidth, into: &hiddenWidth)
        try keys.read(.frames, into: &frames)
        try keys.read(.colorless, into: &colorless)
        try keys.check(.stem, 1...6 ~= stem.count && stem.allSatisfy { 8...1_024 ~= $0 && $0 % 8 == 0 }, "1 to 6 multiples of 8 up to 1,024")
        try keys.check(.pictureWidth, 8...4_096 ~= pictureWidth && pictureWidth % cell == 0, "a multiple of \(cell) up to 4,096")
        try keys.check(.pictureHeight, 8...4_096 ~= pictureHeight && pictureHeight % cell == 0, "a multiple of \(cell) up to 4,096")
        try keys.check(.features, 8...4_096 ~= features && features % 8 == 0, "a multiple of 8 up to 4,096")
        try keys.check(.heads, 1...256 ~= heads && features % heads == 0 && features / heads <= 256, "a divisor of features with heads of at most 256")
        try keys.check(.layers, 0...64 ~= layers, "0 to 64")
        try keys.check(.hiddenWidth, 8...16_384 ~= hiddenWidth, "8 to 16,384")
        try keys.check(.colorless, colorless.count <= 32, "at most 32 attributes")
        try keys.check(.frames, 1...4_096 ~= frames, "1 to 4,096")
    }
}
