import Foundation
import Language
import Painter

/// Works through the lines of a batch: one that cannot be done is noted and the rest goes on.
enum Batch {
    /// - Parameters:
    ///   - work: does line `index` (from 0).
    ///   - failed: the answer for a line that could not be done, and why not.
    /// - Returns: an answer for each line, in order, and how many failed.
    static func run<Answer>(_ count: Int, work: (Int) throws -> Answer, failed: (Int, String) -> Answer) throws -> (answers: [Answer], failures: Int) {
        var answers: [Answer] = [], failures = 0
        let progress = BatchProgress(count)
        for index in 0..<count {
            do { answers.append(try work(index)) } catch where isOfTheLine(error) {
                let reason = singleLine(sentence(of: error))
                progress.clear()
                note("line \(index + 1): error: \(reason)")
                answers.append(failed(index, reason))
                failures += 1
            }
            progress.show(done: index + 1)
        }
        progress.clear()
        if failures > 0 { note("\(failures) of \(count) lines failed") }
        return (answers, failures)
    }

    /// Errors about what a line asks for; all others end the command.
    private static func isOfTheLine(_ error: any Error) -> Bool {
        error is PainterError || error is DecodingError || error is CommandError
    }
}

/// Progress of a batch on a terminal: lines done and the time left. Silent elsewhere.
private struct BatchProgress {
    private let count: Int
    private let isShown: Bool
    private let start = ContinuousClock.now

    init(_ count: Int) {
        self.count = count
        isShown = count > 1 && isatty(STDERR_FILENO) == 1
    }

    func show(done: Int) {
        guard isShown, done < count else { return }
        let elapsed = ContinuousClock.now - start
        let left = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        write("\r\u{1b}[K\(done) of \(count), \(Int((left / Double(done) * Double(count - done)).rounded(.up))) s left")
    }

    func clear() {
        if isShown { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
