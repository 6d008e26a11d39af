import Sketches
import Tensors

/// A scene as a sentence speaks of it: like things together, and what is to be said of them.
struct SceneFacts {
    /// One thing, or several of a class of which the same is said: "three ducks".
    struct Entity {
        /// The objects, by their places in the scene.
        var members: [Int]
        var classIndex: Int
        var size: SizeWord?

        var count: Int { members.count }
    }

    /// What is said of an entity. A relation holds for each of its members with each member of the other entity.
    enum Predicate: Hashable {
        case relation(RelationKind, Int)
        case place(PlaceWord)
        case size(SizeWord)

        /// The other entity of a relation.
        var other: Int? { if case .relation(_, let other) = self { other } else { nil } }
        /// The prefix of its rules in the phrasebook.
        var key: String {
            switch self {
            case .relation(let kind, _): RelationPhrases.key(kind)
            case .place(let place): AttributePhrases.key(place)
            case .size(let size): size.rawValue
            }
        }
        /// Comparisons and sizes: what a thing is, not where.
        var isQuality: Bool {
            switch self {
            case .relation(let kind, _): kind.isComparison
            case .place: false
            case .size: true
            }
        }
    }

    struct Fact: Hashable {
        var subject: Int
        var predicate: Predicate
    }

    var entities: [Entity] = []
    /// Relations, then places. Sizes are told with the names of things.
    var facts: [Fact] = []
    var isRow: Bool

    /// - Parameters:
    ///   - splitting: how often like things of which nothing is said are spoken of one by one.
    ///   - shuffling: how often the things come in another order than the scene's; those of a row never do.
    init(_ objects: [ComposedScene.Object], _ relations: [PlannedRelation], isRow: Bool, splitting: Double, shuffling: Double, _ r: inout RandomSource) {
        self.isRow = isRow
        struct Sign: Hashable {
            var classIndex: Int
            var size: SizeWord?, place: PlaceWord?
            var relations: Set<PlannedRelation>
        }
        // Members of a group have the same class, size, place, and the same relations to the same others.
        let signs = objects.indices.map { index in
            Sign(classIndex: objects[index].classIndex, size: objects[index].size, place: objects[index].place, relations: Set(relations.compactMap { relation in
                if relation.subject == index { PlannedRelation(kind: relation.kind, subject: -1, object: relation.object) }
                else if relation.object == index { PlannedRelation(kind: relation.kind, subject: relation.subject, object: -1) } else { nil }
            }))
        }
        var entityOf = [Int](repeating: 0, count: objects.count)
        for index in objects.indices {
            // Those of a row must be neighbours.
            let earlier = isRow ? signs[max(0, index - 1)..<index] : signs[..<index]
            let known = earlier.firstIndex(of: signs[index]).map { entityOf[$0] }
            let isFree = signs[index].relations.isEmpty && signs[index].place == nil
            if let known, !(isFree && r.uniform() < splitting) {
                entities[known].members.append(index)
                entityOf[index] = known
            } else {
                entityOf[index] = entities.count
                entities.append(Entity(members: [index], classIndex: objects[index].classIndex, size: objects[index].size))
            }
        }
        if !isRow, r.uniform() < shuffling {
            let order = Array(entities.indices).shuffled(using: &r)
            var place = order
            for (new, old) in order.enumerated() { place[old] = new }
            entities = order.map { entities[$0] }
            entityOf = entityOf.map { place[$0] }
        }
        for relation in relations {
            let fact = Fact(subject: entityOf[relation.subject], predicate: .relation(relation.kind, entityOf[relation.object]))
            if !facts.contains(fact), fact.subject != fact.predicate.other { facts.append(fact) }
        }
        for (index, entity) in entities.enumerated() {
            if let place = objects[entity.members[0]].place { facts.append(Fact(subject: index, predicate: .place(place))) }
        }
    }

    /// Whether no other entity is of the class.
    func isOnly(_ index: Int) -> Bool { entities.indices.allSatisfy { $0 == index || entities[$0].classIndex != entities[index].classIndex } }
    /// Whether its size tells it from all others of the class.
    func isOnlyOfSize(_ index: Int) -> Bool {
        let own = entities[index]
        return own.size != nil && entities.indices.allSatisfy { $0 == index || entities[$0].classIndex != own.classIndex || entities[$0].size != own.size }
    }
}

extension ComposedScene.Object {
    /// An object as a sentence speaks of it, without strokes.
    package init(_ classIndex: Int, _ size: SizeWord? = nil, _ place: PlaceWord? = nil, box: GridBox = GridBox(x0: 0, y0: 0, x1: 0, y1: 0)) {
        self.init(classIndex: classIndex, size: size, place: place, box: box, strokes: [])
    }
}

extension PlannedRelation {
    /// "`subject` is `kind` `object`", by places in the plan.
    package init(_ kind: RelationKind, _ subject: Int, _ object: Int) { self.init(kind: kind, subject: subject, object: object) }
}
