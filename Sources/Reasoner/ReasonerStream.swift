import Language
import Pictures
import Scenes
import Tensors

/// Rows that teach a decoder to look, remember and reason: each about one picture, which its cross-attention asks.
///
/// ```
/// <begin> <look> <o1> <x12> <y30> <x20> <y41> <size large> …     what is remembered (with the share of `lists`)
/// <ask> how many … <steps> <scene> <filter_color> <color red> <o1> <color red> <yes> … <answer> <n2>
/// <ask> is there … <answer> <yes>                               at once, without steps
/// <ask> what color … <program> <scene> … <end>                  steps without their values
/// <ask> describe the picture <answer> There are two … <end>      a caption instead of the list (with that of `captions`)
/// <look> <x31> <y20> <size large> …                             other surrogate tasks between them (with that of `surrogates`)
/// <look> <filter_color> <color red> <o1> <color red> <yes> <end>  … and after a list, what one step gives
/// ```
/// A function of the seed, the step and the micro-batch.
package struct ReasonerStream {
    package let vocabulary: ReasonerVocabulary
    package let pictures: PictureStream
    /// Families, each with the words of its source.
    let templates: [(template: QuestionTemplate, domain: Domain)]
    /// Probability of the list of objects at the start of a row without a caption, and of another surrogate task at each place where one may stand.
    let lists, surrogates: Double
    /// Probability of a row that begins with a caption in place of the list.
    let captions: Double
    let width: Double, height: Double
    let seed: UInt64
    let length: Int

    package init(
        vocabulary: ReasonerVocabulary, pictures: PictureStream, templates: [(template: QuestionTemplate, domain: Domain)], lists: Double, surrogates: Double, captions: Double = 0,
        width: Double, height: Double, seed: UInt64, length: Int
    ) {
        (self.vocabulary, self.pictures, self.templates, self.lists, self.surrogates) = (vocabulary, pictures, templates, lists, surrogates)
        self.captions = captions
        (self.width, self.height, self.seed, self.length) = (width, height, seed, length)
    }

    /// A batch: one picture a row.
    package func batch(_ index: Int, rows count: Int) -> (pictures: [Picture], rows: PackedRows) {
        let samples = pictures.batch(index, count: count)
        var random = RandomSource(seed: RandomSource.derive(seed, UInt64(index) + 1, 0x2EA5)), rows = PackedRows(rows: count, length: length, pad: vocabulary.pad)
        for (row, sample) in samples.enumerated() {
            let document = document(sample.scene, &random)
            _ = rows.add(tokens: document.tokens, weights: document.weights, row: row)
        }
        return (samples.map(\.picture), rows)
    }

    /// Tokens in the making; those of weight 0 are read, not learnt.
    private struct Document {
        var tokens: [Int32], weights: [Float]
        let limit: Int

        mutating func add(read: [Int], written: [Int]) -> Bool {
            guard tokens.count + read.count + written.count <= limit else { return false }
            tokens += (read + written).map(Int32.init)
            weights += read.map { _ in 0 } + written.map { _ in 1 }
            return true
        }
    }

    private func document(_ scene: ObjectScene?, _ random: inout RandomSource) -> (tokens: [Int32], weights: [Float]) {
        var document = Document(tokens: [Int32(vocabulary.begin)], weights: [0], limit: length + 1), hasList = false
        guard var scene else {
            _ = document.add(read: [vocabulary.look], written: [vocabulary.unknown])
            return (document.tokens, document.weights)
        }
        scene.objects.sort { ($0.pixel?.x ?? 0) < ($1.pixel?.x ?? 0) }
        // Without captions no chance is spent on them: rows are those of older recipes.
        var isTold = false
        if captions > 0, random.uniform() < captions, let caption = SceneCaption(scene, domain: vocabulary.domain, width: width, using: &random) {
            let request = ReasonerVocabulary.captionRequests[random.int(below: ReasonerVocabulary.captionRequests.count)]
            isTold = document.add(read: vocabulary.captionPrompt(request), written: vocabulary.tokens(captioning: caption.text))
        }
        if !isTold, random.uniform() < lists, let list = vocabulary.tokens(listing: scene, width: width, height: height) {
            // The end of the list is learnt too: a question follows.
            hasList = document.add(read: [vocabulary.look], written: list + [vocabulary.ask])
        }
        var isFirst = hasList, misses = 0
        while misses < 12 {
            if !isFirst, random.uniform() < surrogates {
                if let task = hasList && random.uniform() < 0.6 ? lookUp(scene, &random) : task(scene, &random), document.add(read: task.read, written: task.written) { continue } else { misses += 1 }
            }
            guard let question = question(scene, afterList: hasList, &random) else { misses += 1; continue }
            if document.add(read: (isFirst ? [] : [vocabulary.ask]) + question.read, written: question.written) { isFirst = false } else { misses += 1 }
        }
        // A list whose question found no room ends with `<ask>`.
        if isFirst { document.weights[document.weights.count - 1] = 0 }
        return (document.tokens, document.weights)
    }

    /// A question's words, and one of the three ways to answer it.
    private func question(_ scene: ObjectScene, afterList: Bool, _ random: inout RandomSource) -> (read: [Int], written: [Int])? {
        if random.uniform() < 0.04 { return (vocabulary.text(UnanswerableQuestions.sample(using: &random)) + [vocabulary.program], [vocabulary.unknown]) }
        let (template, domain) = templates[random.int(below: templates.count)], wanted = random.uniform() < 0.5
        guard let filled = template.answersYesOrNo
                ? template.filled(for: scene, domain, answering: .truth(wanted), using: &random) : template.filled(for: scene, domain, using: &random),
              let trace = try? filled.program.run(on: scene), let last = trace.steps.last,
              let answer = vocabulary.tokens(of: trace.answer, of: last.node.function) else { return nil }
        let text = vocabulary.text(filled.text), way = random.uniform()
        // Steps take most room and most learning: each value is to be found among the objects listed.
        if way < (afterList ? 0.8 : 0.1), let steps = vocabulary.tokens(of: trace, in: scene) { return (text + [vocabulary.steps], steps + [vocabulary.answer] + answer) }
        if way < (afterList ? 0.9 : 0.6) { return (text + [vocabulary.answer], answer) }
        return vocabulary.tokens(of: filled.program).map { (text + [vocabulary.program], $0 + [vocabulary.end]) }
    }

    /// What is at this place, where is this object, how do two stand to each other, is that what stands here.
    private func task(_ scene: ObjectScene, _ random: inout RandomSource) -> (read: [Int], written: [Int])? {
        let index = random.int(below: scene.objects.count), object = scene.objects[index]
        guard let what = vocabulary.tokens(describing: object), let place = vocabulary.tokens(placing: object) else { return nil }
        switch random.int(below: 4) {
        case 0: return ([vocabulary.look] + place, what)
        case 1:
            guard scene.objects.filter({ $0.attributes == object.attributes }).count == 1 else { return nil }
            return ([vocabulary.look] + what, place)
        case 2:
            let other = random.int(below: scene.objects.count)
            guard other != index, let there = vocabulary.tokens(placing: scene.objects[other]) else { return nil }
            let relations = scene.directions.keys.sorted().filter { scene.related($0, to: index)?.contains(other) == true }.compactMap(vocabulary.id(ofRelation:))
            return ([vocabulary.look] + there + place, relations)
        default:
            let other = scene.objects[random.int(below: scene.objects.count)]
            guard let others = vocabulary.tokens(describing: other) else { return nil }
            return ([vocabulary.look] + others + place, [vocabulary.truth(other.attributes == object.attributes)])
        }
    }

    /// What one step gives: the objects with a value, those on a side of one, those like one, a value of one, how two of a kind compare.
    private func lookUp(_ scene: ObjectScene, _ random: inout RandomSource) -> (read: [Int], written: [Int])? {
        let attribute = vocabulary.domain.attributes[random.int(below: vocabulary.domain.attributes.count)]
        let one = random.int(below: scene.objects.count), value = scene.objects[one].attributes[attribute.name]
        func task(_ read: [Int?], _ written: [Int]?) -> (read: [Int], written: [Int])? {
            let known = read.compactMap { $0 }
            return known.count == read.count ? written.map { ([vocabulary.look] + known, $0 + [vocabulary.end]) } : nil
        }
        func scan(_ function: Function, _ argument: String? = nil, input: Int? = nil, _ chosen: [Int]) -> [Int]? {
            vocabulary.tokens(scanning: Array(scene.objects.indices), for: chosen, function, argument, input: input, in: scene)
        }
        switch random.int(below: 5) {
        case 0:
            let value = random.uniform() < 0.8 ? value : attribute.values[random.int(below: attribute.values.count)], function = Function.filter(attribute.name)
            return task(
                [vocabulary.id(of: function), value.flatMap { vocabulary.id(of: $0, of: attribute.name) }],
                scan(function, value, scene.objects.indices.filter { scene.objects[$0].attributes[attribute.name] == value }))
        case 1:
            let relation = vocabulary.domain.relations[random.int(below: vocabulary.domain.relations.count)]
            guard let found = scene.related(relation, to: one) else { return nil }
            return task([vocabulary.object(one), vocabulary.id(of: .relate), vocabulary.id(ofRelation: relation)], scan(.relate, relation, input: one, found))
        case 2:
            let function = Function.same(attribute.name)
            return task(
                [vocabulary.object(one), vocabulary.id(of: function)],
                scan(function, input: one, scene.objects.indices.filter { $0 != one && scene.objects[$0].attributes[attribute.name] == value }))
        case 3: return compare(attribute, scene, &random)
        default:
            return task(
                [vocabulary.object(one), vocabulary.id(of: .query(attribute.name))], value.flatMap { vocabulary.id(of: $0, of: attribute.name) }.map { [$0] })
        }
    }

    /// Two values of an attribute, numbers or objects, alike in half of all: `<look> <equal_object> <o3> <o5> <no> <end>`.
    private func compare(_ attribute: Domain.Attribute, _ scene: ObjectScene, _ random: inout RandomSource) -> (read: [Int], written: [Int])? {
        let functions: [Function] = [.equal(attribute.name), .equalInteger, .lessThan, .greaterThan, .equalObject], function = functions[random.int(below: functions.count)]
        let kinds: [Int] = switch function {
        case .equal: vocabulary.tokens(for: .attribute(attribute.name))
        case .equalObject: scene.objects.indices.map(vocabulary.object)
        default: (0...scene.objects.count).map(vocabulary.number)
        }
        let first = random.int(below: kinds.count), second = random.uniform() < 0.5 ? first : random.int(below: kinds.count)
        let holds = switch function {
        case .lessThan: first < second
        case .greaterThan: first > second
        default: first == second
        }
        return vocabulary.id(of: function).map { ([vocabulary.look, $0, kinds[first], kinds[second]], [vocabulary.truth(holds), vocabulary.end]) }
    }
}
