import Foundation

/// A reproducible source of random numbers: xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64.
///
/// A value: a copy continues on its own, and its state can be stored (`Codable`).
public struct RandomSource: RandomNumberGenerator, Codable, Sendable, Equatable {
    private var a, b, c, d: UInt64

    /// The sequence of a seed; any seed is as good as another.
    public init(seed: UInt64) {
        var state = seed
        (a, b, c, d) = (Self.splitMix(&state), Self.splitMix(&state), Self.splitMix(&state), Self.splitMix(&state))
    }

    /// The seed of candidate j of line i in a batch with seed `seed`; `seed` itself for (0, 0).
    public static func derive(_ seed: UInt64, _ i: UInt64, _ j: UInt64 = 0) -> UInt64 {
        if i == 0 && j == 0 { return seed }
        var state = seed
        state = splitMix(&state) ^ i
        state = splitMix(&state) ^ j
        return splitMix(&state)
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let sum = a &+ d
        let result = (sum << 23 | sum >> 41) &+ a
        let t = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = d << 45 | d >> 19
        return result
    }

    /// In [0, 1), 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// In 0..<bound, without bias (Lemire 2019).
    public mutating func int(below bound: Int) -> Int {
        precondition(bound > 0, "int(below: \(bound))")
        let range = UInt64(bound)
        var (high, low) = range.multipliedFullWidth(by: next())
        if low < range {
            let threshold = (0 &- range) % range
            while low < threshold { (high, low) = range.multipliedFullWidth(by: next()) }
        }
        return Int(high)
    }

    /// Mean 0, deviation 1 (Box and Muller; two numbers drawn for each, so that no state is hidden).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
