import ArgumentParser
import Foundation

/// A form of video, by the usual extension.
enum VideoForm: String, CaseIterable, Codable {
    case mp4, webm, gif

    /// The longest side and the pictures a second where none are asked for.
    var usualSize: Int { self == .gif ? 512 : 720 }
    var usualRate: Int { self == .gif ? 25 : 30 }

    /// ffmpeg's encoders for it, the better ones first.
    var encoders: [Encoder] {
        switch self {
        case .mp4: [
            Encoder(name: "libx264", options: ["-crf", "18", "-preset", "medium"]),
            Encoder(name: "mpeg4", options: ["-q:v", "2"]),
        ]
        case .webm: [
            Encoder(name: "libvpx-vp9", options: ["-crf", "24", "-b:v", "0", "-row-mt", "1"]),
            Encoder(name: "libvpx", options: ["-crf", "10", "-b:v", "4M"]),
        ]
        case .gif: []
        }
    }

    struct Encoder: Equatable {
        let name: String
        let options: [String]
    }
}

extension VideoForm: ExpressibleByArgument {}

/// The `ffmpeg` program, which turns raw pixels into a video file.
struct FFmpeg {
    let url: URL

    /// The first `ffmpeg` of the folders in `PATH`.
    static func find(path: String? = ProcessInfo.processInfo.environment["PATH"]) throws(MediaError) -> FFmpeg {
        for folder in (path ?? "").split(separator: ":") {
            let program = "\(folder)/ffmpeg"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: program, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            if FileManager.default.isExecutableFile(atPath: program) { return FFmpeg(url: URL(fileURLWithPath: program)) }
        }
        throw .noFFmpeg
    }

    /// The best encoder for the form that this ffmpeg was built with.
    func encoder(for form: VideoForm) throws(MediaError) -> VideoForm.Encoder {
        let process = Process(), output = Pipe()
        process.executableURL = url
        process.arguments = ["-hide_banner", "-encoders"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw .cannotStart(url.path, reason: sentence(of: error)) }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // " V....D libx264    libx264 H.264 / AVC …"
        let names = Set(text.split(separator: "\n").compactMap { line -> Substring? in
            let words = line.split(separator: " ", maxSplits: 2)
            return words.count >= 2 && words[0].hasPrefix("V") ? words[1] : nil
        })
        for encoder in form.encoders where names.contains(encoder.name[...]) { return encoder }
        throw .noEncoder(url.path, form: form.rawValue, wanted: form.encoders.map(\.name))
    }

    /// Starts to encode pictures of `width` × `height`, both even.
    func start(_ encoder: VideoForm.Encoder, form: VideoForm, width: Int, height: Int, rate: Int, output: String) throws(MediaError) -> Encoding {
        var arguments = ["-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "\(width)x\(height)", "-r", "\(rate)", "-i", "-"]
        arguments += ["-an", "-c:v", encoder.name] + encoder.options
        // Players take larger videos for BT.709 and small ones for BT.601 where the file does not say: convert to the one and say so.
        arguments += ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p"]
        arguments += ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
        // Neither date nor version: the same drawing and ffmpeg give the same bytes.
        arguments += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
        if form == .mp4 { arguments += ["-movflags", "+faststart"] }
        // A name like "-x" is no option.
        arguments += ["-f", form.rawValue, output.hasPrefix("/") ? "file:\(output)" : "file:./\(output)"]
        return try Encoding(url, arguments)
    }

    /// An encoder at work.
    final class Encoding {
        private let process = Process()
        private let pixels = Pipe()
        private let messages: URL

        fileprivate init(_ url: URL, _ arguments: [String]) throws(MediaError) {
            // A file, not a pipe: ffmpeg never waits for someone to read its messages.
            messages = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-media-\(UUID().uuidString).log")
            guard FileManager.default.createFile(atPath: messages.path, contents: nil), let log = FileHandle(forWritingAtPath: messages.path) else {
                throw .cannotStart(url.path, reason: "there is no room for its messages in \(messages.deletingLastPathComponent().path)")
            }
            process.executableURL = url
            process.arguments = arguments
            process.standardInput = pixels
            process.standardOutput = FileHandle.nullDevice
            process.standardError = log
            // An ffmpeg that ends early is told by a failed write, not by a signal.
            signal(SIGPIPE, SIG_IGN)
            do { try process.run() } catch {
                try? FileManager.default.removeItem(at: messages)
                throw .cannotStart(url.path, reason: sentence(of: error))
            }
            encoderInUse = process.processIdentifier
        }

        deinit { try? FileManager.default.removeItem(at: messages) }

        /// Gives it a picture: three bytes a pixel, row by row.
        func write(_ bytes: [UInt8]) throws(MediaError) {
            do { try pixels.fileHandleForWriting.write(contentsOf: bytes) } catch { throw failure() }
        }

        /// Ends the video.
        func finish() throws(MediaError) {
            try? pixels.fileHandleForWriting.close()
            process.waitUntilExit()
            encoderInUse = 0
            guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw failure() }
        }

        /// Ends the encoder; what it has written is of no use.
        func stop() {
            try? pixels.fileHandleForWriting.close()
            if process.isRunning { process.terminate() }
            process.waitUntilExit()
            encoderInUse = 0
        }

        /// Why it ended, or read no further.
        private func failure() -> MediaError {
            try? pixels.fileHandleForWriting.close()
            for _ in 0..<200 where process.isRunning { usleep(10_000) }           // it may still be saying why
            stop()
            let text = String(decoding: FileManager.default.contents(atPath: messages.path) ?? Data(), as: UTF8.self)
            let lines = text.split(whereSeparator: \.isNewline).suffix(4).map(String.init)
            let status = process.terminationReason == .exit ? "status \(process.terminationStatus)" : "signal \(process.terminationStatus)"
            return .failed(status: status, lines: lines)
        }
    }
}
