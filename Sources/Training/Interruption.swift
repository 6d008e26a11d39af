import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ctrl-C and SIGTERM as a flag that the training loop reads between micro-batches.
///
/// The first signal asks for an orderly stop with a checkpoint; a second one ends the process at once.
/// ```swift
/// Interruption.install()
/// let summary = try train(recipe, …, isCancelled: { Interruption.isRequested })
/// ```
public enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// True once a signal has come.
    public static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Catches SIGINT and SIGTERM from now on; each goes back to its default after the first.
    public static func install() {
        flag.store(false, ordering: .relaxed)      // also makes sure that the handler finds the flag initialised
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
            #else
            action.__sigaction_u.__sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
            action.sa_flags = SA_RESETHAND | SA_RESTART
            #endif
            sigaction(signal, &action, nil)
        }
    }
}
