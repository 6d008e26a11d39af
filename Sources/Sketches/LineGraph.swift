/// The middle lines of a drawing as a graph: ends and junctions, and the lines between them.
struct LineGraph {
    /// Where lines end or meet.
    struct Node {
        var place: Point
        /// From the place to the nearest paper; of a node that several became, to the farthest edge of their ink.
        var radius: Double
    }

    /// A line between two nodes, or from one back to itself.
    struct Edge {
        /// The way from `nodes.0` to `nodes.1`, without the nodes' own places.
        var points: [Point]
        var nodes: (Int, Int)
        var isGone = false
    }

    /// One end of an edge: 0 at `nodes.0`, 1 at `nodes.1`.
    struct Tip: Hashable {
        var edge: Int, end: Int
        var other: Tip { Tip(edge: edge, end: 1 - end) }
    }

    private(set) var nodes: [Node] = []
    private(set) var edges: [Edge] = []
    /// Closed lines that meet no other.
    private(set) var loops: [[Point]] = []
    /// Points alone.
    private(set) var dots: [Point] = []
    /// The length of all lines together, in pixels.
    private(set) var length = 0.0

    /// The edges of a drawing beyond which it is no line drawing; also what keeps the work within bounds.
    static let edgeLimit = 50_000

    /// The graph of a thinned mask. `distances` are those of the mask before it was thinned.
    /// - Returns: `nil` where there are too many edges.
    init?(_ mask: InkMask, distances: [Double]) {
        let steps = mask.steps, inked = mask.inked
        func next(_ at: Int) -> [Int] { InkMask.links[mask.neighbours(at)].map { at + steps[$0] } }
        // 0 and above: the node that the pixel belongs to.
        var owner: [Int: Int] = [:], degrees: [Int: Int] = [:]
        for at in inked { degrees[at] = InkMask.links[mask.neighbours(at)].count }
        for at in inked where owner[at] == nil && degrees[at] != 2 {
            if degrees[at] == 0 {
                dots.append(mask.point(at))
                continue
            }
            // Junction pixels that touch are one junction.
            var members = [at], reached = 0
            owner[at] = nodes.count
            while degrees[at] != 1, reached < members.count {
                for other in next(members[reached]) where owner[other] == nil && (degrees[other] ?? 0) > 2 {
                    owner[other] = nodes.count
                    members.append(other)
                }
                reached += 1
            }
            let places = members.map(mask.point)
            let middle = Point(x: places.reduce(0) { $0 + $1.x } / Double(places.count), y: places.reduce(0) { $0 + $1.y } / Double(places.count))
            nodes.append(Node(place: middle, radius: members.reduce(0) { max($0, distances[$1]) }))
        }
        var isDone: Set<Int> = []
        for start in inked {
            guard let node = owner[start] else { continue }
            for first in next(start) where owner[first] != node {
                if let other = owner[first] {
                    if node < other { edges.append(Edge(points: [], nodes: (node, other))) }      // two nodes side by side, seen from both
                    continue
                }
                guard !isDone.contains(first) else { continue }
                var way = [first], before = start
                isDone.insert(first)
                while true {
                    guard let step = next(way[way.count - 1]).first(where: { $0 != before }) else { break }
                    if let other = owner[step] {
                        edges.append(Edge(points: way.map(mask.point), nodes: (node, other)))
                        break
                    }
                    before = way[way.count - 1]
                    way.append(step)
                    isDone.insert(step)
                }
                guard edges.count <= Self.edgeLimit else { return nil }
            }
        }
        for start in inked where owner[start] == nil && degrees[start] == 2 && !isDone.contains(start) {
            var way = [start]
            isDone.insert(start)
            while let step = next(way[way.count - 1]).first(where: { !isDone.contains($0) }) {
                isDone.insert(step)
                way.append(step)
            }
            loops.append(way.map(mask.point))
        }
        length = edges.reduce(0) { $0 + length(of: $1) } + loops.reduce(0) { $0 + Stroke($1).length } + Double(dots.count)
    }

    /// From node to node.
    private func length(of edge: Edge) -> Double {
        Stroke([nodes[edge.nodes.0].place] + edge.points + [nodes[edge.nodes.1].place]).length
    }

    /// The ends of edges that meet at each node.
    func tips() -> [[Tip]] {
        var tips = [[Tip]](repeating: [], count: nodes.count)
        for (index, edge) in edges.enumerated() where !edge.isGone {
            tips[edge.nodes.0].append(Tip(edge: index, end: 0))
            tips[edge.nodes.1].append(Tip(edge: index, end: 1))
        }
        return tips
    }

    /// The way along an edge that begins at this tip.
    func way(from tip: Tip) -> [Point] { tip.end == 0 ? edges[tip.edge].points : edges[tip.edge].points.reversed() }

    // MARK: cleaning

    /// How long two lines run in one that part at this node, as far as their angle tells: they do so until they are a pen apart. `nil` where it is
    /// no such parting: not two lines that leave at less than a right angle, away from the edge before.
    private func overlap(before edge: Int, at node: Int, _ tips: [Tip], pen: Double) -> Double? {
        let legs = tips.filter { $0.edge != edge }
        guard tips.count == 3, legs.count == 2, let stem = tips.first(where: { $0.edge == edge }) else { return nil }
        func unit(_ tip: Tip) -> Point {
            let d = direction(of: tip, from: nodes[node], pen: pen), length = d.distance(to: Point(x: 0, y: 0))
            return length > 0 ? Point(x: d.x / length, y: d.y / length) : d
        }
        let a = unit(legs[0]), b = unit(legs[1]), end = nodes[stem.end == 0 ? edges[edge].nodes.1 : edges[edge].nodes.0].place, place = nodes[node].place
        guard a.x * b.x + a.y * b.y > 0, (a.x + b.x) * (end.x - place.x) + (a.y + b.y) * (end.y - place.y) < 0 else { return nil }
        // Half the chord between the two directions is the sine of half their angle. Less than 12 degrees apart, they would be one line for too long.
        return pen / max(0.2, a.distance(to: b))
    }

