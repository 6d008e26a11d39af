import ArgumentParser
import Foundation
import Language
import Painter

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Shows the tokens that a model's tokenizer makes of a text.",
        discussion: """
            The text is taken as it is; prompts of `draw` are put in lower case first. Of a painter, its planner's tokenizer is asked: it reads the sentences.

            Example:  atelier tokenize "a cat to the left of a house" --json
            """)

    @Argument(help: "The text.") var text: String?
    @Option(help: ArgumentHelp("Model folder, adapter or GGUF file, or the name of an installed model.", valueName: "dir")) var model: String?
    @Option(help: ArgumentHelp("Many texts instead of one: a file of JSON strings, one a line; writes a JSON array of ids for each.", valueName: "file"))
    var strings: String?
    @Flag(help: "Print one JSON document: ids and pieces.") var json = false

    struct Report: Encodable {
        let ids: [Int], pieces: [String]
    }

    func validate() throws {
        guard (text == nil) != (strings == nil) else { throw ValidationError("give a text, or --strings FILE") }
    }

    func run() throws {
        try exitCleanly {
            if let strings { return try tokenizeLines(of: strings) }
            let text = text ?? ""
            let tokenizer = try tokenizer()
            let ids = tokenizer.encode(text)
            let report = Report(ids: ids, pieces: ids.map { tokenizer.decode([$0]) })
            if json { try printJSON(report); return }
            for (id, piece) in zip(report.ids, report.pieces) { try say("\(id)\t\"\(singleLine(piece))\"") }
        }
    }

    private func tokenizer() throws -> Tokenizer {
        let folder = try ModelLibrary.folder(model)
        return try ModelLibrary.tokenizer(Painter.folder(of: .planner, in: folder) ?? folder)
    }

    private func tokenizeLines(of path: String) throws {
        let tokenizer = try tokenizer(), decoder = JSONDecoder()
        for (index, line) in try InputFile.lines(path).enumerated() {
            guard let text = try? decoder.decode(String.self, from: Data(line.utf8)) else {
                throw CommandError.data("\(path):\(index + 1): is not a JSON string, as in \"a cat\"")
            }
            try say("[" + tokenizer.encode(text).map(String.init).joined(separator: ",") + "]")
        }
    }
}

extension ModelLibrary {
    /// The tokenizer of a model folder.
    static func tokenizer(_ folder: URL) throws -> Tokenizer {
        guard let tokenizer = try ModelFile.readTokenizer(folder) else {
            throw ModelFolderError.missing(path: folder.appendingPathComponent("tokenizer.json").path, remedy: "this model has no tokenizer of its own")
        }
        return tokenizer
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
