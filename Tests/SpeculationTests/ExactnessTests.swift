import Foundation
import Language
import Speculation
import Tensors
import Testing

@Suite struct ExactnessTests {
    @Test("Every way of speculating has the target's law; every wrong way is found out") func laws() throws {
        let found = try Exactness.check(draws: 15_000, seed: 0)
        for one in found.cases { #expect(one.isAsExpected, "\(one.name), grammar \(one.hasGrammar): p = \(one.test.probability)") }
        #expect(found.cases.count == 42 && found.cases.filter(\.isWrong).count == 10)
        #expect(found.cases.allSatisfy { $0.texts.reduce(0) { $0 + $1.count } == 15_000 && abs($0.texts.reduce(0) { $0 + $1.probability } - 1) < 1e-4 })
    }

    @Test("The text itself guesses exactly too") func lookup() throws {
        let target = ToyModel(vocabularySize: 4, sharpness: 2, seed: 7), law = target.texts(after: [0, 1, 2, 0, 1, 3, 0], length: 3, under: ToyGrammar(vocabularySize: 4))
        var decoding = SpeculativeDecoding(target: target, drafter: LookupDrafter(length: 3), constraint: ToyGrammar(vocabularySize: 4), seed: 1), counts: [[Int]: Int] = [:]
        for _ in 0..<30_000 {
            try decoding.begin([0, 1, 2, 0, 1, 3, 0], constraint: ToyGrammar(vocabularySize: 4))
            var text: [Int] = []
            while text.count < 3, !decoding.isComplete { text += try decoding.round(room: 2 - text.count) }
            counts[text, default: 0] += 1
        }
        #expect(ChiSquare(counts, law: law).probability > 1e-4 && decoding.figures.accepted > 1_000)
    }

    @Test("The test's probabilities are those of tables") func chiSquare() {
        // Critical values: 3.841 for one degree of freedom at 0.05, 18.307 for ten, 29.588 for ten at 0.001.
        func probability(_ statistic: Double, _ freedom: Int) -> Double {
            // One cell off by d, another by −d, of expectation 1,000 each: statistic 2 d² / 1,000.
            let cells = freedom + 1, d = (statistic * 1_000 / 2).squareRoot()
            var counts: [Int: Int] = [:], law: [Int: Double] = [:]
            for cell in 0..<cells { (counts[cell], law[cell]) = (1_000_000, 1 / Double(cells)) }
            counts[0] = 1_000_000 + Int((d * 1_000.0.squareRoot()).rounded())
            counts[1] = 1_000_000 - Int((d * 1_000.0.squareRoot()).rounded())
            return ChiSquare(counts, law: law).probability
        }
        #expect(abs(probability(3.841, 1) - 0.05) < 0.001)
        #expect(abs(probability(18.307, 10) - 0.05) < 0.001)
        #expect(abs(probability(29.588, 10) - 0.001) < 0.0001)
        #expect(ChiSquare([0: 10, 7: 1], law: [0: 0.5, 1: 0.5]).probability == 0)
    }

    @Test("A greedy target gives its likeliest tokens, whatever is guessed", arguments: [DraftShape.chain(4), .branching([3, 2]), .beam(width: 3, depth: 3)])
    func greedy(shape: DraftShape) throws {
        let target = ToyModel(vocabularySize: 5, seed: 1, isGreedy: true), drafter = ToyModel(vocabularySize: 5, seed: 2).mixed(with: ToyModel(vocabularySize: 5, seed: 1), share: 0.5)
        for isGreedy in [true, false] {
            var decoding = SpeculativeDecoding(
                target: target, drafter: ModelDrafter(drafter, shape: shape, isGreedy: isGreedy), constraint: ToyGrammar(vocabularySize: 5), seed: 3)
            for start in 0..<4 {
                try decoding.begin([start], constraint: ToyGrammar(vocabularySize: 5))
                var text: [Int] = []
                while text.count < 12, !decoding.isComplete { text += try decoding.round() }
                let plain = target.texts(after: [start], length: min(12, text.count), under: ToyGrammar(vocabularySize: 5))
                #expect(plain == [Array(text.prefix(12)): 1])
            }
        }
    }

    @Test("Laws without what was refused, and residuals, are those of arithmetic") func arithmetic() {
        var law = TokenLaw(weights: [1, 2, 4, 1])
        #expect(law.probabilities == [0.125, 0.25, 0.5, 0.125] && law.likeliest(3) == [2, 1, 0] && law.likeliest(9) == [2, 1, 0, 3])
        #expect(abs(law.entropy - 1.2130) < 1e-4 && law.confidence == 0.5)
        law.subtract(TokenLaw(weights: [2, 2, 2, 2]))
        #expect(law.probabilities == [0, 0, 1, 0])
        law.subtract(law)
        #expect(law[2] == 1, "nothing is left but rounding")
        law.remove(2)
        #expect(law[2] == 1, "nothing else can come")
        var rest = TokenLaw(weights: [1, 7_000 * .leastNonzeroMagnitude, 21_000 * .leastNonzeroMagnitude, 0])
        rest.remove(0)
        #expect(abs(rest[1] - 0.25) < 0.01 && abs(rest[2] - 0.75) < 0.01 && rest[3] == 0, "even where what is left is next to nothing")
        var random = RandomSource(seed: 2)
        for _ in 0..<20 {
            let law = TokenLaw(weights: (0..<1_000).map { _ in Float(exp(4 * random.normal())) }), exact = law.probabilities.reduce(0.0) { $0 - Double($1) * log(Double($1)) }
            #expect(abs(law.entropy - exact) < 1e-4 * exact)
        }
        #expect(TokenLaw(certain: 2, of: 4).entropy == 0)
        var other = TokenLaw(weights: [3, 1, 0, 0])
        other.remove(0)
        #expect(other.probabilities == [0, 1, 0, 0] && other.likeliest(2) == [1])
    }

    @Test("A beam's variables fall and have the law of Gumbel's largest") func beam() {
        let law = TokenLaw(weights: [5, 3, 1.5, 0.5])
        var random = RandomSource(seed: 4), firsts = [Int](repeating: 0, count: 4), seconds = 0.0
        for _ in 0..<20_000 {
            let guesses = StochasticBeam.guesses(below: .init(node: 0, logProbability: 0, value: 0), law: law, width: 3, random: &random)
            #expect(guesses.count == 3 && guesses[0].value == 0 && guesses[1].value < 0 && guesses[2].value < guesses[1].value)
            firsts[guesses[0].token] += 1
            if guesses[0].token == 0 { seconds += guesses[1].value }
        }
        #expect(abs(Double(firsts[0]) / 20_000 - 0.5) < 0.015 && abs(Double(firsts[3]) / 20_000 - 0.05) < 0.008)
        // After token 0 a half is left: −ln(1 + 2 E) on average is −e^½ E₁(½) = −0.9229.
        #expect(abs(seconds / Double(firsts[0]) + 0.9229) < 0.03)
    }
}
