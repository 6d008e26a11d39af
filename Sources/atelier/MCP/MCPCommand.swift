import ArgumentParser
import Files

struct MCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Serves drawing, editing and reading of sketches to agents (Model Context Protocol).", discussion: MCPText.discussion)

    @OptionGroup var model: ModelOptions
    @Option(help: ArgumentHelp("Folder or name of the model that reads questions (tool ask).", valueName: "dir")) var reasoner: String?

    func run() throws {
        try exitCleanly {
            model.compute.apply()
            // A wrong name is told at once, not in the middle of a conversation.
            if model.model != nil { _ = try model.folder() }
            if let reasoner { _ = try ModelLibrary.folder(reasoner, family: .reasoner) }
            let server = MCPServer(Studio(model, reasoner: reasoner))
            let wire = try Wire()
            let lines = LineReader()
            note("mcp: ready; messages are read from standard input")
            while let line = try lines.next() {
                for message in server.answers(to: line) { try wire.send(message) }
            }
        }
    }
}
