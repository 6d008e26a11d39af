extension QuestionPose {
    /// What an object must be like to be one of those that a step gives.
    private struct Requirement {
        var attributes: [String: String] = [:]
        var relations: [(name: String, to: Int)] = []
        var excluded: Set<Int> = []
    }

    /// The scene changed where the program fails on it, or where its answer is not the wanted one: an object made to fit a description that none
    /// fits, one of several made not to fit. nil where nothing is to be done so; the change may break rules or other steps.
    func repaired(_ scene: ObjectScene, _ wanted: String?, using random: inout some RandomNumberGenerator) -> ObjectScene? {
        var values: [StepValue] = []
        for (step, node) in program.nodes.enumerated() {
            do throws(ProgramError) { values.append(try node.value(step: step, inputs: node.inputs.map { values[$0] }, scene)) } catch {
                guard case .notUnique(_, let count) = error, let input = node.inputs.first else { return nil }
                return count == 0 ? fitting(input, values, scene, using: &random) : unfitting(input, values, scene, using: &random)
            }
        }
        guard let wanted, let last = program.nodes.last, let answer = values.last, answer.text != wanted else { return nil }
        switch (last.function, answer) {
        case (.count, .number(let found)):
            guard let goal = Int(wanted) else { return nil }
            return found < goal ? fitting(last.inputs[0], values, scene, using: &random) : unfitting(last.inputs[0], values, scene, using: &random)
        case (.exist, _):
            return wanted == "yes" ? fitting(last.inputs[0], values, scene, using: &random) : unfitting(last.inputs[0], values, scene, using: &random)
        case (.query(let attribute), _):
            guard case .object(let object) = values[last.inputs[0]], domain.values(of: attribute)?.contains(wanted) == true else { return nil }
            return SceneEdit.changed(object, attribute: attribute, value: wanted).applied(to: scene)
        case (.equal(let attribute), _):
            // The value of one object as the other's, or as none.
            let sides = last.inputs.map { values[program.nodes[$0].inputs[0]] }
            guard case .object(let a) = sides[0], case .object(let b) = sides[1], let own = scene.objects[a].attributes[attribute] else { return nil }
            let value = wanted == "yes" ? own : domain.values(of: attribute)?.filter { $0 != own }.randomElement(using: &random)
            return value.flatMap { SceneEdit.changed(b, attribute: attribute, value: $0).applied(to: scene) }
        case (.equalInteger, _), (.lessThan, _), (.greaterThan, _):
            guard case .number(let a) = values[last.inputs[0]], case .number(let b) = values[last.inputs[1]] else { return nil }
            let moreOfFirst = switch last.function {
            case .lessThan: wanted == "no"
            case .greaterThan: wanted == "yes"
            default: wanted == "yes" ? a < b : Bool.random(using: &random)
            }
            // The counted sets; one side grows or the other shrinks.
            let first = program.nodes[last.inputs[0]].inputs[0], second = program.nodes[last.inputs[1]].inputs[0]
            let (more, less) = moreOfFirst ? (first, second) : (second, first)
            return Bool.random(using: &random) ? fitting(more, values, scene, using: &random) : unfitting(less, values, scene, using: &random)
        default: return nil
        }
    }

    /// What the objects of a set-valued step have in common; nil where no object can have it.
    private func requirement(_ step: Int, _ values: [StepValue], _ scene: ObjectScene) -> Requirement? {
        let node = program.nodes[step]
        switch node.function {
        case .scene: return Requirement()
        case .filter(let attribute):
            guard var own = requirement(node.inputs[0], values, scene), own.attributes[attribute] ?? node.argument == node.argument else { return nil }
            own.attributes[attribute] = node.argument
            return own
        case .relate:
            guard case .object(let object) = values[node.inputs[0]], let relation = node.argument else { return nil }
            return Requirement(relations: [(relation, object)], excluded: [object])
        case .same(let attribute):
            guard case .object(let object) = values[node.inputs[0]], let value = scene.objects[object].attributes[attribute] else { return nil }
            return Requirement(attributes: [attribute: value], excluded: [object])
        case .union: return requirement(node.inputs[0], values, scene) ?? requirement(node.inputs[1], values, scene)
        case .intersect:
            guard var a = requirement(node.inputs[0], values, scene), let b = requirement(node.inputs[1], values, scene) else { return nil }
            for (name, value) in b.attributes {
                guard a.attributes[name] ?? value == value else { return nil }
                a.attributes[name] = value
            }
            a.relations += b.relations
            a.excluded.formUnion(b.excluded)
            return a
        default: return nil
        }
    }

    /// One object more of those that a step gives.
    private func fitting(_ step: Int, _ values: [StepValue], _ scene: ObjectScene, using random: inout some RandomNumberGenerator) -> ObjectScene? {
        guard let wanted = requirement(step, values, scene) else { return nil }
        let spoken = Set(values.flatMap { if case .object(let one) = $0 { [one] } else { [Int]() } }).union(wanted.excluded), there = Set(values[step].objects)
        var result = scene
        let index: Int
        if let free = scene.objects.indices.filter({ !spoken.contains($0) && !there.contains($0) }).randomElement(using: &random) {
            index = free
        } else {
            guard scene.objects.count < sampler.objects.upperBound, let object = sampler.object(besides: scene, using: &random) else { return nil }
            result.objects.append(object)
            index = result.objects.count - 1
        }
        for (name, value) in wanted.attributes { result.objects[index].attributes[name] = value }
        let half = sampler.world.half(of: result.objects[index].attributes["size"])
        result.objects[index].position?.z = half
        if wanted.relations.isEmpty { return result }
        var others = result
        others.objects.remove(at: index)
        for _ in 0..<20 {
            guard let place = sampler.place(result.objects[index], besides: others, using: &random) else { return nil }
            result.objects[index].position = place
            if wanted.relations.allSatisfy({ result.related($0.name, to: $0.to)?.contains(index) == true }) { return result }
        }
        return nil
    }

    /// One object less of those that a step gives.
    private func unfitting(_ step: Int, _ values: [StepValue], _ scene: ObjectScene, using random: inout some RandomNumberGenerator) -> ObjectScene? {
        guard let index = values[step].objects.randomElement(using: &random) else { return nil }
        // In the domain's order, so that a seed makes the same choice in every process.
        let attributes = requirement(step, values, scene)?.attributes ?? [:]
        if let name = domain.attributes.map(\.name).filter({ attributes[$0] != nil }).randomElement(using: &random),
           let value = domain.values(of: name)?.filter({ $0 != attributes[name] }).randomElement(using: &random) {
            return SceneEdit.changed(index, attribute: name, value: value).applied(to: scene)
        }
        if Bool.random(using: &random), scene.objects.count > sampler.objects.lowerBound { return SceneEdit.removed(index).applied(to: scene) }
        var others = scene
        others.objects.remove(at: index)
        return sampler.place(scene.objects[index], besides: others, using: &random).flatMap { SceneEdit.moved(index, to: $0).applied(to: scene) }
    }
}
