import ArgumentParser
import Foundation
import Sketches
import Tensors

/// The machine's limits, and the product's kernels beside them.
struct BenchKernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "This machine's limits (arithmetic, memory, fork-join), and the kernels of training beside them.",
        discussion: """
            Limits are the best of many passes of loops that do nothing else; times of kernels the best of many calls, memory
            from the free list included. Over 100 % of the memory limit means that the operands stayed in a cache. Shapes are those of 16 sequences of 256 tokens in models of 5m and 25m parameters.

            Example:  atelier bench kernels --seconds 0.5
                      atelier bench kernels --threads 1 --json
                      atelier bench kernels -o kernels.md
            """)

    @OptionGroup var compute: ThreadOptions
    @Option(help: "Seconds for each line.") var seconds = 0.2
    @Option(name: .shortAndLong, help: ArgumentHelp("Also write a Markdown report.", valueName: "md")) var output: String?
    @Flag(help: "Print one JSON document.") var json = false

    struct Report: Codable {
        var machine = ""
        var threads = 0
        var limits: [Limit] = []
        /// Of a job of as many shares as threads, beyond the work itself.
        var fork_join_microseconds = 0.0
        var kernels: [Line] = []
    }

    /// A limit of the machine.
    struct Limit: Codable {
        var name = "", unit = ""
        var one_thread = 0.0, all_threads = 0.0
    }

    /// A kernel's rate and its share of the limit that applies to it.
    struct Line: Codable {
        var name = "", shape = "", unit = ""
        var microseconds = 0.0, rate = 0.0, percent_of_limit = 0.0
    }

    func validate() throws {
        guard seconds > 0, seconds <= 600 else { throw ValidationError("--seconds takes a number above 0, at most 600") }
        if let output { guard output.hasSuffix(".md") else { throw ValidationError("-o takes a Markdown file, such as kernels.md") } }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            var report = Report(machine: BenchMachine.summary, threads: Compute.threads)
            report.limits = limits()
            report.fork_join_microseconds = report.threads > 1 ? Probe.forkJoin() * 1e6 : 0
            for kernel in Kernel.all() { report.kernels.append(line(kernel, limits: report.limits)) }
            if let output { try SketchFile.writeAtomically(Data(Self.markdown(report).utf8), to: output) }
            if json { return try printJSON(report) }
            try say(Self.text(report))
        }
    }

    // MARK: Measuring

    private func limits() -> [Limit] {
        func limit(_ name: String, _ unit: String, _ measure: (Int) -> Double?) -> Limit? {
            guard let one = measure(1) else { return nil }
            let all = Compute.threads == 1 ? one : measure(Compute.threads) ?? one
            return Limit(name: name, unit: unit, one_thread: one / 1e9, all_threads: all / 1e9)
        }
        let arithmetic = [(Probe.Arithmetic.f32, "GFLOP/s"), (.bf16, "GFLOP/s"), (.int8, "Gop/s")].map { kind, unit in
            limit("\(kind) multiply-add", unit) { Probe.arithmetic(kind, threads: $0, seconds: seconds) }
        }
        let reading = [("256 KiB a thread", 256 << 10, true), ("8 MiB in all", 8 << 20, false), ("512 MiB in all", 512 << 20, false)].map { name, bytes, each in
            limit("read \(name)", "GB/s") { Probe.reading(bytes: each ? bytes * $0 : bytes, threads: $0, seconds: seconds) }
        }
        return (arithmetic + reading).compactMap { $0 }
    }

    private func line(_ kernel: Kernel, limits: [Limit]) -> Line {
        let body = kernel.prepare()
        body()                                                             // fills the free list
        let time = Probe.best(seconds: seconds, body)
        Compute.trimMemory()
        let rate = kernel.work / time / 1e9
        let limit = limits.first { $0.name == kernel.limit.name }?.all_threads
        return Line(name: kernel.name, shape: kernel.shape, unit: kernel.limit.unit, microseconds: time * 1e6, rate: rate,
                    percent_of_limit: limit.map { 100 * rate / $0 } ?? 0)
    }

    // MARK: Showing

    private static func rows(_ report: Report) -> (limits: [[String]], kernels: [[String]]) {
        func number(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : value < 1_000 ? "%.1f" : "%.0f", value) }
        var limits = [["limit", "1 thread", "\(report.threads) thread\(report.threads == 1 ? "" : "s")", "unit"]]
        limits += report.limits.map { [$0.name, number($0.one_thread), number($0.all_threads), $0.unit] }
        limits.append(["fork-join", "", number(report.fork_join_microseconds), "µs"])
        let kernels = [["kernel", "shape", "µs", "rate", "unit", "% of limit"]] + report.kernels.map {
            [$0.name, $0.shape, number($0.microseconds), number($0.rate), $0.unit, String(format: "%.0f", $0.percent_of_limit)]
        }
        return (limits, kernels)
    }

    private static func text(_ report: Report) -> String {
        func table(_ rows: [[String]]) -> String {
            let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
            return rows.map { row in
                zip(row, widths).map { cell, width in
                    let space = String(repeating: " ", count: width - cell.count)
                    return cell.first?.isNumber == true && cell.allSatisfy { $0.isNumber || $0 == "." } ? space + cell : cell + space
                }.joined(separator: "  ")
            }.joined(separator: "\n")
        }
        let rows = rows(report)
        return "\(report.machine)\n\n\(table(rows.limits))\n\n\(table(rows.kernels))"
    }

    private static func markdown(_ report: Report) -> String {
        func table(_ rows: [[String]]) -> String {
            let lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
            return ([lines[0], "|" + rows[0].map { _ in "---|" }.joined()] + lines.dropFirst()).joined(separator: "\n")
        }
        let rows = rows(report)
        return "# Kernels\n\n`atelier bench kernels`, \(report.machine).\n\n\(table(rows.limits))\n\n\(table(rows.kernels))\n"
    }
}
