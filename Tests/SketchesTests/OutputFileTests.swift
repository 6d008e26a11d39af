import Files
import Foundation
import Sketches
import Testing

/// One after the other: a signal handler's clean-up knows one file at a time.
@Suite(.serialized) struct OutputFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sketches-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.path + "/" + name }
    private var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() } }
    private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    @Test func filesAreWrittenWholeOrNotAtAll() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.json").path, link = folder.appendingPathComponent("link.json").path
        try SketchFile.writeAtomically(Data("one".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try SketchFile.writeAtomically(Data("two".utf8), to: link)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a.json", "link.json"])
        #expect(throws: OutputError.self) { try SketchFile.writeAtomically(Data(), to: folder.path + "/none/a.json") }
        do { try SketchFile.writeAtomically(Data(), to: folder.path) } catch { #expect(error.exitCode == 73) }
        do { try SketchFile.writeAtomically(Data(count: 9), to: "/dev/full") } catch { #expect(error.exitCode == 74) }
        do { _ = try SketchFile.load(folder.path + "/none") } catch { #expect(error.exitCode == 66) }
    }

    @Test func aLinkToNothingYetStays() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let manager = FileManager.default
        try manager.createDirectory(atPath: path("to"), withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: path("first"), withDestinationPath: "to/second")
        try manager.createSymbolicLink(atPath: path("to/second"), withDestinationPath: "third.svg")
        try SketchFile.writeAtomically(Data("ink".utf8), to: path("first"))
        #expect(try text("to/third.svg") == "ink" && manager.destinationOfSymbolicLink(atPath: path("first")) == "to/second")
        #expect(try manager.destinationOfSymbolicLink(atPath: path("to/second")) == "third.svg")
        #expect(try manager.contentsOfDirectory(atPath: path("to")).sorted() == ["second", "third.svg"])

        try manager.createSymbolicLink(atPath: path("round"), withDestinationPath: "round")
        try manager.createSymbolicLink(atPath: path("lost"), withDestinationPath: path("none/a.svg"))
        for name in ["round", "lost"] {
            let error = #expect(throws: OutputError.self) { try SketchFile.writeAtomically(Data(), to: path(name)) }
            #expect(error?.exitCode == 73)
        }
        #expect(try files == ["first", "lost", "round", "to"])
    }

    @Test(arguments: [238, 255])
    func namesMayBeAsLongAsNamesCanBe(length: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let name = String(repeating: "n", count: length - 4) + ".svg"
        for content in ["one", "two"] { try SketchFile.writeAtomically(Data(content.utf8), to: path(name)) }
        #expect(try files == [name] && text(name) == "two")
        #expect(throws: OutputError.self) { try SketchFile.writeAtomically(Data(), to: path("n" + String(repeating: "n", count: 255))) }
        #expect(try files == [name])
    }

    private final class Outcome: @unchecked Sendable {
        let isKnown = DispatchSemaphore(value: 0)
        var error: OutputError?
    }

    @Test func anInterruptedWriteCanBeCleanedUp() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        removeTemporaryFileNow()                                                        // nothing is being written
        let data = Data(count: 8 << 20), target = path("a.svg")
        try SketchFile.writeAtomically(Data("old".utf8), to: target)
        var wasCaught = false
        for _ in 0..<200 where !wasCaught {
            let outcome = Outcome()
            Thread.detachNewThread {
                do throws(OutputError) { try SketchFile.writeAtomically(data, to: target) } catch { outcome.error = error }
                outcome.isKnown.signal()
            }
            while try files == ["a.svg"], try text("a.svg") == "old" { usleep(50) }
            removeTemporaryFileNow()
            outcome.isKnown.wait()
            wasCaught = outcome.error != nil                                            // there was nothing left to rename
            #expect(try files == ["a.svg"])
            if !wasCaught { try SketchFile.writeAtomically(Data("old".utf8), to: target) }
        }
        #expect(try wasCaught && text("a.svg") == "old")
        removeTemporaryFileNow()
        #expect(try files == ["a.svg"])
    }
}
