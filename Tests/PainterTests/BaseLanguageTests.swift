import Distillation
import Foundation
import Language
import Painter
import Testing

@Suite("What a language model writes itself, and keeps of it")
struct BaseLanguageTests {
    @Test("A model's own texts are pieces of text only, the same for the same seed, and each as if it were alone")
    func written() throws {
        try LanguageFixture.withFolder { folder in
            try LanguageFixture.write(to: folder)
            let file = try ModelFile.open(folder)
            var seen: [Int] = []
            let texts = try BaseText.written(by: file, count: 30, limit: 9, seed: 5) { seen.append($0) }
            #expect(seen == Array(1...30) && texts.count > 25 && texts.allSatisfy { BaseText.temperatures.contains($0.temperature) && !$0.text.contains("<|") })
            #expect(Set(texts.map(\.temperature)).count == 3 && texts.contains { $0.isCut } && texts.allSatisfy { Instructions.some(30, seed: 5).contains($0.instruction ?? "") })
            #expect(try BaseText.written(by: file, count: 30, limit: 9, seed: 5) == texts && BaseText.written(by: file, count: 30, limit: 9, seed: 6) != texts)
            // Running texts begin with their openings, and change nothing of the answers.
            let more = try BaseText.written(by: file, count: 30, running: 12, limit: 9, seed: 5), running = more.filter { $0.instruction == nil }
            #expect(Array(more.prefix(texts.count)) == texts && running.count > 8 && running.allSatisfy { $0.text.hasPrefix($0.opening) && !$0.opening.isEmpty && $0.temperature == 1 })
            #expect(Set(Openings.some(200, seed: 5)).count == 200 && Openings.some(0, seed: 5).isEmpty)
            let form = try InstructionForm(file), document = try #require(form.document(running[0], limit: 100))
            #expect(document.weights.first == 0 && document.weights.dropFirst().allSatisfy { $0 == 1 } && document.weights.count == document.tokens.count)
            #expect(document.tokens.map(Int.init).starts(with: form.tokenizer.encode(running[0].text)))
            let fewer = try BaseText.written(by: file, count: 4, limit: 9, seed: 5)
            #expect(fewer == Array(texts.prefix(fewer.count)) && !fewer.isEmpty)
            #expect(try BaseText.read(Data(texts.map(\.line).joined(separator: "\n").utf8), name: "t.ndjson") == texts)
        }
    }

    @Test("Perplexities before and after: the base's by itself, the adapter's with its new tokens")
    func figures() throws {
        try LanguageFixture.withFolder { folder in
            let place = folder.appending(path: "base"), written = folder.appending(path: "adapter")
            try LanguageFixture.write(to: place)
            try LanguageFixture.job(place).export(to: written)
            let adapter = try ModelFile.open(written), base = try ModelFile.open(place), form = try InstructionForm(adapter)
            let text = Array(repeating: LanguageFixture.sentences.joined(separator: "\n"), count: 4).joined(separator: "\n"), ids = LanguageFixture.tokenizer.encode(text)
            let held = (0..<400).map { BaseText(instruction: "name \($0) things", text: "the moon and the sun", temperature: 1) }
            let sources = [
                LanguageFigures.Source("english", text: text, tokenizer: form.tokenizer, window: 32, count: 1_000), LanguageFigures.Source("written", written: held, form: form, limit: 512, count: 5),
            ]
            #expect(sources[1].count == 5 && LanguageFigures.Source("none", text: "", tokenizer: form.tokenizer, window: 32, count: 9).count == 0)
            var done: [Int] = []
            let figures = try LanguageFigures.measure(adapter, on: sources, format: .float32, seed: 2) { done.append($0) }
            #expect(done == Array(1...2 * (sources[0].count + 5)) && figures.adapter == "adapter" && figures.base == "base" && figures.parts.map(\.source) == ["english", "written"])
            let alone = try #require(try Perplexity.measure(base.decoding(format: .float32), ids: ids, window: 32))
            #expect(abs(figures.parts[0].before / alone.perplexity - 1) < 1e-6 && figures.parts[0].tokens == alone.scored && figures.parts[0].documents == alone.windows)
            #expect(figures.parts[1].tokens == 5 * (LanguageFixture.tokenizer.encode("the moon and the sun").count + 1))
            for part in figures.parts {
                // An untrained model gives each token the same share, so new tokens take theirs.
                #expect(abs(part.ratio.value - part.after / part.before) < 1e-9 && part.ratio.value > 1.2 && part.ratio.low <= part.ratio.value && part.ratio.value <= part.ratio.high)
            }
            #expect(try LanguageFigures.measure(adapter, on: sources, format: .float32, seed: 2).parts == figures.parts)
            let few = LanguageFigures.Source("few", text: text, tokenizer: form.tokenizer, window: 32, count: 3)
            #expect(few.count == 3)
            #expect(throws: ModelFolderError.self) { try LanguageFigures.measure(base, on: sources) }
        }
    }
}
