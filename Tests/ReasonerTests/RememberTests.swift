import Foundation
import Language
import Reasoner
import Scenes
import Tensors
import Testing

/// What a reasoner writes of a picture: the list of its objects, steps with their values.
struct RememberTests {
    static var vocabulary: ReasonerVocabulary { QuestionReadingTests.vocabulary }

    static func scene(_ seed: UInt64) -> ObjectScene {
        var random = RandomSource(seed: seed)
        let renderer = SceneRenderer(width: 320, height: 240)
        var scene = SceneSampler().sample(renderer, using: &random)
        let boxes = renderer.render(scene).boxes
        for i in scene.objects.indices { scene.objects[i].box = boxes[i] }
        scene.objects.sort { ($0.pixel?.x ?? 0) < ($1.pixel?.x ?? 0) }
        scene.stateRelationships()
        return scene
    }

    @Test("A list says the scene again, as near as its grid is fine, with the same relations; its grammar lets it through", arguments: 1...6)
    func list(seed: Int) throws {
        let scene = Self.scene(UInt64(seed)), v = Self.vocabulary
        let tokens = try #require(v.tokens(listing: scene, width: 320, height: 240)), back = v.scene(listed: tokens, width: 320, height: 240)
        #expect(back.objects.map(\.attributes) == scene.objects.map(\.attributes))
        for (a, b) in zip(scene.objects, back.objects) {
            let p = try #require(a.position), q = try #require(b.position)
            #expect(abs(p.x - q.x) < 0.1 && abs(p.y - q.y) < 0.1 && p.z == q.z)
            let box = try #require(a.box) - (try #require(b.box))
            #expect(abs(box.x) <= 2.6 && abs(box.y) <= 2 && abs(box.z) <= 2.6 + 2.5 && abs(box.w) <= 2 + 2)
        }
        // Objects are 0.4 apart along each axis: three steps of the grid.
        #expect(back.relationships == scene.relationships)
        var grammar = SceneListGrammar(v), mask = TokenMask(count: v.count)
        for token in tokens + [v.ask] {
            mask.forbidAll()
            grammar.allowed(&mask)
            #expect(mask.isAllowed(token) && !grammar.isComplete)
            grammar.accept(token)
        }
        #expect(grammar.isComplete)
        // Tokens of a list that was cut off, or of none, are no crash.
        for count in [0, 1, 5, tokens.count - 1] { #expect(v.scene(listed: Array(tokens.prefix(count)), width: 320, height: 240).objects.count <= scene.objects.count) }
        #expect(v.scene(listed: Array(tokens.reversed()), width: 320, height: 240).objects.count <= scene.objects.count)
    }

    @Test("Steps with their values become a trace again, and the grammar lets each token through")
    func steps() throws {
        var random = RandomSource(seed: 9), kinds = Set<QuestionKind>()
        let v = Self.vocabulary
        for seed in 1...4 {
            let scene = Self.scene(UInt64(seed))
            for template in OwnQuestions.templates {
                guard let filled = template.filled(for: scene, OwnQuestions.domain, using: &random) else { continue }
                let trace = try filled.program.run(on: scene), tokens = try #require(v.tokens(of: trace, in: scene)), function = try #require(trace.steps.last).node.function
                let back = try #require(v.trace(of: tokens, objects: scene.objects.count))
                let rerun = try Program(nodes: back.steps.map(\.node)).run(on: scene)
                #expect(back.answer == trace.answer && back == rerun)
                kinds.insert(QuestionKind(filled.program))
                var grammar = StepGrammar(v, objects: scene.objects.count), mask = TokenMask(count: v.count)
                for token in tokens + [v.answer] + (try #require(v.tokens(of: trace.answer, of: function))) {
                    mask.forbidAll()
                    grammar.allowed(&mask)
                    #expect(mask.isAllowed(token) && !grammar.isComplete, "\(filled.text)")
                    grammar.accept(token)
                }
                #expect(grammar.isComplete)
            }
        }
        #expect(kinds.isSuperset(of: [.count, .exist, .compareNumbers, .query, .compareAttribute]))
    }

    @Test("A set is written object by object: filters look at those of their input, relations at all, each with what is looked up of it")
    func scan() throws {
        let v = Self.vocabulary, scene = Self.row([("red", "cube"), ("blue", "cube"), ("red", "sphere")])
        let program = Program(nodes: [
            Program.Node(.scene), Program.Node(.filter("color"), inputs: [0], argument: "red"), Program.Node(.filter("shape"), inputs: [1], argument: "sphere"),
            Program.Node(.unique, inputs: [2]), Program.Node(.relate, inputs: [3], argument: "left"), Program.Node(.count, inputs: [4]),
        ])
        // Places are steps of 8.6 / 64 from -4.3 on.
        let tokens = try #require(v.tokens(of: try program.run(on: scene), in: scene))
        #expect(
            Self.words(tokens) == """
                <scene> <filter_color> <color red> <o1> <color red> <yes> <o2> <color blue> <no> <o3> <color red> <yes> \
                <filter_shape> <shape sphere> <o1> <shape cube> <no> <o3> <shape sphere> <yes> <unique> <o3> \
                <relate> <relation left> <x61> <o1> <x2> <yes> <o2> <x32> <yes> <o3> <x61> <no> <count> <n2>
                """)
    }

