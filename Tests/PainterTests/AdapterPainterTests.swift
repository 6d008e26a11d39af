import Distillation
import Foundation
import Language
import Painter
import Sketches
import Tensors
import Testing
import Training

@Suite("A painter beside a language model")
struct AdapterPainterTests {
    @Test("Sketch tokens come after all rows of the base, whose own ids stay")
    func vocabulary() throws {
        try LanguageFixture.withFolder { folder in
            try LanguageFixture.write(to: folder)
            let job = try LanguageFixture.job(folder), v = try SketchVocabulary(job.tokenizer), names = SketchVocabulary.addedTokens(classes: LanguageFixture.drawings.classes)
            #expect(v.classes == LanguageFixture.drawings.classes && v.ids == LanguageFixture.rows..<LanguageFixture.rows + names.count && v.count == v.ids.upperBound)
            for (place, name) in names.enumerated() { #expect(job.tokenizer.id(ofAdded: name) == LanguageFixture.rows + place) }
            #expect([v.begin, v.end, v.penUp, v.x(0), v.y(63), v.pointer(127), v.classToken(11)].allSatisfy(v.ids.contains))
            #expect(v.text("A Sun  above the house.") == LanguageFixture.tokenizer.encode("a sun above the house") && !v.text("<begin> <x3>").contains(where: v.ids.contains))
            #expect(job.decoder().config.vocabularySize == v.count)
            // A tokenizer of its own, trained with the painter.
            let own = PainterFixture.vocabulary
            #expect(own.ids == own.tokenizer.textCount..<own.count)
        }
    }

    @Test("A token that the base has already is used; the tokens to be written are still all among the ids", arguments: ["<pad>", "<end>"])
    func knownTokens(name: String) throws {
        try LanguageFixture.withFolder { folder in
            let tokenizer = LanguageFixture.tokenizer.extended(with: [name])
            try LanguageFixture.write(to: folder, tokenizer)
            let job = try LanguageFixture.job(folder), v = try SketchVocabulary(job.tokenizer), id = try #require(tokenizer.id(ofAdded: name))
            #expect((name == "<pad>" ? v.pad : v.end) == id && v.ids.contains(id) == (name == "<end>") && v.ids.contains(v.begin) && v.ids.contains(v.end))
            #expect(v.count == tokenizer.count + LanguageFixture.spare + SketchVocabulary.addedTokens(classes: v.classes).count - 1)
            #expect(try job.loss(step: 0, microBatch: 0).loss.item.isFinite)
        }
    }

    @Test("Documents of all tasks are written in the base's pieces and sketch tokens, and are read back", arguments: [PainterDocuments.Task.plan, .sketch, .canvas, .command, .complete])
    func documents(task: PainterDocuments.Task) throws {
        let tokenizer = LanguageFixture.tokenizer.extended(with: SketchVocabulary.addedTokens(classes: LanguageFixture.drawings.classes), after: LanguageFixture.rows)
        let v = try SketchVocabulary(tokenizer), documents = PainterDocuments(codec: SketchCodec(vocabulary: v)), composer = SceneComposer(StyledDrawings(doodles: LanguageFixture.drawings))
        let stream = PainterStream(composer: composer, documents: documents, mix: LanguageFixture.only(task), seed: 3, length: 1_024)
        var random = PainterFixture.random(7), written = 0
        for _ in 0..<60 {
            guard let document = stream.document(task, &random) else { continue }
            written += 1
            // What is learnt are sketch tokens; what is read besides are pieces of the prompt.
            for (token, weight) in zip(document.tokens.map(Int.init), document.weights) { #expect(v.ids.contains(token) || (weight == 0 && tokenizer.isText(token))) }
            #expect(document.tokens.first == Int32(v.begin))
        }
        #expect(written > 30)
        guard task == .plan else { return }
        let scene = composer.composePattern(count: 3, &random), plan = documents.plan(scene).tokens.map(Int.init), end = try #require(plan.firstIndex(of: v.plan))
        #expect(tokenizer.decode(Array(plan[2..<end])) == SketchVocabulary.normalized(scene.prompt))
        var grammar = PlanGrammar(v)
        for token in plan[(end + 1)...] { grammar.accept(token) }
        #expect(grammar.isComplete && grammar.boxes == scene.objects.map(\.box) && grammar.spec.items.map(\.classIndex) == scene.objects.map(\.classIndex))
    }

    @Test("It learns, its base stays, and its folder with the base draws under the grammar")
    func trains() throws {
        try LanguageFixture.withFolder { folder in
            let base = folder.appending(path: "base"), written = folder.appending(path: "painter-lm")
            try LanguageFixture.write(to: base)
            let before = try ModelFile.open(base).decoder().parameters.map { $0.tensor.array() }
            let job = try LanguageFixture.job(base) { $0.mix = LanguageFixture.only(.plan) }, ids = try SketchVocabulary(job.tokenizer).ids
            #expect(job.parameters.allSatisfy { $0.name.contains("lora_") || $0.name == "model.embed_tokens.added" } && job.parameters.count == 2 * 4 * 2 + 1)
            let losses = try LanguageFixture.losses(of: job, steps: 16)
            // Nothing is known at first, and a sketch token is told from its like only.
            #expect(abs(losses[0] - log(Float(ids.count))) < 0.25, "\(losses[0]), of \(ids.count)")
            #expect(losses[15] < 0.9 * losses[0], "from \(losses[0]) to \(losses[15])")
            for (kept, old) in zip(job.decoder().parameters, before) where kept.name.contains("mlp") { #expect(kept.tensor.array() == old) }

            try job.export(to: written)
            #expect(try ModelFile.open(base).decoder().parameters.map { $0.tensor.array() } == before)
            let painter = try Painter(folder: written), drawn = try painter.draw("a sun to the left of a house", seed: 3)
            #expect(painter.name == "painter-lm" && painter.format == .bfloat16 && painter.vocabulary.classes == LanguageFixture.drawings.classes)
            #expect(!drawn.scene.objects.isEmpty && drawn.scene.objects.flatMap(\.strokes) == Array(drawn.scene.strokes.indices))
            #expect(try painter.draw("a sun to the left of a house", seed: 3).scene == drawn.scene)
            #expect(try painter.detect(drawn.scene).objects.flatMap(\.strokes).sorted() == Array(drawn.scene.strokes.indices))
            // What was written is what was trained, to the precision of bf16.
            let some = [Int32](0..<40), trained = withoutGradients { job.decoder().logits(ids: some, batch: 1, length: 40).array() }
            let read = try ModelFile.open(written).decoder(), again = withoutGradients { read.logits(ids: some, batch: 1, length: 40).array() }, size = trained.map(abs).max() ?? 0
            #expect(again.count == trained.count && zip(again, trained).allSatisfy { abs($0 - $1) < 0.05 * size })
        }
    }

    @Test("An adapter goes on from where it was; a smaller alpha lies between it and the base")
    func goesOn() throws {
        try LanguageFixture.withFolder { folder in
            let base = folder.appending(path: "base"), written = folder.appending(path: "first"), again = folder.appending(path: "second")
            try LanguageFixture.write(to: base)
            let job = try LanguageFixture.job(base) { $0.mix = LanguageFixture.only(.plan) }
            _ = try LanguageFixture.losses(of: job, steps: 8)
            try job.export(to: written)
            func weights(_ file: URL) throws -> [[Float]] { try ModelFile.open(file).decoder().parameters.map { $0.tensor.array() } }
            func weights(_ job: PainterJob) -> [[Float]] { withoutGradients { job.decoder().parameters.map { $0.tensor.array() } } }
            let whole = try LanguageFixture.job(written) { $0.mix = LanguageFixture.only(.plan) }, half = try LanguageFixture.job(written, alpha: 4)
            #expect(try weights(whole) == weights(written) && whole.tokenizer == job.tokenizer)
            for ((middle, end), start) in zip(zip(weights(half), weights(whole)), try weights(base)) where middle.count == start.count {
                #expect(zip(zip(middle, end), start).allSatisfy { abs($0.0 - ($0.1 + $1) / 2) < 1e-5 })
            }
            #expect(try LanguageFixture.losses(of: whole, steps: 8).last ?? 9 < LanguageFixture.losses(of: LanguageFixture.job(base) { $0.mix = LanguageFixture.only(.plan) }, steps: 8).last ?? 0)
            // What is written stands beside the base, not beside the first.
            try whole.export(to: again)
            #expect(try ModelFile.open(again).base?.lastPathComponent == "base" && weights(again) != weights(written))
        }
    }

    @Test("Tokens that are called by words begin near them, places as smooth rows; of some blocks alone nothing else is trained")
    func beginnings() throws {
        try LanguageFixture.withFolder { folder in
            try LanguageFixture.write(to: folder)
            let job = try LanguageFixture.job(folder, upper: 1), v = try SketchVocabulary(job.tokenizer), width = 32
            #expect(job.parameters.filter { $0.name.contains("lora_") }.allSatisfy { $0.name.hasPrefix("model.layers.1.") } && job.parameters.count == 4 * 2 + 1)
            let table = try #require(job.decoder().parameters.first { $0.name == "model.embed_tokens.weight" }?.tensor.array())
            func row(_ id: Int) -> [Float] { Array(table[id * width..<(id + 1) * width]) }
            func likeness(_ a: [Float], _ b: [Float]) -> Float {
                func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
                return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
            }
            let pieces = LanguageFixture.tokenizer.encode(" house"), mean = (0..<width).map { column in pieces.reduce(Float(0)) { $0 + row($1)[column] } / Float(pieces.count) }
            let house = row(v.classToken(try #require(v.classIndex("house"))))
            #expect(zip(house, mean).allSatisfy { abs($0 - $1 / 2) < 1e-6 })
            #expect(likeness(row(v.x(20)), row(v.x(21))) > 0.8 && likeness(row(v.x(20)), row(v.y(20))) < 0.7 && likeness(row(v.x(5)), row(v.x(50))) < 0.7)
        }
    }

    // MARK: texts

    /// Writes texts to a folder: one that is trained on, one that is cut, one that is held out.
    private func writeTexts(to folder: URL) throws -> [BaseText] {
        let held = try #require((0..<200).map { "name \($0) things" }.first { BaseText(instruction: $0, text: "a", temperature: 1).isHeldOut })
        let open = (0..<200).map { "what is \($0)?" }.filter { !BaseText(instruction: $0, text: "a", temperature: 1).isHeldOut }
        let texts = [
            BaseText(instruction: open[0], text: "once upon a time there was a small house", temperature: 0.3), BaseText(instruction: held, text: "the moon", temperature: 1),
            BaseText(instruction: open[1], text: "the sun is warm and", temperature: 0.7, isCut: true),
        ]
        try Data(texts.map(\.line).joined(separator: "\n").utf8).write(to: folder.appending(path: "texts.ndjson"))
        return texts
    }

    @Test("The loss of a text's row is over what the base wrote, told from the whole vocabulary")
    func textRows() throws {
        try LanguageFixture.withFolder { folder in
            try LanguageFixture.write(to: folder)
            let texts = try writeTexts(to: folder), form = try InstructionForm(ModelFile.open(folder)), tokenizer = LanguageFixture.tokenizer
            let end = try #require(tokenizer.id(ofAdded: "<|im_end|>")), documents = try texts.map { try #require(form.document($0, limit: 1_025)) }
            for (text, document) in zip(texts, documents) {
                let first = try #require(document.weights.firstIndex { $0 > 0 }), tokens = document.tokens.map(Int.init)
                #expect(Array(tokens[..<first]) == form.prompt(text.instruction ?? "") && document.weights[first...].allSatisfy { $0 == 1 })
                #expect(Array(tokens[first...]) == tokenizer.encode(text.text) + (text.isCut ? [] : [end]))
                #expect(tokenizer.decode(Array(tokens[..<first])).hasSuffix("<|im_start|>user\n\(text.instruction ?? "")<|im_end|>\n<|im_start|>assistant\n"))
                #expect(form.document(text, limit: first + 2)?.tokens.count == first + 2 && form.document(text, limit: first) == nil)
            }
            let job = try LanguageFixture.job(folder) { ($0.texts, $0.mix) = (folder.appending(path: "texts.ndjson").path, LanguageFixture.only(.text)) }
            let v = try SketchVocabulary(job.tokenizer)
            let stream = PainterStream(
                composer: SceneComposer(StyledDrawings(doodles: LanguageFixture.drawings)), documents: PainterDocuments(codec: SketchCodec(vocabulary: v)),
                mix: LanguageFixture.only(.text), seed: 4, length: 1_024, texts: [documents[0], documents[2]])
            let rows = stream.rows(step: 0, microBatch: 0, rows: 1), learnt = rows.targets.filter { $0 >= 0 }.map(Int.init)
            #expect(learnt.count > 50 && learnt.allSatisfy { tokenizer.isText($0) || $0 == end } && learnt.contains(end) && !learnt.contains(where: v.ids.contains))
            let expected = withoutGradients { job.decoder().loss(ids: rows.ids, targets: rows.targets, weights: rows.weights, batch: 1, length: 1_024, mask: .causalFrom(rows.starts)).item }
            #expect(abs(try job.loss(step: 0, microBatch: 0).loss.item - expected) < 1e-5)
            #expect(expected > log(Float(LanguageFixture.rows)))
            let losses = try LanguageFixture.losses(of: job, steps: 25)
            #expect(losses[24] < losses[0] - 0.1, "from \(losses[0]) to \(losses[24])")
            // The base's law: next to nothing is to be learnt at first (the rows of new tokens take a little), and what plans have changed comes back.
            func kept(_ initial: URL, factor: Double = 1, steps: Int = 12) throws -> [Float] {
                let job = try LanguageFixture.job(initial) { ($0.texts, $0.laws, $0.mix) = (folder.appending(path: "texts.ndjson").path, factor, LanguageFixture.only(.text)) }
                return try LanguageFixture.losses(of: job, steps: steps)
            }
            let changed = folder.appending(path: "changed"), planner = try LanguageFixture.job(folder) { $0.mix = LanguageFixture.only(.plan) }
            _ = try LanguageFixture.losses(of: planner, steps: 25)
            try planner.export(to: changed)
            let (fresh, back) = (try kept(folder), try kept(changed))
            #expect(fresh[0] > 0 && fresh[0] < 3 && back[11] < back[0], "\(fresh), \(back)")
            #expect(try abs(kept(changed, factor: 3, steps: 1)[0] - 3 * back[0]) < 1e-4)
            // The held-out text is measured by itself, and nothing that is not trained.
            let figures = try withoutGradients { try job.evaluate() }
            #expect(figures["text"] ?? 0 > 0 && figures.count == 1)
        }
    }

    @Test("Without chat turns an instruction stands on a line of its own")
    func plainForm() throws {
        try LanguageFixture.withFolder { folder in
            try LanguageFixture.write(to: folder, template: false)
            let form = try InstructionForm(ModelFile.open(folder))
            #expect(form.prompt("what is it?") == LanguageFixture.tokenizer.encode("what is it?\n") && form.endTokens.count == 2)
        }
    }

    // MARK: recipes

    private func job(_ initial: URL?, _ more: String, data: String = "") throws -> PainterJob {
        let document = try RecipeDocument(text: """
            name: a
            kind: painter
            steps: 1
            optimizer: {learningRate: 0.01}
            \(initial.map { "initialModel: \"\($0.path)\"" } ?? "")
            \(more)
            data: {source: procedural, rows: 1\(data)}
            """)
        return try PainterJob(recipe: document.run(jobSections: PainterJob.sections), document: document)
    }

    @Test("A recipe that cannot be says what to change", arguments: [
        ("none", "adapter: {}", "", "initialModel must name"), ("base", "adapter: {}\ncheckpointing: true", "", "leave it out"), ("base", "adapter: {rank: 0}", "", "from 1 to 1024"),
        ("base", "adapter: {upper: 0}", "", "1 or more"), ("base", "adapter: {layers: 3}", "", "unknown key adapter.layers"), ("base", "", "", "add `adapter: {}`"),
        ("base", "adapter: {}", ", mix: {text: 0.2}", "data.texts"), ("base", "adapter: {}", ", laws: 3", "data.laws"), ("base", "adapter: {}", ", texts: nowhere.ndjson", "atelier data texts"), ("painter", "", ", texts: nowhere.ndjson", "only an adapter"),
        ("written", "adapter: {}", "", "the initial one has rank 4"), ("written", "", "", "add an `adapter:` section"), ("base", "adapter: {}", ", mix: {text: -1}", "shares of 0 or more"),
    ])
    func badRecipe(initial: String, more: String, data: String, problem: String) throws {
        try LanguageFixture.withFolder { folder in
            switch initial {
            case "none": break
            case "painter":
                let config = DecoderConfig(width: 32, layers: 1, heads: 2, hiddenWidth: 64, vocabularySize: PainterFixture.tokenizer.count, positions: 512)
                try ModelFolder(decoder: Decoder(config: config, seed: 1), tokenizer: PainterFixture.tokenizer).write(to: folder.appending(path: initial))
            default:
                try LanguageFixture.write(to: folder.appending(path: "base"))
                if initial == "written" { try LanguageFixture.job(folder.appending(path: "base")).export(to: folder.appending(path: initial)) }
            }
            do {
                _ = try job(initial == "none" ? nil : folder.appending(path: initial), more, data: data)
                Issue.record("\(initial), \(more)\(data) was taken")
            } catch {
                #expect("\(error)".contains(problem), "\(error)")
            }
        }
    }
}
