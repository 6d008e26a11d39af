import Foundation

extension LineGraph {
    /// The middle line of one stroke.
    struct Line {
        var points: [Point]
        /// Whether the ink ends at the first point, and at the last: no other line goes on there.
        var startsFree = false, endsFree = false
        /// Whether the last point is the first again.
        var isClosed = false
    }

    /// The lines that are strokes: at each junction a line goes on in the one that continues its direction best, so that two lines that cross are
    /// two strokes. Turns of more than `turn` radians part a stroke.
    func lines(pen: Double, turn: Double = 50 * .pi / 180) -> [Line] {
        let tips = tips()
        var partner: [Tip: Tip] = [:]
        for node in nodes.indices where tips[node].count > 1 {
            for (one, two) in pairs(tips[node], at: nodes[node], pen: pen, turn: turn) {
                partner[one] = two
                partner[two] = one
            }
        }
        func isFree(_ tip: Tip) -> Bool { tips[tip.end == 0 ? edges[tip.edge].nodes.0 : edges[tip.edge].nodes.1].count == 1 }
        var lines = dots.map { Line(points: [$0]) } + loops.map { Line(points: $0 + $0.prefix(1), isClosed: true) }
        var isUsed = edges.map(\.isGone)
        // First from free ends, then what is left: lines that close.
        let starts = edges.indices.flatMap { [Tip(edge: $0, end: 0), Tip(edge: $0, end: 1)] }
        for start in starts.filter({ partner[$0] == nil }) + starts where !isUsed[start.edge] {
            var line = Line(points: [], startsFree: isFree(start)), tip = start
            while true {
                isUsed[tip.edge] = true
                line.points += piece(from: tip, begins: partner[tip] == nil, ends: partner[tip.other] == nil)
                guard let next = partner[tip.other] else {
                    line.endsFree = isFree(tip.other)
                    break
                }
                if isUsed[next.edge] {
                    line.isClosed = next.edge == start.edge
                    break
                }
                tip = next
            }
            if line.points.isEmpty { line.points = [node(of: start).place] }
            if line.isClosed, line.points.count > 1 { line.points.append(line.points[0]) }
            lines.append(line)
        }
        return lines
    }

    private func node(of tip: Tip) -> Node { tip.end == 0 ? nodes[edges[tip.edge].nodes.0] : nodes[edges[tip.edge].nodes.1] }

    /// The way along an edge. Where the stroke passes through a junction, the middle line is bent by the other line's ink and is left out as far as
    /// that reaches: the stroke goes straight there.
    private func piece(from tip: Tip, begins: Bool, ends: Bool) -> [Point] {
        let start = node(of: tip), end = node(of: tip.other)
        var points = way(from: tip)[...]
        if !begins { points = points.drop { $0.distance(to: start.place) < start.radius } }
        if !ends { while let last = points.last, last.distance(to: end.place) < end.radius { points.removeLast() } }
        return (begins ? [start.place] : []) + points + (ends ? [end.place] : [])
    }

    /// The tips that go on in each other, the straightest pair first.
    private func pairs(_ tips: [Tip], at node: Node, pen: Double, turn: Double) -> [(Tip, Tip)] {
        let directions = tips.map { direction(of: $0, from: node, pen: pen) }
        var all: [(bend: Double, one: Int, two: Int)] = []
        for one in tips.indices {
            for two in tips.indices where one < two {
                let a = directions[one], b = directions[two]
                // 0 where b points away from a.
                let bend = abs(atan2(a.x * b.y - a.y * b.x, -(a.x * b.x + a.y * b.y)))
                if bend <= turn { all.append((bend, one, two)) }
            }
        }
        var isTaken = [Bool](repeating: false, count: tips.count), pairs: [(Tip, Tip)] = []
        for pair in all.sorted(by: { ($0.bend, $0.one, $0.two) < ($1.bend, $1.one, $1.two) }) where !isTaken[pair.one] && !isTaken[pair.two] {
            (isTaken[pair.one], isTaken[pair.two]) = (true, true)
            pairs.append((tips[pair.one], tips[pair.two]))
        }
        return pairs
    }

    /// Where a line leaves a junction for, measured outside the junction's own ink over three pens' width.
    func direction(of tip: Tip, from node: Node, pen: Double) -> Point {
        let way = way(from: tip), reach = node.radius + max(4, 3 * pen)
        let from = way.first { $0.distance(to: node.place) >= node.radius } ?? node.place
        let to = way.first { $0.distance(to: node.place) >= reach } ?? self.node(of: tip.other).place
        let d = Point(x: to.x - from.x, y: to.y - from.y)
        return d == Point(x: 0, y: 0) ? Point(x: to.x - node.place.x, y: to.y - node.place.y) : d
    }
}