    /// Takes away spurs: lines with a free end that reach no farther out of the ink around their junction than half a pen's width. Rough edges of the
    /// ink make them. The shortest goes first, since what is left at the end of a line may be two of them.
    ///
    /// A longer one between two lines that part at a small angle is the tip of a sharp corner, where both run in one: they become one line through
    /// the tip.
    mutating func prune(pen: Double) {
        for _ in 0..<10 {
            let tips = tips()
            var degrees = tips.map(\.count)
            let spurs = edges.indices.compactMap { index -> (edge: Int, junction: Int, corner: Int?, length: Double)? in
                let (a, b) = edges[index].nodes
                guard !edges[index].isGone, a != b, min(degrees[a], degrees[b]) == 1, max(degrees[a], degrees[b]) > 2 else { return nil }
                let (junction, end) = degrees[a] == 1 ? (b, a) : (a, b), length = length(of: edges[index])
                let isSpur = length < nodes[junction].radius + pen / 2
                // In ink much wider than the pen no lines run in one: it is filled.
                let reach = nodes[junction].radius < 1.25 * pen + 1 ? overlap(before: index, at: junction, tips[junction], pen: pen) : nil
                let isOverlap = reach.map { length < 1.25 * $0 + 1 } ?? false
                return isSpur || isOverlap ? (index, junction, isOverlap ? end : nil, length) : nil
            }
            var wasChanged = false
            for spur in spurs.sorted(by: { ($0.length, $0.edge) < ($1.length, $1.edge) }) where degrees[spur.junction] > 2 {
                edges[spur.edge].isGone = true
                degrees[spur.junction] -= 1
                if let corner = spur.corner { nodes[spur.junction].place = nodes[corner].place }
                wasChanged = true
            }
            guard wasChanged else { return }
            join()
        }
    }

    /// Two lines that meet with no third become one.
    mutating func join() {
        var tips = tips()
        for node in nodes.indices where tips[node].count == 2 {
            let (one, two) = (tips[node][0], tips[node][1])
            let before = way(from: one.other) + [nodes[node].place]
            tips[node] = []
            edges[one.edge].isGone = true
            guard one.edge != two.edge else {
                loops.append(before)
                continue
            }
            edges[two.edge].isGone = true
            func far(_ tip: Tip) -> Int { tip.end == 0 ? edges[tip.edge].nodes.1 : edges[tip.edge].nodes.0 }
            let (start, end) = (far(one), far(two))
            edges.append(Edge(points: before + way(from: two), nodes: (start, end)))
            let new = edges.count - 1
            tips[start] = tips[start].map { $0 == one.other ? Tip(edge: new, end: 0) : $0 }
            tips[end] = tips[end].map { $0 == two.other ? Tip(edge: new, end: 1) : $0 }
        }
    }

    /// Junctions that lie in the same ink become one. Where two lines cross at a small angle, thinning leaves two junctions with a bridge between
    /// them, on which both run in one.
    mutating func contract(pen: Double) {
        let tips = tips()
        var leader = Array(nodes.indices), boxes = nodes.map { Box(x0: $0.place.x, y0: $0.place.y, x1: $0.place.x, y1: $0.place.y) }
        func find(_ node: Int) -> Int {
            var node = node
            while leader[node] != node { node = leader[node] }
            return node
        }
        let bridges = edges.indices.compactMap { index -> (edge: Int, length: Double)? in
            let (a, b) = edges[index].nodes
            guard !edges[index].isGone, a != b, tips[a].count > 2, tips[b].count > 2 else { return nil }
            let length = length(of: edges[index])
            if length <= nodes[a].radius + nodes[b].radius { return (index, length) }
            guard let before = overlap(before: index, at: a, tips[a], pen: pen), let after = overlap(before: index, at: b, tips[b], pen: pen) else { return nil }
            return length <= 1.25 * (before + after) + 1 ? (index, length) : nil
        }
        for bridge in bridges.sorted(by: { ($0.length, $0.edge) < ($1.length, $1.edge) }) {
            let a = find(edges[bridge.edge].nodes.0), b = find(edges[bridge.edge].nodes.1), box = boxes[a].union(boxes[b])
            guard a != b, box.longestSide <= max(4 * pen + 2, bridge.length) else { continue }      // hatching must not run together as a whole
            (leader[b], boxes[a]) = (a, box)
            edges[bridge.edge].isGone = true
        }
        let members = Dictionary(grouping: nodes.indices, by: find)
        for (node, all) in members where all.count > 1 {
            let count = Double(all.count)
            let place = Point(x: all.reduce(0) { $0 + nodes[$1].place.x } / count, y: all.reduce(0) { $0 + nodes[$1].place.y } / count)
            nodes[node] = Node(place: place, radius: all.map { place.distance(to: nodes[$0].place) + nodes[$0].radius }.max() ?? 0)
        }
        for index in edges.indices where !edges[index].isGone {
            edges[index].nodes = (find(edges[index].nodes.0), find(edges[index].nodes.1))
            let (a, b) = edges[index].nodes
            // A second bridge, around a hole in the same ink.
            if a == b, (members[a]?.count ?? 1) > 1, length(of: edges[index]) < 2 * nodes[a].radius + pen { edges[index].isGone = true }
        }
        join()
    }
}
