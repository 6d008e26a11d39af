/// Mean and unbiased covariance of feature vectors: the Gaussian that the Fréchet distance compares.
package struct FeatureGaussian: Sendable {
    /// [D]
    package let mean: [Double]
    /// [D, D]
    package let covariance: SquareMatrix

    /// A Gaussian by its parts.
    package init(mean: [Double], covariance: SquareMatrix) { (self.mean, self.covariance) = (mean, covariance) }

    /// - Parameter features: [N][D], N of 2 or more.
    /// - Throws: `tooFewDrawings`, `unevenFeatures`, `notFinite`.
    package init(_ features: [[Float]]) throws(FigureError) {
        guard features.count > 1 else { throw .tooFewDrawings(found: features.count, needed: 2) }
        let width = features[0].count
        var mean = [Double](repeating: 0, count: width)
        for (row, vector) in features.enumerated() {
            guard vector.count == width, width > 0 else { throw .unevenFeatures(row: row, expected: max(1, width), found: vector.count) }
            guard vector.allSatisfy(\.isFinite) else { throw .notFinite(row: row) }
            for column in 0..<width { mean[column] += Double(vector[column]) }
        }
        for column in 0..<width { mean[column] /= Double(features.count) }
        var sums = [Double](repeating: 0, count: width * width), centred = mean
        for vector in features {
            for column in 0..<width { centred[column] = Double(vector[column]) - mean[column] }
            for row in 0..<width {
                let factor = centred[row]
                if factor == 0 { continue }
                for column in row..<width { sums[row * width + column] += factor * centred[column] }
            }
        }
        var covariance = SquareMatrix(size: width)
        for row in 0..<width {
            for column in row..<width {
                let value = sums[row * width + column] / Double(features.count - 1)
                covariance[row, column] = value
                covariance[column, row] = value
            }
        }
        self.init(mean: mean, covariance: covariance)
    }
}

