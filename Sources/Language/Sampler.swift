import Foundation
import Tensors

/// Draws tokens from logits. The same settings, seed and logits give the same tokens.
///
/// Holds its scratch memory: after the first pick nothing is allocated (a law is).
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
        let best = weigh(logits, mask, recent)
        var total: Float = 0, bestRaw = -Float.infinity
        for id in candidates { bestRaw = max(bestRaw, Self.clean(logits[Int(id)])) }
        if bestRaw > -.infinity { for id in candidates { total += exp(Self.clean(logits[Int(id)]) - bestRaw) } }
        let top = adjusted[Int(best)]
        let token = sampling.temperature == 0 || !(top > -.infinity) ? Int(best) : draw(top)
        lastProbability = total > 0 ? exp(Self.clean(logits[token]) - bestRaw) / total : 0
        return token
    }

    /// The law by which `pick` draws; at temperature 0 the token that it takes, for sure. Draws nothing.
    ///
    /// - Parameter temperature: nil: as the settings say.
    /// - Precondition: as `pick`.
    public mutating func law(_ logits: UnsafeBufferPointer<Float>, mask: TokenMask? = nil, recent: ArraySlice<Int> = [], temperature: Float? = nil) -> TokenLaw {
        precondition(!logits.isEmpty, "no logits")
        let temperature = temperature ?? sampling.temperature, isFree = sampling.repetitionPenalty == 1 && mask.map { $0.count == logits.count && $0.allowsAll } ?? true
        // The commonest case of plain text, at the speed of memory.
        if isFree, let (token, _) = Inference.likeliest(logits) {
            if temperature == 0 { return TokenLaw(certain: token, of: logits.count) }
            if sampling.topK == nil, sampling.topP == nil, sampling.minP == nil { return TokenLaw(logits, temperature: temperature) }
        }
        let best = weigh(logits, mask, recent), top = adjusted[Int(best)]
        guard temperature > 0, top > -.infinity else { return TokenLaw(certain: Int(best), of: logits.count) }
        if sampling.topK != nil || sampling.topP != nil { cut(top, temperature) }
        var weights = [Float](repeating: 0, count: logits.count)
        for id in candidates {
            let weight = weight(id, top, temperature)
            if weight >= Double(sampling.minP ?? 0) { weights[Int(id)] = Float(weight) }
        }
        return TokenLaw(weights: weights)
    }

    /// Picks a token from logits [V]; see above.
    public mutating func pick(_ logits: [Float], mask: TokenMask? = nil, recent: ArraySlice<Int> = []) -> Int {
        logits.withUnsafeBufferPointer { pick($0, mask: mask, recent: recent) }
    }

    // MARK: Steps

    /// Lists the candidates with their logits after the penalty; gives the likeliest (the lowest id of equals). NaN counts as −∞.
    private mutating func weigh(_ logits: UnsafeBufferPointer<Float>, _ mask: TokenMask?, _ recent: ArraySlice<Int>) -> Int32 {
        candidates.removeAll(keepingCapacity: true)
        if let mask {
            precondition(mask.count == logits.count, "a mask of \(mask.count) tokens for \(logits.count) logits")
            mask.forEachAllowed { candidates.append(Int32($0)) }
            precondition(!candidates.isEmpty, "the mask allows no token")
        } else {
            for id in logits.indices { candidates.append(Int32(id)) }
        }
        penalise(logits, recent)
        var best = candidates[0]
        for id in candidates where adjusted[Int(id)] > adjusted[Int(best)] { best = id }
        return best
    }

    private static func clean(_ x: Float) -> Float { x.isNaN ? -.infinity : min(x, .greatestFiniteMagnitude) }

    /// Fills `adjusted` for all candidates.
    private mutating func penalise(_ logits: UnsafeBufferPointer<Float>, _ recent: ArraySlice<Int>) {
        if adjusted.count != logits.count {
            adjusted = [Float](repeating: 0, count: logits.count)
            stamp = [UInt32](repeating: .max, count: logits.count)
            picks = 0
        }
        for id in candidates { adjusted[Int(id)] = Self.clean(logits[Int(id)]) }
        guard sampling.repetitionPenalty != 1 else { return }
        defer { picks &+= 1 }
        for id in recent.suffix(sampling.repetitionWindow ?? recent.count)
        where id >= 0 && id < logits.count && stamp[id] != picks {
            stamp[id] = picks
            let x = Self.clean(logits[id])
            adjusted[id] = Self.clean(x > 0 ? x / sampling.repetitionPenalty : x * sampling.repetitionPenalty)
        }
    }

    /// The weight of a candidate: 1 for the likeliest.
    private func weight(_ id: Int32, _ top: Float, _ temperature: Float) -> Double {
        Double(exp((adjusted[Int(id)] - top) / temperature))
    }

    /// Cuts the candidates and draws one of the rest.
    private mutating func draw(_ top: Float) -> Int {
        if sampling.topK != nil || sampling.topP != nil { cut(top, sampling.temperature) }
        let floor = Double(sampling.minP ?? 0)
        var total = 0.0
        for id in candidates {
            let w = weight(id, top, sampling.temperature)
            if w >= floor { total += w }
        }
        var rest = random.uniform() * total
        var last = candidates[0]
        for id in candidates {
            let w = weight(id, top, sampling.temperature)
            guard w >= floor, w > 0 else { continue }
            last = id
            rest -= w
            if rest < 0 { break }
        }
        return Int(last)
    }

    /// Keeps the `topK` likeliest, then of those the fewest that reach `topP`; likeliest first, lower ids first among
    /// equals. Heap sort in place: no memory, and only what is kept is ever sorted.
    private mutating func cut(_ top: Float, _ temperature: Float) {
        let n = candidates.count
        for i in (0..<(n / 2)).reversed() { sink(i, n) }
        var wanted = Double.infinity                         // probability mass to reach; without top-k, of all
        if let topP = sampling.topP, sampling.topK == nil {
            wanted = Double(topP) * candidates.reduce(0) { $0 + weight($1, top, temperature) }
        }
        var end = n, mass = 0.0
        while n - end < min(sampling.topK ?? n, n), mass < wanted {
            end -= 1
            candidates.swapAt(0, end)                        // the likeliest left goes before those taken earlier
            sink(0, end)
            mass += weight(candidates[end], top, temperature)
        }
        candidates.reverse()
        candidates.removeLast(end)
        guard let topP = sampling.topP, sampling.topK != nil else { return }
        var sum = 0.0, count = 0
        while count < candidates.count, sum < Double(topP) * mass {
            sum += weight(candidates[count], top, temperature)
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
