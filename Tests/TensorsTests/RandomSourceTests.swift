import Foundation
import Tensors
import Testing

@Suite("Random numbers") struct RandomSourceTests {
    @Test func sequenceIsThePublishedOne() throws {
        // xoshiro256++ with the state 1, 2, 3, 4: the first values of the authors' C program.
        let json = #"{"a":1,"b":2,"c":3,"d":4}"#
        var random = try JSONDecoder().decode(RandomSource.self, from: Data(json.utf8))
        #expect((0..<4).map { _ in random.next() } == [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386])
    }

    @Test func stateSurvivesCoding() throws {
        var random = RandomSource(seed: 7)
        _ = random.normal()
        var copy = try JSONDecoder().decode(RandomSource.self, from: JSONEncoder().encode(random))
        #expect(copy == random)
        #expect(copy.uniform() == random.uniform())
    }

    @Test func derivedSeedsDiffer() {
        #expect(RandomSource.derive(42, 0) == 42 && RandomSource.derive(42, 0, 0) == 42)
        let seeds = Set((0..<50).flatMap { i in (0..<50).map { RandomSource.derive(42, i, $0) } })
        #expect(seeds.count == 2500)
    }

    @Test func momentsAndRange() {
        var random = RandomSource(seed: 3), sum = 0.0, squares = 0.0, counts = [Int](repeating: 0, count: 6)
        for _ in 0..<20_000 {
            let x = random.normal(), u = random.uniform()
            sum += x
            squares += x * x
            #expect(u >= 0 && u < 1)
            counts[random.int(below: 6)] += 1
        }
        #expect(abs(sum / 20_000) < 0.03 && abs(squares / 20_000 - 1) < 0.05)
        #expect(counts.allSatisfy { abs($0 - 3333) < 300 })
    }
}
