import Foundation
import Language
import Tensors
import Testing

/// The examples of the module's documentation, as they stand there.
struct ExampleTests {
    @Test("From texts to a trained, stored, loaded and sampled model")
    func wholeWay() throws {
        let tokenizer = Tokenizer.train(on: ["a cat", "a dog"], vocabularySize: 260, addedTokens: ["<begin>", "<end>"])
        let begin = try #require(tokenizer.id(ofAdded: "<begin>")), end = try #require(tokenizer.id(ofAdded: "<end>"))
        let config = DecoderConfig(
            width: 32, layers: 1, heads: 2, hiddenWidth: 48, vocabularySize: tokenizer.count, positions: 32, beginToken: begin, endTokens: [end])
        let decoder = Decoder(config: config, seed: 1)
        let document = [begin] + tokenizer.encode("a cat") + [end]
        let ids = document.dropLast().map { Int32($0) }, targets = document.dropFirst().map { Int32($0) }
        let weights = decoder.parameters.map(\.tensor)
        var optimiser = AdamW()
        for _ in 0..<60 {
            for weight in weights { weight.zeroGradient() }
            let loss = decoder.loss(ids: ids, targets: targets, batch: 1, length: ids.count)
            loss.backward()
            optimiser.step(parameters: weights, learningRate: 1e-2)
        }
        try withFolder { url in
            try ModelFolder(decoder: decoder, tokenizer: tokenizer).write(to: url)
            let folder = try ModelFolder.read(url)
            let session = DecodingSession(folder.decoder, capacity: 32)
            var sampler = Sampler(Sampling(temperature: 0.5, topP: 0.9), seed: 7)
            var text = FreeText(endTokens: folder.config.endTokens)
            let answer = try generate(session, prompt: [begin], sampler: &sampler, constraint: &text, limit: 20)
            #expect(text.isComplete)
            #expect(folder.tokenizer?.decode(answer, skippingAdded: true) == "a cat")
        }
    }
}
