import Files
import Foundation
import Language
import Speculation
import Tensors
import Testing

@Suite("Drafts that know some of the tokens") struct DraftVocabularyTests {
    /// Every second token of the target, and one id for all others.
    static let some = DraftVocabulary(tokens: Array(stride(from: 0, to: 40, by: 2)), target: "t", targetVocabulary: 40, digest: "a")

    private static func draft(_ shape: DraftShape, isGreedy: Bool, _ sampling: Sampling) -> ModelDrafter<ModelLaws> {
        var config = EngineTests.config
        config.vocabularySize = some.count
        let decoder = Decoder(config: config, seed: 3)
        for parameter in decoder.parameters where parameter.name == "model.embed_tokens.weight" { parameter.tensor.copy(from: parameter.tensor.array().map { 8 * $0 }) }
        let laws = DraftModel(DecodingModel(decoder, format: .float32), vocabulary: some).laws(capacity: 200, sampling: sampling, temperature: isGreedy ? 1 : nil)
        return ModelDrafter(laws, shape: shape, isGreedy: isGreedy)
    }

    @Test("The most frequent tokens, the lower first among equals, and some in any case") func frequent() {
        let texts: [[Int32]] = [[5, 5, 5, 9, 9, 1], [9, 7, 5, 3]], vocabulary = DraftVocabulary(mostFrequentOf: [texts], always: [2], count: 4, target: "t", targetVocabulary: 12, digest: "")
        #expect(vocabulary.tokens == [1, 2, 5, 9] && vocabulary.other == 4 && vocabulary.count == 5)
        #expect((0..<12).map(vocabulary.id) == [4, 0, 1, 4, 4, 2, 4, 4, 4, 3, 4, 4] && vocabulary.knows(9) && !vocabulary.knows(3))
        #expect(DraftVocabulary(mostFrequentOf: [texts], always: [2], count: 99, target: "t", targetVocabulary: 12, digest: "").tokens == [1, 2, 3, 5, 7, 9])
        // A little of one kind counts as much as a lot of another.
        #expect(DraftVocabulary(mostFrequentOf: [texts, [[11]], []], always: [], count: 2, target: "t", targetVocabulary: 12, digest: "").tokens == [5, 11])
    }

    @Test("Its laws are of the target's tokens, none for those that it does not know, under any grammar") func laws() throws {
        var laws = Self.draft(.chain(3), isGreedy: false, Sampling()).model, mask = TokenMask(count: 40), tree = TokenTree(chain: [8, 5])
        tree.add(6, below: 0)
        #expect(laws.vocabularySize == 40)
        try laws.begin([3, 4, 39][...])
        try laws.grow(to: tree)
        mask.allowAll()
        for node in 0..<3 {
            let law = try laws.law(after: node, mask: mask)
            #expect(law.probabilities.count == 40 && (0..<40).allSatisfy { (law[$0] > 0) == ($0 % 2 == 0) } && abs(law.probabilities.reduce(0, +) - 1) < 1e-5)
        }
        mask.forbidAll()
        mask.allow(5..<9)
        let law = try laws.law(after: 1, mask: mask)
        #expect((0..<40).filter { law[$0] > 0 } == [6, 8])
        mask.forbid(6)
        mask.forbid(8)
        let blind = try laws.law(after: 1, mask: mask)
        #expect(blind[5] == 0.5 && blind[7] == 0.5)
        // Odd tokens are one to it.
        func after(_ text: [Int]) throws -> TokenLaw {
            mask.allowAll()
            try laws.begin(text.dropLast()[...])
            try laws.grow(to: TokenTree(chain: [text[text.count - 1]]))
            return try laws.law(after: 0, mask: mask)
        }
        #expect(try after([4, 7, 6]) == after([4, 31, 6]) && after([4, 7, 6]) != after([4, 8, 6]))
    }

    @Test("Greedy and matched text is that of plain decoding", arguments: EngineTests.shapes) func sameText(shape: DraftShape) throws {
        let target = EngineTests.model(seed: 1), sampling = Sampling(temperature: 0.8, topK: 12)
        for (sampling, matching) in [(Sampling.greedy, Matching.rejection), (sampling, .sampled)] {
            var decoding = SpeculativeDecoding(
                target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: sampling, seed: 3), drafter: Self.draft(shape, isGreedy: true, sampling),
                constraint: FreeText(endTokens: EngineTests.config.endTokens), matching: matching, seed: 5)
            #expect(try decoding.speculate([7, 8, 9], limit: 90) == EngineTests.plain(target, [7, 8, 9], sampling, seed: 3, limit: 90))
        }
    }

    @Test("Drawn text has the target's law") func sameLaw() throws {
        let target = EngineTests.model(seed: 1), mask = { var mask = TokenMask(count: 40); mask.allowAll(); return mask }()
        var laws = ModelLaws(DecodingBatch(target, capacity: 200), sampling: Sampling())
        try laws.begin([7][...])
        try laws.grow(to: TokenTree(chain: [8]))
        let law = try laws.law(after: 0, mask: mask)
        var decoding = SpeculativeDecoding(
            target: ModelLaws(DecodingBatch(target, capacity: 200), sampling: Sampling()), drafter: Self.draft(.branching([3]), isGreedy: false, Sampling()),
            constraint: FreeText(endTokens: []), seed: 5)
        var counts: [Int: Int] = [:]
        for _ in 0..<8_000 {
            try decoding.begin([7, 8], constraint: FreeText(endTokens: []))
            counts[try decoding.round()[0], default: 0] += 1
        }
        let test = ChiSquare(counts, law: Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, Double(law[$0])) }))
        #expect(test.probability > 1e-3 && test.freedom > 5, "\(test)")
    }

    @Test("A map knows what both have, and reads the rest as one") func map() {
        let map = TokenMap([(id: 4, token: 1), (id: 0, token: 3)], count: 6, targetCount: 5, other: 5)
        #expect(map.count == 6 && map.targetCount == 5 && (0..<5).map(map.id) == [5, 4, 5, 0, 5] && (0..<5).filter(map.knows) == [1, 3])
        var all = TokenMask(count: 5), some = TokenMask(count: 5)
        all.allowAll()
        some.allow(2..<4)
        #expect((0..<6).filter(map.narrowed(all).isAllowed) == [0, 4] && (0..<6).filter(map.narrowed(some).isAllowed) == [0])
    }

    @Test("A file gives back what was written; another is refused with its name") func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "draft-\(UUID().uuidString)"), file = folder.appending(path: DraftVocabulary.fileName)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(!DraftVocabulary.exists(in: folder))
        #expect(throws: FileError.self) { try DraftVocabulary(folder: folder) }
        try Self.some.write(to: folder)
        #expect(try DraftVocabulary(folder: folder) == Self.some && DraftVocabulary.exists(in: folder))
        let good = try String(contentsOf: file, encoding: .utf8)
        for bad in ["", "[]", String(good.dropLast(3)), good.replacing("[0,", with: "[0,0,"), good.replacing("[0,", with: "[40,"), good.replacing("[0,", with: "[-1,"), good.replacing("[0,", with: "[1.5,"),
                    #"{"digest":"a","target":"t","targetVocabulary":9,"tokens":[]}"#, good.replacing("\"targetVocabulary\":40", with: "\"targetVocabulary\":99999999999")] {
            try Data(bad.utf8).write(to: file)
            #expect(bad != good)
            do {
                _ = try DraftVocabulary(folder: folder)
                Issue.record("\(bad.prefix(80)) was taken")
            } catch { #expect("\(error)".contains(DraftVocabulary.fileName), "\(error)") }
        }
    }
}
