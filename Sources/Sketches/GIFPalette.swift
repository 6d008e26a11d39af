/// The colours of a GIF: the paper, and for each ink the steps from the paper to it that the edges of strokes have. A further index is transparent.
struct GIFPalette {
    let colors: [Color]
    /// The index after the colours: nothing is painted there.
    var transparent: UInt8 { UInt8(colors.count) }
    private var known: [UInt32: UInt8] = [:]

    /// - Parameters:
    ///   - paper: what lies under the inks; nil is transparent, and white under the edges of strokes.
    ///   - inks: what is drawn with.
    ///   - hasLabels: white text stands on the inks.
    init(paper: Color?, inks: [Color], hasLabels: Bool) {
        let papers = hasLabels && paper != nil && paper != .white ? [paper ?? .white, .white] : [paper ?? .white]
        let inks = inks.filter { !papers.contains($0) }
        // A lone ink has 30 steps: 32 colours with paper and transparency, five bits a pixel. 24 ramps at most have 10 each.
        let steps = inks.isEmpty ? 0 : min(30, (255 - papers.count) / (inks.count * papers.count))
        var colors = papers
        for ink in inks {
            for (i, paper) in papers.enumerated() {
                // The ink itself is the same at the end of each ramp.
                for step in 1..<(i == 0 ? steps + 1 : steps) { colors.append(paper.mixed(with: ink, Double(step) / Double(steps))) }
            }
        }
        self.colors = colors
    }

    /// The index for a pixel of a canvas: the nearest colour, the first of several.
    mutating func index(of word: UInt32) -> UInt8 {
        if let index = known[word] { return index }
        let index = word >> 24 == 0 ? transparent : nearest(to: Canvas.onWhite(word))
        known[word] = index
        return index
    }

    private func nearest(to color: Color) -> UInt8 {
        var best = 0, least = Int.max
        for (i, other) in colors.enumerated() {
            let red = Int(color.red) - Int(other.red), green = Int(color.green) - Int(other.green), blue = Int(color.blue) - Int(other.blue)
            let distance = red * red + green * green + blue * blue
            if distance < least { (best, least) = (i, distance) }
        }
        return UInt8(best)
    }
}

extension Color {
    /// The colour `share` of the way to another, 0…1.
    fileprivate func mixed(with other: Color, _ share: Double) -> Color {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded()) }
        return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }
}
