import Foundation
import Language
import Pictures
import Reasoner
import Scenes
import Speculation
import Tensors
import Testing
import Training

/// Drafts for a model that writes about pictures, and captions.
struct PictureDraftTests {
    private static let models = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "models")
    private static var reasoner: URL { models.appending(path: "reasoner-clevr") }

    private static func job(sees: Bool, run: URL? = nil, data: String = ", target: \"\(reasoner.path)\", length: 192, pictures: 4, captions: 0.4", model: String = "") throws -> PictureDraftJob {
        let text = """
            name: a
            kind: picture-draft
            steps: 1
            seed: 3
            optimizer: {learningRate: 0.01}
            model: {width: 32, layers: 2, heads: 2, keyValueHeads: 1, hiddenWidth: 48\(model)}
            data: {seesPicture: \(sees), rows: 2, lists: 1, crossEvery: 1\(data)}
            """
        let document = try RecipeDocument(text: text)
        return try PictureDraftJob(recipe: document.run(jobSections: PictureDraftJob.sections), document: document, run: run)
    }

    @Test("A draft learns the rows of its target, is written with its list of tokens, and what it guesses changes no text", arguments: [false, true])
    func learns(sees: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "draft-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let job = try Self.job(sees: sees)
        let losses = try job.overfitted(steps: 25, learningRate: 0.01)
        #expect(losses[24] < 0.8 * losses[0], "from \(losses[0]) to \(losses[24])")
        #expect(job.parameters.contains { $0.name.contains("cross_attn") } == sees)
        let figures = try job.evaluate()
        #expect((figures["right"] ?? 0) > 0 && (figures["right"] ?? 1) < 1)

        try job.keep(in: folder.creating())
        #expect(try Self.job(sees: sees, run: folder).vocabulary == job.vocabulary)
        try job.export(to: folder)
        let plain = try PictureReasoner(folder: Self.reasoner), drafted = try PictureReasoner(folder: Self.reasoner)
        let file = try ModelFile.open(folder), draft = DraftModel(try file.decoding(positions: LanguageReasoner.positions), vocabulary: try DraftVocabulary(folder: folder))
        #expect(draft.vocabulary?.problem(for: drafted.reader.vocabulary.tokenizer, targetVocabulary: drafted.model.config.vocabularySize, size: file.config.vocabularySize) == nil)
        let guesser = try PictureGuesser(draft, drafted.grid)
        #expect(guesser.seesPicture == sees)
        drafted.guesser = guesser
        #expect(guesser.figures.rounds == 0)
        for seed in 1...2 as ClosedRange<UInt64> {
            let picture = SceneRenderer(width: 320, height: 240).render(RememberTests.scene(seed), seed: seed).picture
            for question in ["How many red things are there?", "Is there a small cube left of the large metal thing?"] {
                let a = try plain.answer(question, about: picture, .rationale, certain: true), b = try drafted.answer(question, about: picture, .rationale, certain: true)
                #expect(a.text == b.text && a.trace == b.trace && a.scene == b.scene && abs(a.confidence - b.confidence) < 1e-5)
            }
        }
        #expect(guesser.figures.accepted > 0 && guesser.figures.rounds < guesser.figures.tokens)

        // Sentences, and a draft that overflows, change nothing either.
        let model = plain.model, tokenizer = plain.reader.vocabulary.tokenizer, picture = SceneRenderer(width: 320, height: 240).render(RememberTests.scene(3), seed: 3).picture
        let alone = try LanguageReasoner(model, tokenizer, grid: plain.grid)
        try alone.look(picture)
        for isBroken in [false, true] {
            if isBroken { job.decoder.parameters.last?.tensor.copy(from: [Float](repeating: 3e38, count: job.decoder.parameters.last?.tensor.count ?? 0)) }
            let draft = DraftModel(DecodingModel(job.decoder, positions: LanguageReasoner.positions), vocabulary: job.vocabulary)
            let guessed = try LanguageReasoner(model, tokenizer, grid: plain.grid, guesser: PictureGuesser(draft, plain.grid))
            try guessed.look(picture)
            #expect(try guessed.caption() == alone.caption() && guessed.list() == alone.list())
        }
    }

    @Test("A recipe of a draft that cannot be says what to change", arguments: [
        (", length: 500", ", positions: 256", "fewer than data.length"), (", target: models/nothing", "", "models/nothing"), (", readings: 0.1", "", "unknown key data.readings"), (", captions: 2", "", "0 to 1"),
    ])
    func badRecipe(data: String, model: String, problem: String) throws {
        do {
            _ = try Self.job(sees: false, data: data, model: model)
            Issue.record("\(data)\(model) was taken")
        } catch {
            #expect("\(error)".contains(problem), "\(error)")
        }
    }

    @Test("Rows with captions tell the scene that they show; without, rows are those of before")
    func stream() throws {
        let v = RememberTests.vocabulary, config = GridTests.config(width: 96, height: 64)
        func rows(captions: Double) -> PackedRows {
            ReasonerStream(
                vocabulary: v, pictures: PictureStream(config: config, colors: .all, count: 8, other: 0, seed: 5), templates: OwnQuestions.templates.map { ($0, OwnQuestions.domain) },
                lists: 1, surrogates: 0, captions: captions, width: 96, height: 64, seed: 5, length: 1_536).batch(0, rows: 8).rows
        }
        let told = rows(captions: 1), listed = rows(captions: 0)
        for row in 0..<8 {
            let tokens = told.ids[row * 1_536..<row * 1_536 + told.used[row]].map(Int.init), start = try #require(tokens.firstIndex(of: v.answer)), end = try #require(tokens.firstIndex(of: v.end))
            #expect(tokens.starts(with: [v.begin, v.ask]) && !tokens[..<end].contains(v.look))
            let text = v.tokenizer.decode(Array(tokens[(start + 1)..<end]))
            let list = listed.ids[row * 1_536..<row * 1_536 + listed.used[row]].map(Int.init), all = v.scene(listed: Array(list.prefix { $0 != v.ask }), width: 96, height: 64).objects
            #expect(SceneCaption.objects(in: text) == all.map(\.attributes), "\(text)")
            // What is learnt is the caption, not what asks for it.
            #expect(told.targets[row * 1_536] < 0 && told.targets[row * 1_536 + start] == Int32(tokens[start + 1]))
        }
    }

    @Test("A draft of another eye is refused by name")
    func otherEye() throws {
        let grid = SceneGrid(config: GridTests.config(width: 96, height: 64), seed: 1)
        let draft = try Self.job(sees: true), model = DraftModel(DecodingModel(draft.decoder, positions: 512), vocabulary: draft.vocabulary)
        #expect { try PictureGuesser(model, grid) } throws: { "\($0)".contains("width 160, this eye has 16") }
    }

    @Test("Facts are places, values, numbers, and what steps give")
    func facts() throws {
        let v = RememberTests.vocabulary, scene = RememberTests.scene(1)
        let list = try #require(v.tokens(listing: scene, width: 320, height: 240))
        #expect(v.facts(list + [v.ask], of: .list).count { !$0 } == scene.objects.count + 1)
        let caption = v.tokenizer.encode("There are two things in the picture. On the left is a small red metal cube.")
        let flags = v.facts(caption, of: .caption), words = zip(caption, flags).filter(\.1).map { v.tokenizer.decode([$0.0]) }.joined()
        #expect(words.filter(\.isLetter) == "twoleftsmallredmetalcube")
        let program = Program(nodes: [
            Program.Node(.scene), Program.Node(.filter("shape"), inputs: [0], argument: scene.objects[0].attributes["shape"]), Program.Node(.count, inputs: [1]),
        ])
        let steps = try #require(v.tokens(of: program.run(on: scene), in: scene)), told = v.facts(steps, of: .rationale(question: ""))
        // <scene> <filter_shape> <shape …> then object by object: which, its shape, chosen or not; <count> and the number.
        #expect(told == [false, false, false] + scene.objects.flatMap { _ in [false, true, true] } + [false, true])
    }
}

extension URL {
    fileprivate func creating() throws -> URL {
        try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
        return self
    }
}
