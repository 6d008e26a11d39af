/// Fewer points for the same line: Ramer-Douglas-Peucker with `tolerance` in pixels (QuickDraw's simplified files used 2.0 at 256).
///
/// Every dropped point lies within `tolerance` of the segment that replaces it; first and last point stay, times go with their points.
/// Iterative, so a stroke of a million points cannot exhaust the stack. (Ramer 1972, Douglas & Peucker 1973.)
///
/// A piece is split at its farthest point. Where that has not been enough after 256 splits on top of each other, as on a zigzag that shrinks
/// point by point, it is split in the middle: all within the tolerance as before, perhaps with more points than needed, and the work for
/// n points is about (256 + log₂ n) · n distances instead of n². Strokes of up to 258 points never get there.
public func simplified(_ stroke: Stroke, tolerance: Double) -> Stroke {
    let points = stroke.points
    guard points.count > 2, tolerance > 0 else { return stroke }
    var kept = [Bool](repeating: false, count: points.count)
    kept[0] = true
    kept[points.count - 1] = true
    let deepest = 256
    var open = [(first: 0, last: points.count - 1, depth: 0)]
    while let (first, last, depth) = open.popLast() {
        guard last - first > 1 else { continue }
        var farthest = first, distance = -1.0
        for i in first + 1..<last {
            let d = distanceFromSegment(points[i], points[first], points[last])
            if d > distance { (farthest, distance) = (i, d) }
        }
        guard distance > tolerance else { continue }
        let split = depth < deepest ? farthest : (first + last) / 2
        kept[split] = true
        open.append((first, split, depth + 1))
        open.append((split, last, depth + 1))
    }
    let indices = points.indices.filter { kept[$0] }
    let times = stroke.times.flatMap { t in t.count == points.count ? indices.map { t[$0] } : nil }
    return Stroke(indices.map { points[$0] }, times: times, part: stroke.part)
}

/// Points at equal steps of `spacing` pixels along the stroke; first and last point stay, times are dropped.
///
/// The steps are stretched a little so that the last one is whole. A dot stays one point. At most 100,000 points are made.
public func resampled(_ stroke: Stroke, spacing: Double) -> Stroke {
    let points = stroke.points, length = stroke.length
    guard points.count > 1, spacing > 0, length > 0, length.isFinite else { return Stroke(points) }
    let steps = Int(min(100_000, max(1, (length / spacing).rounded())))
    let step = length / Double(steps)
    var result = [points[0]], walked = 0.0, segment = 1
    for k in 1..<max(1, steps) {
        let target = step * Double(k)
        while segment < points.count {
            let d = points[segment - 1].distance(to: points[segment])
            if walked + d >= target {
                result.append(points[segment - 1].interpolated(to: points[segment], d > 0 ? (target - walked) / d : 0))
                break
            }
            walked += d
            segment += 1
        }
    }
    result.append(points[points.count - 1])
    return Stroke(result)
}

/// The distance from `p` to the segment `a`–`b`, in pixels.
package func distanceFromSegment(_ p: Point, _ a: Point, _ b: Point) -> Double {
    let dx = b.x - a.x, dy = b.y - a.y
    let squared = dx * dx + dy * dy
    guard squared > 0 else { return p.distance(to: a) }
    let t = min(1, max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / squared))
    return p.distance(to: Point(x: a.x + t * dx, y: a.y + t * dy))
}
