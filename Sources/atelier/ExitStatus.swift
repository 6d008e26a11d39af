import ArgumentParser
import Distillation
import Files
import Foundation
import Language
import Painter
import Reasoner
import Scenes
import Sketches
import Tensors
import Training

/// Exit codes of sysexits, as the design names them.
enum ExitStatus {
    static let someFailed: Int32 = 1, usage: Int32 = 64, data: Int32 = 65, noInput: Int32 = 66, software: Int32 = 70
    static let cannotCreate: Int32 = 73, ioError: Int32 = 74, interrupted: Int32 = 130
}

/// An error of the command line itself.
enum CommandError: Error, Equatable, CustomStringConvertible {
    case noInput(path: String, reason: String)
    case noModel(_ family: String, tried: [String], remedy: String)
    case usage(String)
    case data(String)

    var description: String {
        switch self {
        case .noInput(let path, let reason): "\(path): \(reason)"
        case .noModel(let family, let tried, let remedy): "no \(family) model found; looked in \(tried.joined(separator: ", ")); \(remedy)"
        case .usage(let text), .data(let text): text
        }
    }
}

/// Runs a command's work; an error becomes one clear line on standard error and the right exit code. Ctrl-C ends with 130.
func exitCleanly(_ work: () throws -> Void) throws {
    exitOnInterrupt()
    do { try work() } catch let code as ExitCode { throw code } catch {
        note("error: \(sentence(of: error))")
        throw ExitCode(status(of: error))
    }
}

/// What an error says to the person.
func sentence(of error: any Error) -> String {
    switch error {
    case let error as any CustomStringConvertible where !(error is CocoaError): error.description
    default: (error as NSError).localizedDescription
    }
}

/// Output files are written whole or not at all, so that commands other than `train` may end at once.
private func exitOnInterrupt() {
    // A parent's threads may have blocked signals, which a child inherits.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    var current = sigaction()
    sigaction(SIGINT, nil, &current)
    #if canImport(Glibc)
    // A process started in the background ignores the signal, and goes on doing so.
    if unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == 1 { return }
    #endif
    signal(SIGINT) { _ in removeTemporaryFileNow(); _exit(ExitStatus.interrupted) }
}

private func status(of error: any Error) -> Int32 {
    switch error {
    case let error as OutputError: error.exitCode
    case let error as FileError: error.exitCode
    case let error as CommandError:
        switch error {
        case .noInput, .noModel: ExitStatus.noInput
        case .usage: ExitStatus.usage
        case .data: ExitStatus.data
        }
    case let error as PainterError:
        switch error {
        case .noData, .noJudge, .unreadable: ExitStatus.noInput
        case .unwritable: ExitStatus.cannotCreate
        case .emptyPrompt: ExitStatus.usage
        default: ExitStatus.data
        }
    case let error as ModelFolderError:
        switch error {
        case .notAFolder, .missing, .unreadable, .tokenizer(.unreadable), .weights(.cannotRead), .gguf(.cannotRead): ExitStatus.noInput
        case .unwritable, .gguf(.cannotWrite(_, _, isFull: false)): ExitStatus.cannotCreate
        case .weights(.cannotWrite), .gguf(.cannotWrite): ExitStatus.ioError
        default: ExitStatus.data
        }
    case let error as SafeTensorsError:
        switch error {
        case .cannotRead: ExitStatus.noInput
        case .cannotWrite: ExitStatus.ioError
        default: ExitStatus.data
        }
    case DistillationError.noStates: ExitStatus.noInput
    case is DecodingError, is ProgramError, is ReasonerError, is DistillationError: ExitStatus.data
    case TokenizerError.unreadable, RecipeError.unreadable: ExitStatus.noInput
    case let error as TrainingError:
        switch error {
        case .nothingToResume: ExitStatus.noInput
        case .cannotWrite(_, _, isFull: true): ExitStatus.ioError
        case .runExists, .runInUse, .cannotWrite: ExitStatus.cannotCreate
        case .recipeChanged, .checkpointDamaged, .checkpointMismatch: ExitStatus.data
        case .diverged, .badLoss: ExitStatus.software
        }
    case let error as EditError: error.exitCode
    case is TokenizerError, is RecipeError, is SketchWriteError, is InterpolationError: ExitStatus.data
    case RenderError.cairo, RenderError.gif: ExitStatus.software
    case is RenderError: ExitStatus.data
    case is ValidationError: ExitStatus.usage
    case let error as CocoaError:
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile, .fileReadNoPermission, .fileReadUnknown, .fileReadCorruptFile: ExitStatus.noInput
        case .fileWriteNoPermission, .fileWriteVolumeReadOnly, .fileWriteFileExists, .fileWriteInvalidFileName: ExitStatus.cannotCreate
        default: ExitStatus.ioError
        }
    default: ExitStatus.software
    }
}
