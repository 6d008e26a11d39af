/// SHA-256 (FIPS 180-4), for splitting drawings by the hash of their key.
///
/// Forty lines instead of a cryptography package: a split needs no constant-time guarantees and the package
/// would add over a minute to every clean build.
public enum SHA256 {
    private static let constants: [UInt32] = {
        // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
        var primes: [UInt32] = [], candidate: UInt32 = 2
        while primes.count < 64 {
            if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map { fraction(cubeRootOf: $0) }
    }()

    /// ⌊2³²·frac(∛n)⌋ by bisection in integers (no rounding doubt).
    private static func fraction(cubeRootOf n: UInt32) -> UInt32 {
        var low: UInt64 = 0, high: UInt64 = 8 << 32          // ∛311 < 8
        func tooBig(_ root: UInt64) -> Bool {                 // root³ > n·2⁹⁶ ?
            let square = root.multipliedFullWidth(by: root)
            let lowPart = square.low.multipliedFullWidth(by: root)
            let highPart = square.high * root + lowPart.high
            return highPart > (UInt64(n) << 32) || (highPart == UInt64(n) << 32 && lowPart.low > 0)
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if tooBig(middle) { high = middle } else { low = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }

    /// The 32-byte digest of `message`.
    public static func hash(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]
        var padded = message + [0x80]
        padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
        padded += (0..<8).map { UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> (56 - 8 * UInt64($0))) }
        func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }
        for block in stride(from: 0, to: padded.count, by: 64) {
            var w = (0..<16).map { i in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * i + $1]) } }
            for i in 16..<64 {
                let s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3
                let s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10
                w.append(w[i - 16] &+ s0 &+ w[i - 7] &+ s1)
            }
            var v = state
            for i in 0..<64 {
                let s1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
                let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
                let t1 = v[7] &+ s1 &+ choice &+ constants[i] &+ w[i]
                let s0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
                let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
                v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
            }
            for i in 0..<8 { state[i] &+= v[i] }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }

    /// The hash of a key as a number in [0, 1), uniform over keys: the place of an item in a split.
    public static func unitInterval(_ key: String) -> Double {
        Double(prefix(key) >> 11) / Double(UInt64(1) << 53)
    }

    /// The first 64 bits of a key's hash.
    package static func prefix(_ key: String) -> UInt64 {
        hash(Array(key.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
}
