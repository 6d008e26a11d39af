import Foundation
import Testing

/// The built executable, run as a person would run it: a child process with its own files.
enum Program {
    struct Result {
        /// Exit status; nil when a signal ended the process (a crash).
        let status: Int32?
        let output: Data, error: String
        var text: String { String(decoding: output, as: UTF8.self) }
        /// The only JSON document on standard output.
        func json() throws -> [String: Any] { try #require(JSONSerialization.jsonObject(with: output) as? [String: Any]) }
    }

    /// Beside the test bundle, where SwiftPM builds both.
    static let url: URL? = {
        let starts = [CommandLine.arguments[0], Bundle.main.executablePath ?? "", "/proc/self/exe"]
        for start in starts where !start.isEmpty {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath().deletingLastPathComponent()
            for _ in 0..<4 {
                let program = folder.appendingPathComponent("atelier")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: program.path, isDirectory: &isFolder), !isFolder.boolValue { return program }
                folder = folder.deletingLastPathComponent()
            }
        }
        return nil
    }()

    /// - Parameters:
    ///   - folder: the working folder.
    ///   - outputPath: where standard output goes instead of into `Result.output`.
    static func run(_ arguments: [String], in folder: URL, input: Data? = nil, environment: [String: String] = [:], outputPath: String? = nil) throws -> Result {
        let child = try process(arguments, in: folder, environment: environment)
        // Files, not pipes: no output is too long for them.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let paths = ["in", "out", "err"].map { scratch.appendingPathComponent($0).path }
        for (path, content) in zip(paths, [input ?? Data(), Data(), Data()]) { try content.write(to: URL(fileURLWithPath: path)) }
        child.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: paths[0]))
        child.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath ?? paths[1]))
        child.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[2]))
        try child.run()
        child.waitUntilExit()
        return Result(status: child.terminationReason == .exit ? child.terminationStatus : nil, output: FileManager.default.contents(atPath: paths[1]) ?? Data(),
                      error: String(decoding: FileManager.default.contents(atPath: paths[2]) ?? Data(), as: UTF8.self))
    }

    static func process(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws -> Process {
        let child = Process()
        let program: URL = try #require(url, "the executable is not built")
        child.executableURL = program
        child.arguments = arguments
        child.currentDirectoryURL = folder
        var own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ATELIER_") }
        own["ATELIER_MODELS"] = TinyModel.root.path
        child.environment = own.merging(environment) { $1 }
        return child
    }
}

/// A painter trained for two steps on procedural drawings: it draws badly, but the grammar keeps what it writes well formed.
enum TinyModel {
    /// A folder that holds the model, as an installation's `models` does. Made on first use, once a test run.
    static let root = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-tests-\(ProcessInfo.processInfo.processIdentifier)/models")
    static let name = "painter-tiny"

    static let recipe = """
        name: painter-tiny
        kind: painter
        seed: 5
        steps: 2
        optimizer: {learningRate: 3e-3}
        every: {log: 1}
        model: {width: 32, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 64, positions: 768, textVocabulary: 400}
        data: {source: procedural, rows: 1}

        """

    /// What training it said.
    static let training: Swift.Result<Program.Result, any Error> = Swift.Result {
        let folder = root.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: TinyModel.root.deletingLastPathComponent()) }
        try Data(recipe.utf8).write(to: folder.appendingPathComponent("tiny.yaml"))
        return try Program.run(["train", "tiny.yaml", "--run", "run", "--export", "models/\(name)", "--json"], in: folder)
    }

    static func make() throws -> URL {
        let result = try training.get()
        try #require(result.status == 0, "\(result.error)")
        return root.appendingPathComponent(name)
    }
}

/// A folder for one test, removed after it.
final class WorkFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-work-\(UUID().uuidString)")

    init() throws {
        _ = try TinyModel.make()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func run(_ arguments: [String]) throws -> Program.Result { try Program.run(arguments, in: url) }

    func run(_ arguments: String..., input: String? = nil, environment: [String: String] = [:], outputPath: String? = nil) throws -> Program.Result {
        try Program.run(arguments, in: url, input: input.map { Data($0.utf8) }, environment: environment, outputPath: outputPath)
    }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }
    func data(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }
    func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }
    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}
