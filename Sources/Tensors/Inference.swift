import CKernels

/// Kernels for decoding apart from products: no graph, no allocation. The bits of a row depend neither on the rows computed
/// with it nor on the threads.
package enum Inference {
    /// The first of the largest logits and its probability among all; nil where that has no meaning (NaN, infinities).
    package static func likeliest(_ logits: UnsafeBufferPointer<Float>) -> (index: Int, probability: Float)? {
        guard let start = logits.baseAddress else { return nil }
        var probability: Float = .nan
        let index = ck_likeliest(start, logits.count, &probability)
        return index >= 0 && probability > 0 && probability.isFinite ? (index, probability) : nil
    }

    /// y [n] = softmax(logits / temperature).
    /// - Precondition: the largest logit is finite, none is NaN.
    package static func softmax(_ logits: UnsafeBufferPointer<Float>, temperature: Float, into y: UnsafeMutablePointer<Float>) {
        guard let start = logits.baseAddress else { return }
        ck_softmax(start, logits.count, 1 / max(temperature, 1e-30), y)
    }

    /// The entropy of probabilities [n], in nats.
    package static func entropy(_ probabilities: UnsafeBufferPointer<Float>) -> Float {
        probabilities.baseAddress.map { ck_entropy($0, probabilities.count) } ?? 0
    }

    /// x [rows, width], weight [width]; `y` may be `x`.
    package static func rmsNorm(
        _ x: UnsafePointer<Float>, rows: Int, width: Int, weight: Tensor, epsilon: Float, into y: UnsafeMutablePointer<Float>
    ) {
        let scale = UnsafePointer(weight.pointer)
        forEachPart(of: rows, each: rowsAPart(width: width)) { from, count in
            ck_rms_norm_rows(x + from * width, scale, y + from * width, count, width, epsilon)
        }
    }

    /// Rows of a batch of sequences: where each stands, and the cache of one layer that it belongs to.
    package final class Rows {
        fileprivate let places: UnsafeMutablePointer<ck_row>
        private let capacity: Int
        private var branches: UnsafeMutablePointer<Int32>?           // [capacity, longestBranch], once a tree needs them

        /// The most positions of a row that a tree may hold.
        package static let longestBranch = 64

        package init(capacity: Int) {
            self.capacity = capacity
            places = .allocate(capacity: max(capacity, 1))
            places.initialize(repeating: ck_row(), count: max(capacity, 1))
        }

        deinit {
            places.deallocate()
            branches?.deallocate()
        }

        /// A row at a position of its sequence, all of it in order.
        package func set(_ row: Int, position: Int) {
            precondition(row < capacity, "row \(row) of \(capacity)")
            places[row] = ck_row(keys: nil, values: nil, position: position, place: position, trunk: position + 1, branch: nil)
        }

        /// A row of a tree: behind `trunk` positions that lie in order it sees those at the places of its branch, the last its own.
        /// - Precondition: the branch has 1 to `longestBranch` places.
        package func set(_ row: Int, trunk: Int, branch: some Collection<Int>) {
            precondition(row < capacity && (1...Self.longestBranch).contains(branch.count), "row \(row) of \(capacity), a branch of \(branch.count)")
            let all = branches ?? .allocate(capacity: capacity * Self.longestBranch), own = all + row * Self.longestBranch
            branches = all
            for (index, place) in branch.enumerated() { own[index] = Int32(place) }
            places[row] = ck_row(
                keys: nil, values: nil, position: trunk + branch.count - 1, place: Int(own[branch.count - 1]), trunk: trunk, branch: UnsafePointer(own))
        }

        /// The cache of a row in the layer at hand, `cacheSize` floats each; where it stands in its sequence stays.
        package func setCache(_ row: Int, keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>) {
            precondition(row < capacity, "row \(row) of \(capacity)")
            (places[row].keys, places[row].values) = (keys, values)
        }
    }

    /// Shape of the attention of a model with caches of a capacity, in whole blocks of positions.
    package struct Heads: Sendable {
        package let heads, keyValueHeads, width, capacity: Int

        /// - Parameter capacity: positions there shall be room for at least.
        package init(heads: Int, keyValueHeads: Int, width: Int, capacity: Int) {
            precondition(width <= Int(CK_MAX_HEAD), "head width \(width), at most \(CK_MAX_HEAD)")
            let block = Int(CK_POSITIONS)
            (self.heads, self.keyValueHeads, self.width, self.capacity) = (heads, keyValueHeads, width, (capacity + block - 1) / block * block)
        }

        /// Floats of a row of queries, keys and values.
        package var rowWidth: Int { (heads + 2 * keyValueHeads) * width }
        /// Floats of the keys, or of the values, of one sequence in one layer.
        package var cacheSize: Int { keyValueHeads * capacity * width }

        /// Copies what the keys, or the values, of one sequence in one layer hold of its first positions.
        package func copyCache(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, positions: Int) {
            precondition(positions <= capacity, "\(positions) positions of \(capacity)")
            let block = Int(CK_POSITIONS), count = (positions + block - 1) / block * block * width      // keys lie in blocks
            for head in 0..<keyValueHeads { (target + head * capacity * width).update(from: source + head * capacity * width, count: count) }
        }

        /// Puts the key and the value of one place of a cache at another place of it.
        package func moveCached(_ place: Int, to other: Int, keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>) {
            precondition(0..<capacity ~= place && 0..<capacity ~= other, "places \(place) and \(other) of \(capacity)")
            let lanes = Int(CK_LANES), from = place / lanes * lanes * width + place % lanes, to = other / lanes * lanes * width + other % lanes
            for head in 0..<keyValueHeads {
                let key = keys + head * capacity * width, value = values + head * capacity * width
                for channel in 0..<width { key[to + channel * lanes] = key[from + channel * lanes] }
                (value + other * width).update(from: value + place * width, count: width)
            }
        }
    }

    /// x [rows, queries | keys | values]: turns queries and keys to their positions and puts keys and values into the caches.
    package static func rotateAndStore(
        _ x: UnsafeMutablePointer<Float>, _ rows: Rows, count: Int, shape: Heads, table: borrowing RotaryTable
    ) {
        for row in 0..<count {
            let place = rows.places[row]
            precondition(place.position < min(table.positions, shape.capacity) && place.place < shape.capacity, "a row beyond the cache or the rotary table")
        }
        table.cosines.withUnsafeBufferPointer { cosines in
            table.sines.withUnsafeBufferPointer { sines in
                guard let c = cosines.baseAddress, let s = sines.baseAddress else { return }
                let width = shape.rowWidth, places = UnsafePointer(rows.places)
                forEachPart(of: count, each: rowsAPart(width: width)) { from, n in
                    ck_rotate_and_store(
                        x + from * width, places + from, n, width, shape.heads, shape.keyValueHeads, shape.width, shape.capacity, c, s)
                }
            }
        }
    }

    /// Causal attention of rows over their caches, which already hold their keys and values. Scores are scaled by 1/√width.
    ///
    /// queries as in `rotateAndStore`; y [rows, heads · width].
    package static func attend(_ queries: UnsafePointer<Float>, _ rows: Rows, count: Int, shape: Heads, into y: UnsafeMutablePointer<Float>) {
        Compute.configured
        ck_attend_rows(queries, shape.rowWidth, rows.places, count, shape.heads, shape.keyValueHeads, shape.width, shape.capacity, y)
    }
}
