import ArgumentParser
import Files
import Foundation
import Sketches

/// Exit codes of sysexits, as those of `atelier`.
enum ExitStatus {
    static let usage: Int32 = 64, data: Int32 = 65, unavailable: Int32 = 69, software: Int32 = 70, ioError: Int32 = 74, interrupted: Int32 = 130
}

/// Why a video could not be made.
enum MediaError: Error, Equatable, CustomStringConvertible {
    /// `PATH` has no ffmpeg.
    case noFFmpeg
    /// The program (its path) is there and does not run.
    case cannotStart(String, reason: String)
    /// The program (its path) was built without any of the encoders that write the form.
    case noEncoder(String, form: String, wanted: [String])
    /// It ended before its time; its last words.
    case failed(status: String, lines: [String])
    /// A drawing of the file (its name) has coordinates that are no numbers.
    case notFinite(String)

    var exitCode: Int32 {
        switch self {
        case .noFFmpeg, .cannotStart, .noEncoder: ExitStatus.unavailable
        case .failed: ExitStatus.ioError
        case .notFinite: ExitStatus.data
        }
    }

    var description: String {
        switch self {
        case .noFFmpeg: "there is no ffmpeg program in PATH; install ffmpeg: apt-get install ffmpeg (a .gif needs none)"
        case .cannotStart(let path, let reason): "\(path) cannot be started: \(reason)"
        case .noEncoder(let path, let form, let wanted):
            "\(path) has no encoder for \(form) (\(wanted.joined(separator: ", "))); install another ffmpeg: apt-get install ffmpeg"
        case .failed(let status, let lines):
            "ffmpeg failed (\(status)): \(lines.isEmpty ? "it gives no reason; is the disk full?" : lines.joined(separator: " | "))"
        case .notFinite(let name): "\(name): has a size or coordinate that is not a finite number"
        }
    }
}

/// A note for the person: one line on standard error, without control characters.
func note(_ text: String) {
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || 127..<160 ~= $0.value ? " " : $0 }))
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
}

/// What an error says to the person.
func sentence(of error: any Error) -> String {
    switch error {
    case let error as any CustomStringConvertible where !(error is CocoaError): error.description
    default: (error as NSError).localizedDescription
    }
}

/// The process that must end with this one; 0 where there is none. A plain number, for the signal handler.
nonisolated(unsafe) var encoderInUse: pid_t = 0

/// Runs the work; an error becomes one clear line on standard error and the right exit code. Ctrl-C ends with 130 and leaves nothing half made.
func exitCleanly(_ work: () throws -> Void) throws {
    // A parent's threads may have blocked the signal, which a child inherits.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // A process started in the background ignores the signal (handler 1), and goes on doing so.
    if unsafeBitCast(signal(SIGINT, SIG_IGN), to: Int.self) != 1 {
        signal(SIGINT) { _ in
            if encoderInUse > 0 { kill(encoderInUse, SIGKILL) }
            removeTemporaryFileNow()
            _exit(ExitStatus.interrupted)
        }
    }
    do { try work() } catch {
        note("error: \(sentence(of: error))")
        switch error {
        case let error as OutputError: throw ExitCode(error.exitCode)
        case let error as FileError: throw ExitCode(error.exitCode)
        case let error as MediaError: throw ExitCode(error.exitCode)
        case RenderError.cairo, RenderError.gif: throw ExitCode(ExitStatus.software)
        case is RenderError: throw ExitCode(ExitStatus.data)
        default: throw ExitCode(ExitStatus.software)
        }
    }
}

/// Progress on a terminal: pictures done and the time left. Silent elsewhere.
struct FrameProgress {
    private let count: Int
    private let isShown = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now

    init(of count: Int) { self.count = count }

    func show(done: Int) {
        guard isShown, done < count, done % 10 == 0 else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        write("\r\u{1b}[K\(done) of \(count) pictures, \(Int((elapsed / Double(done) * Double(count - done)).rounded(.up))) s left")
    }

    func clear() {
        if isShown { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
