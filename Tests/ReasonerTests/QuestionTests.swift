import Foundation
import Language
import Reasoner
import Scenes
import Tensors
import Testing
import Training

/// Questions as tokens, and their reader.
struct QuestionReadingTests {
    static let vocabulary: ReasonerVocabulary = {
        let texts = ["how many red balls are left of the cube", "what is the size of the thing"]
        let tokenizer = Tokenizer.train(on: texts, vocabularySize: 300, addedTokens: ReasonerVocabulary.addedTokens(.clevr))
        return try! ReasonerVocabulary(tokenizer)
    }()

    @Test("Programs of all families become tokens and programs again, and the grammar lets each token through")
    func roundTrip() throws {
        var random = RandomSource(seed: 1)
        for template in OwnQuestions.templates {
            for _ in 0..<5 {
                guard let program = template.filled(OwnQuestions.domain, using: &random)?.program else { continue }
                let tokens = try #require(Self.vocabulary.tokens(of: program)), back = try #require(Self.vocabulary.program(of: tokens))
                #expect(Self.vocabulary.tokens(of: back) == tokens)
                var grammar = ProgramGrammar(Self.vocabulary), mask = TokenMask(count: Self.vocabulary.count)
                for token in tokens + [Self.vocabulary.end] {
                    mask.forbidAll()
                    grammar.allowed(&mask)
                    #expect(mask.isAllowed(token) && !grammar.isComplete)
                    grammar.accept(token)
                }
                #expect(grammar.isComplete)
            }
        }
    }

    @Test("Postfix order keeps the answer")
    func sameAnswer() throws {
        var random = RandomSource(seed: 2)
        let renderer = SceneRenderer(width: 160, height: 120)
        for _ in 0..<8 {
            let scene = SceneSampler().sample(renderer, using: &random)
            for template in OwnQuestions.templates {
                guard let filled = template.filled(for: scene, OwnQuestions.domain, using: &random),
                      let program = Self.vocabulary.tokens(of: filled.program).flatMap(Self.vocabulary.program) else { continue }
                #expect(try program.run(on: scene).answer == filled.answer)
            }
        }
    }

    @Test("Whatever is picked under the grammar, what ends is a program")
    func walks() {
        var random = RandomSource(seed: 3), ended = 0
        for _ in 0..<400 {
            var grammar = ProgramGrammar(Self.vocabulary), mask = TokenMask(count: Self.vocabulary.count), tokens: [Int] = []
            while !grammar.isComplete, tokens.count < 60 {
                mask.forbidAll()
                grammar.allowed(&mask)
                var all: [Int] = []
                mask.forEachAllowed { all.append($0) }
                guard !all.isEmpty else { break }
                let pick = all[random.int(below: all.count)]
                grammar.accept(pick)
                if !grammar.isComplete { tokens.append(pick) }
            }
            guard grammar.isComplete, !tokens.isEmpty else { continue }
            ended += 1
            #expect(Self.vocabulary.program(of: tokens) != nil)
        }
        #expect(ended > 50)
    }

    @Test("Tokens that say no program are none", arguments: [["<scene>"], ["<count>"], ["<scene>", "<filter_color>"], ["<scene>", "<scene>", "<count>"], ["<begin>"], []])
    func noProgram(_ names: [String]) {
        let ids = names.compactMap { Self.vocabulary.tokenizer.id(ofAdded: $0) }
        #expect(ids.count == names.count)
        let program = Self.vocabulary.program(of: ids)
        #expect(program == nil || names == ["<scene>"], "a lone scene is a set of objects, which is a value but no answer")
    }

