import CKernels
import Foundation
import Synchronization
import Tensors
import Testing

/// The C pool itself: who runs what, and where. No time is asserted, but that of workers that should sleep. Other suites share
/// the pool: where a test needs it, it tries until its turn comes.
@Suite("Pool", .serialized) struct PoolTests {
    /// What one call left behind, one place an index or member.
    final class Record: Sendable {
        let cpus = Mutex<[Int: Int32]>([:]), threads = Mutex<[Int: pthread_t]>([:])
        let sum = Atomic<Int>(0), seconds = Mutex(0.0)

        func note(_ index: Int) {
            cpus.withLock { $0[index] = ck_current_core() }
            threads.withLock { $0[index] = pthread_self() }
        }

        static func at(_ context: UnsafeMutableRawPointer?) -> Record {
            guard let context else { fatalError("no context") }
            return Unmanaged<Record>.fromOpaque(context).takeUnretainedValue()
        }

        func withPointer(_ body: (UnsafeMutableRawPointer) -> Void) {
            body(Unmanaged.passUnretained(self).toOpaque())
            withExtendedLifetime(self) {}
        }
    }

    /// Runs `attempt` until it returns true, at most for a few seconds.
    static func eventually(_ attempt: () -> Bool) -> Bool {
        let limit = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < limit {
            if attempt() { return true }
            usleep(2_000)
        }
        return false
    }

    @Test(.enabled(if: ck_allowed_cores() >= 2)) func twoThreadsRunOnTwoCores() {
        let happened = Compute.withThreads(2) {
            Self.eventually {
                let record = Record()
                record.withPointer {
                    ck_parallel_for(2, { index, context in
                        let end = ContinuousClock.now + .milliseconds(3)
                        while ContinuousClock.now < end {}
                        Record.at(context).note(index)
                    }, $0)
                }
                let cpus = record.cpus.withLock { $0 }, threads = record.threads.withLock { $0 }
                return threads[0] != threads[1] && cpus[0] != cpus[1]
            }
        }
        #expect(happened)
    }

    @Test(arguments: 1...8) func everyIndexRunsOnceOnAnyNumberOfThreads(threads: Int) {
        Compute.withThreads(threads) {
            for count in [0, 1, 2, 3, 7, 8, 9, 64, 1_000] {
                let record = Record()
                record.withPointer { context in
                    for _ in 0..<20 {
                        ck_parallel_for(count, { index, context in Record.at(context).sum.add(index + 1, ordering: .relaxed) }, context)
                    }
                }
                #expect(record.sum.load(ordering: .relaxed) == 20 * count * (count + 1) / 2)
            }
        }
    }

    /// Workers that were pinned before may stay so until they have slept for 1 ms: hence the retries.
    @Test(arguments: [true, false]) func workersArePinnedUnlessThatIsSwitchedOff(pins: Bool) {
        if !pins { setenv("ATELIER_PIN", "0", 1) }
        defer { unsetenv("ATELIER_PIN") }
        let expected = pins ? 1 : ck_allowed_cores()
        let happened = Compute.withThreads(2) {
            Self.eventually {
                let record = Record()
                record.withPointer {
                    ck_parallel_for(2, { index, context in
                        usleep(1_000)
                        let record = Record.at(context)
                        record.note(index)
                        if index == 1 { record.sum.store(Int(ck_thread_cores()), ordering: .relaxed) }
                    }, $0)
                }
                return Set(record.threads.withLock { $0.values }).count == 2 && record.sum.load(ordering: .relaxed) == expected
            }
        }
        #expect(happened || ck_allowed_cores() == 1)
    }

    /// The caller sleeps in its share, so the pool stays its own; the workers have long ended theirs.
    @Test func idleWorkersUseNoTime() {
        Compute.withThreads(4) {
            let happened = Self.eventually {
                let record = Record()
                record.withPointer {
                    ck_parallel_for(4, { index, context in
                        Record.at(context).note(index)
                        guard index == 0 else { return }
                        usleep(20_000)
                        let before = ck_worker_seconds()
                        usleep(200_000)
                        Record.at(context).seconds.withLock { $0 = ck_worker_seconds() - before }
                    }, $0)
                }
                guard Set(record.threads.withLock { $0.values }).count > 1 else { return false }     // the pool was another's
                #expect(record.seconds.withLock { $0 } < 0.05)
                return true
            }
            #expect(happened)
        }
    }

    @Test func concurrentCallersEachGetAllTheirIndices() async {
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let record = Record()
                    record.withPointer { context in
                        for _ in 0..<2_000 {
                            ck_parallel_for(3, { index, context in Record.at(context).sum.add(index + 1, ordering: .relaxed) }, context)
                        }
                    }
                    return record.sum.load(ordering: .relaxed)
                }
            }
            for await sum in group { #expect(sum == 12_000) }
        }
    }

    @Test func theDefaultIsWithinTheCores() {
        #expect(1...ck_allowed_cores() ~= ck_default_threads())
    }
}
