import Foundation
import Sketches
import Testing

@Suite("atelier-media") struct MediaTests {
    private static let drawing = #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 61"><path fill="none" d="M5 5L80 50"/><path fill="none" d="M5 50L80 5"/></svg>"#

    /// Where a real ffmpeg is, its folder.
    private static let ffmpeg: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        .first { FileManager.default.isExecutableFile(atPath: $0 + "/ffmpeg") }

    @Test func helpHasAnExample() throws {
        let folder = try WorkFolder()
        let result = try folder.run("--help")
        #expect(result.status == 0 && result.error.isEmpty)
        #expect(result.text.contains("USAGE: atelier-media") && result.text.contains("atelier-media flower.svg -o flower.mp4") && result.text.contains("default: ffffff"))
    }

    @Test("A real video, where ffmpeg is installed", .enabled(if: MediaTests.ffmpeg != nil), arguments: ["mp4", "webm"])
    func video(form: String) throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        let result = try folder.run("a.svg", "-o", "a.\(form)", "--size", "65", "--rate", "10", "--hold", "0.5", "--json")
        #expect(result.status == 0, "\(result.error)")
        let report = try result.json(), data = try folder.data("a.\(form)")
        #expect(report["width"] as? Int == 66 && report["height"] as? Int == 44 && report["rate"] as? Int == 10)
        #expect(data.count > 500 && (form == "mp4" ? data[4..<8].elementsEqual("ftyp".utf8) : data.starts(with: [0x1a, 0x45, 0xdf, 0xa3])))
        #expect(folder.files == ["a.\(form)", "a.svg"].sorted())
    }

    @Test func aGIFNeedsNoFFmpeg() throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        let result = try folder.run("a.svg", "-o", "a.gif", "--json", environment: ["PATH": ""])
        #expect(result.status == 0, "\(result.error)")
        let report = try result.json()
        #expect(report["width"] as? Int == 512 && report["rate"] as? Int == 25 && report["encoder"] == nil)
        #expect(try folder.data("a.gif") == SketchFile.write(SketchFile.read(Data(Self.drawing.utf8), name: "a"), format: .gif))
        let piped = try folder.run("-", "-o", "-", "--format", "gif", "--once", "--size", "32", input: Self.drawing)
        #expect(piped.status == 0 && piped.output.starts(with: Array("GIF89a".utf8)) && piped.error.isEmpty)
    }

    @Test("Without ffmpeg it says what to install", arguments: ["", "/nonexistent", nil])
    func noFFmpeg(path: String?) throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        try folder.write("mine", to: "a.mp4")
        let result = try folder.run("a.svg", "-o", "a.mp4", environment: ["PATH": path])
        #expect(result.status == 69 && result.output.isEmpty)
        #expect(result.error.contains("install ffmpeg: apt-get install ffmpeg"))
        #expect(try folder.text("a.mp4") == "mine" && folder.files == ["a.mp4", "a.svg"])
    }

    @Test("What cannot be is told with its exit code", arguments: [
        (64, ["a.svg"], "output"), (64, ["a.svg", "-o", "a.avi"], "mp4, webm, gif"), (64, ["a.svg", "-o", "-", "--format", "mp4"], "standard output"),
        (64, ["a.svg", "-o", "a.mp4", "--size", "8"], "16 to 4096"), (64, ["a.svg", "-o", "a.gif", "--size", "4000"], "16 to 2048"),
        (64, ["a.svg", "-o", "a.mp4", "--rate", "0"], "1 to 60"), (64, ["a.svg", "-o", "a.gif", "--rate", "60"], "1 to 50"),
        (64, ["a.svg", "-o", "a.mp4", "--hold", "nan"], "0 to 60"), (64, ["a.svg", "-o", "a.mp4", "--background", "red"], "red"),
        (64, ["a.svg", "-o", "a.mp4", "--once"], "GIF"), (64, ["a.svg", "-o", "-", "--format", "gif", "--json"], "standard output"),
        (65, ["bad.json", "-o", "a.gif"], "bad.json"), (65, ["a.svg", "-o", "a.mp4", "--rate", "60", "--hold", "60"], "too long"),
        (66, ["none.svg", "-o", "a.gif"], "none.svg"), (73, ["a.svg", "-o", "none/a.gif"], "none/a.gif"), (73, ["a.svg", "-o", "none/a.mp4"], "none/a.mp4"),
        (73, ["a.svg", "-o", "/dev/null", "--format", "mp4"], "not a file"),
    ])
    func errors(status: Int, arguments: [String], says: String) throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        try folder.write("{\"version\":1", to: "bad.json")
        try folder.ffmpeg("exit 0")
        let result = try folder.run(arguments)
        #expect(result.status == Int32(status) && result.error.contains(says), "\(result.error)")
        #expect(folder.files == ["a.svg", "bad.json", "bin"])
    }

    @Test func pixelsReachTheProgram() throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        // The last argument is the file, after "file:"; the arguments and the pixels are kept.
        try folder.ffmpeg("echo \"$@\" > arguments; for last; do :; done; cat > \"${last#file:}\"")
        let result = try folder.run("a.svg", "-o", "a.mp4", "--size", "30", "--rate", "10", "--hold", "0", "--background", "#ff8000", "--json")
        #expect(result.status == 0, "\(result.error)")
        let animation = try StrokeAnimation(SketchFile.read(Data(Self.drawing.utf8), name: "a"), options: RenderOptions(size: 30, background: Color(hex: 0xff8000)), rate: 10, hold: 0, evenSides: true)
        var pixels = Data()
        try animation.forEachFrame { pixels += $1.bytes }
        #expect(try folder.data("a.mp4") == pixels && animation.width == 30 && animation.height == 20)
        #expect(try result.json()["frames"] as? Int == animation.frameCount)
        let arguments = try folder.text("arguments")
        for part in ["-f rawvideo -pix_fmt rgb24 -s 30x20 -r 10 -i -", "-c:v libx264", "-pix_fmt yuv420p", "-movflags +faststart"] { #expect(arguments.contains(part)) }
    }

    @Test func anotherEncoderWhereTheBestIsMissing() throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        try folder.ffmpeg("cat > /dev/null", encoders: ["mpeg4"])
        let result = try folder.run("a.svg", "-o", "a.mp4", "--size", "16", "--rate", "2", "--json")
        #expect(result.status == 0, "\(result.error)")
        #expect(try result.json()["encoder"] as? String == "mpeg4")
        let none = try folder.run("a.svg", "-o", "a.webm")
        #expect(none.status == 69 && none.error.contains("no encoder for webm (libvpx-vp9, libvpx)"))
        #expect(folder.files == ["a.mp4", "a.svg", "bin"])
    }

    @Test("A program that fails is told with its last words", arguments: [
        "echo one >&2; echo two >&2; echo three >&2; echo four >&2; echo 'No space left' >&2; exit 3",
        "cat > /dev/null; printf 'two\\nthree\\nfour\\nNo space left' >&2; exit 3",
    ])
    func failures(script: String) throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        try folder.write("mine", to: "a.mp4")
        try folder.ffmpeg(script)
        let result = try folder.run("a.svg", "-o", "a.mp4")
        #expect(result.status == 74 && result.error.contains("ffmpeg failed (status 3): two | three | four | No space left"), "\(result.error)")
        #expect(try folder.text("a.mp4") == "mine" && folder.files == ["a.mp4", "a.svg", "bin"])
    }

    @Test func anInterruptedVideoLeavesNothing() throws {
        let folder = try WorkFolder()
        try folder.write(Self.drawing, to: "a.svg")
        try folder.ffmpeg("echo $$ > started; exec sleep 60")
        let child = try folder.process(["a.svg", "-o", "a.mp4"])
        child.standardError = FileHandle.nullDevice
        try child.run()
        for _ in 0..<1_000 where !folder.files.contains("started") { usleep(10_000) }
        #expect(folder.files.contains { $0.hasSuffix(".tmp") })
        usleep(200_000)
        kill(child.processIdentifier, SIGINT)
        child.waitUntilExit()
        #expect(child.terminationReason == .exit && child.terminationStatus == 130)
        #expect(folder.files == ["a.svg", "bin", "started"])
        let encoder = try #require(pid_t(folder.text("started").trimmingCharacters(in: .whitespacesAndNewlines)))
        for _ in 0..<200 where kill(encoder, 0) == 0 { usleep(10_000) }
        #expect(kill(encoder, 0) != 0)
    }
}
