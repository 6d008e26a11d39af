import ArgumentParser
import Painter

/// How bare strokes are read.
struct ReadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read bare strokes so often, 1 to 64, and keep the best reading.", valueName: "n")) var readings = ReadingOptions.usual

    func validate() throws {
        guard 1...ReadingOptions.most ~= readings else { throw ValidationError("--readings takes 1 to \(ReadingOptions.most), not \(readings)") }
    }

    func options(seed: UInt64) -> ReadingOptions { ReadingOptions(readings: readings, seed: seed) }
}

/// The same for commands in which nothing else is left to chance.
struct SeededReadOptions: ParsableArguments {
    @OptionGroup var reading: ReadOptions
    @Option(help: ArgumentHelp("Same seed, same readings.", valueName: "n")) var seed: UInt64 = 0

    var options: ReadingOptions { reading.options(seed: seed) }
}