    /// Three things of one size and material along the axis right, 4 units apart.
    private static func row(_ kinds: [(color: String, shape: String)]) -> ObjectScene {
        ObjectScene(kinds.enumerated().map { index, kind in
            var object = ObjectScene.Object(["color": kind.color, "shape": kind.shape, "size": "large", "material": "metal"])
            object.position = [Double(index - 1) * 4 * 0.65631, Double(index - 1) * 4 * 0.75449, 0.7]
            return object
        })
    }

    private static func words(_ tokens: some Sequence<Int>) -> String { tokens.map { vocabulary.tokenizer.addedToken($0) ?? "?" }.joined(separator: " ") }

    /// Ids of words as `words` writes them.
    private static func ids(_ words: String) -> [Int] { words.matches(of: /<[^>]+>/).compactMap { vocabulary.tokenizer.id(ofAdded: String($0.output)) } }

    @Test("Sets of sets, sets like an object, and comparisons are written as the model is to learn them", arguments: [
        ("<scene> <filter_color> <color red> <o1> <color red> <yes> <o2> <color blue> <no> <o3> <color red> <yes> "
            + "<scene> <filter_shape> <shape cube> <o1> <shape cube> <yes> <o2> <shape cube> <yes> <o3> <shape sphere> <no> <union> <o1> <yes> <o2> <yes> <o3> <yes> <count> <n3>", "3"),
        ("<scene> <filter_color> <color red> <o1> <color red> <yes> <o2> <color blue> <no> <o3> <color red> <yes> "
            + "<scene> <filter_shape> <shape cube> <o1> <shape cube> <yes> <o2> <shape cube> <yes> <o3> <shape sphere> <no> <intersect> <o1> <yes> <o3> <no> <exist> <yes>", "yes"),
        ("<scene> <filter_color> <color blue> <o1> <color red> <no> <o2> <color blue> <yes> <o3> <color red> <no> <unique> <o2> "
            + "<same_shape> <shape cube> <o1> <shape cube> <yes> <o2> <shape cube> <no> <o3> <shape sphere> <no> <unique> <o1> <query_color> <color red>", "red"),
        ("<scene> <filter_color> <color blue> <o1> <color red> <no> <o2> <color blue> <yes> <o3> <color red> <no> <unique> <o2> <query_shape> <shape cube> "
            + "<scene> <filter_shape> <shape sphere> <o1> <shape cube> <no> <o2> <shape cube> <no> <o3> <shape sphere> <yes> <unique> <o3> <query_shape> <shape sphere> "
            + "<equal_shape> <shape cube> <shape sphere> <no>", "no"),
        ("<scene> <count> <n3> <scene> <filter_color> <color red> <o1> <color red> <yes> <o2> <color blue> <no> <o3> <color red> <yes> <count> <n2> <greater_than> <n3> <n2> <yes>", "yes"),
    ])
    func written(text: String, answer: String) throws {
        let v = Self.vocabulary, scene = Self.row([("red", "cube"), ("blue", "cube"), ("red", "sphere")]), tokens = Self.ids(text)
        let trace = try #require(v.trace(of: tokens, objects: 3)), rerun = try Program(nodes: trace.steps.map(\.node)).run(on: scene)
        #expect(trace == rerun && trace.answer.text == answer && v.trace(of: tokens, objects: nil) == trace)
        #expect(Self.words(try #require(v.tokens(of: trace, in: scene))) == text)
        for objects in [3, nil] {
            var grammar = StepGrammar(v, objects: objects), mask = TokenMask(count: v.count)
            for token in tokens {
                mask.forbidAll()
                grammar.allowed(&mask)
                #expect(mask.isAllowed(token))
                grammar.accept(token)
            }
        }
    }

