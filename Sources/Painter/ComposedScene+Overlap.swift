import Sketches
import Tensors

extension ComposedScene {
    /// How much of the smaller of two ink boxes lies in the other, 0…1; 0 for a box without area.
    package static func overlap(_ a: Box, _ b: Box) -> Double {
        let least = min(a.area, b.area)
        return least > 0 ? (a.intersection(b)?.area ?? 0) / least : 0
    }

    /// The same scene with one object moved straight towards another until their ink boxes overlap. What the sentence says of places may hold no more.
    /// - Parameter shares: how much of the smaller box shall lie in the other; what is common to the moved object and third ones is at most the upper end.
    /// - Returns: nil where no pair of objects can be brought so near.
    package func overlapping(_ shares: ClosedRange<Double>, _ r: inout RandomSource) -> ComposedScene? {
        let inks = objects.map { Box.of($0.strokes) ?? $0.box.box }, wanted = shares.lowerBound + (shares.upperBound - shares.lowerBound) * r.uniform()
        let pairs = objects.indices.flatMap { moved in objects.indices.filter { $0 != moved }.map { (moved, $0) } }.shuffled(using: &r)
        for (moved, other) in pairs {
            let (from, to) = (inks[moved].center, inks[other].center)
            func place(_ fraction: Double) -> Box {
                let dx = (to.x - from.x) * fraction, dy = (to.y - from.y) * fraction, ink = inks[moved]
                return Box(x0: ink.x0 + dx, y0: ink.y0 + dy, x1: ink.x1 + dx, y1: ink.y1 + dy)
            }
            // The nearer the middles, the more is common to both.
            guard Self.overlap(inks[moved], inks[other]) < wanted, Self.overlap(place(1), inks[other]) > wanted else { continue }
            var low = 0.0, high = 1.0
            while high - low > 1e-6 {
                let middle = (low + high) / 2
                if Self.overlap(place(middle), inks[other]) < wanted { low = middle } else { high = middle }
            }
            let box = place(high), side = SketchCodec.canvasSide
            guard box.x0 >= 0, box.y0 >= 0, box.x1 <= side, box.y1 <= side,
                  objects.indices.allSatisfy({ $0 == moved || Self.overlap(box, inks[$0]) <= shares.upperBound }) else { continue }
            var scene = self
            let dx = box.x0 - inks[moved].x0, dy = box.y0 - inks[moved].y0
            scene.objects[moved].strokes = objects[moved].strokes.map { stroke in Stroke(stroke.points.map { Point(x: $0.x + dx, y: $0.y + dy) }) }
            scene.objects[moved].box = GridBox(box)
            return scene
        }
        return nil
    }
}
