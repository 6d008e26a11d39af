/// Turns a middle line of pixels into a stroke as a pen draws it: without stairs, in the middle of the grey ink, to its very end, with few points.
struct InkLine {
    let bitmap: InkBitmap
    /// The level from which a pixel is ink.
    let level: Double
    /// The width of the lines, in pixels.
    let pen: Double
    /// How far the simplified stroke may be from the whole one, in pixels.
    let tolerance: Double

    /// The stroke of a line. What is shorter than half the pen is wide is a dot.
    func stroke(_ line: LineGraph.Line) -> Stroke {
        guard let box = Box.of(line.points), line.points.count > 1, box.longestSide >= max(1.5, pen / 2) else {
            return Stroke([Box.of(line.points)?.center ?? Point(x: 0, y: 0)])
        }
        var points = resampled(Stroke(line.points), spacing: 1).points
        let isClosed = line.isClosed && points.count > 3
        smooth(&points, isClosed, times: max(2, Int(pen / 2)))
        centre(&points)
        smooth(&points, isClosed, times: 1)
        if isClosed {
            points[points.count - 1] = points[0]
            return ring(points)
        }
        if line.startsFree { extend(&points, from: 0, step: 1) }
        if line.endsFree { extend(&points, from: points.count - 1, step: -1) }
        let first = points[0], last = points[points.count - 1]
        // From the end that is nearer to the top left corner.
        if last.x + last.y < first.x + first.y { points.reverse() }
        return simplified(Stroke(points), tolerance: tolerance)
    }

    /// Simplifying keeps first and last point of a stroke: of a closed one the point nearest to the top left, and the one farthest from there.
    private func ring(_ points: [Point]) -> Stroke {
        let ring = points.dropLast(), start = ring.indices.min { ring[$0].x + ring[$0].y < ring[$1].x + ring[$1].y } ?? 0
        let closed = Array(ring[start...] + ring[...start])
        let half = closed.indices.max { closed[$0].distance(to: closed[0]) < closed[$1].distance(to: closed[0]) } ?? 0
        let there = simplified(Stroke(Array(closed[...half])), tolerance: tolerance), back = simplified(Stroke(Array(closed[half...])), tolerance: tolerance)
        return Stroke(there.points + back.points.dropFirst())
    }

    /// Each point goes half-way to the mean of its neighbours.
    private func smooth(_ points: inout [Point], _ isClosed: Bool, times: Int) {
        func mean(_ a: Point, _ b: Point, _ c: Point) -> Point { Point(x: (a.x + 2 * b.x + c.x) / 4, y: (a.y + 2 * b.y + c.y) / 4) }
        let last = points.count - 1
        for _ in 0..<times {
            let old = points
            for i in points.indices.dropFirst().dropLast() { points[i] = mean(old[i - 1], old[i], old[i + 1]) }
            if isClosed {
                points[0] = mean(old[last - 1], old[0], old[1])
                points[last] = points[0]
            }
        }
    }

    /// The grey of the ink at a place, between the middles of pixels by proportion.
    private func grey(_ x: Double, _ y: Double) -> Double {
        let u = x - 0.5, v = y - 0.5
        guard u > -1, v > -1, u < Double(bitmap.width), v < Double(bitmap.height) else { return 0 }
        let left = Int(u.rounded(.down)), top = Int(v.rounded(.down)), s = u - Double(left), t = v - Double(top)
        func pixel(_ x: Int, _ y: Int) -> Double {
            x >= 0 && y >= 0 && x < bitmap.width && y < bitmap.height ? Double(bitmap.pixels[y * bitmap.width + x]) : 0
        }
        return (pixel(left, top) * (1 - s) + pixel(left + 1, top) * s) * (1 - t) + (pixel(left, top + 1) * (1 - s) + pixel(left + 1, top + 1) * s) * t
    }

    /// Moves each point across the line to the middle of the grey there, by up to one pixel. Where the ink is much wider than the pen, lines meet and
    /// there is no middle of this one.
    private func centre(_ points: inout [Point]) {
        let old = points, reach = Int(pen + 3)      // in half pixels, to each side
        for i in old.indices {
            let before = old[max(0, i - 2)], after = old[min(old.count - 1, i + 2)], length = before.distance(to: after)
            guard length > 1 else { continue }
            let across = Point(x: (before.y - after.y) / length, y: (after.x - before.x) / length)
            var sum = 0.0, moment = 0.0, isBounded = true
            for side in [1, -1] {
                var k = side > 0 ? 0 : 1
                while true {
                    let offset = Double(side * k) / 2, ink = grey(old[i].x + offset * across.x, old[i].y + offset * across.y)
                    guard ink >= level / 4 else { break }
                    sum += ink
                    moment += ink * offset
                    k += 1
                    if k > reach {
                        isBounded = false
                        break
                    }
                }
            }
            guard isBounded, sum > 0, abs(moment / sum) <= 1 else { continue }
            points[i] = Point(x: old[i].x + across.x * moment / sum, y: old[i].y + across.y * moment / sum)
        }
    }

    /// Thinning takes a line away from its ends too: the end goes on in its direction to half a pen from where the ink ends.
    private func extend(_ points: inout [Point], from end: Int, step: Int) {
        let inner = end + step * min(points.count - 1, max(3, Int(pen * 1.5))), from = points[inner], to = points[end], length = from.distance(to: to)
        guard length > 1 else { return }
        let along = Point(x: (to.x - from.x) / length, y: (to.y - from.y) / length)
        var reach = 0.0
        while reach <= 2 * pen, grey(to.x + along.x * reach, to.y + along.y * reach) >= level { reach += 0.25 }
        let missing = reach - 0.125 - pen / 2
        guard missing > 0, missing <= pen else { return }
        points[end] = Point(x: to.x + along.x * missing, y: to.y + along.y * missing)
    }
}
