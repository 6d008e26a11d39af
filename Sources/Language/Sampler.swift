import Foundation
import Tensors

/// Draws tokens from logits. The same settings, seed and logits give the same tokens.
///
/// Holds its scratch memory: after the first pick nothing is allocated.
public struct Sampler: Sendable {
    /// The settings it was made with.
    public let sampling: Sampling

    /// The model's own probability of the token last picked, among the allowed tokens: before temperature, penalty and
    /// cuts, so that greedy picks have a meaningful value too.
    public private(set) var lastProbability: Float = 0

    private var random: RandomSource
    private var adjusted: [Float] = []          // logits after the penalty, by id
    private var stamp: [UInt32] = []            // the pick at which an id was last penalised
    private var picks: UInt32 = 0
    private var candidates: [Int32] = []        // ids, then (with a cut) a heap of them

    /// - Precondition: `sampling.problem` is nil.
    public init(_ sampling: Sampling, seed: UInt64) {
        precondition(sampling.problem == nil, sampling.problem ?? "")
        self.sampling = sampling
        random = RandomSource(seed: seed)
    }

    /// Picks a token from logits [V].
    ///
    /// - Parameters:
    ///   - mask: the tokens that may be picked; nil: all. Never violated, whatever the logits hold.
    ///   - recent: tokens so far, for the repetition penalty.
    /// - Precondition: the mask allows a token, and is of the logits' size.
    public mutating func pick(_ logits: UnsafeBufferPointer<Float>, mask: TokenMask? = nil, recent: ArraySlice<Int> = []) -> Int {
        precondition(!logits.isEmpty, "no logits")
        // The commonest case of plain text, at the speed of memory.
        if sampling.temperature == 0, sampling.repetitionPenalty == 1, mask.map({ $0.count == logits.count && $0.allowsAll }) ?? true,
           let (token, probability) = Inference.likeliest(logits) {
            lastProbability = probability
            return token
        }
        candidates.removeAll(keepingCapacity: true)
        if let mask {
            precondition(mask.count == logits.count, "a mask of \(mask.count) tokens for \(logits.count) logits")
            mask.forEachAllowed { candidates.append(Int32($0)) }
            precondition(!candidates.isEmpty, "the mask allows no token")
        } else {
            for id in logits.indices { candidates.append(Int32(id)) }
        }
        let penalised = penalise(logits, recent)

        // The likeliest (the lowest id of equals); NaN counts as −∞.
        var best = candidates[0], bestRaw = -Float.infinity
        for id in candidates {
            if adjusted[Int(id)] > adjusted[Int(best)] { best = id }
            bestRaw = max(bestRaw, Self.clean(logits[Int(id)]))
        }
        var total: Float = 0
        if bestRaw > -.infinity { for id in candidates { total += exp(Self.clean(logits[Int(id)]) - bestRaw) } }

        let top = adjusted[Int(best)]
        let token = sampling.temperature == 0 || !(top > -.infinity) ? Int(best) : draw(top)
        lastProbability = total > 0 ? exp(Self.clean(logits[token]) - bestRaw) / total : 0
        if penalised { picks &+= 1 }
        return token
    }

    /// Picks a token from logits [V]; see above.
    public mutating func pick(_ logits: [Float], mask: TokenMask? = nil, recent: ArraySlice<Int> = []) -> Int {
        logits.withUnsafeBufferPointer { pick($0, mask: mask, recent: recent) }
    }

    // MARK: Steps

    private static func clean(_ x: Float) -> Float { x.isNaN ? -.infinity : min(x, .greatestFiniteMagnitude) }

    /// Fills `adjusted` for all candidates; whether a penalty was applied.
    private mutating func penalise(_ logits: UnsafeBufferPointer<Float>, _ recent: ArraySlice<Int>) -> Bool {
        if adjusted.count != logits.count {
            adjusted = [Float](repeating: 0, count: logits.count)
            stamp = [UInt32](repeating: .max, count: logits.count)
            picks = 0
        }
        for id in candidates { adjusted[Int(id)] = Self.clean(logits[Int(id)]) }
        guard sampling.repetitionPenalty != 1 else { return false }
        for id in recent.suffix(sampling.repetitionWindow ?? recent.count)
        where id >= 0 && id < logits.count && stamp[id] != picks {
            stamp[id] = picks
            let x = Self.clean(logits[id])
            adjusted[id] = Self.clean(x > 0 ? x / sampling.repetitionPenalty : x * sampling.repetitionPenalty)
        }
        return true
    }

    /// The weight of a candidate: 1 for the likeliest.
    private func weight(_ id: Int32, _ top: Float) -> Double {
        Double(exp((adjusted[Int(id)] - top) / sampling.temperature))
    }

    /// Cuts the candidates and draws one of the rest.
    private mutating func draw(_ top: Float) -> Int {
        if sampling.topK != nil || sampling.topP != nil { cut(top) }
        let floor = Double(sampling.minP ?? 0)
        var total = 0.0
        for id in candidates {
            let w = weight(id, top)
            if w >= floor { total += w }
        }
        var rest = random.uniform() * total
        var last = candidates[0]
        for id in candidates {
            let w = weight(id, top)
            guard w >= floor, w > 0 else { continue }
            last = id
            rest -= w
            if rest < 0 { break }
        }
        return Int(last)
    }

    /// Keeps the `topK` likeliest, then of those the fewest that reach `topP`; likeliest first, lower ids first among
    /// equals. Heap sort in place: no memory, and only what is kept is ever sorted.
    private mutating func cut(_ top: Float) {
        let n = candidates.count
        for i in (0..<(n / 2)).reversed() { sink(i, n) }
        var wanted = Double.infinity                         // probability mass to reach; without top-k, of all
        if let topP = sampling.topP, sampling.topK == nil {
            wanted = Double(topP) * candidates.reduce(0) { $0 + weight($1, top) }
        }
        var end = n, mass = 0.0
        while n - end < min(sampling.topK ?? n, n), mass < wanted {
            end -= 1
            candidates.swapAt(0, end)                        // the likeliest left goes before those taken earlier
            sink(0, end)
            mass += weight(candidates[end], top)
        }
        candidates.reverse()
        candidates.removeLast(end)
        guard let topP = sampling.topP, sampling.topK != nil else { return }
        var sum = 0.0, count = 0
        while count < candidates.count, sum < Double(topP) * mass {
            sum += weight(candidates[count], top)
            count += 1
        }
        candidates.removeLast(candidates.count - max(count, 1))
    }

    /// Restores the heap below a place: the likeliest candidate on top.
    private mutating func sink(_ start: Int, _ end: Int) {
        var i = start
        while true {
            var child = 2 * i + 1
            if child >= end { return }
            if child + 1 < end, isBefore(candidates[child + 1], candidates[child]) { child += 1 }
            if !isBefore(candidates[child], candidates[i]) { return }
            candidates.swapAt(i, child)
            i = child
        }
    }

    private func isBefore(_ a: Int32, _ b: Int32) -> Bool {
        let x = adjusted[Int(a)], y = adjusted[Int(b)]
        return x != y ? x > y : a < b
    }
}
