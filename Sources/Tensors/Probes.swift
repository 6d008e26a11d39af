import CKernels

/// What this machine can do at most, and single passes of operations, for measurements.
package enum Probe {
    /// Kinds of arithmetic, by their inputs.
    package enum Arithmetic: Int32, CaseIterable, Sendable { case f32, bf16, int8 }

    /// Multiplies and adds in registers, operations a second, the best of many runs.
    /// - Parameter threads: on how many of the pool's threads at once; each has the same work.
    /// - Returns: nil where the machine has no such instruction.
    package static func arithmetic(_ kind: Arithmetic, threads: Int, seconds: Double) -> Double? {
        let rounds = 100_000, operations = ck_probe_arithmetic(kind.rawValue, rounds)
        guard operations > 0 else { return nil }
        return operations * Double(threads) / best(seconds: seconds) {
            parallelFor(threads) { _ in _ = ck_probe_arithmetic(kind.rawValue, rounds) }
        }
    }

    /// Reading of `bytes` in all, a part for each thread, over and over: bytes a second, the best of many passes.
    package static func reading(bytes: Int, threads: Int, seconds: Double) -> Double {
        let part = max(64, bytes / 8 / threads / 64 * 64)                       // values of 8 bytes
        let storage = Storage(uninitialized: 2 * part * threads)
        storage.fill(1)
        let base = UnsafeMutableRawPointer(storage.pointer).bindMemory(to: UInt64.self, capacity: part * threads)
        let passes = max(1, (8 << 20) / (8 * part)), sums = Storage(uninitialized: 16 * threads)
        let fastest = best(seconds: seconds) {
            parallelFor(threads) { thread in
                var sum: UInt64 = 0
                for _ in 0..<passes { sum &+= ck_probe_read(base + thread * part, part) }
                sums.pointer[16 * thread] = Float(sum & 0xFF)      // so that the sum is needed
            }
        }
        withExtendedLifetime(storage) {}
        return Double(8 * part * threads * passes) / fastest
    }

    /// What handing a share to every thread and waiting for all costs beyond the work, in seconds; each share is about 2 µs.
    ///
    /// An empty share would be taken back before a worker sees it.
    package static func forkJoin() -> Double {
        let rounds = 90
        func share() { _ = ck_probe_arithmetic(Arithmetic.f32.rawValue, rounds) }
        let threads = Compute.threads
        let alone = best(seconds: 0.05) { for _ in 0..<100 { share() } } / 100
        let together = best(seconds: 0.2) { for _ in 0..<100 { parallelFor(threads) { _ in share() } } } / 100
        return together - alone
    }

    /// Runs `body` until so many seconds have passed, at least three times: the shortest time of one run, in seconds.
    package static func best(seconds: Double, _ body: () -> Void) -> Double {
        let clock = ContinuousClock(), end = clock.now + .seconds(seconds)
        var shortest = Double.infinity, runs = 0
        repeat {
            let start = clock.now
            body()
            shortest = min(shortest, start.duration(to: clock.now) / .seconds(1))
            runs += 1
        } while runs < 3 || clock.now < end
        return shortest
    }

    /// y = e^x, as the kernels compute it inside, over the pool.
    package static func exponentials(_ x: Tensor, into y: Tensor) {
        let source = x.pointer, target = y.pointer
        forEachPart(of: x.count, each: elementwisePart) { from, n in ck_exp(source + from, target + from, n) }
    }

    /// Whether products of bf16 have instructions of their own here.
    package static var hasBF16: Bool { Compute.withPrecision(.bfloat16) { Compute.precision } == .bfloat16 }

    /// y [rows, outputs] = x [rows, inputs] times weights in panels, preparation of the inputs included.
    package static func multiply(_ x: Tensor, _ matrix: PanelMatrix, _ prepared: PreparedRows, into y: Tensor) {
        prepared.prepare(x.pointer, rows: x.rows, stride: x.width, for: matrix)
        matrix.multiply(prepared, rows: x.rows, into: y.pointer, stride: y.width)
    }

    /// The backward pass of the operation that gave `y`, alone and as often as wished; it writes new gradients each time.
    /// - Precondition: an input of the operation requires a gradient, and none is another operation's result.
    package static func backward(of y: Tensor) -> () -> Void {
        precondition(y.node != nil, "no graph behind a tensor of shape \(y.shape)")
        // An operation may have several nodes, as `linear` has.
        var steps: [(tensor: Tensor, node: Node)] = [], waiting = [y]
        while let tensor = waiting.popLast() {
            guard let node = tensor.node else { continue }
            steps.append((tensor, node))
            waiting += node.inputs
        }
        steps.sort { $0.node.order > $1.node.order }
        let dy = Tensor.filled(0.5, shape: y.shape)
        return {
            for (_, node) in steps { for input in node.inputs { input.gradient = nil } }
            withoutGradients {
                for (tensor, node) in steps { if let gradient = tensor === y ? dy : tensor.gradient { node.backward(gradient) } }
            }
        }
    }
}

extension Compute {
    /// Memory of tensors that this thread has made, in bytes.
    package struct MemoryUse: Sendable {
        /// The most that lived at a time, beyond what lived before.
        package let peak: Int
        /// Blocks that the free list did not have.
        package let blocksFromSystem: Int
    }

    /// Runs `body` and tells what memory it took on this thread. Must not be nested.
    package static func measuringMemory<R>(_ body: () throws -> R) rethrows -> (result: R, use: MemoryUse) {
        ck_memory_count_reset()
        let before = ck_memory_counted().live
        let result = try body()
        let after = ck_memory_counted()
        return (result, MemoryUse(peak: after.most - before, blocksFromSystem: after.fresh))
    }
}
