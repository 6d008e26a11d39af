import ArgumentParser
import Foundation
import Language
import Painter
import Tensors

/// How many threads compute. Results do not depend on it.
struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads, 1 to 256; else ATELIER_THREADS or all cores. Changes no result.", valueName: "n")) var threads: Int?

    func validate() throws {
        if let threads, !(1...256 ~= threads) { throw ValidationError("--threads takes 1 to 256, not \(threads)") }
    }

    func apply() {
        if let threads { Compute.setThreads(threads) }
    }
}

/// Which painter works, and with how many threads.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Model folder, or the name of an installed model (see `atelier models list`).", valueName: "dir")) var model: String?
    @Option(help: ArgumentHelp("Another model to understand sentences, with the painter's classes in the same order: a folder, or the name of an installed model. The painter's own guesses ahead of a much larger one: the same, sooner.", valueName: "dir")) var planner: String?
    @Option(help: ArgumentHelp("Weights as f32, bf16, int8 or int4; else as the folder has them.", valueName: "format")) var precision: WeightFormat?
    @OptionGroup var compute: ThreadOptions

    /// The folder asked for, or the default painter.
    func folder() throws(CommandError) -> URL { try ModelLibrary.folder(model) }

    /// - Parameter ranks: with the ranker that picks among candidates and names what is read, where one is installed.
    func loadPainter(ranks: Bool = false) throws -> Painter {
        compute.apply()
        return try Self.painter(folder(), format: precision, planner: planner.map { try ModelLibrary.folder($0, option: "--planner") }, ranks: ranks)
    }

    /// A painter, with the installed ranker if it `ranks`.
    static func painter(_ folder: URL, format: WeightFormat? = nil, planner: URL? = nil, ranks: Bool) throws -> Painter {
        let painter = try Painter(folder: folder, format: format, planner: planner)
        if ranks, let ranker = try? ModelLibrary.folder(nil, family: .ranker) { painter.ranker = try Judge(folder: ranker, role: .ranker) }
        return painter
    }
}

/// How the model chooses among likely tokens.
struct SamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Same seed, same picture; another seed, another one.", valueName: "n")) var seed: UInt64 = 0
    @Option(help: ArgumentHelp("0 takes the likeliest strokes, 1 draws them by the model's own laws; up to 4.", valueName: "t"))
    var temperature: Float = Painter.defaultSampling.temperature
    @Option(help: ArgumentHelp("Only the likeliest choices that together reach this probability; above 0, at most 1. Usually \(Painter.defaultSampling.topP ?? 1).", valueName: "p"))
    var topP: Float?

    func validate() throws {
        guard 0...4 ~= temperature else { throw ValidationError("--temperature takes 0 to 4, not \(temperature)") }
        if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("--top-p takes a number above 0 and at most 1, not \(topP)") }
    }

    var sampling: Sampling { sampling(topP: Painter.defaultSampling.topP) }
    /// - Parameter usual: where nothing was said.
    func sampling(topP usual: Float?) -> Sampling { Sampling(temperature: temperature, topP: (topP ?? usual).flatMap { $0 < 1 ? $0 : nil }) }
}
