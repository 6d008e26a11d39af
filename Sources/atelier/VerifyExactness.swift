import ArgumentParser
import Foundation
import Speculation

struct VerifyExactness: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-exactness",
        abstract: "Tries whether speculative decoding leaves the target's law as it is.",
        discussion: """
            Texts of toy languages are drawn by every way of speculating and counted, with and without a grammar. The law of all their texts is \
            enumerated, so a χ² test tells whether the counts are of it. Five wrong ways are tried too: they must be found out. Exit status 1 where \
            one is not as it must be.

            Example:  atelier verify-exactness --json > exactness.json
            """)

    @Option(help: ArgumentHelp("Texts for each way, 10,000 to 100 million.", valueName: "n")) var draws = 200_000
    @Option(help: ArgumentHelp("Same seed, same counts.", valueName: "n")) var seed: UInt64 = 0
    @Flag(help: "Print one JSON document: of every way each text's probability and count, and the test.") var json = false

    func validate() throws {
        guard 10_000...100_000_000 ~= draws else { throw ValidationError("--draws takes 10,000 to 100,000,000, not \(draws)") }
    }

    func run() throws {
        try exitCleanly {
            let found = try Exactness.check(draws: draws, seed: seed) { one in
                guard !json else { return }
                let verdict = one.isAsExpected ? one.isWrong ? "found out" : "exact" : one.isWrong ? "NOT FOUND OUT" : "NOT EXACT"
                let name = (one.name + (one.hasGrammar ? ", grammar" : "")).padding(toLength: 66, withPad: " ", startingAt: 0)
                let statistic = String(format: "χ² %8.1f of %2d", one.test.statistic, one.test.freedom)
                try say("\(name) \(statistic)   p = \(String(format: "%.3g", one.test.probability))   \(verdict)")
            }
            if json { try printJSON(found) } else { try say(found.holds ? "all as it must be" : "something is wrong") }
            if !found.holds { throw ExitCode(ExitStatus.someFailed) }
        }
    }
}
