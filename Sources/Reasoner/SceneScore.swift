import Scenes

/// How well scenes that were read agree with the true ones: objects are matched by their places, nearest first, within 0.9 units of each other
/// (no two objects of a true scene are nearer than 0.95; how far places err is a figure of its own).
public struct SceneScore: Sendable {
    /// Objects matched, read, and there in truth.
    public private(set) var matched = 0, found = 0, there = 0
    /// Right values of matched objects, by attribute.
    public private(set) var right: [String: Int] = [:]
    /// Scenes; those with every object found, no other, and all values right.
    public private(set) var scenes = 0, faultless = 0
    /// Relations between two matched objects, and those that are read as they are.
    public private(set) var relations = 0, rightRelations = 0
    private var attributesAsked = 0, distance = 0.0

    private static let reach = 0.9

    /// Nothing scored yet.
    public init() {}

    /// Scores one scene.
    public mutating func add(_ reading: ObjectScene, truth: ObjectScene, domain: Domain = .clevr) {
        var pairs: [(distance: Double, read: Int, true: Int)] = []
        for (i, a) in reading.objects.enumerated() {
            for (j, b) in truth.objects.enumerated() {
                guard let p = a.position, let q = b.position else { continue }
                let away = SIMD2(p.x - q.x, p.y - q.y), distance = (away * away).sum().squareRoot()
                if distance < Self.reach { pairs.append((distance, i, j)) }
            }
        }
        var usedRead = Set<Int>(), usedTrue = Set<Int>(), matches: [Int: Int] = [:], wrong = 0
        for pair in pairs.sorted(by: { $0.distance < $1.distance }) where !usedRead.contains(pair.read) && !usedTrue.contains(pair.true) {
            usedRead.insert(pair.read)
            usedTrue.insert(pair.true)
            matches[pair.read] = pair.true
            distance += pair.distance
            for attribute in domain.attributes {
                let isRight = reading.objects[pair.read].attributes[attribute.name] == truth.objects[pair.true].attributes[attribute.name]
                attributesAsked += 1
                if isRight { right[attribute.name, default: 0] += 1 } else { wrong += 1 }
            }
        }
        let kept = pairs.filter { pair in matches[pair.read] == pair.true }
        for relation in truth.directions.keys.sorted() {
            for a in kept {
                guard let read = reading.related(relation, to: a.read), let own = truth.related(relation, to: a.true) else { continue }
                for b in kept where b.read != a.read {
                    relations += 1
                    rightRelations += read.contains(b.read) == own.contains(b.true) ? 1 : 0
                }
            }
        }
        matched += usedRead.count
        found += reading.objects.count
        there += truth.objects.count
        scenes += 1
        if wrong == 0, usedRead.count == reading.objects.count, usedRead.count == truth.objects.count { faultless += 1 }
    }

    /// Harmonic mean of precision and recall of the objects, 0…1.
    public var f1: Double { found + there == 0 ? 1 : 2 * Double(matched) / Double(found + there) }
    /// Share of right values of matched objects, 0…1.
    public var attributes: Double { attributesAsked == 0 ? 0 : Double(right.values.reduce(0, +)) / Double(attributesAsked) }
    /// Mean distance of matched objects on the ground, scene units; nil where none matched.
    public var placeError: Double? { matched == 0 ? nil : distance / Double(matched) }
    /// Share of scenes without a fault.
    public var whole: Double { scenes == 0 ? 0 : Double(faultless) / Double(scenes) }
}
