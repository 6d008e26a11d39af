/// Pairs rows with columns, each at most once and as many as there can be, so that the sum of the costs is least: shortest augmenting paths with
/// potentials (Jonker and Volgenant 1987). The work for n rows and m columns is at most min(n, m)² · max(n, m) steps.
///
/// - Parameter costs: [rows][columns], finite.
/// - Returns: the column of each row; nil for a row that has none, where there are more rows than columns.
/// - Precondition: the rows are of one length and finite.
package func leastCostAssignment(_ costs: [[Double]]) -> [Int?] {
    let rows = costs.count, columns = costs.first?.count ?? 0
    precondition(costs.allSatisfy { $0.count == columns && $0.allSatisfy(\.isFinite) }, "costs that are not a table of finite numbers")
    var columnOf = [Int?](repeating: nil, count: rows)
    if rows > columns {
        let turned = (0..<columns).map { column in costs.map { $0[column] } }
        for (column, row) in leastCostAssignment(turned).enumerated() {
            if let row { columnOf[row] = column }
        }
        return columnOf
    }
    // Rows and columns count from 1; column 0 is where the row stands that looks for a column, row 0 is none.
    var rowPrice = [Double](repeating: 0, count: rows + 1), columnPrice = [Double](repeating: 0, count: columns + 1)
    var rowOf = [Int](repeating: 0, count: columns + 1), before = rowOf
    for row in 0..<rows {
        rowOf[0] = row + 1
        var column = 0
        var distance = [Double](repeating: .infinity, count: columns + 1), isReached = [Bool](repeating: false, count: columns + 1)
        repeat {                                      // the nearest column that is free, along a path of columns that are not
            isReached[column] = true
            let current = rowOf[column], own = costs[current - 1]
            var least = Double.infinity, next = 0
            for j in 1...columns where !isReached[j] {
                let reduced = own[j - 1] - rowPrice[current] - columnPrice[j]
                if reduced < distance[j] { (distance[j], before[j]) = (reduced, column) }
                if distance[j] < least { (least, next) = (distance[j], j) }
            }
            for j in 0...columns {
                if isReached[j] {
                    rowPrice[rowOf[j]] += least
                    columnPrice[j] -= least
                } else { distance[j] -= least }
            }
            column = next
        } while rowOf[column] != 0
        while column != 0 {                           // along the path each row takes the next column
            rowOf[column] = rowOf[before[column]]
            column = before[column]
        }
    }
    for (column, row) in rowOf.enumerated().dropFirst() where row > 0 { columnOf[row - 1] = column - 1 }
    return columnOf
}
