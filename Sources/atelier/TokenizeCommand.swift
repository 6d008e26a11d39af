import ArgumentParser
import Foundation
import Language

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Shows the tokens that a model's tokenizer makes of a text.",
        discussion: """
            The text is taken as it is; prompts of `draw` are put in lower case first.

            Example:  atelier tokenize "a cat to the left of a house" --json
            """)

    @Argument(help: "The text.") var text: String
    @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
    @Flag(help: "Print one JSON document: ids and pieces.") var json = false

    struct Report: Encodable {
        let ids: [Int], pieces: [String]
    }

    func run() throws {
        try exitCleanly {
            let tokenizer = try ModelLibrary.tokenizer(ModelLibrary.folder(model))
            let ids = tokenizer.encode(text)
            let report = Report(ids: ids, pieces: ids.map { tokenizer.decode([$0]) })
            if json { try printJSON(report); return }
            for (id, piece) in zip(report.ids, report.pieces) { try say("\(id)\t\"\(singleLine(piece))\"") }
        }
    }
}

extension ModelLibrary {
    /// The tokenizer of a model folder.
    static func tokenizer(_ folder: URL) throws -> Tokenizer {
        guard isFolder(folder) else { throw ModelFolderError.notAFolder(path: folder.path) }
        guard let tokenizer = try ModelFolder.readTokenizer(folder) else {
            throw ModelFolderError.missing(path: folder.appendingPathComponent("tokenizer.json").path, remedy: "this model has no tokenizer of its own")
        }
        return tokenizer
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
