/// Makes scenes to fit an answer: exercises with keys that the executor certifies, and twins that differ by one edit and in the answer.
public struct QuestionPose: Sendable {
    /// The question.
    public let program: Program
    /// What its world can hold.
    public let domain: Domain
    /// How scenes are laid out.
    public let sampler: SceneSampler

    /// A question in CLEVR's world.
    public init(_ program: Program, domain: Domain = .clevr, sampler: SceneSampler = SceneSampler()) {
        (self.program, self.domain, self.sampler) = (program, domain, sampler)
    }

    /// An edit and the scene that it makes.
    public struct Twin: Sendable {
        /// What was changed.
        public var edit: SceneEdit
        /// The scene after it.
        public var scene: ObjectScene
        /// The question's answer there.
        public var answer: String
    }

    /// What the program answers about a scene, as text; nil where it has no answer.
    public func answer(_ scene: ObjectScene) -> String? { (try? program.run(on: scene))?.answer.text }

    /// A scene that obeys the sampler's rules and whose answer is the wanted one (any where nil); nil where none of `tries` searches finds one.
    ///
    /// A search lays a scene out and then changes one thing at a time, mostly where the program fails, keeping what brings the program further:
    /// scenes in which "the metal cube behind the sphere" is one object are rare among those laid out at random.
    public func scene(answering wanted: String?, tries: Int = 200, using random: inout some RandomNumberGenerator) -> ObjectScene? {
        for _ in 0..<tries {
            var scene = sampler.layout(using: &random)
            scene.relationships = [:]                       // derived from places while these change
            var best = progress(scene, wanted)
            for round in 0..<60 where best < .infinity {
                let edited = round % 4 == 3 ? anyEdit(of: scene, using: &random)?.applied(to: scene) : repaired(scene, wanted, using: &random)
                guard let edited, sampler.objects.contains(edited.objects.count), sampler.obeysRules(edited) else { continue }
                let found = progress(edited, wanted)
                if found >= best { (scene, best) = (edited, found) }
            }
            if best == .infinity {
                scene.stateRelationships()
                return scene
            }
        }
        return nil
    }

    /// How far the program comes: steps carried out, less for a reference the more objects fit it; infinite where the answer is the wanted one.
    private func progress(_ scene: ObjectScene, _ wanted: String?) -> Double {
        do throws(ProgramError) {
            let answer = try program.run(on: scene).answer
            if wanted == nil || answer.text == wanted { return .infinity }
            let steps = Double(program.nodes.count)
            guard case .number(let found) = answer, let wanted = wanted.flatMap(Double.init) else { return steps }
            return steps - 0.05 * abs(Double(found) - wanted)
        } catch {
            guard case .notUnique(let step, let count) = error else { return 0 }
            return Double(step) - 0.05 * abs(Double(count) - 1)
        }
    }

    private func anyEdit(of scene: ObjectScene, using random: inout some RandomNumberGenerator) -> SceneEdit? {
        guard let index = scene.objects.indices.randomElement(using: &random) else { return nil }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .removed(index)
        case 1: return sampler.object(besides: scene, using: &random).map(SceneEdit.added)
        case 2, 3:
            var others = scene
            others.objects.remove(at: index)
            return sampler.place(scene.objects[index], besides: others, using: &random).map { .moved(index, to: $0) }
        default:
            guard let attribute = domain.attributes.randomElement(using: &random), let value = attribute.values.randomElement(using: &random) else { return nil }
            return .changed(index, attribute: attribute.name, value: value)
        }
    }

    /// A scene that differs from this one by one edit, obeys the sampler's rules (if this one does), and has another answer (`wanted`, or any other); nil where no
    /// such edit was found. Values are changed before objects are removed, added or moved.
    /// - Parameter among: which edits count, for callers that want pictures to stay alike.
    public func twin(
        of scene: ObjectScene, answering wanted: String? = nil, among accepts: (ObjectScene) -> Bool = { _ in true }, using random: inout some RandomNumberGenerator
    ) -> Twin? {
        let now = answer(scene), isStrict = sampler.obeysRules(scene)
        for kind in 0..<4 {
            for edit in edits(kind, of: scene, using: &random) {
                guard let edited = edit.applied(to: scene), !edited.objects.isEmpty, !isStrict || sampler.obeysRules(edited), let other = answer(edited), other != now,
                      wanted == nil || other == wanted, accepts(edited) else { continue }
                return Twin(edit: edit, scene: edited, answer: other)
            }
        }
        return nil
    }

    /// A scene with the wanted answer and its twin; nil where none of `tries` scenes has both.
    public func pair(answering wanted: String?, tries: Int = 50, using random: inout some RandomNumberGenerator) -> (scene: ObjectScene, twin: Twin)? {
        for _ in 0..<tries {
            guard let scene = scene(answering: wanted, using: &random) else { return nil }
            if let twin = twin(of: scene, using: &random) { return (scene, twin) }
        }
        return nil
    }

    private func edits(_ kind: Int, of scene: ObjectScene, using random: inout some RandomNumberGenerator) -> [SceneEdit] {
        let all = Array(scene.objects.indices)
        switch kind {
        case 0:
            return all.flatMap { index in
                domain.attributes.flatMap { attribute in
                    attribute.values.filter { $0 != scene.objects[index].attributes[attribute.name] }.map { SceneEdit.changed(index, attribute: attribute.name, value: $0) }
                }
            }.shuffled(using: &random)
        case 1: return all.map { SceneEdit.removed($0) }.shuffled(using: &random)
        case 2: return (0..<200).compactMap { _ in sampler.object(besides: scene, using: &random).map(SceneEdit.added) }
        default:
            return (0..<200).compactMap { _ in
                guard let index = all.randomElement(using: &random) else { return nil }
                var others = scene
                others.objects.remove(at: index)
                return sampler.place(scene.objects[index], besides: others, using: &random).map { SceneEdit.moved(index, to: $0) }
            }
        }
    }
}
