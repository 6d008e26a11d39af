import Foundation
import Testing

/// A folder for one test, removed after it, in which the built program is run as a person would run it.
final class WorkFolder {
    struct Result {
        /// Exit status; nil when a signal ended the process (a crash).
        let status: Int32?
        let output: Data, error: String
        var text: String { String(decoding: output, as: UTF8.self) }
        /// The only JSON document on standard output.
        func json() throws -> [String: Any] { try #require(JSONSerialization.jsonObject(with: output) as? [String: Any]) }
    }

    let url = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-media-tests-\(UUID().uuidString)")
    /// A folder that comes first in `PATH`.
    private var programs: String?

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }
    func data(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }
    func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }
    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

    /// Puts a program in ffmpeg's place: it lists the encoders, and else does what the script says.
    func ffmpeg(_ script: String, encoders: [String] = ["libx264", "libvpx-vp9"]) throws {
        let folder = url.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let list = "Encoders:\n V..... = Video\n ------\n" + encoders.map { " V....D \($0)    \($0) words\n" }.joined() + " A....D aac  AAC\n"
        let program = "#!/bin/sh\nif [ \"$2\" = -encoders ]; then cat <<'END'\n\(list)END\nexit 0; fi\n\(script)\n"
        try Data(program.utf8).write(to: folder.appendingPathComponent("ffmpeg"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.appendingPathComponent("ffmpeg").path)
        programs = folder.path
    }

    func run(_ arguments: String..., input: String = "", environment: [String: String?] = [:]) throws -> Result {
        try run(arguments, input: input, environment: environment)
    }

    func run(_ arguments: [String], input: String = "", environment: [String: String?] = [:]) throws -> Result {
        let child = try process(arguments, environment: environment)
        // Files, not pipes: no output is too long for them.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-media-scratch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let paths = ["in", "out", "err"].map { scratch.appendingPathComponent($0) }
        for (path, content) in zip(paths, [Data(input.utf8), Data(), Data()]) { try content.write(to: path) }
        child.standardInput = try FileHandle(forReadingFrom: paths[0])
        child.standardOutput = try FileHandle(forWritingTo: paths[1])
        child.standardError = try FileHandle(forWritingTo: paths[2])
        try child.run()
        child.waitUntilExit()
        return Result(status: child.terminationReason == .exit ? child.terminationStatus : nil, output: try Data(contentsOf: paths[1]),
                      error: String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self))
    }

    /// The program, not yet started. A variable that is nil is not set.
    func process(_ arguments: [String], environment: [String: String?] = [:]) throws -> Process {
        let child = Process()
        let program: URL = try #require(Self.program, "the executable is not built")
        child.executableURL = program
        child.arguments = arguments
        child.currentDirectoryURL = url
        var own = ProcessInfo.processInfo.environment
        if let programs { own["PATH"] = programs + ":" + (own["PATH"] ?? "") }
        for (name, value) in environment { own[name] = value }
        child.environment = own
        return child
    }

    /// Beside the test bundle, where SwiftPM builds both.
    private static let program: URL? = {
        for start in [CommandLine.arguments[0], Bundle.main.executablePath ?? "", "/proc/self/exe"] where !start.isEmpty {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath().deletingLastPathComponent()
            for _ in 0..<4 {
                let program = folder.appendingPathComponent("atelier-media")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: program.path, isDirectory: &isFolder), !isFolder.boolValue { return program }
                folder = folder.deletingLastPathComponent()
            }
        }
        return nil
    }()
}
