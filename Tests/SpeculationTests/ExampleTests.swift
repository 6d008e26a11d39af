import Language
import Speculation
import Testing

@Suite struct ExampleTests {
    @Test("The example of the module's page compiles and gives the target's text") func page() throws {
        let large = EngineTests.model(seed: 1), small = EngineTests.model(seed: 2), prompt = [3, 9]
        let target = ModelLaws(DecodingBatch(large, capacity: 128), sampling: Sampling())
        let drafter = ModelDrafter(ModelLaws(DecodingBatch(small, capacity: 128), sampling: Sampling()), shape: .chain(5))
        var speculation = SpeculativeDecoding(target: target, drafter: drafter, constraint: FreeText(endTokens: [2]), seed: 7), text: [Int] = []
        try speculation.begin(prompt)
        while !speculation.isComplete, text.count < 40 { text += try speculation.round() }
        #expect(text.dropLast().allSatisfy { $0 != 2 } && speculation.figures.tokens == text.count)
    }
}
