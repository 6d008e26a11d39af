import Sketches

/// Strokes that come in any order, and how near they lie to one another: in what order to read them, and which objects each is near.
package struct StrokeProximity: Sendable {
    /// Coarse copies, 64 points a stroke at most, so that scribbles of thousands of points take no longer.
    private let lines: [Stroke]
    private let boxes: [Box]

    /// - Parameter strokes: each with at least one point, in pixels.
    package init(_ strokes: [Stroke]) {
        lines = strokes.map { stroke in
            let line = simplified(stroke, tolerance: SketchCodec.tolerance)
            return line.points.count <= 64 ? line : resampled(line, spacing: line.length / 63)
        }
        boxes = lines.map { $0.box ?? Box(x0: 0, y0: 0, x1: 0, y1: 0) }
    }

    /// The order in which the model reads: each next stroke is the nearest to those already read (Prim 1957), from the leftmost on. Ink
    /// that hangs together is so read together, whatever the order in the file.
    /// - Returns: a permutation of the strokes' indices. O(n²) distances.
    package func readingOrder() -> [Int] {
        var order: [Int] = [], isRead = [Bool](repeating: false, count: lines.count)
        var distance = [Double](repeating: .infinity, count: lines.count)    // to the nearest stroke read so far
        while order.count < lines.count {
            var next = -1
            func key(_ index: Int) -> (Double, Double, Double, Double) {
                let own = boxes[index]
                guard let last = order.last else { return (0, 0, own.x0, own.y0) }
                return (distance[index], own.center.distance(to: boxes[last].center), own.x0, own.y0)
            }
            for index in lines.indices where !isRead[index] && (next < 0 || key(index) < key(next)) { next = index }
            order.append(next)
            isRead[next] = true
            for index in lines.indices where !isRead[index] && boxes[index].gap(to: boxes[next]) < distance[index] {
                distance[index] = min(distance[index], strokeDistance(lines[index], lines[next]))
            }
        }
        return order
    }

    /// The two objects nearest to a stroke among those that strokes before it belong to, nearest first.
    /// - Parameter owners: the object of each stroke before `stroke`.
    /// - Returns: objects with their distance in steps of a pixel, 0 where they touch, at most 63.
    package func nearest(to stroke: Int, owners: some Collection<Int>) -> [(object: Int, steps: Int)] {
        var distances: [Int: Double] = [:]
        return nearest(to: stroke, owners: owners, distances: &distances)
    }

    /// The same for several readings of one canvas.
    /// - Parameter distances: from the stroke to others, as far as they were needed before.
    package func nearest(to stroke: Int, owners: some Collection<Int>, distances: inout [Int: Double]) -> [(object: Int, steps: Int)] {
        let most = Double(SketchVocabulary.gridSteps - 1)
        var least: [Int: Double] = [:]
        for (other, owner) in owners.enumerated() {
            let known = least[owner] ?? most
            guard boxes[stroke].gap(to: boxes[other]) < known else { least[owner] = known; continue }
            let distance = distances[other] ?? strokeDistance(lines[stroke], lines[other])
            distances[other] = distance
            least[owner] = min(known, distance)
        }
        return least.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(2).map { ($0.key, Int(min($0.value.rounded(.up), most))) }
    }
}

/// The shortest distance between the paths of two strokes, 0 where they cross.
package func strokeDistance(_ a: Stroke, _ b: Stroke) -> Double {
    var least = Double.infinity
    func segments(_ stroke: Stroke) -> [(Point, Point)] {
        let points = stroke.points
        return points.count == 1 ? [(points[0], points[0])] : zip(points, points.dropFirst()).map { ($0, $1) }
    }
    let others = segments(b)
    for (p, q) in segments(a) {
        for (r, s) in others {
            if crosses(p, q, r, s) { return 0 }
            least = min(least, distanceFromSegment(p, r, s), distanceFromSegment(q, r, s), distanceFromSegment(r, p, q), distanceFromSegment(s, p, q))
        }
    }
    return least
}

/// Whether the segments p–q and r–s cross in their insides.
private func crosses(_ p: Point, _ q: Point, _ r: Point, _ s: Point) -> Bool {
    func side(_ a: Point, _ b: Point, _ c: Point) -> Double { (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) }
    return side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0
}