    @Test("A scan can neither pass an object over, nor break off, nor speak of one that was not chosen before", arguments: [
        ("<scene> <filter_color> <color red>", "<o1>"), ("<scene> <filter_color> <color red> <o1> <color red> <no> <o2> <color red> <yes> <o3> <color blue> <yes>", "<filter_size>"),
        ("<scene> <filter_color> <color red> <o1> <color red> <no> <o2> <color red> <yes> <o3> <color blue> <yes> <filter_size> <size small>", "<o2>"),
        ("<scene> <filter_color> <color red> <o1> <color red> <no> <o2> <color red> <no> <o3> <color blue> <no> <filter_size> <size small>", "<count>"),
        ("<scene> <filter_color> <color red> <o1> <color red> <no> <o2> <color red> <yes> <o3> <color blue> <no> <unique> <o2> <relate> <relation left> <x3>", "<o1>"),
    ])
    func whole(before: String, next: String) {
        let v = Self.vocabulary
        var grammar = StepGrammar(v, objects: 3), mask = TokenMask(count: v.count), allowed: [Int] = []
        Self.ids(before).forEach { grammar.accept($0) }
        mask.forbidAll()
        grammar.allowed(&mask)
        mask.forEachAllowed { allowed.append($0) }
        let wanted = Self.ids(next)
        if wanted.allSatisfy({ v.objectOf($0) != nil }) { #expect(allowed == wanted) } else {
            #expect(wanted.allSatisfy(allowed.contains) && !allowed.contains { v.objectOf($0) != nil })
        }
    }

    @Test("Where no list has told how many objects there are, the first scan of all tells")
    func uncounted() {
        let v = Self.vocabulary
        var grammar = StepGrammar(v, objects: nil), mask = TokenMask(count: v.count)
        Self.ids("<scene> <filter_color> <color red> <o1> <color red> <yes> <o2> <color red> <no> <unique> <o1> <same_color> <color red> <o1> <color red> <no> <o2> <color red> <yes>").forEach {
            grammar.accept($0)
        }
        mask.forbidAll()
        grammar.allowed(&mask)
        #expect(!mask.isAllowed(v.object(2)) && mask.isAllowed(Self.ids("<count>")[0]))
    }

    @Test("Tokens in any order are a trace or none, never a crash")
    func nonsense() {
        let v = Self.vocabulary
        var random = RandomSource(seed: 3)
        for _ in 0..<2_000 {
            let tokens = (0..<random.int(below: 24)).map { _ in v.begin + random.int(below: v.count - v.begin) }
            for objects in [nil, 0, 4] { _ = v.trace(of: tokens, objects: objects)?.checked(on: Self.row([("red", "cube"), ("blue", "cube"), ("red", "sphere")])) }
        }
    }

    @Test("Whatever is picked under the grammar of steps ends in an answer or is too long, and what was written is a trace")
    func walks() {
        var random = RandomSource(seed: 4), ended = 0
        let v = Self.vocabulary
        for _ in 0..<300 {
            var grammar = StepGrammar(v, objects: 4), mask = TokenMask(count: v.count), tokens: [Int] = []
            while !grammar.isComplete, tokens.count < 80 {
                mask.forbidAll()
                grammar.allowed(&mask)
                var all: [Int] = []
                mask.forEachAllowed { all.append($0) }
                guard !all.isEmpty else { Issue.record("nothing may follow \(tokens)"); return }
                // The answer more often than its share, so that walks end.
                let pick = all.contains(v.answer) && random.uniform() < 0.5 ? v.answer : all[random.int(below: all.count)]
                grammar.accept(pick)
                tokens.append(pick)
            }
            guard grammar.isComplete, let mark = tokens.firstIndex(of: v.answer) else { continue }
            ended += 1
            #expect(v.trace(of: Array(tokens[..<mark]), objects: 4) != nil && mark == tokens.count - 2)
        }
        #expect(ended > 30)
    }

