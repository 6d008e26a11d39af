import ArgumentParser
import Foundation
import Painter
import Sketches
import Speculation
import Tensors

struct BenchDraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "A four-object scene from start to file, tokens a second, memory.",
        discussion: """
            Start to file runs this executable anew each time, as a user would. With --planner, plans are also timed with and without the painter's own planner guessing ahead, in turns. Run it on an idle machine.

            Example:  atelier bench draw --rounds 20 --json
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "Runs to take the median and the 95th percentile of.") var rounds = 20
    @Option(help: "Sketches of each object.") var candidates = 8
    @Flag(help: "Print one JSON document.") var json = false
    @Flag(help: .hidden) var untilFirstToken = false            // what a run of the program itself does, to be timed by it

    struct Report: Codable {
        var machine = "", precision = "", model = "", prompt = ""
        var rounds = 0
        /// Seconds from starting the program to the finished file.
        var startToFileP50 = 0.0, startToFileP95 = 0.0
        /// Seconds from starting the program to its end when it stops after the first token.
        var startToFirstTokenP50 = 0.0, startToFirstTokenP95 = 0.0
        /// Of a drawing in a program that is running already.
        var drawP50 = 0.0, drawP95 = 0.0
        var tokensPerScene = 0.0, tokensPerSecond = 0.0
        /// Largest resident memory of a start-to-file run, MiB.
        var peakMemory = 0.0
        /// Of another planner alone, and with the painter's own guessing.
        var plans: Plans?

        struct Plans: Codable {
            var aloneP50 = 0.0, guessedP50 = 0.0
            /// Median of the time alone over the time guessed of the same plan, and the middle nine tenths.
            var speedup = 0.0, low = 0.0, high = 0.0
            /// Tokens a pass of the planner; kept of the guesses; plans that came out otherwise: none may.
            var blockEfficiency = 0.0, acceptance = 0.0
            var different = 0, count = 0
        }
    }

    static let sentences = [
        prompt, "two big dogs under a tree", "a fish", "three apples in a row", "a small bird on top of a house and a flower next to it", "a car in the bottom left corner",
        "a star above a moon", "a guitar between two chairs",
    ]
    static let prompt = "a cat to the left of a house, a tree and a sun above the house"

    func validate() throws {
        guard 1...10_000 ~= rounds else { throw ValidationError("--rounds takes 1 to 10,000") }
    }

    func run() throws {
        try exitCleanly {
            let painter = try model.loadPainter(ranks: true)
            var options = DrawingOptions()
            options.candidates = candidates
            if untilFirstToken {
                _ = try painter.firstToken(of: Self.prompt, seed: 0)
                return
            }
            var report = Report(
                machine: "\(BenchMachine.processor), \(Compute.kernels.rawValue), \(counted(Compute.threads, "thread"))", precision: painter.format.rawValue, model: painter.name, prompt: Self.prompt, rounds: rounds)
            _ = try painter.draw(Self.prompt, seed: 0, options: options)                     // warm
            var seconds: [Double] = []
            let before = painter.tokenCount
            for round in 0..<rounds {
                let start = Date()
                _ = try painter.draw(Self.prompt, seed: UInt64(round), options: options)
                seconds.append(Date().timeIntervalSince(start))
            }
            report.tokensPerScene = Double(painter.tokenCount - before) / Double(rounds)
            report.tokensPerSecond = Double(painter.tokenCount - before) / seconds.reduce(0, +)
            (report.drawP50, report.drawP95) = Self.percentiles(seconds)

            if model.planner != nil { report.plans = try planTimes(painter) }
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-bench-\(ProcessInfo.processInfo.processIdentifier).svg")
            defer { try? FileManager.default.removeItem(at: file) }
            (report.startToFirstTokenP50, report.startToFirstTokenP95) = try runs { _ in ["bench", "draw", "--until-first-token"] }
            (report.startToFileP50, report.startToFileP95) = try runs { ["draw", Self.prompt, "-o", file.path, "--seed", String($0), "--candidates", String(candidates)] }
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
            report.peakMemory = Double(usage.ru_maxrss) / 1_024
            if json { try printJSON(report); return }
            func number(_ value: Double) -> String { String(format: "%.3f", value) }
            try say("""
                \(report.machine); \(report.model), \(report.precision); \(rounds) rounds of "\(Self.prompt)"
                to first token  p50 \(number(report.startToFirstTokenP50)) s   p95 \(number(report.startToFirstTokenP95)) s
                start to file   p50 \(number(report.startToFileP50)) s   p95 \(number(report.startToFileP95)) s   peak memory \(Int(report.peakMemory)) MiB
                draw, loaded    p50 \(number(report.drawP50)) s   p95 \(number(report.drawP95)) s   \(Int(report.tokensPerScene)) tokens a scene, \(Int(report.tokensPerSecond)) tokens/s
                """)
            guard let plans = report.plans else { return }
            func short(_ value: Double) -> String { String(format: "%.2f", value) }
            try say("""
                a plan, loaded  p50 \(number(plans.aloneP50)) s alone, \(number(plans.guessedP50)) s guessed ahead: \(short(plans.speedup)) × [\(short(plans.low))–\(short(plans.high))], \
                \(short(plans.blockEfficiency)) tokens a pass, \(short(plans.acceptance)) of the guesses right, \(plans.different) of \(plans.count) plans different
                """)
        }
    }

    /// Plans of several sentences, each alone and guessed, now one first and now the other.
    private func planTimes(_ painter: Painter) throws -> Report.Plans {
        var plans = Report.Plans(), alone: [Double] = [], guessed: [Double] = []
        defer { painter.guessesPlans = true }
        let sentences = Self.sentences.filter { (try? painter.plan($0, seed: 0)) != nil }      // of things that it knows; warm
        painter.guesses = SpeculationFigures()
        for round in 0..<rounds {
            for (index, sentence) in sentences.enumerated() {
                var scenes: [Scene] = []
                for isGuessed in (round + index).isMultiple(of: 2) ? [false, true] : [true, false] {
                    painter.guessesPlans = isGuessed
                    let start = Date(), drawn = try painter.plan(sentence, seed: UInt64(round)), seconds = Date().timeIntervalSince(start)
                    scenes.append(drawn.scene)
                    if isGuessed { guessed.append(seconds) } else { alone.append(seconds) }
                }
                if scenes[0] != scenes[1] { plans.different += 1 }
            }
        }
        guard !alone.isEmpty else { return plans }
        let ratios = zip(alone, guessed).map { $0 / $1 }.sorted()
        (plans.aloneP50, plans.guessedP50) = (Self.percentiles(alone).p50, Self.percentiles(guessed).p50)
        (plans.speedup, plans.low, plans.high) = (ratios[ratios.count / 2], ratios[ratios.count / 20], ratios[ratios.count - 1 - ratios.count / 20])
        plans.count = alone.count
        (plans.blockEfficiency, plans.acceptance) = (painter.guesses.blockEfficiency, painter.guesses.acceptancePerDrafted)
        return plans
    }

    /// Times of `rounds` runs of this executable, from start to end.
    private func runs(_ arguments: (_ round: Int) -> [String]) throws -> (p50: Double, p95: Double) {
        var own = URL(fileURLWithPath: CommandLine.arguments[0])
        if !FileManager.default.isExecutableFile(atPath: own.path) { own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath() }
        var options: [String] = []
        if let folder = model.model { options += ["--model", folder] }
        if let planner = model.planner { options += ["--planner", planner] }
        if let precision = model.precision { options += ["--precision", precision.rawValue] }
        if let threads = model.compute.threads { options += ["--threads", String(threads)] }
        let seconds = try (0..<rounds).map { round in
            let child = Process()
            child.executableURL = own
            child.arguments = arguments(round) + options
            let end = DispatchSemaphore(value: 0)          // `waitUntilExit` looks every 50 ms only
            child.terminationHandler = { _ in end.signal() }
            child.standardError = FileHandle.nullDevice
            child.standardOutput = FileHandle.nullDevice
            let start = Date()
            try child.run()
            end.wait()
            guard child.terminationStatus == 0 else { throw CommandError.data("a run of the program ended with status \(child.terminationStatus)") }
            return Date().timeIntervalSince(start)
        }
        return Self.percentiles(seconds)
    }

    private static func percentiles(_ seconds: [Double]) -> (p50: Double, p95: Double) {
        let sorted = seconds.sorted()
        return (sorted[sorted.count / 2], sorted[min(sorted.count - 1, Int(0.95 * Double(sorted.count)))])
    }
}