/// Squared Fréchet distance from one Gaussian to others, ‖m₁ − m₂‖² + Tr(C₁ + C₂ − 2 (C₁C₂)^½): Heusel et al. 2017, equation 6 ("FID" where
/// the features are Inception's), with the unbiased covariance of their program.
///
/// C₁C₂ is not symmetric, but has the eigenvalues of √C₁ C₂ √C₁, which is: the trace of its root is Σ √λ. In units of squared features, so
/// figures of different judges do not compare; and of few drawings it is too large even between equals, so counts must be equal.
package struct FrechetDistance: Sendable {
    private let reference: FeatureGaussian
    /// √C₁, which every distance needs.
    private let root: SquareMatrix

    package init(from reference: FeatureGaussian) {
        self.reference = reference
        root = SymmetricEigen(reference.covariance).squareRoot
    }

    /// 0 or more.
    /// - Precondition: as many features as the reference has.
    package func to(_ other: FeatureGaussian) -> Double {
        precondition(other.mean.count == reference.mean.count, "\(other.mean.count) features, expected \(reference.mean.count)")
        let means = zip(reference.mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let product = (root * other.covariance * root).symmetrized
        let traceOfRoot = SymmetricEigen(product, vectors: false).values.reduce(0) { $0 + max($1, 0).squareRoot() }
        return max(0, means + reference.covariance.trace + other.covariance.trace - 2 * traceOfRoot)
    }
}

/// Feature vectors as blocks of eight, so that distances are quick without pointers.
package struct FeatureSet: Sendable {
    /// Vectors.
    package let count: Int
    /// Blocks a vector; the last is filled up with zeros.
    private let blocks: Int
    private let values: [SIMD8<Float>]

    /// - Parameter features: [N][D], all of one length.
    package init(_ features: [[Float]]) {
        count = features.count
        blocks = ((features.first?.count ?? 0) + 7) / 8
        var values: [SIMD8<Float>] = []
        values.reserveCapacity(count * blocks)
        for vector in features {
            precondition((vector.count + 7) / 8 == blocks, "feature vectors of different lengths")
            for start in stride(from: 0, to: vector.count, by: 8) {
                var block = SIMD8<Float>()
                for lane in 0..<min(8, vector.count - start) { block[lane] = vector[start + lane] }
                values.append(block)
            }
        }
        self.values = values
    }

    /// The Euclidean distance from one vector here to one of another set.
    package func distance(_ index: Int, to other: FeatureSet, _ place: Int) -> Float {
        var sum = SIMD8<Float>()
        for block in 0..<blocks {
            let difference = values[index * blocks + block] - other.values[place * blocks + block]
            sum += difference * difference
        }
        return sum.sum().squareRoot()
    }

    /// Distances to every vector of another set, one after the other: [count · other.count].
    package func distances(to other: FeatureSet) -> [Float] {
        var all: [Float] = []
        all.reserveCapacity(count * other.count)
        for index in 0..<count { for place in 0..<other.count { all.append(distance(index, to: other, place)) } }
        return all
    }

    /// The distance from each vector to its k-th nearest other one; infinite where there are not so many.
    package func radii(_ k: Int) -> [Float] {
        (0..<count).map { index in
            var nearest = [Float](repeating: .infinity, count: k)                        // ascending
            for place in 0..<count where place != index {
                var distance = distance(index, to: self, place)
                if distance >= nearest[k - 1] { continue }
                for rank in 0..<k where distance < nearest[rank] { swap(&distance, &nearest[rank]) }
            }
            return nearest[k - 1]
        }
    }

    /// The mean distance between two different vectors of a range; `nil` where there are no two.
    package func spread(in range: Range<Int>) -> Double? {
        guard range.count > 1 else { return nil }
        var sum = 0.0
        for index in range { for place in range.lowerBound..<index { sum += Double(distance(index, to: self, place)) } }
        return sum / Double(range.count * (range.count - 1) / 2)
    }
}

/// How two sets of drawings lie in each other, by balls around each vector that reach to its k-th nearest neighbour of the same set.
///
/// Precision and recall are those of Kynkäänniemi et al. 2019 (section 2, equations 1 and 2, k = 3, and their program, for which a vector on
/// the edge of a ball is inside). Density and coverage are those of Naeem et al. 2020 (section 3, k = 5): not fooled by a single outlier's
/// large ball. Both papers take equally many vectors on both sides.
package struct NeighbourFigures: Sendable, Equatable {
    /// Of each drawn vector: whether it lies in a ball of real ones. Their share is the precision.
    package let drawnAmongReal: [Bool]
    /// Of each real vector: whether it lies in a ball of drawn ones. Their share is the recall.
    package let realAmongDrawn: [Bool]
    /// Of each real vector: whether a drawn one lies in its ball. Their share is the coverage.
    package let realCovered: [Bool]
    /// How many balls of real vectors a drawn one lies in, over k, on average: 1 on average between equals, more where drawings crowd.
    package let density: Double

    /// Vectors a side below which k-th nearest neighbours say nothing.
    package static let least = 6

    package init(real: FeatureSet, drawn: FeatureSet, k: Int = 3, densityK: Int = 5) {
        let distances = real.distances(to: drawn)                                        // [real, drawn]
        let realRadii = real.radii(k), drawnRadii = drawn.radii(k), wideRadii = real.radii(densityK)
        var drawnAmongReal = [Bool](repeating: false, count: drawn.count)
        var realAmongDrawn = [Bool](repeating: false, count: real.count), realCovered = realAmongDrawn, hits = 0
        for row in 0..<real.count {
            for column in 0..<drawn.count {
                let distance = distances[row * drawn.count + column]
                if distance <= realRadii[row] { drawnAmongReal[column] = true }
                if distance <= drawnRadii[column] { realAmongDrawn[row] = true }
                if distance <= wideRadii[row] { realCovered[row] = true; hits += 1 }
            }
        }
        (self.drawnAmongReal, self.realAmongDrawn, self.realCovered) = (drawnAmongReal, realAmongDrawn, realCovered)
        density = drawn.count > 0 ? Double(hits) / Double(densityK * drawn.count) : 0
    }
}

extension Rate {
    /// The share that holds.
    init(of results: [Bool]) { self.init(hits: results.count { $0 }, trials: results.count) }
}