    @Test("Colloquial forms keep the words that carry the meaning, and differ")
    func colloquial() {
        var random = RandomSource(seed: 5), forms = Set<String>()
        let text = "How many red metal things are there that are to the left of the small cube?"
        for _ in 0..<60 {
            let form = Colloquial.form(of: text, using: &random)
            forms.insert(form)
            for word in ["red", "metal", "thing", "left", "small", "cube"] { #expect(form.contains(word), "\(form)") }
        }
        #expect(forms.count > 20)
        #expect(Colloquial.form(of: "", using: &random).count < 20)
    }

    @Test("A question is about something else, or names what the world does not have")
    func unanswerable() {
        var random = RandomSource(seed: 4)
        let all = (0..<300).map { _ in UnanswerableQuestions.sample(using: &random) }
        #expect(Set(all).count > 150 && all.allSatisfy { !$0.isEmpty && !$0.contains("<") })
    }

    static func job(steps: Int) throws -> (job: QuestionJob, recipe: RunRecipe, text: String) {
        let text = """
        name: questions-test
        kind: questions
        seed: 5
        steps: \(steps)
        optimizer: {learningRate: 4e-3, warmup: 5}
        model: {width: 48, layers: 2, heads: 4, keyValueHeads: 2, hiddenWidth: 96, textVocabulary: 400}
        data: {rows: 1}
        """
        let document = try RecipeDocument(text: text)
        let recipe = try document.run(jobSections: QuestionJob.sections)
        return (try QuestionJob(recipe: recipe, document: document), recipe, text)
    }

    @Test("The same step has the same batch; training lowers the loss; what is exported reads questions")
    func trains() throws {
        let (job, _, _) = try Self.job(steps: 60)
        let first = try job.loss(step: 3, microBatch: 0).loss.item
        #expect(try job.loss(step: 3, microBatch: 0).loss.item == first)
        #expect(try job.loss(step: 4, microBatch: 0).loss.item != first)
        let parameters = job.parameters.map(\.tensor)
        var optimiser = AdamW(weightDecay: 0), last: Float = 0
        for step in 0..<60 {
            for parameter in parameters { parameter.zeroGradient() }
            let loss = try job.loss(step: step, microBatch: 0).loss
            last = loss.item
            loss.backward()
            optimiser.step(parameters: parameters, learningRate: 4e-3)
        }
        #expect(last < 0.6 * first, "\(first) → \(last)")
        let folder = FileManager.default.temporaryDirectory.appending(path: "reasoner-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try job.export(to: folder)
        let tokenizer = try #require(try ModelFolder.readTokenizer(folder))
        let reader = try QuestionReader(DecodingModel.load(folder), tokenizer)
        let reading = try reader.read("How many red balls are there?")
        #expect(0...1 ~= reading.confidence)
        #expect(try reader.read(String(repeating: "zebra ", count: 400)).program == nil)
    }

    @Test("Every word of our questions is known, in colloquial forms and with a slip too")
    func knownWords() {
        var random = RandomSource(seed: 3), slips = 0
        for _ in 0..<3 {
            for template in OwnQuestions.templates {
                guard let filled = template.filled(OwnQuestions.domain, using: &random) else { continue }
                #expect(KnownWords.strangers(in: filled.text) == [])
                #expect(KnownWords.strangers(in: Colloquial.form(of: filled.text, using: &random)) == [])
                let slipped = QuestionStream.misspelt(filled.text, &random)
                if slipped != filled.text { slips += 1 }
                #expect(KnownWords.strangers(in: slipped) == [], "\(slipped)")
            }
        }
        #expect(slips > 200)
    }

    @Test("Words that no program says are named, with a known one that is like them", arguments: [
        ("How many dragons are there?", ["dragons"]), ("What color is the dragon that is left of the unicorn?", ["dragon", "unicorn"]), ("Are there 3 cubes?", ["3"]),
        ("How many things are not red?", ["not"]), ("¿Cuántas cosas rojas hay?", ["cuántas", "cosas", "rojas", "hay"]), ("Dragons, dragons!", ["dragons"]),
        ("Is there a ball?", []), ("How many cilynders are there?", []), ("How many cilindres?", ["cilindres"]), ("🙂", []), ("", []), ("PLEASE tell me: what’s the colour of the Cube?!", []),
    ])
    func strangers(question: String, words: [String]) throws {
        #expect(KnownWords.strangers(in: question) == words)
        #expect("\(SceneAnswer.Refusal.unknownWords(["cilindres"]))".contains("did you mean \"cylinder\"?") && !"\(SceneAnswer.Refusal.unknownWords(["wooden"]))".contains("did you mean"))
    }

    @Test("A recipe with a wrong key or value is refused", arguments: ["rows: 0", "unknown: 1.5", "row: 3"])
    func badRecipes(_ line: String) throws {
        let document = try RecipeDocument(text: "name: a\nkind: questions\nsteps: 1\ndata: {\(line)}\n")
        #expect(throws: (any Error).self) { try QuestionJob(recipe: document.run(jobSections: QuestionJob.sections), document: document) }
    }
}
