import Sketches
import Testing

@Suite("Pairs of least cost") struct AssignmentTests {
    /// The least sum of all ways to pair as many as there can be, by trying each.
    private func least(_ costs: [[Double]]) -> Double {
        guard let columns = costs.first?.count, !costs.isEmpty else { return 0 }
        if costs.count > columns { return least((0..<columns).map { column in costs.map { $0[column] } }) }
        func rest(_ row: Int, _ taken: Set<Int>) -> Double {
            guard row < costs.count else { return 0 }
            return (0..<columns).filter { !taken.contains($0) }.map { costs[row][$0] + rest(row + 1, taken.union([$0])) }.min() ?? .infinity
        }
        return rest(0, [])
    }

    private func sum(_ costs: [[Double]], _ columns: [Int?]) -> Double { zip(costs, columns).reduce(0) { sum, pair in sum + (pair.1.map { pair.0[$0] } ?? 0) } }

    @Test func noWayCostsLess() {
        var dice = Dice(5)
        for rows in 1...6 {
            for columns in 1...6 {
                for round in 0..<12 {
                    // Few different costs have many ways of the same sum; costs below 0 are as good.
                    let costs = (0..<rows).map { _ in (0..<columns).map { _ in round % 2 == 0 ? .random(in: -5...5, using: &dice) : Double(Int.random(in: 0...3, using: &dice)) } }
                    let found = leastCostAssignment(costs), taken = found.compactMap { $0 }
                    #expect(found.count == rows && taken.count == min(rows, columns) && Set(taken).count == taken.count && taken.allSatisfy { 0..<columns ~= $0 })
                    #expect(abs(sum(costs, found) - least(costs)) < 1e-9, "\(costs)")
                }
            }
        }
    }

    @Test func nothingToPair() {
        #expect(leastCostAssignment([]) == [])
        #expect(leastCostAssignment([[], []]) == [nil, nil])
        #expect(leastCostAssignment([[3]]) == [0])
    }

    @Test func theCheapestColumnMayHaveToBeLeft() {
        // The first row's favourite is worth more to the second.
        #expect(leastCostAssignment([[1, 2], [1, 9]]) == [1, 0])
        #expect(leastCostAssignment([[1], [0.5]]) == [nil, 0])
    }

    @Test func hundredsOfRows() {
        var dice = Dice(9)
        let order = Array(0..<300).shuffled(using: &dice)
        let costs = order.map { target in (0..<300).map { $0 == target ? 0.5 : 1 + .random(in: 0...1, using: &dice) } }
        #expect(leastCostAssignment(costs) == order)
    }
}
