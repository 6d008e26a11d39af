import Sketches
import Tensors

/// What stands to what in a scene that somebody might ask for: lists, groups, chains, several things around one.
///
/// Relations drawn by lot for each pair seldom make the scenes that people's words have a form for ("two birds above a tree", "a house with a tree
/// on each side"); these do.
package struct ScenePatterns {
    /// Classes of the objects and their relations; whether all of a class are one group is for who writes the sentence to see.
    package var classes: [Int] = []
    package var relations: [PlannedRelation] = []

    private enum Pattern: CaseIterable {
        case group, list, walk, groupAndOne, oneAndGroup, around, eachSide, between, line, sharedObject, sharedSubject, twins

        var share: Double {
            switch self {
            case .group: 0.12
            case .list: 0.22
            case .walk: 0.2
            case .groupAndOne: 0.09
            case .oneAndGroup: 0.05
            case .around: 0.11
            case .eachSide, .between, .line, .twins: 0.03
            case .sharedObject: 0.06
            case .sharedSubject: 0.03
            }
        }
        /// The fewest objects that it takes.
        var least: Int {
            switch self {
            case .list: 1
            case .group, .walk, .twins: 2
            default: 3
            }
        }
    }

    /// A pattern of `count` objects.
    /// - Parameters:
    ///   - kinds: the relations to choose from.
    ///   - classIndex: a class by lot.
    package init(count: Int, kinds: [RelationKind] = RelationKind.allCases, _ r: inout RandomSource, classIndex: (inout RandomSource) -> Int) {
        let fitting = Pattern.allCases.filter { $0.least <= count && (!kinds.isEmpty || $0 == .list || $0 == .group) }
        var place = r.uniform() * fitting.reduce(0) { $0 + $1.share }
        let pattern = fitting.first { place -= $0.share; return place < 0 } ?? .list
        while classes.count < count { classes.append(classIndex(&r)) }
        guard !kinds.isEmpty else { if pattern == .group { classes = classes.map { [first = classes[0]] _ in first } }; return }
        func kind(_ r: inout RandomSource) -> RelationKind { kinds[r.int(below: kinds.count)] }
        func relate(_ kind: RelationKind, _ subject: Int, _ object: Int) { relations.append(PlannedRelation(kind, subject, object)) }
        let one = kind(&r), last = count - 1
        // A small part of a large scene has the pattern; what is left over stands apart, or by something.
        var used = count
        switch pattern {
        case .list: break
        case .group: for index in classes.indices { classes[index] = classes[0] }
        case .walk:
            for index in 1..<count where r.uniform() < 0.75 {
                let other = r.uniform() < 0.7 ? index - 1 : r.int(below: index), next = kind(&r)
                if r.uniform() < 0.5 { relate(next, other, index) } else { relate(next, index, other) }
            }
        case .groupAndOne, .oneAndGroup:
            let size = 2 + r.int(below: min(last - 1, 3))
            used = size + 1
            for index in 1..<size { classes[index] = classes[0] }
            if classes[size] == classes[0] { relations = []; break }
            for index in 0..<size { if pattern == .groupAndOne { relate(one, index, size) } else { relate(one, size, index) } }
        case .around:
            used = 3 + r.int(below: min(count - 2, 2))
            for index in 1..<used { relate(kind(&r), index, 0) }
        case .eachSide:
            used = 3
            if r.uniform() < 0.6 { classes[2] = classes[1] }
            relate(.leftOf, 1, 0)
            relate(.rightOf, 2, 0)
        case .between:
            used = 3
            if r.uniform() < 0.5 { classes[2] = classes[1] }
            relate(.rightOf, 0, 1)
            relate(.leftOf, 0, 2)
        case .line:
            used = 3 + r.int(below: min(count - 2, 2))
            let way: RelationKind = one == .inside || one == .nextTo ? .leftOf : one
            for index in 1..<used { relate(way, index - 1, index) }
        case .sharedObject, .sharedSubject:
            used = 3 + r.int(below: min(count - 2, 2))
            for index in 1..<used { if pattern == .sharedObject { relate(one, index, 0) } else { relate(one, 0, index) } }
        case .twins:
            used = 2
            classes[1] = classes[0]
            relate(one, 0, 1)
        }
        if !kinds.contains(.leftOf) || !kinds.contains(.rightOf) { relations.removeAll { !kinds.contains($0.kind) } }
        for index in used..<max(used, count) where r.uniform() < 0.35 { relate(kind(&r), index, r.int(below: index)) }
        // The same thing twice about two objects, or a thing and its contrary.
        var pairs = Set<[Int]>()
        relations = relations.filter { pairs.insert([min($0.subject, $0.object), max($0.subject, $0.object)]).inserted }
    }
}
