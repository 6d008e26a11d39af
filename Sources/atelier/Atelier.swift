import ArgumentParser

/// The command line: one file a sub-command, thin over the modules.
///
/// Standard output carries results (a table, a JSON document, a file with `-o -`), standard error everything said to the person.
@main
struct Atelier: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atelier",
        abstract: "Draws, edits and reads sketches with its own small language models, offline, on an ordinary CPU.",
        discussion: """
            Try:  atelier draw "a cat to the left of a house" -o out.svg
                  atelier erase out.svg "the cat" -o rest.svg
                  atelier detect rest.svg

            Exit status: 0 done, 1 some lines of a batch failed, 64 wrong usage, 65 bad input, 66 no such input or model, 70 internal error, \
            73 output cannot be created, 74 input or output failed, 130 interrupted.
            """,
        version: "0.3.1",
        groupedSubcommands: [
            CommandGroup(name: "Sketches", subcommands: [
                DrawCommand.self, EditDrawing.self, EraseCommand.self, UndoCommand.self, DescribeCommand.self, DetectCommand.self, CompleteCommand.self, InterpolateCommand.self,
                RenderCommand.self,
            ]),
            CommandGroup(name: "Scenes", subcommands: [AskCommand.self, LookCommand.self, PoseCommand.self, ProgramCommand.self]),
            CommandGroup(name: "For agents", subcommands: [MCPCommand.self]),
            CommandGroup(name: "Models", subcommands: [GenerateCommand.self, VerifyExactness.self, ModelsCommand.self, TokenizeCommand.self, DataCommand.self, TrainCommand.self, EvalCommand.self, BenchCommand.self]),
        ])

    static func main() {
        main(Self.spelled(Array(CommandLine.arguments.dropFirst())))
    }

    /// `--text=` as `--text ""`: the parser would miss the value.
    static func spelled(_ arguments: [String]) -> [String] {
        let options = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<options].flatMap { argument -> [String] in
            let isEmptyValue = argument.hasPrefix("--") && argument.count > 3 && argument.firstIndex(of: "=") == argument.indices.last
            return isEmptyValue ? [String(argument.dropLast()), ""] : [argument]
        } + arguments[options...]
    }
}
