/// How a scene becomes a picture. The defaults: dark ink on white, the canvas's own size, no boxes.
public struct RenderOptions: Sendable, Equatable {
    /// The picture's longest side: pixels (PNG, SVG, GIF) or points (PDF); a sheet's is at most this. `nil`: the canvas's size; PNG at least
    /// 256, a cell of a sheet 256; GIF 512.
    public var size: Int?
    /// The pen's width in canvas pixels. `nil`: 2.5 on a canvas of 256, in proportion on others.
    public var strokeWidth: Double?
    /// Each object in its own colour instead of dark ink.
    public var colors: Bool
    /// A frame around each object's ink, in the object's colour.
    public var boxes: Bool
    /// Each object's class above it, in the object's colour.
    public var labels: Bool
    /// `nil` is transparent.
    public var background: Color?
    /// SVG: the strokes draw themselves one after the other, without scripts. In a GIF they always do.
    public var animate: Bool
    /// GIF: begins again after a pause at the end, for ever; else it plays once.
    public var loops: Bool
    /// Cells in a row when several scenes share a picture. `nil`: about as many as rows.
    public var columns: Int?

    /// Options by name; what is not given has its default.
    public init(size: Int? = nil, strokeWidth: Double? = nil, colors: Bool = false, boxes: Bool = false, labels: Bool = false,
                background: Color? = .white, animate: Bool = false, loops: Bool = true, columns: Int? = nil) {
        self.size = size
        self.strokeWidth = strokeWidth
        self.colors = colors
        self.boxes = boxes
        self.labels = labels
        self.background = background
        self.animate = animate
        self.loops = loops
        self.columns = columns
    }

    /// The pen's width in canvas pixels for this scene.
    func penWidth(of scene: Scene) -> Double {
        strokeWidth ?? 2.5 * scene.longestSide / 256
    }

    /// The columns of a sheet of `count` cells.
    func sheetColumns(for count: Int) -> Int {
        max(1, min(count, columns ?? Int(Double(count).squareRoot().rounded(.up))))
    }
}

/// An opaque colour, channels 0…255.
public struct Color: Hashable, Sendable {
    /// The channels, 0…255.
    public var red, green, blue: UInt8

    /// A colour by its channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// From `0xRRGGBB`.
    public init(hex: UInt32) {
        self.init(red: UInt8(hex >> 16 & 255), green: UInt8(hex >> 8 & 255), blue: UInt8(hex & 255))
    }

    /// Paper.
    public static let white = Color(hex: 0xffffff)
    /// The dark ink of drawings without colours.
    public static let ink = Color(hex: 0x22252b)

    /// The colours of objects, repeated after ten. All have a contrast of at least 3:1 with white.
    public static let palette: [Color] = [
        0x2563a8, 0xc8512d, 0x2f855a, 0x8e44ad, 0xb7791f, 0x0e8a94, 0xc2376e, 0x5a6b2c, 0x6b5b4b, 0x4c51bf,
    ].map { Color(hex: $0) }

    /// The colour of the object at `index` in its scene.
    public static func ofObject(_ index: Int) -> Color { palette[index % palette.count] }

    /// `#rrggbb`.
    public var css: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
