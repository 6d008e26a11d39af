import Language
import Testing

/// How often each token is picked in 4,000 draws.
private func frequencies(_ sampling: Sampling, _ logits: [Float], mask: TokenMask? = nil, recent: [Int] = []) -> [Double] {
    var sampler = Sampler(sampling, seed: 11)
    var counts = [Double](repeating: 0, count: logits.count)
    for _ in 0..<4_000 { counts[sampler.pick(logits, mask: mask, recent: recent[...])] += 1 / 4_000 }
    return counts
}

private func isClose(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 0.03 } }

struct SamplerTests {
    /// Probabilities 0.5, 0.25, 0.125, 0.125.
    let logits: [Float] = [3, 2, 1, 1].map { $0 * 0.6931472 }

    @Test("Temperature 1 samples the softmax")
    func plain() { #expect(isClose(frequencies(Sampling(), logits), [0.5, 0.25, 0.125, 0.125])) }

    @Test("Temperature 0.5 squares the odds; 0 takes the likeliest, the lowest id of equals")
    func temperature() {
        #expect(isClose(frequencies(Sampling(temperature: 0.5), logits), [0.727, 0.182, 0.045, 0.045]))
        #expect(frequencies(.greedy, [0, 1, 1, 0])[1] > 0.999)
    }

    @Test("The law is what picks come from, whatever cuts and masks", arguments: [
        Sampling(), Sampling(temperature: 0.5), Sampling(topK: 2), Sampling(topP: 0.7), Sampling(temperature: 2, topK: 3, topP: 0.8), Sampling(minP: 0.4), .greedy, Sampling(repetitionPenalty: 2),
    ]) func law(sampling: Sampling) {
        var some = TokenMask(count: 4)
        some.allow(1..<4)
        for mask in [nil, some] {
            var sampler = Sampler(sampling, seed: 1)
            let law = logits.withUnsafeBufferPointer { sampler.law($0, mask: mask, recent: [0, 1]) }
            #expect(isClose(law.probabilities.map(Double.init), frequencies(sampling, logits, mask: mask, recent: [0, 1])))
            #expect(abs(law.probabilities.reduce(0, +) - 1) < 1e-5)
            let hot = logits.withUnsafeBufferPointer { sampler.law($0, mask: mask, recent: [0, 1], temperature: 1e-35) }
            if sampling.repetitionPenalty == 1 { #expect(hot.confidence == 1) }
        }
        var sampler = Sampler(sampling, seed: 1)
        let broken = [Float.nan, 1, .nan, -.infinity].withUnsafeBufferPointer { sampler.law($0) }, lost = [Float.nan, .nan].withUnsafeBufferPointer { sampler.law($0) }
        #expect(broken.probabilities == [0, 1, 0, 0] && lost.probabilities == [1, 0])
    }

    @Test("Top-k keeps the k likeliest")
    func topK() {
        #expect(isClose(frequencies(Sampling(topK: 2), logits), [0.667, 0.333, 0, 0]))
        #expect(frequencies(Sampling(topK: 3), logits)[3] == 0, "of equals the lower id stays")
        #expect(isClose(frequencies(Sampling(topK: 99), logits), [0.5, 0.25, 0.125, 0.125]))
    }

    @Test("Top-p keeps the fewest that reach p")
    func topP() {
        #expect(isClose(frequencies(Sampling(topP: 0.7), logits), [0.667, 0.333, 0, 0]))
        #expect(frequencies(Sampling(topP: 0.01), logits)[0] > 0.999)
        #expect(isClose(frequencies(Sampling(topP: 1), logits), [0.5, 0.25, 0.125, 0.125]))
        // After top-k 3 the mass is 0.875: 0.8 of it needs two (0.75 ≥ 0.7).
        #expect(isClose(frequencies(Sampling(topK: 3, topP: 0.8), logits), [0.667, 0.333, 0, 0]))
    }

    @Test("Min-p keeps what is near the likeliest")
    func minP() {
        #expect(isClose(frequencies(Sampling(minP: 0.4), logits), [0.667, 0.333, 0, 0]))
        #expect(isClose(frequencies(Sampling(minP: 0), logits), [0.5, 0.25, 0.125, 0.125]))
    }

    @Test("The penalty counts a recent token once, positive logits divided, negative ones multiplied")
    func repetition() {
        let sampling = Sampling(temperature: 0, repetitionPenalty: 2)
        #expect(frequencies(sampling, [3, 2, -5], recent: [0, 0])[1] > 0.999)          // 1.5 < 2
        #expect(frequencies(sampling, [3, 1.4, -5], recent: [0, 0, 0])[0] > 0.999)     // 1.5 > 1.4: not 3 / 8
        #expect(frequencies(sampling, [-2, -3, -9], recent: [0])[1] > 0.999)           // −4 < −3
        let windowed = Sampling(temperature: 0, repetitionPenalty: 2, repetitionWindow: 1)
        #expect(frequencies(windowed, [3, 2, -5], recent: [0, 1])[0] > 0.999)
        #expect(frequencies(sampling, [3, 2, -5], recent: [-1, 77])[0] > 0.999, "ids outside are of no account")
    }

    @Test("Same seed, same picks; another seed, others")
    func deterministic() {
        func picks(_ seed: UInt64) -> [Int] {
            var sampler = Sampler(Sampling(temperature: 1.5, topP: 0.95, minP: 0.01), seed: seed)
            return (0..<200).map { sampler.pick(tokenLogits(seed: $0)) }
        }
        #expect(picks(4) == picks(4))
        #expect(picks(4) != picks(5))
    }

    @Test("The mask is never violated", arguments: [
        Sampling(), .greedy, Sampling(topK: 5), Sampling(topP: 0.3), Sampling(temperature: 3, topK: 20, topP: 0.9, minP: 0.1),
        Sampling(repetitionPenalty: 1.3),
    ])
    func maskHolds(sampling: Sampling) {
        var sampler = Sampler(sampling, seed: 1)
        for round in 0..<300 {
            var logits = tokenLogits(seed: round), mask = TokenMask(count: 130)
            if round % 5 == 0 { logits = logits.map { _ in [.nan, .infinity, -.infinity][round / 5 % 3] } }
            for id in 0..<130 where (id * 7 + round) % 11 == 0 { mask.allow(id) }
            let token = sampler.pick(logits, mask: mask, recent: [1, 2, round % 130])
            #expect(mask.isAllowed(token))
        }
    }

    @Test("lastProbability is the model's own among the allowed tokens")
    func probability() {
        var sampler = Sampler(.greedy, seed: 0)
        _ = sampler.pick(logits)
        #expect(abs(sampler.lastProbability - 0.5) < 1e-5)
        var mask = TokenMask(count: 4)
        mask.allow(1..<4)
        _ = sampler.pick(logits, mask: mask)
        #expect(abs(sampler.lastProbability - 0.5) < 1e-5)                             // 0.25 of 0.5
    }

    @Test("Bad settings are named", arguments: [
        (Sampling(temperature: -1), "temperature"), (Sampling(temperature: .nan), "temperature"), (Sampling(topK: 0), "top-k"),
        (Sampling(topP: 0), "top-p"), (Sampling(topP: 1.5), "top-p"), (Sampling(minP: 2), "min-p"),
        (Sampling(repetitionPenalty: 0), "penalty"), (Sampling(repetitionWindow: -1), "window"),
    ])
    func problems(sampling: Sampling, word: String) {
        #expect(sampling.problem?.contains(word) == true)
        #expect(Sampling().problem == nil)
    }

    /// 130 logits that differ from round to round, with equals among them.
    private func tokenLogits(seed: Int) -> [Float] { (0..<130).map { Float(($0 * 37 + seed * 13) % 41) / 8 } }
}

struct TokenMaskTests {
    @Test("Ranges over word edges", arguments: [(0, 1), (0, 64), (63, 65), (1, 130), (64, 128), (129, 130), (5, 5)])
    func ranges(from: Int, to: Int) {
        var mask = TokenMask(count: 130)
        #expect(mask.isEmpty)
        mask.allow(from..<to)
        #expect((0..<130).allSatisfy { mask.isAllowed($0) == (from..<to).contains($0) })
        #expect(mask.allowedCount == to - from)
        var seen: [Int] = []
        mask.forEachAllowed { seen.append($0) }
        #expect(seen == Array(from..<to))
    }

    @Test("Allow, forbid, all, none, and ids outside")
    func single() {
        var mask = TokenMask(count: 70)
        mask.allow(69)
        #expect(mask.isAllowed(69) && !mask.isAllowed(5) && !mask.isAllowed(-1) && !mask.isAllowed(70))
        mask.allowAll()
        mask.forbid(64)
        #expect(mask.allowedCount == 69 && !mask.isAllowed(64))
        mask.forbidAll()
        #expect(mask.isEmpty)
    }
}