    @Test("Training rows are a function of seed and number, one picture a row, and their lists and steps obey the grammars")
    func stream() {
        let v = Self.vocabulary, config = GridTests.config(width: 96, height: 64)
        func stream() -> ReasonerStream {
            ReasonerStream(
                vocabulary: v, pictures: PictureStream(config: config, colors: .all, count: 8, other: 0.2, seed: 5), templates: OwnQuestions.templates.map { ($0, OwnQuestions.domain) },
                lists: 0.6, surrogates: 0.6, width: 96, height: 64, seed: 5, length: 512)
        }
        let (pictures, rows) = stream().batch(1, rows: 8), again = stream().batch(1, rows: 8)
        #expect(pictures.count == 8 && again.rows.ids == rows.ids && again.pictures == pictures && stream().batch(2, rows: 8).rows.ids != rows.ids)
        var lists = 0, steps = 0
        for row in 0..<8 {
            let tokens = rows.ids[row * 512..<row * 512 + rows.used[row]].map(Int.init)
            #expect(tokens.first == v.begin && rows.used[row] <= 512)
            // A list begins with its first object; another task at the start of a row, with a place or a value.
            let isListed = tokens.starts(with: [v.begin, v.look, v.object(0)]), end = tokens.firstIndex(of: v.ask) ?? tokens.count
            for (at, token) in tokens.enumerated() {
                var grammar: any TokenConstraint
                if token == v.look, at == 1, isListed {
                    grammar = SceneListGrammar(v)
                    lists += 1
                } else if token == v.steps {
                    grammar = StepGrammar(v, objects: isListed ? tokens[..<end].count { v.objectOf($0) != nil } : nil)
                    steps += 1
                } else { continue }
                var mask = TokenMask(count: v.count)
                for next in tokens[(at + 1)...] where !grammar.isComplete {
                    mask.forbidAll()
                    grammar.allowed(&mask)
                    #expect(mask.isAllowed(next))
                    grammar.accept(next)
                }
            }
        }
        #expect(lists > 0 && steps > 3)
    }

    @Test("Comparisons to look up are right, alike and unlike")
    func comparisons() {
        let stream = ReasonerStream(
            vocabulary: Self.vocabulary, pictures: PictureStream(config: GridTests.config(width: 96, height: 64), colors: .all, count: 8, other: 0, seed: 5),
            templates: OwnQuestions.templates.map { ($0, OwnQuestions.domain) }, lists: 1, surrogates: 0.95, width: 96, height: 64, seed: 5, length: 512)
        var found = [String: Set<String>]()
        for index in 0..<6 {
            let text = Self.words(stream.batch(index, rows: 8).rows.ids.map(Int.init))
            for match in text.matches(of: /<look> <(equal_object|equal_integer|less_than|greater_than)> <[on](\d+)> <[on](\d+)> <(yes|no)>/) {
                guard let first = Int(match.output.2), let second = Int(match.output.3) else { continue }
                let holds = match.output.1 == "less_than" ? first < second : match.output.1 == "greater_than" ? first > second : first == second
                #expect(match.output.4 == (holds ? "yes" : "no"), "\(match.output.0)")
                found[String(match.output.1), default: []].insert(String(match.output.4))
            }
        }
        #expect(found.count == 4 && found.values.allSatisfy { $0.count == 2 }, "\(found)")
    }

    @Test("A decoder that has learnt nothing still writes lists and answers of the right form")
    func untrained() throws {
        let v = Self.vocabulary, config = GridTests.config(width: 96, height: 64), grid = SceneGrid(config: config, seed: 1)
        let shape = DecoderConfig(
            width: 16, layers: 2, heads: 2, keyValueHeads: 1, hiddenWidth: 16, vocabularySize: v.count, positions: 512, tied: true,
            crossAttention: CrossAttentionConfig(every: 2, sourceWidth: 16))
        let reasoner = try LanguageReasoner(DecodingModel(Language.Decoder(config: shape, seed: 2), positions: 512), v.tokenizer, grid: grid)
        let picture = PictureStream(config: config, colors: .all, count: 1, other: 0, seed: 6).samples([0])[0].picture
        try reasoner.look(picture)
        let list = try reasoner.list()
        #expect(list.objects.count <= 10 && list.objects.allSatisfy { $0.attributes.count == 4 && $0.position != nil })
        let direct = try reasoner.answer("how many red balls are left of the cube", .direct)
        #expect((direct.answer == nil) == (direct.refusal != nil) && direct.trace == nil && 0...1 ~= direct.confidence)
        let rationale = try reasoner.answer("how many red balls are left of the cube", .rationale)
        #expect(rationale.refusal != nil || rationale.scene.objects == list.objects && rationale.trace != nil)
        // Nothing is left over from another picture.
        let other = PictureStream(config: config, colors: .all, count: 1, other: 0, seed: 7).samples([0])[0].picture
        try reasoner.look(other)
        let second = try reasoner.list()
        try reasoner.look(picture)
        #expect(try reasoner.list() == list && second != list)
        #expect(try reasoner.answer("how many red balls are left of the cube", .direct).answer == direct.answer)
        let plain = DecoderConfig(width: 16, layers: 2, heads: 2, keyValueHeads: 1, hiddenWidth: 16, vocabularySize: v.count, positions: 64, tied: true)
        #expect(throws: ReasonerError.self) { try LanguageReasoner(DecodingModel(Language.Decoder(config: plain, seed: 2), positions: 64), v.tokenizer, grid: grid) }
    }
}
