import Pictures

extension InkBitmap {
    /// The ink of a picture: what differs from its paper.
    ///
    /// Dark ink on light paper or the other way round, told by which of the two there is less of, place by place; coloured ink counts by the channel
    /// in which it differs most. The paper's level is measured in the picture's own cells, so that a sheet photographed in a shadow is paper all over.
    public init(_ picture: Picture) {
        self = InkBitmap.ink(of: picture).bitmap
    }

    /// The ink, and whether it is light on dark paper.
    static func ink(of picture: Picture) -> (bitmap: InkBitmap, isLightOnDark: Bool) {
        let isLight = isInkLight(picture)
        let values = isLight ? picture.bytes.map { 255 - $0 } : picture.bytes
        let papers = (0..<3).map { Paper(values, channel: $0, width: picture.width, height: picture.height) }
        var pixels = [UInt8](repeating: 0, count: picture.width * picture.height)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let at = y * picture.width + x
                let levels = (papers[0].level(x, y), papers[1].level(x, y), papers[2].level(x, y))
                // Where the paper is dark, in a channel or altogether, small differences are noise: they are measured against half of full light.
                let floor: Float = 128
                let ink = max((levels.0 - Float(values[at * 3])) / max(levels.0, floor), (levels.1 - Float(values[at * 3 + 1])) / max(levels.1, floor),
                              (levels.2 - Float(values[at * 3 + 2])) / max(levels.2, floor))
                pixels[at] = UInt8(max(0, min(255, ink * 255)))
            }
        }
        return (InkBitmap(width: picture.width, height: picture.height, pixels: pixels), isLight)
    }

    /// Whether the ink is lighter than the paper. Lines are the lesser part of their surroundings and lie farther from the mean than the paper does:
    /// the sum of the cubed distances has the sign of the ink.
    private static func isInkLight(_ picture: Picture) -> Bool {
        let width = picture.width, height = picture.height, reach = max(4, max(width, height) / 16)
        func luminance(_ at: Int) -> Int {      // Rec. 709, in 256ths
            (54 * Int(picture.bytes[at * 3]) + 183 * Int(picture.bytes[at * 3 + 1]) + 19 * Int(picture.bytes[at * 3 + 2])) >> 8
        }
        // Sums over all that is above and left, for means of any rectangle by four numbers.
        var sums = [Int](repeating: 0, count: (width + 1) * (height + 1))
        for y in 0..<height {
            var row = 0
            for x in 0..<width {
                row += luminance(y * width + x)
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row
            }
        }
        var skew = 0.0
        for y in 0..<height {
            let y0 = max(0, y - reach), y1 = min(height, y + reach + 1)
            for x in 0..<width {
                let x0 = max(0, x - reach), x1 = min(width, x + reach + 1)
                let sum = sums[y1 * (width + 1) + x1] - sums[y0 * (width + 1) + x1] - sums[y1 * (width + 1) + x0] + sums[y0 * (width + 1) + x0]
                let distance = Double(luminance(y * width + x)) - Double(sum) / Double((y1 - y0) * (x1 - x0))
                skew += distance * distance * distance
            }
        }
        return skew > 0
    }

    /// The level of bare paper in one channel: for each cell of a grid the level that three quarters of its pixels do not exceed, in between by
    /// proportion.
    private struct Paper {
        private let columns, rows: Int, cell: Float
        private var levels: [Float]

        init(_ values: [UInt8], channel: Int, width: Int, height: Int) {
            let side = max(16, max(width, height) / 16)
            columns = (width + side - 1) / side
            rows = (height + side - 1) / side
            cell = Float(side)
            levels = []
            for row in 0..<rows {
                for column in 0..<columns {
                    var histogram = [Int](repeating: 0, count: 256), count = 0
                    for y in row * side..<min(height, (row + 1) * side) {
                        for x in column * side..<min(width, (column + 1) * side) {
                            histogram[Int(values[(y * width + x) * 3 + channel])] += 1
                            count += 1
                        }
                    }
                    var level = 255, above = 0
                    while level > 0, (above + histogram[level]) * 4 <= count {
                        above += histogram[level]
                        level -= 1
                    }
                    levels.append(Float(level))
                }
            }
            fillCovered()
        }

        /// A cell far darker than the paper is covered with ink: it gets its lightest neighbours' level. What is left far below the rest is ink
        /// without paper around it.
        private mutating func fillCovered() {
            let measured = levels, usual = measured.sorted()[measured.count * 3 / 4]
            for row in 0..<rows {
                for column in 0..<columns {
                    var lightest: Float = 0
                    for r in max(0, row - 1)...min(rows - 1, row + 1) {
                        for c in max(0, column - 1)...min(columns - 1, column + 1) { lightest = max(lightest, measured[r * columns + c]) }
                    }
                    let level = measured[row * columns + column]
                    levels[row * columns + column] = max(level < lightest * 0.6 ? lightest : level, usual * 0.4, 1)
                }
            }
        }

        /// The paper's level at a pixel.
        func level(_ x: Int, _ y: Int) -> Float {
            let u = max(0, min(Float(columns - 1), (Float(x) + 0.5) / cell - 0.5)), v = max(0, min(Float(rows - 1), (Float(y) + 0.5) / cell - 0.5))
            let c = min(Int(u), max(0, columns - 2)), r = min(Int(v), max(0, rows - 2)), s = u - Float(c), t = v - Float(r)
            let right = min(c + 1, columns - 1), below = min(r + 1, rows - 1)
            let top = levels[r * columns + c] * (1 - s) + levels[r * columns + right] * s
            return top * (1 - t) + (levels[below * columns + c] * (1 - s) + levels[below * columns + right] * s) * t
        }
    }
}
