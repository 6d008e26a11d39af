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
        let progress = CountProgress(of: count)
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
