import Sketches

/// Nearest neighbours among training drawings, by their pictures: a floor for recognition, and a measure of memorisation.
///
/// Distance: root mean square difference of 28 × 28 rasters of the ink box, strokes three pixels wide so that near lines overlap; 0…1.
package struct NearestDrawing {
    package static let size = 28
    private var pictures: [[UInt8]] = []
    private var labels: [Int] = []

    package static func picture(_ strokes: [Stroke]) -> [UInt8] {
        guard let ink = Box.of(strokes) else { return [UInt8](repeating: 0, count: size * size) }
        return raster(strokes, in: ink, size: size, strokeWidth: 3, padding: 2)
    }

    /// Drawings of `classes` (at most `limit` each), labelled by their place in `classes`.
    package init(_ source: any DrawingSource, classes: [Int], limit: Int = .max) {
        for (label, name) in classes.enumerated() {
            for index in 0..<min(source.count(of: name), limit) {
                pictures.append(Self.picture(source.drawing(name, index)))
                labels.append(label)
            }
        }
    }

    /// The nearest of all drawings, or of one label's.
    package func nearest(_ strokes: [Stroke], label only: Int? = nil) -> (label: Int, distance: Double)? {
        let picture = Self.picture(strokes)
        var best: (label: Int, squares: Int)?
        for index in pictures.indices where only == nil || labels[index] == only {
            var squares = 0
            let limit = best?.squares ?? .max
            pictures[index].withUnsafeBufferPointer { other in
                picture.withUnsafeBufferPointer { own in
                    for row in 0..<Self.size {
                        var sum: Int32 = 0
                        for at in row * Self.size..<(row + 1) * Self.size {
                            let difference = Int32(own[at]) - Int32(other[at])
                            sum &+= difference &* difference
                        }
                        squares += Int(sum)
                        if squares >= limit { break }
                    }
                }
            }
            if squares < limit { best = (labels[index], squares) }
        }
        return best.map { ($0.label, (Double($0.squares) / Double(Self.size * Self.size)).squareRoot() / 255) }
    }
}
