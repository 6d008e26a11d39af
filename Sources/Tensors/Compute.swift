import CKernels
import COpenBLAS
import Foundation
import Synchronization

/// How this process computes: threads and kernels.
public enum Compute {
    /// Threads used by all operations: `ATELIER_THREADS`, else the cores this process may use. Results do not depend on it.
    public static var threads: Int {
        configured
        return Int(ck_threads())
    }

    /// Sets the number of threads (at least 1) for the operations that follow.
    public static func setThreads(_ count: Int) {
        configured
        ck_set_threads(Int32(clamping: max(1, count)))
    }

    /// The kernels chosen for this machine. Results are reproducible bit for bit within one level.
    public enum Kernels: String, Sendable { case avx512, avx2, plain }
    public static var kernels: Kernels {
        switch ck_level() {
        case 2: .avx512
        case 1: .avx2
        default: .plain
        }
    }

    /// How large matrix products (`linear`, forward and backward) read their inputs; sums are always `Float`.
    public enum Precision: String, Codable, Sendable, CaseIterable { case float32, bfloat16 }

    /// `float32` unless `setPrecision` or `ATELIER_PRECISION=bfloat16` asked for `bfloat16` and the machine has AVX512_BF16.
    public static var precision: Precision { chosenPrecision.load(ordering: .relaxed) ? .bfloat16 : .float32 }

    /// Asks for a precision; meant for training (about twice as fast in bfloat16), where weights and gradients stay `Float`.
    /// - Returns: what is used from now on: `float32` on machines without AVX512_BF16.
    @discardableResult public static func setPrecision(_ wanted: Precision) -> Precision {
        chosenPrecision.store(wanted == .bfloat16 && ck_bf16_available() != 0, ordering: .relaxed)
        return precision
    }

    /// What to write beside results, e.g. "avx512, bfloat16, 2 threads": they are reproducible bit for bit for one level and
    /// precision, whatever the threads.
    public static var summary: String { "\(kernels.rawValue), \(precision.rawValue), \(threads) thread\(threads == 1 ? "" : "s")" }

    private static let chosenPrecision = Atomic<Bool>(
        ProcessInfo.processInfo.environment["ATELIER_PRECISION"] == Precision.bfloat16.rawValue && ck_bf16_available() != 0)

    /// Gives cached memory back to the system; returns the bytes freed.
    @discardableResult public static func trimMemory() -> Int { ck_trim() }

    /// Runs once: OpenBLAS to one thread (the tiles are ours), the pool to its size.
    static let configured: Void = {
        openblas_set_num_threads(1)
        let wanted = ProcessInfo.processInfo.environment["ATELIER_THREADS"].flatMap(Int.init) ?? 0
        ck_set_threads(wanted > 0 ? Int32(clamping: wanted) : ck_online_cores())
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

var gradientsAreOn: Bool { ck_no_gradient_depth() == 0 }
