/// A square matrix of doubles, row by row: as much linear algebra as the Fréchet distance needs.
package struct SquareMatrix: Equatable, Sendable {
    /// Rows, and columns.
    package let size: Int
    /// Row-major, `size * size`.
    package private(set) var values: [Double]

    /// A matrix of zeros.
    package init(size: Int) { (self.size, values) = (size, [Double](repeating: 0, count: size * size)) }

    /// A matrix by its values, row by row.
    /// - Precondition: there are `size * size` of them.
    package init(size: Int, _ values: [Double]) {
        precondition(values.count == size * size, "\(values.count) values are no \(size) × \(size) matrix")
        (self.size, self.values) = (size, values)
    }

    /// Zeros beside the given diagonal.
    package init(diagonal: [Double]) {
        self.init(size: diagonal.count)
        for (index, value) in diagonal.enumerated() { self[index, index] = value }
    }

    package subscript(row: Int, column: Int) -> Double {
        get { values[row * size + column] }
        set { values[row * size + column] = newValue }
    }

    /// The sum of the diagonal.
    package var trace: Double { (0..<size).reduce(0) { $0 + self[$1, $1] } }

    /// The mean of the matrix and its transpose: rounding makes products of symmetric factors a little unequal across the diagonal.
    package var symmetrized: SquareMatrix {
        var result = self
        for row in 0..<size {
            for column in 0..<row {
                let mean = (self[row, column] + self[column, row]) / 2
                result[row, column] = mean
                result[column, row] = mean
            }
        }
        return result
    }

    /// - Precondition: both have one size.
    package static func * (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix {
        precondition(a.size == b.size, "\(a.size) × \(a.size) times \(b.size) × \(b.size)")
        let n = a.size
        var product = [Double](repeating: 0, count: n * n)
        for row in 0..<n {
            for inner in 0..<n {
                let factor = a.values[row * n + inner]
                if factor == 0 { continue }
                for column in 0..<n { product[row * n + column] += factor * b.values[inner * n + column] }
            }
        }
        return SquareMatrix(size: n, product)
    }
}

/// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, section 8.5.3).
///
/// Every pair of rows is rotated in turn until what is beside the diagonal is 1e-13 of the whole; six to ten sweeps do. Small eigenvalues
/// are exact to about 1e-16 of the largest. Always the same rotations in the same order, so always the same bits.
package struct SymmetricEigen: Sendable {
    /// Not sorted.
    package private(set) var values: [Double]
    /// The eigenvector of `values[i]` is row i, of length 1; `nil` where they were not asked for.
    package private(set) var vectors: SquareMatrix?
    /// Rounds over all pairs that were needed.
    package private(set) var sweeps = 0

    /// - Parameters:
    ///   - matrix: symmetric (what is above the diagonal counts), finite.
    ///   - vectors: whether eigenvectors are wanted: twice the work.
    package init(_ matrix: SquareMatrix, vectors wanted: Bool = true) {
        let n = matrix.size
        var a = matrix.symmetrized.values                        // [n, n], both halves kept equal
        var v = wanted ? SquareMatrix(diagonal: [Double](repeating: 1, count: n)).values : []   // rows turn into eigenvectors
        let whole = a.reduce(0) { $0 + $1 * $1 }
        while sweeps < 60 {
            var beside = 0.0
            for row in 0..<n { for column in row + 1..<max(n, row + 1) { beside += 2 * a[row * n + column] * a[row * n + column] } }
            if beside <= 1e-26 * whole || !beside.isFinite { break }
            sweeps += 1
            for p in 0..<n {
                for q in p + 1..<max(n, p + 1) {
                    let apq = a[p * n + q]
                    if apq == 0 { continue }
                    // The smaller of the two angles that make a[p, q] zero: t = tan, c = cos, s = sin.
                    let theta = (a[q * n + q] - a[p * n + p]) / (2 * apq)
                    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot(), s = t * c
                    let app = a[p * n + p] - t * apq, aqq = a[q * n + q] + t * apq
                    for k in 0..<n {
                        let x = a[p * n + k], y = a[q * n + k]
                        let atP = c * x - s * y, atQ = s * x + c * y
                        a[p * n + k] = atP
                        a[q * n + k] = atQ
                        a[k * n + p] = atP
                        a[k * n + q] = atQ
                    }
                    a[p * n + p] = app
                    a[q * n + q] = aqq
                    a[p * n + q] = 0
                    a[q * n + p] = 0
                    if wanted {
                        for k in 0..<n {
                            let x = v[p * n + k], y = v[q * n + k]
                            v[p * n + k] = c * x - s * y
                            v[q * n + k] = s * x + c * y
                        }
                    }
                }
            }
        }
        values = (0..<n).map { a[$0 * n + $0] }
        vectors = wanted ? SquareMatrix(size: n, v) : nil
    }

    /// The symmetric root Σ √λᵢ vᵢ vᵢᵀ of a matrix without negative eigenvalues; ones below zero, which only rounding makes, count as zero.
    /// - Precondition: the eigenvectors were asked for.
    package var squareRoot: SquareMatrix {
        guard let vectors else { preconditionFailure("no eigenvectors were asked for") }
        let n = values.count
        var root = SquareMatrix(size: n)
        for (index, value) in values.enumerated() where value > 0 {
            let factor = value.squareRoot()
            for row in 0..<n {
                let scaled = factor * vectors[index, row]
                if scaled == 0 { continue }
                for column in 0..<n { root[row, column] += scaled * vectors[index, column] }
            }
        }
        return root
    }
}
