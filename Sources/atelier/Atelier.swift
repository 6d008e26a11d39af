import ArgumentParser

/// The command line: one file a sub-command, thin over the modules.
@main
struct Atelier: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atelier",
        abstract: "Draws, edits and reads sketches with its own small language models, offline, on an ordinary CPU.",
        discussion: """
            Try:  atelier draw "a cat to the left of a house" -o out.svg
                  atelier erase out.svg "the cat" -o rest.svg
                  atelier detect rest.svg
            """,
        version: "0.1.0",
        subcommands: [DataCommand.self, TrainCommand.self])
}
