import Sketches
import Tensors

/// Writes the sentence for a composed scene, and reorders its objects as the sentence mentions them.
package struct PromptWriter {
    package let classes: [String]

    package static let numbers = ["zero", "one", "two", "three", "four", "five", "six"]
    package static let smallWords = ["small", "little", "tiny"]
    package static let bigWords = ["big", "large", "huge"]
    package static let phrases: [RelationKind: [String]] = [
        .leftOf: ["to the left of", "left of", "on the left of"],
        .rightOf: ["to the right of", "right of", "on the right of"],
        .above: ["above", "over", "on top of"],
        .below: ["below", "under", "beneath", "underneath"],
        .inside: ["inside", "in", "inside of", "within"],
        .larger: ["larger than", "bigger than"],
        .smaller: ["smaller than"],
        .nextTo: ["next to", "beside", "near", "by"],
    ]
    package static let openings = ["", "", "", "", "", "draw ", "a sketch of ", "a drawing of ", "a picture of ", "please draw ", "sketch "]

    private func pick<T>(_ items: [T], _ r: inout RandomSource) -> T { items[r.int(below: items.count)] }

    /// "a cat", "a small cat", "cat", or "the cat" where it was mentioned before.
    private func noun(_ object: ComposedScene.Object, mentioned: Bool, _ r: inout RandomSource) -> String {
        let name = classes[object.classIndex].lowercased()
        if mentioned { return name.hasPrefix("the ") ? name : "the " + name }
        guard let size = object.size else { return r.uniform() < 0.1 ? name : ClassWords.withArticle(name) }
        let adjective = pick(size == .small ? Self.smallWords : Self.bigWords, &r)
        return "a \(adjective) \(name)"
    }

    /// The scene with its sentence; objects in order of mention, relations in order of statement.
    package mutating func write(objects: [ComposedScene.Object], relations: [PlannedRelation], _ r: inout RandomSource) -> ComposedScene {
        var order: [Int] = []                                   // old indices as mentioned
        var stated: [PlannedRelation] = []
        var parts: [String] = []
        func mention(_ index: Int) { order.append(index) }
        var related = Set<Int>()
        for relation in relations { related.insert(relation.subject); related.insert(relation.object) }

        for relation in relations {
            let knowsSubject = order.contains(relation.subject), knowsObject = order.contains(relation.object)
            // "the cat" must be one cat: an object whose class occurs twice cannot be taken up again.
            func isUnique(_ index: Int) -> Bool { objects.filter { $0.classIndex == objects[index].classIndex }.count == 1 }
            if (knowsSubject && !isUnique(relation.subject)) || (knowsObject && !isUnique(relation.object)) || (knowsSubject && knowsObject) { continue }
            var phrase = pick(Self.phrases[relation.kind] ?? [relation.kind.rawValue], &r)
            if relation.kind == .larger || relation.kind == .smaller, r.uniform() < 0.2 { phrase = "that is " + phrase }
            let subject = noun(objects[relation.subject], mentioned: knowsSubject, &r)
            if !knowsSubject { mention(relation.subject) }
            let object = noun(objects[relation.object], mentioned: knowsObject, &r)
            if !knowsObject { mention(relation.object) }
            // A chain reads on: "a cat left of a house above a car" is ambiguous, so the second clause repeats its noun.
            parts.append("\(subject) \(phrase) \(object)")
            stated.append(relation)
        }
        var index = 0
        while index < objects.count {
            if order.contains(index) { index += 1; continue }
            var group = [index]
            while let next = group.last.map({ $0 + 1 }), next < objects.count, !order.contains(next), !related.contains(next),
                  objects[next].classIndex == objects[index].classIndex, objects[next].size == objects[index].size { group.append(next) }
            if group.count > 1, r.uniform() < 0.85 {
                let name = ClassWords.plural(classes[objects[index].classIndex])
                let number = r.uniform() < 0.15 ? String(group.count) : Self.numbers[group.count]
                let adjective = objects[index].size.map { pick($0 == .small ? Self.smallWords : Self.bigWords, &r) + " " } ?? ""
                let part = "\(number) \(adjective)\(name)"
                let first = r.uniform() < 0.5 && stated.isEmpty
                if first { parts.insert(part, at: 0); order.insert(contentsOf: group, at: 0) } else { parts.append(part); order += group }
            } else {
                group = [index]
                parts.append(noun(objects[index], mentioned: false, &r))
                mention(index)
            }
            index = (group.last ?? index) + 1
        }
        let prompt = pick(Self.openings, &r) + joined(parts, &r)
        var place = [Int](repeating: 0, count: objects.count)
        for (new, old) in order.enumerated() { place[old] = new }
        return ComposedScene(
            objects: order.map { objects[$0] },
            relations: stated.map { PlannedRelation(kind: $0.kind, subject: place[$0.subject], object: place[$0.object]) },
            prompt: prompt)
    }

    private func joined(_ parts: [String], _ r: inout RandomSource) -> String {
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        let conjunction = pick([" and ", " and ", ", and ", ", ", " with "], &r)
        return parts.dropLast().joined(separator: ", ") + conjunction + last
    }
}
