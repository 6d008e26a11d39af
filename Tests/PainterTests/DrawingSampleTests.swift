import Painter
import Sketches
import Testing

@Suite("Class-matched sides of human drawings")
struct DrawingSampleTests {
    /// Drawings that tell which they are: one line to (class, index).
    private struct Labelled: DrawingSource {
        let counts: [Int]
        var classes: [String] { counts.indices.map { "class \($0)" } }
        func count(of classIndex: Int) -> Int { counts[classIndex] }
        func drawing(_ classIndex: Int, _ index: Int) -> [Stroke] {
            [Stroke([Point(x: 0, y: 0), Point(x: 100 + Double(classIndex), y: Double(index))])]
        }
    }

    private let source = Labelled(counts: [100, 4, 3, 1, 0, 37])

    private func indices(_ side: [[Stroke]]) -> [Int] { side.map { Int($0[0].points[1].y) } }

    @Test func halfOfAClassUpToTheQuotaAndTheFullestClassesTrimmed() throws {
        let all = try DrawingSample(source, classes: Array(0..<6), seed: 1)
        #expect(all.quotas.map(\.className) == ["class 0", "class 1", "class 2", "class 5"])
        #expect(all.quotas.map(\.count) == [18, 2, 1, 18] && all.count == 39 && all.wanted == 1_024)
        let trimmed = try DrawingSample(source, classes: Array(0..<6), count: 36, seed: 1)
        #expect(trimmed.count == 36 && trimmed.quotas[1].count == 2 && trimmed.quotas[2].count == 1)
        #expect([trimmed.quotas[0].count, trimmed.quotas[3].count].sorted() == [16, 17])
        #expect(try DrawingSample(source, classes: [5, 0], count: 9, seed: 1).quotas.map(\.count).sorted() == [4, 5])
    }

    @Test func theSidesAreDisjointAndFollowFromTheSeed() throws {
        let sample = try DrawingSample(source, classes: Array(0..<6), count: 36, seed: 7)
        for (place, quota) in sample.quotas.enumerated() {
            let first = indices(sample.reference[place]), second = indices(sample.people[place])
            #expect(first.count == quota.count && second.count == quota.count && Set(first + second).count == 2 * quota.count)
            #expect((first + second).allSatisfy { $0 < source.counts[quota.classIndex] })
            #expect(sample.reference[place].allSatisfy { $0[0].points[1].x == 100 + Double(quota.classIndex) })
        }
        let again = try DrawingSample(source, classes: Array(0..<6), count: 36, seed: 7), other = try DrawingSample(source, classes: Array(0..<6), count: 36, seed: 8)
        #expect(again.reference == sample.reference && again.people == sample.people && again.quotas == sample.quotas)
        #expect(other.reference != sample.reference)
    }

    @Test func tooFewDrawingsAreAnError() {
        #expect(throws: FigureError.tooFewDrawings(found: 6, needed: 12)) { try DrawingSample(source, classes: [1, 2, 3, 4], seed: 1) }
        #expect(throws: FigureError.tooFewDrawings(found: 10, needed: 12)) { try DrawingSample(source, classes: [0], count: 5, seed: 1) }
    }

    @Test func baselinesHaveTheClassesAndCountsOfTheSample() throws {
        let sample = try DrawingSample(source, classes: [0, 1], count: 12, seed: 3)
        try sample.check(sample.repeated)
        #expect(sample.repeated.allSatisfy { own in own.allSatisfy { $0 == own[0] } })
        let jittered = sample.jittered(by: 0.02, seed: 3)
        try sample.check(jittered)
        #expect(jittered == sample.jittered(by: 0.02, seed: 3) && jittered != sample.jittered(by: 0.02, seed: 4))
        // Deviation 2 % of a longest side of about 100: over 48 coordinates the mean square is within a factor of two of it.
        let moves = zip(jittered.joined(), sample.people.joined()).flatMap { after, before in
            zip(after[0].points, before[0].points).flatMap { [$0.x - $1.x, $0.y - $1.y] }
        }
        let deviation = (moves.reduce(0) { $0 + $1 * $1 } / Double(moves.count)).squareRoot()
        #expect(moves.count == 48 && 1...4 ~= deviation)
        #expect(sample.jittered(by: 0, seed: 3) == sample.people)
    }
}
