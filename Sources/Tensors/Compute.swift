import CKernels
import Foundation

/// How this process computes: threads and kernels.
public enum Compute {
    /// Threads used by all operations: `ATELIER_THREADS`, else the cores this process may use (its affinity
    /// mask, and the CPU quota of its cgroup). Results do not depend on it.
    public static var threads: Int {
        configured
        return Int(ck_threads())
    }

    /// Sets the number of threads (at least 1) for the operations that follow.
    public static func setThreads(_ count: Int) {
        configured
        ck_set_threads(Int32(clamping: max(1, count)))
    }

    /// Runs `body` with a number of threads of its own; the number is the process's, so one caller at a time has its turn.
    /// Meant for tests, which run beside each other. Must not be nested.
    package static func withThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
        turn.lock()
        defer { turn.unlock() }
        let before = threads
        setThreads(count)
        defer { setThreads(before) }
        return try body()
    }

    private static let turn = NSLock()

    /// A level of kernels. Results are reproducible bit for bit within one; `amx` is AVX-512 with Intel's matrix tiles for bf16.
    public enum Kernels: String, Sendable { case amx = "avx512+amx", avx512, avx2, plain }

    /// The kernels chosen for this machine.
    public static var kernels: Kernels {
        switch ck_level() {
        case 2: hasMatrixTiles ? .amx : .avx512
        case 1: .avx2
        default: .plain
        }
    }

    /// How large matrix products (`linear`), attention and `conv2d` (but see `convolutionPrecision`), forward and backward, read their
    /// inputs; sums are always `Float`.
    public enum Precision: String, Codable, Sendable, CaseIterable { case float32, bfloat16 }

    /// What `withPrecision` asked for around this code, else `ATELIER_PRECISION`, else `float32`; `float32` wherever the
    /// machine has no AVX512_BF16.
    public static var precision: Precision { scopedPrecision.get() ?? processPrecision }

    /// Runs `body` in a precision; meant for training (about twice as fast in bfloat16), where weights and gradients stay
    /// `Float`. Only operations that `body` starts are touched, so work beside it keeps its own precision.
    /// - Parameter wanted: nil changes nothing; on machines without AVX512_BF16 `bfloat16` becomes `float32`: ask
    ///   `precision` inside `body`.
    public static func withPrecision<R>(_ wanted: Precision?, _ body: () throws -> R) rethrows -> R {
        try scopedPrecision.withValue(wanted.map(available) ?? scopedPrecision.get(), operation: body)
    }

    private static let scopedPrecision = TaskLocal<Precision?>(wrappedValue: nil)
    private static let processPrecision = available(
        ProcessInfo.processInfo.environment["ATELIER_PRECISION"].flatMap(Precision.init) ?? .float32)

    private static func available(_ wanted: Precision) -> Precision { ck_bf16_available() != 0 ? wanted : .float32 }

    /// What to write beside results, e.g. "avx512+amx, bfloat16, 2 threads": they are reproducible bit for bit for one level and
    /// precision, whatever the threads.
    public static var summary: String { "\(kernels.rawValue), \(precision.rawValue), \(threads) thread\(threads == 1 ? "" : "s")" }

    /// The largest resident memory of this process so far, in bytes; 0 where the system does not tell.
    public static var peakMemory: Int {
        // `getrusage` would do, had a child not its parent's peak until it outgrows it.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ", omittingEmptySubsequences: true).dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }

    /// Gives cached memory back to the system; returns the bytes freed.
    @discardableResult public static func trimMemory() -> Int { ck_trim() }

    /// Runs once: the pool to its size.
    static let configured: Void = {
        let wanted = ProcessInfo.processInfo.environment["ATELIER_THREADS"].flatMap(Int.init) ?? 0
        ck_set_threads(wanted > 0 ? Int32(clamping: wanted) : ck_default_threads())
    }()
}

/// Calls `body` with 0..<count, spread over the pool; in order on this thread when the pool is busy.
@inline(__always)
func parallelFor(_ count: Int, _ body: (Int) -> Void) {
    Compute.configured
    withoutActuallyEscaping(body) { body in
        var body = body
        withUnsafeMutablePointer(to: &body) { context in
            ck_parallel_for(count, { index, context in
                context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
            }, context)
        }
    }
}

/// Values a part for elementwise work: 64 KiB, small enough to share and large enough to pay for the hand-over.
let elementwisePart = 16_384

/// Cuts 0..<count into parts of a fixed size and calls `body(start, length)` for each on the pool.
@inline(__always)
func forEachPart(of count: Int, each size: Int, _ body: (Int, Int) -> Void) {
    let parts = (count + size - 1) / size
    if parts <= 1 {
        if count > 0 { body(0, count) }
        return
    }
    parallelFor(parts) { part in
        let from = part * size
        body(from, min(size, count - from))
    }
}

/// Rows a part, so that a part has about `elementwisePart` values; depends on the width only.
func rowsAPart(width: Int) -> Int { max(1, elementwisePart / max(1, width)) }

/// Runs `body` without building a graph: nothing inside requires a gradient.
public func withoutGradients<R>(_ body: () throws -> R) rethrows -> R {
    ck_no_gradient_change(1)
    defer { ck_no_gradient_change(-1) }
    return try body()
}

/// Undoes `withoutGradients` inside `body`.
func withGradients<R>(_ body: () throws -> R) rethrows -> R {
    let depth = ck_no_gradient_depth()
    ck_no_gradient_change(-depth)
    defer { ck_no_gradient_change(depth) }
    return try body()
}

var gradientsAreOn: Bool { ck_no_gradient_depth() == 0 }

/// `body` of 0..<count in order, made on the pool's threads.
package func parallelMap<T>(_ count: Int, _ body: (Int) -> T) -> [T] {
    [T](unsafeUninitializedCapacity: count) { buffer, made in
        guard let base = buffer.baseAddress else { return }
        parallelFor(count) { (base + $0).initialize(to: body($0)) }
        made = count
    }
}
