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
        case group, groups, list, walk, groupAndOne, oneAndGroup, around, eachSide, between, line, sharedObject, sharedSubject, twins, compared

        var share: Double {
            switch self {
            case .group: 0.12
            case .groups: 0.09
            case .list: 0.18
            case .walk: 0.18
            case .groupAndOne: 0.09
            case .oneAndGroup: 0.05
            case .around: 0.11
            case .eachSide, .between, .line, .twins: 0.03
            case .compared: 0.07
            case .sharedObject: 0.06
            case .sharedSubject: 0.03
            }
        }
        /// The fewest objects that it takes.
        var least: Int {
            switch self {
            case .list: 1
            case .group, .walk, .twins, .compared: 2
            default: 3
            }
        }
    }

    /// A pattern of `count` objects.
    /// - Parameters:
    ///   - kinds: the relations to choose from.
    ///   - classIndex: a class by lot.
    package init(count: Int, kinds: [RelationKind] = RelationKind.allCases, _ r: inout RandomSource, classIndex: (inout RandomSource) -> Int) {
        let fitting = Pattern.allCases.filter { $0.least <= count && (!kinds.isEmpty || [.list, .group, .groups].contains($0)) }
        var place = r.uniform() * fitting.reduce(0) { $0 + $1.share }
        let pattern = fitting.first { place -= $0.share; return place < 0 } ?? .list
        while classes.count < count { classes.append(classIndex(&r)) }
        func kind(_ r: inout RandomSource, of kinds: [RelationKind]) -> RelationKind? { kinds.isEmpty ? nil : kinds[r.int(below: kinds.count)] }
        func kind(_ r: inout RandomSource) -> RelationKind { kind(&r, of: kinds) ?? .nextTo }
        func relate(_ kind: RelationKind, _ subject: Int, _ object: Int) { relations.append(PlannedRelation(kind, subject, object)) }
        let one = kind(&r), last = count - 1
        // A small part of a large scene has the pattern; what is left over stands apart, or by something.
        var used = count
        switch pattern {
        case .list: break
        case .group: for index in classes.indices { classes[index] = classes[0] }
        case .groups:                                             // "two pears, three plums and an apple"
            var start = 0
            while start < count {
                let size = 1 + r.int(below: min(count - start, 4))
                for index in start..<start + size { classes[index] = classes[start] }
                start += size
            }
        case .walk:
            for index in 1..<count where r.uniform() < 0.75 {
                let other = r.uniform() < 0.7 ? index - 1 : r.int(below: index), next = kind(&r)
                if r.uniform() < 0.5 { relate(next, other, index) } else { relate(next, index, other) }
            }
        case .groupAndOne, .oneAndGroup:
            let size = 2 + r.int(below: min(last - 1, 5))
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
        case .compared:                                           // "a cat next to a lamp, and the lamp is smaller than the cat"
            used = 2
            if let place = kind(&r, of: kinds.filter { !$0.isComparison }) { relate(place, 0, 1) }
            if let size = kind(&r, of: kinds.filter(\.isComparison)) { if r.uniform() < 0.5 { relate(size, 0, 1) } else { relate(size, 1, 0) } }
        }
        if !kinds.contains(.leftOf) || !kinds.contains(.rightOf) { relations.removeAll { !kinds.contains($0.kind) } }
        for index in used..<max(used, count) where !kinds.isEmpty && r.uniform() < 0.35 { relate(kind(&r), index, r.int(below: index)) }
        // Of two objects one thing about where they are and one about their sizes, which what is inside of another has told.
        var pairs = Set<[Int]>()
        relations = relations.filter { relation in
            let pair = [min(relation.subject, relation.object), max(relation.subject, relation.object)]
            let sayings = relation.kind == .inside ? [0, 1] : relation.kind.isComparison ? [1] : [0]
            guard sayings.allSatisfy({ !pairs.contains(pair + [$0]) }) else { return false }
            for saying in sayings { pairs.insert(pair + [saying]) }
            return true
        }
    }
}
