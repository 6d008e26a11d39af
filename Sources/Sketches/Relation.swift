/// What one object is to another on the canvas. The raw value is the wording of scene JSON and of prompts.
public enum RelationKind: String, CaseIterable, Codable, Sendable {
    /// The subject's centre is farther left than the object's.
    case leftOf = "left of"
    /// The subject's centre is farther right.
    case rightOf = "right of"
    /// The subject's centre is higher: a smaller y.
    case above
    /// The subject's centre is lower: a larger y.
    case below
    /// Nearly all of the subject's ink is in the object's box.
    case inside
    /// The subject's longest side is clearly longer.
    case larger = "larger than"
    /// The subject's longest side is clearly shorter.
    case smaller = "smaller than"
    /// The gap between the two boxes is small.
    case nextTo = "next to"

    /// The relation that holds the other way round: left of ↔ right of, next to ↔ next to. `inside` has none.
    public var inverse: RelationKind? {
        switch self {
        case .leftOf: .rightOf
        case .rightOf: .leftOf
        case .above: .below
        case .below: .above
        case .inside: nil
        case .larger: .smaller
        case .smaller: .larger
        case .nextTo: .nextTo
        }
    }
}

/// A statement about two objects of a scene, by their indices: "the subject is `kind` the object".
public struct Relation: Hashable, Sendable {
    /// What the subject is to the object.
    public var kind: RelationKind
    /// The index of the object that the statement is about.
    public var subject: Int
    /// The index of the object that it is compared with.
    public var object: Int

    /// The statement "`subject` is `kind` `object`", by indices, which are not checked here.
    public init(_ kind: RelationKind, subject: Int, object: Int) {
        (self.kind, self.subject, self.object) = (kind, subject, object)
    }
}

extension Scene {
    /// Thresholds of the relations. Shares are of the canvas's longest side.
    package enum RelationThreshold {
        package static let centers = 0.05, ink = 0.9, size = 1.15, gap = 0.15
    }

    /// Whether the ink of the objects bears out the relation; `false` where an index has no object.
    ///
    /// Left of, right of, above, below: the centres of the ink boxes differ by more than 5 % of the canvas's longest side.
    /// Inside: at least 90 % of the subject's ink (path length) lies in the object's box. Larger, smaller: longest sides differ by a
    /// factor of 1.15 or more. Next to: the boxes' gap is at most 15 % of the canvas's longest side.
    public func holds(_ kind: RelationKind, subject: Int, object: Int) -> Bool {
        guard objects.indices.contains(subject), objects.indices.contains(object), subject != object else { return false }
        let a = inkBox(ofObject: subject), b = inkBox(ofObject: object)
        let side = max(width, height)
        switch kind {
        case .leftOf: return b.center.x - a.center.x > RelationThreshold.centers * side
        case .rightOf: return a.center.x - b.center.x > RelationThreshold.centers * side
        case .above: return b.center.y - a.center.y > RelationThreshold.centers * side
        case .below: return a.center.y - b.center.y > RelationThreshold.centers * side
        case .inside: return inkShare(ofObject: subject, in: b) >= RelationThreshold.ink
        case .larger: return a.longestSide >= RelationThreshold.size * b.longestSide && a.longestSide > 0
        case .smaller: return b.longestSide >= RelationThreshold.size * a.longestSide && b.longestSide > 0
        case .nextTo: return a.gap(to: b) <= RelationThreshold.gap * side
        }
    }

    /// Whether the ink bears out the relation.
    public func holds(_ relation: Relation) -> Bool {
        holds(relation.kind, subject: relation.subject, object: relation.object)
    }

    /// Every relation that holds between the objects, measured on their ink, ordered by subject, object, kind.
    public func measuredRelations() -> [Relation] {
        var found: [Relation] = []
        for i in objects.indices {
            for j in objects.indices where j != i {
                for kind in RelationKind.allCases where holds(kind, subject: i, object: j) {
                    found.append(Relation(kind, subject: i, object: j))
                }
            }
        }
        return found
    }

    /// The ink box of an object's strokes; the object's own `box` where it has no ink.
    public func inkBox(ofObject index: Int) -> Box {
        Box.of(strokes(of: objects[index])) ?? objects[index].box
    }

    /// The share of the object's path length that lies in `box`; of its points, where it consists of dots only.
    package func inkShare(ofObject index: Int, in box: Box) -> Double {
        var total = 0.0, within = 0.0, points = 0, pointsWithin = 0
        for stroke in strokes(of: objects[index]) {
            points += stroke.points.count
            pointsWithin += stroke.points.count { box.contains($0) }
            for i in stroke.points.indices.dropFirst() {
                let a = stroke.points[i - 1], b = stroke.points[i], d = a.distance(to: b)
                total += d
                within += d * shareOfSegment(a, b, in: box)
            }
        }
        if total > 0 { return within / total }
        return points > 0 ? Double(pointsWithin) / Double(points) : 0
    }
}

/// The share of the segment `a`–`b` that lies in the box (Liang & Barsky 1984).
private func shareOfSegment(_ a: Point, _ b: Point, in box: Box) -> Double {
    var enter = 0.0, leave = 1.0
    for (delta, low, high) in [(b.x - a.x, box.x0 - a.x, box.x1 - a.x), (b.y - a.y, box.y0 - a.y, box.y1 - a.y)] {
        if delta == 0 {
            if low > 0 || high < 0 { return 0 }
        } else {
            enter = max(enter, min(low / delta, high / delta))
            leave = min(leave, max(low / delta, high / delta))
        }
    }
    return max(0, leave - enter)
}
